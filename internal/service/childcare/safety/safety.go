// Package safety is what is told in confidence of a child or a class, and what must be done about it by when: what a volunteer has
// seen, what the law obliges her to report, and incidents.
package safety

import (
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

const (
	written = "care_report_step care_report matter_reader"
	opened  = written + " " + casework.Written
)

// What people do with reports.
var (
	Tell    = authz.Verb{Key: "care.tell", Writes: opened}          // of whoever stands before a class
	Protect = authz.Verb{Key: "care.protect", Writes: opened}       // to act on reports that one knows of
	Opened  = authz.Verb{Key: "care.opened"}                        // noted whenever somebody reads one
	Asked   = authz.Verb{Key: "care.asked"}                         // and whenever somebody asks who told it
	Lifted  = authz.Verb{Key: "care.report_lifted", Writes: opened} // a rule's; nobody holds it
)

// Verbs lists the verbs that people hold.
var Verbs = []authz.Verb{Tell, Protect}

// Service is the use cases of reports.
type Service struct {
	DB       *sqldb.DB
	Keys     seal.Provider
	Matters  *casework.Service
	Accounts *account.Service
	Zone     *time.Location // of the city

	// Say puts a message into words, for the titles of matters.
	Say func(key string, args ...any) string
}

// ID names a report.
type ID = id.Of[Report]

// Kind is why something is told.
type Kind string

// The kinds of report.
const (
	Seen     Kind = "seen"     // 观察记录: somebody is worried about a child
	Duty     Kind = "duty"     // 强制报告: the law obliges whoever finds or suspects it (《未成年人保护法》第十一条)
	Incident Kind = "incident" // 突发事件
)

// Kinds lists the kinds in the order in which pages offer them.
var Kinds = []Kind{Seen, Incident, Duty}

// Codes lists what each kind of report can be about. Those of the duty are the nine situations of the opinion on mandatory reporting
// of May 2020 (《关于建立侵害未成年人案件强制报告制度的意见（试行）》第四条), in its order.
var Codes = map[Kind][]string{
	Seen:     {"mood", "conduct", "body", "hunger", "alone", "home", "school", "other"},
	Duty:     {"private_injury", "under14", "assault", "injuries", "death", "abandoned", "missing", "begging", "danger"},
	Incident: {"fall", "ill", "food", "water", "traffic", "lost", "fight", "fire", "stranger", "other"},
}

// Report is one thing that was told. What was said is only in Opened ones.
type Report struct {
	ID        ID
	Client    string // the id that the phone or the page gave it
	Matter    casework.ID
	Class     childcare.ID
	Child     person.ID // empty where it is of the class
	Kind      Kind
	Code      string
	Severity  int64 // 1 to 3
	FoundAt   int64 // microseconds UTC, by the server's clock
	DueAt     int64 // when it goes to the desk above
	Top       bool  // there is none above
	StoppedAt int64 // when somebody did what stops the clock; 0 while it runs
	FamilyAt  int64 // when the family was told; 0 before
	ClosedAt  int64
	Account   string // of whoever told it
	Device    string
	MadeAt    int64
	content   []byte
}

// Late tells whether the clock has run out.
func (r Report) Late(now int64) bool { return r.ClosedAt == 0 && r.StoppedAt == 0 && now >= r.DueAt }

// Stops is the step that stops the clock: of the duty to report only that the police were told.
func (r Report) Stops() StepKind {
	if r.Kind == Duty {
		return Police
	}
	return Taken
}

// TellsFamily tells whether a report is closed only after the family was told. Of the duty to report it is never asked: it may be the family.
func (r Report) TellsFamily() bool { return r.Kind == Incident && r.Child != "" && r.Severity >= 2 }

// Steps gives the steps that may be taken now.
func (r Report) Steps() []StepKind {
	if r.ClosedAt > 0 {
		return nil
	}
	var all []StepKind
	if r.StoppedAt == 0 {
		all = append(all, r.Stops())
	}
	if r.Kind == Incident && r.Child != "" {
		all = append(all, Family)
	}
	all = append(all, Informed, Noted)
	if r.StoppedAt > 0 {
		all = append(all, Closed)
	}
	return all
}

// StepKind is what was done about a report.
type StepKind string

// The kinds of step.
const (
	Taken    StepKind = "taken"  // somebody looks after it
	Police   StepKind = "police" // 报告公安机关
	Family   StepKind = "family" // the family was told
	Informed StepKind = "told"   // somebody else was told: prosecutor, civil affairs, school, hospital, insurer
	Noted    StepKind = "note"
	Reader   StepKind = "reader" // somebody came to know of it
	Passed   StepKind = "lifted" // it went to the desk above
	Closed   StepKind = "closed"
)

// Step is one thing that was done.
type Step struct {
	No      int64
	Kind    StepKind
	At      int64 // when it was done, by whoever says so
	Said    Said
	Account string
	MadeAt  int64
}

// Said is the sealed part of a step.
type Said struct {
	Who     string `json:"who,omitempty"`     // who was told: a station, an office, a name
	Receipt string `json:"receipt,omitempty"` // the number that the police gave
	Words   string `json:"words,omitempty"`
}

// clock is for how long a report waits at one desk.
type clock struct {
	minutes int
	working bool // counted in office hours; else round the clock
}

// clocks are what the office promises, not law: the law says "at once" of the duty to report and nothing of the others. An observation
// is looked at within three working days, as leads of children in need are (domain: 核实).
func (r Report) clock() clock {
	switch {
	case r.Kind == Duty:
		return clock{15, false}
	case r.Kind == Seen:
		return clock{3 * perDay, true}
	case r.Severity >= 3:
		return clock{30, false}
	case r.Severity == 2:
		return clock{4 * 60, true}
	default:
		return clock{perDay, true}
	}
}

// Office hours, in minutes of the day, for clocks that count in them.
const (
	opens  = 8*60 + 30
	shuts  = 17*60 + 30
	perDay = shuts - opens
)

// until is the moment until which a report waits at a desk that gets it now.
func (r Report) until(now time.Time, zone *time.Location, cal *day.Calendar) int64 {
	c := r.clock()
	if !c.working {
		return now.Add(time.Duration(c.minutes) * time.Minute).UnixMicro()
	}
	left := time.Duration(c.minutes) * time.Minute
	d := day.Of(now, zone)
	for {
		from, to := d.Start(zone).Add(opens*time.Minute), d.Start(zone).Add(shuts*time.Minute)
		if now.After(from) {
			from = now
		}
		if cal.Workday(d) && from.Before(to) {
			if left <= to.Sub(from) {
				return from.Add(left).UnixMicro()
			}
			left -= to.Sub(from)
		}
		d = d.AddDays(1)
	}
}

// days is within how many working days the matter of a report is to be answered.
func (r Report) days() int {
	if r.Kind == Seen {
		return 15
	}
	return 3
}
