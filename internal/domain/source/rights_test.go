package source_test

import (
	"slices"
	"testing"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// Naming a source and taking in its file are rights of their own: who holds all others is refused, and a neighbour finds
// nothing there.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		w, ctx := newWorld(t, db, db), t.Context()
		who := func(at authz.Path, but authz.Verb) authz.Actor {
			verbs := slices.DeleteFunc(slices.Clone(source.Verbs), func(v authz.Verb) bool { return v == but })
			return authz.Actor{City: city, User: "u", Grants: []authz.Held{{Role: authz.Role{Key: "lesser", Verbs: verbs}, At: at}}}
		}
		for name, c := range map[string]struct {
			verb authz.Verb
			do   func(by authz.Actor) error
		}{
			"register": {source.Register, func(by authz.Actor) error {
				_, err := w.both[0].Register(ctx, by, "1/A/", source.Source{Kind: "members", Name: "另一来源", Fineness: source.Village})
				return err
			}},
			"open": {source.Receive, func(by authz.Actor) error {
				_, err := w.both[0].Open(ctx, by, "1/A/", w.of, "hash", "团员.csv", day.Must("2026-06-30"))
				return err
			}},
		} {
			if err := c.do(who("1/", c.verb)); errs.KindOf(err) != errs.Denied || err == nil {
				t.Errorf("%s without %s: %v", name, c.verb.Key, err)
			}
			if err := c.do(who("1/B/", authz.Verb{})); errs.KindOf(err) != errs.Absent || err == nil {
				t.Errorf("%s by the neighbour: %v", name, err)
			}
		}
		if err := db.Read(ctx, city, func(q *sqldb.Rx) error {
			sources, err := source.All(q)
			files, err2 := source.Deliveries(q, "", 10)
			if err != nil || err2 != nil || len(sources) != 1 || len(files) != 0 {
				t.Errorf("%d sources and %d deliveries: %v %v", len(sources), len(files), err, err2)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}
