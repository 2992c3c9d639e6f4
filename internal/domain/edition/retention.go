package edition

import "zhidian/internal/platform/retain"

// Retention declares the tables of this package: what was announced stays as long as the city's system.
var Retention = []retain.Rule{
	{Table: "edition", Purpose: "retention.of.edition", With: retain.City},
	{Table: "edition_group", Purpose: "retention.of.edition_group", With: retain.City},
}
