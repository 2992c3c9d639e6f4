package enrolment_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/schema"
	"zhidian/internal/testworld"
)

// The environment of a process that is to be killed.
const (
	crashAt   = "ENROLMENT_CRASH_AT" // a file, or an address of PostgreSQL
	crashCity = "ENROLMENT_CRASH_CITY"
	crashRoll = "ENROLMENT_CRASH_ROLL"
	crashKids = "ENROLMENT_CRASH_KIDS"
	crashMum  = "ENROLMENT_CRASH_MUM"
)

// TestAKilledProcessLeavesWholeRolls kills a process among acts on one roll, again and again. Each time everything that it
// answered is there, places are held by whole parties and never more than there are, and nobody counts twice.
func TestAKilledProcessLeavesWholeRolls(t *testing.T) {
	if at := os.Getenv(crashAt); at != "" {
		crowd(t, at)
		return
	}
	t.Parallel()
	file := filepath.Join(t.TempDir(), "city.db")
	for name, at := range map[string]func(t *testing.T) string{"sqlite": func(*testing.T) string { return file }, "postgres": func(t *testing.T) string { return sqldbtest.PostgresDSN(t) }} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			where := at(t)
			db := reopened(t, where)
			if name == "sqlite" {
				if err := db.Migrate(t.Context(), schema.Migrations); err != nil {
					t.Fatal(err)
				}
			}
			c := &town{t: t, dbs: [2]*sqldb.DB{db, db}}
			c.World, _ = testworld.Build(t, db)
			c.mum = c.person("妈妈")
			var kids []string
			for i := range 24 {
				kids = append(kids, c.person("孩子"+strconv.Itoa(i)).String())
			}
			var roll enrolment.RollID
			c.must(c.write(0, func(tx *sqldb.Tx) error {
				now := tx.Now().UnixMicro()
				e, err := edition.Add(tx, edition.Edition{
					Service: "test", Org: c.Nodes["咸安区"].ID, Title: "暑期", Mode: edition.FirstCome, Opens: now - minute, Closes: now + 600*minute,
					First: day.Must("2026-07-06"), Last: day.Must("2026-07-06").AddDays(30), Most: 1, OfferFor: 600,
				}, nil)
				if err != nil {
					return err
				}
				if err := edition.Publish(tx, e.ID); err != nil {
					return err
				}
				r, err := enrolment.Begin(tx, e, "托班-2026-88888", 7)
				roll = r.ID
				return err
			}))
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			rounds := 12
			if testing.Short() {
				rounds = 3
			}
			answered := map[string]string{}
			for round := range rounds {
				cmd := exec.Command(os.Args[0], "-test.run=^TestAKilledProcessLeavesWholeRolls$")
				cmd.Env = append(os.Environ(), crashAt+"="+where, crashCity+"="+c.City, crashRoll+"="+roll.String(), crashKids+"="+strings.Join(kids, ","), crashMum+"="+c.mum.String())
				out, err := cmd.StdoutPipe()
				c.must(err)
				c.must(cmd.Start())
				lines := bufio.NewScanner(out)
				for n := 0; lines.Scan(); {
					turn, state, ok := strings.Cut(lines.Text(), " ")
					if !ok {
						continue
					}
					answered[turn] = state
					if n++; n == 4+round*13%37 { // killed after a seeded number of answers; what it still says counts too
						c.must(cmd.Process.Kill())
					}
				}
				_ = cmd.Wait()
				db := reopened(t, where)
				c.dbs = [2]*sqldb.DB{db, db}
				c.whole(roll, answered)
				c.must(db.Close())
			}
			if len(answered) < rounds {
				t.Errorf("%d sign-ups were answered in %d rounds", len(answered), rounds)
			}
		})
	}
}

// whole holds a roll against what must always be, and against what was answered.
func (c *town) whole(roll enrolment.RollID, answered map[string]string) {
	c.t.Helper()
	r, parties := c.roll(roll)
	held, seen, there := int64(0), map[person.ID]bool{}, map[string]bool{}
	for _, p := range parties {
		there[strconv.FormatInt(p.Turn, 10)] = true
		counting := int64(0)
		for _, m := range p.Members {
			if m.Gone || !p.State.Counts() {
				continue
			}
			if counting++; seen[m.Person] {
				c.t.Fatalf("%s counts twice", m.Person)
			}
			seen[m.Person] = true
		}
		if p.State.Counts() && counting != p.Size || p.Turn > r.Turn {
			c.t.Fatalf("party %+v has %d who count; the last turn is %d", p, counting, r.Turn)
		}
		if p.State.Holds() {
			held += p.Size
		}
		if p.State == enrolment.Waiting && p.Size <= r.Left() {
			c.t.Fatalf("party %d waits though there is room", p.Turn)
		}
	}
	if held != r.Held || held > r.Places || int64(len(parties)) != r.Turn {
		c.t.Fatalf("%d held, %d counted, of %d; %d parties of %d turns", held, r.Held, r.Places, len(parties), r.Turn)
	}
	for turn := range answered {
		if !there[turn] {
			c.t.Fatalf("turn %s was answered and is not there", turn)
		}
	}
}

func reopened(t *testing.T, where string) *sqldb.DB {
	t.Helper()
	opt := sqldb.Options{Housekeeping: schema.Housekeeping}
	open := sqldb.OpenSQLite
	if strings.HasPrefix(where, "postgres") {
		open = sqldb.OpenPostgres
	}
	db, err := open(context.Background(), where, opt)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// crowd signs children up and takes them off until the process is killed, and says each turn that was answered.
func crowd(t *testing.T, where string) {
	db := reopened(t, where)
	c := &town{t: t, dbs: [2]*sqldb.DB{db, db}, World: &testworld.World{City: os.Getenv(crashCity)}, mum: person.ID(os.Getenv(crashMum))}
	roll, kids := enrolment.RollID(os.Getenv(crashRoll)), strings.Split(os.Getenv(crashKids), ",")
	for i := range 6 {
		go func() {
			for {
				a := rand.IntN(len(kids) - 1)
				mine := []person.ID{person.ID(kids[a]), person.ID(kids[a+1])}[:1+rand.IntN(2)]
				p, _, err := c.take(i, roll, mine, 0, enrolment.Web)
				if err == nil {
					fmt.Printf("%d %s\n", p.Turn, p.State)
				}
				_ = c.write(i, func(tx *sqldb.Tx) error {
					r, err := enrolment.FindRoll(tx, roll)
					if err != nil {
						return err
					}
					_, _, err = enrolment.Withdraw(tx, enrolment.Key{Roll: roll, Turn: max(1, r.Turn-int64(rand.IntN(40)))})
					return err
				})
			}
		}()
	}
	time.Sleep(5 * time.Minute) // it is killed long before
}
