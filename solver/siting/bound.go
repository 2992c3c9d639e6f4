package siting

import (
	"math"
	"slices"
)

// price is the relaxation: each demand offers a price to whoever serves it, and may be served by several or by nobody. Then
// the best K sites are those that earn most, and all prices less what they earn is a bound.
type price struct {
	s      *search
	offers offers    // of the sites that are not closed
	of     []float64 // per demand
	worth  []float64 // per site: what it earns, as a cost (0 or less)
	order  []int32   // free sites, the one that earns most first
	bound  float64
	taken  []bool // the sites of the relaxed choice
}

// state is what branching has decided of a site.
type state int8

const (
	free state = iota
	opened
	closed
)

// evaluate finds the bound for the prices.
func (p *price) evaluate(st []state) {
	clear(p.worth)
	sum := 0.0
	for i, offered := range p.of {
		sum += offered
		for _, o := range p.offers.of(i) {
			c := float64(o.cost)
			if c >= offered {
				break
			}
			p.worth[o.site] += c - offered
		}
	}
	p.order = p.order[:0]
	left := p.s.p.K
	for j, x := range st {
		p.taken[j] = x == opened
		switch x {
		case opened:
			sum += p.worth[j]
			left--
		case free:
			p.order = append(p.order, int32(j))
		}
	}
	slices.SortFunc(p.order, func(a, b int32) int {
		if p.worth[a] != p.worth[b] {
			if p.worth[a] < p.worth[b] {
				return -1
			}
			return 1
		}
		return int(a - b)
	})
	for _, j := range p.order[:left] {
		p.taken[j] = true
		sum += p.worth[j]
	}
	p.bound = sum
}

// step moves prices along the subgradient: up where nobody serves a demand, down where several do.
func (p *price) step(theta, target float64) (served bool) {
	norm := 0.0
	slack := p.s.slack
	for i, offered := range p.of {
		n := 1.0
		for _, o := range p.offers.of(i) {
			if float64(o.cost) >= offered {
				break
			}
			if p.taken[o.site] {
				n--
			}
		}
		slack[i] = n
		norm += n * n
	}
	if norm == 0 {
		return true
	}
	t := theta * max(target-p.bound, 1e-3*math.Abs(target)+1e-3) / norm
	for i, n := range slack {
		p.of[i] = max(0, p.of[i]+t*n)
	}
	return false
}

// whole is the least whole number that a bound promises, some parts in 10^9 being left to rounding.
func whole(bound float64) int64 {
	return int64(math.Ceil(bound - 1e-6 - 1e-9*math.Abs(bound)))
}
