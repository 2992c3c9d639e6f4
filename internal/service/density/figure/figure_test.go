package figure

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
)

func TestAFamilyAddsUpEverywhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt, 4, 5, 60)
		f := w.family(t)
		for _, k := range w.kinds {
			total := int64(0)
			for _, c := range w.counts {
				if c.Kind == k.Key {
					total += c.N
				}
			}
			got := int64(0)
			for _, b := range k.Bands {
				got += f.At("city", k.Key, b.Key).N
			}
			if got != total {
				rt.Fatalf("%s: the city has %d, its places %d", k.Key, got, total)
			}
			for _, n := range w.tree.Nodes() {
				for _, s := range k.Sums {
					want, reported := int64(0), false
					for _, b := range s.Bands {
						x := f.At(n.ID, k.Key, b)
						want, reported = want+x.N, reported || x.State != Absent
					}
					if x := f.At(n.ID, k.Key, s.Key); x.N != want || (x.State != Absent) != reported {
						rt.Fatalf("%+v, want %d, %v", x, want, reported)
					}
				}
			}
		}
	})
}

func TestFaultyCountsAreAllNamed(t *testing.T) {
	t.Parallel()
	tree, err := NewTree([]Node{{ID: "city"}, {"v", "city"}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = SumUp(tree, twoKinds(), []Count{
		{"v", "cats", "a", 1}, {"v", Youth, "z", 1}, {"x", Youth, "a", 1}, {"v", Youth, "a", -1}, {"v", Youth, "a", 1 << 40},
	})
	var keys []string
	for _, p := range errs.ProblemsOf(err) {
		keys = append(keys, p.Key)
	}
	want := []string{"figure.count.band", "figure.count.band", "figure.count.place", "figure.count.number", "figure.count.number"}
	if !slices.Equal(keys, want) {
		t.Errorf("%v, want %v", keys, want)
	}
}

func TestFaultyKindsAreRefused(t *testing.T) {
	t.Parallel()
	tree, err := NewTree([]Node{{ID: "city"}})
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]Kind{
		"no bands":        {Key: "x"},
		"a band twice":    {Key: "x", Bands: []Band{{Key: "a"}, {Key: "a"}}},
		"an unknown band": {Key: "x", Bands: []Band{{Key: "a"}}, Sums: []Sum{{Key: "s", Bands: []string{"b"}}}},
		"an empty sum":    {Key: "x", Bands: []Band{{Key: "a"}}, Sums: []Sum{{Key: "s"}}},
		"a sum as a band": {Key: "x", Bands: []Band{{Key: "a"}}, Sums: []Sum{{Key: "a", Bands: []string{"a"}}}},
		"too many bands":  {Key: "x", Bands: make([]Band, 65)},
	} {
		if _, err := SumUp(tree, []Kind{k}, nil); errs.KindOf(err) != errs.Invalid || err == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestADefaultKindHasItsSums(t *testing.T) {
	t.Parallel()
	tree, err := NewTree([]Node{{ID: "city"}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := SumUp(tree, DefaultKinds(), []Count{
		{"city", Youth, "14-17", 1}, {"city", Youth, "18-22", 20}, {"city", Youth, "23-28", 300}, {"city", Youth, "29-35", 4000},
	})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := f.At("city", Youth, Y14to28), f.At("city", Youth, Y14to35); a.N != 321 || b.N != 4321 {
		t.Errorf("%+v %+v", a, b)
	}
	if f.At("city", Members, Y14to28).State != Absent {
		t.Error("members are nowhere reported")
	}
}

func TestAReaderWithoutRightsHoldsNoHiddenNumber(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt, 3, 4, 30)
		whole := w.family(t)
		decided, _, err := Suppress(w.tree, w.kinds, whole, DefaultRule())
		if err != nil {
			rt.Fatal(err)
		}
		for _, x := range decided.For(false).Figures() {
			if x.State.Hidden() && x.N != 0 {
				rt.Fatalf("%+v", x)
			}
		}
		for _, x := range decided.For(true).Figures() {
			if x.State != Shown || x.N != whole.At(x.Node, x.Kind, x.Column).N {
				rt.Fatalf("%+v", x)
			}
		}
		// Stored and taken back, the family is the same, in whatever order.
		stored := decided.Figures()
		for i := range stored {
			stored[i].State = StateOf(stored[i].State == Shown, stored[i].State.Why())
		}
		slices.Reverse(stored)
		back := NewFamily(stored)
		for _, x := range decided.Figures() {
			if back.At(x.Node, x.Kind, x.Column) != x {
				rt.Fatalf("%+v came back as %+v", x, back.At(x.Node, x.Kind, x.Column))
			}
		}
	})
}

func TestDecisionsAreTheSameEveryTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt, 4, 5, 40)
		whole := w.family(t)
		one, _, _ := Suppress(w.tree, w.kinds, whole, DefaultRule())
		two, _, _ := Suppress(w.tree, w.kinds, one, DefaultRule()) // a decided family is decided afresh
		if !slices.Equal(one.Figures(), two.Figures()) {
			rt.Fatal("two decisions differ")
		}
	})
}

func TestARuleOutOfReasonIsRefused(t *testing.T) {
	t.Parallel()
	tree, err := NewTree([]Node{{ID: "city"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, least := range []int64{0, -1, 1001} {
		if _, _, err := Suppress(tree, twoKinds(), Family{}, Rule{Least: least}); errs.KeyOf(err) != "figure.rule.least" {
			t.Errorf("%d: %v", least, err)
		}
	}
	bad := NewFamily([]Figure{{"city", Youth, "a", 1, Shown}, {"v", Youth, "a", 9, Shown}})
	tree, err = NewTree([]Node{{ID: "city"}, {"v", "city"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Suppress(tree, twoKinds(), bad, DefaultRule()); errs.KeyOf(err) != "figure.family.sum" {
		t.Errorf("a family that does not add up: %v", err)
	}
}
