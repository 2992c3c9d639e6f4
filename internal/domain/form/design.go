package form

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"time"

	"zhidian/internal/domain/form/record"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/seal"
	"zhidian/internal/platform/sqldb"
)

// Service is the use cases of forms and of what is answered.
type Service struct {
	DB      *sqldb.DB
	Keys    seal.Provider
	Files   *blob.Store // the workbooks
	Serials *sqldb.Serials
	Cursors *page.Cursors
	Zone    *time.Location

	read    sync.Map // definitionKey → *survey.Form: a version that was published never changes
	sent    sync.Map // sentKey → []byte: the same as browsers get it
	carried sync.Map // sentKey → carried: the same as phones take it along
	shelf   sync.Map // tableKey → *shelved: choices that lie in files, which their hashes name
}

type definitionKey struct {
	city string
	form ID
	seq  int64
}

// keepDays is how long answers are kept after a form has closed where its author says nothing else.
const keepDays = 3 * 365

// workbook bounds what is kept of a file from which a form was read.
var workbook = blob.Limits{Size: 64 << 20, Types: []blob.Type{blob.XLSX, blob.XLS, blob.CSV, blob.HTML}}

// drawn is a form that is to be kept as a draft, and where it came from.
type drawn struct {
	read       *survey.Form
	warnings   []survey.Fault
	file, name string // the workbook, empty where there is none
}

// draft keeps a form as the draft of the form that find gives, or begins.
func (s *Service) draft(ctx context.Context, by authz.Actor, d drawn, find func(*sqldb.Tx) (Form, error)) (made Version, err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		f, err := find(tx)
		if err != nil {
			return err
		}
		at, err := org.Find(tx, f.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Design, at.Path); err != nil {
			return err
		}
		if f.MadeAt == 0 {
			f.MadeAt = tx.Now().UnixMicro()
			n, err := tx.Exec(`INSERT INTO form (city, id, org, code, title, state, keep_days, edited_at, made_by, made_at)
				VALUES ($1, $2, $3, $4, $5, 'draft', $6, $7, $8, $7) ON CONFLICT DO NOTHING`, f.ID, f.Org, f.Code, f.Title, f.KeepDays, f.MadeAt, by.User)
			if err == nil && n == 0 { // somebody else has just begun it
				err = errs.New(errs.Conflict, "form.moved_on", nil)
			}
			if err != nil {
				return err
			}
		} else if _, err := tx.Exec(`UPDATE form SET edited_at = $3, title = CASE WHEN version = 0 THEN $4 ELSE title END WHERE city = $1 AND id = $2`,
			f.ID, max(tx.Now().UnixMicro(), f.EditedAt+1), d.read.Title); err != nil { // holds the form, so that of two drafts one comes second
			return err
		}
		if f.EditedAt > 0 {
			if err := putStep(tx, by, f, Upload, ""); err != nil {
				return err
			}
		}
		if made, err = putDraft(tx, by, f, d); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// putDraft puts a draft in the place of the one before it.
func putDraft(tx *sqldb.Tx, by authz.Actor, f Form, d drawn) (made Version, err error) {
	definition, err := json.Marshal(d.read)
	if err != nil {
		return made, err
	}
	warnings, err := json.Marshal(d.warnings)
	if err != nil {
		return made, err
	}
	if _, err := tx.Exec(`DELETE FROM form_version WHERE city = $1 AND form = $2 AND published_at = 0`, f.ID); err != nil {
		return made, err
	}
	last := int64(0)
	if err := tx.Row(`SELECT COALESCE(MAX(seq), 0) FROM form_version WHERE city = $1 AND form = $2`, f.ID).Scan(&last); err != nil {
		return made, err
	}
	made = Version{Form: f.ID, Seq: last + 1, Name: d.read.Version, File: d.file, FileName: d.name, MadeBy: by.User, MadeAt: tx.Now().UnixMicro(), Warnings: d.warnings}
	if _, err := tx.Exec(`INSERT INTO form_version (city, form, seq, name, definition, file, file_name, made_by, made_at, warnings)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, f.ID, made.Seq, made.Name, string(definition), made.File, made.FileName, made.MadeBy, made.MadeAt, string(warnings)); err != nil {
		return made, err
	}
	return made, tx.Record(Design, f.ID.String(), act.Change{"code": f.Code, "version": made.Seq, "questions": len(d.read.Questions) - 1, "file": d.file})
}

// formOf finds the form of a code, or begins one. One that belongs to somebody else is not taken over.
func (s *Service) formOf(tx *sqldb.Tx, of org.ID, read *survey.Form) (Form, error) {
	f, err := sqldb.One(tx, scan, `SELECT `+columns+` FROM form f WHERE f.city = $1 AND f.code = $2`, read.ID)
	switch {
	case err == nil && f.Org != of:
		return f, errs.New(errs.Conflict, "form.code_taken", errs.Args{"code": read.ID})
	case err == nil:
		return f, nil
	case errs.KindOf(err) != errs.Absent:
		return f, err
	}
	return Form{ID: id.New[Form](tx.Now()), Org: of, Code: read.ID, Title: read.Title, State: Draft, KeepDays: keepDays}, nil
}

// Release lets the draft of a form be filled in from now on (发布), as it was made at a moment: one that was changed since is
// not what somebody has looked at. Answers to earlier versions keep theirs.
func (s *Service) Release(ctx context.Context, by authz.Actor, which ID, seq, madeAt int64) error {
	return s.change(ctx, by, which, Publish, nil, func(tx *sqldb.Tx, f Form) (act.Change, error) {
		now := max(tx.Now().UnixMicro(), f.EditedAt+1)
		n, err := tx.Exec(`UPDATE form_version SET published_at = $5 WHERE city = $1 AND form = $2 AND seq = $3 AND made_at = $4 AND published_at = 0`, which, seq, madeAt, now)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, errs.New(errs.Conflict, "form.moved_on", nil)
		}
		read, err := definition(tx, which, seq) // not from the shelf, where it lies only once the act stands
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(read.Questions, func(q *survey.Question) bool { return q.Kind.Asked() }) {
			return nil, errs.New(errs.Conflict, "form.empty", nil)
		}
		if read.Entity != nil { // other forms may refer to its records from now on
			list, err := record.Begin(tx, f.Org, read.Entity.Dataset)
			if err != nil {
				return nil, err
			}
			if err := record.Name(tx, list, named(read)); err != nil {
				return nil, err
			}
		}
		if err := missing(tx, which, seq, read); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(`UPDATE form SET version = $3, state = 'open', title = $4, edited_at = $5 WHERE city = $1 AND id = $2`, which, seq, read.Title, now); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(`DELETE FROM form_step WHERE city = $1 AND form = $2`, which); err != nil {
			return nil, err
		}
		return act.Change{"version": seq, "before": f.Version}, nil
	})
}

// named is what a form calls the list to which it saves, and each property.
func named(read *survey.Form) record.Named {
	n := record.Named{Labels: map[string]string{}}
	if e := read.Entity; e.ID == nil || e.CreateIf != nil { // it makes records
		n.Title = read.Title
	}
	for _, q := range read.Questions {
		if _, twice := n.Labels[q.SaveTo]; q.SaveTo != "" && !twice && q.Label.Any() {
			n.Labels[q.SaveTo] = q.Asked(0)
		}
	}
	return n
}

// End ends filling in; Reopen goes on with it, to a last day where one is given.
func (s *Service) End(ctx context.Context, by authz.Actor, which ID) error {
	return s.change(ctx, by, which, Shut, nil, func(tx *sqldb.Tx, _ Form) (act.Change, error) {
		return act.Change{"state": Closed}, s.turn(tx, which, Open, Closed, 0)
	})
}

// Reopen lets a closed form be filled in again, or gives an open one another last day.
func (s *Service) Reopen(ctx context.Context, by authz.Actor, which ID, closes day.Day) error {
	return s.change(ctx, by, which, Shut, nil, func(tx *sqldb.Tx, f Form) (act.Change, error) {
		if !closes.IsZero() && closes < day.Of(tx.Now(), s.Zone) {
			return nil, errs.New(errs.Invalid, "form.closes_past", errs.Args{"day": closes})
		}
		return act.Change{"state": Open, "closes": closes.String()}, s.turn(tx, which, f.State, Open, closes)
	})
}

func (s *Service) turn(tx *sqldb.Tx, which ID, from, to State, closes day.Day) error {
	n, err := tx.Exec(`UPDATE form SET state = $4, closes = $5, edited_at = $6 WHERE city = $1 AND id = $2 AND state = $3 AND version > 0`, which, from, to, closes, tx.Now().UnixMicro())
	if err == nil && n == 0 {
		err = errs.New(errs.Conflict, "form.moved_on", nil)
	}
	return err
}

// change is one act with one form, by who may do it at the form's organisation. Asked again, it gives the answer it gave.
func (s *Service) change(ctx context.Context, by authz.Actor, which ID, verb authz.Verb, answer any, do func(*sqldb.Tx, Form) (act.Change, error)) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		f, err := Find(tx, which)
		if err != nil {
			return err
		}
		at, err := org.Find(tx, f.Org)
		if err != nil {
			return err
		}
		if err := by.Must(verb, at.Path); err != nil {
			return err
		}
		change, err := do(tx, f)
		if err != nil {
			return err
		}
		return tx.Record(verb, which.String(), change)
	})
	if sqldb.Again(err, answer) {
		return nil
	}
	return err
}

// Definition gives a version of a form, ready for filling in. It is shared and must not be changed.
func (s *Service) Definition(q sqldb.Q, which ID, seq int64) (*survey.Form, error) {
	key := definitionKey{q.City(), which, seq}
	if f, ok := s.read.Load(key); ok {
		return f.(*survey.Form), nil
	}
	var text string
	var published int64
	if err := q.Row(`SELECT definition, published_at FROM form_version WHERE city = $1 AND form = $2 AND seq = $3`, which, seq).Scan(&text, &published); err != nil {
		return nil, err
	}
	f, err := parse(text)
	if err == nil && published > 0 { // a draft may be replaced by another of its number
		s.read.Store(key, f)
	}
	return f, err
}

// parse reads a kept definition; that it was good is known since it was kept.
func parse(text string) (*survey.Form, error) {
	f := &survey.Form{}
	if err := json.Unmarshal([]byte(text), f); err != nil {
		return nil, err
	}
	var faults survey.Faults
	survey.Link(f, &faults)
	if all := faults.Found(); survey.Failed(all) {
		return nil, errs.New(errs.Internal, "errs.unexpected", errs.Args{"key": all[0].Key, "row": strconv.Itoa(all[0].Row)})
	}
	return f, nil
}
