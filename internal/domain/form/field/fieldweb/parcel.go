package fieldweb

import (
	"net/http"
	"os"

	"zhidian/internal/domain/form/field"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

const importHome = "/office/field/import"

// brought is the page on which a phone's file is taken in, and what became of it.
type brought struct {
	all   []field.Brought
	done  bool
	wrong string
}

func (p *pages) importPage(r *web.Request) ui.Page {
	return p.doors.Office(r, r.L.T("fieldweb.import"), r.L.T("fieldweb.import_says"))
}

func (p *pages) askParcel(w http.ResponseWriter, r *web.Request) error {
	return door.Show(w, r, ui.Office, p.importPage(r), importBody(r, brought{}))
}

func (p *pages) takeParcel(w http.ResponseWriter, r *web.Request) error {
	u, err := r.Upload(nil)
	if err != nil {
		return err
	}
	defer func() { _ = u.Remove() }()
	v := brought{done: true}
	file, there := u.File("file")
	if !there || file.Size == 0 {
		return door.Again(w, r, ui.Office, p.importPage(r), importBody(r, brought{wrong: r.L.T("fieldweb.no_file")}))
	}
	f, err := os.Open(file.Path)
	if err != nil {
		return err
	}
	defer f.Close()
	v.all, err = p.s.Import(r.Context(), r.Actor, f)
	if err != nil {
		if errs.KindOf(err) != errs.Invalid {
			return err
		}
		v.wrong = r.L.Error(err)
		return door.Again(w, r, ui.Office, p.importPage(r), importBody(r, v))
	}
	return door.Show(w, r, ui.Office, p.importPage(r), importBody(r, v))
}

func (v brought) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.all))
	for i, b := range v.all {
		state, what := ui.Cell{Part: ui.State(ui.OK, "circle-check", l.T("fieldweb.taken"))}, l.T("fieldweb.receipt", "serial", b.Got.Serial)
		switch {
		case b.Err != nil:
			state, what = ui.Cell{Part: ui.State(ui.Bad, "alert-octagon", l.T("fieldweb.not_taken"))}, l.Error(b.Err)
			for _, problem := range errs.ProblemsOf(b.Err) {
				what += " " + l.Problem(problem)
			}
		case b.Got.Again:
			state = ui.Cell{Part: ui.State(ui.Plain, "copy", l.T("fieldweb.was_here"))}
		}
		one := l.T("fieldweb.nth_form", "n", i+1)
		if b.Other {
			one = l.T("fieldweb.nth_other", "n", i+1)
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: one}, state, {Text: what}, {Text: itoa(int64(len(b.Filled.Files)))}}}
	}
	return ui.Table{ID: "brought", Label: l.T("fieldweb.import"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("fieldweb.one"), Kind: ui.Title}, {Head: l.T("fieldweb.state")}, {Head: l.T("fieldweb.result")}, {Head: l.T("fieldweb.files"), Kind: ui.Number},
	}}
}

func (v brought) count(taken bool) (n int) {
	for _, b := range v.all {
		if (b.Err == nil) == taken {
			n++
		}
	}
	return n
}
