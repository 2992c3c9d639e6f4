// Package volunteeringweb is the pages of volunteers: one's own service on a phone, and the desks' queue.
package volunteeringweb

import (
	"embed"

	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/certificate"
	"zhidian/internal/service/volunteering/duty"
	"zhidian/internal/service/volunteering/pairing"
)

// Messages are the texts of these pages and of the errors of the service.
//
//go:embed messages
var Messages embed.FS

// Menu is the lines of the office's menu.
var Menu = []door.Entry{
	{Group: "volunteer.menu", Label: "volunteer.title", Icon: "users-group", Href: deskURL, Verb: volunteering.Read},
	{Group: "volunteer.menu", Label: "pairing.title", Icon: "arrows-split", Href: pairsURL, Verb: volunteering.Read},
	{Group: "volunteer.menu", Label: "duty.odd", Icon: "alert-triangle", Href: oddURL, Verb: volunteering.Read},
}

// Services are what these pages show.
type Services struct {
	Volunteers   *volunteering.Service
	Pairs        *pairing.Service
	Duties       *duty.Service
	Certificates *certificate.Service
}

type pages struct {
	s      *volunteering.Service
	pairs  *pairing.Service
	duty   *duty.Service
	papers *certificate.Service
	doors  *door.Doors
}

const (
	myURL     = "/my/volunteer"
	deskURL   = "/office/volunteers"
	pairsURL  = "/office/pairs"
	dutyURL   = "/office/duties"
	exportURL = deskURL + "/export"
	oddURL    = dutyURL + "/odd"
	myDutyURL = "/my/duties"
)

// Routes are the pages of volunteers.
func Routes(s Services, doors *door.Doors) []web.Route {
	p := &pages{s: s.Volunteers, pairs: s.Pairs, duty: s.Duties, papers: s.Certificates, doors: doors}
	return []web.Route{
		{Pattern: "GET /my/volunteer", Door: web.Field, Handle: p.mine},
		{Pattern: "POST /my/volunteer", Door: web.Field, Handle: p.apply},
		{Pattern: "POST /my/volunteer/group/{step}", Door: web.Field, Handle: p.gather},

		{Pattern: "GET /office/volunteers", Door: web.Office, Verb: volunteering.Read, Handle: p.list, Filters: []string{"state", "skill"}},
		{Pattern: "GET /office/volunteers/{id}", Door: web.Office, Verb: volunteering.Read, Handle: p.one},
		{Pattern: "POST /office/volunteers/{id}/decide", Door: web.Office, Verb: volunteering.Admit, Handle: p.decide},

		{Pattern: "GET /office/pairs", Door: web.Office, Verb: volunteering.Read, Handle: p.terms},
		{Pattern: "POST /office/pairs", Door: web.Office, Verb: pairing.Plan, Handle: p.beginTerm},
		{Pattern: "GET /office/pairs/{id}", Door: web.Office, Verb: volunteering.Read, Handle: p.term},
		{Pattern: "GET /office/pairs/{id}/map.json", Door: web.Office, Verb: volunteering.Read, Handle: p.termMap},
		{Pattern: "POST /office/pairs/{id}/approve", Door: web.Office, Verb: pairing.Approve, Handle: p.approve},
		{Pattern: "GET /office/pairs/{id}/duties", Door: web.Office, Verb: volunteering.Read, Handle: p.duties},
		{Pattern: "POST /office/pairs/{id}/duties/{step}", Door: web.Office, Verb: duty.Roster, Handle: p.rosterStep},
		{Pattern: "GET /office/duties/odd", Door: web.Office, Verb: volunteering.Read, Handle: p.odd},
		{Pattern: "GET /office/duties/{id}", Door: web.Office, Verb: volunteering.Read, Handle: p.oneDuty},
		{Pattern: "POST /office/duties/{id}/roster/{step}", Door: web.Office, Verb: duty.Roster, Handle: p.dutyStep},
		{Pattern: "POST /office/duties/{id}/hours/{step}", Door: web.Office, Verb: duty.Confirm, Handle: p.hourStep},
		{Pattern: "GET /office/volunteers/export", Door: web.Office, Verb: certificate.Export, Limit: web.Exporting, Handle: p.export},
		{Pattern: "POST /office/volunteers/{id}/certificate", Door: web.Office, Verb: certificate.Certify, Handle: p.issue},
		{Pattern: "GET /office/certificates/{id}", Door: web.Office, Verb: volunteering.Read, Handle: p.paper},
		{Pattern: "POST /office/certificates/{id}/revoke", Door: web.Office, Verb: certificate.Certify, Handle: p.revoke},
		{Pattern: "GET /my/certificates/{id}", Door: web.Field, Handle: p.myPaper},
		{Pattern: "GET /verify/volunteer/{code}", Door: web.Public, Limit: web.Searching, Handle: p.verify},
		{Pattern: "GET /my/duties", Door: web.Field, Handle: p.myDuties},
		{Pattern: "POST /my/duties/{id}/{step}", Door: web.Field, Handle: p.checkIn},
		{Pattern: "POST /office/pairs/{id}/{step}", Door: web.Office, Verb: pairing.Plan, Handle: p.planStep},
	}
}

func oneURL(v volunteering.ID) string { return deskURL + "/" + v.String() }

func volunteerID(r *web.Request) (volunteering.ID, error) {
	return id.Parse[volunteering.Volunteer](r.PathValue("id"))
}

// words puts the words of a set into the reader's language.
func words(r *web.Request, key string, all []string) string {
	text := ""
	for i, w := range all {
		if i > 0 {
			text += r.L.T("volunteer.and")
		}
		text += r.L.T(key + w)
	}
	return text
}

// boxes are the words of a list as boxes to tick: as they were typed, or as they stand.
func boxes(r *web.Request, f *web.Form, name, key string, list []string, now volunteering.Set) []ui.Option {
	typed := len(f.Problems()) > 0 || f.Has(name)
	all := make([]ui.Option, len(list))
	for i, w := range list {
		all[i] = ui.Option{Value: w, Label: r.L.T(key + w), Selected: f.Ticked(name, w) || !typed && now.Has(1<<i)}
	}
	return all
}

// faults are what is wrong with a form, each with its question.
func faults(r *web.Request, f *web.Form) []ui.Fault {
	return ui.Faults(r, f, "volunteer.field.", "pairing.field.", "duty.field.", "certificate.field.")
}
