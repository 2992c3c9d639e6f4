package xpath

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// Node is one element of a document: of the answers to a form, or of a list of choices.
type Node struct {
	Name  string
	Value string // of a leaf
	Up    *Node
	Below []*Node
	Blank bool // not asked at present: it, and what lies below, counts as empty
	Place int  // whatever its owner counts by
}

// Add puts a node below another.
func (n *Node) Add(below *Node) *Node {
	below.Up = n
	n.Below = append(n.Below, below)
	return below
}

// text is what a node says: its value, or the values of all leaves below it.
func (n *Node) text() string {
	for at := n; at != nil; at = at.Up {
		if at.Blank {
			return ""
		}
	}
	return n.leaves()
}

func (n *Node) leaves() string {
	if n.Blank || len(n.Below) == 0 {
		if n.Blank {
			return ""
		}
		return n.Value
	}
	var b strings.Builder
	for _, c := range n.Below {
		b.WriteString(c.leaves())
	}
	return b.String()
}

// Type is what kind of value an expression gives.
type Type uint8

// The four types of XPath 1.0, and what cannot be told before.
const (
	Any Type = iota
	String
	Number
	Boolean
	Nodes
)

// Value is what an expression gives.
type Value struct {
	is    Type
	text  string
	num   float64
	yes   bool
	nodes []*Node
}

func textOf(s string) Value    { return Value{is: String, text: s} }
func numberOf(f float64) Value { return Value{is: Number, num: f} }
func boolOf(b bool) Value      { return Value{is: Boolean, yes: b} }
func nodesOf(n []*Node) Value  { return Value{is: Nodes, nodes: n} }

// Text is the value as text; of several nodes, the first one's.
func (v Value) Text() string {
	switch v.is {
	case Number:
		return numberText(v.num)
	case Boolean:
		return strconv.FormatBool(v.yes)
	case Nodes:
		if len(v.nodes) == 0 {
			return ""
		}
		return v.nodes[0].text()
	}
	return v.text
}

// Number is the value as a number: days since 1970-01-01 for a date, with their fraction for a moment; NaN for what
// is no number.
func (v Value) Number() float64 {
	switch v.is {
	case Number:
		return v.num
	case Boolean:
		if v.yes {
			return 1
		}
		return 0
	}
	return toNumber(v.Text())
}

// Bool is the value as yes or no: no for nothing, zero and what is no number.
func (v Value) Bool() bool {
	switch v.is {
	case Boolean:
		return v.yes
	case Number:
		return v.num != 0 && !math.IsNaN(v.num)
	case Nodes:
		return v.Text() != ""
	}
	return v.text != ""
}

var plainNumber = regexp.MustCompile(`^-?(\d+(\.\d*)?|\.\d+)$`)

// toNumber reads plain decimals, and dates as days. Nothing else is a number, an exponent neither.
func toNumber(text string) float64 {
	text = strings.Trim(text, " \t\r\n")
	if plainNumber.MatchString(text) {
		return parseNumber(text)
	}
	if days, ok := daysOf(text); ok {
		return days
	}
	return math.NaN()
}

// numberText writes whole numbers without a point and nothing with an exponent.
func numberText(f float64) string {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	case f == 0:
		return "0" // also for the negative zero
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// compare holds two values against each other as XPath does: of nodes, any that fits will do.
func compare(op Op, x, y Value) bool {
	if x.is == Nodes && y.is != Boolean {
		return eachNode(x, func(v Value) bool { return compare(op, v, y) })
	}
	if y.is == Nodes && x.is != Boolean {
		return eachNode(y, func(v Value) bool { return compare(op, x, v) })
	}
	if op != Equal && op != Unequal {
		a, b := x.Number(), y.Number()
		switch op {
		case Less:
			return a < b
		case LessEqual:
			return a <= b
		case More:
			return a > b
		default:
			return a >= b
		}
	}
	same := false
	switch {
	case x.is == Boolean || y.is == Boolean:
		same = x.Bool() == y.Bool()
	case x.is == Number || y.is == Number:
		same = x.Number() == y.Number()
	default:
		same = x.Text() == y.Text()
	}
	return same == (op == Equal)
}

// eachNode asks the nodes one after another. None at all stands for an empty answer, so that ${x} = ” holds for a
// question that is not there.
func eachNode(v Value, ask func(Value) bool) bool {
	if len(v.nodes) == 0 {
		return ask(textOf(""))
	}
	for _, n := range v.nodes {
		if ask(textOf(n.text())) {
			return true
		}
	}
	return false
}
