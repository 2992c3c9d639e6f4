package assignment

import (
	"context"
	"math"
	"slices"
)

const (
	none = -1
	far  = math.MaxInt64 / 4 // farther than any path: Forbidden pairs are this dear
)

// work is an assignment under way. Prices of rows are found at the end: until then a row's price is the least of its
// costs less the price of the column.
type work struct {
	p     Problem
	price []int64 // per column, v of the literature
	col   []int32 // per row
	row   []int32 // per column
	free  []int32 // rows without a column, in order
}

func newWork(p Problem) *work {
	w := &work{p: p, price: make([]int64, p.Cols), col: make([]int32, p.Rows), row: make([]int32, p.Cols)}
	for i := range w.col {
		w.col[i] = none
	}
	for j := range w.row {
		w.row[j] = none
	}
	return w
}

func (w *work) costs(row int32) []int32 {
	from := int(row) * w.p.Cols
	return w.p.Cost[from : from+w.p.Cols : from+w.p.Cols]
}

// reduceColumns prices each column at its least cost and gives it to the row that has this cost, if that one is still
// free. Where every row needs a column and every column a row, any prices may be begun with.
func (w *work) reduceColumns() {
	least, at := make([]int32, w.p.Cols), make([]int32, w.p.Cols)
	copy(least, w.costs(0))
	for i := int32(1); i < int32(w.p.Rows); i++ {
		at := at[:len(least)]
		for j, c := range w.costs(i)[:len(least)] {
			if c < least[j] {
				least[j], at[j] = c, i
			}
		}
	}
	for j := len(least) - 1; j >= 0; j-- {
		if least[j] == Forbidden {
			continue // nobody may use it, which the paths find out
		}
		w.price[j] = int64(least[j])
		if i := at[j]; w.col[i] == none {
			w.col[i], w.row[j] = int32(j), i
		}
	}
}

// two finds the least and the second least of a row's costs less prices, and the columns where they are.
func (w *work) two(row int32) (least, second int64, at, next int32) {
	least, second, at, next = far, far, none, none
	price := w.price
	for j, c := range w.costs(row)[:len(price)] {
		h := int64(c) - price[j]
		if h >= second || c == Forbidden {
			continue
		}
		if h < least {
			second, next = least, at
			least, at = h, int32(j)
		} else {
			second, next = h, int32(j)
		}
	}
	return least, second, at, next
}

// reduceRows lets each free row take the column that is cheapest for it, at a price lowered by as much as the second best
// is dearer. Whoever had that column looks again, at once where the price fell, else in the next round. Two rounds leave
// few rows free.
func (w *work) reduceRows() {
	var now []int32
	for i, j := range w.col {
		if j == none {
			now = append(now, int32(i))
		}
	}
	var later []int32
	for range 2 {
		later = later[:0]
		// Among equal prices displaced rows may follow each other for long; a path settles that in one go.
		turns := 0
		for k := 0; k < len(now); {
			i := now[k]
			k++
			least, second, at, next := w.two(i)
			if at == none {
				later = append(later, i)
				continue
			}
			other := w.row[at]
			falls := second > least && second < far
			if falls {
				w.price[at] -= second - least
			} else if other != none && next != none && second == least {
				at, other = next, w.row[next]
			}
			w.col[i], w.row[at] = at, i
			if other == none {
				continue
			}
			w.col[other] = none
			if turns++; falls && turns < 8*w.p.Rows {
				k--
				now[k] = other
			} else {
				later = append(later, other)
			}
		}
		now = append(now[:0], later...)
		slices.Sort(now)
	}
	w.free = now
}

// augment gives each row that is left a column along the shortest path to one that is free (Dijkstra over columns, in
// terms of costs less prices).
func (w *work) augment(ctx context.Context) error {
	n := w.p.Cols
	dist, from := make([]int64, n), make([]int32, n)
	order := make([]int32, n) // columns: scanned, then at the least distance, then the others
	for k, i := range w.free {
		if ctx.Err() != nil {
			return w.complete(ctx, w.free[k:])
		}
		if err := w.path(i, dist, from, order); err != nil {
			return err
		}
	}
	w.free = nil
	return nil
}

func (w *work) path(start int32, dist []int64, from, order []int32) error {
	price := w.price
	for j, c := range w.costs(start)[:len(price)] {
		order[j], from[j] = int32(j), start
		if dist[j] = int64(c) - price[j]; c == Forbidden {
			dist[j] = far
		}
	}
	scanned, near := 0, 0 // order[:scanned] is done, order[scanned:near] lies at the least distance
	var least int64
	end := int32(none)
	for end == none {
		if scanned == near {
			least, near = nearest(dist, order, scanned)
			if least >= far {
				return w.infeasible(start, order[:scanned])
			}
			for _, j := range order[scanned:near] {
				if w.row[j] == none {
					end = j
					break
				}
			}
			if end != none {
				break
			}
		}
		j := order[scanned]
		scanned++
		near, end = w.scan(j, least, dist, from, order, near)
	}
	for _, j := range order[:scanned] {
		price[j] += dist[j] - least
	}
	for j := end; ; {
		i := from[j]
		w.row[j] = i
		j, w.col[i] = w.col[i], j
		if i == start {
			return nil
		}
	}
}

// nearest moves the columns at the least distance to the front of those that are left.
func nearest(dist []int64, order []int32, scanned int) (least int64, near int) {
	least, near = far, scanned
	for k := scanned; k < len(order); k++ {
		j := order[k]
		h := dist[j]
		if h > least {
			continue
		}
		if h < least {
			least, near = h, scanned
		}
		order[k], order[near] = order[near], j
		near++
	}
	return least, near
}

// scan goes on from a column, through the row that has it, to all columns that are left. It gives the free one at the
// least distance where it meets any.
func (w *work) scan(j int32, least int64, dist []int64, from, order []int32, near int) (int, int32) {
	i := w.row[j]
	costs, price := w.costs(i), w.price
	back := int64(costs[j]) - price[j] - least
	for k := near; k < len(order); k++ {
		to := order[k]
		c := costs[to]
		h := int64(c) - price[to] - back
		if h >= dist[to] || c == Forbidden {
			continue
		}
		dist[to], from[to] = h, i
		if h == least {
			if w.row[to] == none {
				return near, to
			}
			order[k], order[near] = order[near], to
			near++
		}
	}
	return near, none
}

// infeasible names the rows that the search reached, and all the columns that they may use.
func (w *work) infeasible(start int32, scanned []int32) error {
	e := &InfeasibleError{Rows: []int32{start}, Cols: slices.Sorted(slices.Values(scanned))}
	for _, j := range scanned {
		e.Rows = append(e.Rows, w.row[j])
	}
	slices.Sort(e.Rows)
	return e
}

// complete ends the work early: each row that is left takes the cheapest column that is.
func (w *work) complete(ctx context.Context, left []int32) error {
	for _, i := range left {
		at := int32(none)
		for j, c := range w.costs(i) {
			if w.row[j] == none && c != Forbidden && (at == none || c < w.p.At(int(i), int(at))) {
				at = int32(j)
			}
		}
		if at == none {
			return ctx.Err()
		}
		w.col[i], w.row[at] = at, i
	}
	return nil
}

func (w *work) solution() Solution {
	s := Solution{Col: w.col, RowPrice: make([]int64, w.p.Rows), ColPrice: w.price}
	if w.p.Rows == w.p.Cols { // prices from the columns may be anything: bring the dearest to 0
		top := slices.Max(w.price)
		for j := range w.price {
			w.price[j] -= top
		}
	}
	for _, v := range w.price {
		s.Bound += v
	}
	for i := range s.RowPrice {
		c := int64(w.p.At(i, int(s.Col[i])))
		s.Objective += c
		// The row's pair tells its price where the prices fit it; where the work was ended early the least cost does.
		if s.RowPrice[i] = c - w.price[s.Col[i]]; w.free != nil {
			s.RowPrice[i], _, _, _ = w.two(int32(i))
		}
		s.Bound += s.RowPrice[i]
	}
	s.Proved = s.Bound == s.Objective
	return s
}
