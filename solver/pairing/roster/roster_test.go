package roster

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/solvertest"
)

// brute tries every roster: seat by seat, each left empty or given to each person who may.
func brute(p Problem) int64 { return bruteStaying(p, nil) }

// bruteStaying counts Stay for each duty that was not there before, where a roster was.
func bruteStaying(p Problem, before []Duty) int64 {
	var seats []Duty
	for i, s := range p.Slots {
		for k, seat := range s.Seats {
			for range seat.Count {
				seats = append(seats, Duty{Slot: int32(i), Seat: int32(k)})
			}
		}
	}
	best := int64(math.MaxInt64)
	var duties []Duty
	var try func(k int)
	try = func(k int) {
		if k == len(seats) {
			for cost := int64(0); ; {
				err := CheckDuties(p, duties, cost)
				if err == nil {
					if before != nil {
						for _, d := range duties {
							if !slices.Contains(before, d) {
								cost += p.Stay
							}
						}
					}
					best = min(best, cost)
					return
				}
				if cost != 0 {
					return
				}
				if cost = price(p, duties); cost == 0 {
					return
				}
			}
		}
		try(k + 1)
		for i := range p.People {
			d := seats[k]
			d.Person = int32(i)
			duties = append(duties, d)
			try(k + 1)
			duties = duties[:len(duties)-1]
		}
	}
	try(0)
	return best
}

// price is what duties cost, whether or not they may be.
func price(p Problem, duties []Duty) (cost int64) {
	count := make(map[int32]int64)
	for _, d := range duties {
		who, slot := p.People[d.Person], p.Slots[d.Slot]
		cost += int64(math.Round(math.Hypot(float64(who.X-p.Sites[slot.Site].X), float64(who.Y-p.Sites[slot.Site].Y))))
		if !slices.Contains(who.Knows, slot.Site) {
			cost += p.Stranger
		}
		count[d.Person]++
	}
	for _, n := range count {
		cost += n * n * p.Even
	}
	for _, s := range p.Slots {
		for _, seat := range s.Seats {
			cost += int64(seat.Count) * p.Empty
		}
	}
	return cost - int64(len(duties))*p.Empty
}

// draw draws a small problem; in blocks sessions of a time overlap all with each other.
func draw(t *rapid.T, inBlocks bool) Problem {
	coord := rapid.Int32Range(-20, 20)
	p := Problem{Weights: Weights{
		Reach: rapid.SampledFrom([]int64{0, 0, 30}).Draw(t, "reach"), Stranger: rapid.Int64Range(0, 10).Draw(t, "stranger"),
		Even: rapid.Int64Range(0, 8).Draw(t, "even"), Empty: rapid.SampledFrom([]int64{0, 20, 1000}).Draw(t, "empty"), Stay: rapid.SampledFrom([]int64{0, 1, 5000}).Draw(t, "stay"),
	}}
	for range rapid.IntRange(1, 2).Draw(t, "sites") {
		p.Sites = append(p.Sites, Site{coord.Draw(t, "x"), coord.Draw(t, "y")})
	}
	span := func() Span {
		from := rapid.Int64Range(0, 5).Draw(t, "from")
		if inBlocks {
			return Span{from / 2 * 10, from/2*10 + 8}
		}
		return Span{from, from + rapid.Int64Range(1, 3).Draw(t, "long")}
	}
	for range rapid.IntRange(1, 3).Draw(t, "slots") {
		s := Slot{Site: rapid.Int32Range(0, int32(len(p.Sites)-1)).Draw(t, "site"), Span: span()}
		for range rapid.IntRange(1, 2).Draw(t, "seats") {
			s.Seats = append(s.Seats, Seat{1, Skills(rapid.IntRange(0, 3).Draw(t, "needs")), Sex(rapid.IntRange(0, 2).Draw(t, "for"))})
		}
		p.Slots = append(p.Slots, s)
	}
	for range rapid.IntRange(1, 4).Draw(t, "people") {
		p.People = append(p.People, drawPerson(t, p))
	}
	pair := func() Pair {
		return Pair{rapid.Int32Range(0, int32(len(p.People)-1)).Draw(t, "person"), rapid.Int32Range(0, int32(len(p.Slots)-1)).Draw(t, "slot")}
	}
	if rapid.Bool().Draw(t, "ban") {
		p.Bans = append(p.Bans, pair())
	}
	for range rapid.SampledFrom([]int{0, 0, 1, 2}).Draw(t, "locks") {
		p.Locks = append(p.Locks, pair())
	}
	return p
}

func drawPerson(t *rapid.T, p Problem) Person {
	coord := rapid.Int32Range(-20, 20)
	who := Person{X: coord.Draw(t, "x"), Y: coord.Draw(t, "y"), Skills: Skills(rapid.IntRange(0, 3).Draw(t, "skills")), Sex: Sex(rapid.IntRange(0, 2).Draw(t, "sex")), Most: rapid.Int32Range(0, 3).Draw(t, "most")}
	if rapid.Bool().Draw(t, "busy") {
		who.Free = []Span{{0, 8}, {10, rapid.Int64Range(11, 18).Draw(t, "until")}}
	}
	if rapid.Bool().Draw(t, "known") {
		who.Knows = []int32{rapid.Int32Range(0, int32(len(p.Sites)-1)).Draw(t, "knows")}
	}
	return who
}

func TestTheBestRosterOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		inBlocks := rapid.Bool().Draw(t, "in blocks")
		p := draw(t, inBlocks)
		s, err := Solve(context.Background(), p, Options{})
		want := brute(p)
		var bad *ProblemError
		if errors.As(err, &bad) && bad.Part == "lock" {
			if want != math.MaxInt64 && bad.Trouble != LockTwice {
				t.Fatalf("%v, but there is a roster at %d", err, want)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(p, s); err != nil {
			t.Fatal(err)
		}
		if s.Bound > want || s.Objective < want || inBlocks && s.Objective != want {
			t.Fatalf("from %d to %d, the best is %d", s.Bound, s.Objective, want)
		}
	})
}

// TestARepairIsTheBestOfAll: after somebody withdrew, lost a duty or came, the roster is as good as one made anew where
// changes cost nothing, and where they cost most of all no more duties change than must.
func TestARepairIsTheBestOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t, true)
		r, err := Begin(context.Background(), p, Options{})
		if err != nil {
			t.Skip()
		}
		now := p
		now.People = slices.Clone(p.People)
		for range rapid.IntRange(1, 3).Draw(t, "changes") {
			before := r.Solution().Duties
			var c Changes
			person := rapid.Int32Range(0, int32(len(now.People)-1)).Draw(t, "person")
			switch kind := rapid.IntRange(0, 2).Draw(t, "kind"); {
			case kind == 0:
				now.People[person].Most = 0
				now.Locks = slices.DeleteFunc(slices.Clone(now.Locks), func(l Pair) bool { return l.Person == person })
				c, err = r.Withdraw(context.Background(), person)
			case kind == 1 && len(before) > 0:
				d := before[rapid.IntRange(0, len(before)-1).Draw(t, "duty")]
				drop := Pair{d.Person, d.Slot}
				now.Bans = append(slices.Clone(now.Bans), drop)
				now.Locks = slices.DeleteFunc(slices.Clone(now.Locks), func(l Pair) bool { return l == drop })
				c, err = r.Drop(context.Background(), drop)
			default:
				who := drawPerson(t, now)
				now.People = append(now.People, who)
				_, c, err = r.Arrive(context.Background(), who)
			}
			if err != nil {
				t.Fatal(err)
			}
			s := r.Solution()
			if err := Check(now, s); err != nil {
				t.Fatal(err)
			}
			checkChanges(t, before, s.Duties, c)
			best := brute(now)
			if p.Stay == 0 && s.Objective != best {
				t.Fatalf("%d after the change, the best is %d", s.Objective, best)
			}
			if least := bruteStaying(now, append([]Duty{}, before...)); s.Objective+p.Stay*int64(len(c.Taken)) != least || !s.Proved {
				t.Fatalf("%d (bound %d) with %d new duties, the best is %d with changes", s.Objective, s.Bound, len(c.Taken), least)
			}
		}
	})
}

func checkChanges(t *rapid.T, before, after []Duty, c Changes) {
	want := slices.DeleteFunc(slices.Clone(before), func(d Duty) bool { return slices.Contains(c.Given, d) })
	if len(want)+len(c.Given) != len(before) {
		t.Fatalf("gave up %v of %v", c.Given, before)
	}
	want = append(want, c.Taken...)
	if len(want) != len(after) || slices.ContainsFunc(after, func(d Duty) bool { return !slices.Contains(want, d) }) {
		t.Fatalf("from %v by %+v to %v", before, c, after)
	}
}

// TestTheSameRosterOnOneAndOnTwoProcessors: nothing is left to chance.
func TestTheSameRosterOnOneAndOnTwoProcessors(t *testing.T) {
	p := county(60, 80, 8, 5, 0, 3)
	want, err := Solve(context.Background(), p, Options{})
	if err != nil || Check(p, want) != nil {
		t.Fatal(err, Check(p, want))
	}
	solvertest.OneAndTwo(t, func() (Solution, error) { return Solve(context.Background(), p, Options{}) })
}

// TestManyPairs: where not all pairs are looked at at first, the roster is as good as where they are.
func TestManyPairs(t *testing.T) {
	p := county(60, 80, 8, 5, 0, 3)
	want, err := Solve(context.Background(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func(n int) { whole = n }(whole)
	whole = 100
	got, err := Solve(context.Background(), p, Options{})
	if err != nil || Check(p, got) != nil || got.Objective != want.Objective || !got.Proved {
		t.Fatal(got.Objective, want.Objective, got.Proved, err)
	}
	early, err := Solve(context.Background(), p, Options{Effort: 1})
	if err != nil || Check(p, early) != nil || early.Bound > want.Objective || early.Objective < want.Objective {
		t.Fatal(early.Bound, early.Objective, want.Objective, err)
	}
}
