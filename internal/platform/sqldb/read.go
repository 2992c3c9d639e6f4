package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"zhidian/internal/platform/errs"
)

// ErrNone is what Row.Scan returns when there is no row; it does not end a transaction.
var ErrNone = sql.ErrNoRows

// Rx is one snapshot of one city, for reading.
type Rx struct {
	db   *DB
	ctx  context.Context
	city string
	now  time.Time
	tx   *sql.Tx
}

// Read gives fn one snapshot: everything it reads is of the same moment, on both engines.
func (db *DB) Read(ctx context.Context, city string, fn func(*Rx) error) error {
	if city == "" {
		return errors.New("sqldb: a read without a city")
	}
	opt := &sql.TxOptions{ReadOnly: true}
	if db.engine == PostgreSQL {
		opt.Isolation = sql.LevelRepeatableRead
	}
	if db.seats != nil {
		select {
		case db.seats <- struct{}{}:
			defer func() { <-db.seats }()
		case <-ctx.Done():
			return outcome(ctx.Err())
		}
	}
	tx, err := db.reads.BeginTx(ctx, opt)
	if err != nil {
		return outcome(err)
	}
	defer func() { _ = tx.Rollback() }() // a read has nothing to commit
	return fn(&Rx{db: db, ctx: ctx, city: city, now: db.Now(), tx: tx})
}

// City is the city whose rows are read.
func (rx *Rx) City() string { return rx.city }

// Now is the time of the snapshot.
func (rx *Rx) Now() time.Time { return rx.now }

// Context carries the caller's deadline.
func (rx *Rx) Context() context.Context { return rx.ctx }

// Query runs a reading statement whose $1 is the city.
func (rx *Rx) Query(query string, args ...any) (*sql.Rows, error) {
	st, err := rx.db.statement(query)
	if err != nil {
		return nil, err
	}
	if len(st.tables) > 0 {
		return nil, fmt.Errorf("sqldb: a read writes %s", st.tables[0])
	}
	all := append([]any{rx.city}, args...)
	prepared, err := rx.db.prepared(rx.ctx, query)
	if err != nil {
		return nil, fmt.Errorf("sqldb: %s: %w", st.name, err)
	}
	var rows *sql.Rows
	if prepared != nil {
		rows, err = rx.tx.StmtContext(rx.ctx, prepared).QueryContext(rx.ctx, all...)
	} else {
		rows, err = rx.tx.QueryContext(rx.ctx, query, all...)
	}
	if err != nil {
		return nil, fmt.Errorf("sqldb: %s: %w", st.name, err)
	}
	return rows, nil
}

// Row runs a reading statement for at most one row.
func (rx *Rx) Row(query string, args ...any) Row {
	rows, err := rx.Query(query, args...)
	return Row{rows: rows, err: err, fail: func(err error) error { return err }}
}

// keptStatements bounds how many texts are kept prepared; beyond it a text is compiled each time.
const keptStatements = 400

// prepared keeps statements compiled on SQLite, where compiling costs more than most reads. pgx keeps its own.
func (db *DB) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if db.engine == PostgreSQL {
		return nil, nil
	}
	if st, ok := db.stmts.Load(query); ok {
		return st.(*sql.Stmt), nil
	}
	if db.nstmts.Load() >= keptStatements {
		return nil, nil
	}
	st, err := db.reads.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if kept, raced := db.stmts.LoadOrStore(query, st); raced {
		_ = st.Close()
		return kept.(*sql.Stmt), nil
	}
	db.nstmts.add(1)
	return st, nil
}

// Row is the answer to a statement for at most one row.
type Row struct {
	rows *sql.Rows
	err  error
	fail func(error) error
}

// Scan reads the row's columns; ErrNone without a row.
func (r Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return r.fail(err)
		}
		return ErrNone
	}
	if err := r.rows.Scan(dest...); err != nil {
		return r.fail(err)
	}
	if err := r.rows.Close(); err != nil {
		return r.fail(err)
	}
	return nil
}

// Scan reads the columns of the current row.
type Scan func(dest ...any) error

// All reads every row of a statement with scan.
func All[T any](q Q, scan func(Scan) (T, error), query string, args ...any) ([]T, error) {
	rows, err := q.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		one, err := scan(rows.Scan)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// One reads the single row of a statement with scan; without a row the thing is Absent.
func One[T any](q Q, scan func(Scan) (T, error), query string, args ...any) (T, error) {
	one, err := scan(q.Row(query, args...).Scan)
	if errors.Is(err, ErrNone) {
		return one, errs.New(errs.Absent, "errs.absent", nil)
	}
	return one, err
}
