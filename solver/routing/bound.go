package routing

import (
	"cmp"
	"math"
	"slices"
)

// lower is a bound from what each visit takes at least: half of the shortest ways to it and from it. By lengths, a visit costs
// that or its prize. By times, only so many visits fit into all shifts together, the prizes of others are left.
func (w *world) lower() int64 {
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
			able = able || w.able[c*w.n+int(v)]
		}
		way := least(w.length, w.into, w.n, int(v))
		takes := float64(x.Service) + float64(least(w.time, w.timeInto, w.n, int(v)))/2
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

// least is the sum of the shortest ways to a place and from it.
func least(from, into []int64, n, v int) int64 {
	in, out := int64(math.MaxInt64), int64(math.MaxInt64)
	for u := range n {
		if u != v {
			out, in = min(out, from[v*n+u]), min(in, into[v*n+u])
		}
	}
	return in + out
}
