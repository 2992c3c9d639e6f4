package xpath

import (
	"strconv"
	"strings"
)

// Print writes an expression with no more brackets than it needs. Parse reads it as the same expression.
func Print(x Expr) string {
	var b strings.Builder
	printTo(&b, x, 1)
	return b.String()
}

func printTo(b *strings.Builder, x Expr, least int) {
	switch x := x.(type) {
	case *Text:
		b.WriteString(quote(x.Value))
	case *Num:
		b.WriteString(strconv.FormatFloat(x.Value, 'f', -1, 64))
	case *Ref:
		saved := ""
		if x.LastSaved {
			saved = "last-saved#"
		}
		b.WriteString("${" + saved + x.Name + "}")
	case *Neg:
		bracketed(b, negLevel < least, func() {
			b.WriteByte('-')
			printTo(b, x.X, negLevel)
		})
	case *Binary:
		bracketed(b, levels[x.Op] < least, func() {
			printTo(b, x.X, levels[x.Op])
			b.WriteString(" " + x.Op.String() + " ")
			printTo(b, x.Y, levels[x.Op]+1)
		})
	case *Call:
		b.WriteString(x.Name + "(")
		for i, a := range x.Args {
			if i > 0 {
				b.WriteString(", ")
			}
			printTo(b, a, 1)
		}
		b.WriteByte(')')
	case *Path:
		printPath(b, x)
	}
}

func bracketed(b *strings.Builder, yes bool, write func()) {
	if yes {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	write()
}

func printPath(b *strings.Builder, p *Path) {
	if p.From != nil {
		_, bare := p.From.(*Path)
		bracketed(b, bare, func() { printTo(b, p.From, negLevel+2) })
		printWhere(b, p.Where)
	}
	for i, s := range p.Steps {
		switch {
		case s.Deep:
			b.WriteString("//")
		case i > 0 || p.Rooted || p.From != nil:
			b.WriteByte('/')
		}
		switch s.Axis {
		case Self:
			b.WriteByte('.')
		case Parent:
			b.WriteString("..")
		default:
			b.WriteString(s.Name)
		}
		printWhere(b, s.Where)
	}
}

func printWhere(b *strings.Builder, where []Expr) {
	for _, w := range where {
		b.WriteByte('[')
		printTo(b, w, 1)
		b.WriteByte(']')
	}
}

// quote writes a literal. One with both kinds of quotes is put together, since XPath cannot escape them.
func quote(text string) string {
	if !strings.Contains(text, "'") {
		return "'" + text + "'"
	}
	if !strings.Contains(text, `"`) {
		return `"` + text + `"`
	}
	return "concat('" + strings.ReplaceAll(text, "'", `', "'", '`) + "')"
}
