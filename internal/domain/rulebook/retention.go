package rulebook

import "zhidian/internal/platform/retain"

// Retention declares the tables of this package: old cases keep old rules, for as long as the city.
var Retention = []retain.Rule{
	{Table: "rule_version", Purpose: "retention.of.rule_version", With: retain.City},
	{Table: "rule_field", Purpose: "retention.of.rule_field", With: "rule_version"},
	{Table: "rule_quote", Purpose: "retention.of.rule_quote", With: retain.City},
	{Table: "rule_setting", Purpose: "retention.of.rule_setting", With: retain.City},
	{Table: "rule_line", Purpose: "retention.of.rule_line", With: retain.City},
}
