package drawweb

import (
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form/draw"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/web"
)

// A test is chosen from one list of all that can be asked of earlier questions: "name:is:value", where the value stands beside
// it, in a field of its own, for what is typed.

// How many questions and choices a list of tests holds.
const (
	testedQuestions = 120 // the nearest before
	testedChoices   = 30  // of one question; of longer lists the choice is typed
)

// tested are the questions that a condition of the page's question may look at: those before it that have an answer, and
// that stand in no repeat but its own.
func (v asking) tested() (all []*survey.Question) {
	own := v.Read.Repeats(v.q.Place)
	for _, q := range slices.Backward(v.Read.Questions[1:v.q.Place]) {
		repeats := v.Read.Repeats(q.Place)
		alone := 0
		for _, x := range v.Read.Questions {
			if x.Name == q.Name {
				alone++
			}
		}
		if q.Kind.Holds() && q.Kind != survey.Note && alone == 1 && len(repeats) <= len(own) && slices.Equal(repeats, own[:len(repeats)]) {
			all = append(all, q)
		}
		if len(all) == testedQuestions {
			break
		}
	}
	slices.Reverse(all)
	return all
}

// offer is one test in the list.
type offer struct {
	value, label string
	typed        bool // its value is typed beside it
}

// offers are the tests of one question.
func (v asking) testsOf(r *web.Request, q *survey.Question) (all []offer) {
	add := func(is draw.Is, value, shown string, typed bool) {
		all = append(all, offer{q.Name + ":" + string(is) + ":" + value, r.L.T("drawweb.is."+string(is), "value", shown), typed})
	}
	list := v.Read.Find(q.List)
	switch {
	case q.Kind.Chooses() && list != nil && !q.FromFile && len(list.Items) <= testedChoices:
		for _, is := range []draw.Is{draw.Picked, draw.Left} {
			for _, i := range list.Items {
				shown := i.Label.In(language(r, v.Read))
				if shown == "" {
					shown = i.Value
				}
				add(is, i.Value, "“"+shown+"”", false)
			}
		}
	case q.Kind.Chooses():
		add(draw.Picked, "", "…", true)
		add(draw.Left, "", "…", true)
	case q.Kind == survey.Integer || q.Kind == survey.Decimal || q.Kind == survey.Range || q.Kind == survey.Date || q.Kind == survey.Time || q.Kind == survey.DateTime || q.Kind == survey.Calculate:
		for _, is := range []draw.Is{draw.AtLeast, draw.AtMost, draw.Above, draw.Below, draw.Same, draw.Other} {
			add(is, "", "…", true)
		}
	case q.Kind == survey.Text || q.Kind == survey.Barcode:
		add(draw.Same, "", "…", true)
		add(draw.Other, "", "…", true)
	}
	add(draw.Filled, "", "", false)
	add(draw.Empty, "", "", false)
	return all
}

// offers tells whether the lists of the page hold all tests of a condition.
func (v asking) offers(c draw.Condition) bool {
	tested := v.tested()
	return !slices.ContainsFunc(c.Tests, func(t draw.Test) bool {
		return !slices.ContainsFunc(tested, func(q *survey.Question) bool { return q.Name == t.Of })
	})
}

// fillTest puts a test into a row.
func (v asking) fillTest(k int, t draw.Test) {
	n := strconv.Itoa(k)
	chosen, typed := t.Of+":"+string(t.Is)+":", t.Value
	for _, q := range v.tested() {
		list := v.Read.Find(q.List)
		if q.Name != t.Of || !q.Kind.Chooses() {
			continue
		}
		if list != nil && !q.FromFile && len(list.Items) <= testedChoices {
			chosen, typed = chosen+t.Value, ""
		}
	}
	v.form.Fill("test"+n, chosen)
	v.form.Fill("value"+n, typed)
}

// condition reads the rows of tests.
func (v asking) condition(read *survey.Form) draw.Condition {
	f := v.form
	c := draw.Condition{Any: f.Raw("any") == "any"}
	for k := range testRows {
		n := strconv.Itoa(k)
		of, rest, _ := strings.Cut(f.Text("test"+n, web.Max(1000)), ":")
		is, value, _ := strings.Cut(rest, ":")
		if of == "" {
			continue
		}
		at := slices.IndexFunc(read.Questions[1:], func(q *survey.Question) bool { return q.Name == of })
		if at < 0 {
			f.Fail("test"+n, "drawweb.no_question", nil)
			continue
		}
		t := draw.Test{Of: of, Is: draw.Is(is), Value: value}
		if t.Value == "" && t.Is != draw.Filled && t.Is != draw.Empty {
			t.Value = v.typed("value"+n, read, read.Questions[1+at])
		}
		c.Tests = append(c.Tests, t)
	}
	if len(c.Tests) == 0 {
		f.Fail("test0", "field.required", nil)
	}
	return c
}

// typed reads the value of a test as an answer to its question would be written.
func (v asking) typed(name string, read *survey.Form, q *survey.Question) string {
	f := v.form
	switch q.Kind {
	case survey.Integer, survey.Decimal, survey.Range, survey.Calculate:
		text := f.Text(name, web.Required, web.Halfwidth, web.Max(40))
		if _, err := strconv.ParseFloat(text, 64); err != nil && text != "" && q.Kind != survey.Calculate {
			f.Fail(name, "field.number", nil)
		}
		return text
	case survey.Date:
		d := f.Day(name, web.Required)
		return d.String()
	}
	text := f.Text(name, web.Required)
	if list := read.Find(q.List); list != nil && q.Kind.Chooses() {
		for _, i := range list.Items {
			if i.Value == text || slices.Contains(i.Label, text) {
				return i.Value
			}
		}
		f.Fail(name, "form.no_choice", nil)
	}
	return text
}

// limits reads the bounds of a question's answer.
func (v asking) limits(k survey.Kind) draw.Bounds {
	f := v.form
	b := draw.Bounds{}
	if numbers, text := bounded(k); text {
		b.Shape = f.Choice("shape", draw.Shapes)
		if n := f.Int("longest", 1, 100_000); n > 0 {
			b.Longest = strconv.FormatInt(n, 10)
		}
		return b
	} else if !numbers {
		return b
	}
	b.Least, b.Most = v.bound("least", k), v.bound("most", k)
	return b
}

func (v asking) bound(name string, k survey.Kind) string {
	f := v.form
	switch k {
	case survey.Date:
		if d := f.Day(name); d != day.Day(0) {
			return d.String()
		}
		return ""
	case survey.Time, survey.DateTime:
		return f.Text(name, web.Halfwidth, web.Max(30))
	}
	text := f.Text(name, web.Halfwidth, web.Max(25))
	if _, err := strconv.ParseFloat(text, 64); err != nil && text != "" {
		f.Fail(name, "field.number", nil)
	}
	return text
}
