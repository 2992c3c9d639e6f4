package xpath

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// function is one function of the language. Most are given their arguments worked out; a lazy one looks at them itself.
type function struct {
	least, most int // number of arguments; most below 0 means any
	gives       Type
	of          func(e *Env, a []Value) Value
	lazy        func(e *Env, a []Expr) Value
}

const many = -1

var functions map[string]function

func init() { // not at the declaration: eval calls functions, and functions call eval
	functions = map[string]function{}
	maps.Copy(functions, flowFunctions)
	maps.Copy(functions, textFunctions)
	maps.Copy(functions, numberFunctions)
	maps.Copy(functions, nodeFunctions)
	maps.Copy(functions, dateFunctions)
	maps.Copy(functions, geoFunctions)
}

// Functions lists the names of all functions in order.
func Functions() []string { return slices.Sorted(maps.Keys(functions)) }

func (e *Env) call(c *Call) Value {
	f, ok := functions[c.Name]
	if !ok || len(c.Args) < f.least || f.most >= 0 && len(c.Args) > f.most {
		return textOf("") // Check has refused it before
	}
	if f.lazy != nil {
		return f.lazy(e, c.Args)
	}
	args := make([]Value, len(c.Args))
	for i, a := range c.Args {
		args[i] = e.eval(a)
	}
	return f.of(e, args)
}

// spread gives the texts of all arguments, those of every node among them.
func spread(args []Value) []string {
	var all []string
	for _, a := range args {
		if a.is != Nodes {
			all = append(all, a.Text())
			continue
		}
		for _, n := range a.nodes {
			all = append(all, n.text())
		}
	}
	return all
}

var flowFunctions = map[string]function{
	"if": {3, 3, Any, nil, func(e *Env, a []Expr) Value {
		if e.eval(a[0]).Bool() {
			return e.eval(a[1])
		}
		return e.eval(a[2])
	}},
	"coalesce": {2, many, String, nil, func(e *Env, a []Expr) Value {
		for _, x := range a {
			if v := e.eval(x); v.Text() != "" {
				return textOf(v.Text())
			}
		}
		return textOf("")
	}},
	"once": {1, 1, String, nil, func(e *Env, a []Expr) Value {
		if was := e.Origin.Value; was != "" {
			return textOf(was)
		}
		return textOf(e.eval(a[0]).Text())
	}},
	"true":    {0, 0, Boolean, func(*Env, []Value) Value { return boolOf(true) }, nil},
	"false":   {0, 0, Boolean, func(*Env, []Value) Value { return boolOf(false) }, nil},
	"not":     {1, 1, Boolean, func(_ *Env, a []Value) Value { return boolOf(!a[0].Bool()) }, nil},
	"boolean": {1, 1, Boolean, func(_ *Env, a []Value) Value { return boolOf(a[0].Bool()) }, nil},
	"boolean-from-string": {1, 1, Boolean, func(_ *Env, a []Value) Value {
		text := strings.ToLower(a[0].Text())
		return boolOf(text == "true" || text == "1")
	}, nil},
	"checklist": {2, many, Boolean, func(_ *Env, a []Value) Value {
		n := 0
		for _, v := range a[2:] {
			if v.Bool() {
				n++
			}
		}
		return boolOf(between(float64(n), a[0].Number(), a[1].Number()))
	}, nil},
	"weighted-checklist": {2, many, Boolean, func(_ *Env, a []Value) Value {
		sum := 0.0
		for i := 2; i+1 < len(a); i += 2 {
			if a[i].Bool() {
				sum += a[i+1].Number()
			}
		}
		return boolOf(between(sum, a[0].Number(), a[1].Number()))
	}, nil},
}

// between tells whether a number lies within bounds; a negative bound is none.
func between(n, least, most float64) bool {
	return (least < 0 || n >= least) && (most < 0 || n <= most)
}

var numberFunctions = map[string]function{
	"number":  {0, 1, Number, nil, func(e *Env, a []Expr) Value { return numberOf(e.orHere(a).Number()) }},
	"int":     {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Trunc(a[0].Number())) }, nil},
	"floor":   {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Floor(a[0].Number())) }, nil},
	"ceiling": {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Ceil(a[0].Number())) }, nil},
	"round":   {1, 2, Number, func(_ *Env, a []Value) Value { return numberOf(round(a)) }, nil},
	"abs":     {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Abs(a[0].Number())) }, nil},
	"pow":     {2, 2, Number, func(_ *Env, a []Value) Value { return numberOf(math.Pow(a[0].Number(), a[1].Number())) }, nil},
	"sqrt":    {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Sqrt(a[0].Number())) }, nil},
	"exp":     {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Exp(a[0].Number())) }, nil},
	"exp10":   {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Pow(10, a[0].Number())) }, nil},
	"log":     {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Log(a[0].Number())) }, nil},
	"log10":   {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Log10(a[0].Number())) }, nil},
	"sin":     {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Sin(a[0].Number())) }, nil},
	"cos":     {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Cos(a[0].Number())) }, nil},
	"tan":     {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Tan(a[0].Number())) }, nil},
	"asin":    {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Asin(a[0].Number())) }, nil},
	"acos":    {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Acos(a[0].Number())) }, nil},
	"atan":    {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(math.Atan(a[0].Number())) }, nil},
	"atan2":   {2, 2, Number, func(_ *Env, a []Value) Value { return numberOf(math.Atan2(a[0].Number(), a[1].Number())) }, nil},
	"pi":      {0, 0, Number, func(*Env, []Value) Value { return numberOf(math.Pi) }, nil},
	"random":  {0, 0, Number, func(e *Env, _ []Value) Value { return numberOf(e.Form.Random()) }, nil},
	"sum": {1, many, Number, func(_ *Env, a []Value) Value {
		sum := 0.0
		for _, text := range spread(a) {
			if text != "" { // a question of a repeat that nobody has answered yet
				sum += toNumber(text)
			}
		}
		return numberOf(sum)
	}, nil},
	"max": {1, many, Number, func(_ *Env, a []Value) Value { return numberOf(extreme(a, math.Max)) }, nil},
	"min": {1, many, Number, func(_ *Env, a []Value) Value { return numberOf(extreme(a, math.Min)) }, nil},
}

// round rounds halves up, as XPath does, to a number of places.
func round(a []Value) float64 {
	n, by := a[0].Number(), 1.0
	if len(a) == 2 {
		by = math.Pow(10, math.Trunc(a[1].Number()))
	}
	return math.Floor(n*by+0.5) / by
}

// extreme is the largest or smallest of those that are answered; NaN of none.
func extreme(args []Value, pick func(x, y float64) float64) float64 {
	found, any := math.NaN(), false
	for _, text := range spread(args) {
		if text == "" {
			continue
		}
		if n := toNumber(text); any {
			found = pick(found, n)
		} else {
			found, any = n, true
		}
	}
	return found
}

// orHere works the only argument out, or takes the context where there is none.
func (e *Env) orHere(a []Expr) Value {
	if len(a) > 0 {
		return e.eval(a[0])
	}
	if e.here == nil {
		return textOf("")
	}
	return nodesOf([]*Node{e.here})
}
