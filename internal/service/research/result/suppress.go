package result

import "slices"

// Threshold is the size below which a group of people is not shown, as everywhere in the city's figures.
const Threshold = 5

// Release gives a table as everybody may see it. Groups below the threshold are hidden, zeros among them, and with them so
// many of the smallest others that the hidden ones together are at least two groups and the threshold: whoever subtracts
// what is shown from the sum learns of none whether it is 0 or 4. The same for every reader: it is decided once, when a
// study is published.
func (t Table) Release() Table {
	rows := make([]Row, len(t.Rows))
	copy(rows, t.Rows)
	t.Rows = rows
	if t.Asked < Threshold || t.Within != "" && t.People < Threshold {
		return t.nothing()
	}
	if t.Delicate {
		t.Figures = t.coarse()
	}
	if t.Kind != One { // choices of many people overlap: each is a group beside those who did not take it
		for i, r := range t.Rows {
			if small(t.people(r)) || small(t.Answered-r.Count) {
				t.Rows[i].hide()
			}
		}
		if small(t.Answered) || t.Unanswered > 0 && small(t.Unanswered) {
			return t.nothing()
		}
		return t
	}
	parts := make([]part, 0, len(rows)+1)
	for i := range t.Rows {
		parts = append(parts, part{t.people(t.Rows[i]), &t.Rows[i].Hidden})
	}
	if t.Unanswered > 0 {
		parts = append(parts, part{t.Unanswered, &t.NoneHidden})
	}
	if !cover(parts) {
		return t.nothing()
	}
	for i := range t.Rows {
		if t.Rows[i].Hidden {
			t.Rows[i].hide()
		}
	}
	if t.NoneHidden {
		t.Answered, t.Unanswered = 0, 0
		for i := range t.Rows { // a share of those who answered would tell how many they are
			t.Rows[i].Share = float64(t.Rows[i].Count) / float64(t.Asked)
		}
	}
	return t
}

func small(n int64) bool { return n < Threshold }

func (r *Row) hide() { *r = Row{Value: r.Value, Label: r.Label, Hidden: true} }

// nothing hides everything but the question.
func (t Table) nothing() Table {
	for i := range t.Rows {
		t.Rows[i].hide()
	}
	t.Asked, t.Answered, t.Unanswered, t.People, t.NoneHidden, t.Figures = 0, 0, 0, 0, true, nil
	return t
}

type part struct {
	n    int64
	hide *bool
}

// cover hides the small parts of a sum and the smallest others that they need; false where the whole is too small for that.
func cover(parts []part) bool {
	hidden, sum := 0, int64(0)
	for _, p := range parts {
		if small(p.n) {
			*p.hide = true
			hidden, sum = hidden+1, sum+p.n
		}
	}
	for hidden > 0 && (hidden < 2 || sum < Threshold) {
		next := -1
		for i, p := range parts {
			if !*p.hide && (next < 0 || p.n < parts[next].n) {
				next = i
			}
		}
		if next < 0 {
			return false
		}
		*parts[next].hide = true
		hidden, sum = hidden+1, sum+parts[next].n
	}
	return true
}

// Release gives a crossing as everybody may see it. Rows and columns whose sum is below the threshold go, and what remains
// must leave each small count two shifts along a rectangle of hidden counts: one by which it falls to 0, one by which it
// rises to 4, with all sums as they are. Where there is no such rectangle nothing is shown.
func (c Crossing) Release() Crossing {
	c = c.large()
	if len(c.Rows) < 2 || len(c.Columns) < 2 || c.N < Threshold {
		return c.nothing()
	}
	for i, line := range c.Counts {
		for k, n := range line {
			if small(n) && !c.guard(i, k) {
				return c.nothing()
			}
		}
	}
	counts := make([][]int64, len(c.Counts))
	for i, line := range c.Counts {
		counts[i] = append([]int64(nil), line...)
		for k := range line {
			if c.Hidden[i][k] {
				counts[i][k] = 0
			}
		}
	}
	c.Counts = counts
	for i, line := range c.Hidden {
		if slices.Contains(line, true) {
			c.Shares[i] = nil
		}
	}
	return c
}

// large leaves out the rows and columns that are too small, and counts what remains anew.
func (c Crossing) large() Crossing {
	for {
		before := len(c.Rows) + len(c.Columns)
		c = c.keep()
		if len(c.Rows)+len(c.Columns) == before {
			c.Chi2, c.Freedom, c.V, c.Caution = 0, 0, 0, false
			c.share()
			c.test()
			return c
		}
	}
}

func (c Crossing) keep() Crossing {
	columns := make([]int64, len(c.Columns))
	for _, line := range c.Counts {
		for k, n := range line {
			columns[k] += n
		}
	}
	out := Crossing{A: c.A, B: c.B, P: 1}
	for k, n := range columns {
		if !small(n) {
			out.Columns = append(out.Columns, c.Columns[k])
		}
	}
	for i, line := range c.Counts {
		var kept []int64
		var weights []float64
		sum := int64(0)
		for k, n := range line {
			if !small(columns[k]) {
				kept, weights, sum = append(kept, n), append(weights, c.weights[i][k]), sum+n
			}
		}
		if !small(sum) {
			out.weights = append(out.weights, weights)
			out.Rows, out.Counts, out.Hidden = append(out.Rows, c.Rows[i]), append(out.Counts, kept), append(out.Hidden, make([]bool, len(kept)))
			out.N += sum
		}
	}
	return out
}

// guard hides a small count with the cheapest rectangles by which it may be 0 and may be 4.
func (c Crossing) guard(i, k int) bool {
	n := c.Counts[i][k]
	c.Hidden[i][k] = true
	// To fall by n the opposite corner must give n; to rise by 4-n the two neighbours must.
	return c.corner(i, k, func(side, down, far int64) bool { return far >= n }) &&
		c.corner(i, k, func(side, down, far int64) bool { return side >= Threshold-1-n && down >= Threshold-1-n })
}

func (c Crossing) corner(i, k int, fits func(side, down, far int64) bool) bool {
	best, price := [2]int{-1, -1}, int64(0)
	for j := range c.Rows {
		for l := range c.Columns {
			if j == i || l == k || !fits(c.Counts[i][l], c.Counts[j][k], c.Counts[j][l]) {
				continue
			}
			p := int64(0)
			for _, x := range [][2]int{{i, l}, {j, k}, {j, l}} {
				if !c.Hidden[x[0]][x[1]] {
					p += c.Counts[x[0]][x[1]] + 1
				}
			}
			if best[0] < 0 || p < price {
				best, price = [2]int{j, l}, p
			}
		}
	}
	if best[0] < 0 {
		return false
	}
	j, l := best[0], best[1]
	c.Hidden[i][l], c.Hidden[j][k], c.Hidden[j][l] = true, true, true
	return true
}

func (c Crossing) nothing() Crossing {
	return Crossing{A: c.A, B: c.B, None: true, P: 1}
}
