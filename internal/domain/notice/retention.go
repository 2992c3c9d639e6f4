package notice

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
)

// Retention declares the tables of this package.
var Retention = []retain.Rule{
	{
		Table: "outbox", Class: authz.Sealed, Purpose: "retention.of.outbox",
		Ends: []retain.End{{ // a message that was handed on or given up, and one that no way out ever took
			Text: "retention.end.outbox", N: 30, Unit: retain.Days,
			Find: retain.ByKey[string](`SELECT id FROM outbox WHERE city = $1 AND at < $2 ORDER BY id LIMIT $3`,
				`DELETE FROM outbox WHERE city = $1 AND id = $3 AND at < $2`),
		}},
	},
	{
		Table: "notice", Class: authz.Personal, Purpose: "retention.of.notice",
		Ends: []retain.End{{
			Text: "retention.end.notice", N: 2, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT id FROM notice WHERE city = $1 AND at < $2 ORDER BY id LIMIT $3`,
				`DELETE FROM notice WHERE city = $1 AND id = $3 AND at < $2`),
		}},
	},
}
