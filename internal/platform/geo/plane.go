package geo

import "math"

// XY is a place on a Plane in metres, X to the east and Y to the north of its centre.
type XY struct{ X, Y float64 }

// Plane is a flat drawing board around a centre on which areas are true: Lambert's azimuthal equal-area projection on the WGS-84 ellipsoid
// (Snyder, Map Projections: A Working Manual, 1987, p. 187). Within 150 km of the centre lengths are true to 1 in 10,000.
type Plane struct {
	e, e2, qp, rq, d, lon0, sin1, cos1 float64
}

const (
	wgs84A  = 6378137.0
	wgs84E2 = 0.00669437999014
)

// NewPlane makes the plane around a centre, which must not be a pole.
func NewPlane(centre Point) Plane { return newPlane(centre, wgs84A, wgs84E2) }

func newPlane(centre Point, a, e2 float64) Plane {
	p := Plane{e: math.Sqrt(e2), e2: e2, lon0: radians(centre.Lon)}
	p.qp = p.q(1)
	p.rq = a * math.Sqrt(p.qp/2)
	sin, cos := math.Sincos(radians(centre.Lat))
	p.sin1 = p.q(sin) / p.qp
	p.cos1 = math.Sqrt(1 - p.sin1*p.sin1)
	p.d = a * cos / (math.Sqrt(1-e2*sin*sin) * p.rq * p.cos1)
	return p
}

// q is the authalic function of the sine of a latitude (Snyder 3-12).
func (p Plane) q(sin float64) float64 {
	es := p.e * sin
	return (1 - p.e2) * (sin/(1-es*es) + math.Atanh(es)/p.e)
}

// Forward puts a point on the plane.
func (p Plane) Forward(at Point) XY {
	sinB := p.q(math.Sin(radians(at.Lat))) / p.qp
	cosB := math.Sqrt(max(0, 1-sinB*sinB))
	sinL, cosL := math.Sincos(radians(at.Lon) - p.lon0)
	b := p.rq * math.Sqrt(2/(1+p.sin1*sinB+p.cos1*cosB*cosL))
	return XY{X: b * p.d * cosB * sinL, Y: b / p.d * (p.cos1*sinB - p.sin1*cosB*cosL)}
}

// Inverse takes a place on the plane back to the globe.
func (p Plane) Inverse(at XY) Point {
	x, y := at.X/p.d, at.Y*p.d
	rho := math.Hypot(x, y)
	sinC, cosC := 0.0, 1.0
	sinB := p.sin1
	if rho > 0 {
		sinC, cosC = math.Sincos(2 * math.Asin(min(1, rho/(2*p.rq))))
		sinB = cosC*p.sin1 + y*sinC*p.cos1/rho
	}
	lon := p.lon0 + math.Atan2(x*sinC, rho*p.cos1*cosC-y*p.sin1*sinC)
	return Point{Lon: degrees(math.Remainder(lon, 2*math.Pi)), Lat: degrees(p.latitude(sinB * p.qp))}
}

// latitude undoes q by Newton's steps (Snyder 3-16).
func (p Plane) latitude(q float64) float64 {
	lat := math.Asin(max(-1, min(1, q/p.qp)))
	for range 6 {
		sin, cos := math.Sincos(lat)
		if math.Abs(cos) < 1e-9 {
			break
		}
		w := 1 - p.e2*sin*sin
		step := w * w / (2 * cos * (1 - p.e2)) * (q - p.q(sin))
		lat += step
		if math.Abs(step) < 1e-14 {
			break
		}
	}
	return lat
}

// MetresPerPixel gives the ground length of a pixel of a Web Mercator map with 512-pixel tiles at a latitude and zoom.
func MetresPerPixel(lat, zoom float64) float64 {
	return 2 * math.Pi * wgs84A * math.Cos(radians(lat)) / (512 * math.Exp2(zoom))
}

// ScaleBar gives the longest bar of 1, 2 or 5 times a power of ten metres that is no longer than so many pixels; zeros when there is none.
func ScaleBar(metresPerPixel, maxPixels float64) (metres, pixels float64) {
	longest := metresPerPixel * maxPixels
	if !(longest > 0) || math.IsInf(longest, 0) || metresPerPixel <= 0 {
		return 0, 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(longest)))
	metres = unit
	for _, n := range []float64{2, 5, 10} {
		if n*unit <= longest {
			metres = n * unit
		}
	}
	return metres, metres / metresPerPixel
}
