// Package field is forms that people take along to where there is no network: who takes which, what a phone may keep for a
// day, and how what was filled in comes back once and whole.
package field

import (
	"context"
	"time"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// What people do in the field, and about it at desks.
var (
	Take    = authz.Verb{Key: "field.take"}                                        // take forms and records along on a phone
	Send    = authz.Verb{Key: "field.send", Writes: form.Taken + " field_answer"}  // hand in what was filled in there
	Bring   = authz.Verb{Key: "field.bring", Writes: form.Taken + " field_answer"} // the same from a file, for somebody
	Assign  = authz.Verb{Key: "field.assign", Writes: Assigned}
	Records = authz.Verb{Key: "record.read"}
	Decide  = authz.Verb{Key: "record.decide", Writes: record.Written} // between values that two people gave
)

// Assigned names the table that giving and ending tasks touches, for the verbs of those who do so within an act of theirs.
const Assigned = "field_task"

// Verbs lists the verbs that people at desks hold. Take and Send belong to whom a task is given.
var Verbs = []authz.Verb{Bring, Assign, Records, Decide}

// PackHours is how long a phone may keep what it took along.
const PackHours = 24

// TaskID names a task for ever.
type TaskID = id.Of[Task]

// Task is a form that somebody is to take along: an account, or everybody who holds a role at an organisation or below it.
type Task struct {
	ID      TaskID
	Form    form.ID
	Org     org.ID
	Account string
	Role    string
	Due     day.Day // the day by which it is to be done, zero without one
	Target  int64   // how many answers each is to bring, 0 where nobody counts
	Note    string
	MadeBy  string
	MadeAt  int64 // microseconds UTC
	EndedAt int64 // 0 while it goes on
}

const taskColumns = `t.id, t.form, t.org, t.account, t.role, t.due, t.target, t.note, t.made_by, t.made_at, t.ended_at`

func scanTask(s sqldb.Scan) (Task, error) {
	var t Task
	return t, s(&t.ID, &t.Form, &t.Org, &t.Account, &t.Role, &t.Due, &t.Target, &t.Note, &t.MadeBy, &t.MadeAt, &t.EndedAt)
}

// Service is the use cases of the field.
type Service struct {
	DB    *sqldb.DB
	Keys  seal.Provider
	Forms *form.Service
	Zone  *time.Location
	Temp  string // where files are put together

	// Others take what phones send that is no form, each by the address to which it is sent.
	Others map[string]Other
}

// Other takes something of a phone's that is no form, out of its file, for who may bring it there. It counts once by the phone's id.
type Other func(ctx context.Context, by authz.Actor, from Device, plain []byte) (Received, error)

func (s *Service) records() record.Keeper { return record.Keeper{Keys: s.Keys} }

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }
