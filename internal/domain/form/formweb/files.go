package formweb

import (
	"net/http"
	"slices"
	"strconv"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// besides are the files that a form needs and has, on their page.
type besides struct {
	form.Look
	wrong []ui.Fault
}

func (p *pages) askFiles(w http.ResponseWriter, r *web.Request) error {
	of, err := p.designed(r)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.page(r, r.L.T("formweb.files"), r.L.T("formweb.files_says"), &of), filesBody(r, besides{Look: of}))
}

// takeFiles puts files beside the draft, or takes one away. Of several each is taken or told why not.
func (p *pages) takeFiles(w http.ResponseWriter, r *web.Request) error {
	of, err := p.designed(r)
	if err != nil {
		return err
	}
	up, err := r.Upload(nil)
	if err != nil {
		return err
	}
	defer up.Remove()
	if drop := web.Read(r).Raw("drop"); drop != "" {
		if err := p.s.Detach(r.Context(), r.Actor, of.ID, drop); err != nil {
			return err
		}
		return r.Redirect(w, formURL(of.ID, "files"), "formweb.done_detach")
	}
	v, once, taken := besides{}, r.Actor.Once, 0
	for i, f := range up.Files {
		if f.Size == 0 {
			continue
		}
		by := r.Actor
		by.Once = once + "." + strconv.Itoa(i) // each file is an act of its own
		_, err := p.s.Attach(r.Context(), by, of.ID, f.Path, f.Name)
		switch errs.KindOf(err) {
		case errs.Invalid, errs.Conflict:
			if err != nil {
				v.wrong = append(v.wrong, ui.Fault{Field: "file", Text: f.Name + "：" + r.L.Error(err)})
				continue
			}
		}
		if err != nil {
			return err
		}
		taken++
	}
	if taken == 0 && len(v.wrong) == 0 {
		v.wrong = []ui.Fault{{Field: "file", Text: r.L.T("formweb.no_file")}}
	}
	if len(v.wrong) == 0 {
		return r.Redirect(w, formURL(of.ID, "files"), "formweb.done_attach", "n", taken)
	}
	if v.Look, err = p.look(r); err != nil {
		return err
	}
	return door.Again(w, r, ui.Office, p.page(r, r.L.T("formweb.files"), r.L.T("formweb.files_says"), &v.Look), filesBody(r, v))
}

// beside lists what a form needs and has.
func beside(r *web.Request, v form.Look) ui.Table {
	l := r.L
	var rows []ui.Row
	needs := slices.Clone(v.Needs)
	for _, f := range v.Files {
		if !slices.ContainsFunc(needs, func(n survey.Need) bool { return n.Name == f.Name }) {
			needs = append(needs, survey.Need{Name: f.Name})
		}
	}
	for _, n := range needs {
		where := "—"
		switch {
		case n.Row > 0:
			where = l.T("formweb.file_at", "sheet", n.Sheet, "row", n.Row)
		case n.Sheet == "":
			where = l.T("formweb.file_unused")
		}
		state, size := ui.Cell{Part: ui.State(ui.Bad, "alert-octagon", l.T("formweb.file_missing"))}, "—"
		if list, ok := v.Lists[n.Name]; ok {
			state = ui.Cell{Part: ui.State(ui.OK, "circle-check", l.T("formweb.file_list", "list", list.Title))}
		} else if at := slices.IndexFunc(v.Files, func(f form.Attached) bool { return f.Name == n.Name }); at >= 0 {
			f := v.Files[at]
			state, size = ui.Cell{Part: ui.State(ui.OK, "circle-check", l.T("formweb.file_there"))}, l.Size(f.Bytes)
			if f.Items > 0 {
				size = l.T("formweb.file_items", "n", f.Items, "size", size)
			}
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: n.Name}, state, {Text: size}, {Text: where}}})
	}
	return ui.Table{ID: "files", Label: l.T("formweb.files"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("formweb.file_name"), Kind: ui.Title}, {Head: l.T("formweb.state")}, {Head: l.T("formweb.file_size")}, {Head: l.T("formweb.file_where")},
	}}
}

// lacks counts the files that are not there, and for which no list stands in.
func lacks(v form.Look) (n int) {
	for _, x := range v.Needs {
		if _, ok := v.Lists[x.Name]; !ok && !slices.ContainsFunc(v.Files, func(f form.Attached) bool { return f.Name == x.Name }) {
			n++
		}
	}
	return n
}
