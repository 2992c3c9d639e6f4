package fill

import (
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
	"zhidian/internal/platform/authz"
)

// Saved is what a filled-in form says of a record beside its answers.
type Saved struct {
	List   string
	ID     string // empty of a record that the answer makes: whoever keeps it names it
	First  bool   // the record is made; else it is changed
	Label  string // empty where the form does not say
	Says   map[string]string
	Sealed map[string]bool // properties that come from delicate questions
}

// Saves tells which record the answers make or change; false for none.
func (r *Record) Saves() (s Saved, ok bool) {
	e := r.Form.Entity
	if e == nil {
		return s, false
	}
	given := func(x *survey.Formula) bool { return x != nil && xpath.Eval(x.X, r, r.root).Bool() }
	s = Saved{List: e.Dataset, Says: map[string]string{}, Sealed: map[string]bool{}}
	if e.ID != nil {
		s.ID = xpath.Eval(e.ID.X, r, r.root).Text()
	}
	switch {
	case e.CreateIf != nil && given(e.CreateIf):
		s.First = true
	case e.UpdateIf != nil && given(e.UpdateIf), e.CreateIf == nil && e.UpdateIf == nil && e.ID != nil:
		if s.ID == "" {
			return s, false
		}
	case e.CreateIf == nil && e.UpdateIf == nil:
		s.First = true
	default:
		return s, false
	}
	if e.Label != nil {
		s.Label = xpath.Eval(e.Label.X, r, r.root).Text()
	}
	r.walk(r.root, func(n *xpath.Node) {
		q := r.Form.Questions[n.Place]
		if q.SaveTo == "" || q.Class >= authz.Sealed { // what is sealed stays with its answer
			return
		}
		if _, twice := s.Says[q.SaveTo]; !twice { // of a repeat the first speaks
			s.Says[q.SaveTo] = n.Value
			s.Sealed[q.SaveTo] = q.Class >= authz.Sensitive
		}
	})
	return s, true
}
