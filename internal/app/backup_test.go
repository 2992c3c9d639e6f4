package app

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// everyRow reads all rows of all tables of one database, each as one line.
func everyRow(t *testing.T, driver, dsn string) map[string][]string {
	t.Helper()
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	list := `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'`
	if driver == "pgx" {
		list = `SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'goose%'`
	}
	lines := func(query string) (all []string) {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		at := make([]int, len(columns))
		for i := range at {
			at[i] = i
		}
		slices.SortFunc(at, func(a, b int) int { return strings.Compare(columns[a], columns[b]) })
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			cells := make([]string, len(columns))
			for i, k := range at {
				if b, ok := values[k].([]byte); ok {
					values[k] = fmt.Sprintf("%x", b)
				}
				cells[i] = fmt.Sprint(values[k])
			}
			all = append(all, strings.Join(cells, "\x1f"))
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		slices.Sort(all)
		return all
	}
	found := map[string][]string{}
	for _, table := range lines(list) {
		found[table] = lines("SELECT * FROM " + table)
	}
	return found
}

// busyClerk does one small act after another until told to stop, and gives how many were answered.
func busyClerk(t *testing.T, db *sqldb.DB, city string) (stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan int)
	go func() {
		n := 0
		for ctx.Err() == nil {
			key := fmt.Sprintf("busy-%06d", n)
			if err := db.Write(context.WithoutCancel(ctx), authz.System(city), func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(`INSERT INTO holiday (city, day, off, name, origin) VALUES ($1, $2, 1, '', 'busy')`, key); err != nil {
					return err
				}
				return tx.Record(benchVerb, key, act.Change{"n": n})
			}); err != nil {
				t.Error(err)
				break
			}
			n++
		}
		done <- n
	}()
	return func() int { cancel(); return <-done }
}

// A backup made while people write holds one moment: every act in it with its row. Restored on either engine it is the
// same row by row, but for the new epoch of the log; a restore that was interrupted can be run again.
func TestBackupOfABusyCityIsOneMoment(t *testing.T) {
	t.Parallel()
	from := small(t)
	onPostgres := sqldbtest.PostgresDSN(t)
	first := filepath.Join(t.TempDir(), "first")
	if code, _, e := told(t, "backup", "--data", from, "--to", first); code != exitOK {
		t.Fatalf("backup: %s", e)
	}
	fromPG := filepath.Join(t.TempDir(), "pg")
	if code, _, e := told(t, "restore", "--from", first, "--data", fromPG, "--keys", filepath.Join(from, keyFile), "--db", onPostgres); code != exitOK {
		t.Fatalf("restore: %s", e)
	}
	for _, source := range []struct{ name, dir, dsn string }{{"sqlite", from, ""}, {"postgres", fromPG, onPostgres}} {
		in, err := open(t.Context(), source.dir, source.dsn)
		if err != nil {
			t.Fatal(err)
		}
		stop := busyClerk(t, in.db, in.city.Slug)
		to := filepath.Join(t.TempDir(), "backup")
		code, _, e := told(t, "backup", "--data", source.dir, "--db", source.dsn, "--to", to)
		wrote := stop()
		if err := in.db.Close(); err != nil || code != exitOK {
			t.Fatalf("backup of %s: %d %s %v", source.name, code, e, err)
		}
		held := everyRow(t, "sqlite", "file:"+filepath.Join(to, dbFile))
		acts, rows := 0, 0
		for _, r := range held["act"] {
			if strings.Contains(r, "busy-") {
				acts++
			}
		}
		for _, r := range held["holiday"] {
			if strings.Contains(r, "busy-") {
				rows++
			}
		}
		if acts != rows || wrote == 0 {
			t.Errorf("%s: %d acts and %d rows of them in the backup, %d written", source.name, acts, rows, wrote)
		}
		for _, target := range []string{"sqlite", "postgres"} {
			elsewhere := filepath.Join(t.TempDir(), "elsewhere")
			args := []string{"restore", "--from", to, "--data", elsewhere, "--keys", filepath.Join(from, keyFile)}
			driver, dsn := "sqlite", "file:"+filepath.Join(elsewhere, dbFile)
			if target == "postgres" {
				driver, dsn = "pgx", sqldbtest.PostgresDSN(t)
				args = append(args, "--db", dsn)
			}
			if code, _, e := told(t, args...); code != exitOK {
				t.Fatalf("restore of %s on %s: %s", source.name, target, e)
			}
			if target == "sqlite" { // as if it had been killed before its last step
				if err := os.Remove(filepath.Join(elsewhere, cityFile)); err != nil {
					t.Fatal(err)
				}
				if code, _, _ := told(t, "verify", "--data", elsewhere); code == exitOK {
					t.Error("half a restore is taken for a city")
				}
				if code, _, e := told(t, args...); code != exitOK {
					t.Fatalf("restore again: %s", e)
				}
			}
			for table, rows := range everyRow(t, driver, dsn) {
				if strings.HasPrefix(table, "act_e") || table == "act_hash" || table == "act_head" { // the new epoch
					continue
				}
				if !slices.Equal(rows, held[table]) {
					t.Errorf("%s restored on %s: %s differs, %d and %d rows", source.name, target, table, len(held[table]), len(rows))
				}
			}
		}
	}
}
