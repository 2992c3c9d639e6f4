package pairing

import "zhidian/internal/platform/retain"

// Retention declares the tables of this package. They name no person: where groups have been is kept, since the same faces are to come
// again.
var Retention = []retain.Rule{
	{Table: "volunteer_pair", Purpose: "retention.of.volunteer_pair", With: retain.City},
	{Table: "volunteer_ban", Purpose: "retention.of.volunteer_ban", With: retain.City},
	{Table: "volunteer_need", Purpose: "retention.of.volunteer_need", With: retain.City},
	{Table: "volunteer_term", Purpose: "retention.of.volunteer_term", With: retain.City},
}

// NamesOrg is the condition that a term is for the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM volunteer_term WHERE volunteer_term.city = $1 AND volunteer_term.org = ` + column + `)`
}
