package productweb

import (
	"net/http"
	"strconv"
	"strings"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/startuploan/product"
)

// looked is the page of one edition.
type looked struct {
	product.Shown
	form *web.Form
	may  map[string]bool
}

func (p *pages) one(w http.ResponseWriter, r *web.Request) error {
	return p.showOne(w, r, web.ReadValues(nil))
}

func (p *pages) showOne(w http.ResponseWriter, r *web.Request, f *web.Form) error {
	which, err := productID(r)
	if err != nil {
		return err
	}
	v := looked{form: f}
	if v.Shown, err = p.s.Look(r.Context(), r.Actor, which); err != nil {
		return err
	}
	draft := v.State == product.Draft
	v.may = map[string]bool{
		"edit": draft && r.Actor.Can(product.Edit, v.At.Path), "publish": draft && r.Actor.Can(product.Publish, v.At.Path),
		"confirm": v.Status != rulebook.Confirmed && r.Actor.Can(product.Confirm, v.At.Path), "end": !draft && (v.Until.IsZero() || v.Until > v.Today) && r.Actor.Can(product.End, v.At.Path),
	}
	page := p.doors.Office(r, name(r, v.Product), v.At.Name)
	page.Plain = true
	page.Crumbs = []ui.Crumb{{Label: r.L.T("loanproduct.list"), Href: home}, {Label: name(r, v.Product)}}
	if len(f.Problems()) > 0 {
		return door.Again(w, r, ui.Office, page, oneBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, oneBody(r, v))
}

func (v looked) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{
		Title: name(r, v.Product), Serial: v.Code, Sub: v.At.Name,
		Facts: []ui.Fact{
			{Label: l.T("loanproduct.field.stand"), Part: stand(r, v.Shown)},
			{Label: l.T("loanproduct.field.window"), Value: window(r, v.From, v.Until)},
			{Label: l.T("loanproduct.field.rate"), Value: points(r, v.Product)},
		},
	}
	if v.may["edit"] {
		d.Actions = []ui.Action{{Label: l.T("loanproduct.do_edit"), Icon: "edit", Href: productURL(v.ID, "edit")}}
	}
	if v.State == product.Published && r.Actor.Can(product.Edit, v.At.Path) {
		d.Actions = []ui.Action{{Label: l.T("loanproduct.do_next"), Icon: "copy", Href: web.Address(home+"/new", "as", v.ID.String())}}
	}
	return d
}

func settle(r *web.Request, p product.Product) string {
	if p.Settle == 0 {
		return r.L.T("loanproduct.settle_none")
	}
	return r.L.T("loanproduct.settle_on", "day", p.Settle)
}

func area(r *web.Request, code string) string {
	if code == "" {
		return r.L.T("loanproduct.nation")
	}
	return code
}

// facts are the terms of an edition.
func facts(r *web.Request, p product.Product) []ui.Fact {
	l := r.L
	return []ui.Fact{
		{Label: l.T("loanproduct.field.kinds"), Value: named(r, "loanproduct.kind.", p.Kinds)},
		{Label: l.T("loanproduct.field.amount"), Value: amounts(r, p)},
		{Label: l.T("loanproduct.field.months"), Value: months(r, p)},
		{Label: l.T("loanproduct.field.methods"), Value: named(r, "loanproduct.method.", p.Methods), Wide: true},
		{Label: l.T("loanproduct.field.guarantees"), Value: named(r, "loanproduct.guarantee.", p.Guarantees), Wide: true},
		{Label: l.T("loanproduct.field.basis"), Value: l.T("loanproduct.days", "n", p.Basis)},
		{Label: l.T("loanproduct.field.settle"), Value: settle(r, p)},
		{Label: l.T("loanproduct.field.area"), Value: area(r, p.Area)},
		{Label: l.T("loanproduct.field.apply_at"), Value: applyAt(r, p), Wide: true},
	}
}

func applyAt(r *web.Request, p product.Product) string {
	if r.L.Lang() == i18n.En && p.ApplyAtEn != "" {
		return p.ApplyAtEn
	}
	return p.ApplyAt
}

// papers are the documents to bring, in the reader's language where it is there.
func papers(r *web.Request, p product.Product) []string {
	if r.L.Lang() == i18n.En && len(p.PapersEn) > 0 {
		return p.PapersEn
	}
	return p.Papers
}

func (v looked) shares(r *web.Request) ui.Table {
	rows := make([]ui.Row, 0, len(v.Shares)+1)
	for _, s := range v.Shares {
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: r.L.T("loanproduct.bearer." + string(s.Bearer))}, {Text: s.Share.String()}}})
	}
	rows = append(rows, ui.Row{Sum: true, Cells: []ui.Cell{{Text: r.L.T("loanproduct.sum")}, {Text: "100.00%"}}})
	return ui.Table{ID: "shares", Label: r.L.T("loanproduct.field.shares"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("loanproduct.bearer"), Kind: ui.Title}, {Head: r.L.T("loanproduct.share_of_loss"), Kind: ui.Number},
	}}
}

// step does one thing with an edition over what was seen, and shows its page again where that was refused.
func (p *pages) step(w http.ResponseWriter, r *web.Request, f *web.Form, done, to string, do func(which product.ID, seen int64) error) error {
	which, err := productID(r)
	if err != nil {
		return err
	}
	if f.Err() == nil {
		err := do(which, f.Version())
		if err == nil {
			if to == "" {
				to = productURL(which, "")
			}
			return r.Redirect(w, to, done)
		}
		if !f.Blame(err) {
			return err
		}
	}
	return p.showOne(w, r, f)
}

func (p *pages) drop(w http.ResponseWriter, r *web.Request) error {
	return p.step(w, r, web.Read(r), "loanproduct.done.drop", home, func(which product.ID, seen int64) error { return p.s.Drop(r.Context(), r.Actor, which, seen) })
}

func (p *pages) publish(w http.ResponseWriter, r *web.Request) error {
	return p.step(w, r, web.Read(r), "loanproduct.done.publish", "", func(which product.ID, seen int64) error {
		return p.s.Publish(r.Context(), r.Actor, which, seen)
	})
}

func (p *pages) confirm(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	source := f.Text("seen_in", web.Required, web.Max(500))
	return p.step(w, r, f, "loanproduct.done.confirm", "", func(which product.ID, seen int64) error {
		return p.s.ConfirmSource(r.Context(), r.Actor, which, seen, source)
	})
}

func (p *pages) end(w http.ResponseWriter, r *web.Request) error {
	f := web.Read(r)
	until := f.Day("until", web.Required)
	return p.step(w, r, f, "loanproduct.done.end", "", func(which product.ID, seen int64) error {
		return p.s.End(r.Context(), r.Actor, which, seen, until)
	})
}

func version(v int64) string { return strconv.FormatInt(v, 10) }

func textLines(all []string) string { return strings.Join(all, "\n") }
