package duty

import (
	"slices"
	"strings"

	"zhidian/internal/domain/feed"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Calendar gives the duties in which the actor serves.
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
	return feed.OfSessions(q, "duty", "/my/duties", slices.DeleteFunc(led, func(x timetable.Session) bool { return !strings.HasPrefix(x.Series, prefix) }))
}

// Due gives the duties that begin between two moments, to those who serve in them.
func (s *Service) Due(q sqldb.Q, from, to int64) ([]notice.Due, error) {
	all, err := timetable.Coming(q, from, to)
	if err != nil {
		return nil, err
	}
	return feed.Remind(q, "reminder.duty", "/my/duties", slices.DeleteFunc(all, func(x timetable.Session) bool { return !strings.HasPrefix(x.Series, prefix) }))
}
