package childcareweb

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/childcare"
)

// feature is one thing on a map, as GeoJSON (RFC 7946); ui.Map says what its properties mean.
type feature struct {
	Type       string            `json:"type"`
	Properties map[string]string `json:"properties"`
	Geometry   json.RawMessage   `json:"geometry"`
}

func drawn(kind string, geometry json.RawMessage) feature {
	return feature{Type: "Feature", Properties: map[string]string{"kind": kind}, Geometry: geometry}
}

// lines are the classes of the season and the district that are looked at.
func (v classes) lines() []childcare.Line {
	return slices.DeleteFunc(slices.Clone(v.got.Lines), func(c childcare.Line) bool { return !v.district.IsZero() && c.District.ID != v.district })
}

// placesLeft is how many places of a roll one who comes now could have: none while those who signed up are still to be drawn.
func placesLeft(roll enrolment.Roll) int64 {
	if !roll.Given() || roll.Standing == enrolment.Ended {
		return 0
	}
	return roll.Left()
}

// mapJSON is the classes of the list: a pin with the number of places left, or a dot where there are none, over the outlines of the
// counties.
func (p *pages) mapJSON(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	outlines, err := p.s.Outlines(r.Context(), r.City, v.district)
	if err != nil {
		return err
	}
	all := struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}{"FeatureCollection", []feature{}}
	for i, o := range outlines {
		kind := "land"
		if !v.district.IsZero() && i > 0 { // townships within their county
			kind = "edge"
		}
		all.Features = append(all.Features, drawn(kind, json.RawMessage(o.GeoJSON)))
		if kind == "land" {
			all.Features = append(all.Features, drawn("rim", json.RawMessage(o.GeoJSON)))
		}
	}
	for _, c := range v.lines() {
		left := placesLeft(c.Roll)
		kind := "site"
		if left > 0 {
			kind = "blind"
		}
		f := drawn(kind, json.RawMessage(`{"type":"Point","coordinates":[`+degrees(c.Site.At.Lon)+`,`+degrees(c.Site.At.Lat)+`]}`))
		f.Properties["name"], f.Properties["href"] = c.Title, classURL(c.ID)
		if left > 0 {
			f.Properties["no"], f.Properties["name"] = r.L.Int(left), r.L.T("care.map_pin", "title", c.Title, "n", left)
		}
		all.Features = append(all.Features, f)
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return r.JSON(w, http.StatusOK, all)
}

// degrees writes an angle to five decimals, about a metre.
func degrees(x float64) string { return strconv.FormatFloat(x, 'f', 5, 64) }

// drawing is the map above the list.
func (v classes) drawing(r *web.Request) ui.Map {
	l, query := r.L, url.Values{"season": {v.got.ID.String()}}
	if !v.district.IsZero() {
		query.Set("at", v.district.String())
	}
	open, full := 0, 0
	for _, c := range v.lines() {
		if placesLeft(c.Roll) > 0 {
			open++
		} else {
			full++
		}
	}
	return ui.Map{
		ID: "care-map", Label: l.T("care.map_label", "n", open+full), Title: v.got.Title, Src: listURL + "/map.json?" + query.Encode(), Source: l.T("care.map_source", "day", l.Date(day.Of(r.Now, l.Zone()))),
		Schematic: slices.ContainsFunc(v.outlines, func(o org.Outline) bool { return o.Schematic }), Assets: v.assets,
		Legend: ui.Legend{Title: l.T("care.left"), Entries: []ui.LegendEntry{
			{Class: "blind", Label: l.T("care.map_open"), Count: l.T("care.n_classes", "n", open)},
			{Class: "site", Label: l.T("care.map_full"), Count: l.T("care.n_classes", "n", full)},
		}},
	}
}
