package nightschool

import (
	"context"

	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/feed"
	"zhidian/internal/domain/notice"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// CatchUp does what its time has come for on the rolls of courses, each in an act of its own. Several processes may do it at once.
func (s *Service) CatchUp(ctx context.Context, city string) error {
	return enrolment.CatchUp(ctx, s.DB, s.Keys, city, service, enrolment.Steps{Lapsed: lapsed, Listed: listed, Drawn: drawn})
}

func lapsed(tx *sqldb.Tx, roll enrolment.RollID, lapsed, offered []enrolment.Party) error {
	c, err := ofRoll(tx, roll)
	if err != nil {
		return err
	}
	if err := tell(tx, c, lapsed, "night.notice.lapsed"); err != nil {
		return err
	}
	if err := tell(tx, c, offered, "night.notice.offered"); err != nil {
		return err
	}
	return tx.Record(Lapsed, c.ID.String(), act.Change{"lapsed": len(lapsed), "offered": len(offered)})
}

func listed(tx *sqldb.Tx, r enrolment.Roll) error {
	c, err := ofRoll(tx, r.ID)
	if err != nil {
		return err
	}
	return tx.Record(Listed, c.ID.String(), act.Change{"turns": r.Turn, "places": r.Places})
}

func drawn(tx *sqldb.Tx, r enrolment.Roll, placed, waiting, offered []enrolment.Party) error {
	c, err := ofRoll(tx, r.ID)
	if err != nil {
		return err
	}
	if err := tell(tx, c, placed, "night.notice.placed"); err != nil {
		return err
	}
	if err := tell(tx, c, waiting, "night.notice.waiting"); err != nil {
		return err
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
