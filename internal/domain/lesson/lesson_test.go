package lesson_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/lesson"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/testworld"
)

const county = "咸安区"

type town struct {
	*testworld.World
	t *testing.T
	s *lesson.Service
}

func each(t *testing.T, test func(t *testing.T, c *town)) {
	t.Parallel()
	for name, open := range map[string]func(testing.TB, sqldb.Options) *sqldb.DB{"sqlite": sqldbtest.SQLite, "postgres": sqldbtest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := time.Date(2026, 7, 6, 8, 0, 0, 0, time.UTC)
			db := open(t, sqldb.Options{Clock: func() time.Time { now = now.Add(time.Millisecond); return now }})
			c := &town{t: t}
			var twin *testworld.World
			c.World, twin = testworld.Build(t, db)
			c.s = &lesson.Service{DB: db, Serials: c.Serials, Zone: time.UTC, Author: func(_ sqldb.Q, by authz.Actor) (org.ID, error) {
				if strings.HasPrefix(by.User, "author") {
					return c.Nodes[county].ID, nil
				}
				return "", nil
			}}
			test(t, c)
			c.must(db.Read(t.Context(), twin.City, func(q *sqldb.Rx) error {
				var n int
				err := q.Row(`SELECT (SELECT COUNT(*) FROM lesson_plan WHERE city = $1) + (SELECT COUNT(*) FROM lesson_use WHERE city = $1) + (SELECT COUNT(*) FROM lesson_rating WHERE city = $1)`).Scan(&n)
				if n > 0 {
					t.Errorf("the twin has %d rows", n)
				}
				return err
			}))
		})
	}
}

func (c *town) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *town) as(user string) authz.Actor { return authz.Actor{City: c.City, User: user} }

func (c *town) desk(where string) authz.Actor {
	return c.Actor(c.t, authz.Role{Key: "clerk", Verbs: []authz.Verb{lesson.Review}}, where)
}

func plan() lesson.Plan {
	return lesson.Plan{Title: "防溺水", Kind: "safety", AgeFrom: 6, AgeTo: 9, Minutes: 40, Words: "先讲故事，再练习呼救。"}
}

func (c *town) waiting() lesson.Plan {
	c.t.Helper()
	all, err := c.s.Waiting(c.t.Context(), c.desk(county))
	c.must(err)
	if len(all) != 1 {
		c.t.Fatalf("%+v", all)
	}
	return all[0]
}

// use makes a session from a plan, as a timetable does.
func (c *town) use(by authz.Actor, which lesson.ID, session string) error {
	return c.DB.Write(c.t.Context(), by, func(tx *sqldb.Tx) error {
		if err := lesson.Use(tx, which, timetable.ID(session)); err != nil {
			return err
		}
		return tx.Record(authz.Verb{Key: "test.use", Writes: lesson.Written}, session, act.Change{})
	})
}

// A plan is handed in, returned, handed in again, approved by another, used, rated by who used it, and found by kind and age.
func TestAPlanFromHandToHand(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, author := t.Context(), c.as("author")
		if _, err := c.s.Send(ctx, c.as("anybody"), plan()); errs.KeyOf(err) != "lesson.not_author" {
			t.Error(err)
		}
		if _, err := c.s.Send(ctx, author, lesson.Plan{AgeFrom: 1, AgeTo: 0}); len(errs.ProblemsOf(err)) < 6 {
			t.Errorf("what is wrong is not said at once: %v", err)
		}
		made, err := c.s.Send(ctx, author, plan())
		c.must(err)
		if _, err := c.s.One(ctx, c.as("anybody"), made); errs.KindOf(err) != errs.Absent {
			t.Errorf("everybody reads what nobody has reviewed: %v", err)
		}
		if err := c.use(author, made, "s0"); errs.KindOf(err) != errs.Absent {
			t.Errorf("used before it was approved: %v", err)
		}
		w := c.waiting()
		for _, other := range []authz.Actor{c.desk("嘉鱼县"), c.as("anybody")} {
			if err := c.s.Decide(ctx, other, made, w.EditedAt, lesson.Approved, ""); !authz.Refused(err) && errs.KindOf(err) != errs.Absent {
				t.Errorf("another desk decided: %v", err)
			}
		}
		if all, err := c.s.Waiting(ctx, c.desk("嘉鱼县")); err != nil || len(all) != 0 {
			t.Errorf("another desk sees %v, %v", all, err)
		}
		self := c.desk(county)
		self.User = "author"
		if err := c.s.Decide(ctx, self, made, w.EditedAt, lesson.Approved, ""); errs.KeyOf(err) != "lesson.own" {
			t.Errorf("she reviewed her own: %v", err)
		}
		if err := c.s.Decide(ctx, c.desk(county), made, w.EditedAt, lesson.Returned, ""); len(errs.ProblemsOf(err)) != 1 {
			t.Errorf("returned without a reason: %v", err)
		}
		c.must(c.s.Decide(ctx, c.desk(county), made, w.EditedAt, lesson.Returned, "写明时间"))
		own, err := c.s.One(ctx, author, made)
		if c.must(err); own.State != lesson.Returned || own.Reason != "写明时间" || !own.Mine {
			t.Errorf("%+v", own)
		}
		if err := c.s.SendAgain(ctx, c.as("author2"), made, own.EditedAt, plan()); errs.KindOf(err) != errs.Absent {
			t.Errorf("another changed it: %v", err)
		}
		c.must(c.s.SendAgain(ctx, author, made, own.EditedAt, plan()))
		w = c.waiting()
		if err := c.s.Decide(ctx, c.desk(county), made, own.EditedAt, lesson.Approved, ""); errs.KeyOf(err) != "errs.stale" {
			t.Errorf("what was changed meanwhile was approved: %v", err)
		}
		c.must(c.s.Decide(ctx, c.desk(county), made, w.EditedAt, lesson.Approved, ""))
		if err := c.s.SendAgain(ctx, author, made, w.EditedAt+1, plan()); errs.KindOf(err) != errs.Conflict {
			t.Errorf("what is in the library was changed: %v", err)
		}
		teacher, other := c.as("teacher"), c.as("other")
		if err := c.s.Rate(ctx, teacher, made, 5); errs.KeyOf(err) != "lesson.not_used" {
			t.Errorf("rated before it was used: %v", err)
		}
		c.must(c.use(teacher, made, "s1"))
		c.must(c.use(teacher, made, "s2"))
		c.must(c.use(other, made, "s3"))
		c.must(c.use(author, made, "s4"))
		if err := c.s.Rate(ctx, author, made, 5); errs.KeyOf(err) != "lesson.not_used" {
			t.Errorf("she rated her own: %v", err)
		}
		if err := c.s.Rate(ctx, teacher, made, 6); len(errs.ProblemsOf(err)) != 1 {
			t.Error(err)
		}
		for _, n := range []int64{2, 4} {
			c.must(c.s.Rate(ctx, teacher, made, n))
		}
		c.must(c.s.Rate(ctx, other, made, 5))
		got, err := c.s.One(ctx, teacher, made)
		if c.must(err); got.Uses != 4 || got.Rated != 2 || got.Tenth != 45 || got.Stars != 4 || !got.Used {
			t.Errorf("%+v", got)
		}
		for _, look := range []struct {
			kind string
			age  int64
			n    int
		}{{"", 0, 1}, {"safety", 7, 1}, {"mind", 0, 0}, {"", 10, 0}} {
			lib, err := c.s.Library(ctx, teacher, look.kind, look.age)
			if c.must(err); len(lib.Plans) != look.n || lib.Author || len(lib.Own) != 0 {
				t.Errorf("%+v: %+v", look, lib)
			}
		}
		lib, err := c.s.Library(ctx, author, "", 0)
		if c.must(err); !lib.Author || len(lib.Own) != 1 || lib.Plans[0].Tenth != 45 {
			t.Errorf("%+v", lib)
		}
	})
}

// Of two reviewers one is told that the other was first.
func TestRacingReviewers(t *testing.T) {
	t.Parallel()
	sqldbtest.Pair(t, func(t *testing.T, first, second *sqldb.DB) {
		c := &town{t: t}
		c.World, _ = testworld.Build(t, first)
		of := func(db *sqldb.DB) *lesson.Service {
			return &lesson.Service{DB: db, Serials: c.Serials, Zone: time.UTC, Author: func(sqldb.Q, authz.Actor) (org.ID, error) { return c.Nodes[county].ID, nil }}
		}
		c.s = of(first)
		made, err := c.s.Send(t.Context(), c.as("author"), plan())
		c.must(err)
		w := c.waiting()
		all := sqldbtest.Race(6, func(i int) error {
			return of([]*sqldb.DB{first, second}[i%2]).Decide(t.Context(), c.desk(county), made, w.EditedAt, []lesson.State{lesson.Approved, lesson.Returned}[i%2], "改")
		})
		if sqldbtest.Won(all) != 1 || slices.ContainsFunc(all, func(err error) bool { return err != nil && errs.KeyOf(err) != "errs.stale" }) {
			t.Error(all)
		}
	})
}
