package xlsform

import (
	"slices"
	"strings"
	"unicode"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
)

// other is the value of the choice that or_other adds.
const other = "other"

// otherWords are what or_other asks, in Chinese and in English; other tools ask in English whatever the form's language is.
var otherWords = map[bool]struct{ choice, ask string }{true: {"其他", "请说明“其他”是什么"}, false: {"Other", "Specify other."}}

// offersOther tells whether or_other can be heeded where it stands.
func (r *reader) offersOther(q *survey.Question) bool {
	switch {
	case q.FromFile:
		r.wrong.Add("survey", q.Row, "type", "xlsform.other_and_file", errs.Args{"file": q.List})
		return false
	case q.ChoiceFilter != nil:
		r.wrong.Add("survey", q.Row, "choice_filter", "xlsform.other_and_filter", nil)
		return false
	}
	return xpath.IsName(q.Name) && r.form.Find(q.List) != nil
}

// specified is the question that or_other adds behind one with choices: what "other" is. It is as secret as the choice.
func (r *reader) specified(q *survey.Question) *survey.Question {
	return &survey.Question{
		Row: q.Row, Name: q.Name + "_other", Kind: survey.Text, Label: r.otherTexts(q.Label, func(chinese bool) string { return otherWords[chinese].ask }),
		Relevant: &survey.Formula{Text: "selected(${" + q.Name + "}, '" + other + "')"}, Class: q.Class, KeepDays: q.KeepDays,
	}
}

// others adds the choice to the lists of questions that offer it. A question that shares the list and does not offer it
// keeps the list as it is; the others get one of their own.
func (r *reader) others(all []*survey.Question) {
	for _, q := range all {
		list := r.form.Find(q.List)
		if slices.ContainsFunc(list.Items, func(i survey.Item) bool { return i.Value == other }) {
			continue
		}
		shared := slices.ContainsFunc(r.form.Questions, func(x *survey.Question) bool {
			return x.Kind.Chooses() && !x.FromFile && x.List == list.Name && !slices.Contains(all, x)
		})
		if shared {
			own := &survey.List{Name: list.Name + "_or_other", Columns: list.Columns, Items: slices.Clone(list.Items)}
			if there := r.form.Find(own.Name); there != nil {
				own = there
			} else {
				r.form.Lists = append(r.form.Lists, own)
			}
			for _, x := range all {
				if x.List == list.Name {
					x.List = own.Name
				}
			}
			if list = own; slices.ContainsFunc(list.Items, func(i survey.Item) bool { return i.Value == other }) {
				continue
			}
		}
		var cells []string
		if len(list.Columns) > 0 {
			cells = make([]string, len(list.Columns))
		}
		list.Items = append(list.Items, survey.Item{Value: other, Cells: cells, Label: r.otherTexts(q.Label, func(chinese bool) string { return otherWords[chinese].choice })})
	}
}

// otherTexts says something in every language of the form: in Chinese where the language is, or the text beside it.
func (r *reader) otherTexts(beside survey.Texts, say func(chinese bool) string) survey.Texts {
	all := make(survey.Texts, len(r.form.Languages))
	for i, l := range r.form.Languages {
		named := l.Name
		if named == "" {
			named = beside.In(i)
		}
		all[i] = say(strings.HasPrefix(strings.ToLower(l.Code), "zh") || strings.ContainsFunc(named, func(c rune) bool { return unicode.Is(unicode.Han, c) }))
	}
	return all
}
