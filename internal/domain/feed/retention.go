package feed

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
)

const forgotten = `made_at < $2 AND read_at < $2`

// Retention declares the tables of this package.
var Retention = []retain.Rule{{
	Table: "calendar_feed", Class: authz.Personal, Purpose: "retention.of.calendar_feed",
	Ends: []retain.End{{ // nobody's phone asks for it any more
		Text: "retention.end.calendar_feed", N: 1, Unit: retain.Years,
		Find: retain.ByKey[string](`SELECT id FROM calendar_feed WHERE city = $1 AND `+forgotten+` ORDER BY id LIMIT $3`,
			`DELETE FROM calendar_feed WHERE city = $1 AND id = $3 AND `+forgotten),
	}},
}}
