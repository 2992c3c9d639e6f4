package nightschool

import (
	"context"
	"fmt"
	"time"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// AddCourse sets a course up with all its lessons, which take up room and teacher from then on: a clash is refused here and not on the first
// evening. The teacher is named by her ID number and has agreed; where minors may come, she is cleared on each of the days.
func (s *Service) AddCourse(ctx context.Context, by authz.Actor, c Course, teacher string, agreed bool) (made ID, err error) {
	year := s.DB.Now().In(s.Zone).Year()
	n, err := s.Serials.Next(ctx, by.City, fmt.Sprintf("night.%d", year), 1)
	if err != nil {
		return "", err
	}
	c.Serial = fmt.Sprintf("夜校-%d-%05d", year, n)
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := place.Hold(tx, c.Place)
		if err != nil {
			return err
		}
		where, err := org.Find(tx, at.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Set, where.Path); err != nil {
			return err
		}
		t, err := findTerm(tx, c.Term)
		if err != nil {
			return err
		}
		if t.State == edition.Cancelled {
			return errs.New(errs.Conflict, "night.term_over", nil)
		}
		if err := c.check(t, at.Capacity); err != nil {
			return err
		}
		if c.Teacher, err = s.teacher(tx, teacher, agreed); err != nil {
			return err
		}
		if c.Idea != "" {
			x, err := findIdea(tx, c.Idea)
			if err != nil {
				return err
			}
			if x.Term != t.ID {
				return absent()
			}
		}
		c.ID, c.Org, c.State, c.MadeBy, c.MadeAt = id.New[Course](tx.Now()), where.ID, Draft, by.User, tx.Now().UnixMicro()
		if err := insertCourse(tx, c); err != nil {
			return err
		}
		if err := s.planLessons(tx, c); err != nil {
			return err
		}
		made = c.ID
		if err := tx.Record(Set, c.ID.String(), act.Change{"serial": c.Serial, "term": c.Term, "place": c.Place, "places": c.Places, "fee": int64(c.Fee), "lessons": c.Lessons}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// teacher finds who teaches by her ID number, and notes that she has agreed.
func (s *Service) teacher(tx *sqldb.Tx, number string, agreed bool) (person.ID, error) {
	var p errs.Problems
	paper, bad := person.ReadPaper(person.ResidentID, number)
	p.Require(bad == nil, "teacher", "night.number", nil)
	if err := p.Err(); err != nil {
		return "", err
	}
	known, err := person.Match(tx, s.Keys, paper.Kind, []string{paper.Number})
	if err != nil {
		return "", err
	}
	p.Require(known[paper.Number] != nil, "teacher", "night.unknown", nil)
	if err := p.Err(); err != nil {
		return "", err
	}
	who := known[paper.Number].ID
	held, err := person.Gather(tx, who, []person.ID{who}, s.today(tx), ConsentTeach, ConsentVersion)
	if err != nil {
		return "", err
	}
	p.Require(agreed || held.Agreed[0], "agreed", "night.teacher_agrees", nil)
	if err := p.Err(); err != nil {
		return "", err
	}
	if !held.Agreed[0] {
		err = person.Agreeing(tx, held.Adult.ID, []person.ID{held.Adult.ID}, []string{ConsentTeach}, ConsentVersion)
	}
	return held.Adult.ID, err
}

func (s *Service) planLessons(tx *sqldb.Tx, c Course) error {
	for n := range c.Lessons {
		on := c.day(n).Start(s.Zone)
		_, err := timetable.Plan(tx, s.Zone, timetable.Session{
			Series: c.ID.String(), Place: c.Place, Room: c.Room, Title: c.Title, Children: c.Minors(), Leaders: []person.ID{c.Teacher},
			Starts: on.Add(time.Duration(c.Starts) * time.Minute).UnixMicro(), Ends: on.Add(time.Duration(c.Ends) * time.Minute).UnixMicro(),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func insertCourse(tx *sqldb.Tx, c Course) error {
	_, err := tx.Exec(`INSERT INTO night_course (city, id, serial, edition, org, place, room, title, says, idea, teacher, lead, age_from, age_to, places, fee, first_day, starts_min, ends_min, lessons, state, made_by, made_at, edited_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, 'draft', $21, $22, $22)`,
		c.ID, c.Serial, c.Term, c.Org, c.Place, c.Room, c.Title, c.Says, c.Idea.String(), c.Teacher, c.Lead, c.AgeFrom, c.AgeTo, c.Places, int64(c.Fee), c.First, c.Starts, c.Ends, c.Lessons, c.MadeBy, c.MadeAt)
	return err
}

// course finds a course for which the actor holds a verb.
func course(q sqldb.Q, by authz.Actor, v authz.Verb, which ID) (Course, error) {
	c, err := findCourse(q, which)
	if err != nil {
		return c, err
	}
	at, err := org.Find(q, c.Org)
	if err != nil {
		return c, err
	}
	return c, by.Must(v, at.Path)
}

// Roll gives the roll of a course to whoever may enter sign-ups for it.
func (s *Service) Roll(ctx context.Context, by authz.Actor, which ID) (roll enrolment.RollID, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := course(q, by, Enter, which)
		roll = c.Roll
		return err
	})
	return roll, err
}

// hold finds a course for which the actor holds a verb, and takes its row: of two who change it one is told.
func hold(tx *sqldb.Tx, by authz.Actor, v authz.Verb, which ID) (Course, error) {
	if _, err := course(tx, by, v, which); err != nil {
		return Course{}, err
	}
	if err := sqldb.Hold(tx, "night_course", []ID{which}); err != nil {
		return Course{}, err
	}
	return findCourse(tx, which)
}

// OfferCourse lets people sign up for a course of a published term, from its minute on.
func (s *Service) OfferCourse(ctx context.Context, by authz.Actor, which ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := hold(tx, by, Set, which)
		if err != nil {
			return err
		}
		if c.State != Draft {
			return errs.New(errs.Conflict, "night.offered_already", nil)
		}
		t, err := findTerm(tx, c.Term)
		if err != nil {
			return err
		}
		if t.State != edition.Published || tx.Now().UnixMicro() >= t.Closes {
			return errs.New(errs.Conflict, "night.term_shut", nil)
		}
		if err := edition.Use(tx, c.Term, c.Places); err != nil {
			return err
		}
		r, err := enrolment.Begin(tx, t.Edition, c.Serial, c.Places)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE night_course SET state = 'offered', roll = $3, edited_at = $4 WHERE city = $1 AND id = $2`, which, r.ID, max(tx.Now().UnixMicro(), c.EditedAt+1)); err != nil {
			return err
		}
		return tx.Record(Set, which.String(), act.Change{"state": string(Offered), "places": c.Places, "roll": r.ID})
	}))
}

// Resize changes how many people a course takes; who waits moves up.
func (s *Service) Resize(ctx context.Context, by authz.Actor, which ID, places int64) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := hold(tx, by, Set, which)
		if err != nil {
			return err
		}
		if c.State != Offered {
			return errs.New(errs.Conflict, "night.no_more", nil)
		}
		at, err := place.Find(tx, c.Place)
		if err != nil {
			return err
		}
		before := c.Places
		c.Places = places
		var p errs.Problems
		c.checkPlaces(&p, at.Capacity)
		if err := p.Err(); err != nil {
			return err
		}
		if err := edition.Use(tx, c.Term, places-before); err != nil {
			return err
		}
		_, offered, err := enrolment.Resize(tx, c.Roll, places)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE night_course SET places = $3, edited_at = $4 WHERE city = $1 AND id = $2`, which, places, max(tx.Now().UnixMicro(), c.EditedAt+1)); err != nil {
			return err
		}
		if err := tell(tx, c, offered, "night.notice.offered"); err != nil {
			return err
		}
		return tx.Record(Set, which.String(), act.Change{"was": before, "places": places})
	}))
}

// CancelCourse ends a course with its lessons to come and everybody on its roll, who is told.
func (s *Service) CancelCourse(ctx context.Context, by authz.Actor, which ID, reason string) error {
	var p errs.Problems
	p.Require(reason != "", "reason", "field.required", nil)
	if err := p.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := hold(tx, by, Set, which)
		if err != nil {
			return err
		}
		if c.State == Cancelled {
			return errs.New(errs.Conflict, "night.no_more", nil)
		}
		if _, err := tx.Exec(`UPDATE night_course SET state = 'cancelled', edited_at = $3 WHERE city = $1 AND id = $2`, which, max(tx.Now().UnixMicro(), c.EditedAt+1)); err != nil {
			return err
		}
		lessons, err := timetable.Of(tx, c.ID.String(), c.First, c.day(c.Lessons-1))
		if err != nil {
			return err
		}
		for _, l := range lessons {
			if l.State != timetable.Planned {
				continue
			}
			if _, err := timetable.Cancel(tx, l.ID); err != nil {
				return err
			}
		}
		if c.Roll != "" {
			if err := edition.Use(tx, c.Term, -c.Places); err != nil {
				return err
			}
			out, err := enrolment.Cancel(tx, c.Roll)
			if err != nil {
				return err
			}
			if err := tell(tx, c, out, "night.notice.cancelled"); err != nil {
				return err
			}
		}
		return tx.Record(Set, which.String(), act.Change{"state": string(Cancelled), "reason": reason})
	}))
}
