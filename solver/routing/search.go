package routing

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// Numbers of the method, as published, but for the temperatures, which are relative to an average way.
const (
	removals   = 10 // visits taken out in a round, on average
	longest    = 10 // string of visits that is taken out of one route
	splits     = 0.5
	deepens    = 0.01                 // how often a string that is left standing within does not grow
	overlooked = math.MaxUint32 / 100 // of so many places one, by the numbers drawn
	hot, cold  = 3.0, 0.05            // temperatures, in average ways
	warm       = 0.5                  // where an annealed plan begins again
	dearest    = 1.5                  // average ways that an average prize weighs at most
)

// sums are what plans are compared by.
type sums struct {
	lacks int   // visits without a team that must have one
	ways  int64 // lengths and moves
	lost  int64 // prizes of visits that are left out
}

func (a sums) cost() int64 { return a.ways + a.lost }

func (a sums) better(b sums) bool {
	return a.lacks < b.lacks || a.lacks == b.lacks && a.cost() < b.cost()
}

// assigned is what a shift of a class does.
type assigned struct {
	class  int32
	visits []int32
}

// search works on some visits and shifts: all of them, or those of an island.
type search struct {
	*world
	random *rand.Rand
	spent  func(rounds int64) float64
	rounds int64

	visits []int32 // those of this island
	free   []int   // per class, shifts that have no route yet
	routes []route // with one at least, if there is one, per class that does nothing
	heads  []head  // of routes
	of     []int32 // per visit, its route; −1 while it is in none
	at     []int32 // and how many come before it
	absent []int32
	used   int // routes that do something
	sums
	best   []assigned
	record sums
	cached cache
	pool   *pool   // of routes; may be nil
	waited []int64 // per visit, the prizes it would have brought since it was made last
	stamps uint64  // so many routes have been

	torn    []torn // routes changed in this round
	spare   []route
	before  sums
	missed  []int32
	wasUsed int
	order   []ranked
	left    []int32 // visits that harvest has not placed yet
}

// head is what is looked at first when a visit is to be placed.
type head struct {
	stamp uint64
	room  int64 // what the team can still carry
	idle  bool
}

// head brings it up to date.
func (s *search) head(i int32) {
	r := &s.routes[i]
	s.heads[i] = head{r.stamp, s.classes[r.class].Capacity - r.load, r.idle()}
}

// torn is a route as it was before a round.
type torn struct {
	index int32
	was   route
}

func newSearch(w *world, random *rand.Rand, spent func(rounds int64) float64) *search {
	return &search{world: w, random: random, spent: spent, free: make([]int, len(w.classes)), of: make([]int32, w.n), at: make([]int32, w.n), cached: cache{n: w.n}, waited: make([]int64, w.n)}
}

// load begins anew with routes; visits that are in none are absent. Free are the shifts, per class, beside those of routes.
func (s *search) load(visits []int32, plan []assigned, free []int) {
	s.visits = append(s.visits[:0], visits...)
	copy(s.free, free)
	for i := range s.of {
		s.of[i] = -1
	}
	s.torn, s.routes, s.heads, s.absent, s.used, s.sums = s.torn[:0], s.routes[:0], s.heads[:0], s.absent[:0], 0, sums{}
	for _, a := range plan {
		i := s.idle(a.class)
		r := &s.routes[i]
		r.path = slices.Insert(r.path, 1, a.visits...)
		for _, v := range a.visits {
			s.of[v] = i
			r.load += s.p.Visits[v].Demand
			s.ways += s.moved(v, a.class)
		}
		if len(a.visits) > 0 {
			s.used++
		}
		s.changed(i, 0, len(r.path)-2)
	}
	for c := range s.free {
		if s.free[c] > 0 {
			s.free[c]--
			s.idle(int32(c))
		}
	}
	for _, v := range s.visits {
		if s.of[v] < 0 {
			s.absent = append(s.absent, v)
			s.leave(v, 1)
		}
	}
	s.best = nil
	s.keep()
}

// idle adds a route that does nothing.
func (s *search) idle(class int32) int32 {
	s.routes = append(s.routes, route{class: class, path: []int32{s.classes[class].From, s.classes[class].To}})
	s.heads = append(s.heads, head{})
	s.cached.widen(len(s.routes))
	i := int32(len(s.routes) - 1)
	s.changed(i, 0, 0)
	return i
}

// leave counts a visit as left out, or, with −1, no longer so.
func (s *search) leave(v int32, by int64) {
	if x := &s.p.Visits[v]; x.Optional {
		s.lost += by * x.Prize
	} else {
		s.lacks += int(by)
	}
}

// moved is what it costs to give a visit to another shift than before.
func (w *world) moved(v, class int32) int64 {
	if x := &w.p.Visits[v]; x.Was > 0 && w.classes[class].shifts[0] != x.Was-1 {
		return x.Move
	}
	return 0
}

// anneal makes rounds until so much is spent, while the temperature falls from the beginning of a span to its end. A round is
// undone where better does not take it. It ends early with a plan that leaves nobody out if whole is asked for.
func (s *search) anneal(ctx context.Context, from, to, until, heat float64, whole bool, better func(temperature float64) bool) {
	temperature := 0.0
	for k := 0; ; k++ {
		if k&63 == 0 {
			spent := s.spent(s.rounds)
			if spent >= until || ctx.Err() != nil {
				return
			}
			if s.pool != nil {
				s.pool.keep(s.routes)
			}
			temperature = s.average * heat * math.Pow(cold/heat, (spent-from)/(to-from))
		}
		s.begin()
		s.ruin()
		s.recreate()
		s.rounds++
		accepted := better(temperature)
		switch {
		case s.better(s.record):
			s.keep()
			if s.pool != nil {
				s.pool.keep(s.routes)
			}
			if whole && s.lacks == 0 {
				return
			}
		case !accepted:
			s.restore()
		}
	}
}

// settled takes a plan that is better, or worse by less than the temperature allows, and never leaves more visits out that
// must be made.
func (s *search) settled(temperature float64) bool {
	if s.lacks != s.before.lacks {
		return s.lacks < s.before.lacks
	}
	worse := float64(s.ways-s.before.ways) + s.soft*float64(s.lost-s.before.lost)
	return worse <= 0 || worse < -temperature*math.Log(1-s.random.Float64())
}

func (s *search) keep() {
	s.record = s.sums
	s.best = s.best[:0]
	for i := range s.routes {
		if r := &s.routes[i]; !r.idle() {
			if len(s.best) < cap(s.best) {
				s.best = s.best[:len(s.best)+1]
			} else {
				s.best = append(s.best, assigned{})
			}
			a := &s.best[len(s.best)-1]
			a.class, a.visits = r.class, append(a.visits[:0], r.visits()...)
		}
	}
}

// begin starts a round: whatever route is changed from now on is kept as it was.
func (s *search) begin() {
	for _, t := range s.torn {
		s.routes[t.index].torn = false
		s.spare = append(s.spare, t.was)
	}
	s.torn = s.torn[:0]
	s.before, s.wasUsed = s.sums, s.used
	s.missed = append(s.missed[:0], s.absent...)
}

// tear notes that a route is about to change.
func (s *search) tear(i int32) *route {
	r := &s.routes[i]
	if r.torn {
		return r
	}
	var was route
	if k := len(s.spare); k > 0 {
		was, s.spare = s.spare[k-1], s.spare[:k-1]
	}
	was.become(r)
	s.torn = append(s.torn, torn{i, was})
	r.torn = true
	return r
}

// restore undoes a round.
func (s *search) restore() {
	for _, t := range s.torn {
		for _, v := range s.routes[t.index].visits() {
			s.of[v] = -1
		}
	}
	for k := range s.torn {
		t := &s.torn[k]
		r := &s.routes[t.index]
		*r, t.was = t.was, *r
		r.torn = true // until the next round begins
		for k, v := range r.visits() {
			s.of[v], s.at[v] = t.index, int32(k)
		}
		s.head(t.index)
	}
	s.sums, s.used = s.before, s.wasUsed
	s.absent = append(s.absent[:0], s.missed...)
}
