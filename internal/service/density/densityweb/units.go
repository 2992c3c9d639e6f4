package densityweb

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density"
	"zhidian/internal/service/density/coverage"
)

// due is the list behind 应建已建率.
type due struct {
	words
	choice
	*density.Units
	kind    coverage.Kind
	lacking bool
	after   int  // units on the pages before
	exports bool // the viewer may take the list along as a file
}

// unitsOnPage is how many units one page lists.
const unitsOnPage = 50

func (p *pages) units(w http.ResponseWriter, r *web.Request) error {
	x, err := p.dueUnits(r, density.Part{After: after(r), N: unitsOnPage})
	if errs.KeyOf(err) == "density.nothing" {
		return p.nothing(w, r)
	}
	if err != nil {
		return err
	}
	frame := p.doors.Office(r, r.L.T("density.units"), r.L.T("density.units.purpose"))
	frame.Crumbs = []ui.Crumb{
		{Label: r.L.T("density.title"), Href: home}, {Label: r.L.T("density.coverage"), Href: home + "/coverage"}, {Label: r.L.T("density.units")},
	}
	return door.Show(w, r, ui.Office, frame, unitsBody(x))
}

// dueUnits reads the list that an address asks for, for the page and for the file alike.
func (p *pages) dueUnits(r *web.Request, part density.Part) (*due, error) {
	c, err := read(r)
	if err != nil {
		return nil, err
	}
	kind, err := density.KindOfUnit(c.values.Get("kind"))
	if err != nil {
		return nil, err
	}
	x := &due{words: words{r.L}, choice: c, kind: kind, lacking: c.values.Get("all") == "", after: part.After, exports: r.Actor.May(density.Export)}
	x.Units, err = p.density.DueUnits(r.Context(), r.Actor, density.Query{Delivery: c.Delivery, Place: c.Place}, kind, x.lacking, part)
	return x, err
}

// after is how many units stand on the pages before.
func after(r *web.Request) int {
	n, err := strconv.Atoi(r.URL.Query().Get("after"))
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// file is the address of the same list as a file.
func (x *due) file() string { return x.address("/units.xlsx", 0) }

// address is that of the same list, from another place on.
func (x *due) address(path string, after int) string {
	v := url.Values{}
	if after > 0 {
		v.Set("after", strconv.Itoa(after))
	}
	for _, name := range []string{"delivery", "place", "kind", "all"} {
		if value := x.values.Get(name); value != "" {
			v.Set(name, value)
		}
	}
	if len(v) == 0 {
		return home + path
	}
	return home + path + "?" + v.Encode()
}

func (x *due) pages() ui.Pages {
	p := ui.Pages{Size: unitsOnPage}
	if x.after > 0 {
		p.Prev = x.address("/units", max(x.after-unitsOnPage, 0))
	}
	if next := x.after + len(x.Rows); next < x.Total {
		p.Next = x.address("/units", next)
	}
	return p
}

func (x *due) filters() ui.Filters {
	kinds := []ui.Option{{Label: x.l.T("density.kind.all"), Selected: x.kind == ""}}
	for _, k := range coverage.Kinds() {
		kinds = append(kinds, ui.Option{Value: string(k), Label: x.l.T("density.units.kind." + string(k)), Selected: k == x.kind})
	}
	f := ui.Filters{Action: home + "/units", Filters: []ui.Filter{
		{Name: "kind", Label: x.l.T("density.kind"), Options: kinds},
		{Name: "all", Label: x.l.T("density.units.which"), Options: []ui.Option{
			{Label: x.l.T("density.units.lacking"), Selected: x.lacking}, {Value: "1", Label: x.l.T("density.units.all"), Selected: !x.lacking},
		}},
	}}
	if v := x.values.Get("place"); v != "" {
		f.Keep = append(f.Keep, ui.Param{Name: "place", Value: v})
		f.Clear = home + "/units"
	}
	if x.exports {
		f.Export = []ui.Export{{Href: x.file(), Count: int64(x.Total), Format: "xlsx"}}
	}
	return f
}

// shares is the rate by kind of unit.
func (x *due) shares() ui.Table {
	head := func(key string, kind ui.Kind) ui.Column {
		return ui.Column{Head: x.l.T("density.units.col." + key), Kind: kind}
	}
	t := ui.Table{ID: "units-shares", Label: x.l.T("density.col.built"), Figures: true, Columns: []ui.Column{
		head("kind", ui.Title), head("due", ui.Number), head("built", ui.Number), head("share", ui.Number), head("small", ui.Number), head("below", ui.Number),
	}}
	var rows []ui.Row
	for _, s := range x.Shares {
		cells := []ui.Cell{{Text: x.l.T("density.units.kind." + string(s.Kind))}}
		if s.Missing != "" {
			for range 5 {
				cells = append(cells, ui.Cell{Text: "—"})
			}
		} else {
			n, known := s.Millionths()
			cells = append(cells, x.whole(int64(s.Due)), x.whole(int64(s.Built)), x.share(density.Rate{Millionths: n, Known: known}), x.whole(int64(s.Small)), x.whole(int64(s.Below)))
		}
		rows = append(rows, ui.Row{Cells: cells})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// missing says, by kind, which file is missing.
func (x *due) missing() []string {
	var out []string
	for _, s := range x.Shares {
		if s.Missing != "" {
			out = append(out, x.l.T(s.Missing))
		}
	}
	return out
}

func (x *due) table() ui.Table {
	head := func(key string, kind ui.Kind) ui.Column {
		return ui.Column{Head: x.l.T("density.units.col." + key), Kind: kind}
	}
	t := ui.Table{ID: "units", Label: x.l.T("density.units"), Columns: []ui.Column{
		head("unit", ui.Title), head("kind", ui.Words), head("members", ui.Number), head("has", ui.Words), head("should", ui.Words),
	}}
	var rows []ui.Row
	for _, u := range x.Rows {
		name := ui.Cell{Text: u.Name, After: pathOf(u.Path)}
		if u.Node.Kind != org.City {
			name.Href = "/office/orgs/" + u.Node.ID.String()
		}
		members := x.whole(int64(u.Members))
		if u.Node.Kind != org.City {
			members.Href = listOf(u.Node)
		}
		has := ui.Cell{Text: x.l.T(u.Has.Key())}
		switch {
		case u.Has == coverage.None:
			has.Part = ui.State(ui.Bad, "alert-triangle", has.Text)
		case u.Has < u.Due:
			has.Part = ui.State(ui.Soon, "arrow-up", has.Text)
		default:
			has.Part = ui.State(ui.OK, "check", has.Text)
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{name, {Text: x.l.T("density.units.kind." + string(u.Kind))}, members, has, {Text: x.l.T(u.Due.Key())}}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func pathOf(path []org.Node) string {
	var names []string
	for _, n := range path {
		names = append(names, n.Name)
	}
	return strings.Join(names, " ")
}

func (x *due) hint() string {
	if len(x.Rows) < x.Total {
		return x.l.T("density.units.part", "from", x.after+1, "to", x.after+len(x.Rows), "all", x.Total)
	}
	return x.l.T("density.units.count", "n", x.Total)
}

// unitsOf is where the units of a division are listed, for those who may see lists there.
func unitsOf(r *web.Request, n org.Node) string {
	if n.ID.IsZero() || !r.Actor.Can(person.Read, n.Path) {
		return ""
	}
	return home + "/units?place=" + n.ID.String()
}
