package childcare

import (
	"context"
	"slices"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

func (s Season) check() error {
	var p errs.Problems
	p.Require(slices.Contains(Kinds, s.Kind), "kind", "field.choice", nil)
	p.Require(s.Largest >= 1 && s.Largest <= HardLargest, "largest", "field.range", errs.Args{"min": 1, "max": HardLargest})
	p.Require(s.PerAdult >= 1 && s.PerAdult <= HardPerAdult, "per_adult", "field.range", errs.Args{"min": 1, "max": HardPerAdult})
	return p.Err()
}

// AddSeason writes a season down as a draft.
func (s *Service) AddSeason(ctx context.Context, by authz.Actor, x Season) (made edition.ID, err error) {
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, x.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Plan, at.Path); err != nil {
			return err
		}
		if err := x.check(); err != nil {
			return err
		}
		x.Service = service
		e, err := edition.Add(tx, x.Edition, x.Groups)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT INTO care_season (city, edition, kind, largest, per_adult) VALUES ($1, $2, $3, $4, $5)`, e.ID, string(x.Kind), x.Largest, x.PerAdult); err != nil {
			return err
		}
		made = e.ID
		if err := tx.Record(Plan, e.ID.String(), act.Change{"title": e.Title, "mode": string(e.Mode), "opens": e.Opens, "closes": e.Closes}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// EditSeason changes a draft over the version that was read. For whom it is stays.
func (s *Service) EditSeason(ctx context.Context, by authz.Actor, x Season, version int64) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		before, err := s.season(tx, by, x.ID)
		if err != nil {
			return err
		}
		if err := x.check(); err != nil {
			return err
		}
		x.Org = before.Org
		if err := edition.Edit(tx, x.Edition, version, x.Groups); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE care_season SET kind = $3, largest = $4, per_adult = $5 WHERE city = $1 AND edition = $2`, x.ID, string(x.Kind), x.Largest, x.PerAdult); err != nil {
			return err
		}
		return tx.Record(Plan, x.ID.String(), act.Change{"title": x.Title, "mode": string(x.Mode), "opens": x.Opens, "closes": x.Closes})
	}))
}

// CancelSeason ends a season. Its classes are cancelled one by one within seconds by CatchUp, so that hundreds of queues do not
// wait for each other; until then nobody offers another class.
func (s *Service) CancelSeason(ctx context.Context, by authz.Actor, which edition.ID, reason string) error {
	var p errs.Problems
	p.Require(reason != "", "reason", "field.required", nil)
	if err := p.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if _, err := s.season(tx, by, which); err != nil {
			return err
		}
		if err := edition.Cancel(tx, which); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE care_season SET ended_at = $3 WHERE city = $1 AND edition = $2`, which, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(Plan, which.String(), act.Change{"state": string(edition.Cancelled), "reason": reason})
	}))
}

// season finds a season that the actor may change.
func (s *Service) season(tx *sqldb.Tx, by authz.Actor, which edition.ID) (Season, error) {
	x, err := findSeason(tx, which)
	if err != nil {
		return x, err
	}
	at, err := org.Find(tx, x.Org)
	if err != nil {
		return x, err
	}
	return x, by.Must(Plan, at.Path)
}

// PublishSeason lets everybody see a season. Where places are drawn, source names the public value that will be taken, and the
// hash of the secret is published with it.
func (s *Service) PublishSeason(ctx context.Context, by authz.Actor, which edition.ID, source string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		x, err := s.season(tx, by, which)
		if err != nil {
			return err
		}
		if err := edition.Publish(tx, which); err != nil {
			return err
		}
		change := act.Change{"state": string(edition.Published)}
		if x.Mode == edition.Lottery {
			d, err := enrolment.Prepare(tx, s.Keys, which, source)
			if err != nil {
				return err
			}
			change["seed_hash"], change["source"] = d.Commitment, d.Source
		}
		return tx.Record(Plan, which.String(), change)
	}))
}

// MoveSeason moves the time of sign-up of a published season, over the version that was read, with all its classes.
func (s *Service) MoveSeason(ctx context.Context, by authz.Actor, which edition.ID, version, opens, closes int64) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		x, err := s.season(tx, by, which)
		if err != nil {
			return err
		}
		if err := edition.Move(tx, x.Edition, version, opens, closes); err != nil {
			return err
		}
		x.Opens, x.Closes = opens, closes
		if err := enrolment.Reschedule(tx, x.Edition); err != nil {
			return err
		}
		return tx.Record(Plan, which.String(), act.Change{"opens": opens, "closes": closes})
	}))
}

// TellPublic notes the public value from which the places are drawn. The drawing is a loop's work.
func (s *Service) TellPublic(ctx context.Context, by authz.Actor, which edition.ID, public string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		x, err := s.season(tx, by, which)
		if err != nil {
			return err
		}
		if x.Mode != edition.Lottery || tx.Now().UnixMicro() < x.Closes+x.Paper*60e6 {
			return errs.New(errs.Conflict, "care.not_closed", nil)
		}
		if err := enrolment.Tell(tx, which, public); err != nil {
			return err
		}
		return tx.Record(Plan, which.String(), act.Change{"public": public})
	}))
}
