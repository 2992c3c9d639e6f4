package routing

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// Numbers of the pool, by trial.
const (
	pooled      = 12_000    // routes that are kept
	priced      = 60        // steps of prices before routes are put together
	comparisons = 1_000_000 // pairs of routes that are compared at most
	perPairs    = 3_000     // pairs compared that count as a round of the effort
)

// pool keeps routes of many plans of a problem whose visits may all be left out and whose shifts are alike, and puts those
// together whose prizes are the most: whole routes of different plans, of which no two have a visit in common. Prices of
// visits, found by subgradients, tell which routes cannot be among them.
type pool struct {
	*world
	most   int // routes of a plan
	keys   []uint64
	known  map[uint64]int // by the sum of keys, where it is
	routes []pooledRoute
	prices []int64 // by visit
	step   int64
}

type pooledRoute struct {
	key    uint64
	set    []uint64
	visits []int32
	worth  int64 // prizes without the length
	left   int64 // what is left of the worth when its visits are paid for
}

// newPool is nil for a problem that has no use for one.
func newPool(w *world) *pool {
	if !w.voluntary || len(w.classes) > 1 || len(w.same) > 0 {
		return nil
	}
	p := &pool{world: w, most: len(w.classes[0].shifts), known: map[uint64]int{}, keys: make([]uint64, w.n), prices: make([]int64, w.n)}
	if p.most < 2 {
		return nil
	}
	lots := rand.New(rand.NewPCG(1, 0x706f6f6c))
	for _, v := range w.visits {
		prize := w.p.Visits[v].Prize
		p.keys[v], p.prices[v] = lots.Uint64(), prize*3/4
		p.step += prize
	}
	p.step = p.step/int64(len(w.visits))/4 + 1
	return p
}

// keep keeps the routes that are not known yet, or are shorter than before.
func (p *pool) keep(routes []route) {
	for i := range routes {
		r := &routes[i]
		if r.idle() {
			continue
		}
		var key uint64
		worth := -r.length
		for _, v := range r.visits() {
			key += p.keys[v]
			worth += p.p.Visits[v].Prize
		}
		at, ok := p.known[key]
		if ok && p.routes[at].worth >= worth {
			continue
		}
		if !ok {
			at = len(p.routes)
			p.known[key] = at
			p.routes = append(p.routes, pooledRoute{key: key, set: make([]uint64, (p.n+63)/64)})
		}
		k := &p.routes[at]
		k.worth, k.visits = worth, append(k.visits[:0], r.visits()...)
		clear(k.set)
		for _, v := range k.visits {
			k.set[v/64] |= 1 << (v % 64)
		}
	}
}

// trim lets the older half go when there are too many.
func (p *pool) trim() {
	if len(p.routes) < pooled {
		return
	}
	p.routes = slices.Clone(p.routes[len(p.routes)/2:])
	clear(p.known)
	for i := range p.routes {
		p.known[p.routes[i].key] = i
	}
}

// price moves prices, so that the routes that are worth most beyond them meet less often.
func (p *pool) price() {
	step := p.step
	wants := make([]int64, p.n)
	for range priced {
		clear(wants)
		for _, i := range p.top() {
			for _, v := range p.routes[i].visits {
				wants[v]++
			}
		}
		for _, v := range p.visits {
			p.prices[v] = max(0, p.prices[v]+step*(wants[v]-1))
		}
		step = max(step-step/16, 1)
	}
	p.top()
}

// top finds what is left to each route when its visits are paid for, and gives those to which most is left.
func (p *pool) top() []int {
	best := make([]int, 0, p.most+1)
	for i := range p.routes {
		r := &p.routes[i]
		r.left = r.worth
		for _, v := range r.visits {
			r.left -= p.prices[v]
		}
		if r.left <= 0 || len(best) == p.most && r.left <= p.routes[best[p.most-1]].left {
			continue
		}
		at, _ := slices.BinarySearchFunc(best, r.left, func(j int, left int64) int { return cmp.Compare(left, p.routes[j].left) })
		if best = slices.Insert(best, at, i); len(best) > p.most {
			best = best[:p.most]
		}
	}
	return best
}

// best is the plan of routes of the pool that is worth most, if it is worth more than so much; nil if there is none, or none
// was found. The second value is how many pairs were compared.
func (p *pool) best(than int64) (plan []assigned, compared int64) {
	p.trim()
	p.price()
	order := make([]int, len(p.routes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(p.routes[j].left, p.routes[i].left), cmp.Compare(i, j)) })
	var sum int64 // of prices: with what is left to the best routes, no plan is worth more
	for _, v := range p.visits {
		sum += p.prices[v]
	}
	var chosen []int
	var grow func(worth, left int64, rest []int)
	grow = func(worth, left int64, rest []int) {
		if worth > than {
			than, plan = worth, plan[:0]
			for _, i := range chosen {
				plan = append(plan, assigned{visits: slices.Clone(p.routes[i].visits)})
			}
		}
		room := int64(p.most - len(chosen))
		for k, i := range rest {
			r := &p.routes[i]
			if room == 0 || sum+left+room*max(0, r.left) <= than || compared > comparisons {
				return
			}
			var free []int
			for _, j := range rest[k+1:] {
				compared++
				if !meets(r.set, p.routes[j].set) {
					free = append(free, j)
				}
			}
			chosen = append(chosen, i)
			grow(worth+r.worth, left+r.left, free)
			chosen = chosen[:len(chosen)-1]
		}
	}
	grow(0, 0, order)
	return plan, compared
}

// meets says whether two sets have a visit in common.
func meets(a, b []uint64) bool {
	for i := range a {
		if a[i]&b[i] != 0 {
			return true
		}
	}
	return false
}
