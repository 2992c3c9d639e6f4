package app

import (
	"fmt"
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

// loanSubjects names what loans there are in each part of the world.
func (w *walkWorld) loanSubjects(t *testing.T) {
	t.Helper()
	for name, query := range map[string]string{
		"loan": "SELECT id FROM loan_contract WHERE city = ? AND org = ?",
	} {
		at := func(c *testworld.World, village string) string {
			return w.tables.one(t, query, c.City, c.Nodes[village].ID.String())
		}
		w.subjects[name] = subject{a: at(w.city, villageA), above: at(w.city, countyA+"乙镇一村"), b: at(w.city, villageB), twin: at(w.twin, villageA), none: noID()}
	}
}

// loan is lent by a bank of the county to somebody in a village, whose name is a canary.
func (w *walkWorld) loan(t *testing.T, c *testworld.World, county, village string, i int) {
	t.Helper()
	ctx, by := t.Context(), authz.System(c.City)
	bank, err := w.svc.orgs.Create(ctx, by, org.New{Kind: org.Bank, Name: "走查银行", Parent: c.Nodes[county].ID})
	if err != nil {
		t.Fatal(err)
	}
	from := day.Must("2025-01-15")
	made, err := w.svc.lending.Loans.Sign(ctx, by, contract.New{Paper: contract.Paper{
		Number: "走" + village, Bank: bank.ID, Org: c.Nodes[county+village].ID, Borrower: loanCanary(c.City, i, village), Kind: policy.Individual, Group: "04",
		Principal: 100_000 * money.Yuan, Rate: 40_000, Signed: from, From: from, To: from.AddMonths(36), Method: schedule.QuarterlyInterest, Count: schedule.Actual, Basis: 360, Penalty: 150,
	}})
	if err == nil {
		var p contract.Page
		if p, err = w.svc.lending.Loans.Look(ctx, by, made); err == nil {
			err = w.svc.lending.Loans.Enter(ctx, by, made, p.EditedAt, contract.Event{Kind: contract.Draw, Day: from, Amount: 100_000 * money.Yuan})
		}
	}
	if err != nil {
		t.Fatalf("loan: %v %v", err, errs.ProblemsOf(err))
	}
}

// loanCanary is the name of a village's borrower.
func loanCanary(city string, county int, village string) string {
	return fmt.Sprintf("鹳%s%d%s鹳", city, county, village)
}
