package clearance_test

import (
	"testing"
	"time"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

var (
	zone  = time.FixedZone("CST", 8*3600)
	clerk = authz.Role{Key: "clerk", Sees: authz.Sensitive, Verbs: clearance.Verbs}
	today = day.Must("2026-06-20")
)

const home = "咸安区甲镇一村"

// town is the small city on a day in June, with a twin that nothing may touch.
type town struct {
	*testworld.World
	t    testing.TB
	s    *clearance.Service
	twin *testworld.World
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t, sqldb.Options{Clock: func() time.Time { return today.Start(zone).Add(9 * time.Hour) }})
			c := build(t, db)
			test(t, c)
			must(t, db.Read(t.Context(), c.twin.City, func(q *sqldb.Rx) error {
				var n int
				err := q.Row(`SELECT (SELECT COUNT(*) FROM clearance WHERE city = $1) + (SELECT COUNT(*) FROM clearance_rule WHERE city = $1)`).Scan(&n)
				if n > 0 {
					t.Errorf("the twin city has %d rows", n)
				}
				return err
			}))
		})
	}
}

func build(t testing.TB, db *sqldb.DB) *town {
	c := &town{t: t}
	c.World, c.twin = testworld.Build(t, db)
	c.s = &clearance.Service{DB: db, Keys: c.Keys, Zone: zone, Cursors: page.NewCursors([]byte("sixteen random bytes"))}
	return c
}

// adult adds somebody born on a day.
func (c *town) adult(name, born string) (made person.ID) {
	c.t.Helper()
	must(c.t, c.DB.Write(c.t.Context(), c.System(), func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, c.Keys, []person.New{{Home: c.Nodes[home].ID, Name: name, Born: day.Must(born)}})
		if err != nil {
			return err
		}
		made = ids[0]
		return tx.Record(person.Create, made.String(), act.Change{})
	}))
	return made
}

// paper is one that passed today and holds as long as its rule allows.
func (c *town) paper(who person.ID, kind clearance.Kind) clearance.Paper {
	p := clearance.Paper{Person: who, Org: c.Nodes[home].ID, Kind: kind, Result: clearance.Passed, On: today, Issuer: "市公安局"}
	if kind == clearance.Check || kind == clearance.Training {
		p.Until = today.AddMonths(12).AddDays(-1)
	}
	return p
}

func (c *town) enter(p clearance.Paper) {
	c.t.Helper()
	_, err := c.s.Enter(c.t.Context(), c.System(), p)
	must(c.t, err)
}

// gaps gives what an adult lacks on a day, in words.
func (c *town) gaps(who person.ID, on day.Day) (all string) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) error {
		got, err := clearance.On(q, who, on)
		for _, g := range got {
			all += string(g.Kind) + " " + string(g.Why) + ";"
		}
		return err
	}))
	return all
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKey(t testing.TB, err error, key string) {
	t.Helper()
	if errs.KeyOf(err) == key {
		return
	}
	for _, p := range errs.ProblemsOf(err) {
		if p.Key == key {
			return
		}
	}
	t.Errorf("got %v, want %q", err, key)
}
