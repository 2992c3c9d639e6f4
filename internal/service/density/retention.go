package density

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this service. Figures are kept as long as the city: they are numbers of people, not of
// persons, and dates are compared.
var Retention = []retain.Rule{
	{
		Table: "youth_count", Purpose: "retention.of.youth_count", With: retain.City,
		Ends: []retain.End{source.EndedRows(retain.First(
			youthCounts(`DELETE FROM youth_count`, source.Ended("since")+` AND `+retain.Free("village")),
			youthCounts(`UPDATE youth_count SET until = 0`, source.Ended("until")),
		))},
	},
	{Table: "figure", Purpose: "retention.of.figure", With: retain.City},
	{
		Table: "unit_count", Purpose: "retention.of.unit_count",
		Ends: []retain.End{{
			Text: "retention.end.blind_spot", N: 3, Unit: retain.Years,
			Find: retain.ByKey[int64](`SELECT DISTINCT delivery FROM unit_count WHERE city = $1 AND `+oldUnits+` ORDER BY delivery LIMIT $3`,
				`DELETE FROM unit_count WHERE city = $1 AND delivery = $3 AND `+oldUnits),
		}},
	},
	{
		Table: "blind_spot", Class: authz.Personal, Purpose: "retention.of.blind_spot", // for what clerks write why one was dismissed
		Ends: []retain.End{{
			Text: "retention.end.blind_spot", N: 3, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT id FROM blind_spot WHERE city = $1 AND `+oldSpot+` ORDER BY id LIMIT $3`,
				`DELETE FROM blind_spot WHERE city = $1 AND id = $3 AND `+oldSpot),
		}},
	},
}

// oldSpot is the condition that a blind spot was found long ago and that others have been found since.
var oldSpot = `(` + source.Past("delivery") + ` OR ` + source.Ended("delivery") + `) AND delivery < (SELECT MAX(delivery) FROM blind_spot WHERE city = $1)
	AND ` + retain.Free("org") + ` AND ` + retain.Free("matter")

// oldUnits is the condition that units were counted long ago and that others have been counted since.
var oldUnits = `(` + source.Past("delivery") + ` OR ` + source.Ended("delivery") + `) AND delivery < (SELECT MAX(delivery) FROM unit_count WHERE city = $1)
	AND ` + retain.Free("org")

// youthCounts finds counts of young people, on which a condition holds, for a statement that lacks its WHERE.
func youthCounts(statement, cond string) retain.Find {
	type key struct {
		village org.ID
		band    string
		since   int64
	}
	scan := func(s sqldb.Scan) (key, error) {
		var k key
		return k, s(&k.village, &k.band, &k.since)
	}
	statement += ` WHERE city = $1 AND village = $3 AND band = $4 AND since = $5 AND ` + cond
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		end := retain.Each(statement, before, func(k key) []any { return []any{k.village, k.band, k.since} })
		return retain.Rows(q, scan, end, `SELECT village, band, since FROM youth_count WHERE city = $1 AND `+cond+` ORDER BY village, band, since LIMIT $3`, before.Micro(), most)
	}
}

// NamesOrg is the condition that a count or a blind spot is of the organisation that a column names.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM youth_count WHERE youth_count.city = $1 AND youth_count.village = ` + column + `)
		OR EXISTS (SELECT 1 FROM blind_spot WHERE blind_spot.city = $1 AND blind_spot.org = ` + column + `))`
}
