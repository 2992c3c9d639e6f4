// Package rulebookweb is the pages of rules: what is in force, its sources, drafts and their trials, rates.
package rulebookweb

import (
	"embed"
	"net/http"
	"strconv"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages.
//
//go:embed messages
var Messages embed.FS

// Shipped gives what comes with the program, to be taken in.
type Shipped func() (rulebook.Book, rulebook.Quotes, error)

type pages struct {
	s       *rulebook.Service
	doors   *door.Doors
	shipped Shipped
}

const home = "/office/rules"

// Menu is the line of the office's menu.
var Menu = door.Entry{Group: "app.menu.manage", Label: "rulebook.list", Icon: "scale", Href: home, Verb: rulebook.Read}

// Routes are the pages of rules.
func Routes(s *rulebook.Service, doors *door.Doors, shipped Shipped) []web.Route {
	p := &pages{s: s, doors: doors, shipped: shipped}
	office := func(pattern string, v authz.Verb, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Door: web.Office, Verb: v, Handle: h}
	}
	return []web.Route{
		office("GET /office/rules", rulebook.Read, p.list),
		office("POST /office/rules/take-in", rulebook.TakeIn, p.takeIn),
		office("POST /office/rules/rates", rulebook.SetRate, p.setRate),
		office("POST /office/rules/rates/confirm", rulebook.Confirm, p.confirmRate),
		office("POST /office/rules/eyes", rulebook.FourEyes, p.setEyes),
		office("GET /office/rules/new", rulebook.Edit, p.askNew),
		office("POST /office/rules/new", rulebook.Edit, p.takeNew),
		office("GET /office/rules/{id}", rulebook.Read, p.one),
		office("GET /office/rules/{id}/edit", rulebook.Edit, p.askEdit),
		office("POST /office/rules/{id}/edit", rulebook.Edit, p.takeEdit),
		office("POST /office/rules/{id}/confirm", rulebook.Confirm, p.confirm),
		office("POST /office/rules/{id}/publish", rulebook.Publish, p.publish),
		office("POST /office/rules/{id}/end", rulebook.End, p.end),
	}
}

func versionURL(which rulebook.ID, step string) string {
	u := home + "/" + which.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func which(r *web.Request) (rulebook.ID, error) { return id.Parse[rulebook.Kept](r.PathValue("id")) }

// everywhere tells whether the viewer may do something for the whole city.
func everywhere(r *web.Request, v authz.Verb) bool { return r.Actor.MustEverywhere(v) == nil }

// shelf is the page of everything.
type shelf struct {
	rulebook.Shelf
	form *web.Form
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	return p.showList(w, r, web.ReadValues(nil))
}

func (p *pages) showList(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	v := shelf{form: f}
	var err error
	if v.Shelf, err = p.s.Look(r.Context(), r.Actor); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("rulebook.list"), r.L.T("rulebook.list_says"))
	if everywhere(r, rulebook.Edit) {
		page.Actions = []ui.Action{{Label: r.L.T("rulebook.do_new"), Icon: "plus", Href: home + "/new", Primary: true}}
	}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, listBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, listBody(r, v))
}

func (p *pages) takeIn(w http.ResponseWriter, r *web.Request) error {
	web.Read(r)
	book, quotes, err := p.shipped()
	if err != nil {
		return err
	}
	if err := p.s.TakeIn(r.Context(), r.Actor, book, quotes); err != nil {
		return err
	}
	return r.Redirect(w, home, "rulebook.taken_in")
}

func (p *pages) setRate(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	q := rulebook.Quote{Series: f.Text("series", web.Required, web.Max(40)), From: f.Day("from", web.Required), Source: f.Text("source", web.Max(500)), Status: rulebook.Unverified}
	text := f.Text("rate", web.Required, web.Max(12))
	rate, err := money.ParseRate(text)
	if text != "" && err != nil {
		f.Fail("rate", errs.KeyOf(err), nil)
	}
	if q.Rate = rate; q.Source != "" {
		q.Status = rulebook.Stated
	}
	if f.Err() == nil {
		err := p.s.SetRate(r.Context(), r.Actor, q)
		if err == nil {
			return r.Redirect(w, home, "rulebook.rate_set")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showList(w, r, f)
}

func (p *pages) confirmRate(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	series, from, _ := cut(f.Text("which", web.Required, web.Max(80)))
	source := f.Text("seen_in", web.Required, web.Max(500))
	if f.Err() == nil {
		err := p.s.ConfirmRate(r.Context(), r.Actor, series, from, source)
		if err == nil {
			return r.Redirect(w, home, "rulebook.confirmed")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showList(w, r, f)
}

func eyesOptions(r *web.Request, f *web.Form) []ui.Option {
	return []ui.Option{{Value: "yes", Label: r.L.T("rulebook.eyes_need"), Selected: f.Raw("eyes") == "yes"}, {Value: "no", Label: r.L.T("rulebook.eyes_free"), Selected: f.Raw("eyes") == "no"}}
}

// eyes says whether publication needs two today, and what is set for later.
func (v shelf) eyes(r *web.Request) string {
	word := func(needed bool) string {
		if needed {
			return r.L.T("rulebook.eyes_on")
		}
		return r.L.T("rulebook.eyes_off")
	}
	today, now, later := day.Of(r.Now, r.L.Zone()), false, ""
	for _, x := range v.Settings {
		if x.From <= today {
			now = x.FourEyes
		} else {
			later += r.L.T("rulebook.eyes_later", "from", x.From, "state", word(x.FourEyes))
		}
	}
	return word(now) + later
}

func (p *pages) setEyes(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	x := rulebook.Setting{FourEyes: f.Choice("eyes", []string{"yes", "no"}, web.Required) == "yes", From: f.Day("eyes_from", web.Required)}
	if f.Err() == nil {
		err := p.s.SetFourEyes(r.Context(), r.Actor, x)
		if err == nil {
			return r.Redirect(w, home, "rulebook.eyes_set")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showList(w, r, f)
}

// key names a field or rate with its first day, for a form's choice.
func key(name string, from day.Day) string { return name + " " + from.String() }

func cut(s string) (name string, from day.Day, ok bool) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == ' ' {
			d, err := day.Parse(s[i+1:])
			if s[i+1:] == "" {
				err = nil
			}
			return s[:i], d, err == nil
		}
	}
	return s, 0, false
}

func version(v int64) string { return strconv.FormatInt(v, 10) }
