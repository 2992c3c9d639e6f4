// Package assignment gives each row a column of its own so that the whole costs least: people to posts, classes to villages.
//
// Costs are whole numbers of whatever the caller counts, metres or yuan or points; smaller is better.
package assignment

import (
	"fmt"
	"math"
)

// Forbidden is the cost of a pair that must not be made.
const Forbidden = math.MaxInt32

// MaxSide bounds rows and columns, so that no sum of costs can overflow.
const MaxSide = 1 << 20

// Problem is a table of costs. There are at least as many columns as rows.
type Problem struct {
	Rows, Cols int
	Cost       []int32 // row by row; Forbidden where a pair must not be made
}

// At is the cost of a pair.
func (p Problem) At(row, col int) int32 { return p.Cost[row*p.Cols+col] }

// Options are the same for every solver. The method draws no lots and needs no more than a polynomial number of steps, so
// that neither changes anything here.
type Options struct {
	Seed   uint64
	Effort int64
}

// Solution is an assignment with a proof of how good it is.
type Solution struct {
	Col       []int32 // per row
	Objective int64
	// Bound is what no assignment can undercut: the sum of the prices below. It equals Objective unless the context ended.
	Bound  int64
	Proved bool
	// RowPrice and ColPrice are what row and column are worth: RowPrice[i] + ColPrice[j] ≤ cost of every pair, and equal for
	// pairs made. They say why: a pair that is not made would cost that much more than its row and column are worth.
	// Prices of columns are 0 at most, and 0 where a column stays free.
	RowPrice, ColPrice []int64
}

func (p Problem) validate() error {
	switch {
	case p.Rows < 1 || p.Rows > MaxSide || p.Cols > MaxSide:
		return &SizeError{Rows: p.Rows, Cols: p.Cols, Values: len(p.Cost), Why: "from 1 to 1048576 rows and columns"}
	case p.Cols < p.Rows:
		return &SizeError{Rows: p.Rows, Cols: p.Cols, Values: len(p.Cost), Why: "at least as many columns as rows"}
	case len(p.Cost) != p.Rows*p.Cols:
		return &SizeError{Rows: p.Rows, Cols: p.Cols, Values: len(p.Cost), Why: "a cost for each pair"}
	}
	return nil
}

// SizeError says that a table is not one that can be solved.
type SizeError struct {
	Rows, Cols, Values int
	Why                string // what is needed
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("assignment: %d rows, %d columns, %d costs: needs %s", e.Rows, e.Cols, e.Values, e.Why)
}

// InfeasibleError names rows that cannot all have a column: together they may use only the columns named, which are fewer.
// Both count from 0.
type InfeasibleError struct {
	Rows, Cols []int32
}

func (e *InfeasibleError) Error() string {
	return fmt.Sprintf("assignment: %d rows, row %d among them, may use only %d columns", len(e.Rows), e.Rows[0], len(e.Cols))
}
