package record

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Sought chooses records that are here.
type Sought struct {
	List     ListID
	In       authz.Scope // of the organisations where they lie
	Words    string      // part of the label
	Disputed bool        // only those in dispute
	Limit    int
}

func (f Sought) where() *sqldb.Where {
	var w sqldb.Where
	w.And("r.city = $1").And("r.list = ?", f.List).And("r.heads <> ''").And("(r.label <> '' OR r.disputed <> '')")
	if f.Words != "" {
		w.And("r.label LIKE ? ESCAPE '!'", "%"+literal(f.Words)+"%")
	}
	if f.Disputed {
		w.And("r.disputed <> ''")
	}
	org.Inside(&w, f.In, "r.org")
	return &w
}

// Seek gives records, by label. One whose label was taken back, and that nobody is to decide about, is in no list any more.
func Seek(q sqldb.Q, f Sought) ([]Record, error) {
	w := f.where()
	return sqldb.All(q, scan, `SELECT `+columns+` FROM record r WHERE `+w.SQL()+` ORDER BY r.label, r.id LIMIT `+w.Arg(f.Limit), w.Args()...)
}

// Count counts what Seek would give without a limit.
func Count(q sqldb.Q, f Sought) (n int64, err error) {
	w := f.where()
	return n, q.Row(`SELECT COUNT(*) FROM record r WHERE `+w.SQL(), w.Args()...).Scan(&n)
}

// Lists gives the lists that have records in a scope, by title.
func Lists(q sqldb.Q, in authz.Scope) ([]List, error) {
	var w sqldb.Where
	w.And("r.city = $1").And("r.heads <> ''")
	org.Inside(&w, in, "r.org")
	return sqldb.All(q, scanList, `SELECT `+listColumns+` FROM record_list l WHERE l.city = $1 AND l.id IN (SELECT r.list FROM record r WHERE `+w.SQL()+`)
		ORDER BY l.title, l.name, l.id LIMIT 200`, w.Args()...)
}

// Unasked gives records in dispute about which nobody is asked yet, and those of which somebody is asked without need.
func Unasked(q sqldb.Q, limit int) ([]Record, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM record r WHERE r.city = $1 AND (r.disputed <> '' OR r.matter <> '')
		AND (r.disputed = '' OR r.matter = '') ORDER BY r.list, r.id LIMIT $2`, limit)
}

// Ask notes in which matter a supervisor is asked, or with nothing that the matter is over; false where it was noted before.
func Ask(tx *sqldb.Tx, r Record, matter string) (bool, error) {
	n, err := tx.Exec(`UPDATE record SET matter = $5 WHERE city = $1 AND list = $2 AND id = $3 AND matter = $4`, r.List, r.ID, r.Matter, matter)
	return n > 0, err
}

// literal lets signs that LIKE takes for wildcards stand for themselves.
func literal(words string) string {
	var b []rune
	for _, c := range words {
		if c == '!' || c == '%' || c == '_' {
			b = append(b, '!')
		}
		b = append(b, c)
	}
	return string(b)
}

// LastAnswer gives the latest answer that has said something of a record and stands, empty where none has.
func LastAnswer(q sqldb.Q, list ListID, which string) (string, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (string, error) { var x string; return x, s(&x) },
		`SELECT v.answer FROM record_version v WHERE v.city = $1 AND v.list = $2 AND v.record = $3 AND v.answer <> '' AND v.withdrawn_at = 0 ORDER BY v.at DESC, v.id DESC LIMIT 1`, list, which)
	if err != nil || len(all) == 0 {
		return "", err
	}
	return all[0], nil
}
