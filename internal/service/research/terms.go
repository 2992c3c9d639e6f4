package research

import (
	"cmp"
	"context"
	"slices"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/workflow"
)

// Terms are the times of voices from a day on, in working days. They are a rule of the city, not of law.
type Terms struct {
	From       day.Day // zero for those that Zhidian is delivered with
	AnswerDays int     // a desk has for its answer, also after "not solved" and after a level up
	LateDays   int     // after the due date before the level above takes over
	Unsolved   int     // answers of one desk that did not solve it before the level above takes over
	JudgeDays  int     // whoever asked has to say whether it is solved; then it is closed
	ReopenDays int     // after it was closed she may still say that it is not
}

// Delivered are the terms that hold where a city has set none.
var Delivered = Terms{AnswerDays: 10, LateDays: 0, Unsolved: 2, JudgeDays: 15, ReopenDays: 30}

// Facts is what the rule looks at.
type Facts struct {
	State    casework.State
	Due      day.Day
	Answered day.Day // of the last answer, zero without one
	Unsolved int     // answers of the responsible desk that did not solve it
	Top      bool    // there is no level above
}

// Next is what becomes of a matter by rule; zero where it stays.
func (t Terms) Next(f Facts, today day.Day, cal workflow.Calendar) authz.Verb {
	after := func(from day.Day, days int) bool {
		last, _ := cal.AddWorkdays(from, days)
		return today > last
	}
	switch {
	case f.State == casework.Open && f.Unsolved >= t.Unsolved && !f.Top:
		return LiftedUnsolved
	case f.State == casework.Open && !f.Top && today > f.Due && (t.LateDays == 0 || after(f.Due, t.LateDays)):
		return LiftedLate
	case f.State == casework.Answered && after(f.Answered, t.JudgeDays):
		return Lapsed
	}
	return authz.Verb{}
}

// MayReopen tells whether whoever asked may still say that a closed matter is not solved.
func (t Terms) MayReopen(closed, today day.Day, cal workflow.Calendar) bool {
	last, _ := cal.AddWorkdays(closed, t.ReopenDays)
	return today <= last
}

// On gives the terms of a day.
func On(all []Terms, on day.Day) Terms {
	got := Delivered
	for _, t := range all {
		if t.From <= on {
			got = t
		}
	}
	return got
}

// AllTerms gives the terms that the city has set, the earliest first.
func AllTerms(q sqldb.Q) ([]Terms, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Terms, error) {
		var t Terms
		return t, s(&t.From, &t.AnswerDays, &t.LateDays, &t.Unsolved, &t.JudgeDays, &t.ReopenDays)
	}, `SELECT from_day, answer_days, late_days, unsolved, judge_days, reopen_days FROM voice_term WHERE city = $1 ORDER BY from_day`)
}

// ListTerms gives all terms, those in force from the earliest day on first.
func (s *Service) ListTerms(ctx context.Context, by authz.Actor) (all []Terms, err error) {
	if err := by.MustSomewhere(ReadVoices); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = AllTerms(q)
		return err
	})
	return slices.Concat([]Terms{Delivered}, all), err
}

func (t Terms) check(today day.Day) error {
	var p errs.Problems
	p.Require(t.From > today, "from", "research.terms_past", nil)
	in := func(field string, n, least, most int) {
		p.Require(n >= least && n <= most, field, "field.range", errs.Args{"min": least, "max": most})
	}
	in("answer_days", t.AnswerDays, 1, casework.MaxDays)
	in("late_days", t.LateDays, 0, casework.MaxDays)
	in("unsolved", t.Unsolved, 1, 9)
	in("judge_days", t.JudgeDays, 1, casework.MaxDays)
	in("reopen_days", t.ReopenDays, 1, casework.MaxDays)
	return p.Err()
}

// SetTerms sets the terms of voices raised from a day to come. Those raised before keep theirs.
func (s *Service) SetTerms(ctx context.Context, by authz.Actor, t Terms) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		root, err := org.Root(tx)
		if err != nil {
			return err
		}
		if err := by.Must(SetTerms, root.Path); err != nil {
			return err
		}
		if err := t.check(s.today(tx)); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO voice_term (city, from_day, answer_days, late_days, unsolved, judge_days, reopen_days, set_by, set_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (city, from_day) DO UPDATE SET answer_days = excluded.answer_days,
			late_days = excluded.late_days, unsolved = excluded.unsolved, judge_days = excluded.judge_days, reopen_days = excluded.reopen_days,
			set_by = excluded.set_by, set_at = excluded.set_at`,
			t.From, t.AnswerDays, t.LateDays, t.Unsolved, t.JudgeDays, t.ReopenDays, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(SetTerms, t.From.String(), act.Change{"answer": t.AnswerDays, "late": t.LateDays, "unsolved": t.Unsolved, "judge": t.JudgeDays, "reopen": t.ReopenDays})
	})
	return sqldb.Done(err)
}

func (s *Service) today(q sqldb.Q) day.Day { return day.Of(q.Now(), s.Zone) }

// dayOf gives the city's day of an instant in microseconds UTC.
func (s *Service) dayOf(at int64) day.Day { return day.Of(time.UnixMicro(at), s.Zone) }

// above gives the desk of the level above one: the nearest open organisation on the way up that answers for an area.
func above(q sqldb.Q, desk org.Node) (org.Node, bool, error) {
	up, err := org.Ancestry(q, desk.Path)
	if err != nil {
		return org.Node{}, false, err
	}
	slices.SortFunc(up, func(a, b org.Node) int { return cmp.Compare(b.Depth, a.Depth) })
	for _, n := range up {
		if n.ID != desk.ID && n.IsOpen() && n.Kind.IsDivision() && n.Kind != org.Village {
			return n, true, nil
		}
	}
	return org.Node{}, false, nil
}
