// Package timetable says what is held where, when and by whom, and who was there: nobody and no room twice at a time, and no
// children with an adult who is not cleared.
package timetable

import (
	"time"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
)

// ID names a session.
type ID = id.Of[Session]

// State is how far a session has come.
type State string

// The states of a session.
const (
	Planned   State = "planned"
	Begun     State = "begun"
	Cancelled State = "cancelled"
)

// Session is something that is held at a time (课次).
type Session struct {
	ID       ID
	Series   string // what it belongs to, such as a class
	Place    place.ID
	Room     string // a room's name at the place; "" where it has one only
	Day      day.Day
	Starts   int64 // microseconds UTC
	Ends     int64 // the first moment after it
	Title    string
	Children bool        // those who lead it need clearance
	Leaders  []person.ID // who lead it now
	State    State
	MadeBy   string
	MadeAt   int64
	EditedAt int64
}

// Longest is the longest that a session lasts, and MostLeaders how many may lead one.
const (
	Longest     = 12 * time.Hour
	MostLeaders = 9
)

func (s Session) check(zone *time.Location) error {
	var p errs.Problems
	p.Require(s.Title != "", "title", "field.required", nil)
	p.Require(len([]rune(s.Title)) <= 60, "title", "field.long", errs.Args{"max": 60})
	p.Require(len([]rune(s.Room)) <= 30, "room", "field.long", errs.Args{"max": 30})
	p.Require(s.Starts < s.Ends, "ends", "timetable.ends", nil)
	p.Require(s.Ends-s.Starts <= Longest.Microseconds() && day.Of(time.UnixMicro(s.Ends-1), zone) == day.Of(time.UnixMicro(s.Starts), zone), "ends", "timetable.one_day", nil)
	p.Require(len(s.Leaders) <= MostLeaders, "leader", "timetable.most", errs.Args{"n": MostLeaders})
	return p.Err()
}

// meets tells whether two sessions share a moment. One may begin as the other ends.
func (s Session) meets(o Session) bool { return s.Starts < o.Ends && o.Starts < s.Ends }

// Lacking is a leader who may not be with the children of a session on its day.
type Lacking struct {
	Session Session
	Person  person.ID
	Gaps    []clearance.Gap
}
