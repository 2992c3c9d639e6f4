// Package condition judges a case by rules that an officer has written, and says of each rule what it looked at and what would have to
// be otherwise.
package condition

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"

	"zhidian/internal/platform/errs"
)

// Rule is one condition: a sentence for people and an expression over facts and numbers, as "age <= age_to".
type Rule struct {
	Key  string `json:"key"`
	Text string `json:"text"`
	Expr string `json:"expr"`
}

// Facts are what is known of a case: whole numbers, yes or no, and words.
type Facts map[string]any

// Kind is what a fact is.
type Kind string

// The kinds of facts.
const (
	Int   Kind = "int"
	Money Kind = "money" // a whole number too, of fen
	Bool  Kind = "bool"
	Text  Kind = "text"
)

func (k Kind) zero() any {
	switch k {
	case Int, Money:
		return 0
	case Bool:
		return false
	}
	return ""
}

// fits tells whether a value is of the kind.
func (k Kind) fits(v any) bool {
	switch v.(type) {
	case int:
		return k == Int || k == Money
	case bool:
		return k == Bool
	case string:
		return k == Text
	}
	return false
}

// Number is what the version in force states, a whole number or a list of words, with the version that states it.
type Number struct {
	Value   any // int or []string
	Version string
}

// Set is rules that can be asked.
type Set struct {
	rules   []compiled
	facts   map[string]Kind
	numbers map[string]Number
	options []expr.Option
}

type compiled struct {
	Rule
	tree  ast.Node
	whole *part
	uses  []string // names, in the order of writing
}

// mostNodes of an expression: a rule is a sentence.
const mostNodes = 200

// million is the whole of a rate in millionths.
const million = 1_000_000

// shareUp is a share, in millionths, of a count, rounded up: 10% of 18 is 2.
func shareUp(of, millionths int) int { return (of*millionths + million - 1) / million }

// within tells whether a code lies in one of the classes of a list: C1530 in C15.
func within(code string, list []string) bool {
	return slices.ContainsFunc(list, func(c string) bool { return strings.HasPrefix(code, c) })
}

// Compile reads rules over the facts that a service tells and the numbers of the version; all that cannot be read is told at once.
func Compile(rules []Rule, facts map[string]Kind, numbers map[string]Number) (*Set, error) {
	env := map[string]any{"share_up": shareUp, "within": within}
	for name, n := range numbers {
		env[name] = n.Value
	}
	for name, kind := range facts {
		env[name] = kind.zero()
	}
	s := &Set{facts: facts, numbers: numbers, options: []expr.Option{expr.Env(env), expr.DisableAllBuiltins(), expr.MaxNodes(mostNodes)}}
	var p errs.Problems
	seen := map[string]bool{}
	for _, r := range rules {
		if !p.Require(r.Key != "" && !seen[r.Key] && r.Text != "", "rules", "condition.incomplete", errs.Args{"key": r.Key}) {
			continue
		}
		seen[r.Key] = true
		tree, err := parser.Parse(r.Expr)
		if err == nil {
			_, err = expr.Compile(r.Expr, append(slices.Clone(s.options), expr.AsBool())...)
		}
		var whole *part
		if err == nil {
			whole, err = s.part(tree.Node)
		}
		if err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n")
			p.Add("rules", "condition.unreadable", errs.Args{"key": r.Key, "why": first})
			continue
		}
		s.rules = append(s.rules, compiled{r, tree.Node, whole, namesIn(tree.Node)})
	}
	return s, p.Err()
}

// namesIn gives the identifiers of an expression, in the order of writing.
func namesIn(n ast.Node) (all []string) {
	ast.Walk(&n, (*names)(&all))
	return all
}

// names gathers identifiers.
type names []string

// Visit implements ast.Visitor.
func (n *names) Visit(node *ast.Node) {
	if id, ok := (*node).(*ast.IdentifierNode); ok && !slices.Contains(*n, id.Value) {
		*n = append(*n, id.Value)
	}
}

// Used is a fact or number that a rule looked at. A number names its version.
type Used struct {
	Name    string `json:"name"`
	Value   any    `json:"value"`
	Version string `json:"version,omitempty"`
}

// Change is what would have to be otherwise for a rule to hold.
type Change struct {
	Fact  string `json:"fact"`
	Op    string `json:"op"` // as in "<=": how the fact must stand to the value
	Value any    `json:"value"`
	To    any    `json:"to"` // a value with which the rule holds
}

// Verdict is what one rule says of a case.
type Verdict struct {
	Key     string   `json:"key"`
	Text    string   `json:"text"`
	Holds   bool     `json:"holds"`
	Used    []Used   `json:"used"`
	Missing []string `json:"missing,omitempty"` // facts that were not told
	Changes []Change `json:"changes,omitempty"` // none where no change of single facts is enough
}

// Result is what all rules say.
type Result struct {
	Eligible bool      `json:"eligible"`
	Rules    []Verdict `json:"rules"`
}

// Judge asks every rule. A fact that is not told, or of another kind than it was said to be, lets the rules fail that depend on it: one
// that asks something of firms alone holds for persons whatever else is not told.
func (s *Set) Judge(facts Facts) Result {
	out := Result{Eligible: true}
	for i := range s.rules {
		v := s.rules[i].judge(s, facts)
		out.Eligible = out.Eligible && v.Holds
		out.Rules = append(out.Rules, v)
	}
	return out
}

func (c *compiled) judge(s *Set, facts Facts) Verdict {
	v := Verdict{Key: c.Key, Text: c.Text}
	a := asking{set: s, env: s.env(facts)}
	a.untold = func(name string) bool { _, fact := s.facts[name]; _, told := a.env[name]; return fact && !told }
	got, known := a.ask(c.whole)
	v.Holds = known && got
	for _, name := range c.uses {
		switch n, stated := s.numbers[name]; {
		case !slices.Contains(a.seen, name):
		case stated:
			v.Used = append(v.Used, Used{name, n.Value, n.Version})
		case a.untold(name):
			if !known {
				v.Missing = append(v.Missing, name)
			}
		case s.facts[name] != "":
			v.Used = append(v.Used, Used{Name: name, Value: a.env[name]})
		}
	}
	if known && !got {
		v.Changes = s.remedy(c, facts)
	}
	return v
}

// env is what an expression sees.
func (s *Set) env(facts Facts) map[string]any {
	env := map[string]any{"share_up": shareUp, "within": within}
	for name, n := range s.numbers {
		env[name] = n.Value
	}
	for name, v := range facts {
		if kind, ok := s.facts[name]; ok && kind.fits(v) {
			env[name] = v
		}
	}
	return env
}
