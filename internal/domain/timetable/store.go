package timetable

import (
	"slices"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
)

// Written names the tables that planning touches, for the verbs of services. Persons are only held.
const Written = "timetable_guard timetable_session timetable_leader person"

const columns = `s.id, s.series, s.place, s.room, s.on_day, s.starts_at, s.ends_at, s.title, s.children, s.state, s.made_by, s.made_at, s.edited_at`

func scan(f sqldb.Scan) (Session, error) {
	var s Session
	var children int64
	err := f(&s.ID, &s.Series, &s.Place, &s.Room, &s.Day, &s.Starts, &s.Ends, &s.Title, &children, &s.State, &s.MadeBy, &s.MadeAt, &s.EditedAt)
	s.Children = children == 1
	return s, err
}

func insert(tx *sqldb.Tx, s Session) error {
	children := 0
	if s.Children {
		children = 1
	}
	_, err := tx.Exec(`INSERT INTO timetable_session (city, id, series, place, room, on_day, starts_at, ends_at, title, children, state, made_by, made_at, edited_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)`,
		s.ID, s.Series, s.Place, s.Room, s.Day, s.Starts, s.Ends, s.Title, children, string(s.State), s.MadeBy, s.MadeAt)
	return err
}

// lead writes who leads a session. Where it has children the statement itself asks whether she is cleared: it writes nobody who is
// not, whatever was looked at before.
func lead(tx *sqldb.Tx, s Session) error {
	for _, who := range s.Leaders {
		var w sqldb.Where
		values := w.Arg(s.ID) + ", " + w.Arg(who)
		w.And("1 = 1")
		if s.Children {
			rows, err := person.Same(tx, who)
			if err != nil {
				return err
			}
			if err := clearance.Cleared(tx, &w, who, rows, s.Day); err != nil {
				return err
			}
		}
		n, err := tx.Exec(`INSERT INTO timetable_leader (city, session, person) SELECT $1, `+values+` WHERE `+w.SQL()+` ON CONFLICT (city, session, person) DO UPDATE SET ended_at = 0, asked = ''`, w.Args()...)
		if err != nil {
			return err
		}
		if n == 0 {
			return notCleared(s.Day)
		}
	}
	return nil
}

// Find gives one session with those who lead it.
func Find(q sqldb.Q, which ID) (Session, error) {
	s, err := sqldb.One(q, scan, `SELECT `+columns+` FROM timetable_session s WHERE s.city = $1 AND s.id = $2`, which)
	if err != nil {
		return s, err
	}
	s.Leaders, err = sqldb.All(q, func(f sqldb.Scan) (person.ID, error) {
		var p person.ID
		return p, f(&p)
	}, `SELECT person FROM timetable_leader WHERE city = $1 AND session = $2 AND ended_at = 0 ORDER BY person`, which)
	return s, err
}

// Of gives the sessions of a series from one day to another in their order, without those that were cancelled.
func Of(q sqldb.Q, series string, from, to day.Day) ([]Session, error) {
	all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM timetable_session s WHERE s.city = $1 AND s.series = $2 AND s.on_day >= $3 AND s.on_day <= $4 AND s.state <> 'cancelled'
		ORDER BY s.starts_at, s.id`, series, from, to)
	if err != nil {
		return nil, err
	}
	return led(q, all, `SELECT l.session, l.person FROM timetable_leader l JOIN timetable_session s ON s.city = l.city AND s.id = l.session
		WHERE l.city = $1 AND s.series = $2 AND s.on_day >= $3 AND s.on_day <= $4 AND l.ended_at = 0 ORDER BY l.person`, series, from, to)
}

// Started gives the series of which a session of a day began before a moment.
func Started(q sqldb.Q, on day.Day, before int64) ([]string, error) {
	return sqldb.All(q, func(f sqldb.Scan) (string, error) {
		var x string
		return x, f(&x)
	}, `SELECT DISTINCT s.series FROM timetable_session s WHERE s.city = $1 AND s.on_day = $2 AND s.state <> 'cancelled' AND s.starts_at < $3 ORDER BY s.series`, on, before)
}

// led fills in who leads sessions.
func led(q sqldb.Q, all []Session, query string, args ...any) ([]Session, error) {
	type pair struct {
		of  ID
		who person.ID
	}
	pairs, err := sqldb.All(q, func(f sqldb.Scan) (pair, error) {
		var p pair
		return p, f(&p.of, &p.who)
	}, query, args...)
	for _, p := range pairs {
		if i := slices.IndexFunc(all, func(s Session) bool { return s.ID == p.of }); i >= 0 {
			all[i].Leaders = append(all[i].Leaders, p.who)
		}
	}
	return all, err
}

// LedBy gives the sessions, not cancelled, that any of some rows leads and that share a moment with a time.
func LedBy(q sqldb.Q, rows []person.ID, from, to int64) ([]Session, error) {
	var w sqldb.Where
	w.And("s.city = $1").And("s.state <> 'cancelled'").And("s.starts_at < ? AND s.ends_at > ?", to, from)
	marks := ""
	for i, r := range rows {
		if i > 0 {
			marks += ", "
		}
		marks += w.Arg(r)
	}
	return sqldb.All(q, scan, `SELECT `+columns+` FROM timetable_leader l JOIN timetable_session s ON s.city = l.city AND s.id = l.session
		WHERE `+w.SQL()+` AND l.ended_at = 0 AND l.person IN (`+marks+`) ORDER BY s.starts_at, s.id`, w.Args()...)
}
