package siting

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

// brute tries every choice.
func brute(p Problem) (best int64, ok bool) {
	best = math.MaxInt64
	for set := range 1 << p.Sites {
		n, fixed := 0, 0
		for j := range p.Sites {
			n += set >> j & 1
		}
		for _, j := range p.Fixed {
			fixed += set >> j & 1
		}
		if n != p.K || fixed != len(p.Fixed) {
			continue
		}
		var sum int64
		for i := range p.Demand {
			d := int64(math.MaxInt64)
			for j := range p.Sites {
				if x := p.Distance[i*p.Sites+j]; set>>j&1 == 1 && x != Never {
					d = min(d, int64(x))
				}
			}
			if d == math.MaxInt64 {
				sum = d
				break
			}
			w := int64(1)
			if p.Weight != nil {
				w = p.Weight[i]
			}
			sum += w * d
		}
		if sum < best {
			best, ok = sum, true
		}
	}
	return best, ok
}

func draw(t *rapid.T) Problem {
	p := Problem{Demand: rapid.IntRange(1, 9).Draw(t, "demand"), Sites: rapid.IntRange(1, 9).Draw(t, "sites")}
	p.K = rapid.IntRange(1, p.Sites).Draw(t, "k")
	most := rapid.SampledFrom([]int32{2, 50, MaxWay}).Draw(t, "most")
	gaps := rapid.Bool().Draw(t, "gaps")
	p.Distance = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) int32 {
		if gaps && rapid.IntRange(0, 3).Draw(t, "never") == 0 {
			return Never
		}
		return rapid.Int32Range(0, most).Draw(t, "distance")
	}), p.Demand*p.Sites, p.Demand*p.Sites).Draw(t, "distances")
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
		s, err := Solve(context.Background(), p, Options{})
		var none *InfeasibleError
		if errors.As(err, &none) {
			if feasible {
				t.Fatalf("found none, the best costs %d", want)
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
			t.Fatalf("objective %d, bound %d, the best is %d (%v)", s.Objective, s.Bound, want, feasible)
		}
		// Loss and Gain are what closing and opening one site bring.
		value := func(open []int32) (sum int64) {
			for i := range p.Demand {
				d := int64(Never)
				for _, j := range open {
					d = min(d, int64(p.way(i, int(j))))
				}
				w := int64(1)
				if p.Weight != nil {
					w = p.Weight[i]
				}
				if d == Never {
					return -1
				}
				sum += w * d
			}
			return sum
		}
		for k := range s.Open {
			rest := slices.Delete(slices.Clone(s.Open), k, k+1)
			if now := value(rest); len(rest) > 0 && (now < 0) != (s.Loss[k] < 0) || now >= 0 && now-s.Objective != s.Loss[k] {
				t.Fatalf("closing %d: %d, said %d", s.Open[k], now-s.Objective, s.Loss[k])
			}
		}
		for j := range int32(p.Sites) {
			if gain := s.Objective - value(append(slices.Clone(s.Open), j)); gain != s.Gain[j] {
				t.Fatalf("opening %d: %d, said %d", j, gain, s.Gain[j])
			}
		}
	})
}

func TestTheSameOnOneAndOnTwoCores(t *testing.T) {
	p := published(t)
	solvertest.OneAndTwo(t, func() (Solution, error) { return Solve(context.Background(), p, Options{Seed: 4}) })
	solvertest.OneAndTwo(t, func() (Answer, error) {
		plan, err := NewPlan(context.Background(), p, Options{Seed: 4})
		if err != nil {
			return Answer{}, err
		}
		return plan.WhatIf(Change{Close: plan.Solution.Open[:1]})
	})
}

func published(t *testing.T) Problem {
	f, err := os.Open("testdata/pmed1.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := ReadORLIB(f)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPublished(t *testing.T) {
	t.Parallel()
	p := published(t)
	s, err := Solve(context.Background(), p, Options{})
	if err != nil || Check(p, s) != nil || s.Objective != 5819 || !s.Proved {
		t.Fatal(s.Objective, s.Bound, err, Check(p, s))
	}
}

func TestAnEndedContextStillChoosesWithABound(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	p := published(t)
	s, err := Solve(ctx, p, Options{})
	if err != nil || Check(p, s) != nil || s.Bound > 5819 || s.Objective < 5819 || s.Objective > 7000 {
		t.Fatal(s.Objective, s.Bound, err)
	}
}

func TestWhatCannotBe(t *testing.T) {
	t.Parallel()
	good := func() Problem { return Problem{Demand: 2, Sites: 2, Distance: []int32{1, 2, 3, 4}, K: 1} }
	for name, spoil := range map[string]func(*Problem){
		"no demand": func(p *Problem) { p.Demand = 0 }, "no sites": func(p *Problem) { p.Sites = 0 }, "distances": func(p *Problem) { p.Distance = p.Distance[:3] },
		"weights": func(p *Problem) { p.Weight = []int64{1} }, "heavy": func(p *Problem) { p.Weight = []int64{1, -1} }, "k": func(p *Problem) { p.K = 3 },
		"fixed": func(p *Problem) { p.Fixed = []int32{2} }, "too many fixed": func(p *Problem) { p.Fixed = []int32{0, 1} }, "negative": func(p *Problem) { p.Distance[1] = -1 },
	} {
		p := good()
		spoil(&p)
		var bad *ProblemError
		if _, err := Solve(context.Background(), p, Options{}); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := good()
	p.Distance[2], p.Distance[3] = Never, Never
	var none *InfeasibleError
	if _, err := Solve(context.Background(), p, Options{}); !errors.As(err, &none) || none.Demand != 1 {
		t.Error(err)
	}
}

func TestReadNamesTheLine(t *testing.T) {
	t.Parallel()
	for file, line := range map[string]int{"": 1, "2 1 3": 1, "2 1 1\n1 3 4": 2, "2 1 1\n1 2": 2, "2 1 1\n1 2 -4": 2, "1 0 1\nx": 2} {
		_, err := ReadORLIB(strings.NewReader(file))
		var bad *text.Error
		if !errors.As(err, &bad) || bad.Line != line {
			t.Errorf("%q: %v", file, err)
		}
	}
	p, err := ReadORLIB(strings.NewReader("3 4 1\n1 2 9\n2 3 1\n2 1 5\n1 3 7"))
	if want := []int32{0, 5, 6, 5, 0, 1, 6, 1, 0}; err != nil || !slices.Equal(p.Distance, want) {
		t.Error(p.Distance, err)
	}
}

func FuzzReadORLIB(f *testing.F) {
	f.Add("3 2 1\n1 2 9\n2 3 1")
	f.Fuzz(func(t *testing.T, file string) {
		if len(file) > 300 || strings.Contains(file, "000") {
			return
		}
		p, err := ReadORLIB(strings.NewReader(file))
		if err != nil || p.Demand > 50 {
			return
		}
		s, err := Solve(context.Background(), p, Options{Effort: 50})
		if err == nil && Check(p, s) != nil {
			t.Fatal(Check(p, s))
		}
	})
}
