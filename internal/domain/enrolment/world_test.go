package enrolment_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

// every may write whatever giving places touches.
var every = authz.Verb{Key: "test.enrol", Writes: enrolment.Written + " " + enrolment.WrittenBySettling + " " + edition.Written + " " + person.Written}

const home = "咸安区甲镇一村"

// town is the small city, seen through two handles on its database, with a clock that the test turns.
type town struct {
	*testworld.World
	t   testing.TB
	dbs [2]*sqldb.DB
	now *atomic.Int64 // microseconds UTC
	mum person.ID
}

var start = time.Date(2026, 7, 1, 2, 0, 0, 0, time.UTC).UnixMicro() // 10:00 in the city

const minute = int64(time.Minute / time.Microsecond)

func newTown(t testing.TB, open func(sqldb.Options) [2]*sqldb.DB) *town {
	t.Helper()
	c := &town{t: t, now: &atomic.Int64{}}
	c.now.Store(start)
	c.dbs = open(sqldb.Options{Clock: func() time.Time { return time.UnixMicro(c.now.Load()) }})
	c.World, _ = testworld.Build(t, c.dbs[0])
	c.mum = c.person("妈妈")
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
		test(t, newTown(t, func(opt sqldb.Options) [2]*sqldb.DB {
			return [2]*sqldb.DB(sqldbtest.PostgresPair(t, opt))
		}))
	})
}

func (c *town) write(i int, fn func(tx *sqldb.Tx) error) error {
	return c.dbs[i%2].Write(context.Background(), authz.Actor{City: c.City, User: "system"}, func(tx *sqldb.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Record(every, "", act.Change{})
	})
}

func (c *town) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

var named atomic.Int64

func (c *town) person(name string) (made person.ID) {
	c.t.Helper()
	c.must(c.write(0, func(tx *sqldb.Tx) error {
		ids, err := person.Add(tx, c.Keys, []person.New{{Home: c.Nodes[home].ID, Name: name, Born: day.Must("2016-02-29")}})
		if err == nil {
			made = ids[0]
		}
		return err
	}))
	return made
}

// open publishes an edition with some rolls, open from start for an hour and half an hour more for what came on paper.
func (c *town) open(mode edition.Mode, most int64, places ...int64) (edition.Edition, []enrolment.RollID) {
	c.t.Helper()
	var e edition.Edition
	var rolls []enrolment.RollID
	c.must(c.write(0, func(tx *sqldb.Tx) (err error) {
		rolls = nil
		e, err = edition.Add(tx, edition.Edition{
			Service: "test", Org: c.Nodes["咸安区"].ID, Title: "暑期", Mode: mode, Opens: start, Closes: start + 60*minute, Paper: 30, First: day.Must("2026-07-06"),
			Last: day.Must("2026-08-14"), Most: most, OfferFor: 24 * 60,
		}, nil)
		if err == nil {
			err = edition.Publish(tx, e.ID)
		}
		if err == nil && mode == edition.Lottery {
			_, err = enrolment.Prepare(tx, c.Keys, e.ID, "7 月 3 日 3D 开奖号码")
		}
		for _, n := range places {
			if err == nil {
				var r enrolment.Roll
				r, err = enrolment.Begin(tx, e, fmt.Sprintf("托班-2026-%05d", named.Add(1)), n)
				rolls = append(rolls, r.ID)
			}
		}
		return err
	}))
	return e, rolls
}

// take asks for places for some children, and gives the party with the roll's count of moves.
func (c *town) take(i int, roll enrolment.RollID, children []person.ID, points int64, way enrolment.Way) (p enrolment.Party, moves int64, err error) {
	err = c.write(i, func(tx *sqldb.Tx) error {
		g, err := person.Gather(tx, c.mum, children, day.Must("2026-07-01"), "care", "1")
		if err != nil {
			return err
		}
		var r enrolment.Roll
		r, p, err = enrolment.Take(tx, enrolment.Ask{Roll: roll, People: g, Points: points, Way: way})
		moves = r.Moves
		return err
	})
	return p, moves, err
}

func (c *town) roll(which enrolment.RollID) (r enrolment.Roll, all []enrolment.Party) {
	c.t.Helper()
	c.must(c.dbs[1].Read(context.Background(), c.City, func(q *sqldb.Rx) (err error) {
		if r, err = enrolment.FindRoll(q, which); err != nil {
			return err
		}
		all, err = enrolment.Parties(q, which)
		return err
	}))
	return r, all
}
