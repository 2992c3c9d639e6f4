package geo

import "math"

// Ring is a closed line; its first point is not repeated at the end.
type Ring []Point

// Polygon is an outline, anticlockwise, with holes, clockwise.
type Polygon struct {
	Outer Ring
	Holes []Ring
}

// Boundary is the outline of one division, perhaps in several parts, in WGS-84.
type Boundary struct {
	Code     string // as the file gives it, perhaps empty
	Name     string
	Polygons []Polygon
	box      Box
}

// Box is a rectangle of longitudes and latitudes, its edges included.
type Box struct{ West, South, East, North float64 }

// Box gives the smallest box around the outline.
func (b *Boundary) Box() Box { return b.box }

// Has tells whether a point lies in the box.
func (b Box) Has(p Point) bool {
	return p.Lon >= b.West && p.Lon <= b.East && p.Lat >= b.South && p.Lat <= b.North
}

func (b *Boundary) measure() {
	b.box = Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, poly := range b.Polygons {
		for _, p := range poly.Outer {
			b.box.West, b.box.East = min(b.box.West, p.Lon), max(b.box.East, p.Lon)
			b.box.South, b.box.North = min(b.box.South, p.Lat), max(b.box.North, p.Lat)
		}
	}
}

// Contains tells whether a point lies inside. A point on a line common to two outlines lies in exactly one of them.
func (b *Boundary) Contains(p Point) bool {
	if !b.box.Has(p) {
		return false
	}
	for _, poly := range b.Polygons {
		if poly.Contains(p) {
			return true
		}
	}
	return false
}

// Contains tells whether a point lies inside the outline and in no hole.
func (poly Polygon) Contains(p Point) bool {
	if !poly.Outer.Contains(p) {
		return false
	}
	for _, hole := range poly.Holes {
		if hole.Contains(p) {
			return false
		}
	}
	return true
}

// Contains counts how often the line eastwards from the point crosses the ring; odd is inside.
func (r Ring) Contains(p Point) bool {
	inside := false
	for i, a := range r {
		b := r[(i+1)%len(r)]
		if a.Lat > b.Lat { // the same sum for an edge seen from either side, so that neighbours agree
			a, b = b, a
		}
		if p.Lat >= a.Lat && p.Lat < b.Lat && p.Lon < a.Lon+(p.Lat-a.Lat)/(b.Lat-a.Lat)*(b.Lon-a.Lon) {
			inside = !inside
		}
	}
	return inside
}

// signedArea gives the area in square degrees, positive for anticlockwise rings.
func (r Ring) signedArea() float64 {
	if len(r) == 0 {
		return 0
	}
	sum := 0.0
	o := r[0] // near by, so that digits are not lost
	for i, a := range r {
		b := r[(i+1)%len(r)]
		sum += (a.Lon-o.Lon)*(b.Lat-o.Lat) - (b.Lon-o.Lon)*(a.Lat-o.Lat)
	}
	return sum / 2
}
