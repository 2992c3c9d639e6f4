package safety

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Rekey is putting reports under another key.
var Rekey = authz.Verb{Key: "care.rekey", Writes: "care_report care_report_step"}

// NewKeys puts the next report behind one, with its steps, under the current sealing key, and gives its id; "" when there was none.
// The caller records, and sees that nobody else works meanwhile.
func NewKeys(tx *sqldb.Tx, reseal func(seal.Place, []byte) ([]byte, bool, error), after string) (string, error) {
	r, err := sqldb.One(tx, scan, `SELECT `+columns+` FROM care_report r WHERE r.city = $1 AND r.id > $2 ORDER BY r.id LIMIT 1`, after)
	if err != nil {
		if errs.KindOf(err) == errs.Absent {
			return "", nil
		}
		return "", err
	}
	again, changed, err := reseal(contentPlace(tx.City(), r.ID), r.content)
	if err == nil && changed {
		_, err = tx.Exec(`UPDATE care_report SET content = $3 WHERE city = $1 AND id = $2`, r.ID, again)
	}
	if err != nil {
		return "", err
	}
	type step struct {
		no      int64
		content []byte
	}
	steps, err := sqldb.All(tx, func(s sqldb.Scan) (step, error) {
		var x step
		return x, s(&x.no, &x.content)
	}, `SELECT no, content FROM care_report_step WHERE city = $1 AND report = $2`, r.ID)
	if err != nil {
		return "", err
	}
	for _, x := range steps {
		again, changed, err := reseal(stepPlace(tx.City(), stepRow(r.ID, x.no)), x.content)
		if err == nil && changed {
			_, err = tx.Exec(`UPDATE care_report_step SET content = $4 WHERE city = $1 AND report = $2 AND no = $3`, r.ID, x.no, again)
		}
		if err != nil {
			return "", err
		}
	}
	return r.ID.String(), nil
}
