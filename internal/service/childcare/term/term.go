// Package term is what goes on in a class of child care from day to day: what is taught when and by whom, which children are there,
// who fetches them, and what their parents read of it.
package term

import (
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/lesson"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

// What people do in a term.
var (
	Plan   = authz.Verb{Key: "care.plan", Writes: timetable.Written + " " + lesson.Written + " care_topic"}
	Attend = authz.Verb{Key: "care.attend", Writes: timetable.Written + " " + timetable.WrittenByPresence + " " + casework.Written} // of whoever stands before a class

	// Those below are a rule's; nobody holds them.
	Called     = authz.Verb{Key: "care.called", Writes: "care_absence " + casework.Written}
	Substitute = authz.Verb{Key: "care.substitute", Writes: "timetable_leader " + casework.Written}
	Parted     = authz.Verb{Key: "care.parted", Writes: "timetable_leader"} // a leader turned out to be in two places
)

// Verbs lists the verbs that people hold.
var Verbs = []authz.Verb{Plan, Attend}

// Service is the use cases of a term.
type Service struct {
	DB       *sqldb.DB
	Care     *childcare.Service
	Matters  *casework.Service
	Accounts *account.Service
	Zone     *time.Location // of the city

	// Say puts a message into words, for matters that are opened by a rule.
	Say func(key string, args ...any) string
}

// Topic is one of the six kinds of care (六个一).
type Topic string

// Topics lists the six: 党的创新理论普及、课业辅导、素质拓展、亲情陪护、心理健康、安全自护教育.
var Topics = []Topic{"theory", "homework", "activity", "company", "mind", "safety"}

// Lesson is a session of a class with the kinds of care that it gives.
type Lesson struct {
	timetable.Session
	Topics []Topic
}

// Given is what somebody says of a lesson.
type Given struct {
	Title   string
	Room    string
	Starts  int64
	Ends    int64
	Topics  []Topic
	Leaders []person.ID
	Plan    lesson.ID // from the library, which the lesson was made from; empty for none
}

// Child is somebody who has a place in a class.
type Child struct {
	ID   person.ID
	Name string
	timetable.Standing
	Collectors []childcare.Collector
	Code       string // her receipt, which is shown at the door
	Health     childcare.Health
}

// subject names a class in matters.
func subject(c childcare.ID) string { return "care/" + c.String() }

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }

func (s *Service) zoneDay(micro int64) day.Day { return day.Of(time.UnixMicro(micro), s.Zone) }

func classOf(series string) (childcare.ID, error) { return id.Parse[childcare.Class](series) }
