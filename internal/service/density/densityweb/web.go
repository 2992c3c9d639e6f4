// Package densityweb is the pages on which the office sees where young people are and where the league is missing.
package densityweb

import (
	"embed"
	"net/http"
	"net/url"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/service/density"
)

// Messages are the words of these pages.
//
//go:embed messages
var Messages embed.FS

// pages holds what the handlers need.
type pages struct {
	density *density.Service
	orgs    *org.Service
	doors   *door.Doors
}

// Menu is the lines of the office's menu.
var Menu = []door.Entry{
	{Group: "density.menu", Label: "density.menu.map", Icon: "map-2", Href: "/office/density", Verb: density.Read},
}

// Routes are the pages of density.
func Routes(s *density.Service, orgs *org.Service, doors *door.Doors) []web.Route {
	p := &pages{density: s, orgs: orgs, doors: doors}
	get := func(path string, h web.Handler, filters ...string) web.Route {
		return web.Route{Pattern: "GET " + path, Door: web.Office, Verb: density.Read, Handle: h, Filters: filters}
	}
	export := func(path string, h web.Handler) web.Route {
		return web.Route{Pattern: "GET " + path, Door: web.Office, Verb: density.Export, Limit: web.Exporting, Handle: h}
	}
	post := func(path string, verb authz.Verb, h web.Handler) web.Route {
		return web.Route{Pattern: "POST " + path, Door: web.Office, Verb: verb, Handle: h}
	}
	return []web.Route{
		get("/office/density", p.overview, "layer", "side", "delivery", "place", "level"),
		get("/office/density/map.json", p.mapJSON),
		get("/office/density/cell", p.cell),
		export("/office/density/table.xlsx", p.tableXLSX),
		export("/office/density/map.geojson", p.mapFile),
		export("/office/density/units.xlsx", p.unitsXLSX),
		get("/office/density/compare", p.compare, "compare", "delivery", "place", "level"),
		get("/office/density/coverage", p.coverage, "kind", "within", "delivery", "place"),
		get("/office/density/units", p.units, "kind", "all", "delivery", "place"),
		get("/office/density/blind-spots", p.spots, "kind", "state", "delivery", "place"),
		get("/office/density/blind-spots/{id}", p.spot),
		post("/office/density/blind-spots/{id}/visit", density.Visit, p.visit),
		post("/office/density/blind-spots/{id}/dismiss", density.Dismiss, p.dismiss),
		post("/office/density/blind-spots/{id}/reopen", density.Reopen, p.reopen),
		post("/office/density/blind-spots/{id}/assign", density.Assign, p.assign),
		{Pattern: "GET /office/density/boundaries", Door: web.Office, Verb: density.Outline, Handle: p.outlines},
		{Pattern: "POST /office/density/boundaries", Door: web.Office, Verb: density.Outline, Body: 65 << 20, Handle: p.takeOutlines},
		{Pattern: "GET /figures", Door: web.Public, Handle: p.public},
	}
}

// choice is what the address of a page asks for.
type choice struct {
	density.Query
	values url.Values
}

const standardSide = 2000

func read(r *web.Request) (choice, error) {
	v := r.URL.Query()
	c := choice{values: v}
	c.Layer = density.LayerYouth
	for _, l := range density.Layers {
		if v.Get("layer") == string(l) {
			c.Layer = l
		}
	}
	c.Side = standardSide
	if text := v.Get("side"); text != "" {
		c.Side = 0
		for _, s := range density.Sides {
			if text == strconv.Itoa(s) {
				c.Side = s
			}
		}
	}
	c.Delivery, _ = strconv.ParseInt(v.Get("delivery"), 10, 64)
	c.Compare, _ = strconv.ParseInt(v.Get("compare"), 10, 64)
	c.Level = org.Kind(v.Get("level"))
	if text := v.Get("place"); text != "" {
		at, err := id.Parse[org.Node](text)
		if err != nil {
			return c, err
		}
		c.Place = at
	}
	return c, nil
}

// href is an address of the same choice with some parameters changed, given as name and value; an empty value drops one.
func (c choice) href(path string, change ...string) string {
	v := url.Values{}
	for _, name := range []string{"layer", "side", "delivery", "compare", "place", "level"} {
		if x := c.values.Get(name); x != "" {
			v.Set(name, x)
		}
	}
	for i := 0; i+1 < len(change); i += 2 {
		if change[i+1] == "" {
			v.Del(change[i])
		} else {
			v.Set(change[i], change[i+1])
		}
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

const home = "/office/density"

// fragment tells whether the map asks for its small panel alone.
func fragment(r *web.Request) bool { return r.Header.Get("Zd-Fragment") != "" }

func cacheable(w http.ResponseWriter) {
	w.Header().Set("Cache-Control", "private, no-cache")
}
