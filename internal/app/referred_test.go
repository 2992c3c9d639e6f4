package app

import (
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

// Whoever a matter is about or lies with, whoever has an account or holds a role somewhere, is referred to; the twin's are not.
func TestReferredNamesWhomOthersMean(t *testing.T) {
	t.Parallel()
	sqldbtest.Each(t, func(t *testing.T, db *sqldb.DB) {
		keys := seal.Ephemeral("zhidian/test")
		city, twin := testworld.BuildUnder(t, db, keys)
		for _, c := range []*testworld.World{city, twin} {
			cases := casework.Service{DB: db, Serials: c.Serials, Zone: time.UTC}
			who := c.People[testworld.Canary(c.City, "咸安区", 3)]
			_, err := cases.Open(t.Context(), c.System(), casework.New{
				Kind: casework.BlindSpot, Title: "尚无团组织", Subject: who.String(), Org: c.Nodes["咸安区砖茶厂"].ID, Desk: c.Nodes["咸安区甲镇"].ID, Days: 5,
			})
			if err != nil {
				t.Fatal(err)
			}
			accounts := account.Service{DB: db, Keys: keys, Roles: Roles()}
			if _, _, err = accounts.CreateFirst(t.Context(), c.City, account.First{
				Newcomer: account.Newcomer{Login: "keeper", Name: "某", Desk: c.Nodes["嘉鱼县"].ID}, Role: "reader", Org: c.Nodes["嘉鱼县甲镇"].ID,
			}); err != nil {
				t.Fatal(err)
			}
		}
		var people []person.ID
		var units []org.ID
		err := db.Read(t.Context(), city.City, func(q *sqldb.Rx) (err error) {
			people, units, err = referred(q)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(people, city.People[testworld.Canary(city.City, "咸安区", 3)]) {
			t.Errorf("the matter's person is not among %v", people)
		}
		for _, name := range []string{"咸安区砖茶厂", "咸安区甲镇", "嘉鱼县", "嘉鱼县甲镇"} {
			if !slices.Contains(units, city.Nodes[name].ID) || slices.Contains(units, twin.Nodes[name].ID) {
				t.Errorf("%s: the city's must be named, the twin's not", name)
			}
		}
		if slices.Contains(units, city.Nodes["嘉鱼县乙镇"].ID) {
			t.Error("nobody refers to 嘉鱼县乙镇")
		}
	})
}
