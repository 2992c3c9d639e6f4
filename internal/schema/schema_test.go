package schema_test

import (
	"context"
	"database/sql"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite"

	"zhidian/internal/platform/sqldb"
	"zhidian/internal/schema"
)

var update = flag.Bool("update", false, "write schema.sql anew")

// schema.sql is what the migrations amount to, so that a review sees the tables as they are and not how they came about.
func TestDumpIsCurrent(t *testing.T) {
	t.Parallel()
	got := dump(t)
	if *update {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil { //nolint:gosec // it is committed
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Error("schema.sql is not what the migrations make: run go test ./internal/schema -update and look at the difference")
	}
}

// The dump is not a migration: a glob that took it for one would create every table twice.
func TestDumpIsNoMigration(t *testing.T) {
	t.Parallel()
	if _, err := schema.Migrations.Open("schema.sql"); err == nil {
		t.Error("schema.sql is among the migrations")
	}
}

// Every key begins with the city: that is the whole preparation for spreading cities over machines.
func TestKeysBeginWithTheCity(t *testing.T) {
	t.Parallel()
	db := migrated(t)
	rows, err := db.Query(`SELECT m.name, x.origin, i.name FROM sqlite_schema m, pragma_index_list(m.name) x, pragma_index_info(x.name) i
		WHERE m.type = 'table' AND m.name NOT LIKE 'goose%' AND m.name NOT LIKE 'sqlite%' AND i.seqno = 0
		UNION ALL
		SELECT m.name, 'fk', f."from" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND f.seq = 0`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var table, origin, column string
		if err := rows.Scan(&table, &origin, &column); err != nil {
			t.Fatal(err)
		}
		seen++
		if column != "city" {
			t.Errorf("%s: a key (%s) begins with %s", table, origin, column)
		}
	}
	if err := rows.Err(); err != nil || seen < 40 {
		t.Errorf("looked at %d keys: %v", seen, err)
	}
}

func TestHousekeepingNamesTablesThatAreThere(t *testing.T) {
	t.Parallel()
	db := migrated(t)
	for _, table := range schema.Housekeeping {
		n := 0
		if err := db.QueryRow(`SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = ?`, table).Scan(&n); err != nil || n != 1 {
			t.Errorf("there is no table %s: %v", table, err)
		}
	}
}

func migrated(t *testing.T) *sql.DB {
	t.Helper()
	file := filepath.Join(t.TempDir(), "city.db")
	city, err := sqldb.OpenSQLite(context.Background(), file, sqldb.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := city.Migrate(context.Background(), schema.Migrations); err != nil {
		t.Fatal(err)
	}
	if err := city.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func dump(t *testing.T) string {
	t.Helper()
	rows, err := migrated(t).Query(`SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'goose%' AND name NOT LIKE 'sqlite%'
		ORDER BY tbl_name, type DESC, name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var b strings.Builder
	b.WriteString("-- What the migrations amount to on SQLite, in order of the tables' names. It is written by\n" +
		"-- go test ./internal/schema -update and read in reviews; the program never runs it.\n")
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(text, "CREATE TABLE") {
			b.WriteString("\n")
		}
		b.WriteString(text + ";\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
