package intake

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"strconv"

	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/job"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
)

// The kinds of job that imports ask for; each is also the message key of its name.
const (
	CheckJob = "intake.job_check"
	WriteJob = "intake.job_write"
)

type jobArgs struct {
	Delivery int64 `json:"delivery"`
}

// Handlers are the long works of imports.
func (s *Service) Handlers() []job.Handler {
	handler := func(kind string, do func(ctx context.Context, by authz.Actor, seq int64, p Progress) error) job.Handler {
		return job.Handler{Kind: kind, Run: func(ctx context.Context, by authz.Actor, args json.RawMessage, progress func(int64, int64)) error {
			var a jobArgs
			if err := json.Unmarshal(args, &a); err != nil {
				return err
			}
			return do(ctx, by, a.Delivery, progress)
		}}
	}
	return []job.Handler{
		handler(CheckJob, func(ctx context.Context, by authz.Actor, seq int64, p Progress) error {
			_, err := s.DryRun(ctx, by, seq, p)
			return err
		}),
		handler(WriteJob, s.Write),
	}
}

// Page is where a delivery is shown, whatever its state.
func Page(seq int64) string { return "/office/imports/" + strconv.FormatInt(seq, 10) }

// Line is a source with its deliveries.
type Line struct {
	Source     source.Source
	Latest     *source.Delivery // the one that counts
	Unfinished []source.Delivery
}

// recent is how many deliveries the overview looks back.
const recent = 200

// Overview gives every source with the delivery that counts, and those that somebody has begun.
func (s *Service) Overview(ctx context.Context, by authz.Actor) ([]Line, []source.Delivery, error) {
	var lines []Line
	var all []source.Delivery
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if err := atCity(q, by, source.Read); err != nil {
			return err
		}
		sources, err := source.All(q)
		if err != nil {
			return err
		}
		if all, err = source.Deliveries(q, "", recent); err != nil {
			return err
		}
		for _, x := range sources {
			l := Line{Source: x}
			for _, d := range all {
				if d.Source != x.ID {
					continue
				}
				switch d.State {
				case source.Checking, source.Checked, source.Applying:
					l.Unfinished = append(l.Unfinished, d)
				}
			}
			if x.Latest > 0 {
				d, err := source.FindDelivery(q, x.Latest)
				if err != nil {
					return err
				}
				l.Latest = &d
			}
			lines = append(lines, l)
		}
		return nil
	})
	return lines, all, err
}

// View is a delivery as its page shows it.
type View struct {
	Delivery source.Delivery
	Source   source.Source
	Report   Report
	Job      *job.Job // the viewer's newest work on it
	Undoable bool
}

// Look gives a delivery with its report and the newest work on it.
func (s *Service) Look(ctx context.Context, by authz.Actor, seq int64) (View, error) {
	var v View
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		if err := atCity(q, by, source.Read); err != nil {
			return err
		}
		if v.Delivery, err = source.FindDelivery(q, seq); err != nil {
			return err
		}
		if v.Source, err = source.Find(q, v.Delivery.Source); err != nil {
			return err
		}
		v.Report = ReportOf(v.Delivery)
		v.Undoable = v.Delivery.State == source.Visible && v.Source.Latest == seq && v.Delivery.Undoable(q.Now()) && atCity(q, by, Undo) == nil
		j, err := job.Latest(q, Page(seq))
		if err == nil {
			v.Job = &j
		} else if errs.KindOf(err) == errs.Absent {
			err = nil
		}
		return err
	})
	return v, err
}

// file opens the stored file of a delivery, or says that its time is over.
func (s *Service) file(d source.Delivery) (*blob.File, error) {
	if !d.FileGone.IsZero() {
		return nil, errs.New(errs.Conflict, "intake.file_gone", errs.Args{"delivery": d.Seq})
	}
	return s.Files.Open(blob.Hash(d.File))
}

// Preview is the first rows of a delivery's file, for choosing columns.
type Preview struct {
	View
	Sheets   []string // that may be read
	Rows     []sheet.Row
	Problems []errs.Problem
}

// Columns gives a delivery's columns with samples of what stands in them; of another sheet of its file where one is named.
func (s *Service) Columns(ctx context.Context, by authz.Actor, seq int64, of string) (Preview, error) {
	v, err := s.Look(ctx, by, seq)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{View: v}
	f, err := s.file(v.Delivery)
	if err != nil {
		return p, err
	}
	b, err := sheet.OpenFile(f, s.Limits)
	if err != nil {
		return p, err
	}
	defer b.Close()
	all, err := openings(b)
	if err != nil {
		return p, err
	}
	at := -1
	for i, o := range all {
		p.Sheets = append(p.Sheets, o.sheet)
		if o.sheet == of || of == "" && o.sheet == v.Report.Mapping.Sheet {
			at = i
		}
	}
	if at < 0 {
		return p, errs.New(errs.Absent, "sheet.sheet_absent", errs.Args{"sheet": of})
	}
	m := &p.Report.Mapping
	if all[at].sheet != m.Sheet {
		g := locateIn(all[at].sheet, p.Report.Kind, all[at].rows, saved(v.Source.Mapping))
		*m, p.Report.Notes = g.Mapping, b.Notes
	}
	p.Problems = m.missing(p.Report.Kind)
	p.Rows = slices.DeleteFunc(all[at].rows, func(r sheet.Row) bool { return r.Number <= m.HeaderRow })
	return p, nil
}

// Choose confirms the columns of a delivery, by field, and asks for the check. They are those of another sheet of its
// file where one is named.
func (s *Service) Choose(ctx context.Context, by authz.Actor, jobs *job.Service, seq int64, of string, columns map[string]int) error {
	v, err := s.Look(ctx, by, seq)
	if err != nil {
		return err
	}
	if of != "" && of != v.Report.Mapping.Sheet {
		p, err := s.Columns(ctx, by, seq, of)
		if err != nil {
			return err
		}
		v = p.View
	}
	r := v.Report
	m := Mapping{Sheet: r.Mapping.Sheet, HeaderRow: r.Mapping.HeaderRow, Titles: r.Mapping.Titles, Columns: map[string]int{}}
	taken := map[int]string{}
	var wrong errs.Problems
	for _, f := range fields[r.Kind] {
		at, ok := columns[f.Name]
		if !ok || at < 0 || at >= len(m.Titles) {
			continue
		}
		if wrong.Require(taken[at] == "", f.Name, "intake.column_taken", errs.Args{"column": m.title(at)}) {
			taken[at], m.Columns[f.Name] = f.Name, at
		}
	}
	for _, p := range m.missing(r.Kind) {
		if !wrong.At(p.Field) {
			wrong.Add(p.Field, p.Key, p.Args)
		}
	}
	if err := wrong.Err(); err != nil {
		return err
	}
	if err := s.choose(ctx, by, seq, Report{Kind: r.Kind, Mapping: m, Notes: r.Notes}); err != nil {
		return err
	}
	return s.start(ctx, by, jobs, CheckJob, seq)
}

// Confirm decides that a checked delivery is to be written, and asks for it.
func (s *Service) Confirm(ctx context.Context, by authz.Actor, jobs *job.Service, seq int64, goodRows bool) error {
	if err := s.Begin(ctx, by, seq, goodRows); err != nil {
		return err
	}
	return s.start(ctx, by, jobs, WriteJob, seq)
}

// GoOn asks again for work on a delivery that has failed or was lost.
func (s *Service) GoOn(ctx context.Context, by authz.Actor, jobs *job.Service, seq int64) error {
	v, err := s.Look(ctx, by, seq)
	switch {
	case err != nil:
		return err
	case v.Job != nil && !v.Job.Ended():
		return nil
	case v.Delivery.State == source.Applying:
		return s.start(ctx, by, jobs, WriteJob, seq)
	case v.Delivery.State == source.Checking || v.Delivery.State == source.Checked:
		return s.start(ctx, by, jobs, CheckJob, seq)
	}
	return errs.New(errs.Conflict, "source.moved_on", errs.Args{"delivery": seq})
}

func (s *Service) start(ctx context.Context, by authz.Actor, jobs *job.Service, kind string, seq int64) error {
	_, err := jobs.Start(ctx, by, kind, jobArgs{seq}, Page(seq))
	return err
}

// Register names a new source at the city; one that bears the name and kind already is given as it is. The request's
// key is left for Open, which follows.
func (s *Service) Register(ctx context.Context, by authz.Actor, kind Kind, name string, opt Options) (source.ID, error) {
	by.Once = ""
	return s.sourceOf(ctx, by, kind, name, opt)
}

// MarkUp writes a delivery's file with every problem beside its row, all of them; say writes a problem in the reader's
// language. The reading of personal data in this way is noted.
func (s *Service) MarkUp(ctx context.Context, by authz.Actor, seq int64, w io.Writer, title string, say func(Problem) string) error {
	v, err := s.Look(ctx, by, seq)
	if err != nil {
		return err
	}
	if err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error { return atCity(q, by, Check) }); err != nil {
		return err
	}
	if err := s.DB.Note(ctx, by, Check, v.Source.ID.String(), act.Change{"delivery": seq, "marked_up": true}); err != nil {
		return err
	}
	r, err := s.begin(ctx, by, v.Delivery, nil)
	if err != nil {
		return err
	}
	defer r.book.Close()
	m := r.report.Mapping
	return sheet.MarkUp(w, title, sheet.Marked{Sheet: m.Sheet, HeaderRow: m.HeaderRow, Rows: r.book.Rows(m.Sheet), Marks: func(row sheet.Row) []sheet.Mark {
		r.line.set(row)
		r.loader.read(&r.line)
		if r.loader.pending() >= chunkRows {
			r.loader.settle(&r.tally)
		}
		marks := make([]sheet.Mark, len(r.line.problems))
		for i, p := range r.line.problems {
			marks[i] = sheet.Mark{Column: p.Column, Text: say(p)}
		}
		return marks
	}})
}
