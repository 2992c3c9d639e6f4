package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
)

// Phase says how far a viewer has come in signing in. The zero phase opens no door.
type Phase uint8

// The phases.
const (
	_             Phase = iota
	NeedsTOTP           // the password was right, the second factor is still asked
	NeedsPassword       // a new password must be chosen first
	Whole               // signed in
)

// Session is what the store knows of a session token.
type Session struct {
	Actor     authz.Actor
	Phase     Phase
	Staff     bool      // may stand at the office door
	IdleUntil time.Time // when it ends if nothing more is asked; zero: never
	hash      [32]byte
}

// Hash is the SHA-256 of the token, under which the store keeps the session.
func (s *Session) Hash() [32]byte { return s.hash }

// Sessions finds sessions by the hash of their token. It answers errs.Absent for a session that is unknown, ended or revoked,
// and moves the idle time on by its own rule.
type Sessions interface {
	Find(ctx context.Context, city string, hash [32]byte, now time.Time) (Session, error)
}

const (
	sessionCookie = "session"
	tokenBytes    = 32
)

// NewToken draws a session token: the text goes to the browser, the hash to the store.
func NewToken() (token string, hash [32]byte) {
	b := make([]byte, tokenBytes)
	if _, err := rand.Read(b); err != nil {
		panic("no randomness: " + err.Error())
	}
	token = base64.RawURLEncoding.EncodeToString(b)
	return token, sha256.Sum256([]byte(token))
}

// hashToken refuses what cannot be one of our tokens before the store is asked.
func hashToken(token string) (hash [32]byte, ok bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) != tokenBytes {
		return hash, false
	}
	return sha256.Sum256([]byte(token)), true
}

// SetSession gives the browser its token, until it is closed or signs out.
func (r *Request) SetSession(w http.ResponseWriter, token string) {
	r.server.setCookie(w, sessionCookie, token, 0)
}

// ClearSession takes the token away, and asks the browser to forget pages it kept. What the field pages hold for sending
// stays, for it may not have been sent yet.
func (r *Request) ClearSession(w http.ResponseWriter) {
	r.server.setCookie(w, sessionCookie, "", -1)
	w.Header().Set("Clear-Site-Data", `"cache"`)
}

// identify finds the session behind the cookie, or behind the bearer token at the API door. None is no error.
func (s *Server) identify(a *answer, r *Request) error {
	store, token := s.Sessions, ""
	if r.route.Door == API {
		store = s.Tokens
		token, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	} else if c, err := r.Cookie(s.cookieName(sessionCookie)); err == nil {
		token = c.Value
	}
	hash, ok := hashToken(token)
	if !ok || store == nil {
		return nil
	}
	found, err := store.Find(r.Context(), r.City, hash, r.Now)
	switch {
	case err != nil && errs.KindOf(err) == errs.Absent:
		return nil
	case err != nil:
		return err
	case !found.IdleUntil.IsZero() && r.Now.After(found.IdleUntil), found.Phase == 0:
		return nil
	case found.Actor.City != r.City, found.Actor.User == "", found.Actor.User == "system":
		return errors.New("web: the session store gave an actor that no session may have")
	}
	found.hash = hash
	found.Actor.Session = hex.EncodeToString(hash[:6])
	a.session = found.Actor.Session
	r.Session = &found
	if found.Phase == Whole || r.route.Door == Entry {
		r.Actor = found.Actor
	}
	return nil
}

// cookieName marks cookies of https so that no other host and no plain connection can set them.
func (s *Server) cookieName(name string) string {
	if s.Secure {
		return "__Host-" + name
	}
	return name
}

// setCookie keeps a value for a time; zero: until the browser closes, negative: not at all.
func (s *Server) setCookie(w http.ResponseWriter, name, value string, keep time.Duration) {
	c := &http.Cookie{
		Name: s.cookieName(name), Value: value, Path: "/",
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode,
	}
	switch {
	case keep > 0:
		c.MaxAge = int(keep / time.Second)
	case keep < 0:
		c.MaxAge = -1
	}
	http.SetCookie(w, c)
}
