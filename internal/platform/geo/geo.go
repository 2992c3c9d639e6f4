// Package geo keeps places on the map where they are: coordinate systems and the shifts between them, distances, outlines, and a flat
// drawing board for counting by area.
package geo

import (
	"embed"
	"math"
	"strings"

	"zhidian/internal/platform/errs"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

// Point is a place in degrees, longitude first. Without other word it is WGS-84.
type Point struct{ Lon, Lat float64 }

// Valid tells whether the point lies on the globe.
func (p Point) Valid() bool { return math.Abs(p.Lon) <= 180 && math.Abs(p.Lat) <= 90 }

// InChina tells whether a point lies in the box 72.004–137.8347° E, 0.8293–55.8271° N, in which Chinese maps are shifted. The box is rough:
// it holds parts of all neighbours.
func (p Point) InChina() bool {
	return p.Lon >= 72.004 && p.Lon <= 137.8347 && p.Lat >= 0.8293 && p.Lat <= 55.8271
}

// earthRadius is the mean radius of the Earth in metres (IUGG).
const earthRadius = 6371008.8

// Distance gives the great-circle distance in metres (haversine; within 0.6% of the ellipsoid).
func Distance(a, b Point) float64 {
	lat1, lat2 := radians(a.Lat), radians(b.Lat)
	sLat, sLon := math.Sin((lat2-lat1)/2), math.Sin(radians(b.Lon-a.Lon)/2)
	h := sLat*sLat + math.Cos(lat1)*math.Cos(lat2)*sLon*sLon
	return 2 * earthRadius * math.Asin(math.Sqrt(min(h, 1)))
}

func radians(deg float64) float64 { return deg * math.Pi / 180 }
func degrees(rad float64) float64 { return rad * 180 / math.Pi }

// CRS names a coordinate system, as stored in source_crs.
type CRS string

const (
	WGS84    CRS = "wgs84"    // GPS and phones; what Zhidian stores
	CGCS2000 CRS = "cgcs2000" // 天地图 and surveys; within 0.1 m of WGS-84, so treated as the same
	GCJ02    CRS = "gcj02"    // 高德, 腾讯
	BD09     CRS = "bd09"     // 百度
)

// ParseCRS reads the name of a coordinate system as forms and files give it.
func ParseCRS(text string) (CRS, error) {
	switch strings.NewReplacer("-", "", "_", "", " ", "", ":", "").Replace(strings.ToLower(strings.TrimSpace(text))) {
	case "wgs84", "epsg4326", "4326", "gps":
		return WGS84, nil
	case "cgcs2000", "epsg4490", "4490", "天地图", "国家2000":
		return CGCS2000, nil
	case "gcj02", "高德", "腾讯", "火星坐标", "火星坐标系":
		return GCJ02, nil
	case "bd09", "bd09ll", "百度":
		return BD09, nil
	}
	return "", errs.New(errs.Invalid, "geo.crs", nil)
}
