package fill

import (
	"slices"
	"strings"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
)

// Wrong is what keeps a record from being handed in: a question without its answer, or with one that it does not allow.
// Said is the form's own words for it, empty where it has none and the problem's message speaks.
type Wrong struct {
	Node *xpath.Node
	Said string
	errs.Problem
}

// Wrong finds everything that is wrong with the answers to what is asked, in the order of the form.
func (r *Record) Wrong() (all []Wrong) {
	r.walk(r.root, func(n *xpath.Node) {
		if w := r.wrong(n); w != nil {
			all = append(all, *w)
		}
	})
	return all
}

// walk visits what is asked or worked out, leaving out what does not apply.
func (r *Record) walk(n *xpath.Node, visit func(*xpath.Node)) {
	if n.Blank {
		return
	}
	if n != r.root {
		visit(n)
	}
	for _, c := range n.Below {
		r.walk(c, visit)
	}
}

func (r *Record) wrong(n *xpath.Node) *Wrong {
	q := r.Form.Questions[n.Place]
	if !q.Kind.Holds() {
		return nil
	}
	path := r.Path(n)
	if n.Value == "" {
		if r.Required(n) {
			return &Wrong{n, r.Say(n, q.RequiredMessage), errs.Problem{Field: path, Key: "form.required"}}
		}
		return nil
	}
	if p := r.choices(q, n); p != nil {
		p.Field = path
		return &Wrong{n, "", *p}
	}
	if q.Constraint != nil && !xpath.Eval(q.Constraint.X, r, n).Bool() {
		return &Wrong{n, r.Say(n, q.ConstraintMessage), errs.Problem{Field: path, Key: "form.constraint"}}
	}
	return nil
}

// choices holds an answer against the choices that are offered for it now.
func (r *Record) choices(q *survey.Question, n *xpath.Node) *errs.Problem {
	if !q.Kind.Chooses() {
		return nil
	}
	offered := r.Choices(n)
	values := strings.Fields(n.Value)
	if q.Kind == survey.SelectOne {
		values = []string{n.Value}
	}
	for i, v := range values {
		if !slices.ContainsFunc(offered, func(c Choice) bool { return c.Value == v }) {
			return &errs.Problem{Key: "form.no_choice"}
		}
		if slices.Contains(values[:i], v) {
			return &errs.Problem{Key: "form.choice_twice"}
		}
	}
	if q.Kind == survey.Rank && len(values) != len(offered) {
		return &errs.Problem{Key: "form.rank_all", Args: errs.Args{"count": len(offered)}}
	}
	return nil
}

// Choice is what a question offers at the moment.
type Choice struct {
	Value, Label string
	Item         *survey.Item // nil of a choice that came from a file
}

// Choices gives what a question offers now, in the order in which it is shown.
func (r *Record) Choices(n *xpath.Node) (all []Choice) {
	q := r.Form.Questions[n.Place]
	doc := r.List(fileID(q.List))
	if doc == nil || len(doc.Below) == 0 {
		return nil
	}
	items := doc.Below[0].Below
	if q.ChoiceFilter != nil {
		items = r.filtered(q, n, items)
	}
	if q.Parameters["randomize"] == "true" {
		items = xpath.Shuffled(items, r.seed(q, n))
	}
	list := r.Form.Find(q.List)
	value, label := column(q, "value", "name"), column(q, "label", "label")
	for _, i := range items {
		c := Choice{Value: i.Column(value), Label: i.Column(label)}
		if list != nil && i.Place < len(list.Items) {
			c.Item = &list.Items[i.Place]
		}
		if c.Label == "" {
			c.Label = c.Value
		}
		all = append(all, c)
	}
	return all
}

// column is the name of the column that holds a choice's value or label; files may call them otherwise.
func column(q *survey.Question, parameter, usual string) string {
	if name := q.Parameters[parameter]; name != "" {
		return name
	}
	return usual
}

func (r *Record) filtered(q *survey.Question, n *xpath.Node, items []*xpath.Node) (kept []*xpath.Node) {
	for i, item := range items {
		if xpath.EvalChoice(q.ChoiceFilter.X, r, n, item, i+1, len(items)).Bool() {
			kept = append(kept, item)
		}
	}
	return kept
}

// seed is what the order of shuffled choices follows from: the form's own seed, or a number that stays with the record.
func (r *Record) seed(q *survey.Question, n *xpath.Node) float64 {
	text := q.Parameters["seed"]
	if name, ok := strings.CutPrefix(text, "${"); ok {
		if found := r.Find(n, strings.TrimSuffix(name, "}")); len(found) > 0 {
			text = found[0].Value
		}
	}
	if x, fault := xpath.Parse(text); fault == nil {
		return xpath.Eval(x, r, n).Number()
	}
	return float64(r.around.Now.Unix() / 86400)
}

// Say gives a text of the form with the answers that it names.
func (r *Record) Say(n *xpath.Node, texts survey.Texts) string {
	text := texts.In(r.around.Language)
	if !strings.Contains(text, "${") {
		return text
	}
	var b strings.Builder
	for _, p := range survey.Parts(text) {
		b.WriteString(p.Words)
		if p.Asked != "" {
			if found := r.Find(n, p.Asked); len(found) > 0 && r.Asked(found[0]) {
				b.WriteString(found[0].Value)
			}
		}
	}
	return b.String()
}
