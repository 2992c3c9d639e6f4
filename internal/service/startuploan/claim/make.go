package claim

import (
	"context"
	"errors"
	"fmt"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/rulebook"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/pack"
)

// serial draws the number of a new batch. It is called before the act.
func (s *Service) serial(ctx context.Context, city string) (string, error) {
	year := day.Of(s.DB.Now(), s.Zone).Year()
	n, err := s.Serials.Next(ctx, city, fmt.Sprintf("claim.%d", year), 1)
	return fmt.Sprintf("贴息-%d-%05d", year, n), err
}

// Make draws up what a bank claims: the periods that ended after its last batch, up to and with a day. What cannot be claimed is named
// with the reason and holds nothing up.
func (s *Service) Make(ctx context.Context, by authz.Actor, bank org.ID, to day.Day) (made ID, err error) {
	serial, err := s.serial(ctx, by.City)
	if err != nil {
		return made, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		b := Batch{Bank: bank, To: to, State: Draft}
		at, err := s.begin(tx, by, &b, serial)
		if err != nil {
			return err
		}
		w := &work{Service: s, tx: tx, batch: &b}
		if err := w.hold(at.Path); err != nil {
			return err
		}
		if b.After, err = lastOf(tx, bank, to); err != nil {
			return err
		}
		if err := w.open(); err != nil {
			return err
		}
		if err := w.each(at.Path, w.claim); err != nil {
			return err
		}
		made = b.ID
		return w.close()
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// begin asks for the right and sets what every new batch has.
func (s *Service) begin(tx *sqldb.Tx, by authz.Actor, b *Batch, serial string) (org.Node, error) {
	at, err := org.Find(tx, b.Bank)
	if err != nil {
		return at, err
	}
	if err := by.Must(Make, at.Path); err != nil {
		return at, err
	}
	var p errs.Problems
	p.Require(at.Kind == org.Bank, "bank", "field.choice", nil)
	if p.Require(!b.To.IsZero(), "to", "field.required", nil) {
		p.Require(b.To <= s.today(tx), "to", "claim.to_come", nil)
	}
	b.ID, b.Serial, b.MadeBy, b.MadeAt = id.New[Batch](tx.Now()), serial, by.User, tx.Now().UnixMicro()
	return at, p.Err()
}

// lastOf gives the day up to which a bank has claimed; where it has not, the beginning of the quarter.
func lastOf(q sqldb.Q, bank org.ID, to day.Day) (day.Day, error) {
	var last day.Day
	err := q.Row(`SELECT COALESCE(MAX(to_day), '') FROM loan_batch WHERE city = $1 AND bank = $2 AND corrects = '' AND state <> 'withdrawn'`, bank).Scan(&last)
	if err != nil || last.IsZero() {
		return to.AddMonths(-3), err
	}
	if last >= to {
		return last, errs.New(errs.Conflict, "claim.quarter_taken", errs.Args{"day": last})
	}
	return last, nil
}

// work is the drawing up of one batch.
type work struct {
	*Service
	tx       *sqldb.Tx
	batch    *Batch
	banks    map[org.ID]bool // that have lent below the batch's
	fellows  *fellows
	reckoner pack.Reckoner
	calendar *day.Calendar
	ready    []Line // to be written
	left     []Unclaimed
}

// atOnce is how many lines are written at once.
const atOnce = 5000

// hold holds the banks that have lent below the batch's, with those of the same borrowers, and reads what is claimed for these.
func (w *work) hold(bank authz.Path) error {
	all, err := contract.Lenders(w.tx, bank)
	if err != nil {
		return err
	}
	w.banks = map[org.ID]bool{}
	for _, b := range all {
		w.banks[b] = true
	}
	if w.fellows, err = holdWith(w.tx, all); err != nil {
		return err
	}
	return w.fellows.read(w.tx, w.banks)
}

func (w *work) open() (err error) {
	if w.calendar, err = casework.Calendar(w.tx); err != nil {
		return err
	}
	book, quotes, err := rulebook.InForce(w.tx)
	if err != nil {
		return err
	}
	w.reckoner = pack.Reckoner{Book: book, Quotes: quotes, From: w.batch.After, To: w.batch.To}
	t, err := contract.TermsOn(w.tx, w.today(w.tx))
	if err != nil {
		return err
	}
	w.batch.Unpaid = t.Unpaid
	w.batch.Due, _ = w.calendar.AddWorkdays(w.batch.To, t.File)
	return insert(w.tx, w.batch, book, quotes)
}

// claim claims what was worked out.
func (w *work) claim(x share) error {
	for _, r := range x.loans {
		if len(r.lines) > 0 {
			w.batch.Loans++
		}
		for _, l := range r.lines {
			w.add(Line{Line: l, Contract: r.id, Seen: r.seen, Sign: 1})
		}
	}
	if len(w.ready) < atOnce {
		return nil
	}
	return w.flush()
}

// asked is a loan as the claim's rules want it.
func asked(k *contract.Known, standing []contract.Event, cal *day.Calendar, b *Batch) *pack.Loan {
	course := k.Course(standing, k.Parts, cal, b.To, b.Unpaid)
	return &pack.Loan{Number: k.Number, Signed: k.Signed, Area: k.Area, Borrower: k.Who(), Loan: course.Loan, Excluded: course.Excluded}
}

// unclaimed names why nothing is claimed for a loan; false where the error is of another kind.
func unclaimed(k *contract.Known, err error) (u Unclaimed, ok bool) {
	e, ours := errors.AsType[*errs.Error](err)
	if !ours || e.Kind == errs.Internal {
		return u, false
	}
	u = Unclaimed{Contract: k.ID, Number: k.Number, Key: e.Key, Args: e.Args}
	if len(e.Problems) > 0 {
		u.Key, u.Args = e.Problems[0].Key, e.Problems[0].Args
	}
	return u, true
}

func (w *work) add(l Line) {
	b := w.batch
	b.Lines++
	l.No = int64(b.Lines)
	sign := money.Fen(l.Sign)
	b.Interest += sign * l.Interest
	b.Subsidy += sign * l.Subsidy
	b.Province += sign * l.Province
	b.Local += sign * l.Local
	w.ready = append(w.ready, l)
}

func (w *work) flush() error {
	err := insertLines(w.tx, w.batch, w.ready)
	w.ready = w.ready[:0]
	return err
}

// close writes what is left, and looks whether a day is claimed twice.
func (w *work) close() error {
	b := w.batch
	if err := w.flush(); err != nil {
		return err
	}
	if err := insertUnclaimed(w.tx, b, w.left); err != nil {
		return err
	}
	if err := guard(w.tx, b.ID, begunOwn); err != nil {
		return err
	}
	if err := w.fellows.still(w.tx, w.banks); err != nil {
		return err
	}
	if err := sums(w.tx, b); err != nil {
		return err
	}
	if err := note(w.tx, b, Make.Key, ""); err != nil {
		return err
	}
	if err := w.tx.Record(Make, b.ID.String(), act.Change{"serial": b.Serial, "bank": b.Bank, "after": b.After.String(), "to": b.To.String(), "lines": b.Lines, "subsidy": b.Subsidy, "corrects": b.Corrects}); err != nil {
		return err
	}
	return w.tx.Answer(b.ID)
}
