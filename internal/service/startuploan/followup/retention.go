package followup

import (
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

// Retention declares the tables of this package: what became of a business is kept for ten years after anybody told of it, as matters are,
// and with it the loan that it was told of.
var Retention = []retain.Rule{
	{
		Table: "loan_follow", Class: authz.Personal, Purpose: "retention.of.loan_follow", Also: "loan_snapshot loan_visit",
		Ends: []retain.End{{Text: "retention.end.loan_follow", N: 10, Unit: retain.Years, Find: over}},
	},
	{Table: "loan_snapshot", Class: authz.Personal, Purpose: "retention.of.loan_snapshot", With: "loan_follow"},
	{Table: "loan_visit", Class: authz.Personal, Purpose: "retention.of.loan_visit", With: "loan_follow"},
	{Table: "loan_visit_term", Purpose: "retention.of.loan_visit_term", With: retain.City},
}

var long = `due_day = '' AND edited_at < $2 AND ` + retain.Free("contract") + ` AND ` + retain.Free("org") + ` AND ` + contract.Unheld("loan_follow.contract")

// over finds loans that nobody follows any more since the moment $2, and ends what was told of them.
func over(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
	scan := func(s sqldb.Scan) (contract.ID, error) {
		var x contract.ID
		return x, s(&x)
	}
	key := func(v contract.ID) []any { return []any{v} }
	return retain.Rows(q, scan, func(tx *sqldb.Tx, all []contract.ID) (int64, error) {
		// whoever tells something now waits, or has done so
		if _, err := retain.Each(`UPDATE loan_follow SET told = told WHERE city = $1 AND contract = $3 AND `+long, before, key)(tx, all); err != nil {
			return 0, err
		}
		there := ` WHERE city = $1 AND contract IN (SELECT contract FROM loan_follow WHERE city = $1 AND contract = $3 AND ` + long + `)`
		for _, statement := range []string{`DELETE FROM loan_snapshot` + there, `DELETE FROM loan_visit` + there} {
			if _, err := retain.Each(statement, before, key)(tx, all); err != nil {
				return 0, err
			}
		}
		return retain.Each(`DELETE FROM loan_follow WHERE city = $1 AND contract = $3 AND `+long, before, key)(tx, all)
	}, `SELECT contract FROM loan_follow WHERE city = $1 AND `+long+` ORDER BY contract LIMIT $3`, before.Micro(), most)
}

// NamesLoan is the condition that the loan that a column names is followed up.
func NamesLoan(column string) string {
	return `EXISTS (SELECT 1 FROM loan_follow WHERE loan_follow.city = $1 AND loan_follow.contract = ` + column + `)`
}

// NamesOrg is the condition that the organisation that a column names visits, or was asked to.
func NamesOrg(column string) string {
	return `(EXISTS (SELECT 1 FROM loan_follow WHERE loan_follow.city = $1 AND loan_follow.unit = ` + column + `)
		OR EXISTS (SELECT 1 FROM loan_visit WHERE loan_visit.city = $1 AND loan_visit.unit = ` + column + `))`
}

// OfVenture gives, for the history of a venture, what was seen and told of it, to its founder and to who may read visits there.
func (s *Service) OfVenture(q sqldb.Q, by authz.Actor, v venture.Venture, _ []venture.Founder, own bool) (all []venture.Line, err error) {
	loans, err := contract.OfVentures(q, []venture.ID{v.ID})
	if err != nil {
		return nil, err
	}
	for _, c := range loans {
		f := Followed{Contract: c.ID, Org: c.Org, Bank: c.Bank, Unit: c.Org}
		p, err := placesOf(q, f)
		if err != nil {
			return nil, err
		}
		if !own && !p.can(by, Read) {
			continue
		}
		told, err := Snapshots(q, c.ID)
		if err != nil {
			return nil, err
		}
		for _, x := range told {
			if x.Withdrawn == 0 {
				all = append(all, venture.Line{At: x.On.Start(s.Zone).UnixMicro(), Key: "loanvisit.history." + string(x.State), Text: c.Number})
			}
		}
	}
	return all, nil
}
