package org

import (
	"strings"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package. named are the conditions, of a column, under which others name an
// organisation: then it stays, unseen.
func Retention(named ...func(column string) string) []retain.Rule {
	undone := []string{
		source.Ended("o.since"), retain.Free("o.id"), retain.Free("o.parent"),
		`NOT EXISTS (SELECT 1 FROM org c WHERE c.city = $1 AND c.parent = o.id)`,
		`NOT EXISTS (SELECT 1 FROM boundary b WHERE b.city = $1 AND b.org = o.id)`,
	}
	for _, names := range named {
		undone = append(undone, "NOT "+names("o.id"))
	}
	return []retain.Rule{
		{
			Table: "org", Purpose: "retention.of.org", With: retain.City, Also: "org_code org_history",
			Ends: []retain.End{source.EndedRows(retain.First(leaves(strings.Join(undone, " AND ")),
				retain.ByKey[string](`SELECT id FROM org WHERE city = $1 AND `+source.Ended("until")+` ORDER BY id LIMIT $3`,
					`UPDATE org SET until = 0 WHERE city = $1 AND id = $3 AND `+source.Ended("until"))))},
		},
		{Table: "org_code", Purpose: "retention.of.org_code", With: "org"},
		{Table: "org_history", Purpose: "retention.of.org_history", With: "org"},
		{Table: "boundary", Purpose: "retention.of.boundary", With: "org"},
	}
}

// leaves finds organisations, on alias o, with nothing below them; when they are gone those above are leaves.
func leaves(undone string) retain.Find {
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		scan := func(s sqldb.Scan) (ID, error) {
			var x ID
			return x, s(&x)
		}
		key := func(x ID) []any { return []any{x} }
		these := `(SELECT o.id FROM org o WHERE o.city = $1 AND o.id = $3 AND ` + undone + `)`
		return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (n int64, err error) {
			if still, err := source.Still(tx); err != nil || !still {
				return 0, err
			}
			for _, statement := range []string{
				`UPDATE org SET since = since WHERE city = $1 AND id = $3 AND ` + source.Ended("since"), // who refers to it meanwhile is seen by what follows
				`DELETE FROM org_code WHERE city = $1 AND org IN ` + these,
				`DELETE FROM org_history WHERE city = $1 AND org IN ` + these,
				`DELETE FROM org WHERE city = $1 AND id IN ` + these,
			} {
				if n, err = retain.Each(statement, before, key)(tx, all); err != nil {
					return 0, err
				}
			}
			return n, nil
		}, `SELECT o.id FROM org o WHERE o.city = $1 AND `+undone+` ORDER BY o.id LIMIT $3`, before.Micro(), most)
	}
}
