package researchweb

import (
	"net/http"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/research"
)

const meetingsURL = "/office/meetings"

func meetingURL(m research.MeetingID) string { return meetingsURL + "/" + m.String() }

func (p *pages) meetings(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Meetings(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("research.meetings"), r.L.T("research.meetings_says"))
	if r.Actor.May(research.HoldMeeting) {
		page.Actions = []ui.Action{{Label: r.L.T("research.meeting_new"), Icon: "plus", Href: meetingsURL + "/new", Primary: true}}
	}
	return door.Show(w, r, ui.Office, page, meetingsBody(r, all))
}

func meetingsTable(r *web.Request, all []research.MeetingListed) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(all))
	for i, m := range all {
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: m.Title, Href: meetingURL(m.ID)}, {Text: l.T("research.meeting." + string(m.Kind))}, {Text: l.Date(m.On)}, {Text: m.Place}, {Text: m.OrgName}, {Text: l.Int(int64(m.Items))}}}
	}
	return ui.Table{ID: "meetings", Label: l.T("research.meetings"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("research.field.title"), Kind: ui.Title},
		{Head: l.T("research.field.kind"), Kind: ui.Short},
		{Head: l.T("research.field.on"), Kind: ui.Short},
		{Head: l.T("research.field.place")},
		{Head: l.T("casework.org")},
		{Head: l.T("research.items"), Kind: ui.Number},
	}}
}

// holding is the page on which a meeting is entered or corrected.
type holding struct {
	form  *web.Form
	words string
	orgs  []org.Node
	old   *research.MeetingSeen
}

func (p *pages) askMeeting(w http.ResponseWriter, r *web.Request) error {
	return p.showHolding(w, r, web.Read(r))
}

func (p *pages) showHolding(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	v := holding{form: f, words: f.Raw("find")}
	if v.words == "" {
		v.words = r.Actor.Desk
	}
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		found, err := org.Search(q, r.Actor.Scope(research.HoldMeeting), v.words)
		for _, n := range found {
			if n.IsOpen() {
				v.orgs = append(v.orgs, n)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("research.meeting_new"), r.L.T("research.meeting_new_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.meetings"), Href: meetingsURL}, {Label: page.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, holdBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, holdBody(r, v))
}

func (v holding) options() []ui.Option {
	all := make([]ui.Option, len(v.orgs))
	for i, n := range v.orgs {
		all[i] = ui.Option{Value: n.ID.String(), Label: n.Name, Selected: v.form.Raw("org") == n.ID.String() || len(v.orgs) == 1}
	}
	return all
}

func (v holding) kinds(r *web.Request) []ui.Option {
	kept := v.form.Raw("kind")
	if v.old != nil && !v.form.Has("kind") {
		kept = string(v.old.Kind)
	}
	var all []ui.Option
	for i, k := range []research.MeetingKind{research.Seminar, research.Visit} {
		all = append(all, ui.Option{Value: string(k), Label: r.L.T("research.meeting." + string(k)), Selected: kept == string(k) || kept == "" && i == 0})
	}
	return all
}

// value is what stands in a box at first: what is kept of a meeting.
func (v holding) value(text func(m research.MeetingSeen) string) string {
	if v.old == nil {
		return ""
	}
	return text(*v.old)
}

func readMeeting(f *web.Form) research.Meeting {
	return research.Meeting{
		Kind:  research.MeetingKind(f.Choice("kind", []string{string(research.Seminar), string(research.Visit)}, web.Required)),
		Title: f.Text("title", web.Required, web.Max(120)), Place: f.Text("place", web.Required, web.Max(120)), On: f.Day("on", web.Required),
		Guests: f.Text("guests", web.Lines, web.Max(4000)), Minutes: f.Text("minutes", web.Lines, web.Max(20000)),
	}
}

func (p *pages) holdMeeting(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	m := readMeeting(f)
	m.Org = web.ID[org.Node](f, "org", web.Required)
	if f.Err() == nil {
		made, err := p.s.Hold(r.Context(), r.Actor, m)
		if err == nil {
			return r.Redirect(w, meetingURL(made), "research.meeting_held")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showHolding(w, r, f)
}

// met is the page of one meeting.
type met struct {
	research.MeetingSeen
	form *web.Form
}

func (p *pages) meeting(w http.ResponseWriter, r *web.Request) error {
	return p.showMeeting(w, r, web.ReadValues(nil))
}

func (p *pages) showMeeting(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := id.Parse[research.Meeting](r.PathValue("id"))
	if err != nil {
		return err
	}
	v := met{form: f}
	if v.MeetingSeen, err = p.s.Met(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.doors.Office(r, v.Title, "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("research.meetings"), Href: meetingsURL}, {Label: v.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, meetingBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, meetingBody(r, v))
}

func (v met) document(r *web.Request) ui.Document {
	l := r.L
	return ui.Document{
		Title: v.Title, Sub: v.At.Name, State: l.T("research.meeting." + string(v.Kind)), Tone: ui.Plain,
		Facts:   []ui.Fact{{Label: l.T("research.field.on"), Value: l.Date(v.On)}, {Label: l.T("research.field.place"), Value: v.Place}, {Label: l.T("research.items"), Value: l.Int(int64(len(v.Items)))}},
		Actions: []ui.Action{{Label: l.T("casework.print"), Icon: "printer", Print: true}},
	}
}

func (v met) items(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Items))
	for i, x := range v.Items {
		state, next := ui.Cell{Text: l.T("research.item_open")}, ui.Cell{}
		switch {
		case x.Voice != nil:
			state = ui.Cell{Text: l.T("casework.state." + string(x.State))}
			next = ui.Cell{Text: x.Voice.Serial, Href: voiceURL(x.Voice.ID)}
		case v.Raise:
			next = ui.Cell{Text: l.T("research.raise"), Href: web.Address(voicesURL+"/new", "item", x.ID)}
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: or(x.Text, l.T("research.masked"))}, {Text: or(x.Asker, "—")}, state, next}}
	}
	return ui.Table{ID: "items", Label: l.T("research.items"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("research.item"), Kind: ui.Title}, {Head: l.T("research.field.asker"), Kind: ui.Short}, {Head: l.T("casework.state"), Kind: ui.Short}, {Head: l.T("casework.next"), Kind: ui.NextAct},
	}}
}

func (p *pages) addItem(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[research.Meeting](r.PathValue("id"))
	if err != nil {
		return err
	}
	f := web.Read(r)
	asker, text := f.Text("asker", web.Max(60)), f.Text("text", web.Required, web.Lines, web.Max(2000))
	if f.Err() == nil {
		err := p.s.AddItem(r.Context(), r.Actor, which, asker, text)
		if err == nil {
			return r.Redirect(w, meetingURL(which), "research.item_added")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showMeeting(w, r, f)
}

func (p *pages) amend(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[research.Meeting](r.PathValue("id"))
	if err != nil {
		return err
	}
	f := web.Read(r)
	m := readMeeting(f)
	m.ID, m.EditedAt = which, f.Int("seen", 0, 1<<60)
	if f.Err() == nil {
		err := p.s.Amend(r.Context(), r.Actor, m)
		if err == nil {
			return r.Redirect(w, meetingURL(which), "research.meeting_amended")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showMeeting(w, r, f)
}

func (v met) holding() holding { return holding{form: v.form, old: &v.MeetingSeen} }
