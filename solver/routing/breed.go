package routing

import (
	"context"
	"slices"
)

// Numbers of the population, by trial on problems with a hundred visits.
const (
	population = 6
	firsts     = 0.4  // of the effort, for those that it begins with
	child      = 0.02 // and for one more
)

// member is a plan of the population, with what it costs.
type member struct {
	plan []assigned
	sums
}

// breed keeps a few plans that were annealed apart from each other, and makes new ones of two of them: routes of one that lie
// near each other take the place of those of the other that they cover best (after Nagata, Bräysy and Dullaert, Computers &
// Operations Research 37, 2010); what is missing then is put back, and the whole annealed at a lower heat. Where there is
// time for many children, and no rule that local search does not know, the first plan goes into the genetic search instead.
func (s *solver) breed(ctx context.Context) {
	x := s.islands[0]
	var all []member
	grow := func(plan []assigned, heat, share float64) {
		from := max(s.share, x.spent(x.rounds))
		until := min(1, from+share*(1-s.share))
		x.load(s.visits, plan, s.spare(plan))
		x.begin()
		x.recreate()
		x.keep()
		x.anneal(ctx, from, until, until, heat, false, x.settled)
		m := member{make([]assigned, 0, len(x.best)), x.record}
		for _, a := range x.best {
			m.plan = append(m.plan, assigned{a.class, slices.Clone(a.visits)})
		}
		if m.better(s.record) {
			s.best, s.record = m.plan, m.sums
		}
		if slices.ContainsFunc(all, func(o member) bool { return o.sums == m.sums }) {
			return
		}
		if all = append(all, m); len(all) > population {
			worst := 0
			for i := range all {
				if all[worst].better(all[i].sums) {
					worst = i
				}
			}
			all = slices.Delete(all, worst, worst+1)
		}
	}
	x.pool = newPool(s.world)
	first := s.best
	for k := range population {
		grow(first, hot, firsts/population)
		first = nil
		if k == 0 && s.covered() && x.expected(s.share) >= worthwhile*float64(len(s.visits)) {
			s.evolve(ctx)
			return
		}
	}
	for x.spent(x.rounds) < 1 && ctx.Err() == nil {
		a := all[s.random.IntN(len(all))]
		b := all[s.random.IntN(len(all))]
		if len(all) > 1 {
			for b.sums == a.sums {
				b = all[s.random.IntN(len(all))]
			}
		}
		if plan := x.combined(s.record); plan != nil {
			grow(plan, warm, child)
			continue
		}
		grow(s.cross(a.plan, b.plan), warm, child)
	}
}

// expected is how many rounds there will be in all, as far as the first ones tell.
func (s *search) expected(from float64) float64 {
	return float64(s.rounds) * (1 - from) / max(s.spent(s.rounds)-from, 1e-9)
}

// combined is a plan of routes of the pool that is better than the record; nil if there is none.
func (s *search) combined(record sums) []assigned {
	if s.pool == nil {
		return nil
	}
	var prizes int64
	for _, v := range s.world.visits {
		prizes += s.p.Visits[v].Prize
	}
	plan, compared := s.pool.best(prizes - record.cost())
	s.rounds += compared/perPairs + int64(len(s.pool.routes))/10
	return plan
}

// cross gives the routes of the first plan, some of them replaced by routes of the second one.
func (s *solver) cross(a, b []assigned) []assigned {
	in := make([]int, s.n) // per visit, its route in b, from 1
	for k, r := range b {
		for _, v := range r.visits {
			in[v] = k + 1
		}
	}
	most := 1 + s.random.IntN(max(1, len(b)*2/3))
	var chosen []int
	for _, v := range s.near[s.visits[s.random.IntN(len(s.visits))]] {
		if k := in[v] - 1; k >= 0 && !slices.Contains(chosen, k) {
			if chosen = append(chosen, k); len(chosen) == most {
				break
			}
		}
	}
	taken := make([]bool, s.n)
	for _, k := range chosen {
		for _, v := range b[k].visits {
			taken[v] = true
		}
	}
	covered := func(r assigned) (n float64) {
		for _, v := range r.visits {
			if taken[v] {
				n++
			}
		}
		return n / float64(len(r.visits))
	}
	plan := slices.Clone(a)
	for _, k := range chosen {
		full := s.spare(plan)[b[k].class] == 0
		out, best := -1, -1.0
		for i, r := range plan {
			if full && r.class != b[k].class {
				continue
			}
			if c := covered(r); c > best {
				out, best = i, c
			}
		}
		if out >= 0 {
			plan = slices.Delete(plan, out, out+1)
		}
	}
	for i := range plan {
		plan[i].visits = slices.DeleteFunc(slices.Clone(plan[i].visits), func(v int32) bool { return taken[v] })
	}
	plan = slices.DeleteFunc(plan, func(r assigned) bool { return len(r.visits) == 0 })
	for _, k := range chosen {
		plan = append(plan, b[k])
	}
	return plan
}
