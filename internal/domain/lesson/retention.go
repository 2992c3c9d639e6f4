package lesson

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
)

const over = `state <> 'approved' AND edited_at < $2`

// Retention declares the tables of this package. A plan in the library stays: it names an account and nobody else.
var Retention = []retain.Rule{
	{
		Table: "lesson_rating", Class: authz.Personal, Purpose: "retention.of.lesson_rating",
		Ends: []retain.End{{
			Text: "retention.end.lesson_rating", N: 3, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT DISTINCT plan FROM lesson_rating WHERE city = $1 AND at < $2 ORDER BY plan LIMIT $3`, `DELETE FROM lesson_rating WHERE city = $1 AND plan = $3 AND at < $2`),
		}},
	},
	{
		Table: "lesson_use", Class: authz.Personal, Purpose: "retention.of.lesson_use",
		Ends: []retain.End{{ // as long as the session itself
			Text: "retention.end.lesson_use", N: 3, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT session FROM lesson_use WHERE city = $1 AND at < $2 ORDER BY session LIMIT $3`, `DELETE FROM lesson_use WHERE city = $1 AND session = $3 AND at < $2`),
		}},
	},
	{
		Table: "lesson_plan", Class: authz.Personal, Purpose: "retention.of.lesson_plan",
		Ends: []retain.End{{ // nobody has handed it in again
			Text: "retention.end.lesson_plan", N: 2, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT id FROM lesson_plan WHERE city = $1 AND `+over+` ORDER BY id LIMIT $3`, `DELETE FROM lesson_plan WHERE city = $1 AND id = $3 AND `+over),
		}},
	},
}

// NamesOrg is the condition that a plan lies before the desk of the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM lesson_plan WHERE lesson_plan.city = $1 AND lesson_plan.org = ` + column + `)`
}
