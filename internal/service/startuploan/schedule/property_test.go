package schedule

import (
	"math/big"
	"slices"
	"testing"

	"pgregory.net/rapid"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
)

var regimes = []Regime{ShareOfRate, AboveLine, ByYear, Unsubsidised}

func anyRule() *rapid.Generator[Rule] {
	return rapid.Custom(func(t *rapid.T) Rule {
		r := hubei(rapid.Bool().Draw(t, "firm"))
		r.Regime = rapid.SampledFrom(regimes).Draw(t, "regime")
		r.Line = money.Rate(rapid.Int64Range(-15_000, 40_000).Draw(t, "line"))
		r.Years = []Ratio{{1, 1}, {2, 3}, {1, 3}}
		return r
	})
}

func anyLoan() *rapid.Generator[Loan] {
	return rapid.Custom(func(t *rapid.T) Loan {
		l := Loan{
			Principal: money.Fen(rapid.Int64Range(1, 600_000_000).Draw(t, "principal")),
			Rate:      money.Rate(rapid.Int64Range(0, 120_000).Draw(t, "rate")),
			From:      day.Must("2020-01-01").AddDays(rapid.IntRange(0, 2500).Draw(t, "from")),
			Method:    rapid.SampledFrom(Methods).Draw(t, "method"),
			Count:     rapid.SampledFrom([]Count{"", Actual, Calendar}).Draw(t, "count"),
			Basis:     rapid.SampledFrom([]int{360, 365}).Draw(t, "basis"),
			Settle:    rapid.SampledFrom([]int{0, 0, 1, 20, 28, 30, 31}).Draw(t, "settle"),
		}
		length := rapid.IntRange(2, 1200).Draw(t, "length")
		l.To = l.From.AddDays(length)
		if l.Settle == 0 && rapid.Bool().Draw(t, "months") {
			l.To = l.From.AddMonths(length/31 + 1)
			length = l.To.Sub(l.From)
		}
		if rapid.Bool().Draw(t, "extend") {
			l.Extended = l.To.AddDays(rapid.IntRange(1, 366).Draw(t, "extension"))
		}
		if rapid.Bool().Draw(t, "late") {
			l.Paid = l.End().AddDays(rapid.IntRange(-3, 200).Draw(t, "paid"))
			if l.Paid <= l.From {
				l.Paid = l.End()
			}
		}
		for range rapid.IntRange(0, 3).Draw(t, "moves") {
			m := Move{l.From.AddDays(rapid.IntRange(1, length-1).Draw(t, "move")), l.Principal / 10}
			if !rapid.Bool().Draw(t, "draw") {
				m.Amount = -m.Amount
			}
			if m.Amount != 0 {
				l.Moves = append(l.Moves, m)
			}
		}
		slices.SortStableFunc(l.Moves, func(a, b Move) int { return int(a.Day) - int(b.Day) })
		return l
	})
}

// computed draws a loan whose moves are possible.
func computed(t *rapid.T) (Loan, Rule, *Schedule) {
	l, r := anyLoan().Draw(t, "loan"), anyRule().Draw(t, "rule")
	s := &Schedule{}
	if err := s.Compute(&l, &r); err != nil {
		if errs.KindOf(err) != errs.Invalid {
			t.Fatal(err)
		}
		l.Moves, l.Paid = nil, 0
		if err := s.Compute(&l, &r); err != nil {
			t.Fatal(err)
		}
	}
	return l, r, s
}

func TestPrincipalComesBackAndDaysMeet(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, _, s := computed(t)
		drawn := l.AtFirst()
		for _, m := range l.Moves {
			drawn += max(0, m.Amount)
		}
		if s.Total.Principal != drawn {
			t.Fatalf("%d came back of %d", s.Total.Principal, drawn)
		}
		at := l.From
		for i := range s.Periods {
			p := &s.Periods[i]
			if p.From != at || p.To <= p.From || p.Principal < 0 || p.Interest < 0 || p.Opening < 0 || p.Province+p.Local != p.Subsidy {
				t.Fatalf("%d after %s: %+v", i, at, *p)
			}
			at = p.To
			for _, c := range s.Segments(p) {
				if c.Days() <= 0 || c.From < p.From || c.To > p.To {
					t.Fatalf("%+v of %+v", c, *p)
				}
			}
		}
	})
}

// reckoned gives interest day by day in fractions, slice by slice: another way to the same.
func reckoned(l Loan, r Rule, s *Schedule, p *Period, slice int) (interest, subsidised, line *big.Rat) {
	interest, subsidised, line = new(big.Rat), new(big.Rat), new(big.Rat)
	year := int64(l.Basis)
	if p.Status == Overdue {
		year = year * 2 / 3 // half as much again, where the basis allows it
	}
	for d := p.From; d < p.To; d++ {
		for _, c := range s.Segments(p) {
			if d < c.From || d >= c.To {
				continue
			}
			w := big.NewRat(int64(r.Width(slice, c.Balance)), int64(money.One)*year)
			one := new(big.Rat).Mul(w, big.NewRat(int64(l.Rate), 1))
			interest.Add(interest, one)
			if d < l.To && r.subsidised(slice) {
				subsidised.Add(subsidised, one)
				line.Add(line, new(big.Rat).Mul(w, big.NewRat(int64(max(0, r.Line)), 1)))
			}
		}
	}
	return interest, subsidised, line
}

func rounded(r *big.Rat) money.Fen {
	twice := new(big.Int).Add(new(big.Int).Lsh(r.Num(), 1), r.Denom())
	return money.Fen(twice.Quo(twice, new(big.Int).Lsh(r.Denom(), 1)).Int64())
}

func TestInterestDayByDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, r, _ := computed(t)
		l.Count, l.Basis = Actual, 360
		s := &Schedule{}
		if s.Compute(&l, &r) != nil {
			t.Skip()
		}
		for i := range s.Periods {
			p, sum := &s.Periods[i], money.Fen(0)
			for slice, part := range p.Parts {
				if slice > len(r.Slices) {
					break
				}
				all, counted, line := reckoned(l, r, s, p, slice)
				if part.Interest != rounded(all) || part.Subsidised != rounded(counted) {
					t.Fatalf("%s slice %d: %+v, by days %s and %s", p.From, slice, part, all.FloatString(4), counted.FloatString(4))
				}
				switch r.Regime {
				case ShareOfRate: // at most half its rounded interest plus half a fen
					if 2*part.Subsidy > part.Subsidised+1 || 2*part.Subsidy < part.Subsidised {
						t.Fatalf("%+v", part)
					}
				case AboveLine: // the interest without the borrower's part, never below nothing
					if part.Subsidy != max(0, rounded(counted)-rounded(line)) {
						t.Fatalf("%+v, borrower %s", part, line.FloatString(4))
					}
				}
				sum += part.Interest
			}
			if sum != p.Interest {
				t.Fatalf("%d of %d", sum, p.Interest)
			}
		}
	})
}

// A period that a move of nothing much splits bears what its parts bear, up to rounding once.
func TestSplitPeriodBearsTheSum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l, _, _ := computed(t)
		l.Moves, l.Paid, l.Extended, l.Method = nil, 0, 0, QuarterlyInterest
		r := Rule{Regime: ShareOfRate, Share: Ratio{1, 2}}
		whole := &Schedule{}
		if err := whole.Compute(&l, &r); err != nil {
			t.Fatal(err)
		}
		split := &Schedule{}
		for _, p := range whole.Periods {
			if p.Days() < 2 {
				continue
			}
			at := p.From.AddDays(rapid.IntRange(1, p.Days()-1).Draw(t, "at"))
			r.Excluded = []Span{{p.From, at, "misuse"}}
			if err := split.Compute(&l, &r); err != nil {
				t.Fatal(err)
			}
			i := slices.IndexFunc(split.Periods, func(q Period) bool { return q.From == p.From })
			q := &split.Periods[i]
			early := q.Interest - q.Parts[0].Subsidised
			if q.Interest != p.Interest || len(split.Segments(q)) != 2 || early < 0 {
				t.Fatalf("%+v, whole %+v", q, p)
			}
			r.Excluded = []Span{{at, p.To, "misuse"}}
			if err := split.Compute(&l, &r); err != nil {
				t.Fatal(err)
			}
			if d := split.Periods[i].Parts[0].Subsidised - early; d > 1 || d < -1 {
				t.Fatalf("halves apart by %d fen", d)
			}
		}
	})
}

func TestByYearSharesFallWithTheYears(t *testing.T) {
	t.Parallel()
	l := loanB()
	l.Principal, l.Settle = 100_000*money.Yuan, 20
	s := mustCompute(t, l, Rule{Regime: ByYear, Years: []Ratio{{1, 1}, {2, 3}, {1, 3}}})
	got := map[int]money.Fen{}
	for i := range s.Periods {
		got[s.Periods[i].From.Year()] += s.Periods[i].Subsidy
	}
	// 365, 365 and 366 days of 12.50 yuan: 4,562.50, 3,041.67 and 1,525.00
	if d := s.Total.Subsidy - (456_250 + 304_167 + 152_500); d < -3 || d > 3 {
		t.Error(s.Total.Subsidy, got)
	}
	// the period 2026-12-21…2027-03-21 changes its share on 15 January
	p := s.Periods[4]
	if want := money.Fen(25*1250 + (65*1250*2+1)/3); p.Subsidy != want || len(s.Segments(&p)) != 2 {
		t.Error(p.Subsidy, want)
	}
}

func TestInstalmentsAndRevolving(t *testing.T) {
	t.Parallel()
	l := loanB()
	l.Method = Instalments
	l.Moves = []Move{{day.Must("2027-01-15"), -100_000 * money.Yuan}, {day.Must("2028-01-15"), -100_000 * money.Yuan}}
	s := mustCompute(t, l, hubei(false))
	if s.Total.Interest != money.Fen(3750*365+2500*365+1250*366) {
		t.Error(s.Total.Interest)
	}
	l.Method = Revolving
	l.Moves = []Move{
		{day.Must("2026-02-01"), 200_000 * money.Yuan},
		{day.Must("2026-05-01"), -200_000 * money.Yuan},
		{day.Must("2026-09-01"), 300_000 * money.Yuan},
		{day.Must("2026-09-11"), -300_000 * money.Yuan},
	}
	s = mustCompute(t, l, hubei(false))
	if s.Total.Interest != 89*2500+10*3750 || s.Total.Principal != 500_000*money.Yuan || s.Periods[len(s.Periods)-1].To != l.To {
		t.Errorf("%+v", s.Total)
	}
	l.Moves = append(l.Moves, Move{day.Must("2027-01-01"), 300_001 * money.Yuan})
	if err := s.Compute(&l, &Rule{}); errs.KeyOf(err) != "schedule.drawn_more" {
		t.Error(err)
	}
}

func TestBrokenFirstPeriodBearsInterestOnly(t *testing.T) {
	t.Parallel()
	for _, m := range []Method{Annuity, EqualPrincipal} {
		l := loanB()
		l.Method, l.Count = m, ""
		s := mustCompute(t, l, hubei(false))
		if p := s.Periods[0]; p.To != day.Must("2026-01-21") || p.Principal != 0 || p.Interest != 6*3750 {
			t.Errorf("%s: %+v", m, p)
		}
		if p := s.Periods[1]; p.Interest != 112_500 || p.Principal == 0 {
			t.Errorf("%s: %+v", m, p)
		}
		if len(s.Periods) != 37 {
			t.Error(m, len(s.Periods))
		}
	}
}

func TestPrepaymentMakesInstalmentsSmaller(t *testing.T) {
	t.Parallel()
	l := loanB()
	l.Method, l.Count, l.Settle = Annuity, "", 0
	l.Moves = []Move{{day.Must("2026-06-01"), -60_000 * money.Yuan}}
	s := mustCompute(t, l, hubei(false))
	before, in, after := s.Periods[3], s.Periods[4], s.Periods[5]
	if before.Principal+before.Interest != 892_408 || in.Principal+in.Interest-60_000*money.Yuan != 892_408 || after.Principal+after.Interest >= 892_408 {
		t.Errorf("%+v\n%+v\n%+v", before, in, after)
	}
}

func TestWhatFallsDueOnAHoliday(t *testing.T) {
	t.Parallel()
	calendar, err := day.NewCalendar(day.Holidays())
	if err != nil {
		t.Fatal(err)
	}
	l := loanB()
	l.Shift, l.From, l.To = calendar, day.Must("2025-10-01"), day.Must("2026-10-01") // a week of holidays
	s := mustCompute(t, l, hubei(false))
	if p := s.Periods[2]; p.To != day.Must("2026-06-21") || p.Due != day.Must("2026-06-22") {
		t.Errorf("%+v", p)
	}
	if p := s.Periods[len(s.Periods)-1]; p.To != day.Must("2026-10-08") || p.Status != Current || p.Days() != 17 {
		t.Errorf("%+v", p)
	}
}

func TestWhatIsRefused(t *testing.T) {
	t.Parallel()
	at := day.Must("2026-05-10")
	for key, change := range map[string]func(*Loan){
		"schedule.principal":  func(l *Loan) { l.Principal = 0 },
		"schedule.rate":       func(l *Loan) { l.Rate = -1 },
		"schedule.basis":      func(l *Loan) { l.Basis = 364 },
		"schedule.method":     func(l *Loan) { l.Method = "weekly" },
		"schedule.count":      func(l *Loan) { l.Count = "30/360" },
		"schedule.settle":     func(l *Loan) { l.Settle = 32 },
		"schedule.penalty":    func(l *Loan) { l.Penalty = Ratio{1, 2} },
		"schedule.term":       func(l *Loan) { l.To = l.From },
		"schedule.extend":     func(l *Loan) { l.Extended = l.To },
		"schedule.paid":       func(l *Loan) { l.Paid = l.From },
		"schedule.draw_day":   func(l *Loan) { l.Moves = []Move{{l.To, 1}} },
		"schedule.repay_day":  func(l *Loan) { l.Moves = []Move{{l.From, -1}} },
		"schedule.amount":     func(l *Loan) { l.Moves = []Move{{at, 0}} },
		"schedule.order":      func(l *Loan) { l.Moves = []Move{{at, -1}, {at - 1, -1}} },
		"schedule.drawn_more": func(l *Loan) { l.Moves = []Move{{at, l.Principal + 1}} },
		"schedule.repay_more": func(l *Loan) { l.Moves = []Move{{at, -l.Principal}, {at, -1}} },
	} {
		l := loanB()
		change(&l)
		var s Schedule
		err := s.Compute(&l, &Rule{})
		found := slices.ContainsFunc(errs.ProblemsOf(err), func(p errs.Problem) bool { return p.Key == key })
		if !found && errs.KeyOf(err) != key {
			t.Errorf("%s: %v", key, err)
		}
	}
}
