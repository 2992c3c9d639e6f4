package survey

import (
	"maps"
	"slices"
)

// Need is a file that a form names, and where it does.
type Need struct {
	Name  string
	Sheet string
	Row   int // as Excel counts; 0 where it came from no sheet
	Media bool
}

// FileID is the name by which formulas call the table of a file: villages.csv is instance('villages').
func FileID(file string) string { return fileID(file) }

// Needs lists the files that a form is filled in with, each once, in the order of the form: choices that lie in files, tables
// that formulas look into, and what is shown or played beside questions and choices.
func Needs(f *Form) (all []Need) {
	seen := map[string]bool{}
	add := func(name, sheet string, row int, media bool) {
		if name != "" && !seen[name] {
			seen[name] = true
			all = append(all, Need{name, sheet, row, media})
		}
	}
	beside := func(media map[string]Texts, sheet string, row int) {
		for _, kind := range slices.Sorted(maps.Keys(media)) {
			for _, name := range media[kind] {
				add(name, sheet, row, true)
			}
		}
	}
	tables := map[string]bool{} // by their ids, that something else declares
	for _, q := range f.Questions {
		switch {
		case q.FromFile:
			add(q.List, "survey", q.Row, false)
			tables[fileID(q.List)] = true
		case q.Kind == CSVExternal:
			add(q.Name+".csv", "survey", q.Row, false)
			tables[q.Name] = true
		case q.Kind == XMLExternal:
			add(q.Name+".xml", "survey", q.Row, false)
			tables[q.Name] = true
		}
		beside(q.Media, "survey", q.Row)
	}
	for _, q := range f.Questions {
		for _, x := range []*Formula{q.Relevant, q.Constraint, q.Required, q.ReadOnly, q.Calculate, q.ChoiceFilter, q.RepeatCount, q.Default} {
			for _, id := range pulled(x) {
				if !tables[id] && f.Find(id) == nil {
					add(id+".csv", "survey", q.Row, false)
				}
			}
		}
	}
	for _, l := range f.Lists {
		for _, i := range l.Items {
			beside(i.Media, "choices", i.Row)
		}
	}
	return all
}
