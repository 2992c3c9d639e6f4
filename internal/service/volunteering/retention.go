package volunteering

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this service. Who has left is kept as long as somebody may ask who was with children then, and as
// long as what she served is: kept are conditions that something is kept of the volunteer whom a column names.
func Retention(kept ...func(column string) string) []retain.Rule {
	end := over
	for _, k := range kept {
		end += ` AND NOT ` + k("volunteer.id")
	}
	return []retain.Rule{
		{
			Table: "volunteer", Class: authz.Personal, Purpose: "retention.of.volunteer", Also: "volunteer_member",
			Ends: []retain.End{{Text: "retention.end.volunteer", N: 3, Unit: retain.Years, Find: finding(end)}},
		},
		{Table: "volunteer_member", Class: authz.Personal, Purpose: "retention.of.volunteer_member", With: "volunteer"},
		{Table: "volunteer_group", Purpose: "retention.of.volunteer_group", With: retain.City},
	}
}

// over is the condition that somebody has left, or was refused, long ago, leads no group of which something is kept, and is not held.
const over = `state IN ('refused', 'left', 'merged') AND edited_at < $2 AND NOT EXISTS (SELECT 1 FROM volunteer_group g WHERE g.city = $1 AND g.leader = volunteer.id)`

func finding(over string) retain.Find {
	over += ` AND ` + retain.Free("person") + ` AND ` + retain.Free("org")
	scan := func(f sqldb.Scan) (ID, error) {
		var k ID
		return k, f(&k)
	}
	key := func(k ID) []any { return []any{k} }
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (int64, error) {
			if _, err := retain.Each(`DELETE FROM volunteer_member WHERE city = $1 AND volunteer = $3 AND EXISTS (SELECT 1 FROM volunteer WHERE city = $1 AND id = $3 AND `+over+`)`, before, key)(tx, all); err != nil {
				return 0, err
			}
			return retain.Each(`DELETE FROM volunteer WHERE city = $1 AND id = $3 AND `+over, before, key)(tx, all)
		}, `SELECT id FROM volunteer WHERE city = $1 AND `+over+` ORDER BY id LIMIT $3`, before.Micro(), most)
	}
}

// Names is the condition that the person whom a column names is a volunteer.
func Names(column string) string {
	return `EXISTS (SELECT 1 FROM volunteer WHERE volunteer.city = $1 AND volunteer.person = ` + column + `)`
}

// NamesOrg is the condition that a volunteer or a group belongs to the organisation that a column names.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM volunteer WHERE volunteer.city = $1 AND volunteer.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM volunteer_group WHERE volunteer_group.city = $1 AND volunteer_group.org = ` + column + `))`
}
