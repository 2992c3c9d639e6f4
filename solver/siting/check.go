package siting

import "fmt"

// Check proves a solution without any of Solve's code, apart from the bound, which only another search could confirm: K
// candidates are open, fixed ones among them, each demand is served from the nearest, and the objective is what that costs.
func Check(p Problem, s Solution) error {
	open := make([]bool, p.Sites)
	for k, j := range s.Open {
		if j < 0 || int(j) >= p.Sites || k > 0 && j <= s.Open[k-1] {
			return fmt.Errorf("siting: open sites %v are not rising candidates", s.Open)
		}
		open[j] = true
	}
	if len(s.Open) != p.K {
		return fmt.Errorf("siting: %d sites are open, not %d", len(s.Open), p.K)
	}
	for _, j := range p.Fixed {
		if !open[j] {
			return fmt.Errorf("siting: site %d is fixed and not open", j)
		}
	}
	if len(s.Serve) != p.Demand {
		return fmt.Errorf("siting: %d demands are served, not %d", len(s.Serve), p.Demand)
	}
	var sum int64
	for i, at := range s.Serve {
		if at < 0 || int(at) >= p.Sites || !open[at] || p.Distance[i*p.Sites+int(at)] == Never {
			return fmt.Errorf("siting: demand %d is served from %d, which cannot be", i, at)
		}
		d := p.Distance[i*p.Sites+int(at)]
		for _, j := range s.Open {
			if other := p.Distance[i*p.Sites+int(j)]; other < d {
				return fmt.Errorf("siting: demand %d is served from %d at %d, site %d is at %d", i, at, d, j, other)
			}
		}
		w := int64(1)
		if p.Weight != nil {
			w = p.Weight[i]
		}
		sum += w * int64(d)
	}
	switch {
	case sum != s.Objective:
		return fmt.Errorf("siting: costs %d, not %d", sum, s.Objective)
	case s.Bound > s.Objective || s.Proved != (s.Bound == s.Objective):
		return fmt.Errorf("siting: bound %d of %d, proved %v", s.Bound, s.Objective, s.Proved)
	}
	return nil
}
