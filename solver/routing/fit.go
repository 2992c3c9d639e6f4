package routing

import "fmt"

// Reason says why a visit cannot be made. It is a fixed word, so that the caller can find a sentence for it.
type Reason string

const (
	Unskilled Reason = "it takes skills that the team has not got"
	TooFew    Reason = "it takes more people than the team has"
	OtherDay  Reason = "it is not wanted on that day"
	TooMuch   Reason = "its demand is above what a team carries"
	TooEarly  Reason = "a team that goes there at once comes after its window has closed"
	TooLate   Reason = "a team that goes there at once is back after its shift has ended"
	AtLunch   Reason = "a team that goes there has no time for lunch"
	NoTeam    Reason = "no team was found that has time and room for it"
	Apart     Reason = "the only shift that can make it cannot make both"
	Divided   Reason = "both are wanted from the same team, and no team can make both"
)

// reached orders reasons by how far a visit came before it was refused.
var reached = map[Reason]int{Unskilled: 1, TooFew: 2, OtherDay: 3, TooMuch: 4, TooEarly: 5, TooLate: 6, AtLunch: 7}

// Fits says why a shift that does nothing else cannot make a visit; nothing if it can.
func (p *Problem) Fits(visit, shift int32) Reason {
	v, s := &p.Visits[visit], &p.Shifts[shift]
	n := int32(len(p.Visits))
	t := p.time()
	switch begin := max(s.Open+t[s.From*n+visit], v.Open); {
	case v.Skills&^s.Skills != 0:
		return Unskilled
	case v.Persons > s.Persons:
		return TooFew
	case v.Days != 0 && !v.Days.Has(s.Day):
		return OtherDay
	case v.Demand > s.Capacity:
		return TooMuch
	case begin > v.Close:
		return TooEarly
	case begin+v.Service+t[visit*n+s.To] > s.Close:
		return TooLate
	}
	if _, ok := p.Times(shift, []int32{visit}); !ok {
		return AtLunch
	}
	return ""
}

// Timed is when a visit of a route begins.
type Timed struct {
	Arrive, Begin, End int64
}

// Day is a route with its times.
type Day struct {
	Visits []Timed
	Back   int64
	Lunch  int64 // when it begins
	After  int   // how many visits are made before lunch; where it begins after the team has left, it is on the way
}

// Times goes through a route so that the team is back as early as possible, and says whether it can be done in time.
func (p *Problem) Times(shift int32, route []int32) (Day, bool) {
	lunch := p.Shifts[shift].Lunch
	if lunch.Takes == 0 {
		return p.times(shift, route, -1)
	}
	best, found := p.times(shift, route, -1) // lunch at home, behind the last
	if found = found && best.Back <= lunch.Until; found {
		best.After, best.Lunch = len(route), max(best.Back, lunch.From)
	}
	for after := range len(route) + 1 {
		if d, ok := p.times(shift, route, after); ok && (!found || d.Back < best.Back) {
			best, found = d, true
		}
	}
	return best, found
}

// times goes through a route with lunch after so many visits; −1 for none.
func (p *Problem) times(shift int32, route []int32, after int) (d Day, ok bool) {
	s := &p.Shifts[shift]
	n := int32(len(p.Visits))
	t, at := s.Open, s.From
	arrive := func(k int, to int32) {
		leave := t
		t += p.time()[at*n+to]
		if k == after {
			d.Lunch, d.After = max(leave, s.Lunch.From), after
			t = max(t, s.Lunch.From) + s.Lunch.Takes
			ok = d.Lunch <= s.Lunch.Until
		}
	}
	ok = true
	for k, v := range route {
		arrive(k, v)
		x := &p.Visits[v]
		begin := max(t, x.Open)
		if !ok || begin > x.Close {
			return d, false
		}
		d.Visits = append(d.Visits, Timed{t, begin, begin + x.Service})
		t, at = begin+x.Service, v
	}
	if len(route) > 0 {
		arrive(len(route), s.To)
	}
	d.Back = t
	return d, ok && t <= s.Close
}

// InfeasibleError names a visit that cannot be made, or could not be fitted in, and the other one of a pair; −1 for none.
type InfeasibleError struct {
	Visit, Other int32
	Why          Reason
}

func (e *InfeasibleError) Error() string {
	if e.Other >= 0 {
		return fmt.Sprintf("routing: visits %d and %d: %s", e.Visit, e.Other, e.Why)
	}
	return fmt.Sprintf("routing: visit %d: %s", e.Visit, e.Why)
}
