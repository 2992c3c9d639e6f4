package schedule

import (
	"time"

	"zhidian/internal/platform/day"
)

// bound is an end of a period. Between two that are regular lies a whole period.
type bound struct {
	day     day.Day
	regular bool
}

// lay gives the ends of all periods: those up to maturity, then those of the extension.
func (s *Schedule) lay(l *Loan) {
	s.bounds = append(s.bounds[:0], bound{l.From, l.Settle == 0 || l.From == settleAfter(l.From.AddDays(-1), l.Settle, l.every())})
	s.fill(l, l.To)
	s.matures = len(s.bounds) - 1
	if !l.Extended.IsZero() {
		if l.Settle == 0 {
			s.bounds[s.matures].regular = true
		}
		s.fill(l, l.Extended)
	}
	if last := &s.bounds[len(s.bounds)-1]; last.day != l.end() {
		*last = bound{l.end(), false}
	}
}

// fill adds ends after the last one up to and with the end of a term.
func (s *Schedule) fill(l *Loan, end day.Day) {
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
		s.bounds = append(s.bounds, bound{next, true})
	}
	s.bounds = append(s.bounds, bound{end, next == end})
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
