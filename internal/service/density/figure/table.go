package figure

import (
	"slices"

	"zhidian/internal/platform/errs"
)

// table is one kind's counts over the tree: what each place reports of its own, band by band.
type table struct {
	tree *Tree
	kind Kind
	mask []uint64 // per column, the bands it sums; bands come first, then sums
	own  []int64  // node × band
	has  []uint64 // node: which bands it reports of its own
}

func newTable(tree *Tree, kind Kind) (*table, error) {
	n := len(tree.nodes)
	t := &table{tree: tree, kind: kind, own: make([]int64, n*len(kind.Bands)), has: make([]uint64, n)}
	if len(kind.Bands) == 0 || len(kind.Bands) > 64 {
		return nil, errs.New(errs.Invalid, "figure.kind.bands", errs.Args{"kind": kind.Key})
	}
	seen := map[string]bool{}
	for i, b := range kind.Bands {
		t.mask = append(t.mask, 1<<i)
		if seen[b.Key] {
			return nil, errs.New(errs.Invalid, "figure.kind.column", errs.Args{"kind": kind.Key, "column": b.Key})
		}
		seen[b.Key] = true
	}
	for _, s := range kind.Sums {
		m := uint64(0)
		for _, key := range s.Bands {
			if b := t.band(key); b >= 0 {
				m |= 1 << b
			} else {
				m = 0
				break
			}
		}
		if m == 0 || seen[s.Key] {
			return nil, errs.New(errs.Invalid, "figure.kind.column", errs.Args{"kind": kind.Key, "column": s.Key})
		}
		seen[s.Key] = true
		t.mask = append(t.mask, m)
	}
	return t, nil
}

func (t *table) band(key string) int {
	return slices.IndexFunc(t.kind.Bands, func(b Band) bool { return b.Key == key })
}

func (t *table) column(c int) string {
	if c < len(t.kind.Bands) {
		return t.kind.Bands[c].Key
	}
	return t.kind.Sums[c-len(t.kind.Bands)].Key
}

// worth is what a reader loses with a column, 1 for a band.
func (t *table) worth(c int) int64 {
	if c < len(t.kind.Bands) {
		return 1
	}
	return int64(max(1, t.kind.Sums[c-len(t.kind.Bands)].Worth))
}

func (t *table) add(node, band int, n int64) {
	t.own[node*len(t.kind.Bands)+band] += n
	t.has[node] |= 1 << band
}

// totals sums the places' own counts up the tree, by band, and says which bands are reported in or below each.
func (t *table) totals() (sum []int64, has []uint64) {
	nb := len(t.kind.Bands)
	sum, has = slices.Clone(t.own), slices.Clone(t.has)
	for _, i := range slices.Backward(t.tree.down) {
		if up := t.tree.parent[i]; up >= 0 {
			has[up] |= has[i]
			for b := range nb {
				sum[up*nb+b] += sum[i*nb+b]
			}
		}
	}
	return sum, has
}

func (t *table) figures() []Figure {
	nb := len(t.kind.Bands)
	sum, has := t.totals()
	var all []Figure
	for i, n := range t.tree.nodes {
		for c, m := range t.mask {
			if m&has[i] == 0 {
				continue
			}
			f := Figure{Node: n.ID, Kind: t.kind.Key, Column: t.column(c), State: Shown}
			for b := range nb {
				if m&(1<<b) != 0 {
					f.N += sum[i*nb+b]
				}
			}
			all = append(all, f)
		}
	}
	return all
}

// readTable finds every place's own counts again in a family: a node's figure less those of its children.
func readTable(tree *Tree, kind Kind, f Family) (*table, error) {
	t, err := newTable(tree, kind)
	if err != nil {
		return nil, err
	}
	for i, n := range tree.nodes {
		for b := range kind.Bands {
			whole := f.At(n.ID, kind.Key, kind.Bands[b].Key)
			if whole.State == Absent {
				continue
			}
			left, below := whole.N, false
			for _, child := range tree.children[i] {
				if part := f.At(tree.nodes[child].ID, kind.Key, kind.Bands[b].Key); part.State != Absent {
					left, below = left-part.N, true
				}
			}
			if left < 0 {
				return nil, errs.New(errs.Invalid, "figure.family.sum", errs.Args{"node": n.ID, "kind": kind.Key})
			}
			if left > 0 || !below {
				t.add(i, b, left)
			}
		}
	}
	return t, nil
}
