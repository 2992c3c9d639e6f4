package nightschool_test

import (
	"context"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/nightschool"
)

func TestWhoIsExcusedAndWhoIsKeptOut(t *testing.T) {
	t.Parallel()
	s := nightschool.Setting{ExcuseH: 24, MostPoints: 3}
	starts := 48 * time.Hour.Microseconds()
	for now, want := range map[int64]bool{24 * time.Hour.Microseconds(): true, 24*time.Hour.Microseconds() + 1: false, starts: false} {
		if s.Excuses(starts, now) != want {
			t.Errorf("at %d: want %v", now, want)
		}
	}
	if s.Blocks(2) || !s.Blocks(3) {
		t.Error("three no-shows block, two do not")
	}
}

// An evening with its list: one comes by the code, one is written down by the teacher and has paid, one is excused, one stays away; she
// appeals, is answered by another than who closed the list, and the no-shows that stand keep her from the next term.
func TestAnEveningAndItsNoShow(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.must(c.s.SetRule(ctx, c.System(), nightschool.Setting{From: day.Must("2026-08-03"), Votes: 2, ExcuseH: 12, MostPoints: 1, RateDays: 14}))
		term := c.term(edition.FirstCome, 2)
		teacher, number := c.somebody("书法老师", "1980-01-01")
		x := c.aCourse(term, "书法", 10)
		x.Fee = 20 * money.Yuan
		course, err := c.s.AddCourse(ctx, c.desk(), x, number, true)
		c.must(err)
		c.must(c.s.PublishTerm(ctx, c.desk(), term, ""))
		c.must(c.s.OfferCourse(ctx, c.desk(), course))
		c.now = opens
		var all []authz.Actor
		var seats []nightschool.Signed
		for _, name := range []string{"甲", "乙", "丙", "丁"} {
			by, _ := c.somebody(name, "2000-01-01")
			all, seats = append(all, by), append(seats, c.join(by, course))
		}
		lessons, err := c.s.Evenings(ctx, all[0], seats[0].Key)
		c.must(err)
		first := lessons.Lessons[0]
		starts := time.UnixMicro(first.Starts)
		_, err = c.s.Evenings(ctx, all[1], seats[0].Key)
		c.wantKey(err, "errs.absent")

		c.now = starts.Add(-12 * time.Hour)
		c.must(c.s.Excuse(ctx, all[2], seats[2].Key, first.ID))
		c.wantKey(c.s.Mark(ctx, teacher, first.ID, nightschool.Marks{}, nightschool.Marks{}), "night.list_early")
		c.now = starts.Add(-11 * time.Hour)
		c.wantKey(c.s.Excuse(ctx, all[3], seats[3].Key, first.ID), "night.excuse_late")
		c.now = starts.Add(-10 * time.Minute)
		list, err := c.s.Lesson(ctx, teacher, first.ID)
		c.must(err)
		if len(list.Learners) != 4 || len(list.Code) != 6 || !list.Open {
			t.Errorf("%d learners, code %q", len(list.Learners), list.Code)
		}
		_, err = c.s.Lesson(ctx, all[0], first.ID)
		c.wantKey(err, "errs.absent")
		c.wantKey(c.s.Arrive(ctx, all[0], seats[0].Key, first.ID, "nope"), "night.code_wrong")
		c.must(c.s.Arrive(ctx, all[0], seats[0].Key, first.ID, list.Code))
		here := []person.ID{person.ID(all[0].Person), person.ID(all[1].Person)}
		c.must(c.s.Mark(ctx, teacher, first.ID, nightschool.Marks{Here: here, Paid: here[1:]}, nightschool.Marks{}))
		c.wantKey(c.s.Close(ctx, teacher, first.ID), "night.list_early")
		c.now = starts.Add(time.Minute)
		reader := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{nightschool.Read}}, county)
		if err := c.s.Close(ctx, reader, first.ID); !authz.Refused(err) {
			t.Error(err)
		}
		c.must(c.s.Close(ctx, c.desk(), first.ID))
		c.wantKey(c.s.Mark(ctx, teacher, first.ID, nightschool.Marks{}, nightschool.Marks{}), "night.list_closed")
		if list, err = c.s.Lesson(ctx, teacher, first.ID); err != nil || !list.Learners[1].Paid || !list.Learners[0].Here || list.Learners[0].Paid {
			t.Errorf("%v %+v", err, list.Learners)
		}
		for i, want := range []bool{false, false, false, true} {
			got, err := c.s.Evenings(ctx, all[i], seats[i].Key)
			c.must(err)
			if (got.Lessons[0].Missed.MadeAt > 0) != want {
				t.Errorf("learner %d: %+v", i, got.Lessons[0])
			}
		}

		// the next term
		next := c.aTerm(edition.FirstCome, 2)
		next.First, next.Last = day.Must("2027-03-01"), day.Must("2027-06-30")
		next.VoteFrom, next.VoteTo = c.now.UnixMicro(), c.now.AddDate(0, 0, 1).UnixMicro()
		next.Opens, next.Closes = c.now.AddDate(0, 0, 2).UnixMicro(), c.now.AddDate(0, 0, 9).UnixMicro()
		after, err := c.s.AddTerm(ctx, c.desk(), next)
		c.must(err)
		_, number = c.somebody("街舞老师", "1980-01-01")
		y := c.aCourse(after, "街舞", 10)
		y.First = day.Must("2027-03-02")
		dance, err := c.s.AddCourse(ctx, c.desk(), y, number, true)
		c.must(err)
		c.must(c.s.PublishTerm(ctx, c.desk(), after, ""))
		c.must(c.s.OfferCourse(ctx, c.desk(), dance))
		c.now = c.now.AddDate(0, 0, 3)
		_, err = c.s.SignUp(ctx, all[3], dance, true)
		c.wantKey(err, "night.blocked")
		c.join(all[0], dance)

		c.wantKey(c.s.Appeal(ctx, all[0], first.ID, "没有缺课"), "errs.absent")
		c.wantKey(c.s.Appeal(ctx, all[3], first.ID, ""), "field.required")
		c.must(c.s.Appeal(ctx, all[3], first.ID, "那天在医院"))
		c.wantKey(c.s.Appeal(ctx, all[3], first.ID, "再说一次"), "night.appealed")
		waiting, err := c.s.Appeals(ctx, c.desk())
		c.must(err)
		if len(waiting) != 1 || waiting[0].Name != "丁" {
			t.Errorf("%+v", waiting)
		}
		if waiting, err = c.s.Appeals(ctx, c.Actor(t, clerk, "嘉鱼县")); err != nil || len(waiting) != 0 {
			t.Errorf("another county sees %d appeals, %v", len(waiting), err)
		}
		who := person.ID(all[3].Person)
		c.wantKey(c.s.Answer(ctx, c.desk(), first.ID, who, nightschool.Lifted, "有病历"), "night.own_list")
		other := c.desk()
		other.User = all[1].User
		c.wantKey(c.s.Answer(ctx, other, first.ID, who, nightschool.Lifted, ""), "field.required")
		c.must(c.s.Answer(ctx, other, first.ID, who, nightschool.Lifted, "有病历"))
		c.wantKey(c.s.Answer(ctx, other, first.ID, who, nightschool.Kept, "反悔"), "errs.stale")
		c.join(all[3], dance)
	})
}

// A list that several close at once is closed once, and nobody has two no-shows for one evening.
func TestClosingRaces(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		term := c.term(edition.FirstCome, 2)
		course := c.offered(term, "书法", 10)
		c.now = opens
		by, _ := c.somebody("甲", "2000-01-01")
		seat := c.join(by, course)
		got, err := c.s.Evenings(t.Context(), by, seat.Key)
		c.must(err)
		c.now = time.UnixMicro(got.Lessons[0].Starts + 1)
		desk, done := c.desk(), 0
		for _, err := range sqldbtest.Race(4, func(int) error { return c.s.Close(context.Background(), desk, got.Lessons[0].ID) }) {
			switch {
			case err == nil:
				done++
			case errs.KeyOf(err) != "night.list_closed":
				t.Fatal(err)
			}
		}
		if done != 1 {
			t.Errorf("closed %d times", done)
		}
	})
}
