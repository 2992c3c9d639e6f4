package draw

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
)

// Test is one thing that a condition asks of another question, in words that people choose from.
type Test struct {
	Of    string // the question's name
	Is    Is
	Value string // a choice's value, a number, a date or a text; nothing for Filled and Empty
}

// Is is how a question's answer is looked at.
type Is string

// What a condition may ask of an answer.
const (
	Picked  Is = "picked" // this choice, among others where there are several
	Left    Is = "left"   // not this choice
	Filled  Is = "filled"
	Empty   Is = "empty"
	Same    Is = "same"
	Other   Is = "other"
	AtLeast Is = "least"
	AtMost  Is = "most"
	Above   Is = "above"
	Below   Is = "below"
)

var signs = map[Is]string{Same: "=", Other: "!=", AtLeast: ">=", AtMost: "<=", Above: ">", Below: "<"}

var ops = map[xpath.Op]Is{xpath.Equal: Same, xpath.Unequal: Other, xpath.MoreEqual: AtLeast, xpath.LessEqual: AtMost, xpath.More: Above, xpath.Less: Below}

// Condition is several tests, all of which must hold, or any.
type Condition struct {
	Any   bool
	Tests []Test
}

// Formula writes a condition; empty where it asks nothing.
func (c Condition) Formula(f *survey.Form) string {
	var parts []string
	for _, t := range c.Tests {
		parts = append(parts, t.formula(f))
	}
	if c.Any {
		return strings.Join(parts, " or ")
	}
	return strings.Join(parts, " and ")
}

func (t Test) formula(f *survey.Form) string {
	ref := "${" + t.Of + "}"
	q := named(f, t.Of)
	several := q != nil && q.Kind.Several()
	switch {
	case t.Is == Filled:
		return ref + " != ''"
	case t.Is == Empty:
		return ref + " = ''"
	case t.Is == Picked && several:
		return "selected(" + ref + ", " + quote(t.Value) + ")"
	case t.Is == Left && several:
		return "not(selected(" + ref + ", " + quote(t.Value) + "))"
	case t.Is == Picked:
		return ref + " = " + quote(t.Value)
	case t.Is == Left:
		return ref + " != " + quote(t.Value)
	}
	value := quote(t.Value)
	if isNumber(t.Value) && (q == nil || q.Kind != survey.Text) {
		value = t.Value
	}
	return ref + " " + signs[t.Is] + " " + value
}

var number = regexp.MustCompile(`^-?[0-9]{1,15}(\.[0-9]{1,9})?$`)

func isNumber(s string) bool { return number.MatchString(s) }

// quote writes a text as a literal. XPath has no way to write both quotes in one; the plain one gives way.
func quote(s string) string {
	if strings.Contains(s, "'") {
		return `"` + strings.ReplaceAll(s, `"`, "'") + `"`
	}
	return "'" + s + "'"
}

func named(f *survey.Form, name string) *survey.Question {
	at := slices.IndexFunc(f.Questions, func(q *survey.Question) bool { return q.Place > 0 && q.Name == name })
	if at < 0 {
		return nil
	}
	return f.Questions[at]
}

// ReadCondition takes a formula apart; false where it says more than tests can.
func ReadCondition(f *survey.Form, formula string) (c Condition, ok bool) {
	x, fault := xpath.Parse(formula)
	if fault != nil {
		return c, false
	}
	joint := xpath.And
	if b, is := x.(*xpath.Binary); is && b.Op == xpath.Or {
		joint, c.Any = xpath.Or, true
	}
	var read func(x xpath.Expr) bool
	read = func(x xpath.Expr) bool {
		if b, is := x.(*xpath.Binary); is && b.Op == joint {
			return read(b.X) && read(b.Y)
		}
		t, ok := readTest(f, x)
		c.Tests = append(c.Tests, t)
		return ok
	}
	return c, read(x)
}

func readTest(f *survey.Form, x xpath.Expr) (t Test, ok bool) {
	switch x := x.(type) {
	case *xpath.Call:
		if x.Name == "not" && len(x.Args) == 1 {
			t, ok = readTest(f, x.Args[0])
			ok = ok && t.Is == Picked
			t.Is = Left
			return t, ok
		}
		if x.Name != "selected" || len(x.Args) != 2 {
			return t, false
		}
		t.Is = Picked
		return t, refers(f, &t, x.Args[0]) && holds(&t, x.Args[1]) && named(f, t.Of).Kind.Chooses()
	case *xpath.Binary:
		if t.Is, ok = ops[x.Op]; !ok || !refers(f, &t, x.X) || !holds(&t, x.Y) {
			return t, false
		}
		q := named(f, t.Of)
		switch {
		case t.Value == "" && t.Is == Same:
			t.Is = Empty
		case t.Value == "" && t.Is == Other:
			t.Is = Filled
		case q.Kind.Several():
			return t, false
		case q.Kind == survey.SelectOne && t.Is == Same:
			t.Is = Picked
		case q.Kind == survey.SelectOne && t.Is == Other:
			t.Is = Left
		}
		return t, t.Value != "" || t.Is == Empty || t.Is == Filled
	}
	return t, false
}

func refers(f *survey.Form, t *Test, x xpath.Expr) bool {
	ref, ok := x.(*xpath.Ref)
	if !ok || ref.LastSaved || named(f, ref.Name) == nil {
		return false
	}
	t.Of = ref.Name
	return true
}

func holds(t *Test, x xpath.Expr) bool {
	switch x := x.(type) {
	case *xpath.Text:
		t.Value = x.Value
	case *xpath.Num:
		t.Value = strconv.FormatFloat(x.Value, 'f', -1, 64)
	case *xpath.Neg:
		n, ok := x.X.(*xpath.Num)
		if !ok {
			return false
		}
		t.Value = strconv.FormatFloat(-n.Value, 'f', -1, 64)
	default:
		return false
	}
	return true
}

// Bounds is what an answer must be, in the cases that people meet most: a number or a date between two, a text of some
// length, or of a known shape.
type Bounds struct {
	Least, Most string
	Shape       string // phone, id, credit, post
	Longest     string // characters
}

// shapes are texts of a known shape, as patterns that the answer must match.
var shapes = map[string]string{
	"phone": "1[3-9][0-9]{9}", "id": "[1-9][0-9]{16}[0-9Xx]", "credit": "[0-9A-HJ-NPQRTUWXY]{18}", "post": "[0-9]{6}",
}

// Shapes lists the known shapes in the order in which they are offered.
var Shapes = []string{"phone", "id", "credit", "post"}

// Formula writes the bounds as a constraint; empty where there are none.
func (b Bounds) Formula() string {
	var parts []string
	add := func(sign, value string) {
		if value == "" {
			return
		}
		if !isNumber(value) {
			value = quote(value)
		}
		parts = append(parts, ". "+sign+" "+value)
	}
	add(">=", b.Least)
	add("<=", b.Most)
	if pattern := shapes[b.Shape]; pattern != "" {
		parts = append(parts, "regex(., '^"+pattern+"$')")
	}
	if b.Longest != "" {
		parts = append(parts, "string-length(.) <= "+b.Longest)
	}
	return strings.Join(parts, " and ")
}

// ReadBounds takes a constraint apart; false where it says more than bounds can.
func ReadBounds(formula string) (b Bounds, ok bool) {
	if formula == "" {
		return b, true
	}
	x, fault := xpath.Parse(formula)
	if fault != nil {
		return b, false
	}
	var read func(x xpath.Expr) bool
	read = func(x xpath.Expr) bool {
		switch x := x.(type) {
		case *xpath.Binary:
			return x.Op == xpath.And && read(x.X) && read(x.Y) || b.bound(x)
		case *xpath.Call:
			pattern, is := "", x.Name == "regex" && len(x.Args) == 2 && isSelf(x.Args[0])
			if is {
				t, text := x.Args[1].(*xpath.Text)
				if is = text; text {
					pattern = strings.TrimSuffix(strings.TrimPrefix(t.Value, "^"), "$")
				}
			}
			for _, name := range Shapes {
				if is && b.Shape == "" && shapes[name] == pattern {
					b.Shape = name
					return true
				}
			}
		}
		return false
	}
	ok = read(x)
	return b, ok
}

func (b *Bounds) bound(x *xpath.Binary) bool {
	var t Test
	if !holds(&t, x.Y) {
		return false
	}
	if call, is := x.X.(*xpath.Call); is && call.Name == "string-length" && len(call.Args) == 1 && isSelf(call.Args[0]) && x.Op == xpath.LessEqual && b.Longest == "" {
		b.Longest = t.Value
		return isNumber(t.Value)
	}
	switch {
	case !isSelf(x.X):
	case x.Op == xpath.MoreEqual && b.Least == "":
		b.Least = t.Value
		return true
	case x.Op == xpath.LessEqual && b.Most == "":
		b.Most = t.Value
		return true
	}
	return false
}

// isSelf tells whether an expression is the answer itself.
func isSelf(x xpath.Expr) bool {
	p, ok := x.(*xpath.Path)
	return ok && p.From == nil && !p.Rooted && len(p.Where) == 0 && len(p.Steps) == 1 && p.Steps[0].Axis == xpath.Self && len(p.Steps[0].Where) == 0
}
