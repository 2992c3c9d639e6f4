package contract

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// Line is one period of the plan, with what was paid in it.
type Line struct {
	schedule.Period
	Paid     money.Fen // principal
	PaidMore money.Fen // interest
	Reason   string    // why not all of its days are subsidised
	Past     bool      // it was due by today
}

// Page is a loan as its page shows it.
type Page struct {
	Contract
	Bank, County org.Node
	Late         int
	Events       []Event // in the order of entering
	Parts        []Part
	Lines        []Line
	Total        schedule.Total
	NoPlan       error // why there is no plan
	NoSubsidy    error // why the plan has no subsidy
	Unsure       bool  // the LPR by which the rate was judged is not confirmed
	Used         []rulebook.Used
	May          map[authz.Verb]bool
	Hidden       bool // who borrows may not be seen
}

// Look gives a loan to who may see it, with its plan beside what was paid.
func (s *Service) Look(ctx context.Context, by authz.Actor, which ID) (got Page, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var p Page
		if p.Contract, err = Find(q, which); err != nil {
			return err
		}
		e, err := endsOf(q, &p.Contract)
		if err != nil {
			return err
		}
		if err := either(by, Read, e); err != nil {
			return err
		}
		p.Bank, p.County, p.May = e.bank, e.county, map[authz.Verb]bool{}
		for _, v := range Verbs {
			p.May[v] = by.Can(v, e.bank.Path) || by.Can(v, e.county.Path)
		}
		if p.Events, err = Events(q, which); err != nil {
			return err
		}
		if p.Parts, err = Parts(q, which); err != nil {
			return err
		}
		if err := s.plan(q, &p); err != nil {
			return err
		}
		t, err := TermsOn(q, s.today(q))
		if err != nil {
			return err
		}
		p.Late = p.Contract.Late(s.today(q))
		p.Class = t.Class(p.Class, p.Late)
		hide(by, Read, e, &p.Contract)
		p.Hidden = p.Borrower == ""
		got = p
		return nil
	})
	return got, err
}

// plan works out the schedule of a loan and lays beside it what was paid.
func (s *Service) plan(q sqldb.Q, p *Page) error {
	c, today := &p.Contract, s.today(q)
	if c.Method == schedule.Revolving && c.Drawn == 0 || c.State == Void {
		return nil
	}
	cal, err := casework.Calendar(q)
	if err != nil {
		return err
	}
	book, quotes, err := rulebook.InForce(q)
	if err != nil {
		return err
	}
	standing := Standing(p.Events, c.Events)
	t, err := TermsOn(q, today)
	if err != nil {
		return err
	}
	course := c.Course(standing, p.Parts, cal, today, t.Unpaid)
	rule, used, err := Subsidy(book, quotes, c)
	if err != nil {
		p.NoSubsidy, rule = err, schedule.Rule{}
	} else {
		p.Used, p.NoSubsidy = used.Used(), used.Confirm()
	}
	if lpr, err := quotes.At(policy.LPR, c.Signed); err != nil || lpr.Status == rulebook.Unverified {
		p.Unsure = true
	}
	rule.Excluded = course.Excluded
	var plan schedule.Schedule
	if err := plan.Compute(&course.Loan, &rule); err != nil {
		p.NoPlan = err
		return nil
	}
	p.Total = plan.Total
	for i := range plan.Periods {
		x := &plan.Periods[i]
		line := Line{Period: *x, Past: x.Due <= today}
		for _, g := range plan.Segments(x) {
			if g.Reason != "" {
				line.Reason = g.Reason
			}
		}
		p.Lines = append(p.Lines, line)
	}
	lay(p.Lines, standing)
	return nil
}

// Subsidy gives the rule by which a loan is subsidised, and the terms that it was read from.
func Subsidy(book rulebook.Book, quotes rulebook.Quotes, c *Contract) (r schedule.Rule, t *rulebook.Terms, err error) {
	if t, err = book.At(policy.Product, c.Area, c.From); err != nil {
		return r, nil, err
	}
	lpr, err := quotes.At(policy.LPR, c.Signed)
	if err != nil && policy.NeedsLPR(t, c.Who()) {
		return r, nil, err
	}
	r, err = policy.Rule(t, c.Who(), lpr.Rate)
	return r, t, err
}

// lay puts what was paid beside the periods: a payment belongs to the first that had fallen due by its day and was not covered yet, or to
// the one in which it falls.
func lay(lines []Line, standing []Event) {
	for _, e := range standing {
		if e.Kind != Repay && e.Kind != Prepay && e.Kind != Settle {
			continue
		}
		for i := range lines {
			if l := &lines[i]; e.Day <= l.Due || i == len(lines)-1 {
				l.Paid += e.Amount
				l.PaidMore += e.Interest
				break
			}
		}
	}
}

// Held is a loan that somebody has not paid back.
type Held struct {
	Number  string
	Bank    org.ID
	Balance money.Fen
	From    day.Day
	Due     day.Day
}

// Past is what the rules ask of the loans that people had before: those with a subsidy here, and whether one was ever overdue.
type Past struct {
	Open    []Held
	Times   int
	Overdue bool
}

// PastOf gives the loans of some persons, those entered under other rows of the same person included.
func PastOf(q sqldb.Q, people []person.ID) (p Past, err error) {
	seen := map[ID]bool{}
	for _, one := range people {
		rows, err := person.Same(q, one)
		if err != nil {
			return p, err
		}
		for _, row := range rows {
			all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM loan_borrower b JOIN loan_contract c ON c.city = b.city AND c.id = b.contract
				WHERE b.city = $1 AND b.person = $2 AND c.state <> 'void'`, row)
			if err != nil {
				return p, err
			}
			for _, c := range all {
				if seen[c.ID] {
					continue
				}
				seen[c.ID] = true
				p.Overdue = p.Overdue || c.OverdueEver
				if c.State != Signed {
					p.Times++
				}
				if c.State == Open || c.State == Signed {
					p.Open = append(p.Open, Held{c.Number, c.Bank, c.Balance, c.From, c.Due()})
				}
			}
		}
	}
	return p, nil
}
