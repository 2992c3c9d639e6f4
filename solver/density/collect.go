package density

import (
	"math"
	"math/bits"
)

// list writes the filled cells of the table and the strays, both in order, as one ordered list.
func (s *Solution) list(p Problem, strays []named, whole int, t table, sums []int64, reals [][]float64) {
	stride := 1 + whole
	filled := len(strays)
	for at := range t.cells() {
		if sums[at*stride] != 0 {
			filled++
		}
	}
	cells, points := make([]Cell, 0, filled), make([]int64, 0, filled)
	from := make([]int32, 0, filled) // where in the table a cell's sums are, or ^ which of the strays it is
	next := 0
	flush := func(before Cell) {
		for ; next < len(strays) && compareCells(strays[next].cell, before) < 0; next++ {
			cells, points, from = append(cells, strays[next].cell), append(points, strays[next].sums[0]), append(from, int32(^next))
		}
	}
	at := 0
	for range t.height {
		c := p.Grid.cellIn(t, at)
		for range t.width {
			if n := sums[at*stride]; n != 0 {
				if next < len(strays) {
					flush(c)
				}
				cells, points, from = append(cells, c), append(points, n), append(from, int32(at))
			}
			c.Q++
			at++
		}
	}
	flush(Cell{math.MaxInt32, math.MaxInt32})
	s.Cells, s.Points = cells, points
	for _, n := range points {
		s.Fullest = max(s.Fullest, n)
	}
	s.measure(p, strays, from, stride, sums, reals)
}

// measure fills in the measures of the listed cells.
func (s *Solution) measure(p Problem, strays []named, from []int32, stride int, sums []int64, reals [][]float64) {
	s.Measures = make([]Result, len(p.Measures))
	wholes, fractions := 0, 0
	for i, m := range p.Measures {
		r := &s.Measures[i]
		r.Name = m.Name
		if m.Whole == nil {
			r.Real = make([]float64, len(from))
			for k, at := range from {
				v := 0.0
				if at < 0 {
					v = strays[^at].reals[fractions]
				} else {
					v = reals[fractions][at]
				}
				r.Real[k], r.Total.Real, r.Max.Real = v, r.Total.Real+v, max(r.Max.Real, v)
			}
			fractions++
			continue
		}
		wholes++
		r.Whole = make([]int64, len(from))
		for k, at := range from {
			v := int64(0)
			if at < 0 {
				v = strays[^at].sums[wholes]
			} else {
				v = sums[int(at)*stride+wholes]
			}
			r.Whole[k], r.Total.Whole, r.Max.Whole = v, r.Total.Whole+v, max(r.Max.Whole, v)
		}
	}
}

// soundWeights refuses fractions that cannot be summed. Whole weights are checked while they are summed.
func soundWeights(p Problem) error {
	for _, m := range p.Measures {
		total := 0.0
		for row, w := range m.Real {
			total += w
			switch {
			case math.IsNaN(w) || math.IsInf(w, 0):
				return &MeasureError{Name: m.Name, Row: row, Problem: NotANumber}
			case w < 0:
				return &MeasureError{Name: m.Name, Row: row, Problem: Negative}
			case math.IsInf(total, 0):
				return &MeasureError{Name: m.Name, Row: row, Problem: TooLarge}
			}
		}
	}
	return nil
}

// checkWhole refuses negative weights and sums that an int64 cannot hold. seen is all weights of a measure or-ed:
// where no weight has more bits than the number of points leaves room for, no sum can run over.
func checkWhole(p Problem, seen ...[]int64) error {
	w := -1
	for _, m := range p.Measures {
		if m.Whole == nil {
			continue
		}
		w++
		mixed := int64(0)
		for _, half := range seen {
			mixed |= half[w]
		}
		if mixed >= 0 && bits.Len64(uint64(mixed))+bits.Len(uint(len(m.Whole))) < 63 {
			continue
		}
		total := int64(0)
		for row, v := range m.Whole {
			if v < 0 {
				return &MeasureError{Name: m.Name, Row: row, Problem: Negative}
			}
			if total += v; total < 0 {
				return &MeasureError{Name: m.Name, Row: row, Problem: TooLarge}
			}
		}
	}
	return nil
}
