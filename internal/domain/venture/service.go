package venture

import (
	"context"
	"fmt"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// draw gives the serial number of a new dossier. It is called before the act.
func (s *Service) draw(ctx context.Context, city string) (string, error) {
	year := day.Of(s.DB.Now(), s.Zone).Year()
	n, err := s.Serials.Next(ctx, city, fmt.Sprintf("venture.%d", year), 1)
	return fmt.Sprintf("项目-%d-%05d", year, n), err
}

// Check tells all that is wrong with what somebody says, before it is said for good: a form that cannot be read in one field is
// then told of the others as well. Nothing is asked of the asker, and nothing told of other ventures.
func (s *Service) Check(ctx context.Context, city string, g Given) error {
	return s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		_, p := g.facts(q, s.today(q))
		return p.Err()
	})
}

// Create opens a dossier, which is confirmed with that.
func (s *Service) Create(ctx context.Context, by authz.Actor, g Given) (made ID, err error) {
	serial, err := s.draw(ctx, by.City)
	if err != nil {
		return made, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		f, p := g.facts(tx, s.today(tx))
		at, err := g.found(tx, p)
		if err != nil {
			return err
		}
		if !at.ID.IsZero() {
			if err := by.Must(Create, at.Path); err != nil {
				return err
			}
		}
		p.Require(g.Founder != "", "founder", "field.required", nil)
		if err := p.Err(); err != nil {
			return err
		}
		now := tx.Now().UnixMicro()
		v := Venture{Facts: f, ID: id.New[Venture](tx.Now()), Serial: serial, Org: at.ID, State: Known, ConfirmedAt: now, ConfirmedBy: by.User, EditedAt: now, MadeBy: by.User, MadeAt: now}
		if err := insert(tx, v, []Founder{{No: 1, Name: g.Founder, Lead: true}}); err != nil {
			return err
		}
		made = v.ID
		if err := tx.Record(Create, v.ID.String(), act.Change{"serial": serial, "org": v.Org, "facts": f.change()}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// alter changes a dossier over the version that was read: the verb is asked where it belongs.
func (s *Service) alter(ctx context.Context, by authz.Actor, which ID, version int64, verb authz.Verb, do func(tx *sqldb.Tx, v *Venture) (act.Change, error)) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, at, err := placed(tx, which)
		if err != nil {
			return err
		}
		if err := by.Must(verb, at.Path); err != nil {
			return err
		}
		if v.State == Ended {
			return errs.New(errs.Conflict, "venture.ended_already", errs.Args{"name": v.Name})
		}
		change, err := do(tx, &v)
		if err != nil {
			return err
		}
		if err := put(tx, v, version); err != nil {
			return err
		}
		return tx.Record(verb, which.String(), change)
	}))
}

// Edit corrects a dossier. Version is EditedAt as it was read: of two people who correct it at once, one is told.
func (s *Service) Edit(ctx context.Context, by authz.Actor, which ID, version int64, g Given) error {
	return s.alter(ctx, by, which, version, Edit, func(tx *sqldb.Tx, v *Venture) (act.Change, error) {
		f, p := g.facts(tx, s.today(tx))
		to, err := g.found(tx, p)
		if err != nil {
			return nil, err
		}
		if !to.ID.IsZero() {
			if err := by.Must(Edit, to.Path); err != nil {
				return nil, err
			}
		}
		old := act.Change{"org": v.Org, "facts": v.Facts.change()}
		v.Facts, v.Org = f, to.ID
		return act.Change{"old": old, "new": act.Change{"org": to.ID, "facts": f.change()}}, p.Err()
	})
}

// Take takes a founder's draft into the library: an officer has looked at it.
func (s *Service) Take(ctx context.Context, by authz.Actor, which ID, version int64) error {
	return s.alter(ctx, by, which, version, Create, func(tx *sqldb.Tx, v *Venture) (act.Change, error) {
		if v.State != Draft {
			return nil, errs.New(errs.Conflict, "venture.no_draft", nil)
		}
		v.State, v.Returned, v.ConfirmedAt, v.ConfirmedBy = Known, "", tx.Now().UnixMicro(), by.User
		return act.Change{"state": v.State}, nil
	})
}

// Return gives a draft back to its founder with the reason.
func (s *Service) Return(ctx context.Context, by authz.Actor, which ID, version int64, reason string) error {
	return s.alter(ctx, by, which, version, Create, func(_ *sqldb.Tx, v *Venture) (act.Change, error) {
		if v.State != Draft {
			return nil, errs.New(errs.Conflict, "venture.no_draft", nil)
		}
		v.Returned = reason
		return act.Change{"returned": reason}, because(reason)
	})
}

// Confirm says that all of a dossier is so today.
func (s *Service) Confirm(ctx context.Context, by authz.Actor, which ID, version int64) error {
	return s.alter(ctx, by, which, version, Confirm, func(tx *sqldb.Tx, v *Venture) (act.Change, error) {
		if v.State != Known {
			return nil, errs.New(errs.Conflict, "venture.not_known", nil)
		}
		v.ConfirmedAt, v.ConfirmedBy = tx.Now().UnixMicro(), by.User
		return nil, nil
	})
}

// End takes a venture out of the library: it is given up, or has left. Its dossier stays to be read.
func (s *Service) End(ctx context.Context, by authz.Actor, which ID, version int64, reason string) error {
	return s.alter(ctx, by, which, version, End, func(_ *sqldb.Tx, v *Venture) (act.Change, error) {
		v.State = Ended
		return act.Change{"reason": reason}, because(reason)
	})
}

func because(reason string) error {
	var p errs.Problems
	p.Require(reason != "", "reason", "field.required", nil)
	return p.Err()
}

// part changes what hangs on a dossier.
func (s *Service) part(ctx context.Context, by authz.Actor, which ID, do func(tx *sqldb.Tx, v Venture, at org.Node) (act.Change, error)) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, at, err := placed(tx, which)
		if err != nil {
			return err
		}
		if err := by.Must(Edit, at.Path); err != nil {
			return err
		}
		if v.State == Ended {
			return errs.New(errs.Conflict, "venture.ended_already", errs.Args{"name": v.Name})
		}
		change, err := do(tx, v, at)
		if err != nil {
			return err
		}
		return tx.Record(Edit, which.String(), change)
	}))
}

// MostFounders is how many founders a dossier takes.
const MostFounders = 9

// AddFounder enters one more of those whose venture it is. With an ID number she becomes the person who holds it, whose name
// counts then.
func (s *Service) AddFounder(ctx context.Context, by authz.Actor, which ID, name, number string) error {
	return s.part(ctx, by, which, func(tx *sqldb.Tx, _ Venture, _ org.Node) (act.Change, error) {
		f := Founder{Name: name}
		if number != "" {
			p, err := s.who(tx, by, number)
			if err != nil {
				return nil, err
			}
			f.Person, f.Name = p.ID, p.Name
		}
		var p errs.Problems
		p.Require(f.Name != "", "founder", "field.required", nil)
		all, err := Founders(tx, which)
		if err != nil {
			return nil, err
		}
		p.Require(len(all) < MostFounders, "founder", "venture.founders_full", errs.Args{"max": MostFounders})
		for _, o := range all {
			f.No = max(f.No, o.No)
			p.Require(f.Person.IsZero() || o.Person != f.Person, "number", "venture.founder_twice", nil)
		}
		f.No, f.Lead = f.No+1, len(all) == 0
		if err := p.Err(); err != nil {
			return nil, err
		}
		return act.Change{"founder": f.No, "person": f.Person}, addFounder(tx, which, f)
	})
}

// TieFounder says which person a founder is.
func (s *Service) TieFounder(ctx context.Context, by authz.Actor, which ID, no int64, number string) error {
	return s.part(ctx, by, which, func(tx *sqldb.Tx, v Venture, _ org.Node) (act.Change, error) {
		p, err := s.who(tx, by, number)
		if err != nil {
			return nil, err
		}
		all, err := Founders(tx, which)
		if err != nil {
			return nil, err
		}
		for _, f := range all {
			if f.No != no {
				continue
			}
			f.Person, f.Name = p.ID, p.Name
			if _, err := tx.Exec(`DELETE FROM venture_founder WHERE city = $1 AND venture = $2 AND no = $3`, v.ID, no); err != nil {
				return nil, err
			}
			return act.Change{"founder": no, "person": p.ID}, addFounder(tx, which, f)
		}
		return nil, errs.New(errs.Absent, "errs.absent", nil)
	})
}

// DropFounder takes out one who has left. Somebody must stay.
func (s *Service) DropFounder(ctx context.Context, by authz.Actor, which ID, no int64) error {
	return s.part(ctx, by, which, func(tx *sqldb.Tx, v Venture, _ org.Node) (act.Change, error) {
		n, err := tx.Exec(`DELETE FROM venture_founder WHERE city = $1 AND venture = $2 AND no = $3`, v.ID, no)
		if err != nil {
			return nil, err
		}
		if n == 0 {
			return nil, errs.New(errs.Absent, "errs.absent", nil)
		}
		left, err := Founders(tx, which)
		if err != nil {
			return nil, err
		}
		if len(left) == 0 {
			return nil, errs.New(errs.Conflict, "venture.last_founder", nil)
		}
		_, err = tx.Exec(`UPDATE venture_founder SET lead = 1 WHERE city = $1 AND venture = $2 AND no = $3`, v.ID, left[0].No)
		return act.Change{"left": no}, err
	})
}

// AddHonour enters a prize or title.
func (s *Service) AddHonour(ctx context.Context, by authz.Actor, which ID, h Honour) error {
	return s.part(ctx, by, which, func(tx *sqldb.Tx, v Venture, _ org.Node) (act.Change, error) {
		if err := h.check(s.today(tx)); err != nil {
			return nil, err
		}
		h.ID = id.New[Honour](tx.Now())
		_, err := tx.Exec(`INSERT INTO venture_honour (city, venture, id, level, title, year, source) VALUES ($1, $2, $3, $4, $5, $6, $7)`, v.ID, h.ID, h.Level, h.Title, h.Year, h.Source)
		return act.Change{"honour": h.ID, "level": h.Level, "title": h.Title, "year": h.Year, "source": h.Source}, err
	})
}

// DropHonour takes out one that was entered by mistake.
func (s *Service) DropHonour(ctx context.Context, by authz.Actor, which ID, h id.Of[Honour]) error {
	return s.part(ctx, by, which, func(tx *sqldb.Tx, v Venture, _ org.Node) (act.Change, error) {
		n, err := tx.Exec(`DELETE FROM venture_honour WHERE city = $1 AND venture = $2 AND id = $3`, v.ID, h)
		if err == nil && n == 0 {
			err = errs.New(errs.Absent, "errs.absent", nil)
		}
		return act.Change{"dropped": h}, err
	})
}
