package plane

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
)

// Sizes, found on the places of China: smaller leaves are looked up more often, larger ones hold more that is not asked.
const (
	leastLeaf = 4
	mostLeaf  = 32
	perLeaf   = 8    // leaves that a site serves, at least, while they are not too small
	drawn     = 4    // points of a level that become one of the coarser
	fewDemand = 4000 // a level with no more demands is solved from scratch
	fewSites  = 4    // candidates for each site to be open, at least
	mustLeave = 60   // attempts to leave a local best, at least, while there are pairs: all choices, nearly, where these are few
)

// level is the problem with more or fewer points.
type level struct {
	d     *cloud // demands
	w     []float64
	s     *cloud // candidates
	fixed []bool // by place in s
	k     int
	span  float64 // longer than any way, and what a demand goes that nobody may serve

	barred [][]int32 // per demand the candidates that must not serve it, rising; nil where all may serve all, as on coarser levels
}

func (l *level) bars(i, j int32) bool {
	if l.barred == nil {
		return false
	}
	_, is := slices.BinarySearch(l.barred[i], j)
	return is
}

// leaf is how many points a leaf has at most.
func leaf(points, k int) int { return min(max(points/k/perLeaf, leastLeaf), mostLeaf) }

// newLevel is the finest: the problem as it is.
func newLevel(p *Problem) *level {
	l := &level{d: newCloud(p.X, p.Y, leaf(len(p.X), p.K)), k: p.K}
	l.s = l.d
	if p.SiteX != nil {
		l.s = newCloud(p.SiteX, p.SiteY, leaf(len(p.SiteX), p.K))
	}
	for _, i := range l.d.order {
		l.w = append(l.w, float64(p.weight(int(i))))
	}
	l.span = span(l.d, l.s)
	l.fixed = make([]bool, p.Sites())
	at := l.s.places()
	for _, j := range p.Fixed {
		l.fixed[at[j]] = true
	}
	if barred := p.barred(); barred != nil {
		l.barred = make([][]int32, len(barred))
		for k, i := range l.d.order {
			for _, j := range barred[i] {
				l.barred[k] = append(l.barred[k], at[j])
			}
			slices.Sort(l.barred[k])
		}
	}
	return l
}

// coarser draws points together, each group to the one of its points that is next to its middle. below is, per candidate of the
// coarser level, its place on this one. It is nil where nothing is to be gained.
func (l *level) coarser() (c *level, below []int32) {
	if len(l.w) <= fewDemand || len(l.s.order) < drawn*fewSites*l.k {
		return nil, nil
	}
	groups := newCloud(l.d.x, l.d.y, drawn)
	var x, y, w []float64
	for g := range groups.leaves() {
		members := groups.order[groups.first[g]:groups.first[g+1]]
		m := middle(l.d, l.w, members)
		sum := 0.0
		for _, i := range members {
			sum += l.w[i]
		}
		x, y, w = append(x, l.d.x[m]), append(y, l.d.y[m]), append(w, sum)
	}
	var free []int32
	for j, is := range l.fixed {
		if is {
			below = append(below, int32(j))
		} else {
			free = append(free, int32(j))
		}
	}
	fixed := len(below)
	sites := newCloud(pick(l.s.x, free), pick(l.s.y, free), drawn)
	for g := range sites.leaves() {
		members := sites.order[sites.first[g]:sites.first[g+1]]
		for k, j := range members {
			members[k] = free[j]
		}
		below = append(below, middle(l.s, nil, members))
	}
	c = &level{d: newCloud(x, y, leaf(len(x), l.k)), s: newCloud(pick(l.s.x, below), pick(l.s.y, below), leaf(len(below), l.k)), k: l.k}
	c.span = l.span
	for _, g := range c.d.order {
		c.w = append(c.w, w[g])
	}
	place := make([]int32, len(below))
	for k, g := range c.s.order {
		place[k] = below[g]
		c.fixed = append(c.fixed, int(g) < fixed)
	}
	return c, place
}

func span(d, s *cloud) float64 {
	b := d.block[0]
	for _, c := range append(d.block[1:len(d.block):len(d.block)], s.block...) {
		b = b.with(c)
	}
	return math.Ceil(math.Hypot(b.east-b.west, b.north-b.south)) + 2
}

// middle is the member next to the middle of all.
func middle(c *cloud, w []float64, members []int32) int32 {
	var x, y, sum float64
	for _, i := range members {
		weight := 1.0
		if w != nil {
			weight = w[i] + 1e-9
		}
		x, y, sum = x+weight*c.x[i], y+weight*c.y[i], sum+weight
	}
	x, y = x/sum, y/sum
	return slices.MinFunc(members, func(a, b int32) int {
		return cmp.Or(cmp.Compare(square(c.x[a]-x, c.y[a]-y), square(c.x[b]-x, c.y[b]-y)), cmp.Compare(a, b))
	})
}

// found is what a level came to, by the caller's numbers on the finest one and by places on the others.
type found struct {
	open       []int32
	price      []float64 // per demand
	value      int64
	bound      int64
	loss, gain []int64
}

// climb solves level after level.
type climb struct {
	ctx context.Context
	o   Options
}

// Work of the coarser levels: they cost little and decide much.
const (
	coarsePart = 0.5 // of the pairs
	coarseSlow = 0.005
	finestSlow = 0.03
)

// solve is for the finest level.
func (c *climb) solve(l *level) (found, error) {
	f, sw, err := c.level(l, 1, finestSlow)
	if err != nil {
		return f, err
	}
	if all := c.served(l, sw); all != sw {
		sw = all
		f.open, f.value = slices.Clone(sw.sites), int64(sw.total)
		f.bound = min(f.bound, f.value)
	}
	last := make([]bool, l.k) // sites without which somebody would have none
	for i, far := range sw.far {
		if sw.near[i] == l.span {
			return f, &InfeasibleError{Demand: l.d.order[i]}
		}
		if far == l.span {
			last[sw.first[i]] = true
		}
	}
	f.gain = make([]int64, len(l.fixed))
	at := make([]int64, len(l.fixed))
	sw.gains(at)
	for k, j := range l.s.order {
		f.gain[j] = at[k]
	}
	loss := map[int32]int64{}
	for r, j := range sw.sites {
		if loss[l.s.order[j]] = int64(sw.loss[r]); last[r] {
			loss[l.s.order[j]] = -1
		}
	}
	for k, j := range f.open {
		f.open[k] = l.s.order[j]
	}
	slices.Sort(f.open)
	for _, j := range f.open {
		f.loss = append(f.loss, loss[j])
	}
	return f, nil
}

// served makes whoever has no site weigh more and more, until all have one or that helps nobody: one who weighs little, or
// nothing, is else left without where the sites serve others better.
func (c *climb) served(l *level, sw *swaps) *swaps {
	heavy := *l
	heavy.w = slices.Clone(l.w)
	random := rand.New(rand.NewPCG(c.o.Seed, 0x736572766564))
	for range 10 {
		var without []int
		sum := 1.0
		for i, near := range sw.near {
			sum += heavy.w[i]
			if near == l.span {
				without = append(without, i)
			}
		}
		if len(without) == 0 {
			break
		}
		more := math.Floor(min(sum, (mostSum/l.span-sum)/float64(len(without))))
		if more < 1 || c.ctx.Err() != nil {
			break
		}
		for _, i := range without {
			heavy.w[i] += more
		}
		sw = newSwaps(&heavy, sw.sites)
		sw.search(c.ctx, random, c.o.Effort*1e6, max(mustLeave, 2*c.o.Effort))
	}
	if sw.l == &heavy {
		sw = newSwaps(l, sw.sites)
	}
	return sw
}

// level finds a choice and prices: those of the coarser level, made better. Both are looked for at the same time, neither
// asks what the other has found so far, so that one core comes to the same as two.
func (c *climb) level(l *level, part, slow float64) (f found, sw *swaps, err error) {
	random := rand.New(rand.NewPCG(c.o.Seed, uint64(len(l.w))))
	price := make([]float64, len(l.w))
	var start []int32
	coarse, below := l.coarser()
	if coarse != nil {
		from, _, err := c.level(coarse, coarsePart, coarseSlow)
		if err != nil {
			return f, nil, err
		}
		for i := range price {
			price[i] = coarse.d.smooth(l.d.x[i], l.d.y[i], from.price)
		}
		for _, j := range from.open {
			start = append(start, below[j])
		}
	} else {
		if err := c.ctx.Err(); err != nil {
			return f, nil, err
		}
		start = l.scatter(random)
	}
	sw = newSwaps(l, start)
	if coarse == nil {
		sw.offers(price)
	}
	dual := newPrices(l, price)
	pairs := int64(part * float64(c.o.Effort) * 1e6)
	var both sync.WaitGroup
	target := sw.total
	both.Go(func() { dual.rise(c.ctx, pairs, target, slow) })
	sw.search(c.ctx, random, pairs, max(mustLeave, 2*c.o.Effort))
	both.Wait()
	f = found{open: slices.Clone(sw.sites), price: dual.best, value: int64(sw.total)}
	f.bound = min(f.value, int64(max(0, math.Ceil(dual.bound-1e-6-1e-9*math.Abs(dual.bound)))))
	return f, sw, nil
}

// scatter draws sites by lot, the farther from those drawn the likelier.
func (l *level) scatter(random *rand.Rand) []int32 {
	var open []int32
	is := make([]bool, len(l.fixed))
	away := make([]float64, len(l.w))
	for i := range away {
		away[i] = math.Inf(1)
	}
	add := func(j int32) {
		open = append(open, j)
		is[j] = true
		for i := range away {
			away[i] = min(away[i], square(l.d.x[i]-l.s.x[j], l.d.y[i]-l.s.y[j]))
		}
	}
	for j, fixed := range l.fixed {
		if fixed {
			add(int32(j))
		}
	}
	sum := make([]float64, len(l.w))
	for len(open) < l.k {
		j := int32(random.IntN(len(is)))
		if len(open) > 0 {
			total := 0.0
			for i, d := range away {
				total += l.w[i] * math.Sqrt(d)
				sum[i] = total
			}
			i, _ := slices.BinarySearch(sum, random.Float64()*total)
			i = min(i, len(sum)-1)
			if near := l.s.nearestPlace(l.d.x[i], l.d.y[i]); !is[near] {
				j = near
			}
		}
		for is[j] {
			j = (j + 1) % int32(len(is))
		}
		add(j)
	}
	return open
}

// nearestPlace is the place of the nearest point.
func (c *cloud) nearestPlace(x, y float64) int32 {
	best, least := int32(0), math.Inf(1)
	for l, b := range c.boxes {
		if b.from(x, y) >= least {
			continue
		}
		for k := c.first[l]; k < c.first[l+1]; k++ {
			if d := square(c.x[k]-x, c.y[k]-y); d < least {
				best, least = k, d
			}
		}
	}
	return best
}
