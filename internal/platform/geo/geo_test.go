package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
	"zhidian/internal/platform/errs"
)

var xianning = Point{114.3225, 29.8413}

func near(a, b Point, deg float64) bool {
	return math.Abs(a.Lon-b.Lon) <= deg && math.Abs(a.Lat-b.Lat) <= deg
}

func inChina() *rapid.Generator[Point] {
	return rapid.Custom(func(t *rapid.T) Point {
		return Point{rapid.Float64Range(73, 136).Draw(t, "lon"), rapid.Float64Range(4, 54).Draw(t, "lat")}
	})
}

// The vectors of domain.md §8.7.
func TestShiftsOfTheDomainPage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from, to CRS
		p, want  Point
	}{
		{WGS84, GCJ02, Point{116.404, 39.915}, Point{116.410244499, 39.916404282}},
		{GCJ02, BD09, Point{116.410244499, 39.916404282}, Point{116.416627244, 39.922699553}},
		{WGS84, BD09, Point{116.404, 39.915}, Point{116.416627244, 39.922699553}},
		{WGS84, GCJ02, xianning, Point{114.327906, 29.838835}},
		{CGCS2000, GCJ02, xianning, Point{114.327906, 29.838835}},
		{WGS84, BD09, xianning, Point{114.334400, 29.844793}},
		{WGS84, CGCS2000, xianning, xianning},
		{WGS84, GCJ02, Point{-0.1, 51.5}, Point{-0.1, 51.5}},
	} {
		tolerance := 6e-7 // the page gives Xianning to six decimals
		if c.p != xianning {
			tolerance = 1e-9
		}
		if got := Convert(c.p, c.from, c.to); !near(got, c.want, tolerance) {
			t.Errorf("%v %s→%s: %.9f, want %.9f", c.p, c.from, c.to, got, c.want)
		}
	}
	gcj, bd := Convert(xianning, WGS84, GCJ02), Convert(xianning, WGS84, BD09)
	for name, c := range map[string][2]float64{
		"WGS–GCJ": {Distance(xianning, gcj), 589}, "GCJ–BD": {Distance(gcj, bd), 912}, "WGS–BD": {Distance(xianning, bd), 1212},
	} {
		if math.Abs(c[0]-c[1]) > 1 {
			t.Errorf("%s is %.1f m, want %.0f", name, c[0], c[1])
		}
	}
}

func TestTheWayBackIsExact(t *testing.T) {
	t.Parallel()
	systems := []CRS{WGS84, CGCS2000, GCJ02, BD09}
	rapid.Check(t, func(t *rapid.T) {
		p := inChina().Draw(t, "p")
		a, b := rapid.SampledFrom(systems).Draw(t, "a"), rapid.SampledFrom(systems).Draw(t, "b")
		there := Convert(Convert(p, WGS84, a), a, b)
		if off := Distance(p, ToWGS84(there, b)); off > 0.01 {
			t.Fatalf("%v by %s and %s comes back %.3f m off", p, a, b, off)
		}
		if off := Distance(p, Convert(p, WGS84, BD09)); off > 3000 {
			t.Fatalf("%v is shifted by %.0f m", p, off)
		}
	})
}

func TestDistance(t *testing.T) {
	t.Parallel()
	beijing, wuhan := Point{116.4074, 39.9042}, Point{114.3055, 30.5928}
	if d := Distance(beijing, wuhan); math.Abs(d-1_052_000) > 3000 {
		t.Errorf("Beijing to Wuhan: %.0f m", d)
	}
	if d := Distance(Point{0, 0}, Point{180, 0}); math.Abs(d-math.Pi*earthRadius) > 1 {
		t.Errorf("half round the Earth: %.0f m", d)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := inChina().Draw(t, "a"), inChina().Draw(t, "b"), inChina().Draw(t, "c")
		if Distance(a, b) != Distance(b, a) || Distance(a, a) != 0 || Distance(a, c) > Distance(a, b)+Distance(b, c)+1e-6 {
			t.Fatalf("%v %v %v are no triangle", a, b, c)
		}
	})
}

func TestNamesOfSystems(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]CRS{
		"WGS-84": WGS84, "wgs84": WGS84, "EPSG:4326": WGS84, "CGCS2000": CGCS2000, "EPSG:4490": CGCS2000, "GCJ-02": GCJ02, "高德": GCJ02,
		" bd_09 ": BD09, "百度": BD09,
	} {
		if got, err := ParseCRS(text); err != nil || got != want {
			t.Errorf("%q: %s %v", text, got, err)
		}
	}
	if _, err := ParseCRS("北京54"); errs.KeyOf(err) != "geo.crs" {
		t.Errorf("got %v", err)
	}
}

// pairs scatters points around Xianning, gives them in a system, and takes references that are coarse by so many metres.
func pairs(t *rapid.T, n int, crs CRS, coarse float64) []Pair {
	plane := NewPlane(xianning)
	list := make([]Pair, n)
	for i := range list {
		at := XY{rapid.Float64Range(-40_000, 40_000).Draw(t, "x"), rapid.Float64Range(-40_000, 40_000).Draw(t, "y")}
		angle := float64(i) * 2.399963 // turned evenly, so that references err in all directions
		off := coarse * math.Sqrt(math.Mod(float64(i)*0.618034, 1))
		list[i] = Pair{
			Given:     Convert(plane.Inverse(at), WGS84, crs),
			Reference: plane.Inverse(XY{at.X + off*math.Cos(angle), at.Y + off*math.Sin(angle)}),
		}
	}
	return list
}

func TestShiftIsNamedOnlyWhenItClearlyFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		crs := rapid.SampledFrom([]CRS{WGS84, GCJ02, BD09}).Draw(t, "crs")
		for _, c := range []struct {
			n      int
			coarse float64
			ok     bool
		}{{20, 0, true}, {60, 200, true}, {19, 0, false}, {25, 30_000, false}} {
			got, ok := DetectShift(pairs(t, c.n, crs, c.coarse))
			if ok != c.ok || ok && got != crs {
				t.Fatalf("%d points in %s, coarse by %.0f m: %q %v", c.n, crs, c.coarse, got, ok)
			}
		}
		mixed := append(pairs(t, 15, GCJ02, 0), pairs(t, 15, BD09, 0)...)
		if got, ok := DetectShift(mixed); ok {
			t.Fatalf("half in GCJ-02 and half in BD-09 is called %s", got)
		}
		odd := pairs(t, 30, WGS84, 0)
		for i := range odd {
			odd[i].Given.Lon += 0.02
		}
		if got, ok := DetectShift(odd); ok {
			t.Fatalf("an unknown shift is called %s", got)
		}
	})
}
