package assignment

import "fmt"

// Check proves a solution without any of Solve's code: each row has a column of its own that it may have, the objective is
// their cost, and the prices show that nothing cheaper exists than the bound.
func Check(p Problem, s Solution) error {
	if err := CheckPairs(p, s.Col, s.Objective); err != nil {
		return err
	}
	if len(s.RowPrice) != p.Rows || len(s.ColPrice) != p.Cols {
		return fmt.Errorf("assignment: %d and %d prices for %d rows and %d columns", len(s.RowPrice), len(s.ColPrice), p.Rows, p.Cols)
	}
	var bound int64
	for j, v := range s.ColPrice {
		if v > 0 {
			return fmt.Errorf("assignment: column %d has the price %d, above 0", j, v)
		}
		bound += v
	}
	for i, u := range s.RowPrice {
		bound += u
		for j, v := range s.ColPrice {
			if c := p.Cost[i*p.Cols+j]; c != Forbidden && u+v > int64(c) {
				return fmt.Errorf("assignment: row %d and column %d are priced at %d, their pair at %d", i, j, u+v, c)
			}
		}
	}
	if bound != s.Bound || bound > s.Objective || s.Proved != (bound == s.Objective) {
		return fmt.Errorf("assignment: the prices bound it at %d, the solution says %d of %d", bound, s.Bound, s.Objective)
	}
	return nil
}

// CheckPairs checks an assignment made elsewhere: the column of each row, and what they cost together.
func CheckPairs(p Problem, cols []int32, objective int64) error {
	if len(cols) != p.Rows {
		return fmt.Errorf("assignment: %d columns for %d rows", len(cols), p.Rows)
	}
	taken := make([]int, p.Cols)
	var sum int64
	for i, j := range cols {
		switch {
		case j < 0 || int(j) >= p.Cols:
			return fmt.Errorf("assignment: row %d has column %d of %d", i, j, p.Cols)
		case taken[j] > 0:
			return fmt.Errorf("assignment: rows %d and %d both have column %d", taken[j]-1, i, j)
		case p.At(i, int(j)) == Forbidden:
			return fmt.Errorf("assignment: row %d must not have column %d", i, j)
		}
		taken[j] = i + 1
		sum += int64(p.At(i, int(j)))
	}
	if sum != objective {
		return fmt.Errorf("assignment: costs %d, not %d", sum, objective)
	}
	return nil
}
