package enrolment

import (
	"zhidian/internal/domain/edition"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Rekey is putting secrets of draws under another key.
var Rekey = authz.Verb{Key: "enrolment.rekey", Writes: "enrolment_draw"}

// NewKeys puts the secret of the next draw behind one under the current sealing key, and gives its edition; "" when there was
// none. The caller records, and sees that nobody else works meanwhile.
func NewKeys(tx *sqldb.Tx, reseal func(seal.Place, []byte) ([]byte, bool, error), after edition.ID) (edition.ID, error) {
	type draw struct {
		of     edition.ID
		secret []byte
	}
	d, err := sqldb.One(tx, func(s sqldb.Scan) (draw, error) {
		var d draw
		return d, s(&d.of, &d.secret)
	}, `SELECT edition, secret FROM enrolment_draw WHERE city = $1 AND edition > $2 ORDER BY edition LIMIT 1`, after.String())
	if errs.KindOf(err) == errs.Absent && err != nil {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	again, changed, err := reseal(secretPlace(tx.City(), d.of), d.secret)
	if err == nil && changed {
		_, err = tx.Exec(`UPDATE enrolment_draw SET secret = $3 WHERE city = $1 AND edition = $2`, d.of, again)
	}
	return d.of, err
}
