package demo

import (
	"math"

	"zhidian/internal/platform/geo"
)

// Outlines draws a schematic outline for the city, its counties and townships: the ground nearest to each one's
// villages, in squares of one kilometre with their corners cut. Real outlines are uploaded by the customer.
func (c *City) Outlines() map[string][][]geo.Point {
	g := newGround(c.villages)
	all := map[string][][]geo.Point{}
	for _, d := range c.Divisions {
		var inside func(v Division) bool
		switch d.Level {
		case "city":
			inside = func(Division) bool { return true }
		case "county":
			inside = func(v Division) bool { return c.countyOf[v.Code].Code == d.Code }
		case "township":
			inside = func(v Division) bool { return v.Parent == d.Code }
		default:
			continue
		}
		all[d.Code] = g.rings(inside)
	}
	return all
}

// ground is the city in squares, each belonging to its nearest village.
type ground struct {
	villages    []Division
	west, south float64 // kilometres of the lower left corner, from the origin
	cols, rows  int
	owner       []int // index of a village, -1 for nobody's
	lon, lat    float64
	perLon      float64 // kilometres per degree
}

const (
	perLat  = 110.57 // kilometres per degree
	reachKM = 5.5    // ground farther from every village is nobody's
)

func newGround(villages []Division) *ground {
	g := &ground{villages: villages, lon: 114.2, lat: 29.6}
	g.perLon = 111.32 * math.Cos(g.lat*math.Pi/180)
	minX, minY, maxX, maxY := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	xs, ys := make([]float64, len(villages)), make([]float64, len(villages))
	for i, v := range villages {
		xs[i], ys[i] = (v.At.Lon-g.lon)*g.perLon, (v.At.Lat-g.lat)*perLat
		minX, maxX = min(minX, xs[i]), max(maxX, xs[i])
		minY, maxY = min(minY, ys[i]), max(maxY, ys[i])
	}
	g.west, g.south = math.Floor(minX-reachKM)-1, math.Floor(minY-reachKM)-1
	g.cols, g.rows = int(maxX-minX+2*reachKM)+4, int(maxY-minY+2*reachKM)+4
	g.owner = make([]int, g.cols*g.rows)
	for r := range g.rows {
		for k := range g.cols {
			x, y := g.west+float64(k)+0.5, g.south+float64(r)+0.5
			best, who := reachKM*reachKM, -1
			for i := range villages {
				if d := (xs[i]-x)*(xs[i]-x) + (ys[i]-y)*(ys[i]-y); d < best {
					best, who = d, i
				}
			}
			g.owner[r*g.cols+k] = who
		}
	}
	return g
}

// corner is a corner of a square.
type corner struct{ k, r int }

// rings walks around the squares that belong, land on the left, and cuts the corners.
func (g *ground) rings(inside func(Division) bool) [][]geo.Point {
	in := func(k, r int) bool {
		if k < 0 || r < 0 || k >= g.cols || r >= g.rows {
			return false
		}
		o := g.owner[r*g.cols+k]
		return o >= 0 && inside(g.villages[o])
	}
	next := map[corner][]corner{}
	edge := func(a, b corner) { next[a] = append(next[a], b) }
	var starts []corner
	for r := range g.rows {
		for k := range g.cols {
			if !in(k, r) {
				continue
			}
			if !in(k, r-1) {
				edge(corner{k, r}, corner{k + 1, r})
				starts = append(starts, corner{k, r})
			}
			if !in(k+1, r) {
				edge(corner{k + 1, r}, corner{k + 1, r + 1})
			}
			if !in(k, r+1) {
				edge(corner{k + 1, r + 1}, corner{k, r + 1})
			}
			if !in(k-1, r) {
				edge(corner{k, r + 1}, corner{k, r})
			}
		}
	}
	var rings [][]geo.Point
	for _, s := range starts {
		var ring []corner
		for at := s; len(next[at]) > 0; {
			to := next[at][0]
			next[at] = next[at][1:]
			ring = append(ring, at)
			at = to
		}
		if len(ring) >= 4 && area(ring) > 0 {
			rings = append(rings, g.cut(ring))
		}
	}
	return rings
}

func area(ring []corner) float64 {
	sum := 0
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		sum += a.k*b.r - b.k*a.r
	}
	return float64(sum) / 2
}

// cut rounds a ring by Chaikin's rule, twice, and closes it.
func (g *ground) cut(ring []corner) []geo.Point {
	pts := make([][2]float64, len(ring))
	for i, c := range ring {
		pts[i] = [2]float64{float64(c.k), float64(c.r)}
	}
	for range 2 {
		fine := make([][2]float64, 0, 2*len(pts))
		for i, a := range pts {
			b := pts[(i+1)%len(pts)]
			fine = append(fine, [2]float64{0.75*a[0] + 0.25*b[0], 0.75*a[1] + 0.25*b[1]}, [2]float64{0.25*a[0] + 0.75*b[0], 0.25*a[1] + 0.75*b[1]})
		}
		pts = fine
	}
	out := make([]geo.Point, 0, len(pts)+1)
	for _, p := range pts {
		out = append(out, geo.Point{
			Lon: math.Round((g.lon+(g.west+p[0])/g.perLon)*1e5) / 1e5,
			Lat: math.Round((g.lat+(g.south+p[1])/perLat)*1e5) / 1e5,
		})
	}
	return append(out, out[0])
}
