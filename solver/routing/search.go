package routing

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// plan is a set of routes with what tells at once whether a visit fits in: for each visit the earliest time at which the
// team leaves it, given what comes before, and the latest at which it may begin, given what comes behind.
type plan struct {
	routes [][]int32
	load   []int64
	leave  []int64 // per visit
	late   []int64
	came   []int64 // the length from the visit before
	of     []int32 // per visit, its route; −1 while it is in none
	length int64
	absent []int32
}

// Numbers of the method, as published, but for the temperatures, which are relative to an average way.
const (
	removals   = 10 // visits taken out in a round, on average
	longest    = 10 // string of visits that is taken out of one route
	splits     = 0.5
	deepens    = 0.01                 // how often a string that is left standing within does not grow
	overlooked = math.MaxUint32 / 100 // of so many places one, by the numbers drawn
)

type search struct {
	p        *Problem
	o        Options
	n        int
	length   []int64
	time     []int64
	into     []int64 // lengths by where they lead, row by row
	timeInto []int64
	near     [][]int32 // per visit, the others, the nearest first
	random   *rand.Rand
	now      plan
	best     [][]int32
	record   int64
	missing  int // visits without a team in best
	teams    int // that may go out
	rounds   int64
	torn     []int32 // routes changed in this round
	saved    []saved
	spare    [][]int32
	marked   []bool
}

type saved struct {
	visits []int32
	load   int64
}

func newSearch(p *Problem, o Options) *search {
	n := len(p.Visits)
	s := &search{p: p, o: o, n: n, length: p.Length, time: p.time(), teams: p.Teams, random: rand.New(rand.NewPCG(o.Seed, 0x726f757465)), record: math.MaxInt64}
	s.into = turned(p.Length, n)
	if s.timeInto = s.into; p.Time != nil {
		s.timeInto = turned(p.Time, n)
	}
	s.near = make([][]int32, n)
	for i := 1; i < n; i++ {
		s.near[i] = append(s.near[i], int32(i))
		for j := 1; j < n; j++ {
			if j != i {
				s.near[i] = append(s.near[i], int32(j))
			}
		}
		row := s.length[i*n : (i+1)*n]
		slices.SortStableFunc(s.near[i][1:], func(a, b int32) int { return cmp.Compare(row[a], row[b]) })
	}
	s.now = plan{leave: make([]int64, n), came: make([]int64, n), late: make([]int64, n), of: make([]int32, n)}
	s.load(nil)
	return s
}

// turned exchanges rows and columns.
func turned(table []int64, n int) []int64 {
	out := make([]int64, len(table))
	for i := range n {
		for j := range n {
			out[j*n+i] = table[i*n+j]
		}
	}
	return out
}

func (s *search) run(ctx context.Context) error {
	s.recreate()
	s.keep()
	until := s.o.Effort
	if s.p.Fewest {
		s.shrink(ctx, until/2)
	}
	average := float64(s.now.length)/float64(max(1, s.n-1)) + 1
	s.anneal(ctx, until, average, s.settled)
	if s.missing > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		return &InfeasibleError{Visit: slices.Min(s.left()), Why: NoTeam}
	}
	return nil
}

// anneal makes rounds while the temperature falls, from three times an average way to
// a hundredth of that, until so many are made or the context ends. A round
// is undone where better does not take it.
func (s *search) anneal(ctx context.Context, until int64, average float64, better func(before int64, missing []int32, temperature float64) bool) {
	if until <= s.rounds {
		return
	}
	hot, cold := average*3, average*0.03
	cool := math.Pow(cold/hot, 1/float64(until-s.rounds))
	var missing []int32
	for temperature := hot; s.rounds < until; s.rounds++ {
		if s.rounds&255 == 0 && ctx.Err() != nil {
			return
		}
		before := s.now.length
		missing = append(missing[:0], s.now.absent...)
		s.begin()
		s.ruin()
		s.recreate()
		if !better(before, missing, temperature) {
			s.restore(before)
		} else if len(s.now.absent) < s.missing || len(s.now.absent) == s.missing && s.now.length < s.record {
			s.keep()
			if s.p.Fewest && s.missing == 0 && until < s.o.Effort {
				return // one team less: shrink goes on from here
			}
		}
		temperature *= cool
	}
}

// settled takes a plan that is shorter, or longer by less than the temperature allows, and never leaves more visits out.
func (s *search) settled(before int64, missing []int32, temperature float64) bool {
	if a, b := len(s.now.absent), len(missing); a != b {
		return a < b
	}
	worse := float64(s.now.length - before)
	return worse <= 0 || worse < -temperature*math.Log(1-s.random.Float64())
}

// shrink takes one team away after the other, as long as its visits find places with the others. Visits that are left out
// again and again weigh more from time to time, so that the search turns to them.
func (s *search) shrink(ctx context.Context, until int64) {
	weight := make([]int64, s.n)
	sum := func(visits []int32) (sum int64) {
		for _, v := range visits {
			sum += 1 + weight[v]
		}
		return sum
	}
	average := float64(s.now.length)/float64(max(1, s.n-1)) + 1
	var whole [][]int32 // the last plan that leaves nobody out
	for s.rounds < until && ctx.Err() == nil {
		if s.missing == 0 {
			if len(s.best) < 2 {
				break
			}
			whole = s.best
			few := slices.Clone(whole)
			slices.SortStableFunc(few, func(a, b []int32) int { return len(b) - len(a) })
			s.teams = len(few) - 1
			s.load(few[:s.teams])
			s.best, s.missing, s.record = nil, len(s.now.absent), math.MaxInt64
		}
		s.anneal(ctx, until, average, func(before int64, missing []int32, temperature float64) bool {
			for _, v := range s.now.absent {
				weight[v]++
			}
			if sum(s.now.absent) < sum(missing) {
				return true
			}
			return len(s.now.absent) <= len(missing) && s.settled(before, s.now.absent, temperature)
		})
	}
	if s.missing > 0 && whole != nil { // it cannot be done without that team
		s.load(whole)
		s.best, s.missing, s.record = nil, 0, math.MaxInt64
		s.keep()
	}
	if s.missing == 0 {
		s.teams = len(s.best)
	}
}

// load begins anew with routes; whoever is in none is absent.
func (s *search) load(routes [][]int32) {
	for i := range s.now.of {
		s.now.of[i] = -1
	}
	s.torn, s.saved = s.torn[:0], s.saved[:0]
	clear(s.marked)
	s.now.routes, s.now.load, s.now.length = nil, nil, 0
	for r, route := range routes {
		s.now.routes = append(s.now.routes, slices.Clone(route))
		var load int64
		for _, v := range route {
			load += s.p.Visits[v].Demand
		}
		s.now.load = append(s.now.load, load)
		s.now.length += s.lengthOf(route)
		s.schedule(int32(r))
	}
	s.gather()
}

// left are the visits that the best plan does not make.
func (s *search) left() []int32 {
	made := make([]bool, s.n)
	for _, r := range s.best {
		for _, v := range r {
			made[v] = true
		}
	}
	var left []int32
	for i := int32(1); int(i) < s.n; i++ {
		if !made[i] {
			left = append(left, i)
		}
	}
	return left
}

func (s *search) keep() {
	s.record, s.missing = s.now.length, len(s.now.absent)
	s.best = s.best[:0]
	for _, r := range s.now.routes {
		if len(r) > 0 {
			s.best = append(s.best, slices.Clone(r))
		}
	}
}

// begin starts a round: whatever route is changed from now on is kept as it was.
func (s *search) begin() {
	for _, r := range s.torn {
		s.marked[r] = false
	}
	for _, x := range s.saved {
		s.spare = append(s.spare, x.visits)
	}
	s.torn, s.saved = s.torn[:0], s.saved[:0]
	if len(s.marked) < len(s.now.routes)+s.n {
		s.marked = make([]bool, len(s.now.routes)+s.n)
	}
}

// tear notes that a route is about to change.
func (s *search) tear(r int32) {
	if s.marked[r] {
		return
	}
	s.marked[r] = true
	var keep []int32
	if n := len(s.spare); n > 0 {
		keep, s.spare = s.spare[n-1], s.spare[:n-1]
	}
	s.torn = append(s.torn, r)
	s.saved = append(s.saved, saved{append(keep[:0], s.now.routes[r]...), s.now.load[r]})
}

// restore undoes a round.
func (s *search) restore(length int64) {
	for _, r := range s.torn {
		for _, v := range s.now.routes[r] {
			s.now.of[v] = -1
		}
	}
	for k, r := range s.torn {
		s.now.routes[r] = append(s.now.routes[r][:0], s.saved[k].visits...)
		s.now.load[r] = s.saved[k].load
		s.schedule(r)
	}
	s.now.length = length
	s.gather()
}

// gather lists the visits that are in no route.
func (s *search) gather() {
	s.now.absent = s.now.absent[:0]
	for i := int32(1); int(i) < s.n; i++ {
		if s.now.of[i] < 0 {
			s.now.absent = append(s.now.absent, i)
		}
	}
}

// schedule finds the times of a route anew.
func (s *search) schedule(r int32) {
	route := s.now.routes[r]
	at, t := int32(0), s.p.Visits[0].Open+s.p.Visits[0].Service
	for _, v := range route {
		x := &s.p.Visits[v]
		t = max(t+s.time[int(at)*s.n+int(v)], x.Open) + x.Service
		s.now.leave[v], s.now.came[v], s.now.of[v] = t, s.length[int(at)*s.n+int(v)], r
		at = v
	}
	end := s.p.Visits[0].Close
	at = 0
	for k := len(route) - 1; k >= 0; k-- {
		v := route[k]
		x := &s.p.Visits[v]
		end = min(x.Close, end-s.time[int(v)*s.n+int(at)]-x.Service)
		s.now.late[v] = end
		at = v
	}
}

// ruin takes strings of visits near one that is drawn out of their routes.
func (s *search) ruin() {
	teams, visits := 0, 0
	for _, r := range s.now.routes {
		if len(r) > 0 {
			teams++
			visits += len(r)
		}
	}
	if teams == 0 {
		return
	}
	most := min(longest, float64(visits)/float64(teams))
	strings := 4*removals/(1+most) - 1
	left := int(s.random.Float64()*strings + 1)
	seed := 1 + s.random.IntN(s.n-1)
	for _, v := range s.near[seed] {
		if left == 0 {
			return
		}
		r := s.now.of[v]
		if r < 0 || s.marked[r] {
			continue
		}
		s.tear(r)
		route := s.now.routes[r]
		size := int(s.random.Float64()*min(float64(len(route)), most) + 1)
		at := slices.Index(route, v)
		if size > 1 && size < len(route) && s.random.Float64() < splits {
			inside := 1
			for size+inside < len(route) && s.random.Float64() > deepens {
				inside++
			}
			s.cut(r, s.window(at, size+inside, len(route)), size+inside, inside)
		} else {
			s.cut(r, s.window(at, size, len(route)), size, 0)
		}
		left--
	}
}

// window is where a string of a size begins that holds a place of a route.
func (s *search) window(at, size, route int) int {
	from, to := max(0, at-size+1), min(at, route-size)
	return from + s.random.IntN(to-from+1)
}

// cut takes a string out, apart from so many within that stay.
func (s *search) cut(r int32, from, size, inside int) {
	route := s.now.routes[r]
	s.now.length -= s.lengthOf(route)
	stay := from + size
	if inside > 0 {
		stay = from + s.random.IntN(size-inside+1)
	}
	kept := route[:from]
	for k := from; k < len(route); k++ {
		v := route[k]
		if k >= from+size || k >= stay && k < stay+inside {
			kept = append(kept, v)
			continue
		}
		s.now.of[v] = -1
		s.now.load[r] -= s.p.Visits[v].Demand
		s.now.absent = append(s.now.absent, v)
	}
	s.now.routes[r] = kept
	s.now.length += s.lengthOf(kept)
	s.schedule(r)
}

func (s *search) lengthOf(route []int32) (sum int64) {
	if len(route) == 0 {
		return 0
	}
	at := int32(0)
	for _, v := range route {
		sum += s.length[int(at)*s.n+int(v)]
		at = v
	}
	return sum + s.length[int(at)*s.n]
}

// recreate puts visits back one by one, in one of several orders, each where it costs least.
func (s *search) recreate() {
	s.sort()
	absent := s.now.absent
	s.now.absent = s.now.absent[:0]
	for _, v := range absent {
		r, k, by := s.place(v)
		if alone := s.length[v] + s.length[int(v)*s.n]; r < 0 || alone < by && !s.p.Fewest {
			if home := s.empty(); home >= 0 {
				r, k, by = home, 0, alone
			}
		}
		if r < 0 {
			s.now.absent = append(s.now.absent, v)
			continue
		}
		s.tear(r)
		s.now.routes[r] = slices.Insert(s.now.routes[r], k, v)
		s.now.load[r] += s.p.Visits[v].Demand
		s.now.length += by
		s.schedule(r)
	}
}

// empty is a route of a team that stays at home so far, −1 where all are out.
func (s *search) empty() int32 {
	for r, route := range s.now.routes {
		if len(route) == 0 {
			return int32(r)
		}
	}
	if len(s.now.routes) >= s.teams {
		return -1
	}
	s.now.routes = append(s.now.routes, nil)
	s.now.load = append(s.now.load, 0)
	if len(s.marked) < len(s.now.routes)+1 {
		s.marked = append(s.marked, make([]bool, s.n)...)
	}
	return int32(len(s.now.routes) - 1)
}

// sort chooses an order: by lot, the largest demand first, the farthest, the nearest, the shortest window, the earliest
// window, or the one that closes last.
func (s *search) sort() {
	absent := s.now.absent
	draw := s.random.IntN(17)
	if draw < 4 {
		s.random.Shuffle(len(absent), func(i, j int) { absent[i], absent[j] = absent[j], absent[i] })
		return
	}
	value := func(v int32) int64 {
		x := &s.p.Visits[v]
		switch {
		case draw < 8:
			return -x.Demand
		case draw < 10:
			return -s.length[v]
		case draw < 11:
			return s.length[v]
		case draw < 13:
			return x.Close - x.Open
		case draw < 15:
			return x.Open
		}
		return -x.Close
	}
	slices.SortFunc(absent, func(a, b int32) int {
		return cmp.Or(cmp.Compare(value(a), value(b)), cmp.Compare(a, b))
	})
}

// place finds where a visit costs least.
func (s *search) place(v int32) (route int32, at int, by int64) {
	route, by = -1, math.MaxInt64
	x := &s.p.Visits[v]
	n := s.n
	from, into := s.length[int(v)*n:(int(v)+1)*n], s.into[int(v)*n:(int(v)+1)*n]
	timeFrom, timeInto := s.time[int(v)*n:(int(v)+1)*n], s.timeInto[int(v)*n:(int(v)+1)*n]
	soonest := x.Open + x.Service
	for r, visits := range s.now.routes {
		if len(visits) == 0 || s.now.load[r]+x.Demand > s.p.Capacity {
			continue
		}
		prev, leave := int32(0), s.p.Visits[0].Open+s.p.Visits[0].Service
		for k, next := range visits {
			if leave > x.Close {
				break // and all that comes behind is later still
			}
			if late := s.now.late[next]; late >= soonest {
				if more := into[prev] + from[next] - s.now.came[next]; more < by {
					if begin := max(leave+timeInto[prev], x.Open); begin <= x.Close && begin+x.Service+timeFrom[next] <= late && s.looks() {
						route, at, by = int32(r), k, more
					}
				}
			}
			prev, leave = next, s.now.leave[next]
		}
		if leave > x.Close {
			continue
		}
		if more := into[prev] + from[0] - s.length[int(prev)*n]; more < by {
			if begin := max(leave+timeInto[prev], x.Open); begin <= x.Close && begin+x.Service+timeFrom[0] <= s.p.Visits[0].Close && s.looks() {
				route, at, by = int32(r), len(visits), more
			}
		}
	}
	return route, at, by
}

// looks is false for a place that is overlooked by lot.
func (s *search) looks() bool { return s.random.Uint32() >= overlooked }

func (s *search) solution() Solution {
	slices.SortFunc(s.best, func(a, b []int32) int { return int(a[0] - b[0]) })
	out := Solution{Routes: s.best, Objective: s.record, Rounds: s.rounds, Bound: lower(s.p)}
	out.Proved = out.Bound == out.Objective
	return out
}

// lower is a simple bound: each visit is reached from its nearest and left for its nearest, the depot as often as demand
// makes necessary; half of both.
func lower(p *Problem) int64 {
	n := len(p.Visits)
	var sum, demand int64
	in, out := make([]int64, n), make([]int64, n)
	for i := range n {
		in[i], out[i] = math.MaxInt64, math.MaxInt64
		for j := range n {
			if i != j {
				out[i] = min(out[i], p.Length[i*n+j])
				in[i] = min(in[i], p.Length[j*n+i])
			}
		}
		demand += p.Visits[i].Demand
	}
	teams := int64(1)
	if p.Capacity > 0 {
		teams = max(1, (demand+p.Capacity-1)/p.Capacity)
	}
	for i := 1; i < n; i++ {
		sum += in[i] + out[i]
	}
	sum += teams * (in[0] + out[0])
	return (sum + 1) / 2
}
