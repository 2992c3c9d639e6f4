package safety

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package. A report is kept as long as its matter.
var Retention = []retain.Rule{
	{
		Table: "care_report", Class: authz.Sealed, Purpose: "retention.of.care_report", Also: "care_report_step",
		Ends: []retain.End{{Text: "retention.end.care_report", N: 10, Unit: retain.Years, Find: findOver}},
	},
	{Table: "care_report_step", Class: authz.Sealed, Purpose: "retention.of.care_report_step", With: "care_report"},
}

var ended = `closed_at > 0 AND closed_at < $2 AND ` + retain.Free("child") + ` AND ` + retain.Free("matter")

func findOver(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	scan := func(s sqldb.Scan) (ID, error) {
		var x ID
		return x, s(&x)
	}
	key := func(r ID) []any { return []any{r} }
	return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (int64, error) {
		if _, err := retain.Each(`DELETE FROM care_report_step WHERE city = $1 AND report = $3 AND report IN (SELECT id FROM care_report WHERE city = $1 AND id = $3 AND `+ended+`)`, before, key)(tx, all); err != nil {
			return 0, err
		}
		return retain.Each(`DELETE FROM care_report WHERE city = $1 AND id = $3 AND `+ended, before, key)(tx, all)
	}, `SELECT id FROM care_report WHERE city = $1 AND `+ended+` ORDER BY id LIMIT $3`, before.Micro(), most)
}

// Names is the condition that something was told of the child whom a column names.
func Names(column string) string {
	return `EXISTS (SELECT 1 FROM care_report WHERE care_report.city = $1 AND care_report.child = ` + column + `)`
}
