package form

import (
	"context"

	"zhidian/internal/domain/form/draw"
	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Step is a change made to a draft.
type Step struct {
	At     int64 // the form's edited_at before: what its author saw
	What   Did
	About  string // the question's name
	MadeBy string
	MadeAt int64 // microseconds UTC
}

// Did is what was done to a draft.
type Did string

// The changes of a draft.
const (
	Added    Did = "add"
	Edited   Did = "edit"
	Moved    Did = "move"
	Removed  Did = "remove"
	Settings Did = "settings"
	Upload   Did = "upload" // a workbook was put in its place
)

// Steps is how many changes of a draft can be taken back.
const Steps = 20

const stepColumns = `s.at, s.what, s.about, s.made_by, s.made_at`

func scanStep(s sqldb.Scan) (Step, error) {
	var t Step
	return t, s(&t.At, &t.What, &t.About, &t.MadeBy, &t.MadeAt)
}

// putStep keeps what the form would be filled in with, or its draft, before a change. The oldest steps go.
func putStep(tx *sqldb.Tx, by authz.Actor, f Form, what Did, about string) error {
	n, err := tx.Exec(`INSERT INTO form_step (city, form, at, what, about, definition, made_by, made_at)
		SELECT v.city, v.form, $3, $4, $5, v.definition, $6, $7 FROM form_version v WHERE v.city = $1 AND v.form = $2
		AND v.seq = (SELECT MAX(seq) FROM form_version WHERE city = $1 AND form = $2)`, f.ID, f.EditedAt, what, about, by.User, tx.Now().UnixMicro())
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.Exec(`DELETE FROM form_step WHERE city = $1 AND form = $2 AND at <= (SELECT at FROM form_step WHERE city = $1 AND form = $2 ORDER BY at DESC LIMIT 1 OFFSET $3)`, f.ID, Steps)
	return err
}

// Begin makes a form that is drawn up in the browser: a draft that asks nothing yet.
func (s *Service) Begin(ctx context.Context, by authz.Actor, of org.ID, title string, languages []survey.Language) (Version, error) {
	read := draw.Blank("f"+slug(), title, languages)
	return s.draft(ctx, by, drawn{read: read}, func(tx *sqldb.Tx) (Form, error) {
		return Form{ID: id.New[Form](tx.Now()), Org: of, Code: read.ID, Title: title, State: Draft, KeepDays: keepDays}, nil
	})
}

// Drawing is a form as it is being drawn up: its draft, or where it has none the version in use, which becomes one with the
// first change.
type Drawing struct {
	Form
	At    org.Node
	Seq   int64
	Read  *survey.Form
	Files []Attached // what lies beside it
	Steps []Step     // the last changes, the newest first
}

// Drawing gives a form to who may draw it up.
func (s *Service) Drawing(ctx context.Context, by authz.Actor, which ID) (d Drawing, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		d, err = s.drawing(q, by, which)
		return err
	})
	return d, err
}

func (s *Service) drawing(q sqldb.Q, by authz.Actor, which ID) (d Drawing, err error) {
	if d.Form, err = Find(q, which); err != nil {
		return d, err
	}
	if d.At, err = org.Find(q, d.Org); err != nil {
		return d, err
	}
	if err := by.Must(Design, d.At.Path); err != nil {
		return d, err
	}
	if err := q.Row(`SELECT MAX(seq) FROM form_version WHERE city = $1 AND form = $2`, which).Scan(&d.Seq); err != nil {
		return d, err
	}
	if d.Read, err = definition(q, which, d.Seq); err != nil {
		return d, err
	}
	if d.Files, err = Attachments(q, which, d.Seq); err != nil {
		return d, err
	}
	d.Steps, err = sqldb.All(q, scanStep, `SELECT `+stepColumns+` FROM form_step s WHERE s.city = $1 AND s.form = $2 ORDER BY s.at DESC`, which)
	return d, err
}

// definition reads a version anew, so that it may be changed.
func definition(q sqldb.Q, which ID, seq int64) (*survey.Form, error) {
	var text string
	if err := q.Row(`SELECT definition FROM form_version WHERE city = $1 AND form = $2 AND seq = $3`, which, seq).Scan(&text); err != nil {
		return nil, err
	}
	return parse(text)
}

// Draw makes one change to the draft of a form, as it was seen at a moment (Form.EditedAt): of two people the second is
// told. A change after which the form could not be used is not made; the faults say why, with the questions' places for rows.
func (s *Service) Draw(ctx context.Context, by authz.Actor, which ID, seen int64, what Did, about string, do func(*survey.Form) error) ([]survey.Fault, error) {
	d, err := s.Drawing(ctx, by, which) // the long part is done before the act
	if err != nil {
		return nil, err
	}
	if d.EditedAt != seen {
		return nil, errs.New(errs.Conflict, "form.drawn_meanwhile", nil)
	}
	if err := do(d.Read); err != nil {
		return nil, err
	}
	faults := draw.Check(d.Read)
	if survey.Failed(faults) {
		return faults, nil
	}
	return faults, s.redraw(ctx, by, which, seen, drawn{read: d.Read, warnings: faults}, func(tx *sqldb.Tx, f Form) error {
		return putStep(tx, by, f, what, about)
	})
}

// Undo takes the last change of a draft back, as it was seen at a moment.
func (s *Service) Undo(ctx context.Context, by authz.Actor, which ID, seen int64) (Step, error) {
	d, err := s.Drawing(ctx, by, which)
	switch {
	case err != nil:
		return Step{}, err
	case d.EditedAt != seen:
		return Step{}, errs.New(errs.Conflict, "form.drawn_meanwhile", nil)
	case len(d.Steps) == 0:
		return Step{}, errs.New(errs.Conflict, "form.nothing_to_undo", nil)
	}
	last := d.Steps[0]
	read, err := s.before(ctx, by, which, last.At)
	if err != nil {
		return last, err
	}
	return last, s.redraw(ctx, by, which, seen, drawn{read: read, warnings: draw.Check(read)}, func(tx *sqldb.Tx, _ Form) error {
		_, err := tx.Exec(`DELETE FROM form_step WHERE city = $1 AND form = $2 AND at = $3`, which, last.At)
		return err
	})
}

// before reads a draft as it was before a step.
func (s *Service) before(ctx context.Context, by authz.Actor, which ID, at int64) (read *survey.Form, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		read, err = sqldb.One(q, func(scan sqldb.Scan) (*survey.Form, error) {
			var text string
			if err := scan(&text); err != nil {
				return nil, err
			}
			return parse(text)
		}, `SELECT definition FROM form_step WHERE city = $1 AND form = $2 AND at = $3`, which, at)
		return err
	})
	return read, err
}

// redraw is one act that puts another draft in the place of the one that was seen.
func (s *Service) redraw(ctx context.Context, by authz.Actor, which ID, seen int64, d drawn, note func(*sqldb.Tx, Form) error) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		f, err := Find(tx, which)
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
		n, err := tx.Exec(`UPDATE form SET edited_at = $4, title = CASE WHEN version = 0 THEN $5 ELSE title END WHERE city = $1 AND id = $2 AND edited_at = $3`,
			which, seen, max(tx.Now().UnixMicro(), seen+1), d.read.Title)
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "form.drawn_meanwhile", nil)
		}
		if err != nil {
			return err
		}
		f.EditedAt = seen
		if err := note(tx, f); err != nil {
			return err
		}
		_, err = putDraft(tx, by, f, d)
		return err
	})
	return sqldb.Done(err)
}

// Meanwhile tells who saw a draft at a moment what has changed since: who was last, and the differences. Whoever saw it too
// long ago is told the last person alone.
func (s *Service) Meanwhile(ctx context.Context, by authz.Actor, which ID, seen int64) (last Step, changes []survey.Change, err error) {
	d, err := s.Drawing(ctx, by, which)
	if err != nil || len(d.Steps) == 0 {
		return last, nil, err
	}
	was, err := s.before(ctx, by, which, seen)
	if errs.KindOf(err) == errs.Absent {
		return d.Steps[0], nil, nil
	}
	if err != nil {
		return last, nil, err
	}
	return d.Steps[0], survey.Diff(was, d.Read), nil
}

// Try gives a form as it is being drawn up to who draws it up, to be filled in without being kept.
func (s *Service) Try(ctx context.Context, by authz.Actor, which ID) (Asked, error) {
	d, err := s.Drawing(ctx, by, which)
	return Asked{Form: d.Form, Seq: d.Seq, Survey: d.Read, Files: d.Files, At: d.At}, err
}
