package density

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestProjectionKeepsLengthsAreasAndComesBack(t *testing.T) {
	t.Parallel()
	p, err := NewProjection(LonLat{114.3225, 29.8413})
	if err != nil {
		t.Fatal(err)
	}
	// Lengths at the centre, from the radii of curvature of the ellipsoid.
	sin, cos := math.Sincos(29.8413 * math.Pi / 180)
	w := math.Sqrt(1 - eccentricity*sin*sin)
	east, north := equator/w*cos, equator*(1-eccentricity)/(w*w*w)
	const step = 1e-3
	a, b := p.Plane(LonLat{114.3225 + step, 29.8413}), p.Plane(LonLat{114.3225, 29.8413 + step})
	if got, want := float64(a.X), east*step*math.Pi/180; math.Abs(got/want-1) > 1e-7 {
		t.Errorf("one step east is %v m, want %v", got, want)
	}
	if got, want := float64(b.Y), north*step*math.Pi/180; math.Abs(got/want-1) > 1e-5 {
		t.Errorf("one step north is %v m, want %v", got, want)
	}
	// Area of a small trapezium 100 km away: M·N·cos φ · dλ·dφ.
	sin, cos = math.Sincos(30.5 * math.Pi / 180)
	w = math.Sqrt(1 - eccentricity*sin*sin)
	want := equator / w * cos * equator * (1 - eccentricity) / (w * w * w) * math.Pow(step*math.Pi/180, 2)
	o := p.Plane(LonLat{115 - step/2, 30.5 - step/2})
	e := p.Plane(LonLat{115 + step/2, 30.5 - step/2})
	n := p.Plane(LonLat{115 - step/2, 30.5 + step/2})
	got := float64((e.X-o.X)*(n.Y-o.Y) - (e.Y-o.Y)*(n.X-o.X))
	if math.Abs(got/want-1) > 1e-4 {
		t.Errorf("area %v, want %v", got, want)
	}
	if c := p.Plane(p.Centre); c != (Point{}) && math.Hypot(float64(c.X), float64(c.Y)) > 1e-6 {
		t.Errorf("the centre is at %v", c)
	}
	if p.LonLat(Point{}) != p.Centre {
		t.Error("the origin is not the centre")
	}
}

func TestProjectionThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, err := NewProjection(LonLat{rapid.Float64Range(-180, 180).Draw(t, "lon"), rapid.Float64Range(-60, 60).Draw(t, "lat")})
		if err != nil {
			t.Fatal(err)
		}
		at := Point{Metres(rapid.Float64Range(-600_000, 600_000).Draw(t, "x")), Metres(rapid.Float64Range(-600_000, 600_000).Draw(t, "y"))}
		l := p.LonLat(at)
		back := p.Plane(l)
		if d := math.Hypot(float64(back.X-at.X), float64(back.Y-at.Y)); !(d < 1e-4) {
			t.Fatalf("%v → %v → %v: %v m", at, l, back, d)
		}
	})
}

func TestProjectionRefuses(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for _, c := range []LonLat{{nan, 0}, {0, math.Inf(1)}, {181, 0}, {0, 91}, {0, 89.5}} {
		if _, err := NewProjection(c); err == nil {
			t.Errorf("%v accepted as a centre", c)
		}
	}
	p, _ := NewProjection(LonLat{114, 30})
	for _, l := range []LonLat{{-66, -30}, {nan, 3}, {200, 3}} {
		if at := p.Plane(l); at.problem() != NotANumber {
			t.Errorf("%v is at %v", l, at)
		}
	}
	if l := p.LonLat(Point{2e7, 0}); !math.IsNaN(l.Lon) {
		t.Errorf("outside the disc is %v", l)
	}
	var pe *PointError
	if _, err := MeanCentre([]float64{1, 200}, []float64{1, 1}); !errors.As(err, &pe) || pe.Row != 1 {
		t.Errorf("got %v", err)
	}
	if _, err := MeanCentre(nil, nil); err == nil {
		t.Error("the mean of nothing")
	}
	if c, err := MeanCentre([]float64{114, 116}, []float64{29, 30}); err != nil || c != (LonLat{115, 29.5}) {
		t.Errorf("mean %v, %v", c, err)
	}
}

// TestCellsTile holds corners, centres, neighbours and area together.
func TestCellsTile(t *testing.T) {
	t.Parallel()
	for _, g := range []Grid{{Hexagon, 250}, {Square, 500}} {
		for q := int32(-20); q <= 20; q++ {
			for r := int32(-20); r <= 20; r++ {
				c := Cell{q, r}
				if got, err := g.CellAt(g.Centre(c)); err != nil || got != c {
					t.Fatalf("the centre of %v lies in %v, %v", c, got, err)
				}
				corners, area := g.Corners(c), 0.0
				held := map[Point]bool{}
				for i, a := range corners {
					b := corners[(i+1)%len(corners)]
					area += float64(a.X*b.Y-a.Y*b.X) / 2
					held[a] = true
				}
				if math.Abs(area/1e6-g.Area()) > 1e-6 {
					t.Fatalf("%v has %v m², want %v km²", c, area, g.Area())
				}
				for _, n := range g.Neighbours(c) {
					shared := 0
					for _, a := range g.Corners(n) {
						if held[a] {
							shared++
						}
					}
					if shared != 2 {
						t.Fatalf("%v and %v share %d corners", c, n, shared)
					}
				}
			}
		}
	}
}

// TestPointsLieInTheirCell asks the polygon.
func TestPointsLieInTheirCell(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := Grid{Shape(rapid.IntRange(0, 1).Draw(t, "shape")), Metres(rapid.Float64Range(100, 2000).Draw(t, "side"))}
		at := Point{Metres(rapid.Float64Range(-1e6, 1e6).Draw(t, "x")), Metres(rapid.Float64Range(-1e6, 1e6).Draw(t, "y"))}
		c, err := g.CellAt(at)
		if err != nil {
			t.Fatal(err)
		}
		corners := g.Corners(c)
		for i, a := range corners {
			b := corners[(i+1)%len(corners)]
			if left := (b.X-a.X)*(at.Y-a.Y) - (b.Y-a.Y)*(at.X-a.X); left < -1e-6*g.Side*g.Side {
				t.Fatalf("%v lies outside %v", at, c)
			}
		}
	})
	if _, err := (Grid{Side: 5}).CellAt(Point{}); err == nil {
		t.Error("a side of 5 m accepted")
	}
	if _, err := (Grid{Side: 500}).CellAt(Point{1e9, 0}); err == nil {
		t.Error("a point off the earth accepted")
	}
}

func TestScores(t *testing.T) {
	t.Parallel()
	got, err := Scores([]Unit{
		{Area: 1, Youth: 1000, Members: 100, NewSector: 4, Orgs: 1},
		{Area: 2, Youth: 1000, Members: 100, NewSector: 4, Orgs: 3},
		{Area: 1, Youth: 0, Members: 0, NewSector: 4, Orgs: 5},
	})
	if err != nil {
		t.Fatal(err)
	}
	z := 500 / math.Sqrt(500000.0/3)
	for i, want := range []Score{{z, z, 0, -1, 2*z + 1}, {0, 0, 0, 1, -1}, {-z, -z, 0, 0, -2 * z}} {
		g := got[i]
		for _, d := range []float64{g.Youth - want.Youth, g.Members - want.Members, g.NewSector - want.NewSector, g.Orgs - want.Orgs, g.Total - want.Total} {
			if math.Abs(d) > 1e-12 {
				t.Errorf("unit %d: %+v, want %+v", i, g, want)
			}
		}
	}
	for _, u := range []Unit{{Area: 0}, {Area: math.NaN()}, {Area: 1, Youth: -1}, {Area: 1, Members: -1}, {Area: 1, NewSector: -1}, {Area: 1, Orgs: -1}} {
		if _, err := Scores([]Unit{{Area: 1}, u}); err == nil {
			t.Errorf("%+v accepted", u)
		}
	}
	if got, err := Scores(nil); err != nil || len(got) != 0 {
		t.Error("no units have no scores")
	}
}

func TestSpreadToys(t *testing.T) {
	t.Parallel()
	g := Grid{Hexagon, 500}
	// Nobody but the own cell within 0 m.
	e, err := Spread(g, []Place{{Point{100, 100}, 17}}, 0, Even)
	if err != nil || len(e.Cells) != 1 || e.Cells[0] != (Cell{0, 0}) || e.Whole[0] != 17 {
		t.Errorf("got %+v, %v", e, err)
	}
	// Seven cells within one step (866 m); 10 = 7·1 + 3: the middle first, then the lower rows.
	e, err = Spread(g, []Place{{Point{0, 0}, 10}}, 870, Even)
	want := map[Cell]int64{{0, 0}: 2, {0, -1}: 2, {1, -1}: 2, {-1, 0}: 1, {1, 0}: 1, {-1, 1}: 1, {0, 1}: 1}
	if err != nil || len(e.Cells) != 7 {
		t.Fatalf("got %+v, %v", e, err)
	}
	for i, c := range e.Cells {
		if e.Whole[i] != want[c] {
			t.Errorf("%v holds %d, want %d", c, e.Whole[i], want[c])
		}
	}
	// Taper: the ring has 1 − 866/1370 = 0.3679 of the middle's weight: of 1,000 the middle gets 312, a neighbour 114 or 115.
	e, err = Spread(g, []Place{{Point{0, 0}, 1000}}, 870, Taper)
	if err != nil || e.Whole[3] != 312 || e.Whole[0] != 115 || e.Whole[6] != 114 {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestSpreadKeepsTheSum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := Grid{Shape(rapid.IntRange(0, 1).Draw(t, "shape")), Metres(rapid.Float64Range(100, 2000).Draw(t, "side"))}
		radius := g.Side * Metres(rapid.Float64Range(0, 6).Draw(t, "radius"))
		var places []Place
		total := int64(0)
		for range rapid.IntRange(0, 4).Draw(t, "places") {
			at := Point{Metres(rapid.Float64Range(-9e4, 9e4).Draw(t, "x")), Metres(rapid.Float64Range(-9e4, 9e4).Draw(t, "y"))}
			n := rapid.Int64Range(0, math.MaxInt64/4).Draw(t, "count")
			places, total = append(places, Place{at, n}), total+n
		}
		for _, method := range []Method{Even, Taper} {
			e, err := Spread(g, places, radius, method)
			if err != nil {
				t.Fatal(err)
			}
			sum := int64(0)
			for i, n := range e.Whole {
				sum += n
				near := false
				for _, p := range places {
					c := g.Centre(e.Cells[i])
					own, _ := g.CellAt(p.At)
					near = near || own == e.Cells[i] || math.Hypot(float64(c.X-p.At.X), float64(c.Y-p.At.Y)) <= float64(radius)+0.001
				}
				if !near {
					t.Fatalf("%v is outside every radius", e.Cells[i])
				}
			}
			if sum != total || e.Total != total {
				t.Fatalf("%d of %d left", sum, total)
			}
		}
	})
}

func TestSpreadRefuses(t *testing.T) {
	t.Parallel()
	good := Grid{Hexagon, 500}
	for name, try := range map[string]func() (Estimate, error){
		"side":   func() (Estimate, error) { return Spread(Grid{Side: 1}, nil, 0, Even) },
		"radius": func() (Estimate, error) { return Spread(good, nil, Metres(math.NaN()), Even) },
		"far":    func() (Estimate, error) { return Spread(good, nil, 25_001, Even) },
		"method": func() (Estimate, error) { return Spread(good, nil, 0, "guess") },
		"point":  func() (Estimate, error) { return Spread(good, []Place{{Point{1e9, 0}, 1}}, 0, Even) },
		"count":  func() (Estimate, error) { return Spread(good, []Place{{Point{}, -1}}, 0, Even) },
		"sum": func() (Estimate, error) {
			return Spread(good, []Place{{Point{}, math.MaxInt64}, {Point{}, 1}}, 0, Even)
		},
	} {
		if _, err := try(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
