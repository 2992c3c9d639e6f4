package rulebookweb

import (
	"net/http"
	"strings"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// looked is the page of one version, and that on which it is written.
type looked struct {
	rulebook.Kept
	tried []rulebook.Tried
	past  rulebook.Past // of what is not published yet
	words Words
	form  *web.Form
}

// ofCondition marks a condition among what may be confirmed; numbers go by their names.
const ofCondition = "condition:"

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	return p.showOne(w, r, web.ReadValues(nil))
}

func (p *pages) find(r *web.Request, f *web.Form) (v looked, err error) {
	x, err := which(r)
	if err != nil {
		return v, err
	}
	v.form = f
	if v.Kept, v.tried, err = p.s.LookAt(r.Context(), r.Actor, x); err != nil {
		return v, err
	}
	v.words = Words{R: r}
	for _, x := range p.s.Products {
		if x.Key == v.Product {
			v.words.Facts = x.Facts
		}
	}
	if v.State != rulebook.Published && everywhere(r, rulebook.Edit) {
		v.past, err = p.s.TryPast(r.Context(), r.Actor, x)
	}
	return v, err
}

func (p *pages) showOne(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	v, err := p.find(r, f)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, v.Key, v.Title)
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("rulebook.list"), Href: home}, {Label: v.Key}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, oneBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, oneBody(r, v))
}

// step does one thing with a version over what was seen, and shows its page again where that was refused.
func (p *pages) step(w http.ResponseWriter, r *web.Request, f *web.Form, done string, do func(which rulebook.ID, seen int64) error) error {
	x, err := which(r)
	if err != nil {
		return err
	}
	if f.Err() == nil {
		err := do(x, f.Version())
		if err == nil {
			return r.Redirect(w, versionURL(x, ""), done)
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showOne(w, r, f)
}

func (p *pages) confirm(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	which := f.Text("which", web.Required, web.Max(80))
	name, from, _ := cut(which)
	source := f.Text("seen_in", web.Required, web.Max(500))
	return p.step(w, r, f, "rulebook.confirmed", func(x rulebook.ID, seen int64) error {
		if key, ok := strings.CutPrefix(which, ofCondition); ok {
			return p.s.ConfirmCondition(r.Context(), r.Actor, x, seen, key, source)
		}
		return p.s.ConfirmField(r.Context(), r.Actor, x, seen, name, from, source)
	})
}

func (p *pages) publish(w http.ResponseWriter, r *web.Request) error {
	return p.step(w, r, web.Read(r), "rulebook.did_publish", func(x rulebook.ID, seen int64) error { return p.s.Publish(r.Context(), r.Actor, x, seen) })
}

func (p *pages) end(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	until := f.Day("until", web.Required)
	return p.step(w, r, f, "rulebook.did_end", func(x rulebook.ID, seen int64) error { return p.s.End(r.Context(), r.Actor, x, seen, until) })
}

func (p *pages) askNew(w http.ResponseWriter, r *web.Request) error {
	return p.showNew(w, r, web.ReadValues(nil))
}

func (p *pages) showNew(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	if err := r.Actor.MustEverywhere(rulebook.Edit); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("rulebook.do_new"), r.L.T("rulebook.new_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("rulebook.list"), Href: home}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, newBody(r, f, p.products(r, f)))
	}
	return door.Show(w, r, ui.Office, page, newBody(r, f, p.products(r, f)))
}

func (p *pages) products(r *web.Request, f *web.Form) []ui.Option {
	all := make([]ui.Option, len(p.s.Products))
	for i, x := range p.s.Products {
		all[i] = ui.Option{Value: x.Key, Label: productName(r, x.Key), Selected: f.Raw("product") == x.Key}
	}
	return all
}

// productName is what a product is called; the service that brings it has the text.
func productName(r *web.Request, product string) string {
	if key := "rulebook.product." + product; r.L.Has(key) {
		return r.L.T(key)
	}
	return product
}

func (p *pages) takeNew(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	n := rulebook.New{
		Product: f.Text("product", web.Required), Key: f.Text("key", web.Required, web.Max(40)), Area: f.Text("area", web.Max(6), web.Halfwidth),
		Title: f.Text("title", web.Required, web.Max(120)), Source: f.Text("source", web.Max(500)), From: f.Day("from", web.Required), Until: f.Day("until"),
	}
	if f.Err() == nil {
		made, err := p.s.Draw(r.Context(), r.Actor, n)
		if err == nil {
			return r.Redirect(w, versionURL(made, "edit"), "rulebook.begun")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showNew(w, r, f)
}

func (p *pages) askEdit(w http.ResponseWriter, r *web.Request) error {
	return p.showEdit(w, r, web.ReadValues(nil))
}

func (p *pages) showEdit(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	if err := r.Actor.MustEverywhere(rulebook.Edit); err != nil {
		return err
	}
	v, err := p.find(r, f)
	if err != nil {
		return err
	}
	if v.State == rulebook.Published {
		return errs.New(errs.Conflict, "rulebook.published", nil)
	}
	page := p.doors.Office(r, r.L.T("rulebook.do_edit"), v.Key+" "+v.Title)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("rulebook.list"), Href: home}, {Label: v.Key, Href: versionURL(v.ID, "")}, {Label: page.Title}}
	facts := ""
	for _, x := range p.s.Products {
		if x.Key == v.Product {
			facts = factNames(r, x.Facts)
		}
	}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, editBody(r, v, facts))
	}
	return door.Show(w, r, ui.Office, page, editBody(r, v, facts))
}

func (p *pages) takeEdit(w http.ResponseWriter, r *web.Request) error {
	x, err := which(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	lines := func(name string) string { return f.Text(name, web.Lines, web.Max(20000)) }
	t := rulebook.Text{Title: f.Text("title", web.Required, web.Max(120)), Source: f.Text("source", web.Max(500)), From: f.Day("from", web.Required), Until: f.Day("until")}
	err = (rulebook.Lines{Fields: lines("fields"), Conditions: lines("conditions"), Cases: lines("cases")}).Read(&t)
	if !f.Blame(err) && f.Err() == nil {
		err := p.s.Rewrite(r.Context(), r.Actor, x, f.Version(), t)
		if err == nil {
			return r.Redirect(w, versionURL(x, ""), "rulebook.rewritten")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showEdit(w, r, f)
}

// factNames lists the facts that conditions may ask for.
func factNames(r *web.Request, facts map[string]condition.Kind) string {
	var all []string
	for name := range facts {
		all = append(all, name)
	}
	return strings.Join(sorted(all), r.L.T("rulebook.comma"))
}
