package actlog

import (
	"database/sql"
	"strings"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Line is an act as the auditor's page shows it.
type Line struct {
	act.Act
	Seq     int64        // its number in the log; 0 until it is sealed
	Content *act.Content // nil when withheld
}

// Filter narrows the list. Empty fields do not narrow.
type Filter struct {
	Actor, Verb, Subject string
	From, Until          time.Time // Until is not included
	Before               string    // keyset: the last act's id of the page before
	Limit                int       // lines at most; 50 when 0
}

// List gives acts, the newest first. The order is that of their ids, and so of their time.
func List(q sqldb.Q, f Filter) ([]Line, error) {
	var w sqldb.Where
	w.And("a.city = $1")
	if f.Actor != "" {
		w.And("a.actor = ?", f.Actor)
	}
	if f.Verb != "" {
		w.And("a.verb = ?", f.Verb)
	}
	if f.Subject != "" {
		w.And("a.subject = ?", f.Subject)
	}
	if !f.From.IsZero() {
		w.And("a.id >= ? AND a.at >= ?", firstID(f.From), f.From.UnixMicro())
	}
	if !f.Until.IsZero() {
		w.And("a.id < ? AND a.at < ?", firstID(f.Until.Add(time.Millisecond)), f.Until.UnixMicro())
	}
	if f.Before != "" {
		w.And("a.id < ?", f.Before)
	}
	if f.Limit <= 0 {
		f.Limit = 50
	}
	return sqldb.All(q, scanLine(q.City()), selectLine+` WHERE `+w.SQL()+` ORDER BY a.id DESC LIMIT `+w.Arg(f.Limit), w.Args()...)
}

// Find gives one act; Absent when there is none of this id.
func Find(q sqldb.Q, actID string) (Line, error) {
	return sqldb.One(q, scanLine(q.City()), selectLine+` WHERE a.city = $1 AND a.id = $2`, actID)
}

// Verbs lists the verbs that occur in the city's log, for the filter.
func Verbs(q sqldb.Q) ([]string, error) {
	// Each step jumps to the next verb in the index: the cost is in the number of verbs, not of acts.
	return sqldb.All(q, scanVerb, `
		WITH RECURSIVE v(verb) AS (
			SELECT MIN(verb) FROM act WHERE city = $1
			UNION ALL
			SELECT (SELECT MIN(a.verb) FROM act a WHERE a.city = $1 AND a.verb > v.verb) FROM v WHERE v.verb IS NOT NULL
		) SELECT verb FROM v WHERE verb IS NOT NULL ORDER BY verb`)
}

func scanVerb(scan sqldb.Scan) (verb string, err error) {
	err = scan(&verb)
	return verb, err
}

const selectLine = `SELECT a.id, a.at, a.actor, a.verb, a.subject, a.key_id, a.session, a.content_hash, a.seq, c.salt, c.change
	FROM act a LEFT JOIN act_content c ON c.city = a.city AND c.act = a.id`

func scanLine(city string) func(sqldb.Scan) (Line, error) {
	return func(scan sqldb.Scan) (Line, error) {
		var l Line
		var seq sql.NullInt64
		var salt []byte
		var change sql.NullString
		a, err := scanAct(func(dest ...any) error { return scan(append(dest, &seq, &salt, &change)...) })
		if err != nil {
			return l, err
		}
		l.Act, l.Seq = a, seq.Int64
		l.City = city
		if change.Valid {
			l.Content = &act.Content{Salt: salt, Change: []byte(change.String)}
		}
		return l, nil
	}
}

// firstID is the smallest id that could be drawn in the millisecond of t.
func firstID(t time.Time) string {
	return string(id.New[act.Act](t))[:10] + strings.Repeat("0", 16)
}

// Export makes the proof of a sealed act as a file, under the newest head of its epoch.
func Export(q sqldb.Q, actID, verifierKey string, content bool) ([]byte, error) {
	l, err := Find(q, actID)
	if err != nil {
		return nil, err
	}
	if l.Seq == 0 {
		return nil, errs.New(errs.Conflict, "act.not_sealed", nil)
	}
	var e act.Epoch
	err = q.Row(`SELECT epoch, first FROM act_epoch WHERE city = $1 AND first <= $2 ORDER BY first DESC, epoch DESC LIMIT 1`, l.Seq).
		Scan(&e.Opened, &e.First)
	if err != nil {
		return nil, err
	}
	head, err := lastHead(q, e.Opened)
	if err != nil {
		return nil, err
	}
	if !content {
		l.Content = nil
	}
	p, err := act.Prove(l.Act, l.Content, e.LeafOf(l.Seq), head, verifierKey, hashes(q, e.Opened))
	if err != nil {
		return nil, err
	}
	return p.JSON()
}
