package enrolment

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package. Who had which place is kept as long as somebody may ask why; what was
// published names nobody and stays.
var Retention = []retain.Rule{
	{
		Table: "enrolment", Class: authz.Personal, Purpose: "retention.of.enrolment", Also: "enrolment_member",
		Ends: []retain.End{{Text: "retention.end.enrolment", N: 3, Unit: retain.Years, Find: findOver}},
	},
	{Table: "enrolment_member", Class: authz.Personal, Purpose: "retention.of.enrolment_member", With: "enrolment"},
	{Table: "enrolment_roll", Purpose: "retention.of.enrolment_roll", With: retain.City},
	{Table: "enrolment_draw", Purpose: "retention.of.enrolment_draw", With: retain.City},
	{Table: "enrolment_list", Purpose: "retention.of.enrolment_list", With: retain.City},
}

// Free is the condition that nobody is held of the party which columns roll and turn of a table name.
func Free(table string) string {
	return `NOT EXISTS (SELECT 1 FROM enrolment_member m WHERE m.city = $1 AND m.roll = ` + table + `.roll AND m.turn = ` + table + `.turn AND NOT ` + retain.Free("m.person") + `)
		AND NOT EXISTS (SELECT 1 FROM enrolment e WHERE e.city = $1 AND e.roll = ` + table + `.roll AND e.turn = ` + table + `.turn AND NOT ` + retain.Free("e.signer") + `)`
}

// over is the condition, on a row with a roll and a turn, that sign-up closed long ago and nobody on that turn is held.
var over = `roll IN (SELECT id FROM enrolment_roll r WHERE r.city = $1 AND r.closes_at < $2)
	AND ` + Free("enrolment")

func findOver(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	scan := func(s sqldb.Scan) (Key, error) {
		var k Key
		return k, s(&k.Roll, &k.Turn)
	}
	key := func(k Key) []any { return []any{k.Roll, k.Turn} }
	return retain.Rows(q, scan, func(tx *sqldb.Tx, all []Key) (int64, error) {
		if _, err := retain.Each(`DELETE FROM enrolment_member WHERE city = $1 AND roll = $3 AND turn = $4
			AND EXISTS (SELECT 1 FROM enrolment WHERE enrolment.city = $1 AND enrolment.roll = $3 AND enrolment.turn = $4 AND `+over+`)`, before, key)(tx, all); err != nil {
			return 0, err
		}
		return retain.Each(`DELETE FROM enrolment WHERE city = $1 AND roll = $3 AND turn = $4 AND `+over, before, key)(tx, all)
	}, `SELECT roll, turn FROM enrolment WHERE city = $1 AND `+over+` ORDER BY roll, turn LIMIT $3`, before.Micro(), most)
}
