package term_test

import (
	"strings"
	"testing"
	"time"

	"zhidian/internal/domain/feed"
	"zhidian/internal/domain/lesson"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare/term"
)

func (c *town) calendar(by authz.Actor) (all []feed.Event) {
	c.t.Helper()
	must(c.t, c.DB.Read(c.t.Context(), c.City, func(q *sqldb.Rx) (err error) {
		all, err = c.s.Calendar(q, by, today.AddDays(-5).Start(zone).UnixMicro(), today.AddDays(9).Start(zone).UnixMicro())
		return err
	}))
	return all
}

func (c *town) lesson(n int) term.Lesson {
	c.t.Helper()
	got, err := c.s.Timetable(c.t.Context(), c.clerk(), c.class)
	must(c.t, err)
	return got.Lessons[n]
}

// A family's calendar holds its children's lessons and nobody's name; who gives lessons has those; who has no place has nothing.
func TestACalendarOfLessons(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.clerk()
		must(t, c.s.AddLesson(ctx, by, c.class, c.given(0, 9), 1))
		must(t, c.s.AddLesson(ctx, by, c.class, c.given(14, 14), 0)) // beyond what is asked for
		got := c.calendar(c.mum)
		if len(got) != 2 || got[0].Kind != "care" || got[0].Title != "写作业" || got[0].Place != "甲镇青年之家" || got[0].Cancelled {
			t.Fatalf("%+v", got)
		}
		for _, e := range got {
			if text := e.UID + e.Title + e.Place + e.Link; strings.Contains(text, "周") || strings.Contains(text, c.kids[0].String()) || strings.Contains(text, c.mum.Person) {
				t.Errorf("a person stands in %+v", e)
			}
		}
		first := c.lesson(0)
		must(t, c.s.ChangeLesson(ctx, by, c.class, first.ID, first.EditedAt, c.given(1, 10)))
		moved := c.calendar(c.mum)
		if moved[0].UID != got[0].UID || moved[0].Starts == got[0].Starts || moved[0].ChangedAt <= got[0].ChangedAt {
			t.Errorf("%+v after %+v", moved[0], got[0])
		}
		must(t, c.s.DropLesson(ctx, by, c.class, first.ID))
		if got := c.calendar(c.mum); len(got) != 2 || !got[0].Cancelled || got[1].Cancelled {
			t.Errorf("%+v", got)
		}
		lead := authz.Actor{City: c.City, User: "lead", Person: c.lead.String()}
		if got := c.calendar(lead); len(got) != 2 || got[0].Kind != "teach" || !got[0].Cancelled {
			t.Errorf("who gives lessons: %+v", got)
		}
		stranger, _ := c.family("吴", 1)
		for _, by := range []authz.Actor{stranger, {City: c.City, User: "x"}} {
			if got := c.calendar(by); len(got) != 0 {
				t.Errorf("who has no place: %+v", got)
			}
		}
		dad := authz.Actor{City: c.City, User: "dad", Person: c.person("周父", "1988-01-01").String()}
		tie, err := c.people.Entrust(ctx, c.System(), person.Guardianship{Child: c.kids[0], Adult: person.ID(dad.Person), Relation: "5", From: day.Must("2020-01-01")})
		must(t, err)
		if got := c.calendar(dad); len(got) != 2 {
			t.Errorf("the other guardian: %+v", got)
		}
		must(t, c.people.Relieve(ctx, c.System(), tie, today.AddDays(-1), true, "判决"))
		if got := c.calendar(dad); len(got) != 0 {
			t.Errorf("whom a court has restricted: %+v", got)
		}
	})
}

// account ties a public account to a person.
func (c *town) account(who person.ID) string {
	c.t.Helper()
	must(c.t, c.DB.Write(c.t.Context(), c.System(), func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(`INSERT INTO account (city, id, kind, name, person, state, made_at) VALUES ($1, $2, 'public', '1', $2, 'active', $3)`, who, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(authz.Verb{Key: "test.account", Writes: "account"}, "", act.Change{})
	}))
	return who.String()
}

// Who gives a lesson is reminded of it once, anew where it is moved, and not of one that was dropped or has begun.
func TestWhoGivesALessonIsReminded(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by, lead := t.Context(), c.clerk(), c.account(c.lead)
		s := &notice.Service{DB: c.DB}
		told := func(want int) {
			t.Helper()
			for range 2 {
				var due []notice.Due
				must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) (err error) {
					due, err = c.s.Due(q, q.Now().UnixMicro(), q.Now().Add(24*time.Hour).UnixMicro())
					return err
				}))
				must(t, notice.Remind(ctx, c.DB, c.City, due))
			}
			if n, err := s.Unread(ctx, authz.Actor{City: c.City, User: lead}); err != nil || n != want {
				t.Errorf("%d reminders, want %d: %v", n, want, err)
			}
		}
		must(t, c.s.AddLesson(ctx, by, c.class, c.given(0, 6), 0)) // it is eight
		must(t, c.s.AddLesson(ctx, by, c.class, c.given(2, 9), 0))
		told(0)
		must(t, c.s.AddLesson(ctx, by, c.class, c.given(0, 9), 0))
		told(1)
		first := c.lesson(1)
		must(t, c.s.ChangeLesson(ctx, by, c.class, first.ID, first.EditedAt, c.given(0, 14)))
		told(2)
		must(t, c.s.DropLesson(ctx, by, c.class, first.ID))
		c.now = today.AddDays(1).Start(zone).Add(10 * time.Hour)
		told(3) // the one of the day after
	})
}

// A lesson that is made from a plan of the library keeps where it came from; one that nobody has approved makes none.
func TestALessonIsMadeFromAPlan(t *testing.T) {
	each(t, func(t *testing.T, c *town) {
		ctx, by := t.Context(), c.clerk()
		const which, draft = lesson.ID("01J00000000000000000000PAN"), lesson.ID("01J00000000000000000000PAM")
		must(t, c.DB.Write(ctx, c.System(), func(tx *sqldb.Tx) error {
			for id, state := range map[lesson.ID]string{which: "approved", draft: "submitted"} {
				if _, err := tx.Exec(`INSERT INTO lesson_plan (city, id, serial, account, org, title, kind, age_from, age_to, minutes, materials, words, state, made_at, edited_at)
					VALUES ($1, $2, $2, 'a', $3, '防溺水', 'safety', 6, 9, 40, '', 'w', $4, 1, 1)`, id, c.Nodes[home].ID, state); err != nil {
					return err
				}
			}
			return tx.Record(authz.Verb{Key: "test.plan", Writes: "lesson_plan"}, "", act.Change{})
		}))
		got, err := c.s.FromLibrary(ctx, by, which)
		if must(t, err); got.Title != "防溺水" {
			t.Errorf("%+v", got)
		}
		g := c.given(0, 9, "safety")
		g.Plan = draft
		if err := c.s.AddLesson(ctx, by, c.class, g, 0); errs.KindOf(err) != errs.Absent {
			t.Errorf("a plan that nobody has approved: %v", err)
		}
		g.Plan = which
		must(t, c.s.AddLesson(ctx, by, c.class, g, 1))
		must(t, c.DB.Read(ctx, c.City, func(q *sqldb.Rx) error {
			var n int64
			err := q.Row(`SELECT COUNT(*) FROM lesson_use u JOIN timetable_session s ON s.city = u.city AND s.id = u.session WHERE u.city = $1 AND u.plan = $2 AND u.account = $3`, which, by.User).Scan(&n)
			if n != 2 {
				t.Errorf("%d lessons keep their plan", n)
			}
			return err
		}))
	})
}
