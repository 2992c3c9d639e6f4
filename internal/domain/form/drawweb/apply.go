package drawweb

import (
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form/draw"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
)

// Classes are who may see an answer, as they are chosen.
var classes = []authz.Class{authz.Open, authz.Personal, authz.Sensitive, authz.Sealed}

// apply puts what was typed into a question; what cannot be is told at its field. What the page does not ask stays.
func (v asking) apply(read *survey.Form, q *survey.Question) {
	f := v.form
	if k := survey.Kind(f.Raw("kind")); slices.Contains(turns(q.Kind), k) {
		q.Kind = k
	}
	texts := func(name string, old survey.Texts) survey.Texts {
		t := make(survey.Texts, len(read.Languages))
		copy(t, old)
		for i := range read.Languages {
			if field := name + strconv.Itoa(i); f.Has(field) {
				t[i] = f.Text(field, web.Lines, web.Max(4000))
			}
		}
		if !t.Any() {
			return nil
		}
		return t
	}
	q.Label, q.Hint, q.Guidance = texts("label", q.Label), texts("hint", q.Hint), texts("guidance_hint", q.Guidance)
	q.ConstraintMessage, q.RequiredMessage = texts("constraint_message", q.ConstraintMessage), texts("required_message", q.RequiredMessage)
	if !q.Label.Any() && q.Kind.Asked() {
		f.Fail("label0", "drawweb.no_label", nil)
	}
	v.rename(read, q)
	if q.Kind.Holds() {
		v.answer(q)
	}
	if q.Kind.Chooses() && !q.FromFile {
		v.choose(read, q)
	}
	if q.Kind == survey.Range {
		v.scale(q)
	}
	if q.RepeatCount = nil; q.Kind == survey.Repeat {
		q.RepeatCount = v.formula("repeat_count")
	}
	switch f.Choice("when", []string{"always", "tests", "formula"}) {
	case "formula":
		q.Relevant = v.formula("relevant")
	case "tests":
		c := v.condition(read)
		if q.Relevant == nil || !same(read, q.Relevant.Text, c) { // a condition that says the same stays as its author wrote it
			q.Relevant = written(c.Formula(read))
		}
	case "always":
		q.Relevant = nil
	}
}

func same(read *survey.Form, formula string, c draw.Condition) bool {
	was, ok := draw.ReadCondition(read, formula)
	return ok && was.Any == c.Any && slices.Equal(was.Tests, c.Tests)
}

// rename takes another name, which must be one that formulas can call.
func (v asking) rename(read *survey.Form, q *survey.Question) {
	f := v.form
	if !f.Has("name") {
		return
	}
	name := f.Text("name", web.Required, web.Max(64))
	switch {
	case name == "" || name == q.Name:
	case !xpath.IsName(name):
		f.Fail("name", "xlsform.bad_name", errs.Args{"name": name})
	case strings.EqualFold(name, "meta"):
		f.Fail("name", "xlsform.reserved", errs.Args{"name": name})
	case slices.ContainsFunc(read.Questions, func(x *survey.Question) bool { return x != q && x.Place > 0 && strings.EqualFold(x.Name, name) }):
		f.Fail("name", "draw.name_twice", errs.Args{"name": name})
	default:
		draw.Rename(read, q, name)
	}
}

// answer reads what is asked of the answer.
func (v asking) answer(q *survey.Question) {
	f := v.form
	q.Class = authz.Open
	for _, c := range classes {
		if f.Raw("class") == c.String() {
			q.Class = c
		}
	}
	q.Required = nil
	if f.Bool("required") {
		if q.Required = v.formula("required_if"); q.Required == nil {
			q.Required = &survey.Formula{Text: "true()"}
		}
	}
	if f.Raw("limit") == "formula" {
		q.Constraint = v.formula("constraint")
	} else {
		before := ""
		if q.Constraint != nil {
			before = q.Constraint.Text
		}
		b := v.limits(q.Kind)
		if was, ok := draw.ReadBounds(before); !ok || was != b {
			q.Constraint = written(b.Formula())
		}
	}
	if q.Calculate = v.formula("calculation"); q.Calculate == nil && q.Kind == survey.Calculate {
		f.Fail("calculation", "field.required", nil)
	}
	if f.Has("readonly") {
		q.ReadOnly = v.formula("readonly")
	}
	if f.Has("default") {
		v.begin(q, f.Text("default", web.Max(2000)))
	}
	if f.Has("appearance") {
		q.Appearance = strings.Fields(f.Text("appearance", web.Max(200)))
	}
}

// begin reads the answer with which a question starts: a formula where it asks or calls something, and else the answer itself.
func (v asking) begin(q *survey.Question, text string) {
	if q.Default, q.DefaultText = nil, text; text == "" {
		return
	}
	x, fault := xpath.Parse(text)
	if fault != nil {
		return
	}
	xpath.Walk(x, func(part xpath.Expr) {
		switch part.(type) {
		case *xpath.Ref, *xpath.Call:
			q.Default, q.DefaultText = &survey.Formula{Text: text}, ""
		}
	})
}

// choose reads the choices: of another list, or line by line of the question's own.
func (v asking) choose(read *survey.Form, q *survey.Question) {
	f := v.form
	if q.ChoiceFilter = nil; f.Has("choice_filter") {
		q.ChoiceFilter = v.formula("choice_filter")
	}
	wanted := f.Text("list", web.Max(200))
	list := read.Find(wanted)
	if wanted != "" && list == nil {
		f.Fail("list", "field.choice", nil)
		return
	}
	if list != nil && wanted != q.List { // one that is there already
		q.List = wanted
		draw.Tidy(read)
		return
	}
	if list != nil && (len(list.Items) > draw.MaxLines || !f.Has("choices")) {
		return
	}
	name := wanted
	if name == "" {
		name = draw.ListName(read, q)
	}
	made, wrong := draw.Choices(read, list, name, f.Text("choices", web.Lines, web.Max(100_000)))
	if wrong != nil {
		f.Fail("choices", wrong.Key, wrong.Args)
		return
	}
	draw.Put(read, made)
	q.List = name
	draw.Tidy(read)
}

// scale reads the ends of a range.
func (v asking) scale(q *survey.Question) {
	f := v.form
	all := map[string]string{}
	for name, text := range q.Parameters {
		all[name] = text
	}
	for _, name := range []string{"start", "end", "step"} {
		text := f.Text(name, web.Halfwidth, web.Max(20))
		if _, err := strconv.ParseFloat(text, 64); err != nil && text != "" {
			f.Fail(name, "field.number", nil)
		}
		if all[name] = text; text == "" {
			delete(all, name)
		}
	}
	q.Parameters = all
}

var straight = strings.NewReplacer("“", `"`, "”", `"`, "‘", "'", "’", "'")

// formula reads a formula; what is wrong with it is told when the form is read as a whole.
func (v asking) formula(name string) *survey.Formula {
	return written(straight.Replace(v.form.Text(name, web.Lines, web.Max(4000))))
}

func written(text string) *survey.Formula {
	if text == "" {
		return nil
	}
	return &survey.Formula{Text: text}
}
