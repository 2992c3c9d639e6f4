package fill

import (
	"strconv"
	"strings"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
)

// Path names a node by its groups, with the number of each repeat: "household/members[2]/age".
func (r *Record) Path(n *xpath.Node) string {
	if n == r.root || n.Up == nil {
		return ""
	}
	name := n.Name
	if r.Form.Questions[n.Place].Kind == survey.Repeat {
		name += "[" + strconv.Itoa(xpath.Position(n)) + "]"
	}
	if up := r.Path(n.Up); up != "" {
		return up + "/" + name
	}
	return name
}

// At gives the node of a path, nil if there is none.
func (r *Record) At(path string) *xpath.Node {
	at := r.root
	for part := range strings.SplitSeq(path, "/") {
		name, number, counted := strings.Cut(part, "[")
		want := 1
		if counted {
			n, err := strconv.Atoi(strings.TrimSuffix(number, "]"))
			if err != nil {
				return nil
			}
			want = n
		}
		var found *xpath.Node
		for _, c := range at.Below {
			if c.Name == name {
				if want--; want == 0 {
					found = c
					break
				}
			}
		}
		if found == nil {
			return nil
		}
		at = found
	}
	return at
}

// Answer puts an answer to a question as it was typed, and works out what depends on it. What cannot be an answer of
// the kind is refused, and the answer before it stays.
func (r *Record) Answer(n *xpath.Node, typed string) *errs.Problem {
	q := r.Form.Questions[n.Place]
	value, wrong := canonical(q, typed)
	if wrong != nil {
		wrong.Field = r.Path(n)
		return wrong
	}
	r.put(n, value)
	return nil
}

func (r *Record) put(n *xpath.Node, value string) {
	if n.Value == value {
		return
	}
	n.Value = value
	r.touched(n.Place)
}

// Takes tells whether whoever fills in may answer a question: it is asked, not worked out, and not read-only.
func (r *Record) Takes(n *xpath.Node) bool {
	q := r.Form.Questions[n.Place]
	if !q.Kind.Asked() || q.Kind == survey.Note || q.Calculate != nil && len(q.Triggers) == 0 || !r.Asked(n) {
		return false
	}
	return q.ReadOnly == nil || !xpath.Eval(q.ReadOnly.X, r, n).Bool()
}

// AddRepeat adds one repeat behind those below a parent. It gives nil for a repeat that is counted, and for one too many.
func (r *Record) AddRepeat(up *xpath.Node, place int) *xpath.Node {
	q := r.Form.Questions[place]
	if q.Kind != survey.Repeat || q.RepeatCount != nil || q.Up != up.Place || len(r.repeatsOf(up, place)) >= maxRepeats || r.nodes >= maxNodes {
		return nil
	}
	n := r.insert(q, up)
	r.reshaped(place)
	return n
}

// RemoveRepeat takes one repeat away with its answers; false for one that is counted.
func (r *Record) RemoveRepeat(n *xpath.Node) bool {
	q := r.Form.Questions[n.Place]
	if q.Kind != survey.Repeat || q.RepeatCount != nil {
		return false
	}
	r.remove(n)
	r.reshaped(n.Place)
	return true
}

// reshaped works out what depends on how many repeats there are, and on what is in them.
func (r *Record) reshaped(place int) {
	r.dirty[place] = true
	r.uses(place)
	r.soil(place)
	r.work()
}
