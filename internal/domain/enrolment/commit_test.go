package enrolment_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// TestACommitThatFailsAnswersNobody lets many sign up at once while nothing can be committed: nobody is told of a place or of a
// turn, nor that the class is full, and nothing is left of it afterwards.
func TestACommitThatFailsAnswersNobody(t *testing.T) {
	t.Parallel()
	for name, lend := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var broken atomic.Bool
			c := newTown(t, func(opt sqldb.Options) [2]*sqldb.DB {
				opt.Fault = func(point string) error {
					if point == "commit" && broken.Load() {
						return errors.New("the disk is gone")
					}
					return nil
				}
				db := lend(t, opt)
				return [2]*sqldb.DB{db, db}
			})
			_, rolls := c.open(edition.FirstCome, 1, 2)
			var kids []person.ID
			for range 12 {
				kids = append(kids, c.person("孩子"))
			}
			broken.Store(true)
			for i, err := range sqldbtest.Race(len(kids), func(i int) error {
				_, _, err := c.take(i, rolls[0], kids[i:i+1], 0, enrolment.Web)
				return err
			}) {
				if err == nil {
					t.Errorf("child %d was answered", i)
				}
			}
			broken.Store(false)
			if r, parties := c.roll(rolls[0]); r.Turn != 0 || r.Held != 0 || len(parties) != 0 {
				t.Errorf("%+v and %d parties are left", r, len(parties))
			}
			p, _, err := c.take(0, rolls[0], kids[:1], 0, enrolment.Web)
			if err != nil || p.Turn != 1 || p.State != enrolment.Placed {
				t.Errorf("%+v, %v", p, err)
			}
		})
	}
}
