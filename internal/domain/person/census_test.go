package person_test

import (
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/testworld"
)

// A census names every paper that somebody of the city holds, and none that only the twin city's people hold; nobody has asked
// yet who asks without one.
func TestCensus(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		c.add(person.New{Home: c.home("咸安区甲镇一村团支部"), Name: "单于欣", Papers: []person.Paper{
			{Kind: person.ResidentID, Number: "421202199901010009"}, {Kind: person.LeagueNumber, Number: "201800000001"},
		}})
		var census person.Census
		if !census.MayHold(c.Keys, person.Passport, "E00000000") {
			t.Error("without a census somebody is told not to hold a paper")
		}
		c.read(c.City, func(q *sqldb.Rx) (err error) {
			census, err = person.TakeCensus(q)
			return err
		})
		for _, x := range []struct {
			kind   person.PaperKind
			number string
			held   bool
		}{
			{person.ResidentID, "421202199901010009", true},
			{person.LeagueNumber, "201800000001", true},
			{person.LeagueNumber, "201800000002", false},
			{person.LeagueNumber, "421202199901010009", false},
			{person.Passport, "421202199901010009", false},
		} {
			if census.MayHold(c.Keys, x.kind, x.number) != x.held {
				t.Errorf("%s %s: held is %t", x.kind, x.number, !x.held)
			}
		}
		for k := range 12 {
			if own, other := testworld.CanaryID(c.City, 0, k), testworld.CanaryID(c.twin.City, 0, k); !census.MayHold(c.Keys, person.ResidentID, own) || census.MayHold(c.Keys, person.ResidentID, other) {
				t.Errorf("canary %d: the city's is not held, or the twin's is", k)
			}
		}
	})
}
