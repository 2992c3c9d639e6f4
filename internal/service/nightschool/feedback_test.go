package nightschool_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb/sqldbtest"
	"zhidian/internal/service/nightschool"
)

// Whoever came says how a course was, once the last lesson is over and for as long as the term says; a mean is told from five answers on.
func TestWhatLearnersThink(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		term := c.term(edition.FirstCome, 2)
		teacher, number := c.somebody("书法老师", "1980-01-01")
		x := c.aCourse(term, "书法", 10)
		x.Lessons = 1
		course, err := c.s.AddCourse(ctx, c.desk(), x, number, true)
		c.must(err)
		c.must(c.s.PublishTerm(ctx, c.desk(), term, ""))
		c.must(c.s.OfferCourse(ctx, c.desk(), course))
		c.now = opens
		var all []authz.Actor
		var seats []enrolment.Key
		var here []person.ID
		for i := range 6 {
			by, _ := c.somebody(fmt.Sprintf("学员%d", i), "2000-01-01")
			all, seats = append(all, by), append(seats, c.join(by, course).Key)
			here = append(here, person.ID(by.Person))
		}
		lesson := c.evenings(all[0], seats[0]).Lessons[0]
		c.now = time.UnixMicro(lesson.Starts)
		c.must(c.s.Mark(ctx, teacher, lesson.ID, nightschool.Marks{Here: here[:5]}, nightschool.Marks{}))
		c.wantKey(c.s.Rate(ctx, all[0], seats[0], nightschool.Feedback{Stars: 5}), "night.rate_shut")
		c.now = time.UnixMicro(lesson.Ends)
		c.wantKey(c.s.Rate(ctx, all[0], seats[0], nightschool.Feedback{}), "field.range")
		c.wantKey(c.s.Rate(ctx, all[1], seats[0], nightschool.Feedback{Stars: 5}), "errs.absent")
		c.wantKey(c.s.Rate(ctx, all[5], seats[5], nightschool.Feedback{Stars: 1}), "night.rate_shut")
		for i, words := range []string{"讲得清楚", "", "教室太小", "还想上"} {
			c.must(c.s.Rate(ctx, all[i], seats[i], nightschool.Feedback{Stars: 4, Words: words}))
		}
		shown, err := c.s.Course(ctx, all[0], course)
		c.must(err)
		if shown.Of.N != 4 || shown.Of.Shown() || shown.Of.Tenth != 0 || len(shown.Of.Words) > 0 {
			t.Errorf("%+v", shown.Of)
		}
		for _, err := range sqldbtest.Race(4, func(int) error {
			return c.s.Rate(context.Background(), all[4], seats[4], nightschool.Feedback{Stars: 5, Words: "好"})
		}) {
			c.must(err)
		}
		c.must(c.s.Rate(ctx, all[0], seats[0], nightschool.Feedback{Stars: 5, Words: "讲得很清楚"}))
		if got := c.evenings(all[0], seats[0]).May; !got.Open || got.Stars != 5 || got.Words != "讲得很清楚" {
			t.Errorf("%+v", got)
		}
		if shown, err = c.s.Course(ctx, all[0], course); err != nil || shown.Of.N != 5 || shown.Of.Tenth != 44 {
			t.Errorf("%v %+v", err, shown.Of)
		}
		list, err := c.s.Lesson(ctx, teacher, lesson.ID)
		c.must(err)
		desk, err := c.s.CourseDesk(ctx, c.desk(), course)
		c.must(err)
		if want := []string{"好", "教室太小", "讲得很清楚", "还想上"}; !slices.Equal(list.Of.Words, desk.Of.Words) || len(list.Of.Words) != len(want) {
			t.Errorf("%v %v", list.Of.Words, desk.Of.Words)
		}
		c.now = time.Date(2026, 9, 15, 15, 59, 0, 0, time.UTC) // the last minute of the fourteenth day
		c.must(c.s.Rate(ctx, all[1], seats[1], nightschool.Feedback{Stars: 3}))
		c.now = c.now.Add(time.Minute)
		c.wantKey(c.s.Rate(ctx, all[1], seats[1], nightschool.Feedback{Stars: 2}), "night.rate_shut")
		if got := c.evenings(all[1], seats[1]).May; got.Open || got.Stars != 3 {
			t.Errorf("%+v", got)
		}
	})
}
