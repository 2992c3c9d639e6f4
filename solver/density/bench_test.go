package density

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"

	"zhidian/solver/solvertest"
)

// crowd is n people in a region of 100 km × 100 km, about as large as the reference city: four fifths around 1,100
// villages and 90 towns, one fifth anywhere.
func crowd(n int) (x, y []Metres) {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	const half = 50_000
	centres := make([]Point, 1190)
	for i := range centres {
		centres[i] = Point{Metres((r.Float64()*2 - 1) * half), Metres((r.Float64()*2 - 1) * half)}
	}
	x, y = make([]Metres, n), make([]Metres, n)
	for i := range x {
		if r.IntN(5) == 0 {
			x[i], y[i] = Metres((r.Float64()*2-1)*half), Metres((r.Float64()*2-1)*half)
			continue
		}
		c := centres[r.IntN(len(centres))]
		x[i], y[i] = c.X+Metres(r.NormFloat64()*700), c.Y+Metres(r.NormFloat64()*700)
	}
	return x, y
}

func everyone(n int) []Measure {
	w := make([]int64, n)
	for i := range w {
		w[i] = 1
	}
	return []Measure{{Name: "people", Whole: w}}
}

func benchmarkSolve(b *testing.B, p Problem, o Options) {
	b.Helper()
	b.SetBytes(int64(len(p.X)))
	solvertest.Each(b, func() {
		if _, err := Solve(context.Background(), p, o); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkBin10M(b *testing.B) {
	x, y := crowd(10_000_000)
	weights := everyone(len(x))
	for _, c := range []struct {
		name string
		p    Problem
		o    Options
	}{
		{"hex100", Problem{Grid: Grid{Side: 100}, X: x, Y: y}, Options{}},
		{"hex100/one core", Problem{Grid: Grid{Side: 100}, X: x, Y: y}, Options{Workers: 1}},
		{"hex100/weights", Problem{Grid: Grid{Side: 100}, X: x, Y: y, Measures: weights}, Options{}},
		{"hex500", Problem{Grid: Grid{Side: 500}, X: x, Y: y}, Options{}},
		{"hex500/weights", Problem{Grid: Grid{Side: 500}, X: x, Y: y, Measures: weights}, Options{}},
		{"square500", Problem{Grid: Grid{Shape: Square, Side: 500}, X: x, Y: y}, Options{}},
	} {
		b.Run(c.name, func(b *testing.B) { benchmarkSolve(b, c.p, c.o) })
	}
}

// BenchmarkBinSparse has no table: a few people all over the country.
func BenchmarkBinSparse(b *testing.B) {
	x, y := crowd(100_000)
	for i := range x {
		x[i], y[i] = x[i]*50, y[i]*50
	}
	benchmarkSolve(b, Problem{Grid: Grid{Side: 100}, X: x, Y: y}, Options{})
}

func BenchmarkCover1M(b *testing.B) {
	x, y := crowd(1_000_000)
	sx, sy := crowd(1_000)
	p := Problem{Grid: Grid{Side: 500}, X: x, Y: y, Within: 500}
	for i := range sx {
		p.Sites = append(p.Sites, Point{sx[i], sy[i]})
	}
	for _, c := range []struct {
		name     string
		measures []Measure
	}{{"people", nil}, {"weights", everyone(len(x))}} {
		b.Run(c.name, func(b *testing.B) {
			p.Measures = c.measures
			b.SetBytes(int64(len(x)))
			solvertest.Each(b, func() {
				s := Solution{Measures: make([]Result, len(p.Measures))}
				if err := cover(context.Background(), p, true, &s); err != nil || s.Covered == 0 {
					b.Fatal(err, s.Covered)
				}
			})
		})
	}
}

func BenchmarkNearest1M(b *testing.B) {
	x, y := crowd(1_000_000)
	sx, sy := crowd(1_000)
	p := Problem{Grid: Grid{Side: 500}, X: x, Y: y, Nearest: true}
	for i := range sx {
		p.Sites = append(p.Sites, Point{sx[i], sy[i]})
	}
	for b.Loop() {
		var s Solution
		if err := nearest(context.Background(), p, true, &s); err != nil || math.IsInf(float64(s.Distance[0]), 0) {
			b.Fatal(err)
		}
	}
}
