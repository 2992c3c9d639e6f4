package childcare

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// check says all that is wrong with a class in a season.
func (c Class) check(x Season) error {
	var p errs.Problems
	p.Require(c.Title != "", "title", "field.required", nil)
	p.Require(c.Hours != "", "hours", "field.required", nil)
	p.Require(c.Lead != "", "lead", "field.required", nil)
	p.Require(c.AgeFrom >= 3 && c.AgeFrom <= 17, "age_from", "field.range", errs.Args{"min": 3, "max": 17})
	p.Require(c.AgeTo >= c.AgeFrom && c.AgeTo <= 17, "age_to", "care.ages_wrong", nil)
	if p.Require(c.Places >= 1 && c.Places <= x.Largest, "places", "field.range", errs.Args{"min": 1, "max": x.Largest}) {
		least := (c.Places + x.PerAdult - 1) / x.PerAdult
		p.Require(c.Adults >= least, "adults", "care.adults", errs.Args{"n": least, "per": x.PerAdult})
	}
	return p.Err()
}

// ProposeClass writes down that a site would hold a class in a season.
func (s *Service) ProposeClass(ctx context.Context, by authz.Actor, c Class) (made ID, err error) {
	serial, err := s.number(ctx, by.City)
	if err != nil {
		return made, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := place.Find(tx, c.Place)
		if err != nil {
			return err
		}
		c.Org = at.Org
		where, err := org.Find(tx, c.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Propose, where.Path); err != nil {
			return err
		}
		x, err := findSeason(tx, c.Edition)
		if err != nil {
			return err
		}
		if x.State == edition.Cancelled || !at.IsOpen() {
			return errs.New(errs.Conflict, "care.no_more", nil)
		}
		if err := c.check(x); err != nil {
			return err
		}
		c.ID, c.Serial, c.ProposedBy, c.MadeAt = id.New[Class](tx.Now()), serial, by.User, tx.Now().UnixMicro()
		if err := insertClass(tx, c); err != nil {
			return err
		}
		made = c.ID
		if err := tx.Record(Propose, c.ID.String(), act.Change{"serial": c.Serial, "season": c.Edition, "place": c.Place, "places": c.Places}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

func (s *Service) number(ctx context.Context, city string) (string, error) {
	year := s.DB.Now().In(s.Zone).Year()
	n, err := s.Serials.Next(ctx, city, fmt.Sprintf("care.%d", year), 1)
	return fmt.Sprintf("托班-%d-%05d", year, n), err
}

// Find gives a class for which the actor holds a verb.
func Find(q sqldb.Q, by authz.Actor, v authz.Verb, which ID) (Class, error) {
	return class(q, by, v, which)
}

// Known gives a class to a rule, whoever acts.
func Known(q sqldb.Q, which ID) (Class, error) { return findClass(q, which) }

// Seated is a child who has a place, with the receipt of it: what a family shows at the door so that she is found on the list. A receipt
// says who, and allows nothing.
type Seated struct {
	person.Person
	Receipt string
}

// Placed gives the children who have a place in a class, by the rows that stand for them, in the order of their names.
func Placed(q sqldb.Q, c Class) (all []Seated, err error) {
	if c.Roll == "" {
		return nil, nil
	}
	roll, err := enrolment.FindRoll(q, c.Roll)
	if err != nil {
		return nil, err
	}
	parties, err := enrolment.Parties(q, c.Roll)
	if err != nil {
		return nil, err
	}
	for _, p := range parties {
		if p.State != enrolment.Placed {
			continue
		}
		for _, m := range p.Members {
			if m.Gone {
				continue
			}
			child, err := person.Find(q, m.Person)
			if err != nil {
				return nil, err
			}
			all = append(all, Seated{child, enrolment.Receipt(roll, p.Key, m.No, int64(len(p.Members)))})
		}
	}
	slices.SortStableFunc(all, func(a, b Seated) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// LastDay is the last day of a class's season.
func LastDay(q sqldb.Q, c Class) (day.Day, error) {
	e, err := edition.Find(q, c.Edition)
	return e.Last, err
}

// class finds a class for which the actor holds a verb.
func class(q sqldb.Q, by authz.Actor, v authz.Verb, which ID) (Class, error) {
	c, err := findClass(q, which)
	if err != nil {
		return c, err
	}
	at, err := org.Find(q, c.Org)
	if err != nil {
		return c, err
	}
	return c, by.Must(v, at.Path)
}

// hold finds a class for which the actor holds a verb, and takes its row: of two who change it one is told.
func hold(tx *sqldb.Tx, by authz.Actor, v authz.Verb, which ID) (Class, error) {
	if _, err := class(tx, by, v, which); err != nil {
		return Class{}, err
	}
	if _, err := tx.Exec(`UPDATE care_class SET edited_at = $3 WHERE city = $1 AND id = $2`, which, tx.Now().UnixMicro()); err != nil {
		return Class{}, err
	}
	return findClass(tx, which)
}

// CheckSite notes that somebody has looked at the site of a class (三有检查). Whoever proposed the class does not judge it.
func (s *Service) CheckSite(ctx context.Context, by authz.Actor, which ID, found place.Check) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := class(tx, by, Inspect, which)
		if err != nil {
			return err
		}
		if c.ProposedBy == by.User {
			return errs.New(errs.Conflict, "care.own_class", nil)
		}
		if _, err := place.Hold(tx, c.Place); err != nil {
			return err
		}
		found.Place, found.Kind = c.Place, ThreeHaves
		if found, err = place.Note(tx, found); err != nil {
			return err
		}
		return tx.Record(Inspect, c.Place.String(), act.Change{"check": found.ID, "passed": found.Passed(), "until": found.Until.String()})
	}))
}

// OfferClass lets people sign up for a class. Its site must have passed for the whole season, the season be published and have
// places left.
func (s *Service) OfferClass(ctx context.Context, by authz.Actor, which ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := hold(tx, by, Offer, which)
		if err != nil {
			return err
		}
		if c.State != Proposed {
			return errs.New(errs.Conflict, "care.offered_already", nil)
		}
		x, err := findSeason(tx, c.Edition)
		if err != nil {
			return err
		}
		if err := c.check(x); err != nil {
			return err
		}
		if _, err := place.Hold(tx, c.Place); err != nil {
			return err
		}
		passed, err := place.Passes(tx, c.Place, ThreeHaves, x.First, x.Last)
		if err != nil {
			return err
		}
		if !passed {
			return errs.New(errs.Conflict, "care.not_checked", nil)
		}
		if x.State != edition.Published || tx.Now().UnixMicro() >= x.Closes {
			return errs.New(errs.Conflict, "care.season_shut", nil)
		}
		if err := edition.Use(tx, c.Edition, c.Places); err != nil {
			return err
		}
		r, err := enrolment.Begin(tx, x.Edition, c.Serial, c.Places)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE care_class SET state = 'offered', roll = $3, first_day = $4 WHERE city = $1 AND id = $2`, which, r.ID, x.First); err != nil {
			return err
		}
		return tx.Record(Offer, c.ID.String(), act.Change{"places": c.Places, "roll": r.ID})
	}))
}

// Resize changes how many children a class takes; who waits moves up.
func (s *Service) Resize(ctx context.Context, by authz.Actor, which ID, places, adults int64) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := hold(tx, by, Offer, which)
		if err != nil {
			return err
		}
		if c.State != Offered {
			return errs.New(errs.Conflict, "care.no_more", nil)
		}
		x, err := findSeason(tx, c.Edition)
		if err != nil {
			return err
		}
		before := c.Places
		c.Places, c.Adults = places, adults
		if err := c.check(x); err != nil {
			return err
		}
		if err := edition.Use(tx, c.Edition, places-before); err != nil {
			return err
		}
		_, offered, err := enrolment.Resize(tx, c.Roll, places)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE care_class SET places = $3, adults = $4 WHERE city = $1 AND id = $2`, which, places, adults); err != nil {
			return err
		}
		if err := s.tellOffered(tx, c, offered); err != nil {
			return err
		}
		return tx.Record(Offer, c.ID.String(), act.Change{"places": places, "adults": adults})
	}))
}

// CancelClass ends a class with everybody on its roll, who is told.
func (s *Service) CancelClass(ctx context.Context, by authz.Actor, which ID, reason string) error {
	var p errs.Problems
	p.Require(reason != "", "reason", "field.required", nil)
	if err := p.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := hold(tx, by, Offer, which)
		if err != nil {
			return err
		}
		if c.State == Cancelled {
			return errs.New(errs.Conflict, "care.no_more", nil)
		}
		if c.Roll != "" {
			if err := edition.Use(tx, c.Edition, -c.Places); err != nil {
				return err
			}
		}
		if err := s.drop(tx, c); err != nil {
			return err
		}
		return tx.Record(Offer, c.ID.String(), act.Change{"state": string(Cancelled), "reason": reason})
	}))
}

// drop ends a class, whose row is held, with everybody on its roll, who is told.
func (s *Service) drop(tx *sqldb.Tx, c Class) error {
	if _, err := tx.Exec(`UPDATE care_class SET state = 'cancelled' WHERE city = $1 AND id = $2`, c.ID); err != nil || c.Roll == "" {
		return err
	}
	out, err := enrolment.Cancel(tx, c.Roll)
	if err != nil {
		return err
	}
	return s.tell(tx, c, out, "care.notice.cancelled")
}
