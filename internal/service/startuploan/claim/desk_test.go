package claim_test

import (
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/service/startuploan"
	"zhidian/internal/service/startuploan/claim"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// A batch that is filed goes to the desks that the county has named, beside the bank and not above it. They see it from then on, and do
// what is theirs and nothing else.
func TestABatchGoesToTheDesksOfTheCounty(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.quarter()
		orgs := &org.Service{DB: c.DB, Serials: c.Serials}
		office := func(name string) org.Node {
			n, err := orgs.Create(ctx, c.System(), org.New{Kind: org.Department, Name: name, Parent: c.Nodes["咸安区"].ID})
			must(t, err)
			return n
		}
		hr, finance := office("咸安区人社局"), office("咸安区财政局")
		way := startuploan.Usual
		way.County, way.From, way.Source, way.Stops = c.Nodes["咸安区"].ID, day.Must("2025-07-01"), "纪要", append([]startuploan.Stop(nil), way.Stops...)
		for i := range way.Stops {
			switch way.Stops[i].Desk {
			case startuploan.HR:
				way.Stops[i].Org = hr.ID
			case startuploan.Finance:
				way.Stops[i].Org = finance.ID
			}
		}
		must(t, (&startuploan.Service{DB: c.DB, Zone: zone}).PutWay(ctx, c.System(), way))

		as := func(name string, at org.Node, verbs []authz.Verb) authz.Actor {
			return authz.Actor{City: c.City, User: name, Grants: []authz.Held{{Role: authz.Role{Key: name, Verbs: verbs}, At: at.Path}}}
		}
		bank, reviewer, payer := as("bank", c.bank, claim.AtBank), as("reviewer", hr, claim.AtReviewer), as("payer", finance, claim.AtFinance)
		do := func(by authz.Actor, which claim.ID, v authz.Verb, w claim.Word) error {
			return c.s.Do(ctx, by, which, c.look(which).EditedAt, v, w)
		}
		listed := func(by authz.Actor) int {
			all, err := c.s.List(ctx, by, claim.Filter{}, "")
			must(t, err)
			return len(all.Items)
		}
		which, err := c.s.Make(ctx, bank, c.bank.ID, day.Must("2025-06-21"))
		must(t, err)
		_, err = c.s.Look(ctx, reviewer, which, "")
		wantKey(t, err, "errs.absent") // a draft is the bank's
		wantKey(t, do(reviewer, which, claim.File, claim.Word{}), "errs.absent")
		if n := listed(reviewer); n != 0 {
			t.Errorf("%d drafts are listed at the reviewer's", n)
		}
		must(t, do(bank, which, claim.File, claim.Word{}))
		p, err := c.s.Look(ctx, reviewer, which, "")
		must(t, err)
		if p.DeskName != hr.Name || len(p.Moves) != 2 || !p.May[claim.Take] || p.May[claim.File] || listed(reviewer) != 1 || listed(payer) != 1 {
			t.Errorf("%s %v %v", p.DeskName, p.Moves, p.May)
		}
		for by, verbs := range map[*authz.Actor][]authz.Verb{
			&bank:     {claim.Review, claim.Approve, claim.Return, claim.Pay},
			&reviewer: {claim.File, claim.Withdraw, claim.Approve, claim.Pay, claim.Arrive},
			&payer:    {claim.File, claim.Review, claim.Return, claim.Arrive}, // it is not its turn to send back
		} {
			for _, v := range verbs {
				wantKey(t, do(*by, which, v, claim.Word{Note: "试"}), "errs.denied")
			}
		}
		other := as("elsewhere", office("咸安区教育局"), claim.Verbs)
		wantKey(t, do(other, which, claim.Review, claim.Word{}), "errs.absent")
		must(t, do(reviewer, which, claim.Review, claim.Word{}))
		wantKey(t, do(reviewer, which, claim.Return, claim.Word{Note: "晚了"}), "errs.denied")
		must(t, do(payer, which, claim.Return, claim.Word{Note: "缺表"}))
		must(t, do(bank, which, claim.File, claim.Word{}))
		must(t, do(reviewer, which, claim.Review, claim.Word{}))
		must(t, do(payer, which, claim.Approve, claim.Word{}))
		must(t, do(payer, which, claim.Pay, claim.Word{On: day.Must("2025-07-01"), Ref: "P1"}))
		must(t, do(bank, which, claim.Arrive, claim.Word{On: day.Must("2025-07-01"), Ref: "A1"}))
		if p := c.look(which); p.DeskName != "" || p.Reviewer != hr.ID || p.Finance != finance.ID {
			t.Errorf("%+v", p.Row)
		}
		if _, _, err := c.s.Pack(ctx, payer, which); err != nil {
			t.Error(err)
		}
	})
}

// Interest that was not paid on time is left out unless the city subsidises it all the same. What a batch was worked out by stays with it.
func TestInterestPaidLate(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		paid := c.loan("J001", policy.Individual, 30*wan, "2024-01-15", 36, schedule.QuarterlyInterest)
		unpaid := c.loan("J002", policy.Individual, 30*wan, "2024-01-15", 36, schedule.QuarterlyInterest)
		c.enter(paid, contract.Event{Kind: contract.Repay, Day: day.Must("2025-06-21"), Interest: 3_411_67})
		for _, x := range []contract.ID{paid, unpaid} { // of the first some principal is overdue
			c.enter(x, contract.Event{Kind: contract.Arrears, Day: day.Must("2025-06-21")})
		}
		excluded := func(which claim.ID) (days map[string]int, reason string) {
			days = map[string]int{}
			for _, l := range c.look(which).Lines.Items {
				days[l.Loan] = l.Excluded
				reason += l.Reason
			}
			return days, reason
		}
		which := c.make("2025-06-21")
		if days, reason := excluded(which); days["J001"] != 0 || days["J002"] != 92 || reason != "unpaid" {
			t.Errorf("%v %s", days, reason)
		}
		if r := c.audited(which); !r.OK() {
			t.Errorf("%+v", r)
		}
		c.filed(which)
		own := contract.DeliveredTerms
		own.From, own.Source, own.Unpaid = day.Must("2025-07-01"), "市里通知", true
		must(t, c.loans.SetTerms(ctx, c.System(), own))
		if r := c.audited(which); !r.OK() { // as it was worked out
			t.Errorf("%+v", r)
		}
		fix, err := c.s.Correct(ctx, c.System(), which)
		must(t, err)
		if days, _ := excluded(fix); len(days) != 1 || days["J002"] != 0 && days["J002"] != 92 {
			t.Errorf("%v", days)
		}
		if p := c.look(fix); p.Subsidy <= 0 || !p.Unpaid {
			t.Errorf("%+v", p.Batch)
		}
		if r := c.audited(fix); !r.OK() {
			t.Errorf("%+v", r)
		}
	})
}
