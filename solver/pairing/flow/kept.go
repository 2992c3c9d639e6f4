package flow

import (
	"context"
	"fmt"
	"math"
	"slices"

	"zhidian/solver/pairing/near"
)

// Network is a solved problem that stays in memory. After a change of arcs or supplies [Network.Settle] makes it exact
// again along shortest paths, which for a small change is a small part of solving anew. It is for one goroutine at a time.
type Network struct {
	p         Problem
	flow      []int64
	place     [][2]int32 // per arc: where it is in the ends of the node that it leaves, and of the one that it leads to
	left      []int64    // per node: what it has to send still, or to take where below 0
	unsettled []int32    // nodes that have something left, and perhaps some that have not
	changed   []int32    // arcs whose flow changed, some of them several times
	ends      [][]end    // per node
	node      []visited
	turn      int32 // of the search under way
	from, to  side
}

// end is an arc as seen from a node: one that leaves it, or one that leads to it and is taken backwards.
type end struct {
	room, cost int64
	arc        int32 // or ^arc backwards
	to, mate   int32 // the other node, and where the arc is in the other's ends
}

// visited is what a search reads of a node, in one line of the processor's cache.
type visited struct {
	price    int64
	from, to reached
}

// reached is how a node is reached from where something is left over, or how what is needed is reached from it. It counts in
// its turn only.
type reached struct {
	dist       int64
	arcs, turn int32
	by         int32 // where the arc towards the beginning of the search is in the node's own ends; noArc where it begins
}

// side is one of the two searches that meet.
type side struct {
	done  []int32 // nodes at their shortest, in order
	heap  near.Heap
	looks int // arcs looked at
}

func (r *reached) and(other *reached) near.Step {
	return near.Step{Dist: r.dist + other.dist, Arcs: r.arcs + other.arcs}
}

// Keep takes a problem and its proved solution into memory. Both may be used on: what changes is the network's own.
func Keep(p Problem, s Solution) (*Network, error) {
	if !s.Proved || len(s.Flow) != len(p.Arcs) || len(s.Price) != len(p.Supply) {
		return nil, fmt.Errorf("flow: only a proved solution of the same problem can be kept")
	}
	nodes := len(p.Supply)
	n := &Network{
		p:    Problem{Supply: slices.Clone(p.Supply), Arcs: slices.Clone(p.Arcs)},
		flow: slices.Clone(s.Flow), place: make([][2]int32, len(p.Arcs)), left: make([]int64, nodes),
		ends: make([][]end, nodes), node: make([]visited, nodes),
	}
	count := make([]int, nodes)
	for _, a := range p.Arcs {
		count[a.From]++
		count[a.To]++
	}
	room := make([]end, 2*len(p.Arcs))
	for i, c := range count {
		n.node[i].price = s.Price[i]
		n.ends[i], room = room[:0:c], room[c:]
	}
	for k := range p.Arcs {
		n.join(int32(k))
	}
	return n, nil
}

func (n *Network) join(arc int32) {
	a := n.p.Arcs[arc]
	at := int32(len(n.ends[a.From]))
	n.ends[a.From] = append(n.ends[a.From], end{arc: arc, to: a.To})
	back := int32(len(n.ends[a.To])) // one more where the arc leads back to its own node
	n.ends[a.To] = append(n.ends[a.To], end{arc: ^arc, to: a.From, mate: at})
	n.ends[a.From][at].mate = back
	n.place[arc] = [2]int32{at, back}
	n.note(arc)
}

// note writes what an arc costs and how much room it has to its ends.
func (n *Network) note(arc int32) {
	a, at := n.p.Arcs[arc], n.place[arc]
	out, in := &n.ends[a.From][at[0]], &n.ends[a.To][at[1]]
	out.cost, in.cost = a.Cost, -a.Cost
	out.room, in.room = a.Upper-n.flow[arc], n.flow[arc]-a.Lower
}

// AddNode adds a node that supplies nothing yet. A price that fits the arcs to come spares work.
func (n *Network) AddNode(price int64) int32 {
	n.p.Supply, n.left, n.ends = append(n.p.Supply, 0), append(n.left, 0), append(n.ends, nil)
	n.node = append(n.node, visited{price: price})
	return int32(len(n.node) - 1)
}

// AddArc adds an arc. One without limit may not earn by the prices.
func (n *Network) AddArc(a Arc) int {
	k := len(n.flow)
	n.p.Arcs, n.flow, n.place = append(n.p.Arcs, a), append(n.flow, min(max(0, a.Lower), a.Upper)), append(n.place, [2]int32{})
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

// Changed gives the arcs, in order, whose flow may be another than when it was last asked.
func (n *Network) Changed() []int32 {
	slices.Sort(n.changed)
	arcs := slices.Clone(slices.Compact(n.changed))
	n.changed = n.changed[:0]
	return arcs
}

// Price is what one unit is worth at a node, see [Solution].
func (n *Network) Price(node int32) int64 { return n.node[node].price }

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

func (n *Network) reduced(a Arc) int64 { return a.Cost + n.node[a.From].price - n.node[a.To].price }

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
		n.changed = append(n.changed, int32(arc))
		n.leave(a.From, -by)
		n.leave(a.To, by)
	}
	n.note(int32(arc))
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
		meet, length := n.search()
		if meet < 0 {
			return &InfeasibleError{Nodes: slices.Clone(n.unsettled)}
		}
		n.reprice(length)
		n.send(meet)
	}
}

const noArc = -1

// search finds a shortest way from a node that has something to send to one that takes, from both ends at once, the end that
// has looked at fewer arcs going on. It gives a node on that way and the way's length; −1 where there is no way.
func (n *Network) search() (meet int32, length int64) {
	n.turn++
	begin := reached{turn: n.turn, by: noArc}
	n.from, n.to = side{n.from.done[:0], n.from.heap[:0], 0}, side{n.to.done[:0], n.to.heap[:0], 0}
	for _, u := range n.unsettled {
		if n.left[u] > 0 {
			n.node[u].from = begin
			n.from.heap.Push(near.Step{Node: u})
		} else {
			n.node[u].to = begin
			n.to.heap.Push(near.Step{Node: u})
		}
	}
	best := near.Step{Dist: math.MaxInt64, Node: -1}
	for {
		n.from.tidy(func(u int32) *reached { return &n.node[u].from })
		n.to.tidy(func(u int32) *reached { return &n.node[u].to })
		if len(n.from.heap) == 0 || len(n.to.heap) == 0 {
			break // the other way round there is nothing new either
		}
		left, right := n.from.heap[0], n.to.heap[0]
		if !(near.Step{Dist: left.Dist + right.Dist, Arcs: left.Arcs + right.Arcs}).Before(best) {
			break
		}
		if n.from.looks <= n.to.looks {
			best = n.forward(best)
		} else {
			best = n.backward(best)
		}
	}
	return best.Node, best.Dist
}

// tidy drops from the front of the heap what has been reached on a shorter way since.
func (s *side) tidy(at func(u int32) *reached) {
	for len(s.heap) > 0 {
		first := s.heap[0]
		if r := at(first.Node); first.Dist == r.dist && first.Arcs == r.arcs {
			return
		}
		s.heap.Pop()
	}
}

// forward goes on from the node that is nearest to where something is left over.
func (n *Network) forward(best near.Step) near.Step {
	now := n.from.heap.Pop()
	n.from.done = append(n.from.done, now.Node)
	n.from.looks += len(n.ends[now.Node])
	base := now.Dist + n.node[now.Node].price
	for i := range n.ends[now.Node] {
		e := &n.ends[now.Node][i]
		if e.room == 0 {
			continue
		}
		v := &n.node[e.to]
		s := near.Step{Dist: base + e.cost - v.price, Arcs: now.Arcs + 1, Node: e.to}
		if s.Dist > best.Dist || v.from.turn == n.turn && !s.Before(near.Step{Dist: v.from.dist, Arcs: v.from.arcs}) {
			continue
		}
		v.from = reached{s.Dist, s.Arcs, n.turn, e.mate}
		if v.to.turn == n.turn {
			if way := v.from.and(&v.to); way.Before(best) {
				way.Node = e.to
				best = way
			}
		}
		n.from.heap.Push(s)
	}
	return best
}

// backward goes on to the node from where it is nearest to what is needed.
func (n *Network) backward(best near.Step) near.Step {
	now := n.to.heap.Pop()
	n.to.done = append(n.to.done, now.Node)
	n.to.looks += len(n.ends[now.Node])
	base := now.Dist - n.node[now.Node].price
	for i := range n.ends[now.Node] {
		e := &n.ends[now.Node][i] // what comes in here costs the same with the other sign
		v := &n.node[e.to]
		s := near.Step{Dist: base - e.cost + v.price, Arcs: now.Arcs + 1, Node: e.to}
		if s.Dist > best.Dist || v.to.turn == n.turn && !s.Before(near.Step{Dist: v.to.dist, Arcs: v.to.arcs}) {
			continue
		}
		if n.ends[e.to][e.mate].room == 0 {
			continue
		}
		v.to = reached{s.Dist, s.Arcs, n.turn, e.mate}
		if v.from.turn == n.turn {
			if way := v.to.and(&v.from); way.Before(best) {
				way.Node = e.to
				best = way
			}
		}
		n.to.heap.Push(s)
	}
	return best
}

// reprice fits the prices to a shortest way of that length. Each side's nodes move by how much nearer they are than where the
// two sides meet, so that no arc with room earns and those of the way cost nothing.
func (n *Network) reprice(length int64) {
	from := length
	if len(n.from.heap) > 0 {
		from = min(from, n.from.heap[0].Dist)
	}
	for _, u := range n.from.done {
		n.node[u].price -= max(0, from-n.node[u].from.dist)
	}
	for _, u := range n.to.done {
		n.node[u].price += max(0, length-from-n.node[u].to.dist)
	}
}

// send sends along the way through a node what that carries.
func (n *Network) send(meet int32) {
	from, to := meet, meet
	amount := int64(math.MaxInt64)
	for n.node[from].from.by != noArc {
		back := n.ends[from][n.node[from].from.by]
		amount = min(amount, n.ends[back.to][back.mate].room)
		from = back.to
	}
	for n.node[to].to.by != noArc {
		on := n.ends[to][n.node[to].to.by]
		amount = min(amount, on.room)
		to = on.to
	}
	amount = min(amount, n.left[from], -n.left[to])
	n.left[from] -= amount
	n.left[to] += amount
	for u := meet; u != from; {
		back := n.ends[u][n.node[u].from.by]
		n.carry(&n.ends[back.to][back.mate], amount)
		u = back.to
	}
	for u := meet; u != to; {
		on := &n.ends[u][n.node[u].to.by]
		n.carry(on, amount)
		u = on.to
	}
}

// carry sends an amount along an arc, as its end says backwards or not.
func (n *Network) carry(e *end, amount int64) {
	e.room -= amount
	n.ends[e.to][e.mate].room += amount
	arc := e.arc
	if arc < 0 {
		arc = ^arc
		n.flow[arc] -= amount
	} else {
		n.flow[arc] += amount
	}
	n.changed = append(n.changed, arc)
}

// Solution is the flow as it is now. It is proved unless something is left unsettled.
func (n *Network) Solution() Solution {
	s := Solution{Flow: slices.Clone(n.flow)}
	for _, r := range n.node {
		s.Price = append(s.Price, r.price)
	}
	for k, a := range n.p.Arcs {
		s.Objective += s.Flow[k] * a.Cost
	}
	s.Bound = Bound(n.p, s.Price)
	s.Proved = s.Bound == s.Objective
	return s
}

// Problem is the problem as it is now.
func (n *Network) Problem() Problem {
	return Problem{Supply: slices.Clone(n.p.Supply), Arcs: slices.Clone(n.p.Arcs)}
}
