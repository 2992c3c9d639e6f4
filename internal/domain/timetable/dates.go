package timetable

import (
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/sqldb"
)

// Dates gives, for a calendar, the sessions of some series that share a moment with a time, in their order: those that were cancelled
// too, so that a calendar can take them back. Who leads them is not filled in.
func Dates(q sqldb.Q, series []string, from, to int64) ([]Session, error) {
	if len(series) == 0 {
		return nil, nil
	}
	var w sqldb.Where
	w.And("s.city = $1").And("s.starts_at < ? AND s.ends_at > ?", to, from)
	return dated(q, &w, "s.series", series, `timetable_session s`)
}

// DatesOf is Dates of those that any of some rows leads, or led when they were cancelled.
func DatesOf(q sqldb.Q, rows []person.ID, from, to int64) ([]Session, error) {
	var w sqldb.Where
	w.And("s.city = $1").And("l.ended_at = 0").And("s.starts_at < ? AND s.ends_at > ?", to, from)
	return dated(q, &w, "l.person", rows, `timetable_leader l JOIN timetable_session s ON s.city = l.city AND s.id = l.session`)
}

func dated[T any](q sqldb.Q, w *sqldb.Where, column string, among []T, tables string) ([]Session, error) {
	sqldb.In(w, column, among)
	return sqldb.All(q, scan, `SELECT `+columns+` FROM `+tables+` WHERE `+w.SQL()+` ORDER BY s.starts_at, s.id`, w.Args()...)
}

// Coming gives the sessions that are planned and begin between two moments, with those who lead them.
func Coming(q sqldb.Q, from, to int64) ([]Session, error) {
	all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM timetable_session s WHERE s.city = $1 AND s.state = 'planned' AND s.starts_at >= $2 AND s.starts_at < $3 ORDER BY s.starts_at, s.id`, from, to)
	if err != nil {
		return nil, err
	}
	return led(q, all, `SELECT l.session, l.person FROM timetable_leader l JOIN timetable_session s ON s.city = l.city AND s.id = l.session
		WHERE l.city = $1 AND s.state = 'planned' AND s.starts_at >= $2 AND s.starts_at < $3 AND l.ended_at = 0 ORDER BY l.person`, from, to)
}
