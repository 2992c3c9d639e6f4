package startuploan

import (
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package. What hangs on an application goes with it; its papers have a last day of their own.
var Retention = []retain.Rule{
	{
		Table: "loan_application", Class: authz.Sensitive, Purpose: "retention.of.loan_application", Also: "loan_party loan_debt loan_paper loan_desk loan_note loan_recusal loan_survey",
		Ends: []retain.End{
			{Text: "retention.end.loan_draft", N: 1, Unit: retain.Years, Find: over(`state = 'draft' AND edited_at < $2`)},
			{Text: "retention.end.loan_refused", N: 5, Unit: retain.Years, Find: over(`state IN ('refused', 'withdrawn', 'lapsed') AND decided_at < $2`)},
			{Text: "retention.end.loan_approved", N: 15, Unit: retain.Years, Find: over(`state = 'approved' AND decided_at < $2`)},
		},
	},
	{Table: "loan_party", Class: authz.Sealed, Purpose: "retention.of.loan_party", With: "loan_application"},
	{Table: "loan_debt", Class: authz.Sensitive, Purpose: "retention.of.loan_debt", With: "loan_application"},
	{Table: "loan_paper", Class: authz.Sensitive, Purpose: "retention.of.loan_paper", With: "loan_application"},
	{Table: "loan_desk", Class: authz.Sensitive, Purpose: "retention.of.loan_desk", With: "loan_application"},
	{Table: "loan_note", Class: authz.Sensitive, Purpose: "retention.of.loan_note", With: "loan_application"},
	{Table: "loan_recusal", Class: authz.Personal, Purpose: "retention.of.loan_recusal", With: "loan_application"},
	{Table: "loan_survey", Class: authz.Personal, Purpose: "retention.of.loan_survey", With: "loan_application"},
	{Table: "loan_way", Purpose: "retention.of.loan_way", With: retain.City},
	{Table: "loan_way_desk", Purpose: "retention.of.loan_way_desk", With: retain.City},
}

// over finds applications that meet a condition with the moment $2, and ends them with all that hangs on them.
func over(state string) retain.Find {
	cond := state + ` AND ` + retain.Free("id") + ` AND ` + retain.Free("org") + ` AND NOT EXISTS (SELECT 1 FROM loan_party p
		WHERE p.city = $1 AND p.application = loan_application.id AND NOT ` + retain.Free("p.person") + `)`
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		scan := func(s sqldb.Scan) (ID, error) {
			var x ID
			return x, s(&x)
		}
		key := func(a ID) []any { return []any{a} }
		return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (int64, error) {
			// whoever touches it again waits, or has done so
			if _, err := retain.Each(`UPDATE loan_application SET edited_at = edited_at WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all); err != nil {
				return 0, err
			}
			there := ` WHERE city = $1 AND application IN (SELECT id FROM loan_application WHERE city = $1 AND id = $3 AND ` + cond + `)`
			for _, statement := range []string{
				`DELETE FROM loan_debt` + there, `DELETE FROM loan_paper` + there, `DELETE FROM loan_desk` + there, `DELETE FROM loan_note` + there, `DELETE FROM loan_recusal` + there,
				`DELETE FROM loan_survey` + there, `DELETE FROM loan_party` + there,
			} {
				if _, err := retain.Each(statement, before, key)(tx, all); err != nil {
					return 0, err
				}
			}
			return retain.Each(`DELETE FROM loan_application WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all)
		}, `SELECT id FROM loan_application WHERE city = $1 AND `+cond+` ORDER BY id LIMIT $3`, before.Micro(), most)
	}
}

// Names is the condition that an application names the person whom a column names, and was not decided before the moment $2, in
// microseconds.
func Names(column string) string {
	return `EXISTS (SELECT 1 FROM loan_party lp JOIN loan_application la ON la.city = lp.city AND la.id = lp.application WHERE lp.city = $1 AND lp.person = ` + column + `
		AND (la.decided_at = 0 OR la.decided_at >= $2))`
}

// NamesOrg is the condition that an application, a desk or a survey lies at the organisation that a column names.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM loan_application la WHERE la.city = $1 AND (la.org = ` + column + ` OR la.county = ` + column + ` OR la.bank = ` + column + `))
		OR EXISTS (SELECT 1 FROM loan_desk ld WHERE ld.city = $1 AND ld.org = ` + column + `) OR EXISTS (SELECT 1 FROM loan_survey ls WHERE ls.city = $1 AND ls.org = ` + column + `)
		OR EXISTS (SELECT 1 FROM loan_way lw WHERE lw.city = $1 AND lw.county = ` + column + `))`
}
