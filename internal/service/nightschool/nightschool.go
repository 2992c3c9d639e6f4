// Package nightschool is the city's evening courses for young people (青年夜校): they propose and vote (青年点单), the office sets courses up,
// places are given fairly.
package nightschool

import (
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

const inCourse = "night_course enrolment_list " + enrolment.Written + " " + timetable.Written

// What people do with the night school.
var (
	Read   = authz.Verb{Key: "night.read"}
	Rule   = authz.Verb{Key: "night.rule", Writes: "night_rule"}
	Plan   = authz.Verb{Key: "night.term", Writes: edition.Written + " night_term enrolment_draw enrolment_roll"}
	Judge  = authz.Verb{Key: "night.judge", Writes: "night_idea night_vote"}
	Set    = authz.Verb{Key: "night.course", Writes: inCourse + " edition place consent"}                                              // a place is only held
	Enter  = authz.Verb{Key: "night.enter", Writes: inCourse + " consent"}                                                             // what came on paper or by telephone
	Attend = authz.Verb{Key: "night.attend", Writes: "night_list night_fee night_absence night_course " + timetable.WrittenByPresence} // a course is only held
	Hear   = authz.Verb{Key: "night.appeals", Writes: "night_absence"}
	Names  = authz.Verb{Key: "night.names"} // to see who is on a roll

	// Those below are of the learner herself, or a rule's; nobody holds them.
	Propose  = authz.Verb{Key: "night.propose", Writes: "night_idea person"}
	Vote     = authz.Verb{Key: "night.vote", Writes: "night_vote night_idea person"} // an idea is only held
	Join     = authz.Verb{Key: "night.join", Writes: inCourse + " consent"}
	Accept   = authz.Verb{Key: "night.accept", Writes: inCourse}
	Decline  = authz.Verb{Key: "night.decline", Writes: inCourse}
	Withdraw = authz.Verb{Key: "night.withdraw", Writes: inCourse}
	Arrive   = authz.Verb{Key: "night.arrive", Writes: "night_course " + timetable.WrittenByPresence}
	Excuse   = authz.Verb{Key: "night.excuse", Writes: "night_excuse"}
	Appeal   = authz.Verb{Key: "night.appeal", Writes: "night_absence"}
	Exchange = authz.Verb{Key: "night.exchange", Writes: inCourse + " night_swap"}
	Rate     = authz.Verb{Key: "night.rate", Writes: "night_feedback person"}
	Lapsed   = authz.Verb{Key: "night.lapsed", Writes: inCourse}
	Listed   = authz.Verb{Key: "night.listed", Writes: inCourse}
	Drawn    = authz.Verb{Key: "night.drawn", Writes: inCourse}
	Merged   = authz.Verb{Key: "night.merged", Writes: inCourse + " night_vote"}
)

// Verbs lists the verbs that people at desks hold.
var Verbs = []authz.Verb{Read, Rule, Plan, Judge, Set, Enter, Attend, Hear, Names}

// Service is the use cases of the night school.
type Service struct {
	DB      *sqldb.DB
	Keys    seal.Provider
	Serials *sqldb.Serials
	Zone    *time.Location // of the city
}

// service is this service's word in editions.
const service = "nightschool"

// Setting is what the city has set for terms whose voting begins on or after a day. It is the city's own rule, not law.
type Setting struct {
	From       day.Day
	Votes      int64 // of one person in a term
	ExcuseH    int64 // hours before a lesson until which who says that she cannot come is excused
	MostPoints int64 // from so many no-shows in a term on, nobody signs up for the next
	RateDays   int64 // after the last lesson in which learners say how a course was
	SetAt      int64
}

// Usual is in force until a city has set its own. The numbers are what night schools of other cities publish most often.
var Usual = Setting{Votes: 3, ExcuseH: 24, MostPoints: 3, RateDays: 14}

func (s Setting) check() error {
	var p errs.Problems
	p.Require(!s.From.IsZero(), "from", "field.required", nil)
	within(&p, s.Votes, 1, 20, "votes")
	within(&p, s.ExcuseH, 0, 168, "excuse")
	within(&p, s.MostPoints, 1, 99, "points")
	within(&p, s.RateDays, 1, 90, "rate_days")
	return p.Err()
}

func within(p *errs.Problems, n, least, most int64, field string) {
	p.Require(n >= least && n <= most, field, "field.range", errs.Args{"min": least, "max": most})
}

// InForce gives the setting of a day: the latest that began by then, else the usual one.
func InForce(all []Setting, on day.Day) Setting {
	got := Usual
	for _, s := range all {
		if s.From <= on && s.From >= got.From {
			got = s
		}
	}
	return got
}

// Term is an edition of the night school (学期).
type Term struct {
	edition.Edition
	Prior    edition.ID // the term before it, "" for none
	VoteFrom int64      // microseconds UTC; ideas and votes from this instant
	VoteTo   int64      // and before this one
	Setting  Setting
	Draw     enrolment.Draw // zero where nothing is drawn
}

// Votes tells whether people propose and vote at an instant. A draft's sign-up may still be open to change while they do.
func (t Term) Votes(now int64) bool {
	return t.State != edition.Cancelled && now >= t.VoteFrom && now < t.VoteTo
}

// Seen tells whether everybody may see a term: it is published, or its voting has begun.
func (t Term) Seen(now int64) bool {
	return t.State == edition.Published || t.State == edition.Draft && now >= t.VoteFrom
}

func (t Term) check() error {
	var p errs.Problems
	if p.Require(t.VoteFrom > 0, "vote_from", "field.required", nil) && p.Require(t.VoteTo > 0, "vote_to", "field.required", nil) {
		p.Require(t.VoteFrom < t.VoteTo, "vote_to", "night.vote_backwards", nil)
		p.Require(t.Opens == 0 || t.VoteTo <= t.Opens, "vote_to", "night.vote_after_opening", nil)
	}
	p.Require(t.Mode == edition.Lottery || t.Mode == edition.FirstCome, "mode", "field.choice", nil)
	return p.Err()
}

// IdeaID names an idea, ID a course.
type (
	IdeaID = id.Of[Idea]
	ID     = id.Of[Course]
)

// IdeaState is how far an idea has come.
type IdeaState string

// The states of an idea.
const (
	Proposed IdeaState = "proposed"
	Accepted IdeaState = "accepted" // may be voted for
	Joined   IdeaState = "merged"   // the same as another, whose votes it now counts with
	Refused  IdeaState = "refused"
)

// Idea is a course that somebody would like to have.
type Idea struct {
	ID       IdeaID
	Term     edition.ID
	Title    string
	Says     string
	Person   person.ID // "" where the office proposes
	State    IdeaState
	Into     IdeaID
	Note     string // why it was refused
	MadeBy   string
	MadeAt   int64
	EditedAt int64
	Votes    int64
}

// MostIdeas is how many ideas of one person may wait for the desk in a term, so that its list stays readable.
const MostIdeas = 3

// State is how far a course has come.
type State string

// The states of a course.
const (
	Draft     State = "draft"
	Offered   State = "offered"
	Cancelled State = "cancelled"
)

// Course is one course of a term, held once a week.
type Course struct {
	ID       ID
	Serial   string
	Term     edition.ID
	Org      org.ID // where the site stands
	Place    place.ID
	Room     string
	Title    string
	Says     string
	Idea     IdeaID // which was voted for, "" for none
	Teacher  person.ID
	Lead     string // how the teacher is called in public
	AgeFrom  int64  // in years on the first day
	AgeTo    int64
	Places   int64
	Fee      money.Fen // for a lesson; written down, never collected here
	First    day.Day   // of the first lesson
	Starts   int64     // minutes after midnight
	Ends     int64
	Lessons  int64
	State    State
	Roll     enrolment.RollID
	MadeBy   string
	MadeAt   int64
	EditedAt int64
}

// Bounds of what a course may set.
const (
	MostPlaces  = 500
	MostLessons = 30
	MostFee     = 1000 * money.Yuan // for a lesson
	LeastAge    = 6
	MostAge     = 120
	OfAge       = 18 // below it a course has minors, and its teacher needs clearance (未成年人保护法 62)
)

// Minors tells whether children may be in a course.
func (c Course) Minors() bool { return c.AgeFrom < OfAge }

func (c Course) check(t Term, capacity int64) error {
	var p errs.Problems
	if p.Require(c.Title != "", "title", "field.required", nil) {
		p.Require(len([]rune(c.Title)) <= 40, "title", "field.long", errs.Args{"max": 40})
	}
	p.Require(c.Lead != "", "lead", "field.required", nil)
	p.Require(len([]rune(c.Says)) <= 500, "says", "field.long", errs.Args{"max": 500})
	within(&p, c.AgeFrom, LeastAge, MostAge, "age_from")
	within(&p, c.AgeTo, max(c.AgeFrom, LeastAge), MostAge, "age_to")
	c.checkPlaces(&p, capacity)
	within(&p, int64(c.Fee), 0, int64(MostFee), "fee")
	within(&p, c.Lessons, 1, MostLessons, "lessons")
	p.Require(c.Starts >= 0 && c.Starts < c.Ends && c.Ends <= 24*60, "ends", "night.ends", nil)
	if p.Require(!c.First.IsZero(), "first", "field.required", nil) {
		p.Require(c.First >= t.First && c.day(c.Lessons-1) <= t.Last, "first", "night.outside_term", errs.Args{"first": t.First, "last": t.Last})
	}
	return p.Err()
}

func (c Course) checkPlaces(p *errs.Problems, capacity int64) {
	within(p, c.Places, 1, MostPlaces, "places")
	p.Require(capacity == 0 || c.Places <= capacity, "places", "night.room_small", errs.Args{"n": capacity})
}

// day is the day of a lesson, the first being 0.
func (c Course) day(lesson int64) day.Day { return c.First.AddDays(int(7 * lesson)) }

// Admits tells whether somebody born on a day is of the course's age on its first day.
func (c Course) Admits(born day.Day) bool {
	age := int64(born.Age(c.First, day.BirthdayCounts))
	return c.AgeFrom <= age && age <= c.AgeTo
}

// Consents: of a learner to her sign-up, of a teacher to be named and entered in the timetable. The text of a version does not change.
const (
	ConsentLearn   = "nightschool"
	ConsentTeach   = "nightschool.teach"
	ConsentVersion = "2026-1"
)

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }

func absent() error { return errs.New(errs.Absent, "errs.absent", nil) }
