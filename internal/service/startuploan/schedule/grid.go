package schedule

import (
	"time"

	"zhidian/internal/platform/day"
)

// bound is an end of a period, and whether the period that it ends is a whole one.
type bound struct {
	day   day.Day
	whole bool
}

// lay gives the ends of all periods: those up to maturity, then those of the extension. The first bound is the day of disbursement.
func (s *Schedule) lay(l *Loan) {
	regular := l.Settle == 0 || l.From == settleAfter(l.From.AddDays(-1), l.Settle, l.every())
	s.bounds = append(s.bounds[:0], bound{l.From, regular})
	regular = s.fill(l, l.To, regular)
	s.matures = len(s.bounds) - 1
	if !l.Extended.IsZero() {
		s.fill(l, l.Extended, regular || l.Settle == 0)
	}
	if last := &s.bounds[len(s.bounds)-1]; last.day != l.End() {
		*last = bound{l.End(), false}
	}
}

// fill adds ends after the last one up to and with the end of a term. Regular tells whether the first of them begins where periods begin,
// and the answer whether the last one ends there.
func (s *Schedule) fill(l *Loan, end day.Day, regular bool) bool {
	origin, every := s.bounds[len(s.bounds)-1].day, l.every()
	next := origin
	for k := 1; ; k++ {
		if l.Settle == 0 {
			next = origin.AddMonths(k * every)
		} else {
			next = settleAfter(next, l.Settle, every)
		}
		if next >= end || next.IsZero() {
			break
		}
		s.bounds = append(s.bounds, bound{next, regular})
		regular = true
	}
	s.bounds = append(s.bounds, bound{end, regular && next == end})
	return next == end
}

// settleAfter gives the first day after d that begins a period: the one behind a settlement day (collected on the 21st when it is the
// 20th), every month or in the last month of the quarter. A month that is too short settles on its last day.
func settleAfter(d day.Day, settle, every int) day.Day {
	y, m, _ := d.Date()
	month := int(m) - 1 // a settlement on the last of a month begins a period in the next
	if month == 0 {
		y, month = y-1, 12
	}
	for {
		if month%every == 0 {
			first, _ := day.New(y, time.Month(month), 1)
			next := first.AddDays(settle)
			if settle > 28 {
				next = min(next, first.AddMonths(1))
			}
			if next > d {
				return next
			}
		}
		if month++; month > 12 {
			y, month = y+1, 1
		}
	}
}
