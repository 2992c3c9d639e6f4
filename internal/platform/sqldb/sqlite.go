package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"runtime"
	"strings"
)

// OpenSQLite opens the file of an embedded installation: one writer, and a pool of readers beside it that never
// wait for it. Every commit reaches the disk before it is answered (WAL, synchronous=FULL).
func OpenSQLite(ctx context.Context, file string, opt Options) (*DB, error) {
	db := newDB(SQLite, opt)
	db.file = file
	writers, err := sql.Open("sqlite", sqliteDSN(file,
		"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "busy_timeout(5000)", "cache_size(-131072)",
		"temp_store(MEMORY)", "wal_autocheckpoint(16000)", "journal_size_limit(268435456)"))
	if err != nil {
		return nil, fmt.Errorf("sqldb: %w", err)
	}
	writers.SetMaxOpenConns(1)
	db.writer, err = newCommitter(ctx, db, writers)
	if err != nil {
		_ = writers.Close()
		return nil, fmt.Errorf("sqldb: open %s: %w", file, err)
	}
	// The file is not mapped: every connection would hold a mapping of its own, and searches all over a large city filled each
	// (700 MB together where pages kept in memory take 250, for the same time).
	db.reads, err = sql.Open("sqlite", sqliteDSN(file,
		"query_only(1)", "busy_timeout(5000)", "cache_size(-16384)", "temp_store(MEMORY)"))
	if err != nil {
		return nil, fmt.Errorf("sqldb: %w", err)
	}
	readers := max(4, 2*runtime.GOMAXPROCS(0))
	// A read that meets a text for the first time needs a second connection to prepare it. Were there none beside those
	// that reads hold, reads that each wait for one would wait for ever.
	const spare = 2
	db.seats = make(chan struct{}, readers)
	db.reads.SetMaxOpenConns(readers + spare)
	db.reads.SetMaxIdleConns(readers + spare)
	return db, nil
}

func sqliteDSN(file string, pragmas ...string) string {
	q := url.Values{"_pragma": pragmas}
	path := (&url.URL{Path: file}).EscapedPath()
	return "file:" + path + "?" + q.Encode()
}

// Pragma reads one setting of the writer's connection back, so that a test can see what is in force.
func (db *DB) Pragma(ctx context.Context, name string) (string, error) {
	if db.engine != SQLite {
		return "", fmt.Errorf("sqldb: no pragma on %s", db.engine)
	}
	if strings.ContainsAny(name, " ;()=") {
		return "", fmt.Errorf("sqldb: no such pragma %q", name)
	}
	var v string
	w := db.writer
	j := &job{ctx: ctx, keep: true, fn: func(*Tx) error {
		return w.conn.QueryRowContext(ctx, "PRAGMA "+name).Scan(&v)
	}}
	j.by.City = "-"
	return v, w.do(j)
}

// Optimize refreshes the planner's statistics; run it after a large import.
func (db *DB) Optimize(ctx context.Context) error {
	if db.engine == PostgreSQL {
		conn := db.unhurried()
		defer conn.Close()
		_, err := conn.ExecContext(ctx, "ANALYZE")
		return err
	}
	w := db.writer
	j := &job{ctx: ctx, keep: true, fn: func(*Tx) error {
		if _, err := w.conn.ExecContext(ctx, "PRAGMA analysis_limit=1000; ANALYZE"); err != nil {
			return err
		}
		if _, err := suppose(ctx, w.conn); err != nil {
			return err
		}
		return refreshed(ctx, w.conn)
	}}
	j.by.City = "-"
	return w.do(j)
}
