package siting

import (
	"context"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestRelinkingKeepsTheBestAndEndsBesideIt(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		s := newSearch(context.Background(), p, Options{Effort: 1})
		s.try(s.greedy())
		before, best := s.value, slices.Clone(s.best)
		other := slices.Clone(p.Fixed)
		for j := int32(p.Sites - 1); len(other) < p.K; j-- {
			if !slices.Contains(other, j) {
				other = append(other, j)
			}
		}
		s.swaps.set(other)
		goal := make([]bool, p.Sites)
		for _, j := range best {
			goal[j] = true
		}
		apart := 0
		for _, j := range other {
			if !goal[j] {
				apart++
			}
		}
		for step := range apart + 1 {
			in, out := s.swaps.towards(goal)
			if (in < 0) != (step == apart) {
				t.Fatalf("%d exchanges from a choice that differs in %d", step, apart)
			}
			if in < 0 {
				break
			}
			if most := s.between(goal); s.swaps.total-s.after(in, out) != most {
				t.Fatalf("%d for %d brings %d, another exchange %d", in, out, s.swaps.total-s.after(in, out), most)
			}
			s.swaps.exchange(in, out)
		}
		s.swaps.set(other)
		s.relink()
		if s.value > before {
			t.Fatalf("the best was %d and is %d", before, s.value)
		}
	})
}

// after is what a choice costs after an exchange, counted demand by demand.
func (s *search) after(in, out int32) (sum int64) {
	for i := range s.p.Demand {
		least := never
		for _, j := range s.swaps.sites {
			if j != out {
				least = min(least, s.p.cost(i, int(j)))
			}
		}
		sum += min(least, s.p.cost(i, int(in)))
	}
	return sum
}

// between is what the best exchange towards a choice brings, by trying them all.
func (s *search) between(choice []bool) int64 {
	most := int64(math.MinInt64)
	for j, is := range choice {
		for _, out := range s.swaps.sites {
			if is && !s.swaps.open[j] && !choice[out] {
				most = max(most, s.swaps.total-s.after(int32(j), out))
			}
		}
	}
	return most
}
