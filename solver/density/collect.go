package density

import (
	"math"
	"math/bits"
)

// list writes the filled cells of the table and the strays, both in order, as one ordered list.
func (s *Solution) list(p Problem, t table, h *tally, strays []named) {
	few, full := h.few[:t.cells()], h.full
	filled := len(strays) + len(full)
	for _, n := range few {
		if n != 0 {
			filled++
		}
	}
	cells, points := make([]Cell, 0, filled), make([]int64, 0, filled)
	var from []int32 // where in the table a cell's sums are, or ^ which of the strays it is
	if len(p.Measures) > 0 {
		from = make([]int32, 0, filled)
	}
	write := func(c Cell, n int64, at int) {
		cells, points = append(cells, c), append(points, n)
		if len(p.Measures) > 0 {
			from = append(from, int32(at))
		}
		s.Fullest = max(s.Fullest, n)
	}
	next := 0
	flush := func(before Cell) {
		for ; next < len(strays) && compareCells(strays[next].cell, before) < 0; next++ {
			write(strays[next].cell, strays[next].points, ^next)
		}
	}
	at := 0
	for range t.height {
		c := p.Grid.cellIn(t, at)
		for range t.width {
			n := int64(few[at])
			for ; len(full) > 0 && full[0] == int32(at); full = full[1:] {
				n += 1 << 16
			}
			if n != 0 {
				if next < len(strays) {
					flush(c)
				}
				write(c, n, at)
			}
			c.Q++
			at++
		}
	}
	flush(Cell{math.MaxInt32, math.MaxInt32})
	s.Cells, s.Points = cells, points
	s.measure(p, h, strays, from)
}

// measure fills in the measures of the listed cells.
func (s *Solution) measure(p Problem, h *tally, strays []named, from []int32) {
	s.Measures = make([]Result, len(p.Measures))
	stride, wholes, fractions := len(h.bits), 0, 0
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
					v = h.reals[fractions][at]
				}
				r.Real[k], r.Total.Real, r.Max.Real = v, r.Total.Real+v, max(r.Max.Real, v)
			}
			fractions++
			continue
		}
		r.Whole = make([]int64, len(from))
		for k, at := range from {
			v := int64(0)
			if at < 0 {
				v = strays[^at].sums[wholes]
			} else {
				v = h.sums[int(at)*stride+wholes]
			}
			r.Whole[k], r.Total.Whole, r.Max.Whole = v, r.Total.Whole+v, max(r.Max.Whole, v)
		}
		wholes++
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
