package venture

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package. What hangs on a dossier goes with it: ten years after the venture has left
// the library, as with matters, or two years after anybody has touched a draft that no officer took.
var Retention = []retain.Rule{
	{
		Table: "venture", Class: authz.Sensitive, Purpose: "retention.of.venture", Also: "venture_code venture_founder venture_honour venture_need venture_consent",
		Ends: []retain.End{
			{Text: "retention.end.venture", N: 10, Unit: retain.Years, Find: over(`state = 'ended'`)},
			{Text: "retention.end.venture_draft", N: 2, Unit: retain.Years, Find: over(`state = 'draft'`)},
		},
	},
	{Table: "venture_code", Class: authz.Personal, Purpose: "retention.of.venture_code", With: "venture"},
	{Table: "venture_founder", Class: authz.Personal, Purpose: "retention.of.venture_founder", With: "venture"},
	{Table: "venture_honour", Class: authz.Personal, Purpose: "retention.of.venture_honour", With: "venture"},
	{Table: "venture_need", Class: authz.Personal, Purpose: "retention.of.venture_need", With: "venture"},
	{Table: "venture_consent", Class: authz.Personal, Purpose: "retention.of.venture_consent", With: "venture"},
	{Table: "industry", Purpose: "retention.of.industry", With: retain.City},
	{Table: "priority_list", Purpose: "retention.of.priority_list", With: retain.City},
	{Table: "priority_slot", Purpose: "retention.of.priority_slot", With: retain.City},
	{Table: "venture_term", Purpose: "retention.of.venture_term", With: retain.City},
}

// over finds dossiers of a state that nobody has touched since the moment $2, and ends them with all that hangs on them.
func over(state string) retain.Find {
	cond := state + ` AND edited_at < $2 AND ` + retain.Free("id") + ` AND ` + retain.Free("org") + ` AND NOT EXISTS (SELECT 1 FROM venture_founder f
		WHERE f.city = $1 AND f.venture = venture.id AND NOT ` + retain.Free("f.person") + `)`
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		scan := func(s sqldb.Scan) (ID, error) {
			var x ID
			return x, s(&x)
		}
		key := func(v ID) []any { return []any{v} }
		return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (int64, error) {
			// whoever touches it again waits, or has done so
			if _, err := retain.Each(`UPDATE venture SET edited_at = edited_at WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all); err != nil {
				return 0, err
			}
			there := ` WHERE city = $1 AND venture IN (SELECT id FROM venture WHERE city = $1 AND id = $3 AND ` + cond + `)`
			for _, statement := range []string{
				`DELETE FROM venture_code` + there, `DELETE FROM venture_founder` + there, `DELETE FROM venture_honour` + there, `DELETE FROM venture_need` + there, `DELETE FROM venture_consent` + there,
			} {
				if _, err := retain.Each(statement, before, key)(tx, all); err != nil {
					return 0, err
				}
			}
			return retain.Each(`DELETE FROM venture WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all)
		}, `SELECT id FROM venture WHERE city = $1 AND `+cond+` ORDER BY id LIMIT $3`, before.Micro(), most)
	}
}

// Names is the condition that a founder is the person whom a column names, and her dossier has not left the library before the
// moment $2, in microseconds.
func Names(column string) string {
	return `EXISTS (SELECT 1 FROM venture_founder f JOIN venture v ON v.city = f.city AND v.id = f.venture WHERE f.city = $1 AND f.person = ` + column + `
		AND (v.state <> 'ended' OR v.edited_at >= $2))`
}

// NamesOrg is the condition that a venture belongs to the organisation that a column names, or was shown to it.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM venture WHERE venture.city = $1 AND venture.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM venture_consent WHERE venture_consent.city = $1 AND venture_consent.receiver = ` + column + `))`
}

// Refers gives the persons who are founders, and the organisations where ventures belong and to whom they were shown.
func Refers(q sqldb.Q) (people []person.ID, at []org.ID, err error) {
	people, err = sqldb.All(q, func(s sqldb.Scan) (person.ID, error) {
		var x person.ID
		return x, s(&x)
	}, `SELECT DISTINCT person FROM venture_founder WHERE city = $1 AND person <> ''`)
	if err != nil {
		return nil, nil, err
	}
	at, err = sqldb.All(q, func(s sqldb.Scan) (org.ID, error) {
		var x org.ID
		return x, s(&x)
	}, `SELECT org FROM venture WHERE city = $1 UNION SELECT receiver FROM venture_consent WHERE city = $1`)
	return people, at, err
}
