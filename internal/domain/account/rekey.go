package account

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Rekey is putting what is sealed under other keys.
var Rekey = authz.Verb{Key: "account.rekey", Writes: "account"}

// NewKeys puts the phone numbers and second factors of the next n accounts behind one under the current sealing key and,
// while the look-up key is being changed, the look-ups of the numbers under the coming one. It gives the last account,
// and "" when there was none; done again it changes nothing. The caller records, and sees that nobody else works meanwhile.
func NewKeys(tx *sqldb.Tx, keys seal.Provider, reseal func(seal.Place, []byte) ([]byte, bool, error), after ID, n int) (last ID, err error) {
	type secrets struct {
		of          ID
		phone, totp []byte
	}
	all, err := sqldb.All(tx, func(s sqldb.Scan) (secrets, error) {
		var a secrets
		return a, s(&a.of, &a.phone, &a.totp)
	}, `SELECT a.id, a.phone, a.totp FROM account a WHERE a.city = $1 AND a.id > $2 ORDER BY a.id LIMIT $3`, after.String(), n)
	if err != nil || len(all) == 0 {
		return "", err
	}
	for _, a := range all {
		if len(a.totp) > 0 {
			again, changed, err := reseal(totpPlace(tx.City(), a.of), a.totp)
			if err != nil {
				return "", err
			}
			if changed {
				if _, err := tx.Exec(`UPDATE account SET totp = $3 WHERE city = $1 AND id = $2`, a.of, again); err != nil {
					return "", err
				}
			}
		}
		if len(a.phone) == 0 {
			continue
		}
		at := phonePlace(tx.City(), a.of)
		number, err := keys.Open(at, a.phone)
		if err != nil {
			return "", err
		}
		again, _, err := reseal(at, a.phone)
		if err != nil {
			return "", err
		}
		look, ok := keys.NextLookup(lookKind(tx.City()), string(number))
		if !ok {
			look = keys.Lookup(lookKind(tx.City()), string(number))
		}
		if _, err := tx.Exec(`UPDATE account SET phone = $3, phone_look = $4 WHERE city = $1 AND id = $2`, a.of, again, look); err != nil {
			return "", err
		}
	}
	return all[len(all)-1].of, nil
}
