package productweb

import (
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/startuploan/schedule"
)

var kinds = []policy.Kind{policy.Individual, policy.Partnership, policy.Firm}

// writing is the page on which an edition is written: a new one where it has no id.
type writing struct {
	product.Product
	banks []org.Node
	bank  org.Node // of a draft that is there
	form  *web.Form
}

func (p *pages) askNew(w http.ResponseWriter, r *web.Request) error {
	v := writing{form: web.ReadValues(nil)}
	v.Basis, v.Settle = 360, 20
	if which, err := productIn(r); err == nil { // as another edition of what is offered already
		got, err := p.s.Look(r.Context(), r.Actor, which)
		if err != nil {
			return err
		}
		v.Given = got.Given
		v.From, v.Until, v.Source = 0, 0, ""
	}
	return p.showNew(w, r, v)
}

// productIn gives the edition that an address names to begin with.
func productIn(r *web.Request) (product.ID, error) {
	f := web.Read(r)
	which := web.ID[product.Product](f, "as")
	if which.IsZero() {
		return which, errs.New(errs.Absent, "errs.absent", nil)
	}
	return which, f.Err()
}

func (p *pages) showNew(w http.ResponseWriter, r *web.Request, v writing) (err error) {
	if v.banks, err = p.s.Banks(r.Context(), r.Actor, product.Edit); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("loanproduct.do_new"), r.L.T("loanproduct.new_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loanproduct.list"), Href: home}, {Label: page.Title}}
	if len(v.form.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, writeBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, writeBody(r, v))
}

func (p *pages) takeNew(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	g := read(f)
	g.Bank = web.ID[org.Node](f, "bank", web.Required)
	if f.Err() == nil {
		made, err := p.s.Draw(r.Context(), r.Actor, g)
		if err == nil {
			return r.Redirect(w, productURL(made, ""), "loanproduct.done.new")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showNew(w, r, writing{Product: product.Product{Given: g}, form: f})
}

func (p *pages) askEdit(w http.ResponseWriter, r *web.Request) error {
	return p.showEdit(w, r, web.ReadValues(nil))
}

func (p *pages) showEdit(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := productID(r)
	if err != nil {
		return err
	}
	got, err := p.s.Look(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	if err := r.Actor.Must(product.Edit, got.At.Path); err != nil {
		return err
	}
	if got.State != product.Draft {
		return errs.New(errs.Conflict, "loanproduct.published", nil)
	}
	page := p.doors.Office(r, r.L.T("loanproduct.do_edit"), got.At.Name)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loanproduct.list"), Href: home}, {Label: name(r, got.Product), Href: productURL(which, "")}, {Label: page.Title}}
	v := writing{Product: got.Product, bank: got.At, form: f}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, writeBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, writeBody(r, v))
}

func (p *pages) takeEdit(w http.ResponseWriter, r *web.Request) error {
	which, err := productID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	g := read(f)
	if f.Err() == nil {
		err := p.s.Rewrite(r.Context(), r.Actor, which, f.Version(), g)
		if err == nil {
			return r.Redirect(w, productURL(which, ""), "loanproduct.done.edit")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showEdit(w, r, f)
}

// read reads what an edition says, but for whose it is.
func read(f *web.Form) product.Given {
	g := product.Given{
		Code: f.Text("code", web.Required, web.Halfwidth, web.Max(40)), Name: f.Text("name", web.Required, web.Max(60)), NameEn: f.Text("name_en", web.Max(120)),
		Area: f.Text("area", web.Halfwidth, web.Max(6)), Kinds: many(f, "kinds", kinds), Methods: many(f, "methods", schedule.Methods), Guarantees: many(f, "guarantees", product.Guarantees),
		Least: f.Money("least", web.Required), Most: f.Money("most", web.Required),
		MonthsFrom: int(f.Int("months_from", 1, 600, web.Required)), MonthsTo: int(f.Int("months_to", 1, 600, web.Required)),
		Points: f.Rate("points", "bp"), Settle: int(f.Int("settle", 0, 28)),
		Papers: strings.Split(f.Text("papers", web.Required, web.Lines, web.Max(4000)), "\n"), PapersEn: strings.Split(f.Text("papers_en", web.Lines, web.Max(8000)), "\n"),
		ApplyAt: f.Text("apply_at", web.Required, web.Lines, web.Max(400)), ApplyAtEn: f.Text("apply_at_en", web.Lines, web.Max(800)),
		From: f.Day("from", web.Required), Until: f.Day("until"), Source: f.Text("source", web.Max(500)),
	}
	g.Basis, _ = strconv.Atoi(f.Choice("basis", []string{"360", "365"}, web.Required))
	for _, b := range product.Bearers {
		if share := f.Rate("share_"+string(b), "%"); share != 0 {
			g.Shares = append(g.Shares, product.Share{Bearer: b, Share: share})
		}
	}
	return g
}

func many[T ~string](f *web.Form, name string, all []T) (chosen []T) {
	words := make([]string, len(all))
	for i, x := range all {
		words[i] = string(x)
	}
	for _, w := range f.Many(name, words) {
		chosen = append(chosen, T(w))
	}
	return chosen
}

func (v writing) action() string {
	if v.ID.IsZero() {
		return home + "/new"
	}
	return productURL(v.ID, "edit")
}

func (v writing) bankOptions() []ui.Option {
	all := make([]ui.Option, len(v.banks))
	for i, b := range v.banks {
		all[i] = ui.Option{Value: b.ID.String(), Label: b.Name, Selected: v.form.Raw("bank") == b.ID.String() || !v.form.Has("bank") && v.Bank == b.ID}
	}
	return all
}

func (v writing) share(b product.Bearer) string {
	for _, s := range v.Shares {
		if s.Bearer == b {
			return s.Share.String()
		}
	}
	return ""
}

func amount(a money.Fen) string {
	if a == 0 {
		return ""
	}
	return a.String()
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func (v writing) points() string {
	if v.Points == 0 && v.Name == "" {
		return ""
	}
	return strconv.FormatFloat(float64(v.Points)/float64(money.BasisPoint), 'f', -1, 64)
}

// ticked are words of one sort as boxes, those that were ticked or, before anything was sent, those that are there.
func ticked[T ~string](r *web.Request, f *web.Form, name, prefix string, all, there []T) []ui.Option {
	if f.Has("code") {
		there = many(f, name, all)
	}
	return options(r, prefix, all, there)
}

func bases(v writing) []ui.Option {
	var all []ui.Option
	for _, n := range []int{360, 365} {
		all = append(all, ui.Option{Value: number(n), Label: number(n), Selected: v.Basis == n})
	}
	return all
}
