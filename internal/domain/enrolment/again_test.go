package enrolment_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/sqldb"
	"zhidian/solver/lottery"
)

const drawnFile = "ENROLMENT_DRAWN"

// TestADrawIsTheSameInAnotherProcess draws a roll, and lets a process that knows nothing but the published file draw it again.
func TestADrawIsTheSameInAnotherProcess(t *testing.T) {
	if file := os.Getenv(drawnFile); file != "" {
		drawAgain(t, file)
		return
	}
	each(t, func(t *testing.T, c *town) {
		e, rolls := c.open(edition.Lottery, 1, 5)
		for i := range 12 {
			kids := []person.ID{c.person("孩子")}
			if i%3 == 0 {
				kids = append(kids, c.person("弟妹"))
			}
			_, _, err := c.take(i, rolls[0], kids, 0, []enrolment.Way{enrolment.Web, enrolment.Paper}[i%2])
			c.must(err)
		}
		c.now.Store(start + 90*minute)
		c.must(c.write(0, func(tx *sqldb.Tx) error { _, err := enrolment.Fix(tx, rolls[0]); return err }))
		c.must(c.write(1, func(tx *sqldb.Tx) error { return enrolment.Tell(tx, e.ID, "512") }))
		c.must(c.write(0, func(tx *sqldb.Tx) error { _, _, err := enrolment.Settle(tx, c.Keys, rolls[0]); return err }))
		var file lottery.Published
		c.must(c.dbs[0].Read(t.Context(), c.City, func(q *sqldb.Rx) (err error) { file, err = enrolment.Published(q, rolls[0]); return err }))
		text, err := json.Marshal(file)
		c.must(err)
		at := filepath.Join(t.TempDir(), "drawn.json")
		c.must(os.WriteFile(at, text, 0o600))
		cmd := exec.Command(os.Args[0], "-test.run=^TestADrawIsTheSameInAnotherProcess$")
		cmd.Env = append(os.Environ(), drawnFile+"="+at)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		var again lottery.Solution
		text, err = os.ReadFile(at + ".again")
		c.must(err)
		c.must(json.Unmarshal(text, &again))
		var placed, waiting []string
		r, parties := c.roll(rolls[0])
		for _, p := range parties {
			for _, m := range p.Members {
				receipt := enrolment.Receipt(r, p.Key, m.No, int64(len(p.Members)))
				if p.State == enrolment.Placed {
					placed = append(placed, receipt)
				} else {
					waiting = append(waiting, receipt)
				}
			}
		}
		if !slices.Equal(placed, again.Placed) || !slices.Equal(waiting, again.Waiting) || len(placed) == 0 {
			t.Errorf("the roll says %v and then %v, drawn again %v and %v", placed, waiting, again.Placed, again.Waiting)
		}
	})
}

// drawAgain draws from what a file says of the list, the secret and the public value, not from the outcome that stands there.
func drawAgain(t *testing.T, file string) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var p lottery.Published
	if err := json.Unmarshal(text, &p); err != nil {
		t.Fatal(err)
	}
	secret, err := lottery.ParseSecret(p.Seed)
	if err != nil {
		t.Fatal(err)
	}
	s, err := lottery.Solve(context.Background(), lottery.Problem{List: p.List, Secret: secret, Public: p.Public}, lottery.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if text, err = json.Marshal(s); err == nil {
		err = os.WriteFile(file+".again", text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
