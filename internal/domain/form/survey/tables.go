package survey

import (
	"strings"

	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
)

// tables holds the tables that formulas call by a name against each other: lists of choices, files of choices, and files
// that only formulas look into. A name must mean one of them.
func (l *linker) tables() {
	meant := map[string]string{} // by name: the list or the file
	for _, list := range l.form.Lists {
		meant[list.Name] = list.Name
	}
	mean := func(q *Question, field, id, source string) {
		switch other := meant[id]; {
		case strings.HasPrefix(id, "__"):
			l.wrong.Add("survey", q.Row, field, "survey.table_reserved", errs.Args{"name": id})
		case other == "":
			meant[id] = source
		case other != source:
			l.wrong.Add("survey", q.Row, field, "survey.table_twice", errs.Args{"name": id, "source": source, "other": other})
		}
	}
	declared := map[string]bool{}
	for _, q := range l.form.Questions {
		switch {
		case q.Kind == CSVExternal || q.Kind == XMLExternal:
			if declared[q.Name] {
				l.wrong.Add("survey", q.Row, "name", "survey.table_again", errs.Args{"name": q.Name})
			}
			declared[q.Name] = true
			mean(q, "name", q.Name, q.Name+"."+strings.TrimSuffix(string(q.Kind), "-external"))
		case q.FromFile:
			mean(q, "type", fileID(q.List), q.List)
		}
	}
	for _, q := range l.form.Questions {
		for field, x := range map[string]*Formula{
			"relevant": q.Relevant, "constraint": q.Constraint, "required": q.Required, "readonly": q.ReadOnly, "calculation": q.Calculate, "default": q.Default,
		} {
			for _, id := range pulled(x) {
				if l.lists[id] == nil {
					mean(q, field, id, id+".csv")
				}
			}
		}
		l.geometry(q, meant)
	}
}

// pulled gives the names of the files that a formula pulls from; they need not be declared.
func pulled(x *Formula) (ids []string) {
	if x == nil || x.X == nil {
		return nil
	}
	xpath.Walk(x.X, func(part xpath.Expr) {
		if call, ok := part.(*xpath.Call); ok && call.Name == "pulldata" && len(call.Args) > 0 {
			if t, ok := call.Args[0].(*xpath.Text); ok {
				ids = append(ids, fileID(t.Value))
			}
		}
	})
	return ids
}

// geometry finds what a position is to be shown beside: a table, or the answers of a repeat.
func (l *linker) geometry(q *Question, meant map[string]string) {
	name := q.Parameters["reference-geometry"]
	if name == "" {
		return
	}
	if asked, ok := strings.CutPrefix(name, "${"); ok {
		if at := l.byName[strings.TrimSuffix(asked, "}")]; len(at) == 1 && l.form.Questions[at[0]].Kind == Repeat {
			return
		}
	} else if meant[name] != "" && l.HasList(name) {
		return
	}
	l.wrong.Add("survey", q.Row, "parameters", "survey.no_geometry", errs.Args{"name": name})
}
