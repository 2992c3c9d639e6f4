package fillweb

import (
	"strconv"
	"strings"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
)

// only says in words when a question or a group is to be filled in, or nothing where it always is. A condition that has
// no plain words stands as its author wrote it, with the numbers of questions for their names.
func (b *blank) only() string {
	if b.Relevant == nil || b.Relevant.Text == "true()" {
		return ""
	}
	if words, ok := b.p.when(b.Relevant.X); ok {
		return b.p.l.T("fillweb.paper_only", "when", words)
	}
	var rule strings.Builder
	for _, part := range survey.Parts(b.Relevant.Text) {
		switch n := b.p.called(part.Asked); {
		case n > 0:
			rule.WriteString(b.p.l.T("fillweb.paper_named", "n", n))
		case part.Asked != "":
			rule.WriteString("${" + part.Asked + "}")
		default:
			rule.WriteString(part.Words)
		}
	}
	return b.p.l.T("fillweb.paper_rule", "rule", rule.String())
}

// called is the number under which a question stands on paper, 0 where it does not.
func (v *paper) called(name string) int {
	if q := v.names[name]; q != nil {
		return v.numbers[q.Place]
	}
	return 0
}

// when puts a condition into words; false where it is not plain enough.
func (v *paper) when(x xpath.Expr) (string, bool) {
	switch x := x.(type) {
	case *xpath.Binary:
		switch x.Op {
		case xpath.And, xpath.Or:
			return v.joined(x)
		case xpath.Equal, xpath.Unequal, xpath.Less, xpath.LessEqual, xpath.More, xpath.MoreEqual:
			return v.compared(x)
		}
	case *xpath.Call:
		if x.Name == "not" && len(x.Args) == 1 {
			if q, value, ok := v.picks(x.Args[0]); ok {
				return v.picked("fillweb.paper_picks_not", q, value)
			}
		}
		if q, value, ok := v.picks(x); ok {
			return v.picked("fillweb.paper_picks", q, value)
		}
	}
	return "", false
}

func (v *paper) joined(x *xpath.Binary) (string, bool) {
	side := func(part xpath.Expr) (string, bool) {
		words, ok := v.when(part)
		if b, is := part.(*xpath.Binary); is && b.Op != x.Op && b.Op <= xpath.And {
			words = v.l.T("fillweb.paper_both", "a", words)
		}
		return words, ok
	}
	one, good := side(x.X)
	other, fine := side(x.Y)
	key := "fillweb.paper_and"
	if x.Op == xpath.Or {
		key = "fillweb.paper_or"
	}
	return v.l.T(key, "a", one, "b", other), good && fine
}

// turned is the operator for operands in the other order.
var turned = map[xpath.Op]xpath.Op{xpath.Less: xpath.More, xpath.More: xpath.Less, xpath.LessEqual: xpath.MoreEqual, xpath.MoreEqual: xpath.LessEqual}

// compares gives the question and the plain value that an expression holds against each other.
func (v *paper) compares(x *xpath.Binary) (q *survey.Question, op xpath.Op, value string, ok bool) {
	left, right, op := x.X, x.Y, x.Op
	if _, is := left.(*xpath.Ref); !is {
		left, right = right, left
		if other, has := turned[op]; has {
			op = other
		}
	}
	if value, ok = literal(right); ok {
		q, ok = v.asked(left)
	}
	return q, op, value, ok
}

// literal gives the text of a plain value.
func literal(x xpath.Expr) (string, bool) {
	switch x := x.(type) {
	case *xpath.Text:
		return x.Value, true
	case *xpath.Num:
		return strconv.FormatFloat(x.Value, 'f', -1, 64), true
	}
	return "", false
}

// asked gives the question that an expression names, where it stands on paper.
func (v *paper) asked(x xpath.Expr) (*survey.Question, bool) {
	ref, ok := x.(*xpath.Ref)
	if !ok || ref.LastSaved || v.called(ref.Name) == 0 {
		return nil, false
	}
	return v.names[ref.Name], true
}

func (v *paper) compared(x *xpath.Binary) (string, bool) {
	q, op, value, ok := v.compares(x)
	if !ok {
		return "", false
	}
	n := v.numbers[q.Place]
	key := map[xpath.Op]string{
		xpath.Equal: "fillweb.paper_is", xpath.Unequal: "fillweb.paper_is_not", xpath.Less: "fillweb.paper_less", xpath.LessEqual: "fillweb.paper_at_most",
		xpath.More: "fillweb.paper_above", xpath.MoreEqual: "fillweb.paper_at_least",
	}[op]
	switch {
	case value == "" && op == xpath.Equal:
		return v.l.T("fillweb.paper_unanswered", "n", n), true
	case value == "" && op == xpath.Unequal, q.Kind == survey.Acknowledge && op == xpath.Equal:
		return v.l.T("fillweb.paper_answered", "n", n), true
	case q.Kind == survey.SelectOne && op == xpath.Equal:
		return v.picked("fillweb.paper_picks", q, value)
	case q.Kind == survey.SelectOne && op == xpath.Unequal:
		return v.picked("fillweb.paper_picks_not", q, value)
	case q.Kind.Chooses() || value == "":
		return "", false
	}
	return v.l.T(key, "n", n, "what", value), true
}

// picks gives the question and the choice of selected(${question}, 'choice').
func (v *paper) picks(x xpath.Expr) (q *survey.Question, value string, ok bool) {
	call, is := x.(*xpath.Call)
	if !is || call.Name != "selected" || len(call.Args) != 2 {
		return nil, "", false
	}
	if value, ok = literal(call.Args[1]); ok {
		q, ok = v.asked(call.Args[0])
	}
	return q, value, ok && q.Kind.Chooses()
}

// picked says that a choice is made, by its label; false where the list does not have it.
func (v *paper) picked(key string, q *survey.Question, value string) (string, bool) {
	for _, o := range v.items(q) {
		if o.Value == value {
			return v.l.T(key, "n", v.numbers[q.Place], "what", v.label(o)), true
		}
	}
	return "", false
}

// items are the choices of a question that lie in the form itself.
func (v *paper) items(q *survey.Question) []survey.Item {
	if list := v.form.Find(q.List); list != nil && !q.FromFile {
		return list.Items
	}
	return nil
}

func (v *paper) label(o survey.Item) string {
	if text := plain(o.Label.In(v.lang)); text != "" {
		return text
	}
	return o.Value
}

// follow notes at a choice the questions that are asked because of it, where that is all that their condition says.
func (v *paper) follow(q *survey.Question) {
	if q.Relevant == nil {
		return
	}
	var from *survey.Question
	var value string
	var op xpath.Op
	var ok bool
	switch x := q.Relevant.X.(type) {
	case *xpath.Binary:
		from, op, value, ok = v.compares(x)
		ok = ok && op == xpath.Equal && from.Kind == survey.SelectOne
	case *xpath.Call:
		from, value, ok = v.picks(x)
	}
	if !ok {
		return
	}
	s := v.stretch(q)
	if s.from == 0 || s.from <= v.numbers[from.Place] {
		return
	}
	key := lead{from.Place, value}
	all := v.leads[key]
	if n := len(all) - 1; n >= 0 && s.from <= all[n].to+1 {
		all[n].to = max(all[n].to, s.to)
		return
	}
	v.leads[key] = append(all, s)
}

// stretch gives the numbers of a question, or of all in a group.
func (v *paper) stretch(q *survey.Question) stretch {
	s := stretch{v.numbers[q.Place], v.numbers[q.Place]}
	for _, place := range q.Below {
		inner := v.stretch(v.form.Questions[place])
		if s.from == 0 {
			s.from = inner.from
		}
		s.to = max(s.to, inner.to)
	}
	return s
}

// ahead says at a choice where to go on.
func (b *blank) ahead(value string) string {
	var all []string
	for _, s := range b.p.leads[lead{b.Place, value}] {
		if s.from == s.to {
			all = append(all, b.p.l.T("fillweb.paper_lead", "n", s.from))
		} else {
			all = append(all, b.p.l.T("fillweb.paper_leads", "from", s.from, "to", s.to))
		}
	}
	return strings.Join(all, " ")
}

// gap stands in a text where the answer to another question would.
func (b *blank) gap(name string) string {
	if n := b.p.called(name); n > 0 {
		return b.p.l.T("fillweb.paper_ref", "n", n)
	}
	return "＿＿＿＿"
}
