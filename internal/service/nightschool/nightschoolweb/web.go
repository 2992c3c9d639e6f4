// Package nightschoolweb is the pages of the night school: voting, courses and sign-up for young people on a phone, terms and rolls for the desks.
package nightschoolweb

import (
	"embed"
	"strconv"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/nightschool"
)

// Messages are the texts of these pages and of the errors of the service.
//
//go:embed messages
var Messages embed.FS

// pages holds what the handlers need.
type pages struct {
	s     *nightschool.Service
	doors *door.Doors
}

// Menu is the lines of the office's menu.
var Menu = []door.Entry{{Group: "night.menu", Label: "night.title", Icon: "moon", Href: deskURL, Verb: nightschool.Read}}

// Routes are the pages of the night school.
func Routes(s *nightschool.Service, doors *door.Doors) []web.Route {
	p := &pages{s: s, doors: doors}
	office := func(pattern string, v authz.Verb, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Door: web.Office, Verb: v, Handle: h}
	}
	return []web.Route{
		{Pattern: "GET /night", Door: web.Public, Handle: p.list},
		{Pattern: "GET /night/vote", Door: web.Public, Handle: p.results},
		{Pattern: "GET /night/{id}", Door: web.Public, Handle: p.course},
		{Pattern: "GET /night/{id}/draw.json", Door: web.Public, Handle: p.draw},
		{Pattern: "GET /night/{id}/join", Door: web.Field, Handle: p.askJoin},
		{Pattern: "POST /night/{id}/join", Door: web.Field, Handle: p.join},
		{Pattern: "GET /my/night", Door: web.Field, Handle: p.mine},
		{Pattern: "GET /my/night/vote", Door: web.Field, Handle: p.askVote},
		{Pattern: "POST /my/night/vote", Door: web.Field, Handle: p.vote},
		{Pattern: "POST /my/night/ideas", Door: web.Field, Handle: p.propose},
		{Pattern: "GET /my/night/teach", Door: web.Field, Handle: p.teaching},
		{Pattern: "GET /my/night/lessons/{lesson}", Door: web.Field, Handle: p.book},
		{Pattern: "POST /my/night/lessons/{lesson}/{step}", Door: web.Field, Handle: p.mark},
		{Pattern: "GET /my/night/{roll}/{turn}", Door: web.Field, Handle: p.one},
		{Pattern: "POST /my/night/{roll}/{turn}/{step}", Door: web.Field, Handle: p.move},

		office("GET /office/night", nightschool.Read, p.terms),
		office("POST /office/night/rule", nightschool.Rule, p.setRule),
		office("GET /office/night/new", nightschool.Plan, p.askTerm),
		office("POST /office/night/new", nightschool.Plan, p.addTerm),
		office("GET /office/night/{id}", nightschool.Read, p.term),
		office("GET /office/night/{id}/figures", nightschool.Read, p.figures),
		office("GET /office/night/{id}/proposal", nightschool.Read, p.proposal),
		office("POST /office/night/{id}/{step}", nightschool.Plan, p.turnTerm),
		office("POST /office/night/{id}/ideas", nightschool.Judge, p.proposeAtDesk),
		office("POST /office/night/{id}/ideas/{idea}", nightschool.Judge, p.decide),
		office("GET /office/night/{id}/course", nightschool.Set, p.askCourse),
		office("POST /office/night/{id}/course", nightschool.Set, p.addCourse),
		office("GET /office/night/appeals", nightschool.Hear, p.appeals),
		office("POST /office/night/appeals", nightschool.Hear, p.answer),
		office("GET /office/nightlessons/{lesson}", nightschool.Attend, p.bookAtDesk),
		office("POST /office/nightlessons/{lesson}/{step}", nightschool.Attend, p.markAtDesk),
		office("GET /office/nightcourses/{id}", nightschool.Read, p.desk),
		office("POST /office/nightcourses/{id}/enter", nightschool.Enter, p.enter),
		office("POST /office/nightcourses/{id}/{step}", nightschool.Set, p.turnCourse),
		office("POST /office/nightcourses/{id}/turn/{turn}/{step}", nightschool.Enter, p.moveFor),
	}
}

const (
	listURL   = "/night"
	voteURL   = "/night/vote"
	myURL     = "/my/night"
	myVoteURL = "/my/night/vote"
	deskURL   = "/office/night"
)

func courseURL(c nightschool.ID) string { return listURL + "/" + c.String() }

func atDeskURL(c nightschool.ID) string { return "/office/nightcourses/" + c.String() }

func termURL(e edition.ID) string { return deskURL + "/" + e.String() }

func courseID(r *web.Request) (nightschool.ID, error) {
	return id.Parse[nightschool.Course](r.PathValue("id"))
}

func termID(r *web.Request) (edition.ID, error) { return id.Parse[edition.Edition](r.PathValue("id")) }

func at(micro int64) time.Time { return time.UnixMicro(micro) }

func absent() error { return errs.New(errs.Absent, "errs.absent", nil) }

// faults are what is wrong with a form, each with its question.
func faults(r *web.Request, f *web.Form) []ui.Fault {
	return ui.Faults(r, f, "night.field.")
}

// minutes reads an hour of the city's clock as minutes after midnight.
func minutes(f *web.Form, name string) int64 {
	m, _ := f.Clock(name, "night.clock", web.Required)
	return int64(m)
}

// instant reads a day and an hour; microseconds UTC, 0 where either is missing.
func instant(r *web.Request, f *web.Form, name string) int64 {
	return f.Instant(name+"_at", "night.clock", f.Day(name, web.Required), r.L.Zone())
}

func clock(m int64) string {
	return time.Date(2000, 1, 1, int(m/60), int(m%60), 0, 0, time.UTC).Format("15:04")
}

// weekly says when a course is held.
func weekly(r *web.Request, c nightschool.Course) string {
	return r.L.T("night.weekly", "day", r.L.T("night.day."+strconv.Itoa(int(c.First.Weekday()))), "from", clock(c.Starts), "to", clock(c.Ends), "n", c.Lessons)
}

func fee(r *web.Request, c nightschool.Course) string {
	if c.Fee == 0 {
		return r.L.T("night.free")
	}
	return r.L.T("night.fee_each", "sum", c.Fee)
}

func ages(r *web.Request, c nightschool.Course) string {
	return r.L.T("night.from_to", "from", c.AgeFrom, "to", c.AgeTo)
}
