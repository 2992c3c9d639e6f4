package routing

// longestChain is how many visits move at once.
const longestChain = 3

// chains are how many visits each of two chains has that change places.
var chains = [...][2]int{{1, 0}, {2, 0}, {3, 0}, {1, 1}, {2, 1}, {1, 2}, {2, 2}}

// improve makes the first move it finds that costs less and by which u comes right after v.
func (d *descent) improve(v, u int32) bool {
	if d.next[v] == u {
		return false
	}
	for _, c := range chains {
		// so many visits from u on go behind v, those that stood there go where they were
		if d.exchange(d.prev[u], v, c[0], c[1]) {
			return true
		}
		// so many visits up to v go before u, those that stood there go where they were
		if p, q := d.back(v, c[0]), d.back(u, c[1]+1); p >= 0 && q >= 0 && d.exchange(p, q, c[0], c[1]) {
			return true
		}
	}
	if d.tour[u] != d.tour[v] {
		return d.tails(v, u)
	}
	return d.turn(v, u)
}

// alone tries tours that do nothing, and the beginning of its own, for chains that begin with u.
func (d *descent) alone(u int32) bool {
	for i := range d.tours {
		if d.tours[i].visits > 0 {
			continue
		}
		for n := 1; n <= longestChain; n++ {
			if d.exchange(d.prev[u], d.tours[i].first, n, 0) {
				return true
			}
		}
		if d.pos[u] > 1 && d.tails(d.tours[i].first, u) {
			return true
		}
	}
	return false
}

// back is the node so many before another one; −1 where the tour begins behind it.
func (d *descent) back(v int32, n int) int32 {
	if int(d.pos[v]) < n {
		return -1
	}
	for range n {
		v = d.prev[v]
	}
	return v
}

// chain is a stretch of visits behind a node.
type chain struct {
	before, first, last, after int32
	n                          int
	load                       int64
	times                      segment
}

// behind gives the n visits behind a node, and false where there are fewer.
func (d *descent) behind(p int32, n int) (c chain, ok bool) {
	c.before, c.n = p, n
	at := d.next[p]
	c.first, c.last = at, p
	for range n {
		if int(at) >= d.n {
			return c, false
		}
		c.last, at = at, d.next[at]
	}
	c.after = at
	return c, true
}

// weigh finds load and times of a chain.
func (d *descent) weigh(c *chain) {
	if c.n == 0 {
		return
	}
	c.load, c.times = d.carried[c.last]-d.carried[c.before], d.stops[c.first]
	for at := c.first; at != c.last; {
		to := d.next[at]
		c.times = c.times.join(d.span(at, to), d.stops[to])
		at = to
	}
}

// exchange lets the n visits behind p and the m visits behind q change places, if that costs less.
func (d *descent) exchange(p, q int32, n, m int) bool {
	if p == q || d.next[p] < 0 || d.next[q] < 0 {
		return false
	}
	a, ok := d.behind(p, n)
	if !ok {
		return false
	}
	b, ok := d.behind(q, m)
	if !ok {
		return false
	}
	d.looked++
	if d.tour[p] != d.tour[q] {
		return d.exchangeBetween(&a, &b)
	}
	if d.pos[p] > d.pos[q] {
		a, b = b, a
	}
	return d.exchangeWithin(&a, &b)
}

// mayTake says whether a class can make all visits of a chain.
func (d *descent) mayTake(class int32, c *chain) bool {
	if !d.special {
		return true
	}
	at := c.before
	for range c.n {
		at = d.next[at]
		if !d.able[int(class)*d.n+int(at)] {
			return false
		}
	}
	return true
}

// swapped is by how much a tour is longer with another chain in the place of one.
func (d *descent) swapped(a, b *chain) (more int64) {
	more = -d.onward[a.before]
	if a.n > 0 {
		more -= d.onward[a.last]
	}
	if b.n > 0 {
		return more + d.way(a.before, b.first) + d.way(b.last, a.after)
	}
	return more + d.way(a.before, a.after)
}

// held are the times of a tour with another chain in the place of one.
func (d *descent) held(a, b *chain) segment {
	if b.n == 0 {
		return d.pre[a.before].join(d.span(a.before, a.after), d.post[a.after])
	}
	return d.pre[a.before].join(d.span(a.before, b.first), b.times).join(d.span(b.last, a.after), d.post[a.after])
}

func (d *descent) exchangeBetween(a, b *chain) bool {
	i, j := d.tour[a.before], d.tour[b.before]
	s, t := &d.tours[i], &d.tours[j]
	more := d.swapped(a, b) + d.swapped(b, a) - s.costs - t.costs
	if more >= 0 {
		return false
	}
	d.weigh(a)
	d.weigh(b)
	more += d.over.of(s.load-a.load+b.load-d.classes[s.class].Capacity) + d.over.of(t.load-b.load+a.load-d.classes[t.class].Capacity)
	if more >= 0 {
		return false
	}
	if more += d.late.of(d.held(a, b).warp); more >= 0 {
		return false
	}
	if more += d.late.of(d.held(b, a).warp); more >= 0 || !d.mayTake(s.class, b) || !d.mayTake(t.class, a) {
		return false
	}
	d.link(a, b)
	d.link(b, a)
	idle := t.visits == 0
	d.update(i)
	d.update(j)
	if idle {
		d.another(d.tours[j].class)
	}
	return true
}

// link puts a chain in the place of another one.
func (d *descent) link(a, b *chain) {
	if b.n == 0 {
		d.next[a.before], d.prev[a.after] = a.after, a.before
		return
	}
	d.next[a.before], d.prev[b.first] = b.first, a.before
	d.next[b.last], d.prev[a.after] = a.after, b.last
}

// exchangeWithin is exchange in one tour, where the first chain comes before the second one.
func (d *descent) exchangeWithin(a, b *chain) bool {
	if int(d.pos[b.before]) < int(d.pos[a.before])+a.n {
		return false // they overlap
	}
	i := d.tour[a.before]
	t := &d.tours[i]
	touch := d.pos[b.before] == d.pos[a.before]+int32(a.n) // nothing is between them
	var more int64
	switch {
	case !touch:
		more = d.swapped(a, b) + d.swapped(b, a)
	case a.n == 0 || b.n == 0:
		return false // nothing would change
	default:
		more = d.way(a.before, b.first) + d.way(b.last, a.first) + d.way(a.last, b.after) -
			d.onward[a.before] - d.onward[a.last] - d.onward[b.last]
	}
	if more >= t.costs {
		return false
	}
	d.weigh(a)
	d.weigh(b)
	s, at := d.pre[a.before], a.before
	add := func(first, last int32, times segment) {
		s = s.join(d.span(at, first), times)
		at = last
	}
	if b.n > 0 {
		add(b.first, b.last, b.times)
	}
	if !touch {
		for v := a.after; ; v = d.next[v] {
			add(v, v, d.stops[v])
			if v == b.before {
				break
			}
		}
	}
	if a.n > 0 {
		add(a.first, a.last, a.times)
	}
	add(b.after, b.after, d.post[b.after])
	if more += d.price(t.class, s, t.load) - t.costs; more >= 0 {
		return false
	}
	if touch {
		d.next[a.before], d.prev[b.first] = b.first, a.before
		d.next[b.last], d.prev[a.first] = a.first, b.last
		d.next[a.last], d.prev[b.after] = b.after, a.last
	} else {
		d.link(a, b)
		d.link(b, a)
	}
	d.update(i)
	return true
}

// tails lets u and what is behind it follow v, and what is behind v follow the one before u, if that costs less.
func (d *descent) tails(v, u int32) bool {
	i, j := d.tour[v], d.tour[u]
	s, t := &d.tours[i], &d.tours[j]
	if s.class != t.class {
		return false
	}
	d.looked++
	p, n := d.prev[u], d.next[v]
	more := d.way(v, u) + d.way(p, n) - d.onward[v] - d.onward[p] - s.costs - t.costs
	if more >= 0 {
		return false
	}
	room := d.classes[s.class].Capacity
	load := d.carried[v] + t.load - d.carried[p]
	if more += d.over.of(load-room) + d.over.of(s.load+t.load-load-room); more >= 0 {
		return false
	}
	if more += d.late.of(d.pre[v].join(d.span(v, u), d.post[u]).warp); more >= 0 {
		return false
	}
	if more += d.late.of(d.pre[p].join(d.span(p, n), d.post[n]).warp); more >= 0 {
		return false
	}
	idle := s.visits == 0
	end, last := d.prev[s.last], d.prev[t.last]
	d.next[v], d.prev[u] = u, v
	d.next[last], d.prev[s.last] = s.last, last
	if n == s.last {
		d.next[p], d.prev[t.last] = t.last, p
	} else {
		d.next[p], d.prev[n] = n, p
		d.next[end], d.prev[t.last] = t.last, end
	}
	d.update(i)
	d.update(j)
	if idle {
		d.another(d.tours[i].class)
	}
	return true
}

// turn makes a stretch of a tour in the opposite direction, if that costs less: that from v to the one before u, or from the
// one behind u to v.
func (d *descent) turn(v, u int32) bool {
	first, last := d.next[u], v // … u first … v … becomes … u v … first …
	if d.pos[v] < d.pos[u] {
		first, last = v, d.prev[u]
	}
	if int(first) >= d.n || int(last) >= d.n || first == last {
		return false
	}
	d.looked++
	i := d.tour[u]
	t := &d.tours[i]
	before, after := d.prev[first], d.next[last]
	more := d.way(before, last) + d.way(first, after) - d.onward[before] - d.onward[last]
	s, at := d.pre[before], before
	for w := last; w != before; w = d.prev[w] {
		if at != before {
			more += d.way(at, w) - d.onward[w]
		}
		s = s.join(d.span(at, w), d.stops[w])
		at = w
	}
	if more >= t.costs {
		return false
	}
	s = s.join(d.span(first, after), d.post[after])
	if more += d.price(t.class, s, t.load) - t.costs; more >= 0 {
		return false
	}
	at = before
	for w := last; w != before; {
		to := d.prev[w]
		d.next[at], d.prev[w] = w, at
		at, w = w, to
	}
	d.next[first], d.prev[after] = after, first
	d.update(i)
	return true
}
