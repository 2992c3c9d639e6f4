package schedule

import (
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
)

// Regime is how a policy shares the interest between borrower and treasury.
type Regime string

const (
	// Unsubsidised: the borrower pays everything.
	Unsubsidised Regime = ""
	// ShareOfRate: the treasury pays a share of the interest at the contract's rate.
	ShareOfRate Regime = "share"
	// AboveLine: the borrower pays up to a line under the LPR, the treasury what is above it.
	AboveLine Regime = "above"
	// ByYear: the treasury's share changes with the year of the loan.
	ByYear Regime = "years"
)

// Slice is a part of the principal, from where the one before ends, whose subsidy has its own payers.
type Slice struct {
	UpTo     money.Fen
	Province Ratio // the province's part of the subsidy, central money included; zero where the policy does not say
}

// Span is a stretch of days that is not subsidised, the first day and not the last.
type Span struct {
	From, To day.Day
	Reason   string
}

// Rule is the subsidy that a version of the policy gives to one loan. What lies above the last slice is not subsidised; without slices
// everything is one.
type Rule struct {
	Regime   Regime
	Share    Ratio      // ShareOfRate
	Line     money.Rate // AboveLine: what the borrower bears at most
	Years    []Ratio    // ByYear, none after the last
	Slices   []Slice    // two at most, rising
	Excluded []Span     // in order, without overlap
}

// mostSlices of a policy, and one for what lies above them.
const mostSlices = 2

// Part is what one slice bears in one period.
type Part struct {
	Interest   money.Fen // rounded once for the slice
	Subsidised money.Fen // the interest of the days that are subsidised, rounded once
	Subsidy    money.Fen
	Province   money.Fen
	Local      money.Fen
}

// Width gives how much of a balance lies in slice i.
func (r *Rule) Width(i int, balance money.Fen) money.Fen {
	low := money.Fen(0)
	if i > 0 {
		low = r.Slices[i-1].UpTo
	}
	if i < len(r.Slices) {
		balance = min(balance, r.Slices[i].UpTo)
	}
	return max(0, balance-low)
}

// subsidised tells whether slice i can be.
func (r *Rule) subsidised(i int) bool {
	return r.Regime != Unsubsidised && (len(r.Slices) == 0 || i < len(r.Slices))
}

// Split tells whether the policy says who pays.
func (r *Rule) Split() bool { return len(r.Slices) > 0 && r.Slices[0].Province.Den > 0 }

// year gives the share of the loan's year, counted from 0.
func (r *Rule) year(n int) Ratio {
	if n >= len(r.Years) {
		return Ratio{0, 1}
	}
	return r.Years[n]
}

// common gives a denominator that all years share.
func (r *Rule) common() int64 {
	c := int64(1)
	for _, y := range r.Years {
		a, b := c, y.Den
		for b != 0 {
			a, b = b, a%b
		}
		c = c / a * y.Den
	}
	return c
}

// bear works out what slice i bears in a period whose segments and denominator are given.
func (r *Rule) bear(i int, segments []Segment, den uint64, rate money.Rate) (p Part) {
	var all, counted, line, years sum
	common, cut := int64(1), false
	if r.Regime == ByYear {
		common = r.common()
	}
	for k := range segments {
		s := &segments[k]
		balance := r.Width(i, s.Balance)
		all.add(balance, rate, s.weight)
		if s.Reason != "" || !r.subsidised(i) {
			cut = true
			continue
		}
		counted.add(balance, rate, s.weight)
		switch r.Regime {
		case AboveLine:
			line.add(balance, max(0, r.Line), s.weight)
		case ByYear:
			share := r.year(s.year)
			years.add(balance, rate, s.weight*share.Num*(common/share.Den))
		}
	}
	p.Interest = all.over(den)
	p.Subsidised = p.Interest
	if cut {
		p.Subsidised = counted.over(den)
	}
	switch r.Regime {
	case ShareOfRate:
		p.Subsidy = r.Share.of(p.Subsidised)
	case AboveLine:
		if p.Subsidised > 0 {
			p.Subsidy = max(0, p.Subsidised-line.over(den))
		}
	case ByYear:
		p.Subsidy = years.over(den * uint64(common))
	}
	if i < len(r.Slices) && r.Slices[i].Province.Den > 0 {
		p.Province = r.Slices[i].Province.of(p.Subsidy)
		p.Local = p.Subsidy - p.Province
	}
	return p
}
