package research

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// CatchUp does what the terms ask for by now: voices that nobody answered in time, or that two answers did not solve, go up a
// level; those on which whoever asked says nothing more are closed. Each is an act of its own, and two processes that find
// the same voice take it once: the matter moves only from the desk and the day that were read.
func (s *Service) CatchUp(ctx context.Context, city string) error {
	var due []casework.ID
	err := s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		all, err := casework.Waiting(q, casework.Voice, s.today(q), q.Now().UnixMicro())
		if err != nil {
			return err
		}
		for _, m := range all {
			verb, _, err := s.next(q, m)
			if err != nil {
				return err
			}
			if !verb.IsZero() {
				due = append(due, m.ID)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, which := range due {
		err := s.DB.Write(ctx, authz.System(city), func(tx *sqldb.Tx) error {
			m, err := casework.Find(tx, which)
			if err != nil {
				return err
			}
			taken, err := s.step(tx, m)
			if err == nil && !taken {
				err = errNothing
			}
			return err
		})
		if err != nil && errs.KeyOf(err) != "errs.stale" { // another process has just done it
			return err
		}
	}
	return nil
}

// errNothing ends an act in which nothing was left to do.
var errNothing = errs.New(errs.Conflict, "errs.stale", nil)

// next asks the rule what becomes of a voice's matter, and where it would go.
func (s *Service) next(q sqldb.Q, m casework.Matter) (verb authz.Verb, to org.Node, err error) {
	v, err := ofMatter(q, m.ID)
	if errs.KindOf(err) == errs.Absent { // a matter of this kind that was opened by hand
		return verb, to, nil
	}
	if err != nil {
		return verb, to, err
	}
	terms, err := s.termsOf(q, v)
	if err != nil {
		return verb, to, err
	}
	f := Facts{State: m.State, Due: m.Due}
	answered, err := casework.AnsweredAt(q, m.ID)
	if err != nil {
		return verb, to, err
	}
	if answered > 0 {
		f.Answered = s.dayOf(answered)
	}
	if err := q.Row(`SELECT COUNT(*) FROM voice_verdict WHERE city = $1 AND matter = $2 AND desk = $3 AND solved = 0`, m.ID, m.Desk).Scan(&f.Unsolved); err != nil {
		return verb, to, err
	}
	desk, err := org.Find(q, m.Desk)
	if err != nil {
		return verb, to, err
	}
	to, there, err := above(q, desk)
	if err != nil {
		return verb, to, err
	}
	f.Top = !there
	cal, err := casework.Calendar(q)
	if err != nil {
		return verb, to, err
	}
	return terms.Next(f, s.today(q), cal), to, nil
}

// step does within an act what the rule says, and tells whether there was something to do.
func (s *Service) step(tx *sqldb.Tx, m casework.Matter) (bool, error) {
	verb, to, err := s.next(tx, m)
	if err != nil || verb.IsZero() {
		return false, err
	}
	if verb == Lapsed {
		_, err = s.Matters.Take(tx, m, casework.Close, casework.Step{As: Lapsed})
	} else {
		var v Voice
		if v, err = ofMatter(tx, m.ID); err != nil {
			return false, err
		}
		var terms Terms
		if terms, err = s.termsOf(tx, v); err != nil {
			return false, err
		}
		_, err = s.Matters.Take(tx, m, casework.Lift, casework.Step{Desk: to.ID, Days: terms.AnswerDays, As: verb})
	}
	if err != nil {
		return false, err
	}
	return true, tx.Record(verb, m.ID.String(), act.Change{"desk": to.ID, "from": m.Desk})
}
