package api

import (
	"context"
	"encoding/json"
	"math"
	"slices"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/density"
)

// comparedIn says which two deliveries are laid side by side.
type comparedIn struct {
	FiguresIn
	Was int64 `query:"was" minimum:"0" doc:"较早的一批，0 为前一次 the earlier delivery; 0: the one before"`
}

type comparedRow struct {
	Division divisionJSON `json:"division"`
	Was      *figuresJSON `json:"was" doc:"当时没有此区划时为 null null where there was no such division"`
	Now      figuresJSON  `json:"now"`
}

type comparedOut struct {
	Body struct {
		Was  *deliveryJSON `json:"was"`
		Now  deliveryJSON  `json:"now"`
		Rows []comparedRow `json:"rows"`
		Sum  comparedRow   `json:"sum"`
	}
}

func (a *surface) compare(s Services) {
	add(a, operation{path: "/api/v1/density/compare", name: "compareDensity", summary: "两批对比 two deliveries side by side", verb: density.Read, limit: web.Reading},
		func(ctx context.Context, r *web.Request, in *comparedIn) (*comparedOut, error) {
			q, err := in.query()
			if err != nil {
				return nil, err
			}
			now, was, err := s.both(ctx, r.Actor, q, in.Was)
			if err != nil {
				return nil, err
			}
			out := &comparedOut{}
			b := &out.Body
			b.Now, b.Rows = stampOut(now.Stamp), make([]comparedRow, len(now.Rows))
			before := map[string]figuresJSON{}
			if was != nil {
				stamp := stampOut(was.Stamp)
				b.Was = &stamp
				for _, f := range append(was.Rows, was.Sum) {
					before[f.Node.ID.String()] = figuresOut(f, false)
				}
			}
			row := func(f density.Figures) comparedRow {
				x := comparedRow{Division: divisionOut(f.Node), Now: figuresOut(f, false)}
				if old, ok := before[f.Node.ID.String()]; ok {
					x.Was = &old
				}
				return x
			}
			for i, f := range now.Rows {
				b.Rows[i] = row(f)
			}
			b.Sum = row(now.Sum)
			return out, nil
		})
}

// both sees a delivery and the one that it is compared with, nil where there is none before it.
func (s Services) both(ctx context.Context, by authz.Actor, q density.Query, before int64) (now, was *density.View, err error) {
	if now, err = s.Density.See(ctx, by, q); err != nil {
		return nil, nil, err
	}
	for _, x := range now.Stamps {
		if before == 0 && x.AsOf < now.Stamp.AsOf {
			before = x.Delivery
		}
	}
	if before == 0 {
		return now, nil, nil
	}
	q.Delivery = before
	was, err = s.Density.See(ctx, by, q)
	return now, was, err
}

type mapIn struct {
	FiguresIn
	Layer string `query:"layer" enum:"youth,members,orgs,ratio,per_1000,score" default:"youth"`
	Side  int    `query:"side" minimum:"0" maximum:"2000" default:"0" doc:"六边形边长（米）：250、500、1000、2000，0 为区划；比来源精度更细的按区划给出 edge of a hexagon in metres, 0 for divisions; finer than the source allows gives divisions"`
}

// featureJSON is one area of a map.
type featureJSON struct {
	Type       string          `json:"type" enum:"Feature"`
	ID         string          `json:"id"`
	Properties areaJSON        `json:"properties"`
	Geometry   json.RawMessage `json:"geometry"`
}

// areaJSON is what stands in a hexagon or division.
type areaJSON struct {
	Name    string    `json:"name" doc:"区划，或六边形内青年最多的村 the division, or the fullest village of the hexagon"`
	Places  int       `json:"places"`
	Value   *float64  `json:"value" doc:"图层的值，不公布时为 null the layer's value, null where it is not shown"`
	Youth   valueJSON `json:"youth"`
	Members valueJSON `json:"members"`
	Orgs    int64     `json:"orgs"`
	Ratio   rateJSON  `json:"member_ratio"`
	Per1000 rateJSON  `json:"orgs_per_1000_youth"`
	Part    bool      `json:"partly_hidden" doc:"其中有的地方不公布、未计入 some of the places in it are not shown and not counted"`
}

// mapJSON is a map as GeoJSON (RFC 7946).
type mapJSON struct {
	Type      string        `json:"type" enum:"FeatureCollection"`
	Delivery  deliveryJSON  `json:"delivery"`
	Layer     string        `json:"layer"`
	Side      int           `json:"side_m" doc:"0 为区划 0 for divisions"`
	Schematic bool          `json:"schematic" doc:"轮廓为示意 outlines are schematic"`
	Features  []featureJSON `json:"features"`
}

// ContentType makes GeoJSON of it.
func (mapJSON) ContentType(string) string { return "application/geo+json" }

type mapOut struct{ Body mapJSON }

func (a *surface) picture(s Services) {
	add(a, operation{path: "/api/v1/density/map", name: "getDensityMap", summary: "地图 the map as GeoJSON", verb: density.Export, limit: web.Exporting},
		func(ctx context.Context, r *web.Request, in *mapIn) (*mapOut, error) {
			q, err := in.query()
			if err != nil {
				return nil, err
			}
			if in.Side != 0 && !slices.Contains(density.Sides, in.Side) {
				return nil, badField("query.side")
			}
			q.Layer, q.Side = density.Layer(in.Layer), in.Side
			k, err := s.Density.Sketch(ctx, r.Actor, q)
			if err != nil {
				return nil, err
			}
			if err := s.Density.Exported(ctx, r.Actor, k.View, "geojson", len(k.Drawing.Areas)); err != nil {
				return nil, err
			}
			out := &mapOut{mapJSON{
				Type: "FeatureCollection", Delivery: stampOut(k.View.Stamp), Layer: string(k.Drawing.Layer), Side: k.Drawing.Side,
				Schematic: k.Schematic, Features: make([]featureJSON, len(k.Drawing.Areas)),
			}}
			for i := range k.Drawing.Areas {
				out.Body.Features[i] = featureOut(k, &k.Drawing.Areas[i])
			}
			return out, nil
		})
}

func featureOut(k *density.Sketch, x *density.Area) featureJSON {
	f := featureJSON{Type: "Feature", ID: x.ID, Geometry: k.Shape(x), Properties: areaJSON{
		Name: x.Node.Name, Places: len(x.Places), Youth: valueOut(x.Youth), Members: valueOut(x.Members), Orgs: x.Orgs,
		Ratio: rateOut(x.Ratio), Per1000: rateOut(x.Per1000), Part: x.Part,
	}}
	if x.Known {
		v := math.Round(x.Value*1e6) / 1e6
		f.Properties.Value = &v
	}
	return f
}
