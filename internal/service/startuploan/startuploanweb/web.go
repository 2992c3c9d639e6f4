// Package startuploanweb is the pages of applications for loans: for founders on their phones, for the counter, and for the desks.
package startuploanweb

import (
	"embed"
	"errors"
	"strings"
	"time"

	"github.com/a-h/templ"

	"zhidian/internal/domain/rulebook/rulebookweb"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/policy"
)

// Messages are the texts of these pages and of the errors of the service.
//
//go:embed messages
var Messages embed.FS

// Lookup gives words for accounts: their names.
type Lookup func(r *web.Request, ids []string) (map[string]string, error)

// Beside gives what another part of the house shows on a founder's page of loans; nil where that is nothing.
type Beside func(r *web.Request) (templ.Component, error)

type pages struct {
	s      *startuploan.Service
	doors  *door.Doors
	names  Lookup
	beside []Beside
}

const (
	mine     = "/my/loans"
	queueURL = "/office/loans/queue"
	listURL  = "/office/loans/applications"
	wayURL   = "/office/loans/way"

	contractURL = "/office/loans/contracts/new" // where an approved application becomes a loan
)

// Menu is the lines of the office's menu: one for the desks at which somebody may sit, and one for the list of all.
var Menu = menu()

func menu() []door.Entry {
	var all []door.Entry
	for _, d := range startuploan.AllDesks {
		all = append(all, door.Entry{Group: "loan.menu", Label: "loan.desk." + string(d), Icon: "clipboard-check", Href: web.Address(queueURL, "desk", string(d)), Verb: d.Verb()})
	}
	return append(all,
		door.Entry{Group: "loan.menu", Label: "loan.list", Icon: "list", Href: listURL, Verb: startuploan.Read},
		door.Entry{Group: "loan.menu", Label: "loan.way", Icon: "route", Href: wayURL, Verb: startuploan.Read},
	)
}

// paperBody is the longest form with photographs of papers.
const paperBody = 60 << 20

// Routes are the pages.
func Routes(s *startuploan.Service, doors *door.Doors, names Lookup, beside ...Beside) []web.Route {
	p := &pages{s: s, doors: doors, names: names, beside: beside}
	office := func(pattern string, v authz.Verb, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Door: web.Office, Verb: v, Handle: h}
	}
	own := func(pattern string, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Door: web.Field, Handle: h}
	}
	return []web.Route{
		own("GET /my/loans", p.mine),
		own("POST /my/loans", p.begin),
		own("GET /my/loans/{id}", p.own),
		own("GET /my/loans/{id}/paper/{no}", p.paper),
		own("GET /my/loans/{id}/{step}", p.ownStep),
		{Pattern: "POST /my/loans/{id}/papers", Door: web.Field, Body: paperBody, Handle: p.takeOwnPapers},
		own("POST /my/loans/{id}/{step}", p.takeOwn),

		{Pattern: "GET /office/loans/queue", Door: web.Office, Limit: web.Searching, Handle: p.queue, Filters: []string{"desk", "light", "kind", "second"}},
		{Pattern: "GET /office/loans/applications", Door: web.Office, Verb: startuploan.Read, Limit: web.Searching, Handle: p.list, Filters: []string{"state", "kind"}},
		office("GET /office/loans/applications/new", startuploan.Enter, p.askEnter),
		office("POST /office/loans/applications/new", startuploan.Enter, p.enter),
		office("GET /office/loans/applications/{id}", authz.Verb{}, p.one),
		office("POST /office/loans/applications/{id}/{step}", authz.Verb{}, p.take),
		office("GET /office/loans/applications/{id}/paper/{no}", authz.Verb{}, p.paper),
		office("GET /office/loans/applications/{id}/survey/{answer}", authz.Verb{}, p.survey),
		office("GET /office/loans/applications/{id}/survey/{answer}/{file}", authz.Verb{}, p.surveyFile),
		office("GET /office/loans/applications/{id}/fill/{step}", startuploan.Enter, p.fillStep),
		{Pattern: "POST /office/loans/applications/{id}/fill/papers", Door: web.Office, Verb: startuploan.Enter, Body: paperBody, Handle: p.takePapers},
		office("POST /office/loans/applications/{id}/fill/{step}", startuploan.Enter, p.takeFill),
		office("GET /office/loans/way", startuploan.Read, p.ways),
		office("POST /office/loans/way", startuploan.SetWay, p.putWay),
	}
}

func ownURL(which startuploan.ID, step string) string { return under(mine, which, step) }

func oneURL(which startuploan.ID, step string) string { return under(listURL, which, step) }

func under(top string, which startuploan.ID, step string) string {
	u := top + "/" + which.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func appID(r *web.Request) (startuploan.ID, error) {
	return id.Parse[startuploan.Application](r.PathValue("id"))
}

func dayOf(r *web.Request, at int64) day.Day { return day.Of(time.UnixMicro(at), r.L.Zone()) }

func date(r *web.Request, d day.Day) string {
	if d.IsZero() {
		return "—"
	}
	return r.L.Date(d)
}

// choices are words of a list as options. With empty, nothing is chosen yet.
func choices(r *web.Request, prefix string, all []string, chosen, empty string) []ui.Option {
	var out []ui.Option
	if empty != "" {
		out = append(out, ui.Option{Label: empty, Selected: chosen == ""})
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
		text := problem(r, p)
		if key := "loan.field." + p.Field; p.Field != "" && r.L.Has(key) {
			text = r.L.T(key) + "：" + text
		}
		all = append(all, ui.Fault{Field: p.Field, Text: text})
	}
	return all
}

// problem writes what is wrong; a kind of paper is said in words.
func problem(r *web.Request, p errs.Problem) string {
	if kind, ok := p.Args["kind"].(string); ok {
		args := errs.Args{"kind": r.L.T("loan.paper." + kind)}
		return r.L.T(p.Key, args)
	}
	if en, ok := p.Args["en"].(string); ok && r.L.Lang() == i18n.En { // a condition of the book, in its own words
		return r.L.T(p.Key, errs.Args{"says": en})
	}
	if d, ok := p.Args["desk"].(string); ok {
		return r.L.T(p.Key, errs.Args{"desk": r.L.T("loan.desk." + d)})
	}
	return r.L.Problem(p)
}

// named puts the account into words of whom an error tells: who was first, or who deals with it.
func (p *pages) named(r *web.Request, err error) error {
	e, ok := errors.AsType[*errs.Error](err)
	if !ok {
		return err
	}
	account, ok := e.Args["by"].(string)
	if !ok {
		return err
	}
	names, failed := p.names(r, []string{account})
	if failed != nil {
		return failed
	}
	name := names[account]
	if name == "" {
		name = r.L.T("loan.somebody")
	}
	return errs.Wrap(err, e.Kind, e.Key, errs.Args{"by": name})
}

// tone is how a state looks: never by colour alone.
func tone(s startuploan.State) (ui.Tone, string) {
	switch s {
	case startuploan.Approved:
		return ui.OK, "circle-check"
	case startuploan.Returned:
		return ui.Soon, "arrow-back-up"
	case startuploan.Refused:
		return ui.Bad, "circle-x"
	case startuploan.Withdrawn, startuploan.Lapsed:
		return ui.Hold, "circle-minus"
	case startuploan.Draft:
		return ui.Plain, "edit"
	}
	return ui.Plain, "progress"
}

// findingTone is how a finding looks.
func findingTone(w startuploan.Weight) (ui.Tone, string) {
	switch w {
	case startuploan.Stops:
		return ui.Bad, "circle-x"
	case startuploan.Missing:
		return ui.Soon, "edit"
	case startuploan.Warns:
		return ui.Soon, "alert-triangle"
	case startuploan.Unknown:
		return ui.Hold, "info-circle"
	}
	return ui.OK, "circle-check"
}

func finding(r *web.Request, f startuploan.Finding) string {
	if f.Ruled != nil { // in the words of the book, with what it rests on and what would have to change
		words := rulebookweb.Words{R: r, Facts: policy.Facts}
		says, why := words.Says(f.Ruled.Condition), words.Why(*f.Ruled)
		if f.Ruled.Holds {
			why = strings.Join(words.Used(*f.Ruled), r.L.T("rulebook.comma"))
		}
		if why != "" && f.Weight != startuploan.Unknown {
			says = r.L.T("loan.rule.because", "says", says, "why", why)
		}
		return r.L.T(f.Key(), errs.Args{"says": says})
	}
	return problem(r, errs.Problem{Key: f.Key(), Args: f.Args})
}
