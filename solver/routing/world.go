package routing

import (
	"cmp"
	"math"
	"slices"
)

// world is what all islands read and none changes.
type world struct {
	p         *Problem
	n         int
	length    []int64
	time      []int64
	into      []int64 // lengths by where they lead, row by row
	timeInto  []int64
	near      [][]int32 // per visit, itself and the others, the nearest first
	special   bool      // there are lunches, moves, or visits that some classes cannot make
	visits    []int32
	classes   []class
	able      []bool // by class and visit: whether the class can make it at all
	same      [][]int32
	average   float64 // way to one of the nearest
	soft      float64 // what prizes weigh while plans are compared by lot
	prizes    bool    // some visits may be left out
	voluntary bool    // all may
}

// class is a number of shifts between which there is no difference.
type class struct {
	Shift
	shifts []int32
}

// nearest is how many neighbours of a visit are listed.
const nearest = 300

func newWorld(p *Problem) *world {
	n := len(p.Visits)
	w := &world{p: p, n: n, length: p.Length, time: p.time()}
	w.into, w.timeInto = turned(w.length, n), turned(w.time, n)
	apart := false
	w.voluntary = true
	for i, is := range p.depots() {
		if v := &p.Visits[i]; !is {
			w.visits = append(w.visits, int32(i))
			apart = apart || v.Was > 0
			w.prizes, w.voluntary = w.prizes || v.Optional, w.voluntary && v.Optional
			if v.Same > 0 {
				for len(w.same) <= int(v.Same) {
					w.same = append(w.same, nil)
				}
				w.same[v.Same] = append(w.same[v.Same], int32(i))
			}
		}
	}
	find := map[Shift]int{}
	for i, s := range p.Shifts {
		c, ok := find[s]
		if !ok || apart {
			c = len(w.classes)
			find[s] = c
			w.classes = append(w.classes, class{Shift: s})
		}
		w.classes[c].shifts = append(w.classes[c].shifts, int32(i))
	}
	w.able = make([]bool, len(w.classes)*n)
	w.special = apart || len(w.classes) > 1 || len(w.same) > 0
	for c := range w.classes {
		w.special = w.special || w.classes[c].Lunch.Takes > 0
		for _, v := range w.visits {
			able := p.Fits(v, w.classes[c].shifts[0]) == ""
			w.able[c*n+int(v)] = able
			w.special = w.special || !able
		}
	}
	w.neighbours()
	w.weigh()
	return w
}

// turned exchanges rows and columns; a table for which that changes nothing is given as it is.
func turned(table []int64, n int) []int64 {
	out := make([]int64, len(table))
	for i := range n {
		for j := range n {
			out[j*n+i] = table[i*n+j]
		}
	}
	if slices.Equal(out, table) {
		return table
	}
	return out
}

func (w *world) neighbours() {
	type way struct {
		length int64
		to     int32
	}
	w.near = make([][]int32, w.n)
	ways := make([]way, 0, w.n)
	most := min(nearest, len(w.visits))
	for _, i := range w.visits {
		ways = ways[:0]
		row := w.length[int(i)*w.n : (int(i)+1)*w.n]
		for _, j := range w.visits {
			if j != i {
				ways = append(ways, way{row[j], j})
			}
		}
		slices.SortFunc(ways, func(a, b way) int { return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(a.to, b.to)) })
		list := make([]int32, 1, most)
		list[0] = i
		for _, x := range ways[:most-1] {
			list = append(list, x.to)
		}
		w.near[i] = list
		w.average += float64(row[list[min(len(list)-1, 2)]])
	}
	w.average = w.average/float64(len(w.visits)) + 1
}

// weigh finds what a prize counts while plans are compared by lot: where prizes are above all ways, as scores are, no
// temperature that suits ways would ever let one go.
func (w *world) weigh() {
	w.soft = 1
	var sum, count float64
	least := int64(math.MaxInt64)
	for _, v := range w.visits {
		if x := &w.p.Visits[v]; x.Optional && x.Prize > 0 {
			sum += float64(x.Prize)
			count++
			least = min(least, x.Prize)
		}
	}
	if count > 0 && least > 2*slices.Max(w.length) {
		w.soft = min(1, dearest*w.average/(sum/count))
	}
}

// impossible is the first visit that must be made and that no shift can make, with the reason of the shift that comes
// closest, or the first two that exclude each other.
func (w *world) impossible() error {
	only := make([][]int32, len(w.classes)) // visits that only this shift can make
	for _, v := range w.visits {
		if w.p.Visits[v].Optional {
			continue
		}
		var why Reason
		able, last := 0, 0
		for c := range w.classes {
			if w.able[c*w.n+int(v)] {
				able += len(w.classes[c].shifts)
				last = c
			} else if r := w.p.Fits(v, w.classes[c].shifts[0]); reached[r] > reached[why] {
				why = r
			}
		}
		switch able {
		case 0:
			return &InfeasibleError{Visit: v, Other: -1, Why: why}
		case 1:
			for _, u := range only[last] {
				if !w.both(w.classes[last].shifts[0], u, v) {
					return &InfeasibleError{Visit: u, Other: v, Why: Apart}
				}
			}
			only[last] = append(only[last], v)
		}
	}
	return w.divided()
}

// both says whether a shift can make two visits.
func (w *world) both(shift, u, v int32) bool {
	if w.p.Visits[u].Demand+w.p.Visits[v].Demand > w.p.Shifts[shift].Capacity {
		return false
	}
	if _, ok := w.p.Times(shift, []int32{u, v}); ok {
		return true
	}
	_, ok := w.p.Times(shift, []int32{v, u})
	return ok
}

// divided finds two visits that must be made by the same team where no team can make both, be it on two days.
func (w *world) divided() error {
	for _, group := range w.same {
		for i, v := range group {
			for _, u := range group[:i] {
				if !w.p.Visits[u].Optional && !w.p.Visits[v].Optional && !w.together(u, v) {
					return &InfeasibleError{Visit: u, Other: v, Why: Divided}
				}
			}
		}
	}
	return nil
}

func (w *world) together(u, v int32) bool {
	for c := range w.classes {
		if !w.able[c*w.n+int(u)] {
			continue
		}
		for d := range w.classes {
			if !w.able[d*w.n+int(v)] || w.classes[c].Team != w.classes[d].Team {
				continue
			}
			if c != d || len(w.classes[c].shifts) > 1 || w.both(w.classes[c].shifts[0], u, v) {
				return true
			}
		}
	}
	return false
}
