package geo

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
	"zhidian/internal/platform/errs"
)

func collection(features ...string) string {
	return `{"type":"FeatureCollection","features":[` + strings.Join(features, ",") + `]}`
}

func feature(properties, kind, coordinates string) string {
	return fmt.Sprintf(`{"type":"Feature","properties":{%s},"geometry":{"type":%q,"coordinates":%s}}`, properties, kind, coordinates)
}

const (
	square   = `[[[114,29],[115,29],[115,30],[114,30],[114,29]]]`
	holed    = `[[[114,29],[114,30],[115,30],[115,29],[114,29]],[[114.4,29.4],[114.6,29.4],[114.6,29.6],[114.4,29.6],[114.4,29.4]]]`
	twoParts = `[[[[114,29],[115,29],[115,30],[114,29]]],[[[116,29],[117,29],[117,30],[116,29]]]]`
)

func TestBoundariesAreReadAndTurned(t *testing.T) {
	t.Parallel()
	text := "\ufeff" + collection(
		feature(`"adcode":421202,"name":" 咸安区 "`, "Polygon", holed),
		feature(`"code":"421221","名称":"嘉鱼县"`, "MultiPolygon", twoParts),
	)
	got, err := ReadBoundaries([]byte(text), WGS84)
	if err != nil || len(got) != 2 {
		t.Fatalf("%d %v", len(got), err)
	}
	if got[0].Code != "421202" || got[0].Name != "咸安区" || got[1].Code != "421221" || got[1].Name != "嘉鱼县" {
		t.Errorf("%q %q %q %q", got[0].Code, got[0].Name, got[1].Code, got[1].Name)
	}
	if p := got[0].Polygons[0]; p.Outer.signedArea() <= 0 || len(p.Holes) != 1 || p.Holes[0].signedArea() >= 0 || len(p.Outer) != 4 {
		t.Errorf("outline %v", p)
	}
	if got[1].Box() != (Box{114, 29, 117, 30}) {
		t.Errorf("box %v", got[1].Box())
	}
	for _, c := range []struct {
		b    int
		p    Point
		want bool
	}{
		{0, Point{114.2, 29.2}, true},
		{0, Point{114.5, 29.5}, false}, // in the hole
		{0, Point{115.5, 29.5}, false},
		{1, Point{114.8, 29.3}, true},
		{1, Point{116.8, 29.3}, true},
		{1, Point{115.5, 29.3}, false}, // between the parts
	} {
		if got[c.b].Contains(c.p) != c.want {
			t.Errorf("%v in %s is not %v", c.p, got[c.b].Name, c.want)
		}
	}
	one, err := ReadBoundaries([]byte(feature(`"name":"x"`, "Polygon", square)), GCJ02)
	if err != nil || one[0].Polygons[0].Outer[0] != ToWGS84(Point{114, 29}, GCJ02) {
		t.Errorf("shifted outline: %v %v", one, err)
	}
}

func TestWrongFilesAreNamed(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{
		"":                            "geo.not_json",
		`{"type":"FeatureCollection"`: "geo.not_json",
		`[]`:                          "geo.not_json",
		`{"type":"Topology"}`:         "geo.not_geojson",
		`{"type":"FeatureCollection","features":5}`: "geo.not_geojson",
		collection(): "geo.no_features",
	} {
		if _, err := ReadBoundaries([]byte(text), WGS84); errs.KeyOf(err) != key {
			t.Errorf("%q: %v, want %s", text, err, key)
		}
	}
	if _, err := ReadBoundaries(make([]byte, MaxBoundaryBytes+1), WGS84); errs.KeyOf(err) != "geo.file_large" {
		t.Errorf("large: %v", err)
	}
	many := strings.Repeat(`{"type":"Feature","properties":null,"geometry":null},`, MaxBoundaries+1)
	if _, err := ReadBoundaries([]byte(collection(strings.TrimSuffix(many, ","))), WGS84); errs.KeyOf(err) != "geo.many_features" {
		t.Errorf("many: %v", err)
	}
}

func TestAllWrongFeaturesAreTold(t *testing.T) {
	t.Parallel()
	wrong := []struct{ feature, key string }{
		{feature("", "Point", `[114,29]`), "geo.not_polygon"},
		{feature("", "Polygon", `[]`), "geo.ring_short"},
		{feature("", "Polygon", `[[[114,29],[115,29],[114,29]]]`), "geo.ring_short"},
		{feature("", "Polygon", `[[[114,29],[115,29],[115,30],[114,30]]]`), "geo.ring_open"},
		{feature("", "Polygon", `[[[114,29],[115,29],[116,29],[114,29]]]`), "geo.ring_flat"},
		{feature("", "Polygon", `[[[29,114],[30,114],[30,115],[29,114]]]`), "geo.swapped"},
		{feature("", "Polygon", `[[[0,0],[1,0],[1,1],[0,0]]]`), "geo.off_map"},
		{feature("", "Polygon", `[[[38500000,3300000],[38500100,3300000],[38500100,3300100],[38500000,3300000]]]`), "geo.projected"},
		{`{"type":"Feature","properties":{},"geometry":null}`, "geo.not_polygon"},
	}
	features := []string{feature("", "Polygon", square)}
	for _, w := range wrong {
		features = append(features, w.feature)
	}
	_, err := ReadBoundaries([]byte(collection(features...)), WGS84)
	problems := errs.ProblemsOf(err)
	if len(problems) != len(wrong) {
		t.Fatalf("%d problems of %d: %v", len(problems), len(wrong), err)
	}
	for i, w := range wrong {
		if problems[i].Key != w.key || problems[i].Field != fmt.Sprint(i+2) {
			t.Errorf("feature %d: %s %s, want %s", i+2, problems[i].Field, problems[i].Key, w.key)
		}
	}
}

// Four quarters that share lines and one corner: each point lies in exactly one.
func TestNeighboursShareNoPoint(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mid := Point{rapid.Float64Range(114.1, 114.9).Draw(t, "mid lon"), rapid.Float64Range(29.1, 29.9).Draw(t, "mid lat")}
		a, b, c, d := Point{114, 29}, Point{115, 29}, Point{115, 30}, Point{114, 30}
		quarters := []Ring{{a, b, mid}, {b, c, mid}, {c, d, mid}, {d, a, mid}}
		p := Point{rapid.Float64Range(114.0001, 114.9999).Draw(t, "lon"), rapid.Float64Range(29.0001, 29.9999).Draw(t, "lat")}
		switch rapid.IntRange(0, 3).Draw(t, "where") {
		case 0:
			p = mid
		case 1:
			p.Lat = mid.Lat
		}
		in := 0
		for _, q := range quarters {
			if q.Contains(p) {
				in++
			}
		}
		if in != 1 {
			t.Fatalf("%v lies in %d quarters around %v", p, in, mid)
		}
	})
}

func FuzzReadBoundaries(f *testing.F) {
	f.Add([]byte(collection(feature(`"name":"x"`, "Polygon", holed))))
	f.Add([]byte(collection(feature(`"code":1e99`, "MultiPolygon", twoParts), `null`)))
	f.Add([]byte(feature("", "Polygon", `[[[114,29],[115]]]`)))
	f.Add([]byte(`{"type":"Feature","geometry":{"type":"GeometryCollection","geometries":[]}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := ReadBoundaries(data, BD09)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid || got != nil {
				t.Fatalf("%v with %d", err, len(got))
			}
			return
		}
		for _, b := range got {
			for _, poly := range b.Polygons {
				if len(poly.Outer) < 3 {
					t.Fatalf("outline of %d points", len(poly.Outer))
				}
				b.Contains(poly.Outer[0])
			}
		}
	})
}
