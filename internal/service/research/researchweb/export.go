package researchweb

import (
	"archive/zip"
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/web"
	"zhidian/internal/service/research"
	"zhidian/internal/service/research/result"
)

func (p *pages) export(w http.ResponseWriter, r *web.Request) error {
	which, err := studyID(r)
	if err != nil {
		return err
	}
	as := web.Read(r).Choice("as", []string{"xlsx", "csv", "sps", "tables"})
	if as == "" {
		as = "xlsx"
	}
	x, err := p.s.Take(r.Context(), r.Actor, which, as)
	if err != nil {
		return err
	}
	const book = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	switch as {
	case "sps":
		web.Download(w, x.Study.Title+".zip", "application/zip")
		return zipSPSS(w, x)
	case "tables":
		web.Download(w, x.Study.Title+".xlsx", book)
		return writeTables(w, r, x)
	case "csv":
		web.Download(w, x.Study.Title+".csv", "text/csv; charset=utf-8")
		return writeAnswers(w, r, x, sheet.CSV)
	}
	web.Download(w, x.Study.Title+".xlsx", book)
	return writeAnswers(w, r, x, sheet.XLSX)
}

func zipSPSS(w http.ResponseWriter, x research.Exported) error {
	z := zip.NewWriter(w)
	var data, syntax strings.Builder
	if err := result.WriteSPSS(&data, &syntax, "data.csv", x.Questions, x.Serials, x.Given); err != nil {
		return err
	}
	for _, f := range []struct{ name, text string }{{"data.csv", data.String()}, {"read.sps", syntax.String()}} {
		one, err := z.Create(f.name)
		if err != nil {
			return err
		}
		if _, err := one.Write([]byte(f.text)); err != nil {
			return err
		}
	}
	return z.Close()
}

func writeAnswers(w http.ResponseWriter, r *web.Request, x research.Exported, format sheet.Format) error {
	columns := []sheet.OutColumn{{Title: r.L.T("research.serial"), Text: true}, {Title: r.L.T("research.weight")}}
	spoken := make([]map[string]string, len(x.Questions))
	for i, q := range x.Questions {
		columns = append(columns, sheet.OutColumn{Title: q.Label, Text: q.Kind != result.Number})
		spoken[i] = map[string]string{}
		for _, c := range q.Choices {
			spoken[i][c.Value] = c.Label
		}
	}
	out, err := sheet.NewWriter(w, format, r.L.T("research.study.answers"), columns)
	if err != nil {
		return err
	}
	for n, g := range x.Given {
		row := []any{x.Serials[n], g.Weight}
		for i, q := range x.Questions {
			row = append(row, said(q, g.Values[q.Path], spoken[i]))
		}
		if err := out.Write(row...); err != nil {
			return err
		}
	}
	return out.Close()
}

func said(q result.Question, value string, spoken map[string]string) any {
	switch q.Kind {
	case result.Number:
		if n, err := strconv.ParseFloat(value, 64); err == nil {
			return n
		}
		return value
	case result.Words:
		return value
	}
	words := strings.Fields(value)
	for i, v := range words {
		if spoken[v] != "" {
			words[i] = spoken[v]
		}
	}
	return strings.Join(words, "、")
}

func writeTables(w http.ResponseWriter, r *web.Request, x research.Exported) error {
	l := r.L
	out, err := sheet.NewWriter(w, sheet.XLSX, l.T("research.results"), []sheet.OutColumn{
		{Title: l.T("research.bank_label"), Width: 40, Text: true}, {Title: l.T("research.choice"), Width: 30, Text: true}, {Title: l.T("research.people")}, {Title: l.T("research.share")},
	})
	if err != nil {
		return err
	}
	for _, t := range x.Results.Tables {
		t.Label = counted{l: l, t: t}.title()
		for _, row := range t.Rows {
			if err := out.Write(t.Label, row.Label, row.Count, row.Share); err != nil {
				return err
			}
		}
		if f := t.Figures; f != nil {
			for _, n := range []struct {
				key string
				x   float64
			}{{"research.mean", f.Mean}, {"research.median", f.Median}} {
				if err := out.Write(t.Label, l.T(n.key), t.Answered, n.x); err != nil {
					return err
				}
			}
		}
	}
	return out.Close()
}
