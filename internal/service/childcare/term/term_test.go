package term_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/term"
)

// Lessons stand beside each other or not at all, weeks are planned together, and the timetable says which of the six kinds is missing.
func TestATimetableAndTheSixKinds(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.clerk()
		must(t, c.s.AddLesson(ctx, by, c.class, c.given(0, 9, "homework", "company"), 2))
		wantKey(t, c.s.AddLesson(ctx, by, c.class, c.given(7, 9), 0), "timetable.room")
		wantKey(t, c.s.AddLesson(ctx, by, c.class, c.given(0, 14, "homework"), 5), "careterm.outside") // the sixth is after the season
		wantKey(t, c.s.AddLesson(ctx, by, c.class, c.given(2, 9, "magic"), 0), "field.choice")
		none := c.given(2, 9)
		none.Leaders = nil
		wantKey(t, c.s.AddLesson(ctx, by, c.class, none, 0), "careterm.leader_wanted")
		wantKey(t, c.s.AddLesson(ctx, by, c.class, c.given(21, 9), 0), "timetable.not_cleared") // her check ends the day before
		must(t, c.s.AddLesson(ctx, by, c.class, c.given(0, 14, "theory", "activity", "mind"), 0))
		got, err := c.s.Timetable(ctx, by, c.class)
		must(t, err)
		if len(got.Lessons) != 4 || !slices.Equal(got.Missing, []term.Topic{"safety"}) || len(got.Adults) != 1 || got.Names[c.lead] != "乔以恒" {
			t.Errorf("%+v", got)
		}
		first := got.Lessons[0]
		to := c.given(0, 14, "safety")
		wantKey(t, c.s.ChangeLesson(ctx, by, c.class, first.ID, first.EditedAt, to), "timetable.room")
		must(t, c.s.ChangeLesson(ctx, by, c.class, first.ID, first.EditedAt, c.given(1, 9, "safety")))
		wantKey(t, c.s.ChangeLesson(ctx, by, c.class, first.ID, first.EditedAt, c.given(1, 10, "safety")), "errs.stale")
		must(t, c.s.DropLesson(ctx, by, c.class, got.Lessons[2].ID))
		got, err = c.s.Timetable(ctx, by, c.class)
		must(t, err)
		if len(got.Lessons) != 3 || len(got.Missing) != 0 {
			t.Errorf("%+v", got)
		}
	})
}

// A leader whose check ends in mid-term: the lesson stays and shows, one task asks for a substitute, and it does not begin with her. The
// task ends when somebody who is cleared leads it. A lesson that nobody leads, since two leaders turned out to be one, asks as well.
func TestALeaderWhoseCheckEndsInMidTerm(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		must(t, c.s.AddLesson(ctx, c.clerk(), c.class, c.given(0, 9), 0))
		_, err := c.clear.Enter(ctx, c.System(), clearance.Paper{Person: c.lead, Org: c.Nodes[home].ID, Kind: clearance.Check, Result: clearance.Failed, On: today, Issuer: "市公安局"})
		must(t, err)
		for range 2 {
			must(t, c.s.CatchUp(ctx, c.City))
		}
		if all := c.matters("careterm.substitute"); len(all) != 1 || all[0].Kind != casework.Task {
			t.Errorf("%+v", all)
		}
		rooms, err := c.s.Rooms(ctx, c.teacher())
		must(t, err)
		lesson := rooms[0].Lessons[0]
		if !rooms[0].Lacks[lesson.ID] {
			t.Error("the class screen does not show it")
		}
		wantKey(t, c.s.BeginLesson(ctx, c.teacher(), c.class, lesson.ID), "timetable.not_cleared")
		other := c.adult("温一苇", 9)
		to := c.given(0, 9)
		to.Leaders = []person.ID{other}
		must(t, c.s.ChangeLesson(ctx, c.clerk(), c.class, lesson.ID, lesson.EditedAt, to))
		must(t, c.s.CatchUp(ctx, c.City))
		if all := c.matters("careterm.substitute"); len(all) != 1 || all[0].State != casework.Closed {
			t.Errorf("%+v", all)
		}
		must(t, c.s.BeginLesson(ctx, c.teacher(), c.class, lesson.ID))
		third := c.adult("温一苇（另一行）", 9)
		for hour, who := range map[int]person.ID{12: other, 13: third} {
			g := c.given(1, hour)
			g.Ends += int64(time.Hour / time.Microsecond) // they meet
			g.Room, g.Leaders = fmt.Sprint(hour), []person.ID{who}
			must(t, c.s.AddLesson(ctx, c.clerk(), c.class, g, 0))
		}
		must(t, c.DB.Write(ctx, c.System(), func(tx *sqldb.Tx) error { return c.s.After(tx, []person.ID{other, third}) }))
		for range 2 {
			must(t, c.s.CatchUp(ctx, c.City))
		}
		if all := c.matters("careterm.substitute"); len(all) != 2 {
			t.Errorf("%+v", all)
		}
	})
}

// A child comes, a grandmother who is not on the list is refused, the mother names her, and she fetches the child; the parents read
// of their own children only.
func TestADayOfAChild(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.teacher()
		receive := func(x term.Sent) term.Received {
			t.Helper()
			got, err := c.s.Receive(ctx, by, "phone", x)
			must(t, err)
			return got
		}
		in := c.sent("in", c.kids[0], "in")
		in.MadeAt -= 5 * 60_000
		if got := receive(in); got.Again || got.Serial == "" {
			t.Errorf("%+v", got)
		}
		if got := receive(in); !got.Again {
			t.Error("a line came twice")
		}
		refused := c.sent("refused", c.kids[0], "refused")
		_, err := c.s.Receive(ctx, by, "phone", refused)
		wantKey(t, err, "field.required")
		refused.Words = "自称奶奶"
		receive(refused)
		gran, err := c.s.Care.LetCollect(ctx, c.mum, c.key, c.kids[0], "周奶奶", "奶奶")
		must(t, err)
		out := c.sent("out", c.kids[0], "out")
		out.Other = gran
		receive(out)
		got, err := c.s.Today(ctx, c.mum, c.key, 0)
		must(t, err)
		one := got.Children[0]
		if len(got.Children) != 2 || one.In == 0 || one.Out == 0 || one.With != gran || one.Refused != 1 || len(got.Lines[c.kids[0]]) != 3 || len(got.Lines[c.kids[1]]) != 0 {
			t.Errorf("%+v", got)
		}
		other, _ := c.family("许", 1)
		_, err = c.s.Today(ctx, other, c.key, 0)
		wantKey(t, err, "errs.absent")
		_, err = c.s.Care.LetCollect(ctx, other, c.key, c.kids[0], "许", "姨")
		if err == nil || !authz.Refused(err) {
			t.Errorf("a stranger may fetch: %v", err)
		}
		must(t, c.s.Care.EndCollect(ctx, c.mum, c.key, c.kids[0], gran))
		again := c.sent("out2", c.kids[1], "out")
		again.Other = gran
		in2 := c.sent("in2", c.kids[1], "in")
		receive(in2)
		receive(again) // it has happened: it is written down, and the page says so
		book, err := c.s.Book(ctx, c.clerk(), c.class, today)
		must(t, err)
		if !slices.ContainsFunc(book.Lines, func(l timetable.Presence) bool { return l.Person == c.kids[1] && l.Unlisted }) {
			t.Errorf("%+v", book.Lines)
		}
		stranger := c.sent("out3", c.kids[1], "out")
		stranger.Words = "邻居王某"
		receive(stranger)
		receive(stranger)
		if all := c.matters("careterm.unlisted"); len(all) != 1 {
			t.Errorf("%+v", all)
		}
	})
}

// What a phone sends is put right by its clock, and refused where it cannot be.
func TestThePhonesClock(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.teacher()
		slow := c.sent("slow", c.kids[0], "in")
		slow.MadeAt -= 3 * 3600_000 // half an hour ago by a clock that is two and a half hours behind
		slow.SentAt -= 3*3600_000 - 1800_000
		want := c.now.Add(-30 * time.Minute)
		got, err := c.s.Receive(ctx, by, "phone", slow)
		must(t, err)
		if d := time.UnixMilli(got.At).Sub(want).Abs(); d > time.Second || time.Duration(got.Skew)*time.Millisecond < 2*time.Hour {
			t.Errorf("%+v, %v off", got, d)
		}
		for key, change := range map[string]func(*term.Sent){
			"careterm.late":       func(x *term.Sent) { x.MadeAt -= 15 * 24 * 3600_000 },
			"careterm.not_placed": func(x *term.Sent) { x.Child = c.lead },
			"careterm.shape":      func(x *term.Sent) { x.ID = "<script>" },
			"field.choice":        func(x *term.Sent) { x.What = "taken" },
			"errs.absent":         func(x *term.Sent) { x.Class = childcare.ID("01JZZZZZZZZZZZZZZZZZZZZZZZ") },
		} {
			x := c.sent("bad", c.kids[0], "in")
			change(&x)
			_, err := c.s.Receive(ctx, by, "phone", x)
			wantKey(t, err, key)
		}
	})
}

// Half an hour after a day began one task asks to call the families of those who have not come; it ends by itself.
func TestFamiliesOfAbsentChildrenAreCalled(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		must(t, c.s.AddLesson(ctx, c.clerk(), c.class, c.given(0, 9), 0))
		c.now = today.Start(zone).Add(9*time.Hour + 29*time.Minute)
		must(t, c.s.CatchUp(ctx, c.City))
		if all := c.matters("careterm.call"); len(all) != 0 {
			t.Fatalf("%+v", all)
		}
		_, err := c.s.Receive(ctx, c.teacher(), "phone", c.sent("in", c.kids[0], "in"))
		must(t, err)
		c.now = today.Start(zone).Add(9*time.Hour + 31*time.Minute)
		for range 2 {
			must(t, c.s.CatchUp(ctx, c.City))
		}
		all := c.matters("careterm.call")
		if len(all) != 1 || all[0].State != casework.Open {
			t.Fatalf("%+v", all)
		}
		ill := c.sent("ill", c.kids[1], "absent")
		ill.Words = "发烧"
		_, err = c.s.Receive(ctx, c.teacher(), "phone", ill)
		must(t, err)
		must(t, c.s.CatchUp(ctx, c.City))
		if all = c.matters("careterm.call"); len(all) != 1 || all[0].State != casework.Closed {
			t.Errorf("%+v", all)
		}
	})
}

// Many phones send the same lines at the same moment: each counts once.
func TestLinesAreSentByManyAtOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		by := c.teacher()
		one, two := c.sent("race", c.kids[0], "in"), c.sent("other", c.kids[1], "in")
		all := sqldbtest.Race(8, func(i int) error {
			x := []term.Sent{one, two}[i%2]
			_, err := c.s.Receive(t.Context(), by, "phone", x)
			return err
		})
		if sqldbtest.Won(all) != 8 {
			t.Errorf("%v", all)
		}
		book, err := c.s.Book(t.Context(), c.clerk(), c.class, today)
		must(t, err)
		if len(book.Lines) != 2 {
			t.Errorf("%d lines", len(book.Lines))
		}
	})
}

// Each use case asks for its own right: who holds all but that one is refused, the neighbour finds nothing.
func TestEachUseCaseAsksForItsRight(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		must(t, c.s.AddLesson(ctx, c.clerk(), c.class, c.given(0, 9), 0))
		plan, err := c.s.Timetable(ctx, c.clerk(), c.class)
		must(t, err)
		lesson := plan.Lessons[0]
		for name, u := range map[string]struct {
			verb  authz.Verb
			lists bool
			do    func(by authz.Actor) error
		}{
			"timetable": {childcare.Read, false, func(by authz.Actor) error { _, err := c.s.Timetable(ctx, by, c.class); return err }},
			"book":      {childcare.Read, false, func(by authz.Actor) error { _, err := c.s.Book(ctx, by, c.class, today); return err }},
			"add":       {term.Plan, false, func(by authz.Actor) error { return c.s.AddLesson(ctx, by, c.class, c.given(1, 9), 0) }},
			"change": {term.Plan, false, func(by authz.Actor) error {
				return c.s.ChangeLesson(ctx, by, c.class, lesson.ID, lesson.EditedAt, c.given(1, 9))
			}},
			"drop":  {term.Plan, false, func(by authz.Actor) error { return c.s.DropLesson(ctx, by, c.class, lesson.ID) }},
			"begin": {term.Attend, false, func(by authz.Actor) error { return c.s.BeginLesson(ctx, by, c.class, lesson.ID) }},
			"receive": {term.Attend, false, func(by authz.Actor) error {
				_, err := c.s.Receive(ctx, by, "p", c.sent("x", c.kids[0], "in"))
				return err
			}},
			"rooms": {term.Attend, true, func(by authz.Actor) error { _, err := c.s.Rooms(ctx, by); return err }},
			"collect": {childcare.Enter, false, func(by authz.Actor) error {
				_, err := c.s.Care.LetCollect(ctx, by, c.key, c.kids[0], "某", "姨")
				return err
			}},
			"end collect": {childcare.Enter, false, func(by authz.Actor) error { return c.s.Care.EndCollect(ctx, by, c.key, c.kids[0], "x") }},
		} {
			role := authz.Role{Key: "lesser", Sees: authz.Sensitive}
			for _, v := range clerk.Verbs {
				if v != u.verb {
					role.Verbs = append(role.Verbs, v)
				}
			}
			if err := u.do(c.Actor(t, role, "咸宁市")); err == nil || errs.KindOf(err) != errs.Denied {
				t.Errorf("%s without %s: %v", name, u.verb.Key, err)
			}
			if err := u.do(c.Actor(t, clerk, "嘉鱼县")); !u.lists && (err == nil || errs.KindOf(err) != errs.Absent) {
				t.Errorf("%s by the neighbour: %v", name, err)
			}
		}
		rooms, err := c.s.Rooms(ctx, c.Actor(t, clerk, "嘉鱼县"))
		if err != nil || len(rooms) != 0 {
			t.Errorf("the neighbour sees %+v, %v", rooms, err)
		}
	})
}

// What a phone could not send comes in a file by the office: it stays its owner's, by her clock, and counts once.
func TestALineComesInAPhonesFile(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, desk := t.Context(), c.Actor(t, teacher, "咸安区")
		desk.User = c.Nodes["咸安区"].ID.String()
		x := c.sent("file", c.kids[0], "in")
		x.MadeAt -= 3600_000 + 20*60_000 // an hour ago, by a clock that is twenty minutes behind
		x.SentAt = 0
		got, err := c.s.Bring(ctx, desk, c.teacher().User, "phone", 20*60_000, x)
		must(t, err)
		if got.Again || (c.now.UnixMilli()-got.At)/60_000 != 60 {
			t.Errorf("%+v", got)
		}
		x.SentAt = c.now.UnixMilli()
		if got, err = c.s.Receive(ctx, c.teacher(), "phone", x); err != nil || !got.Again {
			t.Errorf("what came in the file is taken once more: %+v %v", got, err)
		}
		book, err := c.s.Book(ctx, c.clerk(), c.class, today)
		must(t, err)
		if len(book.Lines) != 1 || book.Lines[0].Account != c.teacher().User {
			t.Errorf("%+v", book.Lines)
		}
		_, err = c.s.Bring(ctx, c.Actor(t, teacher, "嘉鱼县"), c.teacher().User, "phone", 0, c.sent("other", c.kids[1], "in"))
		wantKey(t, err, "errs.absent")
	})
}
