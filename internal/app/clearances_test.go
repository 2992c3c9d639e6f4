package app

import (
	"testing"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/testworld"
)

// A paper that ends soon becomes one task without a name, which is closed when a new result is entered.
func TestAPaperThatEndsBecomesATask(t *testing.T) {
	t.Parallel()
	w := newWalkWorld(t)
	ctx, by := t.Context(), authz.System(w.city.City)
	who := w.city.People[testworld.Canary(w.city.City, countyA, 4)]
	today := day.Of(w.in.db.Now(), w.svc.clear.Zone)
	enter := func(until day.Day) {
		if _, err := w.svc.clear.Enter(ctx, by, clearance.Paper{
			Person: who, Org: w.city.Nodes[villageA].ID, Kind: clearance.Check, Result: clearance.Passed, On: today.AddDays(-20), Until: until, Issuer: "市公安局",
		}); err != nil {
			t.Fatal(err)
		}
	}
	round := func() (all []casework.Matter) {
		for range 2 {
			if err := w.svc.remindClearances(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.in.db.Read(ctx, w.city.City, func(q *sqldb.Rx) (err error) {
			all, err = casework.About(q, clearancePrefix+who.String())
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return all
	}
	enter(today.AddDays(remindBefore + 1))
	if all := round(); len(all) != 0 {
		t.Fatalf("%+v", all)
	}
	enter(today.AddDays(remindBefore))
	all := round()
	if len(all) != 1 || all[0].Kind != casework.Task || all[0].State != casework.Open || all[0].Title != "上岗条件到期：从业查询" {
		t.Fatalf("%+v", all)
	}
	enter(today.AddDays(200))
	if all = round(); len(all) != 1 || all[0].State != casework.Closed {
		t.Errorf("%+v", all)
	}
}
