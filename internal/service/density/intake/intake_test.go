package intake_test

import (
	"testing"

	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

func TestEveryKindIsTakenIn(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, "xn", 0.01)
		for _, table := range w.tables() {
			r := w.load(t, table, ".xlsx")
			t.Logf("%s %+v same %d %v", table.Kind, r.Counts, r.Same, r.Reasons)
			if r.Counts.Fresh != int64(len(table.Rows)) {
				t.Errorf("%s: %d of %d rows are new", table.Kind, r.Counts.Fresh, len(table.Rows))
			}
		}
		for _, table := range w.tables() {
			r := w.load(t, table, ".csv")
			if r.Same != int64(len(table.Rows)) || r.Counts.Gone != 0 {
				t.Errorf("%s again: %+v, %d the same: %+v", table.Kind, r.Counts, r.Same, r.Samples)
			}
		}
	})
}
