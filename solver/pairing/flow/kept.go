package flow

import (
	"context"
	"fmt"
	"slices"
)

// Network is a solved problem that stays in memory. After a change of arcs or supplies [Network.Settle] makes it exact
// again along shortest paths, which for a small change is a small part of solving anew. It is for one goroutine at a time.
type Network struct {
	p           Problem
	flow, price []int64
	left        []int64   // per node: what it has to send still, or to take where below 0
	unsettled   []int32   // nodes that have something left, and perhaps some that have not
	ends        [][]int32 // per node: arcs that leave it, and, as ^arc, those that lead to it
	path        search
}

// search is Dijkstra's over nodes. What it notes of a node counts in its turn only.
type search struct {
	turn int32
	seen []int32 // per node: the turn in which the others were set
	at   []step
	by   []int32 // the arc it is reached by, or ^arc against it
	done []int32 // nodes at their shortest, in order
	heap []step
}

// step is a node at a distance and, among equal distances, after a number of arcs.
type step struct {
	dist int64
	arcs int32
	node int32
}

func (a step) before(b step) bool {
	return a.dist < b.dist || a.dist == b.dist && a.arcs < b.arcs
}

// Keep takes a problem and its proved solution into memory. Both may be used on: what changes is the network's own.
func Keep(p Problem, s Solution) (*Network, error) {
	if !s.Proved || len(s.Flow) != len(p.Arcs) || len(s.Price) != len(p.Supply) {
		return nil, fmt.Errorf("flow: only a proved solution of the same problem can be kept")
	}
	nodes := len(p.Supply)
	n := &Network{
		p:    Problem{Supply: slices.Clone(p.Supply), Arcs: slices.Clone(p.Arcs)},
		flow: slices.Clone(s.Flow), price: slices.Clone(s.Price), left: make([]int64, nodes),
		ends: make([][]int32, nodes),
		path: search{seen: make([]int32, nodes), at: make([]step, nodes), by: make([]int32, nodes)},
	}
	count := make([]int, nodes)
	for _, a := range p.Arcs {
		count[a.From]++
		count[a.To]++
	}
	room := make([]int32, 2*len(p.Arcs))
	for i, c := range count {
		n.ends[i], room = room[:0:c], room[c:]
	}
	for k := range p.Arcs {
		n.join(int32(k))
	}
	return n, nil
}

func (n *Network) join(arc int32) {
	a := n.p.Arcs[arc]
	n.ends[a.From] = append(n.ends[a.From], arc)
	n.ends[a.To] = append(n.ends[a.To], ^arc)
}

// AddNode adds a node that supplies nothing yet. A price that fits the arcs to come spares work.
func (n *Network) AddNode(price int64) int32 {
	n.p.Supply = append(n.p.Supply, 0)
	n.price, n.left, n.ends = append(n.price, price), append(n.left, 0), append(n.ends, nil)
	s := &n.path
	s.seen, s.at, s.by = append(s.seen, 0), append(s.at, step{}), append(s.by, 0)
	return int32(len(n.price) - 1)
}

// AddArc adds an arc. One without limit may not earn by the prices.
func (n *Network) AddArc(a Arc) int {
	k := len(n.flow)
	n.p.Arcs, n.flow = append(n.p.Arcs, a), append(n.flow, min(max(0, a.Lower), a.Upper))
	if by := n.flow[k]; by != 0 {
		n.leave(a.From, -by)
		n.leave(a.To, by)
	}
	n.join(int32(k))
	n.fit(k)
	return k
}

// Flow is what an arc carries, Cost what a unit costs there.
func (n *Network) Flow(arc int) int64 { return n.flow[arc] }

// Price is what one unit is worth at a node, see [Solution].
func (n *Network) Price(node int32) int64 { return n.price[node] }

// Limit gives an arc other limits. What it carries is brought between them.
func (n *Network) Limit(arc int, lower, upper int64) {
	n.p.Arcs[arc].Lower, n.p.Arcs[arc].Upper = lower, upper
	n.fit(arc)
}

// Cost gives an arc another cost. An arc without limit may not become one that earns.
func (n *Network) Cost(arc int, cost int64) {
	n.p.Arcs[arc].Cost = cost
	n.fit(arc)
}

// Supply changes what a node supplies. All changes before a Settle sum to 0.
func (n *Network) Supply(node int32, by int64) {
	n.p.Supply[node] += by
	n.leave(node, by)
}

func (n *Network) leave(node int32, by int64) {
	n.left[node] += by
	n.unsettled = append(n.unsettled, node)
}

func (n *Network) reduced(a Arc) int64 { return a.Cost + n.price[a.From] - n.price[a.To] }

// fit brings an arc to the limit at which it is cheapest by the prices, and leaves the difference to its ends.
func (n *Network) fit(arc int) {
	a := n.p.Arcs[arc]
	to := min(max(n.flow[arc], a.Lower), a.Upper)
	switch c := n.reduced(a); {
	case c > 0:
		to = a.Lower
	case c < 0:
		to = a.Upper
	}
	if by := to - n.flow[arc]; by != 0 {
		n.flow[arc] = to
		n.leave(a.From, -by)
		n.leave(a.To, by)
	}
}

// Settle sends what nodes have left to where it is needed, each time along a shortest path and among those along one of
// the fewest arcs. The flow costs least again then. The errors are [InfeasibleError] and the context's; the network keeps
// what is left, and another change or call may settle it.
func (n *Network) Settle(ctx context.Context) error {
	slices.Sort(n.unsettled)
	n.unsettled = slices.Compact(n.unsettled)
	for {
		n.unsettled = slices.DeleteFunc(n.unsettled, func(u int32) bool { return n.left[u] == 0 })
		if len(n.unsettled) == 0 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		end := n.search()
		if end < 0 {
			return &InfeasibleError{Nodes: slices.Clone(n.unsettled)}
		}
		n.send(end)
	}
}

// search finds the nearest node that takes, from all that have something to send; −1 where no way leads to any.
func (n *Network) search() int32 {
	s := &n.path
	s.turn++
	s.done, s.heap = s.done[:0], s.heap[:0]
	for _, u := range n.unsettled {
		if n.left[u] > 0 {
			s.reach(step{node: u}, noArc)
		}
	}
	for len(s.heap) > 0 {
		now := s.pop()
		if now != s.at[now.node] {
			continue // a shorter way was found since
		}
		u := now.node
		if n.left[u] < 0 {
			return u
		}
		s.done = append(s.done, u)
		worth := n.price[u]
		for _, k := range n.ends[u] {
			if k >= 0 {
				if a := &n.p.Arcs[k]; n.flow[k] < a.Upper {
					s.reach(step{now.dist + a.Cost + worth - n.price[a.To], now.arcs + 1, a.To}, k)
				}
			} else if a := &n.p.Arcs[^k]; n.flow[^k] > a.Lower {
				s.reach(step{now.dist - a.Cost + worth - n.price[a.From], now.arcs + 1, a.From}, k)
			}
		}
	}
	return -1
}

const noArc = -1 << 31

func (s *search) reach(to step, by int32) {
	if u := to.node; s.seen[u] != s.turn || to.before(s.at[u]) {
		s.seen[u], s.at[u], s.by[u] = s.turn, to, by
		s.push(to)
	}
}

func (s *search) push(n step) {
	h := append(s.heap, n)
	k := len(h) - 1
	for k > 0 {
		up := (k - 1) / 2
		if !n.before(h[up]) {
			break
		}
		h[k] = h[up]
		k = up
	}
	h[k] = n
	s.heap = h
}

func (s *search) pop() step {
	h := s.heap
	first, n := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	s.heap = h
	k := 0
	for {
		down := 2*k + 1
		if down >= len(h) {
			break
		}
		if down+1 < len(h) && h[down+1].before(h[down]) {
			down++
		}
		if !h[down].before(n) {
			break
		}
		h[k] = h[down]
		k = down
	}
	if len(h) > 0 {
		h[k] = n
	}
	return first
}

// send fits the prices to the search and sends along the path to its end what that carries.
func (n *Network) send(end int32) {
	s := &n.path
	length := s.at[end].dist
	for _, u := range s.done {
		n.price[u] += s.at[u].dist - length
	}
	amount := -n.left[end]
	u := end
	for s.by[u] != noArc {
		if k := s.by[u]; k >= 0 {
			amount = min(amount, n.p.Arcs[k].Upper-n.flow[k])
			u = n.p.Arcs[k].From
		} else {
			amount = min(amount, n.flow[^k]-n.p.Arcs[^k].Lower)
			u = n.p.Arcs[^k].To
		}
	}
	amount = min(amount, n.left[u])
	n.left[u] -= amount
	n.left[end] += amount
	for u = end; s.by[u] != noArc; {
		if k := s.by[u]; k >= 0 {
			n.flow[k] += amount
			u = n.p.Arcs[k].From
		} else {
			n.flow[^k] -= amount
			u = n.p.Arcs[^k].To
		}
	}
}

// Solution is the flow as it is now. It is proved unless something is left unsettled.
func (n *Network) Solution() Solution {
	s := Solution{Flow: slices.Clone(n.flow), Price: slices.Clone(n.price)}
	for k, a := range n.p.Arcs {
		s.Objective += s.Flow[k] * a.Cost
	}
	s.Bound = bound(n.p, s.Price)
	s.Proved = s.Bound == s.Objective
	return s
}

// Problem is the problem as it is now.
func (n *Network) Problem() Problem {
	return Problem{Supply: slices.Clone(n.p.Supply), Arcs: slices.Clone(n.p.Arcs)}
}
