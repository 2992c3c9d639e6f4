package person

import (
	"bytes"
	"maps"
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Finding gathers what will lead to new persons, to write it in the order of its keys: each page of the index is then
// written once, however many persons there are. The zero Finding is empty. A million persons take some 200 MB.
type Finding struct {
	people []ID
	rows   []int32
	homes  []uint32 // of people, by their place in at
	at     []org.ID
	places map[org.ID]uint32
	words  map[string][]entry
	phones []hashed
	papers map[PaperKind][]hashed

	order   []string // of the words, once it is asked for
	numbers []int64  // of the organisations in at, likewise
}

// entry is a person by her number in people.
type entry struct {
	who    uint32
	shared uint8
}

// hashed is a look-up with the person it leads to.
type hashed struct {
	look [32]byte
	who  uint32
}

// Add takes a person in; row is by what the caller knows her again, see Taken.
func (f *Finding) Add(r *Ready, row int) {
	if f.words == nil {
		f.words, f.papers, f.places = map[string][]entry{}, map[PaperKind][]hashed{}, map[org.ID]uint32{}
	}
	who := uint32(len(f.people))
	home, known := f.places[r.of.Home]
	if !known {
		home = uint32(len(f.at))
		f.at, f.places[r.of.Home] = append(f.at, r.of.Home), home
	}
	f.people, f.rows, f.homes = append(f.people, r.ID), append(f.rows, int32(row)), append(f.homes, home)
	for _, w := range r.words {
		f.words[w.text] = append(f.words[w.text], entry{who, uint8(min(w.shared, 255))})
	}
	if r.phone != nil {
		f.phones = append(f.phones, hashed{[32]byte(r.phone), who})
	}
	for _, p := range r.papers {
		f.papers[p.kind] = append(f.papers[p.kind], hashed{[32]byte(p.look), who})
	}
	f.order = nil
}

// Len is how many persons are in it.
func (f *Finding) Len() int { return len(f.people) }

// paperKinds is the order in which papers are written.
var paperKinds = []PaperKind{LeagueNumber, Passport, ResidentID, StudentID}

// Mark is how far a Finding is written; the zero Mark is its beginning.
type Mark struct{ part, at, in int }

// The parts of a Finding: words, phones, then the papers by kind. Papers come last: who has been found by one can be found
// by her name.
const (
	partWords = iota
	partPhones
	partPapers
)

// Done tells whether all of the Finding is written at a mark.
func (f *Finding) Done(m Mark) bool { return m.part >= partPapers+len(paperKinds) }

// Taken says that papers are held by others, who were entered meanwhile; Rows are those of their new persons. It is a
// Conflict, and nothing of its act remains.
type Taken struct{ Rows []int }

func (t *Taken) Error() string { return "person: a paper is taken" }

// Unwrap makes it a Conflict with a text for people.
func (t *Taken) Unwrap() error { return errs.New(errs.Conflict, "person.paper_taken", nil) }

// Write writes the next n entries from a mark on, inside an act of the caller's, and gives the mark behind them. Written
// twice it changes nothing. Papers that others hold are a Taken.
func (f *Finding) Write(tx *sqldb.Tx, m Mark, n int) (Mark, error) {
	if f.order == nil {
		var err error
		if f.numbers, err = org.Numbers(tx, f.at); err != nil {
			return m, err
		}
		f.sort()
	}
	switch {
	case m.part == partWords:
		return f.writeWords(tx, m, n)
	case m.part == partPhones:
		all := f.phones[m.in:min(m.in+n, len(f.phones))]
		_, err := tx.Bulk(insertPhone, len(all), func(i int) []any { return []any{all[i].look[:], f.people[all[i].who].String()} })
		return m.behind(len(all), len(f.phones)), err
	}
	kind := paperKinds[m.part-partPapers]
	behind := min(m.in+n, len(f.papers[kind]))
	var all []hashed
	for _, h := range f.papers[kind][m.in:behind] {
		if f.people[h.who] != "" {
			all = append(all, h)
		}
	}
	wrote, err := tx.Bulk(insertLook, len(all), func(i int) []any { return []any{string(kind), all[i].look[:], f.people[all[i].who].String()} })
	if err == nil && wrote < int64(len(all)) {
		err = f.taken(tx, kind, all)
	}
	return m.behind(behind-m.in, len(f.papers[kind])), err
}

// behind moves a mark on by n of so many entries, to the next part at their end.
func (m Mark) behind(n, of int) Mark {
	if m.in += n; m.in >= of {
		return Mark{part: m.part + 1}
	}
	return m
}

func (f *Finding) sort() {
	f.order = slices.Sorted(maps.Keys(f.words))
	byLook := func(a, b hashed) int { return bytes.Compare(a.look[:], b.look[:]) }
	for _, w := range f.words {
		slices.SortFunc(w, func(a, b entry) int { return strings.Compare(f.people[a.who].String(), f.people[b.who].String()) })
	}
	slices.SortFunc(f.phones, byLook)
	for _, all := range f.papers {
		slices.SortStableFunc(all, byLook)
	}
}

func (f *Finding) writeWords(tx *sqldb.Tx, m Mark, n int) (Mark, error) {
	type row struct {
		word string
		entry
	}
	var all []row
	for len(all) < n && m.at < len(f.order) {
		of := f.words[f.order[m.at]]
		part := of[m.in:min(m.in+n-len(all), len(of))]
		for _, e := range part {
			all = append(all, row{f.order[m.at], e})
		}
		if m.in += len(part); m.in == len(of) {
			m.at, m.in = m.at+1, 0
		}
	}
	if m.at == len(f.order) {
		m = Mark{part: partPhones}
	}
	_, err := tx.Bulk(insertWord, len(all), func(i int) []any {
		who := all[i].who
		return []any{all[i].word, f.people[who].String(), int64(all[i].shared), f.numbers[f.homes[who]]}
	})
	return m, err
}

// taken finds which of some look-ups, just written where they were free, lead to others.
func (f *Finding) taken(tx *sqldb.Tx, kind PaperKind, all []hashed) error {
	var t Taken
	before := map[[32]byte]ID{}
	for _, h := range all {
		holder, twice := before[h.look]
		if !twice {
			if err := tx.Row(`SELECT person FROM paper_look WHERE city = $1 AND kind = $2 AND look = $3`, string(kind), h.look[:]).Scan(&holder); err != nil {
				return err
			}
			before[h.look] = holder
		}
		if holder != f.people[h.who] {
			t.Rows = append(t.Rows, int(f.rows[h.who]))
		}
	}
	if len(t.Rows) == 0 {
		return nil // they were written before, by an act whose step was not noted
	}
	return &t
}

// Drop leaves persons out of what is still to be written, by row. Marks stay where they are.
func (f *Finding) Drop(rows []int) {
	for who, row := range f.rows {
		if slices.Contains(rows, int(row)) {
			f.people[who] = ""
		}
	}
}

// WriteAll writes the whole Finding in the caller's one act.
func (f *Finding) WriteAll(tx *sqldb.Tx) error {
	for m := (Mark{}); !f.Done(m); {
		var err error
		if m, err = f.Write(tx, m, 1<<30); err != nil {
			return err
		}
	}
	return nil
}

// Withdraw destroys a new person whom nobody has seen, with all that leads to her, as far as it is written.
func Withdraw(tx *sqldb.Tx, r *Ready) error {
	of := r.ID.String()
	if _, err := tx.Bulk(deleteWord, len(r.words), func(i int) []any { return []any{r.words[i].text, of} }); err != nil {
		return err
	}
	if r.phone != nil {
		if _, err := tx.Exec(deletePhone, r.phone, of); err != nil {
			return err
		}
	}
	if _, err := tx.Bulk(deleteLook, len(r.papers), func(i int) []any { return []any{string(r.papers[i].kind), r.papers[i].look, of} }); err != nil {
		return err
	}
	for _, query := range []string{
		`DELETE FROM paper WHERE city = $1 AND person = $2`,
		`DELETE FROM tie WHERE city = $1 AND person = $2`,
		`DELETE FROM person WHERE city = $1 AND id = $2`,
	} {
		if _, err := tx.Exec(query, of); err != nil {
			return err
		}
	}
	return nil
}
