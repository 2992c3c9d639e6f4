// Package volunteering is the city's volunteers (志愿服务): who has applied and may serve, which groups go to which villages, when they
// serve and for how long, and what is certified of it.
package volunteering

import (
	"slices"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// What people do with volunteers.
var (
	Read  = authz.Verb{Key: "volunteer.read"}
	Admit = authz.Verb{Key: "volunteer.admit", Writes: "volunteer"}

	// Those below are of the volunteer herself, or a rule's; nobody holds them.
	Apply  = authz.Verb{Key: "volunteer.apply", Writes: "volunteer person consent"} // a person is only held
	Gather = authz.Verb{Key: "volunteer.gather", Writes: "volunteer volunteer_group volunteer_member"}
	Merged = authz.Verb{Key: "volunteer.merged", Writes: "volunteer volunteer_group volunteer_member"}
)

// Verbs lists the verbs that people at desks hold.
var Verbs = []authz.Verb{Read, Admit}

// Service is the use cases of volunteers.
type Service struct {
	DB      *sqldb.DB
	Serials *sqldb.Serials
	Cursors *page.Cursors
	Zone    *time.Location // of the city
}

// ID names a volunteer, and GroupID a group.
type (
	ID      = id.Of[Volunteer]
	GroupID = id.Of[Group]
)

// Set is some words of a list, a bit each in its order. What a bit means never changes.
type Set int64

// Skills lists what volunteers can do; languages are skills: 课业辅导、阅读、美术手工、音乐舞蹈、体育、科学编程、心理陪伴、安全急救、摄影宣传、当地方言、英语、手语.
var Skills = []string{"homework", "reading", "art", "music", "sport", "science", "mind", "safety", "photo", "dialect", "english", "sign"}

// Times lists when somebody has time: weekdays and weekends, in the morning, the afternoon and the evening.
var Times = []string{"week_am", "week_pm", "week_eve", "end_am", "end_pm", "end_eve"}

// SetOf gives the set of some words of a list; what is not in the list is passed over.
func SetOf(list, words []string) (s Set) {
	for i, w := range list {
		if slices.Contains(words, w) {
			s |= 1 << i
		}
	}
	return s
}

// Words gives the words of a set, in the order of its list.
func (s Set) Words(list []string) (all []string) {
	for i, w := range list {
		if s&(1<<i) != 0 {
			all = append(all, w)
		}
	}
	return all
}

// Has tells whether all of a set are in this one.
func (s Set) Has(all Set) bool { return all&^s == 0 }

// State is how far somebody's application has come.
type State string

// The states of a volunteer. Who is admitted serves as soon as she is cleared too, which is asked of clearances each time.
const (
	Applied  State = "applied"
	Admitted State = "admitted"
	Refused  State = "refused"
	Left     State = "left"
	Joined   State = "merged" // the row of somebody who turned out to be another volunteer
)

// States lists the states that a desk filters by.
var States = []State{Applied, Admitted, Refused, Left}

// Volunteer is somebody who wants to serve.
type Volunteer struct {
	ID       ID
	Serial   string // 志愿者编号
	Person   person.ID
	Org      org.ID // where she would serve, and whose desk admits her
	Skills   Set
	Free     Set
	Says     string
	State    State
	Note     string
	MadeAt   int64
	EditedAt int64
}

func (v Volunteer) check() error {
	var p errs.Problems
	p.Require(v.Free != 0, "free", "field.required", nil)
	p.Require(v.Skills >= 0 && v.Skills < 1<<len(Skills), "skill", "field.choice", nil)
	p.Require(v.Free >= 0 && v.Free < 1<<len(Times), "free", "field.choice", nil)
	p.Require(len([]rune(v.Says)) <= 300, "says", "field.long", errs.Args{"max": 300})
	return p.Err()
}

// Kinds lists what a group is: 班级、社团、团支部.
var Kinds = []string{"class", "club", "branch"}

// Group is people who go together, led by one of them.
type Group struct {
	ID       GroupID
	Serial   string
	Name     string
	Kind     string
	Org      org.ID // where it belongs and sets out from
	Leader   ID
	Code     string // which the leader gives to who may join
	Most     int64
	Members  int64
	EndedAt  int64 // 0 while it serves
	MadeAt   int64
	EditedAt int64
}

// A group has so many people at most; what a leader can look after is for her desk to say.
const (
	LeastInGroup = 2
	MostInGroup  = 60
)

func (g Group) check() error {
	var p errs.Problems
	if p.Require(g.Name != "", "name", "field.required", nil) {
		p.Require(len([]rune(g.Name)) <= 40, "name", "field.long", errs.Args{"max": 40})
	}
	p.Require(slices.Contains(Kinds, g.Kind), "kind", "field.choice", nil)
	p.Require(g.Most >= LeastInGroup && g.Most <= MostInGroup, "most", "field.range", errs.Args{"min": LeastInGroup, "max": MostInGroup})
	return p.Err()
}

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }

func absent() error { return errs.New(errs.Absent, "errs.absent", nil) }
