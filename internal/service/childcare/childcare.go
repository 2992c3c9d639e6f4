// Package childcare runs the classes in which the city looks after children while their parents work (爱心托管班): seasons, sites
// that were checked, and places that are given fairly.
package childcare

import (
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

const (
	inSeason = edition.Written + " care_season enrolment_draw enrolment_roll"
	inClass  = "care_class edition enrolment_list " + enrolment.Written
)

// What people do with classes.
var (
	Read    = authz.Verb{Key: "care.read"}
	Plan    = authz.Verb{Key: "care.season", Writes: inSeason}              // seasons: write, publish, move
	Propose = authz.Verb{Key: "care.propose", Writes: "care_class"}         // of a site
	Inspect = authz.Verb{Key: "care.inspect", Writes: place.WrittenByCheck} // 三有
	Offer   = authz.Verb{Key: "care.offer", Writes: inClass + " place"}
	Enter   = authz.Verb{Key: "care.enter", Writes: inClass + " consent"} // what came on paper or by telephone
	Names   = authz.Verb{Key: "care.names"}                               // to see whose child is on a roll

	// Those below are of whoever speaks for a child, or a rule's; nobody holds them.
	Join     = authz.Verb{Key: "care.join", Writes: inClass + " consent"}
	Accept   = authz.Verb{Key: "care.accept", Writes: inClass}
	Decline  = authz.Verb{Key: "care.decline", Writes: inClass}
	Withdraw = authz.Verb{Key: "care.withdraw", Writes: inClass}
	Lapsed   = authz.Verb{Key: "care.lapsed", Writes: inClass}
	Listed   = authz.Verb{Key: "care.listed", Writes: inClass}
	Drawn    = authz.Verb{Key: "care.drawn", Writes: inClass}
	Collect  = authz.Verb{Key: "care.collect", Writes: "care_collector person"}     // to say who may fetch a child
	Inform   = authz.Verb{Key: "care.inform", Writes: "care_health consent person"} // to say what is to be known of a child
	Merged   = authz.Verb{Key: "care.merged", Writes: inClass}
	Judged   = authz.Verb{Key: "care.judged", Writes: inClass + " care_claim"}
	Told     = authz.Verb{Key: "care.told", Writes: inClass + " care_call"}
	Dropped  = authz.Verb{Key: "care.dropped", Writes: inClass} // a class whose season was cancelled
)

// Verbs lists the verbs that people at desks hold.
var Verbs = []authz.Verb{Read, Plan, Propose, Inspect, Offer, Enter, Names}

// Service is the use cases of child care.
type Service struct {
	DB      *sqldb.DB
	Keys    seal.Provider
	Serials *sqldb.Serials
	Zone    *time.Location // of the city
}

// service is this service's word in editions.
const service = "childcare"

// Kind is what a season is.
type Kind string

// Kinds lists the kinds of season: 暑期、寒假、周末、学期托管、公益课堂.
var Kinds = []Kind{"summer", "winter", "weekend", "term", "open"}

// Season is an edition of child care.
type Season struct {
	edition.Edition
	Kind     Kind
	Largest  int64 // children in a class at most
	PerAdult int64 // children to one adult at most
	Groups   []edition.Group
	Draw     enrolment.Draw // zero where nothing is drawn
}

// Bounds of what a season may set. 40 and 10 are the usual settings (湖北省爱心托管 guidance names no number; other provinces' do).
const (
	UsualLargest  = 40
	HardLargest   = 45
	UsualPerAdult = 10
	HardPerAdult  = 20
)

// ID names a class.
type ID = id.Of[Class]

// State is how far a class has come.
type State string

// The states of a class.
const (
	Proposed  State = "proposed"
	Offered   State = "offered"
	Cancelled State = "cancelled"
)

// Class is one class at one site in one season.
type Class struct {
	ID         ID
	Serial     string
	Edition    edition.ID
	Place      place.ID
	Org        org.ID // where the site stands
	Title      string
	Says       string
	Hours      string
	AgeFrom    int64 // in years on the season's first day
	AgeTo      int64
	Places     int64
	Adults     int64 // who look after them; guards do not count
	Lead       string
	First      day.Day          // the season's first day; zero before it is offered
	Roll       enrolment.RollID // zero before it is offered
	State      State
	ProposedBy string
	MadeAt     int64
	EditedAt   int64
}

// ThreeHaves is the kind of check without which a class is not offered (三有), with the safety file.
const ThreeHaves = "three_haves"

// CheckItems are what an inspector looks at: equipment, programme and staff, then the safety file.
var CheckItems = []string{"equipment", "programme", "staff", "fire", "water", "food", "first_aid", "insurance", "emergency"}

// Consents to which a guardian agrees at sign-up. The text of a version does not change.
const (
	ConsentData    = "childcare"
	ConsentPhoto   = "childcare.photo"
	ConsentHealth  = "childcare.health"
	ConsentVersion = "2026-1"
)
