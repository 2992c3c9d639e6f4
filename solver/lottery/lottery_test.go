package lottery

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/solvertest"
)

func drawProblem(t *rapid.T) Problem {
	p := Problem{Secret: Secret(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret")), Public: rapid.StringMatching(`[0-9]{1,8}`).Draw(t, "public")}
	p.List = List{Edition: "暑期托管班", Places: rapid.IntRange(0, 12).Draw(t, "places"), Commit: Commit(p.Secret), Source: "福彩 3D"}
	for i := range rapid.IntRange(1, 15).Draw(t, "entries") {
		e := Entry{Receipt: fmt.Sprintf("R%03d", i), Group: rapid.IntRange(1, 3).Draw(t, "group")}
		if i > 0 && rapid.IntRange(0, 2).Draw(t, "sibling") == 0 {
			other := &p.List.Entries[rapid.IntRange(0, i-1).Draw(t, "of")]
			if other.Family == "" {
				other.Family = other.Receipt
			}
			e.Family = other.Family
		}
		p.List.Entries = append(p.List.Entries, e)
	}
	return p
}

func TestADrawHolds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t)
		s, err := Solve(context.Background(), p, Options{Seed: rapid.Uint64().Draw(t, "seed")})
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(p, s); err != nil {
			t.Fatal(err)
		}
		if len(s.Placed) > p.List.Places || len(s.Placed)+len(s.Waiting) != len(p.List.Entries) {
			t.Fatalf("%d of %d places, %d wait", len(s.Placed), p.List.Places, len(s.Waiting))
		}
		for _, e := range p.List.Entries {
			if slices.Contains(s.Placed, e.Receipt) != slices.Contains(s.Placed, e.first()) {
				t.Fatalf("the family of %s is torn apart", e.Receipt)
			}
		}
		// Entries in another order are the same list.
		q := p
		q.List.Entries = slices.Clone(p.List.Entries)
		slices.Reverse(q.List.Entries)
		if q.List.Hash() != p.List.Hash() {
			t.Fatal("the hash depends on the order of entries")
		}
		again, err := Solve(context.Background(), q, Options{})
		if err != nil || again.Key != s.Key || !slices.Equal(again.Placed, s.Placed) || !slices.Equal(again.Waiting, s.Waiting) {
			t.Fatal("the outcome depends on the order of entries", err)
		}
	})
}

func TestEveryPartOfTheListIsInItsHash(t *testing.T) {
	t.Parallel()
	list := List{Edition: "a", Places: 2, Source: "b", Entries: []Entry{{"1", 1, ""}, {"2", 1, "1"}}}
	seen := map[Hash]string{list.Hash(): "unchanged"}
	for name, change := range map[string]func(*List){
		"edition": func(l *List) { l.Edition = "ab" }, "places": func(l *List) { l.Places = 3 }, "commit": func(l *List) { l.Commit[0] = 1 },
		"source": func(l *List) { l.Source = "c" }, "receipt": func(l *List) { l.Entries[0].Receipt = "3" }, "group": func(l *List) { l.Entries[0].Group = 2 },
		"family": func(l *List) { l.Entries[1].Family = "2" }, "one less": func(l *List) { l.Entries = l.Entries[:1] },
		"boundary": func(l *List) { l.Entries[1].Receipt, l.Entries[1].Family = "21", "" },
	} {
		l := list
		l.Entries = slices.Clone(list.Entries)
		change(&l)
		if other, twice := seen[l.Hash()]; twice {
			t.Errorf("%s and %s have one hash", name, other)
		}
		seen[l.Hash()] = name
	}
}

func TestGroupsComeInTheirOrder(t *testing.T) {
	t.Parallel()
	var p Problem
	p.List = List{Edition: "a", Places: 2, Source: "b", Commit: Commit(p.Secret)}
	p.Public = "1"
	for i := range 40 {
		p.List.Entries = append(p.List.Entries, Entry{Receipt: fmt.Sprint("low", i), Group: 2})
	}
	p.List.Entries = append(p.List.Entries, Entry{Receipt: "first", Group: 1}, Entry{"brother", 2, "sister"}, Entry{"sister", 1, "sister"})
	s, err := Solve(context.Background(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	// Brother and sister are of the first group together. Whichever of the two families is drawn first, only they can be in.
	if slices.ContainsFunc(s.Placed, func(r string) bool { return r[0] == 'l' }) && slices.Contains(s.Placed, "brother") {
		t.Error(s.Placed)
	}
	if ahead := s.Waiting[0]; len(s.Placed) != 2 || ahead != "brother" && ahead != "first" {
		t.Error(s.Placed, s.Waiting)
	}
}

// TestEverybodyHasTheSameChance draws often. The count of each is binomial; six deviations are never met by luck.
func TestEverybodyHasTheSameChance(t *testing.T) {
	t.Parallel()
	const draws, people, places = 4000, 10, 3
	r := rand.New(rand.NewPCG(1, 2))
	var won [people]int
	for range draws {
		var p Problem
		for i := range p.Secret {
			p.Secret[i] = byte(r.Uint32())
		}
		p.List, p.Public = List{Edition: "a", Places: places, Source: "b", Commit: Commit(p.Secret)}, "7"
		for i := range people {
			p.List.Entries = append(p.List.Entries, Entry{Receipt: string(rune('a' + i)), Group: 1})
		}
		s, err := Solve(context.Background(), p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, receipt := range s.Placed {
			won[receipt[0]-'a']++
		}
	}
	mean, deviation := float64(draws)*places/people, math.Sqrt(float64(draws)*places/people*(1-float64(places)/people))
	for i, n := range won {
		if math.Abs(float64(n)-mean) > 6*deviation {
			t.Errorf("%c won %d times of %d, expected are %.0f ± %.0f", 'a'+i, n, draws, mean, deviation)
		}
	}
}

func TestWhatCannotBeDrawn(t *testing.T) {
	t.Parallel()
	good := func() Problem {
		var p Problem
		p.List, p.Public = List{Edition: "a", Places: 1, Source: "b", Commit: Commit(p.Secret), Entries: []Entry{{"1", 1, ""}, {"2", 1, ""}}}, "7"
		return p
	}
	for want, spoil := range map[Trouble]func(*Problem){
		NoEntries: func(p *Problem) { p.List.Entries = nil }, NoPlaces: func(p *Problem) { p.List.Places = -1 },
		NoEdition: func(p *Problem) { p.List.Edition = "" }, NoSource: func(p *Problem) { p.List.Source = "a\nb" }, NoPublic: func(p *Problem) { p.Public = " 7" },
		BadReceipt: func(p *Problem) { p.List.Entries[1].Receipt = "a\u202eb" }, SameReceipt: func(p *Problem) { p.List.Entries[1].Receipt = "1" },
		BadGroup: func(p *Problem) { p.List.Entries[1].Group = 0 }, BadFamily: func(p *Problem) { p.List.Entries[1].Family = "1" },
	} {
		p := good()
		spoil(&p)
		_, err := Solve(context.Background(), p, Options{})
		var bad *ListError
		if !errors.As(err, &bad) || bad.Trouble != want || bad.Error() == "" {
			t.Errorf("%s: %v", want, err)
		}
	}
	p := good()
	p.Secret[0] = 1
	var secret *SecretError
	if _, err := Solve(context.Background(), p, Options{}); !errors.As(err, &secret) {
		t.Error(err)
	}
}

func TestThePublishedFileAloneShowsWhatWasChanged(t *testing.T) {
	t.Parallel()
	var secret Secret
	secret[5] = 9
	closed, err := Close(List{Edition: "a", Places: 2, Source: "b", Commit: Commit(secret), Entries: []Entry{{"1", 1, ""}, {"2", 1, ""}, {"3", 2, "3"}, {"4", 2, "3"}}})
	if err != nil {
		t.Fatal(err)
	}
	if closed.Verify() == nil {
		t.Error("a file without a draw holds")
	}
	drawn, err := closed.Draw(context.Background(), secret, "512")
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(drawn)
	if err != nil {
		t.Fatal(err)
	}
	read := func() (p Published) {
		if err := json.Unmarshal(text, &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	if err := read().Verify(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Published){
		"other list":    func(p *Published) { p.Entries[0].Group = 2 },
		"list made new": func(p *Published) { p.Places = 3; p.ListHash = p.List.Hash() },
		"other value":   func(p *Published) { p.Public = "513" },
		"other secret":  func(p *Published) { p.Seed = "00" + p.Seed[2:]; p.Seed = p.Seed[:10] + "0a" + p.Seed[12:] },
		"no secret":     func(p *Published) { p.Seed = "" },
		"other order":   func(p *Published) { slices.Reverse(p.Placed) },
		"one left out":  func(p *Published) { p.Waiting = p.Waiting[:1] },
		"swapped":       func(p *Published) { p.Placed[0], p.Waiting[0] = p.Waiting[0], p.Placed[0] },
	} {
		p := read()
		change(&p)
		if p.Verify() == nil {
			t.Errorf("%s: not noticed", name)
		}
	}
	changed := closed
	changed.Places = 9
	if _, err := changed.Draw(context.Background(), secret, "512"); !errors.Is(err, ErrListChanged) {
		t.Error(err)
	}
}

// TestTheFormatDoesNotChange: what was published once must be drawn the same for ever.
func TestTheFormatDoesNotChange(t *testing.T) {
	t.Parallel()
	var p Problem
	for i := range p.Secret {
		p.Secret[i] = byte(i)
	}
	p.List = List{Edition: "温泉街道暑期托管班", Places: 2, Source: "2026-07-01 福彩 3D", Commit: Commit(p.Secret), Entries: []Entry{{"A-1", 1, ""}, {"A-2", 2, "A-2"}, {"A-3", 2, "A-2"}, {"A-4", 2, ""}}}
	p.Public = "5 1 2"
	s, err := Solve(context.Background(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	const list, key = "074bd1826ca894f8eb42e42f81e570566e3606df2d4121eda97e96ee3102faab", "0cb8c481c5d91e196944e709b073d55a485555efdbe397f0fd48a3f4db250f5f"
	if p.List.Hash().String() != list || s.Key.String() != key || fmt.Sprint(s.Placed, s.Waiting) != "[A-1 A-4] [A-2 A-3]" {
		t.Errorf("%s %s %v %v", p.List.Hash(), s.Key, s.Placed, s.Waiting)
	}
}

// crowd is a list of families of one to three, of three groups.
func crowd(n int) Problem {
	p := Problem{Secret: Secret(make([]byte, 32)), Public: "2026138"}
	p.List = List{Edition: "暑期托管班", Places: n / 3, Commit: Commit(p.Secret), Source: "福彩 3D"}
	for i := range n {
		first := i - i%(1+i/3%3)
		p.List.Entries = append(p.List.Entries, Entry{Receipt: fmt.Sprintf("R%05d", i), Group: 1 + first%3, Family: fmt.Sprintf("R%05d", first)})
	}
	return p
}

func TestTheSameDrawOnOneAndOnTwoCores(t *testing.T) {
	p := crowd(2000)
	solvertest.OneAndTwo(t, func() (Solution, error) { return Solve(context.Background(), p, Options{}) })
}

func TestADrawTakesLittleRoom(t *testing.T) {
	p := crowd(2000)
	if n := testing.AllocsPerRun(5, func() {
		if _, err := Solve(context.Background(), p, Options{}); err != nil {
			t.Fatal(err)
		}
	}); n > 6000 {
		t.Fatalf("%v allocations for 2,000 entries", n)
	}
}
