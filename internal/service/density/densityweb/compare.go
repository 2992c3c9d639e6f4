package densityweb

import (
	"net/http"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density"
)

// compared is two deliveries laid side by side.
type compared struct {
	words
	choice
	now, was *density.View
}

func (p *pages) compare(w http.ResponseWriter, r *web.Request) error {
	c, err := read(r)
	if err != nil {
		return err
	}
	now, err := p.density.See(r.Context(), r.Actor, density.Query{Delivery: c.Delivery, Place: c.Place, Level: c.Level})
	if errs.KeyOf(err) == "density.nothing" {
		return p.nothing(w, r)
	}
	if err != nil {
		return err
	}
	x := &compared{words: words{r.L}, choice: c, now: now}
	before := c.Compare
	for _, s := range now.Stamps {
		if before == 0 && s.AsOf < now.Stamp.AsOf {
			before = s.Delivery
		}
	}
	if before != 0 {
		if x.was, err = p.density.See(r.Context(), r.Actor, density.Query{Delivery: before, Place: c.Place, Level: c.Level}); err != nil {
			return err
		}
	}
	frame := p.doors.Office(r, r.L.T("density.compare.title"), r.L.T("density.compare.purpose"))
	frame.Crumbs = []ui.Crumb{{Label: r.L.T("density.title"), Href: home}, {Label: r.L.T("density.compare.title")}}
	return door.Show(w, r, ui.Office, frame, compareBody(x))
}

func (x *compared) filters() ui.Filters {
	options := func(chosen int64) []ui.Option {
		var out []ui.Option
		for _, s := range x.now.Stamps {
			out = append(out, ui.Option{Value: strconv.FormatInt(s.Delivery, 10), Label: s.AsOf.String() + " " + s.Source, Selected: s.Delivery == chosen})
		}
		return out
	}
	was := int64(0)
	if x.was != nil {
		was = x.was.Stamp.Delivery
	}
	f := ui.Filters{Action: home + "/compare", Filters: []ui.Filter{
		{Name: "compare", Label: x.l.T("density.compare.was"), Options: options(was)},
		{Name: "delivery", Label: x.l.T("density.compare.now"), Options: options(x.now.Stamp.Delivery)},
	}}
	for _, name := range []string{"place", "level"} {
		if v := x.values.Get(name); v != "" {
			f.Keep = append(f.Keep, ui.Param{Name: name, Value: v})
		}
	}
	return f
}

func (x *compared) table() ui.Table {
	t := ui.Table{ID: "density-compare", Label: x.l.T("density.compare.title")}
	t.Columns = []ui.Column{{Head: x.l.T("density.col.division"), Kind: ui.Title}}
	for _, what := range []string{"youth", "members", "orgs"} {
		for _, when := range []string{"was", "now", "diff"} {
			t.Columns = append(t.Columns, ui.Column{Head: x.l.T("density.compare.col."+when, "what", x.l.T("density.col."+what)), Kind: ui.Number})
		}
	}
	old := map[org.ID]density.Figures{}
	for _, f := range append(x.was.Rows, x.was.Sum) {
		old[f.Node.ID] = f
	}
	var rows []ui.Row
	for i, f := range append(x.now.Rows, x.now.Sum) {
		name := ui.Cell{Text: f.Node.Name}
		last := i == len(x.now.Rows)
		if f.Node.Kind != org.Village && !last {
			name.Href = x.href(home+"/compare", "place", f.Node.ID.String(), "level", "")
		}
		b, known := old[f.Node.ID]
		if !known {
			b.Youth.Why, b.Members.Why = density.Unreported, density.Unreported // a division of later
		}
		cells := []ui.Cell{name}
		for _, pair := range [][2]density.Value{{b.Youth, f.Youth}, {b.Members, f.Members}, {{N: b.Orgs}, {N: f.Orgs}}} {
			cells = append(cells, x.value(pair[0]), x.value(pair[1]), x.diff(pair[0], pair[1]))
		}
		rows = append(rows, ui.Row{Cells: cells, Sum: last})
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// diff is shown only where both figures are.
func (x *compared) diff(was, now density.Value) ui.Cell {
	if was.Why == density.Unreported || now.Why == density.Unreported {
		return ui.Cell{Text: "—"}
	}
	if was.Why != density.Shown || now.Why != density.Shown {
		return ui.Cell{Text: x.l.T("density.not_shown")}
	}
	c := x.whole(now.N - was.N)
	if now.N > was.N {
		c.Text = "+" + c.Text
	}
	return c
}
