package account

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

func TestGrant(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		sec, _ := w.as(t, "sec")
		sys, _ := w.as(t, "sys")
		wang, jiayu := w.id(t, here, "wang"), w.nodes[here]["嘉鱼县"]
		grant := func(by authz.Actor, role string, from, until string) error {
			var u day.Day
			if until != "" {
				u = day.Must(until)
			}
			return w.Grant(t.Context(), by, wang, role, jiayu.ID, day.Must(from), u)
		}
		if err := grant(sec, "reader", "2026-11-02", "2026-11-03"); err != nil {
			t.Fatal(err)
		}
		if err := grant(sec, "reader", "2026-11-04", ""); err != nil {
			t.Errorf("the day after the last: %v", err)
		}
		wants(t, grant(sec, "reader", "2026-12-01", ""), "account.granted_already")
		wants(t, grant(sec, "emperor", "2026-12-01", ""), "account.no_role")
		wants(t, grant(sec, "clerk", "2026-12-02", "2026-12-01"), "account.until_before_from")
		wants(t, grant(sec, AuditAdmin, "2026-12-01", ""), "account.one_admin_only")
		if err := grant(sys, "clerk", "2026-11-02", ""); errs.KindOf(err) != errs.Denied {
			t.Errorf("a system administrator grants: %v", err)
		}
		wants(t, w.Grant(t.Context(), sec, w.id(t, here, "sec"), "clerk", jiayu.ID, today(), 0), "account.grant_self")
		if err := w.Grant(t.Context(), sec, w.id(t, twin, "wang"), "clerk", jiayu.ID, today(), 0); errs.KindOf(err) != errs.Absent {
			t.Errorf("an account of another city: %v", err)
		}

		by, hash := w.as(t, "wang")
		if !by.Can(business, jiayu.Path) {
			t.Error("the granted role does not hold")
		}
		l, err := w.Open(t.Context(), sec, wang)
		if err != nil || len(l.Grants) != 3 {
			t.Fatalf("%v %+v", err, l)
		}
		for _, g := range l.Grants {
			if g.OrgName == "嘉鱼县" {
				if err := w.Revoke(t.Context(), sec, g.ID); err != nil {
					t.Fatal(err)
				}
				wants(t, w.Revoke(t.Context(), sec, g.ID), "account.revoked_already")
			}
		}
		s, err := w.Session(t.Context(), here, hash, w.clock.Now())
		if err != nil || s.Actor.Can(business, jiayu.Path) {
			t.Errorf("a revoked role holds on in the same session: %v", err)
		}
	})
}

func TestGrantHoldsInItsDays(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		li := w.first(t, here, "li", "reader", "咸安区")
		sec, _ := w.as(t, "sec")
		jiayu := w.nodes[here]["嘉鱼县"]
		if err := w.Grant(t.Context(), sec, li, "clerk", jiayu.ID, day.Must("2026-11-03"), day.Must("2026-11-03")); err != nil {
			t.Fatal(err)
		}
		// the clock stands at 16:00 in the city: its days begin at 16:00 UTC
		for i, want := range []bool{false, true, true, false} {
			by, _ := w.as(t, "li")
			if got := by.Can(business, jiayu.Path); got != want {
				t.Errorf("at moment %d: %v", i, got)
			}
			w.clock.move([]time.Duration{8 * time.Hour, 15 * time.Hour, 10 * time.Hour, 0}[i])
		}
		err := w.DB.Read(t.Context(), here, func(q *sqldb.Rx) error {
			ids, err := w.Holders(q, business, w.nodes[here]["咸安区"].Path)
			if err == nil && len(ids) != 2 {
				t.Errorf("holders %v", ids)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// Two security administrators who grant two of the three at the same time do not both succeed.
func TestRaceForTwoAdministrators(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		sec, _ := w.as(t, "sec")
		sys, _ := w.as(t, "sys")
		zhao, _, err := w.Invite(t.Context(), sys, Newcomer{Login: "zhao", Name: "赵", Desk: w.nodes[here]["咸宁市"].ID})
		if err != nil {
			t.Fatal(err)
		}
		all := together(6, func(i int) error {
			role := []string{SystemAdmin, SecurityAdmin, AuditAdmin}[i%3]
			return w.Grant(t.Context(), sec, zhao, role, w.nodes[here]["咸宁市"].ID, today(), 0)
		})
		if ok(all) != 1 {
			t.Errorf("%d grants of the three stand: %v", ok(all), all)
		}
	})
}

func TestClash(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Grant {
			from := day.Must("2026-01-01").AddDays(rapid.IntRange(0, 20).Draw(t, name+" from"))
			g := Grant{Role: rapid.SampledFrom([]string{SystemAdmin, AuditAdmin, "clerk", "reader"}).Draw(t, name+" role"), Org: "N", From: from}
			if rapid.Bool().Draw(t, name+" ends") {
				g.Until = from.AddDays(rapid.IntRange(0, 10).Draw(t, name+" days"))
			}
			return g
		}
		a, b := draw("a"), draw("b")
		common := false
		for d := day.Must("2026-01-01"); d < day.Must("2026-03-01"); d = d.AddDays(1) {
			common = common || a.Holds(d) && b.Holds(d)
		}
		want := common && (a.Role == b.Role || IsAdmin(a.Role) || IsAdmin(b.Role))
		if got := clash(a, []Grant{b}) != nil; got != want {
			t.Fatalf("%+v and %+v: clash %v, want %v", a, b, got, want)
		}
	})
}

func TestActorWithoutASession(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, w *world) {
		wang := w.id(t, here, "wang")
		by, err := w.Actor(t.Context(), here, wang.String())
		if err != nil || !by.Can(business, w.nodes[here]["咸安区"].Path) {
			t.Errorf("%+v %v", by, err)
		}
		if by, err := w.Actor(t.Context(), here, "system"); err != nil || by.User != "system" {
			t.Errorf("%+v %v", by, err)
		}
		if err := w.Suspend(t.Context(), authz.System(here), wang, true, ""); err != nil {
			t.Fatal(err)
		}
		for _, owner := range []string{wang.String(), w.id(t, twin, "sys").String(), ""} {
			if _, err := w.Actor(t.Context(), here, owner); err == nil {
				t.Errorf("%q acts: %v", owner, err)
			}
		}
		names, err := w.Names(t.Context(), here, []string{wang.String(), w.id(t, twin, "wang").String(), "x"})
		if err != nil || len(names) != 1 || names[wang.String()] != "测试wang" {
			t.Errorf("%v %v", names, err)
		}
		found, err := w.Places(t.Context(), authz.System(here), GrantRole, "jyx")
		if err != nil || len(found) != 1 || found[0].Name != "嘉鱼县" {
			t.Errorf("%v %v", found, err)
		}
	})
}
