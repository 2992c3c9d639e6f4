package person

import (
	"encoding/hex"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Held is a paper and who brings it.
type Held struct {
	Person ID
	Paper  Paper
	Since  int64
}

// AddPapers gives persons further papers inside an act of the caller's, and tells how many were taken in. One that
// somebody holds already, or whose kind the person has already, is left out; what deliveries brought that do not count
// gives way.
func AddPapers(tx *sqldb.Tx, keys seal.Provider, all []Held) (added int64, err error) {
	for _, h := range all {
		kind := string(h.Paper.Kind)
		old, err := sealedPapers(tx, `a.person = $2 AND a.kind = $3 AND a.since <> $4 AND NOT (`+source.Since("a")+`)`, h.Person, kind, h.Since)
		if err != nil {
			return added, err
		}
		if err := destroyPapers(tx, keys, old); err != nil {
			return added, err
		}
		row, err := paperRow(keys, tx.City(), h.Person, h.Paper, h.Since)
		if err != nil {
			return added, err
		}
		look := keys.Lookup(kind, h.Paper.Number)
		free, err := tx.Exec(insertLook, kind, look, h.Person)
		if err != nil {
			return added, err
		}
		if free == 0 {
			continue
		}
		n, err := tx.Exec(insertPaper, row...)
		if err != nil {
			return added, err
		}
		if added += n; n > 0 {
			continue
		}
		if _, err := tx.Exec(deleteLook, kind, look, h.Person); err != nil { // she has another of the kind
			return added, err
		}
	}
	return added, nil
}

// TakeBackPapers destroys what a delivery that is being undone had added to persons of other origin.
func TakeBackPapers(tx *sqldb.Tx, keys seal.Provider, delivery int64) error {
	all, err := sealedPapers(tx, `a.since = $2 AND a.person IN (SELECT id FROM person WHERE city = $1 AND since <> $2)`, delivery)
	if err != nil {
		return err
	}
	return destroyPapers(tx, keys, all)
}

// sealedPaper is a paper as it is stored.
type sealedPaper struct {
	Held
	number []byte
}

func sealedPapers(q sqldb.Q, where string, args ...any) ([]sealedPaper, error) {
	return sqldb.All(q, func(s sqldb.Scan) (sealedPaper, error) {
		var p sealedPaper
		return p, s(&p.Person, &p.Paper.Kind, &p.number, &p.Since)
	}, `SELECT a.person, a.kind, a.number, a.since FROM paper a WHERE a.city = $1 AND `+where+` ORDER BY a.kind, a.person`, args...)
}

// open gives the paper's number in the clear.
func (p sealedPaper) open(keys seal.Provider, city string) (string, error) {
	plain, err := keys.Open(p.place(city), p.number)
	return string(plain), err
}

// place is where the paper's number is sealed for.
func (p sealedPaper) place(city string) seal.Place { return paperPlace(city, p.Person, p.Paper.Kind) }

func paperPlace(city string, of ID, kind PaperKind) seal.Place {
	return seal.Place{City: city, Table: "paper", Column: "number", Row: of.String() + "/" + string(kind)}
}

// keyOf names the key under which a number is sealed, as the column key_id holds it.
func keyOf(sealed []byte) (string, error) {
	key, err := seal.KeyOf(sealed)
	return hex.EncodeToString(key[:]), err
}

// destroyPapers takes papers away with all that leads to them.
func destroyPapers(tx *sqldb.Tx, keys seal.Provider, all []sealedPaper) error {
	for _, p := range all {
		number, err := p.open(keys, tx.City())
		if err != nil {
			return err
		}
		if _, err := tx.Exec(deleteLook, string(p.Paper.Kind), keys.Lookup(string(p.Paper.Kind), number), p.Person); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM paper WHERE city = $1 AND person = $2 AND kind = $3`, p.Person, string(p.Paper.Kind)); err != nil {
			return err
		}
	}
	return nil
}

// Any tells whether the city knows anybody by a paper.
func Any(q sqldb.Q) (bool, error) {
	var n int64
	err := q.Row(`SELECT COUNT(*) FROM (SELECT 1 FROM paper WHERE city = $1 LIMIT 1) AS a`).Scan(&n)
	return n > 0, err
}

// Number opens a number of a person, of any of her rows, for whoever certifies something of her; empty without one. What is shown of it,
// and to whom, is for the caller to decide.
func Number(q sqldb.Q, keys seal.Provider, of ID, kind PaperKind) (string, error) {
	rows, err := Same(q, of)
	if err != nil {
		return "", err
	}
	var w sqldb.Where
	oneOf(&w, "a.person", rows)
	all, err := sealedPapers(q, w.SQL(), w.Args()...)
	if err != nil {
		return "", err
	}
	for _, p := range all {
		if p.Paper.Kind == kind {
			return p.open(keys, q.City())
		}
	}
	return "", nil
}
