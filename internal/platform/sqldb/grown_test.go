package sqldb_test

import (
	"testing"

	"zhidian/internal/platform/sqldb"
)

// A table that has begun to fill is analysed at once; one that was full when it last was is left alone.
func TestGrown(t *testing.T) {
	t.Parallel()
	onEngine(t, sqldb.PostgreSQL, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) {
		known := func() (n int64) {
			must(t, db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
				return q.Row(`SELECT reltuples::bigint FROM pg_class WHERE $1 <> 'city' AND relname = 'shelf'`).Scan(&n)
			}))
			return n
		}
		fill := func(from, to string) {
			must(t, db.Raw(t.Context(), `INSERT INTO shelf SELECT 'xn', i::text, 0, 0 FROM generate_series(`+from+`, `+to+`) i`))
			must(t, db.Grown(t.Context()))
		}
		fill("1", "398")
		if n := known(); n != 400 {
			t.Errorf("the server believes in %d rows, want 400", n)
		}
		fill("399", "1998")
		fill("1999", "2998")
		if n := known(); n != 2000 {
			t.Errorf("the server believes in %d rows, want 2000", n)
		}
	})
	onEngine(t, sqldb.SQLite, sqldb.Options{}, func(t *testing.T, db *sqldb.DB) { must(t, db.Grown(t.Context())) })
}
