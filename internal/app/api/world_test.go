package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"zhidian/internal/app/api"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/person/personweb"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/density"
	"zhidian/internal/service/density/densityweb"
	"zhidian/internal/service/density/intake"
	"zhidian/internal/service/density/intake/intakeweb"
	"zhidian/internal/testworld"
)

// tokens knows each test token by its hash.
type tokens map[[32]byte]authz.Actor

func (s tokens) Find(_ context.Context, city string, hash [32]byte, _ time.Time) (web.Session, error) {
	a, ok := s[hash]
	if !ok || a.City != city {
		return web.Session{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	return web.Session{Actor: a, Phase: web.Whole, Staff: true}, nil
}

// world is the API before the city and its twin.
type world struct {
	t          *testing.T
	city, twin *testworld.World
	srv        *web.Server
	known      tokens
	jobs       *job.Service
	density    *density.Service
}

func newWorld(t *testing.T, db *sqldb.DB) *world {
	t.Helper()
	w := &world{t: t, known: tokens{}}
	w.city, w.twin = testworld.Build(t, db)
	cat, err := i18n.Load(web.Messages, sqldb.Messages, api.Messages, personweb.Messages, page.Messages, source.Messages, sheet.Messages,
		blob.Messages, cn.Messages, day.Messages, job.Messages, intake.Messages, intakeweb.Messages, densityweb.Messages)
	if err != nil {
		t.Fatal(err)
	}
	files, err := blob.New(t.TempDir(), seal.Ephemeral("zhidian/test"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	serials := &sqldb.Serials{DB: db}
	w.density = &density.Service{DB: db}
	in := &intake.Service{DB: db, Serials: serials, Keys: w.city.Keys, Files: files, Sources: &source.Service{DB: db, Serials: serials}, Limits: sheet.DefaultLimits}
	w.jobs = &job.Service{DB: db, Handlers: in.Handlers(), Log: slog.New(slog.DiscardHandler), Actor: func(_ context.Context, _, user string) (authz.Actor, error) {
		for _, a := range w.known {
			if a.User == user {
				return a, nil
			}
		}
		return authz.Actor{}, errs.New(errs.Absent, "errs.absent", nil)
	}}
	w.srv, err = web.New(web.Config{
		Messages: cat, Tokens: w.known, Rates: web.NoRates(), TempDir: t.TempDir(),
		City: func(string) (string, *time.Location, bool) { return w.city.City, time.UTC, true },
		Routes: api.Routes(api.Services{
			DB: db, Places: &place.Service{DB: db, Cursors: page.NewCursors(make([]byte, 32))}, Density: w.density, Intake: in, Jobs: w.jobs,
			Persons: &person.Service{DB: db, Keys: w.city.Keys, Cursors: page.NewCursors(make([]byte, 32))},
		}),
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// caller is a program with a token.
type caller struct {
	w        *world
	key      string
	language string
}

// as gives a program that acts for somebody who holds verbs at a node of the city.
func (w *world) as(name, node string, sees authz.Class, verbs ...authz.Verb) caller {
	key, hash := web.NewToken()
	w.known[hash] = w.city.Actor(w.t, authz.Role{Key: name, Verbs: verbs, Sees: sees}, node)
	return caller{w: w, key: key}
}

// ask sends a request and gives the status and the answer.
func (c caller) ask(method, path, kind string, body []byte) (int, map[string]any, string) {
	c.w.t.Helper()
	r := httptest.NewRequest(method, path, bytes.NewReader(body))
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	r.Header.Set("Accept-Language", c.language)
	rec := httptest.NewRecorder()
	c.w.srv.ServeHTTP(rec, r)
	var answer map[string]any
	_ = json.Unmarshal(rec.Body.Bytes(), &answer)
	return rec.Code, answer, rec.Body.String()
}

func (c caller) get(path string) (int, map[string]any, string) {
	c.w.t.Helper()
	return c.ask(http.MethodGet, path, "", nil)
}

func (c caller) post(path, body string) (int, map[string]any, string) {
	c.w.t.Helper()
	return c.ask(http.MethodPost, path, "application/json", []byte(body))
}

// upload sends a table as the next import of a new source.
func (c caller) upload(name, table string, fields map[string]string) (int, map[string]any, string) {
	c.w.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for k, v := range fields {
		if err := m.WriteField(k, v); err != nil {
			c.w.t.Fatal(err)
		}
	}
	f, err := m.CreateFormFile("file", name)
	if err == nil {
		_, err = f.Write([]byte(table))
	}
	if err != nil || m.Close() != nil {
		c.w.t.Fatal(err)
	}
	return c.ask(http.MethodPost, "/api/v1/imports", m.FormDataContentType(), body.Bytes())
}

// work does the long works that wait.
func (w *world) work() {
	w.t.Helper()
	if err := w.jobs.Work(w.t.Context(), w.city.City); err != nil {
		w.t.Fatal(err)
	}
}

func items(answer map[string]any) []any {
	all, _ := answer["items"].([]any)
	return all
}

// youth is a table of young people of every village; the groups of 2 and 3 are too small to be shown to everybody.
func youth(old string) string {
	var b strings.Builder
	b.WriteString("县市区,乡镇街道,村（社区）,区划代码,14-17岁,18-22岁,23-28岁,29-35岁\n")
	for i, county := range testworld.Counties {
		for k, town := range []string{"甲镇", "乙镇"} {
			for v, village := range []string{"一村", "二村"} {
				code := []string{"421202", "421221"}[i] + "10" + string(rune('0'+k)) + "20" + string(rune('0'+v))
				b.WriteString(strings.Join([]string{county, county + town, county + town + village, code, "3", "37", "2", old}, ",") + "\n")
			}
		}
	}
	return b.String()
}

// everything that a clerk may do with what is tested here
var clerkVerbs = append([]authz.Verb{org.Read, person.Read, source.Read, source.Register, source.Receive, density.Read, density.Export}, intake.Verbs...)
