package person_test

import (
	"testing"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

// deliver stands for the verbs of imports.
var deliver = authz.Verb{Key: "test.deliver", Writes: person.Written}

// Of two processes that add somebody with the same paper at the same moment one does, and the other is told.
func TestRacingPapersBelongToOne(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		w, _ := testworld.Build(t, first)
		all := sqldbtest.Race(6, func(i int) error {
			return []*sqldb.DB{first, second}[i%2].Write(t.Context(), w.System(), func(tx *sqldb.Tx) error {
				_, err := person.Add(tx, w.Keys, []person.New{{Home: w.Nodes["咸安区甲镇一村团支部"].ID, Name: "单于欣", Papers: []person.Paper{{Kind: person.ResidentID, Number: "421202199901010009"}}}})
				if err != nil {
					return err
				}
				return tx.Record(person.Create, "", act.Change{})
			})
		})
		if n := sqldbtest.Won(all); n != 1 {
			t.Errorf("%d hold the paper: %v", n, all)
		}
		for _, err := range all {
			if err != nil && errs.KindOf(err) != errs.Conflict {
				t.Error(err)
			}
		}
	})
}

// A correction that several processes make true at the same moment is applied once.
func TestRacingCorrections(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		w, _ := testworld.Build(t, first)
		who := w.People[testworld.Canary(w.City, "咸安区", 0)]
		write := func(i int, fn func(tx *sqldb.Tx) error) error {
			return []*sqldb.DB{first, second}[i%2].Write(t.Context(), w.System(), func(tx *sqldb.Tx) error {
				if err := fn(tx); err != nil {
					return err
				}
				return tx.Record(deliver, who.String(), act.Change{})
			})
		}
		const delivery = 77
		if err := first.Write(t.Context(), w.System(), func(tx *sqldb.Tx) error {
			if err := person.Stage(tx, delivery, []person.Correction{{Person: who, Field: person.FieldSex, Old: "1", New: "2"}}); err != nil {
				return err
			}
			return tx.Record(deliver, "", act.Change{})
		}); err != nil {
			t.Fatal(err)
		}
		var changed [6]int64
		all := sqldbtest.Race(len(changed), func(i int) error {
			return write(i, func(tx *sqldb.Tx) (err error) {
				changed[i], err = person.Show(tx, delivery)
				return err
			})
		})
		var sum int64
		for _, n := range changed {
			sum += n
		}
		if sum != 1 || sqldbtest.Won(all) != len(all) {
			t.Errorf("applied %d times: %v", sum, all)
		}
	})
}
