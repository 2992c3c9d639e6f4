package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

func TestPersonsInScopeAndMasked(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		clerk := w.as("clerk", "咸安区", authz.Sensitive, person.Read)
		blind := w.as("reader", "咸安区", authz.Open, person.Read)
		_, own, _ := clerk.get("/api/v1/persons?count=true")
		if len(items(own)) != testworld.PerCounty || own["count"] != float64(testworld.PerCounty) {
			t.Fatalf("%d persons, counted %v", len(items(own)), own["count"])
		}
		mine := testworld.Canary(testworld.City, "咸安区", 0)
		sibling := testworld.Canary(testworld.City, "嘉鱼县", 0)
		for _, path := range []string{
			"/api/v1/persons", "/api/v1/persons?q=" + url.QueryEscape("雀本"), "/api/v1/persons?q=qb", "/api/v1/persons?tie=member&sex=1", "/api/v1/persons?age_from=14&age_to=35",
			"/api/v1/persons?org=" + w.city.Nodes["咸安区甲镇"].ID.String(),
		} {
			code, _, text := clerk.get(path)
			if code != http.StatusOK || !strings.Contains(text, mine) {
				t.Errorf("%s: %d without %s", path, code, mine)
			}
			if strings.Contains(text, sibling) || strings.Contains(text, testworld.Canary(testworld.Twin, "咸安区", 0)) {
				t.Errorf("%s leads out of scope", path)
			}
			_, _, masked := blind.get(path)
			if strings.Contains(masked, mine) || strings.Contains(masked, `"born"`) || strings.Contains(masked, `"phone_tail"`) || strings.Contains(masked, `"home"`) {
				t.Errorf("%s shows a reader without names: %s", path, masked)
			}
		}
		number, phone := testworld.CanaryID(testworld.City, 0, 0), testworld.CanaryPhone(testworld.City, 0, 0)
		for _, q := range []string{number, strings.TrimPrefix(phone, "+86")} {
			_, found, text := clerk.post("/api/v1/persons/search", `{"q":"`+q+`"}`)
			if len(items(found)) != 1 || strings.Contains(text, q) {
				t.Errorf("%s finds %s", q, text)
			}
			if code, _, _ := clerk.get("/api/v1/persons?q=" + q); code != http.StatusUnprocessableEntity {
				t.Errorf("%s stands in an address: %d", q, code)
			}
			if _, found, _ := blind.post("/api/v1/persons/search", `{"q":"`+q+`"}`); len(items(found)) != 0 {
				t.Errorf("%s is found by who may not see names", q)
			}
		}
		for what, q := range map[string]string{"sibling": testworld.CanaryID(testworld.City, 1, 0), "twin": testworld.CanaryID(testworld.Twin, 0, 0)} {
			if _, found, text := clerk.post("/api/v1/persons/search", `{"q":"`+q+`"}`); len(items(found)) != 0 {
				t.Errorf("the %s's number finds %s", what, text)
			}
		}
		code, one, text := clerk.get("/api/v1/persons/" + w.city.People[mine].String())
		if code != http.StatusOK || one["name"] != mine || strings.Contains(text, number) || strings.Contains(text, phone) || !strings.Contains(text, `"masked":"4***`) {
			t.Errorf("one: %d %s", code, text)
		}
		if _, _, text := blind.get("/api/v1/persons/" + w.city.People[mine].String()); strings.Contains(text, mine) || strings.Contains(text, "4212") || strings.Contains(text, `"born"`) {
			t.Errorf("one, to who may not see names: %s", text)
		}
		for what, id := range map[string]person.ID{"sibling": w.city.People[sibling], "twin": w.twin.People[testworld.Canary(testworld.Twin, "咸安区", 0)]} {
			if code, _, text := clerk.get("/api/v1/persons/" + id.String()); code != http.StatusNotFound {
				t.Errorf("the %s's person: %d %s", what, code, text)
			}
		}
	})
}

// A list goes on page by page until everybody was given once; its cursor serves no other list.
func TestPersonsPageByPage(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		clerk := w.as("clerk", "咸宁市", authz.Sensitive, person.Read)
		seen, from := map[string]bool{}, ""
		for range 10 {
			_, answer, text := clerk.get("/api/v1/persons?limit=5&from=" + from)
			for _, x := range items(answer) {
				seen[x.(map[string]any)["id"].(string)] = true
			}
			next, ok := answer["next"].(string)
			if !ok {
				break
			}
			if strings.Contains(text, "⟦") || next == from {
				t.Fatalf("stuck at %s", text)
			}
			from = next
		}
		if len(seen) != 2*testworld.PerCounty {
			t.Errorf("%d persons on all pages", len(seen))
		}
		if code, _, _ := clerk.get("/api/v1/persons?limit=5&sex=1&from=" + from); code != http.StatusUnprocessableEntity {
			t.Errorf("a cursor of another list: %d", code)
		}
		if code, answer, _ := clerk.post("/api/v1/persons/search", `{"limit":5,"from":"`+from+`"}`); code != http.StatusOK || len(items(answer)) == 0 {
			t.Errorf("the same list, searched: %d", code)
		}
	})
}
