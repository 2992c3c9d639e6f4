package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strconv"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
)

// Fault is what an error page says, in the viewer's language.
type Fault struct {
	Status   int
	Kind     errs.Kind
	Title    string
	Text     string         // what, and what to do next
	Number   string         // "E-7K3M-2Q9F", to be read out on the phone; also in the log
	Problems []FaultProblem // of single fields
	Retry    int            // seconds after which asking again makes sense; 0: not by waiting
	SignIn   string         // where to sign in, if that is what is missing
	Kept     string         // what was typed, sealed: to be sent to KeptURL in the field "kept" by who has signed in again
}

// FaultProblem is one bad field.
type FaultProblem struct{ Field, Key, Text string }

// readable draws characters that cannot be confused when read out: no I, L, O and U.
func readable(n int) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	b := make([]byte, n)
	if _, err := rand.Read(b); err != nil {
		panic("no randomness: " + err.Error())
	}
	for i := range b {
		b[i] = alphabet[b[i]&31]
	}
	return string(b)
}

func errorNumber() string {
	s := readable(8)
	return "E-" + s[:4] + "-" + s[4:]
}

// plainly turns the errors of the standard library that a viewer can cause into errors with a message.
func plainly(r *Request, err error) error {
	if errs.KindOf(err) != errs.Internal {
		return err
	}
	if large, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errs.Wrap(err, errs.Invalid, "web.body.large", errs.Args{"size": r.L.Size(large.Limit)})
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return errs.Wrap(err, errs.Busy, "web.body.slow", nil)
	case errors.Is(err, context.DeadlineExceeded):
		return errs.Wrap(err, errs.Busy, "errs.busy", nil)
	}
	return err
}

// statusOf maps the six kinds, and the few messages of this package that HTTP has its own number for.
func statusOf(err error) int {
	switch errs.KeyOf(err) {
	case "web.signin":
		return http.StatusUnauthorized
	case "web.method":
		return http.StatusMethodNotAllowed
	case "web.body.slow":
		return http.StatusRequestTimeout
	case "web.body.large":
		return http.StatusRequestEntityTooLarge
	case "web.charset", "web.body.kind":
		return http.StatusUnsupportedMediaType
	case "web.limited":
		return http.StatusTooManyRequests
	}
	switch errs.KindOf(err) {
	case errs.Invalid:
		return http.StatusUnprocessableEntity
	case errs.Denied:
		return http.StatusForbidden
	case errs.Absent:
		return http.StatusNotFound
	case errs.Conflict:
		return http.StatusConflict
	case errs.Busy:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// explain puts an error into words. What is ours to repair is told by its number alone.
func (s *Server) explain(r *Request, err error) Fault {
	f := Fault{Status: statusOf(err), Kind: errs.KindOf(err), Number: errorNumber()}
	f.Title, f.Kept = r.L.T("web.title."+f.Kind.String()), r.kept
	switch f.Status {
	case http.StatusUnauthorized:
		f.Title, f.SignIn = r.L.T("web.title.signin"), s.SignIn
	case http.StatusTooManyRequests:
		f.Title = r.L.T("web.title.limited")
	}
	if f.Kind == errs.Internal {
		f.Text = r.L.T("errs.internal", "number", f.Number)
		return f
	}
	f.Text = r.L.Error(err)
	if f.Kept != "" {
		f.Text += r.L.T("web.kept")
	}
	for _, p := range errs.ProblemsOf(err) {
		f.Problems = append(f.Problems, FaultProblem{Field: p.Field, Key: p.Key, Text: r.L.Problem(p)})
	}
	if f.Kind == errs.Busy {
		f.Retry = 5
		if e, ok := errors.AsType[*errs.Error](err); ok && e.Key == "web.limited" {
			if n, ok := e.Args["n"].(int64); ok {
				f.Retry = int(n)
			}
		}
	}
	return f
}

// fail answers with an error. Where the answer has begun already, the connection is cut instead.
func (s *Server) fail(a *answer, r *Request, err error) {
	if a.hr.Context().Err() != nil && errors.Is(err, context.Canceled) {
		a.fault, a.aborted = err, true
		if a.status == 0 {
			a.status = statusGone
		}
		return
	}
	err = plainly(r, err)
	s.noteRefusal(r, err)
	f := s.explain(r, err)
	a.number, a.fault = f.Number, err
	if a.status != 0 {
		a.abort()
	}
	h := a.Header()
	for _, name := range []string{"Content-Disposition", "Content-Encoding", "Content-Length", "ETag", "Last-Modified", "Location"} {
		h.Del(name)
	}
	h.Set("Cache-Control", "no-store")
	if f.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(f.Retry))
	}
	if f.Status == http.StatusRequestEntityTooLarge || f.Status == http.StatusRequestTimeout {
		h.Set("Connection", "close")
	}
	mediaType, body := s.draw(a, r, f)
	_ = r.send(a, f.Status, mediaType, body)
}

// refusals is how many refusals of one session are noted; those beyond are only counted with the answers.
var refusals = Rate{Burst: 10, PerSecond: 60 / hour}

// noteRefusal has a refusal noted, beside the answer: were it waited for, its time would tell what is out of scope from
// what is not there. The answer stays the same if that fails: nothing was done that the log would have to tell.
func (s *Server) noteRefusal(r *Request, err error) {
	if s.Refused == nil || r.Session == nil || r.route == nil || !authz.Refused(err) {
		return
	}
	if s.limiter.Take("refused", Reading, string(r.Session.hash[:]), refusals, r.Now) != nil {
		return
	}
	ctx, by, route := context.WithoutCancel(r.Context()), r.Actor, r.route
	go func() {
		if err := s.Refused(ctx, by, route.Verb.Key, route.Pattern); err != nil {
			s.Log.Error("refusal not noted", "err", scrub(err.Error()))
		}
	}()
}

// statusGone is what the log says of a viewer who did not wait for the answer.
const statusGone = 499

// draw makes the body of an error answer: a page for people, RFC 9457 for programs, plain text if drawing fails.
func (s *Server) draw(a *answer, r *Request, f Fault) (mediaType string, body []byte) {
	if !r.wantsPage() {
		return "application/problem+json", problemJSON(f)
	}
	if s.Render != nil {
		var b bytes.Buffer
		err := guarded(a, func() error { return s.Render(r.Context(), &b, r, f) })
		if err == nil {
			return "text/html; charset=utf-8", b.Bytes()
		}
		s.Log.Error("error page", "number", f.Number, "err", scrub(err.Error()))
	}
	return "text/plain; charset=utf-8", []byte(f.Title + "\n\n" + f.Text + "\n\n" + f.Number + "\n")
}

func problemJSON(f Fault) []byte {
	type field struct {
		Field  string `json:"field,omitempty"`
		Key    string `json:"key"`
		Detail string `json:"detail"`
	}
	p := struct {
		Type   string  `json:"type"`
		Title  string  `json:"title"`
		Status int     `json:"status"`
		Detail string  `json:"detail"`
		Number string  `json:"number"`
		Errors []field `json:"errors,omitempty"`
	}{Type: "about:blank", Title: f.Title, Status: f.Status, Detail: f.Text, Number: f.Number}
	for _, x := range f.Problems {
		p.Errors = append(p.Errors, field{x.Field, x.Key, x.Text})
	}
	body, err := json.Marshal(p)
	if err != nil {
		return []byte(`{"type":"about:blank"}`)
	}
	return body
}
