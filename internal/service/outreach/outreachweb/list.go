package outreachweb

import (
	"net/http"

	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/outreach"
)

// listed is an office's list.
type listed struct {
	page       page.Page[outreach.Row]
	sums       outreach.Sums
	view, kind string
	now        int64
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := listed{view: f.Choice("view", outreach.Views), kind: f.Choice("kind", outreach.Kinds), now: p.s.DB.Now().UnixMicro()}
	if v.view == "" {
		v.view = outreach.Views[0]
	}
	if err := f.Err(); err != nil {
		return err
	}
	var err error
	if v.page, v.sums, err = p.s.List(r.Context(), r.Actor, outreach.Filter{View: v.view, Kind: v.kind}, f.Raw("cursor")); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("outreach.list"), r.L.T("outreach.list_says"))
	if r.Actor.May(outreach.Hold) {
		pg.Actions = []ui.Action{{Label: r.L.T("outreach.do_new"), Icon: "plus", Href: home + "/new", Primary: true}}
	}
	return door.Show(w, r, ui.Office, pg, listBody(r, v))
}

func (v listed) url(view, cursor string) string {
	return web.Address(home, "view", view, "kind", v.kind, "cursor", cursor)
}

func (v listed) tabs(r *web.Request) (all []ui.Tab) {
	for _, k := range outreach.Views {
		all = append(all, ui.Tab{Label: r.L.T("outreach.view." + k), Href: v.url(k, ""), Active: k == v.view})
	}
	return all
}

func (v listed) filters(r *web.Request) ui.Filters {
	f := ui.Filters{Action: home, Keep: []ui.Param{{Name: "view", Value: v.view}}, Filters: []ui.Filter{
		{Name: "kind", Label: r.L.T("outreach.field.kind"), Options: options(r, "outreach.kind.", outreach.Kinds, v.kind, r.L.T("outreach.any_kind"))},
	}}
	if v.kind != "" {
		f.Clear = web.Address(home, "view", v.view)
	}
	if r.Actor.May(outreach.Export) {
		f.Export = []ui.Export{{Href: web.Address(home+"/export", "view", v.view, "kind", v.kind), Count: v.sums.Events}}
	}
	return f
}

func (v listed) figures(r *web.Request) []ui.Figure {
	l := r.L
	return []ui.Figure{
		{Label: l.T("outreach.sum.events"), Value: l.Int(v.sums.Events)},
		{Label: l.T("outreach.sum.signed"), Value: l.Int(v.sums.Signed)},
		{Label: l.T("outreach.sum.came"), Value: l.Int(v.sums.Came + v.sums.Walked), Note: l.T("outreach.sum.walked", "n", v.sums.Walked)},
		{Label: l.T("outreach.sum.asked"), Value: l.Int(v.sums.Asked)},
	}
}

func (v listed) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.page.Items))
	for i, e := range v.page.Items {
		asked := ui.Cell{Text: "—"}
		if e.Open > 0 {
			asked = ui.Cell{Part: ui.State(ui.Soon, "messages", l.T("outreach.n_open", "n", e.Open))}
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: e.Title, Href: under(home, e.ID, "")}, {Text: when(r, e.Event)}, {Text: e.Place}, places(r, e.Event, v.now), {Text: l.Int(e.Signed - e.Walked)}, {Text: l.Int(e.Came + e.Walked)}, asked, {Text: e.OrgName},
		}}
	}
	return ui.Table{ID: "events", Label: l.T("outreach.list"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("outreach.field.title"), Kind: ui.Title},
		{Head: l.T("outreach.when"), Kind: ui.Short},
		{Head: l.T("outreach.field.place")},
		{Head: l.T("outreach.state"), Kind: ui.Short},
		{Head: l.T("outreach.sum.signed"), Kind: ui.Number},
		{Head: l.T("outreach.sum.came"), Kind: ui.Number},
		{Head: l.T("outreach.questions"), Kind: ui.Short},
		{Head: l.T("outreach.field.org")},
	}}
}

func (v listed) pager() ui.Pages {
	p := ui.Pages{Size: 50}
	if v.page.Prev != "" {
		p.Prev = v.url(v.view, v.page.Prev)
	}
	if v.page.Next != "" {
		p.Next = v.url(v.view, v.page.Next)
	}
	return p
}

// export sends the events with what they come to.
func (p *pages) export(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	a := outreach.Filter{View: f.Choice("view", outreach.Views), Kind: f.Choice("kind", outreach.Kinds)}
	if err := f.Err(); err != nil {
		return err
	}
	all, err := p.s.Sheet(r.Context(), r.Actor, a)
	if err != nil {
		return err
	}
	l := r.L
	web.Download(w, l.T("outreach.list")+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	var columns []sheet.OutColumn
	for _, head := range []string{
		l.T("outreach.serial"), l.T("outreach.field.kind"), l.T("outreach.field.title"), l.T("outreach.when"), l.T("outreach.field.place"), l.T("outreach.field.org"), l.T("outreach.field.seats"),
		l.T("outreach.sum.signed"), l.T("outreach.came_of"), l.T("outreach.walked"), l.T("outreach.state"),
	} {
		columns = append(columns, sheet.OutColumn{Title: head, Width: 18, Text: true})
	}
	out, err := sheet.NewWriter(w, sheet.XLSX, l.T("outreach.list"), columns)
	if err != nil {
		return err
	}
	for _, e := range all {
		if err := out.Write(e.Serial, l.T("outreach.kind."+e.Kind), e.Title, when(r, e.Event), e.Place, e.OrgName, number(e.Seats), number(e.Signed-e.Walked), number(e.Came), number(e.Walked), l.T("outreach.state."+string(e.State))); err != nil {
			return err
		}
	}
	return out.Close()
}
