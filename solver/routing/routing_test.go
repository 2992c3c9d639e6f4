package routing

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"zhidian/solver/solvertest"
	"zhidian/solver/text"
)

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

func TestIslandsGiveTheSameOnOneCoreAndOnTwo(t *testing.T) {
	p := published(t, Double)
	for _, islands := range []int{1, 2} {
		solvertest.OneAndTwo(t, func() (Solution, error) {
			s, err := Solve(context.Background(), p, Options{Seed: 4, Effort: 4000, Islands: islands})
			return s, errors.Join(err, Check(p, s))
		})
	}
}

func TestRoundsDoNotAllocate(t *testing.T) {
	p := published(t, Double)
	s := newSearch(newWorld(&p), rand.New(rand.NewPCG(1, 1)), func(rounds int64) float64 { return float64(rounds) })
	s.load(s.world.visits, nil, []int{25})
	round := func() {
		s.begin()
		s.ruin()
		s.recreate()
		if !s.settled(50) {
			s.restore()
		}
	}
	for range 5000 {
		round()
	}
	if n := testing.AllocsPerRun(1000, round); n > 0.1 {
		t.Errorf("%v allocations in a round", n)
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
		return Problem{Shifts: []Shift{{Close: 20, Capacity: 5}}, Visits: []Visit{{}, {Demand: 2, Close: 20}, {Demand: 2, Close: 20}}, Length: []int64{0, 4, 5, 4, 0, 3, 5, 3, 0}}
	}
	for name, spoil := range map[string]func(*Problem){
		"no visits": func(p *Problem) { p.Visits = p.Visits[:1] }, "no shifts": func(p *Problem) { p.Shifts = nil }, "lengths": func(p *Problem) { p.Length = p.Length[1:] },
		"times": func(p *Problem) { p.Time = []int64{1} }, "negative": func(p *Problem) { p.Length[1] = -1 }, "window": func(p *Problem) { p.Visits[1].Open = 21 },
		"demand": func(p *Problem) { p.Visits[1].Demand = -1 },
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
		TooLate: func(p *Problem) { p.Visits[1].Service = 13 }, Apart: func(p *Problem) { p.Shifts[0].Capacity = 3 },
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

func TestReadChao(t *testing.T) {
	t.Parallel()
	good := "n 4\nm 2\ntmax 10.0\n0.5\t0\t0\n0 2 4\n3 0 5\n4 0 0\n"
	p, err := ReadChao(strings.NewReader(good))
	if err != nil {
		t.Fatal(err)
	}
	s, err := Solve(context.Background(), p, Options{Effort: 50})
	if err != nil || Check(p, s) != nil {
		t.Fatal(err, Check(p, s))
	}
	if score, bound := ChaoScores(p, s); score != 9 || bound != 9 {
		t.Errorf("score %d of %d", score, bound)
	}
	for file, line := range map[string]int{
		"": 1, "n 2": 1, "n 4\nk 2": 2, "n 4\nm 0": 2, "n 4\nm 2\ntmax -1": 3, strings.Replace(good, "3 0 5", "3 0 x", 1): 6, good + "1": 8,
		strings.TrimSuffix(good, "4 0 0\n"): 7,
	} {
		_, err := ReadChao(strings.NewReader(file))
		var bad *text.Error
		if !errors.As(err, &bad) || bad.Line != line {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func FuzzReadChao(f *testing.F) {
	f.Add("n 4 m 2 tmax 10.0 0.5 0 0 0 2 4 3 0 5 4 0 0")
	f.Fuzz(func(t *testing.T, file string) {
		p, err := ReadChao(strings.NewReader(file))
		if err != nil {
			return
		}
		s, err := Solve(context.Background(), p, Options{Effort: 20})
		if err == nil && Check(p, s) != nil {
			t.Fatal(Check(p, s))
		}
	})
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
