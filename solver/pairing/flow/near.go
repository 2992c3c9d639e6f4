package flow

// ring is a queue in which every node stands once at most.
type ring struct {
	nodes        []int32
	head, length int
	waits        []bool
}

func newRing(n int) ring { return ring{nodes: make([]int32, n), waits: make([]bool, n)} }

func (r *ring) front() int32 { return r.nodes[r.head] }

func (r *ring) put(u int32) {
	if r.waits[u] {
		return
	}
	r.waits[u] = true
	i := r.head + r.length
	if i >= len(r.nodes) {
		i -= len(r.nodes)
	}
	r.nodes[i] = u
	r.length++
}

func (r *ring) drop() {
	r.waits[r.front()] = false
	r.length--
	if r.head++; r.head == len(r.nodes) {
		r.head = 0
	}
}

// nearness sorts nodes by how far they are from one that needs something, in lists of equally far ones.
type nearness struct {
	far         []int32 // per node
	list        []int32 // per distance: a first node, −1 where there is none
	after, from []int32 // per node: the next and the one before in its list, or −1
}

func newNearness(n int) nearness {
	r := nearness{far: make([]int32, n), after: make([]int32, n), from: make([]int32, n), list: make([]int32, shrink*n+1)}
	for d := range r.list {
		r.list[d] = -1
	}
	return r
}

// most is the distance of nodes that are in no list.
func (r *nearness) most() int32 { return int32(len(r.list) - 1) }

func (r *nearness) put(u, d int32) {
	next := r.list[d]
	r.far[u], r.after[u], r.from[u], r.list[d] = d, next, -1, u
	if next >= 0 {
		r.from[next] = u
	}
}

func (r *nearness) take(u int32) {
	before, next := r.from[u], r.after[u]
	if before >= 0 {
		r.after[before] = next
	} else {
		r.list[r.far[u]] = next
	}
	if next >= 0 {
		r.from[next] = before
	}
}

// update lets prices fall by how far nodes are from one that needs something, counted in eps, as far as any excess goes: what
// is pushed then finds its way (Goldberg's global update).
func (s *scaling) update() {
	near := &s.near
	most := near.most()
	var left int64
	for u, x := range s.excess {
		if x < 0 {
			near.put(int32(u), 0)
		} else {
			near.far[u] = most
			left += x
		}
	}
	d := int32(0)
	for ; d < most && left > 0; d++ {
		for near.list[d] >= 0 && left > 0 {
			u := near.list[d]
			near.take(u)
			s.reach(u, d)
			left -= max(0, s.excess[u])
		}
		if left <= 0 {
			break
		}
	}
	if left > 0 {
		s.stuck = s.cutOff()
	}
	for u := range near.far {
		far := near.far[u]
		if far > 0 {
			s.price[u] -= s.eps * int64(min(far, d))
			s.next[u] = s.first[u]
		}
		near.list[far] = -1
	}
}

// reach tells those from where something can be sent to u, at distance d, how far they are at most.
func (s *scaling) reach(u, d int32) {
	near := &s.near
	for i := s.first[u]; i < s.first[u+1]; i++ {
		h := &s.half[i]
		v := h.to
		if d >= near.far[v] || s.half[h.mate].room == 0 {
			continue
		}
		// The half from v to u costs the same with the other sign.
		long := max(0, (s.price[v]-s.price[u]-h.cost)/s.eps+1)
		if long >= int64(near.far[v]-d) {
			continue
		}
		if near.far[v] < near.most() {
			near.take(v)
		}
		near.put(v, d+int32(long))
	}
}

// cutOff says whether some excess has no way at all to any need.
func (s *scaling) cutOff() bool {
	reached := make([]bool, len(s.next))
	var queue []int32
	for u, x := range s.excess {
		if x < 0 {
			reached[u] = true
			queue = append(queue, int32(u))
		}
	}
	for len(queue) > 0 {
		u := queue[0]
		queue = queue[1:]
		for _, h := range s.half[s.first[u]:s.first[u+1]] {
			if !reached[h.to] && s.half[h.mate].room > 0 {
				reached[h.to] = true
				queue = append(queue, h.to)
			}
		}
	}
	for u, x := range s.excess {
		if x > 0 && !reached[u] {
			return true
		}
	}
	return false
}
