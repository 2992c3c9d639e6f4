package childcare

import (
	"context"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/feed"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// atOnce bounds what one round of the loop takes on.
const atOnce = 200

// CatchUp does what its time has come for, each in an act of its own: the rolls of classes, and the classes of seasons that were cancelled.
// Several processes may do it at once.
func (s *Service) CatchUp(ctx context.Context, city string) error {
	if err := enrolment.CatchUp(ctx, s.DB, s.Keys, city, service, enrolment.Steps{Lapsed: s.lapsed, Listed: s.listed, Drawn: s.drawn}); err != nil {
		return err
	}
	return s.dropClasses(ctx, authz.System(city))
}

// dropClasses ends the classes of seasons that were cancelled.
func (s *Service) dropClasses(ctx context.Context, by authz.Actor) error {
	var due []ID
	if err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		due, err = sqldb.All(q, func(s sqldb.Scan) (ID, error) {
			var c ID
			return c, s(&c)
		}, `SELECT c.id FROM care_season x JOIN care_class c ON c.city = x.city AND c.edition = x.edition AND c.state IN ('proposed', 'offered')
			WHERE x.city = $1 AND x.ended_at > 0 ORDER BY c.id LIMIT $2`, atOnce)
		return err
	}); err != nil {
		return err
	}
	for _, which := range due {
		err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
			c, err := hold(tx, by, Offer, which)
			if err != nil {
				return err
			}
			if c.State == Cancelled {
				return errs.New(errs.Conflict, "care.no_more", nil) // another process was first
			}
			if err := s.drop(tx, c); err != nil {
				return err
			}
			return tx.Record(Dropped, c.ID.String(), act.Change{"state": string(Cancelled), "season": c.Edition})
		})
		if err != nil && errs.KindOf(err) != errs.Conflict {
			return err
		}
	}
	return nil
}

func (s *Service) lapsed(tx *sqldb.Tx, roll enrolment.RollID, lapsed, offered []enrolment.Party) error {
	c, err := ofRoll(tx, roll)
	if err != nil {
		return err
	}
	if err := s.tell(tx, c, lapsed, "care.notice.lapsed"); err != nil {
		return err
	}
	if err := s.tellOffered(tx, c, offered); err != nil {
		return err
	}
	return tx.Record(Lapsed, c.ID.String(), act.Change{"lapsed": turns(lapsed), "offered": turns(offered)})
}

func (s *Service) listed(tx *sqldb.Tx, r enrolment.Roll) error {
	c, err := ofRoll(tx, r.ID)
	if err != nil {
		return err
	}
	return tx.Record(Listed, c.ID.String(), act.Change{"turns": r.Turn, "places": r.Places})
}

func (s *Service) drawn(tx *sqldb.Tx, r enrolment.Roll, placed, waiting, offered []enrolment.Party) error {
	c, err := ofRoll(tx, r.ID)
	if err != nil {
		return err
	}
	if err := s.tell(tx, c, placed, "care.notice.placed"); err != nil {
		return err
	}
	if err := s.tell(tx, c, waiting, "care.notice.waiting"); err != nil {
		return err
	}
	if err := s.tellOffered(tx, c, offered); err != nil {
		return err
	}
	return tx.Record(Drawn, c.ID.String(), act.Change{"held": r.Held, "places": r.Places})
}

// Joined tells families what it means for them that two persons turned out to be one, in the act that joins them: who left a roll by it, and who
// is offered what became free.
func (s *Service) Joined(tx *sqldb.Tx, _ []person.ID, left, offered []enrolment.Party) error {
	for _, p := range left {
		c, err := ofRoll(tx, p.Roll)
		if err != nil && errs.KindOf(err) == errs.Absent { // another service's roll
			continue
		}
		if err != nil {
			return err
		}
		if err := s.tell(tx, c, []enrolment.Party{p}, "care.notice.merged"); err != nil {
			return err
		}
		for _, o := range offered {
			if o.Roll == p.Roll {
				if err := s.tellOffered(tx, c, []enrolment.Party{o}); err != nil {
					return err
				}
			}
		}
		if err := tx.Record(Merged, p.Subject(), act.Change{"class": c.Serial, "is": string(p.State), "size": p.Size}); err != nil {
			return err
		}
	}
	return nil
}

func turns(all []enrolment.Party) []int64 {
	n := make([]int64, len(all))
	for i, p := range all {
		n[i] = p.Turn
	}
	return n
}

func (s *Service) tellOffered(tx *sqldb.Tx, c Class, offered []enrolment.Party) error {
	return s.tell(tx, c, offered, "care.notice.offered")
}

// tell lets families know, who signed up by themselves; a clerk calls the others, whom her page lists. The text names the
// class by its serial number only.
func (s *Service) tell(tx *sqldb.Tx, c Class, all []enrolment.Party, key string) error {
	for _, p := range all {
		if p.Way != enrolment.Web || p.MadeBy == tx.By().User {
			continue
		}
		once := key + "/" + p.Subject()
		if err := notice.SendUntil(tx, p.MadeBy, once, key, map[string]any{"serial": c.Serial}, MyURL(p.Key), p.AnswerBy()); err != nil {
			return err
		}
	}
	return nil
}

// Due reminds families of offers whose time is over between two moments.
func (s *Service) Due(q sqldb.Q, from, to int64) ([]notice.Due, error) {
	return feed.Offers(q, service, from, to, MyURL)
}

// MyURL is the page on which a family sees how it stands.
func MyURL(k enrolment.Key) string { return "/my/care/" + k.Subject() }
