package intake_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/density"
	"zhidian/internal/service/density/intake"
)

// texts gives the first column of every row, in order.
func texts(t *testing.T, db *sqldb.DB, query string, args ...any) (all []string) {
	t.Helper()
	err := db.Read(t.Context(), "xn", func(q *sqldb.Rx) (err error) {
		all, err = sqldb.All(q, func(s sqldb.Scan) (string, error) {
			var x string
			return x, s(&x)
		}, query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// What a delivery brought that was undone, or given up in the middle, is destroyed in time, but for whom others mean. What
// had been before is as it was, also when the same file is taken in again.
func TestRowsOfUndoneDeliveriesAreDestroyed(t *testing.T) {
	t.Parallel()
	const size = 0.004
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 7, 1, 8, 0, 0, 0, time.UTC)
			db := open(t, sqldb.Options{Clock: func() time.Time { return now }})
			w := newWorld(t, db, "xn", size)
			for _, x := range w.tables()[:4] {
				w.load(t, x, ".csv")
			}
			const (
				people = `SELECT id FROM person p WHERE p.city = $1 AND p.since NOT IN (SELECT seq FROM delivery WHERE city = $1 AND hidden = 1) ORDER BY id`
				ties   = `SELECT t.person || t.kind || t.id || COALESCE(t.org, '') FROM tie t WHERE t.city = $1 AND t.since NOT IN (SELECT seq FROM delivery WHERE city = $1 AND hidden = 1)
					AND (t.until = 0 OR t.until IN (SELECT seq FROM delivery WHERE city = $1 AND hidden = 1)) ORDER BY 1`
				papers = `SELECT person || kind FROM paper WHERE city = $1 ORDER BY 1`
				words  = `SELECT person || word FROM person_word WHERE city = $1 ORDER BY 1`
				looks  = `SELECT person || kind FROM paper_look WHERE city = $1 ORDER BY 1`
			)
			before := map[string][]string{}
			for _, query := range []string{people, ties, papers, words, looks} {
				before[query] = texts(t, db, query)
			}
			later := w.city.Members(w.size, asOf.AddMonths(6), 1)
			later.Rows = later.Rows[5:] // who is gone
			var kept []person.ID
			w.Referred = func(sqldb.Q) ([]person.ID, []org.ID, error) { return kept, nil, nil }
			job := &retain.Service{DB: db, Rules: slices.Concat(source.Retention, density.Retention, place.Retention, person.Retention(w.Keys), org.Retention(person.NamesOrg))}
			clean := func(what string, seq int64) {
				t.Helper()
				now = now.AddDate(0, 0, 41)
				if err := job.Run(t.Context(), "xn"); err != nil {
					t.Fatal(err)
				}
				if n := len(texts(t, db, `SELECT id FROM person WHERE city = $1 AND since = $2`, seq)); n == 0 {
					t.Errorf("%s: gone before its time", what)
				}
				now = now.AddDate(0, 0, 2)
				if err := job.Run(t.Context(), "xn"); err != nil {
					t.Fatal(err)
				}
				for _, query := range []string{
					`SELECT id FROM person WHERE city = $1 AND since = $2`, `SELECT person FROM tie WHERE city = $1 AND (since = $2 OR until = $2)`,
					`SELECT person FROM paper WHERE city = $1 AND since = $2`, `SELECT person FROM person_change WHERE city = $1 AND delivery = $2`,
				} {
					if left := texts(t, db, query, seq); len(left) > 0 {
						t.Errorf("%s: %d rows are left: %s", what, len(left), query)
					}
				}
				for query, was := range before {
					is := texts(t, db, query)
					if what == "undone" { // one was kept, with her papers and words
						is = slices.DeleteFunc(is, func(x string) bool { return x[:26] == kept[0].String() })
					}
					if !slices.Equal(is, was) {
						t.Errorf("%s: %d rows, were %d: %s", what, len(is), len(was), query)
					}
				}
			}

			ctx, stop := context.WithCancel(t.Context())
			w.Step = func(step string) {
				if step == "rows" || step == "find" {
					stop()
				}
			}
			path := w.file(t, later, ".csv")
			if _, err := w.File(ctx, w.by, intake.Members, later.Name, path, asOf.AddMonths(6), intake.Options{Fineness: source.Point}, nil); err == nil {
				t.Fatal("it was not interrupted")
			}
			w.Step = nil
			var seq int64
			if err := db.Read(t.Context(), "xn", func(q *sqldb.Rx) error { return q.Row(`SELECT MAX(seq) FROM delivery WHERE city = $1`).Scan(&seq) }); err != nil {
				t.Fatal(err)
			}
			if err := w.Abandon(t.Context(), w.by, seq); err != nil {
				t.Fatal(err)
			}
			clean("abandoned", seq)

			first := w.load(t, later, ".csv")
			seq = w.latest(t, later.Name)
			kept = append(kept, person.ID(texts(t, db, `SELECT id FROM person WHERE city = $1 AND since = $2 ORDER BY id LIMIT 1`, seq)[0]))
			if left, err := w.TakeBack(t.Context(), w.by, seq); err != nil || len(left.Persons) != 1 {
				t.Fatalf("%+v, %v", left, err)
			}
			clean("undone", seq)
			if again := w.load(t, later, ".csv"); again.Counts != first.Counts || first.Counts.Fresh == 0 || first.Counts.Gone == 0 || first.Counts.Changed == 0 {
				t.Errorf("taken in again: %+v, the first time %+v", again.Counts, first.Counts)
			}

			seq = w.latest(t, later.Name)
			now = now.AddDate(1, 0, 1)
			if _, err := w.TakeBack(t.Context(), w.by, seq); errs.KeyOf(err) != "source.undo_over" {
				t.Errorf("undone after a year: %v", err)
			}
			if err := job.Run(t.Context(), "xn"); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Columns(t.Context(), w.by, seq, ""); errs.KeyOf(err) != "intake.file_gone" {
				t.Errorf("the file of a year ago: %v", err)
			}
			if v, err := w.Look(t.Context(), w.by, seq); err != nil || v.Undoable || !v.Delivery.FileGone.Equal(now) {
				t.Errorf("%+v, %v", v.Delivery, err)
			}
		})
	}
}
