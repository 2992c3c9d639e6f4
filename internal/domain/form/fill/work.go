package fill

import (
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xpath"
)

// Refresh works everything out anew.
func (r *Record) Refresh() {
	for place := range r.dirty {
		r.dirty[place] = true
	}
	r.work()
}

// touched works out what depends on a question whose answer has changed.
func (r *Record) touched(place int) {
	r.fire(place)
	r.uses(place)
	r.work()
}

func (r *Record) uses(place int) {
	for _, user := range r.Form.Uses[place] {
		r.dirty[user] = true
	}
}

// work runs through the questions in the order of what they need. Whatever changes makes those behind it dirty, so one
// run is enough.
func (r *Record) work() {
	for _, place := range r.Form.Order {
		if !r.dirty[place] {
			continue
		}
		r.dirty[place] = false
		q := r.Form.Questions[place]
		changed := false
		if q.Kind == survey.Repeat && q.RepeatCount != nil {
			changed = r.counted(q)
		}
		if q.Relevant != nil || q.Calculate != nil && len(q.Triggers) == 0 {
			for _, n := range r.all(place) {
				changed = r.one(q, n) || changed
			}
		}
		if changed {
			r.uses(place)
			r.soil(place) // who is left out with a group is empty for those who look
		}
	}
}

// one works one node out and tells whether it has changed.
func (r *Record) one(q *survey.Question, n *xpath.Node) (changed bool) {
	if q.Relevant != nil {
		if out := !xpath.Eval(q.Relevant.X, r, n).Bool(); out != n.Blank {
			n.Blank, changed = out, true
		}
	}
	if q.Calculate == nil || len(q.Triggers) > 0 || !r.Asked(n) {
		return changed
	}
	if value := xpath.Eval(q.Calculate.X, r, n).Text(); value != n.Value {
		n.Value, changed = value, true
	}
	return changed
}

// counted makes as many repeats as are counted below each parent. Those beyond are dropped from the end.
func (r *Record) counted(q *survey.Question) (changed bool) {
	for _, up := range r.all(q.Up) {
		want, have := repeats(xpath.Eval(q.RepeatCount.X, r, up).Number()), r.repeatsOf(up, q.Place)
		for n := len(have); n < want && r.nodes < maxNodes; n++ {
			r.insert(q, up)
			changed = true
		}
		for n := len(have); n > want; n-- {
			r.remove(have[n-1])
			changed = true
		}
	}
	return changed
}

// soil makes all that lies below a group or repeat dirty, and who looks at it.
func (r *Record) soil(place int) {
	for _, below := range r.Form.Questions[place].Below {
		r.dirty[below] = true
		r.uses(below)
		r.soil(below)
	}
}

// insert grows one repeat behind those there are.
func (r *Record) insert(q *survey.Question, up *xpath.Node) *xpath.Node {
	n := r.grow(q.Place, up)
	r.settle(up)
	return n
}

// settle puts the children of a node in the order of the form; repeats keep theirs among each other.
func (r *Record) settle(up *xpath.Node) {
	last := len(up.Below) - 1
	for at := last; at > 0 && up.Below[at-1].Place > up.Below[at].Place; at-- {
		up.Below[at-1], up.Below[at] = up.Below[at], up.Below[at-1]
	}
}

func (r *Record) remove(n *xpath.Node) {
	for i, c := range n.Up.Below {
		if c == n {
			n.Up.Below = append(n.Up.Below[:i:i], n.Up.Below[i+1:]...)
			r.nodes -= size(n)
			return
		}
	}
}

func size(n *xpath.Node) int {
	sum := 1
	for _, c := range n.Below {
		sum += size(c)
	}
	return sum
}

func (r *Record) repeatsOf(up *xpath.Node, place int) (all []*xpath.Node) {
	for _, c := range up.Below {
		if c.Place == place {
			all = append(all, c)
		}
	}
	return all
}

// fire works out what waits for a change of one question.
func (r *Record) fire(place int) {
	for _, waits := range r.Form.Waits[place] {
		for _, n := range r.all(waits) {
			if value := xpath.Eval(r.Form.Questions[waits].Calculate.X, r, n).Text(); value != n.Value {
				n.Value = value
				r.uses(waits)
			}
		}
	}
}

// Asked tells whether a question is asked at the moment: neither it nor a group around it is left out.
func (r *Record) Asked(n *xpath.Node) bool {
	for at := n; at != nil; at = at.Up {
		if at.Blank {
			return false
		}
	}
	return true
}
