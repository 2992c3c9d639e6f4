package routing

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"sync"
)

// epochs is how often routes are divided among islands.
const epochs = 40

// solver holds the best plan of all islands, and the one they go on from.
type solver struct {
	*world
	o       Options
	random  *rand.Rand
	islands []*search
	share   float64 // of the effort, and rounds, that are spent when islands begin
	rounds  int64
	now     []assigned
	best    []assigned
	record  sums
	free    []int // per class, shifts that may be used at all
}

func solve(ctx context.Context, w *world, o Options) (Solution, error) {
	if err := w.impossible(); err != nil {
		return Solution{}, err
	}
	s := newSolver(w, o)
	s.begin(ctx)
	switch {
	case len(s.islands) > 1:
		s.together(ctx)
	case w.scored():
		s.collect(ctx)
	case len(w.same) > 0: // which routes of two plans would part
		s.alone(ctx)
	default:
		s.breed(ctx)
	}
	if s.record.lacks > 0 {
		if err := ctx.Err(); err != nil {
			return Solution{}, err
		}
		return Solution{}, &InfeasibleError{Visit: s.lacking(), Other: -1, Why: NoTeam}
	}
	return s.solution(), nil
}

func newSolver(w *world, o Options) *solver {
	s := &solver{world: w, o: o, random: rand.New(rand.NewPCG(o.Seed, 0x726f757465))}
	n := max(1, min(o.Islands, len(w.visits)/20))
	if len(w.same) > 0 {
		n = 1 // visits that want the same team may lie on two islands
	}
	for k := range n {
		spent := func(rounds int64) float64 { return s.share + float64(rounds)*float64(n)/float64(o.Effort) }
		if o.Spent != nil {
			spent = func(int64) float64 { return o.Spent() }
		}
		s.islands = append(s.islands, newSearch(w, rand.New(rand.NewPCG(o.Seed, uint64(k))), spent))
	}
	s.free = make([]int, len(w.classes))
	for c := range w.classes {
		s.free[c] = len(w.classes[c].shifts)
	}
	return s
}

// begin makes a first plan, with few shifts where few are asked for.
func (s *solver) begin(ctx context.Context) {
	first := s.islands[0]
	first.load(s.visits, nil, s.free)
	first.begin()
	first.recreate()
	first.keep()
	if s.p.Fewest {
		first.shrink(ctx, s.free)
	}
	s.best, s.record = first.best, first.record
	s.now = s.best
	s.share, s.rounds, first.rounds = first.spent(first.rounds), first.rounds, 0
}

// alone works on everything at once.
func (s *solver) alone(ctx context.Context) {
	x := s.islands[0]
	x.load(s.visits, s.best, s.spare(s.best))
	x.anneal(ctx, s.share, 1, 1, hot, false, x.settled)
	s.best, s.record = x.best, x.record
}

// together divides the routes among the islands, again and again.
func (s *solver) together(ctx context.Context) {
	from := s.share
	for e := range epochs {
		until := from + (1-from)*float64(e+1)/epochs
		if ctx.Err() != nil {
			return
		}
		parts := s.divide()
		var wait sync.WaitGroup
		for k, x := range s.islands {
			wait.Go(func() {
				x.load(parts[k].visits, parts[k].plan, parts[k].free)
				x.anneal(ctx, from, 1, until, hot, false, x.settled)
			})
		}
		wait.Wait()
		var best []assigned
		var record sums
		s.now = s.now[:0:0]
		for _, x := range s.islands {
			for i := range x.routes {
				if r := &x.routes[i]; !r.idle() {
					s.now = append(s.now, assigned{r.class, slices.Clone(r.visits())})
				}
			}
			for _, a := range x.best {
				best = append(best, assigned{a.class, slices.Clone(a.visits)})
			}
			record.lacks, record.ways, record.lost = record.lacks+x.record.lacks, record.ways+x.record.ways, record.lost+x.record.lost
		}
		if record.better(s.record) {
			s.best, s.record = best, record
		}
	}
}

// part is what an island works on.
type part struct {
	visits []int32
	plan   []assigned
	free   []int
}

// divide cuts the routes in as many parts as there are islands, so that those of a part lie near each other. A visit that is
// in no route goes where its nearest neighbour is.
func (s *solver) divide() []part {
	parts := make([]part, len(s.islands))
	free := s.spare(s.now)
	for k := range parts {
		parts[k].free = make([]int, len(free))
		for c := range free {
			parts[k].free[c] = free[c] / len(parts)
			if k < free[c]%len(parts) {
				parts[k].free[c]++
			}
		}
	}
	placed := make([]int32, s.n) // island of each visit, counted from 1
	total := 0
	for _, a := range s.now {
		total += len(a.visits)
	}
	k, full := 0, 0
	for _, i := range s.across() {
		a := s.now[i]
		if full*len(parts) >= total*(k+1) && k+1 < len(parts) {
			k++
		}
		full += len(a.visits)
		parts[k].plan = append(parts[k].plan, a)
		parts[k].visits = append(parts[k].visits, a.visits...)
		for _, v := range a.visits {
			placed[v] = int32(k + 1)
		}
	}
	for _, v := range s.visits {
		if placed[v] > 0 {
			continue
		}
		k := 0
		for _, u := range s.near[v] {
			if placed[u] > 0 {
				k = int(placed[u]) - 1
				break
			}
		}
		parts[k].visits = append(parts[k].visits, v)
	}
	for k := range parts {
		slices.Sort(parts[k].visits)
	}
	return parts
}

// across gives the routes in the order of how much nearer their visits lie, on average, to one visit than to another, both
// drawn by lot.
func (s *solver) across() []int {
	a, b := s.visits[s.random.IntN(len(s.visits))], s.visits[s.random.IntN(len(s.visits))]
	lean := make([]float64, len(s.now))
	order := make([]int, len(s.now))
	for i, x := range s.now {
		var sum int64
		for _, v := range x.visits {
			sum += s.length[int(v)*s.n+int(a)] - s.length[int(v)*s.n+int(b)]
		}
		lean[i], order[i] = float64(sum)/float64(len(x.visits)), i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Or(cmp.Compare(lean[i], lean[j]), cmp.Compare(i, j)) })
	return order
}

// spare counts, per class, the shifts that may be used and that a plan does not use.
func (s *solver) spare(plan []assigned) []int {
	free := slices.Clone(s.free)
	for _, a := range plan {
		free[a.class]--
	}
	return free
}

// lacking is the first visit that the best plan does not make and that must be made.
func (s *solver) lacking() int32 {
	made := s.made()
	for _, v := range s.visits {
		if !made[v] && !s.p.Visits[v].Optional {
			return v
		}
	}
	return -1
}

func (s *solver) made() []bool {
	made := make([]bool, s.n)
	for _, a := range s.best {
		for _, v := range a.visits {
			made[v] = true
		}
	}
	return made
}

func (s *solver) solution() Solution {
	out := Solution{Objective: s.record.cost(), Bound: s.lower()}
	slices.SortFunc(s.best, func(a, b assigned) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(a.visits[0], b.visits[0]))
	})
	next := make([]int, len(s.classes))
	for _, a := range s.best {
		out.Routes = append(out.Routes, a.visits)
		out.Shifts = append(out.Shifts, s.classes[a.class].shifts[next[a.class]])
		next[a.class]++
	}
	made := s.made()
	for _, v := range s.visits {
		if !made[v] {
			out.Left = append(out.Left, v)
		}
	}
	out.Rounds = s.rounds
	for _, x := range s.islands {
		out.Rounds += x.rounds
	}
	out.Proved = out.Bound == out.Objective
	return out
}

// shrink takes one shift away after the other, as long as its visits find places with the others, for half of the effort.
// Visits that are left out again and again weigh more from time to time, so that the search turns to them.
func (s *search) shrink(ctx context.Context, free []int) {
	const until = 0.5
	weight := make([]int64, s.n)
	sum := func(visits []int32) (sum int64) {
		for _, v := range visits {
			sum += 1 + weight[v]
		}
		return sum
	}
	none := make([]int, len(free))
	var whole []assigned // the last plan that leaves nobody out
	for spent := s.spent(s.rounds); spent < until && ctx.Err() == nil; spent = s.spent(s.rounds) {
		if s.record.lacks == 0 {
			if len(s.best) < 2 {
				break
			}
			whole = s.best
			few := slices.Clone(whole)
			slices.SortStableFunc(few, func(a, b assigned) int { return len(b.visits) - len(a.visits) })
			s.load(s.visits, few[:len(few)-1], none)
		}
		s.anneal(ctx, spent, until, until, hot, true, func(temperature float64) bool {
			for _, v := range s.absent {
				weight[v]++
			}
			if sum(s.absent) < sum(s.missed) {
				return true
			}
			return s.lacks <= s.before.lacks && s.settled(temperature)
		})
	}
	if s.record.lacks > 0 && whole != nil { // it cannot be done without that one
		s.load(s.visits, whole, none)
	}
	if s.record.lacks == 0 {
		clear(free)
		for _, a := range s.best {
			free[a.class]++
		}
	}
}
