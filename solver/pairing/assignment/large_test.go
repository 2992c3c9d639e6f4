package assignment

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/solvertest"
)

// drawLarge draws a table of which only a part is in the lists at first.
func drawLarge(t *rapid.T) Problem {
	p := Problem{Rows: rapid.IntRange(few, 60).Draw(t, "rows")}
	p.Cols = p.Rows + rapid.SampledFrom([]int{0, 0, 1, 20}).Draw(t, "more")
	most := rapid.SampledFrom([]uint64{2, 10, 1000, 1 << 30}).Draw(t, "most")
	thin := rapid.SampledFrom([]uint64{0, 2, 10, 30}).Draw(t, "allowed in a row")
	kind := rapid.SampledFrom([]string{"even", "product", "near"}).Draw(t, "kind")
	x := rapid.Uint64().Draw(t, "lots")
	for i := range p.Rows {
		for j := range p.Cols {
			x = x*6364136223846793005 + 1442695040888963407
			c := int32((x >> 33) % most)
			switch kind {
			case "product": // every pair matters: the example of Machol and Wien
				c = int32((i + 1) * (j + 1))
			case "near": // all rows want the same columns
				c = int32(j) + c%3
			}
			if thin > 0 && (x>>20)%uint64(p.Cols) >= thin {
				c = Forbidden
			}
			p.Cost = append(p.Cost, c)
		}
	}
	return p
}

func sparse(p Problem) Sparse {
	s := Sparse{Cols: p.Cols, Pairs: make([][]Pair, p.Rows)}
	for i := range p.Rows {
		for j := range p.Cols {
			if c := p.At(i, j); c != Forbidden {
				s.Pairs[i] = append(s.Pairs[i], Pair{int32(j), c})
			}
		}
	}
	return s
}

// TestAPartIsEnough: what is left out of the lists at first changes nothing, and naming all pairs finds the same.
func TestAPartIsEnough(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawLarge(t)
		s, err := Solve(context.Background(), p, Options{})
		other, otherErr := SolveSparse(context.Background(), sparse(p), Options{})
		var none *InfeasibleError
		if errors.As(err, &none) {
			if !errors.As(otherErr, &none) || len(none.Cols) >= len(none.Rows) {
				t.Fatal(err, otherErr)
			}
			return
		}
		if err = errors.Join(err, otherErr); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(Check(p, s), Check(sparse(p).Problem(), other)); err != nil {
			t.Fatal(err)
		}
		if !s.Proved || !other.Proved || s.Objective != other.Objective {
			t.Fatalf("%d and %d; proved: %v and %v", s.Objective, other.Objective, s.Proved, other.Proved)
		}
		again, err := Solve(context.Background(), p, Options{})
		if err != nil || !slices.Equal(again.Col, s.Col) {
			t.Fatal("the same table was solved otherwise", err)
		}
	})
}

func TestPairsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, p := range []Sparse{
		{Cols: 1, Pairs: [][]Pair{{{1, 0}}}},
		{Cols: 1, Pairs: [][]Pair{{{-1, 0}}}},
		{Cols: 1, Pairs: [][]Pair{{{0, Forbidden}}}},
		{Cols: 1, Pairs: [][]Pair{{{0, 1}, {0, 2}}}},
	} {
		var pair *PairError
		if _, err := SolveSparse(context.Background(), p, Options{}); !errors.As(err, &pair) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	var size *SizeError
	if _, err := SolveSparse(context.Background(), Sparse{Cols: 1, Pairs: make([][]Pair, 2)}, Options{}); !errors.As(err, &size) {
		t.Error(err)
	}
}

// TestAllocations: once a table is there, an assignment takes room for its lists, not for each path.
func TestAllocations(t *testing.T) {
	p := Problem{Rows: 200, Cols: 200, Cost: make([]int32, 200*200)}
	for k := range p.Cost {
		p.Cost[k] = int32(k * 7919 % 1009)
	}
	if n := testing.AllocsPerRun(5, func() {
		if _, err := Solve(context.Background(), p, Options{}); err != nil {
			t.Fatal(err)
		}
	}); n > 1500 {
		t.Fatalf("%v allocations for 200 rows", n)
	}
}

func TestTheSameOnOneAndOnTwoCores(t *testing.T) {
	p := Problem{Rows: 300, Cols: 320, Cost: make([]int32, 300*320)}
	for k := range p.Cost {
		p.Cost[k] = int32(k * 7919 % 1009)
	}
	solvertest.OneAndTwo(t, func() (Solution, error) { return Solve(context.Background(), p, Options{}) })
	q := sparse(p)
	solvertest.OneAndTwo(t, func() (Solution, error) { return SolveSparse(context.Background(), q, Options{}) })
}
