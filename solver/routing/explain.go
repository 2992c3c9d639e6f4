package routing

import "math"

// What keeps a visit from a shift in a finished plan.
const (
	Full Reason = "there is no time or room left between the visits that are made"
	Dear Reason = "the way is longer than the visit is worth"
	Tied Reason = "another team makes the visits that want the same team"
)

// Choice says why a visit is made by the shift that makes it, or by none.
type Choice struct {
	Visit int32
	Shift int32  // −1 where it is left out
	Extra int64  // what is saved if that shift leaves it out
	Other int32  // the shift that could take it over as things are with the least cost; −1 for none
	More  int64  // which that is
	Able  int    // how many shifts could make it if they did nothing else
	Why   Reason // why no other shift can: of the one that comes closest
}

// Explain tells of each visit why it is where it is. It looks at one visit at a time, all others staying where they are.
func Explain(p Problem, s Solution) []Choice {
	w := newWorld(&p)
	x := newSearch(w, nil, nil)
	free := make([]int, len(w.classes))
	next := make([]int, len(w.classes)) // shifts of a class are told apart again
	classOf, rank := make([]int32, len(p.Shifts)), make([]int32, len(p.Shifts))
	for c := range w.classes {
		free[c] = len(w.classes[c].shifts)
		for k, i := range w.classes[c].shifts {
			classOf[i], rank[i] = int32(c), int32(k)
		}
	}
	var plan []assigned
	var shifts []int32 // per route
	used := map[int32]bool{}
	for k, route := range s.Routes {
		c := classOf[s.Shifts[k]]
		plan = append(plan, assigned{c, route})
		shifts = append(shifts, s.Shifts[k])
		used[s.Shifts[k]] = true
		free[c]--
	}
	x.load(w.visits, plan, free)
	for i := len(plan); i < len(x.routes); i++ {
		c := x.routes[i].class
		for used[w.classes[c].shifts[next[c]]] {
			next[c]++
		}
		shifts = append(shifts, w.classes[c].shifts[next[c]])
		next[c]++
	}
	var choices []Choice
	for _, v := range w.visits {
		choices = append(choices, x.choice(v, shifts))
	}
	return choices
}

func (s *search) choice(v int32, shifts []int32) Choice {
	c := Choice{Visit: v, Shift: -1, Other: -1, More: math.MaxInt64}
	home := s.of[v]
	if home >= 0 {
		r := &s.routes[home]
		k := int(s.at[v])
		u, t := int(r.path[k]), int(r.path[k+2])
		c.Shift, c.Extra = shifts[home], r.came[k]+r.came[k+1]+s.moved(v, r.class)
		if len(r.path) > 3 {
			c.Extra -= s.length[u*s.n+t]
		}
	}
	x := &s.p.Visits[v]
	closest := func(why Reason) {
		if order := map[Reason]int{Tied: 10, Full: 11, Dear: 12}; max(reached[why], order[why]) > max(reached[c.Why], order[c.Why]) {
			c.Why = why
		}
	}
	for k := range s.classes {
		if s.able[k*s.n+int(v)] {
			c.Able += len(s.classes[k].shifts)
		} else {
			closest(s.p.Fits(v, s.classes[k].shifts[0]))
		}
	}
	team, bound := s.tied(v)
	for i := range s.routes {
		r := &s.routes[i]
		switch class := int(r.class); {
		case int32(i) == home || !s.able[class*s.n+int(v)]:
		case bound && s.classes[class].Team != team:
			closest(Tied)
		case s.heads[i].room < x.Demand:
			closest(Full)
		default:
			_, more := s.fit(v, r)
			if more == math.MaxInt64 {
				closest(Full)
				continue
			}
			more += s.moved(v, r.class)
			if home < 0 && more > x.Prize {
				closest(Dear)
			}
			if more < c.More {
				c.Other, c.More = shifts[i], more
			}
		}
	}
	return c
}

// tied is the team that makes the other visits that want the same team.
func (s *search) tied(v int32) (team int32, bound bool) {
	x := &s.p.Visits[v]
	if x.Same == 0 {
		return 0, false
	}
	for _, u := range s.same[x.Same] {
		if i := s.of[u]; u != v && i >= 0 {
			return s.classes[s.routes[i].class].Team, true
		}
	}
	return 0, false
}
