package densityweb

import (
	"math"
	"net/http"

	"zhidian/internal/domain/person"
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
	out, err := workbook(w, v.Place().Name+"-"+v.Stamp.AsOf.String(), r.L.T("density.table"), cols)
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

// workbook begins an xlsx file of one sheet.
func workbook(w http.ResponseWriter, name, title string, cols []sheet.OutColumn) (*sheet.Writer, error) {
	web.Download(w, name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	return sheet.NewWriter(w, sheet.XLSX, title, cols)
}

// unitsXLSX writes the whole list that the page of units begins, for those who may see it.
func (p *pages) unitsXLSX(w http.ResponseWriter, r *web.Request) error {
	x, err := p.dueUnits(r, density.Part{N: math.MaxInt})
	if err != nil {
		return err
	}
	if !x.Lists {
		return r.Actor.Must(person.Read, x.View.Place().Path)
	}
	if err := p.density.Exported(r.Context(), r.Actor, x.View, "units.xlsx", len(x.Rows)); err != nil {
		return err
	}
	var cols []sheet.OutColumn
	for _, c := range []sheet.OutColumn{
		{Title: "unit", Text: true, Width: 36},
		{Title: "path", Text: true, Width: 36},
		{Title: "kind", Text: true},
		{Title: "members"},
		{Title: "has", Text: true},
		{Title: "should", Text: true},
	} {
		c.Title = r.L.T("density.units.col." + c.Title)
		cols = append(cols, c)
	}
	out, err := workbook(w, r.L.T("density.units")+"-"+x.View.Place().Name+"-"+x.View.Stamp.AsOf.String(), r.L.T("density.units"), cols)
	if err != nil {
		return err
	}
	for _, u := range x.Rows {
		if err := out.Write(u.Name, pathOf(u.Path), r.L.T("density.units.kind."+string(u.Kind)), u.Members, r.L.T(u.Has.Key()), r.L.T(u.Due.Key())); err != nil {
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
