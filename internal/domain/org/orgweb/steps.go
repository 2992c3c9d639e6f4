package orgweb

import (
	"net/http"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// step is something done to an organisation on a page of its own.
type step struct {
	name string
	verb authz.Verb
	icon string
	asks string // what is searched for first: the organisation on the other side; empty for none
}

// steps in the order of their buttons, the main one first.
var steps = []step{
	{"new", org.Create, "plus", ""},
	{"rename", org.Edit, "edit", ""},
	{"move", org.Move, "arrows-split", "parent"},
	{"merge", org.Merge, "git-merge", "into"},
	{"close", org.Close, "ban", ""},
}

// asking is a step's page.
type asking struct {
	step
	at    org.Node
	form  *web.Form
	words string
	found []org.Node
	below int64
}

func (p *pages) load(r *web.Request) (a asking, err error) {
	for _, st := range steps {
		if st.name == r.PathValue("step") {
			a.step = st
		}
	}
	if a.name == "" {
		return a, errs.New(errs.Absent, "errs.absent", nil)
	}
	a.form = web.Read(r)
	a.words = strings.TrimSpace(a.form.Raw("find"))
	err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		if a.at, err = readable(q, r.Actor, r.PathValue("id")); err != nil {
			return err
		}
		if err := r.Actor.Must(a.verb, a.at.Path); err != nil {
			return err
		}
		if a.below, err = org.Below(q, a.at.Path); err != nil || a.asks == "" {
			return err
		}
		a.found, err = org.Search(q, r.Actor.Scope(a.verb), a.words)
		return err
	})
	return a, err
}

func (a asking) options() []ui.Option {
	var all []ui.Option
	chosen := a.form.Raw(a.asks)
	for _, n := range a.found {
		if n.IsOpen() && !a.at.Path.Covers(n.Path) && (a.name != "move" || n.ID != a.at.Parent && n.Kind != org.LeagueBranch) {
			all = append(all, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: n.ID.String() == chosen})
		}
	}
	if len(all) == 1 && chosen == "" { // of several nobody is to take the first by oversight
		all[0].Selected = true
	}
	return all
}

func (p *pages) page(r *web.Request, a asking) ui.Page {
	page := p.doors.Office(r, r.L.T("org.do_"+a.name), r.L.T("org.says_"+a.name))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("org.tree"), Href: treeURL}, {Label: a.at.Name, Href: orgURL(a.at.ID, "")}, {Label: page.Title}}
	return page
}

func (p *pages) ask(w http.ResponseWriter, r *web.Request) error {
	a, err := p.load(r)
	if err != nil {
		return err
	}
	if a.name == "rename" {
		a.form.Fill("name", a.at.Name)
	}
	return door.Show(w, r, ui.Office, p.page(r, a), stepBody(r, a))
}

func (p *pages) take(w http.ResponseWriter, r *web.Request) error {
	a, err := p.load(r)
	if err != nil {
		return err
	}
	to, err := p.act(r, a)
	if err == nil && a.form.Err() == nil {
		return r.Redirect(w, orgURL(to, ""), "org.done_"+a.name)
	}
	if a.form.Err() == nil && !a.form.Blame(err) {
		return err
	}
	return door.Again(w, r, ui.Office, p.page(r, a), stepBody(r, a))
}

// act reads the form and, when nothing is missing, does what it asks for. It gives the organisation to show next.
func (p *pages) act(r *web.Request, a asking) (org.ID, error) {
	f, ctx := a.form, r.Context()
	reason := func() string { return f.Text("reason", web.Required, web.Lines, web.Max(500)) }
	var do func() error
	to := a.at.ID
	switch a.name {
	case "new":
		n := org.New{
			Kind: org.Kind(f.Choice("kind", kindsBelow(), web.Required)), Name: f.Text("name", web.Required, web.Max(120)), Short: f.Text("short", web.Max(60)),
			Industry: f.Text("industry", web.Max(60)), Opened: f.Day("opened"), Parent: a.at.ID,
		}
		do = func() error {
			made, err := p.s.Create(ctx, r.Actor, n)
			to = made.ID
			return err
		}
	case "rename":
		name, why := f.Text("name", web.Required, web.Max(120)), reason()
		do = func() error { return p.s.Rename(ctx, r.Actor, a.at.ID, name, why) }
	case "move":
		parent, why := web.ID[org.Node](f, "parent", web.Required), reason()
		do = func() error { return p.s.Move(ctx, r.Actor, a.at.ID, parent, why) }
	case "merge":
		into, on, why := web.ID[org.Node](f, "into", web.Required), f.Day("on", web.Required), reason()
		do = func() error { return p.s.Merge(ctx, r.Actor, a.at.ID, into, on, why) }
	case "close":
		on, why := f.Day("on", web.Required), reason()
		do = func() error { return p.s.Close(ctx, r.Actor, a.at.ID, on, why) }
	}
	if a.name != "new" && a.name != "rename" && !f.Bool("sure") {
		f.Fail("sure", "org.not_sure", nil)
	}
	if f.Err() != nil {
		return to, nil
	}
	err := do()
	if sqldb.Again(err, nil) {
		err = nil
	}
	return to, err
}

func kindsBelow() []string {
	var all []string
	for _, k := range org.Kinds[1:] {
		all = append(all, string(k))
	}
	return all
}

func kindOptions(r *web.Request, a asking) []ui.Option {
	all := []ui.Option{{Label: r.L.T("org.choose")}}
	for _, k := range kindsBelow() {
		if org.MayHold(a.at.Kind, org.Kind(k)) {
			all = append(all, ui.Option{Value: k, Label: r.L.T("org.kind." + k), Selected: a.form.Raw("kind") == k})
		}
	}
	return all
}

func input(r *web.Request, f *web.Form, in ui.Input) ui.Input {
	if f.Has(in.Name) || f.Raw(in.Name) != "" {
		in.Value = f.Raw(in.Name)
	}
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
			text = r.L.T("org.field."+p.Field) + "：" + text
		}
		all = append(all, ui.Fault{Field: p.Field, Text: text})
	}
	return all
}

// effect says what the step will touch.
func (a asking) effect(r *web.Request) []ui.Fact {
	l := r.L
	facts := []ui.Fact{{Label: l.T("org.name"), Value: a.at.Name}, {Label: l.T("org.kind"), Value: l.T("org.kind." + string(a.at.Kind))}}
	switch a.name {
	case "move", "merge":
		facts = append(facts, ui.Fact{Label: l.T("org.goes_along"), Value: l.T("org.below_n", "n", a.below), Wide: true})
	case "close":
		facts = append(facts, ui.Fact{Label: l.T("org.below"), Value: l.T("org.below_n", "n", a.below), Wide: true})
	}
	return facts
}
