package routing

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// brute tries every way to hand visits out, in every order, with lunch at every place, and gives what the best costs; with
// the fewest shifts where few are asked for.
func brute(p Problem) (best int64, shifts int, ok bool) {
	best, shifts = math.MaxInt64, math.MaxInt
	depot := p.depots()
	by := make([]int, len(p.Visits)) // shift, from 1
	var next func(shift, used int, length int64)
	next = func(shift, used int, length int64) {
		if shift < len(p.Shifts) {
			next(shift+1, used, length)
			var route []int32
			var more func()
			more = func() {
				for v := range p.Visits {
					if depot[v] || by[v] > 0 {
						continue
					}
					by[v] = shift + 1
					route = append(route, int32(v))
					if x, ok := try(p, shift, route); ok {
						next(shift+1, used+1, length+x)
					}
					more()
					route = route[:len(route)-1]
					by[v] = 0
				}
			}
			more()
			return
		}
		team := map[int32]int32{}
		for v, x := range p.Visits {
			switch {
			case depot[v]:
			case by[v] == 0 && !x.Optional:
				return
			case by[v] == 0:
				length += x.Prize
			default:
				if x.Was > 0 && int(x.Was) != by[v] {
					length += x.Move
				}
				if have, ok := team[x.Same]; x.Same > 0 && ok && have != p.Shifts[by[v]-1].Team {
					return
				}
				team[x.Same] = p.Shifts[by[v]-1].Team
			}
		}
		if ok = true; p.Fewest && used != shifts {
			if used < shifts {
				best, shifts = length, used
			}
			return
		}
		best = min(best, length)
	}
	next(0, 0, 0)
	return best, shifts, best < math.MaxInt64
}

// try follows a route with lunch at each place in turn.
func try(p Problem, shift int, route []int32) (length int64, ok bool) {
	s := p.Shifts[shift]
	n := len(p.Visits)
	for lunch := -1; lunch <= len(route); lunch++ { // so many visits before it; −1 for none on the way
		at, t, load := int(s.From), s.Open, int64(0)
		length, ok = 0, true
		drive := func(k, to int) {
			left := t
			if t += p.time()[at*n+to]; k == lunch {
				t = max(t, s.Lunch.From) + s.Lunch.Takes
				ok = ok && left <= s.Lunch.Until
			}
			length += p.Length[at*n+to]
			at = to
		}
		for k, to := range route {
			v := int(to)
			x := p.Visits[v]
			drive(k, v)
			t = max(t, x.Open)
			load += x.Demand
			ok = ok && t <= x.Close && load <= s.Capacity && s.Skills&x.Skills == x.Skills && s.Persons >= x.Persons && (x.Days == 0 || x.Days.Has(s.Day))
			t += x.Service
		}
		drive(len(route), int(s.To))
		if lunch < 0 && s.Lunch.Takes > 0 {
			ok = ok && t <= s.Lunch.Until
		}
		if ok && t <= s.Close {
			return length, true
		}
	}
	return 0, false
}

// draw makes a small problem; of each of its rules there may be some, or none.
func draw(t *rapid.T) Problem {
	number := func(name string, least, most int64) int64 { return rapid.Int64Range(least, most).Draw(t, name) }
	chance := func(name string) bool { return rapid.Bool().Draw(t, name) }
	n := int(number("places", 3, 7))
	p := Problem{Visits: make([]Visit, n)}
	other := int32(number("other depot", 0, 1))
	skills, days, lunch, same, optional, was := chance("skills"), chance("days"), chance("lunch"), chance("same"), chance("optional"), chance("was")
	shift := Shift{Close: 100, Capacity: number("capacity", 3, 12)}
	for i := range number("shifts", 1, 3) {
		if i > 0 && chance("like the one before") {
			p.Shifts = append(p.Shifts, shift)
			continue
		}
		shift.Team, shift.To = int32(number("team", 0, 2)), other
		shift.Open = number("open", 0, 10)
		if skills {
			shift.Skills, shift.Persons = Set(number("skills", 0, 3)), int32(number("persons", 1, 2))
		}
		if days {
			shift.Day = int32(number("day", 0, 1))
		}
		if lunch {
			shift.Lunch = Lunch{From: number("from", 0, 40), Takes: number("takes", 0, 10)}
			shift.Lunch.Until = shift.Lunch.From + number("until", 0, 20)
		}
		p.Shifts = append(p.Shifts, shift)
	}
	var x, y []int64
	for i := range n {
		x, y = append(x, number("x", 0, 12)), append(y, number("y", 0, 12))
		v := Visit{Demand: number("demand", 0, 3), Open: number("opens", 0, 40), Service: number("service", 0, 5)}
		v.Close = v.Open + number("window", 0, 40)
		if skills && chance("skilled") {
			v.Skills, v.Persons = Set(number("needs", 0, 3)), int32(number("people", 0, 2))
		}
		if days {
			v.Days = Set(number("on", 0, 3))
		}
		if same {
			v.Same = int32(number("group", 0, 2))
		}
		if optional && chance("left out") {
			v.Optional, v.Prize = true, number("prize", 0, 40)
		}
		if was {
			v.Was, v.Move = int32(number("was", 0, int64(len(p.Shifts)))), number("move", 0, 20)
		}
		p.Visits[i] = v
	}
	for i := range n {
		for j := range n {
			p.Length = append(p.Length, max(x[i]-x[j], x[j]-x[i])+max(y[i]-y[j], y[j]-y[i]))
		}
	}
	alike := !slices.ContainsFunc(p.Shifts, func(s Shift) bool { return s != p.Shifts[0] })
	p.Fewest = alike && !optional && !was && !same && chance("fewest")
	if chance("other times") {
		for _, d := range p.Length {
			p.Time = append(p.Time, d*2)
		}
	}
	return p
}

func TestSmallPlansAreTheBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		if !slices.Contains(p.depots(), false) {
			return
		}
		want, shifts, feasible := brute(p)
		s, err := Solve(context.Background(), p, Options{Effort: 3_000})
		var none *InfeasibleError
		if errors.As(err, &none) {
			if feasible {
				t.Fatalf("found none (%v), the best costs %d", err, want)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(p, s); err != nil {
			t.Fatal(err)
		}
		if !feasible || s.Objective != want || p.Fewest && len(s.Routes) != shifts || s.Bound > want {
			t.Fatalf("costs %d with %d shifts, bound %d; the best costs %d with %d", s.Objective, len(s.Routes), s.Bound, want, shifts)
		}
	})
}
