// Package person keeps one row for every human being that the city's services know, with papers, ties and consent.
package person

import (
	"sync"
	"sync/atomic"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// ID names a person for ever, whatever papers come and go.
type ID = id.Of[Person]

// Person is what is known of a human being without opening anything sealed.
type Person struct {
	ID         ID
	Home       org.ID // the organisation that keeps the record, and in whose scope it is seen
	Name       string
	Sex        string // GB/T 2261.1: 0, 1, 2 or 9
	Born       day.Day
	Ethnicity  string // GB/T 3304
	Education  string // GB/T 4658
	Standing   string // 政治面貌, GB/T 4762
	PhoneTail  string // the last four digits
	Since      int64  // the delivery that brought the row, 0 by hand
	MergedInto ID
	MadeAt     int64 // microseconds UTC
}

// PaperKind is a kind of number by which a person is known elsewhere.
type PaperKind string

// The kinds of paper.
const (
	ResidentID   PaperKind = "resident_id"   // 居民身份证、港澳台居民居住证、外国人永久居留证
	Passport     PaperKind = "passport"      // 护照
	LeagueNumber PaperKind = "league_number" // 发展团员编号
	StudentID    PaperKind = "student_id"    // 学籍号
)

// Paper is one number in the clear; it is sealed before it is stored.
type Paper struct {
	Kind   PaperKind
	Number string // normalised: upper case, no spaces
}

// TieKind is what binds a person to an organisation.
type TieKind string

// The kinds of tie.
const (
	Member   TieKind = "member"   // of a league branch; one at a time
	Cadre    TieKind = "cadre"    // holds an office of the league
	Employee TieKind = "employee" // works there
	Pupil    TieKind = "pupil"    // learns there
	Resident TieKind = "resident" // lives there
)

// Tie binds a person to an organisation, or to a unit that is known only by the source's words.
type Tie struct {
	ID     id.Of[Tie]
	Person ID
	Kind   TieKind
	Org    org.ID // zero where Unit names it
	Unit   string
	Role   string
	Began  day.Day
	Since  int64
}

// What people do with persons.
var (
	Read   = authz.Verb{Key: "person.read"}
	Count  = authz.Verb{Key: "person.count"}
	Reveal = authz.Verb{Key: "person.reveal"}
	Export = authz.Verb{Key: "person.export"}
	Create = authz.Verb{Key: "person.create", Writes: written}
	Edit   = authz.Verb{Key: "person.edit", Writes: written}
	Merge  = authz.Verb{Key: "person.merge", Writes: "person person_merge"}
	Guard  = authz.Verb{Key: "person.guard", Writes: "guardianship"}
	Agree  = authz.Verb{Key: "person.consent", Writes: "consent"}
	Copy   = authz.Verb{Key: "person.copy"} // of one's own data
)

const written = "person person_word person_phone paper paper_look tie person_change"

// Written names the tables that adding and changing persons touches, for verbs of imports.
const Written = written

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{Read, Count, Reveal, Export, Create, Edit, Merge, Guard, Agree, Copy}

// Service is the use cases of persons.
type Service struct {
	DB      *sqldb.DB
	Keys    seal.Provider
	Cursors *page.Cursors
	Zone    *time.Location // of the city, for ages; UTC when nil

	// After does, in the act that joins two persons, what others must do about it; it records that itself. rows are all that are
	// the one human being now. Nil where nothing is to be done.
	After func(tx *sqldb.Tx, rows []ID) error

	sizes   sync.Map // see remembered
	counted atomic.Int64
	tried   *bounds // other bounds than usual, for tests that go both ways
}
