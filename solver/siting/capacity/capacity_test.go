package capacity

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/solvertest"

	"zhidian/solver/text"
)

// brute tries every choice and every way to serve.
func brute(p Problem) (best int64, ok bool) {
	best = math.MaxInt64
	for set := range 1 << p.Sites {
		var open []int
		for j := range p.Sites {
			if set>>j&1 == 1 {
				open = append(open, j)
			}
		}
		if len(open) != p.K || slices.ContainsFunc(p.Fixed, func(j int32) bool { return set>>j&1 == 0 }) {
			continue
		}
		left := slices.Clone(p.Capacity)
		var serve func(i int, sum int64)
		serve = func(i int, sum int64) {
			if i == p.Demand {
				if sum < best {
					best, ok = sum, true
				}
				return
			}
			w := int64(1)
			if p.Weight != nil {
				w = p.Weight[i]
			}
			for _, j := range open {
				if d := p.Distance[i*p.Sites+j]; d != Never && left[j] >= p.Load[i] {
					left[j] -= p.Load[i]
					serve(i+1, sum+w*int64(d))
					left[j] += p.Load[i]
				}
			}
		}
		serve(0, 0)
	}
	return best, ok
}

func draw(t *rapid.T) Problem {
	p := Problem{Demand: rapid.IntRange(1, 6).Draw(t, "demand"), Sites: rapid.IntRange(1, 5).Draw(t, "sites")}
	p.K = rapid.IntRange(1, min(3, p.Sites)).Draw(t, "k")
	gaps := rapid.Bool().Draw(t, "gaps")
	p.Distance = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) int32 {
		if gaps && rapid.IntRange(0, 4).Draw(t, "never") == 0 {
			return Never
		}
		return rapid.Int32Range(0, 30).Draw(t, "distance")
	}), p.Demand*p.Sites, p.Demand*p.Sites).Draw(t, "distances")
	large := rapid.SampledFrom([]int64{1, exactUpTo}).Draw(t, "large") // beyond what knapsacks are solved for exactly
	p.Load = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) int64 { return large * rapid.Int64Range(0, 9).Draw(t, "load") }), p.Demand, p.Demand).Draw(t, "loads")
	p.Capacity = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) int64 { return large * rapid.Int64Range(0, 25).Draw(t, "capacity") }), p.Sites, p.Sites).Draw(t, "capacities")
	if rapid.Bool().Draw(t, "weighted") {
		p.Weight = rapid.SliceOfN(rapid.Int64Range(0, 20), p.Demand, p.Demand).Draw(t, "weights")
	}
	for j := range int32(p.Sites) {
		if len(p.Fixed) < p.K && rapid.IntRange(0, 5).Draw(t, "fixed") == 0 {
			p.Fixed = append(p.Fixed, j)
		}
	}
	return p
}

func TestTheBestOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		want, feasible := brute(p)
		s, err := Solve(context.Background(), p, Options{Effort: 4000})
		var none *InfeasibleError
		if errors.As(err, &none) {
			if feasible || !none.Proved {
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

func published(t *testing.T) Problem {
	f, err := os.Open("testdata/pmedcap1.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, known, err := ReadORLIB(f)
	if err != nil || known != 713 {
		t.Fatal(known, err)
	}
	return p
}

func TestPublished(t *testing.T) {
	p := published(t)
	solvertest.OneAndTwo(t, func() (Solution, error) {
		s, err := Solve(context.Background(), p, Options{Seed: 5, Effort: 2000})
		if s.Objective != 713 || !s.Proved {
			t.Error(s.Objective, s.Bound)
		}
		return s, errors.Join(err, Check(p, s))
	})
}

func TestEachRuleAlone(t *testing.T) {
	t.Parallel()
	// Two villages of 6 next to site 0, which holds 6: one has to go to site 1.
	near := Problem{Demand: 2, Sites: 2, Distance: []int32{1, 9, 1, 8}, Load: []int64{6, 6}, Capacity: []int64{6, 6}, K: 2}
	s, err := Solve(context.Background(), near, Options{Effort: 200})
	if err != nil || s.Objective != 9 || !slices.Equal(s.Serve, []int32{0, 1}) || !slices.Equal(s.Used, []int64{6, 6}) {
		t.Errorf("capacity: %+v %v", s, err)
	}
	near.Weight = []int64{1, 2} // now the second has the longer way to make
	if s, err := Solve(context.Background(), near, Options{Effort: 200}); err != nil || s.Objective != 11 || s.Serve[0] != 1 {
		t.Errorf("weight: %+v %v", s, err)
	}
	near.Distance[1] = Never
	if s, err := Solve(context.Background(), near, Options{Effort: 200}); err != nil || s.Objective != 17 {
		t.Errorf("forbidden: %+v %v", s, err)
	}
	var none *InfeasibleError
	near.Capacity[1] = 5
	if _, err := Solve(context.Background(), near, Options{}); !errors.As(err, &none) || none.Load != 12 || none.Room != 11 || none.Error() == "" {
		t.Errorf("room: %v", err)
	}
	near.Load[0] = 7
	if _, err := Solve(context.Background(), near, Options{}); !errors.As(err, &none) || none.Demand != 0 || none.Error() == "" {
		t.Errorf("too large: %v", err)
	}
	// Three of 2 into two of 3: room enough, and yet no way.
	split := Problem{Demand: 3, Sites: 2, Distance: make([]int32, 6), Load: []int64{2, 2, 2}, Capacity: []int64{3, 3}, K: 2}
	if _, err := Solve(context.Background(), split, Options{Effort: 2000}); !errors.As(err, &none) || !none.Proved || none.Error() == "" {
		t.Errorf("split: %v", err)
	}
	// Two open ones take 3 and 11, the third at most 18: but what is asked for comes in fours, so that 28 do not fit into 32.
	fours := Problem{Demand: 6, Sites: 5, Distance: make([]int32, 30), Load: []int64{4, 0, 8, 4, 8, 4}, Capacity: []int64{3, 0, 18, 8, 11}, K: 3, Fixed: []int32{0, 4}}
	if _, err := Solve(context.Background(), fours, Options{Effort: 4000}); !errors.As(err, &none) || !none.Proved {
		t.Errorf("fours: %v", err)
	}
	fixed := Problem{Demand: 1, Sites: 2, Distance: []int32{1, 5}, Load: []int64{1}, Capacity: []int64{1, 1}, K: 1, Fixed: []int32{1}}
	if s, err := Solve(context.Background(), fixed, Options{Effort: 200}); err != nil || s.Objective != 5 {
		t.Errorf("fixed: %+v %v", s, err)
	}
}

func TestAnEndedContext(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	p := published(t)
	s, err := Solve(ctx, p, Options{})
	if err == nil && (Check(p, s) != nil || s.Bound > 713) || err != nil && !errors.Is(err, context.Canceled) {
		t.Error(s.Objective, s.Bound, err)
	}
}

func TestWhatCannotBe(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*Problem){
		"no demand": func(p *Problem) { p.Demand = 0 }, "no sites": func(p *Problem) { p.Sites = 0 }, "distances": func(p *Problem) { p.Distance = p.Distance[:1] },
		"loads": func(p *Problem) { p.Load = nil }, "load": func(p *Problem) { p.Load[0] = -1 }, "capacity": func(p *Problem) { p.Capacity[0] = -1 }, "k": func(p *Problem) { p.K = 3 },
		"fixed": func(p *Problem) { p.Fixed = []int32{2} }, "many": func(p *Problem) { p.Fixed = []int32{0, 1} }, "negative": func(p *Problem) { p.Distance[0] = -1 },
		"weight": func(p *Problem) { p.Weight = []int64{-1} }, "sum": func(p *Problem) { p.Weight, p.Distance[0] = []int64{MaxWeight}, MaxWay },
	} {
		p := Problem{Demand: 1, Sites: 2, Distance: []int32{1, 2}, Load: []int64{1}, Capacity: []int64{1, 1}, K: 1}
		spoil(&p)
		var bad *ProblemError
		if _, err := Solve(context.Background(), p, Options{}); !errors.As(err, &bad) || bad.Error() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTheCheckNoticesAChange(t *testing.T) {
	t.Parallel()
	p := published(t)
	good, err := Solve(context.Background(), p, Options{Effort: 200})
	if err != nil || Check(p, good) != nil {
		t.Fatal(err, Check(p, good))
	}
	p.Fixed = good.Open[:1]
	for name, change := range map[string]func(*Solution){
		"open": func(s *Solution) { s.Open[0]-- }, "order": func(s *Solution) { s.Open[1], s.Open[2] = s.Open[2], s.Open[1] }, "fewer": func(s *Solution) { s.Open = s.Open[1:] },
		"serve": func(s *Solution) { s.Serve[0] = -1 }, "used": func(s *Solution) { s.Used[0]++ }, "objective": func(s *Solution) { s.Objective++ },
		"bound": func(s *Solution) { s.Bound = s.Objective + 1 }, "proved": func(s *Solution) { s.Proved = !s.Proved },
	} {
		s := good
		s.Open, s.Serve, s.Used = slices.Clone(s.Open), slices.Clone(s.Serve), slices.Clone(s.Used)
		if change(&s); Check(p, s) == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

func TestReadNamesTheLine(t *testing.T) {
	t.Parallel()
	for file, line := range map[string]int{
		"": 1, "1 9\n2 1 5\n1 0 0 3": 3, "1 9\n2 3 5": 2, "1 9\n2 1 5\n1 0 0 3\n1 1 1 2": 4, "1 9\n2 1 5\n1 0 0 3\n3 1 1 2": 4, "1 9\n1 1 5\n1 0 0 3 9": 3, "1 9\n1 1 5\n1 0 x 3": 3, "1 9\n1 1 5\n1 0 0 -3": 3,
	} {
		_, _, err := ReadORLIB(strings.NewReader(file))
		var bad *text.Error
		if !errors.As(err, &bad) || bad.Line != line {
			t.Errorf("%q: %v, want line %d", file, err, line)
		}
	}
	p, known, err := ReadORLIB(strings.NewReader("3 9\n2 1 5\n2 3 4.5 1\n1 0 0 2"))
	if err != nil || known != 9 || p.K != 1 || !slices.Equal(p.Load, []int64{2, 1}) || !slices.Equal(p.Distance, []int32{0, 5, 5, 0}) {
		t.Error(p, known, err)
	}
}

func FuzzReadORLIB(f *testing.F) {
	f.Add("3 9\n2 1 5\n2 3 4.5 1\n1 0 0 2")
	f.Fuzz(func(t *testing.T, file string) {
		p, _, err := ReadORLIB(strings.NewReader(file))
		if err != nil || p.Demand > 20 {
			return
		}
		if s, err := Solve(context.Background(), p, Options{Effort: 50}); err == nil && Check(p, s) != nil {
			t.Fatal(Check(p, s))
		}
	})
}
