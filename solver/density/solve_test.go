package density

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func solved(t testing.TB, p Problem) Solution {
	t.Helper()
	s, err := Solve(context.Background(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(p, s); err != nil {
		t.Fatal(err)
	}
	one, err := Solve(context.Background(), p, Options{Workers: 1})
	if err != nil || !reflect.DeepEqual(s, one) {
		t.Fatalf("one core finds something else: %v", err)
	}
	return s
}

func TestBordersGoToTheHigherRowThenTheHigherColumn(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		shape Shape
		x, y  Metres
		want  Cell
	}{
		{"centre", Hexagon, 0, 0, Cell{0, 0}},
		{"just inside the upper corner", Hexagon, 0, 99.999999999, Cell{0, 0}},
		{"upper corner, three cells meet", Hexagon, 0, 100, Cell{0, 1}},
		{"upright edge", Hexagon, 0, 150, Cell{0, 1}},
		{"a hair west of the upright edge", Hexagon, -1e-12, 150, Cell{-1, 1}},
		{"a hair east of it", Hexagon, 1e-12, 150, Cell{0, 1}},
		{"lower corner of the cell above", Hexagon, 0, 200, Cell{-1, 2}},
		{"under that corner", Hexagon, 0, 199.99999999999997, Cell{0, 1}},
		{"lower corner", Hexagon, 0, -100, Cell{0, 0}},
		{"below the lower corner", Hexagon, 0, -100.0000001, Cell{1, -1}},
		{"next to the east", Hexagon, 174, 0, Cell{1, 0}},
		{"north-east", Hexagon, 87, 150, Cell{0, 1}},
		{"square corner", Square, 0, 0, Cell{0, 0}},
		{"square border", Square, 300, 299.9999, Cell{3, 2}},
		{"square below nought", Square, -1e-300, -100, Cell{-1, -1}},
	}
	for _, tt := range tests {
		g := Grid{Shape: tt.shape, Side: 100}
		got, err := g.CellAt(Point{tt.x, tt.y})
		if err != nil || got != tt.want {
			t.Errorf("%s: cell %v, %v; want %v", tt.name, got, err, tt.want)
		}
		if s := solved(t, Problem{Grid: g, X: []Metres{tt.x}, Y: []Metres{tt.y}}); s.Cells[0] != tt.want {
			t.Errorf("%s: Solve says %v, want %v", tt.name, s.Cells[0], tt.want)
		}
	}
}

func TestReachIncludesItsLimit(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		x, y Metres
		want int64
	}{
		{"at the site", 0, 0, 1},
		{"exactly at the limit", 300, 400, 1},
		{"a millionth of a millimetre beyond", 300.000000001, 400, 0},
		{"the next number beyond", 500.00000000000006, 0, 0},
		{"far away", 5000, 5000, 0},
	}
	for _, tt := range tests {
		p := Problem{
			Grid: Grid{Side: 100}, X: []Metres{tt.x}, Y: []Metres{tt.y}, Sites: []Point{{0, 0}}, Within: 500, Nearest: true,
			Measures: []Measure{{Name: "youth", Whole: []int64{7}}},
		}
		s := solved(t, p)
		if s.Covered != tt.want || s.Measures[0].Covered.Whole != 7*tt.want {
			t.Errorf("%s: covered %d, %+v", tt.name, s.Covered, s.Measures[0].Covered)
		}
	}
}

func TestSeveralMeasuresAreSummedSideBySide(t *testing.T) {
	t.Parallel()
	s := solved(t, Problem{
		Grid: Grid{Shape: Square, Side: 100},
		X:    []Metres{10, 20, 150}, Y: []Metres{10, 90, 10},
		Measures: []Measure{
			{Name: "youth", Whole: []int64{5, 6, 7}},
			{Name: "area", Real: []float64{0.5, 0.25, 4}},
			{Name: "members", Whole: []int64{1, 0, 2}},
		},
	})
	want := []Result{
		{Name: "youth", Whole: []int64{11, 7}, Total: Amount{Whole: 18}, Max: Amount{Whole: 11}},
		{Name: "area", Real: []float64{0.75, 4}, Total: Amount{Real: 4.75}, Max: Amount{Real: 4}},
		{Name: "members", Whole: []int64{1, 2}, Total: Amount{Whole: 3}, Max: Amount{Whole: 2}},
	}
	if !reflect.DeepEqual(s.Measures, want) || s.Fullest != 2 {
		t.Errorf("got %+v", s)
	}
}

func TestOneStrayPointCostsNoTable(t *testing.T) {
	t.Parallel()
	n := 10_000
	x, y := make([]Metres, n), make([]Metres, n)
	w := make([]float64, n)
	for i := range x {
		x[i], y[i], w[i] = Metres(i%100*17), Metres(i/100*17), 0.1
	}
	x[7777], y[7777] = 20_000_000, -20_000_000
	s := solved(t, Problem{Grid: Grid{Side: 100}, X: x, Y: y, Measures: []Measure{{Name: "w", Real: w}}})
	if s.Cells[0].R > -100_000 {
		t.Errorf("first cell is %v", s.Cells[0])
	}
	// Nothing but strays.
	for i := range x {
		x[i], y[i] = Metres(i)*1900-9_500_000, Metres(i%97)*190_000
	}
	solved(t, Problem{Grid: Grid{Side: 100}, X: x, Y: y, Measures: []Measure{{Name: "w", Real: w}}})
}

func TestHostileInputIsNamed(t *testing.T) {
	t.Parallel()
	nan, inf := Metres(math.NaN()), Metres(math.Inf(1))
	good := func() Problem {
		p := Problem{Grid: Grid{Side: 500}, Within: 500, Sites: []Point{{0, 0}}}
		for i := range 5000 {
			p.X, p.Y = append(p.X, Metres(i)), append(p.Y, Metres(-i))
		}
		p.Measures = []Measure{{Name: "youth", Whole: make([]int64, 5000)}, {Name: "area", Real: make([]float64, 5000)}}
		return p
	}
	tests := []struct {
		name  string
		spoil func(*Problem)
		want  error
	}{
		{"x nan", func(p *Problem) { p.X[4321] = nan }, &PointError{Row: 4321, Problem: NotANumber}},
		{"y nan", func(p *Problem) { p.Y[4321] = nan }, &PointError{Row: 4321, Problem: NotANumber}},
		{"infinite", func(p *Problem) { p.X[1], p.Y[0] = inf, -inf }, &PointError{Row: 0, Problem: NotANumber}},
		{"off the earth", func(p *Problem) { p.Y[3] = 4e7 }, &PointError{Row: 3, Problem: OffTheEarth}},
		{"wraps x", func(p *Problem) { p.X[3] = 2.4824e11 }, &PointError{Row: 3, Problem: OffTheEarth}},
		{"wraps y", func(p *Problem) { p.Y[3] = 2.15e12 }, &PointError{Row: 3, Problem: OffTheEarth}},
		{"largest number", func(p *Problem) { p.Y[3] = math.MaxFloat64 }, &PointError{Row: 3, Problem: OffTheEarth}},
		{"no points", func(p *Problem) { p.X, p.Y = nil, nil }, &LimitError{What: "points"}},
		{"y too short", func(p *Problem) { p.Y = p.Y[1:] }, &MeasureError{Name: "y", Row: 4999, Problem: WrongLength}},
		{"side too small", func(p *Problem) { p.Grid.Side = 99.9 }, &LimitError{What: "side"}},
		{"side too large", func(p *Problem) { p.Grid.Side = 2000.1 }, &LimitError{What: "side"}},
		{"side nan", func(p *Problem) { p.Grid.Side = nan }, &LimitError{What: "side"}},
		{"shape", func(p *Problem) { p.Grid.Shape = 9 }, &LimitError{What: "shape"}},
		{"within negative", func(p *Problem) { p.Within = -1 }, &LimitError{What: "within"}},
		{"within nan", func(p *Problem) { p.Within = nan }, &LimitError{What: "within"}},
		{"site nan", func(p *Problem) { p.Sites[0].Y = nan }, &SiteError{Row: 0, Problem: NotANumber}},
		{"site off", func(p *Problem) { p.Sites[0].X = 1e9 }, &SiteError{Row: 0, Problem: OffTheEarth}},
		{"negative weight", func(p *Problem) { p.Measures[0].Whole[44] = -1 }, &MeasureError{Name: "youth", Row: 44, Problem: Negative}},
		{"sum too large", func(p *Problem) {
			p.Measures[0].Whole[44], p.Measures[0].Whole[45] = math.MaxInt64, 1
		}, &MeasureError{Name: "youth", Row: 45, Problem: TooLarge}},
		{"real nan", func(p *Problem) { p.Measures[1].Real[2] = math.NaN() }, &MeasureError{Name: "area", Row: 2, Problem: NotANumber}},
		{"real negative", func(p *Problem) { p.Measures[1].Real[2] = -0.5 }, &MeasureError{Name: "area", Row: 2, Problem: Negative}},
		{"real too large", func(p *Problem) {
			p.Measures[1].Real[2], p.Measures[1].Real[3] = math.MaxFloat64, math.MaxFloat64
		}, &MeasureError{Name: "area", Row: 3, Problem: TooLarge}},
		{"both kinds", func(p *Problem) { p.Measures[1].Whole = make([]int64, 5000) }, &MeasureError{Name: "area", Problem: NotOneKind}},
		{"weights too short", func(p *Problem) { p.Measures[0].Whole = []int64{1} }, &MeasureError{Name: "youth", Row: 1, Problem: WrongLength}},
	}
	for _, tt := range tests {
		for _, shape := range []Shape{Hexagon, Square} {
			p := good()
			p.Grid.Shape = shape
			tt.spoil(&p)
			_, err := Solve(context.Background(), p, Options{})
			if err == nil || err.Error() == "" {
				t.Errorf("%s: accepted", tt.name)
				continue
			}
			switch want := tt.want.(type) {
			case *PointError:
				var got *PointError
				if !errors.As(err, &got) || got.Row != want.Row || got.Problem != want.Problem {
					t.Errorf("%s: %v", tt.name, err)
				}
			case *SiteError:
				var got *SiteError
				if !errors.As(err, &got) || got.Row != want.Row || got.Problem != want.Problem {
					t.Errorf("%s: %v", tt.name, err)
				}
			case *MeasureError:
				var got *MeasureError
				if !errors.As(err, &got) || *got != *want {
					t.Errorf("%s: %v", tt.name, err)
				}
			case *LimitError:
				var got *LimitError
				if !errors.As(err, &got) || got.What != want.What {
					t.Errorf("%s: %v", tt.name, err)
				}
			}
		}
	}
}

func TestACancelledContextStops(t *testing.T) {
	t.Parallel()
	x, y := crowd(50_000)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p := Problem{Grid: Grid{Side: 100}, X: x, Y: y}
	if _, err := Solve(ctx, p, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	var s Solution
	for name, step := range map[string]func() error{
		"bin":     func() error { return bin(ctx, p, true, &s) },
		"cover":   func() error { return cover(ctx, Problem{X: x, Y: y, Sites: []Point{{}}, Within: 5}, true, &s) },
		"nearest": func() error { return nearest(ctx, Problem{X: x, Y: y, Sites: []Point{{}}}, false, &s) },
	} {
		if err := step(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestRandomEqualsBruteForce draws small worlds full of ties: whole metres, points at x = 0, centres, corners, sites
// at whole distances.
func TestRandomEqualsBruteForce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := Grid{Shape: Shape(rapid.IntRange(0, 1).Draw(t, "shape")), Side: Metres(rapid.SampledFrom([]float64{100, 250, 333.3, 500, 2000}).Draw(t, "side"))}
		span := rapid.SampledFrom([]float64{1, 300, 5000, 1e6, 2e7}).Draw(t, "span")
		position := rapid.Custom(func(t *rapid.T) Point {
			near := Cell{int32(rapid.IntRange(-9, 9).Draw(t, "q")), int32(rapid.IntRange(-9, 9).Draw(t, "r"))}
			switch rapid.IntRange(0, 5).Draw(t, "kind") {
			case 0:
				return g.Centre(near)
			case 1:
				return g.Corners(near)[rapid.IntRange(0, 3).Draw(t, "corner")]
			case 2:
				return Point{0, Metres(rapid.IntRange(-20, 20).Draw(t, "half sides")) * g.Side / 2}
			case 3:
				return Point{Metres(rapid.IntRange(-50, 50).Draw(t, "x")) * 100, Metres(rapid.IntRange(-50, 50).Draw(t, "y")) * 100}
			}
			return Point{Metres(rapid.Float64Range(-span, span).Draw(t, "x")), Metres(rapid.Float64Range(-span, span).Draw(t, "y"))}
		})
		p := Problem{
			Grid: g, Nearest: rapid.Bool().Draw(t, "nearest"), Sites: rapid.SliceOfN(position, 0, 12).Draw(t, "sites"),
			Within: Metres(rapid.SampledFrom([]float64{0, 1, 500, 1000, 99_999}).Draw(t, "within")),
		}
		for _, at := range rapid.SliceOfN(position, 1, 60).Draw(t, "points") {
			p.X, p.Y = append(p.X, at.X), append(p.Y, at.Y)
		}
		for m := range rapid.IntRange(0, 3).Draw(t, "measures") {
			p.Measures = append(p.Measures, Measure{Name: fmt.Sprint(m)})
			for range p.X {
				p.Measures[m].Whole = append(p.Measures[m].Whole, rapid.Int64Range(0, 1000).Draw(t, "weight"))
			}
		}
		one, err := Solve(context.Background(), p, Options{Workers: 1})
		if err != nil {
			t.Fatal(err)
		}
		two, err := Solve(context.Background(), p, Options{Workers: 2})
		if err != nil || !reflect.DeepEqual(one, two) {
			t.Fatalf("two cores differ from one: %v", err)
		}
		if err := Check(p, one); err != nil {
			t.Fatal(err)
		}
	})
}

func TestALargeCrowdEqualsBruteForce(t *testing.T) {
	t.Parallel()
	x, y := crowd(60_000)
	sx, sy := crowd(40)
	p := Problem{X: x, Y: y, Within: 800, Nearest: true, Measures: everyone(len(x))}
	r := rand.New(rand.NewPCG(3, 4))
	fractions := make([]float64, len(x))
	for i := range fractions {
		fractions[i] = r.Float64()
	}
	p.Measures = append(p.Measures, Measure{Name: "fractions", Real: fractions})
	for i := range sx {
		p.Sites = append(p.Sites, Point{sx[i], sy[i]})
	}
	for _, g := range []Grid{{Hexagon, 100}, {Hexagon, 2000}, {Square, 250}} {
		p.Grid = g
		s := solved(t, p)
		total := int64(0)
		for _, n := range s.Measures[0].Whole {
			total += n
		}
		if total != int64(len(x)) || s.Measures[0].Total.Whole != total {
			t.Errorf("%v: the cells hold %d people of %d", g, total, len(x))
		}
	}
}

// TestTheCheckNoticesAChange alters a right solution in every part.
func TestTheCheckNoticesAChange(t *testing.T) {
	t.Parallel()
	x, y := crowd(300)
	p := Problem{Grid: Grid{Side: 500}, X: x, Y: y, Within: 9000, Sites: []Point{{}, {9000, 9000}}, Nearest: true, Measures: everyone(300)}
	p.Measures = append(p.Measures, Measure{Name: "real", Real: make([]float64, 300)})
	for name, change := range map[string]func(*Solution){
		"cell":       func(s *Solution) { s.Cells[0].R-- },
		"order":      func(s *Solution) { s.Cells[0], s.Cells[1] = s.Cells[1], s.Cells[0] },
		"points":     func(s *Solution) { s.Points[3]++ },
		"fewer":      func(s *Solution) { s.Cells, s.Points = s.Cells[1:], s.Points[1:] },
		"fullest":    func(s *Solution) { s.Fullest++ },
		"sum":        func(s *Solution) { s.Measures[0].Whole[2]++ },
		"real":       func(s *Solution) { s.Measures[1].Real[2]++ },
		"real total": func(s *Solution) { s.Measures[1].Total.Real++ },
		"total":      func(s *Solution) { s.Measures[0].Total.Whole++ },
		"max":        func(s *Solution) { s.Measures[0].Max.Whole++ },
		"covered":    func(s *Solution) { s.Measures[0].Covered.Whole++ },
		"people":     func(s *Solution) { s.Covered-- },
		"measures":   func(s *Solution) { s.Measures = s.Measures[:1] },
		"distance":   func(s *Solution) { s.Distance[5]++ },
		"site":       func(s *Solution) { s.Site[5] ^= 1 },
		"no site":    func(s *Solution) { s.Site[5] = -1 },
		"distances":  func(s *Solution) { s.Distance = nil },
	} {
		s := solved(t, p)
		change(&s)
		if Check(p, s) == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
}

// TestACrowdInOneCell counts more than a small counter holds, in each half of the points and in both together.
func TestACrowdInOneCell(t *testing.T) {
	t.Parallel()
	for _, n := range []int{65_535, 65_536, 65_537, 131_072, 400_001} {
		p := Problem{Grid: Grid{Side: 100}, X: make([]Metres, n+1), Y: make([]Metres, n+1)}
		for i := range n {
			p.X[i], p.Y[i] = 10, 10
		}
		p.X[n], p.Y[n] = 1000, 10
		s := solved(t, p)
		if len(s.Points) != 2 || s.Points[0] != int64(n) || s.Points[1] != 1 || s.Fullest != int64(n) {
			t.Errorf("%d people: %v, at most %d", n, s.Points, s.Fullest)
		}
	}
}

// TestAllocationsDoNotGrowWithThePoints holds the number of allocations down: tables and lists, nothing per point.
func TestAllocationsDoNotGrowWithThePoints(t *testing.T) {
	x, y := crowd(200_000)
	p := Problem{Grid: Grid{Side: 500}, X: x, Y: y, Measures: everyone(len(x)), Sites: []Point{{}, {100, 100}}, Within: 500}
	if n := testing.AllocsPerRun(5, func() {
		if _, err := Solve(context.Background(), p, Options{}); err != nil {
			t.Error(err)
		}
	}); n > 200 {
		t.Errorf("%v allocations", n)
	}
}
