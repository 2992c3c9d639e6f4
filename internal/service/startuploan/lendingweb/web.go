// Package lendingweb is the office's pages of loans that were signed, of the files that banks send, and of subsidy claims.
package lendingweb

import (
	"embed"
	"errors"
	"maps"
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/bankfile"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
)

// Messages are the texts of these pages.
//
//go:embed messages
var Messages embed.FS

// Lookup gives words for accounts: their names.
type Lookup func(r *web.Request, ids []string) (map[string]string, error)

// Services are the use cases behind these pages.
type Services struct {
	Loans  *contract.Service
	Claims *claim.Service
	Files  *bankfile.Service
}

type pages struct {
	Services
	doors *door.Doors
	names Lookup
}

const contracts = "/office/loans/contracts"

// Menu is the lines of the office's menu.
var Menu = []door.Entry{
	{Group: "loan.menu", Label: "lending.list", Icon: "coin", Href: contracts, Verb: contract.Read},
	{Group: "loan.menu", Label: "bankfile.list", Icon: "file-import", Href: files, Verb: bankfile.Read},
	{Group: "loan.menu", Label: "claim.list", Icon: "file-spreadsheet", Href: claims, Verb: claim.Read},
}

// Routes are the pages.
func Routes(s Services, doors *door.Doors, names Lookup) []web.Route {
	p := &pages{Services: s, doors: doors, names: names}
	office := func(pattern string, v authz.Verb, h web.Handler) web.Route {
		return web.Route{Pattern: pattern, Door: web.Office, Verb: v, Handle: h}
	}
	return []web.Route{
		{
			Pattern: "GET " + contracts, Door: web.Office, Verb: contract.Read, Limit: web.Searching, Handle: p.list,
			Filters: []string{"state", "bank", "org", "class", "method", "year", "overdue"},
		},
		{Pattern: "GET " + contracts + "/export", Door: web.Office, Verb: contract.Export, Limit: web.Exporting, Handle: p.export},
		office("GET "+contracts+"/new", contract.Sign, p.askNew),
		office("POST "+contracts+"/new", contract.Sign, p.takeNew),
		office("GET "+contracts+"/terms", contract.Read, p.terms),
		office("POST "+contracts+"/terms", contract.SetTerms, p.setTerms),
		office("GET "+contracts+"/{id}", contract.Read, p.one),
		office("GET "+contracts+"/{id}/{step}", contract.Read, p.ask),
		office("POST "+contracts+"/{id}/{step}", contract.Read, p.take),
		office("GET "+files, bankfile.Read, p.files),
		{Pattern: "POST " + files, Door: web.Office, Verb: bankfile.Check, Body: 64 << 20, Handle: p.bring},
		office("GET "+files+"/titles/{bank}", bankfile.Title, p.titles),
		office("POST "+files+"/titles/{bank}", bankfile.Title, p.setTitles),
		office("GET "+files+"/{id}", bankfile.Read, p.file),
		{Pattern: "POST " + files + "/{id}/{step}", Door: web.Office, Verb: bankfile.Read, Time: 10 * time.Minute, Handle: p.useFile},
		{Pattern: "GET " + claims, Door: web.Office, Verb: claim.Read, Handle: p.batches, Filters: []string{"state"}},
		office("GET "+claims+"/new", claim.Make, p.askClaim),
		{Pattern: "POST " + claims + "/new", Door: web.Office, Verb: claim.Make, Time: 10 * time.Minute, Handle: p.takeClaim},
		office("GET "+claims+"/{id}", claim.Read, p.batch),
		{Pattern: "GET " + claims + "/{id}/pack.xlsx", Door: web.Office, Verb: claim.Take, Limit: web.Exporting, Handle: p.pack},
		{Pattern: "POST " + claims + "/{id}/correct", Door: web.Office, Verb: claim.Make, Time: 10 * time.Minute, Handle: p.correct},
		office("GET "+claims+"/{id}/{step}", claim.Read, p.askStep),
		office("POST "+claims+"/{id}/{step}", claim.Read, p.takeStep),
	}
}

func contractURL(which contract.ID, step string) string {
	u := contracts + "/" + which.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func contractID(r *web.Request) (contract.ID, error) {
	return id.Parse[contract.Contract](r.PathValue("id"))
}

func micro(at int64) time.Time { return time.UnixMicro(at) }

func dayOf(r *web.Request, at int64) day.Day { return day.Of(micro(at), r.L.Zone()) }

// date writes a day, a dash for none.
func date(r *web.Request, d day.Day) string {
	if d.IsZero() {
		return "—"
	}
	return r.L.Date(d)
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// choices are the words of a list as options, the one that was chosen marked. With empty, nothing is chosen yet.
func choices[T ~string](r *web.Request, prefix string, all []T, chosen, empty string) []ui.Option {
	var out []ui.Option
	if empty != "" {
		out = append(out, ui.Option{Label: empty})
	}
	for _, v := range all {
		out = append(out, ui.Option{Value: string(v), Label: r.L.T(prefix + string(v)), Selected: string(v) == chosen})
	}
	return out
}

// words are the values of a list as plain text, for reading a form.
func words[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = string(v)
	}
	return out
}

// faults are all that is wrong with a form, each with the name of its question.
func faults(r *web.Request, f *web.Form) []ui.Fault { return ui.Faults(r, f, "lending.field.") }

// problem writes all that an error has to say.
func problem(r *web.Request, err error) string {
	text := ""
	for _, p := range errs.ProblemsOf(err) {
		text += ruled(r, p)
	}
	if e, ours := errors.AsType[*errs.Error](err); text == "" && ours && e.Kind != errs.Internal {
		text = ruled(r, errs.Problem{Key: e.Key, Args: e.Args})
	}
	if text == "" {
		text = r.L.Error(err)
	}
	return text
}

// ruled writes a problem; a number of the rules is called by its name.
func ruled(r *web.Request, p errs.Problem) string {
	field, _ := p.Args["field"].(string)
	if key := "rulebook.number." + field; field != "" && r.L.Has(key) {
		p.Args = maps.Clone(p.Args)
		p.Args["field"] = r.L.T(key)
	}
	return r.L.Problem(p)
}
