package app

import (
	"testing"

	"zhidian/internal/platform/authz"
	"zhidian/internal/testworld"
)

// account gives the account behind a walker.
func (w *walkWorld) account(v walker, at *testworld.World) string {
	return "u-" + v.role.Key + at.Nodes[v.at].ID.String()
}

// furnish puts into both cities what pages show besides people and organisations, and names the subjects of the walk.
func (w *walkWorld) furnish(t *testing.T) {
	t.Helper()
	node := func(at *testworld.World, name string) string { return at.Nodes[name].ID.String() }
	who := func(at *testworld.World, county string, k int) string {
		return at.People[testworld.Canary(at.City, county, k)].String()
	}
	w.subjects = map[string]subject{
		"org": {
			a: node(w.city, villageA), above: node(w.city, countyA), b: node(w.city, villageB),
			twin: node(w.twin, villageA), none: noID(),
		},
		"person": {
			a: who(w.city, countyA, 0), above: who(w.city, countyA, 2), b: who(w.city, countyB, 0),
			twin: who(w.twin, countyA, 0), none: noID(),
		},
	}
	_ = authz.Open
}
