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

// Merge lets a voice, and all that were merged into it, be answered with another that says the same (并案). Its own matter is
// closed and points to the other.
func (s *Service) Merge(ctx context.Context, by authz.Actor, which, into VoiceID, reason string) error {
	return s.regroup(ctx, by, which, func(tx *sqldb.Tx, v Voice) error {
		main, err := s.mayMerge(tx, by, into)
		if err != nil {
			return err
		}
		if v.Main != "" || main.Main != "" || v.ID == main.ID {
			return errs.New(errs.Conflict, "research.merged_already", nil)
		}
		m, err := casework.Find(tx, v.Matter)
		if err != nil {
			return err
		}
		target, err := casework.Find(tx, main.Matter)
		if err != nil {
			return err
		}
		if m.State == casework.Closed || target.State == casework.Closed {
			return errs.New(errs.Conflict, "research.merge_closed", nil)
		}
		first, second := v.ID, main.ID // guards in the order of their keys
		if second < first {
			first, second = second, first
		}
		for _, guard := range []VoiceID{first, second} {
			n, err := tx.Exec(`UPDATE voice SET edited_at = $3 WHERE city = $1 AND id = $2 AND main = ''`, guard, tx.Now().UnixMicro())
			if err == nil && n == 0 {
				err = errs.New(errs.Conflict, "research.merged_already", nil)
			}
			if err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE voice SET main = $3 WHERE city = $1 AND (id = $2 OR main = $2)`, v.ID, main.ID); err != nil {
			return err
		}
		if _, err := s.Matters.Take(tx, m, casework.Close, casework.Step{Reason: target.Serial + " " + reason, As: MergeVoice}); err != nil {
			return err
		}
		if err := casework.Tell(tx, target, MergeVoice, m.Serial); err != nil {
			return err
		}
		return tx.Record(MergeVoice, v.ID.String(), act.Change{"into": main.ID, "matter": main.Matter})
	})
}

// Separate lets a voice be answered for itself again.
func (s *Service) Separate(ctx context.Context, by authz.Actor, which VoiceID, reason string) error {
	return s.regroup(ctx, by, which, func(tx *sqldb.Tx, v Voice) error {
		if v.Main == "" {
			return errs.New(errs.Conflict, "research.not_merged", nil)
		}
		n, err := tx.Exec(`UPDATE voice SET main = '', judged_at = 0, edited_at = $4 WHERE city = $1 AND id = $2 AND main = $3`, v.ID, v.Main, tx.Now().UnixMicro())
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "errs.stale", nil)
		}
		if err != nil {
			return err
		}
		m, err := casework.Find(tx, v.Matter)
		if err != nil {
			return err
		}
		terms, err := s.termsOf(tx, v)
		if err != nil {
			return err
		}
		if _, err := s.Matters.Take(tx, m, casework.Reopen, casework.Step{Days: terms.AnswerDays, Reason: reason}); err != nil {
			return err
		}
		return tx.Record(MergeVoice, v.ID.String(), act.Change{"from": v.Main})
	})
}

// regroup is one act with a voice by who may merge it.
func (s *Service) regroup(ctx context.Context, by authz.Actor, which VoiceID, do func(*sqldb.Tx, Voice) error) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, err := s.mayMerge(tx, by, which)
		if err != nil {
			return err
		}
		return do(tx, v)
	})
	return sqldb.Done(err)
}

func (s *Service) mayMerge(tx *sqldb.Tx, by authz.Actor, which VoiceID) (Voice, error) {
	v, err := findVoice(tx, which)
	if err != nil {
		return v, err
	}
	at, err := org.Find(tx, v.Org)
	if err != nil {
		return v, err
	}
	return v, by.Must(MergeVoice, at.Path)
}
