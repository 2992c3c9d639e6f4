// Package projectlibraryweb is the pages of the project library: for officers, for banks to which founders show their dossiers,
// and for founders on their phones.
package projectlibraryweb

import (
	"embed"
	"time"

	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/projectlibrary"
)

// Messages are the texts of these pages and of the errors of ventures.
//
//go:embed messages
var Messages embed.FS

// Lookup gives words for accounts: their names, or the organisations they work for.
type Lookup func(r *web.Request, ids []string) (map[string]string, error)

type pages struct {
	s     *projectlibrary.Service
	doors *door.Doors
	names Lookup
	desks Lookup
}

const (
	home   = "/office/ventures"
	shared = "/office/shared-ventures"
	mine   = "/my/ventures"
)

// Menu is the lines of the office's menu.
var Menu = []door.Entry{
	{Group: "venture.menu", Label: "venture.list", Icon: "briefcase", Href: home, Verb: venture.Read},
	{Group: "venture.menu", Label: "venture.shared", Icon: "building-bank", Href: shared, Verb: venture.Shared},
	{Group: "venture.menu", Label: "venture.priority", Icon: "flag", Href: "/office/priority-industries", Verb: venture.Read},
}

// Routes are the pages of the project library.
func Routes(s *projectlibrary.Service, doors *door.Doors, names, desks Lookup) []web.Route {
	p := &pages{s: s, doors: doors, names: names, desks: desks}
	office := func(pattern string, v authz.Verb, h web.Handler, filters ...string) web.Route {
		return web.Route{Pattern: pattern, Door: web.Office, Verb: v, Handle: h, Filters: filters}
	}
	return []web.Route{
		{
			Pattern: "GET /office/ventures", Door: web.Office, Verb: venture.Read, Limit: web.Searching, Handle: p.list,
			Filters: []string{"state", "org", "field", "category", "stage", "need", "fresh", "priority"},
		},
		{Pattern: "GET /office/ventures/export", Door: web.Office, Verb: venture.Export, Limit: web.Exporting, Handle: p.export},
		office("GET /office/ventures/new", venture.Create, p.askNew),
		office("POST /office/ventures/new", venture.Create, p.takeNew),
		office("GET /office/ventures/import", venture.Create, p.askSheet),
		office("GET /office/ventures/import/blank", venture.Create, p.blankSheet),
		{Pattern: "POST /office/ventures/import", Door: web.Office, Verb: venture.Create, Body: sheetBytes + 1<<20, Handle: p.takeSheet},
		office("GET /office/ventures/terms", venture.Read, p.terms),
		office("POST /office/ventures/terms", venture.SetTerms, p.setTerms),
		office("GET /office/ventures/{id}", venture.Read, p.one),
		office("GET /office/ventures/{id}/{step}", venture.Read, p.ask),
		office("POST /office/ventures/{id}/{step}", venture.Read, p.take),
		office("GET /office/ventures/{id}/consent", venture.AgreePaper, p.askPaper),
		{Pattern: "POST /office/ventures/{id}/consent", Door: web.Office, Verb: venture.AgreePaper, Body: venture.PaperLimits.Size + 1<<20, Handle: p.takePaper},
		office("GET /office/venture-consents/{id}", venture.AgreePaper, p.paper),
		office("GET /office/venture-needs/{id}", projectlibrary.Raise, p.askRaise),
		office("POST /office/venture-needs/{id}", projectlibrary.Raise, p.raise),
		office("GET /office/priority-industries", venture.Read, p.priority),
		office("POST /office/priority-industries", venture.SetPriority, p.setPriority),
		office("GET /office/industries", venture.Read, p.industries),
		office("POST /office/industries", venture.SetIndustry, p.setIndustry),
		office("GET /office/shared-ventures", venture.Shared, p.sharedList, "field", "need"),
		office("GET /office/shared-ventures/{id}", venture.Shared, p.sharedOne),

		{Pattern: "GET /my/ventures", Door: web.Field, Handle: p.mine},
		{Pattern: "GET /my/ventures/new", Door: web.Field, Handle: p.askOwnNew},
		{Pattern: "POST /my/ventures/new", Door: web.Field, Handle: p.takeOwnNew},
		{Pattern: "GET /my/ventures/{id}", Door: web.Field, Handle: p.own},
		{Pattern: "GET /my/ventures/{id}/{step}", Door: web.Field, Handle: p.askOwn},
		{Pattern: "POST /my/ventures/{id}/{step}", Door: web.Field, Handle: p.takeOwn},
	}
}

func ventureURL(which venture.ID, step string) string { return under(home, which, step) }

func ownURL(which venture.ID, step string) string { return under(mine, which, step) }

func under(top string, which venture.ID, step string) string {
	u := top + "/" + which.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func ventureID(r *web.Request) (venture.ID, error) {
	return id.Parse[venture.Venture](r.PathValue("id"))
}

func microTime(at int64) time.Time { return time.UnixMicro(at) }

// choices are the words of a list as options, the one that was chosen first of all marked. With empty, nothing is chosen yet.
func choices(r *web.Request, prefix string, all []string, chosen, empty string) []ui.Option {
	var out []ui.Option
	if empty != "" {
		out = append(out, ui.Option{Label: empty})
	}
	for _, v := range all {
		out = append(out, ui.Option{Value: v, Label: r.L.T(prefix + v), Selected: v == chosen})
	}
	return out
}

// faults are all that is wrong with a form, each with the name of its question.
func faults(r *web.Request, f *web.Form) []ui.Fault {
	var all []ui.Fault
	for _, p := range f.Problems() {
		text := r.L.Problem(p)
		if key := labels[p.Field]; key != "" {
			text = r.L.T(key) + "：" + text
		}
		all = append(all, ui.Fault{Field: p.Field, Text: text})
	}
	return all
}

// labels are the questions of these pages by their names.
var labels = map[string]string{
	"name": "venture.field.name", "about": "venture.field.about", "entity": "venture.field.entity", "credit": "venture.field.credit", "industry": "venture.field.industry",
	"category": "venture.field.category", "stage": "venture.field.stage", "org": "venture.field.org", "place": "venture.field.place", "address": "venture.field.address",
	"staff": "venture.field.staff", "revenue": "venture.field.revenue", "revenue_year": "venture.field.revenue_year", "began": "venture.field.began", "founder": "venture.field.founder",
	"number": "venture.field.number", "reason": "venture.field.reason", "level": "venture.field.level", "title": "venture.field.title", "year": "venture.field.year",
	"source": "venture.field.source", "need": "venture.field.need", "text": "venture.field.text", "amount": "venture.field.amount", "desk": "venture.field.desk", "days": "venture.field.days",
	"from": "venture.field.from", "fresh_days": "venture.field.fresh_days", "remind_days": "venture.field.remind_days", "code": "venture.field.code",
	"reopen_days": "venture.field.reopen_days", "answer_days": "venture.field.answer_days", "said": "venture.field.said", "signed": "venture.field.signed",
	"paper": "venture.field.paper", "receiver": "venture.field.receiver", "purpose": "venture.field.purpose", "months": "venture.field.months",
	"county": "venture.field.county", "town": "venture.field.town", "serial": "venture.serial", "file": "venture.import.file", "what": "venture.import.what",
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
