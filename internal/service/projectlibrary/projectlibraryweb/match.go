package projectlibraryweb

import (
	"fmt"
	"net/http"
	"strings"

	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
	"zhidian/internal/service/projectlibrary"
)

// matching is a venture held against the products.
type matching struct {
	venture.Dossier
	all []projectlibrary.Matched
}

func (p *pages) match(w http.ResponseWriter, r *web.Request, which venture.ID) error {
	d, all, err := p.s.Match(r.Context(), r.Actor, which)
	if err != nil {
		return err
	}
	page := p.doors.Office(r, r.L.T("venture.do_match"), r.L.T("venture.says_match"))
	page.Crumbs = []ui.Crumb{{Label: r.L.T("venture.list"), Href: home}, {Label: d.Serial, Href: ventureURL(which, "")}, {Label: page.Title}}
	return door.Show(w, r, ui.Office, page, matchBody(r, matching{d, all}))
}

// named is a product or a fact in words; the book's own word where there are none.
func named(r *web.Request, prefix, key string) string {
	if r.L.Has(prefix + key) {
		return r.L.T(prefix + key)
	}
	return key
}

// value writes a fact as people read it.
func value(r *web.Request, x any) string {
	switch v := x.(type) {
	case bool:
		if v {
			return r.L.T("venture.yes")
		}
		return r.L.T("venture.no")
	case int:
		return r.L.Int(int64(v))
	}
	text := fmt.Sprint(x)
	return named(r, "venture.entity.", text)
}

func verdictOf(r *web.Request, m projectlibrary.Matched) (ui.Tone, string) {
	switch {
	case m.Result.Eligible:
		return ui.OK, r.L.T("venture.match_yes")
	case m.Untold:
		return ui.Soon, r.L.T("venture.match_untold")
	}
	return ui.Bad, r.L.T("venture.match_no")
}

func ruleTable(r *web.Request, m projectlibrary.Matched) ui.Table {
	l := r.L
	comma := l.T("venture.comma")
	rows := make([]ui.Row, len(m.Result.Rules))
	for i, v := range m.Result.Rules {
		var used, changes []string
		for _, u := range v.Used {
			text := named(r, "venture.fact.", u.Name) + " " + value(r, u.Value)
			if u.Version != "" {
				text += "（" + u.Version + "）"
			}
			used = append(used, text)
		}
		for _, c := range v.Changes {
			changes = append(changes, change(r, c))
		}
		result := ui.State(ui.Bad, "", l.T("venture.rule_fails"))
		switch {
		case v.Holds:
			result = ui.State(ui.OK, "", l.T("venture.rule_holds"))
		case len(v.Missing) > 0:
			missing := make([]string, len(v.Missing))
			for k, f := range v.Missing {
				missing[k] = named(r, "venture.fact.", f)
			}
			result = ui.State(ui.Soon, "help-circle", l.T("venture.rule_missing", "facts", strings.Join(missing, comma)))
		}
		rows[i] = ui.Row{Cells: []ui.Cell{{Text: v.Text}, {Text: orDash(strings.Join(used, comma))}, {Part: result}, {Text: orDash(strings.Join(changes, comma))}}}
	}
	return ui.Table{ID: "rules-" + m.Product, Label: named(r, "venture.product.", m.Product), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("venture.rule"), Kind: ui.Title}, {Head: l.T("venture.rule_facts")}, {Head: l.T("venture.rule_result"), Kind: ui.Short}, {Head: l.T("venture.rule_change")},
	}}
}

// change says how a fact must stand for a rule to hold.
func change(r *web.Request, c condition.Change) string {
	op := map[string]string{"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}[c.Op]
	if op == "" {
		op = c.Op
	}
	return named(r, "venture.fact.", c.Fact) + " " + op + " " + value(r, c.Value)
}
