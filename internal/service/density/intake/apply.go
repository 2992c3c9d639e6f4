package intake

import (
	"context"
	"crypto/rand"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Begin decides that a checked delivery is to be written. With bad rows in it, it is refused unless the clerk has
// chosen to take the good ones.
func (s *Service) Begin(ctx context.Context, by authz.Actor, seq int64, goodRows bool) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := atCity(tx, by, Apply); err != nil {
			return err
		}
		d, err := source.FindDelivery(tx, seq)
		if err != nil {
			return err
		}
		report, err := reportOf(d)
		if err != nil {
			return err
		}
		report.Options.GoodRows, report.Counts, report.Seed = goodRows, d.Counts, rand.Text()
		switch {
		case d.State != source.Checked:
			return errs.New(errs.Conflict, "source.moved_on", errs.Args{"delivery": seq})
		case d.Counts.Bad > 0 && !goodRows:
			return errs.New(errs.Invalid, "intake.bad_rows", errs.Args{"bad": d.Counts.Bad, "rows": d.Counts.Rows})
		case d.Counts.Bad == d.Counts.Rows:
			return errs.New(errs.Invalid, "intake.no_good_row", nil)
		}
		base, err := source.Base(tx, d)
		if err != nil {
			return err
		}
		if base != report.Base {
			return errs.New(errs.Conflict, "source.newer_delivery", errs.Args{"delivery": seq})
		}
		if err := source.Claim(tx, seq); err != nil {
			return err
		}
		if err := advance(tx, seq, source.Checked, source.Applying, report); err != nil {
			return err
		}
		if err := source.Remember(tx, d.Source, report.Mapping.toSave()); err != nil {
			return err
		}
		return tx.Record(Apply, d.Source.String(), act.Change{"delivery": seq, "step": "begin", "good_rows": goodRows})
	})
}

// Write takes the rows of a begun delivery in, chunk by chunk, and shows them all at once at the end. After a crash
// it goes on behind the last chunk that was committed.
func (s *Service) Write(ctx context.Context, by authz.Actor, seq int64, progress Progress) error {
	var d source.Delivery
	var done, gone int64
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		if err := atCity(q, by, Apply); err != nil {
			return err
		}
		if d, err = source.FindDelivery(q, seq); err != nil {
			return err
		}
		if done, _, err = source.Step(q, seq, "rows"); err != nil {
			return err
		}
		gone, _, err = source.Step(q, seq, "gone")
		return err
	})
	switch {
	case err != nil:
		return err
	case d.State == source.Visible:
		return nil // it was shown just before the crash
	case d.State != source.Applying:
		return errs.New(errs.Conflict, "source.moved_on", errs.Args{"delivery": seq})
	}
	r, err := s.begin(ctx, by, d, progress)
	if err != nil {
		return err
	}
	defer r.book.Close()
	r.total = d.Counts.Rows
	if m, ok := r.loader.(*members); ok {
		err = r.writeMembers(ctx, m, done)
	} else {
		err = r.writeRows(ctx, done)
	}
	if err != nil {
		return err
	}
	if err := r.endGone(ctx, int(gone)); err != nil {
		return err
	}
	return r.show(ctx)
}

// writeRows writes the rows behind the row number done. Those before it were written by an earlier run and are only
// compared, so that it is known whom the file holds.
func (r *run) writeRows(ctx context.Context, done int64) error {
	r.done = int(done)
	return r.each(ctx, func([]Problem) {}, func() error {
		if r.bad > 0 && !r.report.Options.GoodRows {
			return r.changedSinceCheck()
		}
		if r.loader.pending() == 0 {
			return nil
		}
		var err error
		if int64(r.last) <= done {
			err = r.s.DB.Read(ctx, r.by.City, func(q *sqldb.Rx) error { return r.loader.weigh(q) })
		} else {
			err = r.writeChunk(ctx, done)
		}
		if err != nil {
			return err
		}
		r.loader.settle(&r.tally)
		r.progress(r.rows, r.total)
		return nil
	})
}

func (r *run) changedSinceCheck() error {
	return errs.New(errs.Conflict, "intake.changed_since_check", errs.Args{"bad": r.bad})
}

// claim permits an act of the delivery and holds that it alone is written.
func (r *run) claim(tx *sqldb.Tx) error {
	if err := atCity(tx, r.by, Apply); err != nil {
		return err
	}
	return source.Claim(tx, r.delivery.Seq)
}

func (r *run) writeChunk(ctx context.Context, done int64) error {
	first := int64(0)
	if _, numbered := r.loader.(*orgs); numbered {
		var err error
		if first, err = r.s.Serials.Next(ctx, r.by.City, "org", int64(r.loader.pending())); err != nil {
			return err
		}
	}
	began, rows := r.s.DB.Now(), r.loader.pending()
	if err := r.writeOnce(ctx, first); err != nil {
		return err
	}
	r.chunk.Store(pace(rows, r.s.DB.Now().Sub(began)))
	r.s.step("rows")
	return r.grown(ctx)
}

// grown tells the database once, behind the first chunk, that its tables fill.
func (r *run) grown(ctx context.Context) error {
	if r.told {
		return nil
	}
	r.told = true
	return r.s.DB.Grown(ctx)
}

func (r *run) writeOnce(ctx context.Context, first int64) error {
	seq := r.delivery.Seq
	return r.s.DB.Write(ctx, r.by, func(tx *sqldb.Tx) error {
		if err := r.claim(tx); err != nil {
			return err
		}
		if err := r.loader.weigh(tx); err != nil {
			return err
		}
		if err := r.loader.write(tx, first); err != nil {
			return err
		}
		if err := source.Reach(tx, seq, "rows", int64(r.last), r.total); err != nil {
			return err
		}
		return tx.Record(Apply, r.delivery.Source.String(), act.Change{"delivery": seq, "to_row": r.last, "rows": r.loader.pending()})
	})
}

func (r *run) endGone(ctx context.Context, from int) error {
	if err := r.s.DB.Read(ctx, r.by.City, func(q *sqldb.Rx) error { return r.loader.leaving(q, &r.tally) }); err != nil {
		return err
	}
	seq := r.delivery.Seq
	for more := true; more; from += chunkRows {
		err := r.s.DB.Write(ctx, r.by, func(tx *sqldb.Tx) (err error) {
			if err := atCity(tx, r.by, Apply); err != nil {
				return err
			}
			if more, err = r.loader.end(tx, from, from+chunkRows); err != nil || !more {
				return err
			}
			if err := source.Reach(tx, seq, "gone", int64(from), 0); err != nil {
				return err
			}
			return tx.Record(Apply, r.delivery.Source.String(), act.Change{"delivery": seq, "step": "gone", "from": from})
		})
		if err != nil {
			return err
		}
		r.s.step("gone")
	}
	return nil
}

// show makes everything that was written count, in one act.
func (r *run) show(ctx context.Context) error {
	d := r.delivery
	err := r.s.DB.Write(ctx, r.by, func(tx *sqldb.Tx) error {
		if err := atCity(tx, r.by, Show); err != nil {
			return err
		}
		if _, err := person.Show(tx, d.Seq); err != nil {
			return err
		}
		if _, err := org.Show(tx, d.Seq); err != nil {
			return err
		}
		if err := source.Shown(tx, d); err != nil {
			return err
		}
		if err := source.Release(tx, d.Seq); err != nil {
			return err
		}
		if r.s.After != nil {
			if err := r.s.After(tx, d, r.report.Kind); err != nil {
				return err
			}
		}
		return tx.Record(Show, d.Source.String(), act.Change{"delivery": d.Seq, "rows": r.rows, "bad": r.bad})
	})
	r.s.step("shown")
	return err
}

// Abandon gives a delivery up that does not count yet; what was written of it never will.
func (s *Service) Abandon(ctx context.Context, by authz.Actor, seq int64) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := atCity(tx, by, Apply); err != nil {
			return err
		}
		d, err := source.FindDelivery(tx, seq)
		if err != nil {
			return err
		}
		switch d.State {
		case source.Checking, source.Checked, source.Applying:
		default:
			return errs.New(errs.Conflict, "source.moved_on", errs.Args{"delivery": seq})
		}
		if err := source.Advance(tx, seq, d.State, source.Abandoned, d.Report, d.Counts); err != nil {
			return err
		}
		if err := source.Release(tx, seq); err != nil {
			return err
		}
		return tx.Record(Apply, d.Source.String(), act.Change{"delivery": seq, "step": "abandon"})
	})
}
