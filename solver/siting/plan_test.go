package siting

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

func TestWhatIfKeepsToTheChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		plan, err := NewPlan(context.Background(), p, Options{})
		if err != nil {
			return
		}
		before := plan.Solution
		j := int32(rapid.IntRange(0, p.Sites-1).Draw(t, "site"))
		_, open := slices.BinarySearch(before.Open, j)
		change := Change{Open: []int32{j}}
		if open {
			change = Change{Close: []int32{j}}
		}
		a, err := plan.WhatIf(change)
		var none *InfeasibleError
		var bad *ProblemError
		switch {
		case errors.As(err, &bad) && open && (p.K == 1 || slices.Contains(p.Fixed, j)), errors.As(err, &none) && open:
			return
		case err != nil:
			t.Fatal(err)
		}
		q := p
		if open {
			q.K--
			q.Distance = slices.Clone(p.Distance)
			for i := range q.Demand {
				q.Distance[i*q.Sites+int(j)] = Never
			}
		} else {
			q.K++
			q.Fixed = append(slices.Clone(p.Fixed), j)
		}
		if err := Check(q, a.Solution); err != nil {
			t.Fatal(err)
		}
		if _, is := slices.BinarySearch(a.Solution.Open, j); is == open || a.AtOnce >= 0 && a.AtOnce < a.Solution.Objective {
			t.Fatalf("%+v", a)
		}
		if want, ok := brute(q); ok && (a.Solution.Bound > want || a.Solution.Objective < want) {
			t.Fatalf("%d, bound %d, the best is %d", a.Solution.Objective, a.Solution.Bound, want)
		}
		again, err := plan.WhatIf(change)
		if err != nil || again.Solution.Objective != a.Solution.Objective || !slices.Equal(plan.Solution.Open, before.Open) {
			t.Fatal("the plan has changed")
		}
	})
}

func TestWhyIsTheBestExchange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		p.Fixed = nil
		plan, err := NewPlan(context.Background(), p, Options{})
		if err != nil {
			return
		}
		s := plan.Solution
		value := func(open []int32) (sum int64) {
			for i := range p.Demand {
				c := never
				for _, j := range open {
					c = min(c, p.cost(i, int(j)))
				}
				sum += c
			}
			return sum
		}
		for j := range int32(p.Sites) {
			r := plan.Why(j)
			if k, open := slices.BinarySearch(s.Open, j); open {
				if !r.Open || r.Loss != s.Loss[k] {
					t.Fatalf("%+v", r)
				}
				continue
			}
			best := int64(math.MaxInt64)
			for k := range s.Open {
				open := slices.Clone(s.Open)
				open[k] = j
				best = min(best, value(open)-s.Objective)
			}
			if r.Open || r.Gain != s.Gain[j] || r.Adds != best {
				t.Fatalf("%+v, the best exchange adds %d", r, best)
			}
		}
	})
}

func TestCoveringIsTheMostThatCanBeCovered(t *testing.T) {
	t.Parallel()
	p := Problem{Demand: 4, Sites: 3, Distance: []int32{5, 9, Never, 6, 5, 9, 9, 4, 8, 9, 9, 5}, Weight: []int64{1, 2, 4, 8}, K: 1}
	for k, want := range []int64{7, 1, 0} { // the third alone, with the second, all
		p.K = k + 1
		s, err := Solve(context.Background(), Covering(p, 5), Options{})
		if err != nil || s.Objective != want || !s.Proved || Check(Covering(p, 5), s) != nil {
			t.Errorf("%d sites leave %d, want %d (%v)", p.K, s.Objective, want, err)
		}
	}
}

func TestWhatIfTakesLittleRoom(t *testing.T) {
	p := published(t)
	plan, err := NewPlan(context.Background(), p, Options{Effort: 1})
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(5, func() {
		if _, err := plan.WhatIf(Change{Close: plan.Solution.Open[:1]}); err != nil {
			t.Fatal(err)
		}
	}); n > 60 {
		t.Fatalf("%v allocations for one question", n)
	}
}

func BenchmarkWhatIf(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 2))
	p := Problem{Demand: 20_000, Sites: 500, K: 40}
	var x, y []float64
	for range p.Sites {
		x, y = append(x, r.Float64()*100_000), append(y, r.Float64()*100_000)
	}
	for range p.Demand {
		p.Weight = append(p.Weight, 1+r.Int64N(200))
		a, c := r.Float64()*100_000, r.Float64()*100_000
		for j := range x {
			p.Distance = append(p.Distance, int32(math.Hypot(x[j]-a, y[j]-c)))
		}
	}
	plan, err := NewPlan(context.Background(), p, Options{Effort: 1})
	if err != nil {
		b.Fatal(err)
	}
	closed := int32(0)
	for slices.Contains(plan.Solution.Open, closed) {
		closed++
	}
	for _, c := range []struct {
		name   string
		change Change
	}{
		{"close", Change{Close: plan.Solution.Open[7:8]}},
		{"open", Change{Open: []int32{closed}}},
		{"move", Change{Open: []int32{closed}, Close: plan.Solution.Open[3:4]}},
	} {
		b.Run(c.name, func(b *testing.B) {
			solvertest.Each(b, func() {
				if _, err := plan.WhatIf(c.change); err != nil {
					b.Fatal(err)
				}
			})
		})
	}
}
