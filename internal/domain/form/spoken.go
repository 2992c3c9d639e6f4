package form

import (
	"strings"

	"zhidian/internal/domain/form/survey"
)

// Spoken gives an answer in the words of its form: the labels of choices in a language, and anything else as it is.
func Spoken(f *survey.Form, q *survey.Question, given string, language int, between string) string {
	list := f.Find(q.List)
	if !q.Kind.Chooses() || list == nil {
		return given
	}
	return spoken(q, given, between, labels(list, language))
}

func spoken(q *survey.Question, given, between string, labels map[string]string) string {
	values := []string{given}
	if q.Kind.Several() {
		values = strings.Fields(given)
	}
	for i, v := range values {
		if label := labels[v]; label != "" {
			values[i] = label
		}
	}
	return strings.Join(values, between)
}

func labels(list *survey.List, language int) map[string]string {
	all := make(map[string]string, len(list.Items))
	for _, i := range list.Items {
		if all[i.Value] == "" {
			all[i.Value] = i.Label.In(language)
		}
	}
	return all
}
