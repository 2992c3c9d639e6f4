package enrolment_test

import (
	"context"
	"testing"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// TestAMergeRacesSigningUp lets two parents sign up what turns out in the same moment to be one child, for a class with room and
// for one that is full: whatever comes first, she counts once on each roll, and as often as the edition allows.
func TestAMergeRacesSigningUp(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		people := [2]*person.Service{}
		for i := range people {
			people[i] = &person.Service{DB: c.dbs[i], Keys: c.Keys, After: func(tx *sqldb.Tx, rows []person.ID) error {
				if _, _, err := enrolment.Join(tx, rows); err != nil {
					return err
				}
				return tx.Record(every, "", nil)
			}}
		}
		for round := range 12 {
			_, rolls := c.open(edition.FirstCome, 2, int64(2*(round%2)), 1)
			one, other := c.person("同一个孩子"), c.person("同一个孩子")
			failed := sqldbtest.Race(6, func(i int) error {
				switch i {
				case 0, 1:
					_, _, err := c.take(i, rolls[0], []person.ID{one}, 0, enrolment.Web)
					return err
				case 2, 3:
					_, _, err := c.take(i, rolls[0], []person.ID{other}, 0, enrolment.Web)
					return err
				case 4:
					_, _, err := c.take(i, rolls[1], []person.ID{other}, 0, enrolment.Web)
					return err
				}
				return people[i%2].Join(context.Background(), c.System(), one, other, "同一个人")
			})
			for i, err := range failed {
				if err != nil && errs.KindOf(err) != errs.Conflict {
					t.Fatalf("act %d: %v", i, err)
				}
			}
			for _, roll := range rolls {
				r, parties := c.roll(roll)
				counted, held := 0, int64(0)
				for _, p := range parties {
					if p.State.Counts() {
						counted += int(p.Size)
					}
					if p.State.Holds() {
						held += p.Size
					}
				}
				if counted != 1 || held != r.Held {
					t.Fatalf("round %d: she counts %d times, %d places are held and %d counted\n%+v", round, counted, held, r.Held, parties)
				}
			}
		}
	})
}
