package casework

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package. Ten years is the shorter of the two periods that the rules on records of
// administrative bodies know (机关文件材料归档范围和文书档案保管期限规定, 2006); what must be kept longer belongs to the archive.
var Retention = []retain.Rule{
	{
		Table: "matter", Class: authz.Sensitive, Purpose: "retention.of.matter", Also: "matter_note matter_reader",
		Ends: []retain.End{{Text: "retention.end.matter", N: 10, Unit: retain.Years, Find: findOver}},
	},
	{Table: "matter_note", Class: authz.Sensitive, Purpose: "retention.of.matter_note", With: "matter"},
	{Table: "matter_reader", Class: authz.Sensitive, Purpose: "retention.of.matter_reader", With: "matter"},
	{Table: "holiday", Purpose: "retention.of.holiday", With: retain.City},
}

var over = `state = 'closed' AND closed_at > 0 AND closed_at < $2 AND ` + retain.Free("id") + ` AND ` + retain.Free("org") + ` AND ` +
	retain.Free("desk") + ` AND ` + retain.Free("subject")

func findOver(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	scan := func(s sqldb.Scan) (ID, error) {
		var x ID
		return x, s(&x)
	}
	key := func(m ID) []any { return []any{m} }
	return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (int64, error) {
		for _, statement := range []string{
			`UPDATE matter SET closed_at = closed_at WHERE city = $1 AND id = $3 AND ` + over, // whoever opens it again waits, or has done so
			`DELETE FROM matter_reader WHERE city = $1 AND matter = $3 AND matter IN (SELECT id FROM matter WHERE city = $1 AND id = $3 AND ` + over + `)`,
			`DELETE FROM matter_note WHERE city = $1 AND matter = $3 AND matter IN (SELECT id FROM matter WHERE city = $1 AND id = $3 AND ` + over + `)`,
		} {
			if _, err := retain.Each(statement, before, key)(tx, all); err != nil {
				return 0, err
			}
		}
		return retain.Each(`DELETE FROM matter WHERE city = $1 AND id = $3 AND `+over, before, key)(tx, all)
	}, `SELECT id FROM matter WHERE city = $1 AND `+over+` ORDER BY id LIMIT $3`, before.Micro(), most)
}

// Names is the condition that a matter is about what a column names, and was not closed before the moment $2, in
// microseconds.
func Names(column string) string {
	return `EXISTS (SELECT 1 FROM matter WHERE matter.city = $1 AND matter.subject = ` + column + ` AND (matter.closed_at = 0 OR matter.closed_at >= $2))`
}

// NamesOrg is the condition that a matter concerns the organisation that a column names, or lies or has lain with it.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM matter WHERE matter.city = $1 AND (matter.org = ` + column + ` OR matter.desk = ` + column + ` OR matter.subject = ` + column + `))
		OR EXISTS (SELECT 1 FROM matter_note WHERE matter_note.city = $1 AND matter_note.desk = ` + column + `))`
}

// BySerial gives the matter of a serial number.
func BySerial(q sqldb.Q, serial string) (Matter, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM matter m WHERE m.city = $1 AND m.serial = $2`, serial)
}

// Gone is the condition that the matter that a column names was destroyed.
func Gone(column string) string {
	return `NOT EXISTS (SELECT 1 FROM matter WHERE matter.city = $1 AND matter.id = ` + column + `)`
}
