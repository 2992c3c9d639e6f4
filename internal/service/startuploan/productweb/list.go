package productweb

import (
	"net/http"
	"strconv"

	"github.com/a-h/templ"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/product"
)

func (p *pages) list(w http.ResponseWriter, r *web.Request) error {
	all, err := p.s.List(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("loanproduct.list"), r.L.T("loanproduct.list_says"))
	page.Actions = []ui.Action{{Label: r.L.T("loanproduct.banks"), Icon: "building", Href: banksURL}}
	if r.Actor.May(product.Edit) {
		page.Actions = append(page.Actions, ui.Action{Label: r.L.T("loanproduct.do_new"), Icon: "plus", Href: home + "/new", Primary: true})
	}
	return door.Show(w, r, ui.Office, page, listBody(r, all))
}

// name is what an edition is called in the reader's language.
func name(r *web.Request, p product.Product) string {
	if r.L.Lang() == i18n.En && p.NameEn != "" {
		return p.NameEn
	}
	return p.Name
}

// stand says how an edition stands today.
func stand(r *web.Request, s product.Shown) templ.Component {
	l := r.L
	switch {
	case s.State == product.Draft:
		return ui.State(ui.Soon, "edit", l.T("loanproduct.state.draft"))
	case s.From > s.Today:
		return ui.State(ui.Plain, "clock", l.T("loanproduct.state.later"))
	case !s.On(s.Today):
		return ui.State(ui.Hold, "archive", l.T("loanproduct.state.over"))
	case !s.In:
		return ui.State(ui.Bad, "ban", l.T("loanproduct.state.bank_out"))
	}
	return ui.State(ui.OK, "circle-check", l.T("loanproduct.state.offered"))
}

// status says how far an edition's source may be trusted.
func status(r *web.Request, s rulebook.Status) templ.Component {
	switch s {
	case rulebook.Unverified:
		return ui.Tag(ui.Soon, "alert-triangle", r.L.T("loanproduct.status.unverified"))
	case rulebook.Confirmed:
		return ui.Tag(ui.OK, "check", r.L.T("loanproduct.status.confirmed"))
	}
	return ui.Tag(ui.Plain, "", r.L.T("loanproduct.status.stated"))
}

func amounts(r *web.Request, p product.Product) string {
	return r.L.T("loanproduct.amounts", "least", sum(r, p.Least), "most", sum(r, p.Most))
}

// sum writes an amount as people say it: 30万元.
func sum(r *web.Request, a money.Fen) string {
	if r.L.Lang() == i18n.ZhCN {
		return a.Short()
	}
	return r.L.Money(a)
}

func months(r *web.Request, p product.Product) string {
	if p.MonthsFrom == p.MonthsTo {
		return r.L.T("loanproduct.one_term", "n", p.MonthsTo)
	}
	return r.L.T("loanproduct.terms", "from", p.MonthsFrom, "to", p.MonthsTo)
}

// points is the rate over the LPR, as LPR + 150bp.
func points(r *web.Request, p product.Product) string {
	if p.Points < 0 {
		return r.L.T("loanproduct.below", "points", strconv.FormatFloat(float64(-p.Points)/100, 'f', -1, 64))
	}
	return r.L.T("loanproduct.over", "points", strconv.FormatFloat(float64(p.Points)/100, 'f', -1, 64))
}

func table(r *web.Request, all []product.Shown) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(all))
	for i, p := range all {
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: name(r, p.Product), Href: productURL(p.ID, "")},
			{Text: p.At.Name},
			{Text: named(r, "loanproduct.kind.", p.Kinds)},
			{Text: amounts(r, p.Product)},
			{Text: months(r, p.Product)},
			{Text: points(r, p.Product)},
			{Text: window(r, p.From, p.Until)},
			{Part: stand(r, p)},
		}}
	}
	return ui.Table{ID: "products", Label: l.T("loanproduct.list"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loanproduct.field.name"), Kind: ui.Title},
		{Head: l.T("loanproduct.field.bank")},
		{Head: l.T("loanproduct.field.kinds")},
		{Head: l.T("loanproduct.field.amount"), Kind: ui.Number},
		{Head: l.T("loanproduct.field.months"), Kind: ui.Short},
		{Head: l.T("loanproduct.field.rate"), Kind: ui.Short},
		{Head: l.T("loanproduct.field.window")},
		{Head: l.T("loanproduct.field.stand"), Kind: ui.Short},
	}}
}
