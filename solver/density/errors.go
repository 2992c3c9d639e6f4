package density

import (
	"fmt"
	"math"
)

// Trouble says what is wrong with a value. It is a fixed word, so that the caller can find a sentence for it.
type Trouble string

const (
	NotANumber  Trouble = "not a number"
	OffTheEarth Trouble = "off the earth"
	Negative    Trouble = "negative"
	TooLarge    Trouble = "too large"
	WrongLength Trouble = "not as long as the points"
	NotOneKind  Trouble = "needs whole or real numbers, one of them"
)

// PointError names the first point that cannot be on a map. Row counts from 0.
type PointError struct {
	Row     int
	Problem Trouble
	At      Point
}

func (e *PointError) Error() string {
	return fmt.Sprintf("density: point %d (%v, %v): %s", e.Row, e.At.X, e.At.Y, e.Problem)
}

// SiteError names the first site that cannot be on a map. Row counts from 0.
type SiteError struct {
	Row     int
	Problem Trouble
	At      Point
}

func (e *SiteError) Error() string {
	return fmt.Sprintf("density: site %d (%v, %v): %s", e.Row, e.At.X, e.At.Y, e.Problem)
}

// MeasureError names a measure and, where one is to blame, the row (from 0) that cannot be summed.
type MeasureError struct {
	Name    string
	Row     int
	Problem Trouble
}

func (e *MeasureError) Error() string {
	return fmt.Sprintf("density: measure %q, row %d: %s", e.Name, e.Row, e.Problem)
}

// LimitError names a setting that lies outside the range accepted.
type LimitError struct {
	What            string
	Value, Min, Max float64
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("density: %s is %v, must be from %v to %v", e.What, e.Value, e.Min, e.Max)
}

// problem says why a point cannot be on the map, or nothing.
func (p Point) problem() Trouble {
	x, y := float64(p.X), float64(p.Y)
	switch {
	case math.IsNaN(x) || math.IsNaN(y) || math.IsInf(x, 0) || math.IsInf(y, 0):
		return NotANumber
	case math.Abs(x) > float64(MaxCoordinate) || math.Abs(y) > float64(MaxCoordinate):
		return OffTheEarth
	}
	return ""
}
