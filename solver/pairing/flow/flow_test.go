package flow

import (
	"context"
	"errors"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"zhidian/solver/text"
)

// brute tries every flow, arc by arc; limits are small.
func brute(p Problem, k int, left []int64) (best int64, ok bool) {
	if k == len(p.Arcs) {
		for _, n := range left {
			if n != 0 {
				return 0, false
			}
		}
		return 0, true
	}
	best = math.MaxInt64
	a := p.Arcs[k]
	for x := a.Lower; x <= a.Upper; x++ {
		left[a.From] -= x
		left[a.To] += x
		if rest, possible := brute(p, k+1, left); possible && x*a.Cost+rest < best {
			best, ok = x*a.Cost+rest, true
		}
		left[a.From] += x
		left[a.To] -= x
	}
	return best, ok
}

func draw(t *rapid.T) Problem {
	n := rapid.IntRange(1, 5).Draw(t, "nodes")
	p := Problem{Supply: make([]int64, n)}
	node := rapid.Int32Range(0, int32(n-1))
	for range rapid.IntRange(0, 7).Draw(t, "arcs") {
		a := Arc{From: node.Draw(t, "from"), To: node.Draw(t, "to"), Lower: rapid.Int64Range(-1, 1).Draw(t, "lower"), Cost: rapid.Int64Range(-5, 9).Draw(t, "cost")}
		a.Upper = a.Lower + rapid.Int64Range(0, 3).Draw(t, "room")
		p.Arcs = append(p.Arcs, a)
		// Supplies are those of some flow, most of the time.
		x := rapid.Int64Range(a.Lower, a.Upper).Draw(t, "flow")
		p.Supply[a.From] += x
		p.Supply[a.To] -= x
	}
	if by := rapid.SampledFrom([]int64{0, 0, 0, 1}).Draw(t, "off"); n > 1 {
		p.Supply[0] += by
		p.Supply[1] -= by
	}
	return p
}

func TestTheCheapestOfAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := draw(t)
		want, feasible := brute(p, 0, slices.Clone(p.Supply))
		s, err := Solve(context.Background(), p, Options{})
		var none *InfeasibleError
		if errors.As(err, &none) {
			if feasible {
				t.Fatalf("found none, the cheapest costs %d", want)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := Check(p, s); err != nil {
			t.Fatal(err)
		}
		if !feasible || !s.Proved || s.Objective != want {
			t.Fatalf("objective %d, the cheapest is %d (%v); proved: %v", s.Objective, want, feasible, s.Proved)
		}
	})
}

// TestTheTreeStaysATree holds what the pivots keep of the tree against what the nodes above say.
func TestTheTreeStaysATree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		p := draw(rt)
		for range 20 {
			p.Arcs = append(p.Arcs, draw(rt).Arcs...)
		}
		for i := range p.Arcs {
			p.Arcs[i].From %= int32(len(p.Supply))
			p.Arcs[i].To %= int32(len(p.Supply))
		}
		tr := newTree(p)
		for turn := 0; ; turn++ {
			if turn > 10_000 {
				rt.Fatalf("pivots go in circles: %+v", p)
			}
			in := tr.entering()
			if in < 0 || tr.pivot(in) != nil {
				break
			}
			size := make([]int32, len(tr.node))
			for u := range tr.node {
				for v := int32(u); v >= 0; v = tr.node[v].up {
					size[v]++
				}
			}
			for u, n := range tr.node {
				if n.size != size[u] {
					rt.Fatalf("%d nodes below %d, counted %d", n.size, u, size[u])
				}
			}
			met := 0
			for u := tr.root; met == 0 || u != tr.root; u = tr.thread[u] {
				if met++; met > len(size) || tr.back[tr.thread[u]] != u {
					rt.Fatal("the preorder is broken")
				}
				v := u
				for range size[u] - 1 {
					v = tr.thread[v]
				}
				if tr.last[u] != v {
					rt.Fatalf("the last below %d is %d, said to be %d", u, v, tr.last[u])
				}
			}
			for _, n := range tr.node[:tr.root] {
				a := n.arc
				if tr.cost[a]+tr.price[tr.from[a]] != tr.price[tr.to[a]] || tr.state[a] != 0 && int(a) < len(p.Arcs) {
					rt.Fatalf("arc %d of the tree is not priced at its cost", a)
				}
			}
		}
	})
}

func TestWhatCannotBe(t *testing.T) {
	t.Parallel()
	solve := func(p Problem) error {
		_, err := Solve(context.Background(), p, Options{})
		return err
	}
	var (
		node  *NodeError
		arc   *ArcError
		none  *InfeasibleError
		earns *UnboundedError
		limit *LimitError
	)
	if err := solve(Problem{Supply: []int64{1, 1}}); !errors.As(err, &node) || node.Node != -1 {
		t.Error(err)
	}
	if err := solve(Problem{Supply: []int64{0, 0}, Arcs: []Arc{{From: 0, To: 1}, {From: 0, To: 2}}}); !errors.As(err, &arc) || arc.Arc != 1 {
		t.Error(err)
	}
	if err := solve(Problem{Supply: []int64{2, 0, -2}, Arcs: []Arc{{From: 0, To: 2, Upper: 1}}}); !errors.As(err, &none) || !slices.Equal(none.Nodes, []int32{0, 2}) {
		t.Error(err)
	}
	if err := solve(Problem{Supply: []int64{0, 0}, Arcs: []Arc{{From: 0, To: 1, Upper: Unlimited, Cost: -1}, {From: 1, To: 0, Upper: Unlimited}}}); !errors.As(err, &earns) {
		t.Error(err)
	}
	if err := solve(Problem{}); !errors.As(err, &limit) {
		t.Error(err)
	}
}

func TestAnEndedContextGivesNoHalfFlow(t *testing.T) {
	t.Parallel()
	p := Problem{Supply: make([]int64, 3000)}
	p.Supply[0], p.Supply[2999] = 1, -1
	for i := range int32(2999) {
		p.Arcs = append(p.Arcs, Arc{From: i, To: i + 1, Upper: 5, Cost: 1})
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	s, err := Solve(ctx, p, Options{})
	if err == nil {
		err = Check(p, s)
	} else if errors.Is(err, context.Canceled) {
		err = nil
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestPublishedByHand(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/small.min")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := ReadDIMACS(f)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Solve(context.Background(), p, Options{})
	if err != nil || Check(p, s) != nil || s.Objective != 14 {
		t.Fatal(s, err)
	}
}

func TestReadNamesTheLine(t *testing.T) {
	t.Parallel()
	for file, line := range map[string]int{
		"": 1, "c only\n": 2, "n 1 2": 1, "p max 1 1": 1, "p min 2 1\na 1 3 0 1 1": 2, "p min 2 1\na 1 2 3 1 1": 2, "p min 2 2\na 1 2 0 1 1\n": 3,
		"p min 2 0\nn 1 4\nn 1 4": 3, "p min 1 0\np min 1 0": 2, "p min 1 0\nx": 2, "p min 2 1\na 1 2 0 1": 2,
	} {
		_, err := ReadDIMACS(strings.NewReader(file))
		var bad *text.Error
		if !errors.As(err, &bad) || bad.Line != line {
			t.Errorf("%q: %v", file, err)
		}
	}
}

func FuzzReadDIMACS(f *testing.F) {
	f.Add("p min 2 1\nn 1 3\nn 2 -3\na 1 2 0 5 7\n")
	f.Add("c a comment\np min 1 0\n")
	f.Fuzz(func(t *testing.T, file string) {
		if len(file) > 2000 || strings.Contains(file, "0000") { // no networks of millions of nodes
			return
		}
		p, err := ReadDIMACS(strings.NewReader(file))
		if err != nil {
			return
		}
		s, err := Solve(context.Background(), p, Options{})
		if err == nil && Check(p, s) != nil {
			t.Fatal(Check(p, s))
		}
	})
}
