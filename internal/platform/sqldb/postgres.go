package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
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
	if err := j.ctx.Err(); err != nil {
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
	if _, err := l.exec("BEGIN ISOLATION LEVEL READ COMMITTED", nil); err != nil {
		return err
	}
	tx := &Tx{db: db, caller: j.ctx, by: j.by, now: db.Now(), link: l, wrote: map[string]bool{}, keep: j.keep}
	err, j.panic = runAct(tx, j.fn)
	if err == nil && j.panic == nil {
		err = db.fault("act")
	}
	if err == nil && j.panic == nil {
		err = db.fault("commit")
	}
	if err != nil || j.panic != nil {
		if _, bad := l.exec("ROLLBACK", nil); bad != nil {
			l.discard()
		}
		return err
	}
	if _, err := l.exec("COMMIT", nil); err != nil {
		if refused(err) {
			return err
		}
		l.discard()
		return unknown(err)
	}
	if err := db.fault("committed"); err != nil {
		return unknown(err)
	}
	db.stats.Acts.add(1)
	db.stats.Commits.add(1)
	return nil
}

// pgLink is one PostgreSQL connection in a transaction.
type pgLink struct {
	ctx  context.Context
	conn *sql.Conn
}

func (l *pgLink) exec(query string, args []any) (sql.Result, error) {
	return l.conn.ExecContext(l.ctx, query, args...)
}

func (l *pgLink) query(query string, args []any) (*sql.Rows, error) {
	return l.conn.QueryContext(l.ctx, query, args...)
}

// bulk inserts a thousand rows by one statement, and sends others in pipelines, so that the network is waited for once
// per thousand rows.
func (l *pgLink) bulk(query string, n int, row func(int) []any) (int64, error) {
	var changed int64
	err := l.conn.Raw(func(driver any) error {
		c := driver.(*stdlib.Conn).Conn()
		if s, ok := insertionOf(query); ok && n > 1 {
			var err error
			changed, err = insertArrays(l.ctx, c, query, s, n, row)
			return err
		}
		for from := 0; from < n; from += 1000 {
			var b pgx.Batch
			for i := from; i < min(n, from+1000); i++ {
				b.Queue(query, slices.Clone(row(i))...)
			}
			res := c.SendBatch(l.ctx, &b)
			for range b.Len() {
				tag, err := res.Exec()
				if err != nil {
					_ = res.Close()
					return err
				}
				changed += tag.RowsAffected()
			}
			if err := res.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	return changed, err
}

// discard closes a connection whose state is not known.
func (l *pgLink) discard() {
	_ = l.conn.Raw(func(driver any) error {
		return driver.(*stdlib.Conn).Conn().Close(l.ctx)
	})
}
