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
		Table: "notice_sending", Class: authz.Personal, Purpose: "retention.of.notice_sending",
		Ends: []retain.End{{
			Text: "retention.end.notice_sending", N: 90, Unit: retain.Days,
			Find: retain.ByKey[string](`SELECT DISTINCT ref FROM notice_sending WHERE city = $1 AND at < $2 ORDER BY ref LIMIT $3`,
				`DELETE FROM notice_sending WHERE city = $1 AND ref = $3 AND at < $2`),
		}},
	},
	{
		Table: "notice_way", Class: authz.Sealed, Purpose: "retention.of.notice_way",
		Ends: []retain.End{{
			Text: "retention.end.notice_way", N: 3, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT account FROM notice_way WHERE city = $1 AND used_at < $2 ORDER BY account LIMIT $3`,
				`DELETE FROM notice_way WHERE city = $1 AND account = $3 AND used_at < $2`),
		}},
	},
	{
		Table: "notice_off", Class: authz.Personal, Purpose: "retention.of.notice_off",
		Ends: []retain.End{{
			Text: "retention.end.notice_off", N: 3, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT DISTINCT account FROM notice_off WHERE city = $1 AND used_at < $2 ORDER BY account LIMIT $3`,
				`DELETE FROM notice_off WHERE city = $1 AND account = $3 AND used_at < $2`),
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
