package projectlibrary

import (
	"context"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// maxSaid is how long a founder's words may be, in characters.
const maxSaid = 500

// NotSolved lets a founder say that an answer has not helped her (未解决): the same desk has the matter again, with her words and
// a new day. It may be said while the answer waits to be closed, and for some working days after (venture.Terms).
func (s *Service) NotSolved(ctx context.Context, by authz.Actor, which venture.NeedID, said string) error {
	var p errs.Problems
	p.Require(said != "", "said", "field.required", nil)
	p.Require(len([]rune(said)) <= maxSaid, "said", "field.long", errs.Args{"max": maxSaid})
	if err := p.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := venture.FindNeed(tx, which)
		if err != nil {
			return err
		}
		v, err := venture.Own(tx, by, n.Venture)
		if err != nil {
			return err
		}
		m, err := casework.Find(tx, casework.ID(n.Matter))
		if err != nil {
			return err
		}
		may, err := s.mayAgain(tx, m)
		if err == nil && !may {
			err = errs.New(errs.Conflict, "venture.need_judged", nil)
		}
		if err != nil {
			return err
		}
		err = s.mayAsk(tx, v, m.Desk)
		if errs.KindOf(err) == errs.Invalid { // a bank that may not see the dossier any more
			err = errs.New(errs.Conflict, "venture.need_bank_gone", nil)
		}
		if err != nil {
			return err
		}
		terms, err := venture.TermsOn(tx, s.today(tx))
		if err != nil {
			return err
		}
		if m, err = s.Matters.Take(tx, m, casework.Reopen, casework.Step{Days: terms.AnswerDays, Reason: said, As: Unsolved}); err != nil {
			return err
		}
		return tx.Record(Unsolved, v.ID.String(), act.Change{"need": n.ID, "matter": m.ID, "due": m.Due.String()})
	}))
}

// mayAgain tells whether a matter was answered, and is not closed for longer than founders have to say that it is not solved.
func (s *Service) mayAgain(q sqldb.Q, m casework.Matter) (bool, error) {
	if m.Answer == "" || m.State == casework.Open || m.State == casework.Paused {
		return false, nil
	}
	if m.State == casework.Answered {
		return true, nil
	}
	terms, err := venture.TermsOn(q, s.today(q))
	if err != nil {
		return false, err
	}
	cal, err := casework.Calendar(q)
	if err != nil {
		return false, err
	}
	last, _ := cal.AddWorkdays(day.Of(time.UnixMicro(m.ClosedAt), s.Zone), terms.ReopenDays)
	return s.today(q) <= last, nil
}
