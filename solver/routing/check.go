package routing

import "fmt"

// Check proves a plan without any of Solve's code: each visit is made once, on a day, by a team and at a time that suit it,
// or may be left out; no team carries too much or goes without lunch; and the objective is the sum of its parts.
func Check(p Problem, s Solution) error {
	if len(s.Shifts) != len(s.Routes) {
		return fmt.Errorf("routing: %d routes for %d shifts", len(s.Routes), len(s.Shifts))
	}
	by := make([]int, len(p.Visits)) // the shift that goes there, from 1
	for _, x := range p.Shifts {
		by[x.From], by[x.To] = -1, -1
	}
	used := make([]bool, len(p.Shifts))
	var sum int64
	for k, route := range s.Routes {
		i := s.Shifts[k]
		if i < 0 || int(i) >= len(p.Shifts) || used[i] {
			return fmt.Errorf("routing: shift %d is not there, or used twice", i)
		}
		used[i] = true
		length, err := checkRoute(p, i, route, by)
		if err != nil {
			return fmt.Errorf("routing: shift %d: %w", i, err)
		}
		sum += length
	}
	left := map[int32]bool{}
	for _, v := range s.Left {
		left[v] = true
	}
	team := map[int32]int32{}
	for i, v := range p.Visits {
		switch {
		case by[i] < 0:
		case by[i] == 0 && !(v.Optional && left[int32(i)]):
			return fmt.Errorf("routing: nobody goes to %d", i)
		case by[i] == 0:
			sum += v.Prize
		case left[int32(i)]:
			return fmt.Errorf("routing: %d is made and left out", i)
		default:
			if v.Was > 0 && int(v.Was) != by[i] {
				sum += v.Move
			}
			have := p.Shifts[by[i]-1].Team
			if want, ok := team[v.Same]; ok && v.Same > 0 && want != have {
				return fmt.Errorf("routing: %d is made by team %d, and another that wants the same one by team %d", i, have, want)
			}
			team[v.Same] = have
		}
	}
	if sum != s.Objective {
		return fmt.Errorf("routing: the plan costs %d, not %d", sum, s.Objective)
	}
	if s.Bound > s.Objective || s.Proved != (s.Bound == s.Objective) {
		return fmt.Errorf("routing: bound %d of %d, proved %v", s.Bound, s.Objective, s.Proved)
	}
	return nil
}

// Costed is a plan made elsewhere, with its objective for a bound, ready for Check. Without shifts, they are the first ones.
func Costed(p Problem, routes [][]int32, shifts []int32) (Solution, error) {
	s := Solution{Routes: routes, Shifts: shifts}
	n := len(p.Visits)
	made := p.depots()
	for k, route := range routes {
		if k >= len(p.Shifts) {
			return s, fmt.Errorf("routing: %d teams go out, there are %d", len(routes), len(p.Shifts))
		}
		if shifts == nil {
			s.Shifts = append(s.Shifts, int32(k))
		}
		shift := p.Shifts[s.Shifts[k]]
		at := int(shift.From)
		for _, v := range route {
			if v < 0 || int(v) >= n {
				return s, fmt.Errorf("routing: %d is no visit", v)
			}
			s.Objective += p.Length[at*n+int(v)]
			if x := p.Visits[v]; x.Was > 0 && x.Was != s.Shifts[k]+1 {
				s.Objective += x.Move
			}
			made[v] = true
			at = int(v)
		}
		if len(route) > 0 {
			s.Objective += p.Length[at*n+int(shift.To)]
		}
	}
	for v, x := range p.Visits {
		if !made[v] && x.Optional {
			s.Left = append(s.Left, int32(v))
			s.Objective += x.Prize
		}
	}
	s.Bound, s.Proved = s.Objective, true
	return s, nil
}

// checkRoute follows a route twice over: once with a team that has not had lunch yet, once with one that has.
func checkRoute(p Problem, i int32, route []int32, by []int) (length int64, err error) {
	if len(route) == 0 {
		return 0, nil
	}
	s := p.Shifts[i]
	n := len(p.Visits)
	time := p.Time
	if time == nil {
		time = p.Length
	}
	var load int64
	hungry, fed := []int64{s.Open}, []int64{} // times at which the team can leave
	if s.Lunch.Takes == 0 {
		hungry, fed = fed, hungry
	}
	travel := func(way int64) {
		for i := range fed {
			fed[i] += way
		}
		for i, t := range hungry {
			if t <= s.Lunch.Until {
				fed = append(fed, max(t+way, s.Lunch.From)+s.Lunch.Takes)
			}
			hungry[i] += way
		}
	}
	at := int(s.From)
	for _, to := range route {
		v := int(to)
		if v < 0 || v >= n {
			return 0, fmt.Errorf("goes to %d, which is no visit", v)
		}
		x := p.Visits[v]
		if by[v] != 0 {
			return 0, fmt.Errorf("goes to %d, where another one goes or shifts begin or end", v)
		}
		by[v] = int(i) + 1
		if x.Skills&s.Skills != x.Skills || x.Persons > s.Persons || x.Days != 0 && x.Days&(1<<s.Day) == 0 {
			return 0, fmt.Errorf("goes to %d without the skills or people, or on another day", v)
		}
		travel(time[at*n+v])
		for _, times := range []*[]int64{&hungry, &fed} {
			var next []int64
			for _, t := range *times {
				if t <= x.Close {
					next = append(next, max(t, x.Open)+x.Service)
				}
			}
			*times = next
		}
		if len(hungry)+len(fed) == 0 {
			return 0, fmt.Errorf("comes to %d late", v)
		}
		load += x.Demand
		length += p.Length[at*n+v]
		at = v
	}
	travel(time[at*n+int(s.To)])
	home := false
	for _, t := range fed {
		home = home || t <= s.Close
	}
	for _, t := range hungry {
		home = home || t <= min(s.Close, s.Lunch.Until)
	}
	if !home {
		return 0, fmt.Errorf("is late at the end")
	}
	if load > s.Capacity {
		return 0, fmt.Errorf("carries %d, above %d", load, s.Capacity)
	}
	return length + p.Length[at*n+int(s.To)], nil
}
