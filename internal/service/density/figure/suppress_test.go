package figure

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// world is a tree with counts for tests.
type world struct {
	tree   *Tree
	kinds  []Kind
	counts []Count
}

func (w world) family(t testing.TB) Family {
	t.Helper()
	f, err := SumUp(w.tree, w.kinds, w.counts)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func twoKinds() []Kind {
	bands := []Band{{"a", 14, 17}, {"b", 18, 28}, {"c", 29, 35}}
	sums := []Sum{{"ab", []string{"a", "b"}, 3}, {"abc", []string{"a", "b", "c"}, 5}}
	return []Kind{{Key: Youth, People: true, Bands: bands, Sums: sums}, {Key: Orgs, Bands: []Band{{Key: AllAges}}}}
}

// drawWorld draws a small tree, with places that report nothing, places without places below them, and own counts.
func drawWorld(t *rapid.T, towns, villages, size int) world {
	w := world{kinds: twoKinds()}
	w.kinds[0].Bands = w.kinds[0].Bands[:rapid.IntRange(2, 3).Draw(t, "bands")]
	if len(w.kinds[0].Bands) == 2 {
		w.kinds[0].Sums = w.kinds[0].Sums[:1]
	}
	nodes := []Node{{ID: "city"}}
	number := rapid.OneOf(rapid.Int64Range(0, 6), rapid.Int64Range(0, int64(size)))
	count := func(id NodeID) {
		for _, b := range w.kinds[0].Bands {
			if rapid.IntRange(0, 9).Draw(t, "reported") > 0 {
				w.counts = append(w.counts, Count{id, Youth, b.Key, number.Draw(t, id+b.Key)})
			}
		}
		w.counts = append(w.counts, Count{id, Orgs, AllAges, rapid.Int64Range(0, 3).Draw(t, "orgs")})
	}
	for i := range rapid.IntRange(1, towns).Draw(t, "towns") {
		town := fmt.Sprintf("t%d", i)
		nodes = append(nodes, Node{town, "city"})
		n := rapid.IntRange(0, villages).Draw(t, "villages")
		if n == 0 || rapid.IntRange(0, 9).Draw(t, "own") == 0 {
			count(town)
		}
		for j := range n {
			id := fmt.Sprintf("%sv%d", town, j)
			nodes = append(nodes, Node{id, town})
			count(id)
		}
	}
	var err error
	if w.tree, err = NewTree(nodes); err != nil {
		t.Fatal(err)
	}
	return w
}

// small lists the figures of a kind that must be hidden because of their size.
func small(f Family, kind string, least int64) (list []Figure) {
	for _, x := range f.Figures() {
		if x.Kind == kind && x.N < least {
			list = append(list, x)
		}
	}
	return list
}

// mustHold gives everything released to the linear program and demands that every small figure may still be anything.
func mustHold(t testing.TB, w world, kind Kind, whole, decided Family, loss Loss, least int64, guesses []Figure, but []Figure) {
	t.Helper()
	a := attack(w.tree, kind, w.counts, decided.For(false), least, loss.Strict)
	for _, g := range guesses {
		a.guess(kind, g)
	}
	fixed, block := a.blocks(t)
	excused := map[figureKey]bool{}
	for _, f := range but {
		excused[figureKey{f.Node, f.Kind, f.Column}] = true
	}
	for _, f := range small(whole, kind.Key, least) {
		if got := decided.At(f.Node, f.Kind, f.Column); !got.State.Hidden() {
			t.Fatalf("%+v is small and shown", got)
		}
		if excused[figureKey{f.Node, f.Kind, f.Column}] {
			continue
		}
		low, high := a.between(fixed, block, a.under(kind, f.Node, f.Column))
		if low > 1e-6 || high < float64(least-1)-1e-6 {
			t.Fatalf("%+v must lie between %.3f and %.3f", f, low, high)
		}
	}
}

func TestNothingReleasedNarrowsASmallFigure(t *testing.T) {
	t.Parallel()
	for _, tell := range []bool{true, false} {
		t.Run(fmt.Sprintf("told %v", tell), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(rt *rapid.T) {
				w := drawWorld(rt, 4, 6, 60)
				least := rapid.Int64Range(2, 6).Draw(rt, "least")
				whole := w.family(t)
				decided, losses, err := Suppress(w.tree, w.kinds, whole, Rule{Least: least, Tell: tell})
				if err != nil {
					rt.Fatal(err)
				}
				if len(losses) != 1 || losses[0].Strict && !tell {
					rt.Fatalf("losses %+v", losses)
				}
				mustHold(t, w, w.kinds[0], whole, decided, losses[0], least, nil, nil)
				for _, f := range decided.Figures() {
					if f.Kind == Orgs && f.State != Shown {
						rt.Fatalf("%+v: organisations are not people", f)
					}
					if f.State == Small && f.N >= least {
						rt.Fatalf("%+v is called small", f)
					}
				}
			})
		})
	}
}

// TestEveryNumberHasWholeCounts is the second check, apart from the first: for small trees it finds whole counts that
// give each small figure each number from 0 to 4.
func TestEveryNumberHasWholeCounts(t *testing.T) {
	t.Parallel()
	asked, open := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt, 2, 2, 14)
		whole := w.family(t)
		decided, losses, err := Suppress(w.tree, w.kinds, whole, DefaultRule())
		if err != nil {
			rt.Fatal(err)
		}
		kind := w.kinds[0]
		a := attack(w.tree, kind, w.counts, decided.For(false), 5, losses[0].Strict)
		near := make([]float64, len(a.cells))
		for _, c := range w.counts {
			if c.Kind == kind.Key {
				near[a.cells[cell{c.Node, c.Band}]] += float64(c.N)
			}
		}
		for _, f := range small(whole, kind.Key, 5) {
			for want := range 5 {
				asked++
				found, decided := a.canBe(a.under(kind, f.Node, f.Column), float64(want), near)
				if !decided {
					open++
				} else if !found {
					rt.Fatalf("%+v cannot be %d", f, want)
				}
			}
		}
	})
	if open*100 > asked {
		t.Errorf("%d of %d questions were too long to answer", open, asked)
	}
}

func TestTwoImportsTellNoMoreThanOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt, 3, 5, 40)
		rule := Rule{Least: 5, Tell: rapid.Bool().Draw(rt, "tell")}
		first := w.family(t)
		one, _, err := Suppress(w.tree, w.kinds, first, rule)
		if err != nil {
			rt.Fatal(err)
		}
		later := world{tree: w.tree, kinds: w.kinds, counts: slices.Clone(w.counts)}
		for i := range later.counts {
			if rapid.IntRange(0, 2).Draw(rt, "changes") == 0 {
				later.counts[i].N = max(0, later.counts[i].N+rapid.Int64Range(-6, 6).Draw(rt, "by"))
			}
		}
		second := later.family(t)
		two, losses, err := Suppress(w.tree, w.kinds, second, rule, one)
		if err != nil {
			rt.Fatal(err)
		}
		kind := w.kinds[0]
		mustHold(t, later, kind, second, two, losses[0], 5, nil, nil)
		var guessNew []Figure
		for _, f := range second.Figures() {
			before, now := one.At(f.Node, f.Kind, f.Column), two.At(f.Node, f.Kind, f.Column)
			if f.Kind != kind.Key || before.N != now.N {
				continue
			}
			if before.State.Hidden() && now.State == Shown {
				rt.Fatalf("%+v was hidden, has not changed, and is shown", now)
			}
			if before.State == Shown && now.State.Hidden() {
				guessNew = append(guessNew, now)
			}
		}
		mustHold(t, later, kind, second, two, losses[0], 5, guessNew, losses[0].Guessable)
	})
}

// city draws a city as large as the demo's: 6 counties, 89 townships, 1,096 villages, 638,000 youth, 139,000 members.
func city(t testing.TB, seed uint64) world {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 13))
	w := world{kinds: DefaultKinds()}
	nodes := []Node{{ID: "421200"}}
	for i := range 6 {
		nodes = append(nodes, Node{fmt.Sprintf("c%d", i), "421200"})
	}
	for i := range 89 {
		nodes = append(nodes, Node{fmt.Sprintf("t%02d", i), fmt.Sprintf("c%d", i%6)})
	}
	share := map[string]map[string]float64{
		Youth:   {"14-17": 0.20, "18-22": 0.20, "23-28": 0.27, "29-35": 0.33},
		Members: {"14-17": 0.46, "18-22": 0.35, "23-28": 0.185, "29-35": 0.005},
	}
	for i := range 1096 {
		town := i % 89
		id := fmt.Sprintf("v%04d", i)
		nodes = append(nodes, Node{id, fmt.Sprintf("t%02d", town)})
		if i%84 == 7 {
			continue // has not reported
		}
		size := math.Exp(0.7*r.NormFloat64()) / math.Exp(0.245)
		if town >= 85 {
			size /= 60 // farms and zones
		}
		for _, kind := range []string{Youth, Members} {
			total := map[string]float64{Youth: 638_000, Members: 139_000}[kind]
			rr := rand.New(rand.NewPCG(seed+uint64(i), uint64(len(kind))))
			for _, b := range w.kinds[0].Bands {
				mean := size * total / 1096 * share[kind][b.Key] * (0.7 + 0.6*rr.Float64())
				n := int64(math.Max(0, math.Round(mean+math.Sqrt(mean)*rr.NormFloat64())))
				w.counts = append(w.counts, Count{id, kind, b.Key, n})
			}
		}
	}
	var err error
	if w.tree, err = NewTree(nodes); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestACityKeepsMostOfItsFigures(t *testing.T) {
	t.Parallel()
	w := city(t, 1)
	whole := w.family(t)
	start := time.Now()
	decided, losses, err := Suppress(w.tree, w.kinds, whole, DefaultRule())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("decided in %v", time.Since(start))
	most := map[string]float64{Youth: 0.03, Members: 0.30, NewSector: 0}
	for _, l := range losses {
		if l.Figures == 0 {
			continue
		}
		t.Logf("%s: %d figures, small %d (%.1f%%), hidden with them %d (%.1f%%), untold %d, strict %v", l.Kind, l.Figures, l.Small,
			100*float64(l.Small)/float64(l.Figures), l.With, 100*float64(l.With)/float64(l.Figures), l.Untold, l.Strict)
		if l.Untold*100 > l.Small {
			t.Errorf("%s: of %d small figures %d are not called small", l.Kind, l.Small, l.Untold)
		}
		if lost := float64(l.With) / float64(l.Figures); lost > most[l.Kind] {
			t.Errorf("%s: %.1f%% hidden beside the small ones", l.Kind, 100*lost)
		}
	}
	for i, k := range w.kinds {
		if !k.People {
			continue
		}
		columns := map[string][2]int{}
		for _, f := range decided.Figures() {
			if f.Kind == k.Key && f.State.Hidden() {
				c := columns[f.Column]
				if f.State == Small {
					c[0]++
				} else {
					c[1]++
				}
				columns[f.Column] = c
				if f.Node[0] == 'c' || f.Node == "421200" {
					t.Errorf("%+v of a county is hidden", f)
				}
			}
		}
		t.Logf("%s by column (small, with): %v", k.Key, columns)
		if k.Key != NewSector {
			mustHold(t, w, k, whole, decided, losses[i], 5, nil, nil)
		}
	}
}

func TestTheCityInTwoYears(t *testing.T) {
	t.Parallel()
	w := city(t, 1)
	first := w.family(t)
	one, _, err := Suppress(w.tree, w.kinds, first, DefaultRule())
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(i int, n int64) int64{
		"everything moves": func(i int, n int64) int64 { return max(0, n+int64(i%7)-3) },
		"one in ten moves": func(i int, n int64) int64 { return max(0, n+int64(i%10/9)*(int64(i/10%5)-2)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			later := world{tree: w.tree, kinds: w.kinds, counts: slices.Clone(w.counts)}
			for i := range later.counts {
				later.counts[i].N = change(i, later.counts[i].N)
			}
			second := later.family(t)
			start := time.Now()
			two, losses, err := Suppress(w.tree, w.kinds, second, DefaultRule(), one)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("decided in %v", time.Since(start))
			for k, l := range losses[:2] {
				t.Logf("%s: %d figures, small %d, with %d (%.1f%%), kept %d, guessable %d, untold %d, strict %v", l.Kind, l.Figures, l.Small,
					l.With, 100*float64(l.With)/float64(l.Figures), l.Kept, len(l.Guessable), l.Untold, l.Strict)
				mustHold(t, later, w.kinds[k], second, two, l, 5, nil, nil)
			}
		})
	}
}
