package xpath

import (
	"math"
	"strings"

	"zhidian/internal/platform/errs"
)

// Scope is what an expression may name.
type Scope interface {
	Has(question string) bool
	HasList(id string) bool
	// Choices tells whether a question is answered by choices that are known before, and whether a value is among them.
	Choices(question, value string) (known, has bool)
	// Nearest gives the name that is most like one that is not there, or nothing.
	Nearest(question string) string
}

// Check finds what an expression names that is not there, and what cannot be meant.
func Check(x Expr, s Scope) []*Fault {
	c := checker{scope: s}
	c.check(x)
	return c.faults
}

type checker struct {
	scope  Scope
	faults []*Fault
}

func (c *checker) add(at int, key string, args errs.Args) {
	c.faults = append(c.faults, fault(at, key, args))
}

func (c *checker) warn(at int, key string, args errs.Args) {
	f := fault(at, key, args)
	f.Warning = true
	c.faults = append(c.faults, f)
}

// check visits an expression and tells the type of what it gives.
func (c *checker) check(x Expr) Type {
	switch x := x.(type) {
	case *Text:
		return String
	case *Num:
		return Number
	case *Ref:
		c.named(x.At, x.Name)
		if x.LastSaved {
			return String
		}
		return Nodes
	case *Neg:
		c.check(x.X)
		c.numeric(x.X)
		return Number
	case *Binary:
		return c.binary(x)
	case *Call:
		return c.call(x)
	case *Path:
		c.path(x)
		return Nodes
	}
	return Any
}

func (c *checker) named(at int, name string) {
	if c.scope.Has(name) {
		return
	}
	if near := c.scope.Nearest(name); near != "" {
		c.add(at, "xpath.no_question_near", errs.Args{"name": name, "near": near})
		return
	}
	c.add(at, "xpath.no_question", errs.Args{"name": name})
}

func (c *checker) binary(x *Binary) Type {
	a, b := c.check(x.X), c.check(x.Y)
	switch x.Op {
	case Or, And:
		return Boolean
	case Union:
		c.nodes(x.X, a)
		c.nodes(x.Y, b)
		return Nodes
	case Equal, Unequal:
		c.choice(x.X, x.Y)
		c.choice(x.Y, x.X)
		return Boolean
	}
	c.numeric(x.X)
	c.numeric(x.Y)
	if x.Op == Less || x.Op == LessEqual || x.Op == More || x.Op == MoreEqual {
		return Boolean
	}
	return Number
}

// numeric warns of a literal that is no number where one is needed: the result is never true, or NaN.
func (c *checker) numeric(x Expr) {
	if t, ok := x.(*Text); ok && math.IsNaN(toNumber(t.Value)) {
		c.warn(t.At, "xpath.not_number", errs.Args{"text": t.Value})
	}
}

func (c *checker) nodes(x Expr, t Type) {
	if t != Nodes && t != Any {
		c.add(x.Pos(), "xpath.wants_question", nil)
	}
}

// choice warns of a comparison with a choice that the question does not offer.
func (c *checker) choice(asked, with Expr) {
	q, ok := asked.(*Ref)
	t, is := with.(*Text)
	if !ok || !is || t.Value == "" {
		return
	}
	if known, has := c.scope.Choices(q.Name, t.Value); known && !has {
		c.warn(t.At, "xpath.no_choice", errs.Args{"name": q.Name, "text": t.Value})
	}
}

func (c *checker) path(p *Path) {
	if p.From != nil {
		c.nodes(p.From, c.check(p.From))
	}
	for _, w := range p.Where {
		c.check(w)
	}
	for _, s := range p.Steps {
		for _, w := range s.Where {
			c.check(w)
		}
	}
	if p.Rooted && len(p.Steps) > 0 {
		last := p.Steps[len(p.Steps)-1]
		if len(p.Steps) > 1 && last.Axis == Child && last.Name != "*" && last.Name != "instanceID" && last.Name != "instanceName" && last.Name != "meta" {
			c.named(p.At, last.Name)
		}
	}
}

func (c *checker) call(x *Call) Type {
	types := make([]Type, len(x.Args))
	for i, a := range x.Args {
		types[i] = c.check(a)
	}
	f, ok := functions[x.Name]
	if !ok {
		if near := Nearest(x.Name, Functions()); near != "" {
			c.add(x.At, "xpath.no_function_near", errs.Args{"name": x.Name, "near": near})
		} else {
			c.add(x.At, "xpath.no_function", errs.Args{"name": x.Name})
		}
		return Any
	}
	if len(x.Args) < f.least || f.most >= 0 && len(x.Args) > f.most {
		switch {
		case f.most < 0:
			c.add(x.At, "xpath.few_arguments", errs.Args{"name": x.Name, "least": f.least, "found": len(x.Args)})
		case f.least == f.most:
			c.add(x.At, "xpath.arguments", errs.Args{"name": x.Name, "least": f.least, "found": len(x.Args)})
		default:
			c.add(x.At, "xpath.arguments_between", errs.Args{"name": x.Name, "least": f.least, "most": f.most, "found": len(x.Args)})
		}
		return f.gives
	}
	c.arguments(x, types)
	if x.Name == "if" && types[1] == types[2] {
		return types[1]
	}
	return f.gives
}

// arguments looks at what some functions ask of theirs.
func (c *checker) arguments(x *Call, types []Type) {
	switch x.Name {
	case "count", "randomize":
		c.nodes(x.Args[0], types[0])
	case "position":
		if len(x.Args) == 1 {
			c.nodes(x.Args[0], types[0])
		}
	case "indexed-repeat":
		for i := range x.Args {
			if _, ok := x.Args[i].(*Ref); !ok && (i == 0 || i%2 == 1) {
				c.add(x.Args[i].Pos(), "xpath.wants_question", nil)
			}
		}
		if len(x.Args)%2 == 0 {
			c.add(x.At, "xpath.pairs", errs.Args{"name": x.Name})
		}
	case "weighted-checklist":
		if len(x.Args)%2 == 1 {
			c.add(x.At, "xpath.pairs", errs.Args{"name": x.Name})
		}
	case "regex":
		if t, ok := x.Args[1].(*Text); ok {
			if _, err := compile(t.Value); err != nil {
				c.add(t.At, "xpath.bad_pattern", errs.Args{"text": t.Value})
			}
		}
	case "selected":
		c.choice(x.Args[0], x.Args[1])
	case "jr:choice-name":
		if name, ok := ChoiceQuestion(x.Args[1]); !ok {
			c.add(x.Args[1].Pos(), "xpath.wants_question", nil)
		} else if _, isText := x.Args[1].(*Text); isText {
			c.named(x.Args[1].Pos(), name)
		}
	case "instance": // pulldata names a file, which need not be declared
		if t, ok := x.Args[0].(*Text); ok && !c.scope.HasList(t.Value) {
			c.add(t.At, "xpath.no_list", errs.Args{"name": t.Value})
		}
	case "digest":
		if t, ok := x.Args[1].(*Text); ok && !strings.Contains("|MD5|SHA-1|SHA-256|SHA-384|SHA-512|", "|"+strings.ToUpper(t.Value)+"|") {
			c.add(t.At, "xpath.no_digest", errs.Args{"text": t.Value})
		}
	}
}

// Nearest gives the name among all that one was probably meant to be, or nothing where none is near.
func Nearest(name string, all []string) string {
	best, found := 3, ""
	for _, other := range all {
		if d := distanceOf(strings.ToLower(name), strings.ToLower(other)); d < best && d*2 < len([]rune(name))+1 {
			best, found = d, other
		}
	}
	return found
}

// distanceOf counts the letters to add, drop or change between two names.
func distanceOf(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		last := row[0]
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			last, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, last+cost)
		}
	}
	return row[len(y)]
}
