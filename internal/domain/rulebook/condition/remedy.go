package condition

import (
	"maps"
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
)

// remedy gives changes of facts with which a rule would hold. They are tried out: what does not help is not told.
func (s *Set) remedy(c *compiled, facts Facts) []Change {
	changes, ok := s.turn(c.tree, true, s.env(facts))
	if !ok {
		return nil
	}
	tried := maps.Clone(facts)
	for _, x := range changes {
		tried[x.Fact] = x.To
	}
	a := asking{set: s, env: s.env(tried), untold: func(string) bool { return false }}
	if holds, _ := a.ask(c.whole); !holds {
		return nil
	}
	return changes
}

// turn gives the changes that make a part of an expression what it should be, none where it is so already.
func (s *Set) turn(n ast.Node, want bool, env map[string]any) ([]Change, bool) {
	if got, ok := s.value(n, env).(bool); !ok || got == want {
		return nil, ok
	}
	switch x := n.(type) {
	case *ast.IdentifierNode:
		return []Change{{x.Value, "==", want, want}}, s.facts[x.Value] == Bool
	case *ast.UnaryNode:
		return s.turn(x.Node, !want, env)
	case *ast.ConditionalNode:
		if yes, _ := s.value(x.Cond, env).(bool); yes {
			return s.turn(x.Exp1, want, env)
		}
		return s.turn(x.Exp2, want, env)
	case *ast.BinaryNode:
		switch x.Operator {
		case "and", "&&":
			return s.join(x, want, want, env)
		case "or", "||":
			return s.join(x, want, !want, env)
		}
		return s.compare(x, want, env)
	case *ast.CallNode:
		return s.classed(x, want, env)
	}
	return nil, false
}

// classed brings a code into a list of classes, or out of all of them: then it is told which it must not be in, and no code is tried.
func (s *Set) classed(x *ast.CallNode, want bool, env map[string]any) ([]Change, bool) {
	if len(x.Arguments) != 2 || x.Callee.String() != "within" {
		return nil, false
	}
	fact, list := s.fact(x.Arguments[0]), listOf(s.value(x.Arguments[1], env))
	switch {
	case fact == "" || len(list) == 0:
		return nil, false
	case want:
		return []Change{{fact, "within", list, list[0]}}, true
	}
	return []Change{{fact, "not within", list, ""}}, true
}

// listOf gives the values of a list, whether it was written or is the version's.
func listOf(v any) []any {
	switch v := v.(type) {
	case []any:
		return v
	case []string:
		all := make([]any, len(v))
		for i, w := range v {
			all[i] = w
		}
		return all
	}
	return nil
}

// join turns both sides, or the one that takes fewer changes.
func (s *Set) join(x *ast.BinaryNode, want, both bool, env map[string]any) ([]Change, bool) {
	left, ok := s.turn(x.Left, want, env)
	right, ok2 := s.turn(x.Right, want, env)
	switch {
	case both:
		return slices.Concat(left, right), ok && ok2
	case ok && (!ok2 || len(left) <= len(right)):
		return left, true
	}
	return right, ok2
}

// opposite gives the operator that holds where another does not; mirrored the one with its sides exchanged.
var (
	opposite = map[string]string{"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
	mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
)

// compare makes a comparison hold, or not, by a fact that stands alone on one of its sides.
func (s *Set) compare(x *ast.BinaryNode, want bool, env map[string]any) ([]Change, bool) {
	op, fact, other := x.Operator, s.fact(x.Left), x.Right
	if fact == "" {
		fact, other, op = s.fact(x.Right), x.Left, mirrored[op]
	}
	if fact == "" {
		return nil, false
	}
	value := s.value(other, env)
	if op == "in" && want {
		if list := listOf(value); len(list) > 0 {
			return []Change{{fact, op, value, list[0]}}, true
		}
		return nil, false
	}
	if !want {
		op = opposite[op]
	}
	to := value
	if n, whole := value.(int); whole {
		switch op {
		case "<":
			to = n - 1
		case ">", "!=":
			to = n + 1
		}
	} else if b, yes := value.(bool); yes && op == "!=" {
		to = !b
	} else if op != "==" {
		return nil, false
	}
	return []Change{{fact, op, value, to}}, op != ""
}

// fact gives the name of a fact that stands alone.
func (s *Set) fact(n ast.Node) string {
	if id, ok := n.(*ast.IdentifierNode); ok && s.facts[id.Value] != "" {
		return id.Value
	}
	return ""
}

// value works out a part of an expression.
func (s *Set) value(n ast.Node, env map[string]any) any {
	program, err := expr.Compile(n.String(), s.options...)
	if err != nil {
		return nil
	}
	got, err := expr.Run(program, env)
	if err != nil {
		return nil
	}
	if list, ok := got.(map[string]struct{}); ok { // a list of words, as the library keeps it
		var all []any
		for _, w := range slices.Sorted(maps.Keys(list)) {
			all = append(all, w)
		}
		return all
	}
	return got
}
