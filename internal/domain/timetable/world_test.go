package timetable_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

// every may write whatever a timetable touches.
var every = authz.Verb{Key: "test.plan", Writes: timetable.Written + " " + timetable.WrittenByPresence + " " + person.Written}

const home = "咸安区甲镇一村"

var (
	zone     = time.FixedZone("CST", 8*3600)
	today    = day.Must("2026-07-06")
	midnight = today.Start(zone).UnixMicro()
)

const hour = int64(time.Hour / time.Microsecond)

// town is the small city, seen through two handles on its database, with a clock that goes on by a millisecond at each look. A check
// is all that it asks of adults.
type town struct {
	*testworld.World
	t     testing.TB
	dbs   [2]*sqldb.DB
	clear *clearance.Service
	now   *atomic.Int64
	site  place.ID
}

func newTown(t testing.TB, open func(sqldb.Options) [2]*sqldb.DB) *town {
	t.Helper()
	c := &town{t: t, now: &atomic.Int64{}, site: id.New[place.Place](time.UnixMicro(midnight))}
	c.now.Store(midnight + hour)
	c.dbs = open(sqldb.Options{Clock: func() time.Time { return time.UnixMicro(c.now.Add(1000)) }})
	c.World, _ = testworld.Build(t, c.dbs[0])
	c.clear = &clearance.Service{DB: c.dbs[0], Keys: c.Keys, Zone: zone}
	c.must(c.clear.SetRule(context.Background(), c.System(), clearance.Rule{Kind: clearance.Check, From: day.Must("2020-01-01"), Needed: true, Source: "试"}))
	return c
}

// each runs a test on both engines; on PostgreSQL both handles lead to one database.
func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Helper()
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newTown(t, func(opt sqldb.Options) [2]*sqldb.DB {
			db := sqldbtest.SQLite(t, opt)
			return [2]*sqldb.DB{db, db}
		}))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, newTown(t, func(opt sqldb.Options) [2]*sqldb.DB { return [2]*sqldb.DB(sqldbtest.PostgresPair(t, opt)) }))
	})
}

func (c *town) write(i int, fn func(tx *sqldb.Tx) error) error {
	return c.dbs[i%2].Write(context.Background(), c.System(), func(tx *sqldb.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Record(every, "", act.Change{})
	})
}

func (c *town) person(name string) (made person.ID) {
	c.t.Helper()
	c.must(c.write(0, func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, c.Keys, []person.New{{Home: c.Nodes[home].ID, Name: name, Born: day.Must("1990-01-01")}})
		if err == nil {
			made = ids[0]
		}
		return err
	}))
	return made
}

// checked writes down that somebody passed a check which holds for some days; for less than none that she did not pass.
func (c *town) checked(who person.ID, days int) {
	c.t.Helper()
	p := clearance.Paper{Person: who, Org: c.Nodes[home].ID, Kind: clearance.Check, Result: clearance.Passed, On: today, Until: today.AddDays(max(days, 0)), Issuer: "市公安局"}
	if days < 0 {
		p.Result, p.Until = clearance.Failed, 0
	}
	_, err := c.clear.Enter(context.Background(), c.System(), p)
	c.must(err)
}

// session is one from an hour to another, counted from the midnight of today.
func (c *town) session(room string, from, to int, children bool, who ...person.ID) timetable.Session {
	return timetable.Session{
		Series: "class", Place: c.site, Room: room, Starts: midnight + int64(from)*hour, Ends: midnight + int64(to)*hour, Title: "手工课", Children: children, Leaders: who,
	}
}

func (c *town) plan(s timetable.Session) (got timetable.Session, err error) {
	err = c.write(0, func(tx *sqldb.Tx) (err error) {
		got, err = timetable.Plan(tx, zone, s)
		return err
	})
	return got, err
}

func (c *town) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *town) wantKey(err error, key string) {
	c.t.Helper()
	if errs.KeyOf(err) == key {
		return
	}
	for _, p := range errs.ProblemsOf(err) {
		if p.Key == key {
			return
		}
	}
	c.t.Errorf("got %v, want %q", err, key)
}
