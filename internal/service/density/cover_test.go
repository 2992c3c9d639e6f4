package density

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
)

// geometryOf is a closed ring as coordinates of GeoJSON, turned round where asked.
func geometryOf(r geo.Ring, turned bool) string {
	r = append(slices.Clone(r), r[0])
	if turned {
		slices.Reverse(r)
	}
	var line [][2]float64
	for _, p := range r {
		line = append(line, [2]float64{p.Lon, p.Lat})
	}
	text, _ := json.Marshal(line)
	return string(text)
}

// The reach is held against distances on the ellipsoid, for every kind of site, every distance and every level.
func TestTheReachOfEachKindAndDistance(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		home := *b.Nodes["嘉鱼县乙镇一村"].At
		sites := map[string][]geo.Point{
			"青年之家": {{Lon: home.Lon, Lat: home.Lat + .001}},
			"青年夜校": {{Lon: 114.055, Lat: 29.81}, {Lon: 114.44, Lat: 29.79}},
		}
		err := b.DB.Write(ctx, b.System(), func(tx *sqldb.Tx) error {
			for _, at := range sites["青年夜校"] {
				if err := place.Add(tx, []place.Place{{Org: b.Nodes["咸安区"].ID, Kind: "青年夜校", Name: "夜校", At: at, CRS: "wgs84", Fineness: "point"}}); err != nil {
					return err
				}
			}
			return tx.Record(take, "", act.Change{})
		})
		if err != nil {
			t.Fatal(err)
		}
		by := b.Actor(t, clerk, "咸宁市")
		reached := map[int64]bool{}
		for _, kind := range []string{"", "青年之家", "青年夜校"} {
			last := int64(0)
			for _, within := range Withins {
				for _, level := range []org.Kind{org.County, org.Township, org.Village} {
					c, err := b.s.Cover(ctx, by, Query{Level: level}, kind, within)
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range append(slices.Clone(c.Rows), c.Sum) {
						var youth, covered int64
						for name, row := range counts(1) {
							v := b.Nodes[name]
							if !r.Node.Path.Covers(v.Path) {
								continue
							}
							n := row[0] + row[1] + row[2] + row[3]
							youth += n
							for k, all := range sites {
								if (kind == "" || k == kind) && slices.ContainsFunc(all, func(s geo.Point) bool { return geo.Distance(s, *v.At) <= float64(within) }) {
									covered += n
									break
								}
							}
						}
						if r.Youth != youth || r.Covered != covered || r.Share != rate(Value{N: covered}, Value{N: youth}, 1) {
							t.Errorf("%s of %q within %d: %d of %d, want %d of %d", r.Node.Name, kind, within, r.Covered, r.Youth, covered, youth)
						}
						for i, f := range r.Far {
							if f.Youth == 0 || f.Metres < int64(within)-100 || i > 0 && f.Youth > r.Far[i-1].Youth {
								t.Errorf("%s: too far is %+v", r.Node.Name, f)
							}
						}
					}
					if c.Sum.Covered < last {
						t.Errorf("%q: further away fewer are reached: %d, %d", kind, last, c.Sum.Covered)
					}
					last = c.Sum.Covered
					reached[last] = true
				}
			}
		}
		if len(reached) < 4 {
			t.Errorf("the fixture tells distances apart in %d ways only", len(reached))
		}
		if c, err := b.s.Cover(ctx, by, Query{}, "青年夜校", 77); err != nil || c.Within != 2000 || c.Sites != 2 || len(c.Kinds) != 2 {
			t.Errorf("a distance that is not offered: %+v, %v", c, err)
		}
		if _, err := b.s.Cover(ctx, by, Query{}, "没有的", 2000); errs.KindOf(err) != errs.Absent {
			t.Errorf("an unknown kind: %v", err)
		}
	})
}

// The panel of a hexagon lists just the places that stand in it, and they sum to what the map shows; a clerk of one county
// reads there what was counted in her county and what was released of the other.
func TestThePanelAddsUpToItsCell(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		city, county := b.Actor(t, clerk, "咸宁市"), b.Actor(t, clerk, "咸安区")
		seen := map[org.ID]bool{}
		want := Query{Side: 1000, Layer: LayerYouth}
		k, err := b.s.Sketch(ctx, city, want)
		if err != nil || len(k.Drawing.Areas) == 0 {
			t.Fatalf("%v", err)
		}
		for _, a := range k.Drawing.Areas {
			p, err := b.s.Pick(ctx, city, want, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			var youth, members, orgs int64
			for i, r := range p.Rows {
				youth, members, orgs = youth+r.Youth.N, members+r.Members.N, orgs+r.Orgs
				if i > 0 && r.Youth.N > p.Rows[i-1].Youth.N {
					t.Errorf("cell %s is not in order", a.ID)
				}
				if r.Node.Kind == org.Village && p.Towns[r.Node.ID] == "" {
					t.Errorf("%s is in no town", r.Node.Name)
				}
				if seen[r.Node.ID] {
					t.Errorf("%s stands in two cells", r.Node.Name)
				}
				seen[r.Node.ID] = true
			}
			if youth != a.Youth.N || members != a.Members.N || orgs != a.Orgs {
				t.Errorf("cell %s: %d %d %d, the map has %d %d %d", a.ID, youth, members, orgs, a.Youth.N, a.Members.N, a.Orgs)
			}
			if p, err = b.s.Pick(ctx, county, want, a.ID); err != nil {
				t.Fatal(err)
			}
			for _, r := range p.Rows {
				if own := b.Nodes["咸安区"].Path.Covers(r.Node.Path); r.Lists != own || own && r.Youth.Why == Hidden {
					t.Errorf("%s: lists %v, %+v", r.Node.Name, r.Lists, r.Youth)
				}
			}
		}
		for name, row := range counts(1) {
			if !seen[b.Nodes[name].ID] {
				t.Errorf("%s with %v stands in no cell", name, row)
			}
		}
		first := k.Drawing.Areas[0].ID
		for what, x := range map[string]struct {
			want Query
			cell string
		}{
			"finer than the source": {Query{Side: 250}, first}, "no side": {Query{Side: 0}, first}, "an odd side": {Query{Side: 1234}, first},
			"no cell": {want, "x"}, "an empty cell": {want, "9999_9999"}, "an unknown place": {Query{Side: 1000, Place: "00000000000000000000000000"}, first},
		} {
			if _, err := b.s.Pick(ctx, city, x.want, x.cell); errs.KindOf(err) != errs.Absent || err == nil {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// The change between two dates is that of the two counts, and is told only where both of them are.
func TestTheChangeBetweenTwoDates(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		want := Query{Level: org.Village, Compare: b.seqs[0]}
		v, err := b.s.See(ctx, b.Actor(t, clerk, "咸宁市"), want)
		if err != nil || v.Compared == nil || v.Compared.Delivery != b.seqs[0] {
			t.Fatalf("%+v, %v", v, err)
		}
		was, now := counts(0), counts(1)
		told := 0
		for _, r := range v.Rows {
			x, y, reported := int64(0), int64(0), false
			for name := range now {
				if b.Nodes[name].ID == r.Node.ID {
					reported = true
					for k := range YouthBands {
						x, y = x+was[name][k], y+now[name][k]
					}
				}
			}
			if r.Change.Known != reported || reported && r.Change.Millionths != (y-x)*1_000_000/x {
				t.Errorf("%s: from %d to %d is %+v", r.Node.Name, x, y, r.Change)
			}
			if r.Change.Millionths != 0 {
				told++
			}
		}
		if told < 6 {
			t.Errorf("%d villages have changed", told)
		}
		before, err := b.s.See(ctx, b.Actor(t, reader, "咸宁市"), Query{Level: org.Village, Delivery: b.seqs[0]})
		if err != nil {
			t.Fatal(err)
		}
		if v, err = b.s.See(ctx, b.Actor(t, reader, "咸宁市"), want); err != nil {
			t.Fatal(err)
		}
		for i, r := range v.Rows {
			if r.Change.Known && (r.Youth.Why != Shown || before.Rows[i].Youth.Why != Shown) {
				t.Errorf("%s: a change of %+v without its parts", r.Node.Name, r.Change)
			}
		}
		if v, err = b.s.See(ctx, b.Actor(t, reader, "咸宁市"), Query{Compare: v.Stamp.Delivery}); err != nil || v.Compared != nil {
			t.Errorf("a date beside itself: %+v, %v", v.Compared, err)
		}
		for _, q := range []Query{{Compare: 99}, {Delivery: 99}} {
			if _, err := b.s.See(ctx, b.Actor(t, reader, "咸宁市"), q); errs.KeyOf(err) != "density.no_delivery" {
				t.Errorf("%+v: %v", q, err)
			}
		}
	})
}
