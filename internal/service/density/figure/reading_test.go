package figure

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/source"
)

func TestComparedFiguresFallWithEitherPart(t *testing.T) {
	t.Parallel()
	before := NewFamily([]Figure{
		{"a", Youth, "x", 100, Shown},
		{"b", Youth, "x", 3, Small},
		{"c", Youth, "x", 80, Shown},
		{"d", Youth, "x", 9, Shown},
		{"e", Youth, "x", 2, Small},
		{"f", Youth, "x", 0, Shown},
		{"h", Youth, "x", 200, Shown},
	})
	now := NewFamily([]Figure{
		{"a", Youth, "x", 121, Shown},
		{"b", Youth, "x", 50, Shown},
		{"c", Youth, "x", 70, With},
		{"f", Youth, "x", 7, Shown},
		{"g", Youth, "x", 60, Shown},
		{"h", Youth, "x", 150, Shown},
		{"i", Youth, "x", 1, Small},
	})
	want := map[string]Difference{
		"a": {State: Shown, Before: 100, Now: 121, By: 21, Share: Rate{210_000, true, Shown}},
		"b": {State: Small, Share: Rate{State: Small}},
		"c": {State: With, Share: Rate{State: With}},
		"d": {Turn: Gone, State: Shown, Before: 9, Share: Rate{State: Shown}},
		"e": {Turn: Gone, State: Small, Share: Rate{State: Small}},
		"f": {State: Shown, Now: 7, By: 7, Share: Rate{State: Shown}}, // nothing to divide by
		"g": {Turn: New, State: Shown, Now: 60, Share: Rate{State: Shown}},
		"h": {State: Shown, Before: 200, Now: 150, By: -50, Share: Rate{-250_000, true, Shown}},
		"i": {Turn: New, State: Small, Share: Rate{State: Small}},
	}
	got := Compare(before, now)
	if len(got) != len(want) {
		t.Errorf("%d differences", len(got))
	}
	for _, d := range got {
		w := want[d.Node]
		w.Node, w.Kind, w.Column = d.Node, Youth, "x"
		if d != w {
			t.Errorf("%+v\nwant %+v", d, w)
		}
	}
}

func TestRatesFallWithEitherPart(t *testing.T) {
	t.Parallel()
	f := NewFamily([]Figure{
		{"a", Members, Y14to28, 253, Shown},
		{"a", Youth, Y14to28, 1000, Shown},
		{"a", Youth, Y14to35, 1500, Shown},
		{"a", Orgs, AllAges, 9, Shown},
		{"b", Members, Y14to28, 3, Small},
		{"b", Youth, Y14to28, 1000, Shown},
		{"b", Youth, Y14to35, 12, With},
		{"b", Orgs, AllAges, 1, Shown},
		{"c", Members, Y14to28, 30, Shown},
		{"c", Youth, Y14to35, 400, Shown},
		{"d", Members, Y14to28, 0, Shown},
		{"d", Youth, Y14to28, 0, Shown},
		{"d", Youth, Y14to35, 0, Shown},
		{"d", Orgs, AllAges, 2, Shown},
	})
	for node, want := range map[string][2]Rate{
		"a": {{253_000, true, Shown}, {6_000_000, true, Shown}},
		"b": {{State: With}, {State: With}},
		"c": {{}, {0, true, Shown}}, // 14–28 is not reported; no organisation is named
		"d": {{State: Shown}, {State: Shown}},
		"x": {{}, {}},
	} {
		if got := LeagueShare(f, node); got != want[0] {
			t.Errorf("%s: share %+v, want %+v", node, got, want[0])
		}
		if got := OrgsPerThousand(f, node); got != want[1] {
			t.Errorf("%s: organisations %+v, want %+v", node, got, want[1])
		}
	}
	if got := OrgsPerThousand(NewFamily(f.Figures()[4:7]), "b"); got.Known {
		t.Error("without any list of organisations there is no rate")
	}
	if a, b := ratio(Figure{N: 2, State: Shown}, Figure{N: 3, State: Shown}, 1), ratio(Figure{N: -2, State: Shown}, Figure{N: 3, State: Shown}, 1); a.Millionths != 666_667 || b.Millionths != -666_667 {
		t.Errorf("two thirds are %d and %d", a.Millionths, b.Millionths)
	}
}

func TestAHexagonNeverShowsPartOfItsPlaces(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt, 3, 6, 40)
		decided, _, err := Suppress(w.tree, w.kinds, w.family(t), DefaultRule())
		if err != nil {
			rt.Fatal(err)
		}
		seen := decided.For(false)
		cellOf := func(id NodeID) (int, bool) { return len(id) * int(id[len(id)-1]) % 4, id != "t0v0" }
		heaps := Gather(seen, Youth, "ab", w.tree.Ends(), cellOf)
		places := 0
		for _, h := range heaps {
			sum, hidden, reported := int64(0), false, false
			for _, id := range h.Places {
				x := decided.At(id, Youth, "ab")
				sum += x.N
				hidden = hidden || x.State.Hidden()
				reported = reported || x.State != Absent
			}
			places += len(h.Places)
			switch {
			case hidden && (h.N != 0 || !h.State.Hidden()),
				!hidden && reported && (h.N != sum || h.State != Shown),
				!reported && h.State != Absent:
				rt.Fatalf("%+v: sum %d, hidden %v, reported %v", h, sum, hidden, reported)
			case h.State == Shown && h.N < 5:
				rt.Fatalf("%+v shows a small group", h)
			}
		}
		want := len(w.tree.Ends())
		if slices.Contains(w.tree.Ends(), "t0v0") {
			want--
		}
		if places != want {
			rt.Fatalf("%d places in cells, want %d", places, want)
		}
	})
}

func TestNoHexagonFinerThanTheSource(t *testing.T) {
	t.Parallel()
	for f, want := range map[source.Fineness][]int{
		source.Point: {250, 500, 1000, 2000}, source.Village: {1000, 2000}, source.Township: nil, "": nil,
	} {
		if got := Sides(f); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", f, got, want)
		}
	}
	if IsEstimate(source.Point, 250) || !IsEstimate(source.Village, 500) || !IsEstimate(source.Township, 2000) {
		t.Error("an estimate is not called one, or a count is")
	}
}

func TestYouthClassesAreThoseOfTheLegend(t *testing.T) {
	t.Parallel()
	s := YouthSteps()
	for v, want := range map[float64]int{0: 0, 1: 1, 5: 1, 49: 1, 50: 2, 149: 2, 150: 3, 399: 3, 400: 4, 999: 4, 1000: 5, 1e6: 5} {
		if got := s.Of(v); got != want {
			t.Errorf("%v is q%d, want q%d", v, got, want)
		}
	}
	l := LegendOf(s, []Heap{
		{N: 1200, State: Shown}, {N: 60, State: Shown}, {N: 70, State: Shown}, {N: 7, State: Shown}, {State: With}, {State: Small}, {}, {N: 0, State: Shown},
	})
	want := []Step{{5, 1000, math.Inf(1), 1}, {4, 400, 1000, 0}, {3, 150, 400, 0}, {2, 50, 150, 2}, {1, 5, 50, 1}, {0, 0, 0, 1}}
	if !slices.Equal(l.Steps, want) || l.Hidden != 2 || l.Absent != 1 {
		t.Errorf("%+v", l)
	}
	// Who may see lists may also see a cell of 2, and the legend says so.
	if l := LegendOf(s, []Heap{{N: 2, State: Shown}}); l.Steps[4].From != 2 {
		t.Errorf("%+v", l.Steps[4])
	}
	if l := LegendOf(nil, []Heap{{N: 2, State: Shown}}); len(l.Steps) != 1 || l.Steps[0].Cells != 1 {
		t.Errorf("without steps: %+v", l)
	}
}

func TestStepsRiseAndHoldEverything(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOf(rapid.OneOf(rapid.Just(0.0), rapid.Float64Range(1e-6, 1e6), rapid.Map(rapid.IntRange(1, 5000), func(n int) float64 { return math.Nextafter(float64(n), 0) }))).Draw(t, "values")
		s := StepsFor(values)
		if len(s) > 5 || !slices.IsSorted(s) || len(slices.Compact(slices.Clone(s))) != len(s) {
			t.Fatalf("steps %v", s)
		}
		for _, v := range values {
			c := s.Of(v)
			switch {
			case v == 0 && c != 0, v > 0 && (c < 1 || c > max(1, len(s))):
				t.Fatalf("%v is q%d of %v", v, c, s)
			case v > 0 && (v < s[c-1] || c < len(s) && v >= s[c]):
				t.Fatalf("%v is q%d of %v", v, c, s)
			}
		}
	})
	if s := StepsFor([]float64{math.NaN(), math.Inf(1), -3, 0}); len(s) != 0 {
		t.Errorf("steps of nothing: %v", s)
	}
	if s := StepsFor([]float64{3, 12, 27, 61, 140}); !slices.Equal(s, Steps{2, 10, 20, 50, 100}) {
		t.Errorf("round steps: %v", s)
	}
}

func place(id string, area float64, youth, members, sector, orgs int64) Place {
	at := func(kind string, n int64) Figure { return Figure{Node: id, Kind: kind, N: n, State: Shown} }
	return Place{id, area, at(Youth, youth), at(Members, members), at(NewSector, sector), at(Orgs, orgs)}
}

func TestManyYoungAndFewOrganisationsLead(t *testing.T) {
	t.Parallel()
	tiny, hidden, absent := place("tiny", 0.01, 50, 9, 1, 1), place("hidden", 9, 90, 0, 3, 1), place("absent", 9, 90, 9, 3, 1)
	hidden.Members.State = Small
	absent.Youth = Figure{}
	r, err := Cluster([]Place{
		place("full", 10, 5000, 800, 60, 5), place("mid", 10, 2000, 300, 20, 10), place("low", 20, 500, 60, 5, 12), tiny, hidden, absent,
	})
	if err != nil {
		t.Fatal(err)
	}
	left := map[string]string{"tiny": "figure.score.area", "hidden": "figure.score.hidden", "absent": "figure.score.absent"}
	for _, s := range r.Scores {
		if s.Left != left[s.ID] {
			t.Errorf("%s is left out for %q", s.ID, s.Left)
		}
		if s.Left != "" && s.Total != 0 {
			t.Errorf("%s has a score", s.ID)
		}
	}
	if !(r.Scores[0].Total > r.Scores[1].Total && r.Scores[1].Total > r.Scores[2].Total) {
		t.Errorf("%+v", r.Scores)
	}
	if len(r.Missing) != 0 || len(r.Alike) != 0 {
		t.Errorf("missing %v, alike %v", r.Missing, r.Alike)
	}
}

func TestAMissingTermIsNamedAndCountsForNobody(t *testing.T) {
	t.Parallel()
	a, b := place("a", 10, 100, 20, 0, 3), place("b", 10, 900, 20, 0, 3)
	a.NewSector, b.NewSector = Figure{}, Figure{}
	r, err := Cluster([]Place{a, b})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.Missing, []string{NewSector}) || !slices.Equal(r.Alike, []string{Members}) {
		t.Errorf("missing %v, alike %v", r.Missing, r.Alike)
	}
	if r.Scores[0].Left != "" || r.Scores[1].Total <= r.Scores[0].Total {
		t.Errorf("%+v", r.Scores)
	}
	if r, err := Cluster(nil); err != nil || len(r.Missing) != 4 || len(r.Scores) != 0 {
		t.Errorf("no places: %+v, %v", r, err)
	}
}
