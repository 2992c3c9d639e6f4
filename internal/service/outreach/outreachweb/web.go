// Package outreachweb is the pages of outreach events: for everybody to find, sign up and ask, for the door on a phone, and for offices.
package outreachweb

import (
	"embed"
	"net/http"
	"strconv"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/outreach"
)

// Messages are the texts of these pages.
//
//go:embed messages
var Messages embed.FS

type pages struct {
	s     *outreach.Service
	doors *door.Doors
}

const (
	open   = "/outreach"
	ticket = "/outreach/ticket/"
	mine   = "/my/outreach"
	home   = "/office/outreach"
)

// Menu is the line of the office's menu.
var Menu = []door.Entry{{Group: "outreach.menu", Label: "outreach.list", Icon: "speakerphone", Href: home, Verb: outreach.Read}}

// Routes are the pages.
func Routes(s *outreach.Service, doors *door.Doors) []web.Route {
	p := &pages{s: s, doors: doors}
	office := func(pattern string, v authz.Verb, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Door: web.Office, Verb: v, Handle: h}
	}
	public := func(pattern string, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Door: web.Public, Handle: h}
	}
	return []web.Route{
		public("GET "+open, p.openList),
		public("GET "+open+"/answers", p.answers),
		public("GET "+open+"/{id}", p.openOne),
		public("POST "+open+"/{id}", p.signUp),
		public("POST "+open+"/{id}/{step}", p.own),
		public("GET "+ticket+"{words}", p.ticket),
		public("POST "+ticket+"{words}/{step}", p.onTicket),
		{Pattern: "GET " + mine, Door: web.Field, Handle: p.mine},

		{Pattern: "GET " + home, Door: web.Office, Verb: outreach.Read, Limit: web.Searching, Handle: p.list, Filters: []string{"view", "kind"}},
		{Pattern: "GET " + home + "/export", Door: web.Office, Verb: outreach.Export, Limit: web.Exporting, Handle: p.export},
		office("GET "+home+"/new", outreach.Hold, p.askNew),
		office("POST "+home+"/new", outreach.Hold, p.takeNew),
		office("GET "+home+"/{id}", outreach.Read, p.one),
		office("GET "+home+"/{id}/edit", outreach.Hold, p.askEdit),
		office("POST "+home+"/{id}/edit", outreach.Hold, p.takeEdit),
		office("POST "+home+"/{id}/publish", outreach.Hold, p.publish),
		office("POST "+home+"/{id}/cancel", outreach.Hold, p.cancel),
		office("GET "+home+"/{id}/door", outreach.Door, p.door),
		office("POST "+home+"/{id}/door", outreach.Door, p.atDoor),
		office("POST "+home+"/{id}/heard", outreach.Door, p.heard),
		office("GET "+home+"/{id}/questions/{question}", outreach.Read, p.question),
		office("POST "+home+"/{id}/questions/{question}/{step}", outreach.Read, p.onQuestion),
	}
}

func eventID(r *web.Request) (outreach.ID, error) {
	return id.Parse[outreach.Event](r.PathValue("id"))
}

func under(top string, which outreach.ID, step string) string {
	u := top + "/" + which.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func moment(at int64) time.Time { return time.UnixMicro(at) }

// when writes an event's day and hours.
func when(r *web.Request, e outreach.Event) string {
	from, to := moment(e.Starts).In(r.L.Zone()), moment(e.Ends).In(r.L.Zone())
	words := r.L.T("outreach.weekday."+strconv.Itoa(int(from.Weekday()))) + " " + from.Format("15:04") + "—" + to.Format("15:04")
	return from.Format(time.DateOnly) + " " + words
}

// faults are all that is wrong with a form, each with the name of its question.
func faults(r *web.Request, f *web.Form) []ui.Fault { return ui.Faults(r, f, "outreach.field.") }

func options(r *web.Request, prefix string, all []string, chosen, empty string) []ui.Option {
	var out []ui.Option
	if empty != "" {
		out = append(out, ui.Option{Label: empty, Selected: chosen == ""})
	}
	for _, v := range all {
		out = append(out, ui.Option{Value: v, Label: r.L.T(prefix + v), Selected: v == chosen})
	}
	return out
}

func number(n int64) string { return strconv.FormatInt(n, 10) }

// places says in a word or two what there is to be had.
func places(r *web.Request, e outreach.Event, now int64) ui.Cell {
	l := r.L
	switch {
	case e.State == outreach.Cancelled:
		return ui.Cell{Part: ui.State(ui.Bad, "ban", l.T("outreach.is.cancelled"))}
	case e.State == outreach.Draft:
		return ui.Cell{Part: ui.State(ui.Plain, "edit", l.T("outreach.is.draft"))}
	case now >= e.Ends:
		return ui.Cell{Part: ui.State(ui.Hold, "circle-check", l.T("outreach.is.over"))}
	case now >= e.Starts:
		return ui.Cell{Part: ui.State(ui.OK, "progress", l.T("outreach.is.on"))}
	case !e.TakesSignUp(now):
		return ui.Cell{Part: ui.State(ui.Hold, "clock", l.T("outreach.is.closed"))}
	case e.Seats == 0 && e.Left() > 0:
		return ui.Cell{Part: ui.State(ui.OK, "circle-check", l.T("outreach.is.free"))}
	case e.Left() <= 0:
		return ui.Cell{Part: ui.State(ui.Soon, "users", l.T("outreach.is.full"))}
	}
	return ui.Cell{Part: ui.State(ui.OK, "circle-check", l.T("outreach.is.left", "n", e.Left(), "seats", e.Seats))}
}

// read reads what an event says.
func read(r *web.Request, f *web.Form) outreach.Given {
	g := outreach.Given{
		Org: web.ID[org.Node](f, "org"), Kind: f.Choice("kind", outreach.Kinds, web.Required), Title: f.Text("title", web.Required, web.Max(60)), Says: f.Text("says", web.Lines, web.Max(2000)),
		Place: f.Text("place", web.Required, web.Max(120)), Seats: f.Int("seats", 0, outreach.Most),
	}
	on := f.Day("on", web.Required)
	at := func(name string) int64 { return f.Instant(name, "outreach.clock", on, r.L.Zone()) }
	g.Starts, g.Ends = at("starts"), at("ends")
	g.Closes = g.Starts
	if d := f.Day("closes"); !d.IsZero() {
		g.Closes = min(g.Starts, d.AddDays(1).Start(r.L.Zone()).UnixMicro())
	}
	return g
}

// redirected goes back to a page where an act was done, or gives its error.
func (p *pages) redirected(w http.ResponseWriter, r *web.Request, err error, to, said string) error {
	if err != nil {
		return err
	}
	return r.Redirect(w, to, said)
}
