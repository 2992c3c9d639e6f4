package personweb

import (
	"encoding/json"
	"net/http"
	"time"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// shown is one person's page.
type shown struct {
	person.Dossier
	may     func(step) bool
	reveals bool
	edits   bool
	history []actlog.Line
	who     map[string]string
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	of, err := given(r)
	if err != nil {
		return err
	}
	v := shown{}
	if v.Dossier, err = p.s.View(r.Context(), r.Actor, of); err != nil {
		return err
	}
	if v.ID != of { // she was found to be somebody known already
		return r.Redirect(w, oneURL(v.ID, ""), "person.stands_for")
	}
	v.may = func(s step) bool { return r.Actor.Can(s.verb, v.Home.Path) }
	v.reveals = r.Actor.Can(person.Reveal, v.Home.Path)
	if v.edits = r.Actor.Can(person.Edit, v.Home.Path); v.edits {
		if err := p.history(r, &v); err != nil {
			return err
		}
	}
	page := p.office(r, v.Name, "", ui.Crumb{Label: v.Name})
	page.Plain = true
	return door.Show(w, r, ui.Office, page, oneBody(r, v))
}

func (p *pages) history(r *web.Request, v *shown) error {
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		v.history, err = actlog.List(q, actlog.Filter{Subject: v.ID.String(), Limit: 30})
		return err
	})
	if err != nil || p.names == nil {
		return err
	}
	ids := make([]string, len(v.history))
	for i, h := range v.history {
		ids[i] = h.Actor
	}
	v.who, err = p.names(r, ids)
	return err
}

func (v shown) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{Title: v.Name, Sub: v.Home.Name}
	if v.SeesNames {
		d.Facts = []ui.Fact{{Label: l.T("person.field.born"), Value: birth(r, v.Born)}, {Label: l.T("person.sex"), Value: cn.Sex.Name(v.Sex, string(l.Lang()))}}
	}
	if v.IsChild {
		d.State, d.Tone = l.T("person.child"), ui.Soon
	}
	for i := range steps {
		s := steps[i]
		if s.label != "" && v.SeesNames && v.may(s) {
			d.Actions = append(d.Actions, ui.Action{Label: l.T("person.do_" + s.name), Icon: s.icon, Href: oneURL(v.ID, s.name), Primary: s.name == "edit"})
		}
	}
	return d
}

func birth(r *web.Request, d day.Day) string {
	if d.IsZero() {
		return ""
	}
	return r.L.Date(d)
}

func (v shown) facts(r *web.Request) []ui.Fact {
	l := r.L
	named := func(list *cn.List, c string) string {
		if c == "" {
			return ""
		}
		return list.Name(c, string(l.Lang()))
	}
	if !v.SeesNames {
		return []ui.Fact{{Label: l.T("person.sex"), Value: named(cn.Sex, v.Sex)}}
	}
	f := []ui.Fact{{Label: l.T("person.field.standing"), Value: named(cn.Political, v.Standing)}, {Label: l.T("person.field.education"), Value: named(cn.Education, v.Education)}}
	if v.SeesDetail {
		f = append(f, ui.Fact{Label: l.T("person.field.ethnicity"), Value: named(cn.Ethnic, v.Ethnicity)})
		if v.Phone != "" {
			f = append(f, ui.Fact{Label: l.T("person.field.phone"), Part: v.mask(r, v.Phone, person.PhoneNumber)})
		} else {
			f = append(f, ui.Fact{Label: l.T("person.field.phone")})
		}
	}
	return append(f, ui.Fact{Label: l.T("person.entered"), Value: l.Time(time.UnixMicro(v.MadeAt))}, ui.Fact{Label: l.T("person.number"), Part: ui.Code(v.ID.String()), Wide: true})
}

func (v shown) papers(r *web.Request) []ui.Fact {
	var all []ui.Fact
	for _, p := range v.Papers {
		all = append(all, ui.Fact{Label: r.L.T("person.paper." + string(p.Kind)), Part: v.mask(r, p.Masked, p.Kind), Wide: true})
	}
	return all
}

func (v shown) tieRows(r *web.Request) []ui.Group {
	var rows []ui.Row
	for _, t := range v.Ties {
		where := ui.Cell{Text: t.Unit, After: r.L.T("person.in_words")}
		if t.Org != "" {
			where = ui.Cell{Text: t.OrgName, Href: "/office/orgs/" + t.Org.String()}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: r.L.T("person.tie." + string(t.Kind))}, where, {Text: t.Role}, {Text: birth(r, t.Began)}}})
	}
	return ui.Rows(rows...)
}

func (v shown) guardRows(r *web.Request) []ui.Group {
	var rows []ui.Row
	add := func(g person.Guardianship, of person.ID, kind string) {
		span := birth(r, g.From) + " – " + birth(r, g.Until)
		change := ui.Cell{}
		if v.may(stepNamed("relieve")) && kind == "person.guardian" {
			change = ui.Cell{Text: r.L.T("person.do_relieve"), Href: oneURL(v.ID, "relieve") + "?which=" + g.ID.String()}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: g.Name, Href: oneURL(of, "")}, {Text: r.L.T(kind)}, {Text: cn.Relation.Name(g.Relation, string(r.L.Lang()))}, {Text: span}, {Text: guardState(r, g)}, change,
		}})
	}
	for _, g := range v.Guardians {
		add(g, g.Adult, "person.guardian")
	}
	for _, g := range v.Wards {
		add(g, g.Child, "person.ward")
	}
	return ui.Rows(rows...)
}

func consentRows(r *web.Request, all []person.Consent) []ui.Group {
	var rows []ui.Row
	for _, c := range all {
		state := r.L.T("person.consent_holds")
		if c.Withdrawn > 0 {
			state = r.L.T("person.consent_withdrawn", "time", r.L.Time(time.UnixMicro(c.Withdrawn)))
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: purpose(r, c.Purpose)}, {Text: c.Version}, {Text: r.L.Time(time.UnixMicro(c.Given))}, {Text: state}}})
	}
	return ui.Rows(rows...)
}

// purpose is what a consent is for, in words where there are any.
func purpose(r *web.Request, key string) string {
	if r.L.Has("person.purpose." + key) {
		return r.L.T("person.purpose." + key)
	}
	return key
}

func (v shown) timeline(r *web.Request) []ui.Act {
	var all []ui.Act
	for _, h := range v.history {
		a := ui.Act{When: r.L.Time(time.UnixMicro(h.At)), Who: v.who[h.Actor], What: h.Verb, Auto: h.Actor == "system"}
		if a.Who == "" {
			a.Who = h.Actor[max(0, len(h.Actor)-6):]
		}
		if r.L.Has("verb." + h.Verb) {
			a.What = r.L.T("verb." + h.Verb)
		}
		a.Quote = reasonOf(h.Content)
		all = append(all, a)
	}
	return all
}

// reasonOf gives the reason that somebody wrote to an act.
func reasonOf(c *act.Content) string {
	if c == nil {
		return ""
	}
	var said struct{ Reason string }
	if json.Unmarshal(c.Change, &said) != nil {
		return ""
	}
	return said.Reason
}
