package lendingweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/contract"
)

// termed is the page of day counts and clocks.
type termed struct {
	all  []contract.Terms
	form *web.Form
	may  bool
}

const termsURL = contracts + "/terms"

// counted are the numbers of the terms, in the order of the form.
var counted = []struct {
	name string
	of   func(*contract.Terms) *int
}{
	{"substandard", func(t *contract.Terms) *int { return &t.Substandard }},
	{"doubtful", func(t *contract.Terms) *int { return &t.Doubtful }},
	{"loss", func(t *contract.Terms) *int { return &t.Loss }},
	{"compensate", func(t *contract.Terms) *int { return &t.Compensate }},
	{"extend", func(t *contract.Terms) *int { return &t.Extend }},
	{"difference", func(t *contract.Terms) *int { return &t.Difference }},
	{"filing", func(t *contract.Terms) *int { return &t.File }},
	{"review", func(t *contract.Terms) *int { return &t.Review }},
	{"finance", func(t *contract.Terms) *int { return &t.Finance }},
}

func (p *pages) terms(w http.ResponseWriter, r *web.Request) error {
	return p.showTerms(w, r, web.ReadValues(nil))
}

func (p *pages) showTerms(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	all, err := p.Loans.ListTerms(r.Context(), r.Actor)
	if err != nil {
		return err
	}
	v := termed{all: all, form: f, may: r.Actor.MustEverywhere(contract.SetTerms) == nil}
	pg := p.doors.Office(r, r.L.T("lending.terms"), r.L.T("lending.terms_says"))
	pg.Crumbs = []ui.Crumb{{Label: r.L.T("lending.list"), Href: contracts}, {Label: r.L.T("lending.terms")}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, pg, termsBody(r, v))
	}
	return door.Show(w, r, ui.Office, pg, termsBody(r, v))
}

func (v termed) last() contract.Terms { return v.all[len(v.all)-1] }

// unpaid is what is chosen: as it was typed, else as it holds.
func (v termed) unpaid() string {
	if v.form.Has("unpaid") {
		return v.form.Raw("unpaid")
	}
	last := v.last()
	return yesNo(last.Unpaid)
}

func (v termed) table(r *web.Request) ui.Table {
	columns := []ui.Column{{Head: r.L.T("lending.field.since"), Kind: ui.Title}}
	for _, c := range counted {
		columns = append(columns, ui.Column{Head: r.L.T("lending.field." + c.name), Kind: ui.Number})
	}
	columns = append(columns, ui.Column{Head: r.L.T("lending.field.unpaid")}, ui.Column{Head: r.L.T("lending.field.poor")}, ui.Column{Head: r.L.T("lending.field.source")})
	var rows []ui.Row
	for _, t := range slices.Backward(v.all) {
		first := r.L.T("lending.terms_first")
		if !t.From.IsZero() {
			first = t.From.String()
		}
		cells := []ui.Cell{{Text: first}}
		for _, c := range counted {
			cells = append(cells, ui.Cell{Text: strconv.Itoa(*c.of(&t))})
		}
		source := t.Source
		if t.From.IsZero() {
			source = r.L.T("lending.terms_unchecked")
		}
		rows = append(rows, ui.Row{Cells: append(cells, ui.Cell{Text: r.L.T("lending.unpaid." + yesNo(t.Unpaid))}, ui.Cell{Text: orDash(strings.Join(t.Poor, " "))}, ui.Cell{Text: source})})
	}
	return ui.Table{ID: "terms", Label: r.L.T("lending.terms"), Figures: true, Groups: ui.Rows(rows...), Columns: columns}
}

// unpaids are whether interest that was not paid on time is subsidised.
var unpaids = []string{"no", "yes"}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

func (p *pages) setTerms(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	t := contract.Terms{From: f.Day("from", web.Required), Source: f.Text("source", web.Required, web.Max(200)), Poor: strings.Fields(f.Text("poor", web.Halfwidth, web.Max(200))), Unpaid: f.Choice("unpaid", unpaids, web.Required) == "yes"}
	for _, c := range counted {
		*c.of(&t) = int(f.Int(c.name, 1, 3000, web.Required))
	}
	if f.Err() == nil {
		err := p.Loans.SetTerms(r.Context(), r.Actor, t)
		if err == nil {
			return r.Redirect(w, termsURL, "lending.done.terms")
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showTerms(w, r, f)
}
