package figure

import (
	"math"
	"slices"
)

// pattern is the work of deciding what one kind hides. A figure's number is part × columns + column, where parts are
// the tree's nodes and, after them, the own counts of places that have places below: those are never published, but a
// reader finds them by subtraction, so they are protected like the rest.
type pattern struct {
	*table
	least int64

	up     []int // per part; -1 at the top
	depth  []int
	below  [][]int // per part, the parts that it sums
	has    []uint64
	value  []int64
	exists []bool
	hidden []bool
	known  []bool // an earlier date shows the same number
	kept   []bool // an earlier date hides it
	stands bool   // the numbers are those of the latest date, and so is the pattern
	weight []int64
	loss   []int64 // with all that it sums

	leaves []int    // parts that hold counts, in the order of the tree's branches
	span   [][2]int // per part, its leaves
	queue  []int    // hidden and not yet proved
	proofs []proof

	delta   []int64 // the shift under way
	changed []int
	touched []bool
	buffer  []change
}

type change struct {
	figure int
	by     int64
}

// terms are what a shift must agree with.
type terms struct {
	hidden bool // nothing more may be hidden
	up     bool // counts may be added or taken away, so that the figures above change too
}

// ladder lists terms from the strictest to the loosest. Hiding a band of the whole city comes last: it costs most.
var ladder = []terms{{hidden: true}, {}, {up: true}}

func newPattern(t *table, rule Rule) *pattern {
	n, nc, nb := len(t.tree.nodes), len(t.mask), len(t.kind.Bands)
	p := &pattern{table: t, least: rule.Least}
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
	flags := func() []bool { return make([]bool, size) }
	p.exists, p.hidden, p.known, p.kept, p.touched = flags(), flags(), flags(), flags(), flags()
	p.value, p.weight, p.delta = make([]int64, size), make([]int64, size), make([]int64, size)
	for part := range p.up {
		for c, m := range t.mask {
			g := part*nc + c
			if m&p.has[part] == 0 {
				continue
			}
			p.exists[g] = true
			for b := range nb {
				if m&(1<<b) != 0 {
					p.value[g] += sum[part*nb+b]
				}
			}
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

// weigh finds, for each figure, what is lost with it and all that it sums. A large count costs more than a small one:
// readers miss it more, and it takes more others to let it be 0. One that an earlier date tells costs more: it is a poor hide.
func (p *pattern) weigh() {
	n, nc := len(p.tree.nodes), len(p.mask)
	own := make([]int64, len(p.value))
	for g := range own {
		if p.exists[g] {
			own[g] = p.weight[g] * (20 + min(p.value[g], 400))
			if p.known[g] {
				own[g] *= 4
			}
		}
	}
	p.loss = make([]int64, len(own))
	p.below = make([][]int, len(p.up))
	for part, up := range p.up {
		if up >= 0 {
			p.below[up] = append(p.below[up], part)
		}
	}
	weigh := func(part int) {
		for c, m := range p.mask {
			g := part*nc + c
			p.loss[g] = own[g]
			for inner, mask := range p.mask {
				if inner != c && mask&^m == 0 {
					p.loss[g] += own[part*nc+inner]
				}
			}
			for _, b := range p.below[part] {
				p.loss[g] += p.loss[b*nc+c]
			}
		}
	}
	for part := n; part < len(p.up); part++ {
		weigh(part)
	}
	for _, part := range slices.Backward(p.tree.down) {
		weigh(part)
	}
}

// parts calls f with the figures that a figure is the sum of.
func (p *pattern) parts(g int, f func(int)) {
	nc := len(p.mask)
	part, c := g/nc, g%nc
	for inner, mask := range p.mask {
		if inner != c && mask&^p.mask[c] == 0 {
			f(part*nc + inner)
		}
	}
	for _, b := range p.below[part] {
		f(b*nc + c)
	}
}

// shift looks for whole counts to move so that a figure takes every number on its way, and gives the figures changed
// on the way. It decides nothing: the caller hides them.
func (p *pattern) shift(want proof) (changes []int, ok bool) {
	defer func() {
		for _, g := range p.changed {
			p.delta[g], p.touched[g] = 0, false
		}
		p.changed = p.changed[:0]
	}()
	for left := want.units; left > 0; {
		best, n, found := p.next(want, left)
		if !found {
			return nil, false
		}
		for _, x := range p.effects(best, want.step) {
			if !p.touched[x.figure] {
				p.touched[x.figure] = true
				p.changed = append(p.changed, x.figure)
			}
			p.delta[x.figure] += x.by * n
		}
		left -= n
	}
	return slices.Clone(p.changed), true
}

// move is people more in band b of leaf a, and as many fewer in leaf c; and where other is a band, the opposite in that
// band, so that both leaves keep their totals. Without c (-1) nobody leaves elsewhere.
type move struct{ a, b, other, c int }

// next finds the move that gets the figure on its way at the least cost, in the narrowest place that has any, and how
// many people it can take.
func (p *pattern) next(want proof, left int64) (best move, n int64, found bool) {
	part, mask := want.figure/len(p.mask), p.mask[want.figure%len(p.mask)]
	inside := p.span[part]
	lowest := math.Inf(1)
	try := func(m move) {
		cost, room, ok := p.cost(m, want, left)
		if !ok {
			return
		}
		if all := float64(cost) * float64(left) / float64(room); all < lowest || all == lowest && room > n {
			best, lowest, n, found = m, all, room, true
		}
	}
	each := func(far int) {
		for _, a := range p.leaves[inside[0]:inside[1]] {
			for b := range p.kind.Bands {
				if mask&p.has[a]&(1<<b) == 0 {
					continue
				}
				try(move{a, b, -1, far})
				for other := range p.kind.Bands {
					if mask&(1<<other) == 0 && p.has[a]&(1<<other) != 0 {
						try(move{a, b, other, far})
					}
				}
			}
		}
	}
	if want.terms.up {
		each(-1)
		for k, far := range p.leaves {
			if k < inside[0] || k >= inside[1] {
				each(far)
			}
		}
		return best, n, found
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
	return best, n, found
}

// cost is the weight of what a move would newly hide, and how many people it can take, up to left; ok is false where the
// terms forbid the move.
func (p *pattern) cost(m move, want proof, left int64) (cost, room int64, ok bool) {
	if m.c >= 0 && (p.has[m.c]&(1<<m.b) == 0 || m.other >= 0 && p.has[m.c]&(1<<m.other) == 0) {
		return 0, 0, false
	}
	if nc := len(p.mask); want.terms.hidden && !(p.hidden[m.a*nc+m.b] && (m.c < 0 || p.hidden[m.c*nc+m.b]) &&
		(m.other < 0 || p.hidden[m.a*nc+m.other] && (m.c < 0 || p.hidden[m.c*nc+m.other]))) {
		return 0, 0, false // as the sums show too, but this is quicker
	}
	room = left
	for _, x := range p.effects(m, want.step) {
		if x.by < 0 {
			room = min(room, p.value[x.figure]+p.delta[x.figure])
		}
		if room <= 0 || want.terms.hidden && !p.hidden[x.figure] {
			return 0, 0, false
		}
		if !p.hidden[x.figure] {
			cost += p.loss[x.figure]
		}
	}
	return cost, room, true
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
