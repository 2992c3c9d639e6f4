package density

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

var (
	take   = authz.Verb{Key: "test.take", Writes: source.Written + " youth_count place boundary " + Written}
	reader = authz.Role{Key: "reader", Verbs: []authz.Verb{org.Read, Read, Export}}
	clerk  = authz.Role{Key: "clerk", Verbs: append(append([]authz.Verb{org.Read, person.Read, casework.Read}, Verbs...), casework.Verbs...), Sees: authz.Sensitive}
)

// bench is a city with two dates of youth counts, and its twin.
type bench struct {
	*testworld.World
	s      *Service
	source source.ID
	seqs   []int64
}

// villages gives every village of the test city its counts at one date; the second village of each township has few, one
// of them hardly any, and the last reports nothing.
func counts(round int64) map[string][4]int64 {
	out := map[string][4]int64{}
	for c, county := range testworld.Counties {
		for t, town := range []string{"甲镇", "乙镇"} {
			base := int64(40 + 10*c + 7*t)
			out[county+town+"一村"] = [4]int64{base, base + 3, base + 11 + round, base + 20}
			out[county+town+"二村"] = [4]int64{3, 21 + int64(t), 2, 30 + round}
		}
	}
	out[testworld.Counties[0]+"乙镇二村"] = [4]int64{1, 1, 0, 1}
	delete(out, testworld.Counties[1]+"乙镇二村")
	return out
}

func newBench(t *testing.T, w *testworld.World) *bench {
	t.Helper()
	ctx := context.Background()
	b := &bench{World: w}
	cases := &casework.Service{DB: w.DB, Serials: w.Serials, Cursors: page.NewCursors([]byte("0123456789abcdef")), Zone: time.UTC}
	b.s = &Service{DB: w.DB, Matters: cases}
	sources := &source.Service{DB: w.DB, Serials: w.Serials}
	root := w.Nodes["咸宁市"]
	var err error
	if b.source, err = sources.Register(ctx, w.System(), root.Path, source.Source{Kind: "youth", Name: "村级青年摸底表", Fineness: source.Village, CRS: "wgs84"}); err != nil {
		t.Fatal(err)
	}
	for round := range int64(2) {
		b.deliver(t, sources, round)
	}
	return b
}

func (b *bench) deliver(t *testing.T, sources *source.Service, round int64) {
	t.Helper()
	ctx := context.Background()
	seq, err := sources.Open(ctx, b.System(), b.Nodes["咸宁市"].Path, b.source, "hash", "青年.xlsx", day.Must(fmt.Sprintf("202%d-12-31", 4+round)))
	if err != nil {
		t.Fatal(err)
	}
	b.seqs = append(b.seqs, seq)
	err = b.DB.Write(ctx, b.System(), func(tx *sqldb.Tx) error {
		if err := source.Advance(tx, seq, source.Checking, source.Checked, nil, source.Counts{}); err != nil {
			return err
		}
		d, err := source.FindDelivery(tx, seq)
		if err != nil {
			return err
		}
		if _, err := source.Base(tx, d); err != nil {
			return err
		}
		if err := source.Advance(tx, seq, source.Checked, source.Applying, nil, source.Counts{}); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE youth_count SET until = $2 WHERE city = $1 AND until = 0`, seq); err != nil {
			return err
		}
		for name, row := range counts(round) {
			for k, n := range row {
				if _, err := tx.Exec(`INSERT INTO youth_count (city, village, band, since, n) VALUES ($1, $2, $3, $4, $5)`, b.Nodes[name].ID, YouthBands[k], seq, n); err != nil {
					return err
				}
			}
		}
		if round == 0 {
			if err := b.furnish(tx); err != nil {
				return err
			}
		}
		if d, err = source.FindDelivery(tx, seq); err != nil {
			return err
		}
		if err := source.Shown(tx, d); err != nil {
			return err
		}
		if err := Refresh(tx); err != nil {
			return err
		}
		return tx.Record(take, b.source.String(), act.Change{"delivery": seq})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (b *bench) furnish(tx *sqldb.Tx) error {
	var all []org.Outline
	for _, name := range append([]string{"咸宁市"}, testworld.Counties...) {
		at := b.Nodes[name].At
		ring := [][2]float64{{at.Lon - .2, at.Lat - .2}, {at.Lon + .2, at.Lat - .2}, {at.Lon + .2, at.Lat + .2}, {at.Lon - .2, at.Lat + .2}, {at.Lon - .2, at.Lat - .2}}
		shape, err := json.Marshal(map[string]any{"type": "Polygon", "coordinates": [][][2]float64{ring}})
		if err != nil {
			return err
		}
		all = append(all, org.Outline{Org: b.Nodes[name].ID, GeoJSON: string(shape), CRS: "wgs84", Origin: "test", Schematic: true})
	}
	if err := org.PutBoundaries(tx, all); err != nil {
		return err
	}
	v := b.Nodes[testworld.Counties[1]+"乙镇一村"] // the one whose figures everybody sees
	return place.Add(tx, []place.Place{{Org: v.ID, Kind: "青年之家", Name: "乙镇青年之家", At: geo.Point{Lon: v.At.Lon, Lat: v.At.Lat + .001}, CRS: "wgs84", Fineness: "point"}})
}

// each runs a test on both engines over a city, and holds that its twin did not change.
func each(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		city, twin := testworld.Build(t, db)
		b, other := newBench(t, city), newBench(t, twin)
		before := other.rows(t)
		test(t, b)
		if after := other.rows(t); after != before {
			t.Errorf("the twin city changed:\n%s\n%s", before, after)
		}
	})
}

func (b *bench) rows(t *testing.T) string {
	t.Helper()
	text := ""
	err := b.DB.Read(context.Background(), b.City, func(q *sqldb.Rx) error {
		for _, sql := range []string{
			`SELECT delivery, org || kind || band || shown, n FROM figure WHERE city = $1 ORDER BY 1, 2`,
			`SELECT delivery, id || org || kind || state || note || COALESCE(matter, ''), score FROM blind_spot WHERE city = $1 ORDER BY 1, 2`,
		} {
			all, err := sqldb.All(q, func(s sqldb.Scan) (string, error) {
				var d, n int64
				var k string
				err := s(&d, &k, &n)
				return fmt.Sprintln(d, k, n), err
			}, sql)
			if err != nil {
				return err
			}
			for _, x := range all {
				text += x
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestListRightsSeeWhatWasCountedAndItAddsUp(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, clerk, "咸宁市")
		for _, level := range []org.Kind{org.County, org.Township, org.Village} {
			v, err := b.s.See(ctx, by, Query{Level: level})
			if err != nil {
				t.Fatal(err)
			}
			var youth, members, orgs int64
			for _, r := range v.Rows {
				youth, members, orgs = youth+r.Youth.N, members+r.Members.N, orgs+r.Orgs
			}
			if v.Apart != nil {
				youth, members, orgs = youth+v.Apart.Youth.N, members+v.Apart.Members.N, orgs+v.Apart.Orgs
			}
			if youth != v.Sum.Youth.N || members != v.Sum.Members.N || orgs != v.Sum.Orgs {
				t.Errorf("%s: rows sum to %d %d %d, the city has %d %d %d", level, youth, members, orgs, v.Sum.Youth.N, v.Sum.Members.N, v.Sum.Orgs)
			}
			want := int64(0)
			for _, row := range counts(1) {
				for _, n := range row {
					want += n
				}
			}
			if v.Sum.Youth.N != want || v.Sum.Members.N != 24 || v.Reported != 7 || v.Villages != 8 {
				t.Errorf("%s: %+v, want %d young people and 24 members; %d of %d reported", level, v.Sum, want, v.Reported, v.Villages)
			}
		}
	})
}

func TestWithoutListRightsNoHiddenFigureIsGiven(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, reader, "咸宁市")
		hidden := 0
		check := func(what string, v Value) {
			if v.Why != Shown {
				hidden++
				if v.N != 0 {
					t.Errorf("%s: a hidden figure carries %d", what, v.N)
				}
			} else if v.N > 0 && v.N < Threshold {
				t.Errorf("%s: %d is shown", what, v.N)
			}
		}
		for _, place := range []string{"咸宁市", "咸安区", "咸安区甲镇"} {
			for _, side := range []int{0, 1000, 2000} {
				for _, layer := range Layers {
					want := Query{Place: b.Nodes[place].ID, Side: side, Layer: layer, Compare: b.seqs[0]}
					k, err := b.s.Sketch(ctx, by, want)
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range append(k.View.Rows, k.View.Sum) {
						for _, v := range append(r.YouthBands, r.Youth, r.Young, r.Members) {
							check(place+" "+r.Node.Name, v)
						}
						if r.Ratio.Known && (r.Members.Why != Shown || r.Young.Why != Shown) || r.Per1000.Known && r.Youth.Why != Shown {
							t.Errorf("%s: a ratio stands without its parts", r.Node.Name)
						}
					}
					for _, a := range k.Drawing.Areas {
						check("cell", a.Youth)
						released := int64(0)
						for _, i := range a.Places {
							if u := k.View.snap.Units[i]; len(u.Below) == 0 && u.Youth.Total().Why == Shown {
								released += u.Youth.Total().N
							}
						}
						if side != 0 && a.Youth.N != released {
							t.Errorf("cell %s says %d, its released villages sum to %d", a.ID, a.Youth.N, released)
						}
						if !a.Known && a.Value != 0 {
							t.Errorf("cell %s: %f behind a hidden cell", a.ID, a.Value)
						}
						if side == 0 {
							continue
						}
						p, err := b.s.Pick(ctx, by, want, a.ID)
						if err != nil {
							t.Fatal(err)
						}
						for _, r := range p.Rows {
							check("panel "+r.Node.Name, r.Youth)
							check("panel "+r.Node.Name, r.Members)
						}
					}
				}
			}
		}
		if hidden == 0 {
			t.Error("nothing was hidden: the fixture proves nothing")
		}
		spots, err := b.s.Spots(ctx, by, SpotFilter{Limit: 50})
		if err != nil || spots.Total != 0 || len(spots.Rows) != 0 {
			t.Errorf("a reader without list rights is given %d blind spots, %v", spots.Total, err)
		}
		c, err := b.s.Cover(ctx, by, Query{}, "青年之家", 2000)
		if err != nil {
			t.Fatal(err)
		}
		if c.Sum.Unseen == 0 || c.Sites != 1 || c.Sum.Covered == 0 || len(c.Missing) == 0 {
			t.Errorf("coverage: %+v", c.Sum)
		}
	})
}

func TestACountyClerkSeesHerOwnCountyAlone(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		by := b.Actor(t, clerk, "咸安区")
		v, err := b.s.See(context.Background(), by, Query{Level: org.Village})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range v.Rows {
			own := b.Nodes["咸安区"].Path.Covers(r.Node.Path)
			if r.Lists != own || own && r.Youth.Why != Shown {
				t.Errorf("%s: lists %v, %+v", r.Node.Name, r.Lists, r.Youth)
			}
		}
		spots, err := b.s.Spots(context.Background(), by, SpotFilter{Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range spots.Rows {
			if !b.Nodes["咸安区"].Path.Covers(s.Node.Path) {
				t.Errorf("%s lies outside", s.Node.Name)
			}
		}
	})
}

func TestWhatIsDoneAboutABlindSpotStaysWithIt(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, clerk, "咸宁市")
		spots, err := b.s.Spots(ctx, by, SpotFilter{Limit: 50})
		if err != nil {
			t.Fatal(err)
		}
		if len(spots.Rows) == 0 {
			t.Fatal("the test city has no blind spot")
		}
		first := spots.Rows[0]
		if err := b.s.Dismiss(ctx, by, first.ID, "短"); errs.KindOf(err) != errs.Invalid {
			t.Errorf("a reason of one character: %v", err)
		}
		other := testworld.Counties[0]
		if b.Nodes[other].Path.Covers(first.Node.Path) {
			other = testworld.Counties[1]
		}
		if err := b.s.Dismiss(ctx, b.Actor(t, clerk, other), first.ID, "不是这个县的事情"); errs.KindOf(err) != errs.Absent {
			t.Errorf("a clerk of another county: %v", err)
		}
		if err := b.s.Dismiss(ctx, by, first.ID, "村已拆迁，青年已搬走"); err != nil {
			t.Fatal(err)
		}
		if err := b.s.Visit(ctx, by, first.ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("a dismissed one was put on the list: %v", err)
		}
		if err := b.s.Refresh(ctx, b.System()); err != nil {
			t.Fatal(err)
		}
		again, err := b.s.Spot(ctx, by, first.ID)
		if err != nil || again.State != Dismissed || again.Note == "" {
			t.Errorf("after counting anew: %+v, %v", again, err)
		}
		if err := b.s.Reopen(ctx, by, first.ID); err != nil {
			t.Fatal(err)
		}
		desks, err := b.s.Desks(ctx, by, first.ID)
		if err != nil || len(desks) == 0 {
			t.Fatalf("no desk: %v", err)
		}
		m, err := b.s.Assign(ctx, by, first.ID, Task{Title: "盲区", Desk: desks[0].ID, Days: 10})
		if err != nil || m.IsZero() {
			t.Fatalf("assign: %v", err)
		}
		if _, err := b.s.Assign(ctx, by, first.ID, Task{Title: "盲区", Desk: desks[0].ID, Days: 10}); errs.KindOf(err) != errs.Conflict {
			t.Errorf("assigned twice: %v", err)
		}
	})
}

func TestFiguresCatchUpAfterAnUndo(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, clerk, "咸宁市")
		before, err := b.s.See(ctx, by, Query{Delivery: b.seqs[0]})
		if err != nil {
			t.Fatal(err)
		}
		err = b.DB.Write(ctx, b.System(), func(tx *sqldb.Tx) error {
			d, err := source.FindDelivery(tx, b.seqs[1])
			if err != nil {
				return err
			}
			if err := source.Hide(tx, d); err != nil {
				return err
			}
			if err := Forget(tx, b.seqs[0]); err != nil { // as if it had been counted with what is undone
				return err
			}
			return tx.Record(take, b.source.String(), act.Change{})
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.s.See(ctx, by, Query{}); errs.KeyOf(err) != "density.nothing" {
			t.Errorf("figures remain: %v", err)
		}
		for range 2 { // the second time there is nothing to do
			if err := b.s.CatchUp(ctx, b.System()); err != nil {
				t.Fatal(err)
			}
		}
		now, err := b.s.See(ctx, by, Query{})
		if err != nil || now.Stamp.Delivery != b.seqs[0] || now.Sum.Youth.N != before.Sum.Youth.N {
			t.Errorf("after catching up: %+v, %v; want %+v", now.Sum, err, before.Sum)
		}
	})
}
