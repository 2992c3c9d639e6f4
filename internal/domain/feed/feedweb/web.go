// Package feedweb is a person's calendar for her phone: the page on which she makes and revokes its secret addresses, and what stands
// at such an address.
package feedweb

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/domain/feed"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/ical"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of this page and of what stands in calendars.
//
//go:embed messages
var Messages embed.FS

type pages struct {
	s     *feed.Service
	doors *door.Doors
}

const (
	myURL  = "/my/calendar"
	atURL  = "/calendar/"
	ending = ".ics" // some programs take an address for a calendar only if it ends so
)

// Routes are the page of one's own addresses, and the addresses.
func Routes(s *feed.Service, doors *door.Doors) []web.Route {
	p := &pages{s: s, doors: doors}
	return []web.Route{
		{Pattern: "GET /my/calendar", Door: web.Field, Handle: p.mine},
		{Pattern: "POST /my/calendar", Door: web.Field, Handle: p.make},
		{Pattern: "POST /my/calendar/{id}/end", Door: web.Field, Handle: p.end},
		{Pattern: "GET /calendar/{secret}", Door: web.Open, Handle: p.read},
	}
}

func (p *pages) mine(w http.ResponseWriter, r *web.Request) error {
	return p.show(w, r, "", web.ReadValues(nil))
}

// show draws the page; made is an address that is shown this once.
func (p *pages) show(w http.ResponseWriter, r *web.Request, made string, f *web.Form) error {
	all, err := p.s.Mine(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	title, says := r.L.T("feed.title"), r.L.T("feed.says")
	frame, page := ui.Public, p.doors.Public(r, title, says)
	if r.Session.Staff {
		frame, page = ui.Office, p.doors.Office(r, title, says)
	}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, frame, page, mineBody(r, all, made, f))
	}
	return door.Show(w, r, frame, page, mineBody(r, all, made, f))
}

// make answers with the page itself: the address is shown this once and cannot be fetched again.
func (p *pages) make(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	secret, err := p.s.Make(r.Context(), r.Actor, string(r.L.Lang()))
	if err != nil {
		if errs.KindOf(err) != errs.Conflict {
			return err
		}
		f.Fail("", errs.KeyOf(err), errs.Args{"n": feed.Most})
		return p.show(w, r, "", f)
	}
	return p.show(w, r, r.Origin()+atURL+secret+ending, f)
}

func (p *pages) end(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[feed.Feed](r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := p.s.End(r.Context(), r.Actor, which); err != nil {
		return err
	}
	return r.Redirect(w, myURL, "feed.ended")
}

// How often a reader is told to ask; it is let ask more often.
const ask = time.Hour

// read answers a program that asks for a calendar. The log names the route, never the secret in it.
func (p *pages) read(w http.ResponseWriter, r *web.Request) error {
	secret, ok := strings.CutSuffix(r.PathValue("secret"), ending)
	if !ok {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if err := r.Take(web.Exporting, "feed/"+secret); err != nil {
		return err
	}
	events, lang, err := p.s.Read(r.Context(), r.City, secret)
	if err != nil {
		return err
	}
	body := calendar(r, r.L.Speaking(i18n.Lang(lang)), events)
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, max-age="+strconv.Itoa(int(ask.Seconds())/4))
	if web.Known(r.Request, tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", ical.MediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // who has hung up needs no answer
	}
	return nil
}

// number is what could be somebody's telephone or paper in a title that a desk typed; it is no part of a calendar.
var number = regexp.MustCompile(`[0-9]{7,}[Xx]?`)

func calendar(r *web.Request, l *i18n.Printer, events []feed.Event) []byte {
	c := ical.Calendar{Name: l.T("feed.name"), Maker: "-//Zhidian//Calendar//ZH", Ask: ask}
	for _, e := range events {
		title := l.T("feed.kind."+e.Kind, "title", number.ReplaceAllString(e.Title, "…"))
		if e.Cancelled { // many readers show nothing of the state
			title = l.T("feed.cancelled", "title", title)
		}
		c.Events = append(c.Events, ical.Event{
			UID: e.UID, Title: title, Place: e.Place, URL: r.Origin() + e.Link, Starts: time.UnixMicro(e.Starts), Ends: time.UnixMicro(e.Ends),
			Changed: time.UnixMicro(e.ChangedAt), Moves: moves(e), Cancelled: e.Cancelled,
		})
	}
	return c.Write()
}

// moves grows with every change of an event: the seconds from when it was made to its last change, begun ones whole.
func moves(e feed.Event) int64 { return (e.ChangedAt - e.MadeAt + 999_999) / 1_000_000 }
