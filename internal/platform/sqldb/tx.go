package sqldb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
)

// Q reads. In every statement $1 is the city, bound by Q itself; the caller's arguments begin at $2.
type Q interface {
	Query(query string, args ...any) (*sql.Rows, error)
	Row(query string, args ...any) Row
	City() string
	Now() time.Time
}

// Tx is one act under way, bound to one city and one actor. It must not leave the closure it was given to.
type Tx struct {
	db      *DB
	caller  context.Context
	by      authz.Actor
	now     time.Time
	link    link
	dead    error
	wrote   map[string]bool
	records []record
	answer  []byte
	keep    bool
}

type record struct {
	verb    authz.Verb
	subject string
	change  act.Change
}

// link is the connection that a transaction holds.
type link interface {
	first(query string, args []any, dest ...any) error // one row, asked for before anything else
	exec(query string, args []any) (int64, error)
	query(query string, args []any) (*sql.Rows, error)
	bulk(query string, n int, row func(i int) []any) (int64, error)
	later(query string, args []any) error // a write whose count nobody asks for, at the latest with the commit
}

// City is the city that the transaction is bound to.
func (tx *Tx) City() string { return tx.by.City }

// Now is the time of the act: one instant, however long the act runs.
func (tx *Tx) Now() time.Time { return tx.now }

// By is who acts.
func (tx *Tx) By() authz.Actor { return tx.by }

// Context carries the caller's deadline, for work between statements.
func (tx *Tx) Context() context.Context { return tx.caller }

// ready checks, before each statement, what must hold for it to run: the transaction lives, the caller still
// waits, and the statement filters by city.
func (tx *Tx) ready(query string) (*statement, error) {
	if tx.dead != nil {
		return nil, tx.dead
	}
	if err := tx.caller.Err(); err != nil {
		return nil, tx.kill(fmt.Errorf("sqldb: the caller gave up: %w", context.Cause(tx.caller)))
	}
	st, err := tx.db.statement(query)
	if err == nil {
		err = tx.db.fault("statement")
	}
	if err != nil {
		return nil, tx.kill(err)
	}
	return st, nil
}

func (tx *Tx) kill(err error) error {
	if tx.dead == nil {
		tx.dead = err
	}
	return err
}

// Exec runs one writing statement and gives the number of rows it changed.
func (tx *Tx) Exec(query string, args ...any) (int64, error) {
	st, err := tx.ready(query)
	if err != nil {
		return 0, err
	}
	for _, table := range st.tables {
		tx.wrote[table] = true
	}
	n, err := tx.link.exec(query, tx.bind(args))
	if err != nil {
		return 0, tx.kill(fmt.Errorf("sqldb: %s: %w", st.name, err))
	}
	return n, nil
}

// Bulk runs one writing statement for n rows of arguments and gives the number of rows changed in all.
// It is one prepared loop on SQLite and one pipeline on PostgreSQL.
func (tx *Tx) Bulk(query string, n int, row func(i int) []any) (int64, error) {
	st, err := tx.ready(query)
	if err != nil || n == 0 {
		return 0, err
	}
	for _, table := range st.tables {
		tx.wrote[table] = true
	}
	buf := make([]any, 0, 24)
	changed, err := tx.link.bulk(query, n, func(i int) []any {
		return append(append(buf[:0], tx.by.City), row(i)...)
	})
	if err != nil {
		return 0, tx.kill(fmt.Errorf("sqldb: %s: %w", st.name, err))
	}
	return changed, nil
}

// Put runs one writing statement for n rows of arguments as Bulk does, but nobody is told how many rows it changed: on
// PostgreSQL it goes together with what follows, so that nobody waits for its answer. An error may show there only.
func (tx *Tx) Put(query string, n int, row func(i int) []any) error {
	if tx.db.engine == SQLite {
		_, err := tx.Bulk(query, n, row)
		return err
	}
	st, err := tx.ready(query)
	if err != nil {
		return err
	}
	for _, table := range st.tables {
		tx.wrote[table] = true
	}
	for i := range n {
		if err := tx.link.later(query, tx.bind(row(i))); err != nil {
			return tx.kill(fmt.Errorf("sqldb: %s: %w", st.name, err))
		}
	}
	return nil
}

// Hold takes rows of a table until the act ends, in the order of their ids, as whoever updates them does: what is read after
// it is as the acts that held them before have left it. A statement that waits for a row and reads others beside it reads
// those as they were before it waited. The act's verb names the table. On SQLite one act runs at a time, so nothing is asked.
func Hold[T ~string](tx *Tx, table string, ids []T) error {
	tx.wrote[table] = true
	if tx.db.engine == SQLite {
		return nil
	}
	marks, args := make([]string, len(ids)), make([]any, len(ids))
	for i, id := range ids {
		marks[i], args[i] = "$"+strconv.Itoa(i+2), string(id)
	}
	_, err := tx.Exec(`WITH due AS (SELECT id FROM `+table+` WHERE city = $1 AND id IN (`+strings.Join(marks, ", ")+`) ORDER BY id FOR NO KEY UPDATE)
		UPDATE `+table+` SET city = `+table+`.city FROM due WHERE `+table+`.city = $1 AND `+table+`.id = due.id`, args...)
	return err
}

// Alone tells whether no other act runs until this one ends, as on SQLite: then nobody has to be held off row by row.
func (tx *Tx) Alone() bool { return tx.db.engine == SQLite }

// Query runs a reading statement, or a writing one with RETURNING. The rows must be closed before the next statement.
func (tx *Tx) Query(query string, args ...any) (*sql.Rows, error) {
	st, err := tx.ready(query)
	if err != nil {
		return nil, err
	}
	for _, table := range st.tables {
		tx.wrote[table] = true
	}
	rows, err := tx.link.query(query, tx.bind(args))
	if err != nil {
		return nil, tx.kill(fmt.Errorf("sqldb: %s: %w", st.name, err))
	}
	return rows, nil
}

// Row runs a statement for at most one row.
func (tx *Tx) Row(query string, args ...any) Row {
	rows, err := tx.Query(query, args...)
	return Row{rows: rows, err: err, fail: tx.kill}
}

func (tx *Tx) bind(args []any) []any {
	return append([]any{tx.by.City}, args...)
}

// Record says what the act is: it must be called in every act that writes. The change holds what an auditor
// needs to see; it is stored apart, may be destroyed by retention, and must not be repeated in the subject.
func (tx *Tx) Record(verb authz.Verb, subject string, change act.Change) error {
	if tx.keep {
		return tx.kill(errors.New("sqldb: housekeeping has no acts"))
	}
	tx.records = append(tx.records, record{verb, subject, change})
	return nil
}

// Answer keeps what the act answers, so that asking again under the same key gives the same (see Again).
func (tx *Tx) Answer(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return tx.kill(err)
	}
	tx.answer = b
	return nil
}

// once is the stored form of an idempotency key: bound to its user, so that nobody can ask for another's answer.
func once(by authz.Actor) string {
	if by.Once == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(by.User + "\x00" + by.Once))
	return hex.EncodeToString(sum[:16])
}

// asked gives the recorded answer when the act's key was used before.
func (tx *Tx) asked() error {
	key := once(tx.by)
	if key == "" || tx.keep {
		return nil
	}
	const query = `SELECT subject, answer FROM act WHERE city = $1 AND once = $2`
	st, err := tx.ready(query)
	if err != nil {
		return err
	}
	var r repeat
	err = tx.link.first(query, tx.bind([]any{key}), &r.Subject, &r.Answer)
	if errors.Is(err, ErrNone) {
		return nil
	}
	if err != nil {
		return tx.kill(fmt.Errorf("sqldb: %s: %w", st.name, err))
	}
	return &r
}

// finish holds the act against its record and writes the record.
func (tx *Tx) finish() error {
	if tx.dead != nil {
		return fmt.Errorf("sqldb: the act went on after an error: %w", tx.dead)
	}
	if err := tx.declared(); err != nil {
		return err
	}
	for i, r := range tx.records {
		a := act.Act{
			City: tx.by.City, ID: string(id.New[act.Act](tx.now)), At: tx.now.UnixMicro(), Actor: tx.by.User,
			Verb: r.verb.Key, Subject: r.subject, KeyID: tx.db.opt.KeyID, Session: tx.by.Session,
		}
		if i == 0 {
			a.Once, a.Answer = once(tx.by), tx.answer
		}
		if err := act.Insert(tx.write, a, r.change); err != nil {
			return err
		}
	}
	return nil
}

// write writes a row of the record.
func (tx *Tx) write(query string, args ...any) error {
	if err := tx.link.later(query, tx.bind(args)); err != nil {
		return tx.kill(err)
	}
	return nil
}

// declared refuses a write without a record, and a write to a table that no recorded verb names.
func (tx *Tx) declared() error {
	for table := range tx.wrote {
		if tx.db.keep[table] {
			continue
		}
		if tx.keep {
			return fmt.Errorf("sqldb: %s is written only in acts", table)
		}
		if len(tx.records) == 0 {
			return fmt.Errorf("sqldb: %s was changed without a record", table)
		}
		ok := false
		for _, r := range tx.records {
			ok = ok || r.verb.MayWrite(table)
		}
		if !ok {
			return fmt.Errorf("sqldb: %s may not change %s", tx.records[0].verb.Key, table)
		}
	}
	return nil
}
