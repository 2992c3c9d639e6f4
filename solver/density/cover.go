package density

import (
	"context"
	"math"
	"math/big"
)

// Sizes of the raster that tells most points at one look whether they are covered.
const (
	rasterPer  = 10      // squares per radius, if the raster stays small enough
	rasterMost = 1 << 22 // squares
)

// What is known of a raster square, in two bits. Covered stands above partly.
const (
	partly  byte = 1 // some site reaches into it
	covered byte = 2 // one site reaches all of it

	perByte  = 4 // squares
	eachByte = partly * 0b01_01_01_01
)

// raster covers the sites' surroundings, four squares a byte, so that it stays near the processor. Everything outside it is
// covered by none.
type raster struct {
	west, south, perMetre float64
	square                float64
	width, height         int
	stride                int // bytes per row
	state                 []byte
	index                 siteIndex
	within                float64
}

// cover computes the covered part of the points and of each measure.
func cover(ctx context.Context, p Problem, parallel bool, s *Solution) error {
	if len(p.Sites) == 0 {
		return nil
	}
	r := newRaster(p.Sites, float64(p.Within))
	var points [2]int64
	amounts := [2][]Amount{make([]Amount, len(p.Measures)), make([]Amount, len(p.Measures))}
	err := halves(len(p.X), parallel, func(half, from, to int) error {
		var hit [block]bool
		for ; from < to; from += block {
			if err := ctx.Err(); err != nil {
				return err
			}
			end := min(from+block, to)
			points[half] += r.count(p.X[from:end], p.Y[from:end], hit[:])
			for m := range p.Measures {
				p.Measures[m].sumIf(hit[:end-from], from, &amounts[half][m])
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	s.Covered = points[0] + points[1]
	for m := range p.Measures {
		s.Measures[m].Covered = Amount{
			Whole: amounts[0][m].Whole + amounts[1][m].Whole,
			Real:  amounts[0][m].Real + amounts[1][m].Real,
		}
	}
	return nil
}

func (m Measure) sumIf(hit []bool, from int, to *Amount) {
	if m.Whole != nil {
		for i, w := range m.Whole[from : from+len(hit)] {
			if hit[i] {
				to.Whole += w
			}
		}
		return
	}
	for i, w := range m.Real[from : from+len(hit)] {
		if hit[i] {
			to.Real += w
		}
	}
}

func newRaster(sites []Point, within float64) *raster {
	r := &raster{within: within}
	west, south, east, north := bounds(sites)
	r.west, r.south = west-within-1, south-within-1
	wide, high := east-west+2*within+2, north-south+2*within+2
	square := max(within/rasterPer, math.Sqrt(wide*high/rasterMost))
	square = max(square, wide/(1<<20), high/(1<<20)) // a long thin line of sites
	r.square, r.perMetre = square, 1/square
	r.width, r.height = int(wide*r.perMetre)+1, int(high*r.perMetre)+1
	r.stride = (r.width + perByte - 1) / perByte
	r.state = make([]byte, r.stride*r.height)
	r.index = newSiteIndex(sites, max(within, square))
	for _, site := range sites {
		r.stamp(float64(site.X), float64(site.Y))
	}
	return r
}

// stamp marks, row by row, the squares that a site reaches into, widened by a millionth so that rounding cannot hide one, and
// those it reaches all of, less a millionth.
func (r *raster) stamp(x, y float64) {
	slack := r.square*1e-6 + 1e-6
	out, in := r.within+slack, r.within-slack
	top := min(int((y+out-r.south)*r.perMetre), r.height-1)
	for row := max(int((y-out-r.south)*r.perMetre), 0); row <= top; row++ {
		southern := r.south + float64(row)*r.square - y
		near, far := gap(southern, southern+r.square)
		line := r.state[row*r.stride : (row+1)*r.stride]
		if left := out*out - near*near; left >= 0 {
			half := math.Sqrt(left) + slack
			first, last := (x-half-r.west)*r.perMetre, (x+half-r.west)*r.perMetre
			mark(line, max(int(first), 0), min(int(last)+1, r.width), partly)
		}
		if left := in*in - far*far; in > 0 && left > 0 {
			half := math.Sqrt(left) - slack
			first, last := (x-half-r.west)*r.perMetre, (x+half-r.west)*r.perMetre
			mark(line, max(int(math.Ceil(first)), 0), min(int(last), r.width), covered)
		}
	}
}

// mark adds what is known of the squares of a row.
func mark(line []byte, from, to int, known byte) {
	if from >= to {
		return
	}
	first, last := from/perByte, (to-1)/perByte
	here, end := byte(0xff)<<(2*(from%perByte)), byte(0xff)>>(2*(perByte-1-(to-1)%perByte))
	all := eachByte * known
	if first == last {
		line[first] |= all & here & end
		return
	}
	line[first] |= all & here
	for i := first + 1; i < last; i++ {
		line[i] |= all
	}
	line[last] |= all & end
}

// gap is how near to and how far from nought an interval comes.
func gap(from, to float64) (near, far float64) {
	return max(from, -to, 0), max(-from, to)
}

// count says how many points are covered, and of each whether it is.
func (r *raster) count(xs, ys []Metres, hit []bool) (n int64) {
	ys, hit = ys[:len(xs)], hit[:len(xs)]
	west, south, perMetre, state := r.west, r.south, r.perMetre, r.state
	width, height, stride := uint(r.width), uint(r.height), uint(r.stride)
	for i := range xs {
		x, y := float64(xs[i]), float64(ys[i])
		column, row := uint(int((x-west)*perMetre)), uint(int((y-south)*perMetre))
		known := byte(0)
		if column < width && row < height {
			known = state[row*stride+column/perByte] >> (2 * (column % perByte)) & (partly | covered)
		}
		if known == partly && r.index.anyWithin(x, y, r.within) {
			known = covered
		}
		hit[i] = known >= covered
		n += int64(known / covered)
	}
	return n
}

// reaches says exactly whether a site is within reach of a point.
func reaches(x, y float64, site Point, within float64) bool {
	dx, dy := x-float64(site.X), y-float64(site.Y)
	square, limit := dx*dx+dy*dy, within*within
	if doubt := 1e-8*within + 1e-14*limit; math.Abs(square-limit) > doubt {
		return square < limit
	}
	exact := func(v float64) *big.Rat { return new(big.Rat).SetFloat64(v) }
	a, b, d := exact(x), exact(y), exact(within)
	a.Sub(a, exact(float64(site.X)))
	b.Sub(b, exact(float64(site.Y)))
	a.Mul(a, a).Add(a, b.Mul(b, b))
	return a.Cmp(d.Mul(d, d)) <= 0
}

func bounds(points []Point) (west, south, east, north float64) {
	west, south, east, north = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range points {
		west, east = min(west, float64(p.X)), max(east, float64(p.X))
		south, north = min(south, float64(p.Y)), max(north, float64(p.Y))
	}
	return west, south, east, north
}
