package xpath

import (
	"math"
	"strings"
)

// earth is the radius in metres by which ODK's clients measure.
const earth = 6378100

var geoFunctions = map[string]function{
	"distance": {1, many, Number, func(_ *Env, a []Value) Value { return numberOf(distance(points(a))) }, nil},
	"area":     {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(area(points(a))) }, nil},
	"geofence": {2, 2, Boolean, func(_ *Env, a []Value) Value {
		p, shape := points(a[:1]), points(a[1:])
		return boolOf(len(p) == 1 && inside(p[0], shape))
	}, nil},
}

type point struct{ lat, lon float64 } // degrees

// points reads what geopoint, geotrace and geoshape answer: points between semicolons, each latitude, longitude and perhaps
// altitude and accuracy between blanks. Several nodes are one line. What is none is left out.
func points(args []Value) []point {
	var all []point
	for _, text := range spread(args) {
		for one := range strings.SplitSeq(text, ";") {
			parts := strings.Fields(one)
			if len(parts) < 2 {
				continue
			}
			p := point{toNumber(parts[0]), toNumber(parts[1])}
			if math.Abs(p.lat) <= 90 && math.Abs(p.lon) <= 180 {
				all = append(all, p)
			}
		}
	}
	return all
}

func rad(degrees float64) float64 { return degrees * math.Pi / 180 }

// distance is the length of a line in metres.
func distance(line []point) float64 {
	sum := 0.0
	for i := 1; i < len(line); i++ {
		a, b := line[i-1], line[i]
		u, v := math.Sin(rad(b.lat-a.lat)/2), math.Sin(rad(b.lon-a.lon)/2)
		sum += 2 * earth * math.Asin(math.Sqrt(u*u+math.Cos(rad(a.lat))*math.Cos(rad(b.lat))*v*v))
	}
	return sum
}

// area is what a ring encloses, in square metres; fewer than three points enclose nothing.
func area(ring []point) float64 {
	if len(ring) < 3 {
		return 0
	}
	sum := 0.0
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		sum += rad(b.lon-a.lon) * (2 + math.Sin(rad(a.lat)) + math.Sin(rad(b.lat)))
	}
	return math.Abs(sum * earth * earth / 2)
}

// inside tells whether a ring encloses a point, by the crossings of a line to the east.
func inside(p point, ring []point) bool {
	in := false
	for i, a := range ring {
		b := ring[(i+1)%len(ring)]
		if (a.lat > p.lat) != (b.lat > p.lat) && p.lon < (b.lon-a.lon)*(p.lat-a.lat)/(b.lat-a.lat)+a.lon {
			in = !in
		}
	}
	return in
}
