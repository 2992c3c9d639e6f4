package density

import (
	"context"
	"slices"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
)

// without is a clerk of the whole city but for some rights.
func (b *bench) without(t *testing.T, verbs ...authz.Verb) authz.Actor {
	t.Helper()
	role := authz.Role{Key: "lesser", Sees: clerk.Sees, Verbs: slices.DeleteFunc(slices.Clone(clerk.Verbs), func(v authz.Verb) bool {
		return slices.ContainsFunc(verbs, func(x authz.Verb) bool { return x.Key == v.Key })
	})}
	return b.Actor(t, role, "咸宁市")
}

// Every use case asks for its own right: who holds all but that one is refused, and nothing has changed.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		spots, err := b.s.Spots(ctx, b.Actor(t, clerk, "咸宁市"), SpotFilter{Limit: 50})
		if err != nil || len(spots.Rows) == 0 {
			t.Fatalf("%d blind spots, %v", len(spots.Rows), err)
		}
		spot := spots.Rows[0].ID
		outline := []byte(`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"咸安区"},"geometry":{"type":"Polygon","coordinates":[[[114.2,29.7],[114.5,29.7],[114.5,30],[114.2,29.7]]]}}]}`)
		for name, c := range map[string]struct {
			verb authz.Verb
			do   func(by authz.Actor) error
		}{
			"see":     {Read, func(by authz.Actor) error { _, err := b.s.See(ctx, by, Query{}); return err }},
			"sketch":  {Read, func(by authz.Actor) error { _, err := b.s.Sketch(ctx, by, Query{}); return err }},
			"pick":    {Read, func(by authz.Actor) error { _, err := b.s.Pick(ctx, by, Query{Side: 1000}, "0_0"); return err }},
			"cover":   {Read, func(by authz.Actor) error { _, err := b.s.Cover(ctx, by, Query{}, "", 2000); return err }},
			"spots":   {Read, func(by authz.Actor) error { _, err := b.s.Spots(ctx, by, SpotFilter{Limit: 1}); return err }},
			"visit":   {Visit, func(by authz.Actor) error { return b.s.Visit(ctx, by, spot) }},
			"dismiss": {Dismiss, func(by authz.Actor) error { return b.s.Dismiss(ctx, by, spot, "村已拆迁，青年已搬走") }},
			"reopen":  {Reopen, func(by authz.Actor) error { return b.s.Reopen(ctx, by, spot) }},
			"assign": {Assign, func(by authz.Actor) error {
				_, err := b.s.Assign(ctx, by, spot, Task{Title: "盲区", Desk: b.Nodes["咸安区"].ID, Days: 5})
				return err
			}},
			"outlines": {Outline, func(by authz.Actor) error { _, err := b.s.Outlines(ctx, by, outline, geo.WGS84, "", false); return err }},
			"redraw":   {Outline, func(by authz.Actor) error { _, err := b.s.Outlines(ctx, by, outline, geo.WGS84, "", true); return err }},
			"count":    {Count, func(by authz.Actor) error { return b.s.Refresh(ctx, by) }},
		} {
			if err := c.do(b.without(t, c.verb)); errs.KindOf(err) != errs.Denied || err == nil {
				t.Errorf("%s without %s: %v", name, c.verb.Key, err)
			}
		}
		for _, verb := range []authz.Verb{Visit, Dismiss, Reopen, Assign} { // seen by right of the lists, and no further
			if _, err := b.s.Spot(ctx, b.without(t, verb), spot); err != nil {
				t.Errorf("without %s the blind spot is not even seen: %v", verb.Key, err)
			}
		}
		if _, err := b.s.Spot(ctx, b.without(t, person.Read), spot); errs.KindOf(err) != errs.Absent {
			t.Errorf("without the right to lists a blind spot is shown: %v", err)
		}
		row, err := b.s.Spot(ctx, b.Actor(t, clerk, "咸宁市"), spot)
		if err != nil || row.State != Open {
			t.Errorf("something was done all the same: %+v %v", row, err)
		}
	})
}

// What a cell, a reach and the rest of a table tell a reader is made of released figures alone: where the figures of a
// clerk and of a reader differ, the reader's are hidden.
func TestSumsForReadersLeaveHiddenFiguresOut(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		ctx := context.Background()
		reads, lists := b.Actor(t, reader, "咸宁市"), b.Actor(t, clerk, "咸宁市")
		differ := 0
		compare := func(what string, r, l Value) {
			if r.N > l.N {
				t.Errorf("%s: the reader is told %d, the clerk %d", what, r.N, l.N)
			}
			if r != l {
				differ++
			}
		}
		for _, side := range []int{1000, 2000} {
			want := Query{Side: side, Layer: Layers[0]}
			r, err := b.s.Sketch(ctx, reads, want)
			if err != nil {
				t.Fatal(err)
			}
			l, err := b.s.Sketch(ctx, lists, want)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range r.Drawing.Areas {
				k := slices.IndexFunc(l.Drawing.Areas, func(x Area) bool { return x.ID == a.ID })
				if k < 0 {
					t.Fatalf("the clerk has no cell %s", a.ID)
				}
				members, youth := int64(0), int64(0)
				for _, i := range a.Places {
					u := &r.View.snap.Units[i]
					m, y := u.Members, u.Youth
					if len(u.Below) > 0 {
						m, y = u.OwnMembers, u.OwnYouth
					}
					if m != nil && m.Total().Why == Shown {
						members += m.Total().N
					}
					if y != nil && y.Total().Why == Shown {
						youth += y.Total().N
					}
				}
				if a.Members.N != members || a.Youth.N != youth {
					t.Errorf("cell %s tells %d members and %d youth, released are %d and %d", a.ID, a.Members.N, a.Youth.N, members, youth)
				}
				compare("members of cell "+a.ID, a.Members, l.Drawing.Areas[k].Members)
				compare("youth of cell "+a.ID, a.Youth, l.Drawing.Areas[k].Youth)
			}
		}
		if differ == 0 {
			t.Error("no cell holds anything hidden: the fixture proves nothing")
		}
		r, err := b.s.Cover(ctx, reads, Query{}, "", 2000)
		if err != nil {
			t.Fatal(err)
		}
		l, err := b.s.Cover(ctx, lists, Query{}, "", 2000)
		if err != nil {
			t.Fatal(err)
		}
		if r.Sum.Unseen <= l.Sum.Unseen || r.Sum.Youth >= l.Sum.Youth {
			t.Errorf("the reach for the reader: %+v, for the clerk %+v", r.Sum, l.Sum)
		}
	})
}

// A clerk of one county counts nothing anew for the whole city.
func TestOnlyTheCityCounts(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		if err := b.s.Refresh(context.Background(), b.Actor(t, clerk, "咸安区")); errs.KindOf(err) != errs.Absent && errs.KindOf(err) != errs.Denied || err == nil {
			t.Errorf("a county clerk counts: %v", err)
		}
	})
}

// What belongs to a place but to none of its rows is summed up as its reader may see it: where a part is hidden from her,
// so is the sum.
func TestTheRestOfATableIsHiddenWithItsParts(t *testing.T) {
	each(t, func(t *testing.T, b *bench) {
		for role, want := range map[*authz.Role]Why{&reader: Hidden, &clerk: Shown} {
			v, err := b.s.See(context.Background(), b.Actor(t, *role, "咸宁市"), Query{Level: org.Village})
			if err != nil || v.Apart == nil {
				t.Fatalf("%s: %v", role.Key, err)
			}
			if v.Apart.Youth.Why != want || v.Apart.Members.Why != want {
				t.Errorf("%s: apart are %+v and %+v", role.Key, v.Apart.Youth, v.Apart.Members)
			}
		}
	})
}
