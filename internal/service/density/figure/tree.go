package figure

import (
	"slices"

	"zhidian/internal/platform/errs"
)

// NodeID names a node of the tree: a village, township, county or the city.
type NodeID = string

// Node is one place of the tree; Parent is empty for the top.
type Node struct{ ID, Parent NodeID }

// Tree is the divisions figures are summed over, in the order in which they were given.
type Tree struct {
	nodes    []Node
	at       map[NodeID]int
	parent   []int // -1 for a top
	children [][]int
	down     []int // every parent before its children
}

// NewTree refuses a node named twice, an unknown parent and a circle, all at once.
func NewTree(nodes []Node) (*Tree, error) {
	t := &Tree{nodes: slices.Clone(nodes), at: make(map[NodeID]int, len(nodes)), parent: make([]int, len(nodes)), children: make([][]int, len(nodes))}
	var p errs.Problems
	for i, n := range nodes {
		if _, twice := t.at[n.ID]; twice || n.ID == "" {
			p.Add(n.ID, "figure.tree.twice", errs.Args{"node": n.ID})
			continue
		}
		t.at[n.ID] = i
	}
	for i, n := range nodes {
		t.parent[i] = -1
		if n.Parent == "" {
			t.down = append(t.down, i)
			continue
		}
		up, known := t.at[n.Parent]
		if !known {
			p.Add(n.ID, "figure.tree.parent", errs.Args{"node": n.ID, "parent": n.Parent})
			continue
		}
		t.parent[i] = up
		t.children[up] = append(t.children[up], i)
	}
	for k := 0; k < len(t.down); k++ {
		t.down = append(t.down, t.children[t.down[k]]...)
	}
	if err := p.Err(); err != nil {
		return nil, err
	}
	if len(t.down) != len(nodes) {
		return nil, errs.New(errs.Invalid, "figure.tree.circle", nil)
	}
	return t, nil
}

// Nodes lists the nodes as they were given.
func (t *Tree) Nodes() []Node { return slices.Clone(t.nodes) }

// Ends lists the nodes without children: the villages, or the townships where the source knows no villages.
func (t *Tree) Ends() []NodeID {
	var ends []NodeID
	for i, n := range t.nodes {
		if len(t.children[i]) == 0 {
			ends = append(ends, n.ID)
		}
	}
	return ends
}
