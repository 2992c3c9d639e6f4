package contract

import (
	"maps"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/sqldb"
)

// Tied is a loan whose borrower has others.
type Tied struct {
	Bank   org.ID
	Others []ID // in their order
	deed   string
}

// tie is a loan with what it may share with others: a person who borrows, or a credit code.
type tie struct {
	by string
	ID ID
	Tied
}

// AllTied gives the loans that share a borrower with another, at whatever bank: one of the persons who borrow, whichever of her rows is named,
// or the credit code. Notes (借据) under one contract (合同) of one bank are one loan.
func AllTied(q sqldb.Q) (map[ID]*Tied, error) {
	const from = `SELECT b.person, c.id, c.bank, c.deed FROM loan_borrower b JOIN loan_contract c ON c.city = b.city AND c.id = b.contract WHERE `
	people, err := ties(q, from+`b.city = $1 AND b.person IN (SELECT person FROM loan_borrower WHERE city = $1 GROUP BY person HAVING COUNT(*) > 1)`)
	if err != nil {
		return nil, err
	}
	merged, err := person.Merged(q)
	if err != nil {
		return nil, err
	}
	rows := map[person.ID]bool{}
	for row, root := range merged {
		rows[row], rows[root] = true, true
	}
	for some := range slices.Chunk(slices.Collect(maps.Keys(rows)), atOnce) {
		var w sqldb.Where
		found, err := ties(q, from+sqldb.In(w.And("b.city = $1"), "b.person", some).SQL(), w.Args()...)
		if err != nil {
			return nil, err
		}
		people = append(people, found...)
	}
	for i := range people {
		if root, yes := merged[person.ID(people[i].by)]; yes {
			people[i].by = root.String()
		}
	}
	firms, err := ties(q, `SELECT c.credit, c.id, c.bank, c.deed FROM loan_contract c WHERE c.city = $1 AND c.credit <> '' AND c.credit IN
		(SELECT credit FROM loan_contract WHERE city = $1 AND credit <> '' GROUP BY credit HAVING COUNT(*) > 1)`)
	return tied(append(people, firms...)), err
}

func ties(q sqldb.Q, query string, args ...any) ([]tie, error) {
	return sqldb.All(q, func(s sqldb.Scan) (t tie, err error) { return t, s(&t.by, &t.ID, &t.Bank, &t.deed) }, query, args...)
}

// tied brings together the loans that share something.
func tied(all []tie) map[ID]*Tied {
	loans, by := map[ID]*Tied{}, map[string][]ID{}
	for _, t := range all {
		if loans[t.ID] == nil {
			loans[t.ID] = &Tied{Bank: t.Bank, deed: t.deed}
		}
		by[t.by] = append(by[t.by], t.ID)
	}
	for _, shared := range by {
		for _, one := range shared {
			for _, other := range shared {
				a, b := loans[one], loans[other]
				if one != other && (a.Bank != b.Bank || a.deed == "" || a.deed != b.deed) {
					a.Others = append(a.Others, other)
				}
			}
		}
	}
	for one, t := range loans {
		slices.Sort(t.Others)
		if t.Others = slices.Compact(t.Others); len(t.Others) == 0 {
			delete(loans, one)
		}
	}
	return loans
}
