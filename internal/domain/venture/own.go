package venture

import (
	"context"

	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// mostOwn is how many ventures somebody is shown as hers, and how many drafts an account may have open.
const mostOwn, mostDrafts = 50, 3

// Mine gives the ventures of whoever is signed in, the newest first: those that she entered, and those of the person who she is.
func (s *Service) Mine(ctx context.Context, by authz.Actor) (all []Venture, err error) {
	if by.User == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		w, err := owned(q, by)
		if err != nil {
			return err
		}
		all, err = sqldb.All(q, scan, `SELECT `+columns+` FROM venture v WHERE `+w.SQL()+` ORDER BY v.id DESC LIMIT `+w.Arg(mostOwn), w.Args()...)
		return err
	})
	return all, err
}

// OwnedBy gives the ids of the actor's own ventures, whatever their state.
func OwnedBy(q sqldb.Q, by authz.Actor) ([]ID, error) {
	if by.User == "" {
		return nil, nil
	}
	w, err := owned(q, by)
	if err != nil {
		return nil, err
	}
	return sqldb.All(q, func(s sqldb.Scan) (ID, error) { var x ID; return x, s(&x) }, `SELECT v.id FROM venture v WHERE `+w.SQL()+` ORDER BY v.id DESC LIMIT `+w.Arg(mostOwn), w.Args()...)
}

// owned is the condition that a venture is the actor's.
func owned(q sqldb.Q, by authz.Actor) (*sqldb.Where, error) {
	var w sqldb.Where
	w.And("v.city = $1")
	is := `f.account = ` + w.Arg(by.User)
	if by.Person != "" {
		rows, err := person.Same(q, person.ID(by.Person))
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			is += ` OR f.person = ` + w.Arg(r)
		}
	}
	return w.And(`EXISTS (SELECT 1 FROM venture_founder f WHERE f.city = v.city AND f.venture = v.id AND (` + is + `))`), nil
}

// Own finds a venture of the actor's; every other is Absent.
func Own(q sqldb.Q, by authz.Actor, which ID) (Venture, error) {
	if by.User == "" {
		return Venture{}, errs.New(errs.Absent, "errs.absent", nil)
	}
	w, err := owned(q, by)
	if err != nil {
		return Venture{}, err
	}
	w.And("v.id = ?", which)
	return sqldb.One(q, scan, `SELECT `+columns+` FROM venture v WHERE `+w.SQL(), w.Args()...)
}

// Propose lets a founder enter her venture. It is a draft until an officer has looked at it.
func (s *Service) Propose(ctx context.Context, by authz.Actor, g Given) (made ID, err error) {
	if by.User == "" {
		return made, errs.New(errs.Denied, "errs.denied", nil)
	}
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
		p.Require(at.ID.IsZero() || at.Kind.IsDivision(), "org", "field.choice", nil)
		who := Founder{No: 1, Name: g.Founder, Lead: true, Account: by.User}
		if by.Person != "" {
			self, err := person.Find(tx, person.ID(by.Person))
			if err != nil {
				return err
			}
			who.Person, who.Name = self.ID, self.Name
		}
		p.Require(who.Name != "", "founder", "field.required", nil)
		if err := p.Err(); err != nil {
			return err
		}
		now := tx.Now().UnixMicro()
		v := Venture{Facts: f, ID: id.New[Venture](tx.Now()), Serial: serial, Org: at.ID, State: Draft, ConfirmedAt: now, ConfirmedBy: by.User, EditedAt: now, MadeBy: by.User, MadeAt: now}
		if err := insert(tx, v, []Founder{who}); err != nil {
			return err
		}
		var open int // counted with her own: of several at once some may pass, which hurts nobody
		if err := tx.Row(`SELECT COUNT(*) FROM venture WHERE city = $1 AND made_by = $2 AND state = 'draft'`, by.User).Scan(&open); err != nil {
			return err
		}
		if open > mostDrafts {
			return errs.New(errs.Conflict, "venture.drafts_full", errs.Args{"max": mostDrafts})
		}
		made = v.ID
		if err := tx.Record(Propose, v.ID.String(), act.Change{"serial": serial, "org": v.Org, "facts": f.change()}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// alterOwn changes a founder's own dossier over the version that she read. What she says counts as confirmed.
func (s *Service) alterOwn(ctx context.Context, by authz.Actor, which ID, version int64, verb authz.Verb, do func(tx *sqldb.Tx, v *Venture) (act.Change, error)) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		v, err := Own(tx, by, which)
		if err != nil {
			return err
		}
		if v.State == Ended {
			return errs.New(errs.Conflict, "venture.ended_already", errs.Args{"name": v.Name})
		}
		change, err := do(tx, &v)
		if err != nil {
			return err
		}
		v.ConfirmedAt, v.ConfirmedBy = tx.Now().UnixMicro(), by.User
		if err := put(tx, v, version); err != nil {
			return err
		}
		return tx.Record(verb, which.String(), change)
	}))
}

// Correct lets a founder put her dossier right. Where it belongs only changes while it is a draft.
func (s *Service) Correct(ctx context.Context, by authz.Actor, which ID, version int64, g Given) error {
	return s.alterOwn(ctx, by, which, version, Correct, func(tx *sqldb.Tx, v *Venture) (act.Change, error) {
		if v.State == Known {
			g.Org, g.Place = v.Org, v.Place
		}
		f, p := g.facts(tx, s.today(tx))
		at, err := g.found(tx, p)
		if err != nil {
			return nil, err
		}
		p.Require(v.State == Known || at.ID.IsZero() || at.Kind.IsDivision(), "org", "field.choice", nil)
		old := v.Facts.change()
		v.Facts, v.Org, v.Returned = f, at.ID, ""
		return act.Change{"old": old, "new": f.change()}, p.Err()
	})
}

// Reassure lets a founder say that all of her dossier is still so.
func (s *Service) Reassure(ctx context.Context, by authz.Actor, which ID, version int64) error {
	return s.alterOwn(ctx, by, which, version, Reassure, func(*sqldb.Tx, *Venture) (act.Change, error) { return nil, nil })
}
