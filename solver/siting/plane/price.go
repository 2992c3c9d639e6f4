package plane

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
)

// prices are the relaxation: each demand offers a price (per unit of weight) to whoever serves it, and may be served by
// several or by nobody. The K candidates that earn most are taken, and all prices less what they earn is a bound.
type prices struct {
	l     *level
	price []float64
	limit []float64 // per demand, the square of what its price reaches, a little more
	reach reach     // of the leaves of demands: their highest price
	worth []float64 // per candidate, what it earns (0 or more)
	order []int32   // the candidates that are not fixed, the one that earns most first
	share []float64 // per candidate, its part when K are shared among all
	calls []float64 // per demand, how often it is served by shares
	pairs [2]int64  // looked at so far, by each half

	best  []float64 // prices with the highest bound
	bound float64
}

func newPrices(l *level, price []float64) *prices {
	n, m := len(l.w), len(l.fixed)
	return &prices{
		l: l, price: price, limit: make([]float64, n), reach: l.d.newReach(), worth: make([]float64, m), order: make([]int32, 0, m), share: make([]float64, m),
		calls: make([]float64, n), best: slices.Clone(price), bound: math.Inf(-1),
	}
}

// halves runs work on both halves of the leaves. Each writes to its own leaves alone.
func halves(work func(half int)) {
	var both sync.WaitGroup
	both.Go(func() { work(0) })
	work(1)
	both.Wait()
}

// evaluate finds the bound for the prices.
func (p *prices) evaluate() float64 {
	l := p.l
	sum := 0.0
	for i, price := range p.price {
		sum += l.w[i] * price
		p.limit[i] = (price + 1) * (price + 1)
	}
	for m := range p.reach.leaf {
		p.reach.set(m, slices.Max(p.price[l.d.first[m]:l.d.first[m+1]]))
	}
	halves(p.earn)
	left := l.k
	p.order = p.order[:0]
	for j, fixed := range l.fixed {
		if fixed {
			sum -= p.worth[j]
			left--
		} else {
			p.order = append(p.order, int32(j))
		}
	}
	slices.SortFunc(p.order, func(a, b int32) int { return cmp.Or(cmp.Compare(p.worth[b], p.worth[a]), cmp.Compare(a, b)) })
	for _, j := range p.order[:left] {
		sum -= p.worth[j]
	}
	return sum
}

// earn sums what every second leaf of candidates earns.
func (p *prices) earn(half int) {
	l := p.l
	var leaves []int32
	for leaf := half; leaf < l.s.leaves(); leaf += 2 {
		leaves = l.d.reaching(l.s.boxes[leaf], p.reach, leaves)
		for j := l.s.first[leaf]; j < l.s.first[leaf+1]; j++ {
			x, y, sum := l.s.x[j], l.s.y[j], 0.0
			for _, m := range leaves {
				if l.d.boxes[m].from(x, y) >= p.reach.leaf[m] {
					continue
				}
				from, to := l.d.first[m], l.d.first[m+1]
				p.pairs[half] += int64(to - from)
				xs, ys, limit, price, w := l.d.x[from:to], l.d.y[from:to], p.limit[from:to], p.price[from:to], l.w[from:to]
				ys, limit, price, w = ys[:len(xs)], limit[:len(xs)], price[:len(xs)], w[:len(xs)]
				for k := range xs {
					q := square(xs[k]-x, ys[k]-y)
					if q >= limit[k] {
						continue
					}
					if gain := price[k] - float64(int64(math.Sqrt(q)+0.5)); gain > 0 && !l.bars(from+int32(k), j) {
						sum += w[k] * gain
					}
				}
			}
			p.worth[j] = sum
		}
	}
}

// soften shares K among all candidates, at most one to each: where earnings differ by warm, shares differ by a factor of e.
// Then it counts how often that serves each demand.
func (p *prices) soften(warm float64) {
	left, top := float64(p.l.k), p.worth[p.order[0]]
	for j, fixed := range p.l.fixed {
		if fixed {
			p.share[j] = 1
			left--
		}
	}
	most := math.Log(float64(len(p.worth)))
	low, high := -most, 40+most
	for range 40 { // until the shares of those that are not fixed come to what is left
		middle := (low + high) / 2
		sum := 0.0
		for _, j := range p.order {
			e := (p.worth[j]-top)/warm + middle
			if e < -20 {
				break
			}
			sum += math.Exp(min(e, 0))
		}
		if sum > left {
			high = middle
		} else {
			low = middle
		}
	}
	const faint = -9 // e^faint and less is nothing
	for _, j := range p.order {
		p.share[j] = 0
		if e := (p.worth[j]-top)/warm + low; e > faint {
			p.share[j] = math.Exp(min(e, 0))
		}
	}
	halves(p.serve)
}

// serve counts how often every second leaf of demands is served.
func (p *prices) serve(half int) {
	l := p.l
	var leaves []int32
	for m := half; m < l.d.leaves(); m += 2 {
		leaves = l.s.within(l.d.boxes[m], p.reach.leaf[m], leaves)
		for i := l.d.first[m]; i < l.d.first[m+1]; i++ {
			x, y, sum := l.d.x[i], l.d.y[i], 0.0
			limit := p.price[i] * p.price[i]
			for _, s := range leaves {
				if l.s.boxes[s].from(x, y) >= limit {
					continue
				}
				from, to := l.s.first[s], l.s.first[s+1]
				p.pairs[half] += int64(to - from)
				for j := from; j < to; j++ {
					if share := p.share[j]; share > 0 && square(l.s.x[j]-x, l.s.y[j]-y) < limit && !l.bars(i, j) {
						sum += share
					}
				}
			}
			p.calls[i] = sum
		}
	}
}

// Numbers of the steps, found on the places of China.
const (
	warmest = 0.3   // difference of earnings, as a part of what the last taken earns, for a factor of e
	coldest = 0.001 // the same where it is no longer worth while
	cooling = 0.93
	ahead   = 1.3 // farther than a single step would ask, since the next goes the same way
)

// rise looks for prices with a higher bound, while pairs last. Each step changes prices by factors, so that a demand which
// the shares serve too often offers less, and one that they serve too seldom more; as that stops helping, fewer and fewer
// candidates have a share. target is the cost of a choice.
func (p *prices) rise(ctx context.Context, pairs int64, target float64, slow float64) {
	p.bound = p.evaluate()
	last := func() float64 { return p.worth[p.order[min(p.l.k, len(p.order)-1)]] }
	heat := warmest
	if p.bound > 0 { // prices of a coarser level
		heat = min(heat, (target/p.bound-1)/4)
	}
	for len(p.order) > 0 && p.pairs[0]+p.pairs[1] < pairs && heat > coldest && ctx.Err() == nil && p.bound < target-0.999 {
		warm := heat * last()
		if warm <= 0 {
			return
		}
		p.soften(warm)
		for i, n := range p.calls {
			p.price[i] *= math.Pow(min(max(n, 0.05), 20), -ahead*heat/3)
		}
		b := p.evaluate()
		if b-p.bound < slow*(target-p.bound) {
			heat *= cooling
		}
		if b > p.bound {
			p.bound = b
			copy(p.best, p.price)
		}
	}
}
