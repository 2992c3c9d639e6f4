package densityweb

import (
	"errors"
	"net/http"
	"os"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/density"
)

// outlined is the page on which outlines of divisions are given.
type outlined struct {
	words
	form *web.Form
	key  string
	got  *density.Fitting
	set  bool
}

var systems = []string{string(geo.WGS84), string(geo.CGCS2000), string(geo.GCJ02), string(geo.BD09)}

func (p *pages) outlines(w http.ResponseWriter, r *web.Request) error {
	return p.showOutlines(w, r, &outlined{words: words{r.L}, form: web.ReadValues(nil)})
}

func (p *pages) showOutlines(w http.ResponseWriter, r *web.Request, x *outlined) error {
	x.key = web.NewKey()
	frame := p.doors.Office(r, r.L.T("density.outlines"), r.L.T("density.outlines.purpose"))
	frame.Crumbs = []ui.Crumb{{Label: r.L.T("density.title"), Href: home}, {Label: r.L.T("density.outlines")}}
	if len(x.form.Problems()) > 0 {
		return door.Again(w, r, ui.Office, frame, outlinesBody(x))
	}
	return door.Show(w, r, ui.Office, frame, outlinesBody(x))
}

// takeOutlines checks a file, and writes it where that was asked for. The file is sent once more to be written: nothing of
// it is kept in between.
func (p *pages) takeOutlines(w http.ResponseWriter, r *web.Request) error {
	up, err := r.Upload(nil)
	if err != nil {
		return err
	}
	defer func() { _ = up.Remove() }()
	x := &outlined{words: words{r.L}, form: web.ReadValues(up.Values)}
	crs := geo.CRS(x.form.Choice("crs", systems, web.Required))
	origin := x.form.Text("origin", web.Required, web.Max(120))
	x.set = x.form.Choice("what", []string{"check", "write"}, web.Required) == "write"
	file, ok := up.File("file")
	if !ok {
		x.form.Fail("file", "field.required", nil)
	}
	if x.form.Err() != nil {
		return p.showOutlines(w, r, x)
	}
	data, err := os.ReadFile(file.Path)
	if err != nil {
		return err
	}
	got, err := p.density.Outlines(r.Context(), r.Actor, data, crs, origin, x.set)
	if err != nil {
		if errs.KindOf(err) != errs.Invalid {
			return err
		}
		if problems := errs.ProblemsOf(err); len(problems) > 0 {
			for _, q := range problems {
				x.form.Fail("file", q.Key, q.Args)
			}
		} else if e, ok := errAs(err); ok {
			x.form.Fail("file", e.Key, e.Args)
		}
		return p.showOutlines(w, r, x)
	}
	if x.set {
		return r.Redirect(w, home, "density.outlines.done", "n", got.Ready)
	}
	x.got = &got
	return p.showOutlines(w, r, x)
}

func errAs(err error) (*errs.Error, bool) {
	return errors.AsType[*errs.Error](err)
}

func (x *outlined) options(name string, keys []string, first string) []ui.Option {
	var out []ui.Option
	chosen := x.form.Raw(name)
	if chosen == "" {
		chosen = first
	}
	for _, k := range keys {
		out = append(out, ui.Option{Value: k, Label: x.l.T("density.outlines." + name + "." + k), Selected: k == chosen})
	}
	return out
}

func (x *outlined) fault(name string) string {
	for _, f := range x.form.At(name) {
		return x.l.Problem(f)
	}
	return ""
}

// faultsOf are all that is wrong with a form and its file, up to twenty.
func (x words) faultsOf(form *web.Form) []ui.Fault {
	var out []ui.Fault
	for _, f := range form.Problems() {
		if len(out) < 20 {
			out = append(out, ui.Fault{Field: f.Field, Text: x.l.Problem(f)})
		}
	}
	return out
}

func (x *outlined) table() ui.Table {
	head := func(key string, kind ui.Kind) ui.Column {
		return ui.Column{Head: x.l.T("density.outlines.col." + key), Kind: kind}
	}
	t := ui.Table{Label: x.l.T("density.outlines"), Columns: []ui.Column{head("name", ui.Title), head("code", ui.Serial), head("division", ui.Words), head("points", ui.Number)}}
	var rows []ui.Row
	for _, f := range x.got.Fits {
		division := ui.Cell{Text: f.Node.Name}
		switch {
		case f.Twice:
			division = ui.Cell{Text: x.l.T("density.outlines.twice")}
		case !f.Found:
			division = ui.Cell{Text: x.l.T("density.outlines.unknown")}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: f.Name}, {Text: f.Code}, division, x.whole(int64(f.Points))}})
	}
	t.Groups = ui.Rows(rows...)
	return t
}
