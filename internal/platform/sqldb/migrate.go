package sqldb

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"testing/fstest"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrate brings the schema to the newest version. Several processes may start at once: one migrates, the others wait.
func (db *DB) Migrate(ctx context.Context, migrations fs.FS) error {
	dialect, opts := goose.DialectSQLite3, []goose.ProviderOption{}
	var target *sql.DB
	if db.engine == PostgreSQL {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
		target = db.unhurried()
		defer target.Close()
	} else {
		conn, err := sql.Open("sqlite", sqliteDSN(db.file, "busy_timeout(30000)", "foreign_keys(1)"))
		if err != nil {
			return err
		}
		defer conn.Close()
		conn.SetMaxOpenConns(1)
		target = conn
	}
	if db.engine == SQLite {
		migrations = keyed{migrations}
	}
	p, err := goose.NewProvider(dialect, target, migrations, opts...)
	if err != nil {
		return fmt.Errorf("sqldb: migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("sqldb: migrate: %w", err)
	}
	if db.engine == PostgreSQL {
		return nil
	}
	changed, err := suppose(ctx, target)
	if err == nil && changed {
		err = refreshed(ctx, target)
	}
	return err
}

// Version gives the schema's version, and the newest that the program knows.
func (db *DB) Version(ctx context.Context, migrations fs.FS) (have, want int64, err error) {
	names, err := fs.Glob(migrations, "*.sql")
	if err != nil {
		return 0, 0, err
	}
	for _, n := range names {
		v, err := goose.NumericComponent(n)
		if err != nil {
			return 0, 0, err
		}
		want = max(want, v)
	}
	err = db.reads.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&have)
	return have, want, err
}

// keyed reads migrations with SQLite's own ending of CREATE TABLE, which PostgreSQL reads as a comment.
type keyed struct{ fs.FS }

// Open gives a migration with its endings put in force.
func (k keyed) Open(name string) (fs.File, error) {
	f, err := k.FS.Open(name)
	if err != nil || !strings.HasSuffix(name, ".sql") {
		return f, err
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	text = bytes.ReplaceAll(text, []byte("/*sqlite WITHOUT ROWID*/"), []byte("WITHOUT ROWID"))
	return fstest.MapFS{name: {Data: text, Mode: 0o444}}.Open(name)
}
