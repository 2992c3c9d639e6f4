package timetable_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
)

// A leader's check that ends in mid-term stands in the way at planning, again on the day, and shows the sessions for which somebody
// else is to be found, once.
func TestACheckThatEndsInMidTerm(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		who, other := c.person("乔以恒"), c.person("温一苇")
		_, err := c.plan(c.session("", 9, 10, true, who))
		c.wantKey(err, "timetable.not_cleared")
		if _, err := c.plan(c.session("", 9, 10, false, who)); err != nil { // no children
			t.Fatal(err)
		}
		c.checked(who, 1)
		c.checked(other, 9)
		_, err = c.plan(c.session("", 24*2+9, 24*2+10, true, who))
		c.wantKey(err, "timetable.not_cleared")
		s, err := c.plan(c.session("", 24+9, 24+10, true, who))
		c.must(err)
		c.checked(who, -1)
		lacks := func() (all []timetable.Lacking) {
			c.must(c.dbs[0].Read(t.Context(), c.City, func(q *sqldb.Rx) (err error) {
				all, err = timetable.Lacks(q, today, today.AddDays(7))
				return err
			}))
			return all
		}
		if all := lacks(); len(all) != 1 || all[0].Person != who || all[0].Session.ID != s.ID || all[0].Gaps[0].Why != clearance.Bad {
			t.Errorf("%+v", all)
		}
		ask := func() (first bool) {
			c.must(c.write(0, func(tx *sqldb.Tx) (err error) { first, err = timetable.Asked(tx, s.ID, who, "matter"); return err }))
			return first
		}
		if !ask() || ask() || len(lacks()) != 0 {
			t.Error("a substitute is looked for twice")
		}
		begin := func() error {
			return c.write(0, func(tx *sqldb.Tx) error { _, err := timetable.Begin(tx, s.ID); return err })
		}
		c.wantKey(begin(), "timetable.not_cleared")
		c.must(c.write(0, func(tx *sqldb.Tx) error {
			to := s
			to.Leaders = []person.ID{other}
			_, err := timetable.Move(tx, zone, s.ID, s.EditedAt, to)
			return err
		}))
		c.must(begin())
		c.wantKey(begin(), "timetable.not_planned")
	})
}

// Of many who want one room, or one leader, at the same time from two processes, one gets it.
func TestOneRoomAndOneLeaderAreRaced(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		who := c.person("乔以恒")
		race := func(of func(i int) timetable.Session) {
			t.Helper()
			all := sqldbtest.Race(8, func(i int) error {
				return c.write(i, func(tx *sqldb.Tx) error { _, err := timetable.Plan(tx, zone, of(i)); return err })
			})
			if n := sqldbtest.Won(all); n != 1 {
				t.Errorf("%d of 8: %v", n, all)
			}
		}
		race(func(int) timetable.Session { return c.session("", 9, 10, false) })
		race(func(i int) timetable.Session { return c.session(fmt.Sprint(i), 14, 15, false, who) })
	})
}

// A leader whose clearance is taken away while she is planned is either refused or shows among those who lack it.
func TestPlanningRacesWithRevoking(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		for n := range 8 {
			who := c.person("乔以恒")
			c.checked(who, 5)
			errors := sqldbtest.Race(2, func(i int) error {
				if i == 0 {
					_, err := c.plan(c.session(fmt.Sprint(n), 9, 10, true, who))
					return err
				}
				c.checked(who, -1)
				return nil
			})
			var found int
			c.must(c.dbs[0].Read(t.Context(), c.City, func(q *sqldb.Rx) error {
				all, err := timetable.Lacks(q, today, today)
				for _, l := range all {
					if l.Person == who {
						found++
					}
				}
				return err
			}))
			if planned := errors[0] == nil; planned != (found == 1) {
				t.Errorf("planned %v (%v), %d lack", planned, errors[0], found)
			}
		}
	})
}

// Lines come once however often they are sent, and say the same in whatever order they come.
func TestPresenceComesOnceAndInAnyOrder(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		kids := []person.ID{c.person("甲"), c.person("乙")}
		rapid.Check(t, func(rt *rapid.T) {
			series := fmt.Sprint(c.dbs[0].Now().UnixMicro())
			var all []timetable.Presence
			for i := range rapid.IntRange(1, 12).Draw(rt, "lines") {
				all = append(all, timetable.Presence{
					Client: fmt.Sprintf("%s-%d", series, i), Series: series, Day: today, Person: rapid.SampledFrom(kids).Draw(rt, "child"), At: int64(rapid.IntRange(1, 20).Draw(rt, "at")),
					What: rapid.SampledFrom([]timetable.What{timetable.In, timetable.Out, timetable.Absent, timetable.Refused}).Draw(rt, "what"), Account: "t", Device: "d",
				})
			}
			for range 2 {
				sent := rapid.Permutation(all).Draw(rt, "order")
				c.must(c.write(0, func(tx *sqldb.Tx) error { _, err := timetable.Note(tx, sent); return err }))
			}
			var got []timetable.Presence
			c.must(c.dbs[0].Read(context.Background(), c.City, func(q *sqldb.Rx) (err error) {
				got, err = timetable.Lines(q, series, today, today)
				return err
			}))
			if len(got) != len(all) {
				rt.Fatalf("%d lines of %d", len(got), len(all))
			}
			one, other := timetable.Fold(got), timetable.Fold(rapid.Permutation(all).Draw(rt, "again"))
			for _, kid := range kids {
				if one[kid] != other[kid] {
					rt.Fatalf("%+v and %+v", one[kid], other[kid])
				}
			}
		})
	})
}

// Who is there does not come twice, who is gone does not go, and who came was not absent.
func TestHowSomebodyStands(t *testing.T) {
	t.Parallel()
	line := func(at int64, what timetable.What) timetable.Presence {
		return timetable.Presence{Client: fmt.Sprint(at), Person: "k", At: at, What: what, Other: "妈妈"}
	}
	for name, x := range map[string]struct {
		lines []timetable.Presence
		want  timetable.Standing
	}{
		"absent, then late":   {[]timetable.Presence{line(5, timetable.In), line(2, timetable.Absent)}, timetable.Standing{In: 5}},
		"written down twice":  {[]timetable.Presence{line(3, timetable.In), line(2, timetable.In), line(9, timetable.Out), line(10, timetable.Out)}, timetable.Standing{In: 2, Out: 9, With: "妈妈"}},
		"back after dinner":   {[]timetable.Presence{line(2, timetable.In), line(5, timetable.Out), line(6, timetable.In)}, timetable.Standing{In: 2}},
		"refused, then gone":  {[]timetable.Presence{line(2, timetable.In), line(5, timetable.Refused), line(6, timetable.Out)}, timetable.Standing{In: 2, Out: 6, With: "妈妈", Refused: 1}},
		"goes without coming": {[]timetable.Presence{line(2, timetable.Out)}, timetable.Standing{}},
	} {
		if got := timetable.Fold(x.lines)["k"]; got != x.want {
			t.Errorf("%s: %+v, want %+v", name, got, x.want)
		}
	}
}
