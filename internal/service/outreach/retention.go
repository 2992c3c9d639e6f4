package outreach

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package. Who came is nobody's business half a year later; how many, what was asked and what was
// answered stays for ten years.
var Retention = []retain.Rule{
	{
		Table: "outreach_guest", Class: authz.Sealed, Purpose: "retention.of.outreach_guest",
		Ends: []retain.End{{Text: "retention.end.outreach_guest", N: 6, Unit: retain.Months, Find: guestsOver}},
	},
	{
		Table: "outreach_event", Class: authz.Personal, Purpose: "retention.of.outreach_event", Also: "outreach_question outreach_guest",
		Ends: []retain.End{{Text: "retention.end.outreach_event", N: 10, Unit: retain.Years, Find: eventsOver}},
	},
	{Table: "outreach_question", Class: authz.Personal, Purpose: "retention.of.outreach_question", With: "outreach_event"},
}

const past = `ends_at < $2`

var free = retain.Free("id") + ` AND ` + retain.Free("org")

func scanID(s sqldb.Scan) (ID, error) {
	var x ID
	return x, s(&x)
}

func key(x ID) []any { return []any{x} }

// guestsOver finds events that ended before the moment $2 and still have guests.
func guestsOver(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	cond := past + ` AND ` + free
	return retain.Rows(q, scanID, retain.Each(`DELETE FROM outreach_guest WHERE city = $1 AND event IN (SELECT id FROM outreach_event WHERE city = $1 AND id = $3 AND `+cond+`)`, before, key),
		`SELECT id FROM outreach_event WHERE city = $1 AND `+cond+` AND EXISTS (SELECT 1 FROM outreach_guest g WHERE g.city = $1 AND g.event = outreach_event.id) ORDER BY id LIMIT $3`, before.Micro(), most)
}

// eventsOver finds events that ended before the moment $2, and ends them with what was asked.
func eventsOver(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	cond := past + ` AND ` + free
	return retain.Rows(q, scanID, func(tx *sqldb.Tx, all []ID) (int64, error) {
		// whoever touches it again waits, or has done so
		if _, err := retain.Each(`UPDATE outreach_event SET edited_at = edited_at WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all); err != nil {
			return 0, err
		}
		there := ` WHERE city = $1 AND event IN (SELECT id FROM outreach_event WHERE city = $1 AND id = $3 AND ` + cond + `)`
		for _, statement := range []string{`DELETE FROM outreach_question` + there, `DELETE FROM outreach_guest` + there} {
			if _, err := retain.Each(statement, before, key)(tx, all); err != nil {
				return 0, err
			}
		}
		return retain.Each(`DELETE FROM outreach_event WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all)
	}, `SELECT id FROM outreach_event WHERE city = $1 AND `+cond+` ORDER BY id LIMIT $3`, before.Micro(), most)
}

// NamesOrg is the condition that an event is held by the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM outreach_event WHERE outreach_event.city = $1 AND outreach_event.org = ` + column + `)`
}
