// Package flow sends a quantity through a network so that the whole costs least: people from villages to courses, seats
// to groups, any pairing in which one side takes several.
//
// Flows and costs are whole numbers of whatever the caller counts.
package flow

import (
	"context"
	"fmt"
	"math"
)

// Unlimited is the capacity of an arc that takes any flow.
const Unlimited = math.MaxInt64 / 4

// Limits of what Solve accepts, so that no sum can overflow.
const (
	MaxNodes = 1 << 24
	MaxArcs  = 1 << 28
	MaxCost  = 1 << 36 // of one unit, either sign
	MaxFlow  = 1 << 50 // supplies, and capacities that are not Unlimited
)

// Arc carries from Lower to Upper units at Cost each.
type Arc struct {
	From, To     int32 // nodes, from 0
	Lower, Upper int64
	Cost         int64
}

// Problem is a network. What nodes supply sums to 0.
type Problem struct {
	Supply []int64 // per node: above 0 it sends, below 0 it takes
	Arcs   []Arc
}

// Options are the same for every solver. The method draws no lots and ends by itself, so that neither changes anything here.
type Options struct {
	Seed   uint64
	Effort int64
}

// Solution is a flow with a proof of how good it is.
type Solution struct {
	Flow      []int64 // per arc
	Objective int64
	// Bound is what no flow can undercut, as the prices show. It equals Objective unless the context ended.
	Bound  int64
	Proved bool
	// Price is what one unit is worth at a node: an arc with room left never costs less than the prices of its ends differ,
	// and one with more than its Lower never costs more.
	Price []int64
	// Pivots is the work done: exchanges of one arc of the tree for another.
	Pivots int64
}

// weary is after how much walking through its tree, in arcs of the problem, the simplex method gives way to cost scaling.
// Random networks are solved in 100 to 300; grids of the kind of GOTO take more than 10,000, and scaling a tenth of the time.
const weary = 600

// Solve finds a flow of least cost with the primal simplex method on networks, on strongly feasible trees (Cunningham 1976),
// which cannot cycle; arcs are looked for block by block. Where that takes long, cost scaling takes over (Goldberg 1997).
//
// When the context ends, the flow so far is given if it satisfies all nodes, with its bound. The errors are [ArcError],
// [NodeError], [LimitError], [InfeasibleError], [UnboundedError] and, where no flow is at hand yet, the context's.
func Solve(ctx context.Context, p Problem, _ Options) (Solution, error) {
	return solve(ctx, p, weary)
}

func solve(ctx context.Context, p Problem, weary int) (Solution, error) {
	if err := p.validate(); err != nil {
		return Solution{}, err
	}
	t := newTree(p)
	t.stamina = weary * len(p.Arcs)
	ended, err := t.run(ctx)
	if err == nil && !ended && ctx.Err() == nil {
		if s := newScaling(p); s != nil && s.run(ctx) {
			return s.solution(t.pivots), nil
		}
		t.stamina = math.MaxInt // too large to be scaled, or no flow: the tree says which nodes are not served
		ended, err = t.run(ctx)
	}
	if err != nil {
		return Solution{}, err
	}
	if nodes := t.unserved(); nodes != nil {
		if !ended {
			return Solution{}, ctx.Err()
		}
		return Solution{}, &InfeasibleError{Nodes: nodes}
	}
	return t.solution(), nil
}

func (p Problem) validate() error {
	if n := len(p.Supply); n < 1 || n > MaxNodes {
		return &LimitError{What: "nodes", Value: n, Max: MaxNodes}
	}
	if n := len(p.Arcs); n > MaxArcs {
		return &LimitError{What: "arcs", Value: n, Max: MaxArcs}
	}
	var sum int64
	for i, s := range p.Supply {
		if s < -MaxFlow || s > MaxFlow {
			return &NodeError{Node: i, Why: "supply is too large"}
		}
		sum += s
	}
	if sum != 0 {
		return &NodeError{Node: -1, Why: fmt.Sprintf("supplies sum to %d, not to 0", sum)}
	}
	for i, a := range p.Arcs {
		switch n := int32(len(p.Supply)); {
		case a.From < 0 || a.From >= n || a.To < 0 || a.To >= n:
			return &ArcError{Arc: i, Why: "leads to no node"}
		case a.Lower < -MaxFlow || a.Lower > MaxFlow || a.Upper > MaxFlow && a.Upper != Unlimited:
			return &ArcError{Arc: i, Why: "limit is too large"}
		case a.Lower > a.Upper:
			return &ArcError{Arc: i, Why: "lower limit is above the upper one"}
		case a.Cost < -MaxCost || a.Cost > MaxCost:
			return &ArcError{Arc: i, Why: "cost is too large"}
		}
	}
	return nil
}

// ArcError names an arc, from 0, that cannot be.
type ArcError struct {
	Arc int
	Why string
}

func (e *ArcError) Error() string { return fmt.Sprintf("flow: arc %d: %s", e.Arc, e.Why) }

// NodeError names a node, from 0, or −1 for all together.
type NodeError struct {
	Node int
	Why  string
}

func (e *NodeError) Error() string { return fmt.Sprintf("flow: node %d: %s", e.Node, e.Why) }

// LimitError names a size that is not accepted.
type LimitError struct {
	What       string
	Value, Max int
}

func (e *LimitError) Error() string {
	return fmt.Sprintf("flow: %d %s, must be from 1 to %d", e.Value, e.What, e.Max)
}

// InfeasibleError names nodes, from 0, whose supply cannot leave or whose demand cannot be met, whatever else is done.
type InfeasibleError struct{ Nodes []int32 }

func (e *InfeasibleError) Error() string {
	return fmt.Sprintf("flow: no way for what %d nodes supply or take, node %d among them", len(e.Nodes), e.Nodes[0])
}

// UnboundedError names an arc, from 0, on a cycle without limits on which every unit earns.
type UnboundedError struct{ Arc int }

func (e *UnboundedError) Error() string {
	return fmt.Sprintf("flow: arc %d lies on a cycle that earns without limit", e.Arc)
}
