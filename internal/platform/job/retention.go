package job

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
)

// Retention declares the table of this package.
var Retention = []retain.Rule{{
	Table: "job", Class: authz.Personal, Purpose: "retention.of.job",
	Ends: []retain.End{{
		Text: "retention.end.job", N: 90, Unit: retain.Days,
		Find: retain.ByKey[string](`SELECT id FROM job WHERE city = $1 AND state IN ('done', 'failed', 'stopped') AND at < $2 ORDER BY id LIMIT $3`,
			`DELETE FROM job WHERE city = $1 AND id = $3 AND state IN ('done', 'failed', 'stopped') AND at < $2`),
	}},
}}
