package sqldb_test

import (
	"strings"
	"testing"

	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/schema"
)

// A table that is empty, or was small when SQLite last looked, is searched by the index that fits, not by the city alone.
func TestYoungTablesAreSearchedByTheirIndex(t *testing.T) {
	t.Parallel()
	db := sqldbtest.SQLite(t, sqldb.Options{})
	must(t, db.Raw(t.Context(), `CREATE TABLE guest (city TEXT, id TEXT, room TEXT, name TEXT, PRIMARY KEY (city, id)) WITHOUT ROWID`))
	must(t, db.Raw(t.Context(), `CREATE INDEX guest_room ON guest (city, room)`))
	must(t, db.Migrate(t.Context(), schema.Migrations))
	plan := func() (detail string) {
		must(t, db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
			var a, b, c int
			return q.Row(`EXPLAIN QUERY PLAN SELECT name FROM guest WHERE city = $1 AND room = $2`, "x").Scan(&a, &b, &c, &detail)
		}))
		return detail
	}
	if got := plan(); !strings.Contains(got, "guest_room") {
		t.Errorf("empty: %s", got)
	}
	must(t, db.Optimize(t.Context()))
	must(t, db.Keep(t.Context(), "xn", func(tx *sqldb.Tx) error { // whoever writes has looked itself, and must know it too
		var a, b, c int
		var got string
		err := tx.Row(`EXPLAIN QUERY PLAN SELECT name FROM guest WHERE city = $1 AND room = $2`, "x").Scan(&a, &b, &c, &got)
		if !strings.Contains(got, "guest_room") {
			t.Errorf("in an act: %s", got)
		}
		return err
	}))
	must(t, db.Raw(t.Context(), `INSERT INTO guest VALUES ('xn', 'a', '1', ''), ('xn', 'b', '2', ''), ('twin', 'a', '1', '')`))
	must(t, db.Optimize(t.Context()))
	if got := plan(); !strings.Contains(got, "guest_room") {
		t.Errorf("with three rows: %s", got)
	}
}
