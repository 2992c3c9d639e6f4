// Package sqldb is the one way to the database: it reads snapshots, and writes acts that cannot commit without their record.
package sqldb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
)

// Engine is the database server behind a DB.
type Engine string

// The two engines on which every promise holds.
const (
	SQLite     Engine = "sqlite"
	PostgreSQL Engine = "postgres"
)

// Options are what a DB needs to know beside its address. The zero value of each field is usable.
type Options struct {
	Housekeeping []string             // tables written through Keep, and allowed in any act
	Clock        func() time.Time     // the time of acts; time.Now when nil
	KeyID        string               // the sealing key in force, noted in every act
	Fault        func(p string) error // test hook, called at the named points "begin", "act", "statement", "commit", "committing" (SQLite), "committed"
	SlowFsync    time.Duration        // added to every SQLite commit by benchmarks that show an office disk
}

// DB is an open database of one or more cities. It is safe for use by many goroutines.
type DB struct {
	engine  Engine
	opt     Options
	file    string          // SQLite: where it lies
	address *pgx.ConnConfig // PostgreSQL: where it is reached
	keep    map[string]bool
	reads   *sql.DB       // SQLite: a pool of readers; PostgreSQL: everything
	seats   chan struct{} // SQLite: one for each read under way; fewer than connections, see OpenSQLite
	turns   chan struct{} // PostgreSQL: one for each act under way
	writer  *committer    // SQLite only
	known   sync.Map      // statement text → *statement
	stmts   sync.Map      // statement text → *sql.Stmt on reads
	nstmts  counter
	stats   Stats
}

// Stats counts since the start. Acts per fsync is Acts / Commits.
type Stats struct {
	Acts, Commits, Reruns, Reopened counter
}

// Engine tells which engine the database runs on.
func (db *DB) Engine() Engine { return db.engine }

// Stats gives the running counts.
func (db *DB) Stats() *Stats { return &db.stats }

// Now is the time of the database's clock, in whole microseconds UTC.
func (db *DB) Now() time.Time {
	if db.opt.Clock != nil {
		return db.opt.Clock().UTC().Truncate(time.Microsecond)
	}
	return time.Now().UTC().Truncate(time.Microsecond)
}

func newDB(engine Engine, opt Options) *DB {
	db := &DB{engine: engine, opt: opt, keep: map[string]bool{}}
	for _, t := range opt.Housekeeping {
		db.keep[t] = true
	}
	return db
}

func (db *DB) fault(point string) error {
	if db.opt.Fault == nil {
		return nil
	}
	return db.opt.Fault(point)
}

// Write runs an act: everything fn writes commits together with its record, or not at all.
//
// fn may run more than once and must have no effect outside the transaction. Success and refusal alike are
// returned only after the commit that covers everything fn read. With by.Once set and already used by the same
// user, fn does not run and the error is a repeat: see Again.
//
// Errors: whatever fn returns; Internal when fn wrote without a record, wrote a table that its verb does not
// declare, or went on after a database error; Busy "sqldb.full", "sqldb.busy", or "sqldb.unknown" when the outcome
// is unknown and the same key should be asked again.
func (db *DB) Write(ctx context.Context, by authz.Actor, fn func(*Tx) error) error {
	return db.run(ctx, by, false, fn)
}

// Keeps tells whether a table is one of housekeeping, which is written without acts.
func (db *DB) Keeps(table string) bool { return db.keep[table] }

// Keep writes housekeeping tables (sessions, drafts, jobs, staging), for which there is no act.
func (db *DB) Keep(ctx context.Context, city string, fn func(*Tx) error) error {
	return db.run(ctx, authz.System(city), true, fn)
}

// Note records what changed nothing but must be known: a refusal, a failed log-in, an export, a look at sealed data.
func (db *DB) Note(ctx context.Context, by authz.Actor, verb authz.Verb, subject string, change act.Change) error {
	by.Once = ""
	return db.run(context.WithoutCancel(ctx), by, false, func(tx *Tx) error {
		return tx.Record(verb, subject, change)
	})
}

func (db *DB) run(ctx context.Context, by authz.Actor, keep bool, fn func(*Tx) error) error {
	if by.City == "" {
		return errors.New("sqldb: a write without a city")
	}
	j := &job{ctx: ctx, by: by, keep: keep, fn: fn}
	if db.engine == SQLite {
		return db.writer.do(j)
	}
	return db.runPostgres(j)
}

// Close finishes waiting acts and closes all connections.
func (db *DB) Close() error {
	var err error
	if db.writer != nil {
		err = db.writer.close()
	}
	return errors.Join(err, db.reads.Close())
}

// repeat is the answer to an act that the same user has asked for before under the same key.
type repeat struct {
	Subject string
	Answer  []byte
}

func (r *repeat) Error() string { return "sqldb: the act under this key is recorded already" }

// Unwrap makes a repeat that nobody handles a Conflict with a text for people.
func (r *repeat) Unwrap() error { return errs.New(errs.Conflict, "sqldb.repeated", nil) }

// Again tells whether err says that this very act was recorded before; it then fills answer with what the act
// answered the first time (see Tx.Answer). A nil answer is not filled.
func Again(err error, answer any) bool {
	r, ok := errors.AsType[*repeat](err)
	if !ok {
		return false
	}
	if answer == nil || len(r.Answer) == 0 {
		return true
	}
	if bad := json.Unmarshal(r.Answer, answer); bad != nil {
		slog.Error("a recorded answer cannot be read", "error", bad)
		return false
	}
	return true
}

// Bit is a yes or no as both engines keep it.
func Bit(yes bool) int64 {
	if yes {
		return 1
	}
	return 0
}

// Done takes that this very act was recorded before for success, of an act that answers nothing.
func Done(err error) error {
	if Again(err, nil) {
		return nil
	}
	return err
}
