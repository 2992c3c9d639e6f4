package assignment

import (
	"context"
	"math"
	"slices"

	"zhidian/solver/pairing/near"
)

const (
	none = -1
	far  = math.MaxInt64 / 4 // farther than any path: Forbidden pairs are this dear
)

// work is an assignment under way. Each row has a list of pairs and a limit, which no pair that is not in the list costs
// less than, less the column's price. Since prices of columns only fall, limits stay true. Where a step needs to look
// beyond a limit, the list is made longer first. Prices of rows are found at the end: until then a row's price is the least
// of its costs less the price of the column.
type work struct {
	list  [][]Pair               // per row
	limit []int64                // per row; far where the list is complete
	wider func(row int32, n int) // makes a list of the n pairs that cost least less their prices
	price []int64                // per column, v of the literature
	col   []int32                // per row
	paid  []int64                // per row, what its column costs
	row   []int32                // per column
	free  []int32                // rows without a column, in order
	path  search
}

func newWork(rows, cols int) *work {
	w := &work{
		list: make([][]Pair, rows), limit: make([]int64, rows), price: make([]int64, cols), col: make([]int32, rows), paid: make([]int64, rows),
		row: make([]int32, cols), path: newSearch(cols),
	}
	for i := range w.col {
		w.col[i] = none
		w.free = append(w.free, int32(i))
	}
	for j := range w.row {
		w.row[j] = none
	}
	return w
}

func (w *work) square() bool { return len(w.col) == len(w.row) }

// solve prices and assigns; all gives every pair of a row.
func (w *work) solve(ctx context.Context, all func(row int32) []Pair) (Solution, error) {
	w.reduceRows()
	if err := w.augment(ctx); err != nil {
		return Solution{}, err
	}
	if !w.complete(all) {
		return Solution{}, ctx.Err()
	}
	return w.solution(), nil
}

// two finds the least and the second least of a row's costs less prices, and the pairs where they are.
func (w *work) two(row int32) (least, second int64, at, next Pair) {
	least, second, at, next = far, far, Pair{Col: none}, Pair{Col: none}
	price := w.price
	for _, e := range w.list[row] {
		h := int64(e.Cost) - price[e.Col]
		if h >= second {
			continue
		}
		if h < least {
			second, next = least, at
			least, at = h, e
		} else {
			second, next = h, e
		}
	}
	if second > w.limit[row] {
		w.wider(row, len(w.list[row]))
		return w.two(row)
	}
	return least, second, at, next
}

// reduceRows lets each free row take the column that is cheapest for it, at a price lowered by as much as the second best
// is dearer. Whoever had that column looks again, at once where the price fell, else in the next round. Two rounds leave
// few rows free.
func (w *work) reduceRows() {
	now := w.free
	var later []int32
	for range 2 {
		later = later[:0]
		// Among equal prices displaced rows may follow each other for long; a path settles that in one go.
		turns := 0
		for k := 0; k < len(now); {
			i := now[k]
			k++
			least, second, at, next := w.two(i)
			if at.Col == none {
				later = append(later, i)
				continue
			}
			other := w.row[at.Col]
			falls := second > least && second < far
			if falls {
				w.price[at.Col] -= second - least
			} else if other != none && next.Col != none && second == least {
				at, other = next, w.row[next.Col]
			}
			w.give(i, at)
			if other == none {
				continue
			}
			w.col[other] = none
			if turns++; falls && turns < 8*len(w.col) {
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

func (w *work) give(row int32, e Pair) {
	w.col[row], w.row[e.Col], w.paid[row] = e.Col, row, int64(e.Cost)
}

// augment gives each free row a column along the shortest path to one that is free.
func (w *work) augment(ctx context.Context) error {
	for k, i := range w.free {
		if ctx.Err() != nil {
			w.free = w.free[k:]
			return nil
		}
		if !w.shortest(i) {
			return w.infeasible(i)
		}
	}
	w.free = nil
	return nil
}

// search is Dijkstra's over columns, in terms of costs less prices. What it notes of a column counts in its turn only.
type search struct {
	turn  int32
	seen  []int32 // per column: the turn in which the others were set
	dist  []int64
	from  []Pair  // the row it is reached from, and what it pays there
	done  []int32 // columns at their shortest, in order
	ready []int32 // columns at the least distance
	heap  near.Heap
}

func newSearch(cols int) search {
	return search{seen: make([]int32, cols), dist: make([]int64, cols), from: make([]Pair, cols)}
}

// shortest gives a row a column, and moves the rows on the path there; false where no path leads to a free column. The
// heap holds columns, and rows (as ^row) at the distance from which on more of their pairs could matter.
func (w *work) shortest(start int32) bool {
	s := &w.path
	s.turn++
	s.done, s.ready, s.heap = s.done[:0], s.ready[:0], s.heap[:0]
	end, best, least := int32(none), int64(far), int64(math.MinInt64)
	row, back := start, int64(0)
	for {
		for _, e := range w.list[row] {
			to := e.Col
			h := int64(e.Cost) - w.price[to] - back
			if h >= best || s.seen[to] == s.turn && h >= s.dist[to] {
				continue
			}
			s.seen[to], s.dist[to], s.from[to] = s.turn, h, Pair{Col: row, Cost: e.Cost}
			switch {
			case w.row[to] == none:
				end, best = to, h
			case h == least:
				s.ready = append(s.ready, to)
			default:
				s.heap.Push(near.Step{Dist: h, Node: to})
			}
		}
		if l := w.limit[row]; l < far && l-back < best {
			s.heap.Push(near.Step{Dist: l - back, Node: ^row})
		}
		next, found := s.next(&least, best)
		switch {
		case !found && end == none:
			return false
		case !found:
			w.take(start, end, best)
			return true
		case next < 0:
			row = ^next
			w.wider(row, 2*len(w.list[row]))
		default:
			s.done = append(s.done, next)
			row = w.row[next]
		}
		back = 0
		if row != start {
			back = w.worth(row) - s.dist[w.col[row]]
		}
	}
}

// next is what lies nearest and nearer than best: a column or ^row.
func (s *search) next(least *int64, best int64) (int32, bool) {
	if n := len(s.ready); n > 0 && *least < best {
		j := s.ready[n-1]
		s.ready = s.ready[:n-1]
		return j, true
	}
	for len(s.heap) > 0 && s.heap[0].Dist < best {
		if n := s.heap.Pop(); n.Node < 0 || n.Dist == s.dist[n.Node] { // else a shorter way was found since
			*least = n.Dist
			return n.Node, true
		}
	}
	return none, false
}

// take gives the rows on the path the columns to which it leads them.
func (w *work) take(start, end int32, length int64) {
	s := &w.path
	for _, j := range s.done {
		w.price[j] += s.dist[j] - length
	}
	for j := end; ; {
		e := s.from[j]
		i := e.Col
		before := w.col[i]
		w.give(i, Pair{Col: j, Cost: e.Cost})
		if i == start {
			return
		}
		j = before
	}
}

// worth is what a row with a column pays, its cost less the column's price.
func (w *work) worth(row int32) int64 { return w.paid[row] - w.price[w.col[row]] }

// complete ends the work early: each row that is left takes the cheapest column that is, of all that it may have.
func (w *work) complete(all func(row int32) []Pair) bool {
	for _, i := range w.free {
		at := Pair{Col: none}
		for _, e := range all(i) {
			if w.row[e.Col] == none && (at.Col == none || e.Cost < at.Cost) {
				at = e
			}
		}
		if at.Col == none {
			return false
		}
		w.give(i, at)
	}
	return true
}

// infeasible names the rows that the search reached, whose lists are complete, and all the columns that they may use.
func (w *work) infeasible(start int32) error {
	e := &InfeasibleError{Rows: []int32{start}, Cols: slices.Sorted(slices.Values(w.path.done))}
	for _, j := range w.path.done {
		e.Rows = append(e.Rows, w.row[j])
	}
	slices.Sort(e.Rows)
	return e
}

func (w *work) solution() Solution {
	s := Solution{Col: w.col, RowPrice: make([]int64, len(w.col)), ColPrice: w.price}
	for i, j := range s.Col {
		s.Objective += w.paid[i]
		// The row's pair tells its price where the prices fit it; where the work was ended early the least cost does.
		if s.RowPrice[i] = w.paid[i] - w.price[j]; w.free != nil {
			s.RowPrice[i], _, _, _ = w.two(int32(i))
		}
		s.Bound += s.RowPrice[i]
	}
	for _, v := range w.price {
		s.Bound += v
	}
	if w.square() { // prices from the columns may be anything: bring the dearest to 0
		top := slices.Max(w.price)
		for j := range w.price {
			w.price[j] -= top
			s.RowPrice[j] += top
		}
	}
	s.Proved = s.Bound == s.Objective
	return s
}
