// Package jobweb shows everybody the long work they have asked for.
package jobweb

import (
	"embed"
	"net/http"
	"net/url"

	"github.com/a-h/templ"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages holds the texts of the pages.
//
//go:embed messages
var Messages embed.FS

// shown is how many jobs the list shows; older ones have done their duty.
const shown = 50

// Routes are the pages of one's own jobs.
func Routes(db *sqldb.DB, doors *door.Doors) []web.Route {
	p := pages{db, doors}
	return []web.Route{
		{Pattern: "GET /office/jobs", Door: web.Office, Handle: p.list},
		{Pattern: "GET /office/jobs/{id}", Door: web.Office, Handle: p.one},
		{Pattern: "GET /office/jobs/{id}/progress", Door: web.Office, Handle: p.progress},
	}
}

type pages struct {
	db    *sqldb.DB
	doors *door.Doors
}

func (p pages) list(w http.ResponseWriter, r *web.Request) error {
	var all []job.Job
	err := p.db.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		all, err = job.Mine(q, r.Actor.User, shown)
		return err
	})
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.doors.Office(r, r.L.T("jobweb.title"), r.L.T("jobweb.purpose")), listBody(r.L, all))
}

func (p pages) find(r *web.Request) (j job.Job, err error) {
	asked, err := id.Parse[job.Job](r.PathValue("id"))
	if err != nil {
		return j, err
	}
	err = p.db.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		j, err = job.Find(q, r.Actor.User, asked)
		return err
	})
	return j, err
}

func (p pages) one(w http.ResponseWriter, r *web.Request) error {
	j, err := p.find(r)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T(j.Kind), r.L.T("jobweb.one_purpose"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("jobweb.title"), Href: "/office/jobs"}, {Label: r.L.T(j.Kind)}}
	return door.Show(w, r, ui.Office, page, Panel(r.L, j, ""))
}

func (p pages) progress(w http.ResponseWriter, r *web.Request) error {
	j, err := p.find(r)
	if err != nil {
		return err
	}
	return r.Page(w, http.StatusOK, Panel(r.L, j, r.URL.Query().Get("go")))
}

// Panel shows how far a job has come. When it has ended well the browser goes to the page go by itself; empty stays.
func Panel(l *i18n.Printer, j job.Job, next string) templ.Component {
	p := ui.Progress{
		ID: "job-" + j.ID.String(), Title: l.T(j.Kind), State: l.T("jobweb.state." + string(j.State)), Done: j.Done, Total: j.Total,
		Unit: l.T("jobweb.unit"), Note: l.T("jobweb.leave"),
	}
	if !web.IsLocal(next) {
		next = ""
	}
	if !j.Ended() {
		p.Poll = "/office/jobs/" + j.ID.String() + "/progress"
		if next != "" {
			p.Poll += "?go=" + url.QueryEscape(next)
		}
		return ui.ProgressPanel(l, p)
	}
	p.Note = l.T("jobweb.ended", "at", l.Time(j.At))
	if j.State == job.Failed {
		p.Tone, p.Note = ui.Bad, l.Problem(errs.Problem{Key: j.Failure.Key, Args: j.Failure.Args})
	} else {
		p.Tone, p.Go = ui.OK, next
	}
	if j.Link != "" && next == "" {
		p.Actions = []ui.Action{{Label: l.T("jobweb.open"), Icon: "arrow-right", Href: j.Link, Primary: true}}
	}
	return ui.ProgressPanel(l, p)
}

func rows(l *i18n.Printer, all []job.Job) []ui.Row {
	out := make([]ui.Row, len(all))
	for i, j := range all {
		out[i] = ui.Row{Cells: []ui.Cell{
			{Text: l.T(j.Kind), Href: "/office/jobs/" + j.ID.String()},
			{Part: ui.State(tone(j.State), icon(j.State), l.T("jobweb.state."+string(j.State)))},
			{Text: l.Time(j.MadeAt)},
			{Text: count(l, j)},
			{Text: l.T("jobweb.open"), Href: j.Link},
		}}
	}
	return out
}

func count(l *i18n.Printer, j job.Job) string {
	if j.Total > 0 {
		return l.Int(j.Done) + " / " + l.Int(j.Total)
	}
	return l.Int(j.Done)
}

func tone(s job.State) ui.Tone {
	switch s {
	case job.Done:
		return ui.OK
	case job.Failed:
		return ui.Bad
	}
	return ui.Plain
}

func icon(s job.State) string {
	switch s {
	case job.Done:
		return "circle-check"
	case job.Failed:
		return "alert-octagon"
	case job.Waiting:
		return "hourglass"
	}
	return "progress"
}
