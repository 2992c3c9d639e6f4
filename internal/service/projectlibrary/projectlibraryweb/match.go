package projectlibraryweb

import (
	"net/http"
	"strings"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/rulebookweb"
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

// named is a product in words; the book's own word where there are none.
func named(r *web.Request, prefix, key string) string {
	if r.L.Has(prefix + key) {
		return r.L.T(prefix + key)
	}
	return key
}

func verdictOf(r *web.Request, m projectlibrary.Matched) (ui.Tone, string) {
	switch m.Result.Answer() {
	case rulebook.Yes:
		return ui.OK, r.L.T("venture.match_yes")
	case rulebook.Untold:
		return ui.Soon, r.L.T("venture.match_untold")
	case rulebook.Doubt:
		return ui.Soon, r.L.T("venture.match_doubt")
	}
	return ui.Bad, r.L.T("venture.match_no")
}

func ruleTable(r *web.Request, m projectlibrary.Matched) ui.Table {
	l := r.L
	words := rulebookweb.Words{R: r, Facts: m.Facts}
	comma := l.T("venture.comma")
	var rows []ui.Row
	for _, v := range m.Result.Rules {
		result := ui.State(ui.Bad, "", l.T("venture.rule_fails"))
		switch {
		case v.Holds:
			result = ui.State(ui.OK, "", l.T("venture.rule_holds"))
		case len(v.Missing) > 0:
			result = ui.State(ui.Soon, "help-circle", l.T("venture.rule_missing", "facts", strings.Join(words.Missing(v), comma)))
		case v.Condition.Prefers:
			result = ui.State(ui.Plain, "", l.T("venture.rule_not_preferred"))
		case v.Doubtful:
			result = ui.State(ui.Soon, "help-circle", l.T("venture.rule_doubtful"))
		}
		rows = append(rows, ui.Row{Cells: []ui.Cell{
			{Text: words.Says(v.Condition), After: v.Version}, {Text: orDash(strings.Join(words.Used(v), comma))}, {Part: result}, {Text: orDash(strings.Join(words.Changes(v), comma))},
		}})
	}
	return ui.Table{ID: "rules-" + m.Product, Label: named(r, "rulebook.product.", m.Product), Groups: ui.Rows(rows...), Columns: []ui.Column{
		{Head: l.T("venture.rule"), Kind: ui.Title}, {Head: l.T("venture.rule_facts")}, {Head: l.T("venture.rule_result"), Kind: ui.Short}, {Head: l.T("venture.rule_change")},
	}}
}
