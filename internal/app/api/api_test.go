package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"zhidian/internal/app/api"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/platform/web"
	"zhidian/internal/testworld"
)

// tokens knows each test token by its plain text.
type tokens map[[32]byte]authz.Actor

func (s tokens) Find(_ context.Context, city string, hash [32]byte, _ time.Time) (web.Session, error) {
	a, ok := s[hash]
	if !ok || a.City != city {
		return web.Session{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	return web.Session{Actor: a, Phase: web.Whole, Staff: true}, nil
}

type caller struct {
	t   *testing.T
	h   http.Handler
	key string
}

func (c caller) get(path string) (int, map[string]any, string) {
	c.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	w := httptest.NewRecorder()
	c.h.ServeHTTP(w, r)
	var body map[string]any
	_ = json.Unmarshal(w.Body.Bytes(), &body)
	return w.Code, body, w.Body.String()
}

func TestProgramsSeeWhatTheirAccountSees(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		city, twin := testworld.Build(t, db)
		role := authz.Role{Key: "clerk", Verbs: []authz.Verb{org.Read, source.Read}, Sees: authz.Sensitive}
		key, hash := web.NewToken()
		known := tokens{hash: city.Actor(t, role, "咸安区")}
		cat, err := i18n.Load(web.Messages, sqldb.Messages)
		if err != nil {
			t.Fatal(err)
		}
		srv, err := web.New(web.Config{
			Messages: cat, Tokens: known, Rates: web.NoRates(),
			City:   func(string) (string, *time.Location, bool) { return city.City, time.UTC, true },
			Routes: api.Routes(api.Services{DB: db}),
		})
		if err != nil {
			t.Fatal(err)
		}
		clerk, stranger := caller{t, srv, key}, caller{t, srv, "nobody"}

		code, body, text := clerk.get("/api/v1/orgs")
		if code != http.StatusOK || !strings.Contains(text, "咸安区甲镇一村") || strings.Contains(text, "嘉鱼县") {
			t.Fatalf("list: %d %.300s", code, text)
		}
		if n := len(body["items"].([]any)); n != len(city.Nodes)/2 {
			t.Errorf("%d organisations of one county, of %d in the city", n, len(city.Nodes))
		}
		if code, body, _ := clerk.get("/api/v1/orgs/" + city.Nodes["咸安区一中"].ID.String()); code != http.StatusOK || body["name"] != "咸安区一中" {
			t.Errorf("one: %d %v", code, body)
		}
		for name, id := range map[string]string{
			"the sister county": city.Nodes["嘉鱼县"].ID.String(), "the twin city": twin.Nodes["咸安区"].ID.String(), "nothing": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "no id": "x",
		} {
			if code, _, text := clerk.get("/api/v1/orgs/" + id); code != http.StatusNotFound {
				t.Errorf("%s: %d %s", name, code, text)
			}
			if code, _, _ := clerk.get("/api/v1/orgs?under=" + id); code != http.StatusNotFound {
				t.Errorf("under %s: %d", name, code)
			}
		}
		for _, path := range []string{"/api/v1/orgs", "/api/v1/imports", "/api/v1/imports/1"} {
			if code, _, _ := stranger.get(path); code != http.StatusUnauthorized {
				t.Errorf("a stranger at %s: %d", path, code)
			}
		}
		if code, _, text := clerk.get("/api/v1/imports"); code != http.StatusOK || !strings.Contains(text, `"items":[]`) {
			t.Errorf("imports: %d %s", code, text)
		}
		if code, _, _ := clerk.get("/api/v1/imports/7"); code != http.StatusNotFound {
			t.Errorf("no import: %d", code)
		}
		if code, body, _ := stranger.get("/api/v1/openapi.json"); code != http.StatusOK || body["openapi"] != "3.1.0" {
			t.Errorf("the description: %d %v", code, body["openapi"])
		}
	})
}
