package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web"
)

var (
	now   = time.Date(2026, 3, 5, 9, 0, 0, 0, time.UTC)
	look  = authz.Verb{Key: "test.look"}
	other = authz.Verb{Key: "test.other"}
)

// safeLog is a log that tests read while the server writes.
type safeLog struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *safeLog) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *safeLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

type store map[[32]byte]web.Session

func (s store) Find(_ context.Context, city string, hash [32]byte, _ time.Time) (web.Session, error) {
	got, ok := s[hash]
	if !ok {
		return got, errs.New(errs.Absent, "errs.absent", nil)
	}
	if got.Actor.City == "broken" {
		return got, errors.New("store: phone 13800000000 not readable")
	}
	return got, nil
}

func (s store) add(session web.Session) (token string) {
	token, hash := web.NewToken()
	s[hash] = session
	return token
}

func staff(phase web.Phase) web.Session {
	return web.Session{
		Phase: phase, Staff: true,
		Actor: authz.Actor{City: "xianning", User: "u1", Grants: []authz.Held{{Role: authz.Role{Key: "clerk", Verbs: []authz.Verb{look}}, At: "0A/"}}},
	}
}

type page string

func (p page) Render(_ context.Context, w io.Writer) error {
	if p == "broken" {
		return errors.New("template: secret")
	}
	_, err := io.WriteString(w, string(p))
	return err
}

type world struct {
	*web.Server
	sessions store
	log      *safeLog
	catalog  *i18n.Catalog
}

func catalog(t testing.TB) *i18n.Catalog {
	t.Helper()
	extra := fstest.MapFS{
		"messages/zh-CN.json": {Data: []byte(`{"t.saved":"已保存 {n} 行 {what}","t.full":"{course}已满","t.open":"开放","day.format":"日期","day.no_such_day":"无","money.format":"金额"}`)},
		"messages/en.json":    {Data: []byte(`{"t.saved":"Saved {n} rows {what}","t.full":"{course} is full","t.open":"open","day.format":"date","day.no_such_day":"none","money.format":"sum"}`)},
	}
	c, err := i18n.Load(web.Messages, extra)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func serve(t testing.TB, change func(*web.Config), routes ...web.Route) *world {
	t.Helper()
	x := &world{sessions: store{}, log: &safeLog{}, catalog: catalog(t)}
	c := web.Config{
		Routes: routes, Messages: x.catalog, Sessions: x.sessions, Tokens: x.sessions,
		City: func(host string) (string, *time.Location, bool) {
			return "xianning", time.FixedZone("CST", 8*3600), host != "evil.example"
		},
		Rates: web.NoRates(), Now: func() time.Time { return now }, FlashKey: []byte("k"), TempDir: t.TempDir(),
		Log:    slog.New(slog.NewJSONHandler(x.log, nil)),
		Assets: fstest.MapFS{"app-84d41c2382c1.js": {Data: []byte(strings.Repeat("let a=1;", 400))}, "small.txt": {Data: []byte("x")}},
		Render: func(_ context.Context, w io.Writer, _ *web.Request, f web.Fault) error {
			_, err := io.WriteString(w, "<h1>"+f.Title+"</h1><p>"+f.Text+"</p>"+f.Number)
			return err
		},
	}
	if change != nil {
		change(&c)
	}
	s, err := web.New(c)
	if err != nil {
		t.Fatal(err)
	}
	x.Server = s
	return x
}

type edit func(*http.Request)

func header(name, value string) edit { return func(r *http.Request) { r.Header.Set(name, value) } }
func cookie(name, value string) edit {
	return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name, Value: value}) }
}
func from(addr string) edit { return func(r *http.Request) { r.RemoteAddr = addr } }

func form(values url.Values) edit {
	return func(r *http.Request) {
		body := values.Encode()
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
}

func (x *world) ask(method, target string, edits ...edit) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	for _, e := range edits {
		e(r)
	}
	w := httptest.NewRecorder()
	x.ServeHTTP(w, r)
	return w
}

func route(pattern string, door web.Door, h web.Handler) web.Route {
	return web.Route{Pattern: pattern, Door: door, Handle: h}
}

func say(text string) web.Handler {
	return func(w http.ResponseWriter, r *web.Request) error { return r.Page(w, http.StatusOK, page(text)) }
}

func failing(err error) web.Handler {
	return func(http.ResponseWriter, *web.Request) error { return err }
}

func want(t *testing.T, w *httptest.ResponseRecorder, status int, parts ...string) {
	t.Helper()
	if w.Code != status {
		t.Errorf("status %d, want %d: %s", w.Code, status, w.Body)
	}
	for _, p := range parts {
		if !strings.Contains(w.Body.String(), p) {
			t.Errorf("%q is not in %s", p, w.Body)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	ok := say("x")
	for name, routes := range map[string][]web.Route{
		"no door":         {{Pattern: "GET /a", Handle: ok}},
		"no handler":      {{Pattern: "GET /a", Door: web.Public}},
		"no method":       {{Pattern: "/a", Door: web.Public, Handle: ok}},
		"twice":           {route("GET /a", web.Public, ok), route("GET /a", web.Public, ok)},
		"contradiction":   {route("GET /a/{x}", web.Public, ok), route("GET /{y}/b", web.Public, ok)},
		"verb at no door": {{Pattern: "GET /a", Door: web.Open, Verb: look, Handle: ok}},
		"bad pattern":     {route("GET a{", web.Public, ok)},
	} {
		_, err := web.New(web.Config{Routes: routes, Messages: catalog(t), City: func(string) (string, *time.Location, bool) { return "x", time.UTC, true }})
		if err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
	if _, err := web.New(web.Config{}); err == nil {
		t.Error("a server without messages and city is accepted")
	}
	for _, tiles := range []string{"http://a.cn", "https://a.cn/x", "https://a.cn; script-src *", "'unsafe-inline'"} {
		_, err := web.New(web.Config{Messages: catalog(t), City: func(string) (string, *time.Location, bool) { return "", nil, true }, Tiles: []string{tiles}})
		if err == nil {
			t.Errorf("tiles from %q are accepted", tiles)
		}
	}
}

func TestDoors(t *testing.T) {
	t.Parallel()
	who := func(w http.ResponseWriter, r *web.Request) error {
		return r.Page(w, 200, page("user="+r.Actor.User+" city="+r.Actor.City+fmt.Sprint(" known=", r.Session != nil)))
	}
	x := serve(t, func(c *web.Config) { c.NewSecret, c.SecondStep = "/new-password", "/code" },
		route("GET /open", web.Open, who), route("GET /public", web.Public, who), route("GET /entry", web.Entry, who),
		route("GET /office", web.Office, who), route("POST /office", web.Office, who), route("GET /field", web.Field, who),
		route("GET /api/v1/x", web.API, who),
		web.Route{Pattern: "GET /look", Door: web.Office, Verb: look, Handle: who},
		web.Route{Pattern: "GET /other", Door: web.Office, Verb: other, Handle: who})
	whole, young, half := x.sessions.add(staff(web.Whole)), x.sessions.add(staff(web.NeedsPassword)), x.sessions.add(staff(web.NeedsTOTP))
	outsider := staff(web.Whole)
	outsider.Staff = false
	parent := x.sessions.add(outsider)
	late := staff(web.Whole)
	late.IdleUntil = now.Add(-time.Second)
	idle := x.sessions.add(late)
	twin := staff(web.Whole)
	twin.Actor.City = "twin"
	stranger := x.sessions.add(twin)
	god := staff(web.Whole)
	god.Actor = authz.System("xianning")
	system := x.sessions.add(god)
	zero := x.sessions.add(staff(0))
	bad := staff(web.Whole)
	bad.Actor.City = "broken"
	broken := x.sessions.add(bad)

	for _, c := range []struct {
		target, token string
		status        int
		body          string
	}{
		{"/open", whole, 200, "user= city=xianning"},
		{"/public", "", 200, "user= city"},
		{"/public", whole, 200, "user=u1"},
		{"/public", half, 200, "user= city=xianning known=false"},
		{"/public", "nonsense", 200, "user= city"},
		{"/entry", half, 200, "user=u1"},
		{"/entry", "", 200, "user= city"},
		{"/office?q=13800000000", "", 303, "/sign-in?next=%2Foffice%3Fq%3D13800000000"},
		{"/office", whole, 200, "user=u1"},
		{"/office", young, 303, "/new-password?next=%2Foffice"},
		{"/office", half, 303, "/code?next=%2Foffice"},
		{"/office", zero, 303, "/sign-in"},
		{"/office", idle, 303, "/sign-in"},
		{"/office", parent, 403, "没有权限"},
		{"/field", parent, 200, "user=u1"},
		{"/field", "", 303, "/sign-in"},
		{"/look", whole, 200, "user=u1"},
		{"/other", whole, 403, "没有权限"},
		{"/public", stranger, 500, "错误编号"},
		{"/public", system, 500, "错误编号"},
		{"/public", broken, 500, "错误编号"},
		{"/api/v1/x", whole, 401, "problem"}, // a cookie opens no API
	} {
		var edits []edit
		if c.token != "" {
			edits = append(edits, cookie("session", c.token))
		}
		w := x.ask("GET", c.target, edits...)
		got := w.Body.String() + w.Header().Get("Location") + w.Header().Get("Content-Type")
		if w.Code != c.status || !strings.Contains(got, c.body) {
			t.Errorf("%s: %d %s, want %d %s", c.target, w.Code, got, c.status, c.body)
		}
	}
	want(t, x.ask("GET", "/api/v1/x", header("Authorization", "Bearer "+whole)), 200, "user=u1")
	w := x.ask("POST", "/office", form(url.Values{"a": {"b"}}))
	want(t, w, 401, "请先登录", "没有提交")
	for _, secret := range []string{"13800000000", whole} {
		if strings.Contains(x.log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
	}
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	for _, secure := range []bool{false, true} {
		x := serve(t, func(c *web.Config) { c.Secure = secure },
			route("GET /in", web.Entry, func(w http.ResponseWriter, r *web.Request) error {
				r.SetSession(w, "token")
				return r.Redirect(w, r.Next("/home"), "")
			}),
			route("GET /out", web.Public, func(w http.ResponseWriter, r *web.Request) error {
				r.ClearSession(w)
				return r.Redirect(w, "/", "")
			}))
		got := x.ask("GET", "/in").Header().Get("Set-Cookie")
		plain := "session=token; Path=/; HttpOnly; SameSite=Lax"
		if secure {
			plain = "__Host-session=token; Path=/; HttpOnly; Secure; SameSite=Lax"
		}
		if got != plain {
			t.Errorf("cookie %q, want %q", got, plain)
		}
		if out := x.ask("GET", "/out").Header().Get("Set-Cookie"); !strings.Contains(out, "Max-Age=0") {
			t.Errorf("signing out leaves %q", out)
		}
		if hsts := x.ask("GET", "/in").Header().Get("Strict-Transport-Security"); (hsts != "") != secure {
			t.Errorf("secure %v: HSTS %q", secure, hsts)
		}
		for next, to := range map[string]string{"/a?b=c": "/a?b=c", "//evil.cn": "/home", "https://evil.cn": "/home", `/\evil.cn`: "/home", "/a%0d%0ab": "/a%0d%0ab", "/a\nb": "/home"} {
			if got := x.ask("GET", "/in?next="+url.QueryEscape(next)).Header().Get("Location"); got != to {
				t.Errorf("next %q leads to %q", next, got)
			}
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	x := serve(t, nil, route("GET /x", web.Public, func(w http.ResponseWriter, r *web.Request) error {
		return r.Page(w, 200, page(r.L.T("t.open")+r.L.Clock(r.Now)))
	}))
	want(t, x.ask("GET", "/x"), 200, "开放17:00")
	w := x.ask("GET", "/x?lang=en", header("Accept-Language", "zh-CN"))
	want(t, w, 200, "open17:00")
	if c := w.Header().Get("Set-Cookie"); !strings.HasPrefix(c, "lang=en;") {
		t.Errorf("cookie %q", c)
	}
	want(t, x.ask("GET", "/x", cookie("lang", "en")), 200, "open")
	if c := x.ask("GET", "/x?lang=%0aevil").Header().Get("Set-Cookie"); c != "" {
		t.Errorf("an unknown language sets %q", c)
	}
}

func TestFlash(t *testing.T) {
	t.Parallel()
	x := serve(t, nil,
		route("POST /save", web.Public, func(w http.ResponseWriter, r *web.Request) error {
			return r.Redirect(w, "/list", "t.saved", "n", 1904, "what", i18n.Key("t.open"))
		}),
		route("POST /wrong", web.Public, func(w http.ResponseWriter, r *web.Request) error {
			return r.Redirect(w, "https://evil.cn", "t.saved")
		}),
		route("POST /odd", web.Public, func(w http.ResponseWriter, r *web.Request) error {
			return r.Redirect(w, "/list", "t.saved", "n", []int{1})
		}),
		route("GET /list", web.Public, func(w http.ResponseWriter, r *web.Request) error {
			return r.Page(w, 200, page("["+r.Flash()+"]"))
		}))
	w := x.ask("POST", "/save")
	if w.Code != 303 || w.Header().Get("Location") != "/list" {
		t.Fatalf("%d %v", w.Code, w.Header())
	}
	c := w.Result().Cookies()[0]
	got := x.ask("GET", "/list", cookie("flash", c.Value))
	want(t, got, 200, "[已保存 1,904 行 开放]")
	if !strings.Contains(got.Header().Get("Set-Cookie"), "flash=; Path=/; Max-Age=0") {
		t.Error("the message is shown again")
	}
	for _, forged := range []string{"", ".", "e30.", strings.Replace(c.Value, ".", "A.", 1), c.Value[1:]} {
		want(t, x.ask("GET", "/list", cookie("flash", forged)), 200, "[]")
	}
	want(t, x.ask("POST", "/wrong"), 500)
	want(t, x.ask("POST", "/odd"), 500)
}

func TestNothingHere(t *testing.T) {
	t.Parallel()
	x := serve(t, nil, route("POST /save", web.Public, say("x")))
	want(t, x.ask("GET", "/nothing"), 404, "没有找到")
	w := x.ask("GET", "/save")
	want(t, w, 405)
	if w.Header().Get("Allow") != "POST" {
		t.Errorf("Allow %q", w.Header().Get("Allow"))
	}
	want(t, x.ask("GET", "/x", func(r *http.Request) { r.Host = "evil.example" }), 404)
	want(t, x.ask("GET", "/api/v1/nothing"), 404, `"status":404`)
}

// FuzzFlash holds any cookie against the promise that nothing is shown which this server has not signed.
func FuzzFlash(f *testing.F) {
	for _, s := range []string{"", ".", "e30.e30", "eyJrIjoidC5vcGVuIn0.AAAA", strings.Repeat("A", 9000)} {
		f.Add(s)
	}
	x := serve(f, nil, route("GET /list", web.Public, func(w http.ResponseWriter, r *web.Request) error {
		return r.Page(w, 200, page("["+r.Flash()+"]"))
	}))
	f.Fuzz(func(t *testing.T, value string) {
		if w := x.ask("GET", "/list", header("Cookie", "flash="+value)); w.Body.String() != "[]" {
			t.Errorf("%q shows %s", value, w.Body)
		}
	})
}
