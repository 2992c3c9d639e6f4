// Package duty is when volunteers serve and for how long: their duties in the timetable, who steps in, who was there, and hours that
// count only where presence, children and somebody who answers for them agree.
package duty

import (
	"strings"
	"time"

	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
	"zhidian/internal/service/volunteering/pairing"
)

// What people do with duties.
var (
	Roster  = authz.Verb{Key: "volunteer.roster", Writes: timetable.Written + " volunteer_duty"}
	Confirm = authz.Verb{Key: "volunteer.confirm", Writes: inHours}

	// Those below are of the volunteer herself, of who leads her group, or a rule's; nobody holds them.
	Check   = authz.Verb{Key: "volunteer.check", Writes: timetable.WrittenByPresence}
	Vouched = authz.Verb{Key: "volunteer.vouched", Writes: inHours}
	Joined  = authz.Verb{Key: "volunteer.hours_joined", Writes: inHours}
)

const inHours = "volunteer_hours volunteer_day person" // a person is only held

// Verbs lists the verbs that people at desks hold.
var Verbs = []authz.Verb{Roster, Confirm}

// Service is the use cases of duties.
type Service struct {
	DB   *sqldb.DB
	Zone *time.Location // of the city

	// Children counts the children who were written down at a site between two moments of a day.
	Children func(q sqldb.Q, at place.ID, on day.Day, from, to int64) (int64, error)
}

// MostPerDay is how many minutes of one person count on a day at most: eight hours.
const MostPerDay = 480

// Duty is a session that a group gives at a site.
type Duty struct {
	timetable.Session
	Term   pairing.ID
	Group  volunteering.GroupID
	Needed int64
}

// Given is what somebody says of a duty.
type Given struct {
	Group  volunteering.GroupID
	Title  string
	Post   string // what takes it up at the site beside the class itself; the group's name where it is empty
	Starts int64
	Ends   int64
	Needed int64
}

func (g Given) check() error {
	var p errs.Problems
	p.Require(g.Title != "", "title", "field.required", nil)
	p.Require(g.Needed >= 1 && g.Needed <= timetable.MostLeaders, "needed", "field.range", errs.Args{"min": 1, "max": timetable.MostLeaders})
	return p.Err()
}

// series names the duties of a group in a term within the timetable.
func series(t pairing.ID, g volunteering.GroupID) string {
	return prefix + t.String() + "/" + g.String()
}

const prefix = "volunteer/"

// presence names the lines of one duty within attendance.
func presence(s timetable.ID) string { return "duty/" + s.String() }

// timeOf gives when a moment is, as volunteers say when they are free.
func timeOf(at int64, zone *time.Location) volunteering.Set {
	t := time.UnixMicro(at).In(zone)
	word := "week_"
	if d := t.Weekday(); d == time.Saturday || d == time.Sunday {
		word = "end_"
	}
	switch h := t.Hour(); {
	case h < 12:
		word += "am"
	case h < 18:
		word += "pm"
	default:
		word += "eve"
	}
	return volunteering.SetOf(volunteering.Times, []string{word})
}

// wants is all times of which a session takes a part.
func wants(s timetable.Session, zone *time.Location) volunteering.Set {
	set := timeOf(s.Ends-1, zone)
	for at := s.Starts; at < s.Ends; at += int64(time.Hour / time.Microsecond) {
		set |= timeOf(at, zone)
	}
	return set
}

// post is the name under which a duty takes up a place in the timetable.
func post(g Given, name string) string {
	text := strings.TrimSpace(g.Post)
	if text == "" {
		text = name
	}
	if r := []rune(text); len(r) > 30 {
		text = string(r[:30])
	}
	return text
}
