package projectlibrary_test

import (
	"testing"

	"zhidian/internal/domain/rulebook"
	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/projectlibrary"
)

// rules writes a product's rules into the book and puts them in force.
func (c *town) rules() {
	c.t.Helper()
	ctx, by := c.t.Context(), c.System()
	c.s.Rules = &rulebook.Service{DB: c.DB, Products: []rulebook.Product{
		{Key: "loan", Facts: map[string]condition.Kind{"kind": condition.Text, "amount": condition.Int, "staff": condition.Int, "open_loans": condition.Int}},
		{Key: "grant", Facts: map[string]condition.Kind{}},
	}}
	which, err := c.s.Rules.Draw(ctx, by, rulebook.New{Product: "loan", Key: "L-1", Area: "4212", Title: "办法", From: day.Must("2026-01-01"), Source: "公报"})
	must(c.t, err)
	seen := func() int64 {
		k, _, err := c.s.Rules.LookAt(ctx, by, which)
		must(c.t, err)
		return k.EditedAt
	}
	must(c.t, c.s.Rules.Rewrite(ctx, by, which, seen(), rulebook.Text{
		Title: "办法", Source: "公报", From: day.Must("2026-01-01"), Fields: []rulebook.Field{{Name: "limit", Value: "300000.00", Source: "第三条", Status: rulebook.Stated}},
		Conditions: []rulebook.Condition{
			{Rule: condition.Rule{Key: "kind", Text: "个体工商户", Expr: `kind == "individual"`}, Source: "第二条", Status: rulebook.Stated},
			{Rule: condition.Rule{Key: "limit", Text: "不超过限额", Expr: "amount <= limit"}, Source: "第三条", Status: rulebook.Stated},
		},
		Cases: []rulebook.Case{
			{Name: "合格", Facts: condition.Facts{"kind": "individual", "amount": 1}, Eligible: true},
			{Name: "太多", Facts: condition.Facts{"kind": "firm", "amount": 30_000_001}},
		},
	}))
	must(c.t, c.s.Rules.Publish(ctx, by, which, seen()))
}

// What a rule says would have to change is changed, exactly that, and then the venture is eligible.
func TestWhatStandsInTheWayIsAllThatStandsInTheWay(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.rules()
		which, need := c.venture()
		match := func() projectlibrary.Matched {
			_, all, err := c.s.Match(ctx, c.System(), which)
			must(t, err)
			if len(all) != 2 || all[1].None == nil { // nothing is in force for the grant
				t.Fatalf("%+v", all)
			}
			return all[0]
		}
		if m := match(); !m.Result.Eligible || m.Version != "L-1" || m.Result.Rules[1].Used[0].Value != 8_000_000 || m.Result.Rules[1].Used[1].Version != "L-1" {
			t.Fatalf("%+v", m)
		}
		must(t, c.s.Ventures.DropNeed(ctx, c.founder(), need))
		if m := match(); m.Result.Eligible || m.Result.Answer() != rulebook.Untold || m.Result.Rules[1].Missing[0] != "amount" {
			t.Errorf("an amount that nobody told: %+v", m)
		}
		v := c.look(which)
		g := venture.Given{Facts: v.Facts, Org: v.Org}
		g.Entity = "firm"
		must(t, c.s.Ventures.Edit(ctx, c.System(), which, v.EditedAt, g))
		must(t, c.s.Ventures.AddNeed(ctx, c.System(), venture.Need{Venture: which, Kind: "money", Text: "扩产", Amount: 500_000_00}))
		m := match()
		if m.Result.Eligible || m.Result.Answer() != rulebook.No || len(m.Result.Rules[0].Changes) != 1 || len(m.Result.Rules[1].Changes) != 1 {
			t.Fatalf("%+v", m)
		}
		g.Entity, _ = m.Result.Rules[0].Changes[0].To.(string)
		amount, _ := m.Result.Rules[1].Changes[0].To.(int)
		v = c.look(which)
		must(t, c.s.Ventures.Edit(ctx, c.System(), which, v.EditedAt, g))
		must(t, c.s.Ventures.DropNeed(ctx, c.System(), v.Needs[0].ID))
		must(t, c.s.Ventures.AddNeed(ctx, c.System(), venture.Need{Venture: which, Kind: "money", Text: "扩产", Amount: money.Fen(amount)}))
		if m := match(); !m.Result.Eligible {
			t.Errorf("after exactly that was changed: %+v", m)
		}
		_, _, err := c.s.Match(ctx, c.Actor(t, clerk, "嘉鱼县"), which)
		wantKey(t, err, "errs.absent")
		_, _, err = c.s.Match(ctx, c.Actor(t, authz.Role{Key: "lesser", Verbs: projectlibrary.Verbs}, "咸安区"), which)
		wantKey(t, err, "errs.denied")
	})
}
