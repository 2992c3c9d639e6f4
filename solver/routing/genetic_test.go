package routing

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/solvertest"
)

// follow goes through visits from a time on: when the last service ends, and how far in time it had to go back.
func follow(visits []Visit, ways []int64, t int64) (end, warp int64) {
	for k, v := range visits {
		if k > 0 {
			t += ways[k-1]
		}
		t = max(t, v.Open)
		warp += max(0, t-v.Close)
		t = min(t, v.Close) + v.Service
	}
	return t, warp
}

func TestSegmentsTellWhatFollowingTells(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.Int64Range(0, 20)
		var visits []Visit
		var ways []int64
		for range rapid.IntRange(1, 6).Draw(t, "visits") {
			open := number.Draw(t, "opens")
			visits = append(visits, Visit{Open: open, Close: open + number.Draw(t, "window"), Service: number.Draw(t, "service")})
			ways = append(ways, number.Draw(t, "way"))
		}
		at := rapid.IntRange(1, len(visits)).Draw(t, "cut")
		stretch := func(from, to int) segment {
			s := visits[from].stop()
			for k := from + 1; k < to; k++ {
				s = s.join(ways[k-1], visits[k].stop())
			}
			return s
		}
		s := stretch(0, len(visits))
		if at < len(visits) {
			if joined := stretch(0, at).join(ways[at-1], stretch(at, len(visits))); joined != s {
				t.Fatalf("%+v joined, %+v one by one", joined, s)
			}
		}
		_, warp := follow(visits, ways, 0)
		takes := int64(1 << 60)
		for begins := visits[0].Open; begins <= visits[0].Close; begins++ {
			end, w := follow(visits, ways, begins)
			if w == warp {
				takes = min(takes, end+w-begins)
			}
			if least := begins >= s.early && begins <= s.late; least != (w == s.warp && end+w-begins == s.takes) && least {
				t.Fatalf("begun at %d it takes %d with warp %d: %+v", begins, end+w-begins, w, s)
			}
		}
		if s.warp != warp || s.takes != takes {
			t.Fatalf("%+v, but the warp is %d and it takes %d", s, warp, takes)
		}
	})
}

// expense is what tours cost, found without segments.
func expense(d *descent) (sum int64, made []int32) {
	for i := range d.tours {
		r := &d.tours[i]
		c := &d.classes[r.class]
		stops := []Visit{{Open: c.Open, Close: c.Close}}
		var ways []int64
		var load int64
		for at := r.first; at != r.last; {
			to := d.next[at]
			if d.prev[to] != at {
				return -1, nil
			}
			from, into := int(d.place[at]), int(d.place[to])
			if to == r.last {
				stops = append(stops, Visit{Open: c.Open, Close: c.Close})
			} else {
				stops = append(stops, d.p.Visits[to])
				load += d.p.Visits[to].Demand
				made = append(made, to)
			}
			way, span := d.length[from*d.n+into], d.time[from*d.n+into]
			if len(stops) == 2 && to == r.last {
				way, span = 0, 0
			}
			sum, ways = sum+way, append(ways, span)
			at = to
		}
		_, warp := follow(stops, ways, 0)
		sum += d.late.of(warp) + d.over.of(load-c.Capacity)
	}
	slices.Sort(made)
	return sum, made
}

// covers draws problems that local search knows all rules of.
func covers(t *rapid.T) Problem {
	p := draw(t)
	for i := range p.Visits {
		v := &p.Visits[i]
		v.Optional, v.Prize, v.Was, v.Move, v.Same = false, 0, 0, 0, 0
	}
	for i := range p.Shifts {
		p.Shifts[i].Lunch = Lunch{}
	}
	return p
}

func TestEveryMoveCostsLess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := covers(t)
		w := newWorld(&p)
		if len(w.visits) == 0 || w.impossible() != nil {
			return
		}
		d := newDescent(w, rand.New(rand.NewPCG(1, 1)))
		d.late, d.over = penalty(rapid.IntRange(1, 2000).Draw(t, "late")), penalty(rapid.IntRange(1, 2000).Draw(t, "over"))
		spare := make([]int, len(w.classes))
		for c := range spare {
			spare[c] = len(w.classes[c].shifts)
		}
		d.load(nil, spare)
		d.put(w.visits)
		cost, made := expense(d)
		if !slices.Equal(made, w.visits) {
			t.Fatalf("%v are made", made)
		}
		for again := true; again; {
			again = false
			for _, u := range w.visits {
				for _, v := range w.visits {
					if u == v || !d.improve(v, u) && !d.alone(u) {
						continue
					}
					again = true
					now, made := expense(d)
					if now >= cost || !slices.Equal(made, w.visits) {
						t.Fatalf("a move from %d to %d; %v are made", cost, now, made)
					}
					cost = now
				}
			}
		}
		for i := range d.tours {
			for at := d.next[d.tours[i].first]; at != d.tours[i].last; at = d.next[at] {
				if !d.able[int(d.tours[i].class)*d.n+int(at)] {
					t.Fatalf("class %d cannot make %d", d.tours[i].class, at)
				}
			}
		}
	})
}

func TestEvolvedSmallPlansAreTheBest(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := covers(t)
		if !slices.Contains(p.depots(), false) {
			return
		}
		want, shifts, feasible := brute(p)
		w := newWorld(&p)
		if !feasible || w.impossible() != nil {
			return
		}
		x := newSolver(w, Options{Effort: 2000})
		x.begin(context.Background())
		x.evolve(context.Background())
		s := x.solution()
		if err := Check(p, s); err != nil {
			t.Fatal(err)
		}
		if s.Objective != want || p.Fewest && len(s.Routes) != shifts {
			t.Fatalf("costs %d with %d shifts, the best costs %d with %d", s.Objective, len(s.Routes), want, shifts)
		}
	})
}

func TestEvolvingGivesTheSameOnOneCoreAndOnTwo(t *testing.T) {
	p := published(t, Double)
	solvertest.OneAndTwo(t, func() (Solution, error) {
		x := newSolver(newWorld(&p), Options{Seed: 4, Effort: 5000})
		x.begin(context.Background())
		x.evolve(context.Background())
		s := x.solution()
		return s, Check(p, s)
	})
}

func TestMuchEffortEvolves(t *testing.T) {
	t.Parallel()
	p := toy()
	s, err := Solve(context.Background(), p, Options{Effort: 2 * worthwhile * 3})
	if err != nil || Check(p, s) != nil || s.Objective != 60 || s.Rounds < worthwhile {
		t.Error(s, err, Check(p, s))
	}
}

func TestLocalSearchDoesNotAllocate(t *testing.T) {
	p := published(t, Double)
	d := newDescent(newWorld(&p), rand.New(rand.NewPCG(1, 1)))
	d.late, d.over = 256, 256
	plan := []assigned{{visits: d.visits[:50]}, {visits: d.visits[50:]}}
	down := func() {
		d.load(plan, []int{23})
		d.run()
	}
	for range 20 {
		down()
	}
	if n := testing.AllocsPerRun(20, down); n > 0 {
		t.Errorf("%v allocations on the way down", n)
	}
}

func BenchmarkDescent(b *testing.B) {
	p := published(b, Double)
	d := newDescent(newWorld(&p), rand.New(rand.NewPCG(1, 1)))
	d.late, d.over = 256, 256
	solvertest.Each(b, func() {
		d.load([]assigned{{visits: d.visits}}, []int{24})
		d.run()
	})
}
