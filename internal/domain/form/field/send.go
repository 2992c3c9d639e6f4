package field

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"

	"zhidian/internal/domain/form"
	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Protocol is the newest way of sending that is understood here. Older ones are understood for ever: what was filled in with
// an old app must arrive.
const Protocol = 1

// Filled is a form that was filled in on a phone, as the phone sends it. Times are what the phone's clock showed, in
// milliseconds since 1970.
type Filled struct {
	Protocol int                       `json:"protocol"`
	ID       string                    `json:"id"` // the phone's own, for ever
	App      string                    `json:"app"`
	Form     form.ID                   `json:"form"`
	Version  int64                     `json:"version"`
	Org      org.ID                    `json:"org"`
	Answers  json.RawMessage           `json:"answers"` // a file's answer is empty until it is here
	Files    []FilledFile              `json:"files"`
	Known    map[string][]string       `json:"known"` // by record: the versions that were known
	Rows     map[string][]record.Known `json:"rows"`  // by list: the records that the answers name, as the phone had them
	MadeAt   int64                     `json:"made_at"`
	SentAt   int64                     `json:"sent_at"`
}

// FilledFile is a file of a filled-in form.
type FilledFile struct {
	ID       string `json:"id"`
	Path     string `json:"path"` // of its question: "household/members[2]/photo"
	Question string `json:"question"`
	Name     string `json:"name"`
	Type     string `json:"type"`
	Bytes    int64  `json:"bytes"`
}

// Received is what a phone gets for a filled-in form.
type Received struct {
	ID     string `json:"id"`
	Serial string `json:"serial"`
	At     int64  `json:"at"`   // milliseconds
	Skew   int64  `json:"skew"` // milliseconds by which the phone's clock was behind
	Again  bool   `json:"again"`
}

// How it came: noted beside the answer.
type arrival struct {
	owner, device, broughtBy string
	skew                     int64 // microseconds
}

// Receive takes a filled-in form from its owner's phone, once, however often it is sent.
func (s *Service) Receive(ctx context.Context, by authz.Actor, device string, f Filled) (Received, error) {
	if !isName(device) {
		return Received{}, errs.New(errs.Invalid, "field.device", nil)
	}
	how := arrival{owner: by.User, device: device, skew: s.DB.Now().UnixMicro() - f.SentAt*1000}
	files := func() (map[string]string, error) {
		values, missing := map[string]string{}, errs.Problems{}
		err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
			for _, x := range f.Files {
				u, err := findUpload(q, by.User, x.ID)
				if err != nil && !isAbsent(err) {
					return err
				}
				if values[x.ID] = u.Value; u.Value == "" {
					missing.Add(x.ID, "field.file_missing", errs.Args{"name": x.Name})
				}
			}
			return nil
		})
		return values, errors.Join(err, missing.Err())
	}
	got, err := s.receive(ctx, by, f, how, form.Right{Verb: Send, Permit: func(q sqldb.Q, g *form.Given) error {
		jobs, err := s.jobs(q, by, g.From.At)
		if err == nil && !slices.ContainsFunc(jobs, func(j Job) bool { return j.Task.Form == g.Form && j.At.ID == g.Org }) {
			err = errs.New(errs.Denied, "field.not_yours", nil)
		}
		return err
	}}, files)
	if has(err, "form.file_gone") { // they waited here too long and were destroyed; the phone still has them
		ids := make([]string, len(f.Files))
		for i, x := range f.Files {
			ids[i] = x.ID
		}
		err = errors.Join(err, s.forget(ctx, by, ids...))
	}
	return got, err
}

func has(err error, key string) bool {
	return slices.ContainsFunc(errs.ProblemsOf(err), func(p errs.Problem) bool { return p.Key == key })
}

var errTaken = errors.New("field: it was taken before")

func (s *Service) receive(ctx context.Context, by authz.Actor, f Filled, how arrival, right form.Right, files func() (map[string]string, error)) (Received, error) {
	if err := f.check(); err != nil {
		return Received{}, err
	}
	if got, err := s.receipt(ctx, by, f.ID, how.owner); err != nil || got.Serial != "" {
		return got, err
	}
	values, err := files()
	if err != nil {
		return Received{}, err
	}
	answers, err := f.complete(values)
	if err != nil {
		return Received{}, err
	}
	made := min(f.MadeAt*1000+how.skew, s.DB.Now().UnixMicro())
	right.Also = func(tx *sqldb.Tx, got *form.Receipt) error {
		n, err := tx.Exec(`INSERT INTO field_answer (city, client, answer, account, device, made_at, skew, app, brought_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			ON CONFLICT (city, client) DO NOTHING`, f.ID, got.ID, how.owner, how.device, made, how.skew, clip(f.App), how.broughtBy)
		if err == nil && n == 0 { // the same came at the same time by another way
			err = errTaken
		}
		return err
	}
	by.Once = ""
	_, err = s.Forms.Collect(ctx, by, form.Given{
		Form: f.Form, Org: f.Org, Version: f.Version, Answers: answers,
		From: &form.Away{Client: f.ID, At: made, Known: f.Known, Rows: func(list string) []record.Known { return f.Rows[list] }},
	}, right)
	if err != nil && !errors.Is(err, errTaken) {
		return Received{}, err
	}
	got, again := s.receipt(ctx, by, f.ID, how.owner)
	got.Again = err != nil
	return got, again
}

func clip(app string) string {
	return strings.ToValidUTF8(app[:min(len(app), 40)], "")
}

func (f Filled) check() error {
	var p errs.Problems
	p.Require(f.Protocol >= 1, "protocol", "field.shape", nil)
	p.Require(f.Protocol <= Protocol, "protocol", "field.too_new", nil)
	p.Require(isName(f.ID), "id", "field.shape", nil)
	p.Require(f.Version > 0, "version", "field.shape", nil)
	p.Require(len(f.Files) <= 200, "files", "field.shape", nil)
	p.Require(f.MadeAt > -1<<40 && f.MadeAt < 1<<43 && f.SentAt > -1<<40 && f.SentAt < 1<<43, "made_at", "field.shape", nil)
	return p.Err()
}

// complete puts the files, by their ids, where they answer.
func (f Filled) complete(values map[string]string) (json.RawMessage, error) {
	var all map[string]any
	if json.Unmarshal(f.Answers, &all) != nil || all == nil {
		return nil, errs.New(errs.Invalid, "form.shape", nil)
	}
	for _, x := range f.Files {
		if !put(all, x.Path, values[x.ID]) {
			return nil, errs.New(errs.Invalid, "form.shape", nil)
		}
	}
	return json.Marshal(all)
}

// put sets one answer by its path; false where groups and repeats do not lead there.
func put(all map[string]any, path, value string) bool {
	parts := strings.Split(path, "/")
	for _, part := range parts[:len(parts)-1] {
		name, number, repeated := strings.Cut(part, "[")
		if !repeated {
			inside, ok := all[name].(map[string]any)
			if !ok {
				if all[name] != nil {
					return false
				}
				inside = map[string]any{}
				all[name] = inside
			}
			all = inside
			continue
		}
		n, err := strconv.Atoi(strings.TrimSuffix(number, "]"))
		list, ok := all[name].([]any)
		if err != nil || !ok || n < 1 || n > len(list) {
			return false
		}
		if all, ok = list[n-1].(map[string]any); !ok {
			return false
		}
	}
	all[parts[len(parts)-1]] = value
	return true
}

// receipt gives the receipt of a form that came before; without a serial it has not.
func (s *Service) receipt(ctx context.Context, by authz.Actor, client, owner string) (got Received, err error) {
	got.ID = client
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		a, err := sqldb.One(q, scanArrived, `SELECT `+arrivedColumns+` FROM field_answer x JOIN answer a ON a.city = x.city AND a.id = x.answer
			WHERE x.city = $1 AND x.client = $2`, client)
		if isAbsent(err) {
			return nil
		}
		if err == nil && a.Account != owner {
			err = errs.New(errs.Conflict, "field.not_yours", nil)
		}
		got.Serial, got.At, got.Skew, got.Again = a.serial, a.at/1000, a.Skew/1000, true
		return err
	})
	return got, err
}

// Arrived is how an answer came from a phone.
type Arrived struct {
	Account   string
	MadeAt    int64 // microseconds UTC, by the server's clock
	Skew      int64 // microseconds by which the phone's clock was behind
	App       string
	BroughtBy string // who imported it from a file
	serial    string
	at        int64
}

const arrivedColumns = `x.account, x.made_at, x.skew, x.app, x.brought_by, a.serial, a.at`

func scanArrived(s sqldb.Scan) (Arrived, error) {
	var a Arrived
	return a, s(&a.Account, &a.MadeAt, &a.Skew, &a.App, &a.BroughtBy, &a.serial, &a.at)
}

// HowItCame tells how an answer came from a phone; false of one that did not. The caller has seen that the answer may be read.
func (s *Service) HowItCame(ctx context.Context, city string, of form.AnswerID) (a Arrived, ok bool, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		a, err = sqldb.One(q, scanArrived, `SELECT `+arrivedColumns+` FROM field_answer x JOIN answer a ON a.city = x.city AND a.id = x.answer
			WHERE x.city = $1 AND x.answer = $2`, of)
		return err
	})
	if isAbsent(err) {
		return a, false, nil
	}
	return a, err == nil, err
}
