package rulebookweb

import (
	"fmt"
	"strings"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/web"
)

// Words tells verdicts in the words of a product, of which the service that brings it has the texts: rulebook.fact.NAME for a fact,
// rulebook.word.NAME.VALUE for what it may be, and rulebook.number.NAME for a number of law. Where there is none the book's own word stands.
type Words struct {
	R     *web.Request
	Facts map[string]condition.Kind
}

func (w Words) named(key, name string) string {
	if w.R.L.Has(key) {
		return w.R.L.T(key)
	}
	return name
}

// Fact is what a fact is called.
func (w Words) Fact(name string) string { return w.named("rulebook.fact."+name, name) }

// Number is what a number of law is called.
func (w Words) Number(name string) string { return w.named("rulebook.number."+name, name) }

// Value writes what a fact is.
func (w Words) Value(fact string, v any) string {
	switch v := v.(type) {
	case bool:
		if v {
			return w.R.L.T("rulebook.yes")
		}
		return w.R.L.T("rulebook.no")
	case int:
		if w.Facts[fact] == condition.Money {
			return w.sum(money.Fen(v))
		}
		return w.R.L.Int(int64(v))
	case []string:
		return strings.Join(v, " ")
	case []any:
		all := make([]string, len(v))
		for i, x := range v {
			all[i] = w.Value(fact, x)
		}
		return strings.Join(all, w.R.L.T("rulebook.comma"))
	}
	text := fmt.Sprint(v)
	return w.named("rulebook.word."+fact+"."+text, text)
}

func (w Words) sum(a money.Fen) string {
	if w.R.L.Lang() == i18n.ZhCN {
		return a.Short()
	}
	return w.R.L.Money(a)
}

// Says is a condition's sentence in the reader's language.
func (w Words) Says(c rulebook.Condition) string {
	if w.R.L.Lang() == i18n.En && c.En != "" {
		return c.En
	}
	return c.Text
}

// Used are the facts and numbers that a verdict rests on; a number names its version.
func (w Words) Used(v rulebook.Ruled) (all []string) {
	for _, u := range v.Used {
		if u.Version == "" {
			all = append(all, w.R.L.T("rulebook.is", "what", w.Fact(u.Name), "value", w.Value(u.Name, u.Value)))
			continue
		}
		number := w.R.L.T("rulebook.is", "what", w.Number(u.Name), "value", v.Numbers[u.Name])
		all = append(all, w.R.L.T("rulebook.by_version", "number", number, "version", u.Version))
	}
	return all
}

// Missing are the facts that were not told.
func (w Words) Missing(v rulebook.Ruled) (all []string) {
	for _, name := range v.Verdict.Missing {
		all = append(all, w.Fact(name))
	}
	return all
}

// Changes are what would have to be otherwise for the condition to hold.
func (w Words) Changes(v rulebook.Ruled) (all []string) {
	for _, c := range v.Verdict.Changes {
		op := map[string]string{
			"<=": "rulebook.op.most", ">=": "rulebook.op.least", "<": "rulebook.op.below", ">": "rulebook.op.above", "==": "rulebook.op.be", "!=": "rulebook.op.not",
			"in": "rulebook.op.in", "within": "rulebook.op.in", "not within": "rulebook.op.out",
		}[c.Op]
		all = append(all, w.R.L.T(op, "what", w.Fact(c.Fact), "value", w.Value(c.Fact, c.Value)))
	}
	return all
}

func (w Words) list(all []string) string { return strings.Join(all, w.R.L.T("rulebook.comma")) }

// Why says in one sentence what a verdict rests on and what would have to change, nothing where the condition holds.
func (w Words) Why(v rulebook.Ruled) string {
	l := w.R.L
	switch {
	case v.Holds:
		return ""
	case v.Verdict.Missing != nil:
		return l.T("rulebook.missing", "facts", w.list(w.Missing(v)))
	case v.Verdict.Changes == nil:
		return l.T("rulebook.no_remedy", "used", w.list(w.Used(v)))
	}
	return l.T("rulebook.remedy", "used", w.list(w.Used(v)), "changes", w.list(w.Changes(v)))
}
