package xpath

import (
	"math"
	"time"
)

// Form is what an expression asks of the form that it stands in.
type Form interface {
	Root() *Node                              // the element that holds all answers
	Find(from *Node, name string) []*Node     // ${name} as seen from a question: the nearest, or all of a repeat
	List(id string) *Node                     // instance('id'): the document's own node above its root, nil if there is none
	ChoiceName(question, value string) string // the label of a choice in the language in use
	LastSaved(name string) string
	Now() time.Time  // in the zone of whoever fills in
	Random() float64 // at least 0, below 1
}

// Env is where an expression is worked out.
type Env struct {
	Form   Form
	Origin *Node // whose expression it is: ${name} and current() start here
	here   *Node // the context: inside [ ] the node that is looked at
	at, of int   // its position and how many there are
}

// Eval works an expression out for a question.
func Eval(x Expr, f Form, origin *Node) Value {
	e := Env{Form: f, Origin: origin, here: origin, at: 1, of: 1}
	return e.eval(x)
}

// EvalChoice works a choice filter out: names are columns of the item, ${name} is seen from the question.
func EvalChoice(x Expr, f Form, origin, item *Node, at, of int) Value {
	e := Env{Form: f, Origin: origin, here: item, at: at, of: of}
	return e.eval(x)
}

func (e *Env) eval(x Expr) Value {
	switch x := x.(type) {
	case *Text:
		return textOf(x.Value)
	case *Num:
		return numberOf(x.Value)
	case *Ref:
		if x.LastSaved {
			return textOf(e.Form.LastSaved(x.Name))
		}
		return nodesOf(e.Form.Find(e.Origin, x.Name))
	case *Neg:
		return numberOf(-e.eval(x.X).Number())
	case *Binary:
		return e.binary(x)
	case *Call:
		return e.call(x)
	case *Path:
		return nodesOf(e.path(x))
	}
	return textOf("")
}

func (e *Env) binary(x *Binary) Value {
	switch x.Op {
	case Or:
		return boolOf(e.eval(x.X).Bool() || e.eval(x.Y).Bool())
	case And:
		return boolOf(e.eval(x.X).Bool() && e.eval(x.Y).Bool())
	case Union:
		a, b := e.eval(x.X), e.eval(x.Y)
		return nodesOf(union(a.nodes, b.nodes))
	case Equal, Unequal, Less, LessEqual, More, MoreEqual:
		return boolOf(compare(x.Op, e.eval(x.X), e.eval(x.Y)))
	}
	a, b := e.eval(x.X).Number(), e.eval(x.Y).Number()
	switch x.Op {
	case Plus:
		return numberOf(a + b)
	case Minus:
		return numberOf(a - b)
	case Times:
		return numberOf(a * b)
	case Divide:
		return numberOf(a / b)
	default:
		return numberOf(math.Mod(a, b))
	}
}

func union(a, b []*Node) []*Node {
	all := append([]*Node(nil), a...)
	seen := map[*Node]bool{}
	for _, n := range a {
		seen[n] = true
	}
	for _, n := range b {
		if !seen[n] {
			all = append(all, n)
		}
	}
	return all
}

// path follows the steps from where they start.
func (e *Env) path(p *Path) []*Node {
	var at []*Node
	switch {
	case p.From != nil:
		at = e.eval(p.From).nodes
		for _, w := range p.Where {
			at = e.keep(w, at)
		}
	case p.Rooted:
		at = []*Node{{Below: []*Node{e.Form.Root()}}} // the document, above the element that holds all
	case e.here != nil:
		at = []*Node{e.here}
	}
	for _, s := range p.Steps {
		at = e.step(s, at)
	}
	return at
}

func (e *Env) step(s Step, from []*Node) []*Node {
	var all []*Node
	for _, n := range from {
		reached := reach(s, n)
		for _, w := range s.Where {
			reached = e.keep(w, reached)
		}
		all = append(all, reached...)
	}
	if s.Axis == Parent && len(all) > 1 {
		all = union(nil, all)
	}
	return all
}

func reach(s Step, n *Node) []*Node {
	if s.Deep {
		var all []*Node
		if s.Axis == Child {
			deep(n, s.Name, &all)
		}
		return all
	}
	switch s.Axis {
	case Self:
		return []*Node{n}
	case Parent:
		if n.Up == nil {
			return nil
		}
		return []*Node{n.Up}
	}
	var all []*Node
	for _, c := range n.Below {
		if s.Name == "*" || c.Name == s.Name {
			all = append(all, c)
		}
	}
	return all
}

func deep(n *Node, name string, all *[]*Node) {
	for _, c := range n.Below {
		if name == "*" || c.Name == name {
			*all = append(*all, c)
		}
		deep(c, name, all)
	}
}

// keep leaves the nodes for which a predicate holds; a number is a position.
func (e *Env) keep(where Expr, all []*Node) []*Node {
	kept := all[:0:0]
	inner := Env{Form: e.Form, Origin: e.Origin, of: len(all)}
	for i, n := range all {
		inner.here, inner.at = n, i+1
		v := inner.eval(where)
		if v.is == Number && v.num == float64(i+1) || v.is != Number && v.Bool() {
			kept = append(kept, n)
		}
	}
	return kept
}
