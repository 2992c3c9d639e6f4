package density

import (
	"cmp"
	"math"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/geo"
	solver "zhidian/solver/density"
)

// Layer is what a map shows.
type Layer string

// The layers.
const (
	LayerYouth   Layer = "youth"
	LayerMembers Layer = "members"
	LayerOrgs    Layer = "orgs"
	LayerRatio   Layer = "ratio"    // 团青比
	LayerPer1000 Layer = "per_1000" // organisations per 1,000 young people
	LayerScore   Layer = "score"    // cluster score (聚集评分)
)

// Layers lists the layers in the order of pages.
var Layers = []Layer{LayerYouth, LayerMembers, LayerOrgs, LayerRatio, LayerPer1000, LayerScore}

// Sides lists the edges of hexagons in metres, the finest first.
var Sides = []int{250, 500, 1000, 2000}

// Finest is the smallest edge that a source of a fineness allows: nothing is shown finer than it is known.
func Finest(fineness string) int {
	switch fineness {
	case "point":
		return 250
	case "village":
		return 1000
	default:
		return math.MaxInt // divisions only
	}
}

// Area is one cell of a map, a hexagon or a division, as one reader may see it.
type Area struct {
	ID      string
	Class   string // q0 … q5 or hidden
	Value   float64
	Known   bool    // the layer has a value here that the reader may see
	Part    bool    // some of the places in it are not shown, and not counted
	parts   [3]bool // the same for youth, members and workers of new sectors
	Figures         // sums; Node is the division, or the fullest village of a hexagon
	Places  []int
	Corners []geo.Point // of a hexagon
}

// Class is a step of the legend: values from From on, up to the next.
type Class struct {
	Name  string
	From  float64
	To    float64 // the next step's From; +Inf for the last
	Count int
}

// Drawing is a map's content.
type Drawing struct {
	Layer   Layer
	Side    int // 0: divisions
	Areas   []Area
	Classes []Class // from the highest down
	Hidden  int     // cells that are not shown
	Zero    int
	Sector  Term // whether the cluster score counts the workers of new sectors
}

// Term says whether a term of the cluster score counts.
type Term uint8

// What can be said of a term.
const (
	Counted  Term = iota
	NotKnown      // no source says anything of it
	NotSeen       // some figures are hidden: it would compare what the reader sees with what she does not
)

// Draw makes the map of a view.
func (v *View) Draw(by authz.Actor, layer Layer, side int, outlines map[org.ID]float64) (Drawing, error) {
	d := Drawing{Layer: layer, Side: side}
	var err error
	if side == 0 {
		d.Areas = v.divisions(by, outlines)
	} else if d.Areas, err = v.hexagons(by, side); err != nil {
		return d, err
	}
	if layer == LayerScore {
		if d.Sector, err = score(d.Areas, side, outlines); err != nil {
			return d, err
		}
	} else {
		for i := range d.Areas {
			d.Areas[i].measure(layer)
		}
	}
	d.classify()
	return d, nil
}

func (v *View) divisions(by authz.Actor, outlines map[org.ID]float64) []Area {
	var out []Area
	for _, f := range v.Rows {
		if _, ok := outlines[f.Node.ID]; !ok {
			continue
		}
		i, _ := v.snap.Find(f.Node.ID)
		out = append(out, Area{ID: f.Node.ID.String(), Figures: f, Places: []int{i}})
	}
	return out
}

// hexagons sums what stands in each cell of the grid. A village stands at its position; people and organisations of a
// township or county itself stand at that one's. Hidden figures are left out, never guessed.
func (v *View) hexagons(by authz.Actor, side int) ([]Area, error) {
	proj, err := v.projection()
	if err != nil {
		return nil, err
	}
	grid := solver.Grid{Shape: solver.Hexagon, Side: solver.Metres(side)}
	byCell := map[solver.Cell]*Area{}
	var order []solver.Cell
	for i := range v.snap.Units {
		u := &v.snap.Units[i]
		if u.At == nil || !v.snap.Units[v.top].Path.Covers(u.Path) {
			continue
		}
		own := u.ofItsOwn()
		if own != u && own.Youth == nil && own.Members == nil && own.Orgs == 0 {
			continue
		}
		cell, err := grid.CellAt(proj.Plane(solver.LonLat{Lon: u.At.Lon, Lat: u.At.Lat}))
		if err != nil {
			continue // a position off the plane is told by the import's check
		}
		a := byCell[cell]
		if a == nil {
			a = &Area{ID: cellID(cell), Figures: Figures{Youth: Value{Why: Unreported}, Members: Value{Why: Unreported}, Sector: Value{Why: Unreported}}}
			byCell[cell] = a
			order = append(order, cell)
		}
		a.add(i, figuresOf(own, by.Can(person.Read, u.Path)), len(u.Below) == 0)
	}
	slices.SortFunc(order, func(a, b solver.Cell) int { return cmp.Or(cmp.Compare(a.R, b.R), cmp.Compare(a.Q, b.Q)) })
	out := make([]Area, 0, len(order))
	for _, c := range order {
		a := byCell[c]
		a.close()
		for _, p := range grid.Corners(c) {
			ll := proj.LonLat(p)
			a.Corners = append(a.Corners, geo.Point{Lon: ll.Lon, Lat: ll.Lat})
		}
		out = append(out, *a)
	}
	return out, nil
}

// projection has the city's own position as its centre, so that hexagons of two deliveries are the same.
func (v *View) projection() (solver.Projection, error) {
	c := solver.LonLat{Lon: 114.3, Lat: 29.8}
	if at := v.snap.Units[0].At; at != nil {
		c = solver.LonLat{Lon: at.Lon, Lat: at.Lat}
	}
	return solver.NewProjection(c)
}

// add takes one place into a hexagon. Ratios are divided where both parts are known, see close.
func (a *Area) add(i int, f Figures, village bool) {
	if village && (a.Node.ID.IsZero() || f.Youth.N > a.YouthBandsMax()) {
		a.Node = f.Node
		a.YouthBands = []Value{f.Youth}
	} else if a.Node.ID.IsZero() {
		a.Node = f.Node
	}
	a.Places = append(a.Places, i)
	a.Lists = a.Lists || f.Lists
	a.Orgs += f.Orgs
	merge := func(k int, to *Value, x Value) {
		switch {
		case x.Why == Shown:
			to.N += x.N
			to.Why = Shown
		case x.Why != Unreported:
			a.parts[k] = true
			if to.Why == Unreported {
				to.Why = x.Why
			}
		}
	}
	merge(0, &a.Youth, f.Youth)
	merge(1, &a.Members, f.Members)
	merge(2, &a.Sector, f.Sector)
	if f.Ratio.Why == Shown && f.Ratio.Known {
		a.Young.N += f.Young.N
		a.Ratio.Millionths += f.Members.N // the part, until close divides
		a.Ratio.Known = true
	}
	if f.Youth.Why == Shown {
		a.Per1000.Millionths += f.Orgs
		a.Per1000.Known = true
	}
}

// YouthBandsMax is the youth of the fullest village so far.
func (a *Area) YouthBandsMax() int64 {
	if len(a.YouthBands) == 0 {
		return -1
	}
	return a.YouthBands[0].N
}

func (a *Area) close() {
	members, orgs := a.Ratio, a.Per1000
	a.Ratio, a.Per1000 = Rate{Why: Hidden}, Rate{Why: Hidden}
	if members.Known {
		a.Ratio = rate(Value{N: members.Millionths}, a.Young, 1)
	}
	if orgs.Known {
		a.Per1000 = rate(Value{N: orgs.Millionths}, Value{N: a.Youth.N}, 1000)
	}
}

func (a *Area) measure(layer Layer) {
	value := func(v Value) { a.Value, a.Known = float64(v.N), v.Why == Shown }
	share := func(r Rate, times float64) { a.Value, a.Known = float64(r.Millionths)/1e6*times, r.Why == Shown }
	a.Part = a.parts[0]
	switch layer {
	case LayerMembers:
		a.Part = a.parts[1]
		value(a.Members)
	case LayerOrgs:
		a.Part = false
		a.Value, a.Known = float64(a.Orgs), true
	case LayerRatio:
		a.Part = a.parts[0] || a.parts[1]
		share(a.Ratio, 100)
	case LayerPer1000:
		share(a.Per1000, 1)
	default:
		value(a.Youth)
	}
}

// score computes the cluster score of the areas whose parts are all known. The term of new sectors counts for all of them
// or for none.
func score(areas []Area, side int, outlines map[org.ID]float64) (Term, error) {
	sector := NotKnown
	var units []solver.Unit
	var at []int
	hexagon := solver.Grid{Side: solver.Metres(side)}.Area()
	for i := range areas {
		a := &areas[i]
		km2 := hexagon
		if side == 0 {
			km2 = outlines[a.Node.ID]
		}
		if km2 <= 0 || a.Youth.Why != Shown || a.Members.Why != Shown {
			continue
		}
		a.Part = a.parts[0] || a.parts[1]
		switch {
		case a.parts[2] || a.Sector.Why == Hidden:
			sector = NotSeen
		case a.Sector.Why == Shown && sector == NotKnown:
			sector = Counted
		}
		units = append(units, solver.Unit{Area: km2, Youth: a.Youth.N, Members: a.Members.N, NewSector: a.Sector.N, Orgs: a.Orgs})
		at = append(at, i)
	}
	if len(units) == 0 {
		return sector, nil
	}
	if sector != Counted {
		for i := range units {
			units[i].NewSector = 0
		}
	}
	all, err := solver.Scores(units)
	if err != nil {
		return sector, err
	}
	for k, s := range all {
		areas[at[k]].Value, areas[at[k]].Known = s.Total, true
	}
	return sector, nil
}

// classify sorts the cells into five steps with round borders.
func (d *Drawing) classify() {
	var values []float64
	for _, a := range d.Areas {
		if a.Known && (d.Layer == LayerScore || a.Value > 0) {
			values = append(values, a.Value)
		}
	}
	steps := borders(values, d.Layer)
	d.Classes = make([]Class, len(steps))
	for i, from := range steps {
		d.Classes[len(steps)-1-i] = Class{Name: "q" + string(rune('1'+i)), From: from, To: math.Inf(1)}
		if i > 0 {
			d.Classes[len(steps)-i].To = from
		}
	}
	for i := range d.Areas {
		a := &d.Areas[i]
		switch {
		case !a.Known:
			a.Class, d.Hidden = "hidden", d.Hidden+1
		case a.Value <= 0 && d.Layer != LayerScore:
			a.Class, d.Zero = "q0", d.Zero+1
		default:
			for k := range d.Classes {
				if a.Value >= d.Classes[k].From || k == len(d.Classes)-1 {
					a.Class = d.Classes[k].Name
					d.Classes[k].Count++
					break
				}
			}
		}
	}
}

// borders gives up to five steps from the least value up: the least itself, and round numbers near where 30, 60, 85 and
// 97 per cent of the cells lie below.
func borders(values []float64, layer Layer) []float64 {
	if len(values) == 0 {
		return nil
	}
	slices.Sort(values)
	steps := []float64{values[0]}
	for _, share := range []float64{0.30, 0.60, 0.85, 0.97} {
		x := roundish(values[min(len(values)-1, int(share*float64(len(values))))], layer)
		if x > steps[len(steps)-1] && x <= values[len(values)-1] {
			steps = append(steps, x)
		}
	}
	if layer != LayerScore && layer != LayerRatio && layer != LayerPer1000 {
		steps[0] = math.Floor(steps[0])
	}
	return steps
}

func roundish(x float64, layer Layer) float64 {
	if layer == LayerScore {
		return math.Round(x*2)/2 + 0 // no −0 in a legend
	}
	if x <= 0 {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	if layer == LayerYouth || layer == LayerMembers || layer == LayerOrgs {
		unit = max(unit, 1)
	}
	return math.Round(x/unit*2) / 2 * unit
}
