package survey

import (
	"cmp"
	"slices"
	"strings"

	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
)

// Link reads the expressions of a form, holds every name against what is there, and finds the order in which they are
// worked out. A form is used only after Link has found no error.
func Link(f *Form, wrong *Faults) {
	l := linker{form: f, wrong: wrong, byName: map[string][]int{}, lists: map[string]*List{}, values: map[*List]map[string]bool{}}
	for _, q := range f.Questions[1:] {
		l.byName[q.Name] = append(l.byName[q.Name], q.Place)
	}
	for _, list := range f.Lists {
		l.lists[list.Name] = list
	}
	f.Uses, f.Waits = make([][]int, len(f.Questions)), make([][]int, len(f.Questions))
	l.needs = make([][]int, len(f.Questions))
	for _, q := range f.Questions[1:] {
		l.question(q)
	}
	l.choices()
	l.tables()
	l.entity()
	if x := f.InstanceName; x != nil {
		l.at("settings", 2, "instance_name", x)
	}
	l.order()
}

type linker struct {
	form   *Form
	wrong  *Faults
	byName map[string][]int
	lists  map[string]*List
	values map[*List]map[string]bool
	names  []string
	needs  [][]int // by place: what its formulas look at
}

// question reads the formulas of one question.
func (l *linker) question(q *Question) {
	for _, one := range []struct {
		field string
		x     *Formula
	}{
		{"relevant", q.Relevant}, {"required", q.Required}, {"readonly", q.ReadOnly}, {"repeat_count", q.RepeatCount},
	} {
		l.formula(q, one.field, one.x, nil)
	}
	l.formula(q, "calculation", q.Calculate, nil)
	l.formula(q, "choice_filter", q.ChoiceFilter, l.lists[q.List])
	if x := q.Default; x != nil { // asked once, so that it may look anywhere
		l.at("survey", q.Row, "default", x)
	}
	if x := q.Constraint; x != nil { // looks at the answer itself, so that it is nobody's need
		l.at("survey", q.Row, "constraint", x)
	}
	for _, t := range q.Triggers {
		switch at := l.byName[t]; {
		case len(at) == 0:
			l.wrong.Add("survey", q.Row, "trigger", "xpath.no_question", errs.Args{"name": t, "at": 1})
		case !l.form.Questions[at[0]].Kind.Asked(): // nobody answers it, so that it never changes
			l.wrong.Add("survey", q.Row, "trigger", "survey.trigger_unseen", errs.Args{"name": t})
		}
		if q.Calculate != nil {
			for _, at := range l.byName[t] {
				l.form.Waits[at] = append(l.form.Waits[at], q.Place)
			}
		}
	}
	for field, texts := range q.Texts() {
		if media[field] {
			l.fileNames("survey", q.Row, field, texts)
		} else {
			l.texts("survey", q.Row, field, texts)
		}
	}
}

// formula reads one expression of a question and notes what it needs.
func (l *linker) formula(q *Question, field string, x *Formula, list *List) {
	if x == nil || !l.at("survey", q.Row, field, x) {
		return
	}
	if field == "choice_filter" {
		l.columns(q, x, list)
	} else {
		l.bare(q, field, x)
	}
	if len(q.Triggers) > 0 && field == "calculation" {
		return // worked out when its triggers change, and never else
	}
	earlier := l.looksBack(x.X)
	for _, at := range l.refs(x.X) {
		if at == q.Place && earlier {
			continue // the same question of an earlier repeat
		}
		l.needs[q.Place] = append(l.needs[q.Place], at)
	}
}

// at reads and checks an expression where it stands; false when it cannot be used.
func (l *linker) at(sheet string, row int, field string, x *Formula) bool {
	var fault *xpath.Fault
	if x.X, fault = xpath.Parse(x.Text); fault != nil {
		l.wrong.Expression(sheet, row, field, fault)
		return false
	}
	good := true
	for _, fault := range xpath.Check(x.X, l) {
		l.wrong.Expression(sheet, row, field, fault)
		good = good && fault.Warning
	}
	xpath.Walk(x.X, func(part xpath.Expr) {
		if r, ok := part.(*xpath.Ref); ok && len(l.byName[r.Name]) > 1 {
			l.wrong.Add(sheet, row, field, "survey.ambiguous", errs.Args{"name": r.Name})
			good = false
		}
	})
	return good
}

// refs gives the questions that an expression looks at, by ${name} and by path.
func (l *linker) refs(x xpath.Expr) (all []int) {
	xpath.Walk(x, func(part xpath.Expr) {
		name := ""
		switch part := part.(type) {
		case *xpath.Ref:
			if !part.LastSaved {
				name = part.Name
			}
		case *xpath.Path:
			if n := len(part.Steps); part.From == nil && n > 0 && (part.Rooted || part.Steps[0].Axis == xpath.Parent) {
				name = part.Steps[n-1].Name
			}
		}
		all = append(all, l.byName[name]...)
	})
	slices.Sort(all)
	return slices.Compact(all)
}

// looksBack tells whether an expression picks some repeats out of several.
func (l *linker) looksBack(x xpath.Expr) (yes bool) {
	xpath.Walk(x, func(part xpath.Expr) {
		switch part := part.(type) {
		case *xpath.Call:
			yes = yes || part.Name == "indexed-repeat"
		case *xpath.Path:
			yes = yes || len(part.Where) > 0
			for _, s := range part.Steps {
				yes = yes || len(s.Where) > 0
			}
		}
	})
	return yes
}

// columns holds the bare names of a choice filter against the columns of the list.
func (l *linker) columns(q *Question, x *Formula, list *List) {
	if list == nil {
		return
	}
	xpath.Walk(x.X, func(part xpath.Expr) {
		p, ok := part.(*xpath.Path)
		if !ok || p.From != nil || p.Rooted || len(p.Steps) != 1 || p.Steps[0].Axis != xpath.Child {
			return
		}
		name := p.Steps[0].Name
		if name != "name" && name != "label" && name != "*" && !slices.Contains(list.Columns, name) {
			l.wrong.Add("survey", q.Row, "choice_filter", "survey.no_column", errs.Args{"name": name, "list": list.Name})
		}
	})
}

// bare warns of names without ${}, which look below the question and find nothing.
func (l *linker) bare(q *Question, field string, x *Formula) {
	xpath.Walk(x.X, func(part xpath.Expr) {
		p, ok := part.(*xpath.Path)
		if ok && p.From == nil && !p.Rooted && p.Steps[0].Axis == xpath.Child && len(l.byName[p.Steps[0].Name]) > 0 && !l.inPredicate(x.X, p) {
			l.wrong.Warn("survey", q.Row, field, "survey.bare_name", errs.Args{"name": p.Steps[0].Name, "ref": "${" + p.Steps[0].Name + "}"})
		}
	})
}

// inPredicate tells whether a path stands between [ ], where bare names are those of what is looked at.
func (l *linker) inPredicate(x xpath.Expr, sought *xpath.Path) (found bool) {
	xpath.Walk(x, func(part xpath.Expr) {
		p, ok := part.(*xpath.Path)
		if !ok {
			return
		}
		where := slices.Clone(p.Where)
		for _, s := range p.Steps {
			where = append(where, s.Where...)
		}
		for _, w := range where {
			xpath.Walk(w, func(inner xpath.Expr) { found = found || inner == xpath.Expr(sought) })
		}
	})
	return found
}

// media are the columns that name files.
var media = map[string]bool{"image": true, "big-image": true, "audio": true, "video": true}

// choices reads the texts of all choices.
func (l *linker) choices() {
	for _, list := range l.form.Lists {
		for _, i := range list.Items {
			l.texts("choices", i.Row, "label", i.Label)
			for field, names := range i.Media {
				l.fileNames("choices", i.Row, field, names)
			}
		}
	}
}

// fileNames refuses names of files that are to be made of answers: which files the form needs must be known before.
func (l *linker) fileNames(sheet string, row int, field string, names Texts) {
	for _, name := range names {
		if strings.Contains(name, "${") {
			l.wrong.Add(sheet, row, field, "survey.file_names", errs.Args{"text": name})
		}
	}
}

// texts holds ${name} in texts against the questions.
func (l *linker) texts(sheet string, row int, field string, texts Texts) {
	for _, text := range texts {
		switch bad := malformed(text); {
		case strings.HasPrefix(bad, "${last-saved#"):
			l.wrong.Add(sheet, row, field, "survey.text_last_saved", errs.Args{"text": bad})
		case bad != "":
			l.wrong.Add(sheet, row, field, "survey.text_reference", errs.Args{"text": bad, "ref": "${name}"})
		case strings.Contains(text, "instance(") && strings.Contains(text, ")/"):
			l.wrong.Warn(sheet, row, field, "survey.text_formula", nil)
		}
		for _, name := range Named(text) {
			switch n := len(l.byName[name]); {
			case n == 0:
				l.wrong.Add(sheet, row, field, "survey.text_names", errs.Args{"name": name})
			case n > 1:
				l.wrong.Add(sheet, row, field, "survey.ambiguous", errs.Args{"name": name})
			}
		}
	}
}

func (l *linker) entity() {
	e := l.form.Entity
	if e == nil {
		return
	}
	for _, one := range []struct {
		field string
		x     *Formula
	}{{"label", e.Label}, {"entity_id", e.ID}, {"create_if", e.CreateIf}, {"update_if", e.UpdateIf}} {
		if one.x != nil {
			l.at("entities", e.Row, one.field, one.x)
		}
	}
}

// order sorts questions so that each comes after what it needs, and otherwise as they stand. What hangs in a circle is named.
func (l *linker) order() {
	f := l.form
	waits := make([]int, len(f.Questions))
	for at := range f.Questions {
		if up := f.Questions[at].Up; up >= 0 {
			l.needs[at] = append(l.needs[at], up) // who is not asked with the group is not asked
		}
		slices.Sort(l.needs[at])
		l.needs[at] = slices.Compact(l.needs[at])
		waits[at] = len(l.needs[at])
		for _, need := range l.needs[at] {
			f.Uses[need] = append(f.Uses[need], at)
		}
	}
	var ready heap
	for at, n := range waits {
		if n == 0 {
			ready.push(at)
		}
	}
	f.Order = make([]int, 0, len(f.Questions))
	for len(ready) > 0 {
		at := ready.pop()
		f.Order = append(f.Order, at)
		for _, user := range f.Uses[at] {
			if waits[user]--; waits[user] == 0 {
				ready.push(user)
			}
		}
	}
	if len(f.Order) < len(f.Questions) {
		l.circle(waits)
	}
}

// circle names one circle among the questions that still wait.
func (l *linker) circle(waits []int) {
	at := slices.IndexFunc(waits, func(n int) bool { return n > 0 })
	var way []int
	for !slices.Contains(way, at) {
		way = append(way, at)
		for _, need := range l.needs[at] {
			if waits[need] > 0 {
				at = need
				break
			}
		}
	}
	way = way[slices.Index(way, at):]
	first := slices.Index(way, slices.Min(way))
	var names []string
	for i := range way {
		names = append(names, l.form.Questions[way[(first+i)%len(way)]].Name)
	}
	q := l.form.Questions[way[first]]
	field := "relevant"
	if q.Calculate != nil {
		field = "calculation"
	}
	if len(names) == 1 {
		l.wrong.Add("survey", q.Row, field, "survey.circle_self", errs.Args{"name": q.Name})
		return
	}
	l.wrong.Add("survey", q.Row, field, "survey.circle", errs.Args{"names": strings.Join(append(names, names[0]), " → ")})
}

// heap gives the smallest number first.
type heap []int

func (h *heap) push(n int) {
	at, _ := slices.BinarySearchFunc(*h, n, func(a, b int) int { return cmp.Compare(b, a) })
	*h = slices.Insert(*h, at, n)
}

func (h *heap) pop() int {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// Has tells whether there is a question of a name.
func (l *linker) Has(name string) bool { return len(l.byName[name]) > 0 }

// HasList tells whether there are choices or a file of a name.
func (l *linker) HasList(id string) bool {
	if l.lists[id] != nil || id == "last-saved" || strings.HasPrefix(id, "__") {
		return true
	}
	for _, q := range l.form.Questions {
		switch {
		case q.Name == id && (q.Kind == CSVExternal || q.Kind == XMLExternal), q.FromFile && fileID(q.List) == id:
			return true
		}
	}
	return false
}

// fileID is the name by which expressions call the choices of a file: villages.csv is instance('villages').
func fileID(file string) string {
	id, _, _ := strings.Cut(file, ".")
	return id
}

// Choices tells whether a question's choices are known, and whether a value is among them.
func (l *linker) Choices(question, value string) (known, has bool) {
	at := l.byName[question]
	if len(at) != 1 {
		return false, false
	}
	q := l.form.Questions[at[0]]
	list := l.lists[q.List]
	if !q.Kind.Chooses() || q.FromFile || list == nil {
		return false, false
	}
	values := l.values[list]
	if values == nil {
		values = make(map[string]bool, len(list.Items))
		for _, i := range list.Items {
			values[i.Value] = true
		}
		l.values[list] = values
	}
	return true, values[value]
}

// Nearest gives the question that a wrong name was probably meant to be.
func (l *linker) Nearest(name string) string {
	if l.names == nil {
		l.names = []string{}
		for _, q := range l.form.Questions[1:] {
			l.names = append(l.names, q.Name)
		}
	}
	return xpath.Nearest(name, l.names)
}
