package plane

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/solvertest"

	"zhidian/solver/text"
)

// brute tries every choice.
func brute(p Problem) int64 {
	x, y := p.sites()
	best := int64(math.MaxInt64)
	for set := range 1 << len(x) {
		var open []int
		for j := range x {
			if set>>j&1 == 1 {
				open = append(open, j)
			}
		}
		if len(open) != p.K || slices.ContainsFunc(p.Fixed, func(j int32) bool { return set>>j&1 == 0 }) {
			continue
		}
		sum, all := int64(0), true
		for i := range p.X {
			d := int64(math.MaxInt64)
			for _, j := range open {
				if !slices.Contains(p.Forbidden, Pair{int32(i), int32(j)}) {
					d = min(d, int64(math.Floor(math.Hypot(p.X[i]-x[j], p.Y[i]-y[j])+0.5)))
				}
			}
			if d == math.MaxInt64 {
				all = false
				break
			}
			sum += d * p.weight(i)
		}
		if all {
			best = min(best, sum)
		}
	}
	return best
}

func draw(t *rapid.T) Problem {
	coordinate := rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-20, 20).Draw(t, "c")) })
	n := rapid.IntRange(1, 12).Draw(t, "demand")
	p := Problem{X: rapid.SliceOfN(coordinate, n, n).Draw(t, "x"), Y: rapid.SliceOfN(coordinate, n, n).Draw(t, "y")}
	if rapid.Bool().Draw(t, "candidates") {
		m := rapid.IntRange(1, 9).Draw(t, "sites")
		p.SiteX, p.SiteY = rapid.SliceOfN(coordinate, m, m).Draw(t, "sx"), rapid.SliceOfN(coordinate, m, m).Draw(t, "sy")
	}
	if rapid.Bool().Draw(t, "weighted") {
		p.Weight = rapid.SliceOfN(rapid.Int64Range(0, 9), n, n).Draw(t, "weight")
	}
	for range rapid.IntRange(0, 6).Draw(t, "forbidden") {
		p.Forbidden = append(p.Forbidden, Pair{rapid.Int32Range(0, int32(n)-1).Draw(t, "who"), rapid.Int32Range(0, int32(p.Sites())-1).Draw(t, "where")})
	}
	p.K = rapid.IntRange(1, p.Sites()).Draw(t, "k")
	for j := range int32(p.Sites()) {
		if len(p.Fixed) < p.K && rapid.IntRange(0, 5).Draw(t, "fixed") == 0 {
			p.Fixed = append(p.Fixed, j)
		}
	}
	return p
}

func TestRandomAgainstBruteForce(t *testing.T) {
	t.Parallel()
	best, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		s, err := Solve(context.Background(), p, Options{Effort: 1})
		want := brute(p)
		var none *InfeasibleError
		if errors.As(err, &none) && len(p.Forbidden) > 0 {
			if all++; want == math.MaxInt64 {
				best++
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(p, s); err != nil {
			t.Fatal(err)
		}
		if s.Bound > want || s.Objective < want {
			t.Fatalf("objective %d, bound %d, the best is %d", s.Objective, s.Bound, want)
		}
		if all++; s.Objective == want {
			best++
		}
		x, y := p.sites()
		value := func(open []int32) (sum int64) {
			for i := range p.X {
				d := int64(math.MaxInt64)
				for _, j := range open {
					if !slices.Contains(p.Forbidden, Pair{int32(i), j}) {
						d = min(d, Way(p.X[i], p.Y[i], x[j], y[j]))
					}
				}
				if d == math.MaxInt64 {
					return s.Objective - 1
				}
				sum += d * p.weight(i)
			}
			return sum
		}
		for k := range s.Open {
			if rest := slices.Delete(slices.Clone(s.Open), k, k+1); value(rest)-s.Objective != s.Loss[k] {
				t.Fatalf("closing %d: said %d", s.Open[k], s.Loss[k])
			}
		}
		for j := range int32(len(x)) {
			if gain := s.Objective - value(append(slices.Clone(s.Open), j)); gain != s.Gain[j] {
				t.Fatalf("opening %d: %d, said %d", j, gain, s.Gain[j])
			}
		}
	})
	if best*100 < all*98 { // 99.9 of 100 are usual: of 6,001 drawn 5,994; three in a hundred are chance once in 4,000 runs
		t.Errorf("the best of all in %d of %d", best, all)
	}
}

// TestNobody has people without weight, where no exchange helps and none may be made again and again.
func TestNobody(t *testing.T) {
	p := Problem{X: []float64{0, 3, 9, 9, 14}, Y: []float64{0, 7, 1, 1, 2}, Weight: make([]int64, 5), K: 2}
	s, err := Solve(context.Background(), p, Options{Effort: 1})
	if err != nil || s.Objective != 0 || s.Bound != 0 || Check(p, s) != nil {
		t.Errorf("%+v, %v, %v", s, err, Check(p, s))
	}
}

// TestWhoWeighsNothing has somebody without weight who must not be served from where all others would be.
func TestWhoWeighsNothing(t *testing.T) {
	t.Parallel()
	p := Problem{X: []float64{0, 10}, Y: []float64{0, 0}, Weight: []int64{0, 5}, K: 1, Forbidden: []Pair{{0, 1}}}
	s, err := Solve(context.Background(), p, Options{Effort: 1})
	if err != nil || s.Objective != 50 || Check(p, s) != nil {
		t.Errorf("%+v, %v, %v", s, err, Check(p, s))
	}
}

// towns is people around some towns.
func towns(n int) (p Problem) {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	x, y := make([]float64, 60), make([]float64, 60)
	for i := range x {
		x[i], y[i] = r.Float64()*100_000, r.Float64()*100_000
	}
	for range n {
		t := r.IntN(len(x))
		p.X, p.Y, p.Weight = append(p.X, x[t]+r.NormFloat64()*3000), append(p.Y, y[t]+r.NormFloat64()*3000), append(p.Weight, r.Int64N(50))
	}
	return p
}

// TestSeveralLevels holds the multilevel search to its bound, and one core to what two find.
func TestSeveralLevels(t *testing.T) {
	p := towns(5000)
	p.K, p.Fixed = 40, []int32{17, 4000}
	solvertest.OneAndTwo(t, func() (Solution, error) {
		s, err := Solve(context.Background(), p, Options{Seed: 3, Effort: 60})
		if gap := float64(s.Objective)/float64(s.Bound) - 1; gap > 0.05 {
			t.Errorf("%d is %.1f %% above the bound", s.Objective, 100*gap)
		}
		return s, errors.Join(err, Check(p, s))
	})
	p.SiteX, p.SiteY = p.X[:300], p.Y[:300]
	p.Fixed = p.Fixed[:1]
	if s, err := Solve(context.Background(), p, Options{Effort: 10}); err != nil || Check(p, s) != nil {
		t.Error(err, Check(p, s))
	}
}

func TestAnEndedContext(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	p := towns(500)
	p.K = 5
	if _, err := Solve(ctx, p, Options{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestWhatCannotBe(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Problem){
		"no demand": func(p *Problem) { p.X = nil }, "y": func(p *Problem) { p.Y = p.Y[:1] }, "sites": func(p *Problem) { p.SiteX = []float64{1} },
		"none": func(p *Problem) { p.SiteX, p.SiteY = []float64{}, []float64{} }, "weights": func(p *Problem) { p.Weight = []int64{1} },
		"heavy": func(p *Problem) { p.Weight = []int64{1, -1} }, "k": func(p *Problem) { p.K = 3 }, "fixed": func(p *Problem) { p.Fixed = []int32{2} },
		"too many": func(p *Problem) { p.Fixed = []int32{0, 1} }, "nan": func(p *Problem) { p.X[1] = math.NaN() }, "far": func(p *Problem) { p.Y[0] = 1e12 },
		"sum": func(p *Problem) {
			p.X[1], p.Weight = MaxCoordinate, []int64{MaxWeight, MaxWeight}
			for range 20 {
				p.X, p.Y, p.Weight = append(p.X, 0), append(p.Y, 0), append(p.Weight, MaxWeight)
			}
		},
	} {
		p := Problem{X: []float64{1, 2}, Y: []float64{3, 4}, K: 1}
		spoil(&p)
		var bad *ProblemError
		if _, err := Solve(context.Background(), p, Options{}); !errors.As(err, &bad) || bad.Error() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheCheckNoticesAChange(t *testing.T) {
	t.Parallel()
	p := towns(50)
	p.K, p.Fixed = 4, []int32{7}
	for name, change := range map[string]func(*Solution){
		"order": func(s *Solution) { s.Open[0], s.Open[1] = s.Open[1], s.Open[0] }, "fewer": func(s *Solution) { s.Open = s.Open[1:] },
		"fixed": func(s *Solution) { s.Open[slices.Index(s.Open, 7)]++ }, "serve": func(s *Solution) { s.Serve[3] = -1 }, "short": func(s *Solution) { s.Serve = s.Serve[1:] },
		"farther": func(s *Solution) { s.Serve[s.Open[0]] = s.Open[1] }, "objective": func(s *Solution) { s.Objective++ }, "bound": func(s *Solution) { s.Bound = s.Objective + 1 },
		"proved": func(s *Solution) { s.Proved = !s.Proved },
	} {
		s, err := Solve(context.Background(), p, Options{Effort: 1})
		if err != nil || Check(p, s) != nil {
			t.Fatal(err, Check(p, s))
		}
		if change(&s); Check(p, s) == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

func TestReadTSPLIB(t *testing.T) {
	t.Parallel()
	for file, want := range map[string][]int64{
		"NAME : a 3\nTYPE: TSP\nCOMMENT : x y\nDIMENSION : 2\nEDGE_WEIGHT_TYPE : EUC_2D\nNODE_COORD_SECTION\n7 1 2.5\n9 -3e1 4\nEOF\nmore": {7, 9},
		"2\n1 5 6\n2 7 8\nEOF": {1, 2}, "1 5 6\n2 7 8": {1, 2}, "4 5 6": {4},
	} {
		p, numbers, err := ReadTSPLIB(strings.NewReader(file))
		if err != nil || !slices.Equal(numbers, want) || len(p.X) != len(want) {
			t.Errorf("%q: %v %v", file, numbers, err)
		}
	}
	for file, line := range map[string]int{
		"": 1, "EOF": 1, "1 2 x": 1, "1 2\n3 4 5": 1, "3\n1 2 3": 1, "1 2 3\n1 4 5": 2, "1 2 3\n2 4": 2, "EDGE_WEIGHT_TYPE: GEO": 1, "DIMENSION: 0": 1, "\nHELLO 3": 2, "1 1e300 2": 1, "1 NaN 2": 1,
		"1.5 2 3": 1, "DIMENSION :": 1,
	} {
		_, _, err := ReadTSPLIB(strings.NewReader(file))
		var bad *text.Error
		if !errors.As(err, &bad) || bad.Line != line {
			t.Errorf("%q: %v, want line %d", file, err, line)
		}
	}
}

func FuzzReadTSPLIB(f *testing.F) {
	f.Add("NAME: x\nDIMENSION: 2\nNODE_COORD_SECTION\n1 2 3\n2 3 4\nEOF\n")
	f.Add("2\n1 2 3\n2 3 4")
	f.Fuzz(func(t *testing.T, file string) {
		p, numbers, err := ReadTSPLIB(strings.NewReader(file))
		if err != nil {
			return
		}
		if len(numbers) != len(p.X) || len(p.X) != len(p.Y) || len(p.X) == 0 {
			t.Fatal(len(numbers), len(p.X), len(p.Y))
		}
		if p.K = 1 + len(p.X)/2; len(p.X) < 40 {
			if s, err := Solve(context.Background(), p, Options{Effort: 1}); err == nil && Check(p, s) != nil {
				t.Fatal(Check(p, s))
			}
		}
	})
}
