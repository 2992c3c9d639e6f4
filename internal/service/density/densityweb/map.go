package densityweb

import (
	"encoding/json"
	"math"
	"net/http"

	"zhidian/internal/platform/web"
	"zhidian/internal/service/density"
)

// feature is one thing on a map, as GeoJSON (RFC 7946).
type feature struct {
	Type       string           `json:"type"`
	Properties map[string]any   `json:"properties"`
	Geometry   density.Geometry `json:"geometry"`
}

type collection struct {
	Type     string    `json:"type"`
	Source   string    `json:"source,omitempty"`
	Features []feature `json:"features"`
	Note     string    `json:"note,omitempty"`
}

// mapJSON is what the drawing on the page reads.
func (p *pages) mapJSON(w http.ResponseWriter, r *web.Request) error {
	c, err := read(r)
	if err != nil {
		return err
	}
	k, err := p.density.Sketch(r.Context(), r.Actor, c.Query)
	if err != nil {
		return err
	}
	c.Side = k.Drawing.Side
	all := collection{Type: "FeatureCollection", Features: []feature{}}
	for _, g := range k.Land {
		all.Features = append(all.Features, shape("land", g))
	}
	x := words{r.L}
	for i := range k.Drawing.Areas {
		all.Features = append(all.Features, x.area(c, k, &k.Drawing.Areas[i]))
	}
	for _, id := range k.Order {
		all.Features = append(all.Features, shape("edge", k.Edges[id]))
	}
	for _, g := range k.Land {
		all.Features = append(all.Features, shape("rim", g))
	}
	for _, n := range k.Seats {
		all.Features = append(all.Features, feature{Type: "Feature", Properties: map[string]any{"kind": "seat", "name": n.Name}, Geometry: density.PointShape(*n.At)})
	}
	pins, err := p.pins(r, c, k)
	if err != nil {
		return err
	}
	all.Features = append(all.Features, pins...)
	cacheable(w)
	return r.JSON(w, http.StatusOK, all)
}

func (p *pages) pins(r *web.Request, c choice, k *density.Sketch) ([]feature, error) {
	spots, err := p.density.Spots(r.Context(), r.Actor, density.SpotFilter{Place: c.Place, Delivery: c.Delivery, State: density.Open, Limit: 7})
	if err != nil {
		return nil, err
	}
	var out []feature
	for i, b := range spots.Rows {
		if b.Node.At == nil || b.Unit != "" {
			continue
		}
		out = append(out, feature{Type: "Feature", Geometry: density.PointShape(*b.Node.At), Properties: map[string]any{
			"kind": "blind", "no": i + 1, "name": spotName(b), "href": home + "/blind-spots/" + b.ID.String(),
		}})
	}
	return out, nil
}

func shape(kind, geometry string) feature {
	return feature{Type: "Feature", Properties: map[string]any{"kind": kind}, Geometry: density.Geometry(geometry)}
}

// area is a cell with what it says when it is pointed at.
func (x words) area(c choice, k *density.Sketch, a *density.Area) feature {
	f := feature{Type: "Feature", Geometry: k.Shape(a), Properties: map[string]any{
		"kind": "cell", "id": a.ID, "class": a.Class, "name": x.areaName(k, a) + x.l.T("density.colon") + x.areaValue(k.Drawing.Layer, a),
	}}
	if k.Drawing.Side == 0 {
		f.Properties["href"] = c.href(home+"/cell", "side", "0", "division", a.Node.ID.String())
	} else {
		f.Properties["href"] = c.href(home+"/cell", "cell", a.ID)
	}
	return f
}

func (x words) areaName(k *density.Sketch, a *density.Area) string {
	if k.Drawing.Side == 0 || len(a.Places) == 1 {
		return a.Node.Name
	}
	return x.l.T("density.cell.around", "village", a.Node.Name, "n", len(a.Places))
}

func (x words) areaValue(layer density.Layer, a *density.Area) string {
	if !a.Known {
		return x.l.T("density.not_shown")
	}
	text := x.l.T("density.layer."+string(layer)) + " " + x.amount(layer, a.Value)
	if a.Part {
		text += x.l.T("density.part")
	}
	return text
}

// mapFile is the same cells with their figures, to be opened elsewhere.
func (p *pages) mapFile(w http.ResponseWriter, r *web.Request) error {
	c, err := read(r)
	if err != nil {
		return err
	}
	k, err := p.density.Sketch(r.Context(), r.Actor, c.Query)
	if err != nil {
		return err
	}
	if err := p.density.Exported(r.Context(), r.Actor, k.View, "geojson", len(k.Drawing.Areas)); err != nil {
		return err
	}
	c.Side = k.Drawing.Side
	x := words{r.L}
	all := collection{Type: "FeatureCollection", Source: x.source(k.View), Features: []feature{}}
	if k.Schematic {
		all.Note = r.L.T("density.schematic")
	}
	for i := range k.Drawing.Areas {
		a := &k.Drawing.Areas[i]
		f := x.area(c, k, a)
		f.Properties = map[string]any{
			"id": a.ID, "name": x.areaName(k, a), "youth": open(a.Youth), "members": open(a.Members), "orgs": a.Orgs,
			"member_ratio": openRate(a.Ratio), "orgs_per_1000_youth": openRate(a.Per1000), "partly_hidden": a.Part,
		}
		if k.Drawing.Layer == density.LayerScore && a.Known {
			f.Properties["cluster_score"] = math.Round(a.Value*1000) / 1000
		}
		all.Features = append(all.Features, f)
	}
	web.Download(w, k.View.Place().Name+"-"+k.View.Stamp.AsOf.String()+".geojson", "application/geo+json")
	return json.NewEncoder(w).Encode(all)
}

// open is a figure for programs: null where it is not shown.
func open(v density.Value) any {
	if v.Why != density.Shown {
		return nil
	}
	return v.N
}

func openRate(r density.Rate) any {
	if r.Why != density.Shown || !r.Known {
		return nil
	}
	return float64(r.Millionths) / 1e6
}
