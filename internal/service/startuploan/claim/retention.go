package claim

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package: claims are vouchers of public money and kept for thirty years (会计档案管理办法).
var Retention = []retain.Rule{
	{
		Table: "loan_batch", Class: authz.Personal, Purpose: "retention.of.loan_batch", Also: "loan_batch_basis loan_line loan_unclaimed loan_batch_step",
		Ends: []retain.End{{Text: "retention.end.loan_batch", N: 30, Unit: retain.Years, Find: over}},
	},
	{Table: "loan_line", Class: authz.Personal, Purpose: "retention.of.loan_line", With: "loan_batch"},
	{Table: "loan_batch_basis", Purpose: "retention.of.loan_batch_basis", With: "loan_batch"},
	{Table: "loan_unclaimed", Class: authz.Personal, Purpose: "retention.of.loan_unclaimed", With: "loan_batch"},
	{Table: "loan_batch_step", Class: authz.Personal, Purpose: "retention.of.loan_batch_step", With: "loan_batch"},
	{Table: "loan_claimed", Purpose: "retention.of.loan_claimed", With: retain.City},
}

// over finds batches that arrived or were withdrawn before the moment $2, and ends them with their lines.
func over(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	cond := `state IN ('arrived', 'withdrawn') AND edited_at < $2 AND ` + retain.Free("id") + ` AND ` + retain.Free("bank") + `
		AND NOT EXISTS (SELECT 1 FROM loan_batch k WHERE k.city = loan_batch.city AND k.corrects = loan_batch.id)`
	scan := func(s sqldb.Scan) (ID, error) {
		var x ID
		return x, s(&x)
	}
	key := func(v ID) []any { return []any{v} }
	return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (int64, error) {
		if _, err := retain.Each(`UPDATE loan_batch SET edited_at = edited_at WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all); err != nil {
			return 0, err
		}
		there := ` WHERE city = $1 AND batch IN (SELECT id FROM loan_batch WHERE city = $1 AND id = $3 AND ` + cond + `)`
		for _, statement := range []string{`DELETE FROM loan_batch_basis` + there, `DELETE FROM loan_line` + there, `DELETE FROM loan_unclaimed` + there, `DELETE FROM loan_batch_step` + there} {
			if _, err := retain.Each(statement, before, key)(tx, all); err != nil {
				return 0, err
			}
		}
		return retain.Each(`DELETE FROM loan_batch WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all)
	}, `SELECT id FROM loan_batch WHERE city = $1 AND `+cond+` ORDER BY id LIMIT $3`, before.Micro(), most)
}

// NamesLoan is the condition that something was claimed for the loan that a column names.
func NamesLoan(column string) string {
	return `EXISTS (SELECT 1 FROM loan_line WHERE loan_line.city = $1 AND loan_line.contract = ` + column + `)`
}
