// Package density shows where young people are, where the league has organisations, and where it should go first.
package density

// Total is the column that sums all bands of a node.
const Total = -1

// Family is every figure of one kind of people at one moment: a tree of places by age bands, children summing to
// their parent in every band, bands summing to the total.
type Family struct {
	Parent []int     // index of each node's parent, -1 for the root; parents come before their children
	Bands  int       // number of age bands
	N      [][]int64 // node × band
}

// Sum fills the inner nodes from the leaves.
func (f *Family) Sum() {
	leaf := f.leaves()
	for n := range f.Parent {
		if !leaf[n] {
			clear(f.N[n])
		}
	}
	for n := len(f.Parent) - 1; n > 0; n-- {
		for b, x := range f.N[n] {
			f.N[f.Parent[n]][b] += x
		}
	}
}

func (f *Family) leaves() []bool {
	leaf := make([]bool, len(f.Parent))
	for n := range leaf {
		leaf[n] = true
	}
	for _, p := range f.Parent {
		if p >= 0 {
			leaf[p] = false
		}
	}
	return leaf
}

// At gives a figure; Total sums the bands.
func (f *Family) At(node, band int) int64 {
	if band != Total {
		return f.N[node][band]
	}
	sum := int64(0)
	for _, x := range f.N[node] {
		sum += x
	}
	return sum
}

// Why says why a figure is not shown.
type Why uint8

// The reasons.
const (
	Shown Why = iota
	Small     // it counts fewer people than the threshold
	With      // it would give a small one away
)

// Pattern says which figures of a family are released; column f.Bands is the total.
type Pattern [][]Why

// Of gives the reason for a figure; Total is allowed.
func (p Pattern) Of(node, band int) Why {
	if band == Total {
		band = len(p[node]) - 1
	}
	return p[node][band]
}

func (p Pattern) hide(node, band int) {
	if band == Total {
		band = len(p[node]) - 1
	}
	if p[node][band] == Shown {
		p[node][band] = With
	}
}
