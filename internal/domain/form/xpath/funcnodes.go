package xpath

import "math"

var nodeFunctions = map[string]function{
	"count": {1, 1, Number, func(_ *Env, a []Value) Value { return numberOf(float64(len(a[0].nodes))) }, nil},
	"count-non-empty": {1, 1, Number, func(_ *Env, a []Value) Value {
		n := 0
		for _, text := range spread(a) {
			if text != "" {
				n++
			}
		}
		return numberOf(float64(n))
	}, nil},
	"position": {0, 1, Number, nil, func(e *Env, a []Expr) Value {
		if len(a) == 0 {
			return numberOf(float64(e.at))
		}
		v := e.eval(a[0])
		if len(v.nodes) == 0 {
			return numberOf(math.NaN())
		}
		return numberOf(float64(Position(v.nodes[0])))
	}},
	"last": {0, 0, Number, func(e *Env, _ []Value) Value { return numberOf(float64(e.of)) }, nil},
	"current": {0, 0, Nodes, func(e *Env, _ []Value) Value {
		if e.Origin == nil {
			return nodesOf(nil)
		}
		return nodesOf([]*Node{e.Origin})
	}, nil},
	"instance": {1, 1, Nodes, func(e *Env, a []Value) Value {
		if doc := e.Form.List(a[0].Text()); doc != nil {
			return nodesOf([]*Node{doc})
		}
		return nodesOf(nil)
	}, nil},
	"indexed-repeat": {3, many, Nodes, nil, indexedRepeat},
	"randomize": {1, 2, Nodes, func(e *Env, a []Value) Value {
		seed := e.Form.Random() * 2147483647
		if len(a) == 2 {
			seed = a[1].Number()
		}
		return nodesOf(Shuffled(a[0].nodes, seed))
	}, nil},
	"pulldata": {4, 4, String, func(e *Env, a []Value) Value { return textOf(pulled(e, a)) }, nil},
}

// Position counts a node among those of its name below the same parent, from 1.
func Position(n *Node) int {
	at := 0
	if n.Up == nil {
		return 1
	}
	for _, c := range n.Up.Below {
		if c.Name == n.Name {
			at++
		}
		if c == n {
			break
		}
	}
	return at
}

// indexedRepeat finds a question in the repeats of the given numbers, wherever the asking one stands.
func indexedRepeat(e *Env, a []Expr) Value {
	asked, ok := a[0].(*Ref)
	if !ok {
		return nodesOf(nil)
	}
	all := e.Form.Find(e.Form.Root(), asked.Name)
	for i := 1; i+1 < len(a); i += 2 {
		group, ok := a[i].(*Ref)
		if !ok {
			return nodesOf(nil)
		}
		want := e.eval(a[i+1]).Number()
		var kept []*Node
		for _, n := range all {
			for at := n.Up; at != nil; at = at.Up {
				if at.Name == group.Name && float64(Position(at)) == want {
					kept = append(kept, n)
					break
				}
			}
		}
		all = kept
	}
	return nodesOf(all)
}

// pulled looks a value up in a file that came with the form: file, column, key column, key.
func pulled(e *Env, a []Value) string {
	doc := e.Form.List(a[0].Text())
	if doc == nil || len(doc.Below) == 0 {
		return ""
	}
	key := a[3].Text()
	for _, item := range doc.Below[0].Below {
		if item.Column(a[2].Text()) == key {
			return item.Column(a[1].Text())
		}
	}
	return ""
}

// Column gives the value of the first child of a name.
func (n *Node) Column(name string) string {
	for _, c := range n.Below {
		if c.Name == name {
			return c.Value
		}
	}
	return ""
}

// Shuffled gives nodes in an order that follows from the seed alone: the generator of Park and Miller, as OpenRosa
// wants it, so that every client shows choices in the same order.
func Shuffled(all []*Node, seed float64) []*Node {
	if math.IsNaN(seed) || math.IsInf(seed, 0) {
		seed = 0
	}
	s := math.Mod(math.Floor(seed), 2147483647)
	if s <= 0 {
		s += 2147483646
	}
	next := func() float64 {
		s = math.Mod(s*16807, 2147483647)
		return (s - 1) / 2147483646
	}
	out := append([]*Node(nil), all...)
	for i := len(out) - 1; i >= 1; i-- {
		j := int(math.Floor(next() * float64(i+1)))
		out[i], out[j] = out[j], out[i]
	}
	return out
}
