package accountweb

import (
	"net/http"

	"zhidian/internal/domain/account"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// own is everything on the page of one's own account.
type own struct {
	account  account.Account
	sessions []account.Session
	tokens   []account.Token
	secret   string // a token just made, shown once
}

func (p *pages) security(w http.ResponseWriter, r *web.Request) error {
	return p.securityPage(w, r, web.ReadValues(nil), "")
}

func (p *pages) securityPage(w http.ResponseWriter, r *web.Request, f *web.Form, secret string) error {
	o := own{secret: secret}
	var err error
	if o.account, err = p.s.Own(r.Context(), r.Actor); err != nil {
		return err
	}
	if o.sessions, err = p.s.Sessions(r.Context(), r.Actor); err != nil {
		return err
	}
	if r.Session.Staff {
		if o.tokens, err = p.s.Tokens(r.Context(), r.Actor); err != nil {
			return err
		}
	}
	return p.framed(w, r, "security", f, securityBody(r, f, o))
}

// framed puts a page of one's own into the frame of the door that the viewer belongs to.
func (p *pages) framed(w http.ResponseWriter, r *web.Request, key string, f *web.Form, body web.Component) error {
	title, says := r.L.T("accountweb."+key), r.L.T("accountweb."+key+"_says")
	show := door.Show
	if len(f.Problems()) > 0 {
		show = door.Again
	}
	if r.Session.Staff {
		return show(w, r, ui.Office, p.doors.Office(r, title, says), body)
	}
	return show(w, r, ui.Public, p.doors.Public(r, title, says), body)
}

func (p *pages) takePassword(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	old := r.PostForm.Get("old")
	if old == "" {
		f.Fail("old", "field.required", nil)
	}
	password := chosen(r, f)
	if f.Err() == nil {
		err := p.s.ChangePassword(r.Context(), r.Actor, r.Session.Hash(), old, password)
		if err == nil {
			return r.Redirect(w, "/me/security", "accountweb.password_set")
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.securityPage(w, r, f, "")
}

func (p *pages) enrol(w http.ResponseWriter, r *web.Request) error {
	return p.enrolPage(w, r, web.ReadValues(nil))
}

func (p *pages) enrolPage(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	a, err := p.s.Own(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	if a.HasTOTP || !r.Session.Staff {
		return r.Redirect(w, "/me/security", "")
	}
	e, err := p.enrolment(f, a)
	if err != nil {
		return err
	}
	e.action = "/me/security/totp"
	return p.framed(w, r, "enrol", f, enrolBody(r, f, e))
}

func (p *pages) takeEnrol(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	code := f.Text("code", web.Required, web.Halfwidth, web.Max(12))
	if f.Err() == nil {
		_, _, err := p.s.EnrolTOTP(r.Context(), r.Actor, r.Session.Hash(), f.Raw("secret"), code, visitor(r))
		if err == nil {
			return r.Redirect(w, "/me/security", "accountweb.totp_set")
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.enrolPage(w, r, f)
}

func (p *pages) endSession(w http.ResponseWriter, r *web.Request) error {
	if err := p.s.EndSession(r.Context(), r.Actor, web.Read(r).Text("session", web.Max(64))); err != nil {
		return err
	}
	return r.Redirect(w, "/me/security", "accountweb.session_ended")
}

// makeToken answers with the page itself: the token is shown this once and cannot be fetched again.
func (p *pages) makeToken(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	name := f.Text("name", web.Required, web.Max(60))
	days := f.Int("days", 1, account.TokenMost, web.Required)
	if f.Err() == nil {
		proof := account.Proof{Password: r.PostForm.Get("own"), Code: f.Text("code", web.Halfwidth, web.Max(12))}
		secret, err := p.s.MakeToken(r.Context(), r.Actor, proof, name, int(days))
		if err == nil {
			w.Header().Set("Cache-Control", "no-store")
			return p.securityPage(w, r, web.ReadValues(nil), secret)
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.securityPage(w, r, f, "")
}

func (p *pages) endToken(w http.ResponseWriter, r *web.Request) error {
	which, err := id.Parse[account.Token](r.PathValue("id"))
	if err != nil {
		return err
	}
	if err := p.s.EndToken(r.Context(), r.Actor, which); err != nil {
		return err
	}
	return r.Redirect(w, "/me/security", "accountweb.token_ended")
}
