// Package safetyweb is the pages of what is told in confidence: telling it, and what is done about it.
package safetyweb

import (
	"embed"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/safety"
)

// Messages are the texts of these pages and of the errors of reports.
//
//go:embed messages
var Messages embed.FS

// Names gives the names of accounts.
type Names = func(r *web.Request, ids []string) (map[string]string, error)

type pages struct {
	s     *safety.Service
	doors *door.Doors
	names Names
}

// Menu is the line of the office's menu.
var Menu = []door.Entry{{Group: "care.menu", Label: "safety.title", Icon: "shield-check", Href: listURL, Verb: safety.Protect}}

// Routes are the pages of reports. names may be nil.
func Routes(s *safety.Service, doors *door.Doors, names Names) []web.Route {
	p := &pages{s: s, doors: doors, names: names}
	return []web.Route{
		{Pattern: "GET /office/safety", Door: web.Office, Verb: safety.Protect, Handle: p.list},
		{Pattern: "GET /office/safety/{report}", Door: web.Office, Verb: safety.Protect, Handle: p.one},
		{Pattern: "POST /office/safety/{report}/{step}", Door: web.Office, Verb: safety.Protect, Handle: p.step},
		{Pattern: "GET /office/classes/{id}/report", Door: web.Office, Verb: safety.Tell, Handle: p.ask},
		{Pattern: "POST /office/classes/{id}/report", Door: web.Office, Verb: safety.Tell, Handle: p.report},
		{Pattern: "POST /field/class/report", Door: web.Field, Handle: p.receive},
	}
}

const listURL = "/office/safety"

func reportURL(c childcare.ID, k safety.Kind) string {
	return "/office/classes/" + c.String() + "/report?kind=" + string(k)
}

// BesideMatter leads from the matter of a report to the report.
func BesideMatter(r *web.Request, m casework.Matter) ([]ui.Fact, []ui.Action, error) {
	which, of := strings.CutPrefix(m.Subject, "safety/")
	if !of || !r.Actor.May(safety.Protect) {
		return nil, nil, nil
	}
	return nil, []ui.Action{{Label: r.L.T("safety.to_report"), Icon: "shield-check", Href: safety.URL(safety.ID(which)), Primary: true}}, nil
}

func (p *pages) who(r *web.Request, all []string) (map[string]string, error) {
	if p.names == nil {
		return map[string]string{}, nil
	}
	return p.names(r, all)
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	all, now, err := p.s.List(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.doors.Office(r, r.L.T("safety.title"), r.L.T("safety.purpose")), listBody(r, all, now))
}

func table(r *web.Request, all []safety.Row, now int64) ui.Table {
	l := r.L
	t := ui.Table{ID: "reports", Label: l.T("safety.title"), Columns: []ui.Column{
		{Head: l.T("safety.serial"), Kind: ui.Title}, {Head: l.T("safety.what")}, {Head: l.T("safety.class")}, {Head: l.T("safety.found"), Kind: ui.Short}, {Head: l.T("safety.state"), Kind: ui.Short},
	}}
	groups := map[string]int{}
	for _, x := range all {
		key := "safety.group.open"
		switch {
		case x.ClosedAt > 0:
			key = "safety.group.closed"
		case x.StoppedAt > 0:
			key = "safety.group.taken"
		}
		at, known := groups[key]
		if !known {
			at = len(t.Groups)
			groups[key] = at
			t.Groups = append(t.Groups, ui.Group{Title: l.T(key)})
		}
		g := &t.Groups[at]
		g.Rows = append(g.Rows, ui.Row{Cells: []ui.Cell{
			{Text: x.Serial, Href: safety.URL(x.ID)}, {Part: what(r, x.Report)}, {Text: x.Title, After: x.Site}, {Text: l.Time(time.UnixMicro(x.FoundAt))}, {Part: state(r, x.Report, now)},
		}})
	}
	return t
}

// label says what a report is about.
func label(r *web.Request, x safety.Report) string {
	text := r.L.T("safety.code." + string(x.Kind) + "." + x.Code)
	if x.Kind == safety.Incident {
		text = r.L.T("safety.with_severity", "what", text, "severity", r.L.T("safety.severity."+severityKey(x.Severity)))
	}
	return text
}

func severityKey(n int64) string { return string(rune('0' + n)) }

// shown is the page of one report.
type shown struct {
	safety.View
	form *web.Form
	at   safety.StepKind // whose form was sent
	told string          // the name of whoever told it, where it was asked for
	who  map[string]string
}

func reportID(r *web.Request) (safety.ID, error) {
	return id.Parse[safety.Report](r.PathValue("report"))
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	which, err := reportID(r)
	if err != nil {
		return err
	}
	return p.show(w, r, which, shown{form: web.ReadValues(nil)})
}

func (p *pages) show(w http.ResponseWriter, r *web.Request, which safety.ID, v shown) (err error) {
	if v.View, err = p.s.Open(r.Context(), r.Actor, which); err != nil {
		return err
	}
	ids := append(append([]string{}, v.Readers...), v.Others...)
	for _, x := range v.Done {
		ids = append(ids, x.Account)
		if x.Kind == safety.Reader {
			ids = append(ids, x.Said.Who)
		}
	}
	for _, a := range v.Reads {
		ids = append(ids, a.Actor)
	}
	if v.told != "" {
		ids = append(ids, v.told)
	}
	if v.who, err = p.who(r, ids); err != nil {
		return err
	}
	pg := p.doors.Office(r, v.Serial, "")
	pg.Plain = true
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("safety.title"), Href: listURL}, {Label: v.Serial}}
	if len(v.form.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, oneBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, oneBody(r, v))
}

func (v shown) head(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{Title: label(r, v.Report), Serial: v.Serial, Sub: l.T("safety.kind."+string(v.Kind)) + "　" + v.Title + " · " + v.Site}
	d.State, d.Tone = stateWord(r, v.Report, v.Now), stateTone(v.Report, v.Now)
	d.Facts = []ui.Fact{{Label: l.T("safety.found"), Value: l.Time(time.UnixMicro(v.FoundAt))}, {Label: l.T("safety.desk"), Value: v.Desk.Name}}
	if v.ClosedAt == 0 && v.StoppedAt == 0 {
		d.Facts = append(d.Facts, ui.Fact{Label: l.T("safety.due"), Value: l.Time(time.UnixMicro(v.DueAt)), Note: l.T("safety.due_note." + string(v.Stops()))})
	}
	if v.TellsFamily() {
		f := ui.Fact{Label: l.T("safety.family"), Value: l.T("safety.family_not")}
		if v.FamilyAt > 0 {
			f.Value = l.Time(time.UnixMicro(v.FamilyAt))
		}
		d.Facts = append(d.Facts, f)
	}
	return d
}

func (v shown) name(account string) string {
	if n := v.who[account]; n != "" {
		return n
	}
	return account[max(len(account)-6, 0):]
}

func (v shown) acts(r *web.Request) []ui.Act {
	var all []ui.Act
	for _, x := range v.Done {
		a := ui.Act{When: r.L.Time(time.UnixMicro(x.At)), Who: v.name(x.Account), What: r.L.T("safety.did." + string(x.Kind)), Where: x.Said.Who, Quote: x.Said.Words, Auto: x.Kind == safety.Passed}
		if x.Kind == safety.Reader {
			a.Where = v.name(x.Said.Who)
		}
		if x.Said.Receipt != "" {
			a.Where = r.L.T("safety.receipt_is", "who", x.Said.Who, "receipt", x.Said.Receipt)
		}
		all = append(all, a)
	}
	return append(all, ui.Act{When: r.L.Time(time.UnixMicro(v.MadeAt)), Who: r.L.T("safety.teller_hidden"), What: r.L.T("safety.did.made")})
}

func (v shown) reads(r *web.Request) []ui.Act {
	var all []ui.Act
	for _, a := range v.Reads {
		all = append(all, ui.Act{When: r.L.Time(time.UnixMicro(a.At)), Who: v.name(a.Actor), What: r.L.T("verb." + a.Verb)})
	}
	return all
}

func (v shown) options() []ui.Option {
	var all []ui.Option
	for _, x := range v.Others {
		all = append(all, ui.Option{Value: x, Label: v.name(x)})
	}
	return all
}

// of gives the form of a step: what was typed where it was the one that was sent, else an empty one.
func (v shown) of(k safety.StepKind) *web.Form {
	if v.at == k {
		return v.form
	}
	return web.ReadValues(nil)
}

func (p *pages) step(w http.ResponseWriter, r *web.Request) error {
	which, err := reportID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	v := shown{form: f, at: safety.StepKind(r.PathValue("step"))}
	switch v.at {
	case "teller":
		who, err := p.s.Told(r.Context(), r.Actor, which, f.Text("reason", web.Required, web.Max(500)))
		if err != nil && !f.Blame(err) {
			return err
		}
		v.told = who
		return p.show(w, r, which, v)
	case safety.Reader:
		who := web.ID[account.Account](f, "account", web.Required)
		if f.Err() == nil {
			if err = p.s.Admit(r.Context(), r.Actor, which, who); err == nil {
				return r.Redirect(w, safety.URL(which), "safety.done.reader")
			}
		}
	case safety.Taken, safety.Police, safety.Family, safety.Informed, safety.Noted, safety.Closed:
		x := safety.Step{Kind: v.at, At: moment(r, f), Said: safety.Said{Who: f.Text("who", web.Max(60)), Receipt: f.Text("receipt", web.Max(60)), Words: f.Text("words", web.Lines, web.Max(2000))}}
		if f.Err() == nil {
			if err = p.s.Do(r.Context(), r.Actor, which, x); err == nil {
				return r.Redirect(w, safety.URL(which), "safety.done."+string(v.at))
			}
		}
	default:
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err != nil && !f.Blame(err) {
		return err
	}
	return p.show(w, r, which, v)
}

// moment reads when something was done; 0 is now.
func moment(r *web.Request, f *web.Form) int64 {
	on := f.Day("on")
	minutes, ok := f.Clock("at", "safety.clock")
	if !ok {
		return 0
	}
	if on.IsZero() {
		on = day.Of(r.Now, r.L.Zone())
	}
	return on.Start(r.L.Zone()).Add(time.Duration(minutes) * time.Minute).UnixMicro()
}

// asking is the page on which something is told of a class.
type asking struct {
	safety.Prepared
	kind safety.Kind
	form *web.Form
}

func (p *pages) ask(w http.ResponseWriter, r *web.Request) error {
	return p.showAsk(w, r, safety.Kind(r.URL.Query().Get("kind")), web.ReadValues(nil))
}

func (p *pages) showAsk(w http.ResponseWriter, r *web.Request, kind safety.Kind, f *web.Form) error {
	which, err := id.Parse[childcare.Class](r.PathValue("id"))
	if err != nil {
		return err
	}
	v := asking{kind: kind, form: f}
	if len(safety.Codes[v.kind]) == 0 {
		v.kind = safety.Seen
	}
	if v.Prepared, err = p.s.Prepare(r.Context(), r.Actor, which); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("safety.tell"), r.L.T("safety.tell_says"))
	pg.Crumbs = []ui.Crumb{{Label: v.Class.Title, Href: "/office/classes/" + which.String()}, {Label: pg.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, askBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, askBody(r, v))
}

func (v asking) segments(r *web.Request) []ui.Segment {
	var all []ui.Segment
	for _, k := range safety.Kinds {
		all = append(all, ui.Segment{Label: r.L.T("safety.kind." + string(k)), Href: reportURL(v.Class.ID, k), Active: k == v.kind})
	}
	return all
}

func (v asking) codes(r *web.Request) []ui.Option {
	var all []ui.Option
	for _, c := range safety.Codes[v.kind] {
		all = append(all, ui.Option{Value: c, Label: r.L.T("safety.code." + string(v.kind) + "." + c), Selected: v.form.Ticked("code", c)})
	}
	return all
}

func (v asking) children(r *web.Request) []ui.Option {
	all := []ui.Option{{Value: "", Label: r.L.T("safety.no_child")}}
	for _, c := range v.Children {
		all = append(all, ui.Option{Value: c.ID.String(), Label: c.Name, Selected: v.form.Ticked("child", c.ID.String())})
	}
	return all
}

func (v asking) severities(r *web.Request) []ui.Option {
	var all []ui.Option
	for _, n := range []string{"1", "2", "3"} {
		all = append(all, ui.Option{Value: n, Label: r.L.T("safety.severity." + n), Help: r.L.T("safety.severity_help." + n), Selected: v.form.Ticked("severity", n)})
	}
	return all
}

func (p *pages) report(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[childcare.Class](r.PathValue("id"))
	if err != nil {
		return err
	}
	f := web.Read(r)
	kind := safety.Kind(f.Text("kind", web.Max(10)))
	now := r.Now.UnixMilli()
	x := safety.Sent{
		Protocol: 1, ID: r.Actor.Once, Class: which, Kind: kind, Child: web.ID[person.Person](f, "child"), Code: f.Choice("code", safety.Codes[kind], web.Required), Words: f.Text("words", web.Lines, web.Max(2000)),
		MadeAt: now, SentAt: now,
	}
	if kind == safety.Incident {
		x.Severity = f.Int("severity", 1, 3, web.Required)
	}
	if f.Err() == nil {
		_, err := p.s.Report(r.Context(), r.Actor, "", x)
		if err == nil {
			return r.Redirect(w, reportURL(which, kind), "safety.done.told")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showAsk(w, r, kind, f)
}

// receive takes a report from a phone.
func (p *pages) receive(w http.ResponseWriter, r *web.Request) error {
	b, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	var x safety.Sent
	if err := json.Unmarshal(b, &x); err != nil {
		return errs.Wrap(err, errs.Invalid, "safety.shape", nil)
	}
	got, err := p.s.Report(r.Context(), r.Actor, r.URL.Query().Get("device"), x)
	if err != nil {
		return err
	}
	return r.JSON(w, http.StatusOK, got)
}

// faults are what is wrong with a form, each with its question.
func faults(r *web.Request, f *web.Form) []ui.Fault { return ui.Faults(r, f, "safety.field.") }
