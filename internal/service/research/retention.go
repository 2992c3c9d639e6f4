package research

import (
	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
)

// Retention declares the tables of this service. A voice goes after its matter has gone.
var Retention = []retain.Rule{
	{
		Table: "voice", Class: authz.Personal, Purpose: "retention.of.voice",
		Ends: []retain.End{{
			Text: "retention.end.matter", N: 10, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT id FROM voice WHERE city = $1 AND `+goneVoice+` ORDER BY id LIMIT $3`,
				`DELETE FROM voice WHERE city = $1 AND id = $3 AND `+goneVoice),
		}},
	},
	{
		Table: "voice_verdict", Class: authz.Personal, Purpose: "retention.of.voice_verdict",
		Ends: []retain.End{{
			Text: "retention.end.matter", N: 10, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT DISTINCT matter FROM voice_verdict WHERE city = $1 AND `+goneVerdict+` ORDER BY matter LIMIT $3`,
				`DELETE FROM voice_verdict WHERE city = $1 AND matter = $3 AND `+goneVerdict),
		}},
	},
	{Table: "voice_term", Purpose: "retention.of.voice_term", With: retain.City},
}

var (
	goneVoice   = `raised_at < $2 AND ` + casework.Gone("voice.matter") + ` AND ` + retain.Free("id") + ` AND ` + retain.Free("org")
	goneVerdict = `at < $2 AND ` + casework.Gone("voice_verdict.matter")
)

// NamesOrg is the condition that a voice belongs to the organisation that a column names.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM voice WHERE voice.city = $1 AND voice.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM voice_verdict WHERE voice_verdict.city = $1 AND voice_verdict.desk = ` + column + `))`
}
