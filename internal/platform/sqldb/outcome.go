package sqldb

import (
	"context"
	"errors"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"zhidian/internal/platform/errs"
)

var (
	errClosed = errs.New(errs.Busy, "sqldb.closed", nil)
	errRerun  = errors.New("sqldb: run the act again")
)

// outcome gives a database error the meaning that people can act on; other errors pass unchanged.
// Nothing was committed when it is called.
func outcome(err error) error {
	switch {
	case err == nil:
		return nil
	case isFull(err):
		return errs.Wrap(err, errs.Busy, "sqldb.full", nil)
	case isBusy(err):
		return errs.Wrap(err, errs.Busy, "sqldb.busy", nil)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), pgCode(err) == "57014": // statement_timeout
		return errs.Wrap(err, errs.Busy, "sqldb.gave_up", nil)
	}
	return err
}

// unknown says that the commit may or may not have happened: only asking again under the same key can tell.
func unknown(err error) error { return errs.Wrap(err, errs.Busy, "sqldb.unknown", nil) }

func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

func pgCode(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

func isFull(err error) bool {
	return sqliteCode(err) == sqlite3.SQLITE_FULL || pgCode(err) == "53100" || errors.Is(err, syscall.ENOSPC)
}

func isBusy(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return true
	}
	switch pgCode(err) {
	case "40001", "40P01", "55P03":
		return true
	}
	return false
}

// refused tells whether a server that was asked to COMMIT said that it has not: for a broken rule, a collision, or because
// the transaction was lost before. A server that dies or is shut down may have flushed the commit before it said so.
func refused(err error) bool {
	code := pgCode(err)
	return strings.HasPrefix(code, "23") || strings.HasPrefix(code, "40") || strings.HasPrefix(code, "25") || strings.HasPrefix(code, "55") || code == "53100"
}

func isNoTransaction(err error) bool {
	return err != nil && strings.Contains(err.Error(), "no transaction is active")
}
