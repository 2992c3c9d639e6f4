package app

import (
	"maps"
	"net/url"

	"zhidian/internal/testworld"
)

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
	needs  string                                  // the verb that this form needs, where the route itself asks for less
	cross  bool                                    // the form's subjects lie elsewhere than the path's, which is in the village
	file   string                                  // a file that goes with the form
	json   string                                  // sent in place of a form; names of subjects stand in braces
	open   bool                                    // shows the tree or released figures of the whole city, which are open to all who may ask
	narrow bool                                    // may refuse even within scope, for instance what is not of this kind
	loose  bool                                    // the form may be refused for its content first
	leads  bool                                    // leads to another page, or answers without doing anything
	own    bool                                    // concerns only what is the viewer's own
	ids    bool                                    // ids without names stand here: they say nothing
	top    bool                                    // belongs to the whole city: only who holds the verb at its top is let in
	also   []visit                                 // further words and forms for the same route
}

// all gives the visit and those that differ from it in path or form.
func (v visit) all() []visit {
	all := []visit{v}
	for _, other := range v.also {
		other.who = v.who
		if other.needs == "" {
			other.needs = v.needs
		}
		all = append(all, other)
	}
	return all
}

// expected lists every route of the program.
var expected = union(ofOffice, ofLending, ofFigures, ofFollowing, ofOutreach, ofVentures, ofCare, ofVolunteers, ofNight, ofApplications)

// union is several lists of routes as one.
func union(all ...map[string]visit) map[string]visit {
	one := map[string]visit{}
	for _, m := range all {
		maps.Copy(one, m)
	}
	return one
}

// ofOffice are the routes that no other file lists.
var ofOffice = map[string]visit{
	"GET /{$}":       {who: public},
	"GET /privacy":   {who: public},
	"GET /office":    {who: staff},
	"GET /me":        {who: public},
	"GET /office/me": {who: staff},

	"POST /office/search": {who: staff, leads: true, own: true, form: words("q", "雀")},

	// matters
	"GET /office/queue":               {who: staff, ask: []string{"?at=all", "?at=all&q=" + url.QueryEscape("燕"), "?state=answered", "?kind=blind_spot&at=all&light=soon"}},
	"GET /office/queue/export":        {who: "matter.read", ask: []string{"?at=all"}},
	"POST /office/queue/pass":         {who: "matter.pass", form: one("id", "matter"), leads: true},
	"GET /office/matters/{id}":        {who: "matter.read", of: "matter"},
	"POST /office/matters/{id}/note":  {who: "matter.note", of: "matter", form: words("text", "走查备注")},
	"GET /office/matters/{id}/{step}": {who: "matter.read", of: "matter =pass", narrow: true, also: []visit{{of: "matter =answer", narrow: true}, {of: "matter =nothing", narrow: true}}},
	"POST /office/matters/{id}/{step}": {who: "matter.read", of: "matter =close", needs: "matter.close", form: words("reason", "走查理由"), also: []visit{
		{of: "matter =answer", needs: "matter.answer", form: words("answer", "走查答复")},
		{of: "matter =pause", needs: "matter.pause", form: words("reason", "走查理由")},
		{of: "matter =extend", needs: "matter.extend", form: words("reason", "走查理由", "due", "2027-03-01")},
		{of: "matter =pass", needs: "matter.pass", form: with(one("desk", "county"), "reason", "走查理由")},
	}},
	"GET /office/calendar":  {who: staff},
	"POST /office/calendar": {who: "calendar.set", loose: true, form: words("year", "2027")},

	// rules: open to whoever may read rules, changed for the whole city only
	"GET /office/rules":                {who: "rules.read", open: true},
	"POST /office/rules/take-in":       {who: "rules.take_in", top: true},
	"POST /office/rules/rates":         {who: "rules.rate", top: true, loose: true, form: words("series", "LPR1Y", "from", "2026-12-20")},
	"POST /office/rules/rates/confirm": {who: "rules.confirm", top: true, loose: true, form: words("which", "LPR1Y 2025-05-20")},
	"POST /office/rules/eyes":          {who: "rules.four_eyes", top: true, loose: true, form: words("eyes", "yes")},
	"GET /office/rules/new":            {who: "rules.edit", top: true},
	"POST /office/rules/new":           {who: "rules.edit", top: true, loose: true, form: words("product", "startup_loan", "key", "N-2030", "from", "2030-01-01")},
	"GET /office/rules/{id}":           {who: "rules.read", of: "rules", narrow: true},
	"GET /office/rules/{id}/edit":      {who: "rules.edit", of: "rules", top: true, narrow: true},
	"POST /office/rules/{id}/edit":     {who: "rules.edit", of: "rules", top: true, loose: true, form: words("title", "走查办法", "from", "2025-09-05", "_v", "1")},
	"POST /office/rules/{id}/confirm":  {who: "rules.confirm", of: "rules", top: true, loose: true, form: words("which", "person_limit", "seen_in", "走查来源", "_v", "1")},
	"POST /office/rules/{id}/publish":  {who: "rules.publish", of: "rules", top: true, loose: true, form: words("_v", "1")},
	"POST /office/rules/{id}/end":      {who: "rules.end", of: "rules", top: true, loose: true, form: words("until", "2029-12-31", "_v", "1")},

	"GET /loans":  {who: public},
	"POST /loans": {who: public, leads: true, own: true, form: words("kind", "individual", "age", "30", "amount", "20万")},

	// what banks offer; whether a bank comes in is a matter of the whole city
	"GET /office/loans/products":               {who: "loanproduct.read"},
	"GET /office/loans/products/new":           {who: "loanproduct.edit"},
	"POST /office/loans/products/new":          {who: "loanproduct.edit", form: with(one("bank", "bank"), productWords...)},
	"GET /office/loans/products/{id}":          {who: "loanproduct.read", of: "product"},
	"GET /office/loans/products/{id}/edit":     {who: "loanproduct.edit", of: "product"},
	"POST /office/loans/products/{id}/edit":    {who: "loanproduct.edit", of: "product", loose: true, form: words(productWords...)},
	"POST /office/loans/products/{id}/drop":    {who: "loanproduct.edit", of: "product", loose: true, form: words("_v", "1")},
	"POST /office/loans/products/{id}/publish": {who: "loanproduct.publish", of: "product", loose: true, form: words("_v", "1")},
	"POST /office/loans/products/{id}/confirm": {who: "loanproduct.confirm", of: "product", loose: true, form: words("seen_in", "走查", "_v", "1")},
	"POST /office/loans/products/{id}/end":     {who: "loanproduct.end", of: "product", loose: true, form: words("until", "2029-12-31", "_v", "1")},
	"GET /office/loans/banks":                  {who: "loanproduct.read", open: true},
	"POST /office/loans/banks/criteria":        {who: "loanbank.criteria", top: true, loose: true, form: words("kind", "entry", "from", "2099-01-01", "items", "有专人")},
	"GET /office/loans/banks/{id}":             {who: "loanproduct.read", of: "bank"},
	"POST /office/loans/banks/{id}/review":     {who: "loanbank.review", of: "bank", top: true, loose: true, form: words("kind", "entry", "on", "2026-01-01", "reviewer", "走查", "verdict", "no", "note", "走查")},

	// ways in, and one's own account
	"GET /sign-in":                     {who: entry},
	"POST /sign-in":                    {who: entry},
	"GET /sign-in/totp":                {who: entry},
	"POST /sign-in/totp":               {who: entry},
	"GET /sign-in/new-password":        {who: entry},
	"POST /sign-in/new-password":       {who: entry},
	"GET /sign-in/phone":               {who: entry},
	"POST /sign-in/phone":              {who: entry},
	"POST /sign-in/code":               {who: entry},
	"POST /sign-out":                   {who: entry},
	"GET /invitation/{token}":          {who: entry, of: "=unknown-invitation"},
	"POST /invitation/{token}":         {who: entry, of: "=unknown-invitation"},
	"GET /my/lessons":                  {who: signed, ask: []string{"?kind=mind", "?age=7"}},
	"POST /my/lessons":                 {who: signed, own: true, loose: true, narrow: true, form: words("title", "走查")},
	"GET /my/lessons/{id}":             {who: signed, of: "=01J00000000000000000000PLN", narrow: true},
	"POST /my/lessons/{id}/{step}":     {who: signed, of: "=01J00000000000000000000PLN =rate", own: true, loose: true, narrow: true, form: words("stars", "5")},
	"GET /office/lessons":              {who: "lesson.review"},
	"GET /office/lessons/{id}":         {who: "lesson.review", of: "=01J00000000000000000000PLN", narrow: true},
	"POST /office/lessons/{id}/decide": {who: "lesson.review", of: "=01J00000000000000000000PLN", loose: true, narrow: true, form: words("to", "approved")},

	"GET /my/notices":                 {who: signed},
	"POST /my/notices/read":           {who: signed, own: true},
	"GET /my/notices/{id}":            {who: signed, of: "=01J00000000000000000000NTC", narrow: true},
	"GET /my/notices/ways":            {who: signed},
	"POST /my/notices/ways":           {who: signed, own: true, form: words("email", "walk@x.example", "on", "care")},
	"GET /my/notices/confirm/{mark}":  {who: signed, of: "=none"},
	"POST /my/notices/confirm/{mark}": {who: signed, of: "=none", own: true, loose: true, narrow: true},
	"GET /notices/off/{link}":         {who: public, of: "=none", narrow: true},
	"POST /notices/off/{link}":        {who: public, of: "=none", narrow: true, own: true, loose: true},
	"GET /office/sendings":            {who: "notice.report"},

	"GET /my/calendar":           {who: signed},
	"POST /my/calendar":          {who: signed, own: true, leads: true},
	"POST /my/calendar/{id}/end": {who: signed, of: "=01J00000000000000000000FEE", own: true, loose: true},
	"GET /calendar/{secret}":     {who: public, of: "=none.ics", narrow: true},

	"GET /me/security":                  {who: signed},
	"POST /me/security/password":        {who: signed, own: true},
	"GET /me/security/totp":             {who: signed},
	"POST /me/security/totp":            {who: signed, own: true},
	"POST /me/security/sessions":        {who: signed, own: true},
	"POST /me/security/tokens":          {who: staff, own: true},
	"POST /me/security/tokens/{id}/end": {who: staff, of: "token", leads: true},

	"POST /office/views":             {who: staff, own: true, loose: true, form: words("address", "/office/queue?at=all", "name", "走查筛选")},
	"POST /office/views/{id}/delete": {who: staff, of: "view", leads: true},

	// accounts of others
	"GET /office/accounts":                             {who: "account.read", ask: []string{"?q=" + url.QueryEscape("雁"), "?q=colleague", "?role=reader"}},
	"GET /office/accounts/new":                         {who: "account.invite", ask: []string{"?find=" + url.QueryEscape("村"), "?find=" + url.QueryEscape(villageB)}},
	"POST /office/accounts":                            {who: "account.invite", form: with(one("desk", "org"), "login", "newcomer", "name", "新来的")},
	"GET /office/accounts/{id}":                        {who: "account.read", of: "account", ask: []string{"?find=" + url.QueryEscape("村")}},
	"POST /office/accounts/{id}/grants":                {who: "account.grant", of: "account", form: with(one("org", "org"), "role", "reader", "from", "2026-01-01")},
	"POST /office/accounts/{id}/grants/{grant}/revoke": {who: "account.revoke", of: "account grant"},
	"POST /office/accounts/{id}/sessions":              {who: "account.sign_out_other", of: "account", form: one("session", "session")},
	"GET /office/accounts/{id}/reset":                  {who: "account.reset", of: "account"},
	"POST /office/accounts/{id}/reset":                 {who: "account.reset", of: "account"},
	"POST /office/accounts/{id}/must-change":           {who: "account.reset", of: "account"},
	"GET /office/accounts/{id}/suspend":                {who: "account.suspend", of: "account"},
	"POST /office/accounts/{id}/suspend":               {who: "account.suspend", of: "account", form: words("reason", "走查理由")},
	"POST /office/accounts/{id}/resume":                {who: "account.suspend", of: "account"},

	// organisations
	"GET /office/orgs":        {who: "org.read", ask: []string{"?open={org}", "?open={county}", "?q=" + url.QueryEscape("村"), "?q=jyx", "?q=" + url.QueryEscape("一村团支部")}},
	"GET /office/orgs/export": {who: "org.read", ask: []string{"?open={org}"}},
	"GET /office/orgs/{id}":   {who: "org.read", of: "org"},
	"GET /office/orgs/{id}/{step}": {who: "org.read", of: "org =rename", narrow: true, also: []visit{
		{of: "org =new", narrow: true},
		{of: "org =move", narrow: true, ask: []string{"?find=" + url.QueryEscape("甲镇")}},
		{of: "org =merge", narrow: true, ask: []string{"?find=" + url.QueryEscape("村")}},
		{of: "org =close", narrow: true},
		{of: "org =nothing", narrow: true},
	}},
	"POST /office/orgs/{id}/{step}": {who: "org.read", of: "org =rename", needs: "org.edit", form: words("name", "走查改名", "reason", "走查理由"), also: []visit{
		{of: "org =new", needs: "org.create", form: words("kind", "league_branch", "name", "走查新建")},
		{of: "org =close", needs: "org.close", form: words("on", "2026-09-01", "reason", "走查理由", "sure", "1")},
		{of: "org =move", needs: "org.move", form: with(one("parent", "town"), "reason", "走查理由", "sure", "1")},
		{of: "org =move", needs: "org.move", cross: true, form: with(one("parent", "town"), "reason", "走查理由", "sure", "1")},
		{of: "org =merge", needs: "org.merge", form: with(one("into", "village2"), "on", "2026-09-01", "reason", "走查理由", "sure", "1")},
		{of: "org =merge", needs: "org.merge", cross: true, form: with(one("into", "village2"), "on", "2026-09-01", "reason", "走查理由", "sure", "1")},
	}},

	// persons
	"GET /office/persons": {who: "person.read", ask: []string{
		"?q=" + url.QueryEscape("雀"), "?q=" + url.QueryEscape("雀本"), "?q=qb", "?q=" + url.QueryEscape("雀本嘉"), "?q=1000", "?q=11000", "?org={org}", "?org={county}",
		"?tie=member&sex=1", "?q=" + testworld.CanaryID(testworld.City, 1, 0), "?q=13807711000", "?q=13817711000",
	}},
	"POST /office/persons/find":   {who: "person.read", leads: true, form: words("q", testworld.CanaryID(testworld.City, 1, 0))},
	"GET /office/persons/export":  {who: "person.export", ask: []string{"?q=" + url.QueryEscape("雀"), "?org={county}"}},
	"GET /office/persons/doubles": {who: "person.merge"},
	"GET /office/persons/new":     {who: "person.create", ask: []string{"?org={org}", "?org={county}"}},
	"POST /office/persons/new":    {who: "person.create", form: with(one("org", "org"), "name", "走查人", "sex", "1", "born", "2005-05-05")},
	"GET /office/persons/{id}":    {who: "person.read", of: "person"},
	"GET /office/persons/{id}/{step}": {who: "person.read", of: "person =edit", narrow: true, also: []visit{
		{of: "person =paper", narrow: true},
		{of: "person =guard", narrow: true},
		{of: "person =merge", narrow: true, ask: []string{"?with={person2}"}},
		{of: "person =relieve", narrow: true},
		{of: "person =part", narrow: true},
		{of: "person =show", narrow: true, ask: []string{"?what=phone"}},
		{of: "person =nothing", narrow: true},
	}},
	"POST /office/persons/{id}/{step}": {who: "person.read", of: "person =edit", needs: "person.edit", form: words("name", "走查改", "sex", "1", "_v", "1"), also: []visit{
		{of: "person =paper", needs: "person.edit", form: words("kind", "student_id", "number", "G421202200503050011")},
		{of: "person =show", needs: "person.reveal", form: words("what", "resident_id", "reason", "走查理由")},
		{of: "person =guard", needs: "person.guard", form: with(one("adult", "person2"), "relation", "mother", "from", "2020-01-01")},
		{of: "person =guard", needs: "person.guard", cross: true, form: with(one("adult", "person2"), "relation", "mother", "from", "2020-01-01")},
		{of: "person =relieve", needs: "person.guard", form: with(one("which", "guardianship"), "until", "2026-01-01", "reason", "走查理由")},
		{of: "person =relieve", needs: "person.guard", cross: true, form: with(one("which", "guardianship"), "until", "2026-01-01", "reason", "走查理由")},
		{of: "person =merge", needs: "person.merge", form: with(both("with", "into", "person2"), "reason", "走查理由")},
		{of: "person =merge", needs: "person.merge", cross: true, form: with(both("with", "into", "person2"), "reason", "走查理由")},
	}},
	// places
	"GET /office/places":               {who: "place.read", ask: []string{"?org={org}", "?org={county}", "?q=" + url.QueryEscape("鹭"), "?state=closed"}},
	"GET /office/places/map.json":      {who: "place.read", ask: []string{"?org={org}", "?org={county}"}},
	"GET /office/places/export":        {who: "place.export", ask: []string{"?org={org}", "?org={county}"}},
	"GET /office/places/new":           {who: "place.create", ask: []string{"?find=" + url.QueryEscape("村"), "?find=" + url.QueryEscape(villageB)}},
	"POST /office/places/new":          {who: "place.create", form: with(one("org", "org"), placeWords...)},
	"GET /office/places/{id}":          {who: "place.read", of: "place"},
	"GET /office/places/{id}/map.json": {who: "place.read", of: "place"},
	"GET /office/places/{id}/{step}": {who: "place.read", of: "place =edit", narrow: true, ask: []string{"?find=" + url.QueryEscape("村")}, also: []visit{
		{of: "place =close", narrow: true}, {of: "place =nothing", narrow: true},
	}},
	"POST /office/places/{id}/{step}": {who: "place.read", of: "place =close", needs: "place.close", form: words("on", "2026-09-01", "reason", "走查理由"), also: []visit{
		{of: "place =edit", needs: "place.edit", form: with(one("org", "org"), placeWords...)},
		{of: "place =edit", needs: "place.edit", cross: true, form: with(one("org", "org"), placeWords...)},
	}},

	// forms
	"GET /office/forms":                           {who: "form.read", ask: []string{"?org={org}", "?org={county}", "?q=" + url.QueryEscape("鸥"), "?state=draft"}},
	"GET /office/forms/example.xlsx":              {who: "form.design"},
	"GET /office/forms/new":                       {who: "form.design", ask: []string{"?find=" + url.QueryEscape("村"), "?find=" + url.QueryEscape(villageB)}},
	"POST /office/forms/new":                      {who: "form.design", form: one("org", "org"), file: walkForm},
	"GET /office/forms/{id}":                      {who: "form.read", of: "form"},
	"GET /office/forms/{id}/upload":               {who: "form.design", of: "form"},
	"POST /office/forms/{id}/upload":              {who: "form.design", of: "form", file: walkForm},
	"GET /office/forms/{id}/files":                {who: "form.design", of: "form"},
	"POST /office/forms/{id}/files":               {who: "form.design", of: "form", file: walkForm},
	"GET /office/forms/{id}/files/{seq}/{name}":   {who: "form.read", of: "form =1 =map.png", narrow: true},
	"GET /office/forms/{id}/versions/{seq}":       {who: "form.read", of: "form =1"},
	"GET /office/forms/{id}/links/{slug}":         {who: "form.read", of: "form link", narrow: true},
	"GET /office/forms/{id}/versions/{seq}/paper": {who: "form.read", of: "form =1", ask: []string{"?link=none"}},
	"GET /office/forms/{id}/answers":              {who: "form.answers", of: "form", ask: []string{"?org={org}", "?state=withdrawn"}},
	"GET /office/answers/{id}":                    {who: "form.answers", of: "given"},
	"GET /office/answers/{id}/files/{file}":       {who: "form.answers", of: "given file", narrow: true},
	"GET /office/forms/{id}/export":               {who: "form.download", of: "form"},
	"POST /office/forms/{id}/export":              {who: "form.download", of: "form"},
	"GET /office/exports/{id}":                    {who: "form.download", of: "export", narrow: true},
	"GET /office/forms/{id}/{step}": {who: "form.read", of: "form =publish", narrow: true, also: []visit{
		{of: "form =end", narrow: true},
		{of: "form =reopen", narrow: true},
		{of: "form =link", narrow: true, ask: []string{"?find=" + url.QueryEscape("村")}},
		{of: "form =unlink", narrow: true},
		{of: "form =limit", narrow: true},
		{of: "form =nothing", narrow: true},
	}},
	"POST /office/forms/{id}/{step}": {who: "form.read", of: "form =end", needs: "form.shut", also: []visit{
		{of: "form =publish", needs: "form.publish", form: with(one("made", "drafted"), "seq", "2")},
		{of: "form =reopen", needs: "form.shut", form: words("closes", "2027-01-01")},
		{of: "form =link", needs: "form.share", form: with(one("org", "org"), "name", "走查地址")},
		{of: "form =link", needs: "form.share", cross: true, form: with(one("org", "org"), "name", "走查地址")},
		{of: "form =limit", needs: "form.share", form: with(one("slug", "link"), "per_phone", "2")},
		{of: "form =unlink", needs: "form.share", form: one("slug", "link")},
		{of: "form =unlink", needs: "form.share", cross: true, form: one("slug", "link")},
	}},
	// forms, drawn up question by question
	"POST /office/forms/blank":             {who: "form.design", form: with(one("org", "org"), "title", "走查表单")},
	"GET /office/forms/{id}/draw":          {who: "form.design", of: "form"},
	"POST /office/forms/{id}/draw":         {who: "form.design", of: "form", form: with(one("seen", "edited"), "do", "down:who")},
	"GET /office/forms/{id}/question":      {who: "form.design", of: "form", ask: []string{"?at=who", "?kind=select_one"}},
	"POST /office/forms/{id}/question":     {who: "form.design", of: "form", form: with(one("seen", "edited"), "kind", "note", "label0", "走查题目")},
	"GET /office/forms/{id}/settings":      {who: "form.design", of: "form"},
	"POST /office/forms/{id}/settings":     {who: "form.design", of: "form", form: with(one("seen", "edited"), "title", "走查标题")},
	"GET /office/forms/{id}/try":           {who: "form.design", of: "form"},
	"POST /office/forms/{id}/try":          {who: "form.design", of: "form", leads: true},
	"GET /office/forms/{id}/try/form.json": {who: "form.design", of: "form"},
	// forms, filled in by who has the address
	// the field
	"GET /field":                           {who: public},
	"GET /field/app.webmanifest":           {who: public},
	"GET /field/sw.js":                     {who: public},
	"POST /field/open":                     {who: signed, own: true, json: `{"device":"0123456789ABCDEF","now":1}`},
	"GET /field/files/{file}":              {who: signed, own: true, of: "file"},
	"POST /field/files/{file}":             {who: signed, own: true, of: "file"},
	"POST /field/send":                     {who: signed, own: true, json: `{}`},
	"GET /office/forms/{id}/field":         {who: "field.assign", of: "form", ask: []string{"?org={asking}", "?find=%E6%9D%91"}},
	"POST /office/forms/{id}/field":        {who: "field.assign", of: "form", form: with(one("org", "asking"), "to", "role:secretary")},
	"POST /office/field/tasks/{id}/end":    {who: "field.assign", of: "task"},
	"GET /office/field/import":             {who: "field.bring"},
	"POST /office/field/import":            {who: "field.bring", file: "x", loose: true},
	"GET /office/records":                  {who: "record.read", ask: []string{"?list={records}", "?state=disputed", "?q=%E9%9B%80"}},
	"GET /office/records/{list}/{record}":  {who: "record.read", of: "records record"},
	"POST /office/records/{list}/{record}": {who: "record.decide", of: "records record", form: words("heads", "x")},

	"GET /f/{slug}":                    {who: public, of: "link", open: true},
	"POST /f/{slug}":                   {who: public, of: "link"},
	"GET /f/{slug}/form.json":          {who: public, of: "link", open: true},
	"GET /f/{slug}/files/{seq}/{name}": {who: public, of: "link =1 =map.png", narrow: true},
	"GET /receipt":                     {who: public},

	"GET /office/forms/{id}/enter":                 {who: "form.enter", of: "form"},
	"GET /office/forms/{id}/enter/{org}":           {who: "form.enter", of: "form asking"},
	"POST /office/forms/{id}/enter/{org}":          {who: "form.enter", of: "form asking"},
	"GET /office/forms/{id}/enter/{org}/form.json": {who: "form.enter", of: "form asking"},

	"POST /receipt":           {who: public},
	"GET /my/forms":           {who: signed},
	"GET /my/forms/{serial}":  {who: signed, of: "answer", own: true},
	"POST /my/forms/{serial}": {who: signed, of: "answer", form: words("do", "withdraw-sure")},

	"GET /my/data":           {who: public},
	"GET /my/data/copy":      {who: public},
	"POST /my/data/withdraw": {who: public},
	"POST /my/data/correct":  {who: public},
	"GET /my/link":           {who: public},
	"POST /my/link":          {who: public},
	"POST /my/unlink":        {who: public},

	// notices
	"GET /office/notices":       {who: staff},
	"POST /office/notices/read": {who: staff, own: true},
	"GET /office/notices/{id}":  {who: staff, of: "notice", own: true},

	// jobs
	"GET /office/jobs":               {who: staff},
	"GET /office/jobs/{id}":          {who: staff, of: "job", own: true},
	"GET /office/jobs/{id}/progress": {who: staff, of: "job", own: true},

	// the log of acts
	"GET /office/log":            {who: "log.read", top: true, ids: true, ask: []string{"?subject={org}", "?subject={person}", "?verb=person.create", "?verb=account.create"}},
	"GET /office/log/{id}":       {who: "log.read", top: true, ids: true, of: "act", also: []visit{{of: "creation", top: true, ids: true}}},
	"GET /office/log/{id}/proof": {who: "log.read", top: true, of: "act", narrow: true},
	"GET /log":                   {who: public},

	// what is kept, and holds
	"GET /office/retention":                  {who: "retention.read", top: true, ids: true},
	"GET /office/retention/holds":            {who: "retention.hold", top: true},
	"POST /office/retention/holds":           {who: "retention.hold", top: true, loose: true, form: with(one("subject", "person"), "kind", "person", "reason", "走查来函")},
	"GET /office/retention/holds/{id}/lift":  {who: "retention.lift", top: true, ids: true, of: "hold"},
	"POST /office/retention/holds/{id}/lift": {who: "retention.lift", top: true, of: "hold", form: words("reason", "走查理由")},

	"GET /log/heads.txt": {who: public},

	// imports: a register is the whole city's
	"GET /office/imports":                   {who: "source.read"},
	"GET /office/imports/upload":            {who: "import.check"},
	"POST /office/imports/upload":           {who: "import.check", file: "县市区,乡镇街道,村（社区）,区划代码,14-17岁\n"},
	"GET /office/imports/new":               {who: "import.check", narrow: true},
	"POST /office/imports/new":              {who: "import.check"},
	"GET /office/imports/{seq}":             {who: "source.read", of: "delivery", narrow: true},
	"GET /office/imports/{seq}/columns":     {who: "import.check", of: "delivery", narrow: true},
	"POST /office/imports/{seq}/columns":    {who: "import.check", of: "delivery", loose: true},
	"GET /office/imports/{seq}/marked.xlsx": {who: "import.check", of: "delivery", narrow: true},
	"POST /office/imports/{seq}/confirm":    {who: "import.apply", of: "delivery", loose: true},
	"POST /office/imports/{seq}/go-on":      {who: "import.check", of: "delivery", loose: true},
	"GET /office/imports/{seq}/abandon":     {who: "import.apply", of: "delivery", narrow: true},
	"POST /office/imports/{seq}/abandon":    {who: "import.apply", of: "delivery", loose: true},
	"GET /office/imports/{seq}/undo":        {who: "import.undo", of: "delivery", narrow: true},
	"POST /office/imports/{seq}/undo":       {who: "import.undo", of: "delivery", loose: true},

	// voices
	"GET /office/voices":        {who: "voice.read", ask: []string{"?state=closed", "?q=" + url.QueryEscape("鹭")}},
	"GET /office/voices/terms":  {who: "voice.read"},
	"POST /office/voices/terms": {who: "voice.terms", top: true, loose: true, form: words("from", "2020-01-01")},
	"GET /office/voices/new":    {who: "voice.raise", narrow: true, open: true, ask: []string{"?answer={given}", "?matter={matter}", "?item={item}", "?answer={given}&find=" + url.QueryEscape("村")}},
	"POST /office/voices/new": {who: "voice.raise", loose: true, form: func(of func(string) string) url.Values {
		return url.Values{"answer": {of("given")}, "desk": {of("county")}, "title": {"走查诉求"}, "text": {"走查"}, "days": {"5"}}
	}},
	"GET /office/voices/{id}":           {who: "voice.read", of: "voice"},
	"POST /office/voices/{id}/merge":    {who: "voice.merge", of: "voice", loose: true, form: with(one("into", "voice"), "reason", "走查理由")},
	"POST /office/voices/{id}/separate": {who: "voice.merge", of: "voice", loose: true, form: words("reason", "走查理由")},
	// studies, seminars and visits
	"GET /office/studies":                {who: "study.read"},
	"GET /office/studies/bank":           {who: "study.read", ask: []string{"?key=" + url.QueryEscape("走查")}},
	"GET /office/studies/new":            {who: "study.design"},
	"POST /office/studies/new":           {who: "study.design", form: with(one("form", "form"), "title", "走查调研", "purpose", "走查")},
	"GET /office/studies/{id}":           {who: "study.read", of: "study"},
	"GET /office/studies/{id}/plan":      {who: "study.design", of: "study"},
	"POST /office/studies/{id}/plan":     {who: "study.design", of: "study", form: words("cells", "")},
	"POST /office/studies/{id}/draw":     {who: "study.draw", of: "study", loose: true, form: words("n", "1")},
	"GET /office/studies/{id}/drawn":     {who: "study.draw", of: "study"},
	"GET /office/studies/{id}/proposals": {who: "voice.raise", of: "study"},
	"GET /office/studies/{id}/cross":     {who: "study.read", of: "study", narrow: true, ask: []string{"?a=who&b=ill"}},
	"GET /office/studies/{id}/export":    {who: "study.export", of: "study", ask: []string{"?as=csv", "?as=sps", "?as=tables"}},
	"POST /office/studies/{id}/{step}":   {who: "study.read", of: "study =open", needs: "study.open", also: []visit{{of: "study =close", needs: "study.close"}, {of: "study =reopen", needs: "study.reopen"}, {of: "study =publish", needs: "study.publish"}}},
	"GET /studies":                       {who: public},
	"GET /studies/{id}":                  {who: public, of: "study"},
	"GET /office/meetings":               {who: "meeting.read"},
	"GET /office/meetings/new":           {who: "meeting.hold", ask: []string{"?find=" + url.QueryEscape("村")}},
	"POST /office/meetings/new":          {who: "meeting.hold", form: with(one("org", "org"), meetingWords...)},
	"GET /office/meetings/{id}":          {who: "meeting.read", of: "meeting"},
	"POST /office/meetings/{id}":         {who: "meeting.hold", of: "meeting", form: words(meetingWords...)},
	"POST /office/meetings/{id}/items":   {who: "meeting.hold", of: "meeting", form: words("text", "走查事项")},
	"GET /voice":                         {who: public},
	"POST /voice":                        {who: public},
	"GET /my/voices":                     {who: signed},
	"GET /my/voices/{serial}":            {who: signed, of: "voiceserial", own: true},
	"POST /my/voices/{serial}":           {who: signed, of: "voiceserial", form: words("do", "solved")},

	// density
	"GET /office/density":                           {open: true, who: "density.read", ask: layers},
	"GET /office/density/map.json":                  {open: true, who: "density.read", ask: append([]string{"?pins=1"}, layers...)},
	"GET /office/density/cell":                      {open: true, who: "density.read", ask: []string{"?division={org}", "?division={county}", "?cell=0,0"}},
	"GET /office/density/table.xlsx":                {open: true, who: "density.export", ask: layers},
	"GET /office/density/map.geojson":               {open: true, who: "density.export", ask: layers},
	"GET /office/density/units.xlsx":                {open: true, who: "density.export", ask: []string{"?all=1", "?kind=school", "?place={county}&all=1"}},
	"GET /office/density/compare":                   {open: true, who: "density.read", ask: layers},
	"GET /office/density/coverage":                  {open: true, who: "density.read", ask: layers},
	"GET /office/density/units":                     {open: true, who: "density.read", ask: []string{"?all=1", "?kind=school", "?place={county}&all=1"}},
	"GET /office/density/blind-spots":               {who: "density.read", ask: []string{"?place={county}", "?state=open"}},
	"GET /office/density/blind-spots/{id}":          {who: "density.read", of: "spot", narrow: true, open: true},
	"POST /office/density/blind-spots/{id}/visit":   {who: "density.visit", of: "spot"},
	"POST /office/density/blind-spots/{id}/dismiss": {who: "density.dismiss", of: "spot", form: words("reason", "走查理由")},
	"POST /office/density/blind-spots/{id}/reopen":  {who: "density.reopen", of: "spot"},
	"POST /office/density/blind-spots/{id}/assign":  {who: "density.assign", of: "spot", form: with(one("desk", "county"), "days", "10", "text", "走查说明")},
	"GET /office/density/boundaries":                {who: "density.outline"},
	"POST /office/density/boundaries": {
		who: "density.outline", leads: true, loose: true, form: words("crs", "wgs84", "origin", "走查", "what", "write"),
		file: `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"{code}"},"geometry":{"type":"Polygon","coordinates":[[[114.0,29.7],[114.1,29.7],[114.1,29.8],[114.0,29.7]]]}}]}`,
	},
	"GET /figures": {who: public, ask: []string{"?place={county}", "?place={org}"}},

	// for programs
	"GET /api/v1/openapi.json": {who: public},
	"GET /api/v1/orgs":         {who: "org.read", ask: []string{"?kind=village"}},
	"GET /api/v1/orgs/{id}":    {who: "org.read", of: "org"},
	"GET /api/v1/persons": {who: "person.read", ask: []string{
		"?q=" + url.QueryEscape("雀"), "?q=qb", "?q=" + url.QueryEscape("雀本嘉"), "?q=1000", "?org={org}", "?org={county}", "?tie=member&sex=1&count=true", "?age_from=14&age_to=35",
		"?q=" + testworld.CanaryID(testworld.City, 1, 0), "?q=13807711000", "?limit=many", "?from=nowhere",
	}},
	"POST /api/v1/persons/search": {who: "person.read", leads: true, json: `{"q":"` + testworld.CanaryID(testworld.City, 1, 0) + `"}`, also: []visit{
		{leads: true, json: `{"q":"13807711000"}`},
		{json: `{"org":"{org}"}`},
	}},
	"GET /api/v1/persons/{id}": {who: "person.read", of: "person"},
	"GET /api/v1/places":       {who: "place.read", ask: []string{"?org={org}", "?org={county}", "?q=" + url.QueryEscape("鹭"), "?closed=true"}},
	"GET /api/v1/places/{id}":  {who: "place.read", of: "place"},
	"GET /api/v1/density":      {open: true, who: "density.read", ask: []string{"?place={county}", "?place={org}", "?level=village&place={county}"}},
	"GET /api/v1/density/map": {open: true, who: "density.export", ask: []string{
		"?layer=members", "?place={county}&side=1000", "?place={org}", "?level=village&place={county}", "?layer=ratio&side=1000", "?layer=score&side=2000",
	}},
	"GET /api/v1/density/compare":          {open: true, who: "density.read", ask: []string{"?place={county}", "?place={org}"}},
	"GET /api/v1/density/coverage":         {open: true, who: "density.read", ask: []string{"?place={county}", "?within=500"}},
	"GET /api/v1/density/blind-spots":      {who: "density.read", ask: []string{"?place={county}", "?state=open"}},
	"GET /api/v1/density/blind-spots/{id}": {who: "density.read", of: "spot", narrow: true, open: true},
	"GET /api/v1/imports":                  {who: "source.read"},
	"POST /api/v1/imports": {
		who: "import.check", loose: true, file: "县市区,乡镇街道,村（社区）,区划代码,14-17岁\n",
	},
	"GET /api/v1/imports/{number}":           {who: "source.read", of: "delivery", narrow: true},
	"POST /api/v1/imports/{number}/check":    {who: "import.check", of: "delivery", json: `{}`},
	"POST /api/v1/imports/{number}/apply":    {who: "import.apply", of: "delivery", json: `{}`},
	"POST /api/v1/imports/{number}/continue": {who: "import.check", of: "delivery", json: `{}`},
	"POST /api/v1/imports/{number}/abandon":  {who: "import.apply", of: "delivery", json: `{}`},
	"POST /api/v1/imports/{number}/undo":     {who: "import.undo", of: "delivery", json: `{}`},
}

// layers are the ways in which a map is asked for.
var layers = []string{"?layer=members", "?place={county}", "?place={org}", "?level=village&place={county}", "?layer=ratio&side=1000"}

// walkForm is a workbook that asks one thing.
const walkForm = "survey,,\n,type,name,label\n,text,who,谁\nsettings,\n,form_id\n,walked\n"

// mustMeet is what some walkers do see, so that empty pages would be noticed.
var mustMeet = map[string][]string{
	"clerk at 咸宁市":         {"matter", "org", "orgName", "name", "person", "place", "form", "answer", "answerSensitive", "venture", "ventureFounder", "ventureRevenue", "loanBorrower"},
	"clerk at 咸安区":         {"matter", "org", "name", "person", "place"},
	"secretary at 咸安区甲镇一村": {"matter", "name", "form", "answer", "venture", "ventureFounder"},
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

// both is a form with two fields that name the same subject.
func both(first, second, subject string) func(func(string) string) url.Values {
	return func(of func(string) string) url.Values {
		return url.Values{first: {of(subject)}, second: {of(subject)}}
	}
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

// ventureWords are the fields of a venture on its form, but for where it belongs.
var ventureWords = []string{
	"name", "走查项目", "founder", "走查创业者", "entity", "none", "industry", "C15", "category", "farmer", "stage", "started", "_v", "1",
}

// meetingWords are the fields of a seminar on its form, but for whose it is.
var meetingWords = []string{"kind", "seminar", "title", "走查座谈", "place", "走查地点", "on", "2026-09-01"}

// placeWords are the fields of a place on its form, but for where it stands.
var placeWords = []string{"kind", "青年之家", "name", "走查场所", "lon", "114.32", "lat", "29.84", "crs", "wgs84", "fineness", "point"}
