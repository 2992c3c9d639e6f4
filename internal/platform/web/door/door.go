// Package door frames pages for the three doors, with the menu of what the viewer may do.
package door

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"github.com/a-h/templ"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

// Entry is one line of the office's menu. Verb says who sees it; the zero verb shows it to everybody at the door.
type Entry struct {
	Group string // message key of its heading
	Label string // message key
	Icon  string
	Href  string
	Verb  authz.Verb
	Top   bool // only for those who hold the verb over the whole city
}

// Doors frames the pages of every service alike. It is made once, by app.
type Doors struct {
	Assets *ui.Assets
	Menu   []Entry
	City   string // the city's name, as in 咸宁
	Demo   bool
	// Waiting gives the viewer's unread notices and unfinished jobs, for the numbers in the head.
	Waiting func(r *web.Request) (notices, jobs int)
	// Saved gives the viewer's views of the list that she looks at; nil for other pages.
	Saved func(r *web.Request) *ui.Saved
}

// Office frames a page of the office; title and purpose are ready texts.
func (d *Doors) Office(r *web.Request, title, purpose string) ui.Page {
	p := d.page(r, title, purpose)
	for _, e := range d.Menu {
		if !e.Verb.IsZero() && !r.Actor.May(e.Verb) || e.Top && !everywhere(r.Actor.Scope(e.Verb)) {
			continue
		}
		group := r.L.T(e.Group)
		if n := len(p.Rail); n == 0 || p.Rail[n-1].Label != group {
			p.Rail = append(p.Rail, ui.RailGroup{Label: group})
		}
		g := &p.Rail[len(p.Rail)-1]
		g.Items = append(g.Items, ui.RailItem{Label: r.L.T(e.Label), Icon: e.Icon, Href: e.Href, Active: within(r.URL.Path, e.Href)})
	}
	if d.Waiting != nil {
		p.Notices, p.Jobs = d.Waiting(r)
	}
	if d.Saved != nil {
		p.Saved = d.Saved(r)
	}
	return p
}

// everywhere tells whether a scope holds the whole city: the path of its root has one segment.
func everywhere(s authz.Scope) bool {
	return s.All || slices.ContainsFunc(s.Paths, func(p authz.Path) bool { return strings.Count(string(p), "/") == 1 })
}

// within tells whether a page belongs to a menu entry: the entry itself or something below it.
func within(path, href string) bool {
	return path == href || (len(path) > len(href) && path[:len(href)] == href && path[len(href)] == '/')
}

// Public frames a page that anybody may read.
func (d *Doors) Public(r *web.Request, title, purpose string) ui.Page {
	p := d.page(r, title, purpose)
	p.Foot = []ui.Link{{Label: r.L.T("door.privacy"), Href: "/privacy"}, {Label: r.L.T("door.verify"), Href: "/log"}}
	return p
}

// Bare frames a single card: sign-in, a question, an error.
func (d *Doors) Bare(r *web.Request, title, purpose string) ui.Page { return d.page(r, title, purpose) }

func (d *Doors) page(r *web.Request, title, purpose string) ui.Page {
	p := ui.Page{
		Title: title, Purpose: purpose, L: r.L, Assets: d.Assets, Demo: d.Demo, Path: r.URL.RequestURI(),
		Viewer: ui.Viewer{Name: r.Actor.Name, Desk: r.Actor.Desk, City: d.City, Mark: mark(r.Actor)},
	}
	if c, err := r.Cookie(ui.ThemeCookie); err == nil {
		p.Theme = c.Value
	}
	if text := r.Flash(); text != "" {
		p.Flash = &ui.Flash{Tone: ui.OK, Text: text}
	}
	return p
}

// mark tells one account from another without naming it.
func mark(by authz.Actor) string {
	if by.User == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("drafts\x00" + by.City + "\x00" + by.User))
	return hex.EncodeToString(sum[:8])
}

// Show answers with a framed body.
func Show(w http.ResponseWriter, r *web.Request, frame func(ui.Page) templ.Component, p ui.Page, body templ.Component) error {
	return r.Page(w, http.StatusOK, With(frame(p), body))
}

// Again answers a form that was not accepted: the same page, with what was typed and what is wrong.
func Again(w http.ResponseWriter, r *web.Request, frame func(ui.Page) templ.Component, p ui.Page, body templ.Component) error {
	return r.Page(w, http.StatusUnprocessableEntity, With(frame(p), body))
}

// With puts a body into a frame.
func With(frame, body templ.Component) templ.Component {
	return framed{frame, body}
}
