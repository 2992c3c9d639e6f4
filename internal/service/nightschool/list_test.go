package nightschool_test

import (
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/nightschool"
)

// A list that was opened before others wrote themselves down takes nobody off who was not on it; whoever got her place after the lesson
// has missed nothing; and who may not read names reads none on a list.
func TestAListThatIsOld(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		term := c.term(edition.FirstCome, 2)
		teacher, number := c.somebody("书法老师", "1980-01-01")
		course, err := c.s.AddCourse(ctx, c.desk(), c.aCourse(term, "书法", 3), number, true)
		c.must(err)
		c.must(c.s.PublishTerm(ctx, c.desk(), term, ""))
		c.must(c.s.OfferCourse(ctx, c.desk(), course))
		c.now = opens
		var all []authz.Actor
		var seats []nightschool.Signed
		for _, name := range []string{"甲一", "乙二", "丙三", "丁四"} {
			by, _ := c.somebody(name, "2000-01-01")
			all, seats = append(all, by), append(seats, c.join(by, course))
		}
		lessons, err := c.s.Evenings(ctx, all[0], seats[0].Key)
		c.must(err)
		first := lessons.Lessons[0]
		starts := time.UnixMicro(first.Starts)
		c.now = starts.Add(-5 * time.Minute)
		list, err := c.s.Lesson(ctx, teacher, first.ID)
		c.must(err)
		c.must(c.s.Arrive(ctx, all[0], seats[0].Key, first.ID, list.Code))
		who := func(i int) person.ID { return person.ID(all[i].Person) }
		c.must(c.s.Mark(ctx, teacher, first.ID, nightschool.Marks{Here: []person.ID{who(1)}}, nightschool.Marks{}))
		here := func() (n int) {
			list, err = c.s.Lesson(ctx, teacher, first.ID)
			c.must(err)
			for _, x := range list.Learners {
				if x.Here {
					n++
				}
			}
			return n
		}
		if got := here(); got != 2 {
			t.Errorf("%d are there after an old list was sent", got)
		}
		c.now = c.now.Add(time.Minute)
		c.must(c.s.Mark(ctx, teacher, first.ID, nightschool.Marks{Here: []person.ID{who(0)}}, nightschool.Marks{Here: []person.ID{who(0), who(1)}}))
		if got := here(); got != 1 {
			t.Errorf("%d are there after one was taken off", got)
		}
		nameless := c.Actor(t, authz.Role{Key: "nameless", Sees: authz.Open, Verbs: []authz.Verb{nightschool.Attend}}, county)
		if list, err := c.s.Lesson(ctx, nameless, first.ID); err != nil || strings.Contains(list.Learners[0].Name, "一") {
			t.Errorf("%v %+v", err, list.Learners)
		}

		c.now = starts.Add(24 * time.Hour)
		c.must(c.s.Leave(ctx, all[2], seats[2].Key))
		c.must(c.s.AcceptPlace(ctx, all[3], seats[3].Key))
		c.must(c.s.Close(ctx, teacher, first.ID))
		var missed int
		c.must(c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			return q.Row(`SELECT COUNT(*) FROM night_absence WHERE city = $1 AND person = $2`, who(3)).Scan(&missed)
		}))
		if missed != 0 {
			t.Errorf("whoever got her place a day later has missed %d lessons", missed)
		}
	})
}

// Each question to exchange seats is told, a second one to the same seat too.
func TestEachQuestionIsTold(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx := t.Context()
		term := c.term(edition.FirstCome, 2)
		brush, dance := c.offered(term, "书法", 2), c.offered(term, "街舞", 1)
		c.now = opens
		one, _ := c.somebody("甲", "2000-01-01")
		two, _ := c.somebody("乙", "2000-01-01")
		atBrush, atDance := c.join(one, brush).Key, c.join(two, dance).Key
		for n := range 2 {
			c.now = c.now.Add(time.Minute)
			c.must(c.s.AskSwap(ctx, one, atBrush, c.receipt(two, atDance)))
			c.must(c.s.EndSwap(ctx, two, atDance, atBrush))
			var told int
			c.must(c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
				return q.Row(`SELECT COUNT(*) FROM notice WHERE city = $1 AND account = $2 AND key = 'night.notice.swap'`, two.User).Scan(&told)
			}))
			if told != n+1 {
				t.Errorf("%d questions were told after %d", told, n+1)
			}
		}
	})
}
