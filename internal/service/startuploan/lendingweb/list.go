package lendingweb

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/schedule"
)

// listed is the list page: its filter, and what it found.
type listed struct {
	filter          contract.Filter
	bank, at        org.ID
	banks, counties []org.Node
	page            page.Page[contract.Row]
	sums            contract.Sums
}

// read takes the filters from the address.
func (p *pages) read(r *web.Request) (v listed, err error) {
	f := web.Read(r)
	v.filter = contract.Filter{
		State: contract.State(f.Choice("state", words(contract.States))), Class: f.Choice("class", contract.Classes), Method: schedule.Method(f.Choice("method", words(schedule.Methods))),
		Overdue: f.Bool("overdue"), Year: int(f.Int("year", 0, 2199)), Words: f.Text("q", web.Max(60)),
	}
	if err := f.Err(); err != nil {
		return v, err
	}
	if v.banks, v.counties, err = p.Loans.Narrowings(r.Context(), r.Actor); err != nil {
		return v, err
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
			return v, err
		}
		for _, n := range x.all {
			if n.ID == *x.to && x.name == "bank" {
				v.filter.Bank = n.Path
			} else if n.ID == *x.to {
				v.filter.At = n.Path
			}
		}
	}
	return v, nil
}

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	if v.page, err = p.Loans.List(r.Context(), r.Actor, v.filter, r.URL.Query().Get("from")); err != nil {
		return err
	}
	if v.sums, err = p.Loans.Tally(r.Context(), r.Actor, v.filter); err != nil {
		return err
	}
	pg := p.doors.Office(r, r.L.T("lending.list"), r.L.T("lending.list_says"))
	pg.Actions = []ui.Action{{Label: r.L.T("lending.terms"), Icon: "clock", Href: contracts + "/terms"}}
	if r.Actor.May(contract.Sign) {
		pg.Actions = append(pg.Actions, ui.Action{Label: r.L.T("lending.do_new"), Icon: "plus", Href: contracts + "/new", Primary: true})
	}
	return door.Show(w, r, ui.Office, pg, listBody(r, v))
}

// figures are what the list comes to.
func (v listed) figures(r *web.Request) []ui.Figure {
	all := []ui.Figure{
		{Label: r.L.T("lending.drawn_sum"), Value: v.sums.Drawn.Short(), Href: v.url(contracts)},
		{Label: r.L.T("lending.balance_sum"), Value: v.sums.Balance.Short(), Href: v.url(contracts, "state", string(contract.Open))},
		{Label: r.L.T("lending.overdue_count"), Value: r.L.Int(int64(v.sums.Late)), Href: v.url(contracts, "overdue", "1")},
		{Label: r.L.T("lending.overdue_sum"), Value: v.sums.Overdue.Short(), Href: v.url(contracts, "overdue", "1")},
	}
	if v.sums.Late > 0 {
		all[2].Light, all[2].Lit = ui.Bad, true
	}
	return all
}

// url is an address of the list or its export with some parameters changed; an empty value drops one.
func (v listed) url(path string, change ...string) string {
	overdue, year := "", ""
	if v.filter.Overdue {
		overdue = "1"
	}
	if v.filter.Year > 0 {
		year = strconv.Itoa(v.filter.Year)
	}
	pairs := []string{
		"q", v.filter.Words, "state", string(v.filter.State), "bank", v.bank.String(), "org", v.at.String(), "class", v.filter.Class, "method", string(v.filter.Method),
		"year", year, "overdue", overdue,
	}
	for i := 0; i+1 < len(change); i += 2 {
		pairs = set(pairs, change[i], change[i+1])
	}
	return web.Address(path, pairs...)
}

func set(pairs []string, name, value string) []string {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i] == name {
			pairs[i+1] = value
			return pairs
		}
	}
	return append(pairs, name, value)
}

func (v listed) tabs(r *web.Request) []ui.Tab {
	all := []ui.Tab{{Label: r.L.T("lending.state.any"), Href: v.url(contracts, "state", ""), Active: v.filter.State == ""}}
	for _, s := range contract.States {
		all = append(all, ui.Tab{Label: r.L.T("lending.state." + string(s)), Href: v.url(contracts, "state", string(s)), Active: v.filter.State == s})
	}
	return all
}

func orgChoices(all []org.Node, chosen org.ID, empty string) []ui.Option {
	out := []ui.Option{{Label: empty}}
	for _, n := range all {
		out = append(out, ui.Option{Value: n.ID.String(), Label: n.Name, Selected: n.ID == chosen})
	}
	return out
}

// chosenOf is what a form's choice among organisations begins with: where there is but one, that one.
func chosenOf(f *web.Form, name string, all []org.Node) org.ID {
	if id := chosen(f, name); !id.IsZero() || len(all) != 1 {
		return id
	}
	return all[0].ID
}

func (v listed) filters(r *web.Request) ui.Filters {
	l := r.L
	overdue := ""
	if v.filter.Overdue {
		overdue = "1"
	}
	f := ui.Filters{
		Action: contracts, Search: &ui.Search{Name: "q", Label: l.T("lending.search"), Value: v.filter.Words, Placeholder: l.T("lending.search_hint")},
		Keep: []ui.Param{{Name: "state", Value: string(v.filter.State)}},
		Filters: []ui.Filter{
			{Name: "bank", Label: l.T("lending.field.bank"), Options: orgChoices(v.banks, v.bank, l.T("lending.any_bank"))},
			{Name: "org", Label: l.T("lending.field.org"), Options: orgChoices(v.counties, v.at, l.T("lending.any_county"))},
			{Name: "class", Label: l.T("lending.field.class"), Options: choices(r, "lending.class.", contract.Classes, v.filter.Class, l.T("lending.any_class"))},
			{Name: "method", Label: l.T("lending.field.method"), Options: choices(r, "lending.method.", schedule.Methods, string(v.filter.Method), l.T("lending.any_method"))},
			{Name: "overdue", Label: l.T("lending.overdue"), Options: choices(r, "lending.overdue_is.", []string{"1"}, overdue, l.T("lending.any_overdue"))},
		},
	}
	if clear := (listed{filter: contract.Filter{State: v.filter.State}}).url(contracts); clear != v.url(contracts) {
		f.Clear = clear
	}
	if r.Actor.May(contract.Export) {
		f.Export = []ui.Export{{Href: v.url(contracts + "/export"), Count: int64(v.sums.Loans.N), Capped: v.sums.Loans.Capped}}
	}
	return f
}

// stateTones are how the states look.
var stateTones = map[contract.State]ui.Tone{
	contract.Open: ui.OK, contract.Signed: ui.Soon, contract.Settled: ui.Hold, contract.Compensated: ui.Bad, contract.WrittenOff: ui.Bad, contract.Void: ui.Hold,
}

// stateOf says how a loan stands: that it is overdue comes before all else.
func stateOf(r *web.Request, c *contract.Contract, late int) templ.Component {
	if late > 0 {
		return ui.Light(ui.Bad, r.L.T("lending.late", "days", late))
	}
	if c.State == contract.Open && !c.Extended.IsZero() {
		return ui.Light(ui.Soon, r.L.T("lending.extended"))
	}
	return ui.Light(stateTones[c.State], r.L.T("lending.state."+string(c.State)))
}

func (v listed) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.page.Items))
	for i, x := range v.page.Items {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x.Number, Href: contractURL(x.ID, "")},
			{Text: orDash(x.Borrower)},
			{Text: x.BankName},
			{Text: x.Home},
			{Text: x.Principal.String()},
			{Text: x.Balance.String()},
			{Text: x.Rate.String()},
			{Text: x.From.String()},
			{Text: x.Due().String()},
			{Text: l.T("lending.class." + x.Class)},
			{Part: stateOf(r, &x.Contract, x.Late)},
		}}
	}
	return ui.Table{ID: "loans", Label: l.T("lending.list"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("lending.field.number"), Kind: ui.Title},
		{Head: l.T("lending.field.borrower")},
		{Head: l.T("lending.field.bank")},
		{Head: l.T("lending.field.org"), Kind: ui.Short},
		{Head: l.T("lending.field.principal") + l.T("lending.in_yuan"), Kind: ui.Number},
		{Head: l.T("lending.balance") + l.T("lending.in_yuan"), Kind: ui.Number},
		{Head: l.T("lending.field.rate"), Kind: ui.Number},
		{Head: l.T("lending.field.from"), Kind: ui.Short},
		{Head: l.T("lending.field.to"), Kind: ui.Short},
		{Head: l.T("lending.field.class"), Kind: ui.Short},
		{Head: l.T("lending.standing"), Kind: ui.Short},
	}}
}

func (v listed) pager() ui.Pages {
	p := ui.Pages{Size: 50}
	if v.page.Prev != "" {
		p.Prev = v.url(contracts, "from", v.page.Prev)
	}
	if v.page.Next != "" {
		p.Next = v.url(contracts, "from", v.page.Next)
	}
	return p
}

// export sends what is listed as a file. It is noted before the file goes out.
func (p *pages) export(w http.ResponseWriter, r *web.Request) error {
	v, err := p.read(r)
	if err != nil {
		return err
	}
	rows, err := p.Loans.Sheet(r.Context(), r.Actor, v.filter)
	if err != nil {
		return err
	}
	l := r.L
	web.Download(w, l.T("lending.list")+".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	var columns []sheet.OutColumn
	for _, key := range []string{
		"lending.field.number", "lending.field.deed", "lending.field.borrower", "lending.field.kind", "lending.field.credit", "lending.field.group", "lending.field.bank", "lending.field.org",
		"lending.field.principal", "lending.drawn", "lending.balance", "lending.field.rate", "lending.lpr", "lending.field.method", "lending.field.signed", "lending.field.from", "lending.field.to",
		"lending.extended_to", "lending.version", "lending.field.class", "lending.late_days", "lending.state",
	} {
		columns = append(columns, sheet.OutColumn{Title: l.T(key), Text: true, Width: 16})
	}
	out, err := sheet.NewWriter(w, sheet.XLSX, l.T("lending.list"), columns)
	if err != nil {
		return err
	}
	for _, x := range rows {
		extended, group := "", ""
		if !x.Extended.IsZero() {
			extended = x.Extended.String()
		}
		if x.Group != "" {
			group = l.T("lending.group." + x.Group)
		}
		if err := out.Write(x.Number, x.Deed, x.Borrower, l.T("lending.kind."+string(x.Kind)), x.Credit, group, x.BankName, x.Home, x.Principal.Plain(), x.Drawn.Plain(), x.Balance.Plain(),
			x.Rate.String(), x.LPR.String(), l.T("lending.method."+string(x.Method)), x.Signed.String(), x.From.String(), x.To.String(), extended, x.Version,
			l.T("lending.class."+x.Class), strconv.Itoa(x.Late), l.T("lending.state."+string(x.State))); err != nil {
			return err
		}
	}
	return out.Close()
}
