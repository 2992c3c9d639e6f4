package density

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
)

// square is the corners of an outline about a town of the test city, in WGS-84.
var square = []geo.Point{{Lon: 114.20, Lat: 29.70}, {Lon: 114.50, Lat: 29.70}, {Lon: 114.50, Lat: 30.00}, {Lon: 114.20, Lat: 30.00}}

// drawn is a file of outlines in a coordinate system: the square once for each pair of code and name.
func drawn(t *testing.T, crs geo.CRS, of ...[2]string) []byte {
	t.Helper()
	var ring [][2]float64
	for i := range len(square) + 1 {
		p := geo.Convert(square[i%len(square)], geo.WGS84, crs)
		ring = append(ring, [2]float64{p.Lon, p.Lat})
	}
	var features []any
	for _, x := range of {
		features = append(features, map[string]any{
			"type": "Feature", "properties": map[string]string{"code": x[0], "name": x[1]},
			"geometry": map[string]any{"type": "Polygon", "coordinates": [][][2]float64{ring}},
		})
	}
	text, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// In whichever system an outline is given, the map draws it where it lies.
func TestOutlinesOfEachSystemLieWhereTheyLie(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, clerk, "咸宁市")
		for _, crs := range []geo.CRS{geo.WGS84, geo.CGCS2000, geo.GCJ02, geo.BD09} {
			county := b.Nodes["咸安区"]
			k, err := b.s.Sketch(ctx, by, Query{})
			if err != nil {
				t.Fatal(err)
			}
			before := k.Edges[county.ID]
			file := drawn(t, crs, [2]string{"421202", "随便什么区"})
			f, err := b.s.Outlines(ctx, by, file, crs, " 市局 ", false)
			if err != nil || f.Ready != 1 || f.Origin != "市局" || !f.Fits[0].Found || f.Fits[0].Node.ID != county.ID || f.Fits[0].Points != 4 {
				t.Fatalf("%s: %+v, %v", crs, f, err)
			}
			if k, err = b.s.Sketch(ctx, by, Query{}); err != nil || k.Edges[county.ID] != before {
				t.Errorf("%s: what was only checked is drawn: %v", crs, err)
			}
			if _, err := b.s.Outlines(ctx, by, file, crs, "市局", true); err != nil {
				t.Fatal(err)
			}
			if k, err = b.s.Sketch(ctx, by, Query{}); err != nil {
				t.Fatal(err)
			}
			var shape struct{ Coordinates [][][][2]float64 }
			if err := json.Unmarshal([]byte(k.Edges[county.ID]), &shape); err != nil || len(shape.Coordinates) != 1 || len(shape.Coordinates[0][0]) != 5 {
				t.Fatalf("%s: %v %s", crs, err, k.Edges[county.ID])
			}
			for _, got := range shape.Coordinates[0][0] {
				near := math.Inf(1)
				for _, want := range square {
					near = min(near, geo.Distance(want, geo.Point{Lon: got[0], Lat: got[1]}))
				}
				if near > 1 { // metres
					t.Errorf("%s: %v is %.1f m from where it lies", crs, got, near)
				}
			}
		}
	})
}

// What is not known, or known twice, or beyond the reader's right, is told and left out; a file of nothing else is refused.
func TestOutlinesThatDoNotFitAreLeftOut(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, clerk, "咸安区")
		f, err := b.s.Outlines(ctx, by, drawn(t, geo.WGS84,
			[2]string{"", "咸安区甲镇"}, [2]string{"421202100000", ""}, [2]string{"", "<b>虚构镇"}, [2]string{"421221", "嘉鱼县"}, [2]string{"421202101", "x"}), geo.WGS84, "", true)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, x := range f.Fits {
			got += fmt.Sprintf("%s found %v twice %v; ", x.Node.Name, x.Found, x.Twice)
		}
		want := "咸安区甲镇 found true twice false; 咸安区甲镇 found false twice true;  found false twice false;  found false twice false; 咸安区乙镇 found true twice false; "
		if got != want || f.Ready != 2 {
			t.Errorf("%d ready\n got %s\nwant %s", f.Ready, got, want)
		}
		k, err := b.s.Sketch(ctx, b.Actor(t, clerk, "咸宁市"), Query{Place: b.Nodes["咸安区"].ID})
		if err != nil || len(k.Order) != 2 {
			t.Errorf("%d towns are drawn, %v", len(k.Order), err)
		}
		before := b.rows(t)
		if _, err := b.s.Outlines(ctx, by, drawn(t, geo.WGS84, [2]string{"421221", "嘉鱼县"}), geo.WGS84, "", true); errs.KeyOf(err) != "density.outlines_none" {
			t.Errorf("another county: %v", err)
		}
		if b.rows(t) != before {
			t.Error("figures have changed")
		}
	})
}

func TestFilesThatAreNoOutlinesAreNamed(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		by := b.Actor(t, clerk, "咸宁市")
		feature := func(geometry string) string {
			return `{"type":"Feature","properties":{"code":"421202"},"geometry":` + geometry + `}`
		}
		k, err := b.s.Sketch(ctx, by, Query{})
		if err != nil {
			t.Fatal(err)
		}
		before := k.Edges[b.Nodes["咸安区"].ID]
		for key, file := range map[string]string{
			"geo.not_json":    `{"type":"FeatureColl`,
			"geo.not_geojson": `{"type":"Topology"}`,
			"geo.no_features": `{"type":"FeatureCollection","features":[]}`,
			"geo.not_polygon": feature(`{"type":"Point","coordinates":[114.2,29.7]}`),
			"geo.ring_short":  feature(`{"type":"Polygon","coordinates":[[[114.2,29.7],[114.3,29.7],[114.2,29.7]]]}`),
			"geo.ring_open":   feature(`{"type":"Polygon","coordinates":[[[114.2,29.7],[114.3,29.7],[114.3,29.8],[114.2,29.8]]]}`),
			"geo.projected":   feature(`{"type":"Polygon","coordinates":[[[500000,3300000],[510000,3300000],[510000,3310000],[500000,3300000]]]}`),
			"geo.swapped":     feature(`{"type":"Polygon","coordinates":[[[29.7,114.2],[29.7,114.3],[29.8,114.3],[29.7,114.2]]]}`),
			"geo.off_map":     feature(`{"type":"Polygon","coordinates":[[[2,48],[3,48],[3,49],[2,48]]]}`),
			"geo.file_large":  strings.Repeat(" ", geo.MaxBoundaryBytes+1),
		} {
			for _, set := range []bool{false, true} {
				_, err := b.s.Outlines(ctx, by, []byte(file), geo.WGS84, "", set)
				found := errs.KeyOf(err) == key
				for _, p := range errs.ProblemsOf(err) {
					found = found || p.Key == key
				}
				if !found || errs.KindOf(err) != errs.Invalid {
					t.Errorf("%s: %v", key, err)
				}
			}
		}
		many := bytes.Repeat([]byte(`{"type":"Feature","properties":{},"geometry":null},`), geo.MaxBoundaries+1)
		many = append(append([]byte(`{"type":"FeatureCollection","features":[`), many[:len(many)-1]...), `]}`...)
		if _, err := b.s.Outlines(ctx, by, many, geo.WGS84, "", true); errs.KeyOf(err) != "geo.many_features" {
			t.Errorf("too many: %v", err)
		}
		if k, err = b.s.Sketch(ctx, by, Query{}); err != nil || k.Edges[b.Nodes["咸安区"].ID] != before {
			t.Errorf("a refused file is drawn: %v", err)
		}
	})
}
