package roster

import (
	"cmp"
	"math"
	"slices"
)

// pair is a person who may have a seat, in the flow.
type pair struct {
	person, slot, seat int32
	cost               int64
}

func (a pair) compare(b pair) int {
	return cmp.Or(cmp.Compare(a.person, b.person), cmp.Compare(a.slot, b.slot), cmp.Compare(a.seat, b.seat))
}

// whole is how many pairs are all taken into the flow at once; where there are more, it begins with the cheapest. Tests lower it.
var whole = 400_000

// pairs knows which people may have which seats.
type pairs struct {
	p      *Problem
	block  []int32 // per slot: sessions of a block overlap all with each other
	blocks int
	locked [][]int32     // per person: the sessions locked
	banned map[Pair]bool // by hand
	times  []Span        // of sessions, each once
	time   []int32       // per slot: its place in times
	// Of the person looked at: the way to each site, −1 where not measured yet, and whether she is free at each time.
	ways []int64
	free []bool
}

func newPairs(p *Problem) (*pairs, error) {
	a := &pairs{p: p, block: make([]int32, len(p.Slots)), locked: make([][]int32, len(p.People)), banned: make(map[Pair]bool, len(p.Bans)), ways: make([]int64, len(p.Sites))}
	for _, b := range p.Bans {
		a.banned[b] = true
	}
	seen := make(map[Span]int32)
	for _, s := range p.Slots {
		t, ok := seen[s.Span]
		if !ok {
			t = int32(len(a.times))
			seen[s.Span] = t
			a.times = append(a.times, s.Span)
		}
		a.time = append(a.time, t)
	}
	a.free = make([]bool, len(a.times))
	// The fewest blocks: the session that ends first, with all that begin before it ends.
	order := make([]int32, len(p.Slots))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(i, j int32) int {
		return cmp.Or(cmp.Compare(p.Slots[i].From, p.Slots[j].From), cmp.Compare(i, j))
	})
	ends := int64(math.MinInt64)
	for _, i := range order {
		if s := p.Slots[i]; s.From >= ends {
			a.blocks, ends = a.blocks+1, s.Until
		} else {
			ends = min(ends, s.Until)
		}
		a.block[i] = int32(a.blocks - 1)
	}
	return a, a.lock()
}

// lock notes the locks, and refuses those that no roster can keep.
func (a *pairs) lock() error {
	p := a.p
	seated := make(map[int32][]int32) // per session: the people locked there
	at := make(map[Pair]int)
	for i, l := range p.Locks {
		fault := func(t Trouble) error { return &ProblemError{"lock", i, -1, t} }
		if !p.has(l) {
			return fault(NoSuch)
		}
		person, slot := &p.People[l.Person], &p.Slots[l.Slot]
		fits := slices.ContainsFunc(slot.Seats, func(s Seat) bool { return s.takes(person) })
		_, near := p.cost(person, slot, p.way(person, slot.Site))
		switch _, twice := at[l]; {
		case twice:
			return fault(LockTwice)
		case !fits || !near || a.banned[l]:
			return fault(LockUnfit)
		case !person.can(slot.Span):
			return fault(LockNotFree)
		case len(a.locked[l.Person]) >= int(person.Most):
			return fault(LockBooked)
		}
		for _, other := range a.locked[l.Person] {
			if p.Slots[other].overlaps(slot.Span) {
				return &ProblemError{"lock", i, at[Pair{l.Person, other}], LockClash}
			}
		}
		if seated[l.Slot] = append(seated[l.Slot], l.Person); !p.seat(slot, seated[l.Slot]) {
			return fault(LockFull)
		}
		at[l] = i
		a.locked[l.Person] = append(a.locked[l.Person], l.Slot)
	}
	return nil
}

// seat tells whether people can all sit in a session: each in turn, moving others along where that makes room.
func (p *Problem) seat(slot *Slot, people []int32) bool {
	in := make([][]int32, len(slot.Seats))
	var tried []bool
	var place func(person int32) bool
	place = func(person int32) bool {
		for k, s := range slot.Seats {
			if tried[k] || !s.takes(&p.People[person]) {
				continue
			}
			tried[k] = true
			if int32(len(in[k])) < s.Count {
				in[k] = append(in[k], person)
				return true
			}
			for i, other := range in[k] {
				if place(other) {
					in[k][i] = person
					return true
				}
			}
		}
		return false
	}
	for _, person := range people {
		tried = make([]bool, len(slot.Seats))
		if !place(person) {
			return false
		}
	}
	return true
}

// of calls have for each seat that a person may have, by session and seat, those that a lock stands against among them.
func (a *pairs) of(person int32, have func(pair)) {
	p := a.p
	who := &p.People[person]
	if who.Most == 0 {
		return
	}
	for i := range a.ways {
		a.ways[i] = -1
	}
	for t, at := range a.times {
		a.free[t] = who.can(at)
	}
	for i := range p.Slots {
		if !a.free[a.time[i]] {
			continue
		}
		slot := &p.Slots[i]
		way := a.ways[slot.Site]
		if way < 0 {
			way = p.way(who, slot.Site)
			a.ways[slot.Site] = way
		}
		cost, ok := p.cost(who, slot, way)
		if !ok || len(a.banned) > 0 && a.banned[Pair{person, int32(i)}] {
			continue
		}
		for k, s := range slot.Seats {
			if s.takes(who) {
				have(pair{person, int32(i), int32(k), cost})
			}
		}
	}
}

// shut tells whether a lock of the person stands against a session.
func (a *pairs) shut(person, slot int32) bool {
	for _, l := range a.locked[person] {
		if l != slot && a.p.Slots[l].overlaps(a.p.Slots[slot].Span) {
			return true
		}
	}
	return false
}

// first gives the pairs to begin with: all, or where these are too many the cheapest of each person and of each seat, and
// those that are locked.
func (a *pairs) first() (all []pair, complete bool) {
	p := a.p
	var seats []cheapest
	begin := make([]int32, len(p.Slots)) // of a session's seats
	for i, s := range p.Slots {
		begin[i] = int32(len(seats))
		for _, seat := range s.Seats {
			seats = append(seats, cheapest{most: 8 + 2*int(seat.Count)})
		}
	}
	var some []pair
	count := 0
	for i := range p.People {
		mine := cheapest{most: 8 + 2*int(p.People[i].Most)}
		a.of(int32(i), func(e pair) {
			if count++; count <= whole {
				all = append(all, e)
			}
			if slices.Contains(a.locked[i], e.slot) {
				some = append(some, e)
			}
			mine.add(e)
			seats[begin[e.slot]+e.seat].add(e)
		})
		some = append(some, mine.cut()...)
	}
	if count <= whole {
		return all, true
	}
	for i := range seats {
		some = append(some, seats[i].cut()...)
	}
	slices.SortFunc(some, pair.compare)
	return slices.Compact(some), false
}

// cheapest keeps the cheapest pairs of those it is given, the first ones among equals.
type cheapest struct {
	most   int
	kept   []pair
	enough bool // with worst, what is not cheaper need not be kept
	worst  int64
}

func (c *cheapest) add(e pair) {
	if c.enough && e.cost >= c.worst {
		return
	}
	if c.kept = append(c.kept, e); len(c.kept) == 2*c.most {
		c.cut()
	}
}

func (c *cheapest) cut() []pair {
	slices.SortFunc(c.kept, func(a, b pair) int { return cmp.Or(cmp.Compare(a.cost, b.cost), a.compare(b)) })
	if len(c.kept) >= c.most {
		c.kept = c.kept[:c.most]
		c.enough, c.worst = true, c.kept[c.most-1].cost
	}
	return c.kept
}
