// Package capacity chooses places that can take only so many: the K of many candidates, and who goes where, so that nobody's
// place is over its capacity and the ways are the shortest together (the capacitated p-median).
package capacity

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
	MaxLoad   = 1 << 40
)

// mostSum bounds what serving everybody from the farthest site costs.
const mostSum = 1 << 40

// Problem is a demand, where it could be served, and how much of it.
type Problem struct {
	Demand, Sites int
	Distance      []int32 // demand by demand, from 0 to MaxWay, or Never
	Weight        []int64 // per demand, from 0 to MaxWeight: the cost of its way; nil for 1 each
	Load          []int64 // per demand, from 0 to MaxLoad: what it takes of a capacity
	Capacity      []int64 // per candidate, from 0 to MaxLoad
	K             int     // sites to be open, those that are fixed included
	Fixed         []int32 // candidates that are open in any case
}

// Options bound the work, never the time. What is found depends on both and on nothing else.
type Options struct {
	Seed   uint64
	Effort int64 // rounds of ruin and recreation, and for every 75 of them, beyond the first 400, a node of the search for a proof; 0 means 150,000
}

// Solution is a choice and who goes where, with a bound.
type Solution struct {
	Open      []int32 // candidates, rising
	Serve     []int32 // per demand, the open candidate that serves it, all of it
	Used      []int64 // per open candidate, what is taken of its capacity
	Objective int64   // weight × distance, summed
	Bound     int64   // what no choice can undercut
	Proved    bool
	Nodes     int64 // of the search for a proof
}

// Solve chooses K sites and serves everybody from one of them. Ruin and recreation around a place, with shifts, exchanges
// and better middles, looks for good plans (Schrimpf and others, Journal of Computational Physics 159, 2000). A Lagrangian
// relaxation of "each demand is served once", whose parts are knapsacks, bounds them, and what it cannot rule out is
// searched by branching, first on sites, then on who goes where, until Effort is spent.
//
// When the context ends, the best plan so far is given with its bound. The errors are [ProblemError], [InfeasibleError] and,
// where no plan is at hand yet, the context's.
func Solve(ctx context.Context, p Problem, o Options) (Solution, error) {
	if err := p.validate(); err != nil {
		return Solution{}, err
	}
	if err := p.room(); err != nil {
		return Solution{}, err
	}
	if o.Effort <= 0 {
		o.Effort = 150_000
	}
	s := newSearch(ctx, &p, o)
	short := o.Effort / 15 // most problems that can be proved need no more
	s.vary(short)
	b := newProof(s)
	b.root()
	if b.bound < s.value && !b.out(float64(b.bound)) {
		s.vary(short)
		if b.prove(400 + o.Effort/75); !b.complete {
			s.vary(o.Effort - 2*short)
		}
	}
	if s.value == math.MaxInt64 {
		b.complete = b.complete || b.bound > mostSum
		if err := ctx.Err(); err != nil {
			return Solution{}, err
		}
		return Solution{}, &InfeasibleError{Demand: -1, Proved: b.complete}
	}
	out := Solution{Serve: s.best, Objective: s.value, Bound: min(b.bound, s.value), Nodes: b.nodes, Open: slices.Sorted(slices.Values(s.bestOpen))}
	out.Proved = out.Bound == out.Objective
	used := make([]int64, p.Sites)
	for i, j := range out.Serve {
		used[j] += p.Load[i]
	}
	for _, j := range out.Open {
		out.Used = append(out.Used, used[j])
	}
	return out, nil
}

func (p *Problem) validate() error {
	fault := func(row int, why string) error { return &ProblemError{Row: row, Why: why} }
	switch {
	case p.Demand < 1 || p.Demand > MaxDemand:
		return fault(-1, "from 1 to 1048576 demands")
	case p.Sites < 1 || p.Sites > MaxSites:
		return fault(-1, "from 1 to 65536 candidates")
	case len(p.Distance) != p.Demand*p.Sites:
		return fault(-1, "a distance for each demand and candidate")
	case p.Weight != nil && len(p.Weight) != p.Demand || len(p.Load) != p.Demand || len(p.Capacity) != p.Sites:
		return fault(-1, "a weight and a load for each demand, a capacity for each candidate")
	case p.K < 1 || p.K > p.Sites:
		return fault(-1, "from 1 site up to all candidates")
	case len(p.Fixed) > p.K:
		return fault(-1, "no more fixed sites than sites")
	}
	for k, j := range p.Fixed {
		if j < 0 || int(j) >= p.Sites || slices.Contains(p.Fixed[:k], j) {
			return fault(k, "fixed sites that are candidates, each once")
		}
	}
	for j, c := range p.Capacity {
		if c < 0 || c > MaxLoad {
			return fault(j, "capacities from 0 to 2^40")
		}
	}
	sum := 0.0
	for i := range p.Demand {
		w := int64(1)
		if p.Weight != nil {
			w = p.Weight[i]
		}
		far := int32(0)
		for _, d := range p.Distance[i*p.Sites : (i+1)*p.Sites] {
			if d < 0 || d > MaxWay && d != Never {
				return fault(i, "distances from 0 to 1073741824")
			}
			if d != Never {
				far = max(far, d)
			}
		}
		sum += float64(w) * float64(far)
		switch {
		case w < 0 || w > MaxWeight:
			return fault(i, "weights from 0 to 1048576")
		case p.Load[i] < 0 || p.Load[i] > MaxLoad:
			return fault(i, "loads from 0 to 2^40")
		case sum > mostSum:
			return fault(i, "weights and distances whose sum stays below 2^40")
		}
	}
	return nil
}

// room finds what cannot be, whatever is chosen.
func (p *Problem) room() error {
	load := int64(0)
	for i, l := range p.Load {
		load += l
		fits := false
		for j, d := range p.Distance[i*p.Sites : (i+1)*p.Sites] {
			fits = fits || d != Never && l <= p.Capacity[j]
		}
		if !fits {
			return &InfeasibleError{Demand: int32(i), Proved: true}
		}
	}
	room := int64(0)
	var free []int64
	for j, c := range p.Capacity {
		if slices.Contains(p.Fixed, int32(j)) {
			room += c
		} else {
			free = append(free, c)
		}
	}
	slices.Sort(free)
	for _, c := range free[len(free)-(p.K-len(p.Fixed)):] {
		room += c
	}
	if room < load {
		return &InfeasibleError{Demand: -1, Load: load, Room: room, Proved: true}
	}
	return nil
}

// Check proves a solution without any of Solve's code, apart from the bound: K candidates are open, fixed ones among them,
// each demand is served by one of them that may, none is over its capacity, and the objective is what that costs.
func Check(p Problem, s Solution) error {
	open := make([]bool, p.Sites)
	for k, j := range s.Open {
		if j < 0 || int(j) >= p.Sites || k > 0 && j <= s.Open[k-1] {
			return fmt.Errorf("capacity: open sites %v are not rising candidates", s.Open)
		}
		open[j] = true
	}
	if len(s.Open) != p.K || len(s.Used) != p.K || len(s.Serve) != p.Demand {
		return fmt.Errorf("capacity: %d sites are open and serve %d demands, not %d and %d", len(s.Open), len(s.Serve), p.K, p.Demand)
	}
	for _, j := range p.Fixed {
		if !open[j] {
			return fmt.Errorf("capacity: site %d is fixed and not open", j)
		}
	}
	used := make([]int64, p.Sites)
	var sum int64
	for i, j := range s.Serve {
		if j < 0 || int(j) >= p.Sites || !open[j] || p.Distance[i*p.Sites+int(j)] == Never {
			return fmt.Errorf("capacity: demand %d is served from %d, which cannot be", i, j)
		}
		w := int64(1)
		if p.Weight != nil {
			w = p.Weight[i]
		}
		used[j] += p.Load[i]
		sum += w * int64(p.Distance[i*p.Sites+int(j)])
	}
	for k, j := range s.Open {
		if used[j] > p.Capacity[j] || used[j] != s.Used[k] {
			return fmt.Errorf("capacity: site %d takes %d, said %d, of %d", j, used[j], s.Used[k], p.Capacity[j])
		}
	}
	switch {
	case sum != s.Objective:
		return fmt.Errorf("capacity: costs %d, not %d", sum, s.Objective)
	case s.Bound > s.Objective || s.Proved != (s.Bound == s.Objective):
		return fmt.Errorf("capacity: bound %d of %d, proved %v", s.Bound, s.Objective, s.Proved)
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
		return "capacity: needs " + e.Why
	}
	return fmt.Sprintf("capacity: row %d: needs %s", e.Row, e.Why)
}

// InfeasibleError says why there is no plan: a demand (from 0) that no candidate can take; or else all loads together and
// the largest room of K sites; or neither, where no plan was found. Proved says that there is none.
type InfeasibleError struct {
	Demand     int32 // −1 for none
	Load, Room int64
	Proved     bool
}

func (e *InfeasibleError) Error() string {
	switch {
	case e.Demand >= 0:
		return fmt.Sprintf("capacity: demand %d fits nowhere", e.Demand)
	case e.Load > 0:
		return fmt.Sprintf("capacity: loads of %d are more than the room of %d", e.Load, e.Room)
	case e.Proved:
		return "capacity: the loads cannot be shared out"
	}
	return "capacity: no plan was found that keeps the capacities"
}
