// Package lesson is the library of lesson plans (教案): written by whoever gives lessons, looked at by a desk, taken over into
// timetables and rated by those who have used them.
package lesson

import (
	"slices"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// ID names a plan.
type ID = id.Of[Plan]

// Kinds lists what a lesson is for, the six kinds of care (六个一).
var Kinds = []string{"theory", "homework", "activity", "company", "mind", "safety"}

// State is how far a plan has come.
type State string

// The states of a plan. What is approved does not change any more.
const (
	Submitted State = "submitted"
	Approved  State = "approved"
	Returned  State = "returned"
)

// Plan is how a lesson is given.
type Plan struct {
	ID        ID
	Serial    string
	Account   string // who wrote it
	Org       org.ID // whose desk looks at it
	Title     string
	Kind      string
	AgeFrom   int64
	AgeTo     int64
	Minutes   int64
	Materials string
	Words     string
	State     State
	Reason    string // why it was returned
	DecidedBy string
	MadeAt    int64
	EditedAt  int64
}

func (p Plan) check() error {
	var bad errs.Problems
	if bad.Require(p.Title != "", "title", "field.required", nil) {
		bad.Require(len([]rune(p.Title)) <= 60, "title", "field.long", errs.Args{"max": 60})
	}
	bad.Require(slices.Contains(Kinds, p.Kind), "kind", "field.choice", nil)
	bad.Require(p.AgeFrom >= 3 && p.AgeFrom <= 17, "age_from", "field.range", errs.Args{"min": 3, "max": 17})
	bad.Require(p.AgeTo >= p.AgeFrom && p.AgeTo <= 17, "age_to", "lesson.ages", nil)
	bad.Require(p.Minutes >= 10 && p.Minutes <= 240, "minutes", "field.range", errs.Args{"min": 10, "max": 240})
	bad.Require(len([]rune(p.Materials)) <= 500, "materials", "field.long", errs.Args{"max": 500})
	if bad.Require(p.Words != "", "words", "field.required", nil) {
		bad.Require(len([]rune(p.Words)) <= 5000, "words", "field.long", errs.Args{"max": 5000})
	}
	return bad.Err()
}

// Liked is what those who have used a plan think of it.
type Liked struct {
	Uses  int64 // sessions that were made from it
	Rated int64 // by so many
	Tenth int64 // the mean of their stars in tenths, rounded
}

// What people do with plans.
var (
	Review = authz.Verb{Key: "lesson.review", Writes: "lesson_plan"}

	// Those below are of whoever gives lessons; nobody holds them.
	Submit = authz.Verb{Key: "lesson.submit", Writes: "lesson_plan"}
	Rate   = authz.Verb{Key: "lesson.rate", Writes: "lesson_rating"}
)

// Written names the tables that taking a plan over touches, for the verbs of services.
const Written = "lesson_use"

// Service is the use cases of plans.
type Service struct {
	DB      *sqldb.DB
	Serials *sqldb.Serials
	Zone    *time.Location

	// Author gives the desk of whoever may write plans; zero for whoever may not.
	Author func(q sqldb.Q, by authz.Actor) (org.ID, error)
}
