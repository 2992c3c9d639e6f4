// Package caseworkweb is the pages of matters: the queue of what waits, one matter with its steps, and the holiday table.
package caseworkweb

import (
	"embed"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages and of the errors of matters.
//
//go:embed messages
var Messages embed.FS

// Names gives the names of accounts by their ids; one that it does not know is shown by the end of its id.
type Names func(r *web.Request, ids []string) (map[string]string, error)

// Beside gives what others know of a matter, for its page: facts, and what can be done.
type Beside func(r *web.Request, m casework.Matter) ([]ui.Fact, []ui.Action, error)

// pages holds what the handlers need.
type pages struct {
	s     *casework.Service
	doors *door.Doors
	names Names
	also  []Beside
}

// Routes are the pages of matters. names may be nil.
func Routes(s *casework.Service, doors *door.Doors, names Names, also ...Beside) []web.Route {
	p := &pages{s: s, doors: doors, names: names, also: also}
	return []web.Route{
		{Pattern: "GET /office/queue", Door: web.Office, Handle: p.queue, Filters: []string{"at", "state", "kind", "light"}},
		{Pattern: "GET /office/queue/export", Door: web.Office, Verb: casework.Read, Limit: web.Exporting, Handle: p.export},
		{Pattern: "POST /office/queue/pass", Door: web.Office, Verb: casework.PassOn, Handle: p.passMany},
		{Pattern: "GET /office/matters/{id}", Door: web.Office, Verb: casework.Read, Handle: p.matter},
		{Pattern: "POST /office/matters/{id}/note", Door: web.Office, Verb: casework.Remark, Handle: p.note},
		{Pattern: "GET /office/matters/{id}/{step}", Door: web.Office, Verb: casework.Read, Handle: p.askStep},
		{Pattern: "POST /office/matters/{id}/{step}", Door: web.Office, Verb: casework.Read, Handle: p.takeStep},
		{Pattern: "GET /office/calendar", Door: web.Office, Handle: p.calendar},
		{Pattern: "POST /office/calendar", Door: web.Office, Verb: casework.SetYear, Handle: p.setYear},
	}
}

func matterID(r *web.Request) (casework.ID, error) {
	return id.Parse[casework.Matter](r.PathValue("id"))
}

// steps are the moves as addresses name them.
var steps = map[string]authz.Verb{
	"answer": casework.Answer, "pass": casework.PassOn, "pause": casework.Pause, "resume": casework.Resume,
	"extend": casework.Extend, "close": casework.Close, "reopen": casework.Reopen,
}

func stepName(v authz.Verb) string {
	for name, verb := range steps {
		if verb == v {
			return name
		}
	}
	return ""
}

func matterURL(m casework.ID, step string) string {
	u := "/office/matters/" + m.String()
	if step != "" {
		u += "/" + step
	}
	return u
}

// who gives names for accounts.
func (p *pages) who(r *web.Request, ids ...string) (func(string) string, error) {
	var known map[string]string
	if p.names != nil {
		var err error
		if known, err = p.names(r, ids); err != nil {
			return nil, err
		}
	}
	return func(id string) string {
		switch {
		case known[id] != "":
			return known[id]
		case id == "system":
			return r.L.T("casework.by_system")
		case len(id) > 6:
			return r.L.T("casework.by_account", "id", id[len(id)-6:])
		}
		return id
	}, nil
}
