package schedule

import (
	"testing"

	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
)

// hubei gives the rule of a loan under the province's version of 2023 and 2024: half the rate, 70:30, and 1:1 above 4 m of a firm's.
func hubei(firm bool) Rule {
	small, half := Ratio{7, 10}, Ratio{1, 2}
	if firm {
		return Rule{Regime: ShareOfRate, Share: half, Slices: []Slice{{4_000_000 * money.Yuan, small}, {5_000_000 * money.Yuan, half}}}
	}
	return Rule{Regime: ShareOfRate, Share: half, Slices: []Slice{{300_000 * money.Yuan, small}}}
}

// loanB is the loan of example B.
func loanB() Loan {
	return Loan{
		Principal: 300_000 * money.Yuan, Rate: 45_000, From: day.Must("2026-01-15"), To: day.Must("2029-01-15"),
		Method: QuarterlyInterest, Count: Actual, Basis: 360, Settle: 20,
	}
}

func mustCompute(t testing.TB, l Loan, r Rule) *Schedule {
	t.Helper()
	var s Schedule
	if err := s.Compute(&l, &r); err != nil {
		t.Fatal(err)
	}
	return &s
}

// line is what the examples say of a period.
type line struct {
	from, to                           string
	days                               int
	interest, subsidy, province, local money.Fen
}

func checkPeriod(t *testing.T, s *Schedule, i int, want line) {
	t.Helper()
	if i < 0 {
		i += len(s.Periods)
	}
	p := &s.Periods[i]
	got := line{p.From.String(), p.To.String(), p.Days(), p.Interest, p.Subsidy, p.Province, p.Local}
	if got != want {
		t.Errorf("period %d: %+v, want %+v", i, got, want)
	}
}

func TestExampleAOldRegime(t *testing.T) {
	t.Parallel()
	s := mustCompute(t, Loan{
		Principal: 100_000 * money.Yuan, Rate: 51_500, From: day.Must("2023-01-15"), To: day.Must("2024-01-15"),
		Method: QuarterlyInterest, Count: Calendar, Basis: 360,
	}, Rule{Regime: AboveLine, Line: 36_500 - 15_000})
	if s.Total.Interest != 515_000 || s.Total.Subsidy != 300_000 {
		t.Errorf("%+v", s.Total)
	}
}

func TestExampleBQuarterlyInterest(t *testing.T) {
	t.Parallel()
	s := mustCompute(t, loanB(), hubei(false))
	if len(s.Periods) != 13 {
		t.Fatal(len(s.Periods))
	}
	checkPeriod(t, s, 0, line{"2026-01-15", "2026-03-21", 65, 243_750, 121_875, 85_313, 36_562})
	checkPeriod(t, s, 1, line{"2026-03-21", "2026-06-21", 92, 345_000, 172_500, 120_750, 51_750})
	checkPeriod(t, s, 2, line{"2026-06-21", "2026-09-21", 92, 345_000, 172_500, 120_750, 51_750})
	checkPeriod(t, s, 3, line{"2026-09-21", "2026-12-21", 91, 341_250, 170_625, 119_438, 51_187})
	checkPeriod(t, s, -1, line{"2028-12-21", "2029-01-15", 25, 93_750, 46_875, 32_813, 14_062})
	if s.Total.Days != 1096 || s.Total.Interest != 4_110_000 || s.Total.Subsidy != 2_055_000 || s.Total.Principal != 30_000_000 {
		t.Errorf("%+v", s.Total)
	}
	l := loanB()
	l.Basis = 365
	if got := mustCompute(t, l, hubei(false)).Periods[0].Interest; got != 240_411 {
		t.Error("on 365:", got)
	}
	l = loanB()
	l.Count, l.Settle = Calendar, 0
	s = mustCompute(t, l, hubei(false))
	if year := s.Periods[0].Interest + s.Periods[1].Interest + s.Periods[2].Interest + s.Periods[3].Interest; year != 1_350_000 || s.Total.Interest != 3*year {
		t.Error("by years:", year, s.Total)
	}
}

func TestExampleCPrepayment(t *testing.T) {
	t.Parallel()
	l := loanB()
	l.Moves = []Move{{day.Must("2026-05-10"), -100_000 * money.Yuan}}
	s := mustCompute(t, l, hubei(false))
	checkPeriod(t, s, 1, line{"2026-03-21", "2026-06-21", 92, 292_500, 146_250, 102_375, 43_875})
	if p := s.Periods[1].Principal; p != 10_000_000 {
		t.Error(p)
	}
	if cut := s.Segments(&s.Periods[1]); len(cut) != 2 || cut[0].Days() != 50 || cut[1].Days() != 42 || cut[1].Balance != 20_000_000 {
		t.Errorf("%+v", cut)
	}
}

func TestExampleDInstalments(t *testing.T) {
	t.Parallel()
	l := loanB()
	l.Method, l.Count, l.Settle = Annuity, "", 0
	s := mustCompute(t, l, hubei(false))
	first, last := s.Periods[0], s.Periods[35]
	if len(s.Periods) != 36 || first.Interest != 112_500 || first.Principal != 779_908 || s.Periods[1].Opening != 29_220_092 ||
		last.Principal+last.Interest != 892_399 || s.Total.Interest != 2_126_679 || s.Total.Principal != 30_000_000 {
		t.Errorf("%+v %+v %+v", first, last, s.Total)
	}
	for _, p := range s.Periods[:35] {
		if p.Principal+p.Interest != 892_408 {
			t.Errorf("instalment of %s: %s", p.From, p.Principal+p.Interest)
		}
	}
	l.Method = EqualPrincipal
	s = mustCompute(t, l, hubei(false))
	first, last = s.Periods[0], s.Periods[35]
	if first.Principal != 833_333 || last.Principal != 833_345 || first.Principal+first.Interest != 945_833 || s.Total.Interest != 2_081_250 {
		t.Errorf("%+v %+v %+v", first, last, s.Total)
	}
}

func TestExampleEOverdue(t *testing.T) {
	t.Parallel()
	l := loanB()
	l.Paid = day.Must("2029-02-14")
	s := mustCompute(t, l, hubei(false))
	checkPeriod(t, s, -1, line{"2029-01-15", "2029-02-14", 30, 168_750, 0, 0, 0})
	if p := s.Periods[13]; p.Status != Overdue || p.Principal != 30_000_000 || s.Total.Subsidy != 2_055_000 {
		t.Errorf("%+v %+v", p, s.Total)
	}
}

func TestExampleFFirmAboveFourMillion(t *testing.T) {
	t.Parallel()
	s := mustCompute(t, Loan{
		Principal: 4_800_000 * money.Yuan, Rate: 44_500, From: day.Must("2024-03-21"), To: day.Must("2024-06-21"),
		Method: QuarterlyInterest, Count: Actual, Basis: 360, Settle: 20,
	}, hubei(true))
	checkPeriod(t, s, 0, line{"2024-03-21", "2024-06-21", 92, 5_458_667, 2_729_334, 1_592_112 + 227_445, 682_333 + 227_444})
	small, large := s.Periods[0].Parts[0], s.Periods[0].Parts[1]
	if small.Subsidy != 2_274_445 || small.Province != 1_592_112 || small.Local != 682_333 ||
		large.Subsidy != 454_889 || large.Province != 227_445 || large.Local != 227_444 {
		t.Errorf("%+v %+v", small, large)
	}
}

func TestExampleHExtension(t *testing.T) {
	t.Parallel()
	l := loanB()
	l.Extended = day.Must("2030-01-15")
	s := mustCompute(t, l, hubei(false))
	if s.Total.Subsidy != 2_055_000 || s.Total.Principal != 30_000_000 || s.Total.Days != 1096+365 {
		t.Errorf("%+v", s.Total)
	}
	for _, p := range s.Periods {
		if late := p.From >= l.To; late != (p.Status == Extended) || late && p.Subsidy != 0 || late && p.Interest == 0 {
			t.Errorf("%+v", p)
		}
	}
}

// Of a loan in equal instalments the last is extended: it bears interest on, and no subsidy.
func TestTheLastInstalmentIsExtended(t *testing.T) {
	t.Parallel()
	for _, m := range []Method{Annuity, EqualPrincipal} {
		l := Loan{Principal: 300_000 * money.Yuan, Rate: 45_000, From: day.Must("2026-01-15"), To: day.Must("2027-01-15"), Method: m, Basis: 360}
		var plain, got Schedule
		if err := plain.Compute(&l, &Rule{}); err != nil {
			t.Fatal(err)
		}
		l.Extended = day.Must("2027-07-15")
		if err := got.Compute(&l, &Rule{Regime: ShareOfRate, Share: Ratio{1, 2}}); err != nil {
			t.Fatal(err)
		}
		if len(got.Periods) != 18 || got.Total.Principal != l.Principal {
			t.Fatalf("%s: %d periods, %s", m, len(got.Periods), got.Total.Principal)
		}
		for i := range got.Periods {
			p := &got.Periods[i]
			switch {
			case i < 11 && (p.Principal != plain.Periods[i].Principal || p.Interest != plain.Periods[i].Interest):
				t.Errorf("%s %d: %+v", m, i, p)
			case i >= 12 && (p.Status != Extended || p.Subsidy != 0 || p.Interest == 0 || p.Opening != plain.Periods[11].Principal):
				t.Errorf("%s %d: %+v", m, i, p)
			}
		}
	}
}
