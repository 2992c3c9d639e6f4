package place_test

import (
	"slices"
	"testing"

	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
)

// Every use case asks for its own right: who holds all but that one is refused, who holds it in the other county finds
// no place, and nothing has changed.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, g := t.Context(), c.given(villageA, "甲镇青年之家")
		which := c.create(c.System(), g)
		before := c.find(which)
		for name, u := range map[string]struct {
			verb  authz.Verb
			lists bool // asks for the right anywhere: the neighbour holds it, and sees nothing
			do    func(by authz.Actor) (int, error)
		}{
			"list": {place.Read, true, func(by authz.Actor) (int, error) {
				p, err := c.s.List(ctx, by, place.Filter{}, "")
				return len(p.Items), err
			}},
			"tally": {place.Read, true, func(by authz.Actor) (int, error) { n, err := c.s.Tally(ctx, by, place.Filter{}); return n.N, err }},
			"pins":  {place.Read, true, func(by authz.Actor) (int, error) { all, err := c.s.Pins(ctx, by, place.Filter{}); return len(all), err }},
			"sheet": {place.Export, true, func(by authz.Actor) (int, error) {
				all, err := c.s.Sheet(ctx, by, place.Filter{})
				return len(all), err
			}},
			"create": {place.Create, false, func(by authz.Actor) (int, error) {
				_, err := c.s.Create(ctx, by, c.given(villageA, "甲镇青年驿站"))
				return 0, err
			}},
			"edit": {place.Edit, false, func(by authz.Actor) (int, error) {
				return 0, c.s.Edit(ctx, by, which, before.EditedAt, c.given(villageA, "改名"))
			}},
			"close": {place.Close, false, func(by authz.Actor) (int, error) { return 0, c.s.Close(ctx, by, which, today, "停办") }},
		} {
			role := authz.Role{Key: "lesser", Verbs: slices.DeleteFunc(slices.Clone(place.Verbs), func(v authz.Verb) bool { return v == u.verb })}
			if _, err := u.do(c.Actor(t, role, "咸宁市")); errs.KindOf(err) != errs.Denied || err == nil {
				t.Errorf("%s without %s: %v", name, u.verb.Key, err)
			}
			n, err := u.do(c.Actor(t, clerk, "嘉鱼县"))
			if u.lists && (n != 0 || err != nil) || !u.lists && (errs.KindOf(err) != errs.Absent || err == nil) {
				t.Errorf("%s by the neighbour: %d, %v", name, n, err)
			}
		}
		if got := c.find(which); got != before {
			t.Errorf("%+v became %+v", before, got)
		}
		if all := c.names(c.System(), place.Filter{}); len(all) != 1 {
			t.Errorf("places %v", all)
		}
	})
}

// A place is handed over by who may correct it on both sides.
func TestEditAsksWhereAPlaceStoodAndWhereItIsToStand(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		which := c.create(c.System(), c.given(villageA, "甲镇青年之家"))
		for _, at := range []string{"咸安区", "嘉鱼县"} {
			wantKey(t, c.s.Edit(t.Context(), c.Actor(t, clerk, at), which, c.find(which).EditedAt, c.given(villageB, "甲镇青年之家")), "errs.absent")
		}
	})
}

// A cursor leads on in the list that it was made for, and in nobody else's.
func TestACursorBelongsToItsScope(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		for _, name := range []string{"一号", "二号"} {
			c.create(c.System(), c.given(villageA, name))
		}
		f := place.Filter{Size: 1}
		p, err := c.s.List(t.Context(), c.Actor(t, clerk, "咸安区"), f, "")
		if err != nil || p.Next == "" {
			t.Fatalf("%+v, %v", p, err)
		}
		if _, err := c.s.List(t.Context(), c.Actor(t, clerk, "咸宁市"), f, p.Next); errs.KindOf(err) != errs.Invalid || err == nil {
			t.Errorf("taken on by another scope: %v", err)
		}
	})
}
