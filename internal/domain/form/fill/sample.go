package fill

import "zhidian/internal/domain/form/survey"

// Sample begins a record that shows everything that a form may ask: each repeat once, also those that are counted, and
// nothing left out. A phone draws a form from it and leaves out, or repeats, what the answers make of it.
func Sample(f *survey.Form, around Around) *Record {
	r := blank(f, around)
	r.root = r.grow(0, nil)
	for _, q := range f.Questions { // a repeat stands behind what holds it
		if q.Kind == survey.Repeat && q.RepeatCount != nil {
			for _, up := range r.all(q.Up) {
				r.insert(q, up)
			}
		}
	}
	return r
}
