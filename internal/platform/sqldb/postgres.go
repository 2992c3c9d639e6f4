package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// collations are those in which PostgreSQL orders text by bytes, as SQLite does. Subtree ranges rest on it.
var collations = []string{"C", "POSIX", "C.UTF-8", "C.UTF8", "C.utf8"}

// OpenPostgres opens a PostgreSQL database. It refuses one whose collation does not order by bytes, with the
// line that creates a right one.
func OpenPostgres(ctx context.Context, dsn string, opt Options) (*DB, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("sqldb: the PostgreSQL address cannot be read") // err may hold the password
	}
	if cfg.RuntimeParams["statement_timeout"] == "" {
		cfg.RuntimeParams["statement_timeout"] = "60000"
	}
	cfg.RuntimeParams["timezone"] = "UTC"
	cfg.RuntimeParams["application_name"] = "zhidian"
	db := newDB(PostgreSQL, opt)
	db.reads = stdlib.OpenDB(*cfg)
	db.address = cfg.Copy()
	// A server with two cores does 2,500 acts a second for four at once and 1,100 for thirty-two, which wake each other and wait
	// for each other's locks. Whoever waits here costs nothing.
	db.turns = make(chan struct{}, max(4, 2*runtime.GOMAXPROCS(0)))
	db.reads.SetMaxOpenConns(32)
	db.reads.SetMaxIdleConns(32)
	var collate, name string
	err = db.reads.QueryRowContext(ctx, `SELECT datcollate, datname FROM pg_database WHERE datname = current_database()`).Scan(&collate, &name)
	if err != nil {
		_ = db.reads.Close()
		return nil, fmt.Errorf("sqldb: PostgreSQL: %w", err)
	}
	if !slices.Contains(collations, collate) {
		_ = db.reads.Close()
		return nil, fmt.Errorf("sqldb: database %s has collation %s; create one that orders by bytes: CREATE DATABASE %s TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'", name, collate, name)
	}
	return db, nil
}

// unhurried opens connections whose statements may take as long as they need, for migrations and statistics.
func (db *DB) unhurried() *sql.DB {
	cfg := db.address.Copy()
	cfg.RuntimeParams["statement_timeout"] = "0"
	return stdlib.OpenDB(*cfg)
}

// Grown says that tables which were empty have begun to fill. PostgreSQL keeps a plan for as long as a connection lives, also that
// of a foreign key's check; one that was made for an empty table reads an index from end to end for each row, until the server
// has analysed the table, which it does by itself a minute later. So those are analysed now that had next to nothing in them
// when they last were. The plans of SQLite do not rest on that.
func (db *DB) Grown(ctx context.Context) error {
	if db.engine != PostgreSQL {
		return nil
	}
	rows, err := db.reads.QueryContext(ctx, `SELECT relname FROM pg_class
		WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND reltuples < 1000 AND pg_relation_size(oid) > 0`)
	if err != nil {
		return outcome(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return outcome(err)
		}
		names = append(names, pgx.Identifier{name}.Sanitize())
	}
	if err := rows.Err(); err != nil || len(names) == 0 {
		return outcome(err)
	}
	_, err = db.reads.ExecContext(ctx, "ANALYZE "+strings.Join(names, ", "))
	return outcome(err)
}

// runPostgres runs one act in one transaction, again where PostgreSQL says that another came between.
func (db *DB) runPostgres(j *job) error {
	var err error
	for try := range attempts {
		if try > 0 {
			db.stats.Reruns.add(1)
			time.Sleep(time.Duration(try*try) * 2 * time.Millisecond)
		}
		err = db.tryPostgres(j)
		if j.panic != nil {
			panic(j.panic)
		}
		if !isBusy(err) && !errors.Is(err, errTaken) {
			break
		}
	}
	return outcome(err)
}

func (db *DB) tryPostgres(j *job) error {
	select {
	case db.turns <- struct{}{}:
		defer func() { <-db.turns }()
	case <-j.ctx.Done():
		return fmt.Errorf("sqldb: the caller gave up: %w", context.Cause(j.ctx))
	}
	if err := db.fault("begin"); err != nil {
		return err
	}
	conn, err := db.reads.Conn(j.ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	l := &pgLink{ctx: context.WithoutCancel(j.ctx), conn: conn}
	tx := &Tx{db: db, caller: j.ctx, by: j.by, now: db.Now(), link: l, wrote: map[string]bool{}, keep: j.keep}
	err, j.panic = runAct(tx, j.fn)
	if err == nil && j.panic == nil {
		err = db.fault("act")
	}
	if err == nil && j.panic == nil {
		err = db.fault("commit")
	}
	if err != nil || j.panic != nil {
		l.rollback()
		return err
	}
	if err := l.commit(); err != nil {
		return err
	}
	if err := db.fault("committed"); err != nil {
		return unknown(err)
	}
	db.stats.Acts.add(1)
	db.stats.Commits.add(1)
	return nil
}
