package intake

import (
	"context"
	"encoding/json"
	"sync/atomic"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
)

// An act takes as many rows as it can write in some 35 ms, so that others at the counter wait no longer than 50.
const (
	fewestRows = 250
	chunkRows  = 400 // to begin with, and where nothing is written
	mostRows   = 4000
	actTime    = 35 * time.Millisecond
)

// pace gives the size of the next chunk from how long the last one took.
func pace(rows int, took time.Duration) int64 {
	next := int(float64(rows) * float64(actTime) / float64(max(took, time.Millisecond)))
	return int64(min(max(next, rows/2, fewestRows), rows*3/2+1, mostRows))
}

// Progress is told how many rows of how many are done; total is 0 while it is not known.
type Progress func(done, total int64)

func (s *Service) step(name string) {
	if s.Step != nil {
		s.Step(name)
	}
}

// run is one reading of a delivery's file.
type run struct {
	s        *Service
	by       authz.Actor
	delivery source.Delivery
	report   Report
	facts    *facts
	loader   loader
	book     *sheet.Book
	line     line
	tally    tally
	rows     int64 // read
	bad      int64
	warned   int64
	last     int // number of the last row read
	progress Progress
	total    int64
	chunk    atomic.Int64 // rows of the next act
	done     int          // the last row that an earlier run has written: no chunk reaches over it
	told     bool         // see grown
	taken    []int        // rows whose papers were given to another meanwhile
}

// begin opens the file and learns what its rows are held against. The caller closes the book.
func (s *Service) begin(ctx context.Context, by authz.Actor, d source.Delivery, progress Progress) (*run, error) {
	report, err := reportOf(d)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	r := &run{s: s, by: by, delivery: d, report: report, progress: progress}
	r.chunk.Store(chunkRows)
	r.line.mapping = &r.report.Mapping
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		// the city's clock is east of Greenwich: a row of today is never one of tomorrow
		if r.facts, err = learn(q, d, &r.report.Mapping, day.Of(q.Now(), q.Now().Location()).AddDays(1)); err != nil {
			return err
		}
		r.facts.damaged, r.facts.seed = report.Damaged, report.Seed
		r.loader, err = s.loader(report.Kind, r.facts, q)
		return err
	})
	if err != nil {
		return nil, err
	}
	f, err := s.file(d)
	if err != nil {
		return nil, err
	}
	r.book, err = sheet.OpenFile(f, s.Limits)
	return r, err
}

// each reads the file's rows, checks them, and calls full whenever a chunk is, and at the end.
func (r *run) each(ctx context.Context, wrong func([]Problem), full func() error) error {
	for row, err := range rowsOf(r.book, r.report.Mapping) {
		if err != nil {
			return err
		}
		r.line.set(row)
		r.loader.read(&r.line)
		r.rows++
		if len(r.line.problems) > 0 {
			if r.line.bad {
				r.bad++
			} else {
				r.warned++
			}
			wrong(r.line.problems)
		}
		r.last = row.Number
		if int64(r.loader.pending()) >= r.chunk.Load() || row.Number == r.done {
			if err := full(); err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return full()
}

// atCity permits a verb at the city: an import replaces what its source said of the whole of it.
func atCity(q sqldb.Q, by authz.Actor, v authz.Verb) error {
	root, err := org.Root(q)
	if err != nil {
		return err
	}
	return by.Must(v, root.Path)
}

// DryRun checks a delivery's file and notes the report; nothing else changes. It may be asked again until the
// delivery is written.
func (s *Service) DryRun(ctx context.Context, by authz.Actor, seq int64, progress Progress) (Report, error) {
	var d source.Delivery
	var src source.Source
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		if err := atCity(q, by, Check); err != nil {
			return err
		}
		if d, err = source.FindDelivery(q, seq); err != nil {
			return err
		}
		src, err = source.Find(q, d.Source)
		return err
	})
	if err != nil {
		return Report{}, err
	}
	if d.State != source.Checking && d.State != source.Checked {
		return Report{}, errs.New(errs.Conflict, "source.moved_on", errs.Args{"delivery": seq})
	}
	report, err := s.check(ctx, by, d, progress)
	if err != nil {
		return Report{}, err
	}
	report.Base = src.Latest
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := atCity(tx, by, Check); err != nil {
			return err
		}
		b, err := json.Marshal(report)
		if err != nil {
			return err
		}
		if err := source.Settle(tx, d, b, report.Counts); err != nil {
			return err
		}
		c := report.Counts
		return tx.Record(Check, d.Source.String(), act.Change{"delivery": seq, "rows": c.Rows, "bad": c.Bad, "fresh": c.Fresh, "changed": c.Changed, "gone": c.Gone})
	})
	return report, err
}

func advance(tx *sqldb.Tx, seq int64, from, to source.State, r Report) error {
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return source.Advance(tx, seq, from, to, b, r.Counts)
}

// check reads the file once, and a second time where damaged numbers make doubtful ones of the same column bad too.
func (s *Service) check(ctx context.Context, by authz.Actor, d source.Delivery, progress Progress) (Report, error) {
	report, doubtful, err := s.checkOnce(ctx, by, d, progress)
	if err != nil || doubtful == 0 || report.Damaged || report.Reasons["cn.damaged_rounded"]+report.Reasons["cn.damaged_scientific"] == 0 {
		return report, err
	}
	again, err := reportOf(d)
	if err != nil {
		return report, err
	}
	again.Damaged = true
	if d.Report, err = json.Marshal(again); err != nil {
		return report, err
	}
	report, _, err = s.checkOnce(ctx, by, d, progress)
	return report, err
}

func (s *Service) checkOnce(ctx context.Context, by authz.Actor, d source.Delivery, progress Progress) (Report, int64, error) {
	r, err := s.begin(ctx, by, d, progress)
	if err != nil {
		return Report{}, 0, err
	}
	defer r.book.Close()
	r.report.Problems, r.report.Reasons, r.report.Samples = nil, map[string]int64{}, Samples{}
	if p := r.report.Mapping.missing(r.report.Kind); len(p) > 0 {
		e := errs.New(errs.Invalid, "intake.columns_missing", nil)
		e.Problems = p
		return Report{}, 0, e
	}
	wrong := func(all []Problem) {
		for _, p := range all {
			r.report.Reasons[p.Key]++
			if len(r.report.Problems) < keptProblems {
				r.report.Problems = append(r.report.Problems, p)
			}
		}
	}
	err = r.each(ctx, wrong, func() error {
		err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error { return r.loader.weigh(q) })
		if err != nil {
			return err
		}
		late := r.loader.settle(&r.tally)
		r.warned += int64(len(late))
		wrong(late)
		r.progress(r.rows, 0)
		return nil
	})
	if err != nil {
		return Report{}, 0, err
	}
	if r.rows == 0 {
		return Report{}, 0, errs.New(errs.Invalid, "sheet.no_rows", nil)
	}
	if err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error { return r.loader.leaving(q, &r.tally) }); err != nil {
		return Report{}, 0, err
	}
	r.report.Samples, r.report.Same = r.tally.samples, r.tally.same
	r.report.Counts = source.Counts{Rows: r.rows, Bad: r.bad, Warned: r.warned, Fresh: r.tally.fresh, Changed: r.tally.changed, Gone: r.tally.gone}
	r.report.Shift = shift(r.loader, geo.CRS(r.facts.source.CRS))
	var doubtful int64
	if m, ok := r.loader.(*members); ok {
		doubtful = m.doubtful
	}
	return r.report, doubtful, nil
}

// shift names the system in which the file's positions seem to be, where it is not the one that the source states.
func shift(l loader, stated geo.CRS) geo.CRS {
	var pairs []geo.Pair
	switch l := l.(type) {
	case *orgs:
		pairs = l.pairs
	case *sites:
		pairs = l.pairs
	}
	found, ok := geo.DetectShift(pairs)
	if !ok || geo.ToWGS84(geo.Point{Lon: 114, Lat: 30}, found) == geo.ToWGS84(geo.Point{Lon: 114, Lat: 30}, stated) {
		return ""
	}
	return found
}
