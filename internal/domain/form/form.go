package form

import (
	"encoding/json"

	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// ID names a form for ever; AnswerID one answer to one.
type (
	ID       = id.Of[Form]
	AnswerID = id.Of[Answer]
)

// What people do with forms and answers.
var (
	Read     = authz.Verb{Key: "form.read"}                                                                       // forms, not what was answered
	Design   = authz.Verb{Key: "form.design", Writes: "form form_version form_step form_file"}                    // hand in a new version
	Publish  = authz.Verb{Key: "form.publish", Writes: "form form_version form_step record_list record_property"} // let it be filled in
	Shut     = authz.Verb{Key: "form.shut", Writes: "form"}                                                       // end filling in, or go on with it
	Share    = authz.Verb{Key: "form.share", Writes: "form_link"}                                                 // addresses under which it is filled in
	Submit   = authz.Verb{Key: "form.submit", Writes: Taken}                                                      // answer
	Correct  = authz.Verb{Key: "form.correct", Writes: Taken}                                                     // change one's own answers, or take them back
	Enter    = authz.Verb{Key: "form.enter", Writes: Taken}                                                       // copy answers from paper
	Answers  = authz.Verb{Key: "form.answers"}                                                                    // read what was answered
	Download = authz.Verb{Key: "form.download"}                                                                   // take it away
)

// Taken names the tables that taking answers touches, for the verbs of those who take them by a right of their own.
const Taken = "answer answer_file " + record.Written

// Verbs lists the verbs that people at desks hold. Submit and Correct belong to whoever answers.
var Verbs = []authz.Verb{Read, Design, Publish, Shut, Share, Enter, Answers, Download}

// State is where a form is in its life.
type State string

// The states of a form.
const (
	Draft  State = "draft" // nobody has been asked yet
	Open   State = "open"
	Closed State = "closed"
)

// Form is a form with all its versions.
type Form struct {
	ID       ID
	Org      org.ID // whose form it is
	Code     string // by which its author calls it: form_id
	Title    string
	State    State
	Version  int64   // the version that is filled in, 0 before the first
	Closes   day.Day // the last day on which it is, zero without end
	KeepDays int64   // answers are destroyed so many days after it was closed
	EditedAt int64   // microseconds UTC, the version that people saw
	MadeBy   string
	MadeAt   int64
}

// Takes tells whether answers are taken on a day.
func (f Form) Takes(on day.Day) bool {
	return f.State == Open && f.Version > 0 && (f.Closes.IsZero() || f.Closes >= on)
}

const columns = `f.id, f.org, f.code, f.title, f.state, f.version, f.closes, f.keep_days, f.edited_at, f.made_by, f.made_at`

func scan(s sqldb.Scan) (Form, error) {
	var f Form
	err := s(&f.ID, &f.Org, &f.Code, &f.Title, &f.State, &f.Version, &f.Closes, &f.KeepDays, &f.EditedAt, &f.MadeBy, &f.MadeAt)
	return f, err
}

// FindCode gives the form of an organisation that its author calls by a code.
func FindCode(q sqldb.Q, of org.ID, code string) (Form, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM form f WHERE f.city = $1 AND f.org = $2 AND f.code = $3`, of, code)
}

// Find gives one form.
func Find(q sqldb.Q, which ID) (Form, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM form f WHERE f.city = $1 AND f.id = $2`, which)
}

// Version is one version of a form.
type Version struct {
	Form        ID
	Seq         int64
	Name        string // as its author calls it
	File        string // the workbook's hash in the store of files, empty where it was drawn up in the browser
	FileName    string
	MadeBy      string
	MadeAt      int64 // microseconds UTC
	PublishedAt int64 // 0 of a draft
	Warnings    []survey.Fault
}

// IsDraft tells whether the version was never filled in.
func (v Version) IsDraft() bool { return v.PublishedAt == 0 }

const versionColumns = `v.form, v.seq, v.name, v.file, v.file_name, v.made_by, v.made_at, v.published_at, v.warnings`

func scanVersion(s sqldb.Scan) (Version, error) {
	var v Version
	var warnings string
	if err := s(&v.Form, &v.Seq, &v.Name, &v.File, &v.FileName, &v.MadeBy, &v.MadeAt, &v.PublishedAt, &warnings); err != nil {
		return v, err
	}
	return v, json.Unmarshal([]byte(warnings), &v.Warnings)
}

// Versions gives all versions of a form, the newest first.
func Versions(q sqldb.Q, of ID) ([]Version, error) {
	return sqldb.All(q, scanVersion, `SELECT `+versionColumns+` FROM form_version v WHERE v.city = $1 AND v.form = $2 ORDER BY v.seq DESC`, of)
}

// FindVersion gives one version.
func FindVersion(q sqldb.Q, of ID, seq int64) (Version, error) {
	return sqldb.One(q, scanVersion, `SELECT `+versionColumns+` FROM form_version v WHERE v.city = $1 AND v.form = $2 AND v.seq = $3`, of, seq)
}

// Link is an address under which a form is filled in without an account, and where those answers count.
type Link struct {
	Slug    string // stands in the address and the QR code; whoever has it may answer
	Form    ID
	Org     org.ID
	Name    string
	Until   day.Day // the last day, zero without end
	EndedAt int64   // microseconds UTC, 0 while it is good
	MadeAt  int64

	PerPhone int64 // how many answers one phone may give in a day, 0 any number
}

// Takes tells whether the address is good on a day.
func (l Link) Takes(on day.Day) bool { return l.EndedAt == 0 && (l.Until.IsZero() || l.Until >= on) }

const linkColumns = `l.slug, l.form, l.org, l.name, l.until, l.ended_at, l.made_at, l.per_phone`

func scanLink(s sqldb.Scan) (Link, error) {
	var l Link
	err := s(&l.Slug, &l.Form, &l.Org, &l.Name, &l.Until, &l.EndedAt, &l.MadeAt, &l.PerPhone)
	return l, err
}

// FindLink gives the address of a slug.
func FindLink(q sqldb.Q, slug string) (Link, error) {
	return sqldb.One(q, scanLink, `SELECT `+linkColumns+` FROM form_link l WHERE l.city = $1 AND l.slug = $2`, slug)
}

// Links gives the addresses of a form, the newest first.
func Links(q sqldb.Q, of ID) ([]Link, error) {
	return sqldb.All(q, scanLink, `SELECT `+linkColumns+` FROM form_link l WHERE l.city = $1 AND l.form = $2 ORDER BY l.made_at DESC, l.slug`, of)
}

// Answer is what somebody answered to one version of a form.
type Answer struct {
	ID        AnswerID
	Serial    string
	Form      ID
	Version   int64
	Org       org.ID
	Link      string
	Account   string
	EnteredBy string
	Withdrawn bool
	At        int64 // microseconds UTC
	EditedAt  int64 // also the version that people saw
	content   string
	sealed    []byte
	receipt   []byte
}

const answerColumns = `a.id, a.serial, a.form, a.version, a.org, a.link, a.account, a.entered_by, a.state, a.at, a.edited_at, a.content, a.sealed, a.receipt`

func scanAnswer(s sqldb.Scan) (Answer, error) {
	var a Answer
	var state string
	err := s(&a.ID, &a.Serial, &a.Form, &a.Version, &a.Org, &a.Link, &a.Account, &a.EnteredBy, &state, &a.At, &a.EditedAt, &a.content, &a.sealed, &a.receipt)
	a.Withdrawn = state == "withdrawn"
	return a, err
}
