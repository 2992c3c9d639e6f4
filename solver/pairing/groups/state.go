package groups

import (
	"cmp"
	"context"
	"slices"
	"sync"
)

// choice is a place where a group may go, and what it costs there by itself. Limits keep that below 2^31.
type choice struct{ place, base int32 }

// state is a plan under way, the best so far, and prices.
type state struct {
	p       *Problem
	may     [][]choice // per group, the nearest first
	base    [][]int32  // per group and place: what it costs there by itself, −1 where it must not go
	decided [][]int32  // per group and term: the place, Nowhere where nothing is decided
	away    [][]bool   // per group and term

	at   [][]int32 // per group and term
	own  []int64   // per group: what its way costs by itself
	load [][]int32 // per place and term: people
	cost int64     // of the plan at hand

	sizes []int32     // of groups, each once
	kind  []int32     // per group: its size's place in sizes
	order []int32     // groups by size
	due   [][][]int64 // per size, term and place: what one more group of that size costs the place, never without room

	clock   int   // counts what was changed for the better
	moved   []int // per group: when it last went elsewhere
	touched []int // per place: when who goes there last changed

	best     [][]int32
	bestCost int64

	credit, rent [][]int64
	bound        int64
	bestCredit   [][]int64
	bestRent     [][]int64
}

func newState(p *Problem) *state {
	s := &state{p: p, bound: -1 << 62}
	banned := make(map[Visit]bool, len(p.Bans))
	for _, b := range p.Bans {
		banned[b] = true
	}
	s.may, s.base = make([][]choice, len(p.Groups)), table[int32](len(p.Groups), len(p.Places))
	s.away = table[bool](len(p.Groups), p.Terms)
	some := func(from, to int) {
		sorted := make([]uint64, 0, len(p.Places))
		for i := from; i < to; i++ {
			sorted = s.choose(i, banned, sorted[:0])
		}
	}
	half := len(p.Groups) / 2
	var both sync.WaitGroup
	both.Go(func() { some(0, half) })
	some(half, len(p.Groups))
	both.Wait()
	s.decided, s.at = nowhere(len(p.Groups), p.Terms), nowhere(len(p.Groups), p.Terms)
	s.own, s.load = make([]int64, len(p.Groups)), table[int32](len(p.Places), p.Terms)
	s.credit, s.rent = table[int64](len(p.Places), p.Terms), table[int64](len(p.Places), p.Terms)
	s.measure()
	s.moved, s.touched = make([]int, len(p.Groups)), make([]int, len(p.Places))
	return s
}

// measure lists the sizes of groups.
func (s *state) measure() {
	for i := range s.p.Groups {
		s.sizes = append(s.sizes, s.p.Groups[i].Size)
		s.order = append(s.order, int32(i))
	}
	slices.Sort(s.sizes)
	s.sizes = slices.Compact(s.sizes)
	s.kind = make([]int32, len(s.p.Groups))
	for i := range s.p.Groups {
		k, _ := slices.BinarySearch(s.sizes, s.p.Groups[i].Size)
		s.kind[i] = int32(k)
	}
	slices.SortStableFunc(s.order, func(a, b int32) int { return cmp.Compare(s.kind[a], s.kind[b]) })
	for range s.sizes {
		s.due = append(s.due, table[int64](s.p.Terms, len(s.p.Places)))
	}
}

// choose lists where a group may go, the cheapest first. To sort is to sort numbers: the cost, then the place.
func (s *state) choose(i int, banned map[Visit]bool, sorted []uint64) []uint64 {
	g := &s.p.Groups[i]
	for k := range s.p.Places {
		s.base[i][k] = -1
		base, ok := s.p.base(g, &s.p.Places[k], int32(k))
		if ok && (len(banned) == 0 || !banned[Visit{int32(i), int32(k)}]) {
			s.base[i][k] = int32(base)
			sorted = append(sorted, uint64(base)<<32|uint64(k))
		}
	}
	slices.Sort(sorted)
	may := make([]choice, len(sorted))
	for k, c := range sorted {
		may[k] = choice{int32(uint32(c)), int32(c >> 32)}
	}
	s.may[i] = may
	for _, t := range g.Away {
		s.away[i][t] = true
	}
	return sorted
}

func table[T any](rows, cols int) [][]T {
	all := make([]T, rows*cols)
	t := make([][]T, rows)
	for i := range t {
		t[i], all = all[:cols:cols], all[cols:]
	}
	return t
}

func nowhere(rows, cols int) [][]int32 {
	t := table[int32](rows, cols)
	for _, r := range t {
		for k := range r {
			r[k] = Nowhere
		}
	}
	return t
}

// lock puts the locks into the plan, and refuses those that no plan can keep.
func (s *state) lock() error {
	load := table[int32](len(s.p.Places), s.p.Terms)
	for i, l := range s.p.Locks {
		fault := func(t Trouble) error { return &ProblemError{"lock", i, t} }
		switch at := s.decided[l.Group][l.Term]; {
		case at == l.Place:
			continue
		case at != Nowhere:
			return fault(LockTwice)
		case s.base[l.Group][l.Place] < 0 || s.away[l.Group][l.Term]:
			return fault(LockUnfit)
		}
		s.decided[l.Group][l.Term] = l.Place
		if load[l.Place][l.Term] += s.p.Groups[l.Group].Size; load[l.Place][l.Term] > s.p.Places[l.Place].Wants[l.Term].Room {
			return fault(LockFull)
		}
	}
	return nil
}

// way is a group's way through the terms: for each term and choice what the best way to there costs, and where from.
type way struct {
	cost, before []int64 // per choice: up to this term, up to the term before
	from         [][]int32
	at           []int32
}

const never = int64(1) << 60

// cheapest finds the cheapest way of a group, where due tells per term and place what comes to what the group costs there by
// itself, never where it must not be; no place may be dearer by less than the group's people are worth at the most. What
// depends on the term before is added here. It gives the cost, never where there is no way; w.at is the way.
func (s *state) cheapest(g int, w *way, due [][]int64) int64 {
	p, may := s.p, s.may[g]
	n := len(may) // choice n is to go nowhere
	if cap(w.cost) <= n {
		w.cost, w.before = make([]int64, len(p.Places)+1), make([]int64, len(p.Places)+1)
		w.from = table[int32](p.Terms, len(p.Places)+1)
		w.at = make([]int32, p.Terms)
	}
	worth := p.Missing * int64(p.Groups[g].Size)
	if p.Terms > 1 {
		worth += 2 * p.Change
	}
	least, leastAt, home := int64(0), int32(n), int64(0) // of the term before: the cheapest of all, and of going nowhere
	reached := 0                                         // how many choices of the term before were looked at
	for t := range p.Terms {
		w.cost, w.before = w.before, w.cost
		cost, before, from := w.cost[:n+1], w.before[:n+1], w.from[t][:n+1]
		come, comeFrom := least, leastAt // the cheapest from another place
		if t > 0 {
			come += p.Change
			if home < come { // who was nowhere does not change
				come, comeFrom = home, int32(n)
			}
		}
		nowLeast, nowAt := never, int32(n)
		first, end := s.open(g, t)
		for k := range first {
			cost[k] = never
		}
		stop, look := never, first // beyond stop, going to the cheapest instead would save more than two changes cost
		for ; look < end; look++ {
			c := may[look]
			if int64(c.base) >= stop {
				break
			}
			add := due[t][c.place]
			if add == never {
				cost[look] = never
				continue
			}
			add += int64(c.base)
			stop = min(stop, add+worth)
			cost[look], from[look] = come+add, comeFrom
			if t > 0 && look < reached && before[look] <= come {
				cost[look], from[look] = before[look]+add, int32(look)
			}
			if cost[look] >= never {
				cost[look] = never
			} else if cost[look] < nowLeast {
				nowLeast, nowAt = cost[look], int32(look)
			}
		}
		stay := never
		from[n] = leastAt
		if s.decided[g][t] == Nowhere {
			if stay = least; !s.away[g][t] {
				stay += p.Idle
			}
		}
		if cost[n] = stay; stay < nowLeast {
			nowLeast, nowAt = stay, int32(n)
		}
		least, leastAt, home, reached = nowLeast, nowAt, stay, look
	}
	k := leastAt
	for t := p.Terms - 1; t >= 0; t-- {
		w.at[t] = Nowhere
		if int(k) < n {
			w.at[t] = may[k].place
		}
		k = w.from[t][k]
	}
	return least
}

// open tells which of a group's choices it has in a term: all, none, or the one that is decided.
func (s *state) open(g, t int) (first, end int) {
	if s.away[g][t] {
		return 0, 0
	}
	if lock := s.decided[g][t]; lock != Nowhere {
		k := slices.IndexFunc(s.may[g], func(c choice) bool { return c.place == lock })
		return k, k + 1
	}
	return 0, len(s.may[g])
}

// cover is how many of the people that a place needs a group can be.
func (s *state) cover(g, place, term int32) int64 {
	return int64(min(s.p.Groups[g].Size, s.p.Places[place].Wants[term].Need))
}

// rounds is the usual number of rounds in which prices are sought.
const rounds = 60

// run seeks prices and betters plans by turns.
func (s *state) run(ctx context.Context, effort int64) {
	if effort == 0 {
		effort = rounds
	}
	p := s.p
	for v := range p.Places {
		for t, w := range p.Places[v].Wants {
			if w.Room > 0 {
				s.credit[v][t] = p.Missing
			}
		}
	}
	s.begin()
	s.settle(ctx, new(way), -1) // prices only want to know about how good a plan can be
	s.keep()
	ways := nowhere(len(p.Groups), p.Terms)
	scale, since := 1.0, 0
	for round := range effort {
		if round > 0 && ctx.Err() != nil || s.bound == s.bestCost {
			return
		}
		low := s.price(ways)
		if low > s.bound {
			s.bound, since = low, 0
			s.bestCredit, s.bestRent = clone(s.credit), clone(s.rent)
		} else if since++; since == 2 {
			scale, since = scale/2, 0
			s.credit, s.rent = clone(s.bestCredit), clone(s.bestRent)
			s.price(ways)
		}
		s.step(ways, scale*float64(s.bestCost-low))
	}
	s.follow(ways)
	s.better(ctx)
	s.keep()
}

func clone(t [][]int64) [][]int64 {
	if len(t) == 0 {
		return nil
	}
	c := table[int64](len(t), len(t[0]))
	for i := range t {
		copy(c[i], t[i])
	}
	return c
}

// price sends each group its cheapest way by the prices, on two processors, and gives what that shows no plan to undercut.
func (s *state) price(ways [][]int32) int64 {
	p := s.p
	low := int64(0)
	for v := range p.Places {
		for t, w := range p.Places[v].Wants {
			if w.Room == 0 {
				low += p.Missing * int64(w.Need)
				continue
			}
			low += s.credit[v][t]*int64(w.Need) - s.rent[v][t]*int64(w.Room)
		}
	}
	some := func(from, to int) (sum int64) {
		var w way
		due := table[int64](p.Terms, len(p.Places))
		for i, g := range s.order[from:to] {
			if i == 0 || s.kind[g] != s.kind[s.order[from+i-1]] {
				s.charge(p.Groups[g].Size, due)
			}
			sum += s.cheapest(int(g), &w, due)
			copy(ways[g], w.at)
		}
		return sum
	}
	half := len(p.Groups) / 2
	var other int64
	var both sync.WaitGroup
	both.Go(func() { other = some(0, half) })
	low += some(half, len(p.Groups))
	both.Wait()
	return low + other
}

// charge writes what a group of a size pays per term and place by the prices.
func (s *state) charge(size int32, due [][]int64) {
	for v := range s.p.Places {
		for t, want := range s.p.Places[v].Wants {
			due[t][v] = never
			if size <= want.Room {
				due[t][v] = int64(size)*s.rent[v][t] - int64(min(size, want.Need))*s.credit[v][t]
			}
		}
	}
}

// step moves prices to where the ways do not meet needs and rooms.
func (s *state) step(ways [][]int32, gap float64) {
	p := s.p
	covered, load := table[int64](len(p.Places), p.Terms), table[int64](len(p.Places), p.Terms)
	for g, at := range ways {
		for t, v := range at {
			if v != Nowhere {
				covered[v][t] += s.cover(int32(g), v, int32(t))
				load[v][t] += int64(p.Groups[g].Size)
			}
		}
	}
	each := func(do func(credit, rent *int64, short, over int64)) {
		for v := range p.Places {
			for t, w := range p.Places[v].Wants {
				if w.Room == 0 {
					continue
				}
				credit, rent := &s.credit[v][t], &s.rent[v][t]
				short, over := int64(w.Need)-covered[v][t], load[v][t]-int64(w.Room)
				if short > 0 && *credit == p.Missing || short < 0 && *credit == 0 {
					short = 0
				}
				if over < 0 && *rent == 0 {
					over = 0
				}
				do(credit, rent, short, over)
			}
		}
	}
	square := 0.0
	each(func(_, _ *int64, short, over int64) { square += float64(short*short) + float64(over*over) })
	if square == 0 {
		return
	}
	by := gap / square
	each(func(credit, rent *int64, short, over int64) {
		*credit = min(max(*credit+int64(by*float64(short)), 0), p.Missing)
		*rent = max(*rent+int64(by*float64(over)), 0)
	})
}

func (s *state) keep() {
	if s.best == nil || s.cost < s.bestCost {
		s.best, s.bestCost = table[int32](len(s.at), s.p.Terms), s.cost
		for g := range s.at {
			copy(s.best[g], s.at[g])
		}
	}
}

func (s *state) solution() Solution {
	r := Solution{At: s.best, Objective: s.bestCost, Bound: s.bound, Credit: s.bestCredit, Rent: s.bestRent}
	if r.Credit == nil { // the context ended before any prices were tried
		r.Bound = s.price(nowhere(len(s.p.Groups), s.p.Terms))
		r.Credit, r.Rent = s.credit, s.rent
	}
	r.Proved = r.Bound == r.Objective
	return r
}
