package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/density"
)

// Two deliveries are counted; a reader without lists is given no small group, neither as a figure nor on a map, and
// blind spots are told to who may see lists there.
func TestFiguresOfTheCity(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		clerk := w.as("clerk", "咸宁市", authz.Sensitive, clerkVerbs...)
		if code, _, text := clerk.get("/api/v1/density"); code != http.StatusNotFound {
			t.Fatalf("before anything was counted: %d %s", code, text)
		}
		for i, old := range []string{"41", "50"} {
			fields := map[string]string{"as_of": fmt.Sprintf("202%d-03-31", 5+i), "source_name": "村级青年摸底表", "fineness": "village", "crs": "wgs84"}
			_, made, _ := clerk.upload("青年.csv", youth(old), fields)
			one := fmt.Sprintf("/api/v1/imports/%v", made["number"])
			for _, name := range []string{"check", "apply"} {
				if code, _, text := clerk.post(one+"/"+name, `{}`); code != http.StatusOK {
					t.Fatalf("%s: %d %s", name, code, text)
				}
				w.work()
			}
			if err := w.density.CatchUp(t.Context(), authz.System(w.city.City)); err != nil {
				t.Fatal(err)
			}
		}
		reader := w.as("reader", "咸宁市", authz.Open, density.Read, density.Export)
		county := w.as("county", "咸安区", authz.Personal, density.Read, person.Read)

		village := "/api/v1/density?level=village&place=" + w.city.Nodes["咸安区"].ID.String()
		_, all, text := clerk.get(village)
		if rows := all["rows"].([]any); len(rows) != 4 || !strings.Contains(text, `"14-17":{"n":3}`) || all["villages_reported"] != 4.0 {
			t.Errorf("villages: %s", text)
		}
		if _, _, text := county.get(village); !strings.Contains(text, `"14-17":{"n":3}`) {
			t.Errorf("who has lists there is not shown them: %s", text)
		}
		if _, _, text := county.get(strings.Replace(village, w.city.Nodes["咸安区"].ID.String(), w.city.Nodes["嘉鱼县"].ID.String(), 1)); strings.Contains(text, `"14-17":{"n":3}`) {
			t.Errorf("the sibling county's small groups are shown: %s", text)
		}
		if _, _, text := reader.get(village); strings.Contains(text, `"n":3}`) || strings.Contains(text, `"n":2}`) || !strings.Contains(text, `{"n":null,"why":"hidden"}`) {
			t.Errorf("small groups: %s", text)
		}
		if code, _, _ := clerk.get("/api/v1/density?place=" + w.twin.Nodes["咸安区"].ID.String()); code != http.StatusNotFound {
			t.Errorf("the twin's county: %d", code)
		}

		_, c, text := clerk.get("/api/v1/density/compare")
		sum := c["sum"].(map[string]any)
		if n := sum["now"].(map[string]any)["youth"].(map[string]any)["n"].(float64) - sum["was"].(map[string]any)["youth"].(map[string]any)["n"].(float64); n != 72 {
			t.Errorf("compared: %s", text)
		}
		_, seen, _ := clerk.get(fmt.Sprintf("/api/v1/density?compare=%v", c["was"].(map[string]any)["number"]))
		if change := seen["sum"].(map[string]any)["change"].(map[string]any)["value"]; change == nil || change.(float64) <= 0 {
			t.Errorf("change: %v", change)
		}

		for _, side := range []string{"0", "2000"} {
			code, got, text := clerk.get("/api/v1/density/map?layer=youth&side=" + side)
			features, _ := got["features"].([]any)
			if code != http.StatusOK || got["type"] != "FeatureCollection" || side != "0" && len(features) == 0 {
				t.Errorf("map of side %s: %d %.300s", side, code, text)
			}
			for _, f := range features {
				if g, ok := f.(map[string]any)["geometry"].(map[string]any); !ok || g["type"] != "Polygon" {
					t.Errorf("geometry: %v", f)
				}
			}
		}
		if code, _, _ := county.get("/api/v1/density/map"); code != http.StatusForbidden {
			t.Errorf("a map without the right to take it away: %d", code)
		}
		if code, got, text := clerk.get("/api/v1/density/coverage?within=500"); code != http.StatusOK || got["sites"] != 0.0 || !strings.Contains(text, `"missing":["`) {
			t.Errorf("coverage: %d %s", code, text)
		}
		_, spots, text := clerk.get("/api/v1/density/blind-spots")
		if len(items(spots)) == 0 || strings.Contains(text, "⟦") {
			t.Fatalf("blind spots: %s", text)
		}
		first := items(spots)[0].(map[string]any)["id"].(string)
		if code, _, text := clerk.get("/api/v1/density/blind-spots/" + first); code != http.StatusOK {
			t.Errorf("one: %d %s", code, text)
		}
		if _, got, _ := reader.get("/api/v1/density/blind-spots"); len(items(got)) != 0 {
			t.Error("blind spots are told to who has no lists")
		}
		if code, _, _ := reader.get("/api/v1/density/blind-spots/" + first); code != http.StatusNotFound {
			t.Error("a blind spot is told to who has no lists")
		}
	})
}
