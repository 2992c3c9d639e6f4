package claim

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/startuploan/contract"
)

func inOrder(now map[place]*stood) []*stood {
	all := slices.Collect(maps.Values(now))
	slices.SortFunc(all, func(a, b *stood) int { return cmp.Or(cmp.Compare(a.batch, b.batch), cmp.Compare(a.No, b.No)) })
	return all
}

// Word is what somebody says with a step.
type Word struct {
	Note string
	On   day.Day // of a payment or arrival
	Ref  string  // number of its voucher
}

// Do takes a batch one step on. Version is EditedAt as it was read: of two desks that act at once, one is told.
func (s *Service) Do(ctx context.Context, by authz.Actor, which ID, version int64, verb authz.Verb, word Word) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		b, bank, err := placed(tx, which)
		if err != nil {
			return err
		}
		at, err := b.seats(tx, bank)
		if err != nil {
			return err
		}
		if err := b.permit(by, at, verb); err != nil {
			return err
		}
		var back *back
		if verb.Key == Withdraw.Key {
			if back, err = holdBack(tx, bank, which); err != nil {
				return err
			}
		}
		n, err := tx.Exec(`UPDATE loan_batch SET edited_at = $4 WHERE city = $1 AND id = $2 AND edited_at = $3`, which, version, max(tx.Now().UnixMicro(), version+1))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "claim.moved", errs.Args{"serial": b.Serial})
		}
		move, ok := Process.Allowed(b.State, verb)
		if !ok {
			return errs.New(errs.Conflict, "claim.not_now", nil)
		}
		if err := s.judge(tx, by, &b, verb, word); err != nil {
			return err
		}
		if b.State = move.To; b.State == Filed {
			if err := s.placeDesks(tx, &b, bank); err != nil {
				return err
			}
		}
		if err := s.clock(tx, &b); err != nil {
			return err
		}
		if err := put(tx, &b); err != nil {
			return err
		}
		if verb.Key == Withdraw.Key {
			if err := guard(tx, which, begunBack); err != nil {
				return err
			}
			if err := back.fellows.backAgain(tx, which, back.banks); err != nil {
				return err
			}
		}
		if err := note(tx, &b, verb.Key, word.Note); err != nil {
			return err
		}
		return tx.Record(verb, which.String(), act.Change{"state": b.State, "due": b.Due.String(), "ref": word.Ref, "on": word.On.String(), "desk": b.Desk()})
	}))
}

// back is the banks to whose loans lines stand again when a batch is withdrawn, and what is tied to these.
type back struct {
	banks   map[org.ID]bool
	fellows *fellows
}

// holdBack holds the banks to whose loans lines stand again when a batch is withdrawn, with those of the same borrowers.
func holdBack(tx *sqldb.Tx, bank org.Node, which ID) (*back, error) {
	all, err := contract.Lenders(tx, bank.Path)
	if err != nil {
		return nil, err
	}
	loans, err := takenBack(tx, which)
	if err != nil {
		return nil, err
	}
	theirs, err := contract.BanksOf(tx, loans)
	if err != nil {
		return nil, err
	}
	b := &back{banks: map[org.ID]bool{}}
	for _, x := range append(all, theirs...) {
		b.banks[x] = true
	}
	b.fellows, err = holdWith(tx, slices.Collect(maps.Keys(b.banks)))
	return b, err
}

// judge says what is missing or not allowed in a step: nobody passes what she has drawn up or reviewed herself.
func (s *Service) judge(tx *sqldb.Tx, by authz.Actor, b *Batch, verb authz.Verb, word Word) error {
	var p errs.Problems
	p.Require(len([]rune(word.Note)) <= 500, "note", "field.long", errs.Args{"max": 500})
	switch verb.Key {
	case Review.Key:
		if by.User == b.MadeBy {
			return errs.New(errs.Denied, "claim.own_hand", nil)
		}
		b.ReviewedBy = by.User
	case Approve.Key:
		if by.User == b.MadeBy || by.User == b.ReviewedBy {
			return errs.New(errs.Denied, "claim.own_hand", nil)
		}
	case Return.Key:
		p.Require(word.Note != "", "note", "field.required", nil)
	case Withdraw.Key:
		p.Require(word.Note != "", "note", "field.required", nil)
		var n int
		if err := tx.Row(`SELECT COUNT(*) FROM loan_batch WHERE city = $1 AND corrects = $2 AND state <> 'withdrawn'`, b.ID).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return errs.New(errs.Conflict, "claim.is_corrected", nil)
		}
	case Pay.Key:
		word.on(&p, s.today(tx), b.To)
		b.PaidOn, b.PaidRef = word.On, word.Ref
	case Arrive.Key:
		word.on(&p, s.today(tx), b.PaidOn)
		b.ArrivedOn, b.ArrivedRef = word.On, word.Ref
	}
	return p.Err()
}

func (w *Word) on(p *errs.Problems, today, least day.Day) {
	if p.Require(!w.On.IsZero(), "on", "field.required", nil) {
		p.Require(w.On >= least && w.On <= today, "on", "claim.on", errs.Args{"from": least, "to": today})
	}
	p.Require(w.Ref != "" && len([]rune(w.Ref)) <= 60, "ref", "field.required", nil)
}

// clock sets until when the next desk is to act, in working days from today.
func (s *Service) clock(tx *sqldb.Tx, b *Batch) error {
	t, err := contract.TermsOn(tx, s.today(tx))
	if err != nil {
		return err
	}
	days := map[State]int{Filed: t.Review, Reviewed: t.Finance, Approved: t.Finance, Paid: t.File, Returned: t.File}[b.State]
	if b.Due = 0; days == 0 {
		return nil
	}
	cal, err := casework.Calendar(tx)
	if err == nil {
		b.Due, _ = cal.AddWorkdays(s.today(tx), days)
	}
	return err
}

func put(tx *sqldb.Tx, b *Batch) error {
	_, err := tx.Exec(`UPDATE loan_batch SET state = $3, due_day = $4, paid_day = $5, paid_ref = $6, arrived_day = $7, arrived_ref = $8, reviewed_by = $9, reviewer = $10, finance = $11 WHERE city = $1 AND id = $2`,
		b.ID, string(b.State), b.Due, b.PaidOn, b.PaidRef, b.ArrivedOn, b.ArrivedRef, b.ReviewedBy, b.Reviewer.String(), b.Finance.String())
	return err
}
