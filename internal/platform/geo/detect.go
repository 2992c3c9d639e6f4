package geo

import (
	"math"
	"slices"
)

// Pair is a point as a file gives it and the same place from a source we trust, in WGS-84.
type Pair struct{ Given, Reference Point }

// minPairs is the fewest pairs from which a shift is named: one point alone cannot tell which system it is in.
const minPairs = 20

// DetectShift names the system in which the given points were taken, when at least 20 valid pairs exist and exactly one system fits: read
// in it, the points lie around their references without a common drift, and read in any other they all drift the same way. References may
// be coarse, as centres of villages, as long as they are coarse in all directions. WGS84 means "not shifted".
func DetectShift(pairs []Pair) (CRS, bool) {
	usable := make([]Pair, 0, len(pairs))
	for _, p := range pairs {
		if p.Given.Valid() && p.Reference.Valid() && p.Reference.InChina() {
			usable = append(usable, p)
		}
	}
	if len(usable) < minPairs {
		return "", false
	}
	var found CRS
	for _, crs := range []CRS{WGS84, GCJ02, BD09} {
		drift, doubt := driftOf(usable, crs)
		switch {
		case drift <= 20+2*doubt:
			if found != "" {
				return "", false
			}
			found = crs
		case drift < 100+4*doubt:
			return "", false
		}
	}
	return found, found != ""
}

// driftOf gives, in metres, the length of the median offset from reference to given point read in a system, and the doubt about it: twice
// the median scatter over the root of their number.
func driftOf(pairs []Pair, crs CRS) (drift, doubt float64) {
	n := len(pairs)
	east, north := make([]float64, n), make([]float64, n)
	for i, p := range pairs {
		q := ToWGS84(p.Given, crs)
		east[i] = radians(q.Lon-p.Reference.Lon) * math.Cos(radians(p.Reference.Lat)) * earthRadius
		north[i] = radians(q.Lat-p.Reference.Lat) * earthRadius
	}
	e, s := median(east), median(north)
	scatter := make([]float64, n)
	for i := range scatter {
		scatter[i] = math.Hypot(east[i]-e, north[i]-s)
	}
	return math.Hypot(e, s), 2 * median(scatter) / math.Sqrt(float64(n))
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}
