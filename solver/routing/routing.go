// Package routing plans in which order teams make their visits, so that the ways are short and everybody is met in time.
//
// Lengths and times are whole numbers in a unit that the caller chooses; one unit for both, or one each.
package routing

import (
	"context"
	"fmt"
)

// Limits of what Solve accepts, so that no sum can overflow.
const (
	MaxVisits = 5_000
	MaxUnits  = 1 << 40 // of a length, a time or a demand
)

// Visit is a place where a team has to be. The first of a problem is the depot, where teams begin and end; it has no demand.
type Visit struct {
	Demand  int64
	Open    int64 // a visit begins at Open at the earliest; who comes before waits
	Close   int64 // and at Close at the latest; a team is back at the depot by the depot's Close
	Service int64 // how long it takes
}

// Problem is a day's visits.
type Problem struct {
	Visits   []Visit // the depot, then the others
	Teams    int     // at most
	Capacity int64   // of each team
	Length   []int64 // from each place to each, row by row; what is to be short
	Time     []int64 // travel times likewise; nil where they are the lengths
	Fewest   bool    // few teams come before short ways
}

func (p *Problem) time() []int64 {
	if p.Time == nil {
		return p.Length
	}
	return p.Time
}

// Options bound the work, never the time. What is found depends on both and on nothing else.
type Options struct {
	Seed   uint64
	Effort int64 // rounds of ruin and recreation; 0 means 100,000
}

// Solution is a plan.
type Solution struct {
	Routes    [][]int32 // per team that goes out, its visits in order, without the depot
	Objective int64     // the sum of lengths
	Bound     int64     // what no plan can undercut; not a sharp one, see lower
	Proved    bool
	Rounds    int64
}

// Solve makes a plan by ruin and recreation: strings of visits that lie near each other are taken out of their routes and
// put back one by one where they cost least, with a few places overlooked by lot; the new plan is taken if it is better, or
// worse by less than a temperature that falls (Christiaens and Vanden Berghe, "Slack induction by string removals",
// Transportation Science 54, 2020).
//
// Where few teams are asked for, half of the rounds take one team away after the other.
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
	s := newSearch(&p, o)
	if err := s.run(ctx); err != nil {
		return Solution{}, err
	}
	return s.solution(), nil
}

func (p *Problem) validate() error {
	n := len(p.Visits)
	switch {
	case n < 2 || n > MaxVisits+1:
		return &ProblemError{Visit: -1, Why: fmt.Sprintf("a depot and from 1 to %d visits", MaxVisits)}
	case p.Teams < 1:
		return &ProblemError{Visit: -1, Why: "a team at least"}
	case len(p.Length) != n*n || p.Time != nil && len(p.Time) != n*n:
		return &ProblemError{Visit: -1, Why: "a length and a time from each place to each"}
	}
	for i, v := range p.Visits {
		if v.Demand < 0 || v.Demand > MaxUnits || v.Service < 0 || v.Service > MaxUnits || v.Open < 0 || v.Close > MaxUnits || v.Open > v.Close || i == 0 && v.Demand != 0 {
			return &ProblemError{Visit: i, Why: "demand, service and a window that are not negative, and no demand at the depot"}
		}
	}
	for _, table := range [][]int64{p.Length, p.time()} {
		for k, x := range table {
			if x < 0 || x > MaxUnits {
				return &ProblemError{Visit: k / n, Why: "lengths and times that are not negative"}
			}
		}
	}
	t, depot := p.time(), p.Visits[0]
	for i := 1; i < n; i++ {
		v := p.Visits[i]
		begin := max(depot.Open+depot.Service+t[i], v.Open)
		switch {
		case v.Demand > p.Capacity:
			return &InfeasibleError{Visit: int32(i), Why: TooMuch}
		case begin > v.Close:
			return &InfeasibleError{Visit: int32(i), Why: TooEarly}
		case begin+v.Service+t[i*n] > depot.Close:
			return &InfeasibleError{Visit: int32(i), Why: TooLate}
		}
	}
	return nil
}

// ProblemError says what a problem needs, and which visit (from 0, the depot; −1 for none) has not got it.
type ProblemError struct {
	Visit int
	Why   string
}

func (e *ProblemError) Error() string {
	if e.Visit < 0 {
		return "routing: needs " + e.Why
	}
	return fmt.Sprintf("routing: visit %d: needs %s", e.Visit, e.Why)
}

// Reason says why a visit cannot be made. It is a fixed word, so that the caller can find a sentence for it.
type Reason string

const (
	TooMuch  Reason = "its demand is above what a team carries"
	TooEarly Reason = "a team that goes there at once comes after its window has closed"
	TooLate  Reason = "a team that goes there at once is back after the depot has closed"
	NoTeam   Reason = "no team was found that has time and room for it"
)

// InfeasibleError names a visit that cannot be made, or could not be fitted in.
type InfeasibleError struct {
	Visit int32
	Why   Reason
}

func (e *InfeasibleError) Error() string { return fmt.Sprintf("routing: visit %d: %s", e.Visit, e.Why) }
