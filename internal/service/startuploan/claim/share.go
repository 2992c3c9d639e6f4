package claim

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
	"zhidian/internal/service/startuploan/pack"
)

// share is what some of a bank's loans come to.
type share struct {
	loans                  []reckoned
	left                   []Unclaimed
	opening, closing, lent money.Fen
	lendings               int
}

// reckoned is a loan with the lines that are right for it.
type reckoned struct {
	id    contract.ID
	bank  org.ID
	seen  int64 // number of its last event that is known
	lines []pack.Line
}

// each works out what the loans of a bank come to, some at a time, and gives it to take. They are read and worked out beside the act, in a
// snapshot that is not older than what the act has read so far, while take writes those before: what happens to a loan meanwhile is not known to its line, which says so.
func (w *work) each(bank authz.Path, take func(share) error) error {
	ctx, stop := context.WithCancel(w.tx.Context())
	defer stop()
	shares, failed := make(chan share, 1), make(chan error, 1)
	go func() {
		defer close(shares)
		failed <- w.DB.Read(ctx, w.tx.City(), func(q *sqldb.Rx) error {
			return contract.EachOf(q, bank, w.batch.After, w.batch.To, func(all []contract.Known) error {
				x, err := w.reckon(all)
				if err != nil {
					return err
				}
				select {
				case shares <- x:
					return nil
				case <-ctx.Done():
					return ctx.Err()
				}
			})
		})
	}()
	var err error
	for x := range shares {
		if err != nil {
			continue
		}
		w.cede(&x)
		if err = w.count(x); err == nil {
			err = take(x)
		}
		if err != nil {
			stop()
		}
	}
	if read := <-failed; err == nil {
		err = read
	}
	return err
}

// reckon works out the lines of some loans.
func (w *work) reckon(all []contract.Known) (x share, err error) {
	b := w.batch
	lines, ends := make([]pack.Line, 0, 3*len(all)), make([]int, len(all))
	for i := range all {
		k := &all[i]
		standing := contract.Standing(k.All, k.Events)
		x.opening += contract.BalanceOn(standing, b.After)
		x.closing += contract.BalanceOn(standing, b.To)
		for _, e := range standing {
			if e.Kind == contract.Draw && e.Day > b.After && e.Day <= b.To {
				x.lent, x.lendings = x.lent+e.Amount, x.lendings+1
			}
		}
		if lines, err = w.reckoner.Lines(asked(k, standing, w.calendar, b), lines); err != nil {
			u, ok := unclaimed(k, err)
			if !ok {
				return x, err
			}
			x.left = append(x.left, u)
		}
		ends[i] = len(lines)
	}
	x.loans = make([]reckoned, len(all))
	from := 0
	for i := range all {
		x.loans[i] = reckoned{id: all[i].ID, bank: all[i].Bank, seen: all[i].Events, lines: lines[from:ends[i]]}
		from = ends[i]
	}
	return x, nil
}

// count adds what some loans come to, which must be of banks that are held.
func (w *work) count(x share) error {
	for i := range x.loans {
		if !w.banks[x.loans[i].bank] { // its first loan was entered since
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
	}
	b := w.batch
	b.Opening, b.Closing, b.Lent, b.Lendings = b.Opening+x.opening, b.Closing+x.closing, b.Lent+x.lent, b.Lendings+x.lendings
	w.left = append(w.left, x.left...)
	return nil
}
