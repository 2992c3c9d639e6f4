package drawweb

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/draw"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/platform/web/ui"
)

// asking is one question on its page: one that is there, or one that is to come.
type asking struct {
	drawn
	q           *survey.Question
	at          string // its path; empty of one that is to come
	after, into string // where that will stand
	form        *web.Form
}

// asking finds the question that the page is about, or makes the one that is to come.
func (p *pages) asking(r *web.Request) (v asking, err error) {
	if v.drawn, err = p.drawing(r); err != nil {
		return v, err
	}
	v.form = web.Read(r)
	v.at, v.after, v.into = v.form.Raw("at"), v.form.Raw("after"), v.form.Raw("into")
	if v.at != "" {
		if v.q = draw.Find(v.Read, v.at); v.q != nil {
			return v, nil
		}
		if r.Method == http.MethodGet {
			return v, errs.New(errs.Absent, "errs.absent", nil)
		}
		v.at = "" // it was taken away meanwhile; what was typed is not
	}
	kind := survey.Kind(v.form.Raw("kind"))
	if kind == "" {
		return v, nil
	}
	if !slices.Contains(offered, kind) {
		return v, errs.New(errs.Absent, "errs.absent", nil)
	}
	v.q = v.place(v.Read, kind)
	v.numbers = numbers(v.Read)
	return v, nil
}

// place finds the page's question in a form, or adds it where it belongs.
func (v asking) place(read *survey.Form, kind survey.Kind) *survey.Question {
	if v.at != "" {
		return draw.Find(read, v.at)
	}
	beside, into := draw.Find(read, v.after), false
	if v.into != "" {
		beside, into = draw.Find(read, v.into), true
	}
	return draw.Add(read, kind, beside, into)
}

func (p *pages) askQuestion(w http.ResponseWriter, r *web.Request) error {
	v, err := p.asking(r)
	if err != nil {
		return err
	}
	if v.q == nil { // which kind?
		return door.Show(w, r, ui.Office, p.page(r, v.drawn, r.L.T("drawweb.add"), ""), addBody(r, v.drawn, v.after, v.into))
	}
	v.form = web.ReadValues(nil)
	v.fill()
	return p.showQuestion(w, r, v)
}

func (p *pages) showQuestion(w http.ResponseWriter, r *web.Request, v asking) error {
	title := r.L.T("drawweb.new_question", "kind", kindWord(r, v.q))
	if v.at != "" {
		title = v.called(r, v.q)
	}
	page := p.page(r, v.drawn, title, "")
	if v.form.Err() != nil || len(v.faults) > 0 || v.since != nil {
		return door.Again(w, r, ui.Office, page, questionBody(r, v))
	}
	return door.Show(w, r, ui.Office, page, questionBody(r, v))
}

func (p *pages) takeQuestion(w http.ResponseWriter, r *web.Request) error {
	v, err := p.asking(r)
	if err != nil {
		return err
	}
	if v.q == nil {
		return errs.New(errs.Absent, "errs.absent", nil)
	}
	did := form.Edited
	if v.at == "" {
		did = form.Added
	}
	var edited *survey.Question
	var after *survey.Form
	seen := v.form.Int(fieldSeen, 1, 1<<60)
	faults, err := p.s.Draw(r.Context(), r.Actor, v.ID, seen, did, v.q.Name, func(read *survey.Form) error {
		after, edited = read, v.place(read, v.q.Kind)
		if edited == nil {
			return errs.New(errs.Conflict, "form.drawn_meanwhile", nil)
		}
		v.apply(read, edited)
		return v.form.Err()
	})
	if err == nil && !survey.Failed(faults) {
		to := formURL(v.ID, "draw") + "#" + anchorOf(edited.Name)
		if v.form.Raw("do") == "more" {
			to = questionURL(v.ID, "after", after.Path(edited.Place))
		}
		return r.Redirect(w, to, "drawweb.saved")
	}
	faults = slices.DeleteFunc(faults, func(x survey.Fault) bool {
		at := edited.Place == x.Row && !x.Warning
		if at {
			v.form.Fail(fieldOf(x.Field), x.Key, x.Args)
		}
		return at || x.Warning
	})
	if v.form.Err() == nil || errs.KeyOf(err) == "form.drawn_meanwhile" {
		if err := p.excuse(r, &v.drawn, seen, after, err, faults); err != nil {
			return err
		}
	}
	return p.showQuestion(w, r, v)
}

// fieldOf is the field of the page for a column of XLSForm.
func fieldOf(column string) string {
	switch column {
	case "label", "hint", "guidance_hint", "constraint_message", "required_message":
		return column + "0"
	}
	return column
}

// families are kinds that one question may change between, since their answers and their settings are alike.
var families = [][]survey.Kind{
	{survey.Text, survey.Integer, survey.Decimal, survey.Date, survey.Time, survey.DateTime, survey.Barcode},
	{survey.SelectOne, survey.SelectMultiple, survey.Rank},
	{survey.Image, survey.Audio, survey.Video, survey.File},
	{survey.Group, survey.Repeat},
}

// turns are the kinds that a question may become, itself among them.
func turns(k survey.Kind) []survey.Kind {
	for _, all := range families {
		if slices.Contains(all, k) {
			return all
		}
	}
	return []survey.Kind{k}
}

// bounded tells which bounds make sense for a kind.
func bounded(k survey.Kind) (numbers, text bool) {
	switch k {
	case survey.Integer, survey.Decimal, survey.Date, survey.Time, survey.DateTime:
		return true, false
	case survey.Text, survey.Barcode:
		return false, true
	}
	return false, false
}

// testRows is how many tests a condition is put together from; more are written as a formula.
const testRows = 4

// fill puts a question into the fields of its page.
func (v asking) fill() {
	f, q := v.form, v.q
	texts := func(name string, t survey.Texts) {
		for i := range v.Read.Languages {
			if i < len(t) {
				f.Fill(name+strconv.Itoa(i), t[i])
			}
		}
	}
	texts("label", q.Label)
	texts("hint", q.Hint)
	texts("guidance_hint", q.Guidance)
	texts("constraint_message", q.ConstraintMessage)
	texts("required_message", q.RequiredMessage)
	f.Fill("kind", string(q.Kind))
	f.Fill("name", q.Name)
	f.Fill("class", q.Class.String())
	if q.Required != nil {
		f.Fill("required", "1")
		if q.Required.Text != "true()" {
			f.Fill("required_if", q.Required.Text)
		}
	}
	if q.ReadOnly != nil {
		f.Fill("readonly", q.ReadOnly.Text)
	}
	f.Fill("list", q.List)
	if list := v.Read.Find(q.List); list != nil && len(list.Items) <= draw.MaxLines {
		f.Fill("choices", draw.Lines(v.Read, list))
	}
	for name, x := range map[string]*survey.Formula{"calculation": q.Calculate, "choice_filter": q.ChoiceFilter, "repeat_count": q.RepeatCount} {
		if x != nil {
			f.Fill(name, x.Text)
		}
	}
	f.Fill("default", q.DefaultText)
	if q.Default != nil {
		f.Fill("default", q.Default.Text)
	}
	f.Fill("appearance", strings.Join(q.Appearance, " "))
	for _, name := range []string{"start", "end", "step"} {
		f.Fill(name, q.Parameters[name])
	}
	v.fillRules()
}

// fillRules puts condition and bounds into their rows, or where they say more into the fields for formulas.
func (v asking) fillRules() {
	f, q := v.form, v.q
	f.Fill("when", "always")
	if q.Relevant != nil {
		f.Fill("relevant", q.Relevant.Text)
		c, ok := draw.ReadCondition(v.Read, q.Relevant.Text)
		if ok = ok && len(c.Tests) <= testRows && v.offers(c); ok {
			f.Fill("when", "tests")
			for k, t := range c.Tests {
				v.fillTest(k, t)
			}
			if c.Any {
				f.Fill("any", "any")
			}
		} else {
			f.Fill("when", "formula")
		}
	}
	text := ""
	if q.Constraint != nil {
		text = q.Constraint.Text
	}
	f.Fill("limit", "bounds")
	b, ok := draw.ReadBounds(text)
	numbers, texts := bounded(q.Kind)
	if f.Fill("constraint", text); !ok || !numbers && b.Least+b.Most != "" || !texts && b.Shape+b.Longest != "" {
		f.Fill("limit", "formula")
		return
	}
	f.Fill("least", b.Least)
	f.Fill("most", b.Most)
	f.Fill("shape", b.Shape)
	f.Fill("longest", b.Longest)
}
