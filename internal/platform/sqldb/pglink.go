package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// pgLink is one PostgreSQL connection in a transaction. A round trip costs both sides as much as what a small act writes,
// so BEGIN goes with the first statement, and writes of which nothing is asked go with the next one or with COMMIT.
type pgLink struct {
	ctx  context.Context
	conn *sql.Conn
	open bool      // BEGIN has been sent
	due  pgx.Batch // what goes with the next statement
}

const pgBegin = "BEGIN ISOLATION LEVEL READ COMMITTED"

// errTaken says that another act recorded the same key between our look and our commit.
var errTaken = errors.New("sqldb: key taken meanwhile")

// errRolledBack says that the server ended a transaction that had failed before, when it was asked to commit it.
var errRolledBack = errors.New("sqldb: rolled back instead of committed")

// pgx lends the driver's own connection.
func (l *pgLink) pgx(fn func(*pgx.Conn) error) error {
	return l.conn.Raw(func(driver any) error { return fn(driver.(*stdlib.Conn).Conn()) })
}

// opening sends BEGIN and the first statement together; read takes the statement's answer.
func (l *pgLink) opening(query string, args []any, read func(pgx.BatchResults) error) error {
	l.open = true
	var b pgx.Batch
	b.Queue(pgBegin)
	b.Queue(query, args...)
	return l.pgx(func(c *pgx.Conn) error {
		res := c.SendBatch(l.ctx, &b)
		_, err := res.Exec()
		if err == nil {
			err = read(res)
		}
		if bad := res.Close(); err == nil {
			err = bad
		}
		return err
	})
}

// begin opens the transaction for a statement that does not go together with BEGIN, and sends what is due before it.
func (l *pgLink) begin() error {
	if !l.open {
		l.open = true
		l.due.Queue(pgBegin)
	}
	if l.due.Len() == 0 {
		return nil
	}
	due := l.due
	l.due = pgx.Batch{}
	return l.pgx(func(c *pgx.Conn) error { return c.SendBatch(l.ctx, &due).Close() })
}

func (l *pgLink) first(query string, args []any, dest ...any) error {
	return l.opening(query, args, func(res pgx.BatchResults) error { return res.QueryRow().Scan(dest...) })
}

func (l *pgLink) exec(query string, args []any) (n int64, err error) {
	if !l.open {
		err = l.opening(query, args, func(res pgx.BatchResults) error {
			tag, err := res.Exec()
			n = tag.RowsAffected()
			return err
		})
		return n, err
	}
	if err := l.begin(); err != nil {
		return 0, err
	}
	err = l.pgx(func(c *pgx.Conn) error {
		tag, err := c.Exec(l.ctx, query, args...)
		n = tag.RowsAffected()
		return err
	})
	return n, err
}

func (l *pgLink) query(query string, args []any) (*sql.Rows, error) {
	if err := l.begin(); err != nil {
		return nil, err
	}
	return l.conn.QueryContext(l.ctx, query, args...)
}

func (l *pgLink) later(query string, args []any) error {
	if !l.open {
		l.open = true
		l.due.Queue(pgBegin)
	}
	l.due.Queue(query, args...)
	return nil
}

// bulk inserts a thousand rows by one statement, and sends others in pipelines, so that the network is waited for once
// per thousand rows.
func (l *pgLink) bulk(query string, n int, row func(int) []any) (int64, error) {
	if err := l.begin(); err != nil {
		return 0, err
	}
	var changed int64
	err := l.pgx(func(c *pgx.Conn) error {
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

// commit writes the rows of the record and commits, in one pipeline. Where the server refuses a row it skips what follows,
// COMMIT included; whatever breaks otherwise before the answer leaves the outcome unknown, for COMMIT may have reached it.
func (l *pgLink) commit() error {
	if !l.open {
		return nil // nothing was asked
	}
	rows, skipped := l.due.Len(), false
	l.due.Queue("COMMIT")
	err := l.pgx(func(c *pgx.Conn) error {
		res := c.SendBatch(l.ctx, &l.due)
		defer res.Close() // once COMMIT is confirmed, nothing can take it back
		for range rows {
			if _, err := res.Exec(); err != nil {
				skipped = pgCode(err) != ""
				return err
			}
		}
		tag, err := res.Exec()
		if err == nil && tag.String() != "COMMIT" {
			return errRolledBack
		}
		return err
	})
	switch {
	case err == nil:
		return nil
	case skipped:
		l.rollback()
		if pgCode(err) == "23505" {
			return errTaken
		}
		return err
	case errors.Is(err, errRolledBack), refused(err):
		return err
	}
	l.discard()
	return unknown(err)
}

// rollback ends the transaction without effect; a connection that cannot say so is closed.
func (l *pgLink) rollback() {
	if !l.open {
		return
	}
	if _, err := l.conn.ExecContext(l.ctx, "ROLLBACK"); err != nil {
		l.discard()
	}
}

// discard closes a connection whose state is not known.
func (l *pgLink) discard() {
	_ = l.pgx(func(c *pgx.Conn) error { return c.Close(l.ctx) })
}
