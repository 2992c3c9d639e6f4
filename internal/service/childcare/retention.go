package childcare

import "zhidian/internal/platform/retain"

// Retention declares the tables of this service. Who heads a class is published with it.
var Retention = []retain.Rule{
	{Table: "care_season", Purpose: "retention.of.care_season", With: retain.City},
	{Table: "care_class", Purpose: "retention.of.care_class", With: retain.City},
}

// NamesOrg is the condition that a class is held at the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM care_class WHERE care_class.city = $1 AND care_class.org = ` + column + `)`
}
