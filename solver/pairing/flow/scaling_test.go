package flow

import (
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/solvertest"
)

func TestScalingIsAsGoodAsPivots(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		want, err := Solve(context.Background(), p, Options{})
		var none *InfeasibleError
		s := newScaling(p)
		if done := s.run(context.Background()); done == errors.As(err, &none) {
			t.Fatalf("scaling found a flow: %v, pivots: %v", done, err)
		}
		if s.stuck {
			return
		}
		got := s.solution(0)
		if err := Check(p, got); err != nil {
			t.Fatal(err)
		}
		if !got.Proved || got.Objective != want.Objective {
			t.Fatalf("%d by scaling, %d by pivots; proved: %v", got.Objective, want.Objective, got.Proved)
		}
	})
}

// grid is a torus whose rows send along and across, with dear ways of much room and cheap ones of little.
func grid(rows, columns int) Problem {
	lots := rand.New(rand.NewPCG(7, 0))
	p := Problem{Supply: make([]int64, rows*columns)}
	at := func(r, c int) int32 { return int32((r%rows)*columns + c%columns) }
	for r := range rows {
		for c := range columns {
			for _, to := range []int32{at(r+1, c), at(r, c+1), at(r+rows/3, c+columns/5), at(r+1, c+1)} {
				room := 1 + lots.Int64N(50)
				p.Arcs = append(p.Arcs, Arc{From: at(r, c), To: to, Upper: room, Cost: 20 * room * lots.Int64N(100)})
			}
			p.Arcs = append(p.Arcs, Arc{From: at(r, c), To: at(r, c+1), Upper: Unlimited, Cost: 200_000})
		}
		p.Supply[at(r, 0)], p.Supply[at(r, columns/2)] = 60, -60
	}
	return p
}

func TestWearyPivotsGiveWayToScaling(t *testing.T) {
	t.Parallel()
	p := grid(40, 60)
	want, err := Solve(context.Background(), p, Options{})
	if err != nil || Check(p, want) != nil {
		t.Fatal(err)
	}
	got, err := solve(context.Background(), p, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(p, got); err != nil {
		t.Fatal(err)
	}
	if !got.Proved || got.Objective != want.Objective || got.Pivots >= want.Pivots {
		t.Fatalf("%d after %d pivots, then scaling; %d after %d by pivots alone", got.Objective, got.Pivots, want.Objective, want.Pivots)
	}
}

func TestTheSameOnOneAndOnTwoCores(t *testing.T) {
	p := grid(40, 60)
	for _, weary := range []int{0, weary} {
		solvertest.OneAndTwo(t, func() (Solution, error) { return solve(context.Background(), p, weary) })
	}
}

func TestScalingLeavesItToTheTreeToSayWhatIsNotServed(t *testing.T) {
	t.Parallel()
	p := grid(40, 60)
	for i := range p.Arcs {
		p.Arcs[i].Upper = min(p.Arcs[i].Upper, 1)
	}
	var none *InfeasibleError
	if _, err := solve(context.Background(), p, 0); !errors.As(err, &none) {
		t.Fatal(err)
	}
}

func TestWhatIsTooLargeIsNotScaled(t *testing.T) {
	t.Parallel()
	p := grid(4, 5)
	p.Arcs[0].Cost = MaxCost
	if newScaling(p) == nil {
		t.Error("dear arcs of a small network can be scaled")
	}
	p.Arcs[0].Cost, p.Arcs[0].Upper = -1, Unlimited
	if newScaling(p) != nil {
		t.Error("an arc without limit earns")
	}
}
