package assignment

import (
	"context"
	"slices"

	"zhidian/solver/pairing/near"
)

// few is how long the lists are at first. In a table drawn evenly the best assignment lies among the cheapest few pairs of
// each row.
const few = 12

// dense is a table of which only the pairs that seem to matter are in the lists.
type dense struct {
	*work
	p    Problem
	keep near.Heap
}

// Solve finds an assignment of least cost, by the method of Jonker and Volgenant (Computing 38, 1987): prices are found by
// reducing columns and rows, and what is left is assigned along shortest paths. It looks at a few pairs of each row
// (Volgenant, Computers & Operations Research 23, 1996, has such a core) and at more where a path may lead through them.
//
// When the context ends, rows that are left take the cheapest columns that are left, and Bound says how far from the best
// that may be. The errors are [SizeError], [InfeasibleError] and, where no assignment is at hand yet, the context's.
func Solve(ctx context.Context, p Problem, _ Options) (Solution, error) {
	if err := p.validate(); err != nil {
		return Solution{}, err
	}
	d := dense{work: newWork(p.Rows, p.Cols), p: p}
	d.wider = d.widen
	if d.square() {
		d.priceColumns()
	}
	for i := range d.list {
		d.widen(int32(i), few)
	}
	return d.solve(ctx, func(i int32) []Pair {
		d.widen(i, p.Cols)
		return d.list[i]
	})
}

func (d *dense) costs(row int32) []int32 {
	from := int(row) * d.p.Cols
	return d.p.Cost[from : from+d.p.Cols : from+d.p.Cols]
}

// priceColumns prices each column at its least cost. Where every row needs a column and every column a row, any prices
// may be begun with.
func (d *dense) priceColumns() {
	least := slices.Clone(d.costs(0))
	for i := 1; i < d.p.Rows; i++ {
		for j, c := range d.costs(int32(i))[:len(least)] {
			if c < least[j] {
				least[j] = c
			}
		}
	}
	for j, c := range least {
		if c != Forbidden { // nobody may use it, which the paths find out
			d.price[j] = int64(c)
		}
	}
}

// widen lists the n pairs of a row whose costs less prices are least. Each row begins to look elsewhere, so that rows with
// many equal costs do not all keep the same columns.
func (d *dense) widen(row int32, n int) {
	keep := d.keep[:0]
	costs := d.costs(row)
	worst := int64(-far) // what is kept is dearest first: distances are turned round
	look := func(from, to int) {
		price := d.price[from:to]
		for j, c := range costs[from:to][:len(price)] {
			h := price[j] - int64(c)
			if h <= worst || c == Forbidden {
				continue
			}
			if len(keep) < n {
				keep.Push(near.Step{Dist: h, Node: int32(from + j)})
			} else {
				keep.Replace(near.Step{Dist: h, Node: int32(from + j)})
			}
			if len(keep) == n {
				worst = keep[0].Dist
			}
		}
	}
	first := int(uint64(row) * 0x9e3779b9 % uint64(len(costs)))
	look(first, len(costs))
	look(0, first)
	d.keep = keep
	if d.limit[row] = far; len(keep) == n && n < len(costs) {
		d.limit[row] = -worst
	}
	list := slices.Grow(d.list[row][:0], len(keep))
	for _, e := range keep {
		list = append(list, Pair{e.Node, costs[e.Node]})
	}
	d.list[row] = list
}
