package flow

import "math"

// tree is a basis of the simplex method: a tree of arcs over all nodes and a root, in which every arc may carry anything
// between its limits, while each arc outside carries its lower or its upper limit. Flows are counted from the lower limits.
//
// The tree is kept in its preorder, thread: whoever hangs below a node follows it at once, down to last. Now and then nodes
// are moved to stand in memory in this order.
type tree struct {
	p    Problem
	root int32

	from, to []int32 // per arc; the artificial ones of the nodes come behind
	cost     []int64
	state    []int8 // +1 at the lower limit, −1 at the upper one, 0 in the tree or without room
	flow     []int64
	room     []int64 // upper less lower limit

	price        []int64
	node         []node
	thread, back []int32 // preorder, and the same backwards
	last         []int32 // the last node below, in preorder
	next, block  int     // where to look for an arc, and how many at a time
	path         []int32 // of the pivot under way
	pivots       int64

	at      []int32 // per node of the problem: where it stands here
	walked  int     // nodes whose price changed since they were laid out
	stamina int     // how many more may be walked through before another method is better
	spare   struct {
		node       []node
		last, back []int32
		price      []int64
	}
}

// node is what a walk up the tree reads, in half a line of the processor's cache.
type node struct {
	up   int32 // the node above, −1 at the root
	size int32 // nodes below, itself included
	link
}

// link is the arc to the node above. While an arc is in the tree, its flow is kept here.
type link struct {
	flow, room int64
	arc        int32
	rises      int32 // +1 where the arc leads up, −1 where it leads down
}

// left is how much more flow the arc takes.
func (l *link) left() int64 {
	if l.room >= Unlimited {
		return Unlimited
	}
	return l.room - l.flow
}

func newTree(p Problem) *tree {
	n, m := len(p.Supply), len(p.Arcs)
	t := &tree{p: p, root: int32(n)}
	t.from, t.to = make([]int32, m+n), make([]int32, m+n)
	t.cost, t.flow, t.room = make([]int64, m+n), make([]int64, m+n), make([]int64, m+n)
	t.state = make([]int8, m+n)
	t.price = make([]int64, n+1)
	t.node = make([]node, n+1)
	t.thread, t.back, t.last = make([]int32, n+1), make([]int32, n+1), make([]int32, n+1)
	t.block = max(10, int(math.Ceil(math.Sqrt(float64(m)))))

	left := make([]int64, n)
	copy(left, p.Supply)
	dearest := int64(0)
	for i, a := range p.Arcs {
		t.from[i], t.to[i], t.cost[i], t.state[i] = a.From, a.To, a.Cost, 1
		if t.room[i] = Unlimited; a.Upper != Unlimited {
			t.room[i] = a.Upper - a.Lower
		}
		if t.room[i] == 0 { // never enters: in the tree it would stop flow in both directions, and pivots might go in circles
			t.state[i] = 0
		}
		left[a.From] -= a.Lower
		left[a.To] += a.Lower
		dearest = max(dearest, a.Cost, -a.Cost)
	}
	// Each node hangs from the root by an arc of its own, so dear that no other way can cost as much. Arcs without flow
	// lead up, which makes the tree strongly feasible.
	dear := (dearest + 1) * int64(n+1)
	t.node[n] = node{up: -1, size: int32(n + 1), link: link{arc: -1}}
	t.thread[n], t.back[n], t.last[n] = 0, int32(n-1), int32(n-1)
	for i := range n {
		k := m + i
		t.thread[i], t.back[i], t.last[i] = int32(i+1), int32(i-1), int32(i)
		t.node[i] = node{up: int32(n), size: 1, link: link{arc: int32(k), rises: 1, flow: left[i], room: Unlimited}}
		t.from[k], t.to[k], t.room[k] = int32(i), int32(n), Unlimited
		if left[i] < 0 {
			t.node[i].flow, t.node[i].rises = -left[i], -1
			t.from[k], t.to[k] = int32(n), int32(i)
			t.cost[k], t.price[i] = dear, dear
		}
	}
	t.back[0] = int32(n)
	t.at = make([]int32, n+1)
	for i := range t.at {
		t.at[i] = int32(i)
	}
	return t
}

// layOutAfter is how many nodes, in arcs of the problem, are walked through before it is worth to lay them out anew.
const layOutAfter = 4

// layOut numbers nodes anew in preorder, so that a walk through a part of the tree is one through memory.
func (t *tree) layOut() {
	t.stamina -= t.walked
	t.walked = 0
	n := len(t.node)
	old := &t.spare
	if old.node == nil {
		old.node, old.last, old.back, old.price = make([]node, n), make([]int32, n), make([]int32, n), make([]int64, n)
	}
	old.node, t.node = t.node, old.node
	old.last, t.last = t.last, old.last
	old.price, t.price = t.price, old.price
	to := old.back
	for u, k := t.root, int32(0); k < int32(n); u, k = t.thread[u], k+1 {
		to[u] = k
	}
	for u, v := range to {
		t.node[v], t.last[v], t.price[v] = old.node[u], to[old.last[u]], old.price[u]
		if up := &t.node[v].up; *up >= 0 {
			*up = to[*up]
		}
	}
	for i := range t.from {
		t.from[i], t.to[i] = to[t.from[i]], to[t.to[i]]
	}
	for i, u := range t.at {
		t.at[i] = to[u]
	}
	t.root = 0
	for u := range t.thread {
		t.thread[u], t.back[u] = int32(u+1), int32(u-1)
	}
	t.thread[n-1], t.back[0] = 0, int32(n-1)
}

// move hangs the part of the tree below node out, which comes off, under node to, by an arc at node in, which is below
// out or out itself. Sizes change below join only, where both ways up meet. It gives the arc by which out hung.
func (t *tree) move(out, in, to, join int32, by link) link {
	count := t.node[out].size
	oldLast, before := t.last[out], t.back[out]
	after := t.thread[oldLast]
	t.thread[before], t.back[after] = after, before
	for u := t.node[out].up; u != join; u = t.node[u].up {
		t.node[u].size -= count
	}
	for u := t.node[out].up; u >= 0 && t.last[u] == oldLast; u = t.node[u].up {
		t.last[u] = before
	}
	// The way from in up to out is turned round. What hangs below in comes first, then what hung beside it, level by level.
	tail := t.last[in]
	below, belowBack, belowLast, belowSize := in, t.back[in], t.last[in], t.node[in].size
	rest := t.thread[belowLast] // what follows below, as it was
	above, freed := t.node[in].up, t.node[in].link
	t.node[in] = node{up: to, size: count, link: by}
	t.path = append(t.path[:0], in)
	for below != out {
		u := above
		uBack, uLast := t.back[u], t.last[u]
		first := belowBack // the last node of u's part that comes before below
		t.thread[tail], t.back[u] = u, tail
		tail = first
		if uLast != belowLast {
			t.thread[first], t.back[rest] = rest, first
			tail, rest = uLast, t.thread[uLast]
		}
		n := &t.node[u]
		above, n.up = n.up, below
		belowSize, n.size = n.size, count-belowSize
		freed, n.link = n.link, freed
		n.rises = -n.rises
		t.path = append(t.path, u)
		below, belowBack, belowLast = u, uBack, uLast
	}
	for _, u := range t.path {
		t.last[u] = tail
	}
	follow := t.thread[to]
	t.thread[to], t.back[in] = in, to
	t.thread[tail], t.back[follow] = follow, tail
	for u := to; u != join; u = t.node[u].up {
		t.node[u].size += count
	}
	for u := to; u >= 0 && t.last[u] == to; u = t.node[u].up {
		t.last[u] = tail
	}
	return freed
}
