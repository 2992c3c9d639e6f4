package density

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
)

// Check proves a solution by counting again, point by point and site by site, with other formulas than Solve's and
// none of its code. It takes time in proportion to points × sites and is meant for tests and for doubts.
func Check(p Problem, s Solution) error {
	if len(p.X) == 0 || len(p.X) != len(p.Y) {
		return errors.New("density: no points to check")
	}
	if len(s.Cells) != len(s.Points) || len(s.Measures) != len(p.Measures) {
		return errors.New("density: the lists of the solution are not parallel")
	}
	for i := 1; i < len(s.Cells); i++ {
		a, b := s.Cells[i-1], s.Cells[i]
		if a.R > b.R || a.R == b.R && a.Q >= b.Q {
			return fmt.Errorf("density: cells %v and %v are out of order", a, b)
		}
	}
	members := map[Cell][]int{}
	for i := range p.X {
		c := checkCell(p.Grid, float64(p.X[i]), float64(p.Y[i]))
		members[c] = append(members[c], i)
	}
	if len(members) != len(s.Cells) {
		return fmt.Errorf("density: %d cells, counted %d", len(s.Cells), len(members))
	}
	fullest := 0
	for i, c := range s.Cells {
		if n := len(members[c]); n == 0 || int64(n) != s.Points[i] {
			return fmt.Errorf("density: cell %v has %d points, counted %d", c, s.Points[i], n)
		}
		fullest = max(fullest, len(members[c]))
	}
	if s.Fullest != int64(fullest) {
		return fmt.Errorf("density: fullest is %d, counted %d", s.Fullest, fullest)
	}
	near := checkReach(p)
	if p.Within > 0 {
		if n := int64(count(near)); n != s.Covered {
			return fmt.Errorf("density: %d points covered, counted %d", s.Covered, n)
		}
	}
	for i, m := range p.Measures {
		if err := checkMeasure(m, s.Measures[i], s.Cells, members, near); err != nil {
			return err
		}
	}
	return checkNearest(p, s)
}

func count(yes []bool) (n int) {
	for _, y := range yes {
		if y {
			n++
		}
	}
	return n
}

func checkMeasure(m Measure, r Result, cells []Cell, members map[Cell][]int, near []bool) error {
	if m.Whole != nil {
		total, most, covered := new(big.Int), int64(0), int64(0)
		for i, c := range cells {
			sum := int64(0)
			for _, row := range members[c] {
				sum += m.Whole[row]
				if near[row] {
					covered += m.Whole[row]
				}
			}
			if len(r.Whole) != len(cells) || r.Whole[i] != sum {
				return fmt.Errorf("density: %q in cell %v: counted %d", m.Name, c, sum)
			}
			most = max(most, sum)
			total.Add(total, big.NewInt(sum))
		}
		if total.Cmp(big.NewInt(r.Total.Whole)) != 0 || r.Max.Whole != most || r.Covered.Whole != covered {
			return fmt.Errorf("density: %q: total %v, most %d, covered %d, found %+v", m.Name, total, most, covered, r)
		}
		return nil
	}
	alike := func(a, b float64) bool { return math.Abs(a-b) <= 1e-9*max(1, math.Abs(b)) }
	total, most, covered := 0.0, 0.0, 0.0
	for i, c := range cells {
		sum := 0.0
		for _, row := range members[c] {
			sum += m.Real[row]
			if near[row] {
				covered += m.Real[row]
			}
		}
		if len(r.Real) != len(cells) || !alike(r.Real[i], sum) {
			return fmt.Errorf("density: %q in cell %v: counted %v", m.Name, c, sum)
		}
		most, total = max(most, sum), total+sum
	}
	if !alike(r.Total.Real, total) || !alike(r.Max.Real, most) || !alike(r.Covered.Real, covered) {
		return fmt.Errorf("density: %q: total %v, most %v, covered %v", m.Name, total, most, covered)
	}
	return nil
}

// checkCell compares the distances to all centres around, in 400 bits where they come close.
func checkCell(g Grid, x, y float64) Cell {
	side := float64(g.Side)
	if g.Shape == Square {
		return Cell{checkFloor(x, side), checkFloor(y, side)}
	}
	row := math.Round(y / (1.5 * side))
	var around []Cell
	for r := row - 1; r <= row+1; r++ {
		q := math.Round(x/(math.Sqrt(3)*side) - r/2)
		for d := -1.0; d <= 1; d++ {
			around = append(around, Cell{int32(q + d), int32(r)})
		}
	}
	away := func(c Cell) float64 {
		return math.Hypot(x-math.Sqrt(3)*side*(float64(c.Q)+float64(c.R)/2), y-1.5*side*float64(c.R))
	}
	slices.SortFunc(around, func(a, b Cell) int { return sign(away(a) - away(b)) })
	best := around[0]
	for _, c := range around[1:] {
		if away(c)-away(around[0]) > 1e-5*side {
			break
		}
		switch checkAway(g, c, x, y).Cmp(checkAway(g, best, x, y)) {
		case -1:
			best = c
		case 0:
			if c.R > best.R || c.R == best.R && c.Q > best.Q {
				best = c
			}
		}
	}
	return best
}

// checkAway is the squared distance to a hexagon's centre less x² + y². At x = 0, where alone borders can be met
// exactly, the part with the root falls away and the value is exact.
func checkAway(g Grid, c Cell, x, y float64) *big.Float {
	// The smallest x is 2^−1074 and the largest square 2^52: fewer digits would lose the one beside the other.
	number := func(v float64) *big.Float { return new(big.Float).SetPrec(1300).SetFloat64(v) }
	root := number(3)
	root.Sqrt(root)
	halves, side := number(2*float64(c.Q)+float64(c.R)), number(float64(g.Side))
	// (√3·side·h/2)² + (3/2·side·r)² − √3·side·h·x − 3·side·r·y
	r := number(float64(c.R))
	whole := number(0.75)
	whole.Mul(whole, side).Mul(whole, side)
	parts := number(0).Mul(halves, halves)
	parts.Add(parts, number(0).Mul(number(3), number(0).Mul(r, r)))
	whole.Mul(whole, parts)
	withRoot := number(0).Mul(root, number(0).Mul(side, number(0).Mul(halves, number(x))))
	withY := number(0).Mul(number(3), number(0).Mul(side, number(0).Mul(r, number(y))))
	return whole.Sub(whole, withRoot).Sub(whole, withY)
}

func checkFloor(v, side float64) int32 {
	ratio := new(big.Rat).SetFloat64(v)
	ratio.Quo(ratio, new(big.Rat).SetFloat64(side))
	return int32(new(big.Int).Div(ratio.Num(), ratio.Denom()).Int64()) // Euclid's division: floor, as Denom > 0
}

func checkReach(p Problem) []bool {
	near := make([]bool, len(p.X))
	if p.Within <= 0 {
		return near
	}
	within := float64(p.Within)
	for i := range p.X {
		for _, site := range p.Sites {
			d := math.Hypot(float64(p.X[i]-site.X), float64(p.Y[i]-site.Y))
			if math.Abs(d-within) <= 1e-6 {
				dx := new(big.Float).SetPrec(2200).SetFloat64(float64(p.X[i]))
				dy := new(big.Float).SetPrec(2200).SetFloat64(float64(p.Y[i]))
				dx.Sub(dx, big.NewFloat(float64(site.X)))
				dy.Sub(dy, big.NewFloat(float64(site.Y)))
				dx.Mul(dx, dx).Add(dx, dy.Mul(dy, dy))
				limit := new(big.Float).SetPrec(200).SetFloat64(within)
				near[i] = dx.Cmp(limit.Mul(limit, limit)) <= 0
			} else {
				near[i] = d < within
			}
			if near[i] {
				break
			}
		}
	}
	return near
}

func checkNearest(p Problem, s Solution) error {
	if !p.Nearest {
		return nil
	}
	if len(s.Distance) != len(p.X) || len(s.Site) != len(p.X) {
		return errors.New("density: the distances are not parallel to the points")
	}
	for i := range p.X {
		least := math.Inf(1)
		for _, site := range p.Sites {
			least = min(least, math.Hypot(float64(p.X[i]-site.X), float64(p.Y[i]-site.Y)))
		}
		if len(p.Sites) == 0 {
			if s.Site[i] != -1 || !math.IsInf(float64(s.Distance[i]), 1) {
				return fmt.Errorf("density: point %d has a nearest site where there is none", i)
			}
			continue
		}
		if s.Site[i] < 0 || int(s.Site[i]) >= len(p.Sites) {
			return fmt.Errorf("density: point %d has no nearest site", i)
		}
		site := p.Sites[s.Site[i]]
		chosen := math.Hypot(float64(p.X[i]-site.X), float64(p.Y[i]-site.Y))
		slack := 1e-9 * max(1, least)
		if math.Abs(float64(s.Distance[i])-least) > slack || math.Abs(chosen-least) > slack {
			return fmt.Errorf("density: point %d is %v m from a site, found %v", i, least, s.Distance[i])
		}
	}
	return nil
}
