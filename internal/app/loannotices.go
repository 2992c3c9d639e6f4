package app

import (
	"strconv"

	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/contract"
)

// tellOfLoan lets those at a desk know, within the act, that an application has come to them, or its applicant what became of it. The
// text names it by its serial number only.
func (s *services) tellOfLoan(tx *sqldb.Tx, to startuploan.Told) error {
	once := to.Application.String() + "/" + strconv.FormatInt(tx.Now().UnixMicro(), 10) + "/" + to.Verb.Key
	args := map[string]any{"serial": to.Serial}
	if to.Account != "" {
		return notice.Send(tx, to.Account, once, to.Key, args, "/my/loans/"+to.Application.String())
	}
	at, err := s.account.Holders(tx, to.Verb, to.At)
	if err != nil {
		return err
	}
	for _, one := range at {
		if one.String() == tx.By().User {
			continue
		}
		if err := notice.Send(tx, one.String(), once, to.Key, args, "/office/loans/applications/"+to.Application.String()); err != nil {
			return err
		}
	}
	return nil
}

// pastLoans tells applications what the book of contracts knows of their people.
func pastLoans(q sqldb.Q, people []person.ID) (p startuploan.Past, err error) {
	seen := map[string]bool{}
	for _, one := range people {
		known, err := contract.PastOf(q, []person.ID{one})
		if err != nil {
			return p, err
		}
		p.Overdue, p.Loans = p.Overdue || known.Overdue, max(p.Loans, known.Times)
		for _, held := range known.Open {
			if seen[held.Number] {
				continue
			}
			seen[held.Number] = true
			bank, err := org.Named(q, []org.ID{held.Bank})
			if err != nil {
				return p, err
			}
			p.Open = append(p.Open, startuploan.OpenLoan{Person: one, Serial: held.Number, Bank: bank[held.Bank].Name, Owed: held.Balance})
		}
	}
	return p, nil
}
