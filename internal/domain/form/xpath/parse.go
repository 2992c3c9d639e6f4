package xpath

import (
	"strings"

	"zhidian/internal/platform/errs"
)

// How large an expression may be: longer or deeper ones are refused, so that no form can exhaust a phone.
const (
	maxLength = 20_000 // characters
	maxDepth  = 200
)

// Parse reads an expression. Whether its names and functions exist is Check's question.
func Parse(text string) (Expr, *Fault) {
	in := []rune(text)
	if len(in) > maxLength {
		return nil, fault(maxLength, "xpath.long", errs.Args{"max": maxLength})
	}
	p := parser{lex: lexer{in: in}}
	if f := p.step(); f != nil {
		return nil, f
	}
	if p.now.kind == end {
		return nil, fault(0, "xpath.empty", nil)
	}
	x, f := p.binary(1)
	if f != nil {
		return nil, f
	}
	if p.now.kind != end {
		return nil, p.unexpected()
	}
	return x, nil
}

type parser struct {
	lex   lexer
	now   token
	depth int
}

func (p *parser) step() (f *Fault) {
	p.now, f = p.lex.next()
	return f
}

func (p *parser) unexpected() *Fault {
	switch {
	case p.now.kind == end:
		return fault(p.now.at, "xpath.ends_early", nil)
	case p.now.kind == unknown && strings.ContainsAny(p.now.text, "（），＝＜＞；："):
		return fault(p.now.at, "xpath.full_width", errs.Args{"text": p.now.text})
	case p.now.kind == unknown && (p.now.text == "&" || p.now.text == "!"):
		return fault(p.now.at, "xpath.not_xpath", errs.Args{"text": p.now.text})
	case p.now.kind == mark && p.now.text == ")":
		return fault(p.now.at, "xpath.extra_bracket", nil)
	}
	return fault(p.now.at, "xpath.unexpected", errs.Args{"text": p.now.text})
}

func (p *parser) is(text string) bool { return p.now.kind == mark && p.now.text == text }

// take steps over a mark if it is there.
func (p *parser) take(text string) (bool, *Fault) {
	if !p.is(text) {
		return false, nil
	}
	return true, p.step()
}

func (p *parser) must(text string, opened int) *Fault {
	if p.is(text) {
		return p.step()
	}
	if p.now.kind == end {
		return fault(opened, "xpath.open_bracket", nil)
	}
	return p.unexpected()
}

// op gives the operator that the token is.
func (p *parser) op() (Op, bool) {
	switch p.now.kind {
	case starOp:
		return Times, true
	case wordOp, mark:
		for o, text := range opTexts {
			if text == p.now.text && Op(o) != Times {
				return Op(o), true
			}
		}
	}
	return 0, false
}

func (p *parser) binary(least int) (Expr, *Fault) {
	if p.depth++; p.depth > maxDepth {
		return nil, fault(p.now.at, "xpath.deep", errs.Args{"max": maxDepth})
	}
	defer func() { p.depth-- }()
	x, f := p.unary()
	for f == nil {
		o, ok := p.op()
		if !ok || levels[o] < least {
			return x, nil
		}
		at := p.now.at
		if f = p.step(); f != nil {
			break
		}
		var y Expr
		if y, f = p.binary(levels[o] + 1); f == nil {
			x = &Binary{at, o, x, y}
		}
	}
	return nil, f
}

func (p *parser) unary() (Expr, *Fault) {
	at := p.now.at
	minus, f := p.take("-")
	if f != nil {
		return nil, f
	}
	if !minus {
		return p.path()
	}
	x, f := p.binary(negLevel)
	if f != nil {
		return nil, f
	}
	return &Neg{at, x}, nil
}

// path reads an operand and the steps that go on from it.
func (p *parser) path() (Expr, *Fault) {
	at := p.now.at
	switch {
	case p.is("/") || p.is("//"):
		return p.steps(&Path{At: at, Rooted: true}, true)
	case p.is(".") || p.is("..") || p.is("@") || p.now.kind == name && !p.calls():
		return p.steps(&Path{At: at}, false)
	}
	x, f := p.primary()
	if f != nil {
		return nil, f
	}
	if !p.is("/") && !p.is("//") && !p.is("[") {
		return x, nil
	}
	path := &Path{At: at, From: x}
	if path.Where, f = p.predicates(); f != nil {
		return nil, f
	}
	if !p.is("/") && !p.is("//") {
		return path, nil
	}
	return p.steps(path, true)
}

// calls tells whether the name that stands here is a function's.
func (p *parser) calls() bool {
	ahead := p.lex
	t, f := ahead.next()
	return f == nil && t.kind == mark && t.text == "("
}

// steps reads steps with slashes between them; slashed tells that a slash comes first.
func (p *parser) steps(path *Path, slashed bool) (Expr, *Fault) {
	for {
		deep := false
		if slashed {
			deep = p.is("//")
			if f := p.step(); f != nil {
				return nil, f
			}
		}
		s, f := p.oneStep()
		if f != nil {
			return nil, f
		}
		s.Deep = deep
		path.Steps = append(path.Steps, s)
		if !p.is("/") && !p.is("//") {
			return path, nil
		}
		slashed = true
	}
}

func (p *parser) oneStep() (Step, *Fault) {
	var s Step
	switch {
	case p.is("."):
		s.Axis = Self
	case p.is(".."):
		s.Axis = Parent
	case p.is("@"):
		return s, fault(p.now.at, "xpath.attribute", nil)
	case p.now.kind == name && !p.calls():
		s.Name = p.now.text
	default:
		return s, p.unexpected()
	}
	at := p.now.at
	if f := p.step(); f != nil {
		return s, f
	}
	if p.is("::") {
		return s, fault(at, "xpath.axis", errs.Args{"text": s.Name})
	}
	where, f := p.predicates()
	s.Where = where
	return s, f
}

func (p *parser) predicates() (all []Expr, f *Fault) {
	for p.is("[") {
		opened := p.now.at
		if f := p.step(); f != nil {
			return nil, f
		}
		x, f := p.binary(1)
		if f != nil {
			return nil, f
		}
		if f := p.must("]", opened); f != nil {
			return nil, f
		}
		all = append(all, x)
	}
	return all, nil
}

func (p *parser) primary() (Expr, *Fault) {
	t := p.now
	switch {
	case t.kind == quoted:
		return &Text{t.at, t.text}, p.step()
	case t.kind == number:
		return &Num{t.at, parseNumber(t.text)}, p.step()
	case t.kind == ref:
		bare, saved := strings.CutPrefix(t.text, "last-saved#")
		return &Ref{t.at, bare, saved}, p.step()
	case t.kind == name:
		return p.call()
	case p.is("("):
		if f := p.step(); f != nil {
			return nil, f
		}
		x, f := p.binary(1)
		if f != nil {
			return nil, f
		}
		return x, p.must(")", t.at)
	}
	return nil, p.unexpected()
}

// olderFunctions are names that forms of long ago use.
var olderFunctions = map[string]string{"enclosed-area": "area"}

func (p *parser) call() (Expr, *Fault) {
	c := &Call{At: p.now.at, Name: p.now.text}
	if other, older := olderFunctions[c.Name]; older {
		c.Name = other
	}
	if f := p.step(); f != nil {
		return nil, f
	}
	opened := p.now.at
	if f := p.must("(", opened); f != nil {
		return nil, f
	}
	if closed, f := p.take(")"); closed || f != nil {
		return c, f
	}
	for {
		x, f := p.binary(1)
		if f != nil {
			return nil, f
		}
		c.Args = append(c.Args, x)
		comma, f := p.take(",")
		if f != nil {
			return nil, f
		}
		if !comma {
			return c, p.must(")", opened)
		}
	}
}
