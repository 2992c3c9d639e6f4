package xpath

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"zhidian/internal/platform/errs"
)

// Fault is what is wrong with an expression, at a character counted from 0. Its message is the problem's, with the
// argument at, counted from 1, among its own. A warning names what may be meant otherwise and works as it is.
type Fault struct {
	At      int
	Warning bool
	errs.Problem
}

func (f *Fault) Error() string { return f.Key }

func fault(at int, key string, args errs.Args) *Fault {
	all := errs.Args{"at": at + 1}
	for k, v := range args {
		all[k] = v
	}
	return &Fault{At: at, Problem: errs.Problem{Key: key, Args: all}}
}

type kind uint8

const (
	end     kind = iota
	name         // a name, with a prefix where it has one, or * where a name may stand
	number       // digits
	quoted       // a string literal, without its quotes
	ref          // ${…}, without its braces
	mark         // an operator or a bracket
	wordOp       // and, or, div, mod where an operator may stand
	starOp       // * where an operator may stand
	unknown      // a character that means nothing here
)

type token struct {
	kind kind
	at   int
	text string
}

// lexer cuts an expression into tokens. XPath's words are names or operators by what stands before them.
type lexer struct {
	in   []rune
	at   int
	last token
}

var marks = []string{"//", "::", "..", "!=", "<=", ">=", "/", "(", ")", "[", "]", ",", "@", ".", "=", "<", ">", "+", "-", "|"}

// operand tells whether the token before ends an operand, so that what follows is an operator.
func (t token) operand() bool {
	switch t.kind {
	case name, number, quoted, ref:
		return true
	case mark:
		return t.text == ")" || t.text == "]" || t.text == "." || t.text == ".."
	}
	return false
}

func (l *lexer) next() (token, *Fault) {
	for l.at < len(l.in) && (unicode.IsSpace(l.in[l.at]) || l.in[l.at] == '\ufeff') {
		l.at++
	}
	t, f := l.token()
	l.last = t
	return t, f
}

func (l *lexer) token() (token, *Fault) {
	if l.at >= len(l.in) {
		return token{kind: end, at: len(l.in)}, nil
	}
	from, c := l.at, l.in[l.at]
	switch {
	case c == '"' || c == '\'':
		for i := from + 1; i < len(l.in); i++ {
			if l.in[i] == c {
				l.at = i + 1
				return token{quoted, from, string(l.in[from+1 : i])}, nil
			}
		}
		return token{}, fault(from, "xpath.open_quote", nil)
	case c == '“' || c == '”' || c == '‘' || c == '’':
		return token{}, fault(from, "xpath.curly_quote", errs.Args{"text": string(c)})
	case c == '$':
		return l.reference()
	case digit(c) || c == '.' && from+1 < len(l.in) && digit(l.in[from+1]):
		for l.at < len(l.in) && digit(l.in[l.at]) {
			l.at++
		}
		if l.at < len(l.in) && l.in[l.at] == '.' && !l.follows(l.at, "..") {
			l.at++
			for l.at < len(l.in) && digit(l.in[l.at]) {
				l.at++
			}
		}
		return token{number, from, string(l.in[from:l.at])}, nil
	case c == '*':
		l.at++
		if l.last.operand() {
			return token{starOp, from, "*"}, nil
		}
		return token{name, from, "*"}, nil
	case begins(c):
		return l.word()
	}
	for _, m := range marks {
		if l.follows(from, m) {
			l.at += len(m)
			return token{mark, from, m}, nil
		}
	}
	l.at++
	return token{unknown, from, string(c)}, nil
}

// word reads a name, with the prefix of jr:choice-name and the like.
func (l *lexer) word() (token, *Fault) {
	from := l.at
	l.letters()
	if l.follows(l.at, ":") && !l.follows(l.at, "::") && l.at+1 < len(l.in) && begins(l.in[l.at+1]) {
		l.at++
		l.letters()
	}
	text := string(l.in[from:l.at])
	if l.last.operand() {
		switch text {
		case "and", "or", "div", "mod":
			return token{wordOp, from, text}, nil
		}
	}
	return token{name, from, text}, nil
}

func (l *lexer) letters() {
	for l.at < len(l.in) && (begins(l.in[l.at]) || digit(l.in[l.at]) || l.in[l.at] == '-' || l.in[l.at] == '.' || unicode.Is(unicode.Mn, l.in[l.at]) || l.in[l.at] == '·') {
		l.at++
	}
}

// reference reads ${name}, with blanks forgiven.
func (l *lexer) reference() (token, *Fault) {
	from := l.at
	if !l.follows(from, "${") {
		return token{}, fault(from, "xpath.dollar", nil)
	}
	for i := from + 2; i < len(l.in); i++ {
		if l.in[i] != '}' {
			continue
		}
		l.at = i + 1
		text := strings.TrimSpace(string(l.in[from+2 : i]))
		bare := strings.TrimPrefix(text, "last-saved#")
		if !IsName(bare) {
			return token{}, fault(from, "xpath.bad_reference", errs.Args{"text": text})
		}
		return token{ref, from, text}, nil
	}
	return token{}, fault(from, "xpath.open_brace", nil)
}

func (l *lexer) follows(at int, text string) bool {
	for i, c := range []rune(text) {
		if at+i >= len(l.in) || l.in[at+i] != c {
			return false
		}
	}
	return true
}

func digit(c rune) bool { return c >= '0' && c <= '9' }

func begins(c rune) bool { return c == '_' || unicode.IsLetter(c) }

// IsName tells whether a text may name a question: a letter or _ first, then letters, digits, -, . and _ as well.
func IsName(text string) bool {
	for i, c := range text {
		if !begins(c) && (i == 0 || !digit(c) && c != '-' && c != '.' && c != '·' && !unicode.Is(unicode.Mn, c)) {
			return false
		}
	}
	return text != ""
}

func parseNumber(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil { // more digits than can be counted
		return math.MaxFloat64
	}
	return f
}
