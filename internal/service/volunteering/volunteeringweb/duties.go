package volunteeringweb

import (
	"net/http"
	"strconv"
	"time"

	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/certificate"
	"zhidian/internal/service/volunteering/duty"
	"zhidian/internal/service/volunteering/pairing"
)

func dutiesURL(t pairing.ID) string { return termURL(t) + "/duties" }

func oneDutyURL(d timetable.ID) string { return dutyURL + "/" + d.String() }

func dutyID(r *web.Request) (timetable.ID, error) {
	return id.Parse[timetable.Session](r.PathValue("id"))
}

// dutyList is the duties of a term.
type dutyList struct {
	duty.OfTerm
	form  *web.Form
	group volunteering.GroupID // whose duties are shown; empty for all of these days
}

func (p *pages) duties(w http.ResponseWriter, r *web.Request) error {
	return p.showDuties(w, r, web.ReadValues(nil))
}

func (p *pages) showDuties(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	v := dutyList{form: f, group: web.ID[volunteering.Group](web.ReadValues(r.URL.Query()), "group")}
	if v.OfTerm, err = p.duty.OfTerm(r.Context(), r.Actor, which, v.group); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("duty.title"), v.Title)
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("pairing.title"), Href: pairsURL}, {Label: v.Title, Href: termURL(which)}, {Label: pg.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, dutiesBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, dutiesBody(r, v))
}

func (v dutyList) filters(r *web.Request) ui.Filters {
	all := []ui.Option{{Label: r.L.T("duty.all_groups"), Selected: v.group == ""}}
	for _, g := range v.Pairs {
		all = append(all, ui.Option{Value: g.ID.String(), Label: g.Name + " · " + g.Site, Selected: g.ID == v.group})
	}
	f := ui.Filters{Action: dutiesURL(v.ID), Filters: []ui.Filter{{Name: "group", Label: r.L.T("volunteer.group"), Options: all}}}
	if v.group != "" {
		f.Clear = dutiesURL(v.ID)
	}
	return f
}

func (v dutyList) groups() []ui.Option {
	all := make([]ui.Option, len(v.Pairs))
	for i, g := range v.Pairs {
		all[i] = ui.Option{Value: g.ID.String(), Label: g.Name + " · " + g.Site, Selected: v.form.Raw("group") == g.ID.String() || g.ID == v.group}
	}
	return all
}

func dutyTable(r *web.Request, lines []duty.Line, of string) ui.Table {
	l := r.L
	t := ui.Table{ID: of, Label: l.T("duty.title"), Columns: []ui.Column{
		{Head: l.T("duty.field.title"), Kind: ui.Title}, {Head: l.T("duty.time")}, {Head: l.T("pairing.site")}, {Head: l.T("volunteer.group")}, {Head: l.T("duty.who")}, {Head: l.T("volunteer.state")},
	}}
	var last day.Day
	for _, x := range lines {
		if x.Day != last {
			last = x.Day
			t.Groups = append(t.Groups, ui.Group{Title: l.Date(x.Day)})
		}
		g := &t.Groups[len(t.Groups)-1]
		g.Rows = append(g.Rows, ui.Row{Cells: []ui.Cell{
			{Text: x.Title, Href: oneDutyURL(x.ID)}, {Text: clock(r, x.Starts) + "–" + clock(r, x.Ends)}, {Text: x.Site.Name}, {Text: x.With.Name}, {Text: servers(r, x)}, {Part: dutyTag(r, x)},
		}})
	}
	return t
}

func servers(r *web.Request, x duty.Line) string {
	text := ""
	for i, s := range x.Servers {
		if i > 0 {
			text += r.L.T("volunteer.and")
		}
		text += s.Name
	}
	return text
}

func clock(r *web.Request, micro int64) string {
	return time.UnixMicro(micro).In(r.L.Zone()).Format("15:04")
}

// readTime reads a time of a day, as 08:30.
func readTime(r *web.Request, f *web.Form, name string, on day.Day) int64 {
	return f.Instant(name, "duty.clock", on, r.L.Zone())
}

func (p *pages) rosterStep(w http.ResponseWriter, r *web.Request) error {
	which, err := termID(r)
	if err != nil {
		return err
	}
	f, step := web.Read(r), r.PathValue("step")
	group := web.ID[volunteering.Group](f, "group", web.Required)
	switch step {
	case "plan":
		on := f.Day("on", web.Required)
		g := duty.Given{Group: group, Title: f.Text("title", web.Required, web.Max(60)), Post: f.Text("post", web.Max(30)), Needed: f.Int("needed", 1, timetable.MostLeaders, web.Required)}
		g.Starts, g.Ends = readTime(r, f, "starts", on), readTime(r, f, "ends", on)
		weeks := int(f.Int("weeks", 0, 20))
		if f.Err() == nil {
			err = p.duty.Plan(r.Context(), r.Actor, which, g, weeks)
		}
	case "fill":
		if f.Err() == nil {
			err = p.duty.Fill(r.Context(), r.Actor, which, group)
		}
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err != nil && !f.Blame(err) {
		return err
	}
	if len(f.Problems()) > 0 {
		return p.showDuties(w, r, f)
	}
	return r.Redirect(w, web.Address(dutiesURL(which), "group", group.String()), "duty.done."+step)
}

// oneDuty is the page of one duty.
type oneDuty struct {
	duty.One
	form *web.Form
	now  int64
}

func (p *pages) oneDuty(w http.ResponseWriter, r *web.Request) error {
	return p.showDuty(w, r, web.ReadValues(nil))
}

func (p *pages) showDuty(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := dutyID(r)
	if err != nil {
		return err
	}
	v := oneDuty{form: f, now: r.Now.UnixMicro()}
	if v.One, err = p.duty.One(r.Context(), r.Actor, which); err != nil {
		return err
	}
	pg := p.doors.Office(r, v.Line.Title, "")
	pg.Plain = true
	pg.Crumbs = []ui.Crumb{{Label: v.Of.Title, Href: termURL(v.Of.ID)}, {Label: r.L.T("duty.title"), Href: dutiesURL(v.Of.ID)}, {Label: v.Line.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, oneDutyBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, oneDutyBody(r, v))
}

func (v oneDuty) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{Title: v.Line.Title, Sub: v.Site.Name + " · " + v.With.Name, State: l.T("duty.state." + string(v.Line.State)), Tone: ui.Plain}
	d.Facts = []ui.Fact{
		{Label: l.T("duty.time"), Value: l.Date(v.Day) + " " + clock(r, v.Starts) + "–" + clock(r, v.Ends)},
		{Label: l.T("duty.post"), Value: v.Room},
		{Label: l.T("duty.people"), Value: l.T("duty.n_of", "n", len(v.Leaders), "needed", v.Needed)},
		{Label: l.T("duty.children"), Value: l.Int(v.Children)},
	}
	d.Actions = []ui.Action{{Label: l.T("pairing.print"), Icon: "printer", Print: true}}
	return d
}

func (v oneDuty) version() string { return strconv.FormatInt(v.Line.EditedAt, 10) }

// minutes says how long something was, in hours and minutes.
func minutes(r *web.Request, n int64) string {
	return r.L.T("duty.h_min", "h", n/60, "min", n%60)
}

func (p *pages) dutyStep(w http.ResponseWriter, r *web.Request) error {
	which, err := dutyID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	step := r.PathValue("step")
	switch step {
	case "substitute":
		out, in := web.ID[person.Person](f, "out"), web.ID[volunteering.Volunteer](f, "in")
		if f.Err() == nil {
			err = p.duty.Substitute(r.Context(), r.Actor, which, f.Version(), out, in)
		}
	case "cancel":
		err = p.duty.Cancel(r.Context(), r.Actor, which)
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	return p.dutyDone(w, r, f, which, err, step)
}

func (p *pages) dutyDone(w http.ResponseWriter, r *web.Request, f *web.Form, which timetable.ID, err error, step string) error {
	if err != nil && !f.Blame(err) {
		return err
	}
	if len(f.Problems()) > 0 {
		return p.showDuty(w, r, f)
	}
	return r.Redirect(w, oneDutyURL(which), "duty.done."+step)
}

func (p *pages) hourStep(w http.ResponseWriter, r *web.Request) error {
	which, err := dutyID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	who, reason, step := web.ID[person.Person](f, "who", web.Required), f.Text("reason", web.Max(200)), r.PathValue("step")
	switch step {
	case "confirm":
		if f.Err() == nil {
			err = p.duty.Confirm(r.Context(), r.Actor, which, who, reason)
		}
	case "correct":
		d, bad := p.duty.One(r.Context(), r.Actor, which)
		if bad != nil {
			return bad
		}
		from, to := readTime(r, f, "from", d.Day), readTime(r, f, "to", d.Day)
		if f.Err() == nil {
			err = p.duty.Correct(r.Context(), r.Actor, which, who, from, to, reason)
		}
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	return p.dutyDone(w, r, f, which, err, step)
}

// oddDays is how many days back is looked for what is odd.
const oddDays = 30

func (p *pages) odd(w http.ResponseWriter, r *web.Request) error {
	all, err := p.duty.Odd(r.Context(), r.Actor, oddDays)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.doors.Office(r, r.L.T("duty.odd"), r.L.T("duty.odd_says", "days", oddDays)), oddBody(r, all))
}

func oddTable(r *web.Request, lines []duty.Line) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range lines {
		for _, s := range x.Servers {
			rows = append(rows, ui.Row{Cells: []ui.Cell{
				{Text: s.Name, Href: oneDutyURL(x.ID)}, {Part: oddTags(r, s.Odd)}, {Text: l.Date(x.Day) + " " + clock(r, x.Starts)}, {Text: x.Title}, {Text: x.Site.Name}, {Text: x.With.Name}, {Text: l.Int(x.Children)},
			}})
		}
	}
	return ui.Table{ID: "odd", Label: l.T("duty.odd"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("volunteer.name"), Kind: ui.Title}, {Head: l.T("duty.what")}, {Head: l.T("duty.time")}, {Head: l.T("duty.field.title")}, {Head: l.T("pairing.site")}, {Head: l.T("volunteer.group")}, {Head: l.T("duty.children"), Kind: ui.Number},
	}}
}

// myDuties is one's own duties and hours on a phone.
type myDuties struct {
	duty.Mine
	papers []certificate.Certificate
	form   *web.Form
	now    int64
}

func (p *pages) myDuties(w http.ResponseWriter, r *web.Request) error {
	return p.showMyDuties(w, r, web.ReadValues(nil))
}

func (p *pages) showMyDuties(w http.ResponseWriter, r *web.Request, f *web.Form) (err error) {
	v := myDuties{form: f, now: r.Now.UnixMicro()}
	if v.Mine, err = p.duty.Mine(r.Context(), r.Actor); err != nil {
		return err
	}
	if v.papers, err = p.papers.Mine(r.Context(), r.Actor); err != nil {
		return err
	}
	pg := p.doors.Public(r, r.L.T("duty.mine"), r.L.T("duty.mine_says"))
	pg.Actions = []ui.Action{{Label: r.L.T("duty.calendar"), Icon: "calendar", Href: "/my/calendar"}, {Label: r.L.T("volunteer.mine"), Icon: "user", Href: myURL}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Public, pg, myDutiesBody(r, v))
	}
	return door.Show(w, r, ui.Public, pg, myDutiesBody(r, v))
}

// mayCheck tells whether one can sign in to or out of a duty now.
func (v myDuties) mayCheck(l duty.Line) bool {
	return l.Open(v.now)
}

func (p *pages) checkIn(w http.ResponseWriter, r *web.Request) error {
	which, err := dutyID(r)
	if err != nil {
		return err
	}
	f, step := web.Read(r), r.PathValue("step")
	switch step {
	case "in", "out":
		err = p.duty.CheckIn(r.Context(), r.Actor, which, timetable.What(step), f.Text("client", web.Required, web.Min(20), web.Max(40)))
	case "vouch":
		who := web.ID[person.Person](f, "who", web.Required)
		if err = f.Err(); err == nil {
			err = p.duty.Vouch(r.Context(), r.Actor, which, who)
		}
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err == nil {
		return r.Redirect(w, myDutyURL, "duty.done."+step)
	}
	if !f.Blame(err) {
		return err
	}
	return p.showMyDuties(w, r, f)
}

func (v oneDuty) nameOf(who person.ID) string {
	for _, s := range v.Servers {
		if s.Person == who {
			return s.Name
		}
	}
	return ""
}

// candidateWords say who could step in, and what speaks for her.
func candidateWords(r *web.Request, c duty.Candidate) string {
	text := c.Name
	if c.Own {
		text += " · " + r.L.T("duty.own_group")
	}
	if !c.Free {
		text += " · " + r.L.T("duty.not_said_free")
	}
	return text + " · " + r.L.T("duty.served", "time", minutes(r, c.Minutes))
}
