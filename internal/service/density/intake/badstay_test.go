package intake_test

import (
	"testing"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/density/intake"
)

// Where only good rows are taken, a row that is left out ends nobody: whom its number or name still tells stays.
func TestBadRowsEndNobody(t *testing.T) {
	t.Parallel()
	const size = 0.004
	wrong := func(string) string { return "？" }
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, "xn", size)
		tables := w.tables()
		for _, x := range tables {
			w.load(t, x, ".csv")
		}
		for _, c := range []struct {
			table demo.Table
			head  string
		}{
			{tables[0], "经度"},
			{tables[2], "组织类别"},
			{tables[3], "所在团支部"},
			{tables[4], "14-17岁"},
			{tables[5], "可容纳人数"},
		} {
			bad := change(c.table, c.head, 3, wrong)
			r, err := w.File(t.Context(), w.by, intake.Kind(bad.Kind), bad.Name, w.file(t, bad, ".csv"), asOf, intake.Options{Fineness: source.Point, GoodRows: true}, nil)
			if err != nil {
				t.Fatalf("%s: %v", bad.Kind, err)
			}
			if r.Counts.Bad == 0 || r.Counts.Gone != 0 || r.Counts.Fresh != 0 {
				t.Errorf("%s: %+v", bad.Kind, r.Counts)
			}
		}
	})
}
