package accountweb

import (
	"maps"
	"net/http"
	"slices"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// found is a page of the list with what chose it.
type found struct {
	filter account.Filter
	page   page.Page[account.Listed]
	count  page.Count
	roles  []string
	on     day.Day // by which roles hold
}

func (p *pages) roles() []string { return slices.Sorted(maps.Keys(p.s.Roles)) }

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	states := make([]string, len(account.States))
	for i, s := range account.States {
		states[i] = string(s)
	}
	l := found{roles: p.roles(), on: p.s.Today(r.Now)}
	l.filter = account.Filter{
		Words: f.Text("q", web.Max(60)), State: account.State(f.Choice("state", states)), Role: f.Choice("role", l.roles),
	}
	var err error
	if l.page, l.count, err = p.s.List(r.Context(), r.Actor, l.filter, p.cursors, f.Raw("cursor")); err != nil {
		return err
	}
	frame := p.doors.Office(r, r.L.T("accountweb.list"), r.L.T("accountweb.list_says"))
	if r.Actor.May(account.Invite) {
		frame.Actions = []ui.Action{{Label: r.L.T("accountweb.invite"), Icon: "user-plus", Href: "/office/accounts/new", Primary: true}}
	}
	return door.Show(w, r, ui.Office, frame, listBody(r, l))
}

// choice is a search for an organisation within a form: what was looked for, what was found, what was picked.
type choice struct {
	words  string
	nodes  []org.Node
	picked string
}

func (p *pages) choose(r *web.Request, f *web.Form, verb authz.Verb, field string) (choice, error) {
	c := choice{words: f.Text("find", web.Max(60)), picked: f.Raw(field)}
	var err error
	c.nodes, err = p.s.Places(r.Context(), r.Actor, verb, c.words)
	if len(c.nodes) == 1 && c.picked == "" {
		c.picked = c.nodes[0].ID.String()
	}
	return c, err
}

func (p *pages) newcomer(w http.ResponseWriter, r *web.Request) error {
	return p.newcomerPage(w, r, web.Read(r))
}

func (p *pages) newcomerPage(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	c, err := p.choose(r, f, account.Invite, "desk")
	if err != nil {
		return err
	}
	return p.office(w, r, "new", f, newcomerBody(r, f, c), "", nil)
}

// office frames a page below the list of accounts.
func (p *pages) office(w http.ResponseWriter, r *web.Request, key string, f *web.Form, body web.Component, title string, actions []ui.Action) error {
	last := title
	if last == "" {
		last = r.L.T("accountweb." + key)
	}
	frame := p.doors.Office(r, last, r.L.T("accountweb."+key+"_says"))
	frame.Crumbs = []ui.Crumb{{Label: r.L.T("accountweb.list"), Href: "/office/accounts"}, {Label: last}}
	frame.Actions = actions
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, frame, body)
	}
	return door.Show(w, r, ui.Office, frame, body)
}

// invite answers with the link itself, which is shown this once. The button "find" only looks for the desk.
func (p *pages) invite(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	if f.Has("search") {
		return p.newcomerPage(w, r, f)
	}
	n := account.Newcomer{
		Login: f.Text("login", web.Required, web.Halfwidth, web.Max(32)), Name: f.Text("name", web.Required, web.Max(60)),
		Desk: web.ID[org.Node](f, "desk", web.Required),
	}
	if f.Err() == nil {
		made, secret, err := p.s.Invite(r.Context(), r.Actor, n)
		if err == nil {
			return p.invited(w, r, made, secret)
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.newcomerPage(w, r, f)
}

// invited shows the secret address of an invitation, once.
func (p *pages) invited(w http.ResponseWriter, r *web.Request, which account.ID, secret string) error {
	w.Header().Set("Cache-Control", "no-store")
	return p.office(w, r, "link", web.ReadValues(nil), linkBody(r, which, r.Origin()+"/invitation/"+secret), "", nil)
}

func (p *pages) account(w http.ResponseWriter, r *web.Request) error {
	return p.accountPage(w, r, web.Read(r))
}

func (p *pages) accountPage(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := accountID(r)
	if err != nil {
		return err
	}
	l, err := p.s.Open(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	c, err := p.choose(r, f, account.GrantRole, "org")
	if err != nil {
		return err
	}
	one := opened{Listed: l, choice: c, roles: p.roles(), on: p.s.Today(r.Now)}
	if r.Actor.Can(account.SignOther, l.DeskPath) {
		if one.sessions, err = p.s.SessionsOf(r.Context(), r.Actor, which); err != nil {
			return err
		}
	}
	return p.office(w, r, "account", f, accountBody(r, f, one), l.Name, nil)
}

// opened is everything on the page of somebody's account.
type opened struct {
	account.Listed
	choice
	roles    []string
	on       day.Day
	sessions []account.Session // empty where they are not the viewer's to end
}

func (p *pages) endSessionOf(w http.ResponseWriter, r *web.Request) error {
	return p.then(w, r, "accountweb.session_ended", func(a account.ID) error {
		return p.s.EndSessionOf(r.Context(), r.Actor, a, web.Read(r).Text("session", web.Max(64)))
	})
}

func (p *pages) grant(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	which, err := accountID(r)
	if err != nil {
		return err
	}
	if f.Has("search") {
		return p.accountPage(w, r, f)
	}
	role := f.Choice("role", p.roles(), web.Required)
	node := web.ID[org.Node](f, "org", web.Required)
	from, until := f.Day("from", web.Required), f.Day("until")
	if f.Err() == nil {
		err := p.s.Grant(r.Context(), r.Actor, which, role, node, from, until)
		if err == nil {
			return r.Redirect(w, "/office/accounts/"+which.String(), "accountweb.granted")
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.accountPage(w, r, f)
}

func (p *pages) revoke(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[account.Grant](r.PathValue("grant"))
	if err != nil {
		return err
	}
	if err := p.s.Revoke(r.Context(), r.Actor, which); err != nil {
		return err
	}
	return r.Redirect(w, "/office/accounts/"+r.PathValue("id"), "accountweb.revoked")
}

// ask shows a question before an act that cannot simply be taken back.
func (p *pages) ask(w http.ResponseWriter, r *web.Request, key string, verb authz.Verb) error {
	which, err := accountID(r)
	if err != nil {
		return err
	}
	l, err := p.s.Open(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	if err := r.Actor.Must(verb, l.DeskPath); err != nil {
		return err
	}
	return p.office(w, r, key, web.ReadValues(nil), askBody(r, key, l), "", nil)
}

func (p *pages) askReset(w http.ResponseWriter, r *web.Request) error {
	return p.ask(w, r, "reset", account.Reset)
}

func (p *pages) askSuspend(w http.ResponseWriter, r *web.Request) error {
	return p.ask(w, r, "suspend", account.Suspend)
}

func (p *pages) reset(w http.ResponseWriter, r *web.Request) error {
	which, err := accountID(r)
	if err != nil {
		return err
	}
	secret, err := p.s.Reset(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	return p.invited(w, r, which, secret)
}

// then leads back to the account after an act upon it.
func (p *pages) then(w http.ResponseWriter, r *web.Request, message string, do func(account.ID) error) error {
	which, err := accountID(r)
	if err != nil {
		return err
	}
	if err := do(which); err != nil {
		return err
	}
	return r.Redirect(w, "/office/accounts/"+which.String(), message)
}

func (p *pages) forceChange(w http.ResponseWriter, r *web.Request) error {
	return p.then(w, r, "accountweb.must_change_set", func(a account.ID) error { return p.s.ForceChange(r.Context(), r.Actor, a) })
}

func (p *pages) suspend(w http.ResponseWriter, r *web.Request) error {
	reason := web.Read(r).Text("reason", web.Max(200))
	return p.then(w, r, "accountweb.suspended", func(a account.ID) error { return p.s.Suspend(r.Context(), r.Actor, a, true, reason) })
}

func (p *pages) resume(w http.ResponseWriter, r *web.Request) error {
	return p.then(w, r, "accountweb.resumed", func(a account.ID) error { return p.s.Suspend(r.Context(), r.Actor, a, false, "") })
}
