package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"time"

	"zhidian/internal/platform/authz"
)

// job is an act that waits to be committed.
type job struct {
	ctx   context.Context
	by    authz.Actor
	keep  bool
	fn    func(*Tx) error
	done  chan struct{}
	err   error
	panic any
}

const (
	batchActs = 256                   // acts in one SQLite transaction at most
	batchTime = 40 * time.Millisecond // no act joins a batch that has run this long
	attempts  = 5                     // runs of one act at most
)

// committer is SQLite's one writer. It runs waiting acts as savepoints of one transaction, so that one fsync
// serves them all, and answers each only after that transaction has committed.
type committer struct {
	db      *DB
	pool    *sql.DB // of one connection
	conn    *sql.Conn
	stmts   map[string]*sql.Stmt
	raw     map[string]driver.Stmt // of bulk
	jobs    chan *job
	stop    chan struct{}
	stopped chan struct{}
	once    sync.Once
}

func newCommitter(ctx context.Context, db *DB, pool *sql.DB) (*committer, error) {
	w := &committer{db: db, pool: pool, jobs: make(chan *job, 4*batchActs), stop: make(chan struct{}), stopped: make(chan struct{})}
	if err := w.reopen(ctx); err != nil {
		return nil, err
	}
	go w.loop()
	return w, nil
}

// do waits until the act's transaction has committed or certainly has not.
func (w *committer) do(j *job) error {
	j.done = make(chan struct{})
	select {
	case w.jobs <- j:
	case <-j.ctx.Done():
		return fmt.Errorf("sqldb: the caller gave up: %w", context.Cause(j.ctx))
	case <-w.stop:
		return errClosed
	}
	select {
	case <-j.done:
	case <-w.stopped:
		select {
		case <-j.done:
		default:
			return errClosed
		}
	}
	if j.panic != nil {
		panic(j.panic)
	}
	return j.err
}

func (w *committer) close() error {
	w.once.Do(func() { close(w.stop) })
	<-w.stopped
	w.forget()
	if w.conn != nil {
		_ = w.conn.Close()
	}
	return w.pool.Close()
}

func (w *committer) loop() {
	defer close(w.stopped)
	for {
		select {
		case j := <-w.jobs:
			w.batch(j)
		case <-w.stop:
			for {
				select {
				case j := <-w.jobs:
					w.batch(j)
				default:
					return
				}
			}
		}
	}
}

// batch runs first and whatever waits behind it in one transaction.
func (w *committer) batch(first *job) {
	var ran []*job
	defer func() {
		for _, j := range ran {
			close(j.done)
		}
	}()
	if err := w.begin(); err != nil {
		first.err = err
		ran = append(ran, first)
		return
	}
	began := time.Now()
	var culprit *job
	for j := first; j != nil; j = w.next(len(ran), began) {
		ran = append(ran, j)
		if j == first {
			if !w.lead(j) {
				return // it changed nothing, and nobody else was in its transaction
			}
			continue
		}
		if !w.act(j) {
			culprit = j
			break
		}
	}
	if culprit == nil {
		err := w.commit()
		if err == nil {
			w.db.stats.Commits.add(1)
			return
		}
		w.abandon()
		for _, j := range ran {
			j.err, j.panic = err, nil
		}
		if !errors.Is(err, errRerun) {
			return
		}
	}
	w.db.stats.Reruns.add(1)
	for _, j := range ran {
		if j != culprit {
			w.alone(j)
		}
	}
}

// next takes another waiting act into the batch, if there is one and room and time for it.
func (w *committer) next(n int, began time.Time) *job {
	if n >= batchActs || time.Since(began) > batchTime {
		return nil
	}
	select {
	case j := <-w.jobs:
		return j
	default:
		return nil
	}
}

// alone runs one act in a transaction of its own, after the batch it was in was lost.
func (w *committer) alone(j *job) {
	for range attempts {
		j.err, j.panic = nil, nil
		if j.err = w.begin(); j.err != nil {
			return
		}
		if !w.lead(j) {
			return
		}
		err := w.commit()
		if err == nil {
			w.db.stats.Commits.add(1)
			return
		}
		w.abandon()
		j.err, j.panic = err, nil
		if !errors.Is(err, errRerun) {
			return
		}
	}
}

// lead runs the first act of a transaction. It needs no savepoint, which would copy every page it changes: where it
// fails, the transaction holds nothing else and is rolled back. It gives false when that has happened.
func (w *committer) lead(j *job) bool {
	w.perform(j)
	if j.err == nil && j.panic == nil {
		w.db.stats.Acts.add(1)
		return true
	}
	j.err = outcome(j.err)
	w.abandon()
	return false
}

// perform runs the act's closure and the checks around it.
func (w *committer) perform(j *job) {
	if err := j.ctx.Err(); err != nil {
		j.err = fmt.Errorf("sqldb: the caller gave up: %w", context.Cause(j.ctx))
		return
	}
	tx := &Tx{db: w.db, caller: j.ctx, by: j.by, now: w.db.Now(), link: w, wrote: map[string]bool{}, keep: j.keep}
	j.err, j.panic = runAct(tx, j.fn)
	if j.err == nil && j.panic == nil {
		j.err = w.db.fault("act")
	}
}

// act runs a further act inside a savepoint. It gives false when the whole transaction is gone.
func (w *committer) act(j *job) bool {
	if _, err := w.exec("SAVEPOINT act", nil); err != nil {
		j.err = outcome(err)
		return !w.lost()
	}
	w.perform(j)
	var err error
	if j.err != nil || j.panic != nil {
		j.err = outcome(j.err)
		err = w.plain("ROLLBACK TO act; RELEASE act")
	} else {
		_, err = w.exec("RELEASE act", nil)
	}
	if err != nil {
		if j.err == nil {
			j.err = outcome(err)
		}
		w.abandon()
		return false
	}
	if j.err == nil && j.panic == nil {
		w.db.stats.Acts.add(1)
	}
	return true
}

// runAct runs the closure and the checks around it, and turns a panic into a value for its caller.
func runAct(tx *Tx, fn func(*Tx) error) (err error, panicked any) { //nolint:revive // the panic is not an error
	defer func() {
		if p := recover(); p != nil {
			err, panicked = nil, p
		}
	}()
	if err := tx.asked(); err != nil {
		return err, nil
	}
	if err := fn(tx); err != nil {
		return err, nil
	}
	return tx.finish(), nil
}

// lost asks whether the transaction is still open: SQLite rolls back by itself on some errors.
func (w *committer) lost() bool {
	if err := w.plain("SAVEPOINT probe; RELEASE probe"); err != nil {
		w.abandon()
		return true
	}
	return false
}

// begin opens the transaction, on a new connection where the last one ended in doubt.
func (w *committer) begin() error {
	if err := w.db.fault("begin"); err != nil {
		return outcome(err)
	}
	if w.conn == nil {
		if err := w.reopen(context.Background()); err != nil {
			return outcome(err)
		}
	}
	if err := w.plain("BEGIN IMMEDIATE"); err != nil {
		w.abandon()
		return outcome(err)
	}
	return nil
}

// commit ends the transaction. An error that SQLite reports before it touched the disk leaves nothing behind;
// any other leaves the outcome unknown, and the file is opened anew before the next write.
func (w *committer) commit() error {
	if err := w.db.fault("commit"); err != nil {
		return outcome(err)
	}
	if w.db.opt.SlowFsync > 0 {
		time.Sleep(w.db.opt.SlowFsync)
	}
	err := w.db.fault("committing")
	if err == nil {
		err = w.plain("COMMIT")
	}
	if err == nil {
		err = w.db.fault("committed")
		if err == nil {
			return nil
		}
		w.doubt()
		return unknown(err)
	}
	if isBusy(err) {
		return errRerun
	}
	if isFull(err) {
		return outcome(err)
	}
	w.doubt()
	return unknown(err)
}

// abandon rolls the transaction back if it is still open; where even that fails the connection goes.
func (w *committer) abandon() {
	if w.conn == nil {
		return
	}
	if err := w.plain("ROLLBACK"); err != nil && !isNoTransaction(err) {
		w.doubt()
	}
}

// doubt drops the connection, so that the next write begins from what the disk really holds.
func (w *committer) doubt() {
	w.db.stats.Reopened.add(1)
	w.forget()
	if w.conn != nil {
		// Close alone would hand the connection back to its pool, and with it the transaction in doubt.
		_ = w.conn.Raw(func(any) error { return driver.ErrBadConn })
		_ = w.conn.Close()
		w.conn = nil
	}
}

func (w *committer) reopen(ctx context.Context) error {
	conn, err := w.pool.Conn(ctx)
	if err != nil {
		return err
	}
	w.conn, w.stmts, w.raw = conn, map[string]*sql.Stmt{}, map[string]driver.Stmt{}
	return nil
}

func (w *committer) forget() {
	for _, s := range w.stmts {
		_ = s.Close()
	}
	for _, s := range w.raw {
		_ = s.Close()
	}
	w.stmts, w.raw = map[string]*sql.Stmt{}, map[string]driver.Stmt{}
}

// plain runs a statement under the committer's own context: a cancelled statement would roll back the whole batch.
func (w *committer) plain(query string) error {
	if w.conn == nil {
		return errClosed
	}
	_, err := w.conn.ExecContext(context.Background(), query)
	return err
}

func (w *committer) prepare(query string) (*sql.Stmt, error) {
	if s, ok := w.stmts[query]; ok {
		return s, nil
	}
	if len(w.stmts) >= keptStatements {
		w.forget()
	}
	s, err := w.conn.PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	w.stmts[query] = s
	return s, nil
}

func (w *committer) first(query string, args []any, dest ...any) error {
	s, err := w.prepare(query)
	if err != nil {
		return err
	}
	return s.QueryRowContext(context.Background(), args...).Scan(dest...)
}

// exec goes to the driver itself, as bulk does.
func (w *committer) exec(query string, args []any) (changed int64, err error) {
	if w.conn == nil {
		return 0, errClosed
	}
	err = w.conn.Raw(func(c any) error {
		s, err := w.rawStmt(c, query)
		if err != nil {
			return err
		}
		values := make([]driver.NamedValue, len(args))
		for i, v := range args {
			if v, err = plain(v); err != nil {
				return err
			}
			values[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
		}
		res, err := s.ExecContext(context.Background(), values)
		if err != nil {
			return err
		}
		changed, err = res.RowsAffected()
		return err
	})
	return changed, err
}

func (w *committer) later(query string, args []any) error {
	_, err := w.exec(query, args)
	return err
}

func (w *committer) query(query string, args []any) (*sql.Rows, error) {
	s, err := w.prepare(query)
	if err != nil {
		return nil, err
	}
	return s.QueryContext(context.Background(), args...)
}

// bulkRows is how many rows one inserting statement of bulk takes.
const bulkRows = 32

// bulk goes to the driver itself: database/sql would lock, convert and allocate anew for each row. Rows to be inserted go
// many to a statement, with plain question marks: the driver looks each numbered parameter up by its name.
func (w *committer) bulk(query string, n int, row func(int) []any) (int64, error) {
	if w.conn == nil {
		return 0, errClosed
	}
	var changed int64
	err := w.conn.Raw(func(c any) error {
		many, one := "", query
		if s, ok := insertionOf(query); ok {
			many, one = s.many(bulkRows), s.many(1)
		}
		at := 0
		for _, part := range []struct {
			query string
			rows  int
		}{{many, bulkRows}, {one, 1}} {
			if part.query == "" || n-at < part.rows {
				continue
			}
			s, err := w.rawStmt(c, part.query)
			if err != nil {
				return err
			}
			var values []driver.NamedValue
			for ; n-at >= part.rows; at += part.rows {
				values = values[:0]
				for i := range part.rows {
					for _, v := range row(at + i) {
						if v, err = plain(v); err != nil {
							return err
						}
						values = append(values, driver.NamedValue{Ordinal: len(values) + 1, Value: v})
					}
				}
				res, err := s.ExecContext(context.Background(), values)
				if err != nil {
					return err
				}
				k, err := res.RowsAffected()
				if err != nil {
					return err
				}
				changed += k
			}
		}
		return nil
	})
	return changed, err
}

// rawStmt prepares a statement on the driver's own connection once.
func (w *committer) rawStmt(c any, query string) (driver.StmtExecContext, error) {
	if s, ok := w.raw[query]; ok {
		return s.(driver.StmtExecContext), nil
	}
	if len(w.raw) >= keptStatements {
		w.forget()
	}
	s, err := c.(driver.ConnPrepareContext).PrepareContext(context.Background(), query)
	if err != nil {
		return nil, err
	}
	w.raw[query] = s
	return s.(driver.StmtExecContext), nil
}
