package demo

import (
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
)

// Fate is how a made-up loan runs.
type Fate int

// The fates.
const (
	Kept        Fate = iota // paid as agreed
	Early                   // paid back before its time
	Late                    // once overdue for some weeks
	Extended                // given more time
	Lost                    // overdue at its end: the guarantee pays, and some of it comes back
	Outstanding             // overdue now
)

// Loan is a made-up loan of somebody made up, with the business that it is for.
type Loan struct {
	Venture
	Number string // of the bank
	Firm   bool
	Female bool
	Group  string // code of the national group
	Amount money.Fen
	From   day.Day
	Months int
	Method int // of those that its bank offers
	Bank   int // which of the demo's banks
	Points money.Rate
	Fate   Fate
	Chance float64 // by which details are drawn
}

// begun is when the city's loans began.
var begun = day.Must("2021-01-01")

// Loans makes the loans of the city from 2021 to a day: 4,800 of a whole one, more from month to month, about one in twenty of
// a firm, a quarter of a million yuan on average, and spread over the townships as their young people are.
func (c *City) Loans(size Size, today day.Day) []Loan {
	n := max(40, int(4800*float64(size)))
	months := 0
	for begun.AddMonths(months+1) < today {
		months++
	}
	// weight of a month: 20 in the first, two more in each that follows
	total := float64(months*20 + months*(months-1))
	all := make([]Loan, 0, n)
	for i := range n {
		r := dice("loan", uint64(i))
		at, m := float64(i)/float64(n)*total, 0
		for ; m < months-1 && at >= float64(20+2*m); m++ {
			at -= float64(20 + 2*m)
		}
		from := begun.AddMonths(m).AddDays(r.IntN(28))
		if from >= today {
			continue
		}
		t := businesses[r.IntN(len(businesses))]
		village := c.pick(r.Float64())
		founder := Name(r)
		l := Loan{
			Venture: Venture{Area: village.Code[:9] + "000", Founder: founder, About: t.about, Industry: t.industry, Category: t.category, Entity: "individual", Stage: []string{"started", "growing", "stable"}[r.IntN(3)]},
			Number:  from.String()[:4] + "QCD" + six(i+1), From: from, Firm: r.IntN(20) == 0, Female: r.Float64() < 0.38, Bank: []int{0, 0, 0, 1, 1, 2}[r.IntN(6)], Method: r.IntN(3),
			Points: money.Rate(50+10*r.IntN(11)) * money.BasisPoint, Chance: r.Float64(),
		}
		l.Name = string([]rune(founder)[0]) + []string{"家", "记", "氏", "小"}[r.IntN(4)] + t.suffix + "·" + six(i + 1)[2:]
		l.Group = group(r.Float64())
		l.Amount, l.Months = []money.Fen{100_000, 150_000, 200_000, 200_000, 300_000, 300_000}[r.IntN(6)]*money.Yuan, []int{12, 24, 24, 36, 36}[r.IntN(5)]
		kind := "92"
		if l.Firm {
			kind, l.Entity, l.Group = "91", "firm", ""
			l.Amount, l.Months = money.Fen(50+10*r.IntN(26))*10_000*money.Yuan, []int{12, 24}[r.IntN(2)]
		}
		l.Credit, l.Staff, l.Began = credit(kind, l.Area[:6], 600_000+i), int64(r.IntN(6)), from.AddMonths(-1-r.IntN(30))
		l.Fate = fate(r.Float64(), from.AddMonths(l.Months), today)
		all = append(all, l)
	}
	return all
}

func six(n int) string {
	b := []byte("000000")
	for i := len(b) - 1; n > 0 && i >= 0; i, n = i-1, n/10 {
		b[i] = byte('0' + n%10)
	}
	return string(b)
}

// group draws the national group of a borrower.
func group(x float64) string {
	for _, g := range []struct {
		code  string
		share float64
	}{{"07", .25}, {"05", .24}, {"10", .22}, {"01", .14}, {"08", .07}, {"03", .05}, {"09", .02}} {
		if x -= g.share; x < 0 {
			return g.code
		}
	}
	return "02"
}

// fate draws how a loan that ends on a day runs.
func fate(x float64, end, today day.Day) Fate {
	switch {
	case x < 0.10:
		return Early
	case x < 0.14:
		return Late
	case x < 0.16:
		return Extended
	case x < 0.172 && end < today.AddMonths(-6):
		return Lost
	case x < 0.185 && end >= today.AddMonths(-6) && end < today:
		return Outstanding
	}
	return Kept
}
