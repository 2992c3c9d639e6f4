package routing

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Numbers of the search for scores, by trial on problems with 64 to 100 visits.
const (
	crew      = 10  // plans that are crossed
	strangers = 8   // of them, made from a visit by lot for each team
	perChild  = 10  // rounds for each visit that a plan is annealed
	barren    = 60  // children in a row of which none is the best so far: others begin anew
	elders    = 3   // best plans of several beginnings, which begin the next one together
	eager     = 0.4 // the temperature that a plan begins with, in average prizes, or by lot up to four times as much
	content   = 0.04
	slack     = 0.3 // what a unit of time weighs beside prizes, as a share of what it brings on average
)

// scored is true where prizes are all that counts: teams that are alike may go where they like, as long as they are home in
// time, and no prize is worth less than a way.
func (w *world) scored() bool {
	c := &w.classes[0]
	if w.soft >= 1 || !w.voluntary || len(w.classes) > 1 || len(w.same) > 0 || c.Lunch.Takes > 0 || &w.time[0] != &w.timeInto[0] {
		return false
	}
	var load int64
	for _, v := range w.visits {
		x := &w.p.Visits[v]
		load += x.Demand
		if x.Was > 0 || x.Open > c.Open || x.Close < c.Close-x.Service {
			return false
		}
	}
	return load <= c.Capacity
}

// band is some plans, the best first, that are crossed with each other.
type band []member

// take takes a plan in, unless there is one that is worth as much, and lets the worst go where there are too many.
func (b *band) take(m member) {
	at, ok := slices.BinarySearchFunc(*b, m, func(a, b member) int { return cmp.Compare(a.cost(), b.cost()) })
	if !ok {
		*b = slices.Insert(*b, at, m)
		*b = (*b)[:min(crew, len(*b))]
	}
}

// collect looks for the plan with the most prizes: some are annealed, and others made of two of them, until nothing better
// comes of it. Then others begin anew, or the best of several such beginnings together.
func (s *solver) collect(ctx context.Context) {
	x := s.islands[0]
	c := newCollector(s.world, s.random)
	ends := func() bool { return x.spent(x.rounds) >= 1 || ctx.Err() != nil }
	grow := func(plan []assigned) member {
		c.load(plan)
		heat := eager * (1 + 3*s.random.Float64())
		rounds := perChild * len(s.visits)
		for r := 0; r < rounds && (r&63 != 0 || !ends()); r++ {
			c.round(heat * math.Pow(content/heat, float64(r)/float64(rounds)))
			x.rounds++
		}
		m := member{plan: c.plan()}
		if m.sums = s.worth(m.plan); m.better(s.record) {
			s.best, s.record = m.plan, m.sums
		}
		return m
	}
	var old band
	for !ends() {
		var all band
		if len(old) == elders {
			all, old = old, nil
		}
		for k := 0; k < strangers && (len(all) == 0 || !ends()); k++ {
			all.take(grow(c.seeds()))
		}
		for idle := 0; idle < barren && !ends(); idle++ {
			a, b := s.random.IntN(len(all)), s.random.IntN(len(all))
			for len(all) > 1 && a == b {
				b = s.random.IntN(len(all))
			}
			best := all[0].cost()
			all.take(grow(s.cross(all[a].plan, all[b].plan)))
			if all[0].cost() < best {
				idle = 0
			}
		}
		old.take(all[0])
	}
}

// worth is what a plan costs.
func (w *world) worth(plan []assigned) (sum sums) {
	for _, v := range w.visits {
		sum.lost += w.p.Visits[v].Prize
	}
	for _, a := range plan {
		at := int(w.classes[a.class].From)
		for _, v := range a.visits {
			sum.ways += w.length[at*w.n+int(v)]
			sum.lost -= w.p.Visits[v].Prize
			at = int(v)
		}
		sum.ways += w.length[at*w.n+int(w.classes[a.class].To)]
	}
	return sum
}
