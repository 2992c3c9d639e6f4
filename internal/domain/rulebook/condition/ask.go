package condition

import (
	"slices"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/vm"
)

// part is a piece of an expression: pieces joined by and, or, not and if, or what is asked as a whole.
type part struct {
	op      string // empty for what is asked as a whole
	of      []*part
	program *vm.Program
	uses    []string
}

// part takes an expression apart at its joints.
func (s *Set) part(n ast.Node) (*part, error) {
	p := &part{}
	var below []ast.Node
	switch x := n.(type) {
	case *ast.BinaryNode:
		switch x.Operator {
		case "and", "&&":
			p.op, below = "and", []ast.Node{x.Left, x.Right}
		case "or", "||":
			p.op, below = "or", []ast.Node{x.Left, x.Right}
		}
	case *ast.UnaryNode:
		if x.Operator == "not" || x.Operator == "!" {
			p.op, below = "not", []ast.Node{x.Node}
		}
	case *ast.ConditionalNode:
		p.op, below = "if", []ast.Node{x.Cond, x.Exp1, x.Exp2}
	}
	for _, b := range below {
		one, err := s.part(b)
		if err != nil {
			return nil, err
		}
		p.of = append(p.of, one)
	}
	if p.op != "" {
		return p, nil
	}
	var err error
	p.program, err = expr.Compile(n.String(), append(slices.Clone(s.options), expr.AsBool())...)
	p.uses = namesIn(n)
	return p, err
}

// asking is one look at a case: seen gathers the names that the answer rests on.
type asking struct {
	set    *Set
	env    map[string]any
	untold func(name string) bool
	seen   []string
}

// ask gives what a part says, and false where that depends on what is not told.
func (a *asking) ask(p *part) (got, known bool) {
	switch p.op {
	case "":
		a.seen = append(a.seen, p.uses...)
		if slices.ContainsFunc(p.uses, a.untold) {
			return false, false
		}
		v, err := expr.Run(p.program, a.env)
		yes, ok := v.(bool)
		return err == nil && ok && yes, true
	case "not":
		got, known = a.ask(p.of[0])
		return known && !got, known
	case "if":
		cond, told := a.ask(p.of[0])
		if !told {
			return false, false
		}
		if cond {
			return a.ask(p.of[1])
		}
		return a.ask(p.of[2])
	}
	settles := p.op == "or" // one side that says so is enough
	left, known := a.ask(p.of[0])
	if known && left == settles {
		return left, true
	}
	right, told := a.ask(p.of[1])
	if told && right == settles {
		return right, true
	}
	return known && told && right, known && told
}
