package formweb

import (
	"net/http"
	"strconv"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// verbOf is what each step of a form needs.
var verbOf = map[string]authz.Verb{"publish": form.Publish, "end": form.Shut, "reopen": form.Shut, "link": form.Share, "unlink": form.Share, "limit": form.Share}

// step is a page that asks before an act with a form.
type step struct {
	name  string
	of    form.Look
	link  form.Link // of unlink
	form  *web.Form
	desks desks // of link
}

func (p *pages) step(r *web.Request) (t step, err error) {
	verb, ok := verbOf[r.PathValue("step")]
	if !ok {
		return t, errs.New(errs.Absent, "errs.absent", nil)
	}
	t.name, t.form = r.PathValue("step"), web.Read(r)
	if t.of, err = p.look(r); err != nil {
		return t, err
	}
	if err := r.Actor.Must(verb, t.of.At.Path); err != nil {
		return t, err
	}
	switch t.name {
	case "publish":
		if r.Method == http.MethodGet && t.of.Draft() == nil {
			return t, errs.New(errs.Absent, "errs.absent", nil)
		}
	case "link":
		t.desks, err = p.desks(r, form.Share, t.form.Text("find", web.Max(60)))
	case "unlink", "limit":
		t.link, err = linkOf(t.of, t.form.Raw("slug"))
	}
	return t, err
}

// linkOf finds an address of a form.
func linkOf(of form.Look, slug string) (form.Link, error) {
	for _, l := range of.Links {
		if l.Slug == slug {
			return l, nil
		}
	}
	return form.Link{}, errs.New(errs.Absent, "errs.absent", nil)
}

// word is the step as a verb; an open form is not reopened, it gets another last day.
func (t step) word(r *web.Request) string {
	name := t.name
	if name == "reopen" && t.of.State == form.Open {
		name = "until"
	}
	return r.L.T("formweb.do_" + name)
}

func (p *pages) stepPage(r *web.Request, t step) ui.Page { return p.page(r, t.word(r), "", &t.of) }

func (p *pages) ask(w http.ResponseWriter, r *web.Request) error {
	t, err := p.step(r)
	if err != nil {
		return err
	}
	if t.name == "limit" && t.link.PerPhone > 0 {
		t.form.Fill("per_phone", itoa(t.link.PerPhone))
	}
	if t.name == "reopen" && !t.of.Closes.IsZero() && t.of.Closes >= today(r) {
		t.form.Fill("closes", t.of.Closes.String())
	}
	return door.Show(w, r, ui.Office, p.stepPage(r, t), stepBody(r, t))
}

func (p *pages) take(w http.ResponseWriter, r *web.Request) error {
	t, err := p.step(r)
	if err != nil {
		return err
	}
	err = p.do(r, t)
	if err == nil && t.form.Err() == nil {
		return r.Redirect(w, formURL(t.of.ID, ""), "formweb.done_"+t.name)
	}
	if t.form.Err() == nil && !t.form.Blame(err) {
		return err
	}
	return door.Again(w, r, ui.Office, p.stepPage(r, t), stepBody(r, t))
}

// do reads the form and, when nothing is missing, does what it asks for.
func (p *pages) do(r *web.Request, t step) error {
	ctx, f := r.Context(), t.form
	switch t.name {
	case "publish":
		return p.s.Release(ctx, r.Actor, t.of.ID, f.Int("seq", 1, 1<<40), f.Int("made", 1, 1<<60))
	case "end":
		return p.s.End(ctx, r.Actor, t.of.ID)
	case "reopen":
		closes := f.Day("closes")
		if f.Err() != nil {
			return nil
		}
		return p.s.Reopen(ctx, r.Actor, t.of.ID, closes)
	case "limit":
		n := f.Int("per_phone", 0, 1000)
		if f.Err() != nil {
			return nil
		}
		return p.s.LimitLink(ctx, r.Actor, t.of.ID, t.link.Slug, n)
	case "unlink":
		return p.s.EndLink(ctx, r.Actor, t.of.ID, t.link.Slug)
	}
	at, name, until := web.ID[org.Node](f, "org", web.Required), f.Text("name", web.Required, web.Max(60)), f.Day("until")
	if f.Err() != nil {
		return nil
	}
	_, err := p.s.AddLink(ctx, r.Actor, t.of.ID, at, name, until)
	return err
}

func (t step) url() string { return formURL(t.of.ID, t.name) }

func (t step) question(r *web.Request) ui.Question {
	q := ui.Question{
		Text: r.L.T("formweb.says_" + t.name), Action: t.url(), Key: web.NewKey(), Label: t.word(r), Back: formURL(t.of.ID, ""),
		Danger: t.name == "end" || t.name == "unlink",
		Facts:  []ui.Fact{{Label: r.L.T("formweb.title"), Value: t.of.Title}, {Label: r.L.T("formweb.org"), Value: t.of.At.Name}},
	}
	if t.name == "unlink" {
		q.Facts = append(q.Facts, ui.Fact{Label: r.L.T("formweb.link_name"), Value: t.link.Name}, ui.Fact{Label: r.L.T("formweb.address"), Value: linkURL(r, t.link)})
	}
	return q
}

// poster is an address on a sheet of A4, to be hung up.
func (p *pages) poster(w http.ResponseWriter, r *web.Request) error {
	of, err := p.look(r)
	if err != nil {
		return err
	}
	link, err := linkOf(of, r.PathValue("slug"))
	if err != nil {
		return err
	}
	bits, err := ui.Dots(linkURL(r, link))
	if err != nil {
		return err
	}
	pg := p.page(r, r.L.T("formweb.poster"), r.L.T("formweb.poster_says"), &of)
	pg.Actions = []ui.Action{{Label: r.L.T("formweb.print"), Icon: "printer", Print: true, Primary: true}}
	return door.Show(w, r, ui.Office, pg, posterBody(r, of, link, bits))
}

func input(r *web.Request, f *web.Form, in ui.Input) ui.Input {
	in.Value = f.Raw(in.Name)
	if at := f.At(in.Name); len(at) > 0 {
		in.Error = r.L.Problem(at[0])
	}
	return in
}

func faults(r *web.Request, f *web.Form) []ui.Fault {
	var all []ui.Fault
	for _, p := range f.Problems() {
		text := r.L.Problem(p)
		if p.Field != "" {
			text = r.L.T("formweb.ask."+p.Field) + "：" + text
		}
		all = append(all, ui.Fault{Field: p.Field, Text: text})
	}
	return all
}
