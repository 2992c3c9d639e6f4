package densityweb

import (
	"net/http"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density"
)

// open figures are those of the counties, as anybody may read them.
type figures struct {
	words
	view *density.View
}

func (p *pages) public(w http.ResponseWriter, r *web.Request) error {
	v, err := p.density.Released(r.Context(), r.City)
	frame := p.doors.Public(r, r.L.T("density.public.title"), r.L.T("density.public.purpose"))
	if errs.KeyOf(err) == "density.nothing" {
		return door.Show(w, r, ui.Public, frame, ui.Empty(ui.Blank{Icon: "chart-dots", Title: r.L.T("density.nothing"), Text: r.L.T("density.public.later")}))
	}
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Public, frame, publicBody(&figures{words{r.L}, v}))
}

func (x *figures) table() ui.Table {
	t := ui.Table{ID: "figures", Label: x.l.T("density.public.title"), Figures: true}
	for _, c := range []struct {
		key  string
		kind ui.Kind
	}{{"division", ui.Title}, {"youth", ui.Number}, {"members", ui.Number}, {"orgs", ui.Number}, {"ratio", ui.Number}, {"per_1000", ui.Number}} {
		t.Columns = append(t.Columns, ui.Column{Head: x.l.T("density.col." + c.key), Kind: c.kind})
	}
	var rows []ui.Row
	for i, f := range append(x.view.Rows, x.view.Sum) {
		rows = append(rows, ui.Row{Sum: i == len(x.view.Rows), Cells: []ui.Cell{
			{Text: f.Node.Name}, x.value(f.Youth), x.value(f.Members), x.whole(f.Orgs), x.percent(f.Ratio), x.per1000(f.Per1000),
		}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}
