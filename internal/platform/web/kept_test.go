package web_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"zhidian/internal/platform/web"
)

// A form whose session has ended comes back to the account that it was made for, to be looked at: not to another account
// that signs in at the same browser, not for ever, and never as a deed.
func TestAFormOutlivesItsSession(t *testing.T) {
	t.Parallel()
	const typed, secret = "走访三户，下周补名单", "hunter2-again"
	done, clock := 0, now
	x := serve(t, func(c *web.Config) {
		c.Now = func() time.Time { return clock }
		c.Render = func(_ context.Context, w io.Writer, _ *web.Request, f web.Fault) error {
			_, err := io.WriteString(w, f.Kept)
			return err
		}
		c.GiveBack = func(_ *web.Request, k web.Kept) web.Component {
			var typed []string
			for _, a := range k.Typed() {
				typed = append(typed, a.Question+"="+a.Text)
			}
			return page(k.Action + "|" + k.Back + "|" + strings.Join(typed, "+") + "|" + k.Fields.Encode())
		}
	},
		route("GET /mine", web.Public, func(w http.ResponseWriter, r *web.Request) error { return r.Page(w, http.StatusOK, page(r.Mine())) }),
		route("POST /note", web.Office, func(w http.ResponseWriter, r *web.Request) error {
			done++
			return r.Page(w, http.StatusOK, page("done"))
		}))
	a, b := staff(web.Whole), staff(web.Whole)
	b.Actor.User = "u2"
	as := func(s web.Session) edit { return cookie("session", x.sessions.add(s)) }
	mine := x.ask("GET", "/mine", as(a)).Body.String()
	if mine == "" || mine == x.ask("GET", "/mine", as(b)).Body.String() || x.ask("GET", "/mine").Body.String() != "" {
		t.Fatalf("forms are marked %q", mine)
	}
	filled := url.Values{
		"text": {typed}, "own": {secret}, "which": {"01ARZ3NDEKTSV4RRFFQ69G5FAV"}, "_key": {"abcdefgh12345678"},
		"desk": {"01ARZ3NDEKTSV4RRFFQ69G5FAX"}, "more": {"乙", "没有的"}, "empty": {""},
		web.MineField: {mine}, web.SecretField: {"own"}, web.AskedField: {
			"more\t还有什么\t甲\t第一\t乙\t第二", "text\t走访情况", "desk\t交给\t01ARZ3NDEKTSV4RRFFQ69G5FAX\t咸安区团委", "own\t口令", "empty\t空着", "which\t内部", "half", "more\t又问一遍", "odd\t缺一半\t甲",
		},
	}
	sent := func(v url.Values, edits ...edit) *httptest.ResponseRecorder {
		return x.ask("POST", "/note?at=1", append(edits, form(v), header("Referer", "http://example.com/office/note"))...)
	}
	ask := func(sealed string, edits ...edit) *httptest.ResponseRecorder {
		return x.ask("POST", web.KeptURL, append(edits, form(url.Values{"kept": {sealed}}))...)
	}
	lost := sent(filled)
	sealed := lost.Body.String()
	want(t, lost, http.StatusUnauthorized)
	if sealed == "" || strings.Contains(sealed, typed) || strings.Contains(sealed, secret) {
		t.Fatalf("sealed as %q", sealed)
	}
	again := ask(sealed)
	if want(t, again, http.StatusUnauthorized); again.Body.String() != sealed {
		t.Error("asked for before signing in, it is gone")
	}
	if other := ask(sealed, as(b)); other.Code != http.StatusConflict || strings.Contains(other.Body.String(), typed) {
		t.Errorf("to another account: %d %s", other.Code, other.Body)
	}
	back := ask(sealed, as(a))
	want(t, back, http.StatusOK, "/note?at=1|/office/note|还有什么=第二+还有什么=没有的+走访情况="+typed+"+交给=咸安区团委|", "which=01ARZ", "_key=abcdefgh12345678")
	if strings.Contains(back.Body.String(), secret) {
		t.Error("a secret was kept")
	}
	if done != 0 {
		t.Errorf("done %d times", done)
	}
	for name, s := range map[string]string{"changed": "AAAA" + sealed[4:], "cut": sealed[:10], "nothing": ""} {
		if w := ask(s, as(a)); w.Code != http.StatusConflict {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
	if w := sent(filled, as(b)); w.Code != http.StatusConflict || done != 0 {
		t.Errorf("sent under another account: %d, done %d times", w.Code, done)
	} else {
		want(t, ask(w.Body.String(), as(a)), http.StatusOK, typed)
	}
	want(t, sent(filled, as(a)), http.StatusOK, "done")
	for name, v := range map[string]url.Values{
		"no form of ours": {"text": {typed}}, "nothing typed": {"which": {"01ARZ3NDEKTSV4RRFFQ69G5FAV"}, web.MineField: {mine}},
		"too long": {"text": {strings.Repeat("长", 120_000)}, web.MineField: {mine}},
	} {
		if w := sent(v); w.Body.String() != "" {
			t.Errorf("%s is kept: %d", name, w.Code)
		}
	}
	clock = clock.Add(2 * time.Hour)
	if w := ask(sealed, as(a)); w.Code != http.StatusConflict {
		t.Errorf("after two hours: %d", w.Code)
	}
}
