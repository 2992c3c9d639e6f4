package contract

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/sqldb"
)

// Retention declares the tables of this package. A loan and all that happened under it are kept as accounts are, thirty years after its
// end (会计档案管理办法), and as long as something else names it.
func Retention(named ...func(column string) string) []retain.Rule {
	cond := `state IN ('settled', 'compensated', 'written_off', 'void') AND edited_at < $2 AND ` + retain.Free("id") + ` AND ` + retain.Free("org") + ` AND NOT EXISTS (SELECT 1 FROM loan_borrower b
		WHERE b.city = $1 AND b.contract = loan_contract.id AND NOT ` + retain.Free("b.person") + `)`
	for _, n := range named {
		cond += ` AND NOT ` + n("loan_contract.id")
	}
	return []retain.Rule{
		{
			Table: "loan_contract", Class: authz.Sensitive, Purpose: "retention.of.loan_contract", Also: "loan_borrower loan_part loan_event",
			Ends: []retain.End{{Text: "retention.end.loan_contract", N: 30, Unit: retain.Years, Find: over(cond)}},
		},
		{Table: "loan_borrower", Class: authz.Personal, Purpose: "retention.of.loan_borrower", With: "loan_contract"},
		{Table: "loan_part", Class: authz.Personal, Purpose: "retention.of.loan_part", With: "loan_contract"},
		{Table: "loan_event", Class: authz.Personal, Purpose: "retention.of.loan_event", With: "loan_contract"},
		{Table: "loan_term", Purpose: "retention.of.loan_term", With: retain.City},
	}
}

// over finds loans that ended before the moment $2, and ends them with all that hangs on them.
func over(cond string) retain.Find {
	return func(q sqldb.Q, before retain.Before, most int) (retain.Found, error) {
		scan := func(s sqldb.Scan) (ID, error) {
			var x ID
			return x, s(&x)
		}
		key := func(v ID) []any { return []any{v} }
		return retain.Rows(q, scan, func(tx *sqldb.Tx, all []ID) (int64, error) {
			// whoever enters something now waits, or has done so
			if _, err := retain.Each(`UPDATE loan_contract SET events = events WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all); err != nil {
				return 0, err
			}
			there := ` WHERE city = $1 AND contract IN (SELECT id FROM loan_contract WHERE city = $1 AND id = $3 AND ` + cond + `)`
			for _, statement := range []string{`DELETE FROM loan_event` + there, `DELETE FROM loan_part` + there, `DELETE FROM loan_borrower` + there} {
				if _, err := retain.Each(statement, before, key)(tx, all); err != nil {
					return 0, err
				}
			}
			return retain.Each(`DELETE FROM loan_contract WHERE city = $1 AND id = $3 AND `+cond, before, key)(tx, all)
		}, `SELECT id FROM loan_contract WHERE city = $1 AND `+cond+` ORDER BY id LIMIT $3`, before.Micro(), most)
	}
}

// Names is the condition that a loan was lent to the person whom a column names.
func Names(column string) string {
	return `EXISTS (SELECT 1 FROM loan_borrower WHERE loan_borrower.city = $1 AND loan_borrower.person = ` + column + `)`
}

// NamesOrg is the condition that a loan was lent by the organisation that a column names, or at home there.
func NamesOrg(column string) string {
	return `EXISTS (SELECT 1 FROM loan_contract WHERE loan_contract.city = $1 AND (loan_contract.org = ` + column + ` OR loan_contract.bank = ` + column + `))`
}

// Refers gives the persons who borrow, and the organisations that loans concern.
func Refers(q sqldb.Q) (people []person.ID, at []org.ID, err error) {
	people, err = sqldb.All(q, func(s sqldb.Scan) (person.ID, error) {
		var x person.ID
		return x, s(&x)
	}, `SELECT DISTINCT person FROM loan_borrower WHERE city = $1`)
	if err != nil {
		return nil, nil, err
	}
	at, err = sqldb.All(q, func(s sqldb.Scan) (org.ID, error) {
		var x org.ID
		return x, s(&x)
	}, `SELECT org FROM loan_contract WHERE city = $1 UNION SELECT bank FROM loan_contract WHERE city = $1`)
	return people, at, err
}
