package flow

import (
	"context"
	"math"
)

// scaling solves by cost scaling (Goldberg 1997, with paths of a few arcs as in his work of 2008): prices need be right to
// within eps only, and eps becomes smaller round by round. In each round what arrives at a node and does not leave it is
// pushed along arcs that are too cheap by the prices, and where there are none the price of the node falls.
//
// Costs are multiplied by one more than there are nodes, so that at an eps of 1 no cycle can earn anything.
type scaling struct {
	p      Problem
	scale  int64
	eps    int64
	half   []half
	first  []int32 // per node: where its halves begin; one more at the end
	next   []int32 // per node: halves before this one are not too cheap
	at     []int32 // per arc of the problem: its half at From, −1 where it has none
	price  []int64 // per node, of scaled costs
	excess []int64 // per node: what arrives beyond what leaves

	queue    ring    // nodes with an excess
	path     []int32 // halves, from a node with an excess
	onPath   []bool
	relabels int // since the prices of all were set
	limit    int // after how many they are set again
	near     nearness
	stuck    bool // some excess has no way to any need: there is no flow
}

// half is an arc seen from one of its ends: what it may still take, or, from the other, what may be taken back.
type half struct {
	to, mate int32
	room     int64
	cost     int64
}

const (
	shrink   = 16 // from one eps to the next
	pathMost = 4  // arcs of a path along which is pushed
	settleIn = 3  // prices fall so many times as there are nodes before all are set by how near a need is
)

// newScaling gives nil where numbers are too large for it, or where an arc without limit earns.
func newScaling(p Problem) *scaling {
	n := len(p.Supply)
	total, dearest := 0.0, 0.0
	for _, x := range p.Supply {
		total += math.Abs(float64(x))
	}
	for _, a := range p.Arcs {
		total += math.Abs(float64(a.Lower))
		if a.Cost < 0 {
			total += float64(a.Upper)
		}
		dearest = max(dearest, math.Abs(float64(a.Cost)))
	}
	if total > 1<<55 || dearest*float64(n+1)*float64(n+1) > 1<<58 {
		return nil
	}
	s := &scaling{
		p: p, scale: int64(n + 1), at: make([]int32, len(p.Arcs)), first: make([]int32, n+2), next: make([]int32, n),
		price: make([]int64, n), excess: make([]int64, n), onPath: make([]bool, n), queue: newRing(n), near: newNearness(n),
	}
	s.eps = max(1, int64(dearest)*s.scale/shrink)
	s.build(int64(total) + 1)
	return s
}

// build makes the halves; no arc has to take more than most.
func (s *scaling) build(most int64) {
	copy(s.excess, s.p.Supply)
	moves := func(a Arc) bool { return a.From != a.To && a.Lower < a.Upper }
	for _, a := range s.p.Arcs {
		if moves(a) {
			s.first[a.From+1]++
			s.first[a.To+1]++
		}
	}
	for u := range s.next {
		s.first[u+1] += s.first[u]
	}
	copy(s.next, s.first)
	s.half = make([]half, s.first[len(s.next)])
	for k, a := range s.p.Arcs {
		s.excess[a.From] -= a.Lower
		s.excess[a.To] += a.Lower
		if s.at[k] = -1; !moves(a) {
			continue
		}
		i, j := s.next[a.From], s.next[a.To]
		s.next[a.From]++
		s.next[a.To]++
		s.at[k] = i
		s.half[i] = half{to: a.To, mate: j, room: min(a.Upper-a.Lower, most), cost: a.Cost * s.scale}
		s.half[j] = half{to: a.From, mate: i, cost: -a.Cost * s.scale}
	}
}

// run refines until prices are exact; false where the context ended before, or where it is stuck.
func (s *scaling) run(ctx context.Context) bool {
	for s.refine(ctx) {
		if s.eps == 1 {
			return true
		}
		if s.eps /= shrink; s.eps < 4 {
			s.eps = 1
		}
	}
	return false
}

// refine makes every half with room cost at least −eps by the prices, and every node carry on what it gets.
func (s *scaling) refine(ctx context.Context) bool {
	copy(s.next, s.first)
	for u := range s.next {
		for i := s.first[u]; i < s.first[u+1]; i++ {
			if h := &s.half[i]; h.cost+s.price[u]-s.price[h.to] < 0 {
				s.excess[u] -= h.room
				s.excess[h.to] += h.room
				s.half[h.mate].room += h.room
				h.room = 0
			}
		}
	}
	for u, x := range s.excess {
		if x > 0 {
			s.queue.put(int32(u))
		}
	}
	s.relabels, s.limit = 0, len(s.next)/2
	for s.queue.length > 0 {
		u := s.queue.front()
		if s.excess[u] <= 0 {
			s.queue.drop()
			continue
		}
		s.find(u)
		s.push(u)
		if s.relabels > s.limit {
			s.relabels, s.limit = 0, settleIn*len(s.next)
			s.update()
		}
		if s.stuck || s.relabels == 0 && ctx.Err() != nil {
			return false
		}
	}
	return true
}

// find looks for a path of halves that are too cheap: to a node that needs something, of pathMost halves, or round to itself.
// The price of a node from where none leads on falls; where that goes on for too long the path is left as it is.
func (s *scaling) find(start int32) {
	s.path = s.path[:0]
	tip := start
	for len(s.path) < pathMost && s.excess[tip] >= 0 && !s.onPath[tip] && s.relabels <= s.limit {
		if i := s.cheap(tip); i >= 0 {
			s.path = append(s.path, i)
			s.onPath[tip] = true
			tip = s.half[i].to
			continue
		}
		least := s.least(tip)
		last := len(s.path) - 1
		if last < 0 && least == math.MaxInt64 {
			s.stuck = true
			return
		}
		back := tip
		if last >= 0 { // it can go back where it would come from, and may have no other way out
			h := &s.half[s.half[s.path[last]].mate]
			back = h.to
			least = min(least, h.cost+s.price[tip]-s.price[back])
		}
		s.price[tip] -= least + s.eps
		s.next[tip] = s.first[tip]
		s.relabels++
		if back != tip {
			s.path = s.path[:last]
			s.onPath[back] = false
			tip = back
		}
	}
}

// cheap gives a half of u that is too cheap, −1 where there is none.
func (s *scaling) cheap(u int32) int32 {
	half, price, here := s.half, s.price, s.price[u]
	for i := s.next[u]; i < s.first[u+1]; i++ {
		if h := &half[i]; h.room > 0 && h.cost+here-price[h.to] < 0 {
			s.next[u] = i
			return i
		}
	}
	return -1
}

// least is the cost by the prices of the cheapest half of u that has room.
func (s *scaling) least(u int32) int64 {
	half, price, here := s.half, s.price, s.price[u]
	least := int64(math.MaxInt64)
	for i := s.first[u]; i < s.first[u+1]; i++ {
		if h := &half[i]; h.room > 0 {
			least = min(least, h.cost+here-price[h.to])
		}
	}
	return least
}

// push sends along the path what each of its halves takes.
func (s *scaling) push(u int32) {
	for _, i := range s.path {
		h := &s.half[i]
		s.onPath[u] = false
		by := min(h.room, s.excess[u])
		h.room -= by
		s.half[h.mate].room += by
		s.excess[u] -= by
		u = h.to
		s.excess[u] += by
		if x := s.excess[u]; x > 0 && x <= by {
			s.queue.put(u)
		}
	}
	s.onPath[u] = false
}

func (s *scaling) solution(pivots int64) Solution {
	out := Solution{Flow: make([]int64, len(s.p.Arcs)), Price: s.whole(), Pivots: pivots}
	for k, a := range s.p.Arcs {
		switch i := s.at[k]; {
		case i >= 0:
			out.Flow[k] = a.Lower + s.half[s.half[i].mate].room
		case a.Cost < 0:
			out.Flow[k] = a.Upper
		default:
			out.Flow[k] = a.Lower
		}
		out.Objective += out.Flow[k] * a.Cost
	}
	out.Bound = Bound(s.p, out.Price)
	out.Proved = out.Bound == out.Objective
	return out
}

// whole gives prices of the costs as they are. Divided by the scale and rounded down they keep whatever scaled prices keep
// exactly, but those keep it to within 1 only; that spoils a rounded price just where it stands on a multiple of the scale.
// There are more residues than nodes, so that the multiples can be moved to where no price stands.
func (s *scaling) whole() []int64 {
	residue := func(x int64) int64 { return (x%s.scale + s.scale) % s.scale }
	taken := make([]bool, s.scale)
	for _, x := range s.price {
		taken[residue(x)] = true
	}
	free := int64(0)
	for taken[free] {
		free++
	}
	out := make([]int64, len(s.price))
	for u, x := range s.price {
		out[u] = (x - free - residue(x-free)) / s.scale
	}
	return out
}
