package person

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Rekey is putting what is sealed under other keys.
var Rekey = authz.Verb{Key: "person.rekey", Writes: "person person_phone paper paper_look"}

// NewKeys puts the numbers of the next n persons behind one under the current sealing key and, while the look-up key is
// being changed, their look-ups under the coming one. It gives the last person, and "" when there was none; done again
// it changes nothing. The caller records, and sees that nobody else works meanwhile.
func NewKeys(tx *sqldb.Tx, keys seal.Provider, reseal func(seal.Place, []byte) ([]byte, bool, error), after ID, n int) (last ID, err error) {
	type phone struct {
		of     ID
		sealed []byte
	}
	phones, err := sqldb.All(tx, func(s sqldb.Scan) (phone, error) {
		var p phone
		return p, s(&p.of, &p.sealed)
	}, `SELECT p.id, p.phone FROM person p WHERE p.city = $1 AND p.id > $2 ORDER BY p.id LIMIT $3`, after.String(), n)
	if err != nil || len(phones) == 0 {
		return "", err
	}
	last = phones[len(phones)-1].of
	for _, p := range phones {
		if len(p.sealed) == 0 {
			continue
		}
		at := seal.Place{City: tx.City(), Table: "person", Column: "phone", Row: p.of.String()}
		number, err := keys.Open(at, p.sealed)
		if err != nil {
			return "", err
		}
		if again, changed, err := reseal(at, p.sealed); err != nil {
			return "", err
		} else if changed {
			if _, err := tx.Exec(`UPDATE person SET phone = $3 WHERE city = $1 AND id = $2`, p.of, again); err != nil {
				return "", err
			}
		}
		if next, ok := keys.NextLookup(phoneKind, string(number)); ok {
			if _, err := tx.Exec(deletePhone, keys.Lookup(phoneKind, string(number)), p.of); err != nil {
				return "", err
			}
			if _, err := tx.Exec(insertPhone, next, p.of); err != nil {
				return "", err
			}
		}
	}
	papers, err := sealedPapers(tx, `a.person > $2 AND a.person <= $3`, after.String(), last)
	if err != nil {
		return "", err
	}
	for _, p := range papers {
		if err := p.newKeys(tx, keys, reseal); err != nil {
			return "", err
		}
	}
	return last, nil
}

func (p sealedPaper) newKeys(tx *sqldb.Tx, keys seal.Provider, reseal func(seal.Place, []byte) ([]byte, bool, error)) error {
	kind := string(p.Paper.Kind)
	number, err := p.open(keys, tx.City())
	if err != nil {
		return err
	}
	again, changed, err := reseal(p.place(tx.City()), p.number)
	if err != nil {
		return err
	}
	if changed {
		key, err := keyOf(again)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE paper SET number = $4, key_id = $5 WHERE city = $1 AND person = $2 AND kind = $3`, p.Person, kind, again, key); err != nil {
			return err
		}
	}
	next, ok := keys.NextLookup(kind, number)
	if !ok {
		return nil
	}
	if _, err := tx.Exec(deleteLook, kind, keys.Lookup(kind, number), p.Person); err != nil {
		return err
	}
	_, err = tx.Exec(insertLook, kind, next, p.Person)
	return err
}
