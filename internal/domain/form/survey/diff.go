package survey

import (
	"slices"
	"strings"
)

// Change is one difference between two versions of a form.
type Change struct {
	What     What
	Path     string // of the question: "household/members/age"; of a choice: "list: value"
	Label    string // in the form's first language, of the newer version where it is in both
	Field    string // the column, where a question was changed
	Old, New string
}

// What happened between two versions.
type What string

// The kinds of change.
const (
	Added   What = "added"
	Removed What = "removed"
	Changed What = "changed"
	Moved   What = "moved" // to another place among those that are in both
)

// Diff tells how a form has changed, in the order of the newer version and then what is gone.
func Diff(old, now *Form) (all []Change) {
	was := map[string]*Question{}
	for _, q := range old.Questions[1:] {
		was[old.Path(q.Place)] = q
	}
	stays := inOrder(old, now)
	is := map[string]bool{}
	for _, q := range now.Questions[1:] {
		path := now.Path(q.Place)
		is[path] = true
		before := was[path]
		if before == nil {
			all = append(all, Change{What: Added, Path: path, Label: q.Label.In(0)})
			continue
		}
		if !stays[path] {
			all = append(all, Change{What: Moved, Path: path, Label: q.Label.In(0)})
		}
		a, b := cells(old, before), cells(now, q)
		for i, field := range fields {
			if a[i] != b[i] {
				all = append(all, Change{Changed, path, q.Label.In(0), field, a[i], b[i]})
			}
		}
	}
	for _, q := range old.Questions[1:] {
		if path := old.Path(q.Place); !is[path] {
			all = append(all, Change{What: Removed, Path: path, Label: q.Label.In(0)})
		}
	}
	return append(all, choices(old, now)...)
}

// inOrder finds the questions of both versions that stand in the same order: a longest rising run of their old places.
func inOrder(old, now *Form) map[string]bool {
	place := map[string]int{}
	for _, q := range old.Questions[1:] {
		place[old.Path(q.Place)] = q.Place
	}
	var paths []string
	var places, back []int
	var ends []int // ends[n] is where a run of n+1 ends in the smallest old place
	for _, q := range now.Questions[1:] {
		path := now.Path(q.Place)
		p, there := place[path]
		if !there {
			continue
		}
		n, _ := slices.BinarySearchFunc(ends, p, func(at, p int) int { return places[at] - p })
		paths, places = append(paths, path), append(places, p)
		before := -1
		if n > 0 {
			before = ends[n-1]
		}
		back = append(back, before)
		if n == len(ends) {
			ends = append(ends, 0)
		}
		ends[n] = len(places) - 1
	}
	stays := map[string]bool{}
	if len(ends) > 0 {
		for at := ends[len(ends)-1]; at >= 0; at = back[at] {
			stays[paths[at]] = true
		}
	}
	return stays
}

// fields are the columns that are compared.
var fields = []string{
	"type", "label", "hint", "required", "required_message", "relevant", "constraint", "constraint_message", "calculation", "default", "readonly",
	"choice_filter", "repeat_count", "appearance", "zd_class",
}

func cells(f *Form, q *Question) []string {
	kind := string(q.Kind)
	if q.Kind.Chooses() {
		kind += " " + q.List
	}
	start := q.DefaultText
	if q.Default != nil {
		start = q.Default.Text
	}
	return []string{
		kind, said(f, q.Label), said(f, q.Hint), text(q.Required), said(f, q.RequiredMessage), text(q.Relevant), text(q.Constraint), said(f, q.ConstraintMessage),
		text(q.Calculate), start, text(q.ReadOnly), text(q.ChoiceFilter), text(q.RepeatCount), strings.Join(q.Appearance, " "), q.Class.String(),
	}
}

// said puts a text in all its languages on one line.
func said(f *Form, t Texts) string {
	var all []string
	for i, one := range t {
		if one == "" {
			continue
		}
		if i < len(f.Languages) && f.Languages[i].Name != "" {
			one = f.Languages[i].Name + ": " + one
		}
		all = append(all, one)
	}
	return strings.Join(all, " / ")
}

func text(x *Formula) string {
	if x == nil {
		return ""
	}
	return x.Text
}

// choices tells how the choices of lists in both versions have changed. Lists that are new or gone show in their questions.
func choices(old, now *Form) (all []Change) {
	for _, l := range now.Lists {
		before := old.Find(l.Name)
		if before == nil {
			continue
		}
		was := map[string]Item{}
		for _, i := range before.Items {
			was[i.Value] = i
		}
		is := map[string]bool{}
		for _, i := range l.Items {
			is[i.Value] = true
			switch o, there := was[i.Value]; {
			case !there:
				all = append(all, Change{What: Added, Path: l.Name + ": " + i.Value, Label: i.Label.In(0)})
			case said(old, o.Label) != said(now, i.Label):
				all = append(all, Change{Changed, l.Name + ": " + i.Value, i.Label.In(0), "label", said(old, o.Label), said(now, i.Label)})
			}
		}
		for _, i := range before.Items {
			if !is[i.Value] {
				all = append(all, Change{What: Removed, Path: l.Name + ": " + i.Value, Label: i.Label.In(0)})
			}
		}
	}
	return all
}
