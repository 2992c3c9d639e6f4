// Package webtest opens pages for tests as a browser would: through the server, with a session, and read as a document.
package webtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// Zone is the time zone of the cities in tests.
var Zone = time.FixedZone("CST", 8*3600)

// Hostile is text that must stay text wherever a page shows it.
const Hostile = `<script>alert(1)</script>'"&{{.}}桂花`

// Site is the pages of one package under one server.
type Site struct {
	t        testing.TB
	server   *web.Server
	catalog  *i18n.Catalog
	sessions sessions
	token    string
	cookie   http.Cookie
	lang     string
}

type sessions map[[32]byte]web.Session

func (s sessions) Find(_ context.Context, _ string, hash [32]byte, _ time.Time) (web.Session, error) {
	got, ok := s[hash]
	if !ok {
		return got, errs.New(errs.Absent, "errs.absent", nil)
	}
	return got, nil
}

// Open serves routes in a city, for nobody signed in; As signs somebody in.
func Open(t testing.TB, city string, routes func(*door.Doors) []web.Route, messages ...fs.FS) *Site {
	t.Helper()
	assets, err := ui.ReadAssets(web.Dist())
	if err != nil {
		t.Fatal(err)
	}
	doors := &door.Doors{Assets: assets, City: "咸宁", Demo: true}
	catalog, err := i18n.Load(append([]fs.FS{web.Messages, ui.Messages, door.Messages, page.Messages, day.Messages}, messages...)...)
	if err != nil {
		t.Fatal(err)
	}
	s := &Site{t: t, catalog: catalog, sessions: sessions{}, lang: "zh-CN"}
	s.server, err = web.New(web.Config{
		Routes: routes(doors), Assets: web.Dist(), Messages: catalog, Sessions: s.sessions, Rates: web.NoRates(), FlashKey: []byte("k"), TempDir: t.TempDir(),
		City: func(string) (string, *time.Location, bool) { return city, Zone, true },
		Render: func(_ context.Context, w io.Writer, _ *web.Request, f web.Fault) error {
			_, err := io.WriteString(w, "<main><h1>"+f.Title+"</h1><p>"+f.Text+"</p></main>")
			return err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for key, n := range catalog.Unknown() {
			t.Errorf("message %s was asked for %d times and is not there", key, n)
		}
	})
	return s
}

// As is the site as somebody of the staff sees it.
func (s *Site) As(a authz.Actor) *Site {
	token, hash := web.NewToken()
	s.sessions[hash] = web.Session{Actor: a, Phase: web.Whole, Staff: true}
	other := *s
	other.token = token
	return &other
}

// By lets the site go by a clock of the test's own, before anybody looks at it.
func (s *Site) By(now func() time.Time) { s.server.Now = now }

// Holding is the site as a browser sees it that keeps a cookie.
func (s *Site) Holding(name, value string) *Site {
	other := *s
	other.cookie = http.Cookie{Name: name, Value: value}
	return &other
}

// ServeHTTP lets a browser look at the site as whoever it is seen by.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.token != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: s.token})
	}
	s.server.ServeHTTP(w, r)
}

// In is the site in another language.
func (s *Site) In(lang string) *Site {
	other := *s
	other.lang = lang
	return &other
}

// Answer is what the server said.
type Answer struct {
	*goquery.Document
	t        testing.TB
	Status   int
	Location string
	Header   http.Header
	Body     string
}

// Get opens a page.
func (s *Site) Get(target string) *Answer {
	s.t.Helper()
	return s.ask(httptest.NewRequest(http.MethodGet, target, nil))
}

// Post sends a form.
func (s *Site) Post(target string, fields url.Values) *Answer {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(fields.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.ask(r)
}

// Send sends JSON as a script does, and gives what comes back, with < and > as they are.
func (s *Site) Send(target, body string) string {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(s.ask(r).Body)
}

// Upload sends a form with a file, as the field of that name.
func (s *Site) Upload(target string, fields map[string]string, field, name, content string) *Answer {
	s.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for key, value := range fields {
		if err := m.WriteField(key, value); err != nil {
			s.t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile(field, name)
	if err == nil {
		_, err = io.WriteString(part, content)
	}
	if err = errors.Join(err, m.Close()); err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, target, &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	return s.ask(r)
}

func (s *Site) ask(r *http.Request) *Answer {
	s.t.Helper()
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", s.lang)
	if s.token != "" {
		r.AddCookie(&http.Cookie{Name: "session", Value: s.token})
	}
	if s.cookie.Name != "" {
		r.AddCookie(&s.cookie)
	}
	w := httptest.NewRecorder()
	s.server.ServeHTTP(w, r)
	body := w.Body.String()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	return &Answer{Document: doc, t: s.t, Status: w.Code, Location: w.Header().Get("Location"), Header: w.Header(), Body: body}
}

// Want demands a status, and that each selector finds something.
func (a *Answer) Want(status int, selectors ...string) *Answer {
	a.t.Helper()
	if a.Status != status {
		a.t.Errorf("status %d, want %d: %.600s", a.Status, status, strings.TrimSpace(a.Find("main").Text()))
		return a
	}
	for _, s := range selectors {
		if a.Find(s).Length() == 0 {
			a.t.Errorf("nothing is %s in %.900s", s, strings.Join(strings.Fields(a.Find("main").Text()), " "))
		}
	}
	if a.Find("main script, main img:not([src^='/office/answers/'], [src^='/f/'], [src^='/office/forms/'], [src^='/office/classes/']), main style, main [style], main [onclick]").Length() > 0 {
		a.t.Error("the page holds a script, a picture or a style of its own")
	}
	return a
}

// Holds demands that the page's text has a part.
func (a *Answer) Holds(parts ...string) *Answer {
	a.t.Helper()
	text := a.Text()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			a.t.Errorf("%q is not in %.900s", p, strings.Join(strings.Fields(a.Find("main").Text()), " "))
		}
	}
	return a
}

// Lacks demands that a text stands nowhere in the answer.
func (a *Answer) Lacks(parts ...string) *Answer {
	a.t.Helper()
	for _, p := range parts {
		if strings.Contains(a.Body, p) {
			a.t.Errorf("%q is in the answer", p)
		}
	}
	return a
}

// Form gives the fields of the page's form as they stand, with what is typed into them; but not for whom the form was made,
// so that a test may send it as somebody else.
func (a *Answer) Form(typed url.Values) url.Values {
	fields := url.Values{}
	a.Find("main form[method=post] input, main form[method=post] textarea, main form[method=post] select").Each(func(_ int, e *goquery.Selection) {
		name, _ := e.Attr("name")
		kind, _ := e.Attr("type")
		_, checked := e.Attr("checked")
		if name == "" || name == web.MineField || (kind == "radio" || kind == "checkbox") && !checked {
			return
		}
		value := e.AttrOr("value", "")
		if goquery.NodeName(e) == "textarea" {
			value = e.Text()
		}
		if chosen := e.Find("option[selected]"); chosen.Length() > 0 {
			value = chosen.AttrOr("value", "")
		}
		fields.Set(name, value)
	})
	for name, values := range typed {
		fields[name] = values
	}
	return fields
}

// Keep writes the page into the folder that ZHIDIAN_LOOK names, to be served and looked at with the assets beside it.
func (a *Answer) Keep(name string) *Answer {
	into := os.Getenv("ZHIDIAN_LOOK")
	if into == "" {
		return a
	}
	if err := os.CopyFS(filepath.Join(into, "assets"), web.Dist()); err != nil && !os.IsExist(err) {
		a.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(into, name+".html"), []byte(a.Body), 0o600); err != nil {
		a.t.Fatal(err)
	}
	return a
}
