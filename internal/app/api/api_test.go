package api_test

import (
	"net/http"
	"strings"
	"testing"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

func TestProgramsSeeWhatTheirAccountSees(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		clerk, stranger := w.as("clerk", "咸安区", authz.Sensitive, clerkVerbs...), caller{w: w, key: "nobody"}

		code, body, text := clerk.get("/api/v1/orgs")
		if code != http.StatusOK || !strings.Contains(text, "咸安区甲镇一村") || strings.Contains(text, "嘉鱼县") {
			t.Fatalf("list: %d %.300s", code, text)
		}
		if n := len(items(body)); n != len(w.city.Nodes)/2 {
			t.Errorf("%d organisations of one county, of %d in the city", n, len(w.city.Nodes))
		}
		if code, body, _ := clerk.get("/api/v1/orgs/" + w.city.Nodes["咸安区一中"].ID.String()); code != http.StatusOK || body["name"] != "咸安区一中" {
			t.Errorf("one: %d %v", code, body)
		}
		for name, id := range map[string]string{
			"the sister county": w.city.Nodes["嘉鱼县"].ID.String(), "the twin city": w.twin.Nodes["咸安区"].ID.String(), "nothing": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "no id": "x",
		} {
			if code, _, text := clerk.get("/api/v1/orgs/" + id); code != http.StatusNotFound {
				t.Errorf("%s: %d %s", name, code, text)
			}
			for _, path := range []string{"/api/v1/orgs?under=", "/api/v1/persons?org="} {
				if code, _, _ := clerk.get(path + id); code != http.StatusNotFound {
					t.Errorf("%s%s: %d", path, name, code)
				}
			}
		}
		for _, path := range []string{"/api/v1/orgs", "/api/v1/persons", "/api/v1/density", "/api/v1/density/map", "/api/v1/imports", "/api/v1/imports/1"} {
			if code, _, _ := stranger.get(path); code != http.StatusUnauthorized {
				t.Errorf("a stranger at %s: %d", path, code)
			}
		}
		if code, body, _ := stranger.get("/api/v1/openapi.json"); code != http.StatusOK || body["openapi"] != "3.1.0" {
			t.Errorf("the description: %d %v", code, body["openapi"])
		}
	})
}

// What is refused is said as the pages say it: in the caller's language, with a number, field by field.
func TestRefusalsAreSaidInBothLanguages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, sqldbtest.SQLite(t, sqldb.Options{}))
	clerk := w.as("clerk", "咸宁市", authz.Sensitive, clerkVerbs...)
	for _, c := range []struct {
		method, path, body string
		status             int
		zh, en, field      string
	}{
		{"GET", "/api/v1/persons?limit=many", "", 422, "此参数", "this parameter", "query.limit"},
		{"GET", "/api/v1/persons?sex=f", "", 422, "此参数", "this parameter", "query.sex"},
		{"GET", "/api/v1/persons?q=13807711000", "", 422, "网址", "address", ""},
		{"GET", "/api/v1/persons?from=nowhere", "", 422, "", "", ""},
		{"GET", "/api/v1/density/map?side=7", "", 422, "此参数", "this parameter", "query.side"},
		{"GET", "/api/v1/persons/x", "", 404, "", "", ""},
		{"POST", "/api/v1/persons/search", `{"q":`, 422, "", "", ""},
		{"POST", "/api/v1/persons/search", `{"unknown":1}`, 422, "此参数", "this parameter", "body.unknown"},
		{"POST", "/api/v1/persons/search", `{"q":"` + strings.Repeat("长", 300_000) + `"}`, 413, "", "", ""},
	} {
		for _, language := range []string{"zh-CN", "en"} {
			clerk.language = language
			status, answer, text := clerk.ask(c.method, c.path, map[bool]string{true: "application/json"}[c.body != ""], []byte(c.body))
			says := map[string]string{"zh-CN": c.zh, "en": c.en}[language]
			number, _ := answer["number"].(string)
			if status != c.status || !strings.Contains(text, says) || !strings.HasPrefix(number, "E-") || strings.Contains(text, "⟦") {
				t.Errorf("%s %.40s in %s: %d %.300s", c.method, c.path, language, status, text)
			}
			if c.field != "" && !strings.Contains(text, `"field":"`+c.field+`"`) {
				t.Errorf("%s %.40s does not name %s: %.300s", c.method, c.path, c.field, text)
			}
			if language == "en" && strings.ContainsAny(answer["detail"].(string), "的不请") {
				t.Errorf("%s is no English", answer["detail"])
			}
		}
	}
}
