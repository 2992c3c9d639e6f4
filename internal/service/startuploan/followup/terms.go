package followup

import (
	"context"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Terms say how often businesses are visited from a day on. The marks of a loan lie First months after money was first paid out, and then
// each Every months of that day, up to Until.
type Terms struct {
	From   day.Day // zero for those that Zhidian is delivered with
	First  int
	Every  int
	Until  int
	Source string
}

// DeliveredTerms hold where a city has set none: a look at what the money was spent on, and one at each of the marks at which survival is
// counted. No local text was found.
var DeliveredTerms = Terms{First: 3, Every: 12, Until: 36}

// marks gives the days on which a loan is due for a visit.
func (t Terms) marks(first day.Day) []day.Day {
	all := []day.Day{first.AddMonths(t.First)}
	for m := t.Every; m <= t.Until; m += t.Every {
		if m > t.First {
			all = append(all, first.AddMonths(m))
		}
	}
	return all
}

// next gives the first mark after what was told last. A loan of which nothing was told begins with the latest mark that has passed, since
// nobody can visit the past; zero when there is no mark left, or the last one is longer ago than visits lie apart.
func (t Terms) next(first, last, today day.Day) day.Day {
	due := day.Day(0)
	for _, m := range t.marks(first) {
		if m <= last || !due.IsZero() && (!last.IsZero() || m > today) {
			continue
		}
		due = m
	}
	if last.IsZero() && !due.IsZero() && due.AddMonths(t.Every) < today {
		return 0
	}
	return due
}

func (t Terms) check(today day.Day) error {
	var p errs.Problems
	if p.Require(!t.From.IsZero(), "from", "field.required", nil) {
		p.Require(t.From >= today, "from", "loanvisit.from_past", nil)
	}
	for _, x := range []struct {
		name  string
		value int
	}{{"first", t.First}, {"every", t.Every}, {"until", t.Until}} {
		p.Require(x.value >= 1 && x.value <= 120, x.name, "field.range", errs.Args{"min": 1, "max": 120})
	}
	p.Require(t.Source != "", "source", "field.required", nil)
	return p.Err()
}

// AllTerms gives the terms that the city has set, the earliest first.
func AllTerms(q sqldb.Q) ([]Terms, error) {
	return sqldb.All(q, func(s sqldb.Scan) (t Terms, err error) { return t, s(&t.From, &t.First, &t.Every, &t.Until, &t.Source) },
		`SELECT from_day, first, every, until, source FROM loan_visit_term WHERE city = $1 ORDER BY from_day`)
}

// TermsOn gives the terms of a day.
func TermsOn(q sqldb.Q, on day.Day) (Terms, error) {
	in := DeliveredTerms
	all, err := AllTerms(q)
	for _, t := range all {
		if t.From <= on {
			in = t
		}
	}
	return in, err
}

// ListTerms gives all terms to who may read visits, those that Zhidian is delivered with first.
func (s *Service) ListTerms(ctx context.Context, by authz.Actor) (all []Terms, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err = AllTerms(q)
		return err
	})
	return append([]Terms{DeliveredTerms}, all...), err
}

// SetTerms sets the terms from today or a day to come on. From then on the loans are planned anew, some at a time.
func (s *Service) SetTerms(ctx context.Context, by authz.Actor, t Terms) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(SetTerms); err != nil {
			return err
		}
		if err := t.check(s.today(tx)); err != nil {
			return err
		}
		const put = `INSERT INTO loan_visit_term (city, from_day, first, every, until, source, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
			ON CONFLICT (city, from_day) DO UPDATE SET first = excluded.first, every = excluded.every, until = excluded.until, source = excluded.source,
			set_by = excluded.set_by, set_at = excluded.set_at`
		if _, err := tx.Exec(put, t.From, t.First, t.Every, t.Until, t.Source, by.User, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(SetTerms, t.From.String(), act.Change{"terms": t})
	}))
}
