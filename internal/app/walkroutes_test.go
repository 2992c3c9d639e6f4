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

	// matters
	"GET /office/queue":               {who: staff, ask: []string{"?at=all", "?at=all&q=燕", "?state=answered", "?kind=blind_spot&at=all&light=soon"}},
	"GET /office/queue/export":        {who: "matter.read", ask: []string{"?at=all"}},
	"POST /office/queue/pass":         {who: "matter.pass", form: one("id", "matter"), leads: true},
	"GET /office/matters/{id}":        {who: "matter.read", of: "matter"},
	"POST /office/matters/{id}/note":  {who: "matter.note", of: "matter", form: words("text", "走查备注")},
	"GET /office/matters/{id}/{step}": {who: "matter.read", of: "matter =pass", narrow: true, also: []visit{{of: "matter =answer", narrow: true}, {of: "matter =nothing", narrow: true}}},
	"POST /office/matters/{id}/{step}": {who: "matter.read", of: "matter =close", form: words("reason", "走查理由"), also: []visit{
		{of: "matter =answer", form: words("answer", "走查答复")},
		{of: "matter =pause", form: words("reason", "走查理由")},
		{of: "matter =extend", form: words("reason", "走查理由", "due", "2027-03-01")},
		{of: "matter =pass", form: with(one("desk", "county"), "reason", "走查理由")},
	}},
	"GET /office/calendar":  {who: staff},
	"POST /office/calendar": {who: "calendar.set", loose: true, form: words("year", "2027")},

	// ways in, and one's own account
	"GET /sign-in":                      {who: entry},
	"POST /sign-in":                     {who: entry},
	"GET /sign-in/totp":                 {who: entry},
	"POST /sign-in/totp":                {who: entry},
	"GET /sign-in/new-password":         {who: entry},
	"POST /sign-in/new-password":        {who: entry},
	"GET /sign-in/phone":                {who: entry},
	"POST /sign-in/phone":               {who: entry},
	"POST /sign-in/code":                {who: entry},
	"POST /sign-out":                    {who: entry},
	"GET /invitation/{token}":           {who: entry, of: "=unknown-invitation"},
	"POST /invitation/{token}":          {who: entry, of: "=unknown-invitation"},
	"GET /me/security":                  {who: signed},
	"POST /me/security/password":        {who: signed, own: true},
	"GET /me/security/totp":             {who: signed},
	"POST /me/security/totp":            {who: signed, own: true},
	"POST /me/security/sessions":        {who: signed, own: true},
	"POST /me/security/tokens":          {who: staff, own: true},
	"POST /me/security/tokens/{id}/end": {who: staff, of: "token", leads: true},

	// accounts of others
	"GET /office/accounts":                             {who: "account.read", ask: []string{"?q=雁", "?q=colleague", "?role=reader"}},
	"GET /office/accounts/new":                         {who: "account.invite", ask: []string{"?find=村", "?find=" + villageB}},
	"POST /office/accounts":                            {who: "account.invite", form: with(one("desk", "org"), "login", "newcomer", "name", "新来的")},
	"GET /office/accounts/{id}":                        {who: "account.read", of: "account", ask: []string{"?find=村"}},
	"POST /office/accounts/{id}/grants":                {who: "account.grant", of: "account", form: with(one("org", "org"), "role", "reader", "from", "2026-01-01")},
	"POST /office/accounts/{id}/grants/{grant}/revoke": {who: "account.revoke", of: "account grant"},
	"GET /office/accounts/{id}/reset":                  {who: "account.reset", of: "account"},
	"POST /office/accounts/{id}/reset":                 {who: "account.reset", of: "account"},
	"POST /office/accounts/{id}/must-change":           {who: "account.reset", of: "account"},
	"GET /office/accounts/{id}/suspend":                {who: "account.suspend", of: "account"},
	"POST /office/accounts/{id}/suspend":               {who: "account.suspend", of: "account", form: words("reason", "走查理由")},
	"POST /office/accounts/{id}/resume":                {who: "account.suspend", of: "account"},

	// for programs
	"GET /api/v1/openapi.json":     {who: public},
	"GET /api/v1/orgs":             {who: "org.read", ask: []string{"?kind=village"}},
	"GET /api/v1/orgs/{id}":        {who: "org.read", of: "org"},
	"GET /api/v1/imports":          {who: "source.read"},
	"GET /api/v1/imports/{number}": {who: "source.read", of: "delivery", narrow: true},
}

// mustMeet is what some walkers do see, so that empty pages would be noticed.
var mustMeet = map[string][]string{
	"clerk at 咸宁市":         {"matter", "org", "orgName"},
	"clerk at 咸安区":         {"matter", "org"},
	"secretary at 咸安区甲镇一村": {"matter"},
}

// words is a form of fixed words: name, text, name, text, …
func words(pairs ...string) func(func(string) string) url.Values {
	return func(func(string) string) url.Values {
		v := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
}

// one is a form with one field that names a subject.
func one(field, subject string) func(func(string) string) url.Values {
	return func(of func(string) string) url.Values { return url.Values{field: {of(subject)}} }
}

// with adds fixed words to a form.
func with(form func(func(string) string) url.Values, pairs ...string) func(func(string) string) url.Values {
	return func(of func(string) string) url.Values {
		v := form(of)
		for name, text := range words(pairs...)(of) {
			v[name] = text
		}
		return v
	}
}
