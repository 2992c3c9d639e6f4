package routing

import (
	"cmp"
	"context"
	"math"
	"slices"

	"zhidian/solver/pairing/assignment"
)

// largest is the table up to which successors are handed out for a bound.
const largest = 2_500

// lower is the better one of two bounds.
func (w *world) lower() int64 {
	r := newRoundabout(w)
	return max(r.least(), r.successors())
}

// roundabout is a world with the shortest times by whatever lies between. Where ways are shorter round, a visit can begin earlier than
// its direct way lets it, and a bound by direct ways alone would lie above what can be reached.
type roundabout struct {
	*world
	soon, back [][]int64 // per class, by place: from where it begins, and on to where it ends
	could      []bool    // by class and visit: whether the class could make it, going round
}

func newRoundabout(w *world) *roundabout {
	r := &roundabout{world: w, could: slices.Clone(w.able)}
	from, to := map[int32][]int64{}, map[int32][]int64{}
	for c := range w.classes {
		s := &w.classes[c]
		if from[s.From] == nil {
			from[s.From] = away(w.time, w.n, int(s.From))
		}
		if to[s.To] == nil {
			to[s.To] = away(w.timeInto, w.n, int(s.To))
		}
		soon, back := from[s.From], to[s.To]
		r.soon, r.back = append(r.soon, soon), append(r.back, back)
		for _, v := range w.visits {
			x, k := &w.p.Visits[v], c*w.n+int(v)
			if w.able[k] || soon[v] == w.time[int(s.From)*w.n+int(v)] && back[v] == w.time[int(v)*w.n+int(s.To)] {
				continue // nothing is won by going round
			}
			switch begin := max(x.Open, s.Open+soon[v]); w.p.Fits(v, s.shifts[0]) {
			case TooEarly, TooLate, AtLunch:
				r.could[k] = begin <= x.Close && begin+x.Service+back[v] <= s.Close
			}
		}
	}
	return r
}

// away gives the shortest sums from a place to all others, by Dijkstra's method over a whole table.
func away(table []int64, n, from int) []int64 {
	far, done := make([]int64, n), make([]bool, n)
	for i := range far {
		far[i] = math.MaxInt64
	}
	far[from] = 0
	for {
		at := -1
		for i, f := range far {
			if !done[i] && f < math.MaxInt64 && (at < 0 || f < far[at]) {
				at = i
			}
		}
		if at < 0 {
			return far
		}
		done[at] = true
		for i, way := range table[at*n : (at+1)*n] {
			if !done[i] {
				far[i] = min(far[i], far[at]+way)
			}
		}
	}
}

// successors is a bound from an assignment: each visit gets one place to go on to that hours, loads and skills allow, another
// visit or home, or is left out for its prize, and as many teams as there are set out. That these are whole routes is not asked.
func (w *roundabout) successors() int64 {
	n := len(w.visits)
	side := n + min(len(w.p.Shifts), n)
	if side > largest {
		return 0
	}
	ends := w.ends()
	costs, most := make([]int64, side*side), int64(1)
	for i := range side {
		for j := range side {
			var x int64
			switch {
			case i < n && j < n:
				x = w.follows(w.visits[i], w.visits[j], &ends[i], &ends[j])
			case i < n:
				x = ends[i].home
			case j < n:
				x = ends[j].out
			}
			costs[i*side+j], most = x, max(most, x)
		}
	}
	unit := most/(assignment.Forbidden-1) + 1 // what is cut off makes the bound lower, and no more
	table := assignment.Problem{Rows: side, Cols: side, Cost: make([]int32, len(costs))}
	for k, x := range costs {
		table.Cost[k] = assignment.Forbidden
		if x >= 0 {
			table.Cost[k] = int32(x / unit)
		}
	}
	a, err := assignment.Solve(context.Background(), table, assignment.Options{})
	if err != nil {
		return 0
	}
	return a.Bound * unit
}

// end tells of a visit when it begins, by whoever can make it, and the shortest ways there from where a team begins and on to
// where one ends; −1 for none.
type end struct {
	early, late int64
	out, home   int64
}

func (w *roundabout) ends() []end {
	ends := make([]end, len(w.visits))
	shorter := func(a, b int64) int64 {
		if a < 0 {
			return b
		}
		return min(a, b)
	}
	for i, v := range w.visits {
		x := &w.p.Visits[v]
		e := end{early: never, late: -1, out: -1, home: -1}
		for c := range w.classes {
			if s := &w.classes[c]; w.could[c*w.n+int(v)] {
				from, to := int(s.From)*w.n+int(v), int(v)*w.n+int(s.To)
				e.early = min(e.early, max(x.Open, s.Open+w.soon[c][v]))
				e.late = max(e.late, min(x.Close, s.Close-x.Service-w.back[c][v]))
				e.out, e.home = shorter(e.out, w.length[from]), shorter(e.home, w.length[to])
			}
		}
		ends[i] = e
	}
	return ends
}

// follows is what it costs that a visit comes right after another one, or after itself: that it is left out; −1 where it cannot.
func (w *roundabout) follows(u, v int32, from, to *end) int64 {
	a, b := &w.p.Visits[u], &w.p.Visits[v]
	k := int(u)*w.n + int(v)
	if u == v {
		if a.Optional {
			return a.Prize
		}
		return -1
	}
	if from.early+a.Service+w.time[k] > to.late {
		return -1
	}
	for c := range w.classes {
		if w.could[c*w.n+int(u)] && w.could[c*w.n+int(v)] && a.Demand+b.Demand <= w.classes[c].Capacity {
			return w.length[k]
		}
	}
	return -1
}

// least is a bound from what each visit takes at least: half of the shortest ways to it and from it. By lengths, a visit costs
// that or its prize. By times, only so many visits fit into all shifts together, the prizes of others are left.
func (w *roundabout) least() int64 {
	type pay struct {
		prize int64
		takes float64
	}
	var ways, must, left int64 // lengths doubled
	room := 0.0
	for _, s := range w.p.Shifts {
		room += float64(s.Close - s.Open)
	}
	var pays []pay
	for _, v := range w.visits {
		x := &w.p.Visits[v]
		able := false
		for c := range w.classes {
			able = able || w.could[c*w.n+int(v)]
		}
		way := shortest(w.length, w.into, w.n, int(v))
		takes := float64(x.Service) + float64(shortest(w.time, w.timeInto, w.n, int(v)))/2
		switch {
		case !x.Optional:
			ways, must = ways+way, must+way
			room -= takes
		case !able:
			ways, left = ways+2*x.Prize, left+x.Prize
		default:
			ways += min(way, 2*x.Prize)
			pays = append(pays, pay{x.Prize, takes})
		}
	}
	slices.SortFunc(pays, func(a, b pay) int { return cmp.Compare(float64(b.prize)*a.takes, float64(a.prize)*b.takes) })
	for _, x := range pays {
		if x.takes > room {
			left += int64(float64(x.prize) * (1 - max(0, room)/x.takes))
		}
		room = max(0, room-x.takes)
	}
	return max((ways+1)/2, (must+1)/2+left)
}

// shortest is the sum of the shortest ways to a place and from it.
func shortest(from, into []int64, n, v int) int64 {
	in, out := int64(math.MaxInt64), int64(math.MaxInt64)
	for u := range n {
		if u != v {
			out, in = min(out, from[v*n+u]), min(in, into[v*n+u])
		}
	}
	return in + out
}
