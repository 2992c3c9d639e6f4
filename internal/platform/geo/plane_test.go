package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

// Snyder's worked example (p. 333): Clarke 1866, centre 40° N 100° W.
func TestSnydersExample(t *testing.T) {
	t.Parallel()
	p := newPlane(Point{-100, 40}, 6378206.4, 0.00676866)
	got := p.Forward(Point{-110, 30})
	if math.Abs(got.X+965932.1) > 0.1 || math.Abs(got.Y+1056814.9) > 0.1 {
		t.Fatalf("got %.1f, %.1f", got.X, got.Y)
	}
	if back := p.Inverse(got); !near(back, Point{-110, 30}, 1e-9) {
		t.Fatalf("back at %v", back)
	}
}

func TestPlaneThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plane := NewPlane(inChina().Draw(t, "centre"))
		at := XY{rapid.Float64Range(-300_000, 300_000).Draw(t, "x"), rapid.Float64Range(-300_000, 300_000).Draw(t, "y")}
		back := plane.Forward(plane.Inverse(at))
		if math.Hypot(back.X-at.X, back.Y-at.Y) > 1e-3 {
			t.Fatalf("%v comes back as %v", at, back)
		}
	})
	plane := NewPlane(xianning)
	if c := plane.Forward(xianning); math.Hypot(c.X, c.Y) > 1e-6 || !near(plane.Inverse(XY{}), xianning, 1e-12) {
		t.Fatalf("the centre is at %v", c)
	}
}

// A cell of a hundredth of a degree has the same area on the plane as on the ellipsoid, wherever it lies.
func TestAreasAreTrue(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		plane := NewPlane(xianning)
		sw := Point{rapid.Float64Range(112, 117).Draw(t, "lon"), rapid.Float64Range(28, 32).Draw(t, "lat")}
		const step, side = 0.01, 40
		var corners []XY
		for i := range side { // edges in small steps, for they are curved on the plane
			corners = append(corners, plane.Forward(Point{sw.Lon + step*float64(i)/side, sw.Lat}))
		}
		for i := range side {
			corners = append(corners, plane.Forward(Point{sw.Lon + step, sw.Lat + step*float64(i)/side}))
		}
		for i := range side {
			corners = append(corners, plane.Forward(Point{sw.Lon + step - step*float64(i)/side, sw.Lat + step}))
		}
		for i := range side {
			corners = append(corners, plane.Forward(Point{sw.Lon, sw.Lat + step - step*float64(i)/side}))
		}
		var got float64
		o := corners[0]
		for i, a := range corners {
			b := corners[(i+1)%len(corners)]
			got += ((a.X-o.X)*(b.Y-o.Y) - (b.X-o.X)*(a.Y-o.Y)) / 2
		}
		// on the ellipsoid by Simpson's rule over the radii of curvature: M(φ)·N(φ)·cos φ
		density := func(lat float64) float64 {
			sin, cos := math.Sincos(radians(lat))
			w := 1 - wgs84E2*sin*sin
			return wgs84A * wgs84A * (1 - wgs84E2) * cos / (w * w)
		}
		want := radians(step) * radians(step) * (density(sw.Lat) + 4*density(sw.Lat+step/2) + density(sw.Lat+step)) / 6
		if math.Abs(got/want-1) > 1e-7 {
			t.Fatalf("at %v %.1f m², want %.1f", sw, got, want)
		}
	})
}

func TestScaleBar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ perPixel, max, metres, pixels float64 }{
		{10, 100, 1000, 100},
		{10, 99, 500, 50},
		{3, 120, 200, 200.0 / 3},
		{0.1, 100, 10, 100},
		{0, 100, 0, 0},
		{10, 0, 0, 0},
		{math.NaN(), 100, 0, 0},
		{math.Inf(1), 100, 0, 0},
	} {
		if m, px := ScaleBar(c.perPixel, c.max); m != c.metres || math.Abs(px-c.pixels) > 1e-9 {
			t.Errorf("%v: %v m in %v px, want %v in %v", c.perPixel, m, px, c.metres, c.pixels)
		}
	}
	if got := MetresPerPixel(0, 0); math.Abs(got-78271.517) > 0.001 {
		t.Errorf("%.3f m at the equator", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		per, most := rapid.Float64Range(1e-3, 1e5).Draw(t, "per"), rapid.Float64Range(50, 300).Draw(t, "max")
		if m, px := ScaleBar(per, most); px > most*(1+1e-9) || px < most/2.5*(1-1e-9) || m <= 0 {
			t.Fatalf("%v m/px, %v px: %v m in %v px", per, most, m, px)
		}
	})
}

func BenchmarkForward(b *testing.B) {
	plane := NewPlane(xianning)
	for b.Loop() {
		plane.Forward(Point{114.5, 29.9})
	}
}
