package app

import (
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/money"
	"zhidian/internal/service/startuploan/policy"
	"zhidian/internal/service/startuploan/product"
	"zhidian/internal/service/startuploan/schedule"
	"zhidian/internal/testworld"
)

// offering opens a bank's outlet in a village, with the draft of a product.
func (w *walkWorld) offering(t *testing.T, c *testworld.World, county, village string) {
	t.Helper()
	ctx, by := t.Context(), authz.System(c.City)
	bank, err := w.svc.orgs.Create(ctx, by, org.New{Kind: org.Bank, Name: county + village + "银行", Parent: c.Nodes[county+village].ID})
	if err != nil {
		t.Fatalf("bank: %v", err)
	}
	if _, err := w.svc.offers.Draw(ctx, by, product.Given{
		Bank: bank.ID, Code: "walk", Name: "走查产品", Area: "4212", Kinds: []policy.Kind{policy.Individual}, Least: money.Yuan, Most: 300_000 * money.Yuan, MonthsFrom: 1, MonthsTo: 36,
		Points: 150 * money.BasisPoint, Methods: []schedule.Method{schedule.Annuity}, Basis: 360, Guarantees: []product.Guarantee{"credit"}, Papers: []string{"身份证"}, ApplyAt: "走查网点",
		From: day.Must("2026-01-01"), Source: "走查", Shares: []product.Share{{Bearer: "bank", Share: money.One}},
	}); err != nil {
		t.Fatalf("product: %v", err)
	}
}

// productSubjects names the banks and products of each part of the world.
func (w *walkWorld) productSubjects(t *testing.T) {
	t.Helper()
	for name, column := range map[string]string{"product": "p.id", "bank": "p.bank"} {
		at := func(c *testworld.World, village string) string {
			return w.tables.one(t, "SELECT "+column+" FROM loan_product p JOIN org o ON o.city = p.city AND o.id = p.bank WHERE p.city = ? AND o.parent = ?", c.City, c.Nodes[village].ID.String())
		}
		w.subjects[name] = subject{a: at(w.city, villageA), above: at(w.city, countyA+"乙镇一村"), b: at(w.city, villageB), twin: at(w.twin, villageA), none: noID()}
	}
}

// productWords are the fields of a product on its form, but for its bank's.
var productWords = []string{
	"code", "walk-2", "name", "走查产品", "area", "4212", "kinds", "individual", "least", "1万元", "most", "30万元", "months_from", "1", "months_to", "36", "points", "150", "methods", "annuity",
	"basis", "360", "guarantees", "credit", "share_bank", "100", "papers", "身份证", "apply_at", "走查网点", "from", "2027-01-01", "source", "走查", "_v", "1",
}
