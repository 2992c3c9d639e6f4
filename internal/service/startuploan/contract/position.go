package contract

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/schedule"
)

// Position is how a loan stood at the end of a day, for figures.
type Position struct {
	ID       ID
	Org      org.ID // where the borrower is at home
	Bank     org.ID
	Venture  string
	Borrower string // what makes two loans those of one borrower: the credit code, else the name with the place
	Firm     bool
	Group    string
	Female   bool
	From     day.Day

	Drawn, Balance, Compensated, Recovered money.Fen

	Overdue     day.Day   // since when it was overdue, zero where it was not
	OverduePart money.Fen // of the balance what had fallen due and was not paid
	Class       string
	Released    bool // nothing was guaranteed any more: paid back, or the guarantee has paid
}

// Positions gives how the loans of a filter stood at the end of a day, as far as somebody may read of them, out of their events.
func Positions(q sqldb.Q, by authz.Actor, f Filter, on day.Day) ([]Position, error) {
	w := f.where(by, Read)
	w.And("c.from_day <= ?", on)
	upTo := w.Arg(on)
	standing := `e.city = $1 AND e.on_day <= ` + upTo + ` AND e.kind <> 'reverse'
		AND NOT EXISTS (SELECT 1 FROM loan_event x WHERE x.city = e.city AND x.contract = e.contract AND x.reverses = e.no)`
	terms, err := TermsOn(q, on)
	if err != nil {
		return nil, err
	}
	scan := func(s sqldb.Scan) (p Position, err error) {
		var female int
		var cured, due day.Day
		var paid, off money.Fen
		var kind, name, credit string
		err = s(&p.ID, &p.Org, &p.Bank, &p.Venture, &name, &credit, &kind, &p.Group, &female, &p.From, &due,
			&p.Drawn, &paid, &p.Compensated, &p.Recovered, &off, &p.Overdue, &cured, &p.Class)
		p.Female, p.Firm = female == 1, kind == "firm"
		p.Borrower = name + "/" + p.Org.String()
		if credit != "" {
			p.Borrower = credit
		}
		p.Balance = p.Drawn - paid - p.Compensated
		p.Balance -= min(p.Balance, off)
		p.Released = p.Drawn > 0 && p.Balance == 0
		if p.Balance == 0 || cured >= p.Overdue {
			p.Overdue = 0
		}
		if !p.Overdue.IsZero() && on >= due {
			p.OverduePart = p.Balance
		}
		late := 0
		if !p.Overdue.IsZero() {
			late = on.Sub(p.Overdue)
		}
		p.Class = terms.Class(p.Class, late)
		return p, err
	}
	all, err := sqldb.All(q, scan, `SELECT c.id, c.org, c.bank, c.venture, c.borrower, c.credit, c.kind, c.people, c.female, c.from_day,
			CASE WHEN s.extended <> '' THEN s.extended ELSE c.to_day END, s.drawn, s.paid, s.compensated, s.recovered, s.off, s.arrears, s.cured,
			COALESCE((SELECT e.class FROM loan_event e WHERE e.contract = c.id AND e.kind = 'class' AND `+standing+` ORDER BY e.on_day DESC, e.no DESC LIMIT 1), 'normal')
		FROM loan_contract c JOIN (SELECT e.contract,
			SUM(CASE WHEN e.kind = 'draw' THEN e.amount ELSE 0 END) AS drawn, SUM(CASE WHEN e.kind IN ('repay', 'prepay', 'settle') THEN e.amount ELSE 0 END) AS paid,
			SUM(CASE WHEN e.kind = 'compensate' THEN e.amount ELSE 0 END) AS compensated, SUM(CASE WHEN e.kind = 'recover' THEN e.amount ELSE 0 END) AS recovered,
			SUM(CASE WHEN e.kind = 'write_off' THEN e.amount ELSE 0 END) AS off, MAX(CASE WHEN e.kind = 'arrears' THEN e.on_day ELSE '' END) AS arrears,
			MAX(CASE WHEN e.kind = 'cure' THEN e.on_day ELSE '' END) AS cured, MAX(CASE WHEN e.kind = 'extend' THEN e.until_day ELSE '' END) AS extended
			FROM loan_event e WHERE `+standing+` GROUP BY e.contract) s ON s.contract = c.id
		WHERE `+w.SQL()+` ORDER BY c.id`, w.Args()...)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if p := &all[i]; !p.Overdue.IsZero() && p.OverduePart == 0 {
			if err := p.fallen(q, on); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// fallen works out what had fallen due of a loan that is overdue before its end, and was not paid: by its plan.
func (p *Position) fallen(q sqldb.Q, on day.Day) error {
	c, err := Find(q, p.ID)
	if err != nil {
		return err
	}
	parts, err := Parts(q, p.ID)
	if err != nil {
		return err
	}
	l := c.terms(nil)
	for _, x := range parts {
		l.Moves = append(l.Moves, schedule.Move{Day: x.Day, Amount: -x.Amount})
	}
	if c.Method == schedule.Revolving {
		return nil
	}
	var plan schedule.Schedule
	if err := plan.Compute(&l, &schedule.Rule{}); err != nil {
		return nil //nolint:nilerr // without a plan nothing is known to have fallen due
	}
	left := p.Balance - p.Drawn // what was paid, below zero
	for i := range plan.Periods {
		if x := &plan.Periods[i]; x.Due <= on {
			left += x.Principal
		}
	}
	p.OverduePart = min(max(left, 0), p.Balance)
	return nil
}
