package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
)

const (
	defaultBody = 256 << 10
	largeBody   = 1 << 20
	langCookie  = "lang"
)

// adapt turns a route into a standard handler: limit, sign-in, right, body, then the handler, then its error.
func (s *Server) adapt(route Route) http.HandlerFunc {
	if route.Body == 0 {
		route.Body = defaultBody
	}
	if route.Limit == byMethod {
		route.Limit = Writing
		if strings.HasPrefix(route.Pattern, "GET ") {
			route.Limit = Reading
		}
	}
	if route.Time == 0 {
		route.Time = 30 * time.Second
		switch {
		case route.Body > largeBody:
			route.Time = 30 * time.Minute
		case route.Limit == Exporting:
			route.Time = 10 * time.Minute
		}
	}
	return func(w http.ResponseWriter, hr *http.Request) {
		a := w.(*answer)
		a.route, a.verb = route.Pattern, route.Verb.Key
		ctx, cancel := context.WithTimeout(hr.Context(), route.Time)
		defer cancel()
		r := s.newRequest(a, hr.WithContext(ctx))
		r.route = &route
		r.Request = r.WithContext(context.WithValue(r.Context(), requestKey{}, r))
		a.request = r
		err := guarded(a, func() error {
			if done, err := s.admit(a, r); done || err != nil {
				return err
			}
			if err := r.takeBody(a); err != nil {
				return err
			}
			if err := r.others(a); err != nil {
				return err
			}
			return route.Handle(a, r)
		})
		if err != nil {
			s.fail(a, r, err)
		}
	}
}

func (s *Server) newRequest(a *answer, hr *http.Request) *Request {
	chosen := hr.URL.Query().Get("lang")
	kept := ""
	if c, err := hr.Cookie(s.cookieName(langCookie)); err == nil {
		kept = c.Value
	}
	lang := i18n.Negotiate(hr.Header.Get("Accept-Language"), kept, chosen)
	if chosen == string(lang) && kept != chosen && a.status == 0 {
		s.setCookie(a, langCookie, chosen, 365*24*time.Hour)
	}
	r := &Request{
		Request: hr,
		L:       s.Messages.Printer(lang),
		City:    a.city,
		Actor:   authz.Actor{City: a.city},
		Now:     a.began,
		server:  s,
	}
	if a.zone != nil {
		r.L = r.L.In(a.zone)
	}
	return r
}

// admit counts the request, finds out who sends it, and asks whether the door and the verb are open to them.
// done means that the answer is given already, by sending the viewer to sign in.
func (s *Server) admit(a *answer, r *Request) (done bool, err error) {
	limit := r.route.Limit
	if err := s.limiter.Take("address", limit, s.address(r.Request), s.Rates.Address[limit], r.Now); err != nil {
		return false, err
	}
	if r.route.Door == Open {
		return false, nil
	}
	if err := s.identify(a, r); err != nil {
		return false, err
	}
	if r.Session != nil {
		if err := s.limiter.Take("session", limit, string(r.Session.hash[:]), s.Rates.Session[limit], r.Now); err != nil {
			return false, err
		}
	}
	switch step := s.missingStep(r); {
	case step == "":
	case r.route.Door != API && r.wantsPage() && (r.Method == http.MethodGet || r.Method == http.MethodHead):
		next := r.URL.RequestURI()
		if IsLocal(next) {
			step += "?next=" + url.QueryEscape(next)
		}
		a.Header().Set("Location", step)
		a.WriteHeader(http.StatusSeeOther)
		return true, nil
	default:
		if r.route.Door == API {
			a.Header().Set("WWW-Authenticate", "Bearer")
		} else if r.wantsPage() {
			r.keep(a)
		}
		return false, errs.New(errs.Denied, "web.signin", nil)
	}
	if r.Session != nil && r.Session.Phase != Whole && r.route.Door != Entry {
		r.Session = nil // half signed in is not signed in
	}
	if r.route.Door == Office && !r.Session.Staff {
		return false, errs.New(errs.Denied, "errs.denied", nil)
	}
	if !r.route.Verb.IsZero() {
		return false, r.Actor.MustSomewhere(r.route.Verb)
	}
	return false, nil
}

// missingStep gives the page on which the viewer can do what the door still wants, empty when it wants nothing.
func (s *Server) missingStep(r *Request) string {
	needs := r.route.Door == Office || r.route.Door == Field || r.route.Door == API || !r.route.Verb.IsZero()
	switch {
	case !needs:
		return ""
	case r.Session == nil:
		return s.SignIn
	case r.Session.Phase == Whole || r.route.Door == Entry:
		return ""
	case r.Session.Phase == NeedsPassword:
		return s.NewSecret
	default:
		return s.SecondStep
	}
}

// wantsPage tells a person's browser from a program.
func (r *Request) wantsPage() bool {
	if r.route != nil && r.route.Door == API || strings.HasPrefix(r.URL.Path, "/api/") {
		return false
	}
	accept := r.Header.Get("Accept")
	return strings.Contains(accept, "text/html") || !strings.Contains(accept, "json")
}
