// Package venture keeps one dossier for each venture of young founders: what it does, what it lacks, and to whom its
// founders have agreed that it be shown (创业项目档案).
package venture

import (
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// ID names a venture for ever.
type ID = id.Of[Venture]

// State is how far a dossier has come.
type State string

// The states.
const (
	Draft State = "draft" // 待核：创业者自己填的
	Known State = "known" // 在库
	Ended State = "ended" // 已出库
)

// States lists them in the order in which pages show them.
var States = []State{Known, Draft, Ended}

// Entities are the forms in which a business is run.
var Entities = []string{"none", "individual", "partnership", "firm", "coop"}

// Categories tell by what kind of founder or business a venture is known in the trade. They are not the groups of the loan
// rules, some of which are nobody's business here.
var Categories = []string{"graduate", "returnee", "farmer", "veteran", "online", "tech", "culture", "other"}

// Stages are how far a business has come.
var Stages = []string{"idea", "started", "growing", "stable", "paused"}

// Facts are what a dossier says of a venture.
type Facts struct {
	Name        string
	About       string
	Entity      string
	Credit      string // unified social credit code, GB 32100
	Industry    string // GB/T 4754, see Industry
	Category    string
	Stage       string
	Place       place.ID // where it stands, where that is a place known here
	Address     string
	Staff       int64 // who work there beside the founders
	Revenue     money.Fen
	RevenueYear int64 // of which year; 0 where nothing is said of revenue
	Began       day.Day
}

// Venture is a dossier.
type Venture struct {
	Facts
	ID          ID
	Serial      string // 项目-2026-00017
	Org         org.ID // the division or unit where it belongs
	State       State
	Returned    string // why an officer gave the draft back, empty where none did
	ConfirmedAt int64  // microseconds UTC: when somebody said last that all of it is so
	ConfirmedBy string // her account
	RemindedAt  int64
	EditedAt    int64
	MadeBy      string
	MadeAt      int64
}

// Founder is one of those whose venture it is.
type Founder struct {
	No      int64 // within the venture
	Name    string
	Lead    bool
	Person  person.ID // zero while nobody has said who she is
	Account string    // with which she entered it, empty where an officer did
}

// Honour is a prize or a title.
type Honour struct {
	ID     id.Of[Honour]
	Level  string
	Title  string
	Year   int64
	Source string // who says so
}

// Levels are those of honours, the highest first.
var Levels = []string{"national", "province", "city", "county", "school"}

// What people do with ventures.
var (
	Read    = authz.Verb{Key: "venture.read"}
	Create  = authz.Verb{Key: "venture.create", Writes: "venture venture_code venture_founder person"} // also to take a draft over
	Edit    = authz.Verb{Key: "venture.edit", Writes: "venture venture_code venture_founder venture_honour venture_need person"}
	Confirm = authz.Verb{Key: "venture.confirm", Writes: "venture venture_code"}
	End     = authz.Verb{Key: "venture.end", Writes: "venture venture_code"}
	Export  = authz.Verb{Key: "venture.export"}

	SetPriority = authz.Verb{Key: "venture.priority", Writes: "priority_list priority_slot"}
	SetIndustry = authz.Verb{Key: "venture.industry", Writes: "industry"}
	SetTerms    = authz.Verb{Key: "venture.terms", Writes: "venture_term"}

	// AgreePaper enters what a founder without a phone has signed, and that she takes it back.
	AgreePaper = authz.Verb{Key: "venture.agree_paper", Writes: "venture_consent document"}

	// Shared is held by staff of those to whom founders agree that their dossiers be shown; Look is noted when they do look.
	Shared = authz.Verb{Key: "venture.shared"}
	Look   = authz.Verb{Key: "venture.look"}

	// The founder's own.
	Propose  = authz.Verb{Key: "venture.propose", Writes: "venture venture_code venture_founder person"}
	Correct  = authz.Verb{Key: "venture.correct", Writes: "venture venture_code"}
	Reassure = authz.Verb{Key: "venture.reassure", Writes: "venture venture_code"}
	Ask      = authz.Verb{Key: "venture.ask", Writes: "venture_need"}
	Agree    = authz.Verb{Key: "venture.agree", Writes: "venture_consent"}

	// Remind and CloseNeed are taken by rule; nobody holds them.
	Remind    = authz.Verb{Key: "venture.remind", Writes: "venture"}
	CloseNeed = authz.Verb{Key: "venture.close_need", Writes: "venture_need"}
)

// Verbs lists the verbs that officers hold. Shared is held by others.
var Verbs = []authz.Verb{Read, Create, Edit, Confirm, End, Export, SetPriority, SetIndustry, SetTerms, AgreePaper}

// Line is one thing that has happened with a venture elsewhere, for the history on its dossier.
type Line struct {
	At   int64  // microseconds UTC
	Key  string // message key of what it was
	Text string // words or a number that people know it by
}

// History gives what another part of the house knows of a venture or its founders, as far as the actor may read it there; own
// says that a founder herself looks. Each part brings its own, so that a dossier knows none of them.
type History func(q sqldb.Q, by authz.Actor, v Venture, of []Founder, own bool) ([]Line, error)

// Service is the use cases of ventures.
type Service struct {
	DB      *sqldb.DB
	Keys    seal.Provider
	Serials *sqldb.Serials
	Cursors *page.Cursors
	Zone    *time.Location // of the city
	Files   *blob.Store    // pictures of signed papers
}

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }
