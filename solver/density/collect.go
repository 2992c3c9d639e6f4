package density

import (
	"math"
	"math/bits"
)

// list writes the filled cells of the table and the strays, both in order, as one ordered list.
func (s *Solution) list(p Problem, strays []named, whole, reals int, t table, sums []int64, realSums [][]float64) {
	stride := 1 + whole
	filled := len(strays)
	for at := range t.cells() {
		if sums[at*stride] != 0 {
			filled++
		}
	}
	s.Cells, s.Points = make([]Cell, 0, filled), make([]int64, 0, filled)
	s.Measures = make([]Result, len(p.Measures))
	for i, m := range p.Measures {
		s.Measures[i].Name = m.Name
		if m.Whole != nil {
			s.Measures[i].Whole = make([]int64, 0, filled)
		} else {
			s.Measures[i].Real = make([]float64, 0, filled)
		}
	}
	add := func(c Cell, sums []int64, real func(m int) float64) {
		s.Cells, s.Points = append(s.Cells, c), append(s.Points, sums[0])
		s.Fullest = max(s.Fullest, sums[0])
		w, r := 0, 0
		for i := range s.Measures {
			m := &s.Measures[i]
			if m.Whole != nil {
				v := sums[1+w]
				w++
				m.Whole, m.Total.Whole, m.Max.Whole = append(m.Whole, v), m.Total.Whole+v, max(m.Max.Whole, v)
				continue
			}
			v := real(r)
			r++
			m.Real, m.Total.Real, m.Max.Real = append(m.Real, v), m.Total.Real+v, max(m.Max.Real, v)
		}
	}
	next := 0
	flush := func(before Cell) {
		for next < len(strays) && compareCells(strays[next].cell, before) < 0 {
			add(strays[next].cell, strays[next].sums, func(m int) float64 { return strays[next].reals[m] })
			next++
		}
	}
	for at := range t.cells() {
		if sums[at*stride] == 0 {
			continue
		}
		c := p.Grid.cellIn(t, at)
		if next < len(strays) {
			flush(c)
		}
		add(c, sums[at*stride:][:stride], func(m int) float64 { return realSums[m][at] })
	}
	flush(Cell{math.MaxInt32, math.MaxInt32})
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
