package api_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

func TestPlacesInScope(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db)
		made := map[string]place.ID{}
		for _, c := range []*testworld.World{w.city, w.twin} {
			for _, county := range testworld.Counties {
				all := []place.Place{
					{Org: c.Nodes[county+"甲镇一村"].ID, Kind: "青年之家", Name: c.City + county + "甲站", At: geo.Point{Lon: 114.3, Lat: 29.8}, CRS: "wgs84", Fineness: "point", Capacity: 40},
					{Org: c.Nodes[county+"乙镇一村"].ID, Kind: "志愿驿站", Name: c.City + county + "乙站", At: geo.Point{Lon: 114.4, Lat: 29.9}, CRS: "wgs84", Fineness: "point"},
				}
				err := db.Write(t.Context(), c.System(), func(tx *sqldb.Tx) error {
					if err := place.Add(tx, all); err != nil {
						return err
					}
					return tx.Record(place.Create, "", act.Change{})
				})
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range all {
					made[p.Name] = p.ID
				}
			}
		}
		clerk := w.as("clerk", "咸安区", authz.Open, place.Read)
		for path, want := range map[string]int{
			"": 2, "?kind=" + url.QueryEscape("青年之家"): 1, "?org=" + w.city.Nodes["咸安区乙镇"].ID.String(): 1, "?q=" + url.QueryEscape("乙站"): 1, "?closed=true": 0,
		} {
			code, answer, text := clerk.get("/api/v1/places" + path)
			if code != http.StatusOK || len(items(answer)) != want || strings.Contains(text, "嘉鱼县") || strings.Contains(text, testworld.Twin) {
				t.Errorf("%s: %d, %d of %d: %s", path, code, len(items(answer)), want, text)
			}
		}
		_, first, _ := clerk.get("/api/v1/places?limit=1")
		_, second, _ := clerk.get("/api/v1/places?limit=1&from=" + first["next"].(string))
		if items(first)[0].(map[string]any)["id"] == items(second)[0].(map[string]any)["id"] || second["next"] != nil {
			t.Errorf("page by page: %v %v", first, second)
		}
		if code, one, _ := clerk.get("/api/v1/places/" + made[testworld.City+"咸安区甲站"].String()); code != http.StatusOK || one["capacity"] != 40.0 || one["org_name"] != "咸安区甲镇一村" {
			t.Errorf("one: %d %v", code, one)
		}
		for _, name := range []string{testworld.City + "嘉鱼县甲站", testworld.Twin + "咸安区甲站"} {
			if code, _, text := clerk.get("/api/v1/places/" + made[name].String()); code != http.StatusNotFound {
				t.Errorf("%s: %d %s", name, code, text)
			}
		}
		if code, _, _ := clerk.get("/api/v1/places?org=" + w.city.Nodes["嘉鱼县"].ID.String()); code != http.StatusNotFound {
			t.Errorf("the sibling county: %d", code)
		}
	})
}
