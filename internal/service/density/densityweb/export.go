package densityweb

import (
	"net/http"

	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/density"
)

// tableXLSX writes the table of the page, with the bands, as the reader may see it.
func (p *pages) tableXLSX(w http.ResponseWriter, r *web.Request) error {
	c, err := read(r)
	if err != nil {
		return err
	}
	v, err := p.density.See(r.Context(), r.Actor, c.Query)
	if err != nil {
		return err
	}
	if err := p.density.Exported(r.Context(), r.Actor, v, "xlsx", len(v.Rows)); err != nil {
		return err
	}
	x := words{r.L}
	cols := []sheet.OutColumn{{Title: r.L.T("density.col.division"), Text: true, Width: 24}}
	for _, key := range []string{"youth", "members", "orgs", "ratio", "per_1000", "built"} {
		cols = append(cols, sheet.OutColumn{Title: r.L.T("density.col." + key)})
	}
	for _, b := range density.YouthBands {
		cols = append(cols, sheet.OutColumn{Title: r.L.T("density.col.band", "band", b)})
	}
	cols = append(cols, sheet.OutColumn{Title: r.L.T("density.col.source"), Text: true, Width: 60})
	web.Download(w, v.Place().Name+"-"+v.Stamp.AsOf.String()+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	out, err := sheet.NewWriter(w, sheet.XLSX, r.L.T("density.table"), cols)
	if err != nil {
		return err
	}
	rows := append([]density.Figures{}, v.Rows...)
	if v.Apart != nil {
		a := *v.Apart
		a.Node.Name = r.L.T("density.apart")
		rows = append(rows, a)
	}
	sum := v.Sum
	sum.Node.Name = r.L.T("density.sum", "place", v.Place().Name)
	for i, f := range append(rows, sum) {
		source := ""
		if i == 0 {
			source = x.source(v)
		}
		if err := out.Write(append(x.row(f), source)...); err != nil {
			return err
		}
	}
	return out.Close()
}

// row gives a line's cells: numbers as numbers, hidden figures in words.
func (x words) row(f density.Figures) []any {
	value := func(v density.Value) any {
		if v.Why != density.Shown {
			return x.value(v).Text
		}
		return v.N
	}
	share := func(r density.Rate) any {
		if r.Why != density.Shown {
			return x.l.T("density.not_shown")
		}
		if !r.Known {
			return nil
		}
		return float64(r.Millionths) / 1e6
	}
	row := []any{f.Node.Name, value(f.Youth), value(f.Members), f.Orgs, share(f.Ratio), share(f.Per1000), share(f.Built)}
	for b := range density.YouthBands {
		if b < len(f.YouthBands) {
			row = append(row, value(f.YouthBands[b]))
		} else {
			row = append(row, nil)
		}
	}
	return row
}
