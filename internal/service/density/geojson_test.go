package density

import (
	"math"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/geo"
)

func TestShapesAreGeoJSON(t *testing.T) {
	t.Parallel()
	const outline = `{"type":"Polygon","coordinates":[[[1,2],[3,4],[5,6],[1,2]]]}`
	divisions := &Sketch{Edges: map[org.ID]string{"a": outline}}
	hexagons := &Sketch{Drawing: Drawing{Side: 1000}}
	for name, x := range map[string]struct {
		got  Geometry
		want string
	}{
		"division":         {divisions.Shape(&Area{Figures: Figures{Node: org.Node{ID: "a"}}}), outline},
		"without outline":  {divisions.Shape(&Area{Figures: Figures{Node: org.Node{ID: "b"}}}), "null"},
		"hexagon, closed":  {hexagons.Shape(&Area{Corners: []geo.Point{{Lon: 114.123456, Lat: 29.1}, {Lon: 114.2, Lat: 29.1}, {Lon: 114.2, Lat: 29.2}}}), `{"type":"Polygon","coordinates":[[[114.12346,29.1],[114.2,29.1],[114.2,29.2],[114.12346,29.1]]]}`},
		"without corners":  {hexagons.Shape(&Area{}), "null"},
		"point":            {PointShape(geo.Point{Lon: 114.3225, Lat: 29.8413}), `{"type":"Point","coordinates":[114.3225,29.8413]}`},
		"no number at all": {PointShape(geo.Point{Lon: math.NaN(), Lat: math.Inf(1)}), `{"type":"Point","coordinates":[0,0]}`},
	} {
		if string(x.got) != x.want {
			t.Errorf("%s: %s, want %s", name, x.got, x.want)
		}
	}
}
