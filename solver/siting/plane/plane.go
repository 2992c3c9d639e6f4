// Package plane chooses the K of many places on a plane from which people have the shortest straight ways together: the
// p-median where a table of all distances would be too large.
//
// Lengths are whole: the straight way, rounded to the nearest unit of the coordinates, halves up.
package plane

import (
	"context"
	"fmt"
	"math"
	"slices"
)

// Limits of what Solve accepts, so that no sum can overflow.
const (
	MaxDemand     = 1 << 20
	MaxSites      = 1 << 20
	MaxWeight     = 1 << 20
	MaxCoordinate = 1 << 28
)

// mostSum bounds the sum of all costs, whatever is chosen: fractions hold whole numbers up to here.
const mostSum = 1 << 52

// Problem is people at points, and points where they could be served.
type Problem struct {
	X, Y         []float64 // of demands, from −MaxCoordinate to MaxCoordinate
	Weight       []int64   // per demand, from 0 to MaxWeight; nil for 1 each
	SiteX, SiteY []float64 // of candidates; both nil: every demand is a candidate
	K            int       // sites to be open, those that are fixed included
	Fixed        []int32   // candidates that are open in any case
	Forbidden    []Pair    // who must not be served from where
}

// Pair is a demand and a candidate.
type Pair struct{ Demand, Site int32 }

// Sites is the number of candidates.
func (p *Problem) Sites() int {
	if p.SiteX == nil {
		return len(p.X)
	}
	return len(p.SiteX)
}

func (p *Problem) sites() (x, y []float64) {
	if p.SiteX == nil {
		return p.X, p.Y
	}
	return p.SiteX, p.SiteY
}

func (p *Problem) weight(demand int) int64 {
	if p.Weight == nil {
		return 1
	}
	return p.Weight[demand]
}

// Way is the distance of two points. The products are rounded one by one, so that all machines find the same.
func Way(x1, y1, x2, y2 float64) int64 { return int64(way(x1-x2, y1-y2)) }

func way(dx, dy float64) float64 { return float64(int64(math.Sqrt(square(dx, dy)) + 0.5)) }

func square(dx, dy float64) float64 { return float64(dx*dx) + float64(dy*dy) }

// Options bound the work, never the time. What is found depends on both and on nothing else.
type Options struct {
	Seed   uint64
	Effort int64 // millions of pairs of a demand and a candidate that exchanges look at on each level, and prices too, and half the attempts to leave a local best; 0 means 1,500
}

// Solution is a choice with a bound.
type Solution struct {
	Open      []int32 // candidates, rising
	Serve     []int32 // per demand, the open candidate that is nearest, the lowest of equals
	Objective int64   // weight × distance, summed
	Bound     int64   // what no choice can undercut
	Proved    bool

	// Loss is, for each of Open, by how much the objective grows if that one is closed and nothing else is done (−1 where
	// somebody would be without a site): why this site. Gain is, for each candidate, by how much it falls if that one is opened besides.
	Loss, Gain []int64
}

// Solve chooses K sites. The points are first drawn together to ever fewer ones; a choice and prices found there are
// refined level by level. Exchanges of one open site for another (Resende and Werneck, Journal of Heuristics 2004) look only
// where something can change, and prices follow a smoothed relaxation (Nesterov, Mathematical Programming
// 103, 2005) that cools down. The bound counts every pair of a demand and a candidate that its prices reach, so that nothing
// is left out.
//
// When the context ends, the best choice so far is given with its bound. The errors are [ProblemError],
// [InfeasibleError] and, where no choice is at hand yet, the context's.
func Solve(ctx context.Context, p Problem, o Options) (Solution, error) {
	if err := p.validate(); err != nil {
		return Solution{}, err
	}
	if o.Effort <= 0 {
		o.Effort = 1500
	}
	f, err := (&climb{ctx, o}).solve(newLevel(&p))
	if err != nil {
		return Solution{}, err
	}
	return p.solution(f), nil
}

func (p *Problem) validate() error {
	fault := func(row int, why string) error { return &ProblemError{Row: row, Why: why} }
	n, m := len(p.X), p.Sites()
	switch {
	case n < 1 || n > MaxDemand:
		return fault(-1, "from 1 to 1048576 demands")
	case m < 1 || m > MaxSites:
		return fault(-1, "from 1 to 1048576 candidates")
	case len(p.Y) != n || len(p.SiteX) != len(p.SiteY):
		return fault(-1, "as many x as y")
	case p.Weight != nil && len(p.Weight) != n:
		return fault(-1, "a weight for each demand")
	case p.K < 1 || p.K > m:
		return fault(-1, "from 1 site up to all candidates")
	case len(p.Fixed) > p.K:
		return fault(-1, "no more fixed sites than sites")
	}
	fixed := map[int32]bool{}
	for k, j := range p.Fixed {
		if j < 0 || int(j) >= m || fixed[j] {
			return fault(k, "fixed sites that are candidates, each once")
		}
		fixed[j] = true
	}
	var b box
	for axis, values := range [][]float64{p.X, p.Y, p.SiteX, p.SiteY} {
		for i, v := range values {
			if !(math.Abs(v) <= MaxCoordinate) {
				return fault(i, "coordinates from -268435456 to 268435456")
			}
			if i == 0 && axis == 0 {
				b = box{p.X[0], p.Y[0], p.X[0], p.Y[0]}
			}
			if axis%2 == 0 {
				b.west, b.east = min(b.west, v), max(b.east, v)
			} else {
				b.south, b.north = min(b.south, v), max(b.north, v)
			}
		}
	}
	for k, f := range p.Forbidden {
		if f.Demand < 0 || int(f.Demand) >= n || f.Site < 0 || int(f.Site) >= m {
			return fault(k, "forbidden pairs of a demand and a candidate")
		}
	}
	longest, sum := math.Hypot(b.east-b.west, b.north-b.south)+1, 0.0
	for i := range n {
		w := p.weight(i)
		if w < 0 || w > MaxWeight {
			return fault(i, "weights from 0 to 1048576")
		}
		if sum += float64(w) * longest; sum > mostSum {
			return fault(i, "weights and distances whose sum stays below 2^52")
		}
	}
	return nil
}

// solution says what a choice comes to, demand by demand.
func (p *Problem) solution(f found) Solution {
	return Solution{Open: f.open, Serve: p.Nearest(f.open), Objective: f.value, Bound: f.bound, Proved: f.bound == f.value, Loss: f.loss, Gain: f.gain}
}

// Nearest gives, per demand, the nearest of some candidates, in rising order, the lowest of equals.
func (p *Problem) Nearest(of []int32) []int32 {
	x, y := p.sites()
	open := newCloud(pick(x, of), pick(y, of), mostLeaf/4)
	serve := make([]int32, len(p.X))
	for i := range serve {
		serve[i] = of[open.nearest(p.X[i], p.Y[i])]
	}
	for i, barred := range p.barred() {
		if _, is := slices.BinarySearch(barred, serve[i]); !is {
			continue
		}
		least := math.Inf(1)
		for _, j := range of {
			if _, is := slices.BinarySearch(barred, j); is {
				continue
			}
			if d := square(p.X[i]-x[j], p.Y[i]-y[j]); d < least {
				serve[i], least = j, d
			}
		}
	}
	return serve
}

// barred gives per demand the candidates that must not serve it, rising; nil where all may serve all.
func (p *Problem) barred() [][]int32 {
	if len(p.Forbidden) == 0 {
		return nil
	}
	barred := make([][]int32, len(p.X))
	for _, f := range p.Forbidden {
		barred[f.Demand] = append(barred[f.Demand], f.Site)
	}
	for _, sites := range barred {
		slices.Sort(sites)
	}
	return barred
}

func pick(values []float64, at []int32) []float64 {
	out := make([]float64, len(at))
	for k, j := range at {
		out[k] = values[j]
	}
	return out
}

// Check proves a solution without any of Solve's code, apart from the bound, which only another search could confirm: K
// candidates are open, fixed ones among them, each demand is served from the nearest, and the objective is what that costs.
func Check(p Problem, s Solution) error {
	x, y := p.sites()
	for k, j := range s.Open {
		if j < 0 || int(j) >= len(x) || k > 0 && j <= s.Open[k-1] {
			return fmt.Errorf("plane: open sites %v are not rising candidates", s.Open)
		}
	}
	if len(s.Open) != p.K {
		return fmt.Errorf("plane: %d sites are open, not %d", len(s.Open), p.K)
	}
	for _, j := range p.Fixed {
		if _, open := slices.BinarySearch(s.Open, j); !open {
			return fmt.Errorf("plane: site %d is fixed and not open", j)
		}
	}
	if len(s.Serve) != len(p.X) {
		return fmt.Errorf("plane: %d demands are served, not %d", len(s.Serve), len(p.X))
	}
	forbidden := make(map[Pair]bool, len(p.Forbidden))
	for _, f := range p.Forbidden {
		forbidden[f] = true
	}
	var sum int64
	for i, at := range s.Serve {
		if forbidden[Pair{int32(i), at}] {
			return fmt.Errorf("plane: demand %d is served from %d, which it must not be", i, at)
		}
		if _, open := slices.BinarySearch(s.Open, at); !open {
			return fmt.Errorf("plane: demand %d is served from %d, which is not open", i, at)
		}
		d := Way(p.X[i], p.Y[i], x[at], y[at])
		for _, j := range s.Open {
			if other := Way(p.X[i], p.Y[i], x[j], y[j]); other < d && !forbidden[Pair{int32(i), j}] {
				return fmt.Errorf("plane: demand %d is served from %d at %d, site %d is at %d", i, at, d, j, other)
			}
		}
		w := int64(1)
		if p.Weight != nil {
			w = p.Weight[i]
		}
		sum += w * d
	}
	switch {
	case sum != s.Objective:
		return fmt.Errorf("plane: costs %d, not %d", sum, s.Objective)
	case s.Bound > s.Objective || s.Proved != (s.Bound == s.Objective):
		return fmt.Errorf("plane: bound %d of %d, proved %v", s.Bound, s.Objective, s.Proved)
	}
	return nil
}

// ProblemError says what a problem needs, and which row (from 0; −1 for none) has not got it.
type ProblemError struct {
	Row int
	Why string
}

func (e *ProblemError) Error() string {
	if e.Row < 0 {
		return "plane: needs " + e.Why
	}
	return fmt.Sprintf("plane: row %d: needs %s", e.Row, e.Why)
}

// InfeasibleError names a demand, from 0, that none of the choices tried served.
type InfeasibleError struct{ Demand int32 }

func (e *InfeasibleError) Error() string {
	return fmt.Sprintf("plane: demand %d is served by nobody", e.Demand)
}
