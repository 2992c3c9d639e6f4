package figure

import (
	"math"
	"testing"
)

// attacker is a reader who writes down all he knows as linear conditions on the unknown counts. He is written from the
// promise, not from the algorithm: he knows nothing of shifts. One attacker attacks one kind.
type attacker struct {
	cells  map[cell]int // unknown counts: a place's own count in a band
	sums   []condition
	inside map[NodeID][]NodeID // a place with all places in it, itself included
}

type cell struct {
	node NodeID
	band string
}

// condition says that some unknown counts sum to no less than low and no more than high.
type condition struct {
	cells     []int
	low, high float64
}

// attack reads a released family. counts gives the places that report, not how many. Of a hidden figure the reader
// knows nothing but that it counts people.
func attack(tree *Tree, kind Kind, counts []Count, seen Family) *attacker {
	a := &attacker{cells: map[cell]int{}, inside: map[NodeID][]NodeID{}}
	parent := map[NodeID]NodeID{}
	for _, n := range tree.Nodes() {
		parent[n.ID] = n.Parent
	}
	for _, n := range tree.Nodes() {
		for up := n.ID; up != ""; up = parent[up] {
			a.inside[up] = append(a.inside[up], n.ID)
		}
	}
	for _, c := range counts {
		key := cell{c.Node, c.Band}
		if _, known := a.cells[key]; c.Kind == kind.Key && !known {
			a.cells[key] = len(a.cells)
		}
	}
	for _, f := range seen.Figures() {
		if f.Kind == kind.Key && f.State == Shown {
			a.sums = append(a.sums, condition{a.under(kind, f.Node, f.Column), float64(f.N), float64(f.N)})
		}
	}
	return a
}

// guess adds what an unchanged figure was in an earlier import.
func (a *attacker) guess(kind Kind, f Figure) {
	a.sums = append(a.sums, condition{a.under(kind, f.Node, f.Column), float64(f.N), float64(f.N)})
}

// under lists the unknown counts that a figure sums.
func (a *attacker) under(kind Kind, node NodeID, column string) (cells []int) {
	bands := []string{column}
	for _, s := range kind.Sums {
		if s.Key == column {
			bands = s.Bands
		}
	}
	for _, inner := range a.inside[node] {
		for _, b := range bands {
			if i, ok := a.cells[cell{inner, b}]; ok {
				cells = append(cells, i)
			}
		}
	}
	return cells
}

// program is a linear program of one block of unknowns that no condition links to others: maximise over
// rows·x = right, x ≥ 0, kept as a tableau with a feasible basis.
type program struct {
	column map[int]int // unknown to column
	tab    [][]float64 // the last entry of a row is its right side
	basis  []int
	width  int
}

// blocks solves what is certain and cuts the rest into programs, each made feasible once.
func (a *attacker) blocks(t testing.TB) (fixed map[int]float64, block map[int]*program) {
	t.Helper()
	fixed, block = map[int]float64{}, map[int]*program{}
	for _, s := range a.sums {
		if len(s.cells) == 1 && s.low == s.high {
			fixed[s.cells[0]] = s.low
		}
	}
	root := make([]int, len(a.cells))
	for i := range root {
		root[i] = i
	}
	var find func(i int) int
	find = func(i int) int {
		if root[i] != i {
			root[i] = find(root[i])
		}
		return root[i]
	}
	var open []condition
	for _, s := range a.sums {
		c := condition{low: s.low, high: s.high}
		for _, i := range s.cells {
			if v, ok := fixed[i]; ok {
				c.low, c.high = c.low-v, c.high-v
				continue
			}
			c.cells = append(c.cells, i)
		}
		if len(c.cells) == 0 || c.low <= 0 && math.IsInf(c.high, 1) {
			continue
		}
		for _, i := range c.cells {
			root[find(i)] = find(c.cells[0])
		}
		open = append(open, c)
	}
	group := map[int][]condition{}
	for _, c := range open {
		group[find(c.cells[0])] = append(group[find(c.cells[0])], c)
	}
	members := map[int][]int{}
	for i := range root {
		if _, ok := fixed[i]; !ok {
			members[find(i)] = append(members[find(i)], i)
		}
	}
	for r, cells := range members {
		p := newProgram(t, cells, group[r])
		for _, i := range cells {
			block[i] = p
		}
	}
	return fixed, block
}

func newProgram(t testing.TB, cells []int, conditions []condition) *program {
	t.Helper()
	p := &program{column: map[int]int{}}
	for k, i := range cells {
		p.column[i] = k
	}
	type row struct {
		cells []int
		slack float64 // +1 for ≤, −1 for ≥, 0 for =
		right float64
	}
	var rows []row
	for _, c := range conditions {
		if c.low == c.high {
			rows = append(rows, row{c.cells, 0, c.low})
			continue
		}
		if c.low > 0 {
			rows = append(rows, row{c.cells, -1, c.low})
		}
		if !math.IsInf(c.high, 1) {
			rows = append(rows, row{c.cells, 1, c.high})
		}
	}
	n, m := len(cells), len(rows)
	p.width = n + m // a slack per row, unused for equalities; artificial columns follow
	full := p.width + m
	cost := make([]float64, full+1)
	for k, r := range rows {
		line := make([]float64, full+1)
		for _, i := range r.cells {
			line[p.column[i]] = 1
		}
		line[n+k], line[full] = r.slack, r.right
		if r.right < 0 {
			for j := range line {
				line[j] = -line[j]
			}
		}
		line[p.width+k] = 1
		p.tab, p.basis = append(p.tab, line), append(p.basis, p.width+k)
		for j := range line {
			if j < p.width || j == full {
				cost[j] += line[j]
			}
		}
	}
	if !p.run(cost, full) || cost[full] > 1e-6 {
		t.Fatalf("what is released contradicts itself by %g", cost[full])
	}
	// Artificial columns leave the basis, or their row is redundant.
	for k := 0; k < len(p.tab); k++ {
		if p.basis[k] < p.width {
			continue
		}
		enter := -1
		for j := range p.width {
			if math.Abs(p.tab[k][j]) > 1e-9 {
				enter = j
				break
			}
		}
		if enter >= 0 {
			p.pivot(k, enter, nil)
			continue
		}
		last := len(p.tab) - 1
		p.tab[k], p.basis[k] = p.tab[last], p.basis[last]
		p.tab, p.basis = p.tab[:last], p.basis[:last]
		k--
	}
	for k := range p.tab {
		p.tab[k] = append(p.tab[k][:p.width:p.width], p.tab[k][full])
	}
	return p
}

// run raises cost·x until no column helps; the cost row holds what each column still adds, its last entry what is
// left of (or, negated, what was reached). It gives false when there is no end to it.
func (p *program) run(cost []float64, width int) bool {
	for step := 0; ; step++ {
		enter, most := -1, 1e-9
		for j := range width {
			if cost[j] > most {
				enter, most = j, cost[j]
				if step > 500 {
					break // the lowest column from here on, so that it cannot go round in circles
				}
			}
		}
		if enter < 0 {
			return true
		}
		leave, least := -1, math.Inf(1)
		for k, row := range p.tab {
			if row[enter] > 1e-9 {
				ratio := row[len(row)-1] / row[enter]
				if ratio < least-1e-12 || ratio < least+1e-12 && (leave < 0 || p.basis[k] < p.basis[leave]) {
					leave, least = k, ratio
				}
			}
		}
		if leave < 0 {
			return false
		}
		p.pivot(leave, enter, cost)
	}
}

func (p *program) pivot(k, j int, cost []float64) {
	row := p.tab[k]
	by := row[j]
	for i := range row {
		row[i] /= by
	}
	subtract := func(from []float64) {
		if f := from[j]; f != 0 {
			for i, v := range row {
				if v != 0 {
					from[i] -= f * v
				}
			}
		}
	}
	for i := range p.tab {
		if i != k {
			subtract(p.tab[i])
		}
	}
	if cost != nil {
		subtract(cost)
	}
	p.basis[k] = j
}

// most is the largest sum that some unknowns of the block can have; sign −1 gives the smallest.
func (p *program) most(cells []int, sign float64) float64 {
	cost := make([]float64, p.width+1)
	for _, i := range cells {
		cost[p.column[i]] = sign
	}
	for k, row := range p.tab {
		if f := cost[p.basis[k]]; f != 0 {
			for j, v := range row {
				cost[j] -= f * v
			}
		}
	}
	if !p.run(cost, p.width) {
		return sign * math.Inf(1)
	}
	return sign * -cost[p.width]
}

// between gives the least and the largest number that a figure may still be.
func (a *attacker) between(fixed map[int]float64, block map[int]*program, cells []int) (low, high float64) {
	by := map[*program][]int{}
	for _, i := range cells {
		if v, ok := fixed[i]; ok {
			low, high = low+v, high+v
			continue
		}
		by[block[i]] = append(by[block[i]], i)
	}
	for p, part := range by {
		low, high = low+p.most(part, -1), high+p.most(part, 1)
	}
	return low, high
}

// canBe searches, without any linear program, for whole counts that agree with all the reader knows and in which some
// counts sum to want. It tries counts that differ from the true ones by few people in all first, and by 20 at most. decided is false where it gave up.
func (a *attacker) canBe(cells []int, want float64, near []float64) (found, decided bool) {
	sums := append([]condition{{cells, want, want}}, a.sums...)
	at := make([][]int, len(a.cells))
	left := make([]int, len(sums))
	for k, s := range sums {
		left[k] = len(s.cells)
		for _, i := range s.cells {
			at[i] = append(at[i], k)
		}
	}
	have := make([]float64, len(sums))
	const mostSteps = 3_000_000
	steps := 0
	var place func(i int, budget float64) bool
	place = func(i int, budget float64) bool {
		if steps++; steps > mostSteps {
			return false
		}
		if i == len(a.cells) {
			return true
		}
		first, last := max(0, near[i]-budget), near[i]+budget
		for _, k := range at[i] {
			last = min(last, sums[k].high-have[k])
			if left[k] == 1 {
				first = max(first, sums[k].low-have[k]) // the last unknown of a sum has to make it up
			}
		}
		for d := range 2*int(budget) + 1 { // the true count first, then its neighbours
			v := near[i] + float64((d+1)/2)*float64(1-2*(d%2))
			if v < first || v > last {
				continue
			}
			for _, k := range at[i] {
				have[k] += v
				left[k]--
			}
			ok := place(i+1, budget-math.Abs(v-near[i]))
			for _, k := range at[i] {
				have[k] -= v
				left[k]++
			}
			if ok {
				return true
			}
		}
		return false
	}
	for budget := 2.0; budget <= 20; budget += 2 {
		if place(0, budget) {
			return true, true
		}
	}
	return false, steps <= mostSteps
}
