package app

import (
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/bankfile"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/followup"
	"zhidian/internal/service/startuploan/lendingweb"
)

// lend wires the loans that were signed, and ties them to applications: an approved one becomes a loan, and an application is told what its
// people have borrowed before.
func (s *services) lend(zone *time.Location) {
	loans := &contract.Service{DB: s.db, Keys: s.in.keys, Cursors: s.cursors, Zone: zone, Approved: s.approved}
	s.lending = lendingweb.Services{
		Loans:  loans,
		Claims: &claim.Service{DB: s.db, Serials: s.serials, Cursors: s.cursors, Zone: zone},
		Files:  &bankfile.Service{DB: s.db, Loans: loans, Matters: s.cases, Cursors: s.cursors, Zone: zone},
	}
	s.loans.Past = borrowed
	s.after = &followup.Service{DB: s.db, Keys: s.in.keys, Forms: s.forms, Cursors: s.cursors, Zone: zone, Holders: s.account.HoldersAt}
	s.library.History = append(s.library.History, loans.OfVenture, s.after.OfVenture)
}

// approved gives what was decided upon an application.
func (s *services) approved(q sqldb.Q, application string) (a contract.Approval, err error) {
	which, err := id.Parse[startuploan.Application](application)
	if err != nil {
		return a, errs.New(errs.Absent, "errs.absent", nil)
	}
	g, err := s.loans.FindApproved(q, which)
	if err != nil {
		return a, err
	}
	a = contract.Approval{
		Bank: g.Bank, Org: g.Org, Borrower: g.Lead, Credit: g.Credit, Kind: g.Kind, Partners: g.Partners, Group: g.Group, Female: g.Female, People: g.Borrowers, Venture: g.Venture.String(),
		Amount: g.Granted.Amount, Months: int(g.Granted.Months),
	}
	if a.Org.IsZero() {
		a.Org = g.County
	}
	if a.Kind != "partnership" {
		a.Partners = 0
	}
	if a.Kind == "firm" {
		a.Borrower = g.Name
	}
	return a, nil
}

// borrowed tells what the book of loans knows of persons.
func borrowed(q sqldb.Q, persons []person.ID) (p startuploan.Past, err error) {
	for _, one := range persons {
		of, err := contract.PastOf(q, []person.ID{one})
		if err != nil {
			return p, err
		}
		p.Loans, p.Overdue = p.Loans+of.Times, p.Overdue || of.Overdue
		for _, h := range of.Open {
			bank, err := org.Find(q, h.Bank)
			if err != nil {
				return p, err
			}
			p.Open = append(p.Open, startuploan.OpenLoan{Person: one, Serial: h.Number, Bank: bank.Name, Owed: h.Balance})
		}
	}
	return p, nil
}
