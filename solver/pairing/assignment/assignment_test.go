package assignment

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/text"
)

// brute tries every assignment.
func brute(p Problem, row int, taken uint) (best int64, ok bool) {
	if row == p.Rows {
		return 0, true
	}
	best = math.MaxInt64
	for j := range p.Cols {
		if taken&(1<<j) != 0 || p.At(row, j) == Forbidden {
			continue
		}
		if rest, possible := brute(p, row+1, taken|1<<j); possible && int64(p.At(row, j))+rest < best {
			best, ok = int64(p.At(row, j))+rest, true
		}
	}
	return best, ok
}

func draw(t *rapid.T) Problem {
	p := Problem{Rows: rapid.IntRange(1, 6).Draw(t, "rows")}
	p.Cols = p.Rows + rapid.IntRange(0, 2).Draw(t, "more")
	most := rapid.SampledFrom([]int32{1, 3, 100, 1 << 30}).Draw(t, "most")
	cost := rapid.Custom(func(t *rapid.T) int32 {
		if rapid.IntRange(0, 4).Draw(t, "forbidden") == 0 {
			return Forbidden
		}
		return rapid.Int32Range(-most/2, most).Draw(t, "cost")
	})
	p.Cost = rapid.SliceOfN(cost, p.Rows*p.Cols, p.Rows*p.Cols).Draw(t, "costs")
	return p
}

func TestTheBestOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		want, feasible := brute(p, 0, 0)
		s, err := Solve(context.Background(), p, Options{})
		var none *InfeasibleError
		if errors.As(err, &none) {
			if feasible {
				t.Fatalf("found none, the best costs %d", want)
			}
			allowed := map[int32]bool{}
			for _, i := range none.Rows {
				for j := range p.Cols {
					if p.At(int(i), j) != Forbidden {
						allowed[int32(j)] = true
					}
				}
			}
			if len(allowed) >= len(none.Rows) || len(allowed) != len(none.Cols) {
				t.Fatalf("rows %v may use %d columns, said to be %v", none.Rows, len(allowed), none.Cols)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(p, s); err != nil {
			t.Fatal(err)
		}
		if !s.Proved || s.Objective != want {
			t.Fatalf("objective %d, the best is %d; proved: %v", s.Objective, want, s.Proved)
		}
	})
}

func TestAnEndedContextStillAssignsWithABound(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		want, feasible := brute(p, 0, 0)
		ctx, stop := context.WithCancel(context.Background())
		stop()
		s, err := Solve(ctx, p, Options{})
		if err != nil {
			return // nothing was at hand, or there is nothing
		}
		if err := Check(p, s); err != nil {
			t.Fatal(err)
		}
		if !feasible || s.Bound > want || s.Objective < want {
			t.Fatalf("from %d to %d, the best is %d", s.Bound, s.Objective, want)
		}
	})
}

func TestCheckNoticesWhatIsWrong(t *testing.T) {
	t.Parallel()
	p := Problem{Rows: 2, Cols: 3, Cost: []int32{1, 2, 3, 1, 5, Forbidden}}
	good, err := Solve(context.Background(), p, Options{})
	if err != nil || good.Objective != 3 {
		t.Fatal(good, err)
	}
	for name, spoil := range map[string]func(*Solution){
		"twice the same": func(s *Solution) { s.Col = []int32{0, 0} },
		"forbidden":      func(s *Solution) { s.Col = []int32{0, 2} },
		"not there":      func(s *Solution) { s.Col = []int32{0, 3} },
		"other cost":     func(s *Solution) { s.Objective++ },
		"bound too high": func(s *Solution) { s.Bound++ },
		"not proved":     func(s *Solution) { s.Proved = false },
		"dear column":    func(s *Solution) { s.ColPrice = []int64{0, 0, 1} },
		"dear row":       func(s *Solution) { s.RowPrice = []int64{2, 1} },
	} {
		s, _ := Solve(context.Background(), p, Options{})
		spoil(&s)
		if Check(p, s) == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

func TestSizesThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, p := range []Problem{{}, {Rows: 2, Cols: 1, Cost: []int32{1, 1}}, {Rows: 1, Cols: 2, Cost: []int32{1}}, {Rows: -1, Cols: -1}} {
		var size *SizeError
		if _, err := Solve(context.Background(), p, Options{}); !errors.As(err, &size) {
			t.Errorf("%+v: %v", p, err)
		}
	}
}

// TestPublished solves a table of the OR-Library, see testdata/README.md.
func TestPublished(t *testing.T) {
	t.Parallel()
	packed, err := os.ReadFile("testdata/assign100.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	in, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(in)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Solve(context.Background(), p, Options{})
	if err != nil || Check(p, s) != nil || s.Objective != 305 {
		t.Fatal(s.Objective, err, Check(p, s))
	}
}

func TestReadNamesTheLine(t *testing.T) {
	t.Parallel()
	for file, line := range map[string]int{"": 1, "x": 1, "0": 1, "2\n1 2\n3": 3, "2\n1 2\n3 4.5": 3, "1\n7\n\n8": 4, "1\n99999999999999999999": 2, "30000": 1} {
		_, err := Read(strings.NewReader(file))
		var bad *text.Error
		if !errors.As(err, &bad) || bad.Line != line {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add("2 1 2 3 4")
	f.Add("1\n-7\n")
	f.Fuzz(func(t *testing.T, file string) {
		p, err := Read(strings.NewReader(file))
		if err != nil {
			return
		}
		s, err := Solve(context.Background(), p, Options{})
		if err != nil || Check(p, s) != nil {
			t.Fatal(err, Check(p, s))
		}
	})
}

// BenchmarkSolve solves tables of costs drawn evenly, as assign800 and the dense one of the plan are.
func BenchmarkSolve(b *testing.B) {
	for _, kind := range []struct {
		name string
		n    int
		most uint32
	}{{"800 to 100", 800, 100}, {"4000 to 1000000", 4000, 1_000_000}, {"4000 to 100", 4000, 100}} {
		b.Run(kind.name, func(b *testing.B) {
			p := Problem{Rows: kind.n, Cols: kind.n, Cost: make([]int32, kind.n*kind.n)}
			x := uint64(1)
			for i := range p.Cost {
				x = x*6364136223846793005 + 1442695040888963407
				p.Cost[i] = 1 + int32(uint32(x>>33)%kind.most)
			}
			for b.Loop() {
				s, err := Solve(context.Background(), p, Options{})
				if err != nil || !s.Proved {
					b.Fatal(err)
				}
			}
		})
	}
}
