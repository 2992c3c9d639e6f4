package app

import (
	"testing"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/authz"
	"zhidian/internal/testworld"
)

// matter opens a matter at a county's desk about a village.
func (w *walkWorld) matter(t *testing.T, c *testworld.World, county, village string, i int) {
	t.Helper()
	canary := matterCanary(c.City, i, village)
	_, err := w.svc.cases.Open(t.Context(), authz.System(c.City), casework.New{
		Kind: casework.BlindSpot, Title: "尚无团组织" + canary, Text: "说明" + canary,
		Org: c.Nodes[county+village].ID, Desk: c.Nodes[county].ID, Days: 5,
	})
	if err != nil {
		t.Fatalf("matter: %v", err)
	}
}
