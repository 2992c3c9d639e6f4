package nightschool

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

// CatchUp does what its time has come for, each roll in an act of its own: offers that nobody accepted go to the next, lists of terms whose
// sign-up is over are fixed, and what can be drawn is drawn. Several processes may do it at once.
func (s *Service) CatchUp(ctx context.Context, city string) error {
	by := authz.System(city)
	for _, step := range []struct {
		find func(q sqldb.Q) ([]enrolment.RollID, error)
		do   func(tx *sqldb.Tx, c Course) error
	}{
		{func(q sqldb.Q) ([]enrolment.RollID, error) {
			return enrolment.Overdue(q, service, q.Now().UnixMicro(), atOnce)
		}, lapse},
		{func(q sqldb.Q) ([]enrolment.RollID, error) {
			return enrolment.Closing(q, service, q.Now().UnixMicro(), atOnce)
		}, fix},
		{func(q sqldb.Q) ([]enrolment.RollID, error) { return enrolment.Drawable(q, service, atOnce) }, s.draw},
	} {
		var due []enrolment.RollID
		if err := s.DB.Read(ctx, city, func(q *sqldb.Rx) (err error) { due, err = step.find(q); return err }); err != nil {
			return err
		}
		for _, roll := range due {
			err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
				c, err := ofRoll(tx, roll)
				if err != nil {
					return err
				}
				return step.do(tx, c)
			})
			if err != nil && errs.KindOf(err) != errs.Conflict { // another process was first
				return err
			}
		}
	}
	return nil
}

func lapse(tx *sqldb.Tx, c Course) error {
	lapsed, offered, err := enrolment.Lapse(tx, c.Roll)
	if err != nil {
		return err
	}
	if len(lapsed) == 0 {
		return errs.New(errs.Conflict, "enrolment.not_offered", nil)
	}
	if err := tell(tx, c, lapsed, "night.notice.lapsed"); err != nil {
		return err
	}
	if err := tell(tx, c, offered, "night.notice.offered"); err != nil {
		return err
	}
	return tx.Record(Lapsed, c.ID.String(), act.Change{"lapsed": len(lapsed), "offered": len(offered)})
}

func fix(tx *sqldb.Tx, c Course) error {
	r, err := enrolment.Fix(tx, c.Roll)
	if err != nil {
		return err
	}
	return tx.Record(Listed, c.ID.String(), act.Change{"turns": r.Turn, "places": r.Places})
}

func (s *Service) draw(tx *sqldb.Tx, c Course) error {
	r, offered, err := enrolment.Settle(tx, s.Keys, c.Roll)
	if err != nil {
		return err
	}
	all, err := enrolment.Parties(tx, c.Roll)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.State == enrolment.Placed || p.State == enrolment.Waiting {
			if err := tell(tx, c, []enrolment.Party{p}, "night.notice."+string(p.State)); err != nil {
				return err
			}
		}
	}
	if err := tell(tx, c, offered, "night.notice.offered"); err != nil {
		return err
	}
	return tx.Record(Drawn, c.ID.String(), act.Change{"held": r.Held, "places": r.Places})
}

// Joined tells those on rolls of the night school what it means for them that rows turned out to be one human being, in the act that joins
// them, and lets her votes count once.
func (s *Service) Joined(tx *sqldb.Tx, rows []person.ID, left, offered []enrolment.Party) error {
	for _, p := range left {
		c, err := ofRoll(tx, p.Roll)
		if errs.KindOf(err) == errs.Absent && err != nil { // another service's roll
			continue
		}
		if err != nil {
			return err
		}
		if err := tell(tx, c, []enrolment.Party{p}, "night.notice.merged"); err != nil {
			return err
		}
		for _, o := range offered {
			if o.Roll == p.Roll {
				if err := tell(tx, c, []enrolment.Party{o}, "night.notice.offered"); err != nil {
					return err
				}
			}
		}
		if err := tx.Record(Merged, p.Subject(), act.Change{"course": c.Serial, "is": string(p.State)}); err != nil {
			return err
		}
	}
	changed, err := joinVotes(tx, rows)
	if err != nil || !changed {
		return err
	}
	return tx.Record(Merged, "votes", act.Change{})
}

// tell lets people know who signed up by themselves; a clerk calls the others, whom her page lists. The text names the course by its serial
// number only.
func tell(tx *sqldb.Tx, c Course, all []enrolment.Party, key string) error {
	for _, p := range all {
		if err := told(tx, c, p, key, key+"/"+p.Subject()); err != nil {
			return err
		}
	}
	return nil
}

// told lets one person know; once names what it is that she is told once.
func told(tx *sqldb.Tx, c Course, p enrolment.Party, key, once string) error {
	if p.Way != enrolment.Web || p.MadeBy == tx.By().User {
		return nil
	}
	return notice.SendUntil(tx, p.MadeBy, once, key, map[string]any{"serial": c.Serial}, MyURL(p.Key), p.AnswerBy())
}

// Due reminds learners of offers whose time is over between two moments.
func (s *Service) Due(q sqldb.Q, from, to int64) ([]notice.Due, error) {
	return feed.Offers(q, service, from, to, MyURL)
}

// MyURL is the page on which a learner sees how she stands.
func MyURL(k enrolment.Key) string { return "/my/night/" + k.Subject() }
