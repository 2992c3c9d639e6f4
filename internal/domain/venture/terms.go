package venture

import (
	"context"
	"slices"
	"time"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Terms say from a day on how long a dossier is fresh. They are the city's own rule, not one of law.
type Terms struct {
	From       day.Day // zero for those that Zhidian is delivered with
	FreshDays  int     // after it was confirmed
	RemindDays int     // between one reminder and the next
	ReopenDays int     // working days after a need was closed in which its founder may say that it is not solved
	AnswerDays int     // working days that its desk has then
}

// MaxDays is the most working days that terms may give: about a year.
const MaxDays = 250

// DeliveredTerms hold where a city has set none: half a year, and a month; needs as voices.
var DeliveredTerms = Terms{FreshDays: 180, RemindDays: 30, ReopenDays: 30, AnswerDays: 10}

// cut is the moment before which a dossier must have been confirmed to be stale now.
func (t Terms) cut(now time.Time) int64 { return now.AddDate(0, 0, -t.FreshDays).UnixMicro() }

// AllTerms gives the terms that the city has set, the earliest first.
func AllTerms(q sqldb.Q) ([]Terms, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Terms, error) {
		var t Terms
		return t, s(&t.From, &t.FreshDays, &t.RemindDays, &t.ReopenDays, &t.AnswerDays)
	}, `SELECT from_day, fresh_days, remind_days, reopen_days, answer_days FROM venture_term WHERE city = $1 ORDER BY from_day`)
}

// TermsOn gives the terms of a day.
func TermsOn(q sqldb.Q, on day.Day) (Terms, error) {
	all, err := AllTerms(q)
	got := DeliveredTerms
	for _, t := range all {
		if t.From <= on {
			got = t
		}
	}
	return got, err
}

// ListTerms gives all terms to who may read ventures, those that Zhidian is delivered with first.
func (s *Service) ListTerms(ctx context.Context, by authz.Actor) (all []Terms, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = AllTerms(q)
		return err
	})
	return slices.Concat([]Terms{DeliveredTerms}, all), err
}

// SetTerms sets the terms from today or a day to come on.
func (s *Service) SetTerms(ctx context.Context, by authz.Actor, t Terms) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(SetTerms); err != nil {
			return err
		}
		var p errs.Problems
		p.Require(!t.From.IsZero(), "from", "field.required", nil)
		p.Require(t.From.IsZero() || t.From >= s.today(tx), "from", "venture.from_past", nil)
		p.Require(t.FreshDays >= 1 && t.FreshDays <= 1000, "fresh_days", "field.range", errs.Args{"min": 1, "max": 1000})
		p.Require(t.RemindDays >= 1 && t.RemindDays <= 1000, "remind_days", "field.range", errs.Args{"min": 1, "max": 1000})
		p.Require(t.ReopenDays >= 1 && t.ReopenDays <= MaxDays, "reopen_days", "field.range", errs.Args{"min": 1, "max": MaxDays})
		p.Require(t.AnswerDays >= 1 && t.AnswerDays <= MaxDays, "answer_days", "field.range", errs.Args{"min": 1, "max": MaxDays})
		if err := p.Err(); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO venture_term (city, from_day, fresh_days, remind_days, reopen_days, answer_days, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (city, from_day) DO UPDATE SET fresh_days = excluded.fresh_days, remind_days = excluded.remind_days, reopen_days = excluded.reopen_days,
				answer_days = excluded.answer_days, set_by = excluded.set_by, set_at = excluded.set_at`,
			t.From, t.FreshDays, t.RemindDays, t.ReopenDays, t.AnswerDays, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(SetTerms, t.From.String(), act.Change{"fresh": t.FreshDays, "remind": t.RemindDays, "reopen": t.ReopenDays, "answer": t.AnswerDays})
	}))
}

// Forgotten gives dossiers that nobody has confirmed for too long and of which nobody was reminded lately, the stalest first.
func Forgotten(q sqldb.Q, on day.Day, most int) ([]Venture, error) {
	t, err := TermsOn(q, on)
	if err != nil {
		return nil, err
	}
	return sqldb.All(q, scan, `SELECT `+columns+` FROM venture v WHERE v.city = $1 AND v.state = 'known' AND v.confirmed_at < $2 AND v.reminded_at < $3
		ORDER BY v.confirmed_at, v.id LIMIT $4`, t.cut(q.Now()), q.Now().AddDate(0, 0, -t.RemindDays).UnixMicro(), most)
}

// Reminded notes within an act whose verb is Remind that somebody was reminded of a dossier, unless another process has done so
// or it was confirmed since; then nothing is to be sent.
func Reminded(tx *sqldb.Tx, v Venture) (bool, error) {
	n, err := tx.Exec(`UPDATE venture SET reminded_at = $3 WHERE city = $1 AND id = $2 AND reminded_at = $4 AND confirmed_at = $5 AND state = 'known'`,
		v.ID, tx.Now().UnixMicro(), v.RemindedAt, v.ConfirmedAt)
	return n == 1, err
}
