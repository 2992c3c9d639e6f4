package actlog

import (
	"slices"
	"testing"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// What acts changed is destroyed five years later, when they are sealed; the log verifies as before, says that the content
// is withheld, and proves each act.
func TestContentsAreDestroyedAndActsStayProved(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)
			db := open(t, sqldb.Options{Clock: func() time.Time { return now }})
			d := newDesk(t, db)
			d.acts(5)
			d.note("twin", destroy, "")
			d.seal()
			first := d.lines(Filter{})
			held := first[2]
			now = now.AddDate(0, 0, 2)
			d.acts(1) // two days younger
			d.seal()
			d.keep()
			if n := d.verify().Withheld; n != 0 {
				t.Fatalf("%d withheld before anything was destroyed", n)
			}
			now = now.AddDate(5, 0, -1) // five years and a day after the first
			late := retain.Service{DB: db, Rules: Retention}
			if err := late.Run(t.Context(), "xn"); err != nil {
				t.Fatal(err)
			}
			d.seal()
			d.keep()
			r := d.verify()
			if !r.Sound() || r.Withheld != int64(len(first)) {
				t.Fatalf("%+v", r)
			}
			err := read(t, db, func(q *sqldb.Rx) error {
				file, err := Export(q, held.ID, d.vkey, true)
				if err != nil {
					return err
				}
				got, err := act.VerifyProof(file, d.vkey)
				if err == nil && got.Content != nil {
					t.Error("destroyed content came back")
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
			kept := d.lines(Filter{})
			if i := slices.IndexFunc(kept, func(l Line) bool { return l.Verb == retain.Destroy.Key }); i < 0 || kept[i].Subject != "act_content" || kept[i].Actor != authz.System("xn").User {
				t.Errorf("no act says that contents were destroyed: %+v", kept)
			}
			var twin int
			if err := db.Read(t.Context(), "twin", func(q *sqldb.Rx) error {
				return q.Row(`SELECT COUNT(*) FROM act_content WHERE city = $1`).Scan(&twin)
			}); err != nil || twin == 0 {
				t.Errorf("the twin has %d contents, %v", twin, err)
			}
		})
	}
}
