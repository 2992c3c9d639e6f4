package placeweb

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

// feature is one thing on a map, as GeoJSON (RFC 7946); ui.Map says what its properties mean.
type feature struct {
	Type       string            `json:"type"`
	Properties map[string]string `json:"properties"`
	Geometry   json.RawMessage   `json:"geometry"`
}

type collection struct {
	Type     string    `json:"type"`
	Features []feature `json:"features"`
}

func shape(kind string, geometry json.RawMessage) feature {
	return feature{Type: "Feature", Properties: map[string]string{"kind": kind}, Geometry: geometry}
}

func site(p place.Place) feature {
	f := shape("site", json.RawMessage(`{"type":"Point","coordinates":[`+degrees(p.At.Lon)+`,`+degrees(p.At.Lat)+`]}`))
	f.Properties["name"], f.Properties["href"] = p.Name, placeURL(p.ID, "")
	return f
}

// degrees writes an angle to five decimals, about a metre.
func degrees(x float64) string { return strconv.FormatFloat(x, 'f', 5, 64) }

// pins are the places of the list's filter, over the outlines of where the viewer looks.
func (p *pages) pins(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	in := v.scope(r)
	all := collection{Type: "FeatureCollection", Features: []feature{}}
	if all.Features, _, err = p.outlines(r, in); err != nil {
		return err
	}
	sites, err := p.s.Pins(r.Context(), r.Actor, v.filter)
	if err != nil {
		return err
	}
	for _, s := range sites {
		all.Features = append(all.Features, site(s))
	}
	return answer(w, r, all)
}

// pin is one place within its county.
func (p *pages) pin(w http.ResponseWriter, r *web.Request) error {
	var f found
	err := p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) (err error) {
		f, err = readable(q, r.Actor, r.PathValue("id"))
		return err
	})
	if err != nil {
		return err
	}
	all := collection{Type: "FeatureCollection"}
	if all.Features, _, err = p.outlines(r, f.county()); err != nil {
		return err
	}
	all.Features = append(all.Features, site(f.Place))
	return answer(w, r, all)
}

// scope is the part of the tree whose places are listed.
func (v listed) scope(r *web.Request) authz.Scope {
	in := r.Actor.Scope(place.Read)
	if v.filter.At != "" {
		in = in.Narrow(v.filter.At)
	}
	return in
}

// county is the part of the tree around one place.
func (f found) county() authz.Scope {
	return authz.Scope{Paths: []authz.Path{upTo(f.org.Path, 2)}}
}

// upTo gives the node above p that is so many levels below the top, or p itself where it is not so deep.
func upTo(p authz.Path, levels int) authz.Path {
	up := org.Ancestors(p)
	return up[min(levels, len(up))-1]
}

// outlines draw the divisions of a scope: those on its first level as land, those of the next as lines in it. They are
// schematic when any is.
func (p *pages) outlines(r *web.Request, in authz.Scope) (features []feature, schematic bool, err error) {
	features = []feature{}
	err = p.s.DB.Read(r.Context(), r.City, func(q *sqldb.Rx) error {
		all, err := org.Boundaries(q, in, org.County, org.Township)
		if err != nil {
			return err
		}
		ids := make([]org.ID, len(all))
		for i, o := range all {
			ids[i] = o.Org
		}
		nodes, err := org.Named(q, ids)
		if err != nil {
			return err
		}
		var land, lines []feature
		top := 99
		for _, o := range all {
			top, schematic = min(top, nodes[o.Org].Depth), schematic || o.Schematic
		}
		for _, o := range all {
			switch n := nodes[o.Org]; {
			case n.Depth == top:
				land = append(land, shape("land", json.RawMessage(o.GeoJSON)))
				lines = append(lines, shape("rim", json.RawMessage(o.GeoJSON)))
			case len(in.Paths) > 0 && !whole(in):
				lines = append(lines, shape("edge", json.RawMessage(o.GeoJSON)))
			}
		}
		features = append(append(features, land...), lines...) // never null, which no map reads
		return nil
	})
	return features, schematic, err
}

// whole tells whether a scope is the whole city, whose townships are too many to draw.
func whole(in authz.Scope) bool {
	return in.All || slices.ContainsFunc(in.Paths, func(p authz.Path) bool { return strings.Count(string(p), "/") == 1 })
}

func answer(w http.ResponseWriter, r *web.Request, all collection) error {
	w.Header().Set("Cache-Control", "private, no-cache")
	return r.JSON(w, http.StatusOK, all)
}

// base is what every map of places stands on.
type base struct {
	assets    *ui.Assets
	schematic bool
	source    string
}

func (p *pages) base(r *web.Request, in authz.Scope) (base, error) {
	_, schematic, err := p.outlines(r, in)
	return base{p.doors.Assets, schematic, r.L.T("place.map_source", "day", r.L.Date(day.Of(r.Now, r.L.Zone())))}, err
}

// drawing is the map above the list.
func (v listed) drawing(r *web.Request, b base) ui.Map {
	title := r.L.T("place.list")
	if v.at.ID != "" {
		title = v.at.Name + " · " + title
	}
	m := ui.Map{
		ID: "places-map", Label: r.L.T("place.map_label", "n", v.count.N), Title: title, Src: v.url(home + "/map.json"), Source: b.source, Schematic: b.schematic, Assets: b.assets,
		Legend: ui.Legend{Title: r.L.T("place.legend"), Entries: []ui.LegendEntry{{Class: "site", Label: v.legend(r), Count: r.L.Int(int64(v.count.N))}}},
	}
	if v.count.N > place.PinLimit {
		m.Source = r.L.T("place.map_part", "n", place.PinLimit) + " " + m.Source
	}
	return m
}

func (v listed) legend(r *web.Request) string {
	if v.filter.Kind != "" {
		return v.filter.Kind
	}
	return r.L.T("place.legend_all")
}

// drawing is the map of one place.
func (f found) drawing(r *web.Request, b base) ui.Map {
	return ui.Map{
		ID: "place-map", Label: r.L.T("place.map_one", "name", f.Name), Title: f.Name, Src: placeURL(f.ID, "map.json"), Source: b.source, Schematic: b.schematic, Assets: b.assets,
		Legend: ui.Legend{Title: r.L.T("place.legend"), Entries: []ui.LegendEntry{{Class: "site", Label: f.Kind, Count: r.L.T("place.fineness." + f.Fineness)}}},
	}
}

// position writes a point as people copy it into other maps.
func position(p geo.Point) string {
	return strconv.FormatFloat(p.Lon, 'f', 6, 64) + ", " + strconv.FormatFloat(p.Lat, 'f', 6, 64)
}
