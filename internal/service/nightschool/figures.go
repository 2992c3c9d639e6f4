package nightschool

import (
	"context"

	"zhidian/internal/domain/edition"
	"zhidian/internal/domain/enrolment"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Figures is how a course was wanted and how it went. Courses add up.
type Figures struct {
	Courses  int64
	Places   int64
	Applied  int64 // sign-ups, whatever became of them; an exchange of seats is none
	Held     int64 // places given or offered
	Present  int64 // by the lists of lessons that were closed
	Expected int64 // on those lists
	Missed   int64 // no-shows that no appeal has lifted
	Answers  int64
	Stars    int64 // their sum
}

// plus adds figures. Answers that are too few to be shown by themselves are left out: a mean of all would tell them.
func (f Figures) plus(o Figures) Figures {
	if o.Answers < LeastToShow {
		o.Answers, o.Stars = 0, 0
	}
	return Figures{f.Courses + o.Courses, f.Places + o.Places, f.Applied + o.Applied, f.Held + o.Held, f.Present + o.Present, f.Expected + o.Expected, f.Missed + o.Missed, f.Answers + o.Answers, f.Stars + o.Stars}
}

// Tenth is the mean of all answers in tenths, rounded half up; 0 where there are too few to show it.
func (f Figures) Tenth() int64 {
	if f.Answers < LeastToShow {
		return 0
	}
	return (f.Stars*20 + f.Answers) / (f.Answers * 2)
}

// Measured is a course with its figures.
type Measured struct {
	Course
	Figures
}

// TermFigures is a term with those of each offered course in the viewer's scope, and their sum.
type TermFigures struct {
	Shown
	Courses []Measured
	Sum     Figures
}

// Figures gives a term with the figures of its courses.
func (s *Service) Figures(ctx context.Context, by authz.Actor, which edition.ID) (got TermFigures, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Shown, err = atDesk(q, by, which); err != nil {
			return err
		}
		if got.Courses, err = measured(q, which, by.Scope(Read)); err != nil {
			return err
		}
		for _, c := range got.Courses {
			got.Sum = got.Sum.plus(c.Figures)
		}
		return nil
	})
	return got, err
}

func measured(q sqldb.Q, of edition.ID, in authz.Scope) (all []Measured, err error) {
	courses, err := coursesOf(q, of, Offered, in)
	if err != nil {
		return nil, err
	}
	rolls, err := enrolment.Rolls(q, of)
	if err != nil {
		return nil, err
	}
	for _, c := range courses {
		m := Measured{Course: c, Figures: Figures{Courses: 1, Places: c.Places, Held: rolls[c.Roll].Held}}
		tally, err := enrolment.Tally(q, c.Roll)
		if err != nil {
			return nil, err
		}
		for state, n := range tally {
			if state != enrolment.Merged {
				m.Applied += n
			}
		}
		var exchanged int64
		if err := q.Row(`SELECT (SELECT COUNT(*) FROM night_swap WHERE city = $1 AND state = 'done' AND (roll = $3 OR to_roll = $3)),
			(SELECT COALESCE(SUM(present), 0) FROM night_list WHERE city = $1 AND course = $2), (SELECT COALESCE(SUM(present + excused + absent), 0) FROM night_list WHERE city = $1 AND course = $2),
			(SELECT COUNT(*) FROM night_absence WHERE city = $1 AND course = $2 AND verdict <> 'lifted'),
			(SELECT COUNT(*) FROM night_feedback WHERE city = $1 AND course = $2), (SELECT COALESCE(SUM(stars), 0) FROM night_feedback WHERE city = $1 AND course = $2)`, c.ID, c.Roll).
			Scan(&exchanged, &m.Present, &m.Expected, &m.Missed, &m.Answers, &m.Stars); err != nil {
			return nil, err
		}
		m.Applied -= exchanged
		all = append(all, m)
	}
	return all, nil
}
