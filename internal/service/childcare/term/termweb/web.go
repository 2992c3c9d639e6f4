// Package termweb is the pages of a term of child care: the timetable and the book of attendance for desks, the class screen for whoever
// stands before the class, and the day for parents.
package termweb

import (
	"embed"
	"net/http"
	"time"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/enrolment/enrolmentweb"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/safety"
	"zhidian/internal/service/childcare/term"
)

// Messages are the texts of these pages and of the errors of a term.
//
//go:embed messages
var Messages embed.FS

type pages struct {
	s     *term.Service
	doors *door.Doors
}

// Routes are the pages of a term.
func Routes(s *term.Service, doors *door.Doors) []web.Route {
	p := &pages{s: s, doors: doors}
	return []web.Route{
		{Pattern: "GET /office/classes/{id}/timetable", Door: web.Office, Verb: childcare.Read, Handle: p.timetable},
		{Pattern: "POST /office/classes/{id}/timetable", Door: web.Office, Verb: term.Plan, Handle: p.add},
		{Pattern: "GET /office/classes/{id}/timetable/{lesson}", Door: web.Office, Verb: term.Plan, Handle: p.askChange},
		{Pattern: "POST /office/classes/{id}/timetable/{lesson}", Door: web.Office, Verb: term.Plan, Handle: p.change},
		{Pattern: "POST /office/classes/{id}/timetable/{lesson}/drop", Door: web.Office, Verb: term.Plan, Handle: p.drop},
		{Pattern: "POST /office/classes/{id}/timetable/{lesson}/begin", Door: web.Office, Verb: term.Attend, Handle: p.begin},
		{Pattern: "GET /office/classes/{id}/closing", Door: web.Office, Verb: childcare.Read, Handle: p.closing},
		{Pattern: "GET /office/classes/{id}/book", Door: web.Office, Verb: childcare.Read, Handle: p.book},

		{Pattern: "GET /field/class", Door: web.Public, Handle: p.screen},
		{Pattern: "GET /field/class/pack", Door: web.Field, Handle: p.pack},
		{Pattern: "POST /field/class/send", Door: web.Field, Handle: p.send},

		{Pattern: "GET /my/care/{roll}/{turn}/day", Door: web.Field, Handle: p.today},
		{Pattern: "POST /my/care/{roll}/{turn}/collectors", Door: web.Field, Handle: p.letCollect},
		{Pattern: "POST /my/care/{roll}/{turn}/collectors/{collector}/end", Door: web.Field, Handle: p.endCollect},
	}
}

func classURL(c childcare.ID) string { return "/office/classes/" + c.String() }

func timetableURL(c childcare.ID) string { return classURL(c) + "/timetable" }

func classID(r *web.Request) (childcare.ID, error) {
	return id.Parse[childcare.Class](r.PathValue("id"))
}

func clock(r *web.Request, micro int64) string {
	return time.UnixMicro(micro).In(r.L.Zone()).Format("15:04")
}

// attended is the page of a day's attendance.
type attended struct {
	term.Book
	today day.Day
}

func (p *pages) book(w http.ResponseWriter, r *web.Request) error {
	which, err := classID(r)
	if err != nil {
		return err
	}
	v := attended{today: day.Of(r.Now, p.s.Zone)}
	f := web.Read(r)
	on := f.Day("on")
	if on.IsZero() {
		on = v.today
	}
	if v.Book, err = p.s.Book(r.Context(), r.Actor, which, on); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("careterm.book"), r.L.T("careterm.book_says"))
	pg.Crumbs = []ui.Crumb{{Label: v.Class.Title, Href: classURL(v.Class.ID)}, {Label: pg.Title}}
	return door.Show(w, r, ui.Office, pg, bookBody(r, v))
}

func (v attended) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Children))
	for i, x := range v.Children {
		in, out := "", ""
		if x.In > 0 {
			in = clock(r, x.In)
		}
		if x.Out > 0 {
			out = clock(r, x.Out)
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: x.Name}, {Part: standing(r, x)}, {Text: in}, {Text: out}, {Text: v.Who[x.With]}}}
	}
	return ui.Table{ID: "book", Label: l.T("careterm.book"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("careterm.child"), Kind: ui.Title}, {Head: l.T("careterm.state"), Kind: ui.Short}, {Head: l.T("careterm.in")}, {Head: l.T("careterm.out")}, {Head: l.T("careterm.with")},
	}}
}

// sum counts the children of a day by how they stand.
func (v attended) sum(r *web.Request) string {
	var there, gone, absent int
	for _, x := range v.Children {
		switch {
		case x.There():
			there++
		case x.In > 0:
			gone++
		case x.Absent:
			absent++
		}
	}
	return r.L.T("careterm.sum", "all", len(v.Children), "there", there, "gone", gone, "absent", absent, "none", len(v.Children)-there-gone-absent)
}

// odd gives what of a day somebody should look at: refusals, and children let go with somebody who is not on their lists.
func (v attended) odd() (all []timetable.Presence) {
	for _, l := range v.Lines {
		if l.What == timetable.Refused || l.Unlisted {
			all = append(all, l)
		}
	}
	return all
}

// family is the day of one family's children.
type family struct {
	term.Today
	form *web.Form
}

func (p *pages) today(w http.ResponseWriter, r *web.Request) error {
	return p.showToday(w, r, web.ReadValues(nil))
}

func (p *pages) showToday(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	k, err := enrolmentweb.Key(r)
	if err != nil {
		return err
	}
	v := family{form: f}
	if v.Today, err = p.s.Today(r.Context(), r.Actor, k, web.Read(r).Day("on")); err != nil {
		return err
	}
	pg := p.doors.Public(r, v.Class.Title, r.L.Date(v.Day))
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, pg, dayBody(r, v))
	}
	return door.Show(w, r, ui.Public, pg, dayBody(r, v))
}

func dayURL(k enrolment.Key) string { return childcare.MyURL(k) + "/day" }

func (p *pages) letCollect(w http.ResponseWriter, r *web.Request) error {
	k, err := enrolmentweb.Key(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	child := web.ID[person.Person](f, "child", web.Required)
	name, relation := f.Text("name", web.Required, web.Max(30)), f.Text("relation", web.Required, web.Max(12))
	if f.Err() == nil {
		_, err := p.s.Care.LetCollect(r.Context(), r.Actor, k, child, name, relation)
		if err == nil {
			return r.Redirect(w, dayURL(k), "careterm.done.collector")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showToday(w, r, f)
}

func (p *pages) endCollect(w http.ResponseWriter, r *web.Request) error {
	k, err := enrolmentweb.Key(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	child := web.ID[person.Person](f, "child", web.Required)
	if err := f.Err(); err != nil {
		return err
	}
	if err := p.s.Care.EndCollect(r.Context(), r.Actor, k, child, r.PathValue("collector")); err != nil {
		return err
	}
	return r.Redirect(w, dayURL(k), "careterm.done.collector_end")
}

// faults are what is wrong with a form, each with its question.
func faults(r *web.Request, f *web.Form) []ui.Fault { return ui.Faults(r, f, "careterm.field.") }

// square is the code that is shown at the door for a child; none where it cannot be drawn.
func square(c term.Child) [][]bool {
	if code := codeOf(c); code != "" {
		if bits, err := ui.Dots(code); err == nil {
			return bits
		}
	}
	return nil
}

// happened tells parents of an incident: what and when, and when they were told more.
func happened(r *web.Request, x safety.Report) string {
	text := r.L.T("careterm.happened", "at", clock(r, x.FoundAt), "what", r.L.T("safety.code.incident."+x.Code))
	if x.FamilyAt > 0 {
		return text + r.L.T("careterm.happened_told", "at", clock(r, x.FamilyAt))
	}
	return text + r.L.T("careterm.happened_ask")
}

// lineOf tells parents one line of their child's day.
func lineOf(r *web.Request, c term.Child, l timetable.Presence) string {
	who := l.Words
	for _, k := range c.Collectors {
		if k.ID == l.Other {
			who = k.Name
		}
	}
	if who == "" {
		who = r.L.T("careterm.somebody")
	}
	key := "careterm.line." + string(l.What)
	if l.Unlisted {
		key = "careterm.line.unlisted"
	}
	return r.L.T(key, "at", clock(r, l.At), "who", who)
}

// FromPlan is the address at which a lesson of a class is made from a plan of the library.
func FromPlan(class, plan string) string {
	return "/office/classes/" + class + "/timetable?plan=" + plan + "#add"
}
