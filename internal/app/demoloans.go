package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/account"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// addDemoLoans takes the demo's loans over: first the businesses that they are for, from spreadsheets as a clerk would, then the loans
// with what has happened under them.
func (s *services) addDemoLoans(ctx context.Context, c *demo.City, size demo.Size, nodes map[string]org.Node, accounts map[string]account.ID) error {
	by := authz.System(s.in.city.Slug)
	zone, err := s.in.city.Location()
	if err != nil {
		return err
	}
	today := day.Of(s.db.Now(), zone)
	loans := c.Loans(size, today)
	if err := s.addDemoBusinesses(ctx, by, loans, nodes); err != nil {
		return err
	}
	var banks []org.Node
	known := map[string]venture.ID{}
	err = s.db.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if banks, err = org.Subtree(q, authz.Scope{All: true}, org.Bank); err != nil {
			return err
		}
		for _, l := range loans {
			v, err := venture.ByCredit(q, l.Credit)
			if err != nil {
				return err
			}
			known[l.Credit] = v.ID
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, quotes, err := policy.Shipped()
	if err != nil {
		return err
	}
	all := make([]contract.Loaded, 0, len(loans))
	for _, l := range loans {
		signed := l.From.AddDays(-2)
		lpr, err := quotes.At(policy.LPR, signed)
		if err != nil {
			return err
		}
		x := contract.Loaded{Venture: known[l.Credit].String(), Paper: contract.Paper{
			Number: l.Number, Bank: banks[l.Bank%len(banks)].ID, Org: nodes[l.Area].ID, Borrower: l.Founder, Kind: policy.Individual, Group: l.Group, Female: l.Female,
			Principal: l.Amount, Rate: lpr.Rate + l.Points, Signed: signed, From: l.From, To: l.From.AddMonths(l.Months),
			Method: []schedule.Method{schedule.QuarterlyInterest, schedule.MonthlyInterest, schedule.Annuity}[l.Method], Basis: 360, Settle: 20, Penalty: 150,
		}}
		if l.Firm {
			x.Kind, x.Borrower, x.Credit, x.Method = policy.Firm, l.Name, l.Credit, schedule.QuarterlyInterest
		}
		if x.Events, err = demoCourse(l, x.Paper, today); err != nil {
			return err
		}
		all = append(all, x)
	}
	if err := s.lending.Loans.Load(ctx, by, all); err != nil {
		return err
	}
	return (&demoLending{services: s, city: by.City, today: today, loans: all, banks: banks, nodes: nodes, accounts: accounts}).make(ctx)
}

// addDemoBusinesses enters the businesses of loans into the project library.
func (s *services) addDemoBusinesses(ctx context.Context, by authz.Actor, loans []demo.Loan, nodes map[string]org.Node) error {
	dir, err := os.MkdirTemp("", "zhidian-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	w := venture.Wording{Words: map[string]map[string]string{}}
	for _, field := range venture.Columns {
		w.Fields = append(w.Fields, sheet.Field{Name: field, Aliases: []string{field}})
	}
	for field, words := range map[string][]string{"category": venture.Categories, "stage": venture.Stages, "entity": venture.Entities} {
		w.Words[field] = map[string]string{}
		for _, x := range words {
			w.Words[field][x] = x
		}
	}
	for len(loans) > 0 {
		some := loans[:min(len(loans), venture.MostRows)]
		loans = loans[len(some):]
		t := demo.Table{Name: "项目", Head: []string{"name", "founder", "industry", "county", "town", "about", "category", "stage", "entity", "credit", "began", "staff"}}
		for _, l := range some {
			t.Rows = append(t.Rows, []string{
				l.Name, l.Founder, l.Industry, nodes[l.Area[:6]+"000000"].Name, nodes[l.Area].Name, l.About, l.Category, l.Stage, l.Entity, l.Credit, l.Began.String(), strconv.FormatInt(l.Staff, 10),
			})
		}
		path := filepath.Join(dir, "项目.csv")
		if err := writeTable(path, sheet.CSV, t); err != nil {
			return err
		}
		book, err := sheet.Open(path, sheet.DefaultLimits)
		if err != nil {
			return err
		}
		_, err = s.library.Ventures.TakeSheet(ctx, by, book, w)
		if err := errors.Join(err, book.Close()); err != nil {
			return err
		}
	}
	return nil
}

// demoCourse gives what has happened under a loan up to a day.
func demoCourse(l demo.Loan, p contract.Paper, today day.Day) ([]contract.Event, error) {
	events := []contract.Event{{Kind: contract.Draw, Day: p.From, Amount: p.Principal}}
	plan := schedule.Loan{Principal: p.Principal, Rate: p.Rate, From: p.From, To: p.To, Method: p.Method, Basis: p.Basis, Settle: p.Settle}
	bullet := p.Method != schedule.Annuity
	stop := today
	if l.Fate == demo.Early {
		stop = min(today, p.From.AddDays(int(float64(p.To.Sub(p.From))*(0.4+l.Chance/2))))
	}
	var due schedule.Schedule
	if err := due.Compute(&plan, &schedule.Rule{}); err != nil {
		return nil, err
	}
	left, late := p.Principal, int(l.Chance*float64(len(due.Periods)))
	for i := range due.Periods {
		x := &due.Periods[i]
		last := i == len(due.Periods)-1
		if x.Due > stop || last && l.Fate == demo.Early {
			break
		}
		pay := contract.Event{Kind: contract.Repay, Day: x.Due, Amount: x.Principal, Interest: x.Interest}
		switch {
		case last && bullet && l.Fate == demo.Extended:
			return append(events, demoExtension(p, left, l.Chance, today)...), nil
		case last && (l.Fate == demo.Lost || l.Fate == demo.Outstanding):
			return append(events, demoArrears(l, x.Due, left, today)...), nil
		case i == late && l.Fate == demo.Late && !last:
			paid := x.Due.AddDays(15 + int(l.Chance*40))
			if i+1 < len(due.Periods) {
				paid = min(paid, due.Periods[i+1].Due)
			}
			events = append(events, contract.Event{Kind: contract.Arrears, Day: x.Due})
			if paid > stop {
				return events, nil
			}
			pay.Day = paid
			left -= pay.Amount
			events = append(events, pay, contract.Event{Kind: contract.Cure, Day: paid})
			continue
		}
		if pay.Amount == 0 && pay.Interest == 0 {
			continue
		}
		left -= pay.Amount
		events = append(events, pay)
	}
	if l.Fate == demo.Early && stop < today && left > 0 {
		events = append(events, contract.Event{Kind: contract.Settle, Day: max(stop, events[len(events)-1].Day), Amount: left})
	}
	return events, nil
}

// demoExtension gives more time on the last day, and the money when that is over.
func demoExtension(p contract.Paper, left money.Fen, chance float64, today day.Day) []contract.Event {
	until := p.To.AddMonths(3 + int(chance*9))
	events := []contract.Event{{Kind: contract.Extend, Day: p.To, Until: until}}
	if until <= today {
		events = append(events, contract.Event{Kind: contract.Settle, Day: until, Amount: left})
	}
	return events
}

// demoArrears lets a loan go wrong on its last day.
func demoArrears(l demo.Loan, on day.Day, left money.Fen, today day.Day) []contract.Event {
	events := []contract.Event{{Kind: contract.Arrears, Day: on}}
	if l.Fate == demo.Outstanding || on.AddDays(100) > today {
		return events
	}
	paid := on.AddDays(100)
	events = append(events, contract.Event{Kind: contract.Classify, Day: on.AddDays(95), Class: "substandard"}, contract.Event{Kind: contract.Compensate, Day: paid, Amount: left})
	if back := paid.AddMonths(4); back <= today && l.Chance > 0.3 {
		events = append(events, contract.Event{Kind: contract.Recover, Day: back, Amount: left / 200_00 * 100_00})
	}
	return events
}
