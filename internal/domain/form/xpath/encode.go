package xpath

// Encode gives an expression as the phone reads it, ready for JSON: a literal is itself, everything else an array whose
// first entry says what it is. The phone has no parser of its own; it walks these arrays.
//
//	"text", 12.5
//	["$", name]  ["$$", name]              ${name}, ${last-saved#name}
//	["neg", x]  ["+", x, y]                the operators by their texts
//	["f", name, argument…]
//	["/", from, [step…], predicate…]       from: null the context, true the top, or an expression
//	step: [axis, name, deep, predicate…]   axis: 0 child, 1 self, 2 parent; deep: 0 or 1
func Encode(x Expr) any {
	switch x := x.(type) {
	case *Text:
		return x.Value
	case *Num:
		return x.Value
	case *Ref:
		if x.LastSaved {
			return []any{"$$", x.Name}
		}
		return []any{"$", x.Name}
	case *Neg:
		return []any{"neg", Encode(x.X)}
	case *Binary:
		return []any{x.Op.String(), Encode(x.X), Encode(x.Y)}
	case *Call:
		all := []any{"f", x.Name}
		for _, a := range x.Args {
			all = append(all, Encode(a))
		}
		return all
	case *Path:
		var from any
		switch {
		case x.From != nil:
			from = Encode(x.From)
		case x.Rooted:
			from = true
		}
		steps := make([]any, len(x.Steps))
		for i, s := range x.Steps {
			steps[i] = encodeStep(s)
		}
		all := []any{"/", from, steps}
		for _, w := range x.Where {
			all = append(all, Encode(w))
		}
		return all
	}
	return ""
}

func encodeStep(s Step) []any {
	deep := 0
	if s.Deep {
		deep = 1
	}
	one := []any{int(s.Axis), s.Name, deep}
	for _, w := range s.Where {
		one = append(one, Encode(w))
	}
	return one
}
