package density

import (
	"context"
	"math"
)

// siteIndex is the sites sorted into squares.
type siteIndex struct {
	sites                 []Point
	west, south, perMetre float64
	square                float64
	width, height         int
	first                 []int32 // per square, where its sites begin in order; one more at the end
	order                 []int32 // site numbers by square, ascending within one
}

// newSiteIndex sorts sites into squares of at least the given size, at most about four per site.
func newSiteIndex(sites []Point, square float64) siteIndex {
	west, south, east, north := bounds(sites)
	wide, high := east-west+1, north-south+1
	most := float64(4*len(sites) + 16)
	square = max(square, math.Sqrt(wide*high/most), wide/most, high/most)
	x := siteIndex{sites: sites, west: west, south: south, perMetre: 1 / square, square: square}
	x.width, x.height = int(wide*x.perMetre)+1, int(high*x.perMetre)+1
	x.first = make([]int32, x.width*x.height+1)
	at := func(p Point) int {
		column, row := x.squareOf(float64(p.X), float64(p.Y))
		return row*x.width + column
	}
	for _, p := range sites {
		x.first[at(p)+1]++
	}
	for i := 1; i < len(x.first); i++ {
		x.first[i] += x.first[i-1]
	}
	x.order = make([]int32, len(sites))
	next := append([]int32(nil), x.first...)
	for i, p := range sites {
		here := at(p)
		x.order[next[here]] = int32(i)
		next[here]++
	}
	return x
}

// squareOf is the square of a position, or the nearest one at the rim.
func (s *siteIndex) squareOf(x, y float64) (column, row int) {
	column = int(min(max((x-s.west)*s.perMetre, 0), float64(s.width-1)))
	row = int(min(max((y-s.south)*s.perMetre, 0), float64(s.height-1)))
	return column, row
}

// anyWithin says whether a site is within reach. The squares must not be smaller than the reach.
func (s *siteIndex) anyWithin(x, y, within float64) bool {
	slack := within + 1e-6*s.square // rounding must not hide a square
	west, south := s.squareOf(x-slack, y-slack)
	east, north := s.squareOf(x+slack, y+slack)
	for row := south; row <= north; row++ {
		line := s.first[row*s.width:]
		for _, i := range s.order[line[west]:line[east+1]] {
			if reaches(x, y, s.sites[i], within) {
				return true
			}
		}
	}
	return false
}

// nearest fills in each point's nearest site and its distance.
func nearest(ctx context.Context, p Problem, parallel bool, s *Solution) error {
	s.Distance, s.Site = make([]Metres, len(p.X)), make([]int32, len(p.X))
	if len(p.Sites) == 0 {
		for i := range s.Site {
			s.Distance[i], s.Site[i] = Metres(math.Inf(1)), -1
		}
		return nil
	}
	index := newSiteIndex(p.Sites, 0)
	return halves(len(p.X), parallel, func(_, from, to int) error {
		for i := from; i < to; i++ {
			if (i-from)%block == 0 {
				if err := ctx.Err(); err != nil {
					return err
				}
			}
			site, square := index.nearest(float64(p.X[i]), float64(p.Y[i]))
			s.Site[i], s.Distance[i] = site, Metres(math.Sqrt(square))
		}
		return nil
	})
}

// nearest looks at ring after ring of squares until no nearer site can be left.
func (s *siteIndex) nearest(x, y float64) (site int32, square float64) {
	site, square = -1, math.Inf(1)
	column, row := s.squareOf(x, y)
	look := func(row, west, east int) {
		if row < 0 || row >= s.height {
			return
		}
		west, east = max(west, 0), min(east, s.width-1)
		if west > east {
			return
		}
		line := s.first[row*s.width:]
		for _, i := range s.order[line[west]:line[east+1]] {
			dx, dy := x-float64(s.sites[i].X), y-float64(s.sites[i].Y)
			if d := dx*dx + dy*dy; d < square || d == square && i < site {
				site, square = i, d
			}
		}
	}
	for ring := 0; ring <= s.width+s.height; ring++ {
		// Sites in this ring are at least (ring-1) squares away, also from outside the index.
		if away := float64(ring-1) * s.square; ring > 0 && site >= 0 && away*away*(1-1e-9) > square {
			break
		}
		look(row-ring, column-ring, column+ring)
		if ring == 0 {
			continue
		}
		for r := row - ring + 1; r < row+ring; r++ {
			look(r, column-ring, column-ring)
			look(r, column+ring, column+ring)
		}
		look(row+ring, column-ring, column+ring)
	}
	return site, square
}
