package rulebook_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

var officer = authz.Role{Key: "officer", Verbs: rulebook.Verbs}

// town is the small city with a service of rules, and its twin.
type town struct {
	*testworld.World
	t    testing.TB
	s    *rulebook.Service
	twin *testworld.World
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		c := &town{t: t, s: &rulebook.Service{DB: db, Products: []rulebook.Product{{Key: "p", Facts: map[string]condition.Kind{"age": condition.Int}}}}}
		c.World, c.twin = testworld.Build(t, db)
		test(t, c)
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err, errs.ProblemsOf(err))
	}
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) == key {
		return
	}
	for _, p := range errs.ProblemsOf(err) {
		if p.Key == key {
			return
		}
	}
	t.Errorf("got %v %v, want %q", err, errs.ProblemsOf(err), key)
}

func (c *town) look(by authz.Actor) rulebook.Shelf {
	c.t.Helper()
	shelf, err := c.s.Look(c.t.Context(), by)
	must(c.t, err)
	return shelf
}

func (c *town) at(by authz.Actor, which rulebook.ID) rulebook.Kept {
	c.t.Helper()
	k, _, err := c.s.LookAt(c.t.Context(), by, which)
	must(c.t, err)
	return k
}

func (c *town) inForce() (b rulebook.Book, q rulebook.Quotes) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(rx *sqldb.Rx) (err error) {
		b, q, err = rulebook.InForce(rx)
		return err
	}))
	return b, q
}

func (c *town) draft(by authz.Actor, key, from string) rulebook.ID {
	c.t.Helper()
	which, err := c.s.Draw(c.t.Context(), by, rulebook.New{Product: "p", Key: key, Area: "42", Title: "办法", From: day.Must(from), Source: "公报"})
	must(c.t, err)
	return which
}

func text(from string) rulebook.Text {
	return rulebook.Text{
		Title: "办法", Source: "公报", From: day.Must(from),
		Fields: []rulebook.Field{
			{Name: "age_to", Value: "45", Source: "公报第三条", Status: rulebook.Stated},
			{Name: "limit", Value: "30万元", Status: rulebook.Unverified},
		},
		Conditions: []rulebook.Condition{{Rule: condition.Rule{Key: "age", Text: "不超过规定年龄", Expr: "age <= age_to"}}},
		Cases:      []rulebook.Case{{Name: "正好", Facts: condition.Facts{"age": 45}, Eligible: true}, {Name: "超龄", Facts: condition.Facts{"age": 46}}},
	}
}

// A version goes from its draft into force, is tried before, and never changes afterwards.
func TestAVersionFromDraftIntoForce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, officer, "咸宁市")
		which := c.draft(by, "H-1", "2024-01-01")
		wantKey(t, func() error {
			_, err := c.s.Draw(ctx, by, rulebook.New{Product: "p", Key: "H-1", Area: "42", From: 1})
			return err
		}(), "rulebook.key_twice")
		_, err := c.s.Draw(ctx, by, rulebook.New{Product: "other", Key: "H-9"})
		wantKey(t, err, "rulebook.product")
		if b, _ := c.inForce(); len(b) != 0 {
			t.Errorf("a draft is in force: %v", b)
		}

		seen := c.at(by, which).EditedAt
		bad := text("2024-01-01")
		bad.Conditions[0].Expr = "weight < 3"
		wantKey(t, c.s.Rewrite(ctx, by, which, seen, bad), "condition.unreadable")
		bad = text("2024-01-01")
		bad.Fields[0].Source = ""
		wantKey(t, c.s.Rewrite(ctx, by, which, seen, bad), "rulebook.no_source")
		wantKey(t, c.s.Rewrite(ctx, by, which, seen+1, text("2024-01-01")), "errs.stale")

		wrong := text("2024-01-01")
		wrong.Cases[1].Facts["age"] = 40
		must(t, c.s.Rewrite(ctx, by, which, seen, wrong))
		wantKey(t, c.s.Publish(ctx, by, which, c.at(by, which).EditedAt), "rulebook.case_wrong")
		few := text("2024-01-01")
		few.Cases = few.Cases[:1]
		must(t, c.s.Rewrite(ctx, by, which, c.at(by, which).EditedAt, few))
		wantKey(t, c.s.Publish(ctx, by, which, c.at(by, which).EditedAt), "rulebook.cases_few")

		must(t, c.s.Rewrite(ctx, by, which, c.at(by, which).EditedAt, text("2024-01-01")))
		k, tried, err := c.s.LookAt(ctx, by, which)
		must(t, err)
		if len(tried) != 2 || !tried[0].Right() || !tried[1].Right() || tried[1].Result.Rules[0].Changes[0].To != 45 {
			t.Errorf("%+v", tried)
		}
		must(t, c.s.Publish(ctx, by, which, k.EditedAt))
		k = c.at(by, which)
		wantKey(t, c.s.Rewrite(ctx, by, which, k.EditedAt, text("2024-01-01")), "rulebook.published")
		wantKey(t, c.s.Publish(ctx, by, which, k.EditedAt), "rulebook.published")
		b, _ := c.inForce()
		if len(b) != 1 || len(b[0].Fields) != 2 {
			t.Errorf("%+v", b)
		}
	})
}

func TestVersionsOfALineNeverOverlap(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, officer, "咸宁市")
		first, second := c.draft(by, "H-1", "2024-01-01"), c.draft(by, "H-2", "2025-01-01")
		for _, which := range []rulebook.ID{first, second} {
			k := c.at(by, which)
			must(t, c.s.Rewrite(ctx, by, which, k.EditedAt, text(k.From.String())))
		}
		must(t, c.s.Publish(ctx, by, first, c.at(by, first).EditedAt))
		wantKey(t, c.s.Publish(ctx, by, second, c.at(by, second).EditedAt), "rulebook.overlap")
		wantKey(t, c.s.End(ctx, by, first, c.at(by, first).EditedAt, day.Must("2023-12-31")), "rulebook.until")
		wantKey(t, c.s.End(ctx, by, second, c.at(by, second).EditedAt, day.Must("2025-12-31")), "rulebook.not_in_force")
		must(t, c.s.End(ctx, by, first, c.at(by, first).EditedAt, day.Must("2024-12-31")))
		must(t, c.s.Publish(ctx, by, second, c.at(by, second).EditedAt))
		b, _ := c.inForce()
		terms, err := b.At("p", "421202", day.Must("2025-01-01"))
		if err != nil || terms.Key() != "H-2" {
			t.Error(err)
		}
	})
}

// TestRacingPublications lets two officers publish into one line at once: one is told.
func TestRacingPublications(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, officer, "咸宁市")
		var each [4]rulebook.ID
		for i := range each {
			each[i] = c.draft(by, "H-"+string(rune('1'+i)), "2024-01-01")
			must(t, c.s.Rewrite(ctx, by, each[i], c.at(by, each[i]).EditedAt, text("2024-01-01")))
		}
		var wg sync.WaitGroup
		faults := make([]error, len(each))
		for i, which := range each {
			seen := c.at(by, which).EditedAt
			wg.Go(func() { faults[i] = c.s.Publish(ctx, by, which, seen) })
		}
		wg.Wait()
		won := 0
		for _, err := range faults {
			if err == nil {
				won++
			} else if errs.KeyOf(err) != "rulebook.overlap" {
				t.Error(err)
			}
		}
		if b, _ := c.inForce(); won != 1 || len(b) != 1 {
			t.Errorf("%d won, %d in force", won, len(b))
		}
	})
}

func TestWhatIsConfirmedStaysSoOnlyAsItIs(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, officer, "咸宁市")
		which := c.draft(by, "H-1", "2024-01-01")
		must(t, c.s.Rewrite(ctx, by, which, c.at(by, which).EditedAt, text("2024-01-01")))
		wantKey(t, c.s.ConfirmField(ctx, by, which, c.at(by, which).EditedAt, "limit", 0, ""), "rulebook.no_source")
		wantKey(t, c.s.ConfirmField(ctx, by, which, c.at(by, which).EditedAt, "none", 0, "公报"), "errs.stale")
		must(t, c.s.ConfirmField(ctx, by, which, c.at(by, which).EditedAt, "limit", 0, "公报第五条"))
		status := func() rulebook.Status {
			k := c.at(by, which)
			f, _ := k.Field("limit", day.Must("2024-01-01"))
			return f.Status
		}
		if status() != rulebook.Confirmed {
			t.Error(status())
		}
		again := text("2024-01-01")
		again.Fields[1] = rulebook.Field{Name: "limit", Value: "30万元", Source: "公报第五条", Status: rulebook.Stated}
		must(t, c.s.Rewrite(ctx, by, which, c.at(by, which).EditedAt, again))
		if status() != rulebook.Confirmed {
			t.Error("the same number is not confirmed any more")
		}
		again.Fields[1] = rulebook.Field{Name: "limit", Value: "40万元", Source: "公报第五条", Status: rulebook.Confirmed}
		must(t, c.s.Rewrite(ctx, by, which, c.at(by, which).EditedAt, again))
		if status() != rulebook.Stated {
			t.Error("another number is confirmed by itself")
		}
	})
}

func TestRatesFollowOneAnother(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, officer, "咸宁市")
		rate := func(from, until string, r money.Rate) rulebook.Quote {
			q := rulebook.Quote{Series: "LPR", From: day.Must(from), Rate: r, Status: rulebook.Unverified}
			if until != "" {
				q.Until = day.Must(until)
			}
			return q
		}
		must(t, c.s.SetRate(ctx, by, rate("2024-01-01", "", 35_000)))
		must(t, c.s.SetRate(ctx, by, rate("2024-07-01", "", 34_000)))
		if _, q := c.inForce(); len(q) != 2 || q[1].Until != day.Must("2024-06-30") {
			t.Errorf("%+v", q)
		}
		wantKey(t, c.s.SetRate(ctx, by, rate("2024-06-30", "2024-07-01", 1)), "rulebook.quote_overlap")
		wantKey(t, c.s.SetRate(ctx, by, rate("2024-07-01", "", 1)), "rulebook.quote_overlap")
		must(t, c.s.SetRate(ctx, by, rate("2023-01-01", "2023-12-31", 36_000)))
		wantKey(t, c.s.ConfirmRate(ctx, by, "LPR", day.Must("2024-01-01"), ""), "rulebook.no_source")
		must(t, c.s.ConfirmRate(ctx, by, "LPR", day.Must("2024-01-01"), "公告"))
		wantKey(t, c.s.ConfirmRate(ctx, by, "LPR", day.Must("2024-01-01"), "公告"), "errs.stale")
		_, q := c.inForce()
		got, err := q.At("LPR", day.Must("2024-03-01"))
		if err != nil || got.Status != rulebook.Confirmed || got.Source != "公告" {
			t.Errorf("%+v %v", got, err)
		}
		var wg sync.WaitGroup
		faults := make([]error, 4)
		for i := range faults {
			wg.Go(func() { faults[i] = c.s.SetRate(ctx, by, rate("2025-01-0"+string(rune('1'+i)), "2025-12-31", 1)) })
		}
		wg.Wait()
		if told := len(slices.DeleteFunc(faults, func(err error) bool { return err == nil })); told != 3 {
			t.Errorf("%d of four were told", told)
		}
	})
}

func TestWhatComesWithTheProgramIsTakenInOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, officer, "咸宁市")
		b := rulebook.Book{
			{Key: "N-1", Product: "p", From: day.Must("2020-01-01"), Fields: text("2020-01-01").Fields},
			{Key: "H-1", Product: "p", Area: "42", From: day.Must("2025-01-01")},
		}
		q := rulebook.Quotes{{Series: "LPR", From: day.Must("2020-01-01"), Rate: 38_500, Status: rulebook.Unverified}}
		for range 2 {
			must(t, c.s.TakeIn(ctx, by, b, q))
		}
		shelf := c.look(by)
		if len(shelf.Versions) != 2 || len(shelf.Rates) != 1 || shelf.Versions[1].State != rulebook.Awaited {
			t.Fatalf("%+v", shelf)
		}
		got, _ := c.inForce()
		_, err := got.At("p", "421202", day.Must("2026-01-01"))
		wantKey(t, err, "rulebook.not_filled")

		// what is written into it is nobody's rule until it is published
		which := shelf.Versions[1].ID
		wantKey(t, c.s.Publish(ctx, by, which, c.at(by, which).EditedAt), "rulebook.not_filled")
		must(t, c.s.Rewrite(ctx, by, which, c.at(by, which).EditedAt, text("2030-01-01")))
		got, _ = c.inForce()
		_, err = got.At("p", "421202", day.Must("2026-01-01"))
		wantKey(t, err, "rulebook.not_filled")
		must(t, c.s.Publish(ctx, by, which, c.at(by, which).EditedAt))
		got, _ = c.inForce()
		terms, err := got.At("p", "421202", day.Must("2026-01-01"))
		if err != nil || terms.Key() != "H-1" {
			t.Error(err)
		}
	})
}

// Conditions of a province and its numbers win key by key over the nation's, in trials as in force.
func TestTrialsReadWhatStandsAbove(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, officer, "咸宁市")
		must(t, c.s.TakeIn(ctx, by, rulebook.Book{{
			Key: "N-1", Product: "p", From: day.Must("2020-01-01"), Fields: []rulebook.Field{{Name: "age_to", Value: "60", Source: "公报", Status: rulebook.Stated}, {Name: "age_from", Value: "18", Status: rulebook.Unverified}},
			Conditions: []rulebook.Condition{
				{Rule: condition.Rule{Key: "young", Text: "够年龄", Expr: "age >= age_from"}, Source: "公报", Status: rulebook.Stated},
				{Rule: condition.Rule{Key: "age", Text: "不超过六十", Expr: "age <= age_to"}, Source: "公报", Status: rulebook.Stated},
			},
		}}, nil))
		which := c.draft(by, "H-1", "2024-01-01")
		h := text("2024-01-01")
		h.Conditions[0].Source, h.Conditions[0].Status = "省公报", rulebook.Confirmed
		h.Cases = append(h.Cases, rulebook.Case{Name: "太小", Facts: condition.Facts{"age": 17}})
		must(t, c.s.Rewrite(ctx, by, which, c.at(by, which).EditedAt, h))
		k, tried, err := c.s.LookAt(ctx, by, which)
		must(t, err)
		if k.Conditions[0].Status != rulebook.Stated {
			t.Errorf("a condition is confirmed by itself: %+v", k.Conditions)
		}
		if r := tried[2].Result; len(r.Rules) != 2 || r.Rules[0].Version != "H-1" || r.Rules[1].Version != "N-1" || r.Rules[1].Holds || !r.Rules[1].Doubtful || r.Rules[1].Numbers["age_from"] != "18" {
			t.Errorf("%+v", r)
		}
		wantKey(t, c.s.ConfirmCondition(ctx, by, which, k.EditedAt, "age", ""), "rulebook.no_source")
		wantKey(t, c.s.ConfirmCondition(ctx, by, which, k.EditedAt, "none", "x"), "errs.stale")
		must(t, c.s.ConfirmCondition(ctx, by, which, k.EditedAt, "age", "原件"))
		wantKey(t, c.s.ConfirmCondition(ctx, by, which, c.at(by, which).EditedAt, "age", "原件"), "errs.stale")
		if k := c.at(by, which); k.Conditions[0].Status != rulebook.Confirmed || k.Conditions[0].Source != "原件" {
			t.Errorf("%+v", k.Conditions)
		}
		must(t, c.s.Publish(ctx, by, which, c.at(by, which).EditedAt))
		b, _ := c.inForce()
		terms, err := b.At("p", "421202", day.Must("2025-01-01"))
		must(t, err)
		judging, err := terms.Judging(c.s.Products[0].Facts)
		must(t, err)
		j := judging.Judge(condition.Facts{"age": 50})
		if j.Eligible || j.Answer() != rulebook.No || !terms.Conditioned() {
			t.Errorf("%+v", j)
		}
	})
}

// A draft is held against what was decided already: it tells, and the log keeps it.
func TestPastCasesAreTriedBeforePublication(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, officer, "咸宁市")
		which := c.draft(by, "H-1", "2024-01-01")
		must(t, c.s.Rewrite(ctx, by, which, c.at(by, which).EditedAt, text("2024-01-01")))
		if p, err := c.s.TryPast(ctx, by, which); err != nil || p.Total != 0 {
			t.Errorf("%+v %v", p, err)
		}
		c.s.Products[0].Past = func(_ sqldb.Q, most int) (all []rulebook.Case, err error) {
			for age := range min(most, 100) {
				all = append(all, rulebook.Case{Name: "申请", Facts: condition.Facts{"age": age}, Eligible: age <= 50})
			}
			return all, nil
		}
		p, err := c.s.TryPast(ctx, by, which)
		must(t, err)
		if p.Total != 100 || p.Same != 95 || len(p.Differ) != 5 || p.Differ[0].Case.Facts["age"] != 46 {
			t.Errorf("%+v", p)
		}
		must(t, c.s.Publish(ctx, by, which, c.at(by, which).EditedAt))
	})
}

// Where the city asks for four eyes nobody publishes what she wrote last.
func TestFourEyes(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, officer, "咸宁市")
		other := by
		other.User = "other"
		today := day.Of(c.DB.Now(), time.UTC)
		which := c.draft(by, "H-1", "2024-01-01")
		wantKey(t, c.s.SetFourEyes(ctx, by, rulebook.Setting{From: today.AddDays(-1), FourEyes: true}), "rulebook.eyes_from")
		must(t, c.s.SetFourEyes(ctx, by, rulebook.Setting{From: today, FourEyes: true}))
		wantKey(t, c.s.SetFourEyes(ctx, by, rulebook.Setting{From: today}), "rulebook.eyes_from")
		must(t, c.s.SetFourEyes(ctx, by, rulebook.Setting{From: today.AddDays(1)}))
		must(t, c.s.Rewrite(ctx, by, which, c.at(by, which).EditedAt, text("2024-01-01")))
		wantKey(t, c.s.Publish(ctx, by, which, c.at(by, which).EditedAt), "rulebook.four_eyes")
		must(t, c.s.Rewrite(ctx, other, which, c.at(by, which).EditedAt, text("2024-01-01")))
		wantKey(t, c.s.Publish(ctx, other, which, c.at(by, which).EditedAt), "rulebook.four_eyes")
		must(t, c.s.Publish(ctx, by, which, c.at(by, which).EditedAt))
	})
}

func TestEachUseCaseAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.Actor(t, officer, "咸宁市")
		which := c.draft(by, "H-1", "2024-01-01")
		must(t, c.s.Rewrite(ctx, by, which, c.at(by, which).EditedAt, text("2024-01-01")))
		must(t, c.s.SetRate(ctx, by, rulebook.Quote{Series: "LPR", From: day.Must("2024-01-01"), Status: rulebook.Unverified}))
		seen := c.at(by, which).EditedAt
		for name, u := range map[string]struct {
			verb authz.Verb
			do   func(by authz.Actor) error
		}{
			"draw": {rulebook.Edit, func(by authz.Actor) error {
				_, err := c.s.Draw(ctx, by, rulebook.New{Product: "p", Key: "X", From: 1})
				return err
			}},
			"rewrite":       {rulebook.Edit, func(by authz.Actor) error { return c.s.Rewrite(ctx, by, which, seen, text("2024-01-01")) }},
			"publish":       {rulebook.Publish, func(by authz.Actor) error { return c.s.Publish(ctx, by, which, seen) }},
			"end":           {rulebook.End, func(by authz.Actor) error { return c.s.End(ctx, by, which, seen, day.Must("2025-01-01")) }},
			"confirm field": {rulebook.Confirm, func(by authz.Actor) error { return c.s.ConfirmField(ctx, by, which, seen, "limit", 0, "x") }},
			"confirm rate":  {rulebook.Confirm, func(by authz.Actor) error { return c.s.ConfirmRate(ctx, by, "LPR", day.Must("2024-01-01"), "x") }},
			"rate": {rulebook.SetRate, func(by authz.Actor) error {
				return c.s.SetRate(ctx, by, rulebook.Quote{Series: "LPR", From: day.Must("2025-01-01"), Status: rulebook.Unverified})
			}},
			"confirm condition": {rulebook.Confirm, func(by authz.Actor) error { return c.s.ConfirmCondition(ctx, by, which, seen, "age", "x") }},
			"four eyes": {rulebook.FourEyes, func(by authz.Actor) error {
				return c.s.SetFourEyes(ctx, by, rulebook.Setting{From: day.Must("2099-01-01")})
			}},
			"try past": {rulebook.Edit, func(by authz.Actor) error { _, err := c.s.TryPast(ctx, by, which); return err }},
			"take in":  {rulebook.TakeIn, func(by authz.Actor) error { return c.s.TakeIn(ctx, by, nil, nil) }},
			"look":     {rulebook.Read, func(by authz.Actor) error { _, err := c.s.Look(ctx, by); return err }},
			"look at":  {rulebook.Read, func(by authz.Actor) error { _, _, err := c.s.LookAt(ctx, by, which); return err }},
		} {
			without := authz.Role{Key: "without", Verbs: slices.DeleteFunc(slices.Clone(rulebook.Verbs), func(v authz.Verb) bool { return v == u.verb })}
			if err := u.do(c.Actor(t, without, "咸宁市")); errs.KindOf(err) != errs.Denied && errs.KindOf(err) != errs.Absent {
				t.Errorf("%s without its right: %v", name, err)
			}
			below := authz.Role{Key: "below", Verbs: []authz.Verb{u.verb}}
			if err := u.do(c.Actor(t, below, "咸安区")); u.verb != rulebook.Read && err == nil {
				t.Errorf("%s by a county's officer", name)
			}
			twin := c.twin.Actor(t, officer, "咸宁市")
			if err := u.do(twin); err == nil && slices.Contains([]string{"rewrite", "publish", "end", "confirm field", "confirm rate", "confirm condition", "look at", "try past"}, name) {
				t.Errorf("%s from the twin city", name)
			}
		}
		if k := c.at(by, which); k.EditedAt != seen || k.State != rulebook.Draft {
			t.Errorf("%+v", k)
		}
	})
}
