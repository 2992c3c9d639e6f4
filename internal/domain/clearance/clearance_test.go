package clearance_test

import (
	"context"
	"slices"
	"testing"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// An adult is cleared when all that is asked of somebody of her age holds, on that day, and no longer than it does.
func TestWhatAnAdultLacks(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		grown, young := c.adult("关平", "1990-03-01"), c.adult("小乔", "2009-02-28")
		must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			_, err := clearance.On(q, grown, today)
			wantKey(t, err, "clearance.no_rules") // nobody is cleared by a city that asks for nothing
			return nil
		}))
		must(t, c.s.TakeIn(ctx, c.System()))
		must(t, c.s.TakeIn(ctx, c.System()))
		if got := c.gaps(grown, today); got != "check missing;training missing;agreement missing;" {
			t.Error(got)
		}
		if got := c.gaps(young, today); got != "check missing;training missing;agreement missing;guardian missing;" {
			t.Error(got)
		}
		for _, kind := range clearance.Kinds[:3] {
			c.enter(c.paper(grown, kind))
			c.enter(c.paper(young, kind))
		}
		if got := c.gaps(young, today) + c.gaps(grown, today); got != "guardian missing;" {
			t.Error(got)
		}
		if got := c.gaps(young, day.Must("2027-03-01")); got != "" { // eighteen on the day after the birthday
			t.Error(got)
		}
		for on, want := range map[string]string{
			"2026-06-19": "check not_yet;training not_yet;agreement not_yet;", "2027-06-19": "", "2027-06-20": "check over;training over;",
		} {
			if got := c.gaps(grown, day.Must(on)); got != want {
				t.Errorf("on %s: %s", on, got)
			}
		}
	})
}

// A later result takes the place of the one before; an inquiry under way takes nothing away; what did not pass ends it at once.
func TestALaterResultCounts(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		must(t, c.s.TakeIn(t.Context(), c.System()))
		who := c.adult("关平", "1990-03-01")
		for _, kind := range clearance.Kinds[:3] {
			c.enter(c.paper(who, kind))
		}
		asks := c.paper(who, clearance.Check)
		asks.Result = clearance.Asked
		c.enter(asks)
		c.enter(asks)
		if got := c.gaps(who, today); got != "" {
			t.Error(got)
		}
		bad := c.paper(who, clearance.Check)
		bad.Result, bad.Until = clearance.Failed, 0
		c.enter(bad)
		if got := c.gaps(who, today); got != "check failed;" {
			t.Error(got)
		}
		c.enter(c.paper(who, clearance.Check))
		if got := c.gaps(who, today); got != "" {
			t.Error(got)
		}
		a, err := c.s.Of(t.Context(), c.System(), who)
		must(t, err)
		i := slices.IndexFunc(a.Papers, func(r clearance.Row) bool { return r.Kind == clearance.Training })
		wantKey(t, c.s.Revoke(t.Context(), c.System(), a.Papers[i].ID, ""), "field.required")
		must(t, c.s.Revoke(t.Context(), c.System(), a.Papers[i].ID, "登记有误"))
		wantKey(t, c.s.Revoke(t.Context(), c.System(), a.Papers[i].ID, "登记有误"), "clearance.ended")
		if got := c.gaps(who, today); got != "training missing;" {
			t.Error(got)
		}
	})
}

// A city's own rule counts from its day on: dates before keep what was asked for then.
func TestRulesHaveDates(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, who := t.Context(), c.adult("关平", "1990-03-01")
		must(t, c.s.TakeIn(ctx, c.System()))
		must(t, c.s.SetRule(ctx, c.System(), clearance.Rule{Kind: clearance.Training, From: day.Must("2026-07-01"), Source: "本市规定"}))
		must(t, c.s.SetRule(ctx, c.System(), clearance.Rule{Kind: clearance.Check, From: day.Must("2026-08-01"), Needed: true, Months: 6, Source: "本市规定"}))
		c.enter(c.paper(who, clearance.Check))
		c.enter(c.paper(who, clearance.Agreement))
		for on, want := range map[string]string{"2026-06-30": "training missing;", "2026-07-01": "", "2026-12-19": "", "2026-12-20": "check over;"} {
			if got := c.gaps(who, day.Must(on)); got != want {
				t.Errorf("on %s: %s", on, got)
			}
		}
		wantKey(t, c.s.SetRule(ctx, c.System(), clearance.Rule{Kind: "horoscope", From: today, Source: "x"}), "field.choice")
		wantKey(t, c.s.SetRule(ctx, c.System(), clearance.Rule{Kind: clearance.Check, From: today, Months: 121, Source: "x"}), "field.range")
	})
}

// What is entered is held against the rule of the day.
func TestWhatIsRefused(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		must(t, c.s.TakeIn(t.Context(), c.System()))
		who := c.adult("关平", "1990-03-01")
		for key, change := range map[string]func(p *clearance.Paper){
			"clearance.later":        func(p *clearance.Paper) { p.On = today.AddDays(1) },
			"clearance.until_wrong":  func(p *clearance.Paper) { p.Until = today.AddDays(-1) },
			"clearance.months_wrong": func(p *clearance.Paper) { p.Until = today.AddMonths(12) },
			"field.required":         func(p *clearance.Paper) { p.Until = 0 },
			"field.choice":           func(p *clearance.Paper) { p.Result = "excellent" },
			"errs.absent":            func(p *clearance.Paper) { p.Person = "01JZZZZZZZZZZZZZZZZZZZZZZZ" },
		} {
			p := c.paper(who, clearance.Check)
			change(&p)
			_, err := c.s.Enter(t.Context(), c.System(), p)
			wantKey(t, err, key)
		}
		if got := c.gaps(who, today); got != "check missing;training missing;agreement missing;" {
			t.Error(got)
		}
	})
}

// Two rows that turn out to be one human being count together.
func TestMergedRowsCountAsOne(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		must(t, c.s.TakeIn(ctx, c.System()))
		a, b := c.adult("关平", "1990-03-01"), c.adult("关平", "1990-03-01")
		c.enter(c.paper(a, clearance.Check))
		c.enter(c.paper(b, clearance.Training))
		c.enter(c.paper(b, clearance.Agreement))
		people := &person.Service{DB: c.DB, Keys: c.Keys, Zone: zone}
		must(t, people.Join(ctx, c.System(), b, a, "同一个人"))
		if got := c.gaps(a, today) + c.gaps(b, today); got != "" {
			t.Error(got)
		}
	})
}

// The list shows what ends first, and nothing of other counties; who may not see results reads only whether a paper holds.
func TestTheListOfWhatEnds(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		must(t, c.s.TakeIn(ctx, c.System()))
		who, other := c.adult("关平", "1990-03-01"), c.adult("周仓", "1991-03-01")
		late := c.paper(who, clearance.Check)
		late.On, late.Until = today.AddDays(-300), today.AddDays(9)
		c.enter(late)
		c.enter(c.paper(who, clearance.Agreement))
		bad := c.paper(other, clearance.Check)
		bad.Result, bad.Until = clearance.Failed, 0
		c.enter(bad)
		county := c.Actor(t, clerk, "咸安区")
		got, err := c.s.List(ctx, county, clearance.Filter{By: today.AddDays(30)}, "")
		must(t, err)
		if len(got.Items) != 1 || got.Items[0].Name != "关平" || !got.Items[0].Holds {
			t.Errorf("%+v", got.Items)
		}
		first, err := c.s.List(ctx, county, clearance.Filter{Size: 2}, "")
		must(t, err)
		rest, err := c.s.List(ctx, county, clearance.Filter{Size: 2}, first.Next)
		must(t, err)
		if len(first.Items) != 2 || len(rest.Items) != 1 || first.Items[0].Kind != clearance.Check || first.Items[0].Person != who {
			t.Errorf("%+v then %+v", first.Items, rest.Items)
		}
		plain, err := c.s.List(ctx, c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{clearance.Read}}, "咸安区"), clearance.Filter{}, "")
		must(t, err)
		for _, x := range plain.Items {
			if x.Result != "" || x.Name == "关平" || x.Name == "周仓" {
				t.Errorf("%+v", x)
			}
		}
		a, err := c.s.Of(ctx, c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{clearance.Read}}, "咸安区"), other)
		must(t, err)
		if a.Gaps[0].Why != clearance.Missing {
			t.Errorf("%+v", a.Gaps)
		}
	})
}

// Each use case asks for its own right: who holds all but that one is refused, the neighbour finds nothing.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		must(t, c.s.TakeIn(ctx, c.System()))
		who := c.adult("关平", "1990-03-01")
		c.enter(c.paper(who, clearance.Check))
		a, err := c.s.Of(ctx, c.System(), who)
		must(t, err)
		for name, u := range map[string]struct {
			verb authz.Verb
			wide bool // asked for anywhere, or for the whole city
			do   func(by authz.Actor) error
		}{
			"enter":  {clearance.Enter, false, func(by authz.Actor) error { _, err := c.s.Enter(ctx, by, c.paper(who, clearance.Training)); return err }},
			"sought": {clearance.Enter, false, func(by authz.Actor) error { _, err := c.s.Sought(ctx, by, c.Nodes[home].ID, "1"); return err }},
			"desks":  {clearance.Enter, true, func(by authz.Actor) error { _, err := c.s.Desks(ctx, by, ""); return err }},
			"revoke": {clearance.Revoke, false, func(by authz.Actor) error { return c.s.Revoke(ctx, by, a.Papers[0].ID, "理由") }},
			"rule": {clearance.SetRule, true, func(by authz.Actor) error {
				return c.s.SetRule(ctx, by, clearance.Rule{Kind: clearance.Check, From: today, Source: "x"})
			}},
			"take in": {clearance.SetRule, true, func(by authz.Actor) error { return c.s.TakeIn(ctx, by) }},
			"of":      {clearance.Read, false, func(by authz.Actor) error { _, err := c.s.Of(ctx, by, who); return err }},
			"list":    {clearance.Read, true, func(by authz.Actor) error { _, err := c.s.List(ctx, by, clearance.Filter{}, ""); return err }},
			"rules":   {clearance.Read, true, func(by authz.Actor) error { _, err := c.s.Rules(ctx, by); return err }},
		} {
			role := authz.Role{Key: "lesser", Sees: authz.Sensitive}
			for _, v := range clearance.Verbs {
				if v != u.verb {
					role.Verbs = append(role.Verbs, v)
				}
			}
			if err := u.do(c.Actor(t, role, "咸宁市")); err == nil || !authz.Refused(err) {
				t.Errorf("%s without %s: %v", name, u.verb.Key, err)
			}
			if err := u.do(c.Actor(t, clerk, "嘉鱼县")); !u.wide && (err == nil || errs.KindOf(err) != errs.Absent) {
				t.Errorf("%s by the neighbour: %v", name, err)
			}
		}
		if err := c.s.TakeIn(ctx, c.Actor(t, clerk, "咸安区")); err == nil || !authz.Refused(err) {
			t.Errorf("a county sets the city's rules: %v", err)
		}
		if got := c.gaps(who, today); got != "training missing;agreement missing;" {
			t.Error(got)
		}
	})
}

// Of one kind one decided paper counts, however many enter one at the same time from two processes.
func TestRacingEntries(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		c := build(t, first)
		must(t, c.s.TakeIn(t.Context(), c.System()))
		who := c.adult("关平", "1990-03-01")
		each := [2]*clearance.Service{c.s, {DB: second, Keys: c.Keys, Zone: zone, Cursors: c.s.Cursors}}
		now := day.Of(first.Now(), zone)
		all := sqldbtest.Race(8, func(i int) error {
			p := c.paper(who, clearance.Check)
			p.On, p.Until = now, now.AddDays(10)
			_, err := each[i%2].Enter(context.Background(), c.System(), p)
			return err
		})
		if sqldbtest.Won(all) != 8 {
			t.Errorf("%v", all)
		}
		must(t, first.Read(t.Context(), c.City, func(q *sqldb.Rx) error {
			var counts, ended int
			err := q.Row(`SELECT COALESCE(SUM(CASE ended_at WHEN 0 THEN 1 ELSE 0 END), 0), COALESCE(SUM(CASE ended_at WHEN 0 THEN 0 ELSE 1 END), 0) FROM clearance WHERE city = $1`).Scan(&counts, &ended)
			if counts != 1 || ended != 7 {
				t.Errorf("%d count, %d ended", counts, ended)
			}
			return err
		}))
	})
}

// The condition in statements says on every day what Gaps says: of papers that are too old, that have ended, that were failed after
// they were passed, and of who grows out of what is asked of the young.
func TestTheConditionInStatementsSaysWhatGapsSays(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.System()
		must(t, c.s.SetRule(ctx, by, clearance.Rule{Kind: clearance.Check, From: day.Must("2020-01-01"), Needed: true, Months: 12, Source: "试"}))
		must(t, c.s.SetRule(ctx, by, clearance.Rule{Kind: clearance.Guardian, From: day.Must("2020-01-01"), Needed: true, Below: 18, Source: "试"}))
		young, grown := c.adult("乔以恒", "2008-07-01"), c.adult("温一苇", "1990-01-01")
		check := func(who person.ID, on string, result clearance.Result) {
			p := clearance.Paper{Person: who, Org: c.Nodes[home].ID, Kind: clearance.Check, Result: result, On: day.Must(on), Issuer: "市公安局"}
			if result == clearance.Passed {
				p.Until = p.On.AddMonths(12).AddDays(-1)
			}
			_, err := c.s.Enter(ctx, by, p)
			must(t, err)
		}
		seen := map[bool]int{}
		compare := func() {
			for _, who := range []person.ID{young, grown} {
				for _, on := range []string{"2025-01-30", "2025-02-27", "2025-02-28", "2026-01-30", "2026-01-31", "2026-06-20", "2026-07-01", "2026-07-02", "2027-05-31", "2027-06-01"} {
					must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
						gaps, err := clearance.On(q, who, day.Must(on))
						must(t, err)
						var w sqldb.Where
						w.And("$1 <> ''")
						must(t, clearance.Cleared(q, &w, who, []person.ID{who}, day.Must(on)))
						var holds int
						must(t, q.Row(`SELECT CASE WHEN `+w.SQL()+` THEN 1 ELSE 0 END`, w.Args()...).Scan(&holds))
						if (holds == 1) != (len(gaps) == 0) {
							t.Errorf("%s on %s: %d, %+v", who, on, holds, gaps)
						}
						seen[holds == 1]++
						return nil
					}))
				}
			}
		}
		compare()
		check(grown, "2025-01-31", clearance.Passed)
		check(young, "2026-06-01", clearance.Passed)
		compare()
		check(grown, "2026-06-10", clearance.Asked)
		check(young, "2026-06-15", clearance.Failed)
		compare()
		check(grown, "2026-06-01", clearance.Passed)
		compare()
		if seen[true] == 0 || seen[false] == 0 {
			t.Errorf("%v", seen)
		}
	})
}
