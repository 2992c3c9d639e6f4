package duty

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package. Hours are kept as long as somebody may want them certified.
var Retention = []retain.Rule{
	{
		Table: "volunteer_hours", Class: authz.Personal, Purpose: "retention.of.volunteer_hours", Also: "volunteer_day",
		Ends: []retain.End{{Text: "retention.end.volunteer_hours", N: 10, Unit: retain.Years, Find: findOver}},
	},
	{Table: "volunteer_day", Class: authz.Personal, Purpose: "retention.of.volunteer_day", With: "volunteer_hours"},
	{Table: "volunteer_duty", Purpose: "retention.of.volunteer_duty", With: retain.City},
}

var over = `ends_at < $2 AND ` + retain.Free("person")

func findOver(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	scan := func(f sqldb.Scan) (Hours, error) {
		var h Hours
		return h, f(&h.Session, &h.Person, &h.No, &h.Day)
	}
	return retain.Rows(q, scan, func(tx *sqldb.Tx, all []Hours) (int64, error) {
		n, err := retain.Each(`DELETE FROM volunteer_hours WHERE city = $1 AND session = $3 AND person = $4 AND no = $5 AND `+over, before, func(h Hours) []any { return []any{h.Session, h.Person, h.No} })(tx, all)
		if err != nil {
			return n, err
		}
		_, err = tx.Bulk(`DELETE FROM volunteer_day WHERE city = $1 AND person = $2 AND on_day = $3
			AND NOT EXISTS (SELECT 1 FROM volunteer_hours h WHERE h.city = $1 AND h.person = $2 AND h.on_day = $3)`, len(all), func(i int) []any { return []any{all[i].Person, all[i].Day} })
		return n, err
	}, `SELECT session, person, no, on_day FROM volunteer_hours WHERE city = $1 AND `+over+` ORDER BY session, person, no LIMIT $3`, before.Micro(), most)
}

// Names is the condition that the person whom a column names has hours.
func Names(column string) string {
	return `(EXISTS (SELECT 1 FROM volunteer_hours WHERE volunteer_hours.city = $1 AND volunteer_hours.person = ` + column + `)
		OR EXISTS (SELECT 1 FROM volunteer_day WHERE volunteer_day.city = $1 AND volunteer_day.person = ` + column + `))`
}

// Kept is the condition that something is kept of the volunteer whom a column names.
func Kept(column string) string {
	return `EXISTS (SELECT 1 FROM volunteer_hours WHERE volunteer_hours.city = $1 AND volunteer_hours.volunteer = ` + column + `)`
}
