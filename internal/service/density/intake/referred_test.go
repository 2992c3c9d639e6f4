package intake_test

import (
	"slices"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// Persons and organisations to whom other nouns refer are kept and listed when the import that brought them is undone;
// what is referred to but came from elsewhere is not this import's to list.
func TestUndoKeepsWhomOthersReferTo(t *testing.T) {
	t.Parallel()
	const size = 0.004
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, "xn", size)
		tables := w.tables()
		for _, x := range tables[:4] {
			w.load(t, x, ".csv")
		}
		var people []person.ID
		var units []org.ID
		w.Referred = func(sqldb.Q) ([]person.ID, []org.ID, error) { return people, units, nil }
		read := func(fn func(q *sqldb.Rx) error) {
			t.Helper()
			if err := db.Read(t.Context(), "xn", fn); err != nil {
				t.Fatal(err)
			}
		}
		seq := w.latest(t, tables[3].Name)
		read(func(q *sqldb.Rx) error {
			ties, err := person.Delivered(q, person.Member, "", 500)
			for _, i := range []int{0, 1, 1, len(ties) / 2} { // twice the same is one
				people = append(people, ties[i].Person)
			}
			return err
		})
		want := slices.Clone(people)
		slices.Sort(want)
		want = slices.Compact(want)
		left, err := w.TakeBack(t.Context(), w.by, seq)
		if err != nil || !slices.Equal(left.Persons, want) || len(left.Orgs) != 0 {
			t.Fatalf("kept %v and %v, want %v: %v", left.Persons, left.Orgs, want, err)
		}
		for _, id := range want {
			read(func(q *sqldb.Rx) error {
				_, err := person.Find(q, id)
				return err
			})
		}

		seq = w.latest(t, tables[2].Name) // league organisations
		people = nil
		var some, other org.ID
		read(func(q *sqldb.Rx) error {
			all, err := org.Register(q)
			for _, r := range all {
				if r.Since == seq {
					some = r.ID
				} else if r.Since != 0 {
					other = r.ID // of the employers' or schools' file
				}
			}
			return err
		})
		units = []org.ID{some, some, other}
		left, err = w.TakeBack(t.Context(), w.by, seq)
		if err != nil || !slices.Contains(left.Orgs, some) || slices.Contains(left.Orgs, other) { // others hold the kept members
			t.Fatalf("kept %v, want %s among them and not %s: %v", left.Orgs, some, other, err)
		}
		read(func(q *sqldb.Rx) error {
			_, err := org.Find(q, some)
			return err
		})
	})
}

// A place that was corrected by hand stays when its import is undone, and what it had replaced does not come back beside
// it; an untouched one gives way to what was before. A closed place stays closed under a newer import.
func TestUndoKeepsPlacesCorrectedByHand(t *testing.T) {
	t.Parallel()
	const size = 0.02
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, "xn", size)
		sites := w.city.Sites(size, asOf)
		w.load(t, sites, ".csv")
		places := place.Service{DB: db, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
		known := func() (all []place.Place) {
			t.Helper()
			err := db.Read(t.Context(), "xn", func(q *sqldb.Rx) (err error) {
				all, err = place.Known(q)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			return all
		}
		first := known()
		if len(first) < 3 {
			t.Fatalf("only %d sites", len(first))
		}
		if err := places.Close(t.Context(), w.by, first[2].ID, asOf, "停办"); err != nil {
			t.Fatal(err)
		}
		w.load(t, change(sites, "可容纳人数", 1, func(s string) string { return s + "1" }), ".csv")
		second := known()
		if len(second) != len(first) || second[2].IsOpen() || second[0].Replaces != first[0].ID {
			t.Fatalf("%d places of %d, %+v", len(second), len(first), second[2])
		}
		p := second[0]
		err := places.Edit(t.Context(), w.by, p.ID, 0, place.Given{Org: p.Org, Kind: p.Kind, Name: p.Name, Address: "更正的地址", At: p.At, CRS: geo.WGS84, Fineness: "point", Capacity: 7})
		if err != nil {
			t.Fatal(err)
		}
		left, err := w.TakeBack(t.Context(), w.by, w.latest(t, sites.Name))
		if err != nil || !slices.Equal(left.Places, []place.ID{p.ID}) {
			t.Fatalf("kept %v, want %v: %v", left.Places, p.ID, err)
		}
		third := known()
		if len(third) != len(first) || third[1].ID != first[1].ID || third[2].IsOpen() {
			t.Fatalf("%d places of %d", len(third), len(first))
		}
		if third[0].Address != "更正的地址" || third[0].Since != 0 {
			t.Errorf("%+v", third[0])
		}
	})
}
