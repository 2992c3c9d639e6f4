// Package siting chooses places: the K of many candidates from which people have the shortest ways together (the p-median).
//
// Distances and weights are whole numbers of whatever the caller counts, metres and people as a rule.
package siting

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
)

// Problem is a demand and where it could be served.
type Problem struct {
	Demand, Sites int
	Distance      []int32 // demand by demand, from 0 to MaxWay, or Never
	Weight        []int64 // per demand, from 0 to MaxWeight; nil for 1 each
	K             int     // sites to be open, those that are fixed included
	Fixed         []int32 // candidates that are open in any case
}

func (p *Problem) way(demand, site int) int32 { return p.Distance[demand*p.Sites+site] }

// Options bound the work, never the time. What is found depends on both and on nothing else.
type Options struct {
	Seed   uint64
	Effort int64 // nodes of the search for a proof; 0 means 10,000
}

// Solution is a choice with a proof of how good it is.
type Solution struct {
	Open      []int32 // candidates, rising
	Serve     []int32 // per demand, the open candidate that is nearest, the lowest of equals
	Objective int64   // weight × distance, summed
	Bound     int64   // what no choice can undercut
	Proved    bool
	Nodes     int64 // of the search for a proof; 0 where the first bound was enough

	// Loss is, for each of Open, by how much the objective grows if that one is closed and nothing else is done: why this
	// site. Gain is, for each candidate, by how much it falls if that one is opened besides: why not that one. Where
	// closing would leave a demand without any site, Loss is −1.
	Loss, Gain []int64
}

// Solve chooses K sites. A Lagrangian relaxation of "each demand is served once" gives bounds and good first choices
// (Cornuejols, Fisher and Nemhauser, Management Science 23, 1977), exchanges of one open site for another improve them
// (Resende and Werneck, Journal of Heuristics 2004 and EJOR 2007), and what the bounds cannot rule out is searched by
// branching, until Effort is spent.
//
// When the context ends, the best choice so far is given with its bound. The errors are [ProblemError], [InfeasibleError]
// and, where no choice is at hand yet, the context's.
func Solve(ctx context.Context, p Problem, o Options) (Solution, error) {
	plan, err := newPlan(ctx, p, o)
	if err != nil {
		return Solution{}, err
	}
	return plan.Solution, nil
}

func (p *Problem) validate() error {
	switch {
	case p.Demand < 1 || p.Demand > MaxDemand:
		return &ProblemError{Row: -1, Why: "from 1 to 1048576 demands"}
	case p.Sites < 1 || p.Sites > MaxSites:
		return &ProblemError{Row: -1, Why: "from 1 to 65536 candidates"}
	case len(p.Distance) != p.Demand*p.Sites:
		return &ProblemError{Row: -1, Why: "a distance for each demand and candidate"}
	case p.Weight != nil && len(p.Weight) != p.Demand:
		return &ProblemError{Row: -1, Why: "a weight for each demand"}
	case p.K < 1 || p.K > p.Sites:
		return &ProblemError{Row: -1, Why: "from 1 site up to all candidates"}
	case len(p.Fixed) > p.K:
		return &ProblemError{Row: -1, Why: "no more fixed sites than sites"}
	}
	for k, j := range p.Fixed {
		if j < 0 || int(j) >= p.Sites || slices.Contains(p.Fixed[:k], j) {
			return &ProblemError{Row: k, Why: "fixed sites that are candidates, each once"}
		}
	}
	for i, w := range p.Weight {
		if w < 0 || w > MaxWeight {
			return &ProblemError{Row: i, Why: "weights from 0 to 1048576"}
		}
	}
	sum := 0.0
	for i := range p.Demand {
		served, far := false, int32(0)
		for _, d := range p.Distance[i*p.Sites : (i+1)*p.Sites] {
			if d < 0 || d > MaxWay && d != Never {
				return &ProblemError{Row: i, Why: "distances from 0 to 1073741824"}
			}
			if d != Never {
				served, far = true, max(far, d)
			}
		}
		w := 1.0
		if p.Weight != nil {
			w = float64(p.Weight[i])
		}
		if sum += w * float64(far); sum >= float64(never) {
			return &ProblemError{Row: i, Why: "weights and distances whose sum stays below 2^41"}
		}
		if !served {
			return &InfeasibleError{Demand: int32(i)}
		}
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
		return "siting: needs " + e.Why
	}
	return fmt.Sprintf("siting: row %d: needs %s", e.Row, e.Why)
}

// InfeasibleError names a demand, from 0, that no candidate may serve, or that none of the choices tried did.
type InfeasibleError struct{ Demand int32 }

func (e *InfeasibleError) Error() string {
	return fmt.Sprintf("siting: demand %d is served by nobody", e.Demand)
}
