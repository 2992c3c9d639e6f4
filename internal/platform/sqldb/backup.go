package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"zhidian/internal/platform/errs"
)

// Backup writes the database as of one moment to a new SQLite file while writes go on. The file is the same
// whichever engine it comes from, so that a backup of one can be restored on the other.
func (db *DB) Backup(ctx context.Context, migrations fs.FS, file string) error {
	if db.engine == SQLite {
		return db.vacuumInto(ctx, file)
	}
	copied, err := OpenSQLite(ctx, file, Options{})
	if err != nil {
		return err
	}
	if err := copied.Migrate(ctx, migrations); err != nil {
		return errors.Join(err, copied.Close())
	}
	if err := copied.Close(); err != nil {
		return err
	}
	out, err := sql.Open("sqlite", sqliteDSN(file, "foreign_keys(0)", "synchronous(FULL)"))
	if err != nil {
		return err
	}
	defer out.Close()
	tx, err := db.reads.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, "SET LOCAL statement_timeout = 0"); err != nil { // a table is one statement
		return err
	}
	tables, err := tablesOf(ctx, out)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := t.copyTo(ctx, tx, out); err != nil {
			return fmt.Errorf("sqldb: back up %s: %w", t.name, err)
		}
	}
	return nil
}

func (db *DB) vacuumInto(ctx context.Context, file string) error {
	conn, err := db.reads.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "PRAGMA query_only(0)"); err != nil {
		return err
	}
	defer func() { _, _ = conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA query_only(1)") }()
	_, err = conn.ExecContext(ctx, "VACUUM INTO $1", file)
	return err
}

// copied is a table with its columns, in the order in which the migrations made them.
type copied struct {
	name    string
	columns []string
}

// tablesOf lists the tables of a SQLite file, referenced ones before those that refer to them.
func tablesOf(ctx context.Context, file *sql.DB) ([]copied, error) {
	rows, err := file.QueryContext(ctx, `SELECT m.name, i.name FROM sqlite_master m JOIN pragma_table_info(m.name) i
		WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> 'goose_db_version' ORDER BY m.rowid, i.cid`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []copied
	for rows.Next() {
		var table, column string
		if err := rows.Scan(&table, &column); err != nil {
			return nil, err
		}
		if n := len(all); n == 0 || all[n-1].name != table {
			all = append(all, copied{name: table})
		}
		t := &all[len(all)-1]
		t.columns = append(t.columns, column)
	}
	return all, rows.Err()
}

func (t copied) selectAll() string {
	return "SELECT " + strings.Join(t.columns, ", ") + " FROM " + t.name
}

// copyTo writes every row of the table into a SQLite file, in one transaction.
func (t copied) copyTo(ctx context.Context, from *sql.Tx, to *sql.DB) error {
	rows, err := from.QueryContext(ctx, t.selectAll())
	if err != nil {
		return err
	}
	defer rows.Close()
	tx, err := to.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	insert, err := tx.PrepareContext(ctx, "INSERT INTO "+t.name+" ("+strings.Join(t.columns, ", ")+") VALUES (?"+strings.Repeat(", ?", len(t.columns)-1)+")")
	if err != nil {
		return err
	}
	defer insert.Close()
	row := newRow(len(t.columns))
	for rows.Next() {
		if err := rows.Scan(row.into...); err != nil {
			return err
		}
		if _, err := insert.ExecContext(ctx, row.values...); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return tx.Commit()
}

type scanned struct{ values, into []any }

func newRow(n int) scanned {
	r := scanned{values: make([]any, n), into: make([]any, n)}
	for i := range r.values {
		r.into[i] = &r.values[i]
	}
	return r
}

// Restore fills an empty, migrated PostgreSQL database from a backup file: everything or nothing.
func (db *DB) Restore(ctx context.Context, migrations fs.FS, file string) error {
	if db.engine != PostgreSQL {
		return errors.New("sqldb: the embedded database is restored by copying the file")
	}
	if err := db.Migrate(ctx, migrations); err != nil {
		return err
	}
	in, err := sql.Open("sqlite", sqliteDSN(file, "query_only(1)"))
	if err != nil {
		return err
	}
	defer in.Close()
	tables, err := tablesOf(ctx, in)
	if err != nil {
		return err
	}
	conn, err := db.reads.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(driver any) error {
		c := driver.(*stdlib.Conn).Conn()
		tx, err := c.Begin(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback(ctx) }()
		if _, err := tx.Exec(ctx, "SET LOCAL statement_timeout = 0"); err != nil {
			return err
		}
		for _, t := range tables {
			taken := false
			if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT 1 FROM "+t.name+")").Scan(&taken); err != nil {
				return err
			}
			if taken {
				return errs.New(errs.Conflict, "sqldb.not_empty", nil)
			}
			rows, err := in.QueryContext(ctx, t.selectAll())
			if err != nil {
				return err
			}
			_, err = tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, &copySource{rows: rows, row: newRow(len(t.columns))})
			if err := errors.Join(err, rows.Close()); err != nil {
				return fmt.Errorf("sqldb: restore %s: %w", t.name, err)
			}
		}
		return tx.Commit(ctx)
	})
}

// copySource hands the rows of a SQLite table to PostgreSQL's COPY.
type copySource struct {
	rows *sql.Rows
	row  scanned
	err  error
}

// Next reads the next row.
func (s *copySource) Next() bool {
	if !s.rows.Next() {
		s.err = s.rows.Err()
		return false
	}
	s.err = s.rows.Scan(s.row.into...)
	return s.err == nil
}

// Values gives the row read last.
func (s *copySource) Values() ([]any, error) { return s.row.values, nil }

// Err is what ended the rows, if not their end.
func (s *copySource) Err() error { return s.err }
