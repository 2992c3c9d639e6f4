package sqldb

import (
	"strconv"
	"strings"

	"zhidian/internal/platform/authz"
)

// Where builds a condition and its arguments beside each other. It begins with the city:
//
//	var w sqldb.Where
//	w.And("p.city = $1")
//	w.And("p.initials >= ? AND p.initials < ?", from, to)
//	rows, err := q.Query(`SELECT … WHERE `+w.SQL()+` ORDER BY … LIMIT `+w.Arg(51), w.Args()...)
type Where struct {
	parts []string
	args  []any
}

// And adds a condition in which every ? stands for the next argument.
func (w *Where) And(cond string, args ...any) *Where {
	var b strings.Builder
	for _, r := range cond {
		if r == '?' {
			b.WriteString(w.Arg(args[0]))
			args = args[1:]
			continue
		}
		b.WriteRune(r)
	}
	w.parts = append(w.parts, b.String())
	return w
}

// Scope adds the condition that a path column lies in scope.
func (w *Where) Scope(s authz.Scope, column string) *Where {
	cond, args := s.SQL(column, len(w.args)+2)
	w.parts = append(w.parts, cond)
	w.args = append(w.args, args...)
	return w
}

// In adds the condition that a column holds one of some values; of none it holds nowhere.
func In[T any](w *Where, column string, among []T) *Where {
	if len(among) == 0 {
		w.parts = append(w.parts, "1 = 0")
		return w
	}
	marks := make([]string, len(among))
	for i, x := range among {
		marks[i] = w.Arg(x)
	}
	w.parts = append(w.parts, column+" IN ("+strings.Join(marks, ", ")+")")
	return w
}

// Arg adds an argument and gives its placeholder.
func (w *Where) Arg(v any) string {
	w.args = append(w.args, v)
	return "$" + strconv.Itoa(len(w.args)+1)
}

// SQL gives the conditions, joined by AND.
func (w *Where) SQL() string { return strings.Join(w.parts, " AND ") }

// Args gives the arguments, from $2 on.
func (w *Where) Args() []any { return w.args }
