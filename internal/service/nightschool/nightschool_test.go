package nightschool_test

import (
	"context"
	"testing"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/nightschool"
)

func TestTheSettingOfADayIsTheLatestThatBeganByThen(t *testing.T) {
	t.Parallel()
	all := []nightschool.Setting{{From: day.Must("2026-03-01"), Votes: 5}, {From: day.Must("2026-09-01"), Votes: 2}}
	for on, want := range map[string]int64{"2026-02-28": nightschool.Usual.Votes, "2026-03-01": 5, "2026-08-31": 5, "2026-09-01": 2} {
		if got := nightschool.InForce(all, day.Must(on)); got.Votes != want {
			t.Errorf("%s: %d votes, want %d", on, got.Votes, want)
		}
	}
}

func TestWhoIsOfTheAge(t *testing.T) {
	t.Parallel()
	c := nightschool.Course{AgeFrom: 18, AgeTo: 45, First: day.Must("2026-09-01")}
	for born, want := range map[string]bool{"2008-09-01": true, "2008-09-02": false, "1980-09-02": true, "1980-09-01": false} {
		if c.Admits(day.Must(born)) != want {
			t.Errorf("%s: want %v", born, want)
		}
	}
	if c.Admits(0) || c.Minors() {
		t.Error("an unknown date of birth fits, or a course of adults has minors")
	}
}

// From an idea to votes: the desk accepts, joins and refuses, and whoever proposed reads why.
func TestIdeasAndVotes(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		c.must(c.s.SetRule(ctx, c.System(), nightschool.Setting{From: day.Must("2026-08-03"), Votes: 2, ExcuseH: 12, MostPoints: 2, RateDays: 14}))
		c.wantKey(c.s.SetRule(ctx, c.System(), nightschool.Setting{From: day.Must("2026-08-03"), Votes: 2, ExcuseH: 12, MostPoints: 2, RateDays: 14}), "night.rule_there")
		if err := c.s.SetRule(ctx, c.desk(), nightschool.Setting{From: day.Must("2026-08-04"), Votes: 2, MostPoints: 2, RateDays: 14}); !authz.Refused(err) {
			t.Errorf("a county sets the city's rule: %v", err)
		}
		bad := c.aTerm(edition.FirstCome, 2)
		bad.VoteTo = bad.Opens + 1
		_, err := c.s.AddTerm(ctx, c.desk(), bad)
		c.wantKey(err, "night.vote_after_opening")
		_, err = c.s.AddTerm(ctx, c.Actor(t, clerk, "嘉鱼县"), c.aTerm(edition.FirstCome, 2))
		c.wantKey(err, "errs.absent")
		term := c.term(edition.FirstCome, 2)

		by, _ := c.somebody("乔以恒", "2000-01-01")
		calligraphy, dance, yoga := c.idea(term, "书法"), c.idea(term, "街舞"), c.idea(term, "瑜伽")
		mine, err := c.s.Propose(ctx, by, nightschool.Idea{Term: term, Title: "毛笔字"})
		c.must(err)
		c.wantKey(c.s.Vote(ctx, by, term, []nightschool.IdeaID{mine}), "night.not_votable")
		c.wantKey(c.s.Vote(ctx, by, term, []nightschool.IdeaID{calligraphy, dance, yoga}), "night.most_votes")
		c.wantKey(c.s.Vote(ctx, authz.Actor{City: c.City, User: "nobody"}, term, nil), "night.not_linked")
		c.must(c.s.Vote(ctx, by, term, []nightschool.IdeaID{calligraphy, calligraphy, dance}))
		c.must(c.s.Vote(ctx, by, term, []nightschool.IdeaID{dance, yoga}))
		for range nightschool.MostIdeas - 1 {
			_, err = c.s.Propose(ctx, by, nightschool.Idea{Term: term, Title: "又一门"})
			c.must(err)
		}
		_, err = c.s.Propose(ctx, by, nightschool.Idea{Term: term, Title: "再一门"})
		c.wantKey(err, "night.most_ideas")

		read := func(which nightschool.IdeaID) nightschool.Idea {
			got, err := c.s.AtDesk(ctx, c.desk(), term)
			c.must(err)
			for _, x := range got.Ideas {
				if x.ID == which {
					return x
				}
			}
			t.Fatal("no such idea")
			return nightschool.Idea{}
		}
		c.wantKey(c.s.Decide(ctx, c.desk(), mine, nightschool.Decision{To: nightschool.Refused, Version: read(mine).EditedAt}), "field.required")
		c.wantKey(c.s.Decide(ctx, c.Actor(t, clerk, "嘉鱼县"), mine, nightschool.Decision{To: nightschool.Accepted, Version: read(mine).EditedAt}), "errs.absent")
		c.must(c.s.Decide(ctx, c.desk(), mine, nightschool.Decision{To: nightschool.Joined, Into: calligraphy, Version: read(mine).EditedAt}))
		c.wantKey(c.s.Decide(ctx, c.desk(), mine, nightschool.Decision{To: nightschool.Accepted, Version: read(mine).EditedAt}), "errs.stale")

		// who votes for both of two that are joined has one vote for what is left
		other, _ := c.somebody("温一苇", "2000-01-01")
		c.must(c.s.Vote(ctx, other, term, []nightschool.IdeaID{calligraphy, yoga}))
		c.must(c.s.Decide(ctx, c.desk(), yoga, nightschool.Decision{To: nightschool.Joined, Into: calligraphy, Version: read(yoga).EditedAt}))
		if got := c.titles(term); len(got) != 2 || got[0] != "书法 2" || got[1] != "街舞 1" {
			t.Errorf("%v", got)
		}
		seen, err := c.s.View(ctx, by, term)
		c.must(err)
		if len(seen.Mine) != 2 || seen.Voters != 2 || len(seen.Ideas) != 5 {
			t.Errorf("%d votes of hers, %d voters, %d ideas", len(seen.Mine), seen.Voters, len(seen.Ideas))
		}
		if seen, err = c.s.View(ctx, other, term); err != nil || len(seen.Ideas) != 2 {
			t.Errorf("others see %d ideas, %v", len(seen.Ideas), err)
		}
		c.now = votes.AddDate(0, 0, 7)
		c.wantKey(c.s.Vote(ctx, by, term, nil), "night.no_vote")
	})
}

// Rows that turn out to be one human being have the votes of one, and count once on a roll.
func TestOneHumanBeingVotesOnce(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		term := c.term(edition.FirstCome, 2)
		var ideas []nightschool.IdeaID
		for _, title := range []string{"书法", "街舞", "瑜伽", "短视频", "手工"} {
			ideas = append(ideas, c.idea(term, title))
		}
		one, _ := c.somebody("同一人", "2000-01-01")
		other, _ := c.somebody("同一人", "2000-01-01")
		c.must(c.s.Vote(ctx, one, term, ideas[:3]))
		c.now = c.now.Add(1e9)
		c.must(c.s.Vote(ctx, other, term, ideas[2:5]))
		course := c.offered(term, "书法", 1)
		c.now = opens.Add(1e9)
		c.join(one, course)
		second := c.join(other, course)
		c.must(c.people.Join(ctx, c.System(), person.ID(one.Person), person.ID(other.Person), "同一个人"))
		if got := c.titles(term); len(got) != 5 || got[0] != "书法 1" && got[4] != "书法 1" {
			t.Errorf("%v", got)
		}
		seen, err := c.s.View(ctx, one, term)
		c.must(err)
		if len(seen.Mine) != 3 || seen.Voters != 1 {
			t.Errorf("%d votes, %d voters", len(seen.Mine), seen.Voters)
		}
		if got := c.own(one, second.Key); got.State != enrolment.Merged {
			t.Errorf("second sign-up: %s", got.State)
		}
	})
}

// Two phones of one person that send at once do not give her more votes, and an idea that is joined meanwhile takes its votes along.
func TestVotesRace(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		term := c.term(edition.FirstCome, 2)
		var ideas []nightschool.IdeaID
		for _, title := range []string{"书法", "街舞", "瑜伽", "短视频", "手工", "吉他"} {
			ideas = append(ideas, c.idea(term, title))
		}
		by, _ := c.somebody("乔以恒", "2000-01-01")
		seen, err := c.s.AtDesk(t.Context(), c.desk(), term)
		c.must(err)
		desk := c.desk()
		for i, err := range sqldbtest.Race(8, func(i int) error {
			if i == 7 {
				return c.s.Decide(context.Background(), desk, ideas[0], nightschool.Decision{To: nightschool.Joined, Into: ideas[5], Version: seen.Ideas[0].EditedAt})
			}
			return c.s.Vote(context.Background(), by, term, ideas[i%4:i%4+3])
		}) {
			if err != nil && errs.KindOf(err) != errs.Conflict {
				t.Fatalf("act %d: %v", i, err)
			}
		}
		got, err := c.s.View(t.Context(), by, term)
		c.must(err)
		if len(got.Mine) == 0 || int64(len(got.Mine)) > nightschool.Usual.Votes {
			t.Errorf("%d votes", len(got.Mine))
		}
		for _, x := range got.Mine {
			if x == ideas[0] {
				t.Error("a vote stands for an idea that counts with another")
			}
		}
	})
}

// A course takes up room and teacher when it is set up; where minors may come, the teacher is cleared.
func TestCoursesClash(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		term := c.term(edition.FirstCome, 2)
		_, teacher := c.somebody("书法老师", "1980-01-01")
		_, other := c.somebody("街舞老师", "1981-01-01")
		x := c.aCourse(term, "书法", 20)
		_, err := c.s.AddCourse(ctx, c.desk(), x, teacher, false)
		c.wantKey(err, "night.teacher_agrees")
		_, err = c.s.AddCourse(ctx, c.desk(), x, "123", true)
		c.wantKey(err, "night.number")
		made, err := c.s.AddCourse(ctx, c.desk(), x, teacher, true)
		c.must(err)
		y := c.aCourse(term, "街舞", 20)
		_, err = c.s.AddCourse(ctx, c.desk(), y, other, true)
		c.wantKey(err, "timetable.room")
		y.Room = "二楼"
		_, err = c.s.AddCourse(ctx, c.desk(), y, teacher, true)
		c.wantKey(err, "timetable.leader")
		y.Places = 41
		_, err = c.s.AddCourse(ctx, c.desk(), y, other, true)
		c.wantKey(err, "night.room_small")
		y.Places, y.Lessons = 20, 19
		_, err = c.s.AddCourse(ctx, c.desk(), y, other, true)
		c.wantKey(err, "night.outside_term")
		y.Lessons, y.AgeFrom = 8, 14
		c.must(c.clear.SetRule(ctx, c.System(), clearance.Rule{Kind: clearance.Check, From: day.Must("2020-01-01"), Needed: true, Source: "试"}))
		_, err = c.s.AddCourse(ctx, c.desk(), y, other, true)
		c.wantKey(err, "timetable.not_cleared")
		_, err = c.s.AddCourse(ctx, c.Actor(t, clerk, "嘉鱼县"), x, other, true)
		c.wantKey(err, "errs.absent")
		reader := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{nightschool.Read}}, county)
		if _, err = c.s.AddCourse(ctx, reader, x, other, true); !authz.Refused(err) {
			t.Error(err)
		}
		c.wantKey(c.s.OfferCourse(ctx, c.desk(), made), "night.term_shut")
		c.must(c.s.CancelCourse(ctx, c.desk(), made, "老师有事"))
		y.AgeFrom, y.Room = 18, ""
		if _, err = c.s.AddCourse(ctx, c.desk(), y, other, true); err != nil {
			t.Errorf("a cancelled course still takes up its room: %v", err)
		}
	})
}

// Places by the order of sign-up: caps, age, queue, offer, and what somebody leaves goes on at once.
func TestSignUp(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		term := c.term(edition.FirstCome, 1)
		course, second := c.offered(term, "书法", 1), c.offered(term, "街舞", 5)
		first, _ := c.somebody("甲", "2000-01-01")
		next, _ := c.somebody("乙", "2000-01-01")
		_, paper := c.somebody("丙", "2000-01-01")
		old, _ := c.somebody("丁", "1960-01-01")
		_, err := c.s.SignUp(ctx, first, course, true)
		c.wantKey(err, "enrolment.early")
		c.now = opens
		_, err = c.s.SignUp(ctx, first, course, false)
		c.wantKey(err, "night.agree")
		_, err = c.s.SignUp(ctx, old, course, true)
		c.wantKey(err, "night.age")
		a, b := c.join(first, course), c.join(next, course)
		if a.State != enrolment.Placed || b.State != enrolment.Waiting {
			t.Errorf("%s, %s", a.State, b.State)
		}
		_, err = c.s.SignUp(ctx, first, second, true)
		c.wantKey(err, "enrolment.most")
		by, err := c.s.EnterSignUp(ctx, c.desk(), course, enrolment.Phone, paper, true)
		c.must(err)
		_, err = c.s.EnterSignUp(ctx, c.Actor(t, clerk, "嘉鱼县"), course, enrolment.Phone, paper, true)
		c.wantKey(err, "errs.absent")
		if got := c.own(next, b.Key); got.Why.Wait != 0 || got.Why.Found != 0 {
			t.Errorf("%+v", got.Why)
		}
		_, err = c.s.Own(ctx, first, b.Key)
		c.wantKey(err, "errs.absent")
		c.wantKey(c.s.Leave(ctx, next, a.Key), "errs.absent")
		c.must(c.s.Leave(ctx, first, a.Key))
		if got := c.own(next, b.Key); got.State != enrolment.Offered || !got.Offer {
			t.Errorf("%+v", got)
		}
		c.now = c.now.AddDate(0, 0, 2)
		c.must(c.s.CatchUp(ctx, c.City))
		if got := c.own(next, b.Key); got.State != enrolment.Lapsed {
			t.Errorf("%s", got.State)
		}
		c.must(c.s.AcceptPlace(ctx, c.desk(), by.Key))
		all, err := c.s.CourseDesk(ctx, c.desk(), course)
		c.must(err)
		if len(all.Entries) != 3 || all.Entries[0].Name != "丙" || len(all.Lessons) != 8 {
			t.Errorf("%d entries, %s, %d lessons", len(all.Entries), all.Entries[0].Name, len(all.Lessons))
		}
		reader := c.Actor(t, authz.Role{Key: "reader", Verbs: []authz.Verb{nightschool.Read}}, county)
		if all, err = c.s.CourseDesk(ctx, reader, course); err != nil || all.Names || all.Enters {
			t.Errorf("%v, names %v", err, all.Names)
		}
		if err := c.s.Leave(ctx, reader, by.Key); !authz.Refused(err) {
			t.Error(err)
		}
	})
}

// A term that draws: the list is fixed when time is over, the public number draws it, everybody learns.
func TestDraw(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		term := c.term(edition.Lottery, 2)
		course := c.offered(term, "书法", 1)
		one, _ := c.somebody("甲", "2000-01-01")
		other, _ := c.somebody("乙", "2000-01-01")
		c.now = opens
		a, b := c.join(one, course), c.join(other, course)
		c.wantKey(c.s.TellPublic(ctx, c.desk(), term, "123"), "night.not_closed")
		c.now = opens.AddDate(0, 0, 2).Add(3600e9)
		c.must(c.s.CatchUp(ctx, c.City))
		c.must(c.s.TellPublic(ctx, c.desk(), term, "123"))
		c.must(c.s.CatchUp(ctx, c.City))
		got := map[enrolment.State]int{c.own(one, a.Key).State: 1}
		got[c.own(other, b.Key).State]++
		if got[enrolment.Placed] != 1 || got[enrolment.Waiting] != 1 {
			t.Errorf("%v", got)
		}
		f, _, err := c.s.File(ctx, c.City, course)
		if err != nil || len(f.Placed) != 1 {
			t.Errorf("%v, %d drawn", err, len(f.Placed))
		}
	})
}
