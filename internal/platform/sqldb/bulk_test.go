package sqldb_test

import (
	"testing"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/schema"
)

// Rows written in bulk are those that one statement each would write, whatever their number: empty values, NULL, binary
// ones, and rows that meet what is there or each other.
func TestBulkIsRowByRow(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if err := db.Migrate(t.Context(), schema.Migrations); err != nil {
			t.Fatal(err)
		}
		by := authz.System("xn")
		put := authz.Verb{Key: "test.put", Writes: "holiday paper_look org_code"}
		insert := `INSERT INTO holiday (city, day, off, name, origin) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (city, day) DO NOTHING`
		name := func(i int) any {
			if i%3 == 0 {
				return ""
			}
			return "名'\"\\{},NULL"
		}
		next := 0
		for _, n := range []int{0, 1, 2, 31, 32, 33, 64, 100, 999, 1000, 1001, 2500} {
			from := next
			next += n
			err := db.Write(t.Context(), by, func(tx *sqldb.Tx) error {
				row := func(i int) []any { return []any{key(from + i), int64(i % 2), name(i), "test"} }
				got, err := tx.Bulk(insert, n, row)
				if err != nil || got != int64(n) {
					t.Errorf("%d rows: %d changed, %v", n, got, err)
				}
				if got, err = tx.Bulk(insert, n, row); err != nil || got != 0 {
					t.Errorf("%d rows again: %d changed, %v", n, got, err)
				}
				return tx.Record(put, "", act.Change{})
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		err := db.Write(t.Context(), by, func(tx *sqldb.Tx) error {
			all := [][]byte{{}, {0}, {0, 1, 255}, []byte("look"), {0}}
			got, err := tx.Bulk(`INSERT INTO paper_look (city, kind, look, person) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, len(all), func(i int) []any {
				return []any{"x", all[i], key(i)}
			})
			if err != nil || got != 4 {
				t.Errorf("binary: %d changed, %v", got, err)
			}
			return tx.Record(put, "", act.Change{})
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Read(t.Context(), "xn", func(q *sqldb.Rx) error {
			var rows, on, named, look int
			if err := q.Row(`SELECT COUNT(*), SUM(off), SUM(CASE WHEN name = '' THEN 0 ELSE 1 END) FROM holiday WHERE city = $1`).Scan(&rows, &on, &named); err != nil {
				return err
			}
			if err := q.Row(`SELECT COUNT(*) FROM paper_look WHERE city = $1 AND look = $2 AND person = $3`, []byte{0, 1, 255}, key(2)).Scan(&look); err != nil {
				return err
			}
			wantOn, wantNamed := 0, 0
			for _, n := range []int{0, 1, 2, 31, 32, 33, 64, 100, 999, 1000, 1001, 2500} {
				wantOn += n / 2
				wantNamed += n - (n+2)/3
			}
			if rows != next || on != wantOn || named != wantNamed || look != 1 {
				t.Errorf("%d rows (want %d), %d off (want %d), %d named (want %d), %d look-ups", rows, next, on, wantOn, named, wantNamed, look)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = db.Write(t.Context(), by, func(tx *sqldb.Tx) error { // NULL where it may not be
			_, err := tx.Bulk(insert, 40, func(i int) []any { return []any{key(-1 - i), int64(0), nil, "test"} })
			return err
		})
		if errs.KindOf(err) != errs.Internal && err == nil {
			t.Errorf("NULL was taken: %v", err)
		}
	})
}

func key(i int) string { return string(rune('a'+(i+1000)%26)) + string(rune(0x4E00+i+100)) }
