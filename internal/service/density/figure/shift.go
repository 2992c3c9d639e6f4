package figure

import "math"

// pattern is the work of deciding what one kind hides. A figure's number is part × columns + column, where parts are
// the tree's nodes and, after them, the own counts of places that have places below: those are never published, but a
// reader finds them by subtraction, so they are protected like the rest.
type pattern struct {
	*table
	least int64
	tell  bool
	// strict falls when a proof needs a figure on the other side of Least than it is.
	strict bool

	up     []int // per part; -1 at the top
	depth  []int
	has    []uint64
	value  []int64
	exists []bool
	small  []bool
	hidden []bool
	unseen []bool // own counts, not published
	known  []bool // an earlier import shows the same number
	kept   []bool // an earlier import hides the same number
	untold []bool // small, but nobody is told
	weight []int64

	leaves []int    // parts that hold counts, in the order of the tree's branches
	span   [][2]int // per part, its leaves
	proofs []proof

	delta   []int64 // the shift under way
	changed []int
	broken  []int // figures that the last shift took to the other side of Least
	buffer  []change
}

type change struct {
	figure int
	by     int64
}

// terms are what a shift must agree with.
type terms struct {
	told   bool // small figures stay under Least
	strict bool // the others do not fall under it
	known  bool // what an earlier import shows of an unchanged figure stays as it is
	hidden bool // nothing more may be hidden
	up     bool // counts may be added or taken away, so that the figures above change too
}

// ladder lists terms from the strictest to the loosest. Hiding whole counties comes last: it costs readers most.
func ladder(tell bool) []terms {
	if !tell {
		return []terms{{known: true}, {}, {up: true}}
	}
	return []terms{
		{told: true, strict: true, known: true},
		{told: true, known: true},
		{known: true},
		{told: true, strict: true},
		{told: true},
		{},
		{told: true, strict: true, up: true},
		{told: true, up: true},
		{up: true},
	}
}

func newPattern(t *table, rule Rule) *pattern {
	n, nc, nb := len(t.tree.nodes), len(t.mask), len(t.kind.Bands)
	p := &pattern{table: t, least: rule.Least, tell: rule.Tell, strict: rule.Tell}
	sum, has := t.totals()
	p.has = has
	height := make([]int, n)
	p.up, p.depth = make([]int, n), make([]int, n)
	for _, i := range t.tree.down {
		if p.up[i] = t.tree.parent[i]; p.up[i] >= 0 {
			p.depth[i] = p.depth[p.up[i]] + 1
		}
	}
	for k := n - 1; k >= 0; k-- {
		if i := t.tree.down[k]; p.up[i] >= 0 {
			height[p.up[i]] = max(height[p.up[i]], height[i]+1)
		}
	}
	// The leaves, branch by branch.
	p.span = make([][2]int, n)
	var walk func(i int)
	walk = func(i int) {
		p.span[i][0] = len(p.leaves)
		switch {
		case t.has[i] == 0:
		case len(t.tree.children[i]) == 0:
			p.leaves = append(p.leaves, i)
		default:
			part := len(p.up)
			p.up, p.depth, p.has = append(p.up, i), append(p.depth, p.depth[i]+1), append(p.has, t.has[i])
			sum = append(sum, t.own[i*nb:(i+1)*nb]...)
			p.span = append(p.span, [2]int{len(p.leaves), len(p.leaves) + 1})
			p.leaves = append(p.leaves, part)
		}
		for _, child := range t.tree.children[i] {
			walk(child)
		}
		p.span[i][1] = len(p.leaves)
	}
	for i := range n {
		if p.up[i] < 0 {
			walk(i)
		}
	}
	size := len(p.up) * nc
	p.value, p.weight, p.delta = make([]int64, size), make([]int64, size), make([]int64, size)
	flags := func() []bool { return make([]bool, size) }
	p.exists, p.small, p.hidden, p.unseen, p.known, p.kept, p.untold = flags(), flags(), flags(), flags(), flags(), flags(), flags()
	for part := range p.up {
		for c, m := range t.mask {
			g := part*nc + c
			if m&p.has[part] == 0 || part >= n && c >= nb {
				// Sums of own counts are nowhere shown; their bands are protected one by one.
				p.hidden[g], p.unseen[g] = part >= n, part >= n
				continue
			}
			p.exists[g] = true
			for b := range nb {
				if m&(1<<b) != 0 {
					p.value[g] += sum[part*nb+b]
				}
			}
			p.small[g] = p.value[g] < p.least
			p.hidden[g], p.unseen[g] = part >= n, part >= n
			p.weight[g] = t.worth(c)
			if part < n {
				for range min(height[part], 6) {
					p.weight[g] *= 20
				}
			}
		}
	}
	return p
}

// shift looks for whole counts to move so that a figure takes every number on its way, unit by unit, and gives the
// figures changed on the way. It decides nothing: the caller hides them.
func (p *pattern) shift(want proof) (changes []int, ok bool) {
	defer func() {
		for _, g := range p.changed {
			p.delta[g] = 0
		}
		p.changed = p.changed[:0]
	}()
	p.broken = p.broken[:0]
	for left := want.units; left > 0; left-- {
		best, found := p.unit(want, left)
		if !found {
			return nil, false
		}
		for _, x := range p.effects(best, want.step) {
			if p.delta[x.figure] == 0 {
				p.changed = append(p.changed, x.figure)
			}
			p.delta[x.figure] += x.by
			if v := p.value[x.figure] + p.delta[x.figure]; !p.unseen[x.figure] && (v < p.least) != p.small[x.figure] {
				p.broken = append(p.broken, x.figure)
			}
		}
	}
	seen := make(map[int]bool, len(p.changed))
	for _, g := range p.changed {
		if !seen[g] {
			seen[g] = true
			changes = append(changes, g)
		}
	}
	return changes, true
}

// move is one unit: one person more in band b of leaf a, one fewer in leaf c; and where other is a band, the opposite
// in that band, so that both leaves keep their totals. Without c (-1) nobody leaves elsewhere.
type move struct{ a, b, other, c int }

// unit finds the cheapest move that changes the figure by one step, in the narrowest place that has any.
func (p *pattern) unit(want proof, left int64) (best move, found bool) {
	part, mask := want.figure/len(p.mask), p.mask[want.figure%len(p.mask)]
	inside := p.span[part]
	lowest, room := int64(math.MaxInt64), int64(0)
	try := func(m move) {
		cost, ok := p.cost(m, want)
		if !ok {
			return
		}
		r := p.room(m, want.step, left)
		if !found || cost < lowest || cost == lowest && r > room {
			best, lowest, room, found = m, cost, r, true
		}
	}
	each := func(far int) {
		for a := inside[0]; a < inside[1]; a++ {
			for b := range p.kind.Bands {
				if mask&p.has[p.leaves[a]]&(1<<b) == 0 {
					continue
				}
				try(move{p.leaves[a], b, -1, far})
				for other := range p.kind.Bands {
					if mask&(1<<other) == 0 && p.has[p.leaves[a]]&(1<<other) != 0 {
						try(move{p.leaves[a], b, other, far})
					}
				}
			}
		}
	}
	if want.terms.up {
		each(-1)
		for k := range p.leaves {
			if k < inside[0] || k >= inside[1] {
				each(p.leaves[k])
			}
		}
		return best, found
	}
	done := inside
	for place := p.up[part]; place >= 0 && !found; place = p.up[place] {
		for k := p.span[place][0]; k < p.span[place][1]; k++ {
			if k < done[0] || k >= done[1] {
				each(p.leaves[k])
			}
		}
		done = p.span[place]
		if want.terms.hidden && done != inside {
			break // going farther would take long and seldom spare anything
		}
	}
	return best, found
}

// cost is the weight of what a move would newly hide; ok is false where the terms forbid the move.
func (p *pattern) cost(m move, want proof) (cost int64, ok bool) {
	if m.c >= 0 && (p.has[m.c]&(1<<m.b) == 0 || m.other >= 0 && p.has[m.c]&(1<<m.other) == 0) {
		return 0, false
	}
	for _, x := range p.effects(m, want.step) {
		v := p.value[x.figure] + p.delta[x.figure] + x.by
		switch {
		case v < 0,
			want.terms.known && p.known[x.figure],
			want.terms.hidden && !p.hidden[x.figure],
			want.terms.told && v >= p.least && p.small[x.figure] && !p.untold[x.figure] && !p.unseen[x.figure],
			want.terms.strict && v < p.least && !p.small[x.figure] && !p.unseen[x.figure]:
			return 0, false
		}
		if !p.hidden[x.figure] {
			cost += p.weight[x.figure]
		}
	}
	return cost, true
}

// room prefers, of equal moves, one that can be repeated as often as needed, and then the smaller counts, whose loss
// readers feel least.
func (p *pattern) room(m move, step, left int64) int64 {
	if m.c < 0 {
		return 0
	}
	nc := len(p.mask)
	size := p.value[m.c*nc+m.b]
	free := left
	if step > 0 {
		free = size + p.delta[m.c*nc+m.b]
	}
	if m.other >= 0 {
		if step > 0 {
			free = min(free, p.value[m.a*nc+m.other]+p.delta[m.a*nc+m.other])
		} else {
			free = min(free, p.value[m.c*nc+m.other]+p.delta[m.c*nc+m.other])
		}
		size += p.value[m.a*nc+m.other]
	}
	return min(free, left)<<40 - min(size, 1<<39)
}

// effects lists the figures that a move changes. Only figures that exist are listed; the slice is used again.
func (p *pattern) effects(m move, step int64) []change {
	p.buffer = p.buffer[:0]
	nc := len(p.mask)
	climb := func(part int, sign int64) {
		for c, mask := range p.mask {
			by := int64(mask >> m.b & 1)
			if m.other >= 0 {
				by -= int64(mask >> m.other & 1)
			}
			if by != 0 && p.exists[part*nc+c] {
				p.buffer = append(p.buffer, change{part*nc + c, by * sign})
			}
		}
	}
	a, c := m.a, m.c
	for a != c && a >= 0 {
		if c < 0 || p.depth[a] >= p.depth[c] {
			climb(a, step)
			a = p.up[a]
			continue
		}
		climb(c, -step)
		c = p.up[c]
	}
	for c != a && c >= 0 {
		climb(c, -step)
		c = p.up[c]
	}
	return p.buffer
}
