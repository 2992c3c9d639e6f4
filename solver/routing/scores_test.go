package routing

import (
	"context"
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/solvertest"
)

// drawScores makes a small problem in which scores are all that counts.
func drawScores(t *rapid.T) (p Problem, scattered bool) {
	number := func(name string, least, most int64) int64 { return rapid.Int64Range(least, most).Draw(t, name) }
	n := int(number("places", 3, 7))
	shift := Shift{Open: number("open", 0, 5), To: int32(number("home", 0, 1)), Capacity: 100}
	shift.Close = shift.Open + number("hours", 0, 60)
	p = Problem{Visits: make([]Visit, n), Shifts: slices.Repeat([]Shift{shift}, int(number("teams", 1, 3)))}
	scattered = rapid.Bool().Draw(t, "ways that are shorter round")
	x, y := make([]int64, n), make([]int64, n)
	for i := range n {
		x[i], y[i] = number("x", 0, 12), number("y", 0, 12)
		p.Visits[i] = Visit{Demand: number("demand", 0, 9), Close: shift.Close, Service: number("service", 0, 5), Optional: true, Prize: number("prize", 1, 9) * ChaoScore}
	}
	p.Length = make([]int64, n*n)
	for i := range n {
		for j := range i {
			d := max(x[i]-x[j], x[j]-x[i]) + max(y[i]-y[j], y[j]-y[i])
			if scattered {
				d = number("way", 0, 24)
			}
			p.Length[i*n+j], p.Length[j*n+i] = d, d
		}
	}
	if rapid.Bool().Draw(t, "other times") {
		for _, d := range p.Length {
			p.Time = append(p.Time, d*2)
		}
	}
	return p, scattered
}

// TestSmallScoresAreTheBest asks for the best where no way round is shorter, since a visit that can only be made on such a
// way is not looked at.
func TestSmallScoresAreTheBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p, scattered := drawScores(t)
		if !slices.Contains(p.depots(), false) {
			return
		}
		if !newWorld(&p).scored() {
			t.Fatal("not taken for a problem of scores")
		}
		want, _, _ := brute(p)
		s, err := Solve(context.Background(), p, Options{Effort: 2_000})
		if err := errors.Join(err, Check(p, s)); err != nil || s.Objective < want || s.Objective > want && !scattered || s.Bound > want {
			t.Fatalf("costs %d, bound %d, the best %d; %v", s.Objective, s.Bound, want, err)
		}
	})
}

// TestABoundWhereGoingRoundIsShorter has two visits that are reached in time one after the other only by way of a third.
func TestABoundWhereGoingRoundIsShorter(t *testing.T) {
	t.Parallel()
	p := Problem{Visits: slices.Repeat([]Visit{{Close: 5, Optional: true, Prize: ChaoScore}}, 5), Shifts: []Shift{{To: 1, Close: 5, Capacity: 100}}, Length: make([]int64, 25)}
	for _, way := range [][3]int{{0, 2, 5}, {0, 4, 5}, {2, 4, 1}} {
		p.Length[way[0]*5+way[1]], p.Length[way[1]*5+way[0]] = int64(way[2]), int64(way[2])
	}
	s, err := Solve(context.Background(), p, Options{Effort: 2_000})
	if err := errors.Join(err, Check(p, s)); err != nil || s.Objective != 1 || s.Bound > 1 {
		t.Errorf("costs %d, bound %d: %v", s.Objective, s.Bound, err)
	}
}

// TestWhatScoresDoNotTell has problems that need the search that knows all rules.
func TestWhatScoresDoNotTell(t *testing.T) {
	t.Parallel()
	plain := func() Problem {
		p := Problem{Visits: slices.Repeat([]Visit{{Close: 50, Optional: true, Prize: ChaoScore}}, 4), Shifts: slices.Repeat([]Shift{{Close: 50}}, 2), Length: make([]int64, 16)}
		for k := range p.Length {
			if k%5 != 0 {
				p.Length[k] = 7
			}
		}
		return p
	}
	if p := plain(); !newWorld(&p).scored() {
		t.Error("plain scores are not taken for such")
	}
	for name, change := range map[string]func(*Problem){
		"a must": func(p *Problem) { p.Visits[1].Optional = false }, "small prizes": func(p *Problem) { p.Visits[2].Prize = 3 },
		"opens": func(p *Problem) { p.Visits[1].Open = 9 }, "closes": func(p *Problem) { p.Visits[1].Close = 30 },
		"an earlier plan": func(p *Problem) { p.Visits[3].Was = 1 }, "the same team": func(p *Problem) { p.Visits[3].Same = 1 },
		"load": func(p *Problem) { p.Visits[3].Demand = 1 }, "other shifts": func(p *Problem) { p.Shifts[1].Close = 40 },
		"lunch": func(p *Problem) { p.Shifts[0].Lunch.Takes, p.Shifts[1].Lunch.Takes = 5, 5 }, "one-way streets": func(p *Problem) { p.Length[1] = 3 },
	} {
		p := plain()
		if change(&p); newWorld(&p).scored() {
			t.Error(name)
		}
	}
}

// scattered is n visits by lot, and teams that have time for a part of them.
func scattered(n, teams int) Problem {
	at, lots := make([][2]int64, n), uint64(n)
	draw := func(under uint64) int64 {
		lots = lots*6364136223846793005 + 1442695040888963407
		return int64(lots >> 33 % under)
	}
	p := Problem{Visits: make([]Visit, n), Shifts: slices.Repeat([]Shift{{Close: 2_500, To: 1}}, teams)}
	for i := range n {
		at[i] = [2]int64{draw(1_000), draw(1_000)}
		p.Visits[i] = Visit{Close: 2_500, Optional: true, Prize: (1 + draw(20)) * ChaoScore}
	}
	for i := range n {
		for j := range n {
			x, y := at[i][0]-at[j][0], at[i][1]-at[j][1]
			p.Length = append(p.Length, max(x, -x)+max(y, -y))
		}
	}
	return p
}

func TestScoresAreTheSameOnOneCoreAndOnTwo(t *testing.T) {
	p := scattered(60, 3)
	solvertest.OneAndTwo(t, func() (Solution, error) {
		s, err := Solve(context.Background(), p, Options{Seed: 5, Effort: 6_000})
		return s, errors.Join(err, Check(p, s))
	})
}

// TestTripsAreWhatTheySeem follows trips after each round.
func TestTripsAreWhatTheySeem(t *testing.T) {
	t.Parallel()
	p := scattered(50, 3)
	w := newWorld(&p)
	c := newCollector(w, newSolver(w, Options{Effort: 1}).random)
	c.load(nil)
	for k := range 3_000 {
		c.round(0.5)
		var score int64
		made := make([]bool, w.n)
		for i := range c.now.trips {
			trip := &c.now.trips[i]
			if trip.took != c.duration(trip.path) || trip.took > c.limit || trip.stale {
				t.Fatalf("round %d: trip %v takes %d, not %d", k, trip.path, c.duration(trip.path), trip.took)
			}
			for at, v := range trip.path[1 : len(trip.path)-1] {
				if made[v] || c.now.in[v] != int32(i) || c.now.at[v] != int32(at+1) {
					t.Fatalf("round %d: visit %d is not where it seems", k, v)
				}
				made[v] = true
				score += p.Visits[v].Prize
			}
			for _, v := range c.wanted {
				if had := trip.spots[v]; c.now.in[v] < 0 {
					if c.look(trip, v); trip.spots[v].by != had.by {
						t.Fatalf("round %d: visit %d costs %d in trip %v, not %d", k, v, trip.spots[v].by, trip.path, had.by)
					}
					trip.spots[v] = had
				}
			}
		}
		if score != c.now.score {
			t.Fatalf("round %d: score %d, not %d", k, score, c.now.score)
		}
	}
}

func TestRoundsOfScoresDoNotAllocate(t *testing.T) {
	p := scattered(50, 3)
	w := newWorld(&p)
	c := newCollector(w, newSolver(w, Options{Effort: 1}).random)
	c.load(nil)
	for range 2_000 {
		c.round(0.5)
	}
	if n := testing.AllocsPerRun(500, func() { c.round(0.5) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
