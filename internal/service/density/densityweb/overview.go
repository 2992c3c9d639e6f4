package densityweb

import (
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density"
)

// overview is the page with map, ranking and table.
type overview struct {
	words
	choice
	r      *web.Request
	view   *density.View
	sketch *density.Sketch
	spots  density.SpotPage
	assets *ui.Assets
}

func (p *pages) overview(w http.ResponseWriter, r *web.Request) error {
	c, err := read(r)
	if err != nil {
		return err
	}
	k, err := p.density.Sketch(r.Context(), r.Actor, c.Query)
	if errs.KeyOf(err) == "density.nothing" {
		return p.nothing(w, r)
	}
	if err != nil {
		return err
	}
	c.Side = k.Drawing.Side
	spots, err := p.density.Spots(r.Context(), r.Actor, density.SpotFilter{Place: c.Place, Delivery: c.Delivery, State: density.Open, Limit: 7})
	if err != nil {
		return err
	}
	o := &overview{words: words{r.L}, choice: c, r: r, view: k.View, sketch: k, spots: spots, assets: p.doors.Assets}
	frame := p.doors.Office(r, o.title(), r.L.T("density.purpose"))
	frame.Scripts = []string{"map"}
	if len(k.View.Path) > 1 {
		frame.Crumbs = o.crumbs()
	}
	frame.Actions = o.actions()
	return door.Show(w, r, ui.Office, frame, overviewBody(o))
}

// nothing says which files are needed before there is anything to see.
func (p *pages) nothing(w http.ResponseWriter, r *web.Request) error {
	frame := p.doors.Office(r, r.L.T("density.title"), r.L.T("density.purpose"))
	return door.Show(w, r, ui.Office, frame, ui.Empty(ui.Blank{
		Icon: "map-2", Title: r.L.T("density.nothing"), Text: r.L.T("density.nothing.next"),
		Actions: []ui.Action{{Label: r.L.T("density.to_imports"), Href: "/office/imports", Primary: true}},
	}))
}

func (o *overview) title() string {
	if len(o.view.Path) == 1 {
		return o.l.T("density.title")
	}
	return o.l.T("density.title.at", "place", o.view.Place().Name)
}

func (o *overview) crumbs() []ui.Crumb {
	var out []ui.Crumb
	for i, n := range o.view.Path {
		c := ui.Crumb{Label: n.Name}
		if i < len(o.view.Path)-1 {
			c.Href = o.href(home, "place", placeOf(n), "level", "")
		}
		out = append(out, c)
	}
	return out
}

func placeOf(n org.Node) string {
	if n.Kind == org.City {
		return ""
	}
	return n.ID.String()
}

func (o *overview) actions() []ui.Action {
	var out []ui.Action
	if o.r.Actor.May(density.Outline) {
		out = append(out, ui.Action{Label: o.l.T("density.outlines"), Icon: "map", Href: home + "/boundaries"})
	}
	if !o.r.Actor.May(density.Export) {
		return out
	}
	return append(out, []ui.Action{
		{Label: o.l.T("density.export.xlsx"), Icon: "download", Href: o.href(home + "/table.xlsx"), Download: true},
		{Label: "GeoJSON", Icon: "download", Href: o.href(home + "/map.geojson"), Download: true},
	}...)
}

func (o *overview) layers() []ui.Segment {
	var out []ui.Segment
	for _, l := range density.Layers {
		out = append(out, ui.Segment{Label: o.l.T("density.layer." + string(l)), Href: o.href(home, "layer", string(l)), Active: l == o.Layer})
	}
	return out
}

func (o *overview) sides() []ui.Segment {
	finest := density.Finest(o.view.Fineness())
	var out []ui.Segment
	for _, s := range density.Sides {
		g := ui.Segment{Label: o.l.T("density.side." + strconv.Itoa(s)), Href: o.href(home, "side", strconv.Itoa(s)), Active: s == o.Side}
		if s < finest {
			g.Off = o.l.T("density.too_fine." + o.view.Fineness())
		}
		out = append(out, g)
	}
	g := ui.Segment{Label: o.l.T("density.side.0"), Href: o.href(home, "side", "0"), Active: o.Side == 0}
	if o.view.Level == org.Village {
		g.Off = o.l.T("density.no_outlines")
	}
	return append(out, g)
}

func (o *overview) fineNote() string {
	if density.Finest(o.view.Fineness()) > density.Sides[0] {
		return o.l.T("density.too_fine." + o.view.Fineness())
	}
	return ""
}

// scoreNote says what the cluster score is made of, and which term is left out.
func (o *overview) scoreNote() string {
	if o.Layer != density.LayerScore {
		return ""
	}
	note := o.l.T("density.score.terms")
	switch o.sketch.Drawing.Sector {
	case density.NotKnown:
		note += o.l.T("density.score.sector_missing")
	case density.NotSeen:
		note += o.l.T("density.score.sector_hidden")
	case density.Counted:
		from := o.view.Employers()
		switch {
		case from.Own == 0:
			note += o.l.T("density.score.sector_members")
		case from.ByMembers == 0:
			note += o.l.T("density.score.sector_own", "own", from.Own)
		default:
			note += o.l.T("density.score.sector_both", "own", from.Own, "named", from.ByMembers)
		}
	}
	return note
}

func (o *overview) levels() []ui.Segment {
	var out []ui.Segment
	for _, k := range o.view.Levels {
		out = append(out, ui.Segment{Label: o.l.T("density.level." + string(k)), Href: o.href(home, "level", string(k)), Active: k == o.view.Level})
	}
	return out
}

func (o *overview) periods() []ui.Option {
	var out []ui.Option
	for _, s := range o.view.Stamps {
		out = append(out, ui.Option{
			Value: strconv.FormatInt(s.Delivery, 10), Label: s.AsOf.String() + " " + s.Source, Selected: s.Delivery == o.view.Stamp.Delivery,
		})
	}
	return out
}

// keep are the parameters that the form of the period carries on.
func (o *overview) keep() []ui.Param {
	var out []ui.Param
	for _, name := range []string{"layer", "side", "place", "level"} {
		if v := o.values.Get(name); v != "" {
			out = append(out, ui.Param{Name: name, Value: v})
		}
	}
	return out
}

func (o *overview) compareHref() string {
	for _, s := range o.view.Stamps {
		if s.AsOf < o.view.Stamp.AsOf {
			return o.href(home+"/compare", "compare", strconv.FormatInt(s.Delivery, 10))
		}
	}
	return ""
}

func (o *overview) drawing() ui.Map {
	what := o.l.T("density.layer." + string(o.Layer))
	kind := "density.map.cells"
	if o.Side == 0 {
		kind = "density.map.divisions"
	}
	legend := o.legend(o.sketch.Drawing)
	if len(o.spots.Rows) > 0 {
		legend.Entries = append(legend.Entries, ui.LegendEntry{Class: "blind", Label: o.l.T("density.legend.blind"), Count: o.l.T("density.legend.see")})
	}
	return ui.Map{
		ID: "density-map", Label: o.l.T(kind, "place", o.view.Place().Name, "layer", what), Title: o.l.T(kind+".title", "place", o.view.Place().Name, "layer", what),
		Src: o.href(home+"/map.json", "side", strconv.Itoa(o.Side)), Legend: legend, Source: o.source(o.view), Schematic: o.sketch.Schematic,
		Cell: "density-cell", Assets: o.assets,
	}
}

func (o *overview) picture() ui.PNGButton {
	return ui.PNGButton{Map: "density-map", Label: "PNG", File: o.view.Place().Name + "-" + o.l.T("density.layer."+string(o.Layer)) + "-" + o.view.Stamp.AsOf.String() + ".png"}
}

func (o *overview) columns() []ui.Column {
	head := func(key string, kind ui.Kind) ui.Column {
		return ui.Column{Head: o.l.T("density.col." + key), Kind: kind}
	}
	cols := []ui.Column{
		head("division", ui.Title), head("youth", ui.Number), head("members", ui.Number), head("orgs", ui.Number), head("ratio", ui.Number),
		head("per_1000", ui.Number), head("built", ui.Number),
	}
	if o.view.Compared != nil {
		cols = append(cols, head("change", ui.Number))
	}
	return cols
}

func (o *overview) row(f density.Figures) ui.Row {
	name := ui.Cell{Text: f.Node.Name}
	if f.Node.Kind != org.Village {
		name.Href = o.href(home, "place", f.Node.ID.String(), "level", "")
	} else if f.Lists {
		name.Href = listOf(f.Node)
	}
	return o.cells(name, f)
}

func (o *overview) cells(name ui.Cell, f density.Figures) ui.Row {
	members := o.value(f.Members)
	if f.Lists && f.Members.N > 0 && !f.Node.ID.IsZero() {
		members.Href = listOf(f.Node)
	}
	built := o.share(f.Built)
	if built.Href = unitsOf(o.r, f.Node); built.Href != "" {
		built.Part = nil // a link instead of a bar
	}
	r := ui.Row{Cells: []ui.Cell{name, o.value(f.Youth), members, o.whole(f.Orgs), o.percent(f.Ratio), o.per1000(f.Per1000), built}}
	if o.view.Compared != nil {
		r.Cells = append(r.Cells, o.change(f.Change))
	}
	return r
}

// listOf is where the persons of a place are listed.
func listOf(n org.Node) string { return "/office/persons?org=" + n.ID.String() }

func (o *overview) table() ui.Table {
	t := ui.Table{ID: "density-table", Label: o.l.T("density.table"), Figures: true, Columns: o.columns()}
	var rows []ui.Row
	for _, f := range o.view.Rows {
		rows = append(rows, o.row(f))
	}
	if o.view.Apart != nil {
		a := *o.view.Apart
		r := o.cells(ui.Cell{Text: o.l.T("density.apart")}, a)
		for i := 4; i < len(r.Cells); i++ {
			r.Cells[i] = ui.Cell{Text: "—"}
		}
		r.Sub = true
		rows = append(rows, r)
	}
	sum := o.cells(ui.Cell{Text: o.l.T("density.sum", "place", o.view.Place().Name)}, o.view.Sum)
	sum.Sum = true
	t.Groups = ui.Rows(append(rows, sum)...)
	return t
}

func (o *overview) tableHint() string {
	hint := o.view.Stamp.AsOf.String()
	if o.view.Level != "" {
		hint += "　" + o.l.T("density.by", "level", o.l.T("density.level."+string(o.view.Level)))
	}
	return hint
}

func (o *overview) spotHref(b density.SpotRow) string { return home + "/blind-spots/" + b.ID.String() }

// spotName is where a blind spot is, in words.
func spotName(b density.SpotRow) string {
	var parts []string
	for _, n := range b.Path {
		parts = append(parts, n.Name)
	}
	if b.Unit != "" {
		parts = append(parts, b.Unit)
	} else if len(b.Path) == 0 || b.Path[len(b.Path)-1].ID != b.Node.ID {
		parts = append(parts, b.Node.Name)
	}
	return strings.Join(parts, " ")
}

func (o *overview) mayList() bool { return o.r.Actor.May(person.Read) }

func (o *overview) allSpots() string {
	return o.href(home+"/blind-spots", "layer", "", "side", "", "level", "", "compare", "")
}
