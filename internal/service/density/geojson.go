package density

import (
	"cmp"
	"encoding/json"
	"math"

	"zhidian/internal/platform/geo"
)

// Geometry is a shape on a map as GeoJSON (RFC 7946) has it, in WGS-84; null where a place has no shape.
type Geometry = json.RawMessage

// nowhere is the geometry of what has no shape.
const nowhere = "null"

// Shape is the outline of a hexagon or division of the map.
func (k *Sketch) Shape(a *Area) Geometry {
	if k.Drawing.Side == 0 {
		return Geometry(cmp.Or(k.Edges[a.Node.ID], nowhere))
	}
	if len(a.Corners) == 0 {
		return Geometry(nowhere)
	}
	ring := make([][2]float64, 0, len(a.Corners)+1)
	for _, p := range a.Corners {
		ring = append(ring, position(p))
	}
	return geometry("Polygon", [][][2]float64{append(ring, ring[0])})
}

// PointShape is a point on a map.
func PointShape(p geo.Point) Geometry { return geometry("Point", position(p)) }

func geometry(kind string, coordinates any) Geometry {
	b, err := json.Marshal(struct {
		Type        string `json:"type"`
		Coordinates any    `json:"coordinates"`
	}{kind, coordinates})
	if err != nil {
		return Geometry(nowhere) // cannot be: finite numbers only
	}
	return b
}

// position is longitude and latitude to five decimals of a degree, about a metre.
func position(p geo.Point) [2]float64 {
	short := func(x float64) float64 {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return 0
		}
		return math.Round(x*1e5) / 1e5
	}
	return [2]float64{short(p.Lon), short(p.Lat)}
}
