// Package accountweb is the pages by which people sign in, look after their own account, and administer those of others.
package accountweb

import (
	"context"
	"embed"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Messages are the texts of these pages, of the errors of accounts, and the names of their verbs.
//
//go:embed messages
var Messages embed.FS

// pages holds what the handlers need.
type pages struct {
	s       *account.Service
	doors   *door.Doors
	cursors *page.Cursors
	demo    *account.DemoSMS
}

// Routes are the pages of accounts. demo is what a demo sends its codes to; elsewhere it is nil and its page is missing.
func Routes(s *account.Service, doors *door.Doors, cursors *page.Cursors, demo *account.DemoSMS) []web.Route {
	p := &pages{s: s, doors: doors, cursors: cursors, demo: demo}
	all := []web.Route{
		{Pattern: "GET /sign-in", Door: web.Entry, Handle: p.signIn},
		{Pattern: "POST /sign-in", Door: web.Entry, Limit: web.SigningIn, Handle: p.takeSignIn},
		{Pattern: "GET /sign-in/totp", Door: web.Entry, Handle: p.totp},
		{Pattern: "POST /sign-in/totp", Door: web.Entry, Limit: web.SigningIn, Handle: p.takeTOTP},
		{Pattern: "GET /sign-in/new-password", Door: web.Entry, Handle: p.newPassword},
		{Pattern: "POST /sign-in/new-password", Door: web.Entry, Limit: web.SigningIn, Handle: p.takeNewPassword},
		{Pattern: "GET /sign-in/phone", Door: web.Entry, Handle: p.phone},
		{Pattern: "POST /sign-in/phone", Door: web.Entry, Limit: web.SendingCode, Handle: p.takePhone},
		{Pattern: "POST /sign-in/code", Door: web.Entry, Limit: web.SigningIn, Handle: p.takeCode},
		{Pattern: "POST /sign-out", Door: web.Entry, Handle: p.signOut},
		{Pattern: "GET /invitation/{token}", Door: web.Entry, Limit: web.SigningIn, Handle: p.invitation},
		{Pattern: "POST /invitation/{token}", Door: web.Entry, Limit: web.SigningIn, Handle: p.takeInvitation},

		{Pattern: "GET /me/security", Door: web.Field, Handle: p.security},
		{Pattern: "POST /me/security/password", Door: web.Field, Limit: web.SigningIn, Handle: p.takePassword},
		{Pattern: "GET /me/security/totp", Door: web.Field, Handle: p.enrol},
		{Pattern: "POST /me/security/totp", Door: web.Field, Limit: web.SigningIn, Handle: p.takeEnrol},
		{Pattern: "POST /me/security/sessions", Door: web.Field, Handle: p.endSession},
		{Pattern: "POST /me/security/tokens", Door: web.Office, Limit: web.SigningIn, Handle: p.makeToken},
		{Pattern: "POST /me/security/tokens/{id}/end", Door: web.Office, Handle: p.endToken},

		{Pattern: "POST /office/views", Door: web.Office, Handle: p.saveView},
		{Pattern: "POST /office/views/{id}/delete", Door: web.Office, Handle: p.dropView},

		{Pattern: "GET /my/link", Door: web.Public, Handle: p.link},
		{Pattern: "POST /my/link", Door: web.Public, Limit: web.SigningIn, Handle: p.takeLink},
		{Pattern: "POST /my/unlink", Door: web.Public, Handle: p.unlink},

		{Pattern: "GET /office/accounts", Door: web.Office, Verb: account.Read, Limit: web.Searching, Handle: p.list, Filters: []string{"state", "role"}},
		{Pattern: "GET /office/accounts/new", Door: web.Office, Verb: account.Invite, Handle: p.newcomer},
		{Pattern: "POST /office/accounts", Door: web.Office, Verb: account.Invite, Handle: p.invite},
		{Pattern: "GET /office/accounts/{id}", Door: web.Office, Verb: account.Read, Handle: p.account},
		{Pattern: "POST /office/accounts/{id}/grants", Door: web.Office, Verb: account.GrantRole, Handle: p.grant},
		{Pattern: "POST /office/accounts/{id}/grants/{grant}/revoke", Door: web.Office, Verb: account.RevokeRole, Handle: p.revoke},
		{Pattern: "POST /office/accounts/{id}/sessions", Door: web.Office, Verb: account.SignOther, Handle: p.endSessionOf},
		{Pattern: "GET /office/accounts/{id}/reset", Door: web.Office, Verb: account.Reset, Handle: p.askReset},
		{Pattern: "POST /office/accounts/{id}/reset", Door: web.Office, Verb: account.Reset, Handle: p.reset},
		{Pattern: "POST /office/accounts/{id}/must-change", Door: web.Office, Verb: account.Reset, Handle: p.forceChange},
		{Pattern: "GET /office/accounts/{id}/suspend", Door: web.Office, Verb: account.Suspend, Handle: p.askSuspend},
		{Pattern: "POST /office/accounts/{id}/suspend", Door: web.Office, Verb: account.Suspend, Handle: p.suspend},
		{Pattern: "POST /office/accounts/{id}/resume", Door: web.Office, Verb: account.Suspend, Handle: p.resume},
	}
	if demo != nil {
		all = append(all, web.Route{Pattern: "GET /demo/codes", Door: web.Public, Handle: p.codes})
	}
	return all
}

// Sessions are the browsers' sessions as the web layer asks for them.
type Sessions struct{ Accounts *account.Service }

// Find implements web.Sessions.
func (s Sessions) Find(ctx context.Context, city string, hash [32]byte, now time.Time) (web.Session, error) {
	return asWeb(s.Accounts.Session(ctx, city, hash, now))
}

// Tokens are the programs' tokens as the web layer asks for them.
type Tokens struct{ Accounts *account.Service }

// Find implements web.Sessions.
func (t Tokens) Find(ctx context.Context, city string, hash [32]byte, now time.Time) (web.Session, error) {
	return asWeb(t.Accounts.ByToken(ctx, city, hash, now))
}

func asWeb(f account.Session, err error) (web.Session, error) {
	if err != nil {
		return web.Session{}, err
	}
	return web.Session{Actor: f.Actor, Phase: phases[f.Phase], Staff: f.Staff, IdleUntil: f.IdleUntil}, nil
}

var phases = map[account.Phase]web.Phase{
	account.AwaitTOTP: web.NeedsTOTP, account.AwaitPassword: web.NeedsPassword, account.Whole: web.Whole,
}

func visitor(r *web.Request) account.Visitor {
	return account.Visitor{Address: r.Address(), Agent: r.UserAgent()}
}

func accountID(r *web.Request) (account.ID, error) {
	return id.Parse[account.Account](r.PathValue("id"))
}

// at is what is wrong with a field, in the viewer's words.
func at(r *web.Request, f *web.Form, name string) string {
	for _, p := range f.At(name) {
		return r.L.Problem(p)
	}
	return ""
}

// faults are all that is wrong with a form, for the summary above it.
func faults(r *web.Request, f *web.Form) []ui.Fault {
	var all []ui.Fault
	for _, p := range f.Problems() {
		all = append(all, ui.Fault{Field: p.Field, Text: r.L.Problem(p)})
	}
	return all
}

// blame shows an error of a use case above its form: what fields it names, or else its own words. It gives false
// for errors that are no business of the form's.
func blame(f *web.Form, err error) bool {
	if err == nil {
		return false
	}
	if f.Blame(err) {
		return true
	}
	switch errs.KindOf(err) {
	case errs.Invalid, errs.Conflict, errs.Busy, errs.Denied:
		key := errs.KeyOf(err)
		if key == "" || key == "errs.denied" {
			return false
		}
		f.Fail("", key, argsOf(err))
		return true
	}
	return false
}
