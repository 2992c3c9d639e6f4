package intake_test

import (
	"slices"
	"testing"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/density/intake"
)

// latest is the delivery that counts of a source.
func (w *world) latest(t testing.TB, name string) int64 {
	t.Helper()
	var s source.Source
	err := w.DB.Read(t.Context(), w.by.City, func(q *sqldb.Rx) (err error) {
		s, err = source.FindName(q, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s.Latest
}

// cut takes every nth row out of a table.
func cut(t demo.Table, n int) demo.Table {
	var rows [][]string
	for i, r := range t.Rows {
		if i%n != 1 {
			rows = append(rows, r)
		}
	}
	t.Rows = rows
	return t
}

// change writes another value into a column of every nth row.
func change(t demo.Table, head string, n int, value func(string) string) demo.Table {
	at := slices.Index(t.Head, head)
	rows := make([][]string, len(t.Rows))
	for i, r := range t.Rows {
		rows[i] = r
		if i%n == 0 {
			rows[i] = slices.Clone(r)
			rows[i][at] = value(r[at])
		}
	}
	t.Rows = rows
	return t
}

// A second delivery counts as if it had been the first; undone, everything is as before it, in every kind. The twin
// city, filled alike, sees nothing of it.
func TestSecondDeliveryAndItsUndo(t *testing.T) {
	t.Parallel()
	const size = 0.004
	plus := func(s string) string { return s + "1" }
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w, twin := newWorld(t, db, "xn", size), newWorld(t, db, "twin", size)
		for _, x := range w.tables() {
			w.load(t, x, ".csv")
			twin.load(t, x, ".csv")
		}
		before := visible(t, db, "twin")
		for _, c := range []struct {
			name  string
			table demo.Table
		}{
			{"sites", cut(change(w.city.Sites(size, asOf), "可容纳人数", 3, plus), 4)},
			{"youth", cut(change(w.city.Youth(size, asOf, 1), "14-17岁", 5, plus), 50)},
			{"members", cut(change(w.city.Members(size, asOf, 1), "姓名", 7, plus), 9)},
			{"members elsewhere", change(change(w.city.Members(size, asOf, 1), "居住村（社区）代码", 2, func(string) string { return "" }), "工作单位或学校", 3, plus)},
			{"employers", cut(change(w.city.Companies(asOf), "经度", 2, func(string) string { return "114.400000" }), 5)},
			{"employers' staff", change(w.city.Companies(asOf), "35岁以下职工数", 2, plus)},
			{"schools", change(w.city.Schools(asOf), "学校名称", 2, plus)},
		} {
			was := visible(t, db, "xn")
			r := w.load(t, c.table, ".csv")
			t.Logf("%s: %+v, %d the same", c.name, r.Counts, r.Same)
			now := visible(t, db, "xn")
			if now == was {
				t.Errorf("%s: the delivery changed nothing", c.name)
			}
			if again := w.load(t, c.table, ".csv"); again.Counts.Fresh+again.Counts.Changed+again.Counts.Gone != 0 {
				t.Errorf("%s: the same file again would change %+v %+v", c.name, again.Counts, again.Samples)
			}
			seq := w.latest(t, c.table.Name)
			if _, err := w.TakeBack(t.Context(), w.by, seq-1); errs.KindOf(err) != errs.Conflict && errs.KindOf(err) != errs.Absent {
				t.Errorf("%s: an earlier delivery was undone: %v", c.name, err)
			}
			for range 2 {
				if _, err := w.TakeBack(t.Context(), w.by, w.latest(t, c.table.Name)); err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
			}
			if back := withoutSources(visible(t, db, "xn")); back != withoutSources(was) {
				t.Errorf("%s: undone, it is not as before:\n%s", c.name, difference(withoutSources(was), back))
			}
		}
		if visible(t, db, "twin") != before {
			t.Error("the twin city has changed")
		}
	})
}

func withoutSources(state string) string {
	lines := []byte{}
	for _, l := range slices.Collect(splitLines(state)) {
		if len(l) > 7 && l[:7] == "source " {
			continue
		}
		lines = append(append(lines, l...), '\n')
	}
	return string(lines)
}

func splitLines(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for len(s) > 0 {
			i := 0
			for i < len(s) && s[i] != '\n' {
				i++
			}
			if !yield(s[:i]) {
				return
			}
			s = s[min(i+1, len(s)):]
		}
	}
}

// What people did since stays when an import is undone: an edited name, and somebody bound to another organisation.
func TestUndoKeepsWhatOthersDid(t *testing.T) {
	t.Parallel()
	const size = 0.004
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, "xn", size)
		tables := w.tables()
		for _, x := range tables[:4] {
			w.load(t, x, ".csv")
		}
		seq := w.latest(t, tables[3].Name)
		var bound person.ID
		err := db.Write(t.Context(), w.by, func(tx *sqldb.Tx) error {
			ties, err := person.Delivered(tx, person.Member, "", 3)
			if err != nil {
				return err
			}
			bound = ties[1].Person
			if err := person.AddTies(tx, []person.Tie{{Person: bound, Kind: person.Cadre, Org: ties[2].Org, Role: "委员"}}); err != nil {
				return err
			}
			return tx.Record(intake.Apply, "", act.Change{})
		})
		if err != nil {
			t.Fatal(err)
		}
		left, err := w.TakeBack(t.Context(), w.by, seq)
		if err != nil || !slices.Equal(left.Persons, []person.ID{bound}) {
			t.Fatalf("kept %v, want %v: %v", left.Persons, bound, err)
		}
		var kept person.Person
		err = db.Read(t.Context(), "xn", func(q *sqldb.Rx) (err error) {
			kept, err = person.Find(q, bound)
			return err
		})
		if err != nil || kept.Since != 0 {
			t.Fatalf("%+v %v", kept, err)
		}
		r := w.load(t, tables[3], ".csv")
		if r.Counts.Fresh != int64(len(tables[3].Rows)) || r.Counts.Bad != 0 {
			t.Errorf("imported anew after the undo: %+v", r.Counts)
		}
	})
}
