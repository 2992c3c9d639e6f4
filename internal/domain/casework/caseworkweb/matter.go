package caseworkweb

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/platform/workflow"
)

func (p *pages) matter(w http.ResponseWriter, r *web.Request) error {
	return p.showMatter(w, r, web.ReadValues(nil))
}

func (p *pages) showMatter(w http.ResponseWriter, r *web.Request, note *web.Form) error {
	target, err := matterID(r)
	if err != nil {
		return err
	}
	v, err := p.s.View(r.Context(), r.Actor, target)
	if err != nil {
		return err
	}
	ids := []string{v.OpenedBy, v.Owner}
	for _, l := range v.Lines {
		ids = append(ids, l.By)
	}
	who, err := p.who(r, ids...)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, v.Title, "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("casework.queue"), Href: queueURL}, {Label: v.Serial}}
	d := document(r, v, who)
	for _, beside := range p.also {
		facts, actions, err := beside(r, v.Matter)
		if err != nil {
			return err
		}
		d.Facts, d.Actions = append(d.Facts, facts...), append(actions, d.Actions...)
	}
	body := matterBody(r, v, d, timeline(r, v, who), note)
	if len(note.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, body)
	}
	return door.Show(w, r, ui.Office, page, body)
}

func document(r *web.Request, v casework.View, who func(string) string) ui.Document {
	l := r.L
	d := ui.Document{
		Title: v.Title, Serial: v.Serial, Sub: l.T("casework.kind."+string(v.Kind)) + "　" + v.Orgs[v.Org].Name,
		State: l.T("casework.state." + string(v.State)), Tone: stateTone(v),
		Facts: []ui.Fact{{Label: l.T("casework.desk"), Value: v.Orgs[v.Desk].Name, Note: owner(v, who)}, {Label: l.T("casework.due_day"), Part: ui.Light(lightTone(v.Light), l.Date(v.Due))}},
	}
	if problem, ok := v.Warn.Problem(); ok {
		d.Facts = append(d.Facts, ui.Fact{Label: l.T("casework.due_note"), Value: l.Problem(problem)})
	}
	d.Actions = append(d.Actions, ui.Action{Label: l.T("casework.print"), Icon: "printer", Print: true})
	for i := len(v.Moves) - 1; i >= 0; i-- {
		m := v.Moves[i]
		d.Actions = append(d.Actions, ui.Action{Label: l.T(m.Label), Icon: moveIcon[m.Verb.Key], Href: matterURL(v.ID, stepName(m.Verb)), Primary: i == 0})
	}
	return d
}

var moveIcon = map[string]string{
	"matter.answer": "messages", "matter.pass": "send", "matter.pause": "player-pause", "matter.resume": "rocket", "matter.extend": "calendar",
	"matter.close": "circle-check", "matter.reopen": "arrow-back-up",
}

func owner(v casework.View, who func(string) string) string {
	if v.Owner == "" {
		return ""
	}
	return who(v.Owner)
}

func stateTone(v casework.View) ui.Tone {
	if v.State == casework.Open {
		if tone := lightTone(v.Light); tone != ui.OK {
			return tone
		}
		return ui.Plain
	}
	if v.State == casework.Paused {
		return ui.Hold
	}
	return ui.OK
}

// timeline is what was done, the newest first; above it stands what is to be done now.
func timeline(r *web.Request, v casework.View, who func(string) string) []ui.Act {
	l := r.L
	var all []ui.Act
	if v.State == casework.Open || v.State == casework.Paused {
		all = append(all, ui.Act{When: l.T("casework.now"), Who: v.Orgs[v.Desk].Name, What: l.T("casework.state." + string(v.State)), Where: l.T("casework.until", "day", l.Date(v.Due)), Now: true})
	}
	for i, x := range v.Lines {
		a := ui.Act{When: l.Time(time.UnixMicro(x.At)), Who: who(x.By), What: l.T("verb." + x.Kind), Quote: x.Text, Auto: x.By == "system"}
		switch {
		case i == len(v.Lines)-1 || x.Desk != v.Lines[i+1].Desk:
			a.Where = l.T("casework.at_desk", "desk", v.Orgs[x.Desk].Name, "day", l.Date(x.Due))
		case x.Due != v.Lines[i+1].Due:
			a.Where = l.T("casework.until", "day", l.Date(x.Due))
		}
		all = append(all, a)
	}
	return all
}

func (p *pages) note(w http.ResponseWriter, r *web.Request) error {
	target, err := matterID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	text := f.Text("text", web.Required, web.Lines, web.Max(2000))
	if f.Err() == nil {
		err = p.s.Note(r.Context(), r.Actor, target, text)
		if err == nil {
			return r.Redirect(w, matterURL(target, ""), "casework.noted")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showMatter(w, r, f)
}

// step is a page that asks what a move needs.
type step struct {
	m     casework.Matter
	move  workflow.Move[casework.State]
	name  string
	more  []string // further matters to pass on with this one
	form  *web.Form
	desks []org.Node // found by the words typed
	words string
	key   string
	desk  string // of the matter, in words
}

func (p *pages) loadStep(r *web.Request) (st step, err error) {
	target, err := matterID(r)
	if err != nil {
		return st, err
	}
	verb, ok := steps[r.PathValue("step")]
	if !ok {
		return st, errs.New(errs.Absent, "errs.absent", nil)
	}
	v, err := p.s.View(r.Context(), r.Actor, target)
	if err != nil {
		return st, err
	}
	st = step{m: v.Matter, name: r.PathValue("step"), form: web.Read(r), key: web.NewKey(), desk: v.Orgs[v.Desk].Name}
	for _, m := range v.Moves {
		if m.Verb == verb {
			st.move = m
		}
	}
	if st.move.Verb.IsZero() {
		if _, ok := casework.Process.Allowed(v.State, verb); !ok {
			return st, errs.New(errs.Conflict, "casework.not_now", nil)
		}
		return st, errs.New(errs.Denied, "errs.denied", nil)
	}
	more := r.URL.Query()["more"]
	if r.Method == http.MethodPost {
		more = r.PostForm["more"]
	}
	for _, x := range more {
		if _, err := id.Parse[casework.Matter](x); err == nil && st.move.Needs.Desk && len(st.more) < 49 {
			st.more = append(st.more, x)
		}
	}
	st.words = strings.TrimSpace(st.form.Raw("find"))
	if st.move.Needs.Desk && st.words != "" {
		err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
			st.desks, err = org.Search(q, authz.Scope{All: true}, st.words, deskKinds...)
			return err
		})
	}
	return st, err
}

// deskKinds are the organisations that have a desk.
var deskKinds = []org.Kind{
	org.County, org.Township, org.Village, org.Department, org.School, org.Bank, org.Company, org.Society, org.LeagueBody, org.LeagueCommittee,
	org.LeagueWorkCommittee, org.LeagueGeneralBranch,
}

func (p *pages) askStep(w http.ResponseWriter, r *web.Request) error {
	st, err := p.loadStep(r)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.stepPage(r, st), stepBody(r, st))
}

func (p *pages) stepPage(r *web.Request, st step) ui.Page {
	page := p.doors.Office(r, r.L.T(st.move.Label), r.L.T("casework.says_"+st.name))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("casework.queue"), Href: queueURL}, {Label: st.m.Serial, Href: matterURL(st.m.ID, "")}, {Label: page.Title}}
	return page
}

func (p *pages) takeStep(w http.ResponseWriter, r *web.Request) error {
	st, err := p.loadStep(r)
	if err != nil {
		return err
	}
	f := st.form
	in := casework.Step{}
	if st.move.Needs.Reason {
		in.Reason = f.Text("reason", web.Required, web.Lines, web.Max(2000))
	}
	if st.move.Needs.Answer {
		in.Answer = f.Text("answer", web.Required, web.Lines, web.Max(2000))
	}
	if st.move.Needs.Desk {
		in.Desk = web.ID[org.Node](f, "desk", web.Required)
	}
	if st.name == "extend" {
		in.Due = f.Day("due", web.Required)
	}
	if st.name == "reopen" {
		in.Days = int(f.Int("days", 1, casework.MaxDays, web.Required))
	}
	if f.Err() == nil {
		err := p.takeAll(r, st, in)
		if err == nil {
			return r.Redirect(w, matterURL(st.m.ID, ""), "casework.done_"+st.name)
		}
		if !f.Blame(err) {
			return err
		}
	}
	return door.Again(w, r, ui.Office, p.stepPage(r, st), stepBody(r, st))
}

// takeAll takes the step with the matter and those picked beside it, each an act of its own under a key of its own.
func (p *pages) takeAll(r *web.Request, st step, in casework.Step) error {
	if err := p.s.Do(r.Context(), r.Actor, st.m.ID, st.move.Verb, in); err != nil {
		return err
	}
	for i, x := range st.more {
		by := r.Actor
		if by.Once != "" {
			by.Once += "-" + strconv.Itoa(i+1)
		}
		if err := p.s.Do(r.Context(), by, casework.ID(x), st.move.Verb, in); err != nil {
			return err
		}
	}
	return nil
}

func faults(r *web.Request, f *web.Form) []ui.Fault {
	var all []ui.Fault
	for _, p := range f.Problems() {
		text := r.L.Problem(p)
		if p.Field != "" {
			text = r.L.T("casework.field."+p.Field) + "：" + text
		}
		all = append(all, ui.Fault{Field: p.Field, Text: text})
	}
	return all
}

func deskOptions(st step) []ui.Option {
	var all []ui.Option
	chosen := st.form.Raw("desk")
	for i, d := range st.desks {
		if d.IsOpen() && d.ID != st.m.Desk {
			all = append(all, ui.Option{Value: d.ID.String(), Label: d.Name, Selected: d.ID.String() == chosen || chosen == "" && i == 0})
		}
	}
	return all
}

func answerFacts(r *web.Request, v casework.View) []ui.Fact {
	l := r.L
	facts := []ui.Fact{
		{Label: l.T("casework.kind"), Value: l.T("casework.kind." + string(v.Kind))},
		{Label: l.T("casework.serial"), Part: ui.Code(v.Serial)},
		{Label: l.T("casework.org"), Value: v.Orgs[v.Org].Name},
		{Label: l.T("casework.opened"), Value: l.Time(time.UnixMicro(v.OpenedAt))},
	}
	if v.Kind == casework.Correction {
		facts = append(facts, ui.Fact{Label: l.T("casework.subject"), Part: ui.Button(ui.Action{Label: l.T("casework.to_person"), Icon: "user", Href: "/office/persons/" + v.Subject, Small: true})})
	}
	if v.ClosedAt > 0 {
		facts = append(facts, ui.Fact{Label: l.T("casework.closed_at"), Value: l.Time(time.UnixMicro(v.ClosedAt))})
	}
	return append(facts, ui.Fact{Label: l.T("casework.answer"), Value: v.Answer, Wide: true})
}
