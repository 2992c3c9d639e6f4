package routing

import (
	"cmp"
	"math"
	"slices"
)

type ranked struct {
	key int64
	v   int32
}

// recreate puts visits back one by one, in one of several orders, each where it costs least.
func (s *search) recreate() {
	switch {
	case s.prizes && s.random.Uint32()&3 == 0:
		s.harvest()
		return
	case s.voluntary:
		s.urgent()
	default:
		s.sort()
	}
	absent := s.absent
	s.absent = s.absent[:0]
	for _, v := range absent {
		i, at, by := s.place(v)
		if x := &s.p.Visits[v]; i < 0 || x.Optional && by > x.Prize && s.random.Uint32()&7 != 0 { // one that does not pay now may later
			s.absent = append(s.absent, v)
			s.waited[v] = min(s.waited[v]+x.Prize, never)
			continue
		}
		s.waited[v] = 0
		s.insert(v, i, at)
	}
}

// urgent orders visits by the prizes that they would have brought in all rounds since they were made last, so that each gets
// its turn (after Dang, Guibadj and Moukrim, European Journal of Operational Research 229, 2013).
func (s *search) urgent() {
	s.order = s.order[:0]
	for _, v := range s.absent {
		s.order = append(s.order, ranked{-s.waited[v] - s.random.Int64N(s.p.Visits[v].Prize+1), v})
	}
	s.arrange()
}

// arrange brings the absent in the order that was found.
func (s *search) arrange() {
	slices.SortFunc(s.order, func(a, b ranked) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.v, b.v)) })
	for k, x := range s.order {
		s.absent[k] = x.v
	}
}

// harvest puts back, again and again, the visit whose prize is the most for what it costs, but for some that are overlooked by
// lot. Visits that must be made come first.
func (s *search) harvest() {
	absent := s.absent
	s.absent = s.absent[:0]
	rest := append(s.left[:0], absent...)
	for len(rest) > 0 {
		best, bestIn, bestAt, most := -1, int32(-1), 0, 0.0
		for k, v := range rest {
			i, at, by := s.place(v)
			x := &s.p.Visits[v]
			if i < 0 || x.Optional && by > x.Prize {
				continue
			}
			worth := math.Inf(1)
			if x.Optional {
				worth = float64(x.Prize) / float64(max(1, by)) * (0.8 + 0.4*s.random.Float64())
			}
			if worth > most {
				best, bestIn, bestAt, most = k, i, at, worth
			}
		}
		if best < 0 {
			break
		}
		v := rest[best]
		rest[best] = rest[len(rest)-1]
		rest = rest[:len(rest)-1]
		s.insert(v, bestIn, bestAt)
	}
	s.absent = append(s.absent, rest...)
	s.left = rest[:0]
}

func (s *search) insert(v, i int32, at int) {
	r := s.tear(i)
	if r.idle() {
		s.used++
		if s.free[r.class] > 0 && !s.another(i) {
			s.free[r.class]--
			s.idle(r.class)
			r = &s.routes[i]
		}
	}
	r.path = slices.Insert(r.path, at+1, v)
	r.ready = slices.Insert(r.ready, at+1, 0)
	r.late = slices.Insert(r.late, at, 0)
	r.came = slices.Insert(r.came, at, 0)
	r.load += s.p.Visits[v].Demand
	s.of[v] = i
	s.ways += s.moved(v, r.class)
	s.leave(v, -1)
	s.changed(i, at, at+1)
}

// another says whether one more route of the same class does nothing.
func (s *search) another(i int32) bool {
	for k := range s.routes {
		if r := &s.routes[k]; int32(k) != i && r.class == s.routes[i].class && r.idle() {
			return true
		}
	}
	return false
}

// sort chooses an order: by lot, the largest demand first, the farthest, the nearest, the shortest window, the earliest
// window, the one that closes last, or the dearest prize.
func (s *search) sort() {
	absent := s.absent
	draw := s.random.IntN(17)
	if s.prizes {
		draw += 4 * s.random.IntN(2)
	}
	if draw < 4 {
		s.random.Shuffle(len(absent), func(i, j int) { absent[i], absent[j] = absent[j], absent[i] })
		return
	}
	from := s.classes[0].From
	s.order = s.order[:0]
	for _, v := range absent {
		x := &s.p.Visits[v]
		var key int64
		switch {
		case draw < 8:
			key = -x.Demand
		case draw < 10:
			key = -s.into[int(v)*s.n+int(from)]
		case draw < 11:
			key = s.into[int(v)*s.n+int(from)]
		case draw < 13:
			key = x.Close - x.Open
		case draw < 15:
			key = x.Open
		case draw < 17:
			key = -x.Close
		default:
			key = -x.Prize
		}
		s.order = append(s.order, ranked{key, v})
	}
	s.arrange()
}

// place finds the route in which a visit costs least; −1 where it fits into none.
func (s *search) place(v int32) (index int32, at int, by int64) {
	index, by = -1, math.MaxInt64
	alone, aloneBy := int32(-1), int64(math.MaxInt64)
	x := &s.p.Visits[v]
	team, bound := s.wanted(x)
	known := s.cached.of(v)[:len(s.heads)]
	for i := range s.heads {
		h := &s.heads[i]
		if h.room < x.Demand || s.special && !s.may(v, i, team, bound) {
			continue
		}
		e := &known[i]
		if e.tag>>16 != h.stamp {
			k, more := s.fit(v, &s.routes[i])
			*e = entry{h.stamp<<16 | uint64(k), more}
		}
		if h.idle {
			if s.special && s.random.Uint32()&7 == 0 {
				continue // or the same of several shifts would always be begun
			}
			if more := e.by + s.moved(v, s.routes[i].class); e.by < aloneBy && more < aloneBy {
				alone, aloneBy = int32(i), more
			}
			continue
		}
		if e.by >= by {
			continue
		}
		more := e.by
		if s.special {
			more += s.moved(v, s.routes[i].class)
		}
		if more < by && s.looks() {
			index, at, by = int32(i), int(e.tag&0xffff), more
		}
	}
	if index < 0 || aloneBy < by && !s.p.Fewest {
		return alone, 0, aloneBy
	}
	return index, at, by
}

// looks is false for a place that is overlooked by lot.
func (s *search) looks() bool { return s.random.Uint32() >= overlooked }

// may says whether a team can make a visit at all, and is the one that is wanted.
func (s *search) may(v int32, i int, team int32, bound bool) bool {
	class := int(s.routes[i].class)
	return s.able[class*s.n+int(v)] && (!bound || s.classes[class].Team == team)
}

// wanted is the team that makes the visits that want the same team as this one. While none of them is made, it is drawn every
// other time, so that no team is always the first.
func (s *search) wanted(x *Visit) (team int32, bound bool) {
	if x.Same == 0 {
		return 0, false
	}
	for _, u := range s.same[x.Same] {
		if i := s.of[u]; i >= 0 {
			return s.classes[s.routes[i].class].Team, true
		}
	}
	return s.classes[s.random.IntN(len(s.classes))].Team, s.random.Uint32()&1 == 0
}

// cache remembers, per visit and route, where the visit fits in best, until the route is another.
type cache struct {
	n, width int
	entries  []entry
}

type entry struct {
	tag uint64 // the stamp of the route, then 16 bits for the place in it
	by  int64
}

// widen makes room for so many routes.
func (c *cache) widen(routes int) {
	if routes > c.width {
		c.width = max(routes, c.width+c.width/4, 16)
		c.entries = make([]entry, c.n*c.width)
	}
}

// of is what is remembered of a visit.
func (c *cache) of(v int32) []entry { return c.entries[int(v)*c.width : (int(v)+1)*c.width] }
