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

// mustHold gives everything released to the linear program and demands that every hidden figure, small or not, may still
// be anything from 0 to least−1, and every small count of a place itself too, which is found by subtraction.
func mustHold(t testing.TB, w world, kind Kind, decided Family, least int64, guesses, but []Figure) {
	t.Helper()
	a := attack(w.tree, kind, w.counts, decided)
	for _, g := range guesses {
		a.guess(kind, g)
	}
	fixed, block := a.blocks(t)
	excused := map[figureKey]bool{}
	for _, f := range but {
		excused[figureKey{f.Node, f.Kind, f.Column}] = true
	}
	demand := func(what any, cells []int) {
		if low, high := a.between(fixed, block, cells); low > 1e-6 || high < float64(least-1)-1e-6 {
			t.Fatalf("%+v must lie between %.3f and %.3f", what, low, high)
		}
	}
	for _, f := range decided.Figures() {
		switch {
		case f.Kind != kind.Key || excused[figureKey{f.Node, f.Kind, f.Column}]:
		case f.State == Hidden:
			demand(f, a.under(kind, f.Node, f.Column))
		case f.N < least:
			t.Fatalf("%+v is small and shown", f)
		}
	}
	own := map[cell]int64{}
	for _, c := range w.counts {
		if c.Kind == kind.Key {
			own[cell{c.Node, c.Band}] += c.N
		}
	}
	for c, n := range own {
		if n > 0 && n < least && len(but) == 0 { // a place without any of its own is nobody
			demand(c, []int{a.cells[c]})
		}
	}
	for _, sum := range kind.Sums {
		all, cells := map[NodeID]int64{}, map[NodeID][]int{}
		for c, n := range own {
			if slices.Contains(sum.Bands, c.band) {
				all[c.node] += n
				cells[c.node] = append(cells[c.node], a.cells[c])
			}
		}
		for node, n := range all {
			if n > 0 && n < least && len(but) == 0 {
				demand(node+sum.Key, cells[node])
			}
		}
	}
}

func TestNothingReleasedNarrowsAHiddenFigure(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt, 4, 6, 60)
		least := rapid.Int64Range(2, 6).Draw(rt, "least")
		decided, losses, err := Suppress(w.tree, w.kinds, w.family(t), Rule{Least: least}, nil)
		if err != nil {
			rt.Fatal(err)
		}
		if len(losses) != 1 {
			rt.Fatalf("losses %+v", losses)
		}
		mustHold(t, w, w.kinds[0], decided, least, nil, nil)
		for _, f := range decided.Figures() {
			if f.Kind == Orgs && f.State != Shown {
				rt.Fatalf("%+v: organisations are not people", f)
			}
		}
	})
}

// TestEveryNumberHasWholeCounts is the second check, apart from the first: for small trees it finds whole counts that
// give each small figure each number from 0 to 4.
func TestEveryNumberHasWholeCounts(t *testing.T) {
	t.Parallel()
	asked, open := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt, 2, 2, 14)
		whole := w.family(t)
		decided, _, err := Suppress(w.tree, w.kinds, whole, DefaultRule(), nil)
		if err != nil {
			rt.Fatal(err)
		}
		kind := w.kinds[0]
		a := attack(w.tree, kind, w.counts, decided)
		near := make([]float64, len(a.cells))
		for _, c := range w.counts {
			if c.Kind == kind.Key {
				near[a.cells[cell{c.Node, c.Band}]] += float64(c.N)
			}
		}
		for _, f := range decided.Figures() {
			if f.State != Hidden || f.N > 4 { // larger ones are too far from 0 to be searched for
				continue
			}
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

// pastOf is what some dates have released.
func pastOf(families ...Family) Past {
	past := Past{}
	for _, f := range families {
		for _, x := range f.Figures() {
			past.Add(x)
		}
	}
	return past
}

func TestDatesSideBySideTellNoMoreThanEachAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt, 3, 5, 40)
		kind := w.kinds[0]
		var released []Family
		for range rapid.IntRange(2, 4).Draw(rt, "dates") {
			decided, losses, err := Suppress(w.tree, w.kinds, w.family(t), DefaultRule(), pastOf(released...))
			if err != nil {
				rt.Fatal(err)
			}
			mustHold(t, w, kind, decided, 5, nil, nil)
			var guesses []Figure
			for _, now := range decided.Figures() {
				for _, old := range released {
					before := old.At(now.Node, now.Kind, now.Column)
					if before.State == Hidden && now.State == Shown {
						rt.Fatalf("%+v was hidden on an earlier date and is shown", now)
					}
					if now.Kind == kind.Key && now.State == Hidden && before.State == Shown && before.N == now.N {
						guesses = append(guesses, now)
					}
				}
			}
			mustHold(t, w, kind, decided, 5, guesses, losses[0].Guessable)
			released = append(released, decided)
			w.counts = slices.Clone(w.counts)
			for i := range w.counts {
				if rapid.IntRange(0, 2).Draw(rt, "changes") == 0 {
					w.counts[i].N = max(0, w.counts[i].N+rapid.Int64Range(-6, 6).Draw(rt, "by"))
				}
			}
		}
	})
}

func TestTheSameNumbersGiveTheSamePattern(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt, 4, 5, 40)
		var released []Family
		decide := func() Family {
			f, _, err := Suppress(w.tree, w.kinds, w.family(t), DefaultRule(), pastOf(released...))
			if err != nil {
				rt.Fatal(err)
			}
			released = append(released, f)
			return f
		}
		one := decide()
		if !slices.Equal(one.Figures(), decide().Figures()) {
			rt.Fatal("a date that changes nothing has another pattern")
		}
		w.counts = slices.Clone(w.counts)
		for i := range w.counts {
			w.counts[i].N += rapid.Int64Range(0, 2).Draw(rt, "more")
		}
		two := decide()
		if !slices.Equal(two.Figures(), decide().Figures()) {
			rt.Fatal("a date that changes nothing since the last, but something since the first, has another pattern")
		}
	})
}

// cityKinds are people as the service counts them.
func cityKinds() []Kind {
	bands := []Band{{"14-17", 14, 17}, {"18-22", 18, 22}, {"23-28", 23, 28}, {"29-35", 29, 35}}
	return []Kind{
		{Key: Youth, People: true, Bands: bands, Sums: []Sum{
			{Y14to28, []string{"14-17", "18-22", "23-28"}, 4}, {Y14to35, []string{"14-17", "18-22", "23-28", "29-35"}, 6},
		}},
		{Key: Members, People: true, Bands: []Band{{"0-17", 0, 17}, {"18-22", 18, 22}, {"23-", 23, 200}}, Sums: []Sum{
			{AllAges, []string{"0-17", "18-22", "23-"}, 8},
		}},
	}
}

// city draws a city as large as the demo's: 6 counties, 89 townships, 1,096 villages, 638,000 youth, 139,000 members.
func city(t testing.TB, seed uint64) world {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 13))
	w := world{kinds: cityKinds()}
	nodes := []Node{{ID: "421200"}}
	for i := range 6 {
		nodes = append(nodes, Node{fmt.Sprintf("c%d", i), "421200"})
	}
	for i := range 89 {
		nodes = append(nodes, Node{fmt.Sprintf("t%02d", i), fmt.Sprintf("c%d", i%6)})
	}
	share := map[string]map[string]float64{
		Youth:   {"14-17": 0.20, "18-22": 0.20, "23-28": 0.27, "29-35": 0.33},
		Members: {"0-17": 0.46, "18-22": 0.35, "23-": 0.19},
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
		for k, kind := range []string{Youth, Members} {
			total := map[string]float64{Youth: 638_000, Members: 139_000}[kind]
			rr := rand.New(rand.NewPCG(seed+uint64(i), uint64(len(kind))))
			for _, b := range w.kinds[k].Bands {
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
	start := time.Now()
	decided, losses, err := Suppress(w.tree, w.kinds, w.family(t), DefaultRule(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("decided in %v", time.Since(start))
	most := map[string]float64{Youth: 0.10, Members: 0.50}
	for i, l := range losses {
		report(t, w, decided, l)
		if lost := float64(l.With) / float64(l.Figures); lost > most[l.Kind] {
			t.Errorf("%s: %.1f%% hidden beside the small ones", l.Kind, 100*lost)
		}
		mustHold(t, w, w.kinds[i], decided, 5, nil, nil)
	}
	for _, f := range decided.Figures() {
		if f.State == Hidden && (f.Node[0] == 'c' || f.Node == "421200") {
			t.Errorf("%+v of a county is hidden", f)
		}
	}
}

// report says what hiding cost, by column and for villages and what lies above them.
func report(t *testing.T, w world, decided Family, l Loss) {
	t.Helper()
	columns := map[string]int{}
	for _, f := range decided.Figures() {
		if f.Kind == l.Kind && f.State == Hidden {
			columns[f.Node[:1]+" "+f.Column]++
		}
	}
	t.Logf("%s: of %d figures %.1f%% are small, %.1f%% hidden with them (%.1f%% for an earlier date alone), %d guessable: %v", l.Kind, l.Figures,
		100*float64(l.Small)/float64(l.Figures), 100*float64(l.With)/float64(l.Figures), 100*float64(l.Kept)/float64(l.Figures), len(l.Guessable), columns)
}

func TestACityOverManyDates(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(date, i int, n int64) int64{
		"everything moves": func(date, i int, n int64) int64 { return max(0, n+int64((i*7+date*3)%7)-3) },
		"one in ten moves": func(date, i int, n int64) int64 {
			if (i+date)%10 > 0 {
				return n
			}
			return max(0, n+int64((i/10+date)%5)-2)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := city(t, 1)
			past := Past{}
			for date := range 4 {
				start := time.Now()
				decided, losses, err := Suppress(w.tree, w.kinds, w.family(t), DefaultRule(), past)
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("date %d decided in %v", date, time.Since(start))
				for k, l := range losses {
					report(t, w, decided, l)
					mustHold(t, w, w.kinds[k], decided, 5, nil, nil)
				}
				for _, f := range decided.Figures() {
					past.Add(f)
				}
				w.counts = slices.Clone(w.counts)
				for i := range w.counts {
					w.counts[i].N = change(date, i, w.counts[i].N)
				}
			}
		})
	}
}
