package record

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// KeepYears is how long a record is kept after the last answer about it.
const KeepYears = 3

// Retention declares the tables of this package.
var Retention = []retain.Rule{
	{
		Table: "record", Class: authz.Sealed, Purpose: "retention.of.record", Also: "record_version",
		Ends: []retain.End{{Text: "retention.end.record", N: KeepYears, Unit: retain.Years, Find: findOver}},
	},
	{Table: "record_version", Class: authz.Sealed, Purpose: "retention.of.record_version", With: "record"},
	{Table: "record_list", Purpose: "retention.of.record_list", With: retain.City},
	{Table: "record_property", Purpose: "retention.of.record_property", With: retain.City},
}

type key struct{ list, id string }

func findOver(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	return retain.Rows(q, func(s sqldb.Scan) (k key, err error) { return k, s(&k.list, &k.id) }, func(tx *sqldb.Tx, keys []key) (int64, error) {
		args := func(i int) []any { return []any{before.Micro(), keys[i].list, keys[i].id} }
		// taken first, so that a version that comes meanwhile comes before or after
		if _, err := tx.Bulk(`UPDATE record SET edited_at = edited_at WHERE city = $1 AND edited_at < $2 AND list = $3 AND id = $4`, len(keys), args); err != nil {
			return 0, err
		}
		if _, err := tx.Bulk(`DELETE FROM record_version WHERE city = $1 AND list = $3 AND record = $4 AND EXISTS (SELECT 1 FROM record r
			WHERE r.city = $1 AND r.list = $3 AND r.id = $4 AND r.edited_at < $2 AND `+retain.Free("r.org")+`)`, len(keys), args); err != nil {
			return 0, err
		}
		return tx.Bulk(`DELETE FROM record WHERE city = $1 AND edited_at < $2 AND list = $3 AND id = $4 AND `+retain.Free("org"), len(keys), args)
	}, `SELECT list, id FROM record WHERE city = $1 AND edited_at < $2 AND `+retain.Free("org")+` ORDER BY list, id LIMIT $3`, before.Micro(), most)
}

// NamesOrg is the condition that a list or a record belongs to the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM record_list WHERE record_list.city = $1 AND record_list.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM record WHERE record.city = $1 AND record.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM record_version WHERE record_version.city = $1 AND record_version.org = ` + column + `)`
}
