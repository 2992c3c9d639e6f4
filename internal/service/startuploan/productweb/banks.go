package productweb

import (
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/product"
)

// panel is the page of all banks.
type panel struct {
	product.Panel
	form *web.Form
}

func (p *pages) banks(w http.ResponseWriter, r *web.Request) error {
	return p.showBanks(w, r, web.ReadValues(nil))
}

func (p *pages) showBanks(w http.ResponseWriter, r *web.Request, f *web.Form) (err error) {
	v := panel{form: f}
	if v.Panel, err = p.s.LookBanks(r.Context(), r.Actor); err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("loanproduct.banks"), r.L.T("loanproduct.banks_says"))
	page.Actions = []ui.Action{{Label: r.L.T("loanproduct.list"), Icon: "building-bank", Href: home}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, banksBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, banksBody(r, v))
}

func inOrOut(r *web.Request, b product.Standing) ui.Cell {
	switch {
	case b.In:
		return ui.Cell{Part: ui.State(ui.OK, "circle-check", r.L.T("loanproduct.bank_in", "until", b.Until))}
	case len(b.Reviews) == 0:
		return ui.Cell{Part: ui.State(ui.Plain, "circle-dashed", r.L.T("loanproduct.bank_never"))}
	case b.Reviews[0].Passed:
		return ui.Cell{Part: ui.State(ui.Soon, "clock", r.L.T("loanproduct.bank_over", "until", b.Reviews[0].Until))}
	}
	return ui.Cell{Part: ui.State(ui.Bad, "ban", r.L.T("loanproduct.bank_out"))}
}

func (v panel) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Banks))
	for i, b := range v.Banks {
		last := "—"
		if len(b.Reviews) > 0 {
			last = l.Date(b.Reviews[0].On) + " " + l.T("loanproduct.review."+string(b.Reviews[0].Kind))
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: b.Bank.Name, Href: bankURL(b.Bank.ID)}, inOrOut(r, b), {Text: last}, {Text: l.Int(int64(b.Products))}}}
	}
	return ui.Table{ID: "banks", Label: l.T("loanproduct.banks"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("loanproduct.field.bank"), Kind: ui.Title}, {Head: l.T("loanproduct.field.stand")}, {Head: l.T("loanproduct.last_review"), Kind: ui.Short}, {Head: l.T("loanproduct.in_force"), Kind: ui.Number},
	}}
}

// criteria are what reviews look at, the latest of each kind first.
func (v panel) criteria(r *web.Request) ui.Table {
	var rows []ui.Row
	for i := len(v.Criteria) - 1; i >= 0; i-- {
		c := v.Criteria[i]
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: r.L.T("loanproduct.review." + string(c.Kind))}, {Text: r.L.Date(c.From)}, {Text: strings.Join(c.Items, r.L.T("loanproduct.semicolon"))}, {Text: c.Source}}})
	}
	return ui.Table{ID: "criteria", Label: r.L.T("loanproduct.criteria"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("loanproduct.field.kind"), Kind: ui.Title}, {Head: r.L.T("loanproduct.field.from"), Kind: ui.Short}, {Head: r.L.T("loanproduct.field.items")}, {Head: r.L.T("loanproduct.field.source")},
	}}
}

func (p *pages) setCriteria(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	c := product.Criteria{
		Kind: product.ReviewKind(f.Choice("kind", []string{string(product.Entry), string(product.Exit)}, web.Required)), From: f.Day("from", web.Required), Source: f.Text("source", web.Required, web.Max(500)),
	}
	for line := range strings.Lines(f.Text("items", web.Required, web.Lines, web.Max(4000))) {
		if line = strings.TrimSpace(line); line != "" {
			c.Items = append(c.Items, line)
		}
	}
	if f.Err() == nil {
		err := p.s.SetReviewCriteria(r.Context(), r.Actor, c)
		if err == nil {
			return r.Redirect(w, banksURL, "loanproduct.done.criteria")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showBanks(w, r, f)
}

// oneBank is the page of a bank and its reviews.
type oneBank struct {
	product.Standing
	panel product.Panel
	form  *web.Form
}

func (p *pages) bank(w http.ResponseWriter, r *web.Request) error {
	return p.showBank(w, r, web.ReadValues(nil))
}

func (p *pages) showBank(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := bankID(r)
	if err != nil {
		return err
	}
	v := oneBank{form: f}
	if v.panel, err = p.s.LookBanks(r.Context(), r.Actor); err != nil {
		return err
	}
	if v.Standing, err = v.panel.Bank(which); err != nil {
		return err
	}
	page := p.doors.Office(r, v.Bank.Name, r.L.T("loanproduct.bank_says"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loanproduct.banks"), Href: banksURL}, {Label: v.Bank.Name}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, bankBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, bankBody(r, v))
}

// kind is what the next review is for: a bank that is in is asked whether it stays.
func (v oneBank) kind() product.ReviewKind {
	if v.In {
		return product.Exit
	}
	return product.Entry
}

// items are what the next review looks at.
func (v oneBank) items() []string {
	return product.CriteriaOn(v.panel.Criteria, v.kind(), v.panel.Today).Items
}

func (p *pages) review(w http.ResponseWriter, r *web.Request) error {
	which, err := bankID(r)
	if err != nil {
		return err
	}
	f := web.Read(r)
	v := product.Review{
		Bank: which, Kind: product.ReviewKind(f.Choice("kind", []string{string(product.Entry), string(product.Exit)}, web.Required)), On: f.Day("on", web.Required), Until: f.Day("until"),
		Passed: f.Choice("verdict", []string{"yes", "no"}, web.Required) == "yes", Reviewer: f.Text("reviewer", web.Required, web.Max(100)), Note: f.Text("note", web.Lines, web.Max(1000)),
	}
	for i := 1; f.Has("item" + strconv.Itoa(i)); i++ {
		no := strconv.Itoa(i)
		v.Findings = append(v.Findings, product.Finding{Item: f.Text("item" + no), Met: f.Choice("met"+no, []string{"yes", "no"}, web.Required) == "yes", Note: f.Text("why"+no, web.Max(200))})
	}
	if f.Err() == nil {
		err := p.s.ReviewABank(r.Context(), r.Actor, v)
		if err == nil {
			return r.Redirect(w, bankURL(which), "loanproduct.done.review")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showBank(w, r, f)
}

// verdict says what came of a review.
func verdict(r *web.Request, v product.Review) string {
	if v.Passed {
		return r.L.T("loanproduct.verdict."+string(v.Kind)+"_yes", "until", v.Until)
	}
	return r.L.T("loanproduct.verdict." + string(v.Kind) + "_no")
}

func findings(r *web.Request, v product.Review) ui.Table {
	rows := make([]ui.Row, len(v.Findings))
	for i, f := range v.Findings {
		met := ui.State(ui.OK, "check", r.L.T("loanproduct.met"))
		if !f.Met {
			met = ui.State(ui.Bad, "x", r.L.T("loanproduct.not_met"))
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: f.Item}, {Part: met}, {Text: orDash(f.Note)}}}
	}
	return ui.Table{ID: "findings-" + v.ID.String(), Label: r.L.T("loanproduct.criteria"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("loanproduct.field.items"), Kind: ui.Title}, {Head: r.L.T("loanproduct.finding"), Kind: ui.Short}, {Head: r.L.T("loanproduct.field.note")},
	}}
}

func yesNo(r *web.Request, f *web.Form, name, yes, no string) []ui.Option {
	return []ui.Option{{Value: "yes", Label: r.L.T(yes), Selected: f.Raw(name) == "yes"}, {Value: "no", Label: r.L.T(no), Selected: f.Raw(name) == "no"}}
}
