package place_test

import (
	"math"
	"slices"
	"sync"
	"testing"

	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
)

const villageA, villageB = "咸安区甲镇一村", "嘉鱼县甲镇一村"

var today = day.Must("2026-06-24")

func TestCreateKeepsWGS84(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		by := c.Actor(t, clerk, "咸安区")
		by.Once = "k1"
		g := c.given(villageA, "甲镇青年之家")
		g.At, g.CRS = geo.Convert(g.At, geo.WGS84, geo.GCJ02), geo.GCJ02
		made := c.create(by, g)
		if again := c.create(by, g); again != made {
			t.Errorf("sent twice: %s and %s", made, again)
		}
		p := c.find(made)
		if geo.Distance(p.At, *c.Nodes[villageA].At) > 1 || p.CRS != "gcj02" || p.Capacity != 40 || !p.IsOpen() || p.Since != 0 {
			t.Errorf("%+v", p)
		}
		if got := c.names(c.Actor(t, clerk, "咸安区"), place.Filter{}); !slices.Equal(got, []string{"甲镇青年之家"}) {
			t.Errorf("%v", got)
		}
		twin := c.twin.Actor(t, clerk, "咸宁市")
		if got := c.names(twin, place.Filter{}); len(got) != 0 {
			t.Errorf("the twin sees %v", got)
		}
		wantKey(t, c.s.Close(t.Context(), twin, made, today, "关"), "errs.absent")
	})
}

func TestWhatIsWrongIsSaidAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		by := c.Actor(t, clerk, "咸安区")
		g := c.given(villageA, "")
		g.Kind, g.Fineness, g.Capacity, g.CRS = "", "exact", -1, "mars"
		_, err := c.s.Create(t.Context(), by, g)
		for _, key := range []string{"field.required", "field.choice", "field.range", "geo.crs"} {
			wantKey(t, err, key)
		}
		for name, x := range map[string]struct {
			at  geo.Point
			key string
		}{
			"swapped": {geo.Point{Lon: 29.84, Lat: 114.32}, "place.off_the_map"}, "nowhere": {geo.Point{}, "place.off_the_map"},
			"no number": {geo.Point{Lon: math.NaN(), Lat: 29}, "place.off_the_map"}, "another province": {geo.Point{Lon: 104.07, Lat: 30.67}, "place.far"},
		} {
			g := c.given(villageA, "甲")
			g.At = x.at
			if _, err := c.s.Create(t.Context(), by, g); err == nil {
				t.Errorf("%s was taken", name)
			} else {
				wantKey(t, err, x.key)
			}
		}
		_, err = c.s.Create(t.Context(), by, c.given(villageB, "乙"))
		wantKey(t, err, "errs.absent")
		_, err = c.s.Create(t.Context(), c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{place.Read}}, "咸安区"), c.given(villageA, "丙"))
		wantKey(t, err, "errs.denied")
	})
}

func TestEditAndClose(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		by := c.Actor(t, clerk, "咸安区")
		which := c.create(by, c.given(villageA, "甲镇青年之家"))
		g := c.given("咸安区甲镇二村", "甲镇青年驿站")
		g.Address = "解放路 1 号"
		if err := c.s.Edit(t.Context(), by, which, 0, g); err != nil {
			t.Fatal(err)
		}
		p := c.find(which)
		if p.Name != "甲镇青年驿站" || p.Org != c.Nodes["咸安区甲镇二村"].ID || p.Address != g.Address || p.EditedAt == 0 {
			t.Errorf("%+v", p)
		}
		wantKey(t, c.s.Edit(t.Context(), by, which, 0, g), "errs.stale")
		wantKey(t, c.s.Edit(t.Context(), c.Actor(t, clerk, "嘉鱼县"), which, p.EditedAt, g), "errs.absent")
		g.Org = c.Nodes[villageB].ID
		wantKey(t, c.s.Edit(t.Context(), by, which, p.EditedAt, g), "errs.absent")

		wantKey(t, c.s.Close(t.Context(), by, which, 0, ""), "field.required")
		wantKey(t, c.s.Close(t.Context(), c.Actor(t, clerk, "嘉鱼县"), which, today, "停办"), "errs.absent")
		if err := c.s.Close(t.Context(), by, which, today, "停办"); err != nil {
			t.Fatal(err)
		}
		wantKey(t, c.s.Close(t.Context(), by, which, today, "停办"), "place.closed_already")
		wantKey(t, c.s.Edit(t.Context(), by, which, c.find(which).EditedAt, c.given(villageA, "再开")), "place.closed_already")
		if open, closed := c.names(by, place.Filter{}), c.names(by, place.Filter{Closed: true}); len(open) != 0 || len(closed) != 1 {
			t.Errorf("%v open, %v closed", open, closed)
		}
		err := c.DB.Read(t.Context(), c.City, func(q *sqldb.Rx) error {
			all, err := place.All(q)
			kinds, err2 := place.Kinds(q)
			known, err3 := place.Known(q)
			if len(all) != 0 || len(kinds) != 0 || len(known) != 1 || err != nil || err2 != nil || err3 != nil {
				t.Errorf("%v %v %v, %v %v %v", all, kinds, known, err, err2, err3)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestListFiltersAndPages(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		city := c.Actor(t, clerk, "咸宁市")
		for i, name := range []string{"丙", "甲100%", "乙"} {
			g := c.given([]string{villageA, "咸安区乙镇一村", villageB}[i], name)
			g.Kind = []string{"青年驿站", "青年之家", "青年之家"}[i]
			c.create(city, g)
		}
		for what, x := range map[string]struct {
			by   string
			f    place.Filter
			want []string
		}{
			"all, by kind and name": {"咸宁市", place.Filter{}, []string{"乙", "甲100%", "丙"}}, "one on a page": {"咸宁市", place.Filter{Size: 1}, []string{"乙", "甲100%", "丙"}},
			"one county": {"咸安区", place.Filter{}, []string{"甲100%", "丙"}}, "a kind": {"咸宁市", place.Filter{Kind: "青年驿站"}, []string{"丙"}},
			"below": {"咸宁市", place.Filter{At: c.Nodes["咸安区乙镇"].Path}, []string{"甲100%"}}, "a sign": {"咸宁市", place.Filter{Words: "0%"}, []string{"甲100%"}},
			"a wildcard is a sign": {"咸宁市", place.Filter{Words: "_"}, nil}, "below elsewhere": {"咸安区", place.Filter{At: c.Nodes["嘉鱼县"].Path}, nil},
		} {
			by := c.Actor(t, clerk, x.by)
			if got := c.names(by, x.f); !slices.Equal(got, x.want) {
				t.Errorf("%s: %v", what, got)
			}
			n, err := c.s.Tally(t.Context(), by, x.f)
			pins, err2 := c.s.Pins(t.Context(), by, x.f)
			sheet, err3 := c.s.Sheet(t.Context(), by, x.f)
			if n.N != len(x.want) || len(pins) != len(x.want) || len(sheet) != len(x.want) || err != nil || err2 != nil || err3 != nil {
				t.Errorf("%s: %d counted, %d pins, %d rows, %v %v %v", what, n.N, len(pins), len(sheet), err, err2, err3)
			}
		}
		nobody := authz.Actor{City: c.City, User: "u"}
		_, err := c.s.List(t.Context(), nobody, place.Filter{}, "")
		wantKey(t, err, "errs.denied")
		reader := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{place.Read}}, "咸宁市")
		_, err = c.s.Sheet(t.Context(), reader, place.Filter{})
		wantKey(t, err, "errs.denied")
	})
}

// Of many who close a place at once one does, and of many who correct it from the same version one does.
func TestRacingChanges(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		by := c.Actor(t, clerk, "咸安区")
		which := c.create(by, c.given(villageA, "甲镇青年之家"))
		race := func(do func() error, loser string) {
			t.Helper()
			results := make(chan error, 8)
			var wg sync.WaitGroup
			for range cap(results) {
				wg.Go(func() { results <- do() })
			}
			wg.Wait()
			close(results)
			won := 0
			for err := range results {
				if err == nil {
					won++
				} else {
					wantKey(t, err, loser)
				}
			}
			if won != 1 {
				t.Errorf("%d won", won)
			}
		}
		race(func() error { return c.s.Edit(t.Context(), by, which, 0, c.given(villageA, "新名")) }, "errs.stale")
		race(func() error { return c.s.Close(t.Context(), by, which, today, "停办") }, "place.closed_already")
	})
}
