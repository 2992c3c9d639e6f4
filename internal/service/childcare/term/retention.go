package term

import (
	"zhidian/internal/platform/retain"
)

// Retention declares the tables of this package. They name no person.
var Retention = []retain.Rule{
	{Table: "care_topic", Purpose: "retention.of.care_topic", With: retain.City},
	{Table: "care_absence", Purpose: "retention.of.care_absence", With: retain.City},
}
