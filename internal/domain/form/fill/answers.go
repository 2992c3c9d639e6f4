package fill

import (
	"encoding/json"
	"errors"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
)

// Answers gives the answers to what is asked, as JSON: an object by names, groups as objects in it, repeats as arrays of
// objects, every answer as text. Questions without an answer are left out.
func (r *Record) Answers() ([]byte, error) { return json.Marshal(r.Content()) }

// Content is Answers before it is written.
func (r *Record) Content() map[string]any { return r.out(r.root, false) }

// Draft gives all answers, those to questions that are left out at the moment among them: who goes back and changes her
// mind finds them again.
func (r *Record) Draft() ([]byte, error) { return json.Marshal(r.out(r.root, true)) }

func (r *Record) out(n *xpath.Node, all bool) map[string]any {
	o := map[string]any{}
	for _, c := range n.Below {
		if c.Blank && !all {
			continue
		}
		switch q := r.Form.Questions[c.Place]; {
		case q.Kind == survey.Repeat:
			list, _ := o[c.Name].([]any)
			o[c.Name] = append(list, r.out(c, all))
		case q.Kind == survey.Group:
			if group := r.out(c, all); len(group) > 0 {
				o[c.Name] = group
			}
		case c.Value != "":
			o[c.Name] = c.Value
		}
	}
	return o
}

// Filed is a file that answers a question.
type Filed struct {
	Question *survey.Question
	Path     string
	Value    string
}

// Files gives the files that are named as answers to what is asked, in the order of the form.
func (r *Record) Files() (all []Filed) {
	r.walk(r.root, func(n *xpath.Node) {
		if q := r.Form.Questions[n.Place]; q.Kind.IsFile() && n.Value != "" {
			all = append(all, Filed{q, r.Path(n), n.Value})
		}
	})
	return all
}

// errShape says that answers do not have the shape of their form.
var errShape = errors.New("fill: answers are not of the form's shape")

// Load goes on with a record from its answers. Names that the form does not know are given back, so that nothing is lost
// when a form has moved on; what the form works out is worked out anew.
func Load(f *survey.Form, around Around, answers []byte) (r *Record, unknown []string, err error) {
	var in map[string]any
	if err := json.Unmarshal(answers, &in); err != nil {
		return nil, nil, errShape
	}
	r = blank(f, around)
	r.root = r.grow(0, nil)
	if unknown, err = r.in(r.root, "", in); err != nil {
		return nil, nil, err
	}
	r.Refresh()
	return r, unknown, nil
}

// in puts answers below a node. What was answered before wins over defaults; what was answered with nothing stays so.
func (r *Record) in(n *xpath.Node, path string, answers map[string]any) (unknown []string, err error) {
	known := map[string]bool{}
	for _, place := range r.Form.Questions[n.Place].Below {
		q := r.Form.Questions[place]
		known[q.Name] = true
		given, there := answers[q.Name]
		switch q.Kind {
		case survey.Repeat:
			more, err := r.inRepeats(n, path, q, given, there)
			if unknown = append(unknown, more...); err != nil {
				return nil, err
			}
		case survey.Group:
			group, ok := given.(map[string]any)
			if there && !ok {
				return nil, errShape
			}
			more, err := r.in(child(n, place), path+q.Name+"/", group)
			if unknown = append(unknown, more...); err != nil {
				return nil, err
			}
		default:
			text, ok := given.(string)
			if there && !ok {
				return nil, errShape
			}
			if there || q.Kind.Asked() {
				child(n, place).Value = text
			}
		}
	}
	for name := range answers {
		if !known[name] {
			unknown = append(unknown, path+name)
		}
	}
	return unknown, nil
}

func (r *Record) inRepeats(n *xpath.Node, path string, q *survey.Question, given any, there bool) (unknown []string, err error) {
	list, ok := given.([]any)
	if there && !ok || len(list) > maxRepeats {
		return nil, errShape
	}
	for _, old := range r.repeatsOf(n, q.Place) {
		r.remove(old)
	}
	for _, one := range list {
		answers, ok := one.(map[string]any)
		if !ok || r.nodes > maxNodes {
			return nil, errShape
		}
		more, err := r.in(r.insert(q, n), path+q.Name+"/", answers)
		if unknown = append(unknown, more...); err != nil {
			return nil, err
		}
	}
	return unknown, nil
}

func child(n *xpath.Node, place int) *xpath.Node {
	for _, c := range n.Below {
		if c.Place == place {
			return c
		}
	}
	return nil
}
