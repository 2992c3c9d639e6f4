package routing

import "slices"

// shorten makes ways shorter within trips and between them until nothing does, and fills the time that is won.
func (c *collector) shorten() {
	for {
		better := false
		for i := range c.now.trips {
			for c.now.trips[i].torn && c.within(int32(i)) {
				better = true
			}
		}
		for c.across() {
			better = true
		}
		if !better || !c.fill() {
			return
		}
	}
}

// within turns a part of a trip round, or moves up to three visits to another place of it, if that makes it shorter.
func (c *collector) within(i int32) bool {
	t := &c.now.trips[i]
	path := t.path
	for k := 1; k+1 < len(path); k++ {
		v := path[k]
		before, behind := c.between(path[k-1], v), c.between(v, path[k+1])
		for _, u := range c.near[v][1:] {
			way := c.between(v, u)
			if way >= before && way >= behind {
				break
			}
			if c.now.in[u] != i {
				continue
			}
			j := int(c.now.at[u])
			// v and u become neighbours: v's next and u's next change places, or those before them
			from, to := min(k, j), max(k, j)
			if gain := c.between(path[from], path[from+1]) + c.between(path[to], path[to+1]) - way - c.between(path[from+1], path[to+1]); gain > 0 {
				slices.Reverse(path[from+1 : to+1])
				c.shorter(i, gain)
				return true
			}
			if gain := c.between(path[from-1], path[from]) + c.between(path[to-1], path[to]) - way - c.between(path[from-1], path[to-1]); gain > 0 {
				slices.Reverse(path[from:to])
				c.shorter(i, gain)
				return true
			}
		}
		for size := 1; size <= 3; size++ {
			if c.shift(i, k, size) {
				return true
			}
		}
	}
	return false
}

// shorter notes that a trip has become so much shorter.
func (c *collector) shorter(i int32, gain int32) {
	c.now.trips[i].took -= gain
	c.number(i)
}

// shift moves so many visits from a place on beside one that is near an end of them.
func (c *collector) shift(i int32, k, size int) bool {
	path := c.now.trips[i].path
	if k+size >= len(path) {
		return false
	}
	first, last := path[k], path[k+size-1]
	saved := c.between(path[k-1], first) + c.between(last, path[k+size]) - c.between(path[k-1], path[k+size])
	if saved <= 0 {
		return false
	}
	for turned, ends := range [2][2]int32{{first, last}, {last, first}} {
		head, tail := ends[0], ends[1]
		for _, u := range c.near[head][1:] {
			way := c.between(u, head)
			if way >= saved {
				break
			}
			j := int(c.now.at[u])
			if c.now.in[u] != i || j >= k && j < k+size {
				continue
			}
			// head comes behind u, or tail's other end before u
			if next := path[j+1]; j+1 != k {
				if gain := saved - way - c.between(tail, next) + c.between(u, next); gain > 0 {
					c.carry(i, k, size, j+1, turned == 1)
					c.shorter(i, gain)
					return true
				}
			}
			if prev := path[j-1]; j != k+size {
				if gain := saved - way - c.between(prev, tail) + c.between(prev, u); gain > 0 {
					c.carry(i, k, size, j, turned == 0)
					c.shorter(i, gain)
					return true
				}
			}
		}
	}
	return false
}

// carry moves visits of a path to before a place, turned round if so.
func (c *collector) carry(i int32, k, size, to int, turned bool) {
	t := &c.now.trips[i]
	var few [3]int32
	part := few[:copy(few[:size], t.path[k:k+size])]
	if turned {
		slices.Reverse(part)
	}
	if to > k {
		copy(t.path[k:], t.path[k+size:to])
		copy(t.path[to-size:], part)
		return
	}
	copy(t.path[to+size:k+size], t.path[to:k])
	copy(t.path[to:], part)
}

// across lets two trips change what comes behind, or moves a visit from one to another, if that makes ways shorter and both
// are home in time.
func (c *collector) across() bool {
	for i := range c.now.trips {
		s := &c.now.trips[i]
		var sofar int32
		for k, u := range s.path[:len(s.path)-1] {
			if k > 0 {
				sofar += c.between(s.path[k-1], u) + c.stay[u] // when the team leaves there
				if c.move(int32(i), k) || c.tails(int32(i), k, sofar) {
					return true
				}
			}
		}
	}
	return false
}

// move moves a visit to another trip.
func (c *collector) move(i int32, k int) bool {
	path := c.now.trips[i].path
	v := path[k]
	saved := c.between(path[k-1], v) + c.between(v, path[k+1]) - c.between(path[k-1], path[k+1])
	for _, u := range c.near[v][1:] {
		way := c.between(v, u)
		if way >= saved {
			return false
		}
		j := c.now.in[u]
		if j < 0 || j == i {
			continue
		}
		t := &c.now.trips[j]
		at := int(c.now.at[u])
		for _, to := range [2]int{at, at + 1} {
			a, b := t.path[to-1], t.path[to]
			by := c.between(a, v) + c.between(v, b) - c.between(a, b)
			service := c.stay[v]
			if by >= saved || t.took+by+service > c.limit {
				continue
			}
			t.path = slices.Insert(t.path, to, v)
			t.took += by + service
			s := &c.now.trips[i]
			s.path = slices.Delete(s.path, k, k+1)
			s.took = c.duration(s.path)
			c.number(i)
			c.number(j)
			return true
		}
	}
	return false
}

// tails lets a trip go on from a place as another one does from a place near it, and that one as this one did.
func (c *collector) tails(i int32, k int, sofar int32) bool {
	s := &c.now.trips[i]
	v, next := s.path[k], s.path[k+1]
	old := c.between(v, next)
	for _, u := range c.near[v][1:] {
		way := c.between(v, u)
		if way >= old {
			return false
		}
		j := c.now.in[u]
		if j < 0 || j == i {
			continue
		}
		t := &c.now.trips[j]
		at := int(c.now.at[u])
		prev := t.path[at-1]
		gain := old + c.between(prev, u) - way - c.between(prev, next)
		if gain <= 0 {
			continue
		}
		one := sofar + way + t.took - c.reaches(t.path[:at+1])
		if other := s.took + t.took - gain - one; one > c.limit || other > c.limit {
			continue
		}
		c.tail = append(c.tail[:0], t.path[at:]...)
		t.path = append(t.path[:at], s.path[k+1:]...)
		s.path = append(s.path[:k+1], c.tail...)
		s.took, t.took = c.duration(s.path), c.duration(t.path)
		c.number(i)
		c.number(j)
		return true
	}
	return false
}
