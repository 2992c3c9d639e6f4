package term

import (
	"zhidian/internal/domain/feed"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

// Calendar gives the lessons that the actor herself gives, and those of the classes in which a child for whom she speaks has a place.
// Which child it is, is not said.
func (s *Service) Calendar(q sqldb.Q, by authz.Actor, from, to int64) ([]feed.Event, error) {
	if by.Person == "" {
		return nil, nil
	}
	rows, err := person.Same(q, person.ID(by.Person))
	if err != nil {
		return nil, err
	}
	led, err := timetable.DatesOf(q, rows, from, to)
	if err != nil {
		return nil, err
	}
	given, err := lessonsAmong(q, led)
	if err != nil {
		return nil, err
	}
	classes, err := s.Care.Attended(q, by)
	if err != nil {
		return nil, err
	}
	var series []string
	for _, c := range classes {
		series = append(series, c.ID.String())
	}
	taken, err := timetable.Dates(q, series, from, to)
	if err != nil {
		return nil, err
	}
	teaching, err := feed.OfSessions(q, "teach", "/field/class", given)
	if err != nil {
		return nil, err
	}
	attending, err := feed.OfSessions(q, "care", "/my/care", taken)
	return append(teaching, attending...), err
}

// lessonsAmong gives those of some sessions that belong to classes.
func lessonsAmong(q sqldb.Q, all []timetable.Session) (lessons []timetable.Session, err error) {
	known := map[string]bool{}
	for _, x := range all {
		is, seen := known[x.Series]
		if !seen {
			if is, err = isClass(q, x.Series); err != nil {
				return nil, err
			}
			known[x.Series] = is
		}
		if is {
			lessons = append(lessons, x)
		}
	}
	return lessons, nil
}

func isClass(q sqldb.Q, series string) (bool, error) {
	c, err := classOf(series)
	if err == nil {
		_, err = childcare.Known(q, c)
	}
	if errs.KindOf(err) == errs.Absent {
		return false, nil
	}
	return err == nil, err
}

// Due gives the lessons that begin between two moments, to those who give them.
func (s *Service) Due(q sqldb.Q, from, to int64) ([]notice.Due, error) {
	all, err := timetable.Coming(q, from, to)
	if err != nil {
		return nil, err
	}
	if all, err = lessonsAmong(q, all); err != nil {
		return nil, err
	}
	return feed.Remind(q, "reminder.lesson", "/field/class", all)
}
