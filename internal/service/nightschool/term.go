package nightschool

import (
	"context"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// SetRule sets what holds for terms whose voting begins from a day on. What terms have copied stays; a day is set once.
func (s *Service) SetRule(ctx context.Context, by authz.Actor, x Setting) error {
	if err := by.MustEverywhere(Rule); err != nil {
		return err
	}
	if err := x.check(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if x.From < s.today(tx) {
			return errs.New(errs.Conflict, "night.rule_past", nil)
		}
		n, err := tx.Exec(`INSERT INTO night_rule (city, from_day, votes, excuse_h, most_points, rate_days, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (city, from_day) DO NOTHING`,
			x.From, x.Votes, x.ExcuseH, x.MostPoints, x.RateDays, by.User, tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "night.rule_there", errs.Args{"day": x.From})
		}
		return tx.Record(Rule, x.From.String(), act.Change{"votes": x.Votes, "excuse": x.ExcuseH, "points": x.MostPoints, "rate_days": x.RateDays})
	}))
}

// AddTerm writes a term down as a draft. From the instant at which its voting begins everybody sees it.
func (s *Service) AddTerm(ctx context.Context, by authz.Actor, t Term) (made edition.ID, err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, t.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Plan, at.Path); err != nil {
			return err
		}
		if err := t.check(); err != nil {
			return err
		}
		t.Service = service
		if t.Edition, err = edition.Add(tx, t.Edition, nil); err != nil {
			return err
		}
		rules, err := settings(tx)
		if err != nil {
			return err
		}
		t.Setting = InForce(rules, day.Of(time.UnixMicro(t.VoteFrom), s.Zone))
		if t.Prior, err = prior(tx, t); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO night_term (city, edition, prior, vote_from, vote_to, votes, excuse_h, most_points, rate_days) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			t.ID, t.Prior.String(), t.VoteFrom, t.VoteTo, t.Setting.Votes, t.Setting.ExcuseH, t.Setting.MostPoints, t.Setting.RateDays); err != nil {
			return err
		}
		made = t.ID
		if err := tx.Record(Plan, t.ID.String(), act.Change{"title": t.Title, "mode": string(t.Mode), "votes": t.Setting.Votes, "opens": t.Opens, "closes": t.Closes}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// prior finds the term of the same district that ended last before this one begins.
func prior(q sqldb.Q, t Term) (last edition.ID, err error) {
	at, err := org.Find(q, t.Org)
	if err != nil {
		return "", err
	}
	all, err := edition.Of(q, service, authz.Scope{Paths: []authz.Path{at.Path}})
	var end day.Day
	for _, e := range all {
		if e.Org == t.Org && e.State == edition.Published && e.Last < t.First && e.Last > end {
			last, end = e.ID, e.Last
		}
	}
	return last, err
}

// term finds a term for which the actor holds a verb.
func term(q sqldb.Q, by authz.Actor, v authz.Verb, which edition.ID) (Term, error) {
	t, err := findTerm(q, which)
	if err != nil {
		return t, err
	}
	at, err := org.Find(q, t.Org)
	if err != nil {
		return t, err
	}
	return t, by.Must(v, at.Path)
}

// PublishTerm opens sign-up for a term at its minute. Where places are drawn, source names the public value that will be taken.
func (s *Service) PublishTerm(ctx context.Context, by authz.Actor, which edition.ID, source string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		t, err := term(tx, by, Plan, which)
		if err != nil {
			return err
		}
		if err := edition.Publish(tx, which); err != nil {
			return err
		}
		change := act.Change{"state": string(edition.Published)}
		if t.Mode == edition.Lottery {
			d, err := enrolment.Prepare(tx, s.Keys, which, source)
			if err != nil {
				return err
			}
			change["seed_hash"], change["source"] = d.Commitment, d.Source
		}
		return tx.Record(Plan, which.String(), change)
	}))
}

// MoveTerm moves the time of sign-up of a published term, over the version that was read, with all its courses.
func (s *Service) MoveTerm(ctx context.Context, by authz.Actor, which edition.ID, version, opens, closes int64) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		t, err := term(tx, by, Plan, which)
		if err != nil {
			return err
		}
		before := t.Edition
		t.Opens, t.Closes = opens, closes
		if err := t.check(); err != nil {
			return err
		}
		if err := edition.Move(tx, before, version, opens, closes); err != nil {
			return err
		}
		if err := enrolment.Reschedule(tx, t.Edition); err != nil {
			return err
		}
		return tx.Record(Plan, which.String(), act.Change{"opens": opens, "closes": closes})
	}))
}

// TellPublic notes the public value from which the places are drawn. The drawing is a loop's work.
func (s *Service) TellPublic(ctx context.Context, by authz.Actor, which edition.ID, public string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		t, err := term(tx, by, Plan, which)
		if err != nil {
			return err
		}
		if t.Mode != edition.Lottery || tx.Now().UnixMicro() < t.Closes+t.Paper*60e6 {
			return errs.New(errs.Conflict, "night.not_closed", nil)
		}
		if err := enrolment.Tell(tx, which, public); err != nil {
			return err
		}
		return tx.Record(Plan, which.String(), act.Change{"public": public})
	}))
}
