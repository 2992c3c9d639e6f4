// Package budget chooses places that have to be paid for: those of many candidates that a budget allows from which people
// have the shortest ways together.
package budget

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Never is the distance of a demand that a candidate must not serve.
const Never = math.MaxInt32

// Limits of what Solve accepts, so that no sum can overflow.
const (
	MaxDemand = 1 << 20
	MaxSites  = 1 << 16
	MaxWeight = 1 << 20
	MaxWay    = 1 << 30
	MaxCost   = 1 << 40
)

// mostSum bounds what serving everybody from the farthest site costs; never is the cost of what must not be.
const (
	mostSum = int64(1) << 40
	never   = int64(1) << 41
)

// Problem is a demand, where it could be served, and what that costs.
type Problem struct {
	Demand, Sites int
	Distance      []int32 // demand by demand, from 0 to MaxWay, or Never
	Weight        []int64 // per demand, from 0 to MaxWeight; nil for 1 each
	Cost          []int64 // per candidate, from 0 to MaxCost: of opening it
	Budget        int64   // for all that are open
	K             int     // sites to be open at most; 0 for as many as the budget allows
	Fixed         []int32 // candidates that are open in any case, and paid for from the budget
}

// Options bound the work, never the time. What is found depends on both and on nothing else.
type Options struct {
	Seed   uint64
	Effort int64 // attempts to leave a local best, and for each ten nodes of the search for a proof; 0 means 200
}

// Solution is a choice with a bound.
type Solution struct {
	Open      []int32 // candidates, rising
	Serve     []int32 // per demand, the open candidate that is nearest, the lowest of equals
	Cost      int64   // of what is open
	Objective int64   // weight × distance, summed
	Bound     int64   // what no choice can undercut
	Proved    bool
	Nodes     int64 // of the search for a proof
}

// Solve chooses sites. Openings, closings and exchanges that the budget allows improve a choice; the relaxation has a price
// for serving each demand and one for the budget, and what it cannot rule out is searched by branching, until Effort is spent.
//
// When the context ends, the best choice so far is given with its bound. The errors are [ProblemError], [InfeasibleError]
// and, where no choice is at hand yet, the context's.
func Solve(ctx context.Context, p Problem, o Options) (Solution, error) {
	if err := p.validate(); err != nil {
		return Solution{}, err
	}
	if o.Effort <= 0 {
		o.Effort = 200
	}
	s := newSearch(ctx, &p, o)
	s.begin()
	b := newProof(s)
	b.root()
	if b.bound < s.value {
		s.vary(o.Effort)
		b.prove(10 * o.Effort)
	}
	if s.value >= never {
		if err := ctx.Err(); err != nil {
			return Solution{}, err
		}
		return Solution{}, &InfeasibleError{Demand: s.unserved(), Proved: b.complete}
	}
	out := Solution{Open: slices.Sorted(slices.Values(s.best)), Serve: make([]int32, p.Demand), Objective: s.value, Bound: min(b.bound, s.value), Nodes: b.nodes}
	out.Proved = out.Bound == out.Objective
	for _, j := range out.Open {
		out.Cost += p.Cost[j]
	}
	for i := range out.Serve {
		row := p.Distance[i*p.Sites : (i+1)*p.Sites]
		at := out.Open[0]
		for _, j := range out.Open {
			if row[j] < row[at] {
				at = j
			}
		}
		out.Serve[i] = at
	}
	return out, nil
}

func (p *Problem) weight(i int) int64 {
	if p.Weight == nil {
		return 1
	}
	return p.Weight[i]
}

// most is how many sites may be open.
func (p *Problem) most() int {
	if p.K == 0 {
		return p.Sites
	}
	return p.K
}

func (p *Problem) validate() error {
	fault := func(row int, why string) error { return &ProblemError{Row: row, Why: why} }
	switch {
	case p.Demand < 1 || p.Demand > MaxDemand:
		return fault(-1, "from 1 to 1048576 demands")
	case p.Sites < 1 || p.Sites > MaxSites:
		return fault(-1, "from 1 to 65536 candidates")
	case len(p.Distance) != p.Demand*p.Sites || len(p.Cost) != p.Sites || p.Weight != nil && len(p.Weight) != p.Demand:
		return fault(-1, "a distance for each demand and candidate, a cost for each candidate, a weight for each demand")
	case p.K < 0 || p.K > p.Sites || p.K > 0 && len(p.Fixed) > p.K:
		return fault(-1, "no more sites than candidates, and no more fixed sites than sites")
	case p.Budget < 0:
		return fault(-1, "a budget of 0 or more")
	}
	for j, c := range p.Cost {
		if c < 0 || c > MaxCost {
			return fault(j, "costs from 0 to 2^40")
		}
	}
	paid := int64(0)
	for k, j := range p.Fixed {
		if j < 0 || int(j) >= p.Sites || slices.Contains(p.Fixed[:k], j) {
			return fault(k, "fixed sites that are candidates, each once")
		}
		if paid += p.Cost[j]; paid > p.Budget {
			return &InfeasibleError{Demand: -1, Cost: paid, Proved: true}
		}
	}
	sum := 0.0
	for i := range p.Demand {
		far, served := int32(0), false
		for _, d := range p.Distance[i*p.Sites : (i+1)*p.Sites] {
			if d < 0 || d > MaxWay && d != Never {
				return fault(i, "distances from 0 to 1073741824")
			}
			if d != Never {
				far, served = max(far, d), true
			}
		}
		w := p.weight(i)
		sum += float64(w) * float64(far)
		switch {
		case w < 0 || w > MaxWeight:
			return fault(i, "weights from 0 to 1048576")
		case sum > float64(mostSum):
			return fault(i, "weights and distances whose sum stays below 2^40")
		case !served:
			return &InfeasibleError{Demand: int32(i), Proved: true}
		}
	}
	return nil
}

// Check proves a solution without any of Solve's code, apart from the bound: what is open are candidates, fixed ones among
// them, no more than allowed and paid for, each demand is served from the nearest, and the objective is what that costs.
func Check(p Problem, s Solution) error {
	cost := int64(0)
	for k, j := range s.Open {
		if j < 0 || int(j) >= p.Sites || k > 0 && j <= s.Open[k-1] {
			return fmt.Errorf("budget: open sites %v are not rising candidates", s.Open)
		}
		cost += p.Cost[j]
	}
	if p.K > 0 && len(s.Open) > p.K || cost > p.Budget || cost != s.Cost {
		return fmt.Errorf("budget: %d sites cost %d, said %d, of %d", len(s.Open), cost, s.Cost, p.Budget)
	}
	for _, j := range p.Fixed {
		if _, open := slices.BinarySearch(s.Open, j); !open {
			return fmt.Errorf("budget: site %d is fixed and not open", j)
		}
	}
	if len(s.Serve) != p.Demand {
		return fmt.Errorf("budget: %d demands are served, not %d", len(s.Serve), p.Demand)
	}
	var sum int64
	for i, at := range s.Serve {
		row := p.Distance[i*p.Sites : (i+1)*p.Sites]
		if _, open := slices.BinarySearch(s.Open, at); !open || row[at] == Never {
			return fmt.Errorf("budget: demand %d is served from %d, which cannot be", i, at)
		}
		for _, j := range s.Open {
			if row[j] < row[at] {
				return fmt.Errorf("budget: demand %d is served from %d, site %d is nearer", i, at, j)
			}
		}
		w := int64(1)
		if p.Weight != nil {
			w = p.Weight[i]
		}
		sum += w * int64(row[at])
	}
	switch {
	case sum != s.Objective:
		return fmt.Errorf("budget: costs %d, not %d", sum, s.Objective)
	case s.Bound > s.Objective || s.Proved != (s.Bound == s.Objective):
		return fmt.Errorf("budget: bound %d of %d, proved %v", s.Bound, s.Objective, s.Proved)
	}
	return nil
}

// ProblemError says what a problem needs, and which row (from 0; −1 for none) has not got it.
type ProblemError struct {
	Row int
	Why string
}

func (e *ProblemError) Error() string {
	if e.Row < 0 {
		return "budget: needs " + e.Why
	}
	return fmt.Sprintf("budget: row %d: needs %s", e.Row, e.Why)
}

// InfeasibleError says why there is no choice: what the fixed sites cost, if that is above the budget, or a demand (from 0)
// that no affordable choice found serves. Proved says that there is none.
type InfeasibleError struct {
	Demand int32 // −1 for none
	Cost   int64
	Proved bool
}

func (e *InfeasibleError) Error() string {
	if e.Cost > 0 {
		return fmt.Sprintf("budget: the fixed sites cost %d, more than there is", e.Cost)
	}
	return fmt.Sprintf("budget: demand %d is served by nobody", e.Demand)
}
