package budget

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/solvertest"
)

// brute tries every choice.
func brute(p Problem) (best int64, ok bool) {
	best = math.MaxInt64
	for set := range 1 << p.Sites {
		cost, n := int64(0), 0
		for j := range p.Sites {
			if set>>j&1 == 1 {
				cost += p.Cost[j]
				n++
			}
		}
		if cost > p.Budget || p.K > 0 && n > p.K || slices.ContainsFunc(p.Fixed, func(j int32) bool { return set>>j&1 == 0 }) {
			continue
		}
		sum, served := int64(0), true
		for i := range p.Demand {
			d := int64(Never)
			for j := range p.Sites {
				if set>>j&1 == 1 {
					d = min(d, int64(p.Distance[i*p.Sites+j]))
				}
			}
			served = served && d != Never
			sum += d * p.weight(i)
		}
		if served && sum < best {
			best, ok = sum, true
		}
	}
	return best, ok
}

func TestTheBestOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := Problem{Demand: rapid.IntRange(1, 8).Draw(t, "demand"), Sites: rapid.IntRange(1, 8).Draw(t, "sites")}
		gaps := rapid.Bool().Draw(t, "gaps")
		p.Distance = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) int32 {
			if gaps && rapid.IntRange(0, 3).Draw(t, "never") == 0 {
				return Never
			}
			return rapid.Int32Range(0, 40).Draw(t, "distance")
		}), p.Demand*p.Sites, p.Demand*p.Sites).Draw(t, "distances")
		p.Cost = rapid.SliceOfN(rapid.Int64Range(0, 9), p.Sites, p.Sites).Draw(t, "costs")
		p.Budget = rapid.Int64Range(0, 25).Draw(t, "budget")
		p.K = rapid.IntRange(0, p.Sites).Draw(t, "k")
		if rapid.Bool().Draw(t, "weighted") {
			p.Weight = rapid.SliceOfN(rapid.Int64Range(0, 20), p.Demand, p.Demand).Draw(t, "weights")
		}
		if rapid.IntRange(0, 3).Draw(t, "fixed") == 0 {
			p.Fixed = []int32{int32(rapid.IntRange(0, p.Sites-1).Draw(t, "site"))}
		}
		want, feasible := brute(p)
		s, err := Solve(context.Background(), p, Options{Effort: 40})
		var none *InfeasibleError
		if errors.As(err, &none) {
			if feasible || !none.Proved || none.Error() == "" {
				t.Fatalf("found none (%v), the best costs %d", none, want)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(p, s); err != nil {
			t.Fatal(err)
		}
		if !feasible || !s.Proved || s.Objective != want {
			t.Fatalf("objective %d, bound %d after %d nodes, the best is %d (%v)", s.Objective, s.Bound, s.Nodes, want, feasible)
		}
	})
}

// larger is villages and sites by lots.
func larger() Problem {
	r := rand.New(rand.NewPCG(3, 4))
	p := Problem{Demand: 300, Sites: 40, Budget: 400}
	at := func() (float64, float64) { return r.Float64() * 1000, r.Float64() * 1000 }
	var x, y []float64
	for range p.Sites {
		a, b := at()
		x, y = append(x, a), append(y, b)
		p.Cost = append(p.Cost, 50+r.Int64N(100))
	}
	for range p.Demand {
		a, b := at()
		p.Weight = append(p.Weight, 1+r.Int64N(30))
		for j := range x {
			p.Distance = append(p.Distance, int32(math.Hypot(a-x[j], b-y[j])))
		}
	}
	return p
}

func TestTheSameOnOneAndOnTwoCores(t *testing.T) {
	p := larger()
	solvertest.OneAndTwo(t, func() (Solution, error) { return Solve(context.Background(), p, Options{Seed: 2, Effort: 30}) })
}

// TestAllocations: a round of branching takes room for its lists, not for each demand.
func TestAllocations(t *testing.T) {
	p := larger()
	allocations := func(effort int64) float64 {
		return testing.AllocsPerRun(2, func() {
			if _, err := Solve(context.Background(), p, Options{Effort: effort}); err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := allocations(10), allocations(100); many-few > 90*20 {
		t.Fatalf("%v allocations in 10 rounds, %v in 100", few, many)
	}
}

func TestALargerOneHasASmallGap(t *testing.T) {
	t.Parallel()
	p := larger()
	s, err := Solve(context.Background(), p, Options{Effort: 30})
	if err != nil || Check(p, s) != nil {
		t.Fatal(err, Check(p, s))
	}
	if gap := float64(s.Objective)/float64(s.Bound) - 1; gap > 0.05 {
		t.Errorf("%d of %d: %.1f %%", s.Objective, s.Bound, 100*gap)
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if s, err := Solve(ctx, p, Options{}); err != nil || Check(p, s) != nil {
		t.Error(err)
	}
}

func TestEachRuleAlone(t *testing.T) {
	t.Parallel()
	p := Problem{Demand: 2, Sites: 3, Distance: []int32{0, 9, 5, 9, 0, 5}, Cost: []int64{6, 6, 4}, Budget: 12}
	if s, err := Solve(context.Background(), p, Options{}); err != nil || s.Objective != 0 || s.Cost != 12 || !slices.Equal(s.Open, []int32{0, 1}) {
		t.Errorf("both: %+v %v", s, err)
	}
	p.Budget = 11
	if s, err := Solve(context.Background(), p, Options{}); err != nil || s.Objective != 5 || s.Cost != 10 {
		t.Errorf("one and the cheap one: %+v %v", s, err)
	}
	p.K = 1
	if s, err := Solve(context.Background(), p, Options{}); err != nil || s.Objective != 9 {
		t.Errorf("one: %+v %v", s, err)
	}
	var none *InfeasibleError
	p.Budget = 3
	if _, err := Solve(context.Background(), p, Options{}); !errors.As(err, &none) || !none.Proved {
		t.Errorf("too little: %v", err)
	}
	p.Fixed = []int32{0}
	if _, err := Solve(context.Background(), p, Options{}); !errors.As(err, &none) || none.Cost != 6 {
		t.Errorf("fixed: %v", err)
	}
	for name, spoil := range map[string]func(*Problem){
		"demand": func(p *Problem) { p.Demand = 0 }, "sites": func(p *Problem) { p.Sites = 0 }, "costs": func(p *Problem) { p.Cost = nil }, "cost": func(p *Problem) { p.Cost[0] = -1 },
		"budget": func(p *Problem) { p.Budget = -1 }, "k": func(p *Problem) { p.K = 9 }, "distance": func(p *Problem) { p.Distance[0] = -1 }, "fixed": func(p *Problem) { p.Fixed = []int32{7} },
		"weight": func(p *Problem) { p.Weight = []int64{-1, 1} },
	} {
		p := Problem{Demand: 2, Sites: 1, Distance: []int32{1, 2}, Cost: []int64{1}, Budget: 5}
		spoil(&p)
		var bad *ProblemError
		if _, err := Solve(context.Background(), p, Options{}); !errors.As(err, &bad) || bad.Error() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
