package app

import (
	"crypto/sha256"
	"database/sql"
	"fmt"
	"slices"
	"testing"

	_ "modernc.org/sqlite" // a second pair of eyes on the file

	"zhidian/internal/schema"
)

// tableWatch reads every table of acts beside the program, to see whether anything changed.
type tableWatch struct {
	db     *sql.DB
	tables []string
}

func watchTables(t *testing.T, file string) *tableWatch {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { _ = db.Close() })
	w := &tableWatch{db: db}
	rows, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE 'goose%' ORDER BY name`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		// what was refused is noted, and housekeeping goes on
		if name != "act_content" && !slices.Contains(schema.Housekeeping, name) {
			w.tables = append(w.tables, name)
		}
	}
	if len(w.tables) < 15 {
		t.Fatalf("only %d tables are watched: %v", len(w.tables), w.tables)
	}
	return w
}

// version changes with every commit of the program.
func (w *tableWatch) version(t *testing.T) (v int64) {
	t.Helper()
	if err := w.db.QueryRow("PRAGMA data_version").Scan(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// sum gives a hash of every table's content.
func (w *tableWatch) sum(t *testing.T) map[string][32]byte {
	t.Helper()
	out := make(map[string][32]byte, len(w.tables))
	for _, table := range w.tables {
		h := sha256.New()
		rows, err := w.db.Query("SELECT * FROM " + table)
		if err != nil {
			t.Fatal(err)
		}
		cols, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		vals, refs := make([]any, len(cols)), make([]any, len(cols))
		for i := range vals {
			refs[i] = &vals[i]
		}
		for rows.Next() {
			if err := rows.Scan(refs...); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(h, "%q\n", vals)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
		out[table] = [32]byte(h.Sum(nil))
	}
	return out
}

func changed(before, after map[string][32]byte) (tables []string) {
	for name, sum := range before {
		if after[name] != sum {
			tables = append(tables, name)
		}
	}
	slices.Sort(tables)
	return tables
}

// one reads a single text.
func (w *tableWatch) one(t *testing.T, query string, args ...any) (text string) {
	t.Helper()
	if err := w.db.QueryRow(query, args...).Scan(&text); err != nil {
		t.Fatalf("%s %v: %v", query, args, err)
	}
	return text
}

// put writes what no use case makes at will.
func (w *tableWatch) put(t *testing.T, file, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(statement, args...); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}
