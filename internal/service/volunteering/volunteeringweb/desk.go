package volunteeringweb

import (
	"net/http"
	"strconv"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/certificate"
)

// listed is the list of a desk.
type listed struct {
	filter volunteering.Filter
	page   page.Page[volunteering.Row]
	tally  map[volunteering.State]int64
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) (err error) {
	f := web.Read(r)
	v := listed{filter: volunteering.Filter{State: volunteering.State(f.Choice("state", texts(volunteering.States))), Skill: f.Choice("skill", volunteering.Skills)}}
	if err := f.Err(); err != nil {
		return err
	}
	if v.page, err = p.s.List(r.Context(), r.Actor, v.filter, r.URL.Query().Get("from")); err != nil {
		return err
	}
	if v.tally, err = p.s.Tally(r.Context(), r.Actor); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("volunteer.title"), r.L.T("volunteer.says"))
	if r.Actor.May(certificate.Export) {
		pg.Actions = []ui.Action{{Label: r.L.T("certificate.export"), Icon: "file-export", Href: exportURL}}
	}
	return door.Show(w, r, ui.Office, pg, listBody(r, v))
}

func (v listed) filters(r *web.Request) ui.Filters {
	states := []ui.Option{{Label: r.L.T("volunteer.all_states"), Selected: v.filter.State == ""}}
	for _, s := range volunteering.States {
		states = append(states, ui.Option{Value: string(s), Label: r.L.T("volunteer.state."+string(s)) + " " + r.L.Int(v.tally[s]), Selected: v.filter.State == s})
	}
	skills := []ui.Option{{Label: r.L.T("volunteer.all_skills"), Selected: v.filter.Skill == ""}}
	for _, s := range volunteering.Skills {
		skills = append(skills, ui.Option{Value: s, Label: r.L.T("volunteer.skill." + s), Selected: v.filter.Skill == s})
	}
	f := ui.Filters{Action: deskURL, Filters: []ui.Filter{{Name: "state", Label: r.L.T("volunteer.state"), Options: states}, {Name: "skill", Label: r.L.T("volunteer.field.skill"), Options: skills}}}
	if v.filter.State != "" || v.filter.Skill != "" {
		f.Clear = deskURL
	}
	return f
}

func (v listed) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.page.Items))
	for i, x := range v.page.Items {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x.Name, Href: oneURL(x.ID)},
			{Text: x.Serial},
			{Part: stateTag(r, x.State)},
			{Part: papersTag(r, x)},
			{Text: words(r, "volunteer.skill.", x.Skills.Words(volunteering.Skills))},
			{Text: x.Group},
			{Text: x.OrgName},
		}}
	}
	return ui.Table{ID: "volunteers", Label: l.T("volunteer.title"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("volunteer.name"), Kind: ui.Title},
		{Head: l.T("volunteer.serial"), Kind: ui.Serial},
		{Head: l.T("volunteer.state"), Kind: ui.Short},
		{Head: l.T("volunteer.papers"), Kind: ui.Short},
		{Head: l.T("volunteer.field.skill")},
		{Head: l.T("volunteer.group")},
		{Head: l.T("volunteer.desk")},
	}}
}

func (v listed) pages() ui.Pages {
	to := func(cursor string) string {
		if cursor == "" {
			return ""
		}
		return web.Address(deskURL, "state", string(v.filter.State), "skill", v.filter.Skill, "from", cursor)
	}
	return ui.Pages{Prev: to(v.page.Prev), Next: to(v.page.Next)}
}

// single is the page of one volunteer.
type single struct {
	volunteering.One
	papers []certificate.Certificate
	issues bool // the viewer issues certificates here
	form   *web.Form
	today  day.Day
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	return p.showOne(w, r, web.ReadValues(nil))
}

func (p *pages) showOne(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := volunteerID(r)
	if err != nil {
		return err
	}
	v := single{form: f, today: day.Of(r.Now, r.L.Zone())}
	if v.One, err = p.s.One(r.Context(), r.Actor, which); err != nil {
		return err
	}
	if v.papers, v.issues, err = p.papers.Of(r.Context(), r.Actor, which); err != nil {
		return err
	}
	pg := p.doors.Office(r, v.Name, "")
	pg.Plain = true
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("volunteer.title"), Href: deskURL}, {Label: v.Name}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, oneBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, oneBody(r, v))
}

func (v single) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{Title: v.Name, Serial: v.Serial, Sub: v.OrgName, State: l.T("volunteer.state." + string(v.State)), Tone: ui.Plain}
	if v.State == volunteering.Admitted {
		d.Tone = ui.OK
	}
	d.Facts = []ui.Fact{
		{Label: l.T("volunteer.field.skill"), Value: words(r, "volunteer.skill.", v.Skills.Words(volunteering.Skills))},
		{Label: l.T("volunteer.field.free"), Value: words(r, "volunteer.free.", v.Free.Words(volunteering.Times))},
		{Label: l.T("volunteer.group"), Value: v.Group},
	}
	return d
}

func (v single) version() string { return strconv.FormatInt(v.EditedAt, 10) }

func (p *pages) decide(w http.ResponseWriter, r *web.Request) error {
	which, err := volunteerID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	to := volunteering.State(f.Choice("to", texts([]volunteering.State{volunteering.Admitted, volunteering.Refused}), web.Required))
	note := f.Text("note", web.Max(200))
	if f.Err() == nil {
		err := p.s.Decide(r.Context(), r.Actor, which, f.Version(), to, note)
		if err == nil {
			return r.Redirect(w, oneURL(which), "volunteer.done."+string(to))
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showOne(w, r, f)
}

func texts[T ~string](all []T) []string {
	s := make([]string, len(all))
	for i, v := range all {
		s[i] = string(v)
	}
	return s
}
