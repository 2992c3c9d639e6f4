package place

import (
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/retain"
)

// Retention declares the tables of this package. Who has checked a site is published with what was found.
var Retention = []retain.Rule{{
	Table: "place", Purpose: "retention.of.place", With: retain.City,
	Ends: []retain.End{source.EndedRows(retain.First(
		retain.ByKey[string](`SELECT id FROM place WHERE city = $1 AND `+undone+` ORDER BY id LIMIT $3`, `DELETE FROM place WHERE city = $1 AND id = $3 AND `+undone),
		retain.ByKey[string](`SELECT id FROM place WHERE city = $1 AND `+source.Ended("until")+` ORDER BY id LIMIT $3`,
			`UPDATE place SET until = 0 WHERE city = $1 AND id = $3 AND `+source.Ended("until")),
	))},
}, {
	Table: "place_check", Purpose: "retention.of.place_check", With: retain.City,
}, {
	Table: "place_check_item", Purpose: "retention.of.place_check_item", With: retain.City,
}}

var undone = source.Ended("since") + ` AND ` + retain.Free("id") + ` AND ` + retain.Free("org")

// NamesOrg is the condition that a place stands at the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM place WHERE place.city = $1 AND place.org = ` + column + `)`
}
