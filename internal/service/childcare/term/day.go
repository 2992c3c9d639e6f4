package term

import (
	"context"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/safety"
)

// Today is a day of one family's children, as who speaks for them reads it: what the class does, whether they are there, and who may
// fetch them. Of other children it holds nothing.
type Today struct {
	Class    childcare.Class
	Key      enrolment.Key
	Day      day.Day
	Lessons  []Lesson
	Children []Child
	Lines    map[person.ID][]timetable.Presence // of each of them on this day
	Happened map[person.ID][]safety.Report      // incidents of this day
}

// Today gives a day of the children for whom the actor speaks, of a sign-up that has a place.
func (s *Service) Today(ctx context.Context, by authz.Actor, k enrolment.Key, on day.Day) (got Today, err error) {
	f, err := s.Care.One(ctx, by, k)
	if err != nil {
		return got, err
	}
	if f.State != enrolment.Placed {
		return got, errs.New(errs.Absent, "errs.absent", nil)
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if on.IsZero() {
			on = s.today(q)
		}
		got = Today{Class: f.Class, Key: k, Day: on, Lines: map[person.ID][]timetable.Presence{}, Happened: map[person.ID][]safety.Report{}}
		if got.Lessons, err = lessons(q, f.Class.ID, on, on); err != nil {
			return err
		}
		lines, err := timetable.Lines(q, f.Class.ID.String(), on, on)
		if err != nil {
			return err
		}
		standing := timetable.Fold(lines)
		roll, err := enrolment.FindRoll(q, k.Roll)
		if err != nil {
			return err
		}
		for _, m := range f.Members {
			child, err := person.Find(q, m.Person)
			if err != nil {
				return err
			}
			may, err := person.MaySpeakFor(q, person.ID(by.Person), m.Person, s.today(q))
			if err != nil {
				return err
			}
			if m.Gone || !may {
				continue
			}
			one := Child{ID: child.ID, Name: child.Name, Standing: standing[child.ID], Code: enrolment.Receipt(roll, k, m.No, int64(len(f.Members)))}
			if one.Collectors, err = childcare.MayCollect(q, child.ID, s.today(q)); err != nil {
				return err
			}
			if got.Happened[child.ID], err = safety.Incidents(q, f.Class.ID, child.ID, on.Start(s.Zone).UnixMicro(), on.AddDays(1).Start(s.Zone).UnixMicro()); err != nil {
				return err
			}
			got.Children = append(got.Children, one)
			for _, l := range lines {
				if l.Person == child.ID {
					got.Lines[child.ID] = append(got.Lines[child.ID], l)
				}
			}
		}
		return nil
	})
	return got, err
}
