package followweb

import (
	"net/http"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/followup"
)

// listed is the list of loans that are followed up.
type listed struct {
	page     page.Page[followup.Row]
	n        page.Count
	view     string
	at, unit org.ID
	counties []org.Node
	units    []org.Node // by which the list may be narrowed, and that visits are given to
	today    day.Day
}

// read gives what of the list was asked for.
func (p *pages) read(r *web.Request) (v listed, a followup.Filter, err error) {
	f := web.Read(r)
	v = listed{view: f.Choice("view", followup.Views), at: web.ID[org.Node](f, "org"), unit: web.ID[org.Node](f, "unit"), today: day.Of(r.Now, r.L.Zone())}
	if v.view == "" {
		v.view = followup.Views[0]
	}
	if err := f.Err(); err != nil {
		return v, a, err
	}
	if v.counties, v.units, err = p.s.Narrowings(r.Context(), r.Actor); err != nil {
		return v, a, err
	}
	a = followup.Filter{View: v.view, Unit: v.unit}
	if !v.at.IsZero() {
		i := slices.IndexFunc(v.counties, func(n org.Node) bool { return n.ID == v.at })
		if i < 0 {
			return v, a, errs.New(errs.Absent, "errs.absent", nil)
		}
		a.At = v.counties[i].Path
	}
	return v, a, nil
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	v, a, err := p.read(r)
	if err != nil {
		return err
	}
	if v.page, v.n, err = p.s.List(r.Context(), r.Actor, a, r.URL.Query().Get("cursor")); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("loanvisit.list"), r.L.T("loanvisit.list_says"))
	pg.Actions = []ui.Action{{Label: r.L.T("loanvisit.terms"), Icon: "settings", Href: home + "/terms"}}
	return door.Show(w, r, ui.Office, pg, listBody(r, v))
}

// export sends what is listed as a workbook. It is noted before the file goes out.
func (p *pages) export(w http.ResponseWriter, r *web.Request) error {
	_, a, err := p.read(r)
	if err != nil {
		return err
	}
	rows, err := p.s.Sheet(r.Context(), r.Actor, a)
	if err != nil {
		return err
	}
	l := r.L
	web.Download(w, l.T("loanvisit.list")+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	var columns []sheet.OutColumn
	for _, key := range []string{"number", "borrower", "home", "bank", "unit_of", "first", "due", "out_until", "last_day", "last"} {
		columns = append(columns, sheet.OutColumn{Title: l.T("loanvisit." + key), Text: true, Width: 16})
	}
	out, err := sheet.NewWriter(w, sheet.XLSX, l.T("loanvisit.list"), columns)
	if err != nil {
		return err
	}
	iso := func(d day.Day) string {
		if d.IsZero() {
			return ""
		}
		return d.String()
	}
	for _, x := range rows {
		found := l.T("loanvisit.nothing")
		if x.State != "" {
			found = l.T("loanvisit.state." + string(x.State))
		}
		if err := out.Write(x.Number, borrower(r, x.Borrower), x.Home, x.BankName, x.UnitName, iso(x.First), iso(x.Due), iso(x.Out), iso(x.Last), found); err != nil {
			return err
		}
	}
	return out.Close()
}

func (v listed) url(view, cursor string) string {
	return web.Address(home, "view", view, "org", v.at.String(), "unit", v.unit.String(), "cursor", cursor)
}

func (v listed) tabs(r *web.Request) (all []ui.Tab) {
	for _, k := range followup.Views {
		all = append(all, ui.Tab{Label: r.L.T("loanvisit.view." + k), Href: v.url(k, ""), Active: k == v.view})
	}
	return all
}

func (v listed) filters(r *web.Request) ui.Filters {
	f := ui.Filters{Action: home, Keep: []ui.Param{{Name: "view", Value: v.view}}, Filters: []ui.Filter{
		{Name: "org", Label: r.L.T("loanvisit.county"), Options: chosen(v.counties, v.at, r.L.T("loanvisit.any_county"))},
		{Name: "unit", Label: r.L.T("loanvisit.unit_of"), Options: chosen(v.units, v.unit, r.L.T("loanvisit.any_unit"))},
	}}
	if r.Actor.May(followup.Export) {
		f.Export = []ui.Export{{Href: web.Address(home+"/export", "view", v.view, "org", v.at.String(), "unit", v.unit.String()), Count: int64(v.n.N), Capped: v.n.Capped}}
	}
	if !v.at.IsZero() || !v.unit.IsZero() {
		f.Clear = web.Address(home, "view", v.view)
	}
	return f
}

// due says by when somebody is to go: late ones by word and light.
func due(r *web.Request, x followup.Row, today day.Day) ui.Cell {
	l := r.L
	switch {
	case !x.Out.IsZero() && x.Out < today:
		return ui.Cell{Part: ui.Light(ui.Bad, l.T("loanvisit.out_late", "day", l.Date(x.Out)))}
	case !x.Out.IsZero():
		return ui.Cell{Part: ui.State(ui.Plain, "device-mobile", l.T("loanvisit.out_by", "day", l.Date(x.Out)))}
	case x.Due.IsZero():
		return ui.Cell{Text: l.T("loanvisit.no_more")}
	case x.Due < today:
		return ui.Cell{Part: ui.Light(ui.Bad, l.T("loanvisit.overdue", "day", l.Date(x.Due)))}
	case x.Due <= today.AddMonths(1):
		return ui.Cell{Part: ui.Light(ui.Soon, l.Date(x.Due))}
	}
	return ui.Cell{Text: l.Date(x.Due)}
}

func borrower(r *web.Request, name string) string {
	if name == "" {
		return r.L.T("loanvisit.hidden")
	}
	return name
}

func (v listed) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.page.Items))
	for i, x := range v.page.Items {
		last := ui.Cell{Text: l.T("loanvisit.nothing")}
		if !x.Last.IsZero() {
			last = state(r, x.State)
			last.After = l.Date(x.Last)
		}
		rows[i] = ui.Row{ID: x.Contract.String(), Label: x.Number, Cells: []ui.Cell{
			{Text: borrower(r, x.Borrower), Href: loanURL(x.Contract, "")}, due(r, x, v.today), last, {Text: x.Home}, {Text: x.UnitName}, {Text: x.BankName}, {Text: l.Date(x.First)}, {Text: x.Number},
		}}
		if !x.Out.IsZero() || x.Due.IsZero() {
			rows[i].ID = ""
		}
	}
	t := ui.Table{ID: "visits", Label: l.T("loanvisit.list"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loanvisit.borrower"), Kind: ui.Title},
		{Head: l.T("loanvisit.due"), Kind: ui.Short},
		{Head: l.T("loanvisit.last"), Kind: ui.Short},
		{Head: l.T("loanvisit.home")},
		{Head: l.T("loanvisit.unit_of")},
		{Head: l.T("loanvisit.bank")},
		{Head: l.T("loanvisit.first"), Kind: ui.Short},
		{Head: l.T("loanvisit.number"), Kind: ui.Serial},
	}}
	if r.Actor.May(followup.Send) {
		t.Pick = "loan"
	}
	return t
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

func bulk(r *web.Request) []ui.Bulk {
	if !r.Actor.May(followup.Send) {
		return nil
	}
	return []ui.Bulk{{Name: "do", Value: "ask", Label: r.L.T("loanvisit.do_send")}}
}

// sending is the page that asks to whose phones the picked loans go, and by when.
type sending struct {
	unit  org.ID
	loans []string
	units []org.Node
	form  *web.Form
	soon  day.Day // offered
}

// send takes the picked loans from the list and asks where they go; with a day it gives them out.
func (p *pages) send(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := sending{form: f, soon: day.Of(r.Now, r.L.Zone()).AddDays(14)}
	var picked []contract.ID
	for _, x := range r.Form["loan"] {
		which, err := id.Parse[contract.Contract](x)
		if err != nil {
			return err
		}
		picked, v.loans = append(picked, which), append(v.loans, which.String())
	}
	if len(picked) == 0 {
		return r.Redirect(w, home, "loanvisit.none_picked")
	}
	if !f.Has("due") {
		return p.showSending(w, r, v)
	}
	v.unit = web.ID[org.Node](f, "unit")
	x := followup.Sending{Loans: picked, Unit: v.unit, Due: f.Day("due", web.Required)}
	if f.Err() == nil {
		n, err := p.s.Send(r.Context(), r.Actor, x)
		if err == nil {
			return r.Redirect(w, web.Address(home, "view", "out"), "loanvisit.done.sent", "n", n)
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showSending(w, r, v)
}

func (p *pages) showSending(w http.ResponseWriter, r *web.Request, v sending) (err error) {
	if v.units, err = p.s.Units(r.Context(), r.Actor); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("loanvisit.do_send"), r.L.T("loanvisit.send_says", "n", len(v.loans)))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loanvisit.list"), Href: home}, {Label: page.Title}}
	if len(v.form.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, sendBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, sendBody(r, v))
}
