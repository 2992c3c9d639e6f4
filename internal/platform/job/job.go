// Package job does long work beside the counter: it can be left and found again, and goes on after a crash.
package job

import (
	"context"
	"embed"
	"encoding/json"
	"time"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Messages holds the texts of this package's errors.
//
//go:embed messages
var Messages embed.FS

// ID names a job.
type ID = id.Of[Job]

// State is how far a job has come.
type State string

// The states of a job.
const (
	Waiting State = "waiting"
	Running State = "running"
	Done    State = "done"
	Failed  State = "failed"
)

// Job is one long work of one user.
type Job struct {
	ID       ID
	Kind     string
	Args     json.RawMessage
	Owner    string // the account
	State    State
	Done     int64
	Total    int64 // 0 while it is not known
	Failure  errs.Problem
	Link     string // the page on which the work was asked for, and where its result stands
	Tries    int64
	MadeAt   time.Time
	At       time.Time // of the last change
	LeasedTo time.Time // until when a worker holds it
}

// Ended tells whether nothing more will happen.
func (j Job) Ended() bool { return j.State == Done || j.State == Failed }

// Handler does the work of one kind. It must be able to run again from the start after a crash, and go on where it
// was; progress may be told as often as it likes.
type Handler struct {
	Kind string
	Run  func(ctx context.Context, by authz.Actor, args json.RawMessage, progress func(done, total int64)) error
}

const columns = `j.id, j.kind, j.args, j.owner, j.state, j.done, j.total, j.note_key, j.note_args, j.result, j.tries, j.made_at, j.at, j.lease`

func scan(s sqldb.Scan) (Job, error) {
	var j Job
	var args, noteArgs string
	var made, at, lease int64
	err := s(&j.ID, &j.Kind, &args, &j.Owner, &j.State, &j.Done, &j.Total, &j.Failure.Key, &noteArgs, &j.Link, &j.Tries, &made, &at, &lease)
	if err != nil {
		return j, err
	}
	j.Args, j.MadeAt, j.At, j.LeasedTo = json.RawMessage(args), time.UnixMicro(made).UTC(), time.UnixMicro(at).UTC(), time.UnixMicro(lease).UTC()
	return j, json.Unmarshal([]byte(noteArgs), &j.Failure.Args)
}

// Mine gives an owner's newest jobs.
func Mine(q sqldb.Q, owner string, limit int) ([]Job, error) {
	return sqldb.All(q, scan, `SELECT `+columns+` FROM job j WHERE j.city = $1 AND j.owner = $2 ORDER BY j.made_at DESC, j.id DESC LIMIT $3`, owner, limit)
}

// Unfinished counts an owner's jobs that still go on.
func Unfinished(q sqldb.Q, owner string) (int, error) {
	var n int
	err := q.Row(`SELECT COUNT(*) FROM job WHERE city = $1 AND owner = $2 AND state IN ('waiting', 'running')`, owner).Scan(&n)
	return n, err
}

// Find gives one of an owner's jobs; others' are Absent.
func Find(q sqldb.Q, owner string, job ID) (Job, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM job j WHERE j.city = $1 AND j.id = $2 AND j.owner = $3`, job, owner)
}

// Latest gives the newest job that was asked for on a page, Absent where there is none.
func Latest(q sqldb.Q, link string) (Job, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM job j WHERE j.city = $1 AND j.result = $2 ORDER BY j.made_at DESC, j.id DESC LIMIT 1`, link)
}
