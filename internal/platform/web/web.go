// Package web is the counter window: it lets people in, hands their requests to the services, and answers in words they understand.
package web

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
)

// Handler answers one request, or returns an error and has written nothing.
type Handler func(w http.ResponseWriter, r *Request) error

// Door is the entrance a route lies behind; it says who is let in and how errors look.
type Door uint8

// The doors. The zero door is none, and New refuses it.
const (
	_      Door = iota
	Open        // nobody is looked at: files, heads of the log
	Public      // anybody; who is signed in is known
	Entry       // the steps of signing in, when a session is not whole yet
	Office      // staff with a whole session
	Field       // anybody with a whole session, on a phone
	API         // programs with a bearer token; answers are JSON
)

// String names the door for logs and manuals.
func (d Door) String() string {
	return [...]string{"none", "open", "public", "entry", "office", "field", "api"}[d]
}

// Route is one thing that can be asked for. Each …web package returns its routes as values, and app collects them,
// so that a test can walk them all.
type Route struct {
	Pattern string        // of net/http's mux, with method: "GET /office/queue"
	Door    Door          //
	Verb    authz.Verb    // what the viewer must hold somewhere; zero: any viewer whom the door lets in
	Limit   Limit         // what it costs; zero: a read or a write, by its method
	Body    int64         // the longest body in bytes; zero: 256 KiB
	Time    time.Duration // how long it may take; zero: 30 s, for exports 10 min, for bodies over 1 MiB 30 min
	Handle  Handler
	// Filters names the parameters that narrow the list on this page, which its readers may keep under a name of theirs.
	// What is typed into a search box is none of them: it may be a person's.
	Filters []string
}

// Request is a request whose sender, city and language are known.
type Request struct {
	*http.Request
	Actor   authz.Actor   // of the city, without a user where nobody is signed in
	Session *Session      // nil where nobody is signed in
	L       *i18n.Printer // the viewer's language and the city's zone
	City    string
	Key     string    // the idempotency key that came along, also in Actor.Once
	Now     time.Time // when the request came

	server *Server
	route  *Route
	kept   string // what was typed, sealed, where the session had ended
}

type requestKey struct{}

// From gives the request that a standard handler behind Wrap, or a component, is answering; nil outside of one.
func From(ctx context.Context) *Request {
	r, _ := ctx.Value(requestKey{}).(*Request)
	return r
}

// Wrap makes a Handler of a standard one, which finds its Request by From.
func Wrap(h http.Handler) Handler {
	return func(w http.ResponseWriter, r *Request) error {
		h.ServeHTTP(w, r.Request)
		return nil
	}
}

// Component is a page or a part that can be drawn; templ's components are.
type Component interface {
	Render(ctx context.Context, w io.Writer) error
}

// Page answers with a page. It is drawn whole before anything is sent, so that a fault in it becomes an error page.
func (r *Request) Page(w http.ResponseWriter, status int, page Component) error {
	b := takeBuffer()
	defer giveBuffer(b)
	if err := page.Render(r.Context(), b); err != nil {
		return err
	}
	r.clearFlash(w)
	return r.send(w, status, "text/html; charset=utf-8", b.Bytes())
}

// JSON answers with a value as JSON.
func (r *Request) JSON(w http.ResponseWriter, status int, v any) error {
	b := takeBuffer()
	defer giveBuffer(b)
	if err := json.NewEncoder(b).Encode(v); err != nil {
		return err
	}
	return r.send(w, status, "application/json", b.Bytes())
}

func (r *Request) send(w http.ResponseWriter, status int, mediaType string, body []byte) error {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // who has hung up needs no answer
	}
	return nil
}

// Download names the file that the answer is to be saved as, in any script.
func Download(w http.ResponseWriter, name, mediaType string) {
	name = fileName(name)
	plain := strings.Map(func(c rune) rune {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return '_'
		}
		return c
	}, name)
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Content-Disposition", `attachment; filename="`+plain+`"; filename*=UTF-8''`+percent(name))
}

// percent escapes all but what RFC 8187 lets stand.
func percent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteByte('%')
		b.WriteString(strings.ToUpper(strconv.FormatUint(uint64(c)+0x100, 16)[1:]))
	}
	return b.String()
}

// Redirect sends the browser on after a form was taken (303). With a message key, the next page shows that message once;
// args are its names and values. Only addresses of this server are allowed.
func (r *Request) Redirect(w http.ResponseWriter, path, message string, args ...any) error {
	if !IsLocal(path) {
		return errs.New(errs.Internal, "errs.unexpected", nil)
	}
	if message != "" {
		if err := r.setFlash(w, message, args); err != nil {
			return err
		}
	}
	w.Header().Set("Location", path)
	w.WriteHeader(http.StatusSeeOther)
	return nil
}

// IsLocal tells whether an address leads nowhere but to this server.
func IsLocal(path string) bool {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || len(path) > 2000 {
		return false
	}
	return strings.IndexFunc(path, func(c rune) bool { return c <= ' ' || c == '\\' || c == 0x7f }) < 0
}

// Origin is how this server is called from outside: "https://zhidian.example". Addresses that go on paper begin with it.
func (r *Request) Origin() string {
	if r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https" {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// Next is where to go after signing in: the address in the field "next" if it is ours, else fallback.
func (r *Request) Next(fallback string) string {
	if next := r.FormValue("next"); IsLocal(next) {
		return next
	}
	return fallback
}
