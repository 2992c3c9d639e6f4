package contract_test

import (
	"testing"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
)

// Loans that are older than the register come over with what has happened under them, all or none, and once.
func TestOlderLoansAreTakenOver(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		paper := func(number string) contract.Paper {
			return contract.Paper{
				Number: number, Bank: c.bank.ID, Org: c.Nodes["咸安区甲镇"].ID, Borrower: "周知夏", Kind: policy.Individual, Group: "05", Principal: 20 * wan, Rate: 535 * money.Percent / 100,
				Signed: day.Must("2021-03-01"), From: day.Must("2021-03-03"), To: day.Must("2024-03-03"), Method: schedule.QuarterlyInterest, Basis: 360, Settle: 20, Penalty: 150,
			}
		}
		events := func() []contract.Event {
			return []contract.Event{
				{Kind: contract.Draw, Day: day.Must("2021-03-03"), Amount: 20 * wan},
				{Kind: contract.Repay, Day: day.Must("2021-03-21"), Interest: 53500},
				{Kind: contract.Arrears, Day: day.Must("2024-03-03")},
				{Kind: contract.Compensate, Day: day.Must("2024-07-01"), Amount: 20 * wan},
				{Kind: contract.Recover, Day: day.Must("2024-12-01"), Amount: 5 * wan},
			}
		}
		refused := c.s.Load(ctx, c.Actor(t, clerk, "咸宁市"), []contract.Loaded{{Paper: paper("1"), Events: events()}})
		wantKey(t, refused, "errs.absent")
		early := events()
		early[3].Day = day.Must("2024-03-04")
		wantKey(t, c.s.Load(ctx, c.System(), []contract.Loaded{{Paper: paper("1"), Events: events()}, {Paper: paper("2"), Events: early}}), "lending.compensate_early")
		must(t, c.s.Load(ctx, c.System(), []contract.Loaded{{Paper: paper("1"), Venture: "v", Events: events()}, {Paper: paper("2"), Events: events()[:2]}}))
		wantKey(t, c.s.Load(ctx, c.System(), []contract.Loaded{{Paper: paper("3"), Events: events()[:1]}, {Paper: paper("2"), Events: events()[:1]}}), "lending.load_twice")
		list, err := c.s.List(ctx, c.System(), contract.Filter{}, "")
		must(t, err)
		if len(list.Items) != 2 {
			t.Fatalf("%+v", list.Items)
		}
		for _, x := range list.Items {
			var kept []contract.Event
			must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) (err error) { kept, err = contract.Events(q, x.ID); return err }))
			if x.Version != "HB-2020" || int64(len(kept)) != x.Events || kept[0].By != authz.System(c.City).User {
				t.Errorf("%+v, %+v", x, kept)
			}
			if x.Number == "1" && (x.State != contract.Compensated || x.Balance != 0 || x.Compensated != 20*wan || x.Recovered != 5*wan || !x.OverdueEver) {
				t.Errorf("%+v", x.Contract)
			}
			if x.Number == "2" && (x.State != contract.Open || x.Balance != 20*wan || x.Venture != "") {
				t.Errorf("%+v", x.Contract)
			}
		}
	})
}
