package clearance

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package. A paper that counts no more is kept as long as somebody may ask who was with
// children then, and why she was let in.
var Retention = []retain.Rule{
	{
		Table: "clearance", Class: authz.Sensitive, Purpose: "retention.of.clearance",
		Ends: []retain.End{
			{Text: "retention.end.clearance", N: 3, Unit: retain.Years, Find: finding(`(ended_at > 0 AND ended_at < $2 OR ended_at = 0 AND until_day <> '' AND until_day < $4)`)},
			{Text: "retention.end.clearance_old", N: 10, Unit: retain.Years, Find: finding(`made_at < $2 AND $4 <> ''`)},
		},
	},
	{Table: "clearance_rule", Purpose: "retention.of.clearance_rule", With: retain.City},
}

// finding finds papers of which a condition is true, on the moment $2 and its day $4.
func finding(over string) retain.Find {
	over += ` AND ` + retain.Free("person") + ` AND ` + retain.Free("org")
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		scan := func(s sqldb.Scan) (string, error) {
			var k string
			return k, s(&k)
		}
		key := func(k string) []any { return []any{k, before.Day} }
		return retain.Rows(q, scan, retain.Each(`DELETE FROM clearance WHERE city = $1 AND id = $3 AND `+over, before, key),
			`SELECT id FROM clearance WHERE city = $1 AND `+over+` ORDER BY id LIMIT $3`, before.Micro(), most, before.Day)
	}
}

// Names is the condition that a paper is of the person whom a column names.
func Names(column string) string {
	return `EXISTS (SELECT 1 FROM clearance WHERE clearance.city = $1 AND clearance.person = ` + column + `)`
}

// NamesOrg is the condition that a paper lies with the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM clearance WHERE clearance.city = $1 AND clearance.org = ` + column + `)`
}
