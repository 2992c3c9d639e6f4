package routing

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/text"
)

// brute tries every order of visits and every way to cut it into routes, and gives the shortest sum of lengths for the
// fewest teams where few are asked for.
func brute(p Problem) (best int64, teams int, ok bool) {
	n := len(p.Visits)
	best, teams = math.MaxInt64, math.MaxInt
	var order []int32
	used := make([]bool, n)
	var cut func(from, routes int, sum int64)
	cut = func(from, routes int, sum int64) {
		if from == len(order) {
			if p.Fewest && routes > teams {
				return
			}
			if sum < best || p.Fewest && routes < teams {
				best, teams, ok = sum, routes, true
			}
			return
		}
		if routes == p.Teams {
			return
		}
		at, t, load, length := 0, p.Visits[0].Open+p.Visits[0].Service, int64(0), int64(0)
		for k := from; k < len(order); k++ {
			v := int(order[k])
			x := p.Visits[v]
			t = max(t+p.time()[at*n+v], x.Open)
			if load += x.Demand; t > x.Close || load > p.Capacity {
				return
			}
			length += p.Length[at*n+v]
			t += x.Service
			at = v
			if t+p.time()[v*n] <= p.Visits[0].Close {
				cut(k+1, routes+1, sum+length+p.Length[v*n])
			}
		}
	}
	var permute func()
	permute = func() {
		if len(order) == n-1 {
			cut(0, 0, 0)
			return
		}
		for v := 1; v < n; v++ {
			if !used[v] {
				used[v] = true
				order = append(order, int32(v))
				permute()
				order = order[:len(order)-1]
				used[v] = false
			}
		}
	}
	permute()
	return best, teams, ok
}

func draw(t *rapid.T) Problem {
	n := rapid.IntRange(2, 6).Draw(t, "places")
	p := Problem{Teams: rapid.IntRange(1, 4).Draw(t, "teams"), Capacity: rapid.Int64Range(3, 12).Draw(t, "capacity"), Fewest: rapid.Bool().Draw(t, "fewest")}
	p.Visits = []Visit{{Close: 100}}
	var x, y []int64
	for range n {
		x, y = append(x, rapid.Int64Range(0, 12).Draw(t, "x")), append(y, rapid.Int64Range(0, 12).Draw(t, "y"))
	}
	for i := 1; i < n; i++ {
		v := Visit{Demand: rapid.Int64Range(0, 3).Draw(t, "demand"), Open: rapid.Int64Range(0, 40).Draw(t, "open"), Service: rapid.Int64Range(0, 5).Draw(t, "service")}
		v.Close = v.Open + rapid.Int64Range(0, 40).Draw(t, "window")
		p.Visits = append(p.Visits, v)
	}
	for i := range n {
		for j := range n {
			p.Length = append(p.Length, max(x[i]-x[j], x[j]-x[i])+max(y[i]-y[j], y[j]-y[i]))
		}
	}
	if rapid.Bool().Draw(t, "other times") {
		for _, d := range p.Length {
			p.Time = append(p.Time, d*2)
		}
	}
	return p
}

func TestSmallPlansAreTheBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		want, teams, feasible := brute(p)
		s, err := Solve(context.Background(), p, Options{Effort: 20_000})
		var none *InfeasibleError
		if errors.As(err, &none) {
			if feasible {
				t.Fatalf("found none (%v), the best is %d long", err, want)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(p, s); err != nil {
			t.Fatal(err)
		}
		if !feasible || s.Objective != want || p.Fewest && len(s.Routes) != teams || s.Bound > want {
			t.Fatalf("%d long with %d teams, bound %d; the best is %d with %d", s.Objective, len(s.Routes), s.Bound, want, teams)
		}
	})
}

func published(t testing.TB, rounding Rounding) Problem {
	f, err := os.Open("testdata/C101.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := ReadSolomon(f, rounding)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPublished(t *testing.T) {
	t.Parallel()
	for rounding, want := range map[Rounding]float64{Double: 828.9369, Trunc1: 827.3} {
		for _, fewest := range []bool{false, true} {
			p := published(t, rounding)
			p.Fewest = fewest
			s, err := Solve(context.Background(), p, Options{Effort: 5000})
			if have := float64(s.Objective) / float64(rounding.Scale()); err != nil || Check(p, s) != nil || math.Abs(have-want) > 0.001 || len(s.Routes) != 10 {
				t.Errorf("%v: %v with %d teams; %v %v", rounding, have, len(s.Routes), err, Check(p, s))
			}
		}
	}
}

func TestTheSameSeedGivesTheSame(t *testing.T) {
	t.Parallel()
	p := published(t, Double)
	solve := func(seed uint64) Solution {
		s, err := Solve(context.Background(), p, Options{Seed: seed, Effort: 300})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	one, two := solve(4), solve(4)
	if one.Objective != two.Objective || !slices.EqualFunc(one.Routes, two.Routes, slices.Equal) {
		t.Error("the same seed gave two plans")
	}
}

func TestAnEndedContextStillPlans(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(context.Background())
	stop()
	p := published(t, Double)
	s, err := Solve(ctx, p, Options{})
	if err != nil || Check(p, s) != nil || s.Rounds != 0 {
		t.Fatal(s.Rounds, err, Check(p, s))
	}
}

func TestWhatCannotBe(t *testing.T) {
	t.Parallel()
	good := func() Problem {
		return Problem{Teams: 1, Capacity: 5, Visits: []Visit{{Close: 20}, {Demand: 2, Close: 20}, {Demand: 2, Close: 20}}, Length: []int64{0, 4, 5, 4, 0, 3, 5, 3, 0}}
	}
	for name, spoil := range map[string]func(*Problem){
		"no visits": func(p *Problem) { p.Visits = p.Visits[:1] }, "no teams": func(p *Problem) { p.Teams = 0 }, "lengths": func(p *Problem) { p.Length = p.Length[1:] },
		"times": func(p *Problem) { p.Time = []int64{1} }, "negative": func(p *Problem) { p.Length[1] = -1 }, "window": func(p *Problem) { p.Visits[1].Open = 21 },
		"demand": func(p *Problem) { p.Visits[0].Demand = 1 },
	} {
		p := good()
		spoil(&p)
		var bad *ProblemError
		if _, err := Solve(context.Background(), p, Options{}); !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for want, spoil := range map[Reason]func(*Problem){
		TooMuch: func(p *Problem) { p.Visits[1].Demand = 6 }, TooEarly: func(p *Problem) { p.Visits[1].Close = 3 },
		TooLate: func(p *Problem) { p.Visits[1].Service = 13 }, NoTeam: func(p *Problem) { p.Capacity = 3 },
	} {
		p := good()
		spoil(&p)
		var none *InfeasibleError
		if _, err := Solve(context.Background(), p, Options{Effort: 50}); !errors.As(err, &none) || none.Why != want {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestCheckNoticesWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := published(t, Double)
	for name, spoil := range map[string]func(*Solution){
		"left out": func(s *Solution) { s.Routes[0] = s.Routes[0][1:] }, "twice": func(s *Solution) { s.Routes[0] = append(s.Routes[0], s.Routes[1][0]) },
		"not there": func(s *Solution) { s.Routes[0][0] = 101 }, "other length": func(s *Solution) { s.Objective++ }, "late": func(s *Solution) { slices.Reverse(s.Routes[0]) },
		"too much": func(s *Solution) { s.Routes = [][]int32{slices.Concat(s.Routes...)} }, "bound": func(s *Solution) { s.Bound = s.Objective + 1 },
	} {
		s, err := Solve(context.Background(), p, Options{Effort: 50})
		if err != nil || Check(p, s) != nil {
			t.Fatal(err, Check(p, s))
		}
		spoil(&s)
		if Check(p, s) == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

func TestReadNamesTheLine(t *testing.T) {
	t.Parallel()
	head := "C\n\nVEHICLE\nNUMBER CAPACITY\n 2 10\n\nCUSTOMER\nCUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME\n"
	for file, line := range map[string]int{
		"": 1, "C\nVEHICLES": 2, head: 9, head + "0 1 1 0 0 9 0\n2 1 1 1 0 9 0": 10, head + "0 1 1 0 0 9 0\n1 1 x 1 0 9 0": 10, head + "0 1 1 0 0 9 0\n1 1 1 1.5 0 9 0": 10,
		strings.Replace(head, " 2 10", " 0 10", 1): 5,
	} {
		_, err := ReadSolomon(strings.NewReader(file), Double)
		var bad *text.Error
		if !errors.As(err, &bad) || bad.Line != line {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func FuzzReadSolomon(f *testing.F) {
	f.Add("C VEHICLE NUMBER CAPACITY 2 10 CUSTOMER CUST NO. XCOORD. YCOORD. DEMAND READY TIME DUE DATE SERVICE TIME 0 1 1 0 0 9 0 1 2 2 3 0 9 1")
	f.Fuzz(func(t *testing.T, file string) {
		p, err := ReadSolomon(strings.NewReader(file), Trunc1)
		if err != nil {
			return
		}
		s, err := Solve(context.Background(), p, Options{Effort: 20})
		if err == nil && Check(p, s) != nil {
			t.Fatal(Check(p, s))
		}
	})
}
