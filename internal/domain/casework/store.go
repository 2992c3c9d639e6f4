package casework

import (
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

const columns = `m.id, m.serial, m.kind, m.title, m.subject, m.org, m.desk, COALESCE(m.owner, ''), m.state, m.due, m.paused_on,
	m.opened_at, m.opened_by, m.closed_at, m.answer, m.limited`

func scan(s sqldb.Scan) (Matter, error) {
	var m Matter
	var limited int64
	err := s(&m.ID, &m.Serial, &m.Kind, &m.Title, &m.Subject, &m.Org, &m.Desk, &m.Owner, &m.State, &m.Due, &m.PausedOn,
		&m.OpenedAt, &m.OpenedBy, &m.ClosedAt, &m.Answer, &limited)
	m.Limited = limited == 1
	return m, err
}

// Find gives one matter.
func Find(q sqldb.Q, id ID) (Matter, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM matter m WHERE m.city = $1 AND m.id = $2`, id)
}

// About gives the matters about a subject, the newest first.
func About(q sqldb.Q, subject string) ([]Matter, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM matter m WHERE m.city = $1 AND m.subject = $2 AND m.subject <> '' ORDER BY m.id DESC`, subject)
}

// Lines gives what was done with a matter, the newest first.
func Lines(q sqldb.Q, of ID) ([]Line, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Line, error) {
		var l Line
		return l, s(&l.ID, &l.At, &l.By, &l.Kind, &l.Text, &l.Desk, &l.Due)
	}, `SELECT id, at, made_by, kind, text, desk, due FROM matter_note WHERE city = $1 AND matter = $2 ORDER BY id DESC`, of)
}

// AnsweredAt gives the moment of a matter's last answer, 0 without one.
func AnsweredAt(q sqldb.Q, of ID) (at int64, err error) {
	err = q.Row(`SELECT COALESCE(MAX(at), 0) FROM matter_note WHERE city = $1 AND matter = $2 AND kind = $3`, of, Answer.Key).Scan(&at)
	return at, err
}

// Waiting gives the matters of a kind that were due before a day, and those answered before a moment on which nothing
// has followed, the longest due first.
func Waiting(q sqldb.Q, kind Kind, due day.Day, answered int64) ([]Matter, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM matter m WHERE m.city = $1 AND m.kind = $2 AND (m.state = 'open' AND m.due < $3
		OR m.state = 'answered' AND NOT EXISTS (SELECT 1 FROM matter_note n WHERE n.city = $1 AND n.matter = m.id AND n.kind = $4 AND n.at >= $5))
		ORDER BY m.due, m.id`, string(kind), due, Answer.Key, answered)
}

func insert(tx *sqldb.Tx, m Matter) error {
	_, err := tx.Exec(`INSERT INTO matter (city, id, serial, kind, title, subject, org, desk, owner, state, due, opened_at, opened_by, limited)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		m.ID, m.Serial, string(m.Kind), m.Title, m.Subject, m.Org, m.Desk, orNull(m.Owner), string(m.State), m.Due, m.OpenedAt, m.OpenedBy, sqldb.Bit(m.Limited))
	return err
}

// change writes a matter where it still is what was read: of two people who act on it at once, one is told.
func change(tx *sqldb.Tx, old, to Matter) error {
	n, err := tx.Exec(`UPDATE matter SET desk = $3, owner = $4, state = $5, due = $6, paused_on = $7, closed_at = $8, answer = $9
		WHERE city = $1 AND id = $2 AND state = $10 AND desk = $11 AND due = $12`,
		old.ID, to.Desk, orNull(to.Owner), string(to.State), to.Due, to.PausedOn, to.ClosedAt, to.Answer, string(old.State), old.Desk, old.Due)
	if err != nil {
		return err
	}
	if n == 0 {
		return errs.New(errs.Conflict, "errs.stale", nil)
	}
	return nil
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// write adds a line to a matter's history, behind all that are there: of two lines of one act the second comes second.
func write(tx *sqldb.Tx, m Matter, verb authz.Verb, text string) error {
	var last int64
	if err := tx.Row(`SELECT COALESCE(MAX(at), 0) FROM matter_note WHERE city = $1 AND matter = $2`, m.ID).Scan(&last); err != nil {
		return err
	}
	at := max(tx.Now().UnixMicro(), last+1)
	_, err := tx.Exec(`INSERT INTO matter_note (city, matter, id, at, made_by, kind, text, desk, due) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		m.ID, id.New[Line](time.UnixMicro(at)), at, tx.By().User, verb.Key, text, m.Desk, m.Due)
	return err
}

// mayRead tells whether somebody may see a matter: by the right at the desk that answers, or where the matter belongs.
func mayRead(q sqldb.Q, by authz.Actor, m Matter) error {
	if m.Limited {
		known, err := Knows(q, m.ID, by.User)
		if err != nil {
			return err
		}
		if !known {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
	}
	at, err := org.Named(q, []org.ID{m.Desk, m.Org})
	if err != nil {
		return err
	}
	if by.Can(Read, at[m.Desk].Path) {
		return nil
	}
	return by.Must(Read, at[m.Org].Path)
}

// Refers gives what matters are about, as their opener named it, and the organisations that they concern or lie with, or
// have lain with.
func Refers(q sqldb.Q) (subjects []string, at []org.ID, err error) {
	subjects, err = sqldb.All(q, func(s sqldb.Scan) (string, error) {
		var x string
		return x, s(&x)
	}, `SELECT DISTINCT subject FROM matter WHERE city = $1 AND subject <> ''`)
	if err != nil {
		return nil, nil, err
	}
	at, err = sqldb.All(q, func(s sqldb.Scan) (org.ID, error) {
		var x org.ID
		return x, s(&x)
	}, `SELECT org FROM matter WHERE city = $1 UNION SELECT desk FROM matter WHERE city = $1 UNION SELECT desk FROM matter_note WHERE city = $1 AND desk <> ''`)
	return subjects, at, err
}
