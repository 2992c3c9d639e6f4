package flow

import "fmt"

// Check proves a solution without any of Solve's code: limits and nodes are satisfied, the objective is what it costs, and
// the prices show the bound.
func Check(p Problem, s Solution) error {
	if err := CheckFlow(p, s.Flow, s.Objective); err != nil {
		return err
	}
	if len(s.Price) != len(p.Supply) {
		return fmt.Errorf("flow: %d prices for %d nodes", len(s.Price), len(p.Supply))
	}
	// By the prices each unit of an arc costs its reduced cost, and all of them together what the supplies are worth more.
	var low int64
	for k, a := range p.Arcs {
		reduced := a.Cost - (s.Price[a.To] - s.Price[a.From])
		best := a.Lower
		if reduced < 0 {
			if best = a.Upper; best == Unlimited {
				return fmt.Errorf("flow: arc %d has no limit and earns %d a unit by the prices", k, -reduced)
			}
		}
		low += best * reduced
	}
	for i, supply := range p.Supply {
		low -= supply * s.Price[i]
	}
	if low != s.Bound || low > s.Objective || s.Proved != (low == s.Objective) {
		return fmt.Errorf("flow: the prices bound it at %d, the solution says %d of %d", low, s.Bound, s.Objective)
	}
	return nil
}

// CheckFlow checks a flow made elsewhere.
func CheckFlow(p Problem, flow []int64, objective int64) error {
	if len(flow) != len(p.Arcs) {
		return fmt.Errorf("flow: %d flows for %d arcs", len(flow), len(p.Arcs))
	}
	left := make([]int64, len(p.Supply))
	copy(left, p.Supply)
	var cost int64
	for k, a := range p.Arcs {
		if flow[k] < a.Lower || flow[k] > a.Upper {
			return fmt.Errorf("flow: arc %d carries %d, from %d to %d are allowed", k, flow[k], a.Lower, a.Upper)
		}
		left[a.From] -= flow[k]
		left[a.To] += flow[k]
		cost += flow[k] * a.Cost
	}
	for i, n := range left {
		if n != 0 {
			return fmt.Errorf("flow: node %d is left with %d", i, n)
		}
	}
	if cost != objective {
		return fmt.Errorf("flow: costs %d, not %d", cost, objective)
	}
	return nil
}
