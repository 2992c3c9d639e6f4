package rulebookweb

import (
	"cmp"
	"slices"
	"strings"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/ui"
)

func sorted(all []string) []string {
	slices.Sort(all)
	return all
}

func area(r *web.Request, code string) string {
	if code == "" {
		return r.L.T("rulebook.nation")
	}
	return code
}

// window says on which days a version or rate is in force.
func window(r *web.Request, from, until day.Day) string {
	if until.IsZero() {
		return r.L.T("rulebook.since", "from", from)
	}
	return r.L.T("rulebook.window", "from", from, "until", until)
}

func state(r *web.Request, s rulebook.State) string {
	switch s {
	case rulebook.Draft:
		return r.L.T("rulebook.state.draft")
	case rulebook.Awaited:
		return r.L.T("rulebook.state.awaited")
	}
	return r.L.T("rulebook.state.published")
}

func status(r *web.Request, s rulebook.Status) ui.Cell {
	switch s {
	case rulebook.Unverified:
		return ui.Cell{Part: ui.Tag(ui.Soon, "alert-triangle", r.L.T("rulebook.status.unverified"))}
	case rulebook.Stated:
		return ui.Cell{Text: r.L.T("rulebook.status.stated")}
	}
	return ui.Cell{Part: ui.Tag(ui.OK, "check", r.L.T("rulebook.status.confirmed"))}
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

func (v shelf) table(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Versions))
	for i, x := range v.Versions {
		open := 0
		for _, f := range x.Fields {
			if f.Status == rulebook.Unverified {
				open++
			}
		}
		rows[i] = ui.Row{Cells: []ui.Cell{
			{Text: x.Key, Href: versionURL(x.ID, "")},
			{Text: x.Title},
			{Text: productName(r, x.Product)},
			{Text: area(r, x.Area)},
			{Text: window(r, x.From, x.Until)},
			{Text: state(r, x.State)},
			{Text: l.Int(int64(len(x.Fields)))},
			{Text: l.Int(int64(open))},
		}}
	}
	return ui.Table{ID: "versions", Label: l.T("rulebook.versions"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("rulebook.field.key"), Kind: ui.Title},
		{Head: l.T("rulebook.field.title")},
		{Head: l.T("rulebook.field.product")},
		{Head: l.T("rulebook.field.area")},
		{Head: l.T("rulebook.field.window")},
		{Head: l.T("rulebook.field.state")},
		{Head: l.T("rulebook.numbers"), Kind: ui.Number},
		{Head: l.T("rulebook.status.unverified"), Kind: ui.Number},
	}}
}

func (v shelf) rates(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Rates))
	for i, x := range v.Rates {
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: x.Series}, {Text: window(r, x.From, x.Until)}, {Text: x.Rate.String()}, status(r, x.Status), {Text: orDash(x.Source)}}}
	}
	return ui.Table{ID: "rates", Label: l.T("rulebook.rates"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("rulebook.field.series"), Kind: ui.Title}, {Head: l.T("rulebook.field.window")}, {Head: l.T("rulebook.field.rate"), Kind: ui.Number}, {Head: l.T("rulebook.field.status")}, {Head: l.T("rulebook.field.source")},
	}}
}

// unconfirmed are the rates that an officer may confirm.
func (v shelf) unconfirmed(r *web.Request) (all []ui.Option) {
	for _, x := range v.Rates {
		if x.Status != rulebook.Confirmed {
			k := key(x.Series, x.From)
			all = append(all, ui.Option{Value: k, Label: x.Series + " " + window(r, x.From, x.Until) + " " + x.Rate.String(), Selected: v.form.Raw("which") == k})
		}
	}
	return all
}

func (v looked) document(r *web.Request) ui.Document {
	l := r.L
	d := ui.Document{
		Title: v.Key, Sub: v.Title, State: state(r, v.State), Tone: ui.Plain,
		Facts: []ui.Fact{
			{Label: l.T("rulebook.field.product"), Value: productName(r, v.Product)},
			{Label: l.T("rulebook.field.area"), Value: area(r, v.Area)},
			{Label: l.T("rulebook.field.window"), Value: window(r, v.From, v.Until)},
			{Label: l.T("rulebook.field.source"), Value: v.Source},
		},
	}
	if v.State == rulebook.Published {
		d.Tone = ui.OK
	} else if everywhere(r, rulebook.Edit) {
		d.Actions = []ui.Action{{Label: l.T("rulebook.do_edit"), Icon: "edit", Href: versionURL(v.ID, "edit")}}
	}
	return d
}

func (v looked) fields(r *web.Request) ui.Table {
	l := r.L
	rows := make([]ui.Row, len(v.Fields))
	for i, f := range v.Fields {
		from := ui.Cell{Text: "—"}
		if !f.From.IsZero() {
			from.Text = window(r, f.From, 0)
		}
		label := ui.Cell{Text: v.words.Number(f.Name)}
		if label.Text != f.Name {
			label.After = f.Name
		}
		rows[i] = ui.Row{Cells: []ui.Cell{label, {Text: f.Value}, from, status(r, f.Status), {Text: orDash(f.Source)}}}
	}
	return ui.Table{ID: "fields", Label: l.T("rulebook.numbers"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("rulebook.field.name"), Kind: ui.Title}, {Head: l.T("rulebook.field.value")}, {Head: l.T("rulebook.field.within"), Kind: ui.Short}, {Head: l.T("rulebook.field.status"), Kind: ui.Short}, {Head: l.T("rulebook.field.source")},
	}}
}

func (v looked) conditions(r *web.Request) ui.Table {
	rows := make([]ui.Row, len(v.Conditions))
	for i, c := range v.Conditions {
		weight := r.L.T("rulebook.must")
		if c.Prefers {
			weight = r.L.T("rulebook.prefers")
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: v.words.Says(c), After: c.Key}, {Part: ui.Code(c.Expr)}, {Text: weight}, status(r, cmp.Or(c.Status, rulebook.Unverified)), {Text: orDash(c.Source)}}}
	}
	return ui.Table{ID: "conditions", Label: r.L.T("rulebook.conditions"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("rulebook.field.says"), Kind: ui.Title}, {Head: r.L.T("rulebook.field.expr")}, {Head: r.L.T("rulebook.field.weight"), Kind: ui.Short}, {Head: r.L.T("rulebook.field.status"), Kind: ui.Short}, {Head: r.L.T("rulebook.field.source")},
	}}
}

// trials are the cases with what each rule that does not hold would need.
func (v looked) trials(r *web.Request) ui.Table {
	var rows []ui.Row
	for _, t := range v.tried {
		mark := ui.Tag(ui.OK, "check", r.L.T("rulebook.case_right"))
		if !t.Right() {
			mark = ui.Tag(ui.Bad, "alert-triangle", r.L.T("rulebook.case_not_right"))
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{{Text: t.Case.Name}, {Text: rulebook.FactsText(t.Case.Facts)}, {Text: eligible(r, t.Case.Eligible)}, {Text: eligible(r, t.Result.Eligible)}, {Part: mark}}})
		for _, rule := range t.Result.Rules {
			if !rule.Holds && !rule.Condition.Prefers {
				rows = append(rows, ui.Row{Sub: true, Cells: []ui.Cell{{Text: v.words.Says(rule.Condition)}, {Text: v.words.Why(rule)}, {}, {}, {}}})
			}
		}
	}
	return ui.Table{ID: "trials", Label: r.L.T("rulebook.cases"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("rulebook.field.case"), Kind: ui.Title}, {Head: r.L.T("rulebook.field.facts")}, {Head: r.L.T("rulebook.field.should")}, {Head: r.L.T("rulebook.field.is")}, {Head: r.L.T("rulebook.field.right")},
	}}
}

func eligible(r *web.Request, yes bool) string {
	if yes {
		return r.L.T("rulebook.eligible")
	}
	return r.L.T("rulebook.not_eligible")
}

// differ are past cases that would have been decided otherwise, with what stands in the way.
func (v looked) differ(r *web.Request) ui.Table {
	rows := make([]ui.Row, len(v.past.Differ))
	for i, t := range v.past.Differ {
		var why []string
		for _, rule := range t.Result.Rules {
			if !rule.Holds && !rule.Condition.Prefers {
				why = append(why, v.words.Says(rule.Condition))
			}
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: t.Case.Name}, {Text: eligible(r, t.Case.Eligible)}, {Text: eligible(r, t.Result.Eligible)}, {Text: orDash(strings.Join(why, r.L.T("rulebook.comma")))}}}
	}
	return ui.Table{ID: "past", Label: r.L.T("rulebook.past"), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: r.L.T("rulebook.field.case"), Kind: ui.Title}, {Head: r.L.T("rulebook.field.was"), Kind: ui.Short}, {Head: r.L.T("rulebook.field.now"), Kind: ui.Short}, {Head: r.L.T("rulebook.conditions")},
	}}
}

// unconfirmed are the numbers and conditions that an officer may confirm.
func (v looked) unconfirmed(r *web.Request) (all []ui.Option) {
	for _, c := range v.Conditions {
		if c.Status != rulebook.Confirmed {
			k := ofCondition + c.Key
			all = append(all, ui.Option{Value: k, Label: r.L.T("rulebook.confirm_condition", "key", c.Key, "text", v.words.Says(c)), Selected: v.form.Raw("which") == k})
		}
	}
	for _, f := range v.Fields {
		if f.Status != rulebook.Confirmed {
			k := key(f.Name, f.From)
			all = append(all, ui.Option{Value: k, Label: k + " = " + f.Value, Selected: v.form.Raw("which") == k})
		}
	}
	return all
}

// labels are the questions of these pages by their names, for the summary of what is wrong.
var labels = map[string]string{
	"series": "rulebook.field.series", "from": "rulebook.field.from", "until": "rulebook.field.until", "rate": "rulebook.field.rate", "source": "rulebook.field.source",
	"which": "rulebook.field.which", "seen_in": "rulebook.field.seen_in", "product": "rulebook.field.product", "key": "rulebook.field.key", "area": "rulebook.field.area",
	"title": "rulebook.field.title", "fields": "rulebook.numbers", "conditions": "rulebook.conditions", "cases": "rulebook.cases", "rules": "rulebook.conditions", "eyes": "rulebook.field.eyes", "eyes_from": "rulebook.field.eyes_from",
}

func faults(r *web.Request, f *web.Form) (all []ui.Fault) {
	for _, p := range f.Problems() {
		text := r.L.Problem(p)
		if k := labels[p.Field]; k != "" {
			text = r.L.T(k) + "：" + text
		}
		all = append(all, ui.Fault{Field: p.Field, Text: text})
	}
	return all
}
