// Package lessonweb is the pages of the library of lesson plans: looking for one, writing one, rating one, and the desk's queue.
package lessonweb

import (
	"embed"
	"net/http"
	"slices"
	"strconv"

	"github.com/a-h/templ"

	"zhidian/internal/domain/lesson"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages and of the errors of plans.
//
//go:embed messages
var Messages embed.FS

// Menu is the line of the office's menu.
var Menu = []door.Entry{{Group: "lesson.menu", Label: "lesson.queue", Icon: "clipboard-check", Href: deskURL, Verb: lesson.Review}}

const (
	libraryURL = "/my/lessons"
	deskURL    = "/office/lessons"
)

type pages struct {
	s     *lesson.Service
	doors *door.Doors
	use   func(class, plan string) string
}

// Routes are the pages of lesson plans. use gives the address at which a plan is taken over into the timetable of a class.
func Routes(s *lesson.Service, doors *door.Doors, use func(class, plan string) string) []web.Route {
	p := &pages{s: s, doors: doors, use: use}
	return []web.Route{
		{Pattern: "GET /my/lessons", Door: web.Field, Handle: p.library, Filters: []string{"kind", "age"}},
		{Pattern: "POST /my/lessons", Door: web.Field, Handle: p.send},
		{Pattern: "GET /my/lessons/{id}", Door: web.Field, Handle: p.one},
		{Pattern: "POST /my/lessons/{id}/{step}", Door: web.Field, Handle: p.step},
		{Pattern: "GET /office/lessons", Door: web.Office, Verb: lesson.Review, Handle: p.queue},
		{Pattern: "GET /office/lessons/{id}", Door: web.Office, Verb: lesson.Review, Handle: p.before},
		{Pattern: "POST /office/lessons/{id}/decide", Door: web.Office, Verb: lesson.Review, Handle: p.decide},
	}
}

func planID(r *web.Request) (lesson.ID, error) { return id.Parse[lesson.Plan](r.PathValue("id")) }

func (p *pages) frame(r *web.Request, title, says string) (func(ui.Page) templ.Component, ui.Page) {
	if r.Session.Staff {
		return ui.Office, p.doors.Office(r, title, says)
	}
	return ui.Public, p.doors.Public(r, title, says)
}

// library is what is looked for.
type library struct {
	lesson.Library
	kind  string
	age   int64
	class string    // whose timetable looks for a plan; empty for none
	form  *web.Form // of a plan that is written
}

// classOf is the class for whose timetable somebody looks for a plan, as the address says; who may not plan there is refused there.
func classOf(r *web.Request) string {
	text := r.URL.Query().Get("class")
	if _, err := id.Parse[lesson.Plan](text); err != nil { // ids are of one form
		return ""
	}
	return text
}

// asking is an address with the class for which one looks.
func asking(address, class string) string {
	if class == "" {
		return address
	}
	return address + "?class=" + class
}

func (p *pages) library(w http.ResponseWriter, r *web.Request) error {
	return p.showLibrary(w, r, web.ReadValues(nil))
}

func (p *pages) showLibrary(w http.ResponseWriter, r *web.Request, f *web.Form) (err error) {
	asked := web.ReadValues(r.URL.Query())
	v := library{kind: asked.Choice("kind", lesson.Kinds), age: asked.Int("age", 3, 17), class: classOf(r), form: f}
	if err := asked.Err(); err != nil {
		return err
	}
	if v.Library, err = p.s.Library(r.Context(), r.Actor, v.kind, v.age); err != nil {
		return err
	}
	frame, page := p.frame(r, r.L.T("lesson.title"), r.L.T("lesson.says"))
	if len(f.Problems()) > 0 {
		return door.Again(w, r, frame, page, libraryBody(r, v))
	}
	return door.Show(w, r, frame, page, libraryBody(r, v))
}

func (v library) filters(r *web.Request) ui.Filters {
	kinds := []ui.Option{{Label: r.L.T("lesson.all_kinds"), Selected: v.kind == ""}}
	for _, k := range lesson.Kinds {
		kinds = append(kinds, ui.Option{Value: k, Label: r.L.T("lesson.kind." + k), Selected: v.kind == k})
	}
	ages := []ui.Option{{Label: r.L.T("lesson.all_ages"), Selected: v.age == 0}}
	for age := int64(3); age <= 17; age++ {
		ages = append(ages, ui.Option{Value: strconv.FormatInt(age, 10), Label: r.L.T("lesson.age", "n", age), Selected: v.age == age})
	}
	f := ui.Filters{Action: libraryURL, Filters: []ui.Filter{{Name: "kind", Label: r.L.T("lesson.field.kind"), Options: kinds}, {Name: "age", Label: r.L.T("lesson.field.age"), Options: ages}}}
	if v.class != "" {
		f.Keep = []ui.Param{{Name: "class", Value: v.class}}
	}
	if v.kind != "" || v.age != 0 {
		f.Clear = asking(libraryURL, v.class)
	}
	return f
}

func (v library) table(r *web.Request) ui.Table {
	rows := make([]ui.Row, len(v.Plans))
	for i, x := range v.Plans {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x.Title, Href: asking(libraryURL+"/"+x.ID.String(), v.class)},
			{Text: r.L.T("lesson.kind." + x.Kind)},
			{Text: ages(r, x.Plan)},
			{Text: r.L.T("lesson.minutes", "n", x.Minutes)},
			{Text: stars(r, x.Liked)},
			{Text: r.L.Int(x.Uses)},
		}}
	}
	return ui.Table{Label: r.L.T("lesson.title"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("lesson.field.title"), Kind: ui.Title}, {Head: r.L.T("lesson.field.kind")}, {Head: r.L.T("lesson.field.age")}, {Head: r.L.T("lesson.lasts")}, {Head: r.L.T("lesson.liked")}, {Head: r.L.T("lesson.uses")},
	}}
}

func ages(r *web.Request, x lesson.Plan) string {
	return r.L.T("lesson.ages_from_to", "from", x.AgeFrom, "to", x.AgeTo)
}

// stars says what is thought of a plan.
func stars(r *web.Request, x lesson.Liked) string {
	if x.Rated == 0 {
		return r.L.T("lesson.not_rated")
	}
	return r.L.T("lesson.stars", "mean", strconv.FormatInt(x.Tenth/10, 10)+"."+strconv.FormatInt(x.Tenth%10, 10), "n", x.Rated)
}

func given(f *web.Form) lesson.Plan {
	return lesson.Plan{
		Title: f.Text("title", web.Required, web.Max(60)), Kind: f.Choice("kind", lesson.Kinds, web.Required), AgeFrom: f.Int("age_from", 3, 17, web.Required), AgeTo: f.Int("age_to", 3, 17, web.Required),
		Minutes: f.Int("minutes", 10, 240, web.Required), Materials: f.Text("materials", web.Lines, web.Max(500)), Words: f.Text("words", web.Required, web.Lines, web.Max(5000)),
	}
}

// filled is a plan as a form shows it.
func filled(x lesson.Plan) *web.Form {
	n := func(n int64) []string { return []string{strconv.FormatInt(n, 10)} }
	return web.ReadValues(map[string][]string{
		"title": {x.Title}, "kind": {x.Kind}, "age_from": n(x.AgeFrom), "age_to": n(x.AgeTo), "minutes": n(x.Minutes), "materials": {x.Materials}, "words": {x.Words},
	})
}

func kindOptions(r *web.Request, f *web.Form) []ui.Option {
	all := make([]ui.Option, len(lesson.Kinds))
	for i, k := range lesson.Kinds {
		all[i] = ui.Option{Value: k, Label: r.L.T("lesson.kind." + k), Selected: f.Ticked("kind", k)}
	}
	return all
}

func (p *pages) send(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	x := given(f)
	if f.Err() == nil {
		made, err := p.s.Send(r.Context(), r.Actor, x)
		if err == nil {
			return r.Redirect(w, libraryURL+"/"+made.String(), "lesson.done.send")
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.showLibrary(w, r, f)
}

// blame shows on the form what a use case refuses.
func blame(f *web.Form, err error) bool {
	if f.Blame(err) {
		return true
	}
	if errs.KeyOf(err) == "lesson.not_author" || errs.KeyOf(err) == "lesson.not_used" || errs.KeyOf(err) == "lesson.own" || errs.KeyOf(err) == "errs.stale" {
		f.Fail("", errs.KeyOf(err), nil)
		return true
	}
	return false
}

// shown is the page of a plan.
type shown struct {
	lesson.One
	form *web.Form
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	return p.showOne(w, r, nil)
}

func (p *pages) showOne(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := planID(r)
	if err != nil {
		return err
	}
	v := shown{form: f}
	if v.One, err = p.s.One(r.Context(), r.Actor, which); err != nil {
		return err
	}
	if v.form == nil {
		v.form = filled(v.Plan)
	}
	frame, page := p.frame(r, v.Title, v.Serial)
	class := classOf(r)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("lesson.title"), Href: asking(libraryURL, class)}, {Label: v.Title}}
	if class != "" && v.State == lesson.Approved {
		page.Actions = []ui.Action{{Label: r.L.T("lesson.use"), Icon: "calendar", Href: p.use(class, v.ID.String()), Primary: true}}
	}
	if len(v.form.Problems()) > 0 {
		return door.Again(w, r, frame, page, oneBody(r, v))
	}
	return door.Show(w, r, frame, page, oneBody(r, v))
}

func (p *pages) step(w http.ResponseWriter, r *web.Request) error {
	which, err := planID(r)
	if err != nil {
		return err
	}
	f, step := web.Read(r), r.PathValue("step")
	if !slices.Contains([]string{"send", "rate"}, step) {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	if step == "rate" {
		if stars := f.Int("stars", 1, 5, web.Required); f.Err() == nil {
			err = p.s.Rate(r.Context(), r.Actor, which, stars)
		}
	} else if x := given(f); f.Err() == nil {
		err = p.s.SendAgain(r.Context(), r.Actor, which, f.Version(), x)
	}
	if err != nil && !blame(f, err) {
		return err
	}
	if len(f.Problems()) > 0 {
		return p.showOne(w, r, f)
	}
	return r.Redirect(w, libraryURL+"/"+which.String(), "lesson.done."+step)
}

func (p *pages) queue(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.Waiting(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("lesson.queue"), r.L.T("lesson.queue_says"))
	page.Actions = []ui.Action{{Label: r.L.T("lesson.title"), Icon: "book", Href: libraryURL}}
	return door.Show(w, r, ui.Office, page, queueBody(r, all))
}

// judged is a plan before its desk.
type judged struct {
	lesson.Plan
	form *web.Form
}

func (p *pages) before(w http.ResponseWriter, r *web.Request) error {
	return p.showBefore(w, r, web.ReadValues(nil))
}

func (p *pages) showBefore(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := planID(r)
	if err != nil {
		return err
	}
	v := judged{form: f}
	if v.Plan, err = p.s.Before(r.Context(), r.Actor, which); err != nil {
		return err
	}
	page := p.doors.Office(r, v.Title, v.Serial)
	page.Crumbs = []ui.Crumb{{Label: r.L.T("lesson.queue"), Href: deskURL}, {Label: v.Title}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, judgeBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, judgeBody(r, v))
}

func (p *pages) decide(w http.ResponseWriter, r *web.Request) error {
	which, err := planID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	to := lesson.State(f.Choice("to", []string{string(lesson.Approved), string(lesson.Returned)}, web.Required))
	reason := f.Text("reason", web.Max(200))
	if f.Err() == nil {
		err := p.s.Decide(r.Context(), r.Actor, which, f.Version(), to, reason)
		if err == nil {
			return r.Redirect(w, deskURL, "lesson.done."+string(to))
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.showBefore(w, r, f)
}
