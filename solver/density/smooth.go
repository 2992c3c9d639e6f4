package density

import "math"

// Smoothed is counts spread by a kernel over the cells around each: an estimate of how dense people stand, never a count.
type Smoothed struct {
	Radius   Metres
	Cells    []Cell  // every cell within the radius of one that has people, by R, then by Q
	Whole    []int64 // per cell, counts × kernel, in millionths
	Kernel   int64   // the kernel summed over all cells: what a single person comes to
	Densest  int     // the place in Cells of the highest value, the first of equals
	MostArea float64 // its people per square kilometre
}

// unit is the kernel at no distance.
const unit = 1_000_000

// mostSmooth bounds the rectangle of cells.
const mostSmooth = 1 << 24

// Smooth spreads whole counts by Epanechnikov's kernel, 1 − (distance/radius)², over the cells whose centre is within the
// radius. The kernel is in millionths and distances in whole millimetres, so that sums are exact and the order does not
// matter. The errors are [LimitError] and [MeasureError].
func Smooth(g Grid, cells []Cell, counts []int64, radius Metres) (Smoothed, error) {
	if err := g.validate(); err != nil {
		return Smoothed{}, err
	}
	if !(radius >= g.Side && radius <= 50*g.Side) {
		return Smoothed{}, &LimitError{What: "radius", Value: float64(radius), Min: float64(g.Side), Max: float64(50 * g.Side)}
	}
	if len(cells) == 0 || len(cells) != len(counts) {
		return Smoothed{}, &MeasureError{Name: "count", Row: min(len(cells), len(counts)), Problem: WrongLength}
	}
	kernel, reach, whole := g.kernel(radius)
	s := Smoothed{Radius: radius, Kernel: whole}
	west, east, south, north := int64(math.MaxInt64), int64(math.MinInt64), int64(math.MaxInt64), int64(math.MinInt64)
	left := math.MaxInt64 / whole
	for i, c := range cells {
		switch n := counts[i]; {
		case n < 0:
			return Smoothed{}, &MeasureError{Name: "count", Row: i, Problem: Negative}
		case n > left:
			return Smoothed{}, &MeasureError{Name: "count", Row: i, Problem: TooLarge}
		default:
			left -= n
		}
		column, row := g.column(c), int64(c.R)
		west, east, south, north = min(west, column), max(east, column), min(south, row), max(north, row)
	}
	t := table{west: west - reach, south: south - reach, width: east - west + 2*reach + 1, height: north - south + 2*reach + 1}
	if float64(t.width)*float64(t.height) > mostSmooth {
		return Smoothed{}, &LimitError{What: "cells", Value: float64(t.width) * float64(t.height), Min: 1, Max: mostSmooth}
	}
	sums := make([]int64, t.cells())
	for i, c := range cells {
		if counts[i] == 0 {
			continue
		}
		for _, k := range kernel {
			at, _ := g.position(t, Cell{c.Q + k.cell.Q, c.R + k.cell.R})
			sums[at] += counts[i] * k.weight
		}
	}
	for at, n := range sums {
		if n == 0 {
			continue
		}
		s.Cells, s.Whole = append(s.Cells, g.cellIn(t, at)), append(s.Whole, n)
		if n > s.Whole[s.Densest] {
			s.Densest = len(s.Whole) - 1
		}
	}
	if len(s.Whole) > 0 {
		s.MostArea = s.PerArea(g, s.Densest)
	}
	return s, nil
}

// PerArea is a cell's people per square kilometre.
func (s Smoothed) PerArea(g Grid, at int) float64 {
	return float64(s.Whole[at]) / float64(s.Kernel) / g.Area()
}

type tap struct {
	cell   Cell
	weight int64
}

// kernel lists the cells around the middle one with their weights, how many rows or columns they reach, and their sum.
func (g Grid) kernel(radius Metres) (taps []tap, reach, whole int64) {
	reach = int64(math.Ceil(float64(radius/g.Side))) + 1
	end := int64(math.Round(float64(radius) * 1000))
	middle := g.Centre(Cell{})
	for r := -reach; r <= reach; r++ {
		for q := -2 * reach; q <= 2*reach; q++ {
			c := Cell{int32(q), int32(r)}
			at := g.Centre(c)
			away := int64(math.Round(math.Hypot(float64(at.X-middle.X), float64(at.Y-middle.Y)) * 1000))
			if away >= end {
				continue
			}
			weight := int64(unit - math.Floor(float64(away)*float64(away)/(float64(end)*float64(end))*unit))
			taps = append(taps, tap{c, weight})
			whole += weight
		}
	}
	return taps, reach, whole
}
