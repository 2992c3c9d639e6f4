package survey

import (
	"strings"

	"zhidian/internal/domain/form/xpath"
)

// Part is a piece of a text: words, or the answer to a question.
type Part struct {
	Words string
	Asked string // a question's name
}

// Parts cuts a text at its ${name}.
func Parts(text string) (all []Part) {
	for text != "" {
		from := strings.Index(text, "${")
		if from < 0 {
			break
		}
		to := strings.IndexByte(text[from:], '}')
		if to < 0 {
			break
		}
		name := strings.TrimSpace(text[from+2 : from+to])
		if !xpath.IsName(name) {
			all = append(all, Part{Words: text[:from+2]})
			text = text[from+2:]
			continue
		}
		if from > 0 {
			all = append(all, Part{Words: text[:from]})
		}
		all = append(all, Part{Asked: name})
		text = text[from+to+1:]
	}
	if text != "" {
		all = append(all, Part{Words: text})
	}
	return all
}

// Named gives the questions that a text names.
func Named(text string) (names []string) {
	for _, p := range Parts(text) {
		if p.Asked != "" {
			names = append(names, p.Asked)
		}
	}
	return names
}

// Asked is a question's text in a language, with the names of answers in it left out; one without a text goes by its name.
func (q *Question) Asked(language int) string {
	var b strings.Builder
	for _, part := range Parts(q.Label.In(language)) {
		if part.Asked != "" {
			part.Words = "……"
		}
		b.WriteString(part.Words)
	}
	if b.Len() == 0 {
		return q.Name
	}
	return b.String()
}

// malformed gives the first ${ of a text behind which no name and no } follow as they should, or nothing.
func malformed(text string) string {
	for {
		from := strings.Index(text, "${")
		if from < 0 {
			return ""
		}
		text = text[from:]
		name, rest, closed := strings.Cut(text[2:], "}")
		if !closed {
			return text
		}
		if !xpath.IsName(name) {
			return text[:len(text)-len(rest)]
		}
		text = rest
	}
}
