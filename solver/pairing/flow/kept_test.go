package flow

import (
	"context"
	"errors"
	"testing"

	"pgregory.net/rapid"
)

// TestAChangeIsAsGoodAsSolvingAnew changes a solved network time and again and solves each state from nothing beside it.
func TestAChangeIsAsGoodAsSolvingAnew(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		s, err := Solve(context.Background(), p, Options{})
		if err != nil || len(p.Arcs) == 0 {
			t.Skip()
		}
		n, err := Keep(p, s)
		if err != nil {
			t.Fatal(err)
		}
		arc := rapid.IntRange(0, len(p.Arcs)-1)
		node := rapid.Int32Range(0, int32(len(p.Supply)-1))
		for range rapid.IntRange(1, 5).Draw(t, "changes") {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				lower := rapid.Int64Range(-1, 1).Draw(t, "lower")
				n.Limit(arc.Draw(t, "arc"), lower, lower+rapid.Int64Range(0, 3).Draw(t, "room"))
			case 1:
				n.Cost(arc.Draw(t, "arc"), rapid.Int64Range(-5, 9).Draw(t, "cost"))
			case 2:
				by := rapid.Int64Range(1, 2).Draw(t, "by")
				n.Supply(node.Draw(t, "from"), by)
				n.Supply(node.Draw(t, "to"), -by)
			case 3:
				u := n.AddNode(rapid.Int64Range(-5, 5).Draw(t, "price"))
				n.AddArc(Arc{From: node.Draw(t, "from"), To: u, Upper: 2, Cost: rapid.Int64Range(-5, 9).Draw(t, "cost")})
				n.AddArc(Arc{From: u, To: node.Draw(t, "to"), Lower: 1, Upper: 2, Cost: rapid.Int64Range(-5, 9).Draw(t, "cost")})
			}
			err := n.Settle(context.Background())
			anew, anewErr := Solve(context.Background(), n.Problem(), Options{})
			var none *InfeasibleError
			if errors.As(err, &none) {
				if !errors.As(anewErr, &none) {
					t.Fatalf("no way is left after the change, but there is one for %d: %v", anew.Objective, anewErr)
				}
				continue // the next change may open one
			}
			if err = errors.Join(err, anewErr); err != nil {
				t.Fatal(err)
			}
			got := n.Solution()
			if err := Check(n.Problem(), got); err != nil {
				t.Fatal(err)
			}
			if !got.Proved || got.Objective != anew.Objective {
				t.Fatalf("%d after the change, %d anew", got.Objective, anew.Objective)
			}
		}
	})
}

func TestOnlyWhatIsProvedIsKept(t *testing.T) {
	t.Parallel()
	if _, err := Keep(Problem{Supply: []int64{0}}, Solution{Price: []int64{0}}); err == nil {
		t.Fatal("kept without a proof")
	}
}

func TestAChangeTakesLittleRoom(t *testing.T) {
	p := grid(40, 60)
	s, err := Solve(context.Background(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	n, err := Keep(p, s)
	if err != nil {
		t.Fatal(err)
	}
	k := 0
	change := func() {
		for n.Flow(k%len(p.Arcs)) == 0 {
			k++
		}
		arc := k % len(p.Arcs)
		n.Limit(arc, 0, n.Flow(arc)-1)
		if err := n.Settle(context.Background()); err != nil {
			n.Limit(arc, 0, p.Arcs[arc].Upper)
			if err := n.Settle(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		n.Changed()
		k += 7
	}
	change() // the heaps grow
	if got := testing.AllocsPerRun(50, change); got > 4 {
		t.Fatalf("%v allocations for one change", got)
	}
}
