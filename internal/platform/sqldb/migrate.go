package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrate brings the schema to the newest version. Several processes may start at once: one migrates, the others wait.
func (db *DB) Migrate(ctx context.Context, migrations fs.FS) error {
	dialect, opts := goose.DialectSQLite3, []goose.ProviderOption{}
	target := db.reads
	if db.engine == PostgreSQL {
		dialect = goose.DialectPostgres
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return err
		}
		opts = append(opts, goose.WithSessionLocker(locker))
	} else {
		conn, err := sql.Open("sqlite", sqliteDSN(db.file, "busy_timeout(30000)", "foreign_keys(1)"))
		if err != nil {
			return err
		}
		defer conn.Close()
		conn.SetMaxOpenConns(1)
		target = conn
	}
	p, err := goose.NewProvider(dialect, target, migrations, opts...)
	if err != nil {
		return fmt.Errorf("sqldb: migrations: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("sqldb: migrate: %w", err)
	}
	return nil
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
