package schedule

import (
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
)

// Status says under which of its terms the loan stands in a period.
type Status string

// Only the days of the first term are subsidised.
const (
	Current  Status = "current"
	Extended Status = "extended" // 展期
	Overdue  Status = "overdue"  // 逾期
)

// Reasons for which days are not subsidised, beside those of a Rule.
const (
	ReasonExtended = "extended"
	ReasonOverdue  = "overdue"
	ReasonUnpaid   = "unpaid" // interest was not paid on time
)

// Segment is a stretch of a period on which the balance stays the same.
type Segment struct {
	From, To day.Day
	Balance  money.Fen
	Reason   string // why it is not subsidised, or nothing

	weight int64
	year   int
}

// Days is the length of the segment.
func (s Segment) Days() int { return s.To.Sub(s.From) }

// Period is one line of the schedule.
type Period struct {
	From, To  day.Day
	Due       day.Day // when it is to be paid: To, or the next working day
	Status    Status
	Opening   money.Fen // owed on the first day, before anything moves
	Principal money.Fen // repaid in it, prepayments included
	Interest  money.Fen
	Subsidy   money.Fen
	Province  money.Fen
	Local     money.Fen
	Parts     [mostSlices + 1]Part // by slice, the last for what is above them

	first, last int // segments
}

// Days is the length of the period: the first day counts, the last does not.
func (p *Period) Days() int { return p.To.Sub(p.From) }

// Total sums a schedule.
type Total struct {
	Days                                          int
	Principal, Interest, Subsidy, Province, Local money.Fen
}

// Schedule is the whole course of a loan. It may be computed again and again; its memory is kept.
type Schedule struct {
	Periods []Period
	Total   Total

	segments []Segment
	bounds   []bound
	matures  int // index of the bound at which the first term ends
	factors  factors
}

// Segments gives the stretches of a period.
func (s *Schedule) Segments(p *Period) []Segment { return s.segments[p.first:p.last] }

// course is where a computation stands.
type course struct {
	*Schedule
	loan    *Loan
	rule    *Rule
	moves   []Move
	balance money.Fen
	toDraw  money.Fen
	broken  bool // the first period
	left    int  // instalments to come
	due     money.Fen
	moved   bool // something moved within the period
	stale   bool // the instalment is to be worked out again
}

// Compute works out a loan from its first day to the last that is known.
func (s *Schedule) Compute(l *Loan, r *Rule) error {
	s.Periods, s.segments, s.Total = s.Periods[:0], s.segments[:0], Total{}
	if err := l.Check(); err != nil {
		return err
	}
	s.lay(l)
	c := course{Schedule: s, loan: l, rule: r, moves: l.Moves, balance: l.AtFirst(), stale: true, left: s.matures}
	if c.broken = !s.bounds[0].whole; c.broken {
		c.left-- // the first, broken period of instalments bears interest only
	}
	for _, m := range l.Moves {
		c.toDraw += max(0, m.Amount)
	}
	for k := 1; k < len(s.bounds); k++ {
		if done, err := c.period(k); err != nil || done {
			return err
		}
	}
	return c.overdue()
}

// period adds the period that ends at bound k; done tells that nothing is owed any more.
func (c *course) period(k int) (done bool, err error) {
	from, to := c.bounds[k-1], c.bounds[k]
	p := Period{From: from.day, To: to.day, Status: Current, Opening: c.balance, first: len(c.segments)}
	if k > c.matures {
		p.Status = Extended
	}
	c.moved = false
	lastOne := k == len(c.bounds)-1
	paid := !c.loan.Paid.IsZero() && c.loan.Paid <= to.day
	if paid {
		p.To, done = c.loan.Paid, true
	}
	if done, err = c.run(&p, done); err != nil {
		return false, err
	}
	p.last = len(c.segments)
	den := c.weigh(&p, to)
	c.price(&p, den)
	switch {
	case paid || lastOne && c.loan.Paid.IsZero():
		p.Principal += c.balance
		c.balance = 0
	case c.loan.byInstalments() && (k > 1 || !c.broken) && k < c.matures && !done: // an extension is for the last of them
		c.instalment(&p)
	}
	p.Due = p.To
	if c.loan.Shift != nil {
		p.Due, _ = c.loan.Shift.AddWorkdays(p.To, 0)
	}
	c.add(&p)
	return done, nil
}

// run goes through the moves of a period and cuts it into segments. Where everything is paid back and
// nothing can be drawn any more, the period ends.
func (c *course) run(p *Period, done bool) (bool, error) {
	at := p.From
	for len(c.moves) > 0 && c.moves[0].Day <= p.To {
		m := c.moves[0]
		if m.Amount > 0 && m.Day == p.To {
			break // it bears interest from the next period's first day
		}
		c.cut(at, m.Day, p.Status)
		at = m.Day
		if m.Amount > 0 {
			c.toDraw -= m.Amount
		} else {
			p.Principal -= m.Amount
		}
		c.balance, c.moves, c.moved = c.balance+m.Amount, c.moves[1:], true
		if c.balance < 0 {
			return false, errs.New(errs.Invalid, "schedule.repay_more", errs.Args{"day": m.Day})
		}
		if c.balance > c.loan.Principal {
			return false, errs.New(errs.Invalid, "schedule.drawn_more", errs.Args{"day": m.Day})
		}
		if c.balance == 0 && c.toDraw == 0 && c.loan.Method != Revolving {
			p.To, done = at, true
			if len(c.moves) > 0 {
				return false, errs.New(errs.Invalid, "schedule.repay_more", errs.Args{"day": c.moves[0].Day})
			}
			break
		}
	}
	c.cut(at, p.To, p.Status)
	return done, nil
}

// cut adds the stretch from a day to another at the balance of now, cut where the subsidy begins or ends to be given and, where it changes
// with them, at the loan's years.
func (c *course) cut(from, to day.Day, status Status) {
	year := 0
	if c.rule.Regime == ByYear {
		for c.loan.From.AddMonths(12*(year+1)) <= from {
			year++
		}
	}
	for from < to {
		s := Segment{From: from, To: to, Balance: c.balance, year: year}
		for _, x := range c.rule.Excluded {
			if x.From <= from && from < x.To {
				s.To, s.Reason = min(s.To, x.To), x.Reason
			} else if from < x.From {
				s.To = min(s.To, x.From)
			}
		}
		if status == Extended {
			s.Reason = ReasonExtended
		}
		if c.rule.Regime == ByYear {
			if turn := c.loan.From.AddMonths(12 * (year + 1)); turn <= s.To {
				s.To = turn
				year++
			}
		}
		c.segments = append(c.segments, s)
		from = s.To
	}
}

// weigh gives each segment of a period its weight and the period its denominator. A whole period by the calendar is its months out of
// twelve, shared among its segments by days.
func (c *course) weigh(p *Period, to bound) uint64 {
	segments := c.segments[p.first:p.last]
	each, den := int64(1), uint64(money.One)*uint64(c.loan.Basis)
	if c.loan.Counted() == Calendar && to.whole {
		each, den = int64(c.loan.every()), uint64(money.One)*12*uint64(to.day.Sub(p.From))
	}
	for i := range segments {
		segments[i].weight = each * int64(segments[i].Days())
	}
	return den
}

// price works out interest and subsidy of a period, slice by slice.
func (c *course) price(p *Period, den uint64) {
	segments := c.segments[p.first:p.last]
	for i := 0; i <= len(c.rule.Slices); i++ {
		if i > 0 && !reaches(segments, c.rule.Slices[i-1].UpTo) {
			break
		}
		part := c.rule.bear(i, segments, den, c.loan.Rate)
		p.Parts[i] = part
		p.Interest += part.Interest
		p.Subsidy += part.Subsidy
		p.Province += part.Province
		p.Local += part.Local
	}
}

func reaches(segments []Segment, above money.Fen) bool {
	for i := range segments {
		if segments[i].Balance > above {
			return true
		}
	}
	return false
}

// instalment repays what is due at the end of a period but the last, which takes what the roundings left.
func (c *course) instalment(p *Period) {
	if c.stale {
		if c.loan.Method == Annuity {
			c.due = c.factors.annuity(p.Opening, c.loan.Rate, c.left)
		} else {
			c.due = roundDiv(p.Opening, c.left)
		}
	}
	c.stale = c.moved // changes the instalments after this one
	part := c.due
	if c.loan.Method == Annuity {
		part -= p.Interest
	}
	part = min(max(0, part), c.balance)
	c.left--
	p.Principal += part
	c.balance -= part
}

// overdue adds what is paid after everything was due. The whole balance then bears the penalty's rate.
func (c *course) overdue() error {
	l := c.loan
	end := c.bounds[len(c.bounds)-1].day
	if l.Paid <= end || c.balance == 0 {
		return nil
	}
	penalty := l.penalty()
	p := Period{From: end, To: l.Paid, Due: end, Status: Overdue, Opening: c.balance, Principal: c.balance, first: len(c.segments)}
	days := int64(p.Days())
	c.segments = append(c.segments, Segment{From: p.From, To: p.To, Balance: c.balance, Reason: ReasonOverdue, weight: days * penalty.Num})
	p.last = len(c.segments)
	c.balance = 0
	c.price(&p, uint64(money.One)*uint64(l.Basis)*uint64(penalty.Den))
	c.add(&p)
	return nil
}

func (c *course) add(p *Period) {
	t := &c.Total
	t.Days += p.Days()
	t.Principal += p.Principal
	t.Interest += p.Interest
	t.Subsidy += p.Subsidy
	t.Province += p.Province
	t.Local += p.Local
	c.Periods = append(c.Periods, *p)
}
