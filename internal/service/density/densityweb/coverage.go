package densityweb

import (
	"fmt"
	"net/http"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density"
)

// reached is the page of coverage.
type reached struct {
	words
	choice
	*density.Coverage
	r *web.Request
}

func (p *pages) coverage(w http.ResponseWriter, r *web.Request) error {
	c, err := read(r)
	if err != nil {
		return err
	}
	within, _ := strconv.Atoi(c.values.Get("within"))
	got, err := p.density.Cover(r.Context(), r.Actor, density.Query{Delivery: c.Delivery, Place: c.Place, Level: c.Level}, c.values.Get("kind"), within)
	if errs.KeyOf(err) == "density.nothing" {
		return p.nothing(w, r)
	}
	if err != nil {
		return err
	}
	x := &reached{words{r.L}, c, got, r}
	frame := p.doors.Office(r, r.L.T("density.coverage"), r.L.T("density.coverage.purpose"))
	frame.Crumbs = []ui.Crumb{{Label: r.L.T("density.title"), Href: home}, {Label: r.L.T("density.coverage")}}
	return door.Show(w, r, ui.Office, frame, coverageBody(x))
}

func (x *reached) filters() ui.Filters {
	kinds := []ui.Option{{Value: "", Label: x.l.T("density.coverage.all_kinds"), Selected: x.Kind == ""}}
	for _, k := range x.Kinds {
		kinds = append(kinds, ui.Option{Value: k, Label: k, Selected: k == x.Kind})
	}
	var within []ui.Option
	for _, m := range density.Withins {
		within = append(within, ui.Option{Value: strconv.Itoa(m), Label: x.l.T("density.coverage.within", "m", m), Selected: m == x.Within})
	}
	f := ui.Filters{Action: home + "/coverage", Filters: []ui.Filter{
		{Name: "kind", Label: x.l.T("density.coverage.kind"), Options: kinds}, {Name: "within", Label: x.l.T("density.coverage.distance"), Options: within},
	}}
	if v := x.values.Get("place"); v != "" {
		f.Keep = append(f.Keep, ui.Param{Name: "place", Value: v})
		f.Clear = home + "/coverage"
	}
	return f
}

func (x *reached) table() ui.Table {
	head := func(key string, kind ui.Kind) ui.Column {
		return ui.Column{Head: x.l.T("density.coverage.col." + key), Kind: kind}
	}
	t := ui.Table{ID: "density-coverage", Label: x.l.T("density.coverage"), Columns: []ui.Column{
		head("division", ui.Title), head("youth", ui.Number), head("covered", ui.Number), head("share", ui.Number), head("unseen", ui.Number), head("built", ui.Number), head("far", ui.Words),
	}}
	var rows []ui.Row
	for i, c := range append(x.Rows, x.Sum) {
		name := ui.Cell{Text: c.Node.Name}
		last := i == len(x.Rows)
		if c.Node.Kind != org.Village && !last {
			name.Href = home + "/coverage?place=" + c.Node.ID.String() + "&within=" + strconv.Itoa(x.Within)
		}
		built := x.share(c.Built)
		if built.Href = unitsOf(x.r, c.Node); built.Href != "" {
			built.Part = nil // a link instead of a bar
		}
		rows = append(rows, ui.Row{Sum: last, Cells: []ui.Cell{
			name, x.whole(c.Youth), x.whole(c.Covered), x.share(c.Share), x.whole(int64(c.Unseen)), built, {Text: x.far(c)},
		}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// far names the fullest village without a site within reach.
func (x *reached) far(c density.Reach) string {
	if len(c.Far) == 0 {
		return "—"
	}
	f := c.Far[0]
	return x.l.T("density.coverage.far", "village", f.Node.Name, "n", f.Youth, "km", fmt.Sprintf("%.1f", float64(f.Metres)/1000))
}

func (x *reached) missing() []string {
	var out []string
	for _, k := range x.Missing {
		out = append(out, x.l.T("density.missing."+k))
	}
	return out
}
