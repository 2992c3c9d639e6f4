package testworld_test

import (
	"testing"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

func TestTheTwinIsEqualAndApart(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		city, twin := testworld.Build(t, db)
		if len(city.Nodes) != len(twin.Nodes) || len(city.People) != len(twin.People) || len(city.People) != 24 {
			t.Fatalf("%d and %d nodes, %d and %d people", len(city.Nodes), len(twin.Nodes), len(city.People), len(twin.People))
		}
		for _, w := range []*testworld.World{city, twin} {
			var seen int
			err := db.Read(t.Context(), w.City, func(q *sqldb.Rx) error {
				all, err := org.Subtree(q, authz.Scope{All: true})
				seen = len(all)
				return err
			})
			if err != nil || seen != len(w.Nodes) {
				t.Fatalf("%s: %d organisations of %d, %v", w.City, seen, len(w.Nodes), err)
			}
		}
	})
}
