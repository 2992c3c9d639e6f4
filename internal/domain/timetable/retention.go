package timetable

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package. Who led what and who was there is kept as long as somebody may ask what happened
// to a child on a day.
var Retention = []retain.Rule{
	{
		Table: "timetable_session", Class: authz.Open, Purpose: "retention.of.timetable_session", Also: "timetable_leader",
		Ends: []retain.End{{Text: "retention.end.timetable_session", N: 3, Unit: retain.Years, Find: findOver}},
	},
	{Table: "timetable_leader", Class: authz.Personal, Purpose: "retention.of.timetable_leader", With: "timetable_session"},
	{
		Table: "timetable_presence", Class: authz.Sensitive, Purpose: "retention.of.timetable_presence",
		Ends: []retain.End{{
			Text: "retention.end.timetable_presence", N: 3, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT client FROM timetable_presence WHERE city = $1 AND `+lineOver+` ORDER BY client LIMIT $3`, `DELETE FROM timetable_presence WHERE city = $1 AND client = $3 AND `+lineOver),
		}},
	},
	{Table: "timetable_guard", Purpose: "retention.of.timetable_guard", With: retain.City},
}

var (
	lineOver = `at < $2 AND ` + retain.Free("person")
	over     = `ends_at < $2 AND NOT EXISTS (SELECT 1 FROM timetable_leader l WHERE l.city = $1 AND l.session = timetable_session.id AND NOT ` + retain.Free("l.person") + `)`
)

func findOver(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	scan := func(s sqldb.Scan) (ID, error) {
		var k ID
		return k, s(&k)
	}
	key := func(k ID) []any { return []any{k} }
	return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (int64, error) {
		if _, err := retain.Each(`DELETE FROM timetable_leader WHERE city = $1 AND session = $3 AND EXISTS (SELECT 1 FROM timetable_session WHERE city = $1 AND id = $3 AND `+over+`)`, before, key)(tx, all); err != nil {
			return 0, err
		}
		return retain.Each(`DELETE FROM timetable_session WHERE city = $1 AND id = $3 AND `+over, before, key)(tx, all)
	}, `SELECT id FROM timetable_session WHERE city = $1 AND `+over+` ORDER BY id LIMIT $3`, before.Micro(), most)
}

// Names is the condition that the person whom a column names leads something or was somewhere.
func Names(column string) string {
	return `(EXISTS (SELECT 1 FROM timetable_leader WHERE timetable_leader.city = $1 AND timetable_leader.person = ` + column + `)
		OR EXISTS (SELECT 1 FROM timetable_presence WHERE timetable_presence.city = $1 AND timetable_presence.person = ` + column + `))`
}
