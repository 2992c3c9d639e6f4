package routing

import (
	"context"
	"testing"

	"pgregory.net/rapid"
)

// TestPoolPutsTheBestTogether holds the best plan of a pool against all plans of its routes.
func TestPoolPutsTheBestTogether(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := Problem{Visits: make([]Visit, 8), Length: make([]int64, 64)}
		for i := range p.Visits {
			p.Visits[i] = Visit{Optional: true, Prize: rapid.Int64Range(0, 100).Draw(t, "prize")}
		}
		for range rapid.IntRange(2, 4).Draw(t, "shifts") {
			p.Shifts = append(p.Shifts, Shift{Close: 1, Capacity: 1})
		}
		w := newWorld(&p)
		pool := newPool(w)
		worth := map[int]int64{} // by visits as bits
		for range rapid.IntRange(1, 12).Draw(t, "routes") {
			r := route{path: []int32{0}, length: rapid.Int64Range(0, 60).Draw(t, "length")}
			set, sum := rapid.IntRange(1, 127).Draw(t, "set"), -r.length
			for v := int32(1); v < 8; v++ {
				if set>>(v-1)&1 == 1 {
					r.path = append(r.path, v)
					sum += p.Visits[v].Prize
				}
			}
			r.path = append(r.path, 0)
			pool.keep([]route{r})
			if had, ok := worth[set]; !ok || sum > had {
				worth[set] = sum
			}
		}
		var want int64
		var try func(made, shifts int, sum int64)
		try = func(made, shifts int, sum int64) {
			want = max(want, sum)
			if shifts == 0 {
				return
			}
			for set, x := range worth {
				if made&set == 0 {
					try(made|set, shifts-1, sum+x)
				}
			}
		}
		try(0, len(p.Shifts), 0)
		plan, _ := pool.best(want - 1)
		if want > 0 {
			made, have := 0, int64(0)
			for _, a := range plan {
				set := 0
				for _, v := range a.visits {
					set |= 1 << (v - 1)
				}
				if made&set != 0 {
					t.Fatal("a visit is made twice")
				}
				made, have = made|set, have+worth[set]
			}
			if have != want || len(plan) > len(p.Shifts) {
				t.Fatalf("%v is worth %d, the best %d", plan, have, want)
			}
		}
		if more, _ := pool.best(want); more != nil {
			t.Fatalf("%v is worth more than the best, %d", more, want)
		}
	})
}

// TestScoresOfSeveralTeams has two regions, each with more visits than a team has time for; both go where scores are high.
func TestScoresOfSeveralTeams(t *testing.T) {
	t.Parallel()
	p := Problem{Visits: make([]Visit, 13), Shifts: []Shift{{Close: 40}, {Close: 40}}}
	at := func(i int) int64 { return []int64{0, 6, 7, 8, 9, 10, 11, -6, -7, -8, -9, -10, -11}[i] }
	for i := range p.Visits {
		p.Visits[i] = Visit{Optional: i > 0, Prize: int64(i) * ChaoScore, Close: 40, Service: 5}
		for j := range p.Visits {
			p.Length = append(p.Length, max(at(i)-at(j), at(j)-at(i)))
		}
	}
	s, err := Solve(context.Background(), p, Options{Effort: 3000})
	if err != nil || Check(p, s) != nil {
		t.Fatal(err, Check(p, s))
	}
	// 22 there and back leave time for three visits: all six there take both teams, and no other seven can be made
	if score, _ := ChaoScores(p, s); score != 7+8+9+10+11+12 {
		t.Errorf("score %d", score)
	}
}
