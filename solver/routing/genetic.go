package routing

import "context"

// Numbers of the genetic search; the last two by trial, the others as published.
const (
	target     = 0.3   // share of plans that keep all rules, to which penalties are fitted
	fitting    = 50    // children between two fittings
	repairing  = 10    // times the penalties, where a child is repaired
	perRound   = 160   // moves weighed that count as a round of the effort
	worthwhile = 2_000 // rounds for each visit with which it finds more than annealing does
)

// genetic is the hybrid genetic search of Vidal, Crainic, Gendreau and Prins (Computers & Operations Research 40, 2013): two
// plans are crossed, the child goes down by local search that may break rules for a price, and of two populations, one of
// plans that keep all rules and one of others, those stay that are good and unlike each other.
type genetic struct {
	*solver
	d           *descent
	whole, torn clan
	recent      []bool // whether the last children kept all rules
	late, over  penalty
}

// evolve begins with plans that are made by lot: a good one among them would soon have no others beside it.
func (s *solver) evolve(ctx context.Context) {
	x := s.islands[0]
	g := &genetic{solver: s, d: newDescent(s.world, s.random), late: 256}
	g.over = g.weight()
	ends := func() bool { return x.spent(x.rounds) >= 1 || ctx.Err() != nil }
	for i := 0; i < kept && !ends(); i++ {
		x.load(s.visits, nil, s.free)
		x.begin()
		x.recreate()
		x.keep()
		g.raise(x.best, x.absent)
	}
	for !ends() {
		a, b := g.parent(), g.parent()
		for try := 0; b == a && try < 5; try++ {
			b = g.parent()
		}
		plan := s.cross(a.plan, b.plan)
		g.raise(plan, g.missing(plan), a, b)
	}
}

// weight is what a unit of excess load costs at first: an average demand costs an average way.
func (g *genetic) weight() penalty {
	var sum int64
	for _, v := range g.visits {
		sum += g.p.Visits[v].Demand
	}
	return penalty(max(1, 256*g.average*float64(len(g.visits))/float64(max(1, sum))))
}

// missing are the visits that a plan does not make, by lot.
func (g *genetic) missing(plan []assigned) (missing []int32) {
	made := make([]bool, g.n)
	for _, a := range plan {
		for _, v := range a.visits {
			made[v] = true
		}
	}
	for _, v := range g.visits {
		if !made[v] {
			missing = append(missing, v)
		}
	}
	g.random.Shuffle(len(missing), func(i, j int) { missing[i], missing[j] = missing[j], missing[i] })
	return missing
}

// raise makes a plan whole, goes down with it, and takes it in; one that breaks rules is repaired every other time. Between
// two routes that both are as they were in a parent nothing is tried, it has been tried there.
func (g *genetic) raise(plan []assigned, missing []int32, parents ...*creature) {
	d := g.d
	d.late, d.over = g.late, g.over
	d.load(plan, g.spare(plan))
	for i, r := range plan {
		for k, p := range parents {
			if p.has(r) {
				d.tours[i].origin = int8(k + 1)
			}
		}
	}
	d.put(missing)
	d.run()
	c := g.take()
	g.recent = append(g.recent, c.lawful())
	if !c.lawful() && g.random.Uint32()&1 == 0 {
		d.late, d.over = repairing*g.late, repairing*g.over
		d.load(c.plan, g.spare(c.plan))
		d.run()
		g.take()
	}
	g.islands[0].rounds += 1 + d.looked/perRound
	d.looked = 0
	if len(g.recent) == fitting {
		g.fit()
	}
}

// take takes the plan of local search into the population.
func (g *genetic) take() *creature {
	c := newCreature(g.d)
	if !c.lawful() {
		g.join(&g.torn, c)
		return c
	}
	if now := (sums{ways: c.ways}); now.better(g.record) {
		g.best, g.record = c.plan, now
	}
	g.join(&g.whole, c)
	return c
}

// parent is the fitter one of two drawn by lot.
func (g *genetic) parent() *creature {
	a, b := g.draw(), g.draw()
	if b.fitness < a.fitness {
		return b
	}
	return a
}

func (g *genetic) draw() *creature {
	k := g.random.IntN(len(g.whole.all) + len(g.torn.all))
	if k < len(g.whole.all) {
		return g.whole.all[k]
	}
	return g.torn.all[k-len(g.whole.all)]
}

// fit makes penalties higher where too few children keep the rules, and lower where too many do.
func (g *genetic) fit() {
	lawful := 0
	for _, ok := range g.recent {
		if ok {
			lawful++
		}
	}
	share := float64(lawful) / fitting
	g.recent = g.recent[:0]
	change := func(p penalty) penalty {
		switch {
		case lawful == 0:
			p = 2 * p
		case share < target-0.05:
			p += p/5 + 1
		case share > target+0.05:
			p -= p * 15 / 100
		}
		return min(max(p, 1), 1<<40)
	}
	g.late, g.over = change(g.late), change(g.over)
}
