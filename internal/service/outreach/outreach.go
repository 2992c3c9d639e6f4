// Package outreach goes to campuses, parks and communities with what young people can get: events with sign-up, who came, and what they
// asked, answered for all to read (政策宣讲).
package outreach

import (
	"embed"
	"slices"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Messages holds the texts of this package's problems, one file for each language.
//
//go:embed messages
var Messages embed.FS

// ID names an event.
type ID = id.Of[Event]

// Kinds are where one goes (三进).
var Kinds = []string{"campus", "park", "community"}

// State is how far an event has come.
type State string

// The states. Whether a published one is ahead, goes on or is over, the clock tells.
const (
	Draft     State = "draft"
	Published State = "published"
	Cancelled State = "cancelled"
)

// Most is how many sign up for one event at most.
const Most = 2000

// Given is what somebody writes of an event.
type Given struct {
	Org    org.ID
	Kind   string
	Title  string
	Says   string
	Place  string
	Starts int64 // microseconds UTC
	Ends   int64
	Closes int64 // sign-up before this instant
	Seats  int64 // 0 for as many as come
}

// Event is one time that somebody goes somewhere.
type Event struct {
	Given
	ID       ID
	Serial   string // 宣讲-2026-00012
	Taken    int64  // places
	Signed   int64  // who ever signed up or came
	Came     int64  // of those who signed up
	Walked   int64  // came without
	State    State
	Reason   string // why it was cancelled
	MadeBy   string
	MadeAt   int64
	EditedAt int64
}

// Left is how many places there are still.
func (e Event) Left() int64 {
	if e.Seats == 0 {
		return Most - e.Taken
	}
	return e.Seats - e.Taken
}

// TakesSignUp tells whether people sign up at an instant.
func (e Event) TakesSignUp(now int64) bool { return e.State == Published && now < e.Closes }

// What people do. The verbs of officers are held where an event belongs.
var (
	Read   = authz.Verb{Key: "outreach.read"}
	Hold   = authz.Verb{Key: "outreach.hold", Writes: "outreach_event"}
	Door   = authz.Verb{Key: "outreach.door", Writes: guests + " outreach_question"} // attendance, and questions heard in the room
	Answer = authz.Verb{Key: "outreach.answer", Writes: "outreach_question"}
	Give   = authz.Verb{Key: "outreach.give", Writes: "outreach_question " + casework.Written} // a question becomes a matter
	Call   = authz.Verb{Key: "outreach.call"}                                                  // to read whole phone numbers
	Export = authz.Verb{Key: "outreach.export"}

	// A guest's own.
	SignUp = authz.Verb{Key: "outreach.sign_up", Writes: guests}
	Leave  = authz.Verb{Key: "outreach.leave", Writes: guests}
	Ask    = authz.Verb{Key: "outreach.ask", Writes: "outreach_question"}

	// Hear is taken by rule when a desk has answered; nobody holds it.
	Hear = authz.Verb{Key: "outreach.hear", Writes: "outreach_question"}
)

const guests = "outreach_event outreach_guest"

// Verbs lists those that officers hold.
var Verbs = []authz.Verb{Read, Hold, Door, Answer, Give, Call, Export}

// Service is the use cases of outreach.
type Service struct {
	DB      *sqldb.DB
	Keys    seal.Provider
	Serials *sqldb.Serials
	Cursors *page.Cursors
	Matters *casework.Service
	Zone    *time.Location // of the city

	// Tell, where it is set, lets an account know that an event was cancelled, within the act.
	Tell func(tx *sqldb.Tx, account string, e Event) error
}

// check gives everything that is wrong with what was written.
func (g Given) check(now int64) error {
	var p errs.Problems
	p.Require(slices.Contains(Kinds, g.Kind), "kind", "field.choice", nil)
	for _, x := range []struct {
		name, text string
		most       int
		must       bool
	}{{"title", g.Title, 60, true}, {"place", g.Place, 120, true}, {"says", g.Says, 2000, false}} {
		p.Require(x.text != "" || !x.must, x.name, "field.required", nil)
		p.Require(len([]rune(x.text)) <= x.most, x.name, "field.long", errs.Args{"max": x.most})
	}
	if p.Require(g.Starts > 0, "starts", "field.required", nil) && p.Require(g.Ends > 0, "ends", "field.required", nil) {
		p.Require(g.Starts > now, "starts", "outreach.past", nil)
		p.Require(g.Ends > g.Starts && g.Ends-g.Starts <= 24*time.Hour.Microseconds(), "ends", "outreach.ends", nil)
		p.Require(g.Closes > 0 && g.Closes <= g.Ends, "closes", "outreach.closes", nil)
	}
	p.Require(g.Seats >= 0 && g.Seats <= Most, "seats", "field.range", errs.Args{"min": 0, "max": Most})
	return p.Err()
}
