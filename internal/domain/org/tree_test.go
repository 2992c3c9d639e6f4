package org_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// checkTree holds every path against the parents it must be made of.
func checkTree(t interface{ Fatalf(string, ...any) }, nodes []org.Node) {
	by := map[org.ID]org.Node{}
	for _, n := range nodes {
		by[n.ID] = n
	}
	for _, n := range nodes {
		steps, up := 0, n
		for up.Depth > 0 {
			p, ok := by[up.Parent]
			if !ok {
				t.Fatalf("%s hangs below nothing", up.Name)
			}
			if !strings.HasPrefix(string(n.Path), string(p.Path)) || p.Depth != up.Depth-1 {
				t.Fatalf("%s has path %s and depth %d below %s with %s and %d", n.Name, n.Path, n.Depth, p.Name, p.Path, p.Depth)
			}
			if steps++; steps > len(nodes) {
				t.Fatalf("%s is its own ancestor", n.Name)
			}
			up = p
		}
		if steps != n.Depth || strings.Count(string(n.Path), "/") != n.Depth+1 {
			t.Fatalf("%s: depth %d, %d steps, path %s", n.Name, n.Depth, steps, n.Path)
		}
	}
}

var cities atomic.Int64

// However organisations are founded, moved and merged, each path is its ancestors, and a scope holds what lies below.
func TestTreeStaysATree(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		if db.Engine() == sqldb.PostgreSQL && testing.Short() {
			t.Skip("skipped: short")
		}
		rapid.Check(t, func(r *rapid.T) {
			w := newWorld(t, db, fmt.Sprintf("c%d", cities.Add(1)))
			by := authz.System(w.city)
			made := 0
			for range rapid.IntRange(1, 6).Draw(r, "steps") {
				nodes := w.all()
				a := rapid.SampledFrom(nodes).Draw(r, "a")
				b := rapid.SampledFrom(nodes).Draw(r, "b")
				var err error
				switch rapid.IntRange(0, 2).Draw(r, "what") {
				case 0:
					made++
					kind := rapid.SampledFrom(org.Kinds).Draw(r, "kind")
					_, err = w.s.Create(t.Context(), by, org.New{Kind: kind, Name: fmt.Sprintf("新%d", made), Parent: a.ID})
				case 1:
					err = w.s.Move(t.Context(), by, a.ID, b.ID, "区划调整")
				default:
					err = w.s.Merge(t.Context(), by, a.ID, b.ID, day.Must("2026-06-24"), "合并")
				}
				if err != nil && errs.KindOf(err) == errs.Internal {
					r.Fatalf("%v", err)
				}
				nodes = w.all()
				checkTree(r, nodes)
				checkScope(r, w, nodes, a.ID)
			}
		})
	})
}

func checkScope(r *rapid.T, w *world, nodes []org.Node, at org.ID) {
	by := map[org.ID]org.Node{}
	for _, n := range nodes {
		by[n.ID] = n
	}
	seen := w.names(authz.Scope{Paths: []authz.Path{by[at].Path}})
	for _, n := range nodes {
		below := n.ID == at
		for up := n; up.Depth > 0 && !below; {
			up = by[up.Parent]
			below = up.ID == at
		}
		if below != seen[n.Name] {
			r.Fatalf("%s below %s: %v, seen %v", n.Name, by[at].Name, below, seen[n.Name])
		}
	}
}

func TestMoveTakesEverythingBelow(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w, other := newWorld(t, db, city), newWorld(t, db, twin)
		before := other.all()
		jiayu := w.actor("嘉鱼县")
		if err := w.s.Move(t.Context(), jiayu, w.ids["咸安区甲镇"], w.ids["嘉鱼县"], "划入"); errs.KindOf(err) != errs.Absent {
			t.Errorf("a clerk took from another county: %v", err)
		}
		if err := w.s.Move(t.Context(), w.actor("咸宁市"), w.ids["咸安区甲镇"], w.ids["嘉鱼县"], "划入"); err != nil {
			t.Fatal(err)
		}
		checkTree(t, w.all())
		seen := w.names(jiayu.Scope(org.Read))
		if !seen["咸安区甲镇一村"] || seen["咸安区乙镇"] || seen["咸宁市"] {
			t.Errorf("after the move the county sees %v", seen)
		}
		w.read(func(q *sqldb.Rx) error {
			h, err := org.History(q, w.ids["咸安区甲镇"])
			if err != nil || len(h) != 1 || h[0].Field != "parent" || h[0].New != w.ids["嘉鱼县"].String() || h[0].Reason != "划入" {
				t.Errorf("history %+v, %v", h, err)
			}
			return nil
		})
		if !slices.Equal(before, other.all()) {
			t.Error("the twin city was touched")
		}
		everywhere := w.actor("咸宁市")
		wantKey(t, w.s.Move(t.Context(), everywhere, w.ids["嘉鱼县"], w.ids["咸安区甲镇"], ""), "org.move_into_itself")
		wantKey(t, w.s.Move(t.Context(), everywhere, w.ids["咸安区甲镇"], w.ids["嘉鱼县"], ""), "org.there_already")
		wantKey(t, w.s.Move(t.Context(), everywhere, w.ids["咸安区甲镇一村"], w.ids["嘉鱼县"], ""), "org.cannot_hold")
		wantKey(t, w.s.Move(t.Context(), everywhere, other.ids["咸安区甲镇"], w.ids["嘉鱼县"], ""), "errs.absent")
	})
}

// Two moves that together would make a circle, or would take the same organisation to two places: one is told.
func TestRacingMoves(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w := newWorld(t, db, city)
		by := w.actor("咸宁市")
		for range 5 {
			a := w.add("咸安区", org.LeagueCommittee, "团委甲")
			b := w.add("咸安区", org.LeagueCommittee, "团委乙")
			got := both(
				func() error { return w.s.Move(t.Context(), by, a.ID, b.ID, "") },
				func() error { return w.s.Move(t.Context(), by, b.ID, a.ID, "") },
			)
			if (got[0] == nil) == (got[1] == nil) {
				t.Fatalf("a circle: %v, %v", got[0], got[1])
			}
			checkTree(t, w.all())
			c := w.add("咸安区", org.LeagueCommittee, "团委丙")
			got = both(
				func() error { return w.s.Move(t.Context(), by, c.ID, w.ids["嘉鱼县"], "") },
				func() error {
					_, err := w.s.Create(t.Context(), by, org.New{Kind: org.LeagueBranch, Name: "新支部", Parent: c.ID})
					return err
				},
			)
			if got[0] != nil || (got[1] != nil && errs.KindOf(got[1]) != errs.Conflict) {
				t.Fatalf("founding below a moved one: %v, %v", got[0], got[1])
			}
			checkTree(t, w.all())
			d := w.add("咸安区", org.LeagueCommittee, "团委丁")
			got = both(
				func() error { return w.s.Close(t.Context(), by, d.ID, day.Must("2026-06-24"), "撤销") },
				func() error {
					_, err := w.s.Create(t.Context(), by, org.New{Kind: org.LeagueBranch, Name: "新支部", Parent: d.ID})
					return err
				},
			)
			if (got[0] == nil) == (got[1] == nil) {
				t.Fatalf("founded below a closed one: %v, %v", got[0], got[1])
			}
		}
	})
}

func both(a, b func() error) (got [2]error) {
	var wg sync.WaitGroup
	wg.Go(func() { got[0] = a() })
	wg.Go(func() { got[1] = b() })
	wg.Wait()
	return got
}
