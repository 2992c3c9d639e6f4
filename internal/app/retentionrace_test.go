package app

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/retain"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

// racing is a city on two handles, with people whose time is over: each was entered long ago and is named by nothing.
func racing(t *testing.T, people int, test func(first, second *keeper, who []string)) {
	t.Helper()
	sqldbtest.Pair(t, func(t *testing.T, one, two *sqldb.DB) {
		now := time.Now().UTC()
		keys := seal.Ephemeral("zhidian/test")
		first := &keeper{t: t, now: &now, s: &retain.Service{DB: one, Rules: retention(keys), Kinds: holdable}}
		first.World, first.twin = testworld.BuildUnder(t, one, keys)
		second := &keeper{t: t, now: &now, s: &retain.Service{DB: two, Rules: retention(keys), Kinds: holdable}}
		world := *first.World
		world.DB = two
		second.World = &world
		who := make([]string, people)
		err := one.Write(t.Context(), first.System(), func(tx *sqldb.Tx) error {
			all := make([]person.New, people)
			for i := range all {
				all[i] = person.New{Home: first.Nodes[village].ID, Name: "旧人", Papers: []person.Paper{{Kind: person.StudentID, Number: number(i)}}}
			}
			ids, err := person.Add(tx, keys, all)
			for i, x := range ids {
				who[i] = x.String()
			}
			return errors.Join(err, tx.Record(everything(), "", nil))
		})
		if err != nil {
			t.Fatal(err)
		}
		first.put(`UPDATE person SET made_at = 1 WHERE city = $1 AND name = '旧人' AND $2 > CAST(0 AS BIGINT)`)
		test(first, second, who)
	})
}

func number(i int) string { return fmt.Sprintf("G4212022010%08d", i) }

// Of a hold and a destruction that meet, one comes second and sees the other: nothing that is held is gone.
func TestRacingHolds(t *testing.T) {
	t.Parallel()
	const people = 40
	racing(t, people, func(first, second *keeper, who []string) {
		all := sqldbtest.Race(people+2, func(i int) error {
			if i >= people {
				return []*keeper{first, second}[i-people].s.Run(first.t.Context(), first.City)
			}
			_, err := second.s.Hold(first.t.Context(), second.System(), "person", who[i], "某法院来函〔2026〕1号")
			return err
		})
		held := 0
		for i, err := range all[:people] {
			there := first.rows("person", "id = $2", who[i]) == 1
			switch {
			case err == nil && !there:
				first.t.Errorf("%s is held and gone", who[i])
			case err != nil && (there || errs.KindOf(err) != errs.Invalid):
				first.t.Errorf("%s is not held and there: %v", who[i], err)
			case err == nil:
				held++
			}
		}
		if err := errors.Join(all[people:]...); err != nil {
			first.t.Error(err)
		}
		first.t.Logf("%d held, %d destroyed", held, people-held)
		first.run()
		if n := first.rows("person", "name = '旧人'"); n != held {
			first.t.Errorf("%d are left, %d are held", n, held)
		}
	})
}

// Somebody who is named by a matter while her time runs out stays, or was gone before; somebody whose number is entered
// again is one person, the old or a new one.
func TestRacingDestructions(t *testing.T) {
	t.Parallel()
	const people = 40
	racing(t, people, func(first, second *keeper, who []string) {
		cases := &casework.Service{DB: second.DB, Serials: second.Serials, Zone: time.UTC}
		people2 := &person.Service{DB: second.DB, Keys: second.Keys, Zone: time.UTC}
		said := make([]bool, people) // somebody was there when the matter was opened
		all := sqldbtest.Race(people+2, func(i int) error {
			switch {
			case i >= people:
				return []*keeper{first, second}[i-people].s.Run(first.t.Context(), first.City)
			case i%2 == 0:
				serial := fmt.Sprintf("盲点-2026-%05d", i)
				return second.DB.Write(first.t.Context(), second.System(), func(tx *sqldb.Tx) (err error) {
					if said[i], err = person.Hold(tx, person.ID(who[i])); err != nil {
						return err
					}
					if _, err = cases.Add(tx, serial, casework.New{
						Kind: casework.BlindSpot, Title: "核实", Subject: who[i], Org: second.Nodes[village].ID, Desk: second.Nodes["咸安区甲镇"].ID, Days: 5,
					}); err != nil {
						return err
					}
					return tx.Record(authz.Verb{Key: "test.open", Writes: casework.Written}, "", act.Change{})
				})
			default:
				_, err := people2.Enter(first.t.Context(), second.System(), second.Nodes[village].ID, person.Facts{Name: "新人"}, []person.Paper{{Kind: person.StudentID, Number: number(i)}})
				if errs.KeyOf(err) == "person.paper_taken" {
					err = nil
				}
				return err
			}
		})
		if err := errors.Join(all...); err != nil {
			first.t.Error(err)
		}
		for i, x := range who {
			switch there := first.rows("person", "id = $2", x) == 1; {
			case i%2 == 0 && said[i] != there:
				first.t.Errorf("named: %t, there: %t", said[i], there)
			case i%2 == 0:
				continue
			}
			if n := first.rows("paper_look", "look = $2 AND person IN (SELECT id FROM person WHERE city = $1)", first.Keys.Lookup(string(person.StudentID), number(i))); i%2 == 1 && n > 1 {
				first.t.Errorf("number %d leads to %d persons", i, n)
			}
		}
		if n := first.rows("paper_look", "person NOT IN (SELECT id FROM person WHERE city = $1)") + first.rows("person_word", "person NOT IN (SELECT id FROM person WHERE city = $1)"); n != 0 {
			first.t.Errorf("%d entries lead to nobody", n)
		}
	})
}
