// Package noticeweb is the page on which people read what concerns them.
package noticeweb

import (
	"embed"
	"net/http"
	"net/url"
	"time"

	"github.com/a-h/templ"

	"zhidian/internal/domain/notice"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of this page and of the notices that several nouns send.
//
//go:embed messages
var Messages embed.FS

type pages struct {
	s     *notice.Service
	post  *notice.Post
	doors *door.Doors
}

// Staff read their notices in the office, everybody else at her own things.
const (
	listURL   = "/office/notices"
	myURL     = "/my/notices"
	waysURL   = myURL + "/ways"
	reportURL = "/office/sendings"
)

// Menu is the line of the office's menu for who runs the installation.
var Menu = []door.Entry{{Group: "app.menu.manage", Label: "notice.report", Icon: "send", Href: reportURL, Verb: notice.Report, Top: true}}

func home(r *web.Request) string {
	if r.Session != nil && r.Session.Staff {
		return listURL
	}
	return myURL
}

// Routes are the pages of notices.
func Routes(s *notice.Service, post *notice.Post, doors *door.Doors) []web.Route {
	p := &pages{s: s, post: post, doors: doors}
	return []web.Route{
		{Pattern: "GET /office/notices", Door: web.Office, Handle: p.list},
		{Pattern: "POST /office/notices/read", Door: web.Office, Handle: p.readAll},
		{Pattern: "GET /office/notices/{id}", Door: web.Office, Handle: p.open},

		{Pattern: "GET /my/notices", Door: web.Field, Handle: p.list},
		{Pattern: "POST /my/notices/read", Door: web.Field, Handle: p.readAll},
		{Pattern: "GET /my/notices/{id}", Door: web.Field, Handle: p.open},
		{Pattern: "GET /my/notices/ways", Door: web.Field, Handle: p.ways},
		{Pattern: "POST /my/notices/ways", Door: web.Field, Handle: p.setWays},
		{Pattern: "GET /my/notices/confirm/{mark}", Door: web.Field, Handle: p.askConfirm},
		{Pattern: "POST /my/notices/confirm/{mark}", Door: web.Field, Handle: p.confirm},
		{Pattern: "GET /notices/off/{link}", Door: web.Public, Handle: p.askOff},
		{Pattern: "POST /notices/off/{link}", Door: web.Public, Handle: p.turnOff},

		{Pattern: "GET /office/sendings", Door: web.Office, Verb: notice.Report, Handle: p.report},
	}
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	got, err := p.s.List(r.Context(), r.Actor, web.Read(r).Raw("after"))
	if err != nil {
		return err
	}
	frame, page := p.frame(r, "title", "says")
	base := home(r)
	page.Actions = []ui.Action{{Label: r.L.T("notice.ways"), Icon: "settings", Href: waysURL}}
	pager := ui.Pages{Size: notice.PageSize}
	if got.Prev != "" {
		pager.Prev = base + "?after=" + url.QueryEscape(got.Prev)
	}
	if got.Next != "" {
		pager.Next = base + "?after=" + url.QueryEscape(got.Next)
	}
	var rows []ui.Row
	for _, n := range got.Items {
		if !n.Read && len(page.Actions) == 1 {
			page.Actions = append(page.Actions, ui.Action{Label: r.L.T("notice.read_all"), Icon: "check", Href: base + "/read", Post: true, Key: web.NewKey()})
		}
		rows = append(rows, row(r, n))
	}
	return door.Show(w, r, frame, page, listBody(r, rows, pager))
}

// frame is the frame of the door to which the viewer belongs.
func (p *pages) frame(r *web.Request, title, says string) (func(ui.Page) templ.Component, ui.Page) {
	if home(r) == listURL {
		return ui.Office, p.doors.Office(r, r.L.T("notice."+title), r.L.T("notice."+says))
	}
	return ui.Public, p.doors.Public(r, r.L.T("notice."+title), r.L.T("notice."+says))
}

func row(r *web.Request, n notice.Notice) ui.Row {
	state := ui.State(ui.Soon, "bell", r.L.T("notice.unread"))
	if n.Read {
		state = ui.State(ui.Plain, "check", r.L.T("notice.was_read"))
	}
	return ui.Row{Cells: []ui.Cell{{Text: words(r, n), Href: home(r) + "/" + n.ID.String()}, {Text: r.L.Time(time.UnixMicro(n.At))}, {Part: state}}}
}

// words writes a notice in the viewer's language; one of a message that is gone says at least that there is something.
func words(r *web.Request, n notice.Notice) string {
	if !r.L.Has(n.Key) {
		return r.L.T("notice.something")
	}
	args := make([]any, 0, 2*len(n.Args))
	for k, v := range n.Args {
		args = append(args, k, v)
	}
	return r.L.T(n.Key, args...)
}

// open marks a notice as read and leads to what it is about.
func (p *pages) open(w http.ResponseWriter, r *web.Request) error {
	one, err := id.Parse[notice.Notice](r.PathValue("id"))
	if err != nil {
		return err
	}
	n, err := p.s.Find(r.Context(), r.Actor, one)
	if err != nil {
		return err
	}
	if err := p.s.MarkRead(r.Context(), r.Actor, one); err != nil {
		return err
	}
	if n.Link == "" || !web.IsLocal(n.Link) {
		return r.Redirect(w, home(r), "")
	}
	return r.Redirect(w, n.Link, "")
}

func (p *pages) readAll(w http.ResponseWriter, r *web.Request) error {
	if err := p.s.MarkRead(r.Context(), r.Actor, ""); err != nil {
		return err
	}
	return r.Redirect(w, home(r), "notice.all_read")
}
