package budget

import (
	"context"
	"math/rand/v2"
	"slices"
)

// search holds the best choice and looks for better ones.
type search struct {
	ctx    context.Context
	p      *Problem
	random *rand.Rand
	cost   []int64 // demand by demand; never where it must not be
	fixed  []bool

	open  []int32
	is    []bool
	paid  int64
	first []int32 // per demand, the nearest open site; −1 without any
	near  []int64 // what it costs
	far   []int64 // the same of the second nearest
	total int64
	loss  []int64 // per open site: what closing it adds
	twice []int64 // see swap

	best  []int32
	value int64
}

func newSearch(ctx context.Context, p *Problem, o Options) *search {
	n, m := p.Demand, p.Sites
	s := &search{
		ctx: ctx, p: p, random: rand.New(rand.NewPCG(o.Seed, 0x627564676574)), cost: make([]int64, n*m), fixed: make([]bool, m), is: make([]bool, m),
		first: make([]int32, n), near: make([]int64, n), far: make([]int64, n), loss: make([]int64, m), twice: make([]int64, m), value: never,
	}
	for i := range n {
		for j := range m {
			s.cost[i*m+j] = never
			if d := p.Distance[i*m+j]; d != Never {
				s.cost[i*m+j] = p.weight(i) * int64(d)
			}
		}
	}
	for _, j := range p.Fixed {
		s.fixed[j] = true
	}
	return s
}

// set begins with a choice.
func (s *search) set(open []int32) {
	for _, j := range s.open {
		s.is[j] = false
	}
	s.open = append(s.open[:0], open...)
	s.paid = 0
	for _, j := range open {
		s.is[j] = true
		s.paid += s.p.Cost[j]
	}
	s.count()
}

// count finds the two nearest open sites of each demand.
func (s *search) count() {
	clear(s.loss)
	s.total = 0
	for i := range s.first {
		row := s.cost[i*s.p.Sites : (i+1)*s.p.Sites]
		first, near, far := int32(-1), never, never
		for _, j := range s.open {
			switch c := row[j]; {
			case c < near:
				first, near, far = j, c, near
			case c < far:
				far = c
			}
		}
		s.first[i], s.near[i], s.far[i] = first, near, far
		s.total = min(s.total+near, 1<<62)
		if first >= 0 {
			s.loss[first] = min(s.loss[first]+far-near, 1<<62)
		}
	}
}

func (s *search) keep() {
	if s.total < s.value {
		s.value, s.best = s.total, slices.Clone(s.open)
	}
}

// unserved is a demand that the choice at hand leaves out.
func (s *search) unserved() int32 {
	return int32(max(0, slices.IndexFunc(s.first, func(j int32) bool { return j < 0 })))
}

// begin opens what is fixed and then, one after the other, what saves most for its cost.
func (s *search) begin() {
	s.set(s.p.Fixed)
	s.fill()
	s.improve()
	s.keep()
}

// fill opens sites while there is budget.
func (s *search) fill() {
	for len(s.open) < s.p.most() {
		at, most := int32(-1), 0.0
		for j, c := range s.p.Cost {
			if s.is[j] || s.paid+c > s.p.Budget {
				continue
			}
			gain := 0.0
			for i, near := range s.near {
				if c := s.cost[i*s.p.Sites+j]; c < near {
					gain += float64(near - c)
				}
			}
			if rate := gain / (float64(c) + 1); gain > 0 && rate > most {
				at, most = int32(j), rate
			}
		}
		if at < 0 {
			return
		}
		s.set(append(slices.Clone(s.open), at))
	}
}

// improve exchanges sites within the budget and opens more, while that helps.
func (s *search) improve() {
	for better := true; better && s.ctx.Err() == nil; {
		better = false
		for j := range int32(s.p.Sites) {
			if !s.is[j] && s.swap(j) {
				better = true
			}
		}
		before := s.total
		s.fill()
		better = better || s.total < before
	}
}

// swap opens a candidate, besides or in the place of another one, as is best and can be paid.
func (s *search) swap(j int32) bool {
	gain := int64(0)
	for i, near := range s.near {
		c := s.cost[int(i)*s.p.Sites+int(j)]
		switch {
		case c < near:
			gain += near - c
			if r := s.first[i]; r >= 0 {
				s.twice[r] += s.far[i] - near
			}
		case c < s.far[i] && s.first[i] >= 0:
			s.twice[s.first[i]] += s.far[i] - c
		}
	}
	profit, out := int64(0), int32(-1)
	alone := len(s.open) < s.p.most() && s.paid+s.p.Cost[j] <= s.p.Budget
	if alone {
		profit = gain
	}
	for _, r := range s.open {
		if p := gain - s.loss[r] + s.twice[r]; p > profit && !s.fixed[r] && s.paid+s.p.Cost[j]-s.p.Cost[r] <= s.p.Budget {
			profit, out = p, r
		}
		s.twice[r] = 0
	}
	if profit <= 0 {
		return false
	}
	open := append(slices.Clone(s.open), j)
	if out >= 0 {
		open = slices.DeleteFunc(open, func(r int32) bool { return r == out })
	}
	s.set(open)
	return true
}

// vary closes some sites of the best choice by lot, opens one by lot that can be paid, and improves.
func (s *search) vary(times int64) {
	for range times {
		if s.ctx.Err() != nil {
			return
		}
		if s.set(s.best); s.best == nil { // no choice serves everybody yet
			s.set(s.p.Fixed)
		}
		open := slices.Clone(s.open)
		for range 1 + s.random.IntN(3) {
			if k := s.random.IntN(max(1, len(open))); k < len(open) && !s.fixed[open[k]] {
				s.paid -= s.p.Cost[open[k]]
				open = slices.Delete(open, k, k+1)
			}
		}
		if j := int32(s.random.IntN(s.p.Sites)); len(open) < s.p.most() && !slices.Contains(open, j) && s.paid+s.p.Cost[j] <= s.p.Budget {
			open = append(open, j)
		}
		s.set(open)
		s.fill()
		s.improve()
		s.keep()
	}
}
