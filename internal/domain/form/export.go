package form

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/sqldb"
)

// ExportKind is the kind of the jobs that write answers into a file.
const ExportKind = "form.export"

// Export is a file of answers that waits for who has asked for it, for ExportDays.
type Export struct {
	ID      id.Of[Export]
	Form    ID
	File    blob.Hash
	Name    string
	Type    blob.Type
	Bytes   int64
	Answers int64
	MadeAt  int64 // microseconds UTC
}

const exportColumns = `e.id, e.form, e.file, e.name, e.type, e.bytes, e.answers, e.made_at`

func scanExport(s sqldb.Scan) (Export, error) {
	var e Export
	err := s(&e.ID, &e.Form, &e.File, &e.Name, &e.Type, &e.Bytes, &e.Answers, &e.MadeAt)
	return e, err
}

// ExportAsk says how answers are to be written.
type ExportAsk struct {
	Form   ID
	CSV    bool  // csv files in a zip, in place of a workbook
	Labels bool  // choices by their words, in place of their values
	Words  Words // of the language in which it was asked for
}

// Words are the heads of columns and sheets that are not questions.
type Words struct {
	Answers, Questions                                   string // sheets
	Serial, At, Edited, Org, Version, Index              string // columns of answers
	Table, Question, Label, Kind, Class, Choices, Masked string // columns of questions; what stands for an answer that is not shown
}

// StartExport asks for a file with all answers to a form that the viewer may take away.
func (s *Service) StartExport(ctx context.Context, by authz.Actor, jobs *job.Service, ask ExportAsk, link string) (job.ID, error) {
	if _, err := s.downloadable(ctx, by, ask.Form); err != nil {
		return "", err
	}
	return jobs.Start(ctx, by, ExportKind, ask, link)
}

// downloadable finds a form whose answers the viewer may take away.
func (s *Service) downloadable(ctx context.Context, by authz.Actor, which ID) (f Form, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if f, err = Find(q, which); err != nil {
			return err
		}
		at, err := org.Find(q, f.Org)
		if err != nil {
			return err
		}
		return by.Must(Download, at.Path)
	})
	return f, err
}

// Handlers are the long works of this package.
func (s *Service) Handlers() []job.Handler {
	return []job.Handler{{Kind: ExportKind, Run: func(ctx context.Context, by authz.Actor, args json.RawMessage, progress func(done, total int64)) error {
		var ask ExportAsk
		if err := json.Unmarshal(args, &ask); err != nil {
			return err
		}
		_, err := s.Export(ctx, by, ask, progress)
		return err
	}}}
}

// largestExport is far beyond what a city collects; it keeps a mistake from filling the disk.
const largestExport = 16 << 30

// Export writes all answers to a form that the viewer may take away into a file, and keeps it for her. What her role does not
// see is masked. It is noted in the log of acts first.
func (s *Service) Export(ctx context.Context, by authz.Actor, ask ExportAsk, progress func(done, total int64)) (made Export, err error) {
	f, err := s.downloadable(ctx, by, ask.Form)
	if err != nil {
		return made, err
	}
	if err := s.DB.Note(ctx, by, Download, ask.Form.String(), act.Change{"form": f.Code, "csv": ask.CSV}); err != nil {
		return made, err
	}
	x := exporting{s: s, by: by, ask: ask, progress: progress}
	if err := x.prepare(ctx); err != nil {
		return made, err
	}
	limits, ending := blob.Limits{Size: largestExport, Types: []blob.Type{blob.XLSX}, Is: blob.XLSX}, ".xlsx"
	if ask.CSV {
		limits.Types, limits.Is, ending = []blob.Type{blob.ZIP}, blob.ZIP, ".zip"
	}
	from, to := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := x.write(ctx, to)
		to.CloseWithError(err)
		written <- err
	}()
	ref, err := s.Files.Put(ctx, from, limits)
	from.CloseWithError(io.ErrClosedPipe) // a writer whose reader has failed ends too
	if failed := <-written; failed != nil {
		return made, failed
	}
	if err != nil {
		return made, err
	}
	made = Export{
		Form: ask.Form, File: ref.Hash, Name: fmt.Sprintf("%s-%s%s", f.Title, day.Of(s.DB.Now(), s.Zone), ending), Type: ref.Type, Bytes: ref.Size, Answers: x.total,
	}
	err = s.DB.Keep(ctx, by.City, func(tx *sqldb.Tx) error {
		made.ID, made.MadeAt = id.New[Export](tx.Now()), tx.Now().UnixMicro()
		_, err := tx.Exec(`INSERT INTO form_export (city, id, form, owner, file, name, type, bytes, answers, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			made.ID, made.Form, by.User, string(made.File), made.Name, string(made.Type), made.Bytes, made.Answers, made.MadeAt)
		return err
	})
	return made, err
}

// Exports gives the viewer's files of answers to a form, the newest first, and her job on one where she has asked for it.
func (s *Service) Exports(ctx context.Context, by authz.Actor, which ID, link string) (all []Export, last *job.Job, err error) {
	if _, err := s.downloadable(ctx, by, which); err != nil {
		return nil, nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if all, err = sqldb.All(q, scanExport, `SELECT `+exportColumns+` FROM form_export e WHERE e.city = $1 AND e.owner = $2 AND e.form = $3 ORDER BY e.made_at DESC, e.id LIMIT 20`, by.User, which); err != nil {
			return err
		}
		mine, err := job.Mine(q, by.User, 50)
		for i := range mine {
			if mine[i].Link == link {
				last = &mine[i]
				break
			}
		}
		return err
	})
	return all, last, err
}

// Fetch opens one of the viewer's files of answers, to be closed by the caller. That it leaves is noted in the log of acts first.
func (s *Service) Fetch(ctx context.Context, by authz.Actor, which id.Of[Export]) (e Export, content io.ReadCloser, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		e, err = sqldb.One(q, scanExport, `SELECT `+exportColumns+` FROM form_export e WHERE e.city = $1 AND e.id = $2 AND e.owner = $3`, which, by.User)
		return err
	})
	if err == nil {
		_, err = s.downloadable(ctx, by, e.Form)
	}
	if err != nil {
		return Export{}, nil, err
	}
	if err := s.DB.Note(ctx, by, Download, e.Form.String(), act.Change{"file": e.File, "answers": e.Answers}); err != nil {
		return Export{}, nil, err
	}
	if content, err = s.Files.Open(e.File); err != nil {
		return Export{}, nil, errs.Wrap(err, errs.Absent, "errs.absent", nil)
	}
	return e, content, nil
}
