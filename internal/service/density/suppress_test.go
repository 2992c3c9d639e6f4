package density

import (
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"
)

// tree draws a random tree of places with counts, many of them small.
func tree(t *rapid.T) *Family {
	bands := rapid.IntRange(2, 3).Draw(t, "bands")
	f := &Family{Bands: bands, Parent: []int{-1}, N: [][]int64{make([]int64, bands)}}
	for range rapid.IntRange(1, 3).Draw(t, "towns") {
		town := len(f.Parent)
		f.Parent, f.N = append(f.Parent, 0), append(f.N, make([]int64, bands))
		for range rapid.IntRange(1, 4).Draw(t, "villages") {
			row := make([]int64, bands)
			for b := range row {
				row[b] = rapid.OneOf(rapid.Int64Range(0, 6), rapid.Int64Range(0, 60)).Draw(t, "n")
			}
			f.Parent, f.N = append(f.Parent, town), append(f.N, row)
		}
	}
	f.Sum()
	return f
}

// TestAnLPFindsNoSmallFigure gives every released number of a family to a linear program, which knows nothing of the
// rule, and asks it for the least and greatest value of each small hidden figure.
func TestAnLPFindsNoSmallFigure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := tree(t)
		p := Suppress(f, 5)
		a := attack(f, p)
		for n := range f.Parent {
			for b := -1; b < f.Bands; b++ {
				x := f.At(n, b)
				if x > 4 {
					continue
				}
				if p.Of(n, b) == Shown {
					t.Fatalf("node %d band %d shows %d", n, b, x)
				}
				low, high := a.bounds(t, cellsOf(f, n, b))
				if low > 1e-6 || high < 4-1e-6 {
					t.Fatalf("node %d band %d (really %d) is known to lie in [%g, %g]\n%v\n%v", n, b, x, low, high, f.N, p)
				}
			}
		}
	})
}

// cellsOf lists the leaf cells that a figure sums, as columns of the attack.
func cellsOf(f *Family, node, band int) []int {
	leaf := f.leaves()
	var cols []int
	for i := range f.Parent {
		if !leaf[i] {
			continue
		}
		under := i
		for under >= 0 && under != node {
			under = f.Parent[under]
		}
		if under != node {
			continue
		}
		for b := range f.Bands {
			if band == Total || band == b {
				cols = append(cols, i*f.Bands+b)
			}
		}
	}
	return cols
}

// lp is what the reader knows: sums of unknown leaf cells, each at least nought.
type lp struct {
	cols int
	rows [][]float64
	rhs  []float64
}

func attack(f *Family, p Pattern) *lp {
	a := &lp{cols: len(f.Parent) * f.Bands}
	for n := range f.Parent {
		for b := -1; b < f.Bands; b++ {
			if p.Of(n, b) != Shown {
				continue
			}
			row := make([]float64, a.cols)
			for _, c := range cellsOf(f, n, b) {
				row[c] = 1
			}
			a.rows, a.rhs = append(a.rows, row), append(a.rhs, float64(f.At(n, b)))
		}
	}
	return a
}

// bounds minimises and maximises the sum of some cells. A maximum beyond any figure of the test counts as unbounded.
func (a *lp) bounds(t *rapid.T, cells []int) (low, high float64) {
	cost := make([]float64, a.cols)
	for _, c := range cells {
		cost[c] = 1
	}
	low, ok := simplex(a.rows, a.rhs, cost)
	if !ok {
		t.Fatal("the released figures contradict each other")
	}
	for i := range cost {
		cost[i] = -cost[i]
	}
	high, _ = simplex(a.rows, a.rhs, cost)
	return low, -high
}

// simplex minimises cost·x with rows·x = rhs ≥ 0 and x ≥ 0 by the two-phase tableau method with Bland's rule.
func simplex(rows [][]float64, rhs, cost []float64) (float64, bool) {
	m, n := len(rows), len(cost)
	tab := make([][]float64, m)
	base := make([]int, m)
	for i := range rows {
		tab[i] = make([]float64, n+m+1)
		copy(tab[i], rows[i])
		tab[i][n+i], tab[i][n+m], base[i] = 1, rhs[i], n+i
	}
	run := func(c []float64, width int) float64 {
		for {
			enter := -1
			for j := range width {
				reduced := c[j]
				for i := range tab {
					reduced -= c[base[i]] * tab[i][j]
				}
				if reduced < -1e-9 {
					enter = j
					break
				}
			}
			if enter < 0 {
				break
			}
			leave, best := -1, math.Inf(1)
			for i := range tab {
				if tab[i][enter] > 1e-9 {
					if r := tab[i][n+m] / tab[i][enter]; r < best-1e-12 || r < best+1e-12 && (leave < 0 || base[i] < base[leave]) {
						leave, best = i, r
					}
				}
			}
			if leave < 0 {
				return math.Inf(-1)
			}
			pivot := tab[leave][enter]
			for j := range tab[leave] {
				tab[leave][j] /= pivot
			}
			for i := range tab {
				if k := tab[i][enter]; i != leave && k != 0 {
					for j := range tab[i] {
						tab[i][j] -= k * tab[leave][j]
					}
				}
			}
			base[leave] = enter
		}
		sum := 0.0
		for i := range tab {
			sum += c[base[i]] * tab[i][n+m]
		}
		return sum
	}
	one := make([]float64, n+m)
	for j := n; j < n+m; j++ {
		one[j] = 1
	}
	if run(one, n+m) > 1e-6 {
		return 0, false
	}
	two := make([]float64, n+m)
	copy(two, cost)
	for j := n; j < n+m; j++ {
		two[j] = 1e7 // an artificial column at nought must stay there
	}
	return run(two, n), true
}

// TestTheCityKeepsMostOfItsFigures measures what protection costs on a city of 6 counties, 89 townships and 1,096 villages.
func TestTheCityKeepsMostOfItsFigures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		mean float64
		most float64 // share of figures of villages that may be hidden only to protect others
	}{{"youth", 140, 0.05}, {"members", 12, 0.30}} {
		f := city(c.mean)
		p := Suppress(f, 5)
		var cells, small, with int
		leaf := f.leaves()
		for n := range p {
			if !leaf[n] {
				continue
			}
			for _, w := range p[n] {
				cells++
				switch w {
				case Small:
					small++
				case With:
					with++
				}
			}
		}
		t.Logf("%s: %d figures of villages, %.1f %% small, %.1f %% hidden with them", c.name, cells, 100*float64(small)/float64(cells), 100*float64(with)/float64(cells))
		if share := float64(with) / float64(cells); share > c.most {
			t.Errorf("%s: %.1f %% hidden only to protect others", c.name, 100*share)
		}
		if p.Of(0, Total) != Shown {
			t.Errorf("%s: the city's total is hidden", c.name)
		}
	}
}

// city draws a city whose villages have about mean people in each band.
func city(mean float64) *Family {
	r := rand.New(rand.NewPCG(1, 2))
	f := &Family{Bands: 4, Parent: []int{-1}, N: [][]int64{make([]int64, 4)}}
	add := func(parent int, row []int64) int {
		f.Parent, f.N = append(f.Parent, parent), append(f.N, row)
		return len(f.Parent) - 1
	}
	var counties, towns []int
	for range 6 {
		counties = append(counties, add(0, make([]int64, 4)))
	}
	for i := range 89 {
		towns = append(towns, add(counties[i%6], make([]int64, 4)))
	}
	for i := range 1096 {
		size := mean * math.Exp(0.6*r.NormFloat64())
		if i%89 > 84 {
			size /= 30 // farms and zones
		}
		row := make([]int64, 4)
		for b := range row {
			row[b] = int64(size * (0.5 + r.Float64()))
		}
		add(towns[i%89], row)
	}
	f.Sum()
	return f
}

func TestAFamilyAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := tree(t)
		sum := int64(0)
		for n, leaf := range f.leaves() {
			if leaf {
				sum += f.At(n, Total)
			}
		}
		if f.At(0, Total) != sum {
			t.Fatalf("the city has %d, its villages %d", f.At(0, Total), sum)
		}
	})
}
