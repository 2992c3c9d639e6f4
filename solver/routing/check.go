package routing

import "fmt"

// Check proves a plan without any of Solve's code: each visit is made once and in time, no team carries too much, and the
// objective is the sum of lengths.
func Check(p Problem, s Solution) error {
	n := len(p.Visits)
	if len(s.Routes) > p.Teams {
		return fmt.Errorf("routing: %d teams go out, there are %d", len(s.Routes), p.Teams)
	}
	by := make([]int, n)
	var sum int64
	for k, route := range s.Routes {
		var load int64
		at, t := 0, p.Visits[0].Open+p.Visits[0].Service
		for _, v := range append(route[:len(route):len(route)], 0) {
			if v < 0 || int(v) >= n {
				return fmt.Errorf("routing: team %d goes to %d, which is no visit", k+1, v)
			}
			travel := p.Length[at*n+int(v)]
			sum += travel
			if p.Time != nil {
				travel = p.Time[at*n+int(v)]
			}
			x := p.Visits[v]
			if t += travel; t > x.Close {
				return fmt.Errorf("routing: team %d comes to %d at %d, after %d", k+1, v, t, x.Close)
			}
			t = max(t, x.Open) + x.Service
			if v != 0 {
				if by[v] != 0 {
					return fmt.Errorf("routing: teams %d and %d both go to %d", by[v], k+1, v)
				}
				by[v] = k + 1
			}
			load += x.Demand
			at = int(v)
		}
		if load > p.Capacity {
			return fmt.Errorf("routing: team %d carries %d, above %d", k+1, load, p.Capacity)
		}
	}
	for v := 1; v < n; v++ {
		if by[v] == 0 {
			return fmt.Errorf("routing: nobody goes to %d", v)
		}
	}
	if sum != s.Objective {
		return fmt.Errorf("routing: the ways are %d long, not %d", sum, s.Objective)
	}
	if s.Bound > s.Objective || s.Proved != (s.Bound == s.Objective) {
		return fmt.Errorf("routing: bound %d of %d, proved %v", s.Bound, s.Objective, s.Proved)
	}
	return nil
}
