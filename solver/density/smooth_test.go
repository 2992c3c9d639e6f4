package density

import (
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestSmoothEqualsBruteForce asks every pair of cells.
func TestSmoothEqualsBruteForce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := Grid{Shape: Shape(rapid.IntRange(0, 1).Draw(t, "shape")), Side: Metres(rapid.SampledFrom([]float64{100, 333.3, 500}).Draw(t, "side"))}
		radius := g.Side * Metres(rapid.Float64Range(1, 5).Draw(t, "radius"))
		held := map[Cell]int64{}
		for range rapid.IntRange(1, 6).Draw(t, "cells") {
			held[Cell{int32(rapid.IntRange(-4, 4).Draw(t, "q")), int32(rapid.IntRange(-4, 4).Draw(t, "r"))}] += rapid.Int64Range(0, 1000).Draw(t, "n")
		}
		var cells []Cell
		var counts []int64
		for c, n := range held {
			cells, counts = append(cells, c), append(counts, n)
		}
		s, err := Smooth(g, cells, counts, radius)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.IsSortedFunc(s.Cells, compareCells) {
			t.Fatal("out of order")
		}
		got := map[Cell]int64{}
		for i, c := range s.Cells {
			got[c] = s.Whole[i]
		}
		end := math.Round(float64(radius) * 1000)
		for q := int32(-25); q <= 25; q++ {
			for r := int32(-15); r <= 15; r++ {
				at, want := Cell{q, r}, int64(0)
				for c, n := range held {
					// The distance of two centres is that of their difference from the middle.
					a, b := g.Centre(Cell{q - c.Q, r - c.R}), g.Centre(Cell{})
					away := math.Round(math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y)) * 1000)
					if away < end {
						want += n * int64(1_000_000-math.Floor(away*away/(end*end)*1_000_000))
					}
				}
				if got[at] != want {
					t.Fatalf("%v: %d, counted %d", at, got[at], want)
				}
			}
		}
	})
}

func TestSmoothKeepsPeople(t *testing.T) {
	t.Parallel()
	g := Grid{Side: 500}
	s, err := Smooth(g, []Cell{{0, 0}, {3, -1}}, []int64{40, 2}, 1500)
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for _, n := range s.Whole {
		sum += n
	}
	if sum != 42*s.Kernel || s.Cells[s.Densest] != (Cell{0, 0}) || !(s.MostArea > 0) {
		t.Errorf("%d people, densest at %v", sum/s.Kernel, s.Cells[s.Densest])
	}
}

func TestSmoothRefuses(t *testing.T) {
	t.Parallel()
	g := Grid{Side: 500}
	var limit *LimitError
	var measure *MeasureError
	for _, r := range []Metres{0, 499, 25_001, Metres(math.NaN())} {
		if _, err := Smooth(g, []Cell{{}}, []int64{1}, r); !errors.As(err, &limit) {
			t.Errorf("radius %v: %v", r, err)
		}
	}
	if _, err := Smooth(Grid{Side: 1}, []Cell{{}}, []int64{1}, 500); !errors.As(err, &limit) {
		t.Error(err)
	}
	if _, err := Smooth(g, []Cell{{}, {1 << 20, 1 << 20}}, []int64{1, 1}, 500); !errors.As(err, &limit) {
		t.Error(err)
	}
	for _, counts := range [][]int64{{-1}, {math.MaxInt64}, {}} {
		if _, err := Smooth(g, []Cell{{}}, counts, 500); !errors.As(err, &measure) {
			t.Errorf("%v: %v", counts, err)
		}
	}
}
