package childcare

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
)

// Retention declares the tables of this service. Who heads a class is published with it.
var Retention = []retain.Rule{
	{Table: "care_season", Purpose: "retention.of.care_season", With: retain.City},
	{Table: "care_class", Purpose: "retention.of.care_class", With: retain.City},
	{
		Table: "care_collector", Class: authz.Sensitive, Purpose: "retention.of.care_collector",
		Ends: []retain.End{{
			Text: "retention.end.care_collector", N: 3, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT id FROM care_collector WHERE city = $1 AND `+collectorOver+` ORDER BY id LIMIT $3`, `DELETE FROM care_collector WHERE city = $1 AND id = $3 AND `+collectorOver),
		}},
	},
}

// Seasons are over long before; a family says anew for the next.
var collectorOver = `made_at < $2 AND ` + retain.Free("child")

// NamesPerson is the condition that somebody was named who may fetch the child whom a column names.
func NamesPerson(column string) string {
	return `EXISTS (SELECT 1 FROM care_collector WHERE care_collector.city = $1 AND care_collector.child = ` + column + `)`
}

// NamesOrg is the condition that a class is held at the organisation that a column names.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM care_class WHERE care_class.city = $1 AND care_class.org = ` + column + `)`
}
