package feed

import (
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
