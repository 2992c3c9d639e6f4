// Package draw draws a form up question by question, as people do who have no workbook: it adds, changes, moves and takes
// away, and leaves everything of the form that it does not know as it is.
package draw

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form/survey"
)

// Blank is a form that asks nothing yet.
func Blank(code, title string, languages []survey.Language) *survey.Form {
	if len(languages) == 0 {
		languages = []survey.Language{{}}
	}
	return &survey.Form{ID: code, Title: title, Languages: languages, Questions: []*survey.Question{{Up: -1, Kind: survey.Group, Name: "data"}}}
}

// Find gives a question by its path, nil where there is none.
func Find(f *survey.Form, path string) *survey.Question {
	for _, q := range f.Questions[1:] {
		if f.Path(q.Place) == path {
			return q
		}
	}
	return nil
}

// tree is a form by what lies in what. Questions are moved here; flat brings places and order back.
type tree struct {
	form  *survey.Form
	below map[*survey.Question][]*survey.Question
	up    map[*survey.Question]*survey.Question
}

func grow(f *survey.Form) tree {
	t := tree{f, map[*survey.Question][]*survey.Question{}, map[*survey.Question]*survey.Question{}}
	for _, q := range f.Questions[1:] {
		up := f.Questions[q.Up]
		t.below[up], t.up[q] = append(t.below[up], q), up
	}
	return t
}

func (t tree) flat() {
	root := t.form.Questions[0]
	t.form.Questions = t.form.Questions[:0:0]
	var put func(q *survey.Question, up int)
	put = func(q *survey.Question, up int) {
		q.Place, q.Up, q.Below = len(t.form.Questions), up, nil
		if up >= 0 {
			holder := t.form.Questions[up]
			holder.Below = append(holder.Below, q.Place)
		}
		t.form.Questions = append(t.form.Questions, q)
		for _, b := range t.below[q] {
			put(b, q.Place)
		}
	}
	put(root, -1)
}

// put sets a question into a group, at a place among those there.
func (t tree) put(q, up *survey.Question, at int) {
	t.below[up] = slices.Insert(t.below[up], at, q)
	t.up[q] = up
}

// take takes a question out, and tells where it was.
func (t tree) take(q *survey.Question) (up *survey.Question, at int) {
	up = t.up[q]
	at = slices.Index(t.below[up], q)
	t.below[up] = slices.Delete(t.below[up], at, at+1)
	return up, at
}

// Add puts a new question behind another, into a group at its end, or at the end of the form where beside is nil.
func Add(f *survey.Form, kind survey.Kind, beside *survey.Question, into bool) *survey.Question {
	t := grow(f)
	q := &survey.Question{Kind: kind, Name: fresh(f, kind)}
	switch {
	case beside == nil:
		t.put(q, f.Questions[0], len(t.below[f.Questions[0]]))
	case into && beside.Kind.IsGroup():
		t.put(q, beside, len(t.below[beside]))
	default:
		up := t.up[beside]
		t.put(q, up, slices.Index(t.below[up], beside)+1)
	}
	t.flat()
	return q
}

// fresh is a name that no question of the form has.
func fresh(f *survey.Form, kind survey.Kind) string {
	stem := "q"
	switch {
	case kind.IsGroup():
		stem = string(kind)
	case kind == survey.Note, kind == survey.Calculate:
		stem = string(kind)
	}
	for n := 1; ; n++ {
		name := stem + strconv.Itoa(n)
		if !slices.ContainsFunc(f.Questions, func(q *survey.Question) bool { return strings.EqualFold(q.Name, name) }) {
			return name
		}
	}
}

// Move moves a question one place on or back, as it reads: past a question, into a group and out of one. It tells whether
// there was anywhere to go.
func Move(f *survey.Form, q *survey.Question, on bool) bool {
	t := grow(f)
	up, at := t.take(q)
	beside := t.below[up]
	switch {
	case on && at < len(beside) && beside[at].Kind.IsGroup():
		t.put(q, beside[at], 0)
	case on && at < len(beside):
		t.put(q, up, at+1)
	case !on && at > 0 && beside[at-1].Kind.IsGroup():
		t.put(q, beside[at-1], len(t.below[beside[at-1]]))
	case !on && at > 0:
		t.put(q, up, at-1)
	case up.Up < 0: // first or last of the form
		return false
	default:
		out := t.up[up]
		to := slices.Index(t.below[out], up)
		if on {
			to++
		}
		t.put(q, out, to)
	}
	t.flat()
	return true
}

// Remove takes a question away with all that lies in it, and lists of choices that nobody uses then.
func Remove(f *survey.Form, q *survey.Question) {
	t := grow(f)
	t.take(q)
	t.flat()
	Tidy(f)
}

// Tidy drops lists of choices that no question and no formula names.
func Tidy(f *survey.Form) {
	used := map[string]bool{}
	var formulas strings.Builder
	for _, q := range f.Questions {
		if q.Kind.Chooses() {
			used[q.List] = true
		}
		for _, x := range formulasOf(q) {
			formulas.WriteString(x.Text + "\n")
		}
	}
	f.Lists = slices.DeleteFunc(f.Lists, func(l *survey.List) bool {
		return !used[l.Name] && !strings.Contains(formulas.String(), "'"+l.Name+"'") && !strings.Contains(formulas.String(), `"`+l.Name+`"`)
	})
}

func formulasOf(q *survey.Question) (all []*survey.Formula) {
	for _, x := range []*survey.Formula{q.Relevant, q.Constraint, q.Required, q.ReadOnly, q.Calculate, q.ChoiceFilter, q.RepeatCount, q.Default} {
		if x != nil {
			all = append(all, x)
		}
	}
	return all
}

// Rename gives a question another name, in every formula and text that names it.
func Rename(f *survey.Form, q *survey.Question, name string) {
	old := q.Name
	if q.Name = name; old == name || old == "" {
		return
	}
	named := regexp.MustCompile(`\$\{\s*(last-saved#)?` + regexp.QuoteMeta(old) + `\s*\}`)
	say := func(text string) string {
		return named.ReplaceAllStringFunc(text, func(s string) string { return strings.Replace(s, old, name, 1) })
	}
	texts := func(t survey.Texts) {
		for i := range t {
			t[i] = say(t[i])
		}
	}
	for _, x := range f.Questions {
		for _, formula := range formulasOf(x) {
			formula.Text = say(formula.Text)
		}
		for _, t := range []survey.Texts{x.Label, x.Hint, x.Guidance, x.ConstraintMessage, x.RequiredMessage} {
			texts(t)
		}
		for i, t := range x.Triggers {
			if t == old {
				x.Triggers[i] = name
			}
		}
	}
	for _, l := range f.Lists {
		for _, i := range l.Items {
			texts(i.Label)
		}
	}
	if f.InstanceName != nil {
		f.InstanceName.Text = say(f.InstanceName.Text)
	}
	if e := f.Entity; e != nil {
		for _, x := range []*survey.Formula{e.Label, e.ID, e.CreateIf, e.UpdateIf} {
			if x != nil {
				x.Text = say(x.Text)
			}
		}
	}
}

// Check reads a form that was changed and tells what is wrong with it, at the names of its questions.
func Check(f *survey.Form) []survey.Fault {
	var wrong survey.Faults
	for i, q := range f.Questions {
		q.Row = i // faults name rows, and these are the questions' places
	}
	for _, q := range f.Questions {
		seen := map[string]bool{}
		for _, below := range q.Below {
			name := strings.ToLower(f.Questions[below].Name)
			if seen[name] {
				wrong.Add("survey", below, "name", "draw.name_twice", map[string]any{"name": f.Questions[below].Name})
			}
			seen[name] = true
		}
	}
	survey.Link(f, &wrong)
	all := wrong.Found()
	for _, q := range f.Questions {
		q.Row = 0
	}
	return all
}
