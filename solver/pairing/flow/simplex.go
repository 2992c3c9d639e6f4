package flow

import (
	"context"
)

// run exchanges arcs until none is worth entering; ended is false where the context came first, or where the tree's stamina
// is used up.
func (t *tree) run(ctx context.Context) (ended bool, err error) {
	for {
		in := t.entering()
		if in < 0 {
			return true, nil
		}
		if err := t.pivot(in); err != nil {
			return false, err
		}
		if t.walked >= layOutAfter*len(t.p.Arcs) {
			t.layOut()
			if t.stamina < 0 {
				return false, nil
			}
		}
		if t.pivots++; t.pivots&1023 == 0 && ctx.Err() != nil {
			return false, nil
		}
	}
}

// entering looks through arcs block by block and gives the best of the first block that has any, −1 where none is left.
// An arc is worth entering where it costs less than the prices of its ends differ and has room, or costs more and carries.
func (t *tree) entering() int32 {
	m := len(t.p.Arcs)
	from, to, cost, state, price := t.from[:m], t.to[:m], t.cost[:m], t.state[:m], t.price
	best, at := int64(0), int32(-1)
	k, left := t.next, t.block
	for range m {
		if k == m {
			k = 0
		}
		if c := int64(state[k]) * (cost[k] + price[from[k]] - price[to[k]]); c < best {
			best, at = c, int32(k)
		}
		k++
		if left--; left == 0 {
			if at >= 0 {
				break
			}
			left = t.block
		}
	}
	t.next = k
	return at
}

// pivot sends as much as it can round the cycle that an arc closes, and puts the arc in the place of the one that stops it.
func (t *tree) pivot(in int32) error {
	from, to := t.from[in], t.to[in]
	first, second := from, to // the cycle runs from first to second along the arc
	if t.state[in] < 0 {
		first, second = to, from
	}
	// Both ends go up until they meet, the one with less below first. Of arcs that stop the flow at once the last of the
	// cycle is taken, counted from where they meet.
	room := t.room[in]
	onFirst, onSecond := int64(Unlimited), int64(Unlimited)
	outFirst, outSecond := int32(-1), int32(-1)
	u, v := first, second
	for u != v {
		if a, b := &t.node[u], &t.node[v]; a.size < b.size { // flow comes down here
			d := a.flow
			if a.rises < 0 {
				d = a.left()
			}
			if d < onFirst {
				onFirst, outFirst = d, u
			}
			u = a.up
		} else { // and goes up here
			d := b.flow
			if b.rises > 0 {
				d = b.left()
			}
			if d <= onSecond {
				onSecond, outSecond = d, v
			}
			v = b.up
		}
	}
	join := u
	delta, out := room, int32(-1)
	hang, under := second, first
	if onFirst < delta {
		delta, out = onFirst, outFirst
		hang, under = first, second
	}
	if onSecond <= delta {
		delta, out = onSecond, outSecond
		hang, under = second, first
	}
	if delta >= Unlimited {
		return &UnboundedError{Arc: int(in)}
	}
	by := delta * int64(t.state[in])
	t.flow[in] += by
	if delta > 0 {
		for u := from; u != join; u = t.node[u].up {
			t.node[u].flow -= by * int64(t.node[u].rises)
		}
		for u := to; u != join; u = t.node[u].up {
			t.node[u].flow += by * int64(t.node[u].rises)
		}
	}
	if out < 0 {
		t.state[in] = -t.state[in]
		return nil
	}
	rises, worth := int32(1), t.price[under]-t.cost[in]-t.price[hang]
	if from != hang {
		rises, worth = -1, t.price[under]+t.cost[in]-t.price[hang]
	}
	leaving := t.move(out, hang, under, join, link{arc: in, rises: rises, flow: t.flow[in], room: room})
	t.state[in], t.state[leaving.arc], t.flow[leaving.arc] = 0, 1, leaving.flow
	if leaving.flow > 0 {
		t.state[leaving.arc] = -1
	}
	thread, price := t.thread, t.price
	t.walked += int(t.node[hang].size)
	end := thread[t.last[hang]]
	for u := hang; u != end; u = thread[u] {
		price[u] += worth
	}
	return nil
}

// settle writes the flows of the tree's arcs back to where those of the others are.
func (t *tree) settle() {
	for _, n := range t.node {
		if n.arc >= 0 {
			t.flow[n.arc] = n.flow
		}
	}
}

// unserved are the nodes whose supply still takes the artificial arcs; nil where all are served.
func (t *tree) unserved() (nodes []int32) {
	t.settle()
	for i := range t.p.Supply {
		if t.flow[len(t.p.Arcs)+i] > 0 {
			nodes = append(nodes, int32(i))
		}
	}
	return nodes
}

func (t *tree) solution() Solution {
	m := len(t.p.Arcs)
	s := Solution{Flow: t.flow[:m:m], Price: make([]int64, len(t.p.Supply)), Pivots: t.pivots}
	for i := range s.Price {
		s.Price[i] = t.price[t.at[i]]
	}
	for i, a := range t.p.Arcs {
		s.Flow[i] += a.Lower
		s.Objective += s.Flow[i] * a.Cost
	}
	s.Bound = Bound(t.p, s.Price)
	s.Proved = s.Bound == s.Objective
	return s
}

// Bound is what any prices of nodes show that no flow can undercut: every arc at whichever limit is cheaper by them, and
// what supplies are worth.
func Bound(p Problem, price []int64) (sum int64) {
	for i, s := range p.Supply {
		sum -= s * price[i]
	}
	for _, a := range p.Arcs {
		switch c := a.Cost + price[a.From] - price[a.To]; {
		case c > 0:
			sum += c * a.Lower
		case c < 0 && a.Upper == Unlimited:
			return -1 << 62
		case c < 0:
			sum += c * a.Upper
		}
	}
	return sum
}
