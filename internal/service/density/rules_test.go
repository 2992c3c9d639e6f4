package density

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/geo"
)

var anyWhy = rapid.SampledFrom([]Why{Shown, Hidden, Unreported})

// drawValue is a figure as see gives it: without a number where it is not shown.
func drawValue(t *rapid.T, label string) Value {
	v := Value{Why: anyWhy.Draw(t, label+" why")}
	if v.Why == Shown {
		v.N = rapid.Int64Range(0, 1_000_000).Draw(t, label)
	}
	return v
}

// Every cell falls into just one step of the legend, between that step's borders, and the legend counts all cells.
func TestTheLegendHoldsEveryCellOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		layer := rapid.SampledFrom(Layers).Draw(t, "layer")
		d := Drawing{Layer: layer}
		for range rapid.IntRange(0, 60).Draw(t, "cells") {
			a := Area{Known: rapid.Bool().Draw(t, "known")}
			switch {
			case !a.Known:
			case layer == LayerScore:
				a.Value = rapid.Float64Range(-6, 6).Draw(t, "score")
			case layer == LayerRatio || layer == LayerPer1000:
				a.Value = rapid.Float64Range(0, 200).Draw(t, "rate")
			default:
				a.Value = float64(rapid.IntRange(0, 200_000).Draw(t, "count"))
			}
			d.Areas = append(d.Areas, a)
		}
		d.classify()
		sum := d.Hidden + d.Zero
		for i, c := range d.Classes {
			sum += c.Count
			if i > 0 && (c.From >= d.Classes[i-1].From || c.To != d.Classes[i-1].From) {
				t.Fatalf("steps %+v", d.Classes)
			}
		}
		if len(d.Classes) > 5 || sum != len(d.Areas) || len(d.Classes) > 0 && !math.IsInf(d.Classes[0].To, 1) {
			t.Fatalf("%d of %d cells in %+v", sum, len(d.Areas), d.Classes)
		}
		for _, a := range d.Areas {
			k := slices.IndexFunc(d.Classes, func(c Class) bool { return c.Name == a.Class })
			switch {
			case !a.Known != (a.Class == "hidden"), a.Class == "q0" && a.Value != 0:
				t.Fatalf("%+v is %s", a.Value, a.Class)
			case k >= 0 && (a.Value < d.Classes[k].From || a.Value >= d.Classes[k].To):
				t.Fatalf("%v stands in %+v", a.Value, d.Classes[k])
			case k < 0 && a.Class != "hidden" && a.Class != "q0":
				t.Fatalf("no step is called %q", a.Class)
			}
		}
	})
}

// A rate is known only where both its parts are shown and there is something to divide by.
func TestARateFallsWithEitherPart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		part, whole := drawValue(t, "part"), drawValue(t, "whole")
		times := rapid.SampledFrom([]int64{1, 1000}).Draw(t, "times")
		r := rate(part, whole, times)
		both := part.Why == Shown && whole.Why == Shown
		if r.Known != (both && whole.N > 0) || !r.Known && r.Millionths != 0 {
			t.Fatalf("%+v of %+v is %+v", part, whole, r)
		}
		if r.Known && (r.Millionths*whole.N > part.N*times*1_000_000 || (r.Millionths+1)*whole.N <= part.N*times*1_000_000) {
			t.Fatalf("%d × %d ÷ %d is %d", part.N, times, whole.N, r.Millionths)
		}
		if (part.Why == Hidden || whole.Why == Hidden) && part.Why != Unreported && whole.Why != Unreported && r.Why != Hidden {
			t.Fatalf("%+v of %+v is not said to be hidden: %+v", part, whole, r)
		}
	})
}

// Whoever has no right to lists is given a number only where everybody is.
func TestAFigureIsSeenByRightOrByAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Cell{N: rapid.Int64Range(0, 9).Draw(t, "n"), Why: anyWhy.Draw(t, "why")}
		lists := rapid.Bool().Draw(t, "lists")
		v := see(lists, c)
		want := c.Why == Shown || lists && c.Why == Hidden
		if (v.Why == Shown) != want || v.Why == Shown && v.N != c.N || v.Why != Shown && v.N != 0 {
			t.Fatalf("%+v with lists %v is %+v", c, lists, v)
		}
	})
}

// A hexagon sums the shown figures of its places whatever their order, says that some are left out, and divides only what
// belongs together.
func TestAHexagonSumsWhatIsShown(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var places []Figures
		for i := range rapid.IntRange(1, 6).Draw(t, "places") {
			f := Figures{Node: org.Node{ID: org.ID([]string{"a", "b", "c", "d", "e", "f"}[i])}, Orgs: rapid.Int64Range(0, 9).Draw(t, "orgs")}
			f.Youth, f.Young, f.Members = drawValue(t, "youth"), drawValue(t, "young"), drawValue(t, "members")
			f.Sector = drawValue(t, "sector")
			f.Ratio = rate(f.Members, f.Young, 1)
			places = append(places, f)
		}
		sum := func(order []Figures) Area {
			a := Area{Figures: Figures{Youth: Value{Why: Unreported}, Members: Value{Why: Unreported}, Sector: Value{Why: Unreported}}}
			for i, f := range order {
				a.add(i, f, true)
			}
			a.close()
			return a
		}
		a, b := sum(places), sum(rapid.Permutation(places).Draw(t, "order"))
		if a.Youth.N != b.Youth.N || a.Members.N != b.Members.N || a.Orgs != b.Orgs || a.Ratio != b.Ratio || a.Per1000 != b.Per1000 || a.parts != b.parts || (a.Youth.Why == Shown) != (b.Youth.Why == Shown) {
			t.Fatalf("in one order %+v, in another %+v", a, b)
		}
		var youth, members, young, orgs int64
		shown, left := false, false
		for _, f := range places {
			youth += f.Youth.N
			shown, left = shown || f.Youth.Why == Shown, left || f.Youth.Why == Hidden
			if f.Ratio.Known {
				members, young = members+f.Members.N, young+f.Young.N
			}
			if f.Youth.Why == Shown {
				orgs += f.Orgs
			}
		}
		if a.Youth.N != youth || (a.Youth.Why == Shown) != shown || a.parts[0] != left {
			t.Fatalf("%+v of %+v", a.Youth, places)
		}
		if young > 0 && a.Ratio.Millionths != members*1_000_000/young || young == 0 && a.Ratio.Known {
			t.Fatalf("%d of %d is %+v", members, young, a.Ratio)
		}
		if shown && youth > 0 && a.Per1000.Millionths != orgs*1_000_000_000/youth {
			t.Fatalf("%d for %d is %+v", orgs, youth, a.Per1000)
		}
	})
}

// The area of an outline is that of its rings less their holes, wherever it lies and whichever way it runs.
func TestTheAreaOfAnOutline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		west, south := rapid.Float64Range(100, 120).Draw(t, "west"), rapid.Float64Range(22, 45).Draw(t, "south")
		size := rapid.Float64Range(0.01, 0.5).Draw(t, "degrees")
		ring := func(w, s, d float64) string {
			return geometryOf(geo.Ring{{Lon: w, Lat: s}, {Lon: w + d, Lat: s}, {Lon: w + d, Lat: s + d}, {Lon: w, Lat: s + d}}, rapid.Bool().Draw(t, "turned"))
		}
		whole := squareKilometres(`{"type":"Polygon","coordinates":[` + ring(west, south, size) + `]}`)
		const degree = 111.2 // km of latitude, within half a per cent
		want := size * degree * size * degree * math.Cos((south+size/2)*math.Pi/180)
		if math.Abs(whole-want) > 0.01*want {
			t.Fatalf("%.3f km², about %.3f", whole, want)
		}
		holed := squareKilometres(`{"type":"Polygon","coordinates":[` + ring(west, south, size) + `,` + ring(west+size/4, south+size/4, size/2) + `]}`)
		if math.Abs(holed-0.75*whole) > 0.01*whole {
			t.Fatalf("with a hole %.3f of %.3f km²", holed, whole)
		}
	})
	if km2 := squareKilometres(`{"type":"Point","coordinates":[1,2]}`); km2 != 0 {
		t.Errorf("a point has %f km²", km2)
	}
}
