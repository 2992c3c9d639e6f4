package draw

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
)

// MaxLines is how many choices are edited line by line; longer lists come with a workbook.
const MaxLines = 500

// between parts the languages of one choice in its line.
const between = " | "

// Lines gives the choices of a list as text, one on each line, its languages between strokes.
func Lines(f *survey.Form, list *survey.List) string {
	var b strings.Builder
	for _, i := range list.Items {
		texts := make([]string, len(f.Languages))
		for k := range texts {
			if k < len(i.Label) {
				texts[k] = oneLine(i.Label[k])
			}
		}
		line := strings.TrimRight(strings.Join(texts, between), " |")
		if line == "" {
			line = i.Value
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Choices makes a list of what was typed, one choice on each line. A choice that is there already by its text keeps its
// value, and with it the answers that were given; one in the place of another that is gone takes over its value where the
// number of choices is the same. What else a choice has, such as a picture or a column for filters, stays with its value.
func Choices(f *survey.Form, before *survey.List, name, typed string) (*survey.List, *errs.Problem) {
	list := &survey.List{Name: name}
	var was []survey.Item
	if before != nil {
		list.Columns, was = before.Columns, slices.Clone(before.Items)
	}
	var labels []survey.Texts
	for line := range strings.Lines(typed) {
		if line = oneLine(line); line == "" {
			continue
		}
		label := survey.Texts(strings.SplitN(line, "|", len(f.Languages)))
		for i := range label {
			label[i] = strings.TrimSpace(label[i])
		}
		if utf8.RuneCountInString(line) > 500 {
			return nil, &errs.Problem{Key: "field.long", Args: errs.Args{"max": 500}}
		}
		if slices.ContainsFunc(labels, func(t survey.Texts) bool { return t.In(0) == label.In(0) }) {
			return nil, &errs.Problem{Key: "draw.choice_twice", Args: errs.Args{"text": label.In(0)}}
		}
		labels = append(labels, label)
	}
	switch {
	case len(labels) == 0:
		return nil, &errs.Problem{Key: "draw.no_choices"}
	case len(labels) > MaxLines:
		return nil, &errs.Problem{Key: "draw.many_choices", Args: errs.Args{"max": MaxLines}}
	}
	list.Items = make([]survey.Item, len(labels))
	taken := make([]bool, len(was))
	found := make([]bool, len(labels))
	for i, label := range labels { // by their texts
		for k, w := range was {
			if !taken[k] && said(w) == label.In(0) {
				list.Items[i], taken[k], found[i] = w, true, true
				break
			}
		}
	}
	for i := range labels { // by their places
		if !found[i] && len(was) == len(labels) && !taken[i] {
			list.Items[i], taken[i], found[i] = was[i], true, true
		}
	}
	for i, label := range labels {
		if list.Items[i].Label = label; !found[i] {
			list.Items[i].Value = value(list, was, label.In(0))
			if len(list.Columns) > 0 {
				list.Items[i].Cells = make([]string, len(list.Columns))
			}
		}
	}
	return list, nil
}

// said is a choice's text as its line has it.
func said(i survey.Item) string {
	if text := oneLine(i.Label.In(0)); text != "" {
		return text
	}
	return i.Value
}

// value is one for a new choice: its text where that can be one, as "yes", or a number behind a letter.
func value(list *survey.List, was []survey.Item, text string) string {
	free := func(v string) bool {
		same := func(i survey.Item) bool { return i.Value == v }
		return !slices.ContainsFunc(list.Items, same) && !slices.ContainsFunc(was, same)
	}
	if text = strings.ToLower(text); xpath.IsName(text) && len(text) == utf8.RuneCountInString(text) && free(text) {
		return text
	}
	for n := 1; ; n++ {
		if v := "c" + strconv.Itoa(n); free(v) {
			return v
		}
	}
}

// Users gives the questions that offer a list.
func Users(f *survey.Form, list string) (all []*survey.Question) {
	for _, q := range f.Questions {
		if q.Kind.Chooses() && !q.FromFile && q.List == list {
			all = append(all, q)
		}
	}
	return all
}

// ListName is a name for a new list of a question's choices.
func ListName(f *survey.Form, q *survey.Question) string {
	for n := 0; ; n++ {
		name := q.Name
		if n > 0 {
			name += "_" + strconv.Itoa(n)
		}
		if f.Find(name) == nil {
			return name
		}
	}
}

// Put puts a list in the place of the one of its name, or behind the others.
func Put(f *survey.Form, list *survey.List) {
	if at := slices.IndexFunc(f.Lists, func(l *survey.List) bool { return l.Name == list.Name }); at >= 0 {
		f.Lists[at] = list
		return
	}
	f.Lists = append(f.Lists, list)
}
