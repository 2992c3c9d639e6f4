package figuresweb

import (
	"net/http"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/figures"
)

// fundPage is what was told of guarantee funds, and the form to tell more.
type fundPage struct {
	told     []figures.Fund
	counties []org.Node // in which the reader may tell
	today    day.Day
	form     *web.Form
}

func (p *pages) fund(w http.ResponseWriter, r *web.Request) error {
	return p.showFund(w, r, web.ReadValues(nil))
}

func (p *pages) showFund(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	v := fundPage{form: f, today: day.Of(r.Now, r.L.Zone())}
	var err error
	if v.told, v.counties, err = p.s.Funds(r.Context(), r.Actor); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("loanfigure.fund"), r.L.T("loanfigure.fund_says"))
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, fundBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, fundBody(r, v))
}

func (p *pages) tellFund(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	told := figures.Fund{On: f.Day("on", web.Required), Balance: f.Money("balance", web.Required), Source: f.Text("source", web.Required, web.Max(200))}
	which, err := id.Parse[org.Node](f.Text("org", web.Required))
	if err != nil {
		f.Fail("org", "field.choice", nil)
	}
	told.Org = which
	if f.Err() == nil {
		err := p.s.TellFund(r.Context(), r.Actor, told)
		if err == nil {
			return r.Redirect(w, fund, "loanfigure.fund_told")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showFund(w, r, f)
}

func (v fundPage) table(r *web.Request) ui.Table {
	l := r.L
	var rows []ui.Row
	for _, x := range v.told {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: x.Name}, {Text: l.Date(x.On)}, {Text: l.Money(x.Balance)}, {Text: x.Source}}})
	}
	return ui.Table{ID: "fund", Label: l.T("loanfigure.fund"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loanfigure.by.county"), Kind: ui.Title}, {Head: l.T("loanfigure.fund.on")}, {Head: l.T("loanfigure.fund.balance"), Kind: ui.Number}, {Head: l.T("loanfigure.fund.source")},
	}}
}

func (v fundPage) options() (all []ui.Option) {
	for _, c := range v.counties {
		all = append(all, ui.Option{Value: c.ID.String(), Label: c.Name, Selected: v.form.Raw("org") == c.ID.String()})
	}
	return all
}
