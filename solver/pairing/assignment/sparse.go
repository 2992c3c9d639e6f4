package assignment

import (
	"context"
	"fmt"
)

// Pair is a column that a row may have, and what that costs.
type Pair struct{ Col, Cost int32 }

// Sparse is a problem of which only the pairs that may be made are named. There are at least as many columns as rows.
type Sparse struct {
	Cols  int
	Pairs [][]Pair // per row, each column once
}

// Problem writes the pairs into a table, for [Check].
func (p Sparse) Problem() Problem {
	t := Problem{Rows: len(p.Pairs), Cols: p.Cols, Cost: make([]int32, len(p.Pairs)*p.Cols)}
	for k := range t.Cost {
		t.Cost[k] = Forbidden
	}
	for i, pairs := range p.Pairs {
		for _, e := range pairs {
			t.Cost[i*p.Cols+int(e.Col)] = e.Cost
		}
	}
	return t
}

// PairError names a pair, by its place in its row's list, that cannot be.
type PairError struct {
	Row, Place int
	Why        string
}

func (e *PairError) Error() string {
	return fmt.Sprintf("assignment: pair %d of row %d: %s", e.Place, e.Row, e.Why)
}

func (p Sparse) validate() error {
	if rows := len(p.Pairs); rows < 1 || rows > MaxSide || p.Cols > MaxSide || p.Cols < rows {
		return &SizeError{Rows: rows, Cols: p.Cols, Why: "from 1 to 1048576 rows and columns, and at least as many columns as rows"}
	}
	seen := make([]int, p.Cols)
	for i, pairs := range p.Pairs {
		for k, e := range pairs {
			switch {
			case e.Col < 0 || int(e.Col) >= p.Cols:
				return &PairError{i, k, "there is no such column"}
			case e.Cost == Forbidden:
				return &PairError{i, k, "a pair that must not be made is left out"}
			case seen[e.Col] == i+1:
				return &PairError{i, k, "the column stands in the list twice"}
			}
			seen[e.Col] = i + 1
		}
	}
	return nil
}

// SolveSparse finds an assignment of least cost as [Solve] does, among the pairs named. The errors are those of Solve and [PairError].
func SolveSparse(ctx context.Context, p Sparse, _ Options) (Solution, error) {
	if err := p.validate(); err != nil {
		return Solution{}, err
	}
	w := newWork(len(p.Pairs), p.Cols)
	w.list = p.Pairs
	if w.square() {
		w.priceColumns()
	}
	for i := range w.limit {
		w.limit[i] = far
	}
	return w.solve(ctx, func(i int32) []Pair { return p.Pairs[i] })
}

// priceColumns prices each column at its least cost, see [dense.priceColumns].
func (w *work) priceColumns() {
	for j := range w.price {
		w.price[j] = Forbidden
	}
	for _, pairs := range w.list {
		for _, e := range pairs {
			w.price[e.Col] = min(w.price[e.Col], int64(e.Cost))
		}
	}
}
