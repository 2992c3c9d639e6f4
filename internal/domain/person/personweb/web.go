// Package personweb is the pages of persons: to find one, to look after what is kept of her, and for everybody what is kept of oneself.
package personweb

import (
	"embed"
	"time"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages and of the errors of persons.
//
//go:embed messages
var Messages embed.FS

// Names gives names by the ids of accounts.
type Names func(r *web.Request, ids []string) (map[string]string, error)

// Corrections is what people say is wrong in what is kept of them.
type Corrections struct {
	// Ask takes it to the desk that keeps it, if the viewer may ask about that person.
	Ask func(r *web.Request, of person.ID, text string) error
	// Asked tells what became of what was asked before, the latest first.
	Asked func(r *web.Request, of person.ID) ([]Asked, error)
}

// Asked is a correction that was asked for.
type Asked struct {
	Serial, State, Answer string
	At                    time.Time
	Due                   day.Day // zero once it is answered
}

type pages struct {
	s           *person.Service
	doors       *door.Doors
	names       Names
	desks       Names
	corrections Corrections
}

const listURL = "/office/persons"

// Routes are the pages of persons. names gives the names of accounts, desks those of the organisations they work for, which
// residents are told instead.
func Routes(s *person.Service, doors *door.Doors, names, desks Names, corrections Corrections) []web.Route {
	p := &pages{s: s, doors: doors, names: names, desks: desks, corrections: corrections}
	return []web.Route{
		{Pattern: "GET /office/persons", Door: web.Office, Verb: person.Read, Limit: web.Searching, Handle: p.list, Filters: []string{"tie", "sex", "age", "org"}},
		{Pattern: "POST /office/persons/find", Door: web.Office, Verb: person.Read, Limit: web.Searching, Handle: p.find},
		{Pattern: "GET /office/persons/export", Door: web.Office, Verb: person.Export, Limit: web.Exporting, Handle: p.export},
		{Pattern: "GET /office/persons/doubles", Door: web.Office, Verb: person.Merge, Limit: web.Searching, Handle: p.doubles},
		{Pattern: "GET /office/persons/new", Door: web.Office, Verb: person.Create, Handle: p.askNew},
		{Pattern: "POST /office/persons/new", Door: web.Office, Verb: person.Create, Handle: p.takeNew},
		{Pattern: "GET /office/persons/{id}", Door: web.Office, Verb: person.Read, Handle: p.one},
		{Pattern: "GET /office/persons/{id}/{step}", Door: web.Office, Verb: person.Read, Handle: p.ask},
		{Pattern: "POST /office/persons/{id}/{step}", Door: web.Office, Verb: person.Read, Handle: p.take},
		{Pattern: "GET /my/data", Door: web.Public, Handle: p.mine},
		{Pattern: "GET /my/data/copy", Door: web.Public, Limit: web.Exporting, Handle: p.copy},
		{Pattern: "POST /my/data/withdraw", Door: web.Public, Handle: p.withdraw},
		{Pattern: "POST /my/data/correct", Door: web.Public, Handle: p.correctMine},
	}
}

func oneURL(of person.ID, step string) string {
	u := listURL + "/" + of.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

func (p *pages) office(r *web.Request, title, purpose string, crumbs ...ui.Crumb) ui.Page {
	page := p.doors.Office(r, title, purpose)
	if len(crumbs) > 0 {
		page.Crumbs = append([]ui.Crumb{{Label: r.L.T("person.list"), Href: listURL}}, crumbs...)
	}
	return page
}

// given is the person that the address names.
func given(r *web.Request) (person.ID, error) { return id.Parse[person.Person](r.PathValue("id")) }

// input gives a question what was typed and what is wrong with it.
func input(r *web.Request, f *web.Form, in ui.Input) ui.Input {
	if f.Has(in.Name) || f.Raw(in.Name) != "" {
		in.Value = f.Raw(in.Name)
	}
	for i := range in.Options {
		in.Options[i].Selected = in.Options[i].Value == in.Value
	}
	if at := f.At(in.Name); len(at) > 0 {
		in.Error = r.L.Problem(at[0])
	}
	return in
}

func faults(r *web.Request, f *web.Form) []ui.Fault {
	var all []ui.Fault
	for _, p := range f.Problems() {
		text := r.L.Problem(p)
		if p.Field != "" {
			text = r.L.T("person.named_fault", "field", r.L.T("person.field."+p.Field), "text", text)
		}
		all = append(all, ui.Fault{Field: p.Field, Text: text})
	}
	return all
}
