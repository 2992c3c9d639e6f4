// Package xpath is the language in which forms say when a question is asked, what an answer must be and what is worked out:
// the subset of XPath 1.0 and the functions that ODK's forms use.
package xpath

// Expr is a part of an expression. Its position counts characters from 0.
type Expr interface{ Pos() int }

// Text is a string literal.
type Text struct {
	At    int
	Value string
}

// Num is a number literal.
type Num struct {
	At    int
	Value float64
}

// Ref is ${name}: a question, found by its name wherever it stands. LastSaved asks for the answer in the form
// that was filled in before this one.
type Ref struct {
	At        int
	Name      string
	LastSaved bool
}

// Neg is a minus before an operand.
type Neg struct {
	At int
	X  Expr
}

// Binary is an operator between two operands.
type Binary struct {
	At   int
	Op   Op
	X, Y Expr
}

// Call is a function with its arguments.
type Call struct {
	At   int
	Name string
	Args []Expr
}

// Path goes from a place through steps: from the context where From is nil, from the top where Rooted. Where leaves some
// of what From gives, counted together; a step's own predicates count below each node apart.
type Path struct {
	At     int
	From   Expr
	Where  []Expr
	Rooted bool
	Steps  []Step
}

// Step goes to the parent, stays, or goes to the children of a name ("*" for all); Deep looks at everything below.
// The predicates leave some of what it reaches.
type Step struct {
	Axis  Axis
	Name  string
	Deep  bool
	Where []Expr
}

// Axis is the direction of a step.
type Axis uint8

// The three directions that forms use.
const (
	Child Axis = iota
	Self
	Parent
)

// Op is an operator between two operands.
type Op uint8

// The operators, those that bind least first.
const (
	Or Op = iota
	And
	Equal
	Unequal
	Less
	LessEqual
	More
	MoreEqual
	Plus
	Minus
	Times
	Divide
	Modulo
	Union
)

var opTexts = [...]string{"or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "div", "mod", "|"}

// levels is how closely an operator binds.
var levels = [...]int{Or: 1, And: 2, Equal: 3, Unequal: 3, Less: 4, LessEqual: 4, More: 4, MoreEqual: 4, Plus: 5, Minus: 5, Times: 6, Divide: 6, Modulo: 6, Union: 8}

const negLevel = 7

func (o Op) String() string { return opTexts[o] }

// Pos is where the part begins.
func (x *Text) Pos() int { return x.At }

// Pos is where the part begins.
func (x *Num) Pos() int { return x.At }

// Pos is where the part begins.
func (x *Ref) Pos() int { return x.At }

// Pos is where the part begins.
func (x *Neg) Pos() int { return x.At }

// Pos is where the operator stands.
func (x *Binary) Pos() int { return x.At }

// Pos is where the part begins.
func (x *Call) Pos() int { return x.At }

// Pos is where the part begins.
func (x *Path) Pos() int { return x.At }

// Walk visits an expression and all its parts, the whole before the parts.
func Walk(x Expr, visit func(Expr)) {
	if x == nil {
		return
	}
	visit(x)
	switch x := x.(type) {
	case *Neg:
		Walk(x.X, visit)
	case *Binary:
		Walk(x.X, visit)
		Walk(x.Y, visit)
	case *Call:
		for _, a := range x.Args {
			Walk(a, visit)
		}
	case *Path:
		Walk(x.From, visit)
		for _, w := range x.Where {
			Walk(w, visit)
		}
		for _, s := range x.Steps {
			for _, w := range s.Where {
				Walk(w, visit)
			}
		}
	}
}
