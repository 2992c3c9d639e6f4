// Package formweb is the office's pages of forms: what the city asks, how it is drawn up and shared, and what was answered.
package formweb

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/xlsform"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages.
//
//go:embed messages
var Messages embed.FS

// Names gives the names of accounts, for pages that say who did something.
type Names func(r *web.Request, ids []string) (map[string]string, error)

// Beside gives what others know of an answer, for its page: facts, and what can be done.
type Beside func(r *web.Request, a form.Shown) ([]ui.Fact, []ui.Action, error)

type pages struct {
	s     *form.Service
	jobs  *job.Service
	doors *door.Doors
	names Names
	also  []Beside
}

const home = "/office/forms"

// uploadBody is the longest upload: the largest workbook, and the form around it.
const uploadBody = 65 << 20

// Routes are the office's pages of forms.
func Routes(s *form.Service, jobs *job.Service, doors *door.Doors, names Names, also ...Beside) []web.Route {
	p := &pages{s: s, jobs: jobs, doors: doors, names: names, also: also}
	return []web.Route{
		{Pattern: "GET /office/forms", Door: web.Office, Verb: form.Read, Limit: web.Searching, Handle: p.list, Filters: []string{"state", "org"}},
		{Pattern: "GET /office/forms/example.xlsx", Door: web.Office, Verb: form.Design, Handle: p.example},
		{Pattern: "GET /office/forms/new", Door: web.Office, Verb: form.Design, Handle: p.askNew},
		{Pattern: "POST /office/forms/new", Door: web.Office, Verb: form.Design, Body: uploadBody, Handle: p.takeNew},
		{Pattern: "POST /office/forms/blank", Door: web.Office, Verb: form.Design, Handle: p.takeBlank},
		{Pattern: "GET /office/forms/{id}", Door: web.Office, Verb: form.Read, Handle: p.one},
		{Pattern: "GET /office/forms/{id}/upload", Door: web.Office, Verb: form.Design, Handle: p.askRenew},
		{Pattern: "POST /office/forms/{id}/upload", Door: web.Office, Verb: form.Design, Body: uploadBody, Handle: p.takeRenew},
		{Pattern: "GET /office/forms/{id}/files", Door: web.Office, Verb: form.Design, Handle: p.askFiles},
		{Pattern: "POST /office/forms/{id}/files", Door: web.Office, Verb: form.Design, Body: uploadBody, Handle: p.takeFiles},
		{Pattern: "GET /office/forms/{id}/versions/{seq}", Door: web.Office, Verb: form.Read, Handle: p.workbook},
		{Pattern: "GET /office/forms/{id}/links/{slug}", Door: web.Office, Verb: form.Read, Handle: p.poster},
		{Pattern: "GET /office/forms/{id}/answers", Door: web.Office, Verb: form.Answers, Limit: web.Searching, Handle: p.answers},
		{Pattern: "GET /office/answers/{id}", Door: web.Office, Verb: form.Answers, Handle: p.answer},
		{Pattern: "GET /office/answers/{id}/files/{file}", Door: web.Office, Verb: form.Answers, Handle: p.file},
		{Pattern: "GET /office/forms/{id}/export", Door: web.Office, Verb: form.Download, Handle: p.askExport},
		{Pattern: "POST /office/forms/{id}/export", Door: web.Office, Verb: form.Download, Limit: web.Exporting, Handle: p.takeExport},
		{Pattern: "GET /office/exports/{id}", Door: web.Office, Verb: form.Download, Limit: web.Exporting, Handle: p.fetch},
		{Pattern: "GET /office/forms/{id}/{step}", Door: web.Office, Verb: form.Read, Handle: p.ask},
		{Pattern: "POST /office/forms/{id}/{step}", Door: web.Office, Verb: form.Read, Handle: p.take},
	}
}

func formURL(which form.ID, step string) string {
	u := home + "/" + which.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

// look finds the form that the address names; one that the viewer may not read looks absent.
func (p *pages) look(r *web.Request) (form.Look, error) {
	which, err := id.Parse[form.Form](r.PathValue("id"))
	if err != nil {
		return form.Look{}, err
	}
	return p.s.Look(r.Context(), r.Actor, which)
}

// page frames a page below the list, or below a form where one is given.
func (p *pages) page(r *web.Request, title, purpose string, of *form.Look) ui.Page {
	page := p.doors.Office(r, title, purpose)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("formweb.list"), Href: home}}
	if of != nil {
		page.Crumbs = append(page.Crumbs, ui.Crumb{Label: of.Title, Href: formURL(of.ID, "")})
	}
	page.Crumbs = append(page.Crumbs, ui.Crumb{Label: title})
	return page
}

// listed is the list page: its filter, and what it found.
type listed struct {
	sought form.Sought
	at     org.Node
	all    []form.Listed
}

var states = []string{string(form.Draft), string(form.Open), string(form.Closed)}

// at is the organisation that a list is narrowed to, within the reader's scope; none where the address names none.
func (p *pages) at(r *web.Request, f *web.Form, v authz.Verb) (at org.Node, err error) {
	if f.Raw("org") == "" {
		return at, nil
	}
	err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		chosen, err := id.Parse[org.Node](f.Raw("org"))
		if err != nil {
			return err
		}
		if at, err = org.Find(q, chosen); err != nil {
			return err
		}
		return r.Actor.Must(v, at.Path)
	})
	return at, err
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := listed{sought: form.Sought{Words: f.Text("q", web.Max(60)), State: form.State(f.Choice("state", states))}}
	if err := f.Err(); err != nil {
		return err
	}
	var err error
	if v.at, err = p.at(r, f, form.Read); err != nil {
		return err
	}
	v.sought.At = v.at.Path
	if v.all, err = p.s.Forms(r.Context(), r.Actor, v.sought); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("formweb.list"), r.L.T("formweb.list_says"))
	if r.Actor.May(form.Design) {
		pg.Actions = []ui.Action{{Label: r.L.T("formweb.do_new"), Icon: "plus", Href: home + "/new", Primary: true}}
	}
	return door.Show(w, r, ui.Office, pg, listBody(r, v))
}

// url is an address of the list with some parameters changed; an empty value drops one.
func (v listed) url(change ...string) string {
	return address(home, [][2]string{{"q", v.sought.Words}, {"state", string(v.sought.State)}, {"org", v.at.ID.String()}}, change...)
}

// address is a path with those parameters that are not empty, some changed.
func address(path string, params [][2]string, change ...string) string {
	q := url.Values{}
	for _, k := range params {
		if k[1] != "" {
			q.Set(k[0], k[1])
		}
	}
	for i := 0; i+1 < len(change); i += 2 {
		if q.Del(change[i]); change[i+1] != "" {
			q.Set(change[i], change[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

func (v listed) filtered() bool { return v.sought.Words+string(v.sought.State)+v.at.ID.String() != "" }

func (v listed) filters(r *web.Request) ui.Filters {
	all := []ui.Option{{Label: r.L.T("formweb.any_state")}}
	for _, s := range states {
		all = append(all, ui.Option{Value: s, Label: r.L.T("formweb.state." + s), Selected: s == string(v.sought.State)})
	}
	f := ui.Filters{
		Action: home, Filters: []ui.Filter{{Name: "state", Label: r.L.T("formweb.state"), Options: all}},
		Search: &ui.Search{Name: "q", Label: r.L.T("formweb.search"), Value: v.sought.Words, Placeholder: r.L.T("formweb.search_hint")},
	}
	if v.at.ID != "" {
		f.Keep = append(f.Keep, ui.Param{Name: "org", Value: v.at.ID.String()})
	}
	if v.filtered() {
		f.Clear = home
	}
	return f
}

func (v listed) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.all))
	for i, x := range v.all {
		waiting := ui.Cell{Text: "—"}
		if x.Draft > 0 {
			waiting = ui.Cell{Text: l.T("formweb.version_n", "n", x.Draft), Href: formURL(x.ID, "")}
		}
		answers := ui.Cell{Text: "—"}
		if x.Answers >= 0 {
			answers = ui.Cell{Text: l.Int(x.Answers), Href: formURL(x.ID, "answers")}
		}
		word, tone, icon := stateOf(r, x.Form)
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x.Title, Href: formURL(x.ID, "")},
			{Text: x.OrgName, Href: v.url("org", x.Org.String())},
			{Part: ui.State(tone, icon, word)},
			{Text: version(r, x.Version)},
			waiting, answers,
			{Text: dayOr(r, x.Closes, "formweb.no_end")},
		}}
	}
	return ui.Table{ID: "forms", Label: l.T("formweb.list"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("formweb.title"), Kind: ui.Title},
		{Head: l.T("formweb.org")},
		{Head: l.T("formweb.state")},
		{Head: l.T("formweb.version_now")},
		{Head: l.T("formweb.version_waiting")},
		{Head: l.T("formweb.answers"), Kind: ui.Number},
		{Head: l.T("formweb.closes")},
	}}
}

func version(r *web.Request, n int64) string {
	if n == 0 {
		return "—"
	}
	return r.L.T("formweb.version_n", "n", n)
}

func dayOr(r *web.Request, d day.Day, key string) string {
	if d.IsZero() {
		return r.L.T(key)
	}
	return r.L.Date(d)
}

func today(r *web.Request) day.Day { return day.Of(r.Now, r.L.Zone()) }

// stateOf says where a form is, as its readers see it: one whose last day is over is open no more.
func stateOf(r *web.Request, f form.Form) (word string, tone ui.Tone, icon string) {
	switch {
	case f.State == form.Draft:
		return r.L.T("formweb.state.draft"), ui.Soon, "edit"
	case f.State == form.Closed:
		return r.L.T("formweb.state.closed"), ui.Hold, "lock"
	case !f.Takes(today(r)):
		return r.L.T("formweb.state.over"), ui.Hold, "clock"
	}
	return r.L.T("formweb.state.open"), ui.OK, "circle-check"
}

func at(r *web.Request, micros int64) string { return r.L.Time(time.UnixMicro(micros)) }

// workbook sends a version as a workbook that any XLSForm tool reads.
func (p *pages) workbook(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[form.Form](r.PathValue("id"))
	if err != nil {
		return err
	}
	seq, err := strconv.ParseInt(r.PathValue("seq"), 10, 64)
	if err != nil {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	read, err := p.s.Workbook(r.Context(), r.Actor, which, seq)
	if err != nil {
		return err
	}
	web.Download(w, xlsform.FileName(read), string(blob.XLSX))
	return xlsform.Write(w, read)
}

// example sends a small workbook to begin with.
func (p *pages) example(w http.ResponseWriter, r *web.Request) error {
	web.Download(w, r.L.T("formweb.example_file")+".xlsx", string(blob.XLSX))
	return xlsform.Write(w, example())
}

// beginnings are what can be done where there is no form yet.
func beginnings(r *web.Request) []ui.Action {
	if !r.Actor.May(form.Design) {
		return nil
	}
	return []ui.Action{
		{Label: r.L.T("formweb.do_new"), Icon: "cloud-upload", Href: home + "/new", Primary: true},
		{Label: r.L.T("formweb.example"), Icon: "file-spreadsheet", Href: home + "/example.xlsx", Download: true},
	}
}
