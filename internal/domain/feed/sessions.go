package feed

import (
	"strconv"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/sqldb"
)

// OfSessions makes events of sessions of the timetable, with the names of their sites.
func OfSessions(q sqldb.Q, kind, link string, sessions []timetable.Session) ([]Event, error) {
	var at []place.ID
	for _, x := range sessions {
		at = append(at, x.Place)
	}
	sites, err := place.Those(q, at)
	if err != nil {
		return nil, err
	}
	all := make([]Event, len(sessions))
	for i, x := range sessions {
		all[i] = Event{
			UID: x.ID.String() + "@" + q.City() + ".zhidian", Kind: kind, Title: x.Title, Place: sites[x.Place].Name, Link: link,
			Starts: x.Starts, Ends: x.Ends, MadeAt: x.MadeAt, ChangedAt: x.EditedAt, Cancelled: x.State == timetable.Cancelled,
		}
	}
	return all, nil
}

// Offers makes reminders of a service's offers of places whose time is over between two moments, for those who have not answered and
// signed up by themselves. link gives the page on which they answer.
func Offers(q sqldb.Q, service string, from, to int64, link func(enrolment.Key) string) (all []notice.Due, err error) {
	offers, err := enrolment.Ending(q, service, from, to)
	for _, p := range offers {
		if p.Way == enrolment.Web {
			all = append(all, notice.Due{Once: "remind/" + p.Subject() + "/" + strconv.FormatInt(p.Until, 10), Key: "reminder.offer", Link: link(p.Key), Until: p.Until, Accounts: []string{p.MadeBy}})
		}
	}
	return all, err
}

// Remind makes reminders of sessions, for those who lead them. One that is moved is due anew.
func Remind(q sqldb.Q, key, link string, sessions []timetable.Session) (all []notice.Due, err error) {
	for _, x := range sessions {
		d := notice.Due{Once: "remind/" + x.ID.String() + "/" + strconv.FormatInt(x.Starts, 10), Key: key, Link: link, Until: x.Starts}
		var rows []person.ID
		for _, l := range x.Leaders {
			same, err := person.Same(q, l)
			if err != nil {
				return nil, err
			}
			rows = append(rows, same...)
		}
		accounts, err := account.Behind(q, rows)
		if err != nil {
			return nil, err
		}
		for _, a := range accounts {
			d.Accounts = append(d.Accounts, a.String())
		}
		all = append(all, d)
	}
	return all, nil
}
