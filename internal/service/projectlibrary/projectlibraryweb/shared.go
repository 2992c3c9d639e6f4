package projectlibraryweb

import (
	"net/http"

	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/projectlibrary"
)

// sharedList is what founders have agreed to show to the viewer's bank.
func (p *pages) sharedList(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := listed{base: shared, filter: venture.Filter{Industry: field(f), Need: f.Choice("need", venture.NeedKinds), Words: f.Text("q", web.Max(60))}}
	if err := f.Err(); err != nil {
		return err
	}
	var err error
	if v.branches, err = p.s.Branches(r.Context(), r.City); err != nil {
		return err
	}
	if v.page, err = p.s.Ventures.SharedList(r.Context(), r.Actor, v.filter, r.URL.Query().Get("from")); err != nil {
		return err
	}
	return door.Show(w, r, ui.Office, p.doors.Office(r, r.L.T("venture.shared"), r.L.T("venture.shared_says")), sharedBody(r, v))
}

// sharedOne is one of them, as far as the consents reach. The founder is told that somebody looked.
func (p *pages) sharedOne(w http.ResponseWriter, r *web.Request) error {
	which, err := ventureID(r)
	if err != nil {
		return err
	}
	d, err := p.s.Ventures.ViewShared(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	v := shown{Page: projectlibrary.Page{Dossier: d}, top: shared, form: web.ReadValues(nil)}
	page := p.doors.Office(r, v.Name, "")
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("venture.shared"), Href: shared}, {Label: v.Serial}}
	return door.Show(w, r, ui.Office, page, sharedOneBody(r, v))
}

// openNeeds are what the venture lacks now, for a bank.
func (v shown) openNeeds(r *web.Request) ui.Table {
	var rows []ui.Row
	for _, n := range v.Needs {
		if n.ClosedAt > 0 {
			continue
		}
		text := n.Text
		if n.Amount > 0 {
			text += "（" + r.L.Money(n.Amount) + "）"
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: text}, {Text: r.L.T("venture.need." + n.Kind)}, {Text: r.L.Date(dayOf(r, n.MadeAt))}}})
	}
	return ui.Table{ID: "needs", Label: r.L.T("venture.needs"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("venture.field.text"), Kind: ui.Title}, {Head: r.L.T("venture.field.need"), Kind: ui.Short}, {Head: r.L.T("venture.since"), Kind: ui.Short},
	}}
}
