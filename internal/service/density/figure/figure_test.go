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

func TestStoredAndTakenBackAFamilyIsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt, 3, 4, 30)
		decided, _, err := Suppress(w.tree, w.kinds, w.family(t), DefaultRule(), nil)
		if err != nil {
			rt.Fatal(err)
		}
		stored := decided.Figures()
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
		one, _, _ := Suppress(w.tree, w.kinds, whole, DefaultRule(), nil)
		two, _, _ := Suppress(w.tree, w.kinds, one, DefaultRule(), nil) // a decided family is decided afresh
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
		if _, _, err := Suppress(tree, twoKinds(), Family{}, Rule{Least: least}, nil); errs.KeyOf(err) != "figure.rule.least" {
			t.Errorf("%d: %v", least, err)
		}
	}
	bad := NewFamily([]Figure{{"city", Youth, "a", 1, Shown}, {"v", Youth, "a", 9, Shown}})
	tree, err = NewTree([]Node{{ID: "city"}, {"v", "city"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Suppress(tree, twoKinds(), bad, DefaultRule(), nil); errs.KeyOf(err) != "figure.family.sum" {
		t.Errorf("a family that does not add up: %v", err)
	}
}
