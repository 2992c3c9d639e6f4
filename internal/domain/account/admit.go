package account

import (
	"errors"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"

	"zhidian/internal/domain/person"
)

// Admission is a public account that is opened for a person whose phone and paper are known, with a session.
type Admission struct {
	Phone  cn.Phone
	Person person.ID
	Paper  person.PaperKind
}

// Admitting is the verb under which measurements open accounts.
var Admitting = authz.Verb{Key: "account.admit", Writes: "account"}

// Admit opens many public accounts with a session each, as measurements need them, and gives the sessions' tokens. People sign in
// by a code instead. The caller records.
func Admit(tx *sqldb.Tx, keys seal.Provider, all []Admission) ([]string, error) {
	now := tx.Now()
	ids, tokens, hashes := make([]ID, len(all)), make([]string, len(all)), make([][32]byte, len(all))
	sealed := make([][]byte, len(all))
	for i, a := range all {
		ids[i] = id.New[Account](now)
		tokens[i], hashes[i] = newToken()
		var err error
		if sealed[i], err = keys.Seal(phonePlace(tx.City(), ids[i]), []byte(a.Phone)); err != nil {
			return nil, err
		}
	}
	if _, err := tx.Bulk(`INSERT INTO account (city, id, kind, name, phone, phone_look, state, made_at, person, person_paper, person_at)
		VALUES ($1, $2, 'public', $3, $4, $5, 'active', $6, $7, $8, $6)`, len(all), func(i int) []any {
		return []any{ids[i], all[i].Phone.Masked(), sealed[i], keys.Lookup(lookKind(tx.City()), string(all[i].Phone)), now.UnixMicro(), all[i].Person, string(all[i].Paper)}
	}); err != nil {
		return nil, err
	}
	_, err := tx.Bulk(`INSERT INTO session (city, token, account, phase, made_at, seen_at, ends_at, address, agent) VALUES ($1, $2, $3, $4, $5, $5, $6, '', '')`, len(all), func(i int) []any {
		return []any{hashes[i][:], ids[i], string(Whole), now.UnixMicro(), now.Add(lifetime(Public, Whole)).UnixMicro()}
	})
	return tokens, err
}

// Rush counts, for measurements, the sessions that were opened from somewhere, the accounts that have several of them, and
// the codes that let nobody in.
func Rush(q sqldb.Q) (sessions, doubled, unused int, err error) {
	err = errors.Join(
		q.Row(`SELECT COUNT(*) FROM session WHERE city = $1 AND address <> ''`).Scan(&sessions),
		q.Row(`SELECT COUNT(*) FROM (SELECT account FROM session WHERE city = $1 AND address <> '' GROUP BY account HAVING COUNT(*) > 1) AS many`).Scan(&doubled),
		q.Row(`SELECT COUNT(*) FROM code WHERE city = $1 AND used = 0`).Scan(&unused),
	)
	return sessions, doubled, unused, err
}
