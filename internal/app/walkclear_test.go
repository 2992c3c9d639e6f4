package app

import (
	"testing"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/testworld"
)

// clearedIn is which of a county's people has a paper in each village.
var clearedIn = map[string]int{mattersIn[0]: 0, mattersIn[1]: 2}

// cleared gives somebody of a village a paper that holds.
func (w *walkWorld) cleared(t *testing.T, c *testworld.World, county, village string, _ int) {
	t.Helper()
	_, err := w.svc.clear.Enter(t.Context(), authz.System(c.City), clearance.Paper{
		Person: c.People[testworld.Canary(c.City, county, clearedIn[village])], Org: c.Nodes[county+village].ID, Kind: clearance.Check, Result: clearance.Passed,
		On: day.Must("2026-01-01"), Until: day.Must("2027-12-31"), Issuer: "走查公安局",
	})
	if err != nil {
		t.Fatalf("clearance: %v", err)
	}
}

// clearSubjects names the adults with papers in each part of the world, and a paper of each.
func (w *walkWorld) clearSubjects(t *testing.T) {
	t.Helper()
	for name, column := range map[string]string{"cleared": "person", "paper": "id"} {
		at := func(c *testworld.World, village string) string {
			return w.tables.one(t, "SELECT "+column+" FROM clearance WHERE city = ? AND org = ?", c.City, c.Nodes[village].ID.String())
		}
		w.subjects[name] = subject{a: at(w.city, villageA), above: at(w.city, countyA+"乙镇一村"), b: at(w.city, villageB), twin: at(w.twin, villageA), none: noID()}
	}
}

// clearRule lets a check be all that a city asks of adults.
func (w *walkWorld) clearRule(t *testing.T, c *testworld.World) {
	t.Helper()
	if err := w.svc.clear.SetRule(t.Context(), authz.System(c.City), clearance.Rule{Kind: clearance.Check, From: day.Must("2020-01-01"), Needed: true, Source: "走查"}); err != nil {
		t.Fatalf("clearance: %v", err)
	}
}
