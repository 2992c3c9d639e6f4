package density

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
)

// block is how many points are located before they are summed; ctx is asked once per block.
const block = 4096

// Bounds of the dense table: beyond them cells are kept by name only.
const (
	denseAlways = 1 << 16 // cells
	densePer    = 4       // cells per point
	denseMost   = 1 << 23 // sums in all
)

// table is the rectangle of cells that sums are kept for by position. Hexagons are counted along their row from its
// westernmost, so that the rectangle stands upright. One more cell at the end takes what is decided later.
type table struct {
	west, south   int64 // the first column and row
	width, height int64
}

func (t table) cells() int { return int(t.width * t.height) }

// column is a cell's place in its row, counted from the plane's middle.
func (g Grid) column(c Cell) int64 {
	if g.Shape == Square {
		return int64(c.Q)
	}
	return int64(c.Q) + int64(c.R)>>1
}

func (g Grid) cellIn(t table, at int) Cell {
	r, column := t.south+int64(at)/t.width, t.west+int64(at)%t.width
	if g.Shape == Square {
		return Cell{int32(column), int32(r)}
	}
	return Cell{int32(column - r>>1), int32(r)}
}

// position is where a cell's sums are, or false outside the rectangle.
func (g Grid) position(t table, c Cell) (int, bool) {
	column, row := g.column(c)-t.west, int64(c.R)-t.south
	if column < 0 || row < 0 || column >= t.width || row >= t.height {
		return 0, false
	}
	return int(row*t.width + column), true
}

// plan chooses the rectangle from every 1/2048th of the points, with a margin for those not looked at. What lies
// outside is kept by name, so one stray point costs nothing. A scatter too thin for a table gets none.
func plan(p Problem) table {
	step := max(len(p.X)/2048, 1)
	west, east, south, north := int64(math.MaxInt32), int64(math.MinInt32), int64(math.MaxInt32), int64(math.MinInt32)
	for i := 0; i < len(p.X); i += step {
		if (Point{p.X[i], p.Y[i]}).problem() != "" {
			continue
		}
		c := p.Grid.cellAt(float64(p.X[i]), float64(p.Y[i]))
		column := p.Grid.column(c)
		west, east = min(west, column), max(east, column)
		south, north = min(south, int64(c.R)), max(north, int64(c.R))
	}
	if west > east {
		return table{}
	}
	aside, above := 2+(east-west)/32, 2+(north-south)/32
	t := table{west: west - aside, south: south - above, width: east - west + 1 + 2*aside, height: north - south + 1 + 2*above}
	most := max(denseAlways, int64(densePer)*int64(len(p.X)))
	if cells := t.width * t.height; cells > most || cells*int64(len(p.Measures)+1) > denseMost {
		return table{}
	}
	return t
}

// tally is what one half of the points came to, or both of them.
type tally struct {
	few   []uint16    // points per cell of the table, from zero again at every 65,536th
	full  []int32     // the cells that began from zero again, as often as they did
	sums  []int64     // whole measures per cell of the table, side by side
	reals [][]float64 // per real measure, per cell of the table
	late  []int32     // points to be decided one by one: near a border, or outside the table
	bits  []int64     // per whole measure, all weights or-ed: the sign bit tells a negative one
}

// tallies are kept from one call to the next: the first touch of a page of memory that is new to the process can take
// as long as counting a thousand points.
var tallies = sync.Pool{New: func() any { return new(tally) }}

// begin makes a tally of nothing.
func (h *tally) begin(cells, wholes, reals int) {
	h.few, h.full, h.late = zeroed(h.few, cells), h.full[:0], h.late[:0]
	h.sums, h.bits = zeroed(h.sums, cells*wholes), zeroed(h.bits, wholes)
	for len(h.reals) < reals {
		h.reals = append(h.reals, nil)
	}
	h.reals = h.reals[:reals]
	for m := range h.reals {
		h.reals[m] = zeroed(h.reals[m], cells)
	}
}

func zeroed[T any](kept []T, n int) []T {
	if cap(kept) < n {
		return make([]T, n)
	}
	clear(kept[:n])
	return kept[:n]
}

// bin fills in everything of the solution that is said per cell.
func bin(ctx context.Context, p Problem, parallel bool, s *Solution) error {
	if err := soundWeights(p); err != nil {
		return err
	}
	var whole [][]int64
	var reals [][]float64
	for _, m := range p.Measures {
		if m.Whole != nil {
			whole = append(whole, m.Whole)
		} else {
			reals = append(reals, m.Real)
		}
	}
	t := plan(p)
	var got [2]*tally
	for half := range got {
		got[half] = tallies.Get().(*tally)
		defer tallies.Put(got[half])
	}
	err := halves(len(p.X), parallel, func(half, from, to int) error {
		h := got[half]
		h.begin(t.cells()+1, len(whole), len(reals))
		var at [block]int32
		for ; from < to; from += block {
			if err := ctx.Err(); err != nil {
				return err
			}
			end := min(from+block, to)
			h.late = p.Grid.locate(t, p.X[from:end], p.Y[from:end], at[:end-from], int32(from), h.late)
			h.add(at[:end-from], from, whole, reals)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := checkWhole(p, got[0].bits, got[1].bits); err != nil {
		return err
	}
	late := [2][]int32{got[0].late, got[1].late}
	got[0].join(got[1])
	return got[0].collect(ctx, p, t, late, whole, reals, s)
}

// locate writes the position in the table of each point, and appends to late the rows it leaves to exact arithmetic.
func (g Grid) locate(t table, xs, ys []Metres, at []int32, first int32, late []int32) []int32 {
	missed := 0
	if g.Shape == Square {
		missed = g.squares(t, xs, ys, at)
	} else {
		missed = g.hexagons(t, xs, ys, at)
	}
	last := int32(t.cells())
	for i := 0; missed > 0; i++ {
		if at[i] == last {
			late = append(late, first+int32(i))
			missed--
		}
	}
	return late
}

// squares writes positions of points in squares, the last one for those that are left to exact arithmetic, and counts these.
func (g Grid) squares(t table, xs, ys []Metres, at []int32) (missed int) {
	kx, ky := g.scale()
	width, height, last := uint64(t.width), uint64(t.height), int32(t.cells())
	ys, at = ys[:len(xs)], at[:len(xs)]
	for i := range xs {
		a, b := int64(float64(xs[i])*kx), int64(float64(ys[i])*ky)
		column, row := uint64(a>>fixedBits-t.west), uint64(b>>fixedBits-t.south)
		near := min(uint32(a)+nearLine, uint32(b)+nearLine)
		if near < 2*nearLine || column >= width || row >= height {
			at[i] = last
			missed++
			continue
		}
		at[i] = int32(row*width + column)
	}
	return missed
}

// hexagons is squares for hexagons.
//
// Nothing is called in the loop, and little is held in it: values that find no register there cost as much as the arithmetic.
func (g Grid) hexagons(t table, xs, ys []Metres, at []int32) (missed int) {
	kx, ky := g.scale()
	ys, at = ys[:len(xs)], at[:len(xs)]
	// Points of this box lie in cells of the table, wherever the lines between cells run.
	west, east := (t.west+1)<<fixedBits, (t.west+t.width-2)<<fixedBits
	south, north := (3*t.south+2)<<fixedBits/2, (3*(t.south+t.height)-5)<<fixedBits/2
	wide, high := uint64(max(east-west, 0)), uint64(max(north-south, 0))
	// 3·shift makes the sums positive, so that a third is one multiplication; shift is even, so that rows lean as they did.
	// The last sum wraps round to the position.
	const shift = 1 << 22
	along, origin, last := uint32(t.width-1), uint32(-(shift+t.south)*t.width-shift/2-t.west), int32(t.cells())
	for i := range xs {
		a, b := int64(float64(xs[i])*kx), int64(float64(ys[i])*ky)
		upright, rising, falling := 2*a, b+a, b-a
		near := min(uint32(upright)+nearLine, uint32(rising)+nearLine, uint32(falling)+nearLine)
		if near < 2*nearLine || uint64(a-west) >= wide || uint64(b-south) >= high {
			at[i] = last
			missed++
			continue
		}
		third := uint32(upright>>fixedBits+rising>>fixedBits+2+3*shift) / 3
		row := uint32(rising>>fixedBits+falling>>fixedBits+2+3*shift) / 3
		at[i] = int32(row*along + row>>1 + third + origin)
	}
	return missed
}

// add sums a located block.
func (h *tally) add(at []int32, from int, whole [][]int64, reals [][]float64) {
	few := h.few
	for _, c := range at {
		if few[c]++; few[c] == 0 {
			h.full = append(h.full, c)
		}
	}
	switch len(whole) {
	case 0:
	case 1:
		weights, bits, sums := whole[0][from:from+len(at)], h.bits[0], h.sums
		for i, c := range at {
			sums[c] += weights[i]
			bits |= weights[i]
		}
		h.bits[0] = bits
	default:
		for i, c := range at {
			cell := h.sums[int(c)*len(whole):][:len(whole)]
			for m, weights := range whole {
				w := weights[from+i]
				cell[m] += w
				h.bits[m] |= w
			}
		}
	}
	for m, weights := range reals {
		sums := h.reals[m]
		for i, c := range at {
			sums[c] += weights[from+i]
		}
	}
}

// join adds what the other half came to.
func (h *tally) join(other *tally) {
	for at, n := range other.few {
		if h.few[at] += n; h.few[at] < n {
			h.full = append(h.full, int32(at))
		}
	}
	h.full = append(h.full, other.full...)
	for i, v := range other.sums {
		h.sums[i] += v
	}
	for m, sums := range other.reals {
		for at, v := range sums {
			h.reals[m][at] += v
		}
	}
}

// named is a cell outside the table.
type named struct {
	cell   Cell
	points int64
	sums   []int64
	reals  []float64
}

// collect decides the late points, and lists the cells in order.
func (h *tally) collect(ctx context.Context, p Problem, t table, late [2][]int32, whole [][]int64, reals [][]float64, s *Solution) error {
	strays := map[Cell]*named{}
	var lastX, lastY Metres = Metres(math.NaN()), 0
	var c Cell
	for _, rows := range late {
		for n, row := range rows {
			if n%block == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			x, y := p.X[row], p.Y[row]
			if x != lastX || y != lastY {
				if why := (Point{x, y}).problem(); why != "" {
					return &PointError{Row: int(row), Problem: why, At: Point{x, y}}
				}
				c, lastX, lastY = p.Grid.cellAt(float64(x), float64(y)), x, y
			}
			if at, ok := p.Grid.position(t, c); ok {
				if h.few[at]++; h.few[at] == 0 {
					h.full = append(h.full, int32(at))
				}
				for m := range whole {
					h.sums[at*len(whole)+m] += whole[m][row]
				}
				for m := range reals {
					h.reals[m][at] += reals[m][row]
				}
				continue
			}
			stray := strays[c]
			if stray == nil {
				stray = &named{c, 0, make([]int64, len(whole)), make([]float64, len(reals))}
				strays[c] = stray
			}
			stray.points++
			for m := range whole {
				stray.sums[m] += whole[m][row]
			}
			for m := range reals {
				stray.reals[m] += reals[m][row]
			}
		}
	}

	list := make([]named, 0, len(strays))
	for _, stray := range strays {
		list = append(list, *stray)
	}
	slices.SortFunc(list, func(a, b named) int { return compareCells(a.cell, b.cell) })
	slices.Sort(h.full)
	s.list(p, t, h, list)
	return nil
}

func compareCells(a, b Cell) int {
	return cmp.Or(cmp.Compare(a.R, b.R), cmp.Compare(a.Q, b.Q))
}
