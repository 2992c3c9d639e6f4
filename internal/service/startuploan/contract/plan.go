package contract

import (
	"cmp"
	"slices"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/schedule"
)

// Course is a loan as a schedule wants it, out of what was signed and what has happened.
type Course struct {
	schedule.Loan
	Excluded []schedule.Span // days that are not subsidised, with the reason
}

// Course gives the course of a loan as it is known on a day. Standing are the events that count. What falls due by the plan is taken as
// repaid by it: what is not, is arrears. Until money is out the plan is that of the whole amount. Unpaid tells that interest is subsidised
// whether it was paid on time or not.
func (c *Contract) Course(standing []Event, parts []Part, cal *day.Calendar, on day.Day, unpaid bool) Course {
	l := c.terms(cal)
	l.Extended = c.Extended
	for _, p := range parts {
		l.Moves = append(l.Moves, schedule.Move{Day: p.Day, Amount: -p.Amount})
	}
	for _, e := range standing {
		switch {
		case e.Kind == Draw && (e.Day != c.From || c.Method == schedule.Revolving):
			l.Moves = append(l.Moves, schedule.Move{Day: e.Day, Amount: e.Amount})
		case e.Kind == Prepay, e.Kind == Repay && c.Method == schedule.Revolving && e.Amount > 0:
			l.Moves = append(l.Moves, schedule.Move{Day: e.Day, Amount: -e.Amount})
		}
	}
	if c.Drawn > 0 && c.Method != schedule.Revolving {
		l.Principal = c.Drawn
	}
	switch end := l.End(); {
	case !c.Ended.IsZero():
		l.Paid = c.Ended
	case c.Balance > 0 && on > end:
		l.Paid = on
	}
	l.Moves = settled(l)
	var late []schedule.Span
	if !unpaid {
		late = unpaidOf(&l, standing)
	}
	return Course{l, c.excluded(standing, late)}
}

// unpaidOf gives the periods whose interest was not paid on time: arrears begin on the day on which it was due, or on the next, and no
// payment of it was entered until then.
func unpaidOf(l *schedule.Loan, standing []Event) (late []schedule.Span) {
	var plan schedule.Schedule
	for _, e := range standing {
		if e.Kind != Arrears {
			continue
		}
		if plan.Periods == nil && plan.Compute(l, &schedule.Rule{}) != nil {
			return nil // it has no plan, and nothing is claimed for it
		}
		for i := range plan.Periods {
			if x := &plan.Periods[i]; x.Status == schedule.Current && x.Due <= e.Day && e.Day.Sub(x.Due) <= 1 && interestPaid(standing, x.From, x.Due) < x.Interest {
				late = append(late, schedule.Span{From: x.From, To: x.To, Reason: schedule.ReasonUnpaid})
			}
		}
	}
	return late
}

// interestPaid sums the interest that was paid after a day, up to and with another.
func interestPaid(standing []Event, after, to day.Day) (sum money.Fen) {
	for _, e := range standing {
		if e.Day > after && e.Day <= to {
			sum += e.Interest
		}
	}
	return sum
}

// settled puts moves in their order and leaves out what the last payment covers: agreed parts that were repaid before, and what moves on
// the day on which all that was left was paid.
func settled(l schedule.Loan) []schedule.Move {
	slices.SortStableFunc(l.Moves, func(a, b schedule.Move) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), -cmp.Compare(a.Amount, b.Amount))
	})
	if l.Method != schedule.Instalments && l.Paid.IsZero() {
		return l.Moves
	}
	left, moves := l.AtFirst(), l.Moves[:0]
	for _, m := range l.Moves {
		if !l.Paid.IsZero() && m.Day >= l.Paid {
			break
		}
		if l.Method == schedule.Instalments && m.Amount < 0 {
			m.Amount = max(m.Amount, -left)
		}
		if left += m.Amount; m.Amount != 0 {
			moves = append(moves, m)
		}
	}
	return moves
}

// forEver is the end of what has none yet.
var forEver = day.Must("2199-12-31")

// excluded gives the days on which the subsidy stops, in order and without overlap: arrears, what was paid late, and what somebody has decided.
func (c *Contract) excluded(standing []Event, late []schedule.Span) []schedule.Span {
	all := late
	open := -1
	for _, e := range standing {
		switch e.Kind {
		case Arrears:
			open = len(all)
			all = append(all, schedule.Span{From: e.Day, To: forEver, Reason: schedule.ReasonOverdue})
		case Cure:
			if open >= 0 {
				all[open].To, open = e.Day, -1
			}
		case Exclude:
			x := schedule.Span{From: e.Day, To: e.Until, Reason: e.Reason}
			if x.To.IsZero() {
				x.To = forEver
			}
			all = append(all, x)
		}
	}
	slices.SortStableFunc(all, func(a, b schedule.Span) int { return cmp.Compare(a.From, b.From) })
	got := all[:0]
	at := day.Day(0)
	for _, x := range all {
		x.From = max(x.From, at)
		if x.From < x.To {
			got, at = append(got, x), x.To
		}
	}
	return got
}

// Owed gives what is owed at the end of a day by a schedule.
func Owed(s *schedule.Schedule, l *schedule.Loan, on day.Day) money.Fen {
	if on < l.From {
		return 0
	}
	for i := range s.Periods {
		if p := &s.Periods[i]; p.From <= on && on < p.To {
			for _, x := range s.Segments(p) {
				if x.From <= on && on < x.To {
					return x.Balance
				}
			}
		}
	}
	return 0
}

// BalanceOn gives what was owed to the bank at the end of a day, by what was entered.
func BalanceOn(standing []Event, on day.Day) (left money.Fen) {
	for _, e := range standing {
		if e.Day > on {
			break
		}
		switch e.Kind {
		case Draw:
			left += e.Amount
		case Repay, Prepay, Settle, Compensate:
			left -= e.Amount
		case WriteOff:
			left -= min(left, e.Amount)
		}
	}
	return left
}
