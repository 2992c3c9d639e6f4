// Package figures sums start-up loans up: what was lent, owed, overdue and paid by guarantees, and whom it has reached, each figure by one
// formula (青创贷指标).
package figures

import (
	"math/bits"
	"slices"
	"strconv"

	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/followup"
)

// Kind is how a figure is written.
type Kind int

// The kinds.
const (
	Count Kind = iota
	Money
	Share // millionths
	Ratio // a number with two decimals, in hundredths
)

// Figure is one figure of the catalogue: its name and formula are messages (loanfigure.name.KEY and loanfigure.formula.KEY).
type Figure struct {
	Key   string
	Kind  Kind
	value func(s *Sum) (over, under int64) // of a count or a sum of money under is 1
}

// Catalogue is what was lent and what became of it, in the order in which pages show it. What has two readings is there twice, each under its own name.
var Catalogue = []Figure{
	{"drawn", Money, func(s *Sum) (int64, int64) { return int64(s.Drawn), 1 }},
	{"loans", Count, func(s *Sum) (int64, int64) { return s.Loans, 1 }},
	{"borrowers", Count, func(s *Sum) (int64, int64) { return s.Borrowers, 1 }},
	{"balance", Money, func(s *Sum) (int64, int64) { return int64(s.Balance), 1 }},
	{"overdue_whole", Share, func(s *Sum) (int64, int64) { return int64(s.OverdueWhole), int64(s.Balance) }},
	{"overdue_part", Share, func(s *Sum) (int64, int64) { return int64(s.OverduePart), int64(s.Balance) }},
	{"bad", Share, func(s *Sum) (int64, int64) { return int64(s.Bad), int64(s.Balance) }},
	{"compensated_released", Share, func(s *Sum) (int64, int64) { return int64(s.Compensated), int64(s.Released) }},
	{"compensated_balance", Share, func(s *Sum) (int64, int64) { return int64(s.Compensated - s.Recovered), int64(s.Balance) }},
	{"recovered", Share, func(s *Sum) (int64, int64) { return int64(s.Recovered), int64(s.Compensated) }},
	{"leverage", Ratio, func(s *Sum) (int64, int64) { return int64(s.Funded), int64(s.Fund) }},
}

// Reached is whom the loans have reached.
var Reached = []Figure{
	{"jobs_dossier", Count, func(s *Sum) (int64, int64) { return s.Dossier, 1 }},
	{"key_count", Share, func(s *Sum) (int64, int64) { return s.Key.Loans, s.Loans }},
	{"key_amount", Share, func(s *Sum) (int64, int64) { return int64(s.Key.Drawn), int64(s.Drawn) }},
	{"women_count", Share, func(s *Sum) (int64, int64) { return s.Women.Loans, s.Loans }},
	{"women_amount", Share, func(s *Sum) (int64, int64) { return int64(s.Women.Drawn), int64(s.Drawn) }},
	{"priority_count", Share, func(s *Sum) (int64, int64) { return s.Priority.Loans, s.Loans }},
	{"priority_amount", Share, func(s *Sum) (int64, int64) { return int64(s.Priority.Drawn), int64(s.Drawn) }},
}

// Followed is what is known of businesses after their loans were paid out, in the order in which pages show it: whoever was not visited
// and has told nothing is counted apart.
var Followed = append([]Figure{
	{"told", Share, func(s *Sum) (int64, int64) { return s.Told, s.Borrowers }},
	{"jobs", Count, func(s *Sum) (int64, int64) { return s.Jobs, 1 }},
	{"jobs_million", Ratio, func(s *Sum) (int64, int64) { return s.Jobs * 1_000_000 * int64(money.Yuan), int64(s.ToldDrawn) }},
}, atMarks("survival_")...)

// Fates are the numbers of businesses on which survival rests.
var Fates = atMarks("alive_", "gone_", "unknown_")

// All is every figure.
func All() []Figure { return slices.Concat(Catalogue, Reached, Followed, Fates) }

// atMarks gives some figures of survival at each mark.
func atMarks(prefixes ...string) (all []Figure) {
	for i, m := range followup.Marks {
		of := map[string]Figure{
			"survival_": {"", Share, func(s *Sum) (int64, int64) {
				return s.Fates[i][followup.Lives], s.Fates[i][followup.Lives] + s.Fates[i][followup.Gone]
			}},
			"alive_":   {"", Count, func(s *Sum) (int64, int64) { return s.Fates[i][followup.Lives], 1 }},
			"gone_":    {"", Count, func(s *Sum) (int64, int64) { return s.Fates[i][followup.Gone], 1 }},
			"unknown_": {"", Count, func(s *Sum) (int64, int64) { return s.Fates[i][followup.Unknown], 1 }},
		}
		for _, p := range prefixes {
			f := of[p]
			f.Key = p + strconv.Itoa(m)
			all = append(all, f)
		}
	}
	return all
}

// Of gives a figure; false where there is nothing to divide by. Shares are in millionths, ratios in hundredths, money in fen; halves are
// rounded up.
func (f Figure) Of(s *Sum) (int64, bool) {
	over, under := f.value(s)
	scale := map[Kind]int64{Share: 1_000_000, Ratio: 100}[f.Kind]
	switch {
	case under <= 0:
		return 0, false
	case scale == 0:
		return over, true
	}
	whole, rest := over/under, over%under // parts, so that nothing runs over
	hi, lo := bits.Mul64(uint64(rest), uint64(scale))
	lo, carry := bits.Add64(lo, uint64(under)/2, 0)
	part, _ := bits.Div64(hi+carry, lo, uint64(under))
	return whole*scale + int64(part), true
}

// Some is a number of loans and their amount.
type Some struct {
	Loans int64
	Drawn money.Fen
}

// Sum is what the loans of one line come to.
type Sum struct {
	Some
	borrowers map[string]bool
	ventures  map[string]bool

	Balance, OverdueWhole, OverduePart, Bad money.Fen
	Compensated, Recovered, Released        money.Fen
	Fund, Funded                            money.Fen // what stands in guarantee funds, and the balance of the loans that it stands for
	Borrowers                               int64
	Dossier                                 int64 // founders and staff as dossiers say
	Key, Women, Priority                    Some

	Told      int64     // borrowers of whom something was told
	ToldDrawn money.Fen // the amount of their loans
	Jobs      int64     // theirs, at the latest that was told
	Fates     [len(followup.Marks)][followup.Gone + 1]int64
}

// Item is one loan with what is known of its business.
type Item struct {
	Borrower, Venture, Group        string
	Female, Priority, Bad, Released bool
	Drawn, Balance, Compensated     money.Fen
	Recovered, Overdue, OverduePart money.Fen // Overdue is the whole balance of a loan that is overdue
	Dossier                         int64     // jobs of its venture by the dossier, counted once however many loans that has

	Told  bool // something was told of the borrower's business
	Jobs  int64
	Fates [len(followup.Marks)]followup.Fate // of the borrower, counted once however many loans she has
}

// Add takes a loan into a sum.
func (s *Sum) Add(x Item) {
	if s.borrowers == nil {
		s.borrowers, s.ventures = map[string]bool{}, map[string]bool{}
	}
	one := Some{1, x.Drawn}
	s.take(one)
	if !s.borrowers[x.Borrower] {
		s.borrowers[x.Borrower] = true
		s.Borrowers++
		for i, f := range x.Fates {
			s.Fates[i][f]++
		}
		if x.Told {
			s.Told++
			s.Jobs += x.Jobs
		}
	}
	if x.Told {
		s.ToldDrawn += x.Drawn
	}
	if x.Venture != "" && !s.ventures[x.Venture] {
		s.ventures[x.Venture] = true
		s.Dossier += x.Dossier
	}
	s.Balance += x.Balance
	s.OverdueWhole += x.Overdue
	s.OverduePart += x.OverduePart
	s.Compensated += x.Compensated
	s.Recovered += x.Recovered
	if x.Bad {
		s.Bad += x.Balance
	}
	if x.Released {
		s.Released += x.Drawn
	}
	for _, k := range []struct {
		is bool
		to *Some
	}{{x.Group != "", &s.Key}, {x.Female, &s.Women}, {x.Priority, &s.Priority}} {
		if k.is {
			k.to.take(one)
		}
	}
}

// close forgets who was counted: a sum that is kept holds numbers only.
func (s *Sum) close() { s.borrowers, s.ventures = nil, nil }

func (s *Some) take(x Some) {
	s.Loans += x.Loans
	s.Drawn += x.Drawn
}
