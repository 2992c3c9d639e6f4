// Package density counts people on a map: how many stand in each hexagon, and how many have a site within reach.
//
// All positions are planar metres. A [Projection] brings longitude and latitude there. The grid's origin is the
// plane's origin, always: two deliveries that use one projection centre share every cell, so they can be compared.
package density

import "context"

// Metres is a length on the ground.
type Metres float64

// Point is a position on the plane, x to the east and y to the north.
type Point struct{ X, Y Metres }

// Limits of what Solve accepts. Sizes outside them are refused with a [LimitError].
const (
	MinSide   Metres = 100
	MaxSide   Metres = 2_000
	MaxWithin Metres = 100_000
	// MaxCoordinate is a little more than half the earth's circumference: whatever is farther out is not on it.
	MaxCoordinate Metres = 21_000_000
	MaxPoints            = 1 << 30
	MaxSites             = 1 << 24
)

// Measure is one thing counted: youth, members, organisations. Exactly one of Whole and Real is set, and it is
// parallel to the points. People are whole, so Whole is the rule; its sums are exact.
type Measure struct {
	Name  string
	Whole []int64
	Real  []float64
}

// Problem is a set of points and what is asked about them.
type Problem struct {
	Grid     Grid
	X, Y     []Metres // parallel
	Measures []Measure

	Sites   []Point
	Within  Metres // coverage is computed when it is above zero
	Nearest bool   // the distance to the nearest site is computed for every point
}

// Options changes how Solve works, never what it finds.
type Options struct {
	Workers int // 1 or 2 cores; 0 means 2
}

// Amount is a sum of a measure: Whole for whole measures, Real for the others.
type Amount struct {
	Whole int64
	Real  float64
}

// Result is what one measure came to. Whole or Real is parallel to Solution.Cells, as in its [Measure].
type Result struct {
	Name    string
	Whole   []int64
	Real    []float64
	Total   Amount
	Max     Amount // the fullest cell's; zero without cells
	Covered Amount // the part that has a site within reach
}

// Solution is the answer to a Problem. Cells holds every cell with at least one point, by R, then by Q.
type Solution struct {
	Cells    []Cell
	Points   []int64 // points per cell
	Fullest  int64   // the largest of Points
	Measures []Result

	Covered  int64    // points with a site at Within or nearer
	Distance []Metres // per point, +Inf without any site; nil unless Nearest was asked
	Site     []int32  // per point, the nearest site (the first of equals), -1 without any; nil unless Nearest was asked
}

// Solve bins the points and measures their reach. The result is the same on one core and on two, bit for bit.
//
// A point belongs to the cell whose centre is nearest, decided exactly. On a border the cell with the higher R takes
// it, among these the one with the higher Q. A point is covered when its distance to a site is at most Within,
// decided exactly too. The errors are [PointError], [SiteError], [MeasureError], [LimitError] and the context's.
func Solve(ctx context.Context, p Problem, o Options) (Solution, error) {
	if err := ctx.Err(); err != nil {
		return Solution{}, err
	}
	if err := p.validate(); err != nil {
		return Solution{}, err
	}
	if o.Workers < 0 || o.Workers > 2 {
		return Solution{}, &LimitError{What: "workers", Value: float64(o.Workers), Min: 0, Max: 2}
	}
	parallel := o.Workers != 1
	var s Solution
	if err := bin(ctx, p, parallel, &s); err != nil {
		return Solution{}, err
	}
	if p.Within > 0 {
		if err := cover(ctx, p, parallel, &s); err != nil {
			return Solution{}, err
		}
	}
	if p.Nearest {
		if err := nearest(ctx, p, parallel, &s); err != nil {
			return Solution{}, err
		}
	}
	return s, nil
}

func (p Problem) validate() error {
	if err := p.Grid.validate(); err != nil {
		return err
	}
	switch {
	case len(p.X) == 0:
		return &LimitError{What: "points", Value: 0, Min: 1, Max: MaxPoints}
	case len(p.X) > MaxPoints:
		return &LimitError{What: "points", Value: float64(len(p.X)), Min: 1, Max: MaxPoints}
	case len(p.Y) != len(p.X):
		return &MeasureError{Name: "y", Problem: WrongLength, Row: min(len(p.X), len(p.Y))}
	case len(p.Sites) > MaxSites:
		return &LimitError{What: "sites", Value: float64(len(p.Sites)), Min: 0, Max: MaxSites}
	case !(p.Within >= 0 && p.Within <= MaxWithin):
		return &LimitError{What: "within", Value: float64(p.Within), Min: 0, Max: float64(MaxWithin)}
	}
	for _, m := range p.Measures {
		if (m.Whole == nil) == (m.Real == nil) {
			return &MeasureError{Name: m.Name, Problem: NotOneKind}
		}
		if n := len(m.Whole) + len(m.Real); n != len(p.X) {
			return &MeasureError{Name: m.Name, Problem: WrongLength, Row: min(n, len(p.X))}
		}
	}
	for i, site := range p.Sites {
		if why := site.problem(); why != "" {
			return &SiteError{Row: i, Problem: why, At: site}
		}
	}
	return nil
}

// halves runs work on the first and on the second half of n points, together or one after the other.
// The halves are always the same two, so that sums of fractions do not depend on the number of cores.
func halves(n int, parallel bool, work func(half, from, to int) error) error {
	mid := n / 2
	if !parallel {
		if err := work(0, 0, mid); err != nil {
			return err
		}
		return work(1, mid, n)
	}
	second := make(chan error, 1)
	go func() { second <- work(1, mid, n) }()
	first := work(0, 0, mid)
	last := <-second
	if first != nil {
		return first
	}
	return last
}
