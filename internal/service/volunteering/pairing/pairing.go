// Package pairing decides which group of volunteers goes to which village for a term: a proposal is worked out from what villages want
// and groups can do, changed by hand, worked out again around that, and approved.
package pairing

import (
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/volunteering"
)

const written = "volunteer_term volunteer_need volunteer_pair volunteer_ban"

// What people do with pairs.
var (
	Plan    = authz.Verb{Key: "volunteer.pair", Writes: written}
	Approve = authz.Verb{Key: "volunteer.approve", Writes: "volunteer_term"}
)

// Verbs lists the verbs that people hold. Whoever reads volunteers reads their pairs.
var Verbs = []authz.Verb{Plan, Approve}

// Service is the use cases of pairs.
type Service struct {
	DB   *sqldb.DB
	Zone *time.Location // of the city
}

// ID names a term.
type ID = id.Of[Term]

// State is how far the pairs of a term have come.
type State string

// The states of a term.
const (
	Draft    State = "draft"
	Approved State = "approved"
)

// Term is a time for which groups are paired with villages (结对期).
type Term struct {
	ID         ID
	Org        org.ID // the district that it is for
	Title      string
	First      day.Day
	Last       day.Day
	Reach      int64 // metres that a group is sent at most; 0 for as far as need be
	State      State
	ApprovedBy string
	ApprovedAt int64
	MadeBy     string
	MadeAt     int64
	EditedAt   int64
}

func (t Term) check() error {
	var p errs.Problems
	if p.Require(t.Title != "", "title", "field.required", nil) {
		p.Require(len([]rune(t.Title)) <= 60, "title", "field.long", errs.Args{"max": 60})
	}
	if p.Require(!t.First.IsZero(), "first", "field.required", nil) && p.Require(!t.Last.IsZero(), "last", "field.required", nil) {
		p.Require(t.First <= t.Last && t.Last.Sub(t.First) <= 366, "last", "pairing.days", nil)
	}
	p.Require(t.Reach >= 0 && t.Reach <= 1_000_000, "reach", "field.range", errs.Args{"min": 0, "max": 1000})
	return p.Err()
}

// Need is what a site wants in a term.
type Need struct {
	Place  place.ID
	People int64
	Room   int64
	Asks   volunteering.Set
}

// Most is how many people one site may want.
const Most = 500

func (n Need) check() error {
	var p errs.Problems
	p.Require(n.People >= 0 && n.People <= Most, "people", "field.range", errs.Args{"min": 0, "max": Most})
	p.Require(n.Room >= 1 && n.Room <= Most, "room", "field.range", errs.Args{"min": 1, "max": Most})
	p.Require(n.People <= n.Room, "room", "pairing.room_small", nil)
	p.Require(n.Asks >= 0 && n.Asks < 1<<len(volunteering.Skills), "asks", "field.choice", nil)
	return p.Err()
}

// Pair is a group at a site, with what spoke for it when it was put there.
type Pair struct {
	Group  volunteering.GroupID
	Place  place.ID
	Locked bool
	Metres int64 // straight, from where the group sets out
	Size   int64 // people then
	Known  bool  // it has been there in an approved term before
}

// Ban is that a group does not go to a site.
type Ban struct {
	Group volunteering.GroupID
	Place place.ID
}
