// Package routing plans who makes which visits, on which day and in which order, so that the ways are short and everybody
// is met in time.
//
// Lengths and times are whole numbers in a unit that the caller chooses; one unit for both, or one each.
package routing

import (
	"context"
	"fmt"
	"slices"
)

// Limits of what Solve accepts, so that no sum can overflow.
const (
	MaxVisits = 5_000
	MaxUnits  = 1 << 40 // of a length, a time, a demand or a prize
)

// Set is a set of numbers from 0 to 63.
type Set uint64

// Has is true for a number in the set.
func (s Set) Has(n int32) bool { return s>>uint(n)&1 == 1 }

// Visit is something to be done at a place. Its number is that of the place.
type Visit struct {
	Demand  int64
	Open    int64 // it begins at Open at the earliest; who comes before waits
	Close   int64 // and at Close at the latest
	Service int64 // how long it takes

	Optional bool  // it may be left out,
	Prize    int64 // which costs as much as a way so long
	Skills   Set   // its team has all of these
	Persons  int32 // and so many people at least
	Days     Set   // it is made on one of these; none is any
	Same     int32 // visits with the same number, from 1, are made by the same team
	Was      int32 // the shift, counted from 1, that an earlier plan gave it to;
	Move     int64 // another one costs as much as a way so long
}

// Shift is a team's day. Whoever has several days, or a morning here and an afternoon there, has several shifts.
type Shift struct {
	From, To int32 // places where it begins and ends; no visits are there
	Open     int64 // the team sets out at Open at the earliest
	Close    int64 // and is there at Close at the latest
	Capacity int64 // what it carries
	Team     int32
	Day      int32 // from 0 to 63
	Skills   Set
	Persons  int32
	Lunch    Lunch
}

// Lunch is a break between two visits, on the way too, before the first or after the last; the zero value is none.
type Lunch struct {
	From  int64 // it begins at From at the earliest
	Until int64 // and at Until at the latest
	Takes int64
}

// Problem is what there is to visit, and who can go.
type Problem struct {
	Visits []Visit // one for each place; those of places where shifts begin or end do not count
	Shifts []Shift
	Length []int64 // from each place to each, row by row; what is to be short
	Time   []int64 // travel times likewise; nil where they are the lengths
	Fewest bool    // few shifts come before short ways; for shifts that are alike and visits that must be made by any of them
}

func (p *Problem) time() []int64 {
	if p.Time == nil {
		return p.Length
	}
	return p.Time
}

// depots tells of each place whether a shift begins or ends there.
func (p *Problem) depots() []bool {
	is := make([]bool, len(p.Visits))
	for _, s := range p.Shifts {
		is[s.From], is[s.To] = true, true
	}
	return is
}

// Options bound the work, never the time. What is found depends on all three and on nothing else, unless Spent is given.
type Options struct {
	Seed    uint64
	Effort  int64 // rounds of ruin and recreation; 0 means 100,000
	Islands int   // parts of the plan that are worked on at the same time; 0 means one

	// Spent, for callers who count time instead of rounds, says how much of it has gone: 1 is the end. It may be asked by
	// several goroutines at once.
	Spent func() float64
}

// Solution is a plan.
type Solution struct {
	Routes    [][]int32 // per shift that is used, its visits in order
	Shifts    []int32   // which shifts these are
	Left      []int32   // visits that are left out
	Objective int64     // the sum of lengths, of prizes left and of moves
	Bound     int64     // what no plan can undercut
	Proved    bool
	Rounds    int64
}

// Solve makes a plan by ruin and recreation: strings of visits that lie near each other are taken out of their routes and
// put back one by one where they cost least, with a few places overlooked by lot; the new plan is taken if it is better, or
// worse by less than a temperature that falls (Christiaens and Vanden Berghe, "Slack induction by string removals",
// Transportation Science 54, 2020).
//
// Where few shifts are asked for, half of the rounds take one away after the other. With several islands, the routes are
// divided among them by where they lie, and divided anew from time to time.
//
// When the context ends, the best plan so far is given. The errors are [ProblemError], [InfeasibleError] and, where no plan
// is at hand yet, the context's.
func Solve(ctx context.Context, p Problem, o Options) (Solution, error) {
	if err := p.validate(); err != nil {
		return Solution{}, err
	}
	if o.Effort <= 0 {
		o.Effort = 100_000
	}
	return solve(ctx, newWorld(&p), o)
}

func (p *Problem) validate() error {
	n := len(p.Visits)
	switch {
	case n > MaxVisits+2*len(p.Shifts) || n > 2*MaxVisits:
		return &ProblemError{Visit: -1, Shift: -1, Why: fmt.Sprintf("at most %d visits", MaxVisits)}
	case len(p.Shifts) < 1 || len(p.Shifts) > MaxVisits:
		return &ProblemError{Visit: -1, Shift: -1, Why: fmt.Sprintf("from 1 to %d shifts", MaxVisits)}
	case len(p.Length) != n*n || p.Time != nil && len(p.Time) != n*n:
		return &ProblemError{Visit: -1, Shift: -1, Why: "a length and a time from each place to each"}
	}
	is := func(x ...int64) bool {
		for _, x := range x {
			if x < 0 || x > MaxUnits {
				return false
			}
		}
		return true
	}
	for i, s := range p.Shifts {
		l := s.Lunch
		switch {
		case s.From < 0 || int(s.From) >= n || s.To < 0 || int(s.To) >= n:
			return &ProblemError{Visit: -1, Shift: i, Why: "places to begin and to end"}
		case !is(s.Open, s.Close, s.Capacity, l.From, l.Until, l.Takes) || s.Open > s.Close || l.From > l.Until || s.Day < 0 || s.Day > 63:
			return &ProblemError{Visit: -1, Shift: i, Why: "hours, a lunch and a capacity that are not negative, and a day from 0 to 63"}
		}
	}
	if p.Fewest && slices.ContainsFunc(p.Shifts, func(s Shift) bool { return s != p.Shifts[0] }) {
		return &ProblemError{Visit: -1, Shift: -1, Why: "shifts that are alike, where few are asked for"}
	}
	depot := p.depots()
	visits := 0
	for i, v := range p.Visits {
		if depot[i] {
			continue
		}
		visits++
		if !is(v.Demand, v.Open, v.Close, v.Service, v.Prize, v.Move) || v.Open > v.Close {
			return &ProblemError{Visit: i, Shift: -1, Why: "demand, service, prize and a window that are not negative"}
		}
		if v.Was < 0 || int(v.Was) > len(p.Shifts) || v.Same < 0 || int(v.Same) > n {
			return &ProblemError{Visit: i, Shift: -1, Why: "an earlier shift and a group that exist"}
		}
		if p.Fewest && (v.Optional || v.Was > 0 || v.Same > 0) {
			return &ProblemError{Visit: i, Shift: -1, Why: "to be made by any shift, where few are asked for"}
		}
	}
	if visits == 0 {
		return &ProblemError{Visit: -1, Shift: -1, Why: "a visit"}
	}
	for _, table := range [][]int64{p.Length, p.time()} {
		for k, x := range table {
			if !is(x) {
				return &ProblemError{Visit: k / n, Shift: -1, Why: "lengths and times that are not negative"}
			}
		}
	}
	return nil
}

// ProblemError says what a problem needs, and which visit or shift (from 0; −1 for none) has not got it.
type ProblemError struct {
	Visit, Shift int
	Why          string
}

func (e *ProblemError) Error() string {
	switch {
	case e.Visit >= 0:
		return fmt.Sprintf("routing: visit %d: needs %s", e.Visit, e.Why)
	case e.Shift >= 0:
		return fmt.Sprintf("routing: shift %d: needs %s", e.Shift, e.Why)
	}
	return "routing: needs " + e.Why
}
