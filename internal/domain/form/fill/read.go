package fill

import (
	"strconv"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/errs"
)

// Typed is what stood in the fields of a page, by path ("household/members[2]/age"): what was typed for a question, and how
// many there are of a repeat. Was tells what the answer was when the page was drawn, false where the page does not say: then
// scripts have worked out what waits for its change.
type Typed struct {
	Value   func(q *survey.Question, path string) (typed string, there bool)
	Repeats func(path string) int
	Was     func(path string) (answer string, drawn bool)
}

// Read makes a record of a whole page at once. A question without a field has no answer. What cannot be an answer of its
// kind is left out of the record and told by path. What waits for a change is worked out where the page shows one.
func Read(f *survey.Form, around Around, t Typed) (*Record, map[string]errs.Problem) {
	r := blank(f, around)
	r.root = r.grow(0, nil)
	wrong := map[string]errs.Problem{}
	r.read(r.root, "", t, wrong)
	r.Refresh()
	r.fireSince(t, wrong)
	return r, wrong
}

// fireSince works out what waits for questions whose answers are not those with which the page was drawn. What cannot be
// read is no change yet.
func (r *Record) fireSince(t Typed, wrong map[string]errs.Problem) {
	for place, waits := range r.Form.Waits {
		if len(waits) == 0 {
			continue
		}
		for _, n := range r.all(place) {
			path := r.Path(n)
			was, drawn := t.Was(path)
			if _, unread := wrong[path]; drawn && !unread && was != n.Value {
				r.fire(place)
			}
		}
	}
	r.work()
}

func (r *Record) read(n *xpath.Node, path string, t Typed, wrong map[string]errs.Problem) {
	for _, place := range r.Form.Questions[n.Place].Below {
		q := r.Form.Questions[place]
		at := path + q.Name
		switch q.Kind {
		case survey.Repeat:
			r.readRepeats(n, q, at, t, wrong)
		case survey.Group:
			r.read(child(n, place), at+"/", t, wrong)
		default:
			r.readOne(child(n, place), q, at, t, wrong)
		}
	}
}

func (r *Record) readRepeats(n *xpath.Node, q *survey.Question, at string, t Typed, wrong map[string]errs.Problem) {
	have := r.repeatsOf(n, q.Place)
	want := t.Repeats(at)
	for len(have) < min(want, maxRepeats) && r.nodes < maxNodes {
		have = append(have, r.insert(q, n))
	}
	for len(have) > max(want, 0) {
		r.remove(have[len(have)-1])
		have = have[:len(have)-1]
	}
	for i, one := range have {
		r.read(one, at+"["+strconv.Itoa(i+1)+"]/", t, wrong)
	}
}

func (r *Record) readOne(n *xpath.Node, q *survey.Question, at string, t Typed, wrong map[string]errs.Problem) {
	typed, there := t.Value(q, at)
	switch q.Kind {
	case survey.DeviceID, survey.PhoneNumber, survey.Username, survey.Email: // what is known of who answers is not taken from the page
		return
	}
	if !there && !q.Kind.Asked() {
		return
	}
	value, bad := canonical(q, typed)
	if bad != nil {
		bad.Field = at
		wrong[at] = *bad
	}
	n.Value = value
}

// Required tells whether a question needs an answer at the moment.
func (r *Record) Required(n *xpath.Node) bool {
	q := r.Form.Questions[n.Place]
	return q.Required != nil && q.Kind.Asked() && q.Kind != survey.Note && xpath.Eval(q.Required.X, r, n).Bool()
}
