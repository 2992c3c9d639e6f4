package personweb

import (
	"net/http"
	"time"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

const (
	mineURL = "/my/data"
	linkURL = "/my/link" // where an account is tied to a person
)

// actsShown is how many acts the page holds; the file holds all.
const actsShown = 30

// ownData is the page of what is kept of oneself, or of a child.
type ownData struct {
	person.Mine
	asked []Asked
	desks map[string]string
}

// url leads back to the page of the same person.
func (v ownData) url(path string) string {
	if v.Ward {
		return path + "?of=" + v.ID.String()
	}
	return path
}

// of names the child in a form, and nobody where it is the viewer's own.
func (v ownData) of() string {
	if v.Ward {
		return v.ID.String()
	}
	return ""
}

// mine shows what is kept of whoever is signed in.
func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	return p.showMine(w, r, web.ID[person.Person](f, "of"), web.ReadValues(nil), door.Show)
}

func (p *pages) showMine(w http.ResponseWriter, r *web.Request, of person.ID, f *web.Form, with answer) error {
	if r.Session == nil {
		return r.Redirect(w, "/sign-in/phone?next=/my/data", "")
	}
	page := p.doors.Public(r, r.L.T("person.mine"), r.L.T("person.mine_says"))
	if r.Actor.Person == "" {
		return with(w, r, ui.Public, page, notLinked(r))
	}
	v := ownData{}
	var err error
	if v.Mine, err = p.s.OfMine(r.Context(), r.Actor, of, false); err != nil {
		return err
	}
	if v.Ward {
		page = p.doors.Public(r, r.L.T("person.mine_of", "name", v.Name), r.L.T("person.mine_of_says"))
	}
	if v.asked, err = p.corrections.Asked(r, v.ID); err != nil {
		return err
	}
	var who []string
	for _, a := range v.Acts {
		who = append(who, a.Actor)
	}
	if v.desks, err = p.desks(r, who); err != nil {
		return err
	}
	return with(w, r, ui.Public, page, mineBody(r, v, f))
}

func mineFacts(r *web.Request, v ownData) []ui.Fact {
	l := r.L
	named := func(list *cn.List, c string) string {
		if c == "" {
			return ""
		}
		return list.Name(c, string(l.Lang()))
	}
	f := []ui.Fact{
		{Label: l.T("person.field.name"), Value: v.Name},
		{Label: l.T("person.sex"), Value: named(cn.Sex, v.Sex)},
		{Label: l.T("person.field.born"), Value: birth(r, v.Born)},
		{Label: l.T("person.field.ethnicity"), Value: named(cn.Ethnic, v.Ethnicity)},
		{Label: l.T("person.field.education"), Value: named(cn.Education, v.Education)},
		{Label: l.T("person.field.standing"), Value: named(cn.Political, v.Standing)},
		{Label: l.T("person.field.phone"), Value: v.Phone},
	}
	for _, p := range v.Papers {
		note := ""
		if p.Since != v.Since {
			note = origin(r, v, p.Since)
		}
		f = append(f, ui.Fact{Label: l.T("person.paper." + string(p.Kind)), Value: p.Masked, Note: note})
	}
	return append(f, ui.Fact{Label: l.T("person.mine_kept_by"), Value: v.Home.Name}, ui.Fact{Label: l.T("person.mine_from"), Value: origin(r, v, v.Since)},
		ui.Fact{Label: l.T("person.entered"), Value: l.Time(time.UnixMicro(v.MadeAt))})
}

// origin says where something came from.
func origin(r *web.Request, v ownData, since int64) string {
	o, ok := v.Origins[since]
	if !ok {
		return r.L.T("person.mine_by_hand")
	}
	return r.L.T("person.mine_origin", "name", o.Name, "day", r.L.Date(o.AsOf))
}

func mineTies(r *web.Request, v ownData) []ui.Group {
	var rows []ui.Row
	for _, t := range v.Ties {
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: t.OrgName + t.Unit}, {Text: r.L.T("person.tie." + string(t.Kind))}, {Text: t.Role}, {Text: birth(r, t.Began)}, {Text: origin(r, v, t.Since)},
		}})
	}
	return ui.Rows(rows...)
}

// mineGuards lists who speaks for the person and, on one's own page, for whom one speaks.
func mineGuards(r *web.Request, v ownData) []ui.Group {
	var rows []ui.Row
	add := func(g person.Guardianship, as string) {
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: g.Name}, {Text: r.L.T(as)}, {Text: cn.Relation.Name(g.Relation, string(r.L.Lang()))}, {Text: birth(r, g.From) + " – " + birth(r, g.Until)}, {Text: guardState(r, g)},
		}})
	}
	for _, g := range v.Guardians {
		add(g, "person.guardian")
	}
	if !v.Ward {
		for _, g := range v.Wards {
			add(g, "person.ward")
		}
	}
	return ui.Rows(rows...)
}

// childButtons lead to the pages of children.
func childButtons(r *web.Request, v ownData) []ui.Action {
	var all []ui.Action
	for _, g := range v.Children {
		all = append(all, ui.Action{Label: r.L.T("person.mine_children", "name", g.Name), Icon: "user", Href: mineURL + "?of=" + g.Child.String()})
	}
	return all
}

func guardState(r *web.Request, g person.Guardianship) string {
	switch {
	case g.Restricted:
		return r.L.T("person.guard_restricted")
	case !g.On(day.Of(r.Now, r.L.Zone())):
		return r.L.T("person.guard_over")
	}
	return r.L.T("person.guard_holds")
}

// mineActs tells what was done with the data and by which office. Who it was there, and why, stays with the office: it may
// speak of others.
func mineActs(r *web.Request, v ownData, acts []actlog.Line) []ui.Act {
	var all []ui.Act
	for _, h := range acts {
		a := ui.Act{When: r.L.Time(time.UnixMicro(h.At)), Who: v.desks[h.Actor], What: h.Verb}
		if r.L.Has("verb." + h.Verb) {
			a.What = r.L.T("verb." + h.Verb)
		}
		switch {
		case h.Actor == r.Actor.User:
			a.Who = r.L.T("person.mine_self")
		case h.Actor == authz.System(r.City).User:
			a.Who, a.Auto = r.L.T("person.mine_system"), true
		case a.Who == "":
			a.Who = r.L.T("person.mine_resident")
		}
		all = append(all, a)
	}
	return all
}

func askedRows(r *web.Request, all []Asked) []ui.Group {
	var rows []ui.Row
	for _, a := range all {
		due := ""
		if !a.Due.IsZero() {
			due = r.L.Date(a.Due)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: a.Serial}, {Text: r.L.Time(a.At)}, {Text: a.State}, {Text: due}, {Text: a.Answer}}})
	}
	return ui.Rows(rows...)
}

func (p *pages) withdraw(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	purpose := f.Text("purpose", web.Required)
	of := web.ID[person.Person](f, "of")
	if err := f.Err(); err != nil {
		return err
	}
	if r.Session == nil || r.Actor.Person == "" {
		return r.Redirect(w, mineURL, "")
	}
	m, err := p.s.OfMine(r.Context(), r.Actor, of, false)
	if err != nil {
		return err
	}
	if err := p.s.Withdraw(r.Context(), r.Actor, m.ID, purpose); err != nil {
		return err
	}
	return r.Redirect(w, ownData{Mine: m}.url(mineURL), "person.done_withdraw")
}

func (p *pages) correctMine(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	text := f.Text("text", web.Required, web.Lines, web.Max(1000))
	of := web.ID[person.Person](f, "of")
	if r.Session == nil {
		return r.SignInFirst()
	}
	if f.Err() != nil || r.Actor.Person == "" {
		return p.showMine(w, r, of, f, door.Again)
	}
	m, err := p.s.OfMine(r.Context(), r.Actor, of, false)
	if err != nil {
		return err
	}
	if err := p.corrections.Ask(r, m.ID, text); err != nil {
		return err
	}
	return r.Redirect(w, ownData{Mine: m}.url(mineURL), "person.done_correct")
}
