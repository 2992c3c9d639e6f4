package routing

import (
	"cmp"
	"slices"
)

// Numbers of a population, as published.
const (
	kept    = 25 // plans that stay when there are too many
	brood   = 40 // more are too many
	elite   = 4  // plans that stay for what they cost alone
	closest = 5  // plans by which it is told how far one is from the others
)

// creature is a plan of the genetic search. It may come late or carry too much.
type creature struct {
	plan       []assigned
	in         []int32 // per visit, its route
	next       []int32 // and where its team goes then; −1 for home
	ways       int64
	warp, over int64
	fitness    float64 // less is better
}

func newCreature(d *descent) *creature {
	c := &creature{in: make([]int32, d.n), next: make([]int32, d.n)}
	c.plan, c.ways, c.warp, c.over = d.plan()
	for i, a := range c.plan {
		for k, v := range a.visits {
			c.in[v], c.next[v] = int32(i), -1
			if k+1 < len(a.visits) {
				c.next[v] = a.visits[k+1]
			}
		}
	}
	return c
}

// lawful is true for a plan that keeps all rules.
func (c *creature) lawful() bool { return c.warp == 0 && c.over == 0 }

// has says whether a route is one of the plan's.
func (c *creature) has(r assigned) bool {
	own := c.plan[c.in[r.visits[0]]]
	return own.class == r.class && slices.Equal(own.visits, r.visits)
}

// clan is one of the two populations.
type clan struct {
	all []*creature
	far [][]float64 // from each to each
}

// cost is what a plan costs by the penalties of now.
func (g *genetic) cost(c *creature) int64 { return c.ways + g.late.of(c.warp) + g.over.of(c.over) }

// apart is the share of visits from which two plans go on to different places.
func (g *genetic) apart(a, b *creature) float64 {
	n := 0
	for _, v := range g.visits {
		if a.next[v] != b.next[v] {
			n++
		}
	}
	return float64(n) / float64(len(g.visits))
}

// join takes a plan in, and drops the worst where they are too many.
func (g *genetic) join(c *clan, one *creature) {
	row := make([]float64, 0, kept+brood+1)
	for i, other := range c.all {
		far := g.apart(one, other)
		row = append(row, far)
		c.far[i] = append(c.far[i], far)
	}
	c.all, c.far = append(c.all, one), append(c.far, append(row, 0))
	g.rank(c)
	if len(c.all) <= kept+brood {
		return
	}
	for len(c.all) > kept {
		worst := 0
		for i, x := range c.all {
			if x.fitness >= c.all[worst].fitness {
				worst = i
			}
		}
		c.all, c.far = slices.Delete(c.all, worst, worst+1), slices.Delete(c.far, worst, worst+1)
		for i := range c.far {
			c.far[i] = slices.Delete(c.far[i], worst, worst+1)
		}
		g.rank(c)
	}
}

// rank finds how fit plans are, by the order of what they cost and that of how far they are from others. The cheapest is
// always the fittest, and a plan that is there twice the least fit.
func (g *genetic) rank(c *clan) {
	type seat struct {
		i     int
		cost  int64
		alone float64
	}
	n := float64(len(c.all))
	seats := make([]seat, len(c.all))
	for i, x := range c.all {
		least, mean := c.nearest(i)
		seats[i] = seat{i, g.cost(x), mean}
		x.fitness = 0
		if least == 0 {
			x.fitness = 10
		}
	}
	slices.SortFunc(seats, func(a, b seat) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.i, b.i)) })
	for r, s := range seats {
		c.all[s.i].fitness += float64(r) / n
	}
	c.all[seats[0].i].fitness = -1
	slices.SortFunc(seats, func(a, b seat) int { return cmp.Or(cmp.Compare(b.alone, a.alone), cmp.Compare(a.i, b.i)) })
	for r, s := range seats {
		c.all[s.i].fitness += (1 - min(elite, n)/n) * float64(r) / n
	}
}

// nearest is how far a plan is from the one next to it, and on average from those closest to it; far where it is alone.
func (c *clan) nearest(i int) (least, mean float64) {
	var sorted [closest]float64
	k := 0
	for j, far := range c.far[i] {
		if j == i || k == closest && far >= sorted[k-1] {
			continue
		}
		k = min(k+1, closest)
		at := k - 1
		for ; at > 0 && sorted[at-1] > far; at-- {
			sorted[at] = sorted[at-1]
		}
		sorted[at] = far
	}
	if k == 0 {
		return 1, 1
	}
	for _, far := range sorted[:k] {
		mean += far
	}
	return sorted[0], mean / float64(k)
}
