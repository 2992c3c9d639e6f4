package siting

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// search holds the best choice and looks for better ones and for a proof that there are none.
type search struct {
	ctx    context.Context
	p      *Problem
	o      Options
	offers offers
	swaps  *swaps
	fixed  []bool
	slack  []float64
	random *rand.Rand

	best  []int32
	value int64
	tried map[string]bool

	root  *price // the first prices
	bound int64
	nodes int64
	ended bool // by the context or the effort, so that the bound is that of the first prices
}

func newSearch(ctx context.Context, p Problem, o Options) *search {
	s := &search{ctx: ctx, p: &p, o: o, offers: newOffers(&p), fixed: make([]bool, p.Sites), slack: make([]float64, p.Demand), value: math.MaxInt64, tried: map[string]bool{}}
	s.random = rand.New(rand.NewPCG(o.Seed, 0x736974696e67))
	s.swaps = newSwaps(s.p, s.offers, p.K)
	for _, j := range p.Fixed {
		s.fixed[j] = true
	}
	return s
}

// Numbers of steps, found on the public networks: more at the root bring little, fewer in the nodes cost proofs.
const (
	rootSteps = 1500
	nodeSteps = 120
	patience  = 20 // steps without a better bound after which steps become shorter
	restarts  = 12 // five times as many where the prices leave more than a hundredth: branching proves nothing there
)

func (s *search) run() error {
	st := make([]state, s.p.Sites)
	for _, j := range s.p.Fixed {
		st[j] = opened
	}
	s.try(s.greedy())
	p := s.newPrice()
	for i := range p.of { // what a demand would pay at most: its second nearest of a good choice
		list := s.offers.of(i)
		if at := s.swaps.next[i]; int(at) < len(list) {
			p.of[i] = float64(list[at].cost)
		} else {
			p.of[i] = float64(list[s.swaps.first[i]].cost)
		}
	}
	best := s.ascend(p, st, rootSteps, 2)
	s.bound = whole(best.bound)
	s.root = best.clone()
	if s.bound < s.value && !s.stopped() && s.fix(best, st) {
		// Whatever is better is without the sites closed now, so that nothing below has to look at them.
		best.offers = s.offers.without(st)
		s.swaps = newSwaps(s.p, best.offers, s.p.K)
		s.vary(st)
		if s.bound < s.value {
			s.branch(best, st)
		}
		s.swaps = newSwaps(s.p, s.offers, s.p.K)
	}
	if !s.ended || s.bound > s.value {
		s.bound = s.value
	}
	if s.value >= never {
		s.swaps.set(s.best)
		for i := range s.p.Demand {
			list := s.offers.of(i)
			if list[s.swaps.first[i]].cost >= never {
				if err := s.ctx.Err(); err != nil {
					return err
				}
				return &InfeasibleError{Demand: int32(i)}
			}
		}
	}
	return nil
}

func (s *search) stopped() bool {
	s.ended = s.ended || s.ctx.Err() != nil || s.nodes > s.o.Effort
	return s.ended
}

func (s *search) newPrice() *price {
	return &price{s: s, offers: s.offers, of: make([]float64, s.p.Demand), worth: make([]float64, s.p.Sites), taken: make([]bool, s.p.Sites), bound: math.Inf(-1)}
}

func (p *price) clone() *price {
	return &price{s: p.s, offers: p.offers, of: slices.Clone(p.of), worth: slices.Clone(p.worth), order: slices.Clone(p.order), taken: slices.Clone(p.taken), bound: p.bound}
}

// greedy opens, one after the other, the site that saves most.
func (s *search) greedy() []int32 {
	near := make([]int64, s.p.Demand)
	for i := range near {
		near[i] = never
	}
	var open []int32
	is := make([]bool, s.p.Sites)
	gain := make([]int64, s.p.Sites)
	add := func(j int32) {
		open = append(open, j)
		is[j] = true
		for i := range near {
			near[i] = min(near[i], s.p.cost(i, int(j)))
		}
	}
	for _, j := range s.p.Fixed {
		add(j)
	}
	for len(open) < s.p.K {
		clear(gain)
		for i, now := range near {
			for _, o := range s.offers.of(i) {
				if o.cost >= now {
					break
				}
				gain[o.site] += now - o.cost
			}
		}
		at := int32(-1)
		for j, g := range gain {
			if !is[j] && (at < 0 || g > gain[at]) {
				at = int32(j)
			}
		}
		add(at)
	}
	return open
}

// try improves a choice by exchanges, once, and keeps it where it is the best so far.
func (s *search) try(open []int32) {
	s.swaps.set(open)
	s.swaps.improve(s.fixed, nil)
	s.keep()
}

func (s *search) keep() {
	if s.swaps.total < s.value {
		s.value, s.best = s.swaps.total, s.swaps.choice()
	}
}

// tryNew tries a choice unless it was tried before.
func (s *search) tryNew(taken []bool) {
	key := make([]byte, (len(taken)+7)/8)
	var open []int32
	for j, t := range taken {
		if t {
			key[j/8] |= 1 << (j % 8)
			open = append(open, int32(j))
		}
	}
	if len(s.tried) < 10_000 && !s.tried[string(key)] {
		s.tried[string(key)] = true
		s.try(open)
	}
}

// ascend looks for the prices with the highest bound, and gives them. Choices met on the way are tried.
func (s *search) ascend(p *price, st []state, steps int, theta float64) *price {
	since := 0
	best := p.clone()
	for k := range steps {
		p.evaluate(st)
		if p.bound > best.bound {
			if p.bound > best.bound+1e-4*math.Abs(best.bound) {
				since = 0
			}
			best = p.copyTo(best)
			if k%10 == 0 || whole(p.bound) >= s.value-1 {
				s.tryNew(p.taken)
			}
		}
		if whole(best.bound) >= s.value || k&15 == 0 && s.ctx.Err() != nil {
			return best
		}
		if since++; since > patience {
			theta /= 2
			since = 0
			s.tryNew(p.taken)
			if theta < 0.005 {
				return best
			}
			copy(p.of, best.of)
			p.evaluate(st)
		}
		if p.step(theta, float64(s.value)) {
			s.tryNew(p.taken) // everybody is served once: there is nothing better
			return best
		}
	}
	return best
}

func (p *price) copyTo(to *price) *price {
	to.offers = p.offers
	copy(to.of, p.of)
	copy(to.worth, p.worth)
	copy(to.taken, p.taken)
	to.order = append(to.order[:0], p.order...)
	to.bound = p.bound
	return to
}

// vary begins again from the best choice with some sites exchanged by lot.
func (s *search) vary(st []state) {
	may := make([]int32, 0, len(st))
	for j, x := range st {
		if x != closed {
			may = append(may, int32(j))
		}
	}
	good := slices.DeleteFunc(slices.Clone(s.best), func(j int32) bool { return st[j] == closed })
	for _, j := range may {
		if len(good) < s.p.K && !slices.Contains(good, j) {
			good = append(good, j)
		}
	}
	rounds := restarts
	if s.value-s.bound > s.bound/100 {
		rounds *= 5
	}
	for range rounds {
		if s.stopped() || s.bound >= s.value {
			return
		}
		open := slices.Clone(good)
		for range 1 + len(open)/8 {
			k := s.random.IntN(len(open))
			j := may[s.random.IntN(len(may))]
			if !s.fixed[open[k]] && !slices.Contains(open, j) {
				open[k] = j
			}
		}
		s.try(open)
		s.relink()
	}
}

// relink goes from the choice at hand to the best one, each time by that exchange between the two which brings most, and
// tries the best choice on the way.
func (s *search) relink() {
	goal := make([]bool, s.p.Sites)
	for _, j := range s.best {
		goal[j] = true
	}
	var middle []int32
	least := int64(math.MaxInt64)
	for in, out := s.swaps.towards(goal); in >= 0; {
		s.swaps.exchange(in, out)
		if in, out = s.swaps.towards(goal); in >= 0 && s.swaps.total < least {
			middle, least = s.swaps.choice(), s.swaps.total
		}
	}
	if middle != nil {
		s.try(middle)
	}
}

// branch searches what the prices cannot rule out.
func (s *search) branch(best *price, st []state) {
	s.nodes++
	if s.stopped() {
		return
	}
	st = slices.Clone(st)
	if !s.fix(best, st) {
		return
	}
	if left := count(st, closed); best.offers.each > 2*(len(st)-left) {
		best.offers = best.offers.without(st)
	}
	at := s.undecided(best, st)
	if at < 0 {
		s.leaf(st)
		return
	}
	for _, side := range []state{opened, closed} {
		st[at] = side
		child := best.clone()
		child.bound = math.Inf(-1)
		child = s.ascend(child, st, nodeSteps, 1)
		if whole(child.bound) < s.value {
			s.branch(child, st)
		}
		if s.stopped() {
			return
		}
	}
}

func count(st []state, as state) (n int) {
	for _, x := range st {
		if x == as {
			n++
		}
	}
	return n
}

// fix decides sites whose other choice the bound rules out; false where it rules out everything.
func (s *search) fix(p *price, st []state) bool {
	if whole(p.bound) >= s.value {
		return false
	}
	left := s.p.K - count(st, opened)
	last, after := math.Inf(-1), math.Inf(1) // what the least of the taken earns, and the most of the others
	if left > 0 {
		last = p.worth[p.order[left-1]]
	}
	if left < len(p.order) {
		after = p.worth[p.order[left]]
	}
	for k, j := range p.order {
		switch {
		case k >= left && whole(p.bound+p.worth[j]-last) >= s.value:
			st[j] = closed
		case k < left && whole(p.bound-p.worth[j]+after) >= s.value:
			st[j] = opened
		}
	}
	return true
}

// undecided is the free site about which the prices are least sure: of those taken the one that earns least.
func (s *search) undecided(p *price, st []state) int32 {
	left := s.p.K - count(st, opened)
	if left == 0 || count(st, free) <= left {
		return -1
	}
	at := int32(-1)
	for _, j := range p.order {
		if st[j] == free && p.taken[j] {
			at = j
		}
	}
	if at < 0 {
		for _, j := range p.order {
			if st[j] == free {
				return j
			}
		}
	}
	return at
}

// leaf is a choice that is decided: no more may be opened than have to be.
func (s *search) leaf(st []state) {
	var open []int32
	left := s.p.K - count(st, opened)
	for j, x := range st {
		if x == opened || x == free && left > 0 {
			open = append(open, int32(j))
		}
		if x == free {
			left--
		}
	}
	if len(open) == s.p.K {
		s.swaps.set(open)
		s.keep()
	}
}

// solution says what the best choice comes to. The exchanges have to stand at it.
func (s *search) solution() Solution {
	out := Solution{Open: s.best, Serve: make([]int32, s.p.Demand), Objective: s.value, Bound: s.bound, Nodes: s.nodes, Gain: slices.Clone(s.swaps.gain)}
	out.Proved = out.Bound == out.Objective
	for i := range out.Serve {
		out.Serve[i] = s.offers.of(i)[s.swaps.first[i]].site
	}
	for _, j := range out.Open {
		loss := s.swaps.loss[s.swaps.slot[j]]
		if s.value+loss >= never {
			loss = -1
		}
		out.Loss = append(out.Loss, loss)
	}
	return out
}
