package groups

import (
	"context"
	"slices"
)

// misses is what the people missing at a place cost.
func (s *state) misses(v, t int32) int64 {
	return s.p.Missing * int64(max(0, s.p.Places[v].Wants[t].Need-s.load[v][t]))
}

// alone is what a group's way costs, without what places miss.
func (s *state) alone(g int, at []int32) (cost int64) {
	before := int32(Nowhere)
	for t, v := range at {
		if v == Nowhere {
			if !s.away[g][t] {
				cost += s.p.Idle
			}
		} else {
			cost += int64(s.base[g][v])
			if before != Nowhere && before != v {
				cost += s.p.Change
			}
		}
		before = v
	}
	return cost
}

// take and put take a group out of the plan and put it in; the cost of the plan follows.
func (s *state) take(g int) {
	s.move(g, -s.p.Groups[g].Size)
	s.cost -= s.own[g]
}

func (s *state) put(g int) {
	s.move(g, s.p.Groups[g].Size)
	s.own[g] = s.alone(g, s.at[g])
	s.cost += s.own[g]
}

func (s *state) move(g int, people int32) {
	for t, v := range s.at[g] {
		if v != Nowhere {
			s.cost -= s.misses(v, int32(t))
			s.load[v][t] += people
			s.cost += s.misses(v, int32(t))
			s.offer(v, int32(t))
		}
	}
}

// begin makes a plan with nobody anywhere but where it is locked.
func (s *state) begin() {
	s.cost = 0
	for v := range s.p.Places {
		for t := range s.p.Terms {
			s.load[v][t] = 0
			s.cost += s.misses(int32(v), int32(t))
			s.offer(int32(v), int32(t))
		}
	}
	for g := range s.at {
		copy(s.at[g], s.decided[g])
		s.put(g)
	}
}

// follow makes a plan of the ways that the prices give, as far as there is room; the others look for themselves later.
func (s *state) follow(ways [][]int32) {
	s.begin()
	for g := range s.at {
		s.take(g)
		for t, v := range ways[g] {
			if v != Nowhere && s.load[v][t]+s.p.Groups[g].Size <= s.p.Places[v].Wants[t].Room {
				s.at[g][t] = v
			}
		}
		s.put(g)
	}
}

// better looks for better plans until none of the steps finds one.
func (s *state) better(ctx context.Context) {
	var w way
	swapped := -1
	for {
		swapped = s.settle(ctx, &w, swapped)
		if ctx.Err() != nil {
			return
		}
		before := s.cost
		there := make([][]int32, len(s.p.Places))
		for g, at := range s.at {
			for t, v := range at {
				if v != Nowhere && !slices.Contains(at[:t], v) {
					there[v] = append(there[v], int32(g))
				}
			}
		}
		for g := range s.at {
			s.push(g, there, &w)
		}
		if s.cost == before {
			return
		}
	}
}

// settle lets groups look around and change places until none gains by it. It takes and gives the clock of when exchanges
// were last begun: what has not changed since offers none.
func (s *state) settle(ctx context.Context, w *way, swapped int) int {
	for ctx.Err() == nil {
		before := s.cost
		for g := range s.at {
			s.look(g, w)
		}
		since := swapped
		swapped = s.clock
		for g := range s.at {
			for h := range g {
				if s.changed(g, since) || s.changed(h, since) {
					s.swap(g, h)
				}
			}
		}
		if s.cost == before {
			break
		}
	}
	return swapped
}

// look lets a group go its best way, where the others stay as they are. What is as good as now is not moved.
func (s *state) look(g int, w *way) {
	now := slices.Clone(s.at[g])
	before := s.cost
	s.take(g)
	if s.cheapest(g, w, s.due[s.kind[g]]) < never {
		copy(s.at[g], w.at)
	}
	s.put(g)
	if s.cost >= before {
		s.take(g)
		copy(s.at[g], now)
		s.put(g)
		return
	}
	s.note(g, now)
}

// note says that a group goes elsewhere than before.
func (s *state) note(g int, before []int32) {
	s.clock++
	s.moved[g] = s.clock
	for _, at := range [][]int32{before, s.at[g]} {
		for _, v := range at {
			if v != Nowhere {
				s.touched[v] = s.clock
			}
		}
	}
}

// changed tells whether a group, or who else is where it goes, has changed since.
func (s *state) changed(g, since int) bool {
	if s.moved[g] > since {
		return true
	}
	for _, v := range s.at[g] {
		if v != Nowhere && s.touched[v] > since {
			return true
		}
	}
	return false
}

// offer writes what one more group costs a place in a term, for each size.
func (s *state) offer(v, t int32) {
	want, load := s.p.Places[v].Wants[t], s.load[v][t]
	for k, size := range s.sizes {
		s.due[k][t][v] = never
		if load+size <= want.Room {
			s.due[k][t][v] = -s.p.Missing * int64(min(size, max(0, want.Need-load)))
		}
	}
}

// swap lets two groups change places, all terms, where that is better.
func (s *state) swap(g, h int) {
	a, b := s.at[g], s.at[h]
	if slices.Equal(a, b) || !s.goes(g, b) || !s.goes(h, a) {
		return
	}
	by := s.alone(g, b) + s.alone(h, a) - s.own[g] - s.own[h]
	more := s.p.Groups[h].Size - s.p.Groups[g].Size // people at where g was
	for t := range a {
		if v, u := a[t], b[t]; v != u && more != 0 {
			dv, ok1 := s.shift(v, int32(t), more)
			du, ok2 := s.shift(u, int32(t), -more)
			if !ok1 || !ok2 {
				return
			}
			by += dv + du
		}
	}
	if by >= 0 {
		return
	}
	s.take(g)
	s.take(h)
	s.at[g], s.at[h] = b, a
	s.put(g)
	s.put(h)
	s.note(g, a)
	s.note(h, b)
}

// shift is what it costs when so many people more are at a place; false where there is no room for them.
func (s *state) shift(v, t, more int32) (int64, bool) {
	if v == Nowhere {
		return 0, true
	}
	want, load := s.p.Places[v].Wants[t], s.load[v][t]
	if load+more > want.Room {
		return 0, false
	}
	return s.p.Missing * int64(max(0, want.Need-load-more)-max(0, want.Need-load)), true
}

// goes tells whether a group may go a way, whoever else goes there.
func (s *state) goes(g int, at []int32) bool {
	for t, v := range at {
		if lock := s.decided[g][t]; lock != Nowhere && lock != v {
			return false
		}
		if v != Nowhere && (s.away[g][t] || s.base[g][v] < 0) {
			return false
		}
	}
	return true
}

func (s *state) crowded(at []int32) bool {
	for t, v := range at {
		if v != Nowhere && s.load[v][t] > s.p.Places[v].Wants[t].Room {
			return true
		}
	}
	return false
}

// nearby is how many of its nearest places a group tries to push others from.
const nearby = 10

// push lets a group go to a place near it for all terms it can, where another is, who looks anew.
func (s *state) push(g int, there [][]int32, w *way) {
	for _, c := range s.may[g][:min(nearby, len(s.may[g]))] {
		for _, h := range there[c.place] {
			if int(h) == g || !slices.Contains(s.at[h], c.place) || slices.Contains(s.at[g], c.place) {
				continue
			}
			if s.oust(g, int(h), c.place, w) {
				there[c.place] = append(there[c.place], int32(g))
				return
			}
		}
	}
}

// oust sends a group to a place for all terms it can, and another that is there elsewhere. A group that is no better off
// there with the other gone is left: what the other would find elsewhere, it would have found without that.
func (s *state) oust(g, h int, place int32, w *way) bool {
	before, a, b := s.cost, slices.Clone(s.at[g]), slices.Clone(s.at[h])
	s.take(h)
	without := s.cost
	s.take(g)
	size := s.p.Groups[g].Size
	for t := range s.at[g] {
		if !s.away[g][t] && s.decided[g][t] == Nowhere && s.load[place][t]+size <= s.p.Places[place].Wants[t].Room {
			s.at[g][t] = place
		}
	}
	s.put(g)
	if s.cost < without {
		copy(s.at[h], s.decided[h])
		s.put(h)
		if !s.crowded(s.at[h]) {
			s.look(h, w)
			if s.cost < before {
				s.note(g, a)
				s.note(h, b)
				return true
			}
		}
		s.take(h)
	}
	s.take(g)
	copy(s.at[g], a)
	copy(s.at[h], b)
	s.put(g)
	s.put(h)
	return false
}
