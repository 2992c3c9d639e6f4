package density

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
)

// Method names how a count known for one place is spread over the cells around it.
type Method string

const (
	// Even gives every cell the same.
	Even Method = "even"
	// Taper gives a cell less the farther its centre is: 1 at the place, falling straight to 0 one side beyond the radius.
	Taper Method = "taper"
)

// Place is where a count is known, a village for example.
type Place struct {
	At    Point
	Count int64
}

// Estimate is counts spread over cells. It is never a count: whoever shows it says so and names method and radius.
type Estimate struct {
	Method Method
	Radius Metres
	Cells  []Cell // by R, then by Q
	Whole  []int64
	Total  int64 // equal to the sum of the places' counts
}

// Spread divides each place's count over the cells whose centre is within the radius of it, and the cell it lies in.
// Shares are whole: each cell first gets its share rounded down, then those with the largest remainders one more,
// until the count is used up; of equal remainders the nearer centre comes first, then the lower R, then the lower Q.
// Shares are computed in millionths and whole metres' thousandths, so that every machine finds the same.
func Spread(g Grid, places []Place, radius Metres, method Method) (Estimate, error) {
	if err := g.validate(); err != nil {
		return Estimate{}, err
	}
	if !(radius >= 0 && radius <= 50*g.Side) {
		return Estimate{}, &LimitError{What: "radius", Value: float64(radius), Min: 0, Max: float64(50 * g.Side)}
	}
	if method != Even && method != Taper {
		return Estimate{}, &LimitError{What: "method"}
	}
	e := Estimate{Method: method, Radius: radius}
	sums := map[Cell]int64{}
	for i, place := range places {
		if why := place.At.problem(); why != "" {
			return Estimate{}, &PointError{Row: i, Problem: why, At: place.At}
		}
		if place.Count < 0 {
			return Estimate{}, &MeasureError{Name: "count", Row: i, Problem: Negative}
		}
		if e.Total > math.MaxInt64-place.Count {
			return Estimate{}, &MeasureError{Name: "count", Row: i, Problem: TooLarge}
		}
		e.Total += place.Count
		parts := g.around(place.At, radius, method)
		for j, n := range divide(place.Count, parts) {
			if n > 0 {
				sums[parts[j].cell] += n
			}
		}
	}
	for c := range sums {
		e.Cells = append(e.Cells, c)
	}
	slices.SortFunc(e.Cells, compareCells)
	for _, c := range e.Cells {
		e.Whole = append(e.Whole, sums[c])
	}
	return e, nil
}

// part is a cell's claim to a place's count.
type part struct {
	cell   Cell
	away   int64 // millimetres
	weight uint64
}

// around lists the cells that share a place's count, nearest first.
func (g Grid) around(at Point, radius Metres, method Method) []part {
	own := g.cellAt(float64(at.X), float64(at.Y))
	// No centre within the radius is more rows or columns away than this; axial columns lean by half a row.
	reach := int32(math.Ceil(float64((radius+g.Side)/g.Side))) + 1
	var parts []part
	for r := own.R - reach; r <= own.R+reach; r++ {
		for q := own.Q - 2*reach; q <= own.Q+2*reach; q++ {
			c := Cell{q, r}
			centre := g.Centre(c)
			away := int64(math.Round(math.Hypot(float64(centre.X-at.X), float64(centre.Y-at.Y)) * 1000))
			if c != own && away > int64(math.Round(float64(radius)*1000)) {
				continue
			}
			weight := uint64(1)
			if method == Taper {
				end := int64(math.Round(float64(radius+g.Side) * 1000))
				weight = uint64(max(end-away, 1) * 1_000_000 / end)
				weight = max(weight, 1)
			}
			parts = append(parts, part{c, away, weight})
		}
	}
	slices.SortFunc(parts, func(a, b part) int { return cmp.Or(cmp.Compare(a.away, b.away), compareCells(a.cell, b.cell)) })
	return parts
}

// divide shares out a count by the largest remainder. parts come in the order in which ties are decided.
func divide(count int64, parts []part) []int64 {
	whole := uint64(0)
	for _, p := range parts {
		whole += p.weight
	}
	shares, rest := make([]int64, len(parts)), make([]uint64, len(parts))
	left := count
	order := make([]int, len(parts))
	for i, p := range parts {
		high, low := bits.Mul64(uint64(count), p.weight)
		share, remainder := bits.Div64(high, low, whole)
		shares[i], rest[i], order[i] = int64(share), remainder, i
		left -= int64(share)
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
	for _, i := range order[:left] {
		shares[i]++
	}
	return shares
}
