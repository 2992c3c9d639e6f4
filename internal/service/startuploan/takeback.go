package startuploan

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Retract lets an applicant take her application back, at whatever desk it is.
func (s *Service) Retract(ctx context.Context, by authz.Actor, which ID, version int64, reason string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		a, _, err := filling(tx, by, which)
		if err != nil {
			return err
		}
		if _, err := hold(tx, which); err != nil {
			return err
		}
		if a, err = Find(tx, which); err != nil {
			return err
		}
		move, ok := Process.Allowed(a.State, Withdraw)
		if !ok || a.Edited != version+1 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		a.State, a.DecidedAt = move.To, tx.Now().UnixMicro()
		if err := s.over(tx, a); err != nil {
			return err
		}
		if err := put(tx, a); err != nil {
			return err
		}
		if err := write(tx, a.ID, Withdraw, nil, reason, "", ""); err != nil {
			return err
		}
		return tx.Record(Withdraw, which.String(), act.Change{"reason": reason})
	}))
}

// Complain lets an applicant appeal against a refusal while that may be done. Somebody else than who refused looks at it.
func (s *Service) Complain(ctx context.Context, by authz.Actor, which ID, version int64, reason string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		a, _, err := filling(tx, by, which)
		if err != nil {
			return err
		}
		a.Edited = version
		move, ok := Process.Allowed(a.State, Appeal)
		if !ok {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		if a.AppealUntil.IsZero() || s.today(tx) > a.AppealUntil {
			return errs.New(errs.Conflict, "loan.appeal_over", nil)
		}
		var p errs.Problems
		p.Require(reason != "", "reason", "field.required", nil)
		if err := p.Err(); err != nil {
			return err
		}
		way, err := wayOf(tx, a.Way)
		if err != nil {
			return err
		}
		cal, err := casework.Calendar(tx)
		if err != nil {
			return err
		}
		d := Sitting{Desk: Recheck, Org: a.County, Turn: recheckTurn, Days: way.Appeal, State: AtWork, OpenedAt: tx.Now().UnixMicro()}
		d.Due, _ = cal.AddWorkdays(s.today(tx), int(way.Appeal))
		if err := addSitting(tx, a.ID, &d); err != nil {
			return err
		}
		a.State = move.To
		if err := put(tx, a); err != nil {
			return err
		}
		if err := write(tx, a.ID, Appeal, &d, reason, "", d.Due.String()); err != nil {
			return err
		}
		if err := s.tellDesk(tx, a, d); err != nil {
			return err
		}
		return tx.Record(Appeal, which.String(), act.Change{"against": a.Code})
	}))
}
