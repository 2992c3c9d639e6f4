package person

import (
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/pinyin"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// New is what a new person brings. Papers may be empty: no paper is needed to be helped.
type New struct {
	Home      org.ID
	Name      string
	Sex       string
	Born      day.Day
	Ethnicity string
	Education string
	Standing  string
	Phone     string // E.164, or empty
	Papers    []Paper
	Ties      []Tie // Person and ID are filled in
	Since     int64
}

// phoneKind is the look-up kind of phone numbers.
const phoneKind = "phone"

// Add inserts persons, with papers and ties, inside an act of the caller's. A paper that another person holds is a
// Conflict and nothing of the act remains: look papers up first (Match). The caller permits and records.
func Add(tx *sqldb.Tx, keys seal.Provider, all []New) ([]ID, error) {
	ids := make([]ID, len(all))
	ready := make([]*Ready, len(all))
	var found Finding
	for i := range all {
		r := Draft(keys, id.New[Person](tx.Now()), &all[i])
		if err := r.Seal(keys, tx.City(), tx.Now()); err != nil {
			return nil, err
		}
		found.Add(r, i)
		ids[i], ready[i] = r.ID, r
	}
	if err := Put(tx, ready); err != nil {
		return nil, err
	}
	return ids, found.WriteAll(tx)
}

// Ready is a new person before she is written.
type Ready struct {
	ID           ID
	of           *New
	usual        pinyin.Reading
	words        []word
	phone        []byte // look-up of the number, nil without one
	papers       []paperLook
	row          []any
	sealed, ties [][]any
}

// paperLook is a look-up of a paper.
type paperLook struct {
	kind PaperKind
	look []byte
}

// Draft works out what will lead to a person. It needs no database, so that it can be done beside the writing.
func Draft(keys seal.Provider, id ID, n *New) *Ready {
	r := &Ready{ID: id, of: n}
	r.usual, r.words = nameWords(n.Name)
	if n.Phone != "" {
		r.words = append(r.words, word{text: ofPhone + tailOf(n.Phone)})
		r.phone = keys.Lookup(phoneKind, n.Phone)
	}
	for _, p := range n.Papers {
		r.papers = append(r.papers, paperLook{p.Kind, keys.Lookup(string(p.Kind), p.Number)})
	}
	return r
}

// Seal makes the rows of a drafted person, her numbers sealed.
func (r *Ready) Seal(keys seal.Provider, city string, at time.Time) error {
	n := r.of
	var phone any
	tail := ""
	if n.Phone != "" {
		sealed, err := keys.Seal(seal.Place{City: city, Table: "person", Column: "phone", Row: r.ID.String()}, []byte(n.Phone))
		if err != nil {
			return err
		}
		phone, tail = sealed, tailOf(n.Phone)
	}
	sex := n.Sex
	if sex == "" {
		sex = "0"
	}
	r.row = []any{
		r.ID.String(), n.Home, n.Name, r.usual.Full, r.usual.Initials, sex, n.Born, n.Ethnicity, n.Education, n.Standing,
		phone, tail, n.Since, at.UnixMicro(),
	}
	for _, p := range n.Papers {
		row, err := paperRow(keys, city, r.ID, p, n.Since)
		if err != nil {
			return err
		}
		r.sealed = append(r.sealed, row)
	}
	for _, t := range n.Ties {
		t.Person = r.ID
		if t.Since == 0 {
			t.Since = n.Since
		}
		r.ties = append(r.ties, tieRow(at, t))
	}
	return nil
}

// Put writes sealed persons inside an act of the caller's. Nothing leads to them until their Finding is written too: the
// papers' look-ups, which say that nobody else holds them, last.
func Put(tx *sqldb.Tx, all []*Ready) error {
	var persons, papers, ties [][]any
	for _, r := range all {
		persons = append(persons, r.row)
		papers = append(papers, r.sealed...)
		ties = append(ties, r.ties...)
	}
	for _, s := range []struct {
		sql  string
		rows [][]any
	}{
		{`INSERT INTO person (city, id, home, name, pinyin, initials, sex, born, ethnicity, education, standing, phone, phone_tail, since, made_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`, persons},
		{insertTie, ties},
	} {
		if _, err := tx.Bulk(s.sql, len(s.rows), func(i int) []any { return s.rows[i] }); err != nil {
			return err
		}
	}
	n, err := tx.Bulk(insertPaper, len(papers), func(i int) []any { return papers[i] })
	if err == nil && n < int64(len(papers)) { // two of a kind
		err = errs.New(errs.Conflict, "person.paper_taken", nil)
	}
	return err
}

func paperRow(keys seal.Provider, city string, of ID, p Paper, since int64) ([]any, error) {
	sealed, err := keys.Seal(paperPlace(city, of, p.Kind), []byte(p.Number))
	if err != nil {
		return nil, err
	}
	key, err := keyOf(sealed)
	return []any{of.String(), string(p.Kind), sealed, key, since}, err
}

func tieRow(at time.Time, t Tie) []any {
	return []any{t.Person.String(), string(t.Kind), id.New[Tie](at).String(), t.Org, t.Unit, t.Role, t.Began, t.Since}
}

const (
	insertTie   = `INSERT INTO tie (city, person, kind, id, org, unit, role, began, since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`
	insertPaper = `INSERT INTO paper (city, person, kind, number, key_id, since) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (city, person, kind) DO NOTHING`
	insertLook  = `INSERT INTO paper_look (city, kind, look, person) VALUES ($1, $2, $3, $4) ON CONFLICT (city, kind, look) DO NOTHING`
	insertWord  = `INSERT INTO person_word (city, word, person, shared, home) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (city, word, person) DO NOTHING`
	moveWord    = `UPDATE person_word SET home = $4 WHERE city = $1 AND word = $2 AND person = $3`
	deleteWord  = `DELETE FROM person_word WHERE city = $1 AND word = $2 AND person = $3`
	deletePhone = `DELETE FROM person_phone WHERE city = $1 AND look = $2 AND person = $3`
	deleteLook  = `DELETE FROM paper_look WHERE city = $1 AND kind = $2 AND look = $3 AND person = $4`
	insertPhone = `INSERT INTO person_phone (city, look, person) VALUES ($1, $2, $3) ON CONFLICT (city, look, person) DO NOTHING`
)

// AddTies binds persons to organisations inside an act of the caller's.
func AddTies(tx *sqldb.Tx, all []Tie) error {
	_, err := tx.Bulk(insertTie, len(all), func(i int) []any { return tieRow(tx.Now(), all[i]) })
	return err
}
