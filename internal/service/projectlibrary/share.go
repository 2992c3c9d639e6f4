package projectlibrary

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// backDays is in how many working days the league's own desk answers what a bank has no right to know any more.
const backDays = 5

// Withdraw lets a founder end that her dossier is shown to a bank for a purpose. From the act's commit on nobody there finds it.
// Where no other purpose is left, what the bank was asked for her and has not answered goes back to the nearest desk of the
// library.
func (s *Service) Withdraw(ctx context.Context, by authz.Actor, which venture.ID, receiver org.ID, purpose string) error {
	return s.withdraw(ctx, by, which, receiver, purpose, "", func(tx *sqldb.Tx) (venture.Venture, error) { return venture.Own(tx, by, which) })
}

// WithdrawFor does the same for a founder without a phone, who has said so at the counter or by telephone: how stands in the log.
func (s *Service) WithdrawFor(ctx context.Context, by authz.Actor, which venture.ID, receiver org.ID, purpose, said string) error {
	var p errs.Problems
	p.Require(said != "", "said", "field.required", nil)
	if err := p.Err(); err != nil {
		return err
	}
	return s.withdraw(ctx, by, which, receiver, purpose, said, func(tx *sqldb.Tx) (venture.Venture, error) {
		v, err := venture.Find(tx, which)
		if err != nil {
			return v, err
		}
		at, err := org.Find(tx, v.Org)
		if err != nil {
			return v, err
		}
		return v, by.Must(venture.AgreePaper, at.Path)
	})
}

func (s *Service) withdraw(ctx context.Context, by authz.Actor, which venture.ID, receiver org.ID, purpose, said string, permitted func(tx *sqldb.Tx) (venture.Venture, error)) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, err := permitted(tx)
		if err != nil {
			return err
		}
		if err := venture.Retract(tx, which, receiver, purpose); err != nil {
			return err
		}
		bank, err := org.Find(tx, receiver)
		if err != nil {
			return err
		}
		still, err := s.Ventures.Allows(tx, which, bank)
		if err != nil {
			return err
		}
		back := 0
		if !still {
			if back, err = s.takeBack(tx, v, bank); err != nil {
				return err
			}
		}
		change := act.Change{"receiver": receiver, "purpose": purpose, "matters": back}
		if said != "" {
			change["said"] = said
		}
		return tx.Record(Withdraw, which.String(), change)
	}))
}

// takeBack moves the open matters about a venture's needs from a bank's desks to the library's own.
func (s *Service) takeBack(tx *sqldb.Tx, v venture.Venture, bank org.Node) (n int, err error) {
	needs, err := venture.Needs(tx, v.ID)
	if err != nil {
		return 0, err
	}
	all, err := s.asked(tx, needs)
	if err != nil {
		return 0, err
	}
	for _, a := range all {
		if a.Is.ID.IsZero() || !bank.Path.Covers(a.Desk.Path) || a.Is.State != casework.Open && a.Is.State != casework.Paused {
			continue
		}
		at, err := org.Find(tx, v.Org)
		if err != nil {
			return n, err
		}
		home, err := s.Accounts.Nearest(tx, at.Path, casework.Answer, Raise)
		if err != nil {
			return n, err
		}
		if _, err := s.Matters.Take(tx, a.Is, casework.Lift, casework.Step{Desk: home, Days: backDays, As: Withdraw}); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
