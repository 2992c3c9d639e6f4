package childcare

import (
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this service. Who heads a class is published with it. What was found of claims and what
// came of calls is kept as long as the sign-ups.
var Retention = []retain.Rule{
	{
		Table: "care_claim", Class: authz.Personal, Purpose: "retention.of.care_claim",
		Ends: []retain.End{{Text: "retention.end.care_signup", N: 3, Unit: retain.Years, Find: ofParty("care_claim", "made_at")}},
	},
	{
		Table: "care_call", Class: authz.Personal, Purpose: "retention.of.care_call",
		Ends: []retain.End{{Text: "retention.end.care_signup", N: 3, Unit: retain.Years, Find: ofParty("care_call", "made_at")}},
	},
	{Table: "care_season", Purpose: "retention.of.care_season", With: retain.City},
	{Table: "care_class", Purpose: "retention.of.care_class", With: retain.City},
	{
		Table: "care_health", Class: authz.Sealed, Purpose: "retention.of.care_health",
		Ends: []retain.End{{Text: "retention.end.care_health", N: 30, Unit: retain.Days, Find: findHealth}},
	},
	{
		Table: "care_collector", Class: authz.Sensitive, Purpose: "retention.of.care_collector",
		Ends: []retain.End{{
			Text: "retention.end.care_collector", N: 3, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT id FROM care_collector WHERE city = $1 AND `+collectorOver+` ORDER BY id LIMIT $3`, `DELETE FROM care_collector WHERE city = $1 AND id = $3 AND `+collectorOver),
		}},
	},
}

// Seasons are over long before; a family says anew for the next.
var collectorOver = `made_at < $2 AND ` + retain.Free("child")

// findHealth finds what was said of children whose season ended before a day.
func findHealth(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	type key struct{ roll, child string }
	over := `last_day < $2 AND ` + retain.Free("child")
	scan := func(s sqldb.Scan) (key, error) {
		var k key
		return k, s(&k.roll, &k.child)
	}
	end := func(tx *sqldb.Tx, all []key) (int64, error) {
		return tx.Bulk(`DELETE FROM care_health WHERE city = $1 AND roll = $3 AND child = $4 AND `+over, len(all), func(i int) []any { return []any{before.Day, all[i].roll, all[i].child} })
	}
	return retain.Rows(q, scan, end, `SELECT roll, child FROM care_health WHERE city = $1 AND `+over+` ORDER BY roll, child LIMIT $3`, before.Day, most)
}

// NamesPerson is the condition that somebody was named who may fetch the child whom a column names, or something was said of her health.
func NamesPerson(column string) string {
	return `(EXISTS (SELECT 1 FROM care_collector WHERE care_collector.city = $1 AND care_collector.child = ` + column + `)
		OR EXISTS (SELECT 1 FROM care_health WHERE care_health.city = $1 AND care_health.child = ` + column + `))`
}

// NamesOrg is the condition that a class is held at the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM care_class WHERE care_class.city = $1 AND care_class.org = ` + column + `)`
}

// ofParty finds rows about a sign-up that were written before the moment $2, and of whose children and signer nobody is held.
func ofParty(table, written string) retain.Find {
	over := written + ` < $2 AND ` + enrolment.Free(table)
	scan := func(s sqldb.Scan) (enrolment.Key, error) {
		var k enrolment.Key
		return k, s(&k.Roll, &k.Turn)
	}
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		end := retain.Each(`DELETE FROM `+table+` WHERE city = $1 AND roll = $3 AND turn = $4 AND `+over, before, func(k enrolment.Key) []any { return []any{k.Roll, k.Turn} })
		return retain.Rows(q, scan, end, `SELECT DISTINCT roll, turn FROM `+table+` WHERE city = $1 AND `+over+` ORDER BY roll, turn LIMIT $3`, before.Micro(), most)
	}
}
