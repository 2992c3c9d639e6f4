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

// What is known of a raster square.
const (
	uncovered byte = iota // no site reaches into it
	partly                // ask the sites
	covered               // one site reaches all of it
)

// raster covers the sites' surroundings. Everything outside it is uncovered.
type raster struct {
	west, south, perMetre float64
	width, height         int
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
			points[half] += r.mark(p.X[from:end], p.Y[from:end], hit[:])
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
	r.perMetre = 1 / square
	r.width, r.height = int(wide*r.perMetre)+1, int(high*r.perMetre)+1
	r.state = make([]byte, r.width*r.height)
	r.index = newSiteIndex(sites, max(within, square))
	for _, site := range sites {
		r.stamp(float64(site.X), float64(site.Y), square)
	}
	return r
}

// stamp marks the squares that a site reaches into, widened by a millionth so that rounding cannot hide one.
func (r *raster) stamp(x, y, square float64) {
	slack := square*1e-6 + 1e-6
	out := (r.within + slack) * (r.within + slack)
	in := r.within - slack
	in = math.Copysign(in*in, in)
	first := max(int((x-r.within-slack-r.west)*r.perMetre), 0)
	last := min(int((x+r.within+slack-r.west)*r.perMetre), r.width-1)
	top := min(int((y+r.within+slack-r.south)*r.perMetre), r.height-1)
	for row := max(int((y-r.within-slack-r.south)*r.perMetre), 0); row <= top; row++ {
		southern := r.south + float64(row)*square - y
		nearY, farY := gap(southern, southern+square)
		line := r.state[row*r.width : (row+1)*r.width]
		for column := first; column <= last; column++ {
			western := r.west + float64(column)*square - x
			nearX, farX := gap(western, western+square)
			switch {
			case farX*farX+farY*farY <= in:
				line[column] = covered
			case line[column] == uncovered && nearX*nearX+nearY*nearY <= out:
				line[column] = partly
			}
		}
	}
}

// gap is how near to and how far from nought an interval comes.
func gap(from, to float64) (near, far float64) {
	return max(from, -to, 0), max(-from, to)
}

// mark says of each point whether it is covered, and how many are.
func (r *raster) mark(xs, ys []Metres, hit []bool) (n int64) {
	ys, hit = ys[:len(xs)], hit[:len(xs)]
	for i := range xs {
		x, y := float64(xs[i]), float64(ys[i])
		column, row := int64((x-r.west)*r.perMetre), int64((y-r.south)*r.perMetre)
		known := uncovered
		if uint64(column) < uint64(r.width) && uint64(row) < uint64(r.height) {
			known = r.state[int(row)*r.width+int(column)]
		}
		if known == partly && r.index.anyWithin(x, y, r.within) {
			known = covered
		}
		hit[i] = known == covered
		n += int64(known >> 1)
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
