package geo

import "math"

// The shift between WGS-84 and GCJ-02 was never published; series and constants are those in common use (see
// github.com/googollee/eviltransform and github.com/qichengzx/coordtransform), and agree with the vectors of the domain page.
const (
	krasovskyA  = 6378245.0
	krasovskyE2 = 0.00669342162296594323
	baiduK      = math.Pi * 3000 / 180
)

// Convert moves a point from one system to another. Outside the box of China GCJ-02 equals WGS-84. The way back is iterated and exact to
// well under a centimetre.
func Convert(p Point, from, to CRS) Point {
	from, to = same(from), same(to)
	if from == to {
		return p
	}
	// down to the system both have in common: GCJ-02 lies between WGS-84 and BD-09
	if from == BD09 {
		p = invert(p, bdOf)
	}
	switch {
	case from != WGS84 && to == WGS84:
		return invert(p, gcjOf)
	case from == WGS84:
		p = gcjOf(p)
	}
	if to == BD09 {
		p = bdOf(p)
	}
	return p
}

// ToWGS84 moves a point into the system Zhidian stores.
func ToWGS84(p Point, from CRS) Point { return Convert(p, from, WGS84) }

func same(c CRS) CRS {
	if c == CGCS2000 {
		return WGS84
	}
	return c
}

// invert finds the point that a shift brings to p. The shifts change slowly from place to place, so each step leaves about a thousandth of
// the error.
func invert(p Point, shift func(Point) Point) Point {
	q := p
	for range 12 {
		s := shift(q)
		dLon, dLat := s.Lon-p.Lon, s.Lat-p.Lat
		q.Lon -= dLon
		q.Lat -= dLat
		if math.Abs(dLon) < 1e-12 && math.Abs(dLat) < 1e-12 {
			break
		}
	}
	return q
}

// gcjOf gives the GCJ-02 position of a WGS-84 point.
func gcjOf(p Point) Point {
	if !p.InChina() {
		return p
	}
	x, y := p.Lon-105, p.Lat-35
	root := math.Sqrt(math.Abs(x))
	common := (20*math.Sin(6*x*math.Pi) + 20*math.Sin(2*x*math.Pi)) * 2 / 3
	dLat := -100 + 2*x + 3*y + 0.2*y*y + 0.1*x*y + 0.2*root + common +
		(20*math.Sin(y*math.Pi)+40*math.Sin(y/3*math.Pi))*2/3 +
		(160*math.Sin(y/12*math.Pi)+320*math.Sin(y*math.Pi/30))*2/3
	dLon := 300 + x + 2*y + 0.1*x*x + 0.1*x*y + 0.1*root + common +
		(20*math.Sin(x*math.Pi)+40*math.Sin(x/3*math.Pi))*2/3 +
		(150*math.Sin(x/12*math.Pi)+300*math.Sin(x/30*math.Pi))*2/3
	sin, cos := math.Sincos(radians(p.Lat))
	w2 := 1 - krasovskyE2*sin*sin
	w := math.Sqrt(w2)
	return Point{
		Lon: p.Lon + degrees(dLon/(krasovskyA/w*cos)),
		Lat: p.Lat + degrees(dLat/(krasovskyA*(1-krasovskyE2)/(w2*w))),
	}
}

// bdOf gives the BD-09 position of a GCJ-02 point.
func bdOf(p Point) Point {
	z := math.Hypot(p.Lon, p.Lat) + 0.00002*math.Sin(p.Lat*baiduK)
	theta := math.Atan2(p.Lat, p.Lon) + 0.000003*math.Cos(p.Lon*baiduK)
	return Point{Lon: z*math.Cos(theta) + 0.0065, Lat: z*math.Sin(theta) + 0.006}
}
