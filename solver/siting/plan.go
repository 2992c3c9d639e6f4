package siting

import (
	"context"
	"slices"
)

// Plan is a solution with what Solve knew when it found it, so that questions about it are answered at once.
type Plan struct {
	Solution Solution
	p        Problem
	s        *search
}

// NewPlan solves a problem as [Solve] does, and keeps what is needed for [Plan.WhatIf] and [Plan.Why].
func NewPlan(ctx context.Context, p Problem, o Options) (*Plan, error) { return newPlan(ctx, p, o) }

func newPlan(ctx context.Context, p Problem, o Options) (*Plan, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	if o.Effort <= 0 {
		o.Effort = 10_000
	}
	s := newSearch(ctx, p, o)
	if err := s.run(); err != nil {
		return nil, err
	}
	s.swaps.set(s.best)
	return &Plan{s.solution(), p, s}, nil
}

// Change is what is asked about: candidates to be open in any case, and candidates to be closed in any case.
type Change struct{ Open, Close []int32 }

// Answer is what a change comes to. AtOnce is the objective if nothing else is moved; −1 where somebody would be without a
// site. The solution is that of the other sites exchanged as well; its bound is that of the prices found before, which the
// change leaves right.
type Answer struct {
	AtOnce   int64
	Solution Solution
}

// WhatIf opens and closes sites and exchanges the others until that no longer helps: one site more or less than before for
// each that opens or closes. It does not change the plan. The errors are [ProblemError] (Row is the change's, opened ones
// first) and [InfeasibleError].
func (l *Plan) WhatIf(c Change) (Answer, error) {
	open := slices.Clone(l.Solution.Open)
	fixed, banned := slices.Clone(l.s.fixed), make([]bool, l.p.Sites)
	for k, j := range slices.Concat(c.Open, c.Close) {
		fault := func(why string) error { return &ProblemError{Row: k, Why: why} }
		if j < 0 || int(j) >= l.p.Sites {
			return Answer{}, fault("a candidate")
		}
		at, is := slices.BinarySearch(open, j)
		switch opens := k < len(c.Open); {
		case is == opens:
			return Answer{}, fault("an open site to close and a closed one to open")
		case opens:
			fixed[j] = true
			open = slices.Insert(open, at, j)
		case l.s.fixed[j]:
			return Answer{}, fault("a site that is not fixed")
		default:
			banned[j] = true
			open = slices.Delete(open, at, at+1)
		}
	}
	if len(open) == 0 {
		return Answer{}, &ProblemError{Row: -1, Why: "from 1 site up to all candidates"}
	}
	p := l.p
	p.K = len(open)
	w := newSwaps(&p, l.s.offers, p.K)
	w.set(open)
	a := Answer{AtOnce: w.total}
	if w.total >= never {
		a.AtOnce = -1
	}
	w.improve(fixed, banned)
	// The prices are good for any choice of sites.
	st := make([]state, p.Sites)
	for j := range st {
		switch {
		case banned[j]:
			st[j] = closed
		case fixed[j]:
			st[j] = opened
		}
	}
	s := *l.s
	s.p, s.swaps, s.best, s.value, s.nodes = &p, w, w.choice(), w.total, 0
	if s.value >= never {
		for i := range p.Demand {
			if s.offers.of(i)[w.first[i]].cost >= never {
				return Answer{}, &InfeasibleError{Demand: int32(i)}
			}
		}
	}
	prices := l.s.root.clone()
	prices.s = &s
	prices.offers = s.offers
	prices.evaluate(st)
	s.bound = min(s.value, max(0, whole(prices.bound)))
	a.Solution = s.solution()
	return a, nil
}

// Reason is why a candidate is open or not.
type Reason struct {
	Open   bool
	Serves int   // demands, if open
	Weight int64 // of them
	Loss   int64 // if open: what closing it would add, the others staying; −1 where somebody would be without a site
	Gain   int64 // if closed: what opening it besides would save
	// Instead is, if closed, the open site in whose place it would do best, −1 where all are fixed, and Adds what that
	// exchange would add: below 0 it would be better.
	Instead int32
	Adds    int64
}

// Why says why a candidate is open or not.
func (l *Plan) Why(j int32) Reason {
	w := l.s.swaps
	r := Reason{Open: w.open[j], Instead: -1}
	if r.Open {
		k, _ := slices.BinarySearch(l.Solution.Open, j)
		r.Loss = l.Solution.Loss[k]
		for i, at := range l.Solution.Serve {
			if at == j {
				r.Serves++
				if l.p.Weight == nil {
					r.Weight++
				} else {
					r.Weight += l.p.Weight[i]
				}
			}
		}
		return r
	}
	r.Gain = w.gain[j]
	for k, out := range w.sites {
		if adds := w.loss[k] - w.gain[j] - w.extra[int(j)*w.k+k]; !l.s.fixed[out] && (r.Instead < 0 || adds < r.Adds) {
			r.Instead, r.Adds = out, adds
		}
	}
	return r
}

// Covering is the problem of covering as much weight as possible (the maximal covering location problem): what lies within a
// distance costs nothing, and what does not costs its weight. The objective is then the weight that is left uncovered.
func Covering(p Problem, within int32) Problem {
	distance := make([]int32, len(p.Distance))
	for k, d := range p.Distance {
		if d > within {
			distance[k] = 1
		}
	}
	p.Distance = distance
	return p
}
