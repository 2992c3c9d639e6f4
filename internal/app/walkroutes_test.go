package app

import "net/url"

// Who may ask for a route: one of these, or the key of a verb.
const (
	public = "public" // anybody
	entry  = "entry"  // on the way in
	signed = "signed" // anybody signed in, for what is their own
	staff  = "staff"  // any member of staff, for what is their own or shown to all of them
)

// visit says what is expected of a route.
type visit struct {
	who    string                                  // see above
	of     string                                  // the subjects in its braces; =word stands for itself
	ask    []string                                // filters that are tried besides
	form   func(of func(string) string) url.Values // a form that would be taken from those who may send it
	file   string                                  // a file that goes with the form
	names  bool                                    // names of organisations elsewhere are open here
	narrow bool                                    // may refuse even within scope, for instance what is not of this kind
	loose  bool                                    // the form may be refused for its content first
	leads  bool                                    // only leads to another page
	own    bool                                    // concerns only what is the viewer's own
	also   []visit                                 // further words and forms for the same route
}

// all gives the visit and those that differ from it in path or form.
func (v visit) all() []visit {
	all := []visit{v}
	for _, other := range v.also {
		other.who = v.who
		all = append(all, other)
	}
	return all
}

// expected lists every route of the program.
var expected = map[string]visit{
	"GET /{$}":       {who: public},
	"GET /privacy":   {who: public},
	"GET /office":    {who: staff},
	"GET /me":        {who: public},
	"GET /office/me": {who: staff},
}

// mustMeet is what some walkers do see, so that empty pages would be noticed.
var mustMeet = map[string][]string{}
