package product_test

import (
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

var (
	officer = authz.Role{Key: "officer", Verbs: product.Verbs}
	teller  = authz.Role{Key: "teller", Verbs: []authz.Verb{product.Read, product.Edit}}
	today   = day.Must("2026-11-26")
)

// town is the small city with two banks, and its twin.
type town struct {
	*testworld.World
	t     testing.TB
	s     *product.Service
	twin  *testworld.World
	banks [2]org.Node // of two counties
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, sqldb.Options{Clock: func() time.Time { return today.Start(time.UTC).Add(12 * time.Hour) }})
			c := &town{t: t, s: &product.Service{DB: db, Zone: time.UTC}}
			c.World, c.twin = testworld.Build(t, db)
			for i, county := range testworld.Counties[:2] {
				var err error
				c.banks[i], err = (&org.Service{DB: db, Serials: c.Serials}).Create(t.Context(), c.System(), org.New{Kind: org.Bank, Name: county + "农商行", Parent: c.Nodes[county].ID})
				must(t, err)
			}
			test(t, c)
		})
	}
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

func given(bank org.Node) product.Given {
	return product.Given{
		Bank: bank.ID, Code: "QCD", Name: "青创贷", NameEn: "Youth start-up loan", Area: "4212", Kinds: []policy.Kind{policy.Individual, policy.Partnership},
		Least: 10_000 * money.Yuan, Most: 300_000 * money.Yuan, MonthsFrom: 6, MonthsTo: 36, Points: 150 * money.BasisPoint,
		Methods: []schedule.Method{schedule.QuarterlyInterest, schedule.Annuity}, Basis: 360, Settle: 20, Guarantees: []product.Guarantee{"company", "person"},
		Papers: []string{"身份证", " ", "营业执照"}, ApplyAt: "城区支行", From: day.Must("2026-01-01"), Source: "合作协议第三条",
		Shares: []product.Share{{Bearer: "reguarantee", Share: 40 * money.Percent}, {Bearer: "guarantor", Share: 30 * money.Percent}, {Bearer: "bank", Share: 20 * money.Percent}, {Bearer: "government", Share: 10 * money.Percent}},
	}
}

func (c *town) draw(by authz.Actor, g product.Given) product.ID {
	c.t.Helper()
	which, err := c.s.Draw(c.t.Context(), by, g)
	must(c.t, err)
	return which
}

func (c *town) seen(which product.ID) int64 { return c.look(which).EditedAt }

func (c *town) look(which product.ID) product.Shown {
	c.t.Helper()
	p, err := c.s.Look(c.t.Context(), c.System(), which)
	must(c.t, err)
	return p
}

func (c *town) publish(which product.ID) error {
	return c.s.Publish(c.t.Context(), c.System(), which, c.seen(which))
}

func (c *town) on(d string, area string) (all []product.Product) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) (err error) {
		all, err = product.On(q, day.Must(d), area)
		return err
	}))
	return all
}

// review enters what was found of a bank, under criteria that are set for it.
func (c *town) review(bank org.Node, kind product.ReviewKind, on, until string, passed bool) error {
	v := product.Review{Bank: bank.ID, Kind: kind, On: day.Must(on), Passed: passed, Reviewer: "联席会议", Findings: []product.Finding{{Item: "有专人", Met: true}, {Item: "有网点", Met: passed}}}
	if until != "" {
		v.Until = day.Must(until)
	}
	if !passed {
		v.Note = "网点不足"
	}
	return c.s.ReviewABank(c.t.Context(), c.System(), v)
}

// criteria sets what reviews look at. They hold from today on, and so do the reviews of these tests.
func (c *town) criteria() {
	c.t.Helper()
	for _, kind := range product.ReviewKinds {
		must(c.t, c.s.SetReviewCriteria(c.t.Context(), c.System(), product.Criteria{Kind: kind, From: today, Items: []string{"有专人", "有网点"}, Source: "会议纪要"}))
	}
}

func TestABankThatWasNotLetInOffersNothing(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		which := c.draw(c.System(), given(c.banks[0]))
		wantKey(t, c.publish(which), "loanproduct.not_in")
		wantKey(t, c.review(c.banks[0], product.Entry, "2026-11-26", "2027-11-25", true), "loanproduct.no_criteria")
		c.criteria()
		wantKey(t, c.review(c.banks[0], product.Exit, "2026-11-26", "2027-11-25", true), "loanproduct.exit_of_none")
		wantKey(t, c.review(c.banks[0], product.Entry, "2026-11-27", "2027-11-25", true), "loanproduct.review_day")
		wantKey(t, c.review(c.banks[0], product.Entry, "2026-11-26", "", true), "loanproduct.review_until")
		must(t, c.review(c.banks[0], product.Entry, "2026-11-26", "2027-11-25", true))
		if len(c.on("2026-11-26", "421202")) != 0 {
			t.Error("a draft is offered")
		}
		must(t, c.publish(which))
		for day, want := range map[string]int{"2026-11-25": 0, "2026-11-26": 1, "2027-11-25": 1, "2027-11-26": 0} {
			if got := c.on(day, "421202"); len(got) != want || want == 1 && len(got[0].Shares) != 4 {
				t.Errorf("%s: %+v", day, got)
			}
		}
		if got := c.on("2026-11-26", "421102"); len(got) != 0 {
			t.Errorf("in another city: %+v", got)
		}
		must(t, c.review(c.banks[0], product.Exit, "2026-11-26", "", false))
		if got := c.on("2026-11-26", "421202"); len(got) != 0 {
			t.Errorf("after it went out: %+v", got)
		}
		panel, err := c.s.LookBanks(t.Context(), c.System())
		must(t, err)
		one, err := panel.Bank(c.banks[0].ID)
		must(t, err)
		if one.In || one.Products != 1 || len(one.Reviews) != 2 || len(one.Reviews[1].Findings) != 2 || one.Reviews[0].Passed {
			t.Errorf("%+v", one)
		}
		must(t, c.review(c.banks[0], product.Entry, "2026-11-26", "2028-01-01", true))
		if got := c.on("2027-11-26", "421202"); len(got) != 1 {
			t.Errorf("after it came in again: %+v", got)
		}
	})
}

func TestAnEditionFromDraftToItsLastDay(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.System()
		c.criteria()
		must(t, c.review(c.banks[0], product.Entry, "2026-11-26", "2028-11-25", true))
		g := given(c.banks[0])
		g.Source = ""
		which := c.draw(by, g)
		if p := c.look(which); p.Status != rulebook.Unverified || !slices.Equal(p.Papers, []string{"身份证", "营业执照"}) || p.Offered() {
			t.Errorf("%+v", p)
		}
		wantKey(t, c.publish(which), "loanproduct.no_source")
		wantKey(t, c.s.End(ctx, by, which, c.seen(which), today), "loanproduct.not_published")
		g = given(c.banks[0])
		wantKey(t, c.s.Rewrite(ctx, by, which, c.seen(which)+1, g), "errs.stale")
		must(t, c.s.Rewrite(ctx, by, which, c.seen(which), g))
		must(t, c.publish(which))
		p := c.look(which)
		if !p.Offered() || p.Status != rulebook.Stated || p.Rate(30_000) != 45_000 || p.Methods[1] != schedule.Annuity || p.Guarantees[0] != "company" || p.Shares[0].Share != 40*money.Percent {
			t.Errorf("%+v", p)
		}
		wantKey(t, c.s.Rewrite(ctx, by, which, c.seen(which), g), "loanproduct.published")
		wantKey(t, c.s.Drop(ctx, by, which, c.seen(which)), "loanproduct.published")
		wantKey(t, c.publish(which), "loanproduct.published")
		wantKey(t, c.s.ConfirmSource(ctx, by, which, c.seen(which), ""), "field.required")
		must(t, c.s.ConfirmSource(ctx, by, which, c.seen(which), "协议原件"))
		wantKey(t, c.s.ConfirmSource(ctx, by, which, c.seen(which), "协议原件"), "loanproduct.confirmed_already")

		next := given(c.banks[0])
		next.From, next.Most = day.Must("2027-01-01"), 200_000*money.Yuan
		second := c.draw(by, next)
		wantKey(t, c.publish(second), "loanproduct.overlap")
		wantKey(t, c.s.End(ctx, by, which, c.seen(which), today.AddDays(-1)), "loanproduct.end")
		must(t, c.s.End(ctx, by, which, c.seen(which), day.Must("2026-12-31")))
		wantKey(t, c.s.End(ctx, by, which, c.seen(which), day.Must("2027-01-01")), "loanproduct.end")
		must(t, c.publish(second))
		if got := c.on("2026-12-31", "421221"); len(got) != 1 || got[0].ID != which {
			t.Errorf("%+v", got)
		}
		if got := c.on("2027-01-01", "421221"); len(got) != 1 || got[0].ID != second || got[0].Status != rulebook.Stated {
			t.Errorf("%+v", got)
		}
		third := c.draw(by, next)
		must(t, c.s.Drop(ctx, by, third, c.seen(third)))
		_, err := c.s.Look(ctx, by, third)
		wantKey(t, err, "errs.absent")
	})
}

// TestRacingEditions lets officers publish overlapping editions of one product at once: one is in force.
func TestRacingEditions(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.criteria()
		must(t, c.review(c.banks[0], product.Entry, "2026-11-26", "2028-11-25", true))
		all, seen := make([]product.ID, 4), make([]int64, 4)
		for i := range all {
			all[i] = c.draw(c.System(), given(c.banks[0]))
			seen[i] = c.seen(all[i])
		}
		faults := sqldbtest.Race(len(all), func(i int) error { return c.s.Publish(t.Context(), c.System(), all[i], seen[i]) })
		for _, err := range faults {
			if err != nil && errs.KeyOf(err) != "loanproduct.overlap" {
				t.Error(err)
			}
		}
		if got := c.on("2026-11-26", "421202"); sqldbtest.Won(faults) != 1 || len(got) != 1 {
			t.Errorf("%v %d", faults, len(got))
		}
	})
}

func TestWhatCannotBeOffered(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		for key, spoil := range map[string]func(g *product.Given){
			"loanproduct.area":       func(g *product.Given) { g.Area = "咸宁" },
			"field.choice":           func(g *product.Given) { g.Kinds = []policy.Kind{"bank"} },
			"loanproduct.most_below": func(g *product.Given) { g.Most = g.Least - 1 },
			"loanproduct.amount":     func(g *product.Given) { g.Least = -1 },
			"loanproduct.months":     func(g *product.Given) { g.MonthsTo = 5 },
			"field.range":            func(g *product.Given) { g.Settle = 31 },
			"loanproduct.points":     func(g *product.Given) { g.Points = 11 * money.Percent },
			"loanproduct.papers":     func(g *product.Given) { g.Papers = []string{" "} },
			"loanproduct.papers_en":  func(g *product.Given) { g.PapersEn = []string{"ID"} },
			"loanproduct.until":      func(g *product.Given) { g.Until = g.From - 1 },
			"loanproduct.shares":     func(g *product.Given) { g.Shares = g.Shares[:3] },
			"loanproduct.share":      func(g *product.Given) { g.Shares[1] = g.Shares[0] },
			"field.required":         func(g *product.Given) { g.Name = "" },
			"loanproduct.no_bank":    func(g *product.Given) { g.Bank = c.Nodes["咸安区"].ID },
		} {
			g := given(c.banks[0])
			spoil(&g)
			_, err := c.s.Draw(t.Context(), c.System(), g)
			wantKey(t, err, key)
		}
		g := given(c.banks[0])
		g.Kinds = []policy.Kind{policy.Firm, policy.Firm}
		_, err := c.s.Draw(t.Context(), c.System(), g)
		wantKey(t, err, "field.choice")
	})
}

func TestEachUseCaseAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.criteria()
		must(t, c.review(c.banks[0], product.Entry, "2026-11-26", "2027-11-25", true))
		which := c.draw(c.System(), given(c.banks[0]))
		seen := c.seen(which)
		for name, u := range map[string]struct {
			verb authz.Verb
			top  bool // for the whole city only
			do   func(by authz.Actor) error
		}{
			"draw":     {product.Edit, false, func(by authz.Actor) error { _, err := c.s.Draw(ctx, by, given(c.banks[0])); return err }},
			"rewrite":  {product.Edit, false, func(by authz.Actor) error { return c.s.Rewrite(ctx, by, which, seen, given(c.banks[0])) }},
			"drop":     {product.Edit, false, func(by authz.Actor) error { return c.s.Drop(ctx, by, which, seen) }},
			"publish":  {product.Publish, false, func(by authz.Actor) error { return c.s.Publish(ctx, by, which, seen) }},
			"confirm":  {product.Confirm, false, func(by authz.Actor) error { return c.s.ConfirmSource(ctx, by, which, seen, "x") }},
			"end":      {product.End, false, func(by authz.Actor) error { return c.s.End(ctx, by, which, seen, today) }},
			"look":     {product.Read, false, func(by authz.Actor) error { _, err := c.s.Look(ctx, by, which); return err }},
			"list":     {product.Read, true, func(by authz.Actor) error { _, err := c.s.List(ctx, by); return err }},
			"banks":    {product.Read, true, func(by authz.Actor) error { _, err := c.s.LookBanks(ctx, by); return err }},
			"review":   {product.ReviewBank, true, func(by authz.Actor) error { return c.s.ReviewABank(ctx, by, product.Review{Bank: c.banks[0].ID}) }},
			"criteria": {product.SetCriteria, true, func(by authz.Actor) error { return c.s.SetReviewCriteria(ctx, by, product.Criteria{}) }},
		} {
			without := authz.Role{Key: "without", Verbs: slices.DeleteFunc(slices.Clone(product.Verbs), func(v authz.Verb) bool { return v == u.verb })}
			if err := u.do(c.Actor(t, without, "咸宁市")); !authz.Refused(err) {
				t.Errorf("%s without its right: %v", name, err)
			}
			if u.top {
				continue
			}
			if err := u.do(c.Actor(t, officer, "嘉鱼县")); !authz.Refused(err) {
				t.Errorf("%s from the county beside: %v", name, err)
			}
			if err := u.do(c.twin.Actor(t, officer, "咸宁市")); errs.KindOf(err) != errs.Absent {
				t.Errorf("%s from the twin city: %v", name, err)
			}
		}
		for name, do := range map[string]func(by authz.Actor) error{
			"review":   func(by authz.Actor) error { return c.s.ReviewABank(ctx, by, product.Review{Bank: c.banks[0].ID}) },
			"criteria": func(by authz.Actor) error { return c.s.SetReviewCriteria(ctx, by, product.Criteria{}) },
		} {
			if err := do(c.Actor(t, officer, "咸安区")); !authz.Refused(err) {
				t.Errorf("%s by a county's officer: %v", name, err)
			}
		}
		if p := c.look(which); p.EditedAt != seen || p.State != product.Draft {
			t.Errorf("%+v", p)
		}
		// a bank's own people write its drafts, see nobody else's, and publish none
		c.draw(c.System(), given(c.banks[1]))
		at := authz.Actor{City: c.City, User: "teller", Grants: []authz.Held{{Role: teller, At: c.banks[0].Path}}}
		all, err := c.s.List(ctx, at)
		must(t, err)
		if len(all) != 1 || all[0].ID != which {
			t.Errorf("%+v", all)
		}
		must(t, c.s.Rewrite(ctx, at, which, seen, given(c.banks[0])))
		if err := c.s.Publish(ctx, at, which, c.seen(which)); !authz.Refused(err) {
			t.Error(err)
		}
		banks, err := c.s.Banks(ctx, at, product.Edit)
		must(t, err)
		if len(banks) != 1 || banks[0].ID != c.banks[0].ID {
			t.Errorf("%+v", banks)
		}
		offers, err := c.s.Offers(ctx, c.City, "421202")
		if err != nil || len(offers) != 0 {
			t.Errorf("%+v %v", offers, err)
		}
	})
}
