package intake

import (
	"context"
	"os"
	"path/filepath"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
)

// maxFile is the largest file that is taken in, in bytes.
const maxFile = 500 << 20

// tables are the kinds of file that are kept, in the order of the formats that the reader tells them by.
var tables = []blob.Type{blob.XLSX, blob.XLS, blob.HTML, blob.CSV}

// Store keeps a file that lies at path and tells what it seems to be. A file that is no readable table is refused with
// the reason.
func (s *Service) Store(ctx context.Context, path string) (blob.Hash, Guess, error) {
	b, err := sheet.Open(path, s.Limits)
	if err != nil {
		return "", Guess{}, err
	}
	guess, err := Recognise(b)
	format := b.Format
	if err := b.Close(); err != nil {
		return "", guess, err
	}
	if err != nil && errs.KeyOf(err) != "intake.kind_unknown" {
		return "", guess, err
	}
	f, err := os.Open(path)
	if err != nil {
		return "", guess, err
	}
	defer f.Close()
	ref, err := s.Files.Put(ctx, f, blob.Limits{Size: maxFile, Types: tables, Is: tables[format-sheet.XLSX]})
	return ref.Hash, guess, err
}

// Open takes a stored file in as the next delivery of a source, to be checked, with the columns that the source's last
// one was confirmed with.
func (s *Service) Open(ctx context.Context, by authz.Actor, of source.ID, file blob.Hash, name string, asOf day.Day) (int64, error) {
	var root org.Node
	var src source.Source
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		if root, err = org.Root(q); err != nil {
			return err
		}
		src, err = source.Find(q, of)
		return err
	})
	if err != nil {
		return 0, err
	}
	f, err := s.Files.Open(file)
	if err != nil {
		return 0, err
	}
	b, err := sheet.OpenFile(f, s.Limits)
	if err != nil {
		return 0, err
	}
	defer b.Close()
	all, err := openings(b)
	if err != nil {
		return 0, err
	}
	guess := locate(all, Kind(src.Kind), saved(src.Mapping))
	seq, err := s.Sources.Open(ctx, by, root.Path, of, string(file), name, asOf)
	if err != nil {
		return 0, err
	}
	by.Once = ""
	if v, err := s.Look(ctx, by, seq); err != nil || v.Report.Mapping.Sheet != "" { // asked twice: what has become of it since stays
		return seq, err
	}
	return seq, s.choose(ctx, by, seq, Report{Kind: Kind(src.Kind), Mapping: guess.Mapping, Notes: guess.notes(b)})
}

// choose notes what a delivery's columns are.
func (s *Service) choose(ctx context.Context, by authz.Actor, seq int64, r Report) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := atCity(tx, by, Check); err != nil {
			return err
		}
		d, err := source.FindDelivery(tx, seq)
		if err != nil {
			return err
		}
		if d.State != source.Checking && d.State != source.Checked {
			return errs.New(errs.Conflict, "source.moved_on", errs.Args{"delivery": seq})
		}
		if err := advance(tx, seq, d.State, source.Checking, r); err != nil {
			return err
		}
		return tx.Record(Check, d.Source.String(), act.Change{"delivery": seq, "columns": len(r.Mapping.Columns)})
	})
}

// File takes in a file from the disk in one go: stores, checks, writes and shows it. Source is made where there is none
// of that name. With bad rows in the file it stops after the check, unless the options take the good ones; the report
// then says what is wrong.
func (s *Service) File(ctx context.Context, by authz.Actor, kind Kind, name, path string, asOf day.Day, opt Options, progress Progress) (Report, error) {
	if !kind.Valid() {
		return Report{}, errs.New(errs.Invalid, "intake.kind_unknown", nil)
	}
	by.Once = ""
	hash, _, err := s.Store(ctx, path)
	if err != nil {
		return Report{}, err
	}
	of, err := s.sourceOf(ctx, by, kind, name, opt)
	if err != nil {
		return Report{}, err
	}
	seq, err := s.Open(ctx, by, of, hash, filepath.Base(path), asOf)
	if err != nil {
		return Report{}, err
	}
	report, err := s.DryRun(ctx, by, seq, progress)
	if err != nil {
		return report, err
	}
	if err := s.Begin(ctx, by, seq, opt.GoodRows); err != nil {
		return report, err
	}
	return report, s.Write(ctx, by, seq, progress)
}

// sourceOf finds a source by name, or registers it.
func (s *Service) sourceOf(ctx context.Context, by authz.Actor, kind Kind, name string, opt Options) (source.ID, error) {
	var root org.Node
	var found source.Source
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		if root, err = org.Root(q); err != nil {
			return err
		}
		found, err = source.FindName(q, name)
		if errs.KindOf(err) == errs.Absent && err != nil {
			found, err = source.Source{}, nil
		}
		return err
	})
	switch {
	case err != nil:
		return "", err
	case !found.ID.IsZero() && found.Kind != string(kind):
		return "", errs.New(errs.Conflict, "source.name_taken", errs.Args{"name": name})
	case !found.ID.IsZero():
		return found.ID, nil
	}
	if opt.Fineness == "" {
		opt.Fineness = source.Village
	}
	if opt.CRS == "" {
		opt.CRS = geo.WGS84
	}
	return s.Sources.Register(ctx, by, root.Path, source.Source{Kind: string(kind), Name: name, Fineness: opt.Fineness, CRS: string(opt.CRS)})
}
