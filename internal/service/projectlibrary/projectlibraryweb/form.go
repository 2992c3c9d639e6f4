package projectlibraryweb

import (
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// asking is a page with the form of a dossier, of an officer or a founder.
type asking struct {
	own      bool // a founder fills it in
	old      venture.Dossier
	form     *web.Form
	areas    []org.Node
	sites    []place.Place
	branches venture.Industries
	action   string
	self     bool // a founder whose name is known
}

func (a asking) isNew() bool { return a.old.ID.IsZero() }

// load finds what the form offers; of a dossier that is there, its facts.
func (p *pages) load(r *web.Request, which venture.ID) (a asking, err error) {
	a = asking{form: web.Read(r), action: home + "/new"}
	verb := venture.Create
	if !which.IsZero() {
		verb, a.action = venture.Edit, ventureURL(which, "edit")
		if a.old, err = p.s.Ventures.View(r.Context(), r.Actor, which); err != nil {
			return a, err
		}
		if err := r.Actor.Must(venture.Edit, a.old.At.Path); err != nil {
			return a, err
		}
		if a.sites, err = p.s.Sites(r.Context(), r.Actor, a.old.At); err != nil {
			return a, err
		}
	}
	if a.areas, err = p.s.Areas(r.Context(), r.Actor, verb); err != nil {
		return a, err
	}
	a.branches, err = p.s.Branches(r.Context(), r.City)
	return a, err
}

// fill puts what is known into a form that is shown for the first time.
func (a *asking) fill() {
	v := a.old.Venture
	for name, value := range map[string]string{
		"name": v.Name, "about": v.About, "entity": v.Entity, "credit": v.Credit, "industry": v.Industry, "category": v.Category, "stage": v.Stage, "org": v.Org.String(),
		"place": v.Place.String(), "address": v.Address, "staff": strconv.FormatInt(v.Staff, 10), "_v": strconv.FormatInt(v.EditedAt, 10),
	} {
		a.form.Fill(name, value)
	}
	if v.RevenueYear > 0 {
		a.form.Fill("revenue", v.Revenue.Plain())
		a.form.Fill("revenue_year", strconv.FormatInt(v.RevenueYear, 10))
	}
	if !v.Began.IsZero() {
		a.form.Fill("began", v.Began.String())
	}
}

// given reads the form.
func (a asking) given() venture.Given {
	f := a.form
	g := venture.Given{
		Facts: venture.Facts{
			Name: f.Text("name", web.Required, web.Max(60)), About: f.Text("about", web.Lines, web.Max(1000)), Entity: f.Choice("entity", venture.Entities, web.Required),
			Credit: f.Text("credit", web.Halfwidth, web.Max(40)), Industry: f.Text("industry", web.Halfwidth, web.Max(10)), Category: f.Choice("category", venture.Categories, web.Required),
			Stage: f.Choice("stage", venture.Stages, web.Required), Place: web.ID[place.Place](f, "place"), Address: f.Text("address", web.Max(120)),
			Staff: f.Int("staff", 0, venture.MaxStaff), Revenue: f.Money("revenue"), RevenueYear: f.Int("revenue_year", 0, 9999), Began: f.Day("began"),
		},
		Org: web.ID[org.Node](f, "org", web.Required),
	}
	if more := f.Text("code", web.Halfwidth, web.Max(10)); more != "" {
		g.Industry = more
	}
	if g.Industry == "" {
		f.Fail("industry", "field.required", nil)
	}
	if a.isNew() && !a.self {
		g.Founder = f.Text("founder", web.Required, web.Max(60))
	}
	return g
}

// given reads the form, and notes in it all that is wrong with what was read.
func (p *pages) given(r *web.Request, a asking) (venture.Given, error) {
	g := a.given()
	if err := p.s.Ventures.Check(r.Context(), r.City, g); err != nil && !a.form.Blame(err) {
		return g, err
	}
	return g, nil
}

// industries are the known codes as options; a founder chooses among sections.
func (a asking) industries(r *web.Request) []ui.Option {
	chosen := a.form.Raw("industry")
	all, seen := []ui.Option{{Label: r.L.T("venture.choose")}}, chosen == ""
	add := func(code, name string) {
		seen = seen || code == chosen
		all = append(all, ui.Option{Value: code, Label: code + " " + name, Selected: code == chosen})
	}
	known := a.branches
	if a.own {
		known = a.branches.Sections()
	}
	for _, i := range known {
		add(i.Code, i.Name)
	}
	if !seen {
		if code, err := venture.ParseIndustry(chosen); err == nil && code == chosen {
			add(chosen, a.branches.Name(chosen))
		}
	}
	return all
}

// orgs are where a venture may belong; townships follow their county.
func (a asking) orgs(r *web.Request) []ui.Option {
	chosen := a.form.Raw("org")
	var all []ui.Option
	seen := false
	for _, n := range a.areas {
		label := n.Name
		for _, c := range a.areas {
			if c.ID == n.Parent {
				label = c.Name + " · " + n.Name
			}
		}
		seen = seen || n.ID.String() == chosen
		all = append(all, ui.Option{Value: n.ID.String(), Label: label, Selected: n.ID.String() == chosen})
	}
	if !seen && chosen != "" && chosen == a.old.Org.String() {
		all = append(all, ui.Option{Value: chosen, Label: areaName(a.old.Over, a.old.At), Selected: true})
		seen = true
	}
	if !seen && len(all) > 1 {
		all = append([]ui.Option{{Label: r.L.T("venture.choose")}}, all...)
	}
	return all
}

func (a asking) places(r *web.Request) []ui.Option {
	chosen := a.form.Raw("place")
	all, seen := []ui.Option{{Label: r.L.T("venture.no_place")}}, false
	for _, s := range a.sites {
		seen = seen || s.ID.String() == chosen
		all = append(all, ui.Option{Value: s.ID.String(), Label: s.Name, Selected: s.ID.String() == chosen})
	}
	if !seen && !a.old.Site.ID.IsZero() {
		all = append(all, ui.Option{Value: a.old.Site.ID.String(), Label: a.old.Site.Name, Selected: a.old.Site.ID.String() == chosen})
	}
	return all
}

func (p *pages) formPage(r *web.Request, a asking) ui.Page {
	title, says := r.L.T("venture.do_new"), r.L.T("venture.new_says")
	if !a.isNew() {
		title, says = r.L.T("venture.do_edit"), a.old.Name
	}
	page := p.doors.Office(r, title, says)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("venture.list"), Href: home}}
	if !a.isNew() {
		page.Crumbs = append(page.Crumbs, ui.Crumb{Label: a.old.Serial, Href: ventureURL(a.old.ID, "")})
	}
	page.Crumbs = append(page.Crumbs, ui.Crumb{Label: title})
	return page
}

func (p *pages) askNew(w http.ResponseWriter, r *web.Request) error {
	a, err := p.load(r, "")
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.formPage(r, a), formBody(r, a))
}

func (p *pages) takeNew(w http.ResponseWriter, r *web.Request) error {
	a, err := p.load(r, "")
	if err != nil {
		return err
	}
	g, err := p.given(r, a)
	if err != nil {
		return err
	}
	if a.form.Err() == nil {
		made, err := p.s.Ventures.Create(r.Context(), r.Actor, g)
		if err == nil {
			return r.Redirect(w, ventureURL(made, ""), "venture.done.new")
		}
		if !a.form.Blame(err) {
			return err
		}
	}
	return door.Again(w, r, ui.Office, p.formPage(r, a), formBody(r, a))
}

func (p *pages) takeEdit(w http.ResponseWriter, r *web.Request, which venture.ID) error {
	a, err := p.load(r, which)
	if err != nil {
		return err
	}
	g, err := p.given(r, a)
	if err != nil {
		return err
	}
	if a.form.Err() == nil {
		err := p.s.Ventures.Edit(r.Context(), r.Actor, which, a.form.Version(), g)
		if err == nil {
			return r.Redirect(w, ventureURL(which, ""), "venture.done.edit")
		}
		if !a.form.Blame(err) {
			return err
		}
	}
	return door.Again(w, r, ui.Office, p.formPage(r, a), formBody(r, a))
}

// asks are the steps of an officer that need a page of their own.
var asks = map[string]bool{"return": true, "end": true, "founder": true, "tie-founder": true, "honour": true, "need": true, "withdraw-for": true}

// ask is the page of a step.
func (p *pages) ask(w http.ResponseWriter, r *web.Request) error {
	which, err := ventureID(r)
	if err != nil {
		return err
	}
	step := r.PathValue("step")
	if step == "edit" {
		a, err := p.load(r, which)
		if err != nil {
			return err
		}
		a.fill()
		return door.Show(w, r, ui.Office, p.formPage(r, a), formBody(r, a))
	}
	if step == "match" {
		return p.match(w, r, which)
	}
	return p.showStep(w, r, which, step, web.Read(r))
}

// stepping is a step's page.
type stepping struct {
	venture.Dossier
	step string
	form *web.Form
}

func (p *pages) showStep(w http.ResponseWriter, r *web.Request, which venture.ID, step string, f *web.Form) error {
	if !asks[step] {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	d, err := p.s.Ventures.View(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	verb := venture.Edit
	switch step {
	case "return":
		verb = venture.Create
	case "end":
		verb = venture.End
	case "withdraw-for":
		verb = venture.AgreePaper
	}
	if err := r.Actor.Must(verb, d.At.Path); err != nil {
		return err
	}
	v := stepping{d, step, f}
	page := p.doors.Office(r, r.L.T("venture.do_"+wordOf(step)), r.L.T("venture.says_"+wordOf(step)))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("venture.list"), Href: home}, {Label: d.Serial, Href: ventureURL(which, "")}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, stepBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, stepBody(r, v))
}

// wordOf is a step in message keys.
func wordOf(step string) string { return strings.ReplaceAll(step, "-", "_") }

func (v stepping) version() string {
	if v.form.Has("_v") {
		return v.form.Raw("_v")
	}
	return strconv.FormatInt(v.EditedAt, 10)
}
