package nightschool

import (
	"context"
	"slices"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Evening is a lesson as a learner sees it.
type Evening struct {
	timetable.Session
	Here      bool
	Excused   bool
	MayExcuse bool // it is early enough
	Now       bool // she may write herself down by the code
	Missed    Missed
}

// Evenings is what a learner who has a place may do beside leaving it.
type Evenings struct {
	Seat
	Lessons []Evening
	Swaps   []Asked // questions that stand, from this seat and to it
	MaySwap bool    // the course has lessons to come
	May     May     // what she may say of the course
}

// Evenings gives one's own sign-up with its lessons; to everybody else it is absent.
func (s *Service) Evenings(ctx context.Context, by authz.Actor, k enrolment.Key) (got Evenings, err error) {
	if got.Seat, err = s.Own(ctx, by, k); err != nil {
		return got, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Lessons, err = s.evenings(q, got.Seat); err != nil {
			return err
		}
		got.MaySwap = got.State == enrolment.Placed && !s.over(q, got.Course.Course)
		if got.Swaps, err = asked(q, k); err != nil {
			return err
		}
		rows, err := person.Same(q, person.ID(by.Person))
		if err != nil {
			return err
		}
		got.May, err = s.may(q, got.Seat, got.Lessons, rows)
		return err
	})
	return got, err
}

func (s *Service) evenings(q sqldb.Q, seat Seat) (all []Evening, err error) {
	c, who := seat.Course.Course, seat.Members[0].Person
	sessions, err := timetable.Of(q, c.ID.String(), c.First, c.day(c.Lessons-1))
	if err != nil {
		return nil, err
	}
	written, err := timetable.Lines(q, c.ID.String(), c.First, c.day(c.Lessons-1))
	if err != nil {
		return nil, err
	}
	missed, err := missedBy(q, []person.ID{who})
	if err != nil {
		return nil, err
	}
	now := q.Now().UnixMicro()
	for _, x := range sessions {
		e := Evening{Session: x, MayExcuse: seat.Term.Setting.Excuses(x.Starts, now), Now: now >= x.Starts-early.Microseconds() && now < x.Ends}
		e.Here = timetable.Fold(slices.DeleteFunc(slices.Clone(written), func(l timetable.Presence) bool { return l.Day != x.Day }))[who].There()
		excused, err := those(q, `SELECT person FROM night_excuse WHERE city = $1 AND session = $2`, x.ID)
		if err != nil {
			return nil, err
		}
		e.Excused = slices.Contains(excused, who)
		if i := slices.IndexFunc(missed, func(m Missed) bool { return m.Session == x.ID }); i >= 0 {
			e.Missed = missed[i]
		}
		all = append(all, e)
	}
	return all, nil
}
