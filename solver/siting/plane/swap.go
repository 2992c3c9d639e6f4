package plane

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// swaps is a choice with the two nearest open sites of each demand. Opening j instead of r brings
//
//	gain of j − loss of r + what is counted twice, since some of r's demands go to j,
//
// and only demands in leaves that j can reach have to be asked.
type swaps struct {
	l     *level
	open  []int32 // per candidate, its place in sites, −1 where it is closed
	sites []int32
	first []int32 // per demand, places in sites
	next  []int32
	near  []float64 // per demand, ways to them
	far   []float64 // the level's span without a second
	reach reach     // of the leaves of demands: the largest of far
	loss  []float64 // per place in sites
	total float64

	idle    []bool // per leaf of candidates, no exchange was found and nothing near has changed since
	twice   []float64
	touched []int32
	changed []int32 // leaves of demands that the last exchange changed
	leaves  []int32
	pairs   int64 // looked at so far

	dirty  []int32 // leaves of demands changed since the choice was kept
	soiled []bool
}

func newSwaps(l *level, open []int32) *swaps {
	n := len(l.w)
	s := &swaps{
		l: l, open: make([]int32, len(l.fixed)), first: make([]int32, n), next: make([]int32, n), near: make([]float64, n), far: make([]float64, n),
		reach: l.d.newReach(), loss: make([]float64, len(open)), idle: make([]bool, l.s.leaves()), twice: make([]float64, len(open)), soiled: make([]bool, l.d.leaves()),
	}
	for j := range s.open {
		s.open[j] = -1
	}
	s.sites = slices.Clone(open)
	for r, j := range open {
		s.open[j] = int32(r)
	}
	for i := range n {
		s.find(int32(i))
		s.count(int32(i), 1)
	}
	for m := range s.reach.leaf {
		s.measure(m)
	}
	return s
}

// offers are first prices: half as much again as the mean way to the same site, which would be right if people stood evenly.
func (s *swaps) offers(price []float64) {
	sum, weight := make([]float64, len(s.sites)), make([]float64, len(s.sites))
	for i, r := range s.first {
		sum[r], weight[r] = sum[r]+s.l.w[i]*s.near[i], weight[r]+s.l.w[i]
	}
	for i, r := range s.first {
		price[i] = 1 + 1.5*sum[r]/max(weight[r], 1)
	}
}

// find looks for the two nearest of all open sites.
func (s *swaps) find(i int32) {
	x, y := s.l.d.x[i], s.l.d.y[i]
	first, next := int32(-1), int32(-1)
	near, far := math.Inf(1), math.Inf(1)
	for r, j := range s.sites {
		d := square(s.l.s.x[j]-x, s.l.s.y[j]-y)
		if d >= far {
			continue
		}
		if s.l.bars(i, j) {
			if d = s.l.span * s.l.span; d >= far {
				continue
			}
		}
		if d < near {
			first, next, near, far = int32(r), first, d, near
		} else {
			next, far = int32(r), d
		}
	}
	s.first[i], s.next[i], s.near[i], s.far[i] = first, next, s.way(i, s.sites[first]), s.l.span
	if next >= 0 {
		s.far[i] = s.way(i, s.sites[next])
	}
}

func (s *swaps) way(i, j int32) float64 {
	if s.l.bars(i, j) {
		return s.l.span
	}
	return way(s.l.d.x[i]-s.l.s.x[j], s.l.d.y[i]-s.l.s.y[j])
}

// count adds what a demand costs, or takes it away (sign −1).
func (s *swaps) count(i int32, sign float64) {
	s.total += sign * s.l.w[i] * s.near[i]
	s.loss[s.first[i]] += sign * s.l.w[i] * (s.far[i] - s.near[i])
}

func (s *swaps) measure(leaf int) {
	s.reach.set(leaf, slices.Max(s.far[s.l.d.first[leaf]:s.l.d.first[leaf+1]]))
}

// gain is what opening a candidate saves; twice and touched are filled for the sites near it.
func (s *swaps) gain(j int32, leaves []int32) (gain float64) {
	x, y := s.l.s.x[j], s.l.s.y[j]
	for _, m := range leaves {
		if s.l.d.boxes[m].from(x, y) >= s.reach.leaf[m] {
			continue
		}
		from, to := s.l.d.first[m], s.l.d.first[m+1]
		xs, ys, far := s.l.d.x[from:to], s.l.d.y[from:to], s.far[from:to]
		ys, far = ys[:len(xs)], far[:len(xs)]
		s.pairs += int64(len(xs))
		for k := range xs {
			d := way(xs[k]-x, ys[k]-y)
			if d >= far[k] {
				continue
			}
			i := from + int32(k)
			if s.l.bars(i, j) {
				continue
			}
			w, near, r := s.l.w[i], s.near[i], s.first[i]
			if s.twice[r] == 0 {
				s.touched = append(s.touched, r)
			}
			// A hair more than nothing, so that a site is touched once.
			if d < near {
				gain += w * (near - d)
				s.twice[r] += w*(far[k]-near) + math.SmallestNonzeroFloat64
			} else {
				s.twice[r] += w*(far[k]-d) + math.SmallestNonzeroFloat64
			}
		}
	}
	return gain
}

// bestFor is the site whose exchange for j brings most; least is the free site with the smallest loss.
func (s *swaps) bestFor(j, least int32, leaves []int32) (profit float64, out int32) {
	gain := s.gain(j, leaves)
	profit, out = gain-s.loss[least]+s.twice[least], least
	for _, r := range s.touched {
		if p := gain - s.loss[r] + s.twice[r]; p > profit && !s.l.fixed[s.sites[r]] {
			profit, out = p, r
		}
		s.twice[r] = 0
	}
	s.touched = s.touched[:0]
	return profit, out
}

// gains fills in what opening each candidate would save.
func (s *swaps) gains(gain []int64) {
	for l, b := range s.l.s.boxes {
		s.leaves = s.l.d.reaching(b, s.reach, s.leaves)
		for j := s.l.s.first[l]; j < s.l.s.first[l+1]; j++ {
			if s.open[j] < 0 {
				gain[j] = int64(s.gain(j, s.leaves))
				for _, r := range s.touched {
					s.twice[r] = 0
				}
				s.touched = s.touched[:0]
			}
		}
	}
}

// least is the free site with the smallest loss, −1 without any.
func (s *swaps) least() int32 {
	at := int32(-1)
	for r, j := range s.sites {
		if !s.l.fixed[j] && (at < 0 || s.loss[r] < s.loss[at]) {
			at = int32(r)
		}
	}
	return at
}

// exchange opens j in the place of out.
func (s *swaps) exchange(j, out int32) {
	old := s.sites[out]
	s.changed = s.changed[:0]
	s.soil(s.l.d.reaching(at(s.l.s.x[j], s.l.s.y[j]), s.reach, s.leaves))
	s.soil(s.l.d.reaching(at(s.l.s.x[old], s.l.s.y[old]), s.reach, s.leaves))
	for _, m := range s.dirty {
		touched := false
		s.pairs += int64(s.l.d.first[m+1] - s.l.d.first[m])
		for i := s.l.d.first[m]; i < s.l.d.first[m+1]; i++ {
			lost := s.first[i] == out || s.next[i] == out
			if d := s.way(i, j); lost || d < s.far[i] {
				touched = true
				s.count(i, -1)
				switch {
				case lost:
					s.first[i] = -2 // to be looked for
				case d < s.near[i]:
					s.next[i], s.far[i] = s.first[i], s.near[i]
					s.first[i], s.near[i] = out, d
				default:
					s.next[i], s.far[i] = out, d
				}
				if !lost {
					s.count(i, 1)
				}
			}
		}
		if touched {
			s.changed = append(s.changed, m)
		}
	}
	s.open[old], s.open[j], s.sites[out] = -1, out, j
	for _, m := range s.changed {
		for i := s.l.d.first[m]; i < s.l.d.first[m+1]; i++ {
			if s.first[i] == -2 {
				s.find(i)
				s.count(i, 1)
				s.pairs += int64(len(s.sites))
			}
		}
		before := s.reach.leaf[m]
		s.measure(int(m))
		s.leaves = s.l.s.within(s.l.d.boxes[m], max(before, s.reach.leaf[m]), s.leaves)
		for _, l := range s.leaves {
			s.idle[l] = false
		}
	}
}

// soil notes leaves that may change.
func (s *swaps) soil(leaves []int32) {
	s.leaves = leaves
	for _, m := range leaves {
		if !s.soiled[m] {
			s.soiled[m] = true
			s.dirty = append(s.dirty, m)
		}
	}
}

// improve exchanges sites while that helps, the best of each leaf of candidates first.
func (s *swaps) improve(ctx context.Context, order []int) {
	for again := true; again; {
		again = false
		for _, l := range order {
			if s.idle[l] {
				continue
			}
			if ctx.Err() != nil {
				return
			}
			least := s.least()
			if least < 0 {
				return
			}
			s.idle[l] = true
			leaves := s.l.d.reaching(s.l.s.boxes[l], s.reach, s.leaves)
			s.leaves = leaves
			// Ways and weights are whole, so that what helps helps by one; the hair of gain is no help, and going round for it has no end.
			best, in, out := 0.5, int32(-1), int32(-1)
			for j := s.l.s.first[l]; j < s.l.s.first[l+1]; j++ {
				if s.open[j] >= 0 {
					continue
				}
				if profit, r := s.bestFor(j, least, leaves); profit > best {
					best, in, out = profit, j, r
				}
			}
			if in >= 0 {
				s.exchange(in, out)
				s.idle[l] = false
				again = true
			}
		}
	}
}

// search improves the choice, and then leaves it for a worse one next to it, again and again, and comes back where that
// leads to nothing.
func (s *swaps) search(ctx context.Context, random *rand.Rand, pairs, tries int64) {
	order := random.Perm(len(s.idle))
	s.improve(ctx, order)
	for j := range s.idle { // the smallest loss has changed on the way
		s.idle[j] = false
	}
	s.improve(ctx, order)
	if s.l.k == len(s.l.fixed) || s.least() < 0 {
		return
	}
	kept := s.clone()
	around := 1 + 2*len(s.open)/len(s.sites)
	s.clean()
	for ; tries > 0 && s.pairs < pairs && ctx.Err() == nil; tries-- {
		for range 1 + random.IntN(2) {
			out := int32(random.IntN(len(s.sites)))
			in := int32(random.IntN(len(s.open)))
			if random.IntN(2) == 0 { // near the one that closes
				in = min(max(s.sites[out]+int32(random.IntN(2*around)-around), 0), int32(len(s.open)-1))
			}
			if s.open[in] < 0 && !s.l.fixed[s.sites[out]] {
				s.exchange(in, out)
			}
		}
		s.improve(ctx, order)
		if s.total <= kept.total {
			kept.copy(s, s.dirty)
		} else {
			s.copy(kept, s.dirty)
		}
		s.clean()
	}
}

// clean begins to note changes anew.
func (s *swaps) clean() {
	for _, m := range s.dirty {
		s.soiled[m] = false
	}
	s.dirty = s.dirty[:0]
}

func (s *swaps) clone() *swaps {
	c := *s
	c.open, c.sites, c.first, c.next = slices.Clone(s.open), slices.Clone(s.sites), slices.Clone(s.first), slices.Clone(s.next)
	c.near, c.far, c.loss, c.idle = slices.Clone(s.near), slices.Clone(s.far), slices.Clone(s.loss), slices.Clone(s.idle)
	c.reach = reach{slices.Clone(s.reach.leaf), slices.Clone(s.reach.block)}
	return &c
}

// copy takes over a choice that differs in some leaves.
func (s *swaps) copy(from *swaps, leaves []int32) {
	copy(s.open, from.open)
	copy(s.sites, from.sites)
	copy(s.loss, from.loss)
	copy(s.idle, from.idle)
	copy(s.reach.leaf, from.reach.leaf)
	copy(s.reach.block, from.reach.block)
	for _, m := range leaves {
		a, b := s.l.d.first[m], s.l.d.first[m+1]
		copy(s.first[a:b], from.first[a:b])
		copy(s.next[a:b], from.next[a:b])
		copy(s.near[a:b], from.near[a:b])
		copy(s.far[a:b], from.far[a:b])
	}
	s.total = from.total
}
