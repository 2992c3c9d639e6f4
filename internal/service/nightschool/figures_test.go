package nightschool_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/service/nightschool"
)

func TestWhatIsSuggested(t *testing.T) {
	t.Parallel()
	of := func(title string, f nightschool.Figures) nightschool.Measured {
		f.Courses = 1
		return nightschool.Measured{Course: nightschool.Course{ID: nightschool.ID(title), Title: title}, Figures: f}
	}
	got := nightschool.Suggest([]nightschool.Measured{
		of("街舞", nightschool.Figures{Places: 20, Applied: 92, Held: 20}),
		of("书法", nightschool.Figures{Places: 20, Applied: 39, Held: 20, Answers: 5, Stars: 14}),
		of("瑜伽", nightschool.Figures{Places: 20, Applied: 60, Held: 20, Present: 59, Expected: 100}),
		of("花艺", nightschool.Figures{Places: 20, Applied: 9, Held: 9}),
		of("茶艺", nightschool.Figures{Places: 20, Applied: 8, Held: 8}),
		of("剪辑", nightschool.Figures{Places: 10, Applied: 10, Held: 10}),
		of("剪辑", nightschool.Figures{Places: 20, Applied: 20, Held: 20, Present: 60, Expected: 100, Answers: 5, Stars: 15}),
	}, []nightschool.Idea{
		{ID: "tea", Title: "茶艺", State: nightschool.Accepted, Votes: 10},
		{ID: "guitar", Title: "吉他", State: nightschool.Accepted, Votes: 9},
		{ID: "drum", Title: "架子鼓", State: nightschool.Accepted, Votes: 12},
		{ID: "no", Title: "无关", State: nightschool.Refused, Votes: 50},
	}, 100)
	var lines []string
	for _, x := range got {
		var why []string
		for _, r := range x.Reasons {
			why = append(why, r.Key)
		}
		lines = append(lines, fmt.Sprintf("%s %d×%d %s", x.Title, x.Classes, x.Places, strings.Join(why, " ")))
	}
	want := []string{
		"街舞 2×20 wanted", "瑜伽 1×20 wanted_rarely rarely", "书法 1×20 kept stars", "剪辑 2×15 kept", "茶艺 1×20 empty_voted votes", "架子鼓 1×0 votes",
		"花艺 0×20 empty", "吉他 0×0 few_votes votes",
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// The figures of a term, and what they say for the next: two exchanged, one left, one stayed away.
func TestTheFiguresOfATerm(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		term := c.term(edition.FirstCome, 2)
		brush, dance := c.offered(term, "书法", 2), c.offered(term, "街舞", 2)
		c.now = opens
		var all []authz.Actor
		for i := range 4 {
			by, _ := c.somebody(fmt.Sprintf("学员%d", i), "2000-01-01")
			all = append(all, by)
		}
		first, second := c.join(all[0], brush).Key, c.join(all[1], dance).Key
		c.join(all[2], brush)
		waits := c.join(all[3], brush).Key
		c.must(c.s.Leave(ctx, all[3], waits))
		c.must(c.s.AskSwap(ctx, all[0], first, c.receipt(all[1], second)))
		_, err := c.s.AgreeSwap(ctx, all[1], second, first)
		c.must(err)
		desk, err := c.s.CourseDesk(ctx, c.desk(), brush)
		c.must(err)
		lesson := desk.Lessons[0]
		c.now = time.UnixMicro(lesson.Starts)
		c.must(c.s.Mark(ctx, c.desk(), lesson.ID, nightschool.Marks{Here: []person.ID{person.ID(all[1].Person)}}, nightschool.Marks{}))
		c.must(c.s.Close(ctx, c.desk(), lesson.ID))
		got, err := c.s.Figures(ctx, c.desk(), term)
		c.must(err)
		if want := (nightschool.Figures{Courses: 1, Places: 2, Applied: 3, Held: 2, Present: 1, Expected: 2, Missed: 1}); len(got.Courses) != 2 || got.Courses[0].Figures != want {
			t.Errorf("%+v", got.Courses)
		}
		if want := (nightschool.Figures{Courses: 2, Places: 4, Applied: 4, Held: 3, Present: 1, Expected: 2, Missed: 1}); got.Sum != want || got.Courses[1].ID != dance {
			t.Errorf("%+v", got.Sum)
		}
		if other, err := c.s.Figures(ctx, c.Actor(t, clerk, "嘉鱼县"), term); err != nil || len(other.Courses) != 0 {
			t.Errorf("another county sees %d courses, %v", len(other.Courses), err)
		}
		nobody := authz.Actor{City: c.City, User: all[0].User, Grants: []authz.Held{}}
		for _, ask := range []func(context.Context, authz.Actor, edition.ID) error{
			func(ctx context.Context, by authz.Actor, of edition.ID) error {
				_, err := c.s.Figures(ctx, by, of)
				return err
			},
			func(ctx context.Context, by authz.Actor, of edition.ID) error {
				_, err := c.s.Proposal(ctx, by, of)
				return err
			},
		} {
			if err := ask(ctx, nobody, term); !authz.Refused(err) {
				t.Error(err)
			}
		}

		next := c.aTerm(edition.FirstCome, 2)
		next.First, next.Last = day.Must("2027-03-01"), day.Must("2027-06-30")
		next.VoteFrom, next.VoteTo = c.now.UnixMicro(), c.now.AddDate(0, 0, 1).UnixMicro()
		next.Opens, next.Closes = c.now.AddDate(0, 0, 2).UnixMicro(), c.now.AddDate(0, 0, 9).UnixMicro()
		after, err := c.s.AddTerm(ctx, c.desk(), next)
		c.must(err)
		c.must(c.s.Vote(ctx, all[0], after, []nightschool.IdeaID{c.idea(after, "吉他")}))
		plan, err := c.s.Proposal(ctx, c.desk(), after)
		c.must(err)
		if len(plan.All) != 3 || plan.Before.ID != term || plan.All[0].Title != "书法" || plan.All[0].Classes != 1 || plan.All[0].Like.ID != brush || plan.All[2].Title != "吉他" && plan.All[1].Title != "吉他" {
			t.Errorf("%+v", plan.All)
		}
	})
}
