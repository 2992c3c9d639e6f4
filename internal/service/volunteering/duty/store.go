package duty

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/pairing"
)

// head gives what is kept of a duty longer than its session.
func head(q sqldb.Q, which timetable.ID) (Duty, error) {
	return sqldb.One(q, func(f sqldb.Scan) (Duty, error) {
		var d Duty
		return d, f(&d.ID, &d.Term, &d.Group, &d.Needed, &d.Title, &d.Place)
	}, `SELECT session, term, grp, needed, title, place FROM volunteer_duty WHERE city = $1 AND session = $2`, which)
}

// find gives a duty.
func find(q sqldb.Q, which timetable.ID) (Duty, error) {
	d, err := head(q, which)
	if err != nil {
		return d, err
	}
	d.Session, err = timetable.Find(q, which)
	return d, err
}

// at finds a duty for whose district the actor holds a verb.
func at(q sqldb.Q, by authz.Actor, v authz.Verb, which timetable.ID) (Duty, org.Node, error) {
	d, err := find(q, which)
	if err != nil {
		return d, org.Node{}, err
	}
	_, where, err := pairing.Find(q, by, v, d.Term)
	return d, where, err
}

var never = day.Must("9999-12-31")

// ofTerm gives the duties of a term from one day to another, to its end where that is zero; cancelled ones and those that are kept no more
// are left out. They are in the order in which they were planned.
func ofTerm(q sqldb.Q, t pairing.ID, from, to day.Day) (all []Duty, err error) {
	heads, err := sqldb.All(q, func(f sqldb.Scan) (Duty, error) {
		d := Duty{Term: t}
		return d, f(&d.ID, &d.Group, &d.Needed)
	}, `SELECT session, grp, needed FROM volunteer_duty WHERE city = $1 AND term = $2 ORDER BY session`, t)
	if err != nil {
		return nil, err
	}
	if to.IsZero() {
		to = never
	}
	sessions, asked := map[timetable.ID]timetable.Session{}, map[volunteering.GroupID]bool{}
	for _, d := range heads {
		if asked[d.Group] {
			continue
		}
		asked[d.Group] = true
		held, err := timetable.Of(q, series(t, d.Group), from, to)
		if err != nil {
			return nil, err
		}
		for _, x := range held {
			sessions[x.ID] = x
		}
	}
	for _, d := range heads {
		if x, ok := sessions[d.ID]; ok {
			d.Session = x
			all = append(all, d)
		}
	}
	return all, nil
}

const hourColumns = `h.session, h.person, h.no, h.volunteer, h.on_day, h.starts_at, h.ends_at, h.minutes, h.children, h.reason, h.made_by, h.made_at, h.replaced`

func scanHours(f sqldb.Scan) (Hours, error) {
	var h Hours
	var replaced int64
	err := f(&h.Session, &h.Person, &h.No, &h.Volunteer, &h.Day, &h.Starts, &h.Ends, &h.Minutes, &h.Children, &h.Reason, &h.MadeBy, &h.MadeAt, &replaced)
	h.Replaced = replaced == 1
	return h, err
}

// hoursOf gives all rows of hours of a session, those that were corrected too.
func hoursOf(q sqldb.Q, of timetable.ID) ([]Hours, error) {
	return sqldb.All(q, scanHours, `SELECT `+hourColumns+` FROM volunteer_hours h WHERE h.city = $1 AND h.session = $2 ORDER BY h.person, h.no`, of)
}

// Served gives the hours of somebody that count, of all rows of her, from one day to another; to the last where to is zero.
func Served(q sqldb.Q, rows []person.ID, from, to day.Day) ([]Hours, error) {
	var w sqldb.Where
	w.And("h.city = $1").And("h.replaced = 0").And("h.on_day >= ?", from)
	if !to.IsZero() {
		w.And("h.on_day <= ?", to)
	}
	among(&w, "h.person", rows)
	return sqldb.All(q, scanHours, `SELECT `+hourColumns+` FROM volunteer_hours h WHERE `+w.SQL()+` ORDER BY h.starts_at, h.session`, w.Args()...)
}

// among adds the condition that a column names one of some persons.
func among(w *sqldb.Where, column string, rows []person.ID) {
	marks := ""
	for i, r := range rows {
		if i > 0 {
			marks += ", "
		}
		marks += w.Arg(r)
	}
	w.And(column + " IN (" + marks + ")")
}
