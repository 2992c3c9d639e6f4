package geo

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"zhidian/internal/platform/errs"
)

// What a file of outlines may hold at most. A city's villages fit many times over.
const (
	MaxBoundaryBytes  = 64 << 20
	MaxBoundaries     = 20_000
	MaxBoundaryPoints = 2_000_000
	maxProblems       = 100
)

// ReadBoundaries reads outlines from GeoJSON (RFC 7946): a FeatureCollection or Feature of Polygons and MultiPolygons in the stated
// system, which are moved to WGS-84. Code and name are taken from the properties of usual name. All that is wrong is told at once, up
// to a hundred problems, each with the number of its feature, counted from 1.
func ReadBoundaries(data []byte, crs CRS) ([]Boundary, error) {
	if len(data) > MaxBoundaryBytes {
		return nil, errs.New(errs.Invalid, "geo.file_large", errs.Args{"max": MaxBoundaryBytes >> 20})
	}
	features, err := featuresOf([]byte(strings.TrimPrefix(string(data), "\ufeff")))
	if err != nil {
		return nil, err
	}
	switch {
	case len(features) == 0:
		return nil, errs.New(errs.Invalid, "geo.no_features", nil)
	case len(features) > MaxBoundaries:
		return nil, errs.New(errs.Invalid, "geo.many_features", errs.Args{"max": MaxBoundaries})
	}
	r := reader{crs: crs}
	boundaries := make([]Boundary, 0, len(features))
	for i, f := range features {
		if len(r.problems.List()) >= maxProblems {
			break
		}
		if b, ok := r.boundary(i+1, f); ok {
			boundaries = append(boundaries, b)
		}
		if r.points > MaxBoundaryPoints {
			return nil, errs.New(errs.Invalid, "geo.many_points", errs.Args{"max": MaxBoundaryPoints})
		}
	}
	if err := r.problems.Err(); err != nil {
		return nil, err
	}
	return boundaries, nil
}

func featuresOf(data []byte) ([]*geojson.Feature, error) {
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "geo.not_json", nil)
	}
	switch head.Type {
	case "FeatureCollection":
		c, err := geojson.UnmarshalFeatureCollection(data)
		if err != nil {
			return nil, errs.Wrap(err, errs.Invalid, "geo.not_geojson", nil)
		}
		return c.Features, nil
	case "Feature":
		f, err := geojson.UnmarshalFeature(data)
		if err != nil {
			return nil, errs.Wrap(err, errs.Invalid, "geo.not_geojson", nil)
		}
		return []*geojson.Feature{f}, nil
	}
	return nil, errs.New(errs.Invalid, "geo.not_geojson", nil)
}

// reader gathers the problems of one file.
type reader struct {
	crs      CRS
	problems errs.Problems
	points   int
}

func (r *reader) boundary(n int, f *geojson.Feature) (Boundary, bool) {
	at := fmt.Sprint(n)
	if f == nil {
		r.problems.Add(at, "geo.not_polygon", errs.Args{"feature": n})
		return Boundary{}, false
	}
	b := Boundary{
		Code: property(f, "code", "adcode", "id", "区划代码", "代码"),
		Name: property(f, "name", "NAME", "名称", "区划名称"),
	}
	var parts []orb.Polygon
	switch g := f.Geometry.(type) {
	case orb.Polygon:
		parts = []orb.Polygon{g}
	case orb.MultiPolygon:
		parts = g
	}
	if !r.problems.Require(len(parts) > 0, at, "geo.not_polygon", errs.Args{"feature": n}) {
		return b, false
	}
	for _, part := range parts {
		if !r.problems.Require(len(part) > 0, at, "geo.ring_short", errs.Args{"feature": n}) {
			return b, false
		}
		var poly Polygon
		for i, line := range part {
			ring, key := r.ring(line)
			if key != "" {
				r.problems.Add(at, key, errs.Args{"feature": n})
				return b, false
			}
			if (ring.signedArea() > 0) != (i == 0) {
				slices.Reverse(ring)
			}
			if i == 0 {
				poly.Outer = ring
			} else {
				poly.Holes = append(poly.Holes, ring)
			}
		}
		b.Polygons = append(b.Polygons, poly)
	}
	b.measure()
	return b, true
}

// ring checks a line and moves it to WGS-84; key names what is wrong.
func (r *reader) ring(line orb.Ring) (ring Ring, key string) {
	r.points += len(line)
	if r.points > MaxBoundaryPoints {
		return nil, ""
	}
	if len(line) < 4 {
		return nil, "geo.ring_short"
	}
	if line[0] != line[len(line)-1] {
		return nil, "geo.ring_open"
	}
	ring = make(Ring, 0, len(line)-1)
	for _, c := range line[:len(line)-1] {
		p := Point{c[0], c[1]}
		switch {
		case math.Abs(p.Lon) > 360 || math.Abs(p.Lat) > 360:
			return nil, "geo.projected"
		case !p.InChina() && (Point{p.Lat, p.Lon}).InChina():
			return nil, "geo.swapped"
		case !p.InChina():
			return nil, "geo.off_map"
		}
		ring = append(ring, ToWGS84(p, r.crs))
	}
	if math.Abs(ring.signedArea()) < 1e-14 {
		return nil, "geo.ring_flat"
	}
	return ring, ""
}

// property gives the first of some properties that is there, as text; a code may be written as a number.
func property(f *geojson.Feature, names ...string) string {
	for _, name := range names {
		switch v := f.Properties[name].(type) {
		case string:
			if v = strings.TrimSpace(v); v != "" {
				return v
			}
		case float64:
			return fmt.Sprintf("%.0f", v)
		}
	}
	return ""
}
