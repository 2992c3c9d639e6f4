package fillweb

import (
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

// mineTable lists one's own answers.
func mineTable(l *i18n.Printer, all []form.Own) ui.Table {
	t := ui.Table{ID: "mine", Label: l.T("fillweb.mine"), Columns: []ui.Column{
		{Head: l.T("fillweb.form"), Kind: ui.Title}, {Head: l.T("fillweb.serial")}, {Head: l.T("fillweb.at")}, {Head: l.T("fillweb.state")},
	}}
	var rows []ui.Row
	for _, o := range all {
		state := ui.State(ui.Plain, "lock", l.T("fillweb.state.fixed"))
		switch {
		case o.Withdrawn:
			state = ui.State(ui.Hold, "", l.T("fillweb.state.withdrawn"))
		case o.Editable:
			state = ui.State(ui.OK, "edit", l.T("fillweb.state.open"))
		}
		rows = append(rows, ui.Row{ID: o.ID.String(), Label: o.Serial, Cells: []ui.Cell{
			{Text: o.Title, Href: mineURL(o.Serial)}, {Part: ui.Code(o.Serial)}, {Text: l.Time(time.UnixMicro(o.At))}, {Part: state},
		}})
	}
	t.Groups = []ui.Group{{Rows: rows}}
	return t
}

func begunTable(l *i18n.Printer, all []form.Begun) ui.Table {
	t := ui.Table{ID: "begun", Label: l.T("fillweb.begun_head"), Columns: []ui.Column{
		{Head: l.T("fillweb.begun_head"), Kind: ui.Title}, {Head: l.T("fillweb.begun_at")}, {Head: l.T("fillweb.begun_next"), Kind: ui.NextAct},
	}}
	var rows []ui.Row
	for _, b := range all {
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: b.Title, Href: "/f/" + b.Slug}, {Text: l.Time(time.UnixMicro(b.EditedAt))}, {Text: l.T("fillweb.begun_go"), Href: "/f/" + b.Slug},
		}})
	}
	t.Groups = []ui.Group{{Rows: rows}}
	return t
}

// unfound is what is wrong with the fields by which an answer is looked for.
func unfound(l *i18n.Printer, f *web.Form) (all []ui.Fault) {
	for _, p := range f.Problems() {
		all = append(all, ui.Fault{Field: p.Field, Text: l.Problem(p)})
	}
	return all
}
