// Package childcareweb is the pages of child care: classes and sign-up for parents, seasons and rolls for the desks.
package childcareweb

import (
	"embed"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
)

// Messages are the texts of these pages and of the errors of the service.
//
//go:embed messages
var Messages embed.FS

// pages holds what the handlers need.
type pages struct {
	s     *childcare.Service
	doors *door.Doors
}

// Menu is the lines of the office's menu.
var Menu = []door.Entry{{Group: "care.menu", Label: "care.title", Icon: "heart-handshake", Href: deskURL, Verb: childcare.Read}}

// Routes are the pages of child care.
func Routes(s *childcare.Service, doors *door.Doors) []web.Route {
	p := &pages{s: s, doors: doors}
	office := func(pattern string, v authz.Verb, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Door: web.Office, Verb: v, Handle: h}
	}
	return []web.Route{
		{Pattern: "GET /care", Door: web.Public, Handle: p.list},
		{Pattern: "GET /care/map.json", Door: web.Public, Handle: p.mapJSON},
		{Pattern: "GET /care/{id}", Door: web.Public, Handle: p.class},
		{Pattern: "GET /care/{id}/draw.json", Door: web.Public, Handle: p.draw},
		{Pattern: "GET /care/{id}/join", Door: web.Field, Handle: p.askJoin},
		{Pattern: "POST /care/{id}/join", Door: web.Field, Handle: p.join},
		{Pattern: "GET /my/care", Door: web.Field, Handle: p.mine},
		{Pattern: "GET /my/care/{roll}/{turn}", Door: web.Field, Handle: p.one},
		{Pattern: "GET /my/care/{roll}/{turn}/health", Door: web.Field, Handle: p.health},
		{Pattern: "POST /my/care/{roll}/{turn}/health", Door: web.Field, Handle: p.setHealth},
		{Pattern: "POST /my/care/{roll}/{turn}/{step}", Door: web.Field, Handle: p.move},

		office("GET /office/care", childcare.Read, p.seasons),
		office("GET /office/care/new", childcare.Plan, p.askSeason),
		office("POST /office/care/new", childcare.Plan, p.addSeason),
		office("GET /office/care/{id}", childcare.Read, p.season),
		office("GET /office/care/{id}/edit", childcare.Plan, p.askEdit),
		office("POST /office/care/{id}/edit", childcare.Plan, p.edit),
		office("POST /office/care/{id}/{step}", childcare.Plan, p.turnSeason),
		office("GET /office/care/{id}/class", childcare.Propose, p.askClass),
		office("POST /office/care/{id}/class", childcare.Propose, p.propose),
		office("GET /office/classes/{id}", childcare.Read, p.desk),
		office("GET /office/classes/{id}/check", childcare.Inspect, p.askCheck),
		office("POST /office/classes/{id}/check", childcare.Inspect, p.check),
		office("GET /office/classes/{id}/enter", childcare.Enter, p.askEnter),
		office("POST /office/classes/{id}/enter", childcare.Enter, p.enter),
		office("GET /office/classes/{id}/calls", childcare.Enter, p.calls),
		office("POST /office/classes/{id}/calls/{turn}", childcare.Enter, p.noteCall),
		office("GET /office/classes/{id}/claims", childcare.Enter, p.claims),
		office("POST /office/classes/{id}/claims/{turn}", childcare.Enter, p.judge),
		office("POST /office/classes/{id}/{step}", childcare.Offer, p.turnClass),
		office("GET /office/classes/{id}/turn/{turn}/health", childcare.Enter, p.healthFor),
		office("POST /office/classes/{id}/turn/{turn}/health", childcare.Enter, p.setHealthFor),
		office("POST /office/classes/{id}/turn/{turn}/{step}", childcare.Enter, p.moveFor),
	}
}

const (
	listURL = "/care"
	myURL   = "/my/care"
	deskURL = "/office/care"
)

func classURL(c childcare.ID) string { return listURL + "/" + c.String() }

func atDeskURL(c childcare.ID) string { return "/office/classes/" + c.String() }

func seasonURL(e edition.ID) string { return deskURL + "/" + e.String() }

func classID(r *web.Request) (childcare.ID, error) {
	return id.Parse[childcare.Class](r.PathValue("id"))
}

func seasonID(r *web.Request) (edition.ID, error) {
	return id.Parse[edition.Edition](r.PathValue("id"))
}

func at(micro int64) time.Time { return time.UnixMicro(micro) }

// faults are what is wrong with a form, each with its question.
func faults(r *web.Request, f *web.Form) []ui.Fault { return ui.Faults(r, f, "care.field.") }
