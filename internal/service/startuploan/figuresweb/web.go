// Package figuresweb is the pages of the figures of start-up loans: for offices with every formula, and for everybody with totals only.
package figuresweb

import (
	"embed"
	"net/http"
	"strconv"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/figures"
)

// Messages are the texts of these pages.
//
//go:embed messages
var Messages embed.FS

const home, open, fund = "/office/loans/figures", "/open/loans", "/office/loans/fund"

// Menu is the lines of the office's menu.
var Menu = []door.Entry{
	{Group: "loan.menu", Label: "loanfigure.title", Icon: "chart-dots", Href: home, Verb: contract.Read},
	{Group: "loan.menu", Label: "loanfigure.fund", Icon: "building-bank", Href: fund, Verb: figures.TellFund},
}

type pages struct {
	s     *figures.Service
	loans *contract.Service
	doors *door.Doors
}

// Routes are the pages.
func Routes(s *figures.Service, loans *contract.Service, doors *door.Doors) []web.Route {
	p := &pages{s, loans, doors}
	return []web.Route{
		{Pattern: "GET " + home, Door: web.Office, Verb: contract.Read, Limit: web.Searching, Handle: p.figures, Filters: []string{"by", "org", "bank", "on"}},
		{Pattern: "GET " + home + "/report", Door: web.Office, Verb: contract.Export, Limit: web.Exporting, Handle: p.report},
		{Pattern: "GET " + fund, Door: web.Office, Verb: figures.TellFund, Handle: p.fund},
		{Pattern: "POST " + fund, Door: web.Office, Verb: figures.TellFund, Handle: p.tellFund},
		{Pattern: "GET " + open, Door: web.Public, Handle: p.public},
	}
}

// shown is the page of figures.
type shown struct {
	figures.Table
	bank, at        org.ID
	banks, counties []org.Node
	today           day.Day
}

func (p *pages) figures(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	v := shown{today: day.Of(r.Now, r.L.Zone())}
	a := figures.Asked{By: f.Choice("by", figures.Ways), On: f.Day("on")}
	if a.By == "" {
		a.By = figures.Ways[0]
	}
	if a.By == "group" && !figures.SeesGroups(r.Actor) {
		f.Fail("by", "field.choice", nil)
	}
	if a.On > v.today {
		f.Fail("on", "loanfigure.to_come", nil)
	}
	if err := f.Err(); err != nil {
		return err
	}
	var err error
	if v.banks, v.counties, err = p.loans.Narrowings(r.Context(), r.Actor); err != nil {
		return err
	}
	for _, x := range []struct {
		name string
		to   *org.ID
		all  []org.Node
	}{{"bank", &v.bank, v.banks}, {"org", &v.at, v.counties}} {
		if f.Raw(x.name) == "" {
			continue
		}
		if *x.to, err = id.Parse[org.Node](f.Raw(x.name)); err != nil {
			return err
		}
		for _, n := range x.all {
			if n.ID == *x.to && x.name == "bank" {
				a.Bank = n.Path
			} else if n.ID == *x.to {
				a.At = n.Path
			}
		}
	}
	if v.Table, err = p.s.Sums(r.Context(), r.Actor, a); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("loanfigure.title"), r.L.T("loanfigure.says", "day", r.L.Date(v.On), "time", r.L.Clock(v.Summed)))
	if r.Actor.May(contract.Export) {
		for _, span := range figures.Spans {
			page.Actions = append(page.Actions, ui.Action{Label: r.L.T("loanfigure.report." + span), Icon: "download", Href: web.Address(home+"/report", "span", span, "on", v.On.String())})
		}
	}
	return door.Show(w, r, ui.Office, page, figuresBody(r, v))
}

// word writes a figure; a dash where there is nothing to divide by.
func word(l *i18n.Printer, f figures.Figure, s *figures.Sum) string {
	n, ok := f.Of(s)
	switch {
	case !ok:
		return "—"
	case f.Kind == figures.Money:
		return money.Fen(n).Short()
	case f.Kind == figures.Share:
		return l.Percent(n)
	case f.Kind == figures.Ratio:
		return l.Int(n/100) + "." + strconv.FormatInt(100+n%100, 10)[1:]
	}
	return l.Int(n)
}

func (v shown) filters(r *web.Request) ui.Filters {
	l := r.L
	nodes := func(all []org.Node, chosen org.ID, any string) []ui.Option {
		out := []ui.Option{{Label: any}}
		for _, n := range all {
			out = append(out, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: n.ID == chosen})
		}
		return out
	}
	var ways, days []ui.Option
	for _, w := range figures.Ways {
		if w == "group" && !figures.SeesGroups(r.Actor) {
			continue
		}
		ways = append(ways, ui.Option{Value: w, Label: l.T("loanfigure.by." + w), Selected: w == v.By})
	}
	days = append(days, ui.Option{Label: l.T("loanfigure.today")})
	end, _ := figures.SpanOf("quarter", v.today)
	for range 12 { // the ends of the last quarters
		on := end.AddDays(-1)
		days = append(days, ui.Option{Value: on.String(), Label: l.Date(on), Selected: on == v.On})
		end = end.AddMonths(-3)
	}
	f := ui.Filters{Action: home, Filters: []ui.Filter{
		{Name: "by", Label: l.T("loanfigure.by"), Options: ways},
		{Name: "org", Label: l.T("loanfigure.by.county"), Options: nodes(v.counties, v.at, l.T("loanfigure.any_county"))},
		{Name: "bank", Label: l.T("loanfigure.by.bank"), Options: nodes(v.banks, v.bank, l.T("loanfigure.any_bank"))},
		{Name: "on", Label: l.T("loanfigure.on"), Options: days},
	}}
	if v.bank != "" || v.at != "" || v.On != v.today {
		f.Clear = web.Address(home, "by", v.By)
	}
	return f
}

// name is what a line is called.
func (v shown) name(r *web.Request, x figures.Line) string {
	switch {
	case x.Key == "" && x.Name == "":
		return r.L.T("loanfigure.unknown")
	case v.By == "group":
		return x.Key + " " + r.L.T("lending.group."+x.Key)
	case v.By == "quarter":
		return r.L.T("loanfigure.quarter", "year", x.Key[:4], "no", x.Key[5:])
	case v.By == "industry":
		return x.Key + " " + x.Name
	}
	return x.Name
}

// table has a line for each county or what was asked for, and the sum; each head tells its formula.
func (v shown) table(r *web.Request, id, label string, of []figures.Figure) ui.Table {
	l := r.L
	line := func(name string, s *figures.Sum) []ui.Cell {
		cells := []ui.Cell{{Text: name}}
		for _, f := range of {
			cells = append(cells, ui.Cell{Text: word(l, f, s)})
		}
		return cells
	}
	var rows []ui.Row
	for _, x := range v.Lines {
		if x.Hidden {
			cells := []ui.Cell{{Text: v.name(r, x)}}
			for range of {
				cells = append(cells, ui.Cell{Text: l.T("loanfigure.hidden")})
			}
			rows = append(rows, ui.Row{Cells: cells})
			continue
		}
		rows = append(rows, ui.Row{Cells: line(v.name(r, x), &x.Sum)})
	}
	rows = append(rows, ui.Row{Cells: line(l.T("loanfigure.all"), &v.All), Sum: true})
	columns := []ui.Column{{Head: l.T("loanfigure.by." + v.By), Kind: ui.Title}}
	for _, f := range of {
		columns = append(columns, ui.Column{Head: l.T("loanfigure.name." + f.Key), Kind: ui.Number, Says: l.T("loanfigure.formula." + f.Key)})
	}
	return ui.Table{ID: id, Label: label, Groups: ui.Rows(rows...), Columns: columns, Figures: true}
}

// heads are the figures that one looks at first.
func (v shown) heads(r *web.Request) (all []ui.Figure) {
	for _, f := range figures.All() {
		switch f.Key {
		case "drawn", "loans", "balance", "overdue_whole", "jobs", "survival_12":
			all = append(all, ui.Figure{Label: r.L.T("loanfigure.name." + f.Key), Value: word(r.L, f, &v.All), Href: "#formula-" + f.Key})
		}
	}
	return all
}

// subsidies are the claims of each quarter.
func (v shown) subsidies(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.Subsidies {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: l.Date(x.To)}, {Text: l.Money(x.Claimed)}, {Text: l.Money(x.Approved)}, {Text: l.Money(x.Paid)}, {Text: l.Money(x.Province)}, {Text: l.Money(x.Local)}}})
	}
	columns := []ui.Column{{Head: l.T("loanfigure.claimed_to"), Kind: ui.Title}}
	for _, k := range []string{"claimed", "approved", "paid", "province", "local"} {
		columns = append(columns, ui.Column{Head: l.T("loanfigure.subsidy." + k), Kind: ui.Number})
	}
	return ui.Table{ID: "subsidies", Label: l.T("loanfigure.subsidies"), Groups: ui.Rows(rows...), Columns: columns, Figures: true}
}

// public is what everybody may read.
func (p *pages) public(w http.ResponseWriter, r *web.Request) error {
	v, err := p.s.Open(r.Context(), r.City)
	if err != nil {
		return err
	}
	return door.Show(w, r, ui.Public, p.doors.Public(r, r.L.T("loanfigure.open"), r.L.T("loanfigure.open_says", "day", r.L.Date(v.On))), openBody(r, v))
}

func openHeads(r *web.Request, v figures.Public) (all []ui.Figure) {
	for _, f := range figures.All() {
		switch f.Key {
		case "drawn", "loans", "borrowers", "jobs":
			all = append(all, ui.Figure{Label: r.L.T("loanfigure.name." + f.Key), Value: word(r.L, f, &v.All)})
		}
	}
	return all
}

func openTable(r *web.Request, key string, lines []figures.Open) ui.Table {
	var rows []ui.Row
	for _, x := range lines {
		loans, drawn := r.L.Int(x.Loans), x.Drawn.Short()
		if x.Hidden {
			loans, drawn = r.L.T("loanfigure.hidden"), r.L.T("loanfigure.hidden")
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: x.Name}, {Text: loans}, {Text: drawn}}})
	}
	return ui.Table{ID: key, Label: r.L.T("loanfigure.open_" + key), Groups: ui.Rows(rows...), Figures: true, Columns: []ui.Column{
		{Head: r.L.T("loanfigure.open_" + key), Kind: ui.Title}, {Head: r.L.T("loanfigure.name.loans"), Kind: ui.Number}, {Head: r.L.T("loanfigure.name.drawn"), Kind: ui.Number},
	}}
}

// report sends a period as a workbook: a line for each bank, and a line for each loan that was paid out.
func (p *pages) report(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	span, on := f.Choice("span", figures.Spans, web.Required), f.Day("on", web.Required)
	if err := f.Err(); err != nil {
		return err
	}
	got, err := p.s.Make(r.Context(), r.Actor, p.loans, span, on)
	if err != nil {
		return err
	}
	l := r.L
	name := l.T("loanfigure.report."+span) + got.From.String() + "—" + got.To.AddDays(-1).String()
	web.Download(w, name+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	columns := func(keys ...string) (all []sheet.OutColumn) {
		for _, k := range keys {
			all = append(all, sheet.OutColumn{Title: l.T("loanfigure.sheet." + k), Width: 20, Text: k != "count"})
		}
		return all
	}
	out, err := sheet.NewWriter(w, sheet.XLSX, l.T("loanfigure.sheet.summary"), columns("bank", "lent", "count", "opening", "closing", "claimed"))
	if err != nil {
		return err
	}
	for _, b := range append(got.Banks, figures.BankLine{Name: l.T("loanfigure.all"), Lent: got.All.Lent, Opening: got.All.Opening, Closing: got.All.Closing, Claimed: got.All.Claimed, Count: got.All.Count}) {
		if err := out.Write(b.Name, b.Lent.Plain(), b.Count, b.Opening.Plain(), b.Closing.Plain(), b.Claimed.Plain()); err != nil {
			return err
		}
	}
	if err := out.Next(l.T("loanfigure.sheet.detail"), columns("number", "borrower", "home", "bank", "amount", "rate", "from", "months", "to", "ended")); err != nil {
		return err
	}
	for _, x := range got.Loans {
		ended := ""
		if !x.Ended.IsZero() {
			ended = x.Ended.String()
		}
		if err := out.Write(x.Number, x.Borrower, x.Home, x.BankName, x.Drawn.Plain(), x.Rate.String(), x.From.String(), strconv.Itoa(months(x.From, x.To)), x.To.String(), ended); err != nil {
			return err
		}
	}
	return out.Close()
}

// months is for how many months a loan runs, a broken one counted whole.
func months(from, to day.Day) (n int) {
	for from.AddMonths(n) < to {
		n++
	}
	return n
}
