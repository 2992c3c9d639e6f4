package accountweb

import (
	"errors"
	"net/http"

	qrcode "github.com/skip2/go-qrcode"

	"zhidian/internal/domain/account"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// argsOf are the values of an error's message.
func argsOf(err error) errs.Args {
	var e *errs.Error
	if errors.As(err, &e) {
		return e.Args
	}
	return nil
}

// show draws a single card; with problems in the form it answers that it was not accepted.
func (p *pages) card(w http.ResponseWriter, r *web.Request, key string, f *web.Form, body web.Component) error {
	frame := p.doors.Bare(r, r.L.T("accountweb."+key), r.L.T("accountweb."+key+"_says"))
	frame.Back = "/"
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Bare, frame, body)
	}
	return door.Show(w, r, ui.Bare, frame, body)
}

func (p *pages) signIn(w http.ResponseWriter, r *web.Request) error {
	if r.Session != nil && r.Session.Phase == web.Whole {
		return r.Redirect(w, r.Next(home(r.Session.Staff)), "")
	}
	return p.card(w, r, "sign_in", web.ReadValues(nil), signInBody(r, web.ReadValues(nil), r.URL.Query().Get("next")))
}

// home is where somebody lands who did not come for a certain page.
func home(staff bool) string {
	if staff {
		return "/office/queue"
	}
	return "/me"
}

func (p *pages) takeSignIn(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	login := f.Text("login", web.Required, web.Halfwidth, web.Max(64))
	password := r.PostForm.Get("password")
	if password == "" {
		f.Fail("password", "field.required", nil)
	}
	if f.Err() == nil {
		if err := r.Take(web.SigningIn, login); err != nil {
			return err
		}
		token, phase, err := p.s.SignIn(r.Context(), r.City, login, password, visitor(r))
		if err == nil {
			r.SetSession(w, token)
			return p.onward(w, r, phase)
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.card(w, r, "sign_in", f, signInBody(r, f, f.Raw("next")))
}

// onward leads to the step that a sign-in still wants, or to where the viewer was going.
func (p *pages) onward(w http.ResponseWriter, r *web.Request, phase account.Phase) error {
	next := r.Next("")
	switch phase {
	case account.AwaitTOTP:
		return r.Redirect(w, web.Address("/sign-in/totp", "next", next), "")
	case account.AwaitPassword:
		return r.Redirect(w, web.Address("/sign-in/new-password", "next", next), "")
	}
	return r.Redirect(w, r.Next(home(true)), "")
}

// half lets only those through who are in the middle of signing in, and at the step of this page.
func half(w http.ResponseWriter, r *web.Request, phase web.Phase) (bool, error) {
	switch {
	case r.Session == nil:
		return false, r.Redirect(w, web.Address("/sign-in", "next", r.Next("")), "")
	case r.Session.Phase != phase:
		return false, r.Redirect(w, r.Next(home(r.Session.Staff)), "")
	}
	return true, nil
}

func (p *pages) totp(w http.ResponseWriter, r *web.Request) error {
	if ok, err := half(w, r, web.NeedsTOTP); !ok {
		return err
	}
	return p.totpPage(w, r, web.ReadValues(nil), r.URL.Query().Get("next"))
}

// totpPage asks for the code, or, at the first sign-in, shows the square to be photographed with the app.
func (p *pages) totpPage(w http.ResponseWriter, r *web.Request, f *web.Form, next string) error {
	a, err := p.s.Own(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	if a.HasTOTP {
		return p.card(w, r, "totp", f, totpBody(r, f, next))
	}
	e, err := p.enrolment(f, a)
	if err != nil {
		return err
	}
	e.action, e.next = "/sign-in/totp", next
	return p.card(w, r, "enrol", f, enrolBody(r, f, e))
}

// enrolment is a secret on its way into an app.
type enrolment struct {
	action, next, secret string
	bits                 [][]bool
}

func (p *pages) enrolment(f *web.Form, a account.Account) (enrolment, error) {
	e := enrolment{secret: f.Raw("secret")}
	if e.secret == "" || len(e.secret) > 64 {
		e.secret = account.NewSecret()
	}
	q, err := qrcode.New(p.s.SecretURL(e.secret, a.Login), qrcode.Low)
	if err != nil {
		return e, err
	}
	e.bits = q.Bitmap()
	return e, nil
}

func (p *pages) takeTOTP(w http.ResponseWriter, r *web.Request) error {
	if ok, err := half(w, r, web.NeedsTOTP); !ok {
		return err
	}
	f := web.Read(r)
	code := f.Text("code", web.Required, web.Halfwidth, web.Max(12))
	if f.Err() == nil {
		var token string
		var phase account.Phase
		var err error
		if secret := f.Raw("secret"); secret != "" {
			token, phase, err = p.s.EnrolTOTP(r.Context(), r.Actor, r.Session.Hash(), secret, code, visitor(r))
		} else {
			token, phase, err = p.s.SecondStep(r.Context(), r.Actor, r.Session.Hash(), code, visitor(r))
		}
		if err == nil {
			r.SetSession(w, token)
			return p.onward(w, r, phase)
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.totpPage(w, r, f, f.Raw("next"))
}

func (p *pages) newPassword(w http.ResponseWriter, r *web.Request) error {
	if ok, err := half(w, r, web.NeedsPassword); !ok {
		return err
	}
	f := web.ReadValues(nil)
	return p.card(w, r, "new_password", f, passwordBody(r, f, "/sign-in/new-password", r.URL.Query().Get("next")))
}

// chosen reads a new password, typed twice.
func chosen(r *web.Request, f *web.Form) string {
	password := r.PostForm.Get("password")
	switch {
	case password == "":
		f.Fail("password", "field.required", nil)
	case password != r.PostForm.Get("again"):
		f.Fail("again", "accountweb.not_the_same", nil)
	}
	return password
}

func (p *pages) takeNewPassword(w http.ResponseWriter, r *web.Request) error {
	if ok, err := half(w, r, web.NeedsPassword); !ok {
		return err
	}
	f := web.Read(r)
	password := chosen(r, f)
	if f.Err() == nil {
		token, err := p.s.NewPassword(r.Context(), r.Actor, r.Session.Hash(), password, visitor(r))
		if err == nil {
			r.SetSession(w, token)
			return r.Redirect(w, r.Next(home(true)), "accountweb.password_set")
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.card(w, r, "new_password", f, passwordBody(r, f, "/sign-in/new-password", f.Raw("next")))
}

func (p *pages) phone(w http.ResponseWriter, r *web.Request) error {
	if r.Session != nil && r.Session.Phase == web.Whole {
		return r.Redirect(w, r.Next(home(r.Session.Staff)), "")
	}
	f := web.ReadValues(nil)
	return p.card(w, r, "phone", f, phoneBody(r, f, r.URL.Query().Get("next"), p.demo != nil, p.s.SMS != nil))
}

// takePhone sends a code and asks for it. The number goes on in the form, never in an address.
func (p *pages) takePhone(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	number, err := cn.ParsePhone(f.Text("phone", web.Required, web.Halfwidth, web.Max(32)))
	if f.Err() == nil && err != nil {
		f.Fail("phone", errs.KeyOf(err), argsOf(err))
	}
	if f.Err() == nil {
		err := p.s.SendCode(r.Context(), r.City, number, func(code string) string { return r.L.T("accountweb.sms", "code", code) })
		if err == nil {
			return p.card(w, r, "code", f, codeBody(r, f, number, f.Raw("next"), p.demo != nil))
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.card(w, r, "phone", f, phoneBody(r, f, f.Raw("next"), p.demo != nil, p.s.SMS != nil))
}

func (p *pages) takeCode(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	number, err := cn.ParsePhone(f.Text("phone", web.Required, web.Halfwidth, web.Max(32)))
	if err != nil {
		return r.Redirect(w, "/sign-in/phone", "")
	}
	code := f.Text("code", web.Required, web.Halfwidth, web.Max(12))
	if f.Err() == nil {
		token, err := p.s.SignInByCode(r.Context(), r.City, number, code, visitor(r))
		if err == nil {
			r.SetSession(w, token)
			return r.Redirect(w, r.Next(home(false)), "")
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.card(w, r, "code", f, codeBody(r, f, number, f.Raw("next"), p.demo != nil))
}

func (p *pages) signOut(w http.ResponseWriter, r *web.Request) error {
	if r.Session != nil {
		if err := p.s.SignOut(r.Context(), r.Actor, r.Session.Hash()); err != nil {
			return err
		}
	}
	r.ClearSession(w)
	return r.Redirect(w, "/sign-in", "accountweb.signed_out")
}

func (p *pages) invitation(w http.ResponseWriter, r *web.Request) error {
	return p.invitationPage(w, r, web.ReadValues(nil))
}

func (p *pages) invitationPage(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	i, err := p.s.Invitation(r.Context(), r.City, r.PathValue("token"))
	if err != nil {
		return err
	}
	w.Header().Set("Referrer-Policy", "no-referrer") // the address is the secret
	w.Header().Set("Cache-Control", "no-store")
	return p.card(w, r, "invitation", f, invitationBody(r, f, i, "/invitation/"+r.PathValue("token")))
}

func (p *pages) takeInvitation(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	password := chosen(r, f)
	if f.Err() == nil {
		err := p.s.Accept(r.Context(), r.City, r.PathValue("token"), password)
		if err == nil {
			return r.Redirect(w, "/sign-in", "accountweb.accepted")
		}
		if !blame(f, err) {
			return err
		}
	}
	return p.invitationPage(w, r, f)
}

func (p *pages) codes(w http.ResponseWriter, r *web.Request) error {
	return door.Show(w, r, ui.Public, p.doors.Public(r, r.L.T("accountweb.codes"), r.L.T("accountweb.codes_says")), codesBody(r, p.demo.Sent()))
}
