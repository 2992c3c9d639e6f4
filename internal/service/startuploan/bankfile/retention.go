package bankfile

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package: a file is kept ten years after it came.
var Retention = []retain.Rule{
	{
		Table: "loan_file", Class: authz.Personal, Purpose: "retention.of.loan_file", Also: "loan_file_row loan_file_finding",
		Ends: []retain.End{{Text: "retention.end.loan_file", N: 10, Unit: retain.Years, Find: over}},
	},
	{Table: "loan_file_row", Class: authz.Personal, Purpose: "retention.of.loan_file_row", With: "loan_file"},
	{Table: "loan_file_finding", Class: authz.Personal, Purpose: "retention.of.loan_file_finding", With: "loan_file"},
	{Table: "loan_file_title", Purpose: "retention.of.loan_file_title", With: retain.City},
}

// over finds files that nobody has touched since the moment $2, and ends them with their rows.
func over(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	cond := `edited_at < $2 AND ` + retain.Free("id") + ` AND ` + retain.Free("bank")
	scan := func(s sqldb.Scan) (ID, error) {
		var x ID
		return x, s(&x)
	}
	key := func(v ID) []any { return []any{v} }
	return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (int64, error) {
		if _, err := retain.Each(`UPDATE loan_file SET edited_at = edited_at WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all); err != nil {
			return 0, err
		}
		there := ` WHERE city = $1 AND file IN (SELECT id FROM loan_file WHERE city = $1 AND id = $3 AND ` + cond + `)`
		for _, statement := range []string{`DELETE FROM loan_file_row` + there, `DELETE FROM loan_file_finding` + there} {
			if _, err := retain.Each(statement, before, key)(tx, all); err != nil {
				return 0, err
			}
		}
		return retain.Each(`DELETE FROM loan_file WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all)
	}, `SELECT id FROM loan_file WHERE city = $1 AND `+cond+` ORDER BY id LIMIT $3`, before.Micro(), most)
}
