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
	{
		Table: "study_draw", Class: authz.Personal, Purpose: "retention.of.study_draw", Also: "study",
		Ends: []retain.End{{
			Text: "retention.end.study_draw", N: 1, Unit: retain.Years,
			Find: retain.ByKey[string](`SELECT DISTINCT study FROM study_draw WHERE city = $1 AND `+oldDraw+` ORDER BY study LIMIT $3`,
				`DELETE FROM study_draw WHERE city = $1 AND study = $3 AND `+oldDraw),
		}},
	},
	{Table: "study", Purpose: "retention.of.study", With: retain.City},
	{Table: "bank_item", Purpose: "retention.of.bank_item", With: retain.City},
	{
		Table: "meeting", Class: authz.Personal, Purpose: "retention.of.meeting", Also: "meeting_item",
		Ends: []retain.End{{
			Text: "retention.end.meeting", N: 10, Unit: retain.Years,
			Find: retain.First(
				retain.ByKey[string](`SELECT id FROM meeting_item WHERE city = $1 AND `+oldItem+` ORDER BY id LIMIT $3`, `DELETE FROM meeting_item WHERE city = $1 AND id = $3 AND `+oldItem),
				retain.ByKey[string](`SELECT id FROM meeting WHERE city = $1 AND `+oldMeeting+` ORDER BY id LIMIT $3`, `DELETE FROM meeting WHERE city = $1 AND id = $3 AND `+oldMeeting),
			),
		}},
	},
	{Table: "meeting_item", Class: authz.Personal, Purpose: "retention.of.meeting_item", With: "meeting"},
	{Table: "voice_term", Purpose: "retention.of.voice_term", With: retain.City},
}

var (
	oldDraw     = `EXISTS (SELECT 1 FROM study s WHERE s.city = $1 AND s.id = study_draw.study AND s.state IN ('closed', 'published') AND s.edited_at < $2) AND ` + retain.Free("person")
	oldItem     = `made_at < $2 AND ` + retain.Free("id")
	oldMeeting  = `made_at < $2 AND ` + retain.Free("org") + ` AND NOT EXISTS (SELECT 1 FROM meeting_item i WHERE i.city = $1 AND i.meeting = meeting.id)`
	goneVoice   = `raised_at < $2 AND ` + casework.Gone("voice.matter") + ` AND ` + retain.Free("id") + ` AND ` + retain.Free("org")
	goneVerdict = `at < $2 AND ` + casework.Gone("voice_verdict.matter")
)

// NamesOrg is the condition that a voice belongs to the organisation that a column names.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM voice WHERE voice.city = $1 AND voice.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM study WHERE study.city = $1 AND study.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM meeting WHERE meeting.city = $1 AND meeting.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM voice_verdict WHERE voice_verdict.city = $1 AND voice_verdict.desk = ` + column + `))`
}
