package claim

import (
	"context"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/pack"
)

// place is where a line stands: it is taken back or left alone as one.
type place struct {
	contract contract.ID
	slice    int
	from, to string
}

func placeOf(c contract.ID, l *pack.Line) place {
	return place{c, l.Slice, l.From.String(), l.To.String()}
}

// Correct draws up what has to change of a batch by what is known and by the rules in force now: lines that are wrong are taken back and
// claimed anew, those of loans entered later are added. The batch itself is never changed.
func (s *Service) Correct(ctx context.Context, by authz.Actor, which ID) (made ID, err error) {
	serial, err := s.serial(ctx, by.City)
	if err != nil {
		return made, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		old, bank, err := placed(tx, which)
		if err != nil {
			return err
		}
		if err := by.Must(Make, bank.Path); err != nil {
			return err
		}
		if old.IsCorrection() || old.State == Draft || old.State == Returned || old.State == Withdrawn {
			return errs.New(errs.Conflict, "claim.not_corrected", nil)
		}
		b := Batch{Bank: old.Bank, After: old.After, To: old.To, Corrects: old.ID, State: Draft}
		if _, err := s.begin(tx, by, &b, serial); err != nil {
			return err
		}
		w := &work{Service: s, tx: tx, batch: &b}
		if err := w.hold(bank.Path); err != nil {
			return err
		}
		now, err := standingOf(tx, old.ID)
		if err != nil {
			return err
		}
		w.fellows.forget(now)
		if err := w.open(); err != nil {
			return err
		}
		if err := w.each(bank.Path, func(x share) error {
			for i := range x.loans {
				w.compare(now, &x.loans[i])
			}
			return nil
		}); err != nil {
			return err
		}
		w.takeBack(now)
		if b.Lines == 0 {
			return errs.New(errs.Conflict, "claim.nothing_to_correct", nil)
		}
		made = b.ID
		return w.close()
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// standing line, and the batch that it is of.
type stood struct {
	Line
	batch ID
	same  bool // it is still right
}

// standingOf gives the lines that stand of a batch and of its corrections.
func standingOf(q sqldb.Q, which ID) (map[place]*stood, error) {
	all, err := sqldb.All(q, func(s sqldb.Scan) (x stood, err error) {
		x.Line, err = scanLine(func(to ...any) error { return s(append([]any{&x.batch}, to...)...) })
		return x, err
	}, `SELECT l.batch, `+lineColumns+` FROM loan_line l JOIN loan_batch x ON x.city = l.city AND x.id = l.batch
		WHERE l.city = $1 AND (x.id = $2 OR x.corrects = $2) AND `+standing("l", "x")+` ORDER BY l.batch, l.no`, which)
	found := make(map[place]*stood, len(all))
	for i := range all {
		found[placeOf(all[i].Contract, &all[i].Line.Line)] = &all[i]
	}
	return found, err
}

// compare holds what a loan's lines should be against those that stand.
func (w *work) compare(now map[place]*stood, r *reckoned) {
	changed := false
	var fresh []pack.Line
	for _, l := range r.lines {
		if old := now[placeOf(r.id, &l)]; old != nil && old.Line.Line == l {
			old.same = true
			continue
		}
		fresh, changed = append(fresh, l), true
	}
	if changed {
		w.batch.Loans++
	}
	for _, l := range fresh {
		w.add(Line{Line: l, Contract: r.id, Seen: r.seen, Sign: 1})
	}
}

// takeBack adds the lines that take back those that are wrong.
func (w *work) takeBack(now map[place]*stood) {
	for _, old := range inOrder(now) {
		if !old.same {
			l := old.Line
			l.Sign, l.OfBatch, l.OfNo = -1, old.batch, old.No
			w.add(l)
		}
	}
}
