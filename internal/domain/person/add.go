package person

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
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
	b := batch{tx: tx, keys: keys}
	ids := make([]ID, len(all))
	for i := range all {
		made, err := b.add(&all[i])
		if err != nil {
			return nil, err
		}
		ids[i] = made
	}
	return ids, b.insert()
}

// batch gathers rows per table, so that each table is written in one go.
type batch struct {
	tx                                     *sqldb.Tx
	keys                                   seal.Provider
	persons, readings, grams, papers, ties [][]any
}

func (b *batch) add(n *New) (ID, error) {
	made := id.New[Person](b.tx.Now())
	usual, more := readings(n.Name)
	var phone, look, next any
	tail := ""
	if n.Phone != "" {
		sealed, err := b.keys.Seal(seal.Place{City: b.tx.City(), Table: "person", Column: "phone", Row: made.String()}, []byte(n.Phone))
		if err != nil {
			return "", err
		}
		phone, look, tail = sealed, b.keys.Lookup(phoneKind, n.Phone), n.Phone[max(0, len(n.Phone)-4):]
		if h, ok := b.keys.NextLookup(phoneKind, n.Phone); ok {
			next = h
		}
	}
	sex := n.Sex
	if sex == "" {
		sex = "0"
	}
	b.persons = append(b.persons, []any{
		made, n.Home, n.Name, usual.Full, usual.Initials, sex, n.Born, n.Ethnicity, n.Education, n.Standing,
		phone, look, next, tail, n.Since, b.tx.Now().UnixMicro(),
	})
	for _, r := range more {
		b.readings = append(b.readings, []any{r.initials, made, r.shared})
	}
	for _, g := range grams(n.Name) {
		b.grams = append(b.grams, []any{g, made})
	}
	for _, p := range n.Papers {
		row, err := paperRow(b.tx, b.keys, made, p, n.Since)
		if err != nil {
			return "", err
		}
		b.papers = append(b.papers, row)
	}
	for _, t := range n.Ties {
		t.Person = made
		if t.Since == 0 {
			t.Since = n.Since
		}
		b.ties = append(b.ties, tieRow(b.tx, t))
	}
	return made, nil
}

func paperRow(tx *sqldb.Tx, keys seal.Provider, of ID, p Paper, since int64) ([]any, error) {
	look := keys.Lookup(string(p.Kind), p.Number)
	sealed, err := keys.Seal(seal.Place{City: tx.City(), Table: "paper", Column: "number", Row: of.String() + "/" + string(p.Kind)}, []byte(p.Number))
	if err != nil {
		return nil, err
	}
	var next any
	if h, ok := keys.NextLookup(string(p.Kind), p.Number); ok {
		next = h
	}
	key, err := seal.KeyOf(sealed)
	if err != nil {
		return nil, err
	}
	return []any{look, string(p.Kind), of, sealed, next, hex.EncodeToString(key[:]), since}, nil
}

func tieRow(tx *sqldb.Tx, t Tie) []any {
	return []any{t.Person, string(t.Kind), id.New[Tie](tx.Now()), t.Org, t.Unit, t.Role, t.Began, t.Since}
}

// insert writes each table in the order of its keys, so that neighbours are written together.
func (b *batch) insert() error {
	slices.SortFunc(b.grams, func(x, y []any) int { return strings.Compare(x[0].(string), y[0].(string)) })
	slices.SortFunc(b.papers, func(x, y []any) int { return bytes.Compare(x[0].([]byte), y[0].([]byte)) })
	for _, s := range []struct {
		sql  string
		rows [][]any
	}{
		{`INSERT INTO person (city, id, home, name, pinyin, initials, sex, born, ethnicity, education, standing,
			phone, phone_look, phone_next, phone_tail, since, made_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`, b.persons},
		{insertReading, b.readings},
		{insertGram, b.grams},
		{insertTie, b.ties},
	} {
		if _, err := b.tx.Bulk(s.sql, len(s.rows), func(i int) []any { return s.rows[i] }); err != nil {
			return err
		}
	}
	return addPapers(b.tx, b.papers)
}

// The statements that make a name findable.
const (
	insertReading = `INSERT INTO person_reading (city, initials, person, shared) VALUES ($1, $2, $3, $4) ON CONFLICT (city, initials, person) DO NOTHING`
	insertGram    = `INSERT INTO person_gram (city, gram, person) VALUES ($1, $2, $3) ON CONFLICT (city, gram, person) DO NOTHING`
)

const insertTie = `INSERT INTO tie (city, person, kind, id, org, unit, role, began, since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`

const insertPaper = `INSERT INTO paper (city, look, kind, person, number, look_next, key_id, since)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING`

// addPapers inserts sealed papers; one that another person holds is a Conflict.
func addPapers(tx *sqldb.Tx, rows [][]any) error {
	n, err := tx.Bulk(insertPaper, len(rows), func(i int) []any { return rows[i] })
	if err != nil {
		return err
	}
	if n < int64(len(rows)) {
		return errs.New(errs.Conflict, "person.paper_taken", nil)
	}
	return nil
}

// AddTies binds persons to organisations inside an act of the caller's.
func AddTies(tx *sqldb.Tx, all []Tie) error {
	_, err := tx.Bulk(insertTie, len(all), func(i int) []any { return tieRow(tx, all[i]) })
	return err
}
