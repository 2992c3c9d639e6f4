package groups

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/solvertest"
)

// brute tries every plan.
func brute(p Problem) int64 {
	at := nowhere(len(p.Groups), p.Terms)
	best := int64(math.MaxInt64)
	var try func(k int)
	try = func(k int) {
		if k == len(p.Groups)*p.Terms {
			for _, cost := range []int64{0, price(p, at)} {
				if CheckPlan(p, at, cost) == nil {
					best = min(best, cost)
				}
			}
			return
		}
		for v := int32(Nowhere); int(v) < len(p.Places); v++ {
			at[k/p.Terms][k%p.Terms] = v
			try(k + 1)
		}
	}
	try(0)
	return best
}

// price is what a plan costs, whether or not it may be.
func price(p Problem, at [][]int32) (cost int64) {
	for v, place := range p.Places {
		for t, w := range place.Wants {
			need := int64(w.Need)
			for i, g := range p.Groups {
				if at[i][t] == int32(v) {
					need -= int64(g.Size)
				}
			}
			cost += p.Missing * max(0, need)
		}
	}
	for i, g := range p.Groups {
		for t, v := range at[i] {
			switch {
			case v == Nowhere && !slices.Contains(g.Away, int32(t)):
				cost += p.Idle
			case v != Nowhere:
				once, _ := allowed(p, i, v)
				cost += once
				if t > 0 && at[i][t-1] != Nowhere && at[i][t-1] != v {
					cost += p.Change
				}
			}
		}
	}
	return cost
}

func draw(t *rapid.T) Problem {
	coord := rapid.Int32Range(-20, 20)
	p := Problem{Terms: rapid.IntRange(1, 2).Draw(t, "terms"), Weights: Weights{
		Reach: rapid.SampledFrom([]int64{0, 0, 25}).Draw(t, "reach"), Stranger: rapid.Int64Range(0, 9).Draw(t, "stranger"), Change: rapid.Int64Range(0, 30).Draw(t, "change"),
		Missing: rapid.Int64Range(0, 30).Draw(t, "missing"), Idle: rapid.SampledFrom([]int64{0, 10, 1000}).Draw(t, "idle"),
	}}
	for range rapid.IntRange(1, 3).Draw(t, "places") {
		v := Place{X: coord.Draw(t, "x"), Y: coord.Draw(t, "y"), Asks: Skills(rapid.IntRange(0, 1).Draw(t, "asks"))}
		for range p.Terms {
			v.Wants = append(v.Wants, Want{rapid.Int32Range(0, 6).Draw(t, "need"), rapid.Int32Range(0, 8).Draw(t, "room")})
		}
		p.Places = append(p.Places, v)
	}
	place := rapid.Int32Range(0, int32(len(p.Places)-1))
	for range rapid.IntRange(1, 3).Draw(t, "groups") {
		g := Group{X: coord.Draw(t, "x"), Y: coord.Draw(t, "y"), Size: rapid.Int32Range(1, 5).Draw(t, "size"), Skills: Skills(rapid.IntRange(0, 1).Draw(t, "skills"))}
		if rapid.Bool().Draw(t, "knows") {
			g.Knows = []int32{place.Draw(t, "known")}
		}
		if rapid.IntRange(0, 3).Draw(t, "away") == 0 {
			g.Away = []int32{rapid.Int32Range(0, int32(p.Terms-1)).Draw(t, "term")}
		}
		p.Groups = append(p.Groups, g)
	}
	group := rapid.Int32Range(0, int32(len(p.Groups)-1))
	if rapid.IntRange(0, 2).Draw(t, "ban") == 0 {
		p.Bans = append(p.Bans, Visit{group.Draw(t, "group"), place.Draw(t, "place")})
	}
	if rapid.IntRange(0, 2).Draw(t, "lock") == 0 {
		p.Locks = append(p.Locks, Stay{group.Draw(t, "group"), place.Draw(t, "place"), rapid.Int32Range(0, int32(p.Terms-1)).Draw(t, "term")})
	}
	return p
}

func TestAPlanAndItsBound(t *testing.T) {
	t.Parallel()
	off := 0
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		want := brute(p)
		s, err := Solve(context.Background(), p, Options{})
		var bad *ProblemError
		if errors.As(err, &bad) {
			if want != math.MaxInt64 {
				t.Fatalf("%v, but there is a plan at %d", err, want)
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
			t.Fatalf("from %d to %d, the best is %d", s.Bound, s.Objective, want)
		}
		if s.Objective > want {
			off++
		}
	})
	t.Logf("%d plans were not the best", off)
}

// county is as many colleges' classes and villages as a city has, in a square of eighty kilometres.
func county(n, places, terms int) Problem {
	x := uint64(7)
	under := func(n int) int {
		x = x*6364136223846793005 + 1442695040888963407
		return int(x >> 33 % uint64(n))
	}
	p := Problem{Terms: terms, Weights: Weights{Stranger: 3000, Change: 5000, Missing: 2000, Idle: 100_000}}
	for range places {
		v := Place{X: int32(under(80_000)), Y: int32(under(80_000))}
		if under(5) == 0 {
			v.Asks = 1 << under(3)
		}
		for range terms {
			need := int32(4 + under(12))
			v.Wants = append(v.Wants, Want{need, need + int32(under(10))})
		}
		p.Places = append(p.Places, v)
	}
	for range n {
		at := under(4)
		g := Group{X: int32(20_000 + at%2*40_000), Y: int32(20_000 + at/2*40_000), Size: int32(4 + under(9)), Skills: Skills(under(8)), Knows: []int32{int32(under(places))}}
		p.Groups = append(p.Groups, g)
	}
	for i := range int32(10) {
		p.Locks = append(p.Locks, Stay{i, p.Groups[i].Knows[0], 0})
		p.Groups[i].Skills = 7
		p.Groups[i].Size = 4
	}
	return p
}

func TestTheSamePlanOnOneAndOnTwoProcessors(t *testing.T) {
	p := county(40, 90, 2)
	want, err := Solve(context.Background(), p, Options{})
	if err != nil || Check(p, want) != nil {
		t.Fatal(err, Check(p, want))
	}
	solvertest.OneAndTwo(t, func() (Solution, error) { return Solve(context.Background(), p, Options{}) })
}

func TestAPlanTakesLittleRoom(t *testing.T) {
	p := county(40, 90, 2)
	if n := testing.AllocsPerRun(3, func() {
		if _, err := Solve(context.Background(), p, Options{}); err != nil {
			t.Fatal(err)
		}
	}); n > 6000 {
		t.Fatalf("%v allocations for 40 groups", n)
	}
}

func TestAnEndedContextStillPlans(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	p := county(40, 90, 2)
	s, err := Solve(ctx, p, Options{})
	if err != nil || Check(p, s) != nil {
		t.Fatal(err, Check(p, s))
	}
}

// BenchmarkSolve plans 300 groups for 1,100 villages.
func BenchmarkSolve(b *testing.B) {
	for name, terms := range map[string]int{"one term": 1, "two terms": 2} {
		b.Run(name, func(b *testing.B) {
			p := county(300, 1100, terms)
			var s Solution
			solvertest.Each(b, func() {
				var err error
				if s, err = Solve(context.Background(), p, Options{}); err != nil {
					b.Fatal(err)
				}
			})
			b.ReportMetric(100*float64(s.Objective-s.Bound)/float64(s.Bound), "gap%")
		})
	}
}
