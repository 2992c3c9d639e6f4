package siting

import (
	"math"
	"slices"
)

// swaps is a choice with all that is needed to tell at once what exchanging any open site for any other would bring
// (Resende and Werneck). For each demand the two nearest open sites are known. Then
//
//	profit of opening j and closing r = gain[j] − loss[r] + extra[j][r]
//
// where gain is what demands save that have j nearer than now, loss what those of r pay for their second nearest, and
// extra what is counted twice, since some of those of r go to j.
type swaps struct {
	p      *Problem
	offers offers
	demand int
	k      int

	open  []bool
	slot  []int32 // per site, its place in sites, −1 where it is closed
	sites []int32 // the open ones, in any order
	first []int32 // per demand, places in its list of offers of the nearest and second nearest open site; the list's length without any
	next  []int32

	gain  []int64
	loss  []int64 // per place in sites
	extra []int64 // sites × K
	total int64
}

func newSwaps(p *Problem, o offers, k int) *swaps {
	demand, m := p.Demand, p.Sites
	return &swaps{
		p: p, offers: o, demand: demand, k: k, open: make([]bool, m), slot: make([]int32, m), first: make([]int32, demand), next: make([]int32, demand),
		gain: make([]int64, m), loss: make([]int64, k), extra: make([]int64, m*k),
	}
}

// set begins with a choice.
func (s *swaps) set(open []int32) {
	for j := range s.open {
		s.open[j], s.slot[j] = false, -1
	}
	s.sites = append(s.sites[:0], open...)
	for r, j := range open {
		s.open[j], s.slot[j] = true, int32(r)
	}
	clear(s.gain)
	clear(s.loss)
	clear(s.extra)
	s.total = 0
	for i := range s.demand {
		s.first[i] = s.from(i, 0)
		s.next[i] = s.from(i, s.first[i]+1)
		s.count(i, 1)
	}
}

// from is the place of the nearest open site from a place on.
func (s *swaps) from(demand int, at int32) int32 {
	list := s.offers.of(demand)
	for int(at) < len(list) && !s.open[list[at].site] {
		at++
	}
	return min(at, int32(len(list)))
}

// count adds what a demand contributes, or takes it away (sign −1).
func (s *swaps) count(demand int, sign int64) {
	list := s.offers.of(demand)
	near, far := never, never
	if int(s.first[demand]) < len(list) {
		near = list[s.first[demand]].cost
	}
	if int(s.next[demand]) < len(list) {
		far = list[s.next[demand]].cost
	}
	s.total += sign * near
	r := s.slot[list[s.first[demand]].site]
	s.loss[r] += sign * (far - near)
	for _, o := range list {
		switch {
		case o.cost < near:
			s.gain[o.site] += sign * (near - o.cost)
			s.extra[int(o.site)*s.k+int(r)] += sign * (far - near)
		case o.cost < far:
			s.extra[int(o.site)*s.k+int(r)] += sign * (far - o.cost)
		default:
			return
		}
	}
}

// improve exchanges sites, the best pair first, while that helps. Fixed sites stay, banned ones (nil for none) do not open.
func (s *swaps) improve(fixed, banned []bool) {
	for {
		profit, in, out := s.best(fixed, banned)
		if profit <= 0 {
			return
		}
		s.exchange(in, out)
	}
}

func (s *swaps) best(fixed, banned []bool) (profit int64, in, out int32) {
	for j, gain := range s.gain {
		if s.open[j] || banned != nil && banned[j] {
			continue
		}
		extra := s.extra[j*s.k : j*s.k+len(s.sites)]
		for r, x := range extra {
			if p := gain - s.loss[r] + x; p > profit && !fixed[s.sites[r]] {
				profit, in, out = p, int32(j), s.sites[r]
			}
		}
	}
	return profit, in, out
}

// towards is the exchange of a site that a choice has not for one that it has which brings most; −1 where none is left.
func (s *swaps) towards(choice []bool) (in, out int32) {
	in = -1
	most := int64(math.MinInt64)
	for j, is := range choice {
		if !is || s.open[j] {
			continue
		}
		for r, x := range s.extra[j*s.k : j*s.k+len(s.sites)] {
			if profit := s.gain[j] - s.loss[r] + x; !choice[s.sites[r]] && profit > most {
				most, in, out = profit, int32(j), s.sites[r]
			}
		}
	}
	return in, out
}

// exchange opens one site in the place of another, and counts anew the demands that notice.
func (s *swaps) exchange(in, out int32) {
	var notice []int32
	for i := range s.demand {
		list := s.offers.of(i)
		f, n := s.first[i], s.next[i]
		touched := list[f].site == out || int(n) < len(list) && list[n].site == out
		if !touched { // whether the new one comes before the second nearest
			way, far := s.p.way(i, int(in)), int32(Never)
			if int(n) < len(list) {
				far = s.p.way(i, int(list[n].site))
			}
			touched = way < far || way == far && (int(n) == len(list) || in < list[n].site)
		}
		if touched {
			s.count(i, -1)
			notice = append(notice, int32(i))
		}
	}
	r := s.slot[out]
	s.open[out], s.slot[out] = false, -1
	s.open[in], s.slot[in], s.sites[r] = true, r, in
	for _, i := range notice {
		s.first[i] = s.from(int(i), 0)
		s.next[i] = s.from(int(i), s.first[i]+1)
		s.count(int(i), 1)
	}
}

// choice gives the open sites, rising.
func (s *swaps) choice() []int32 { return slices.Sorted(slices.Values(s.sites)) }
