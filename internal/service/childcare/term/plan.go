package term

import (
	"context"
	"slices"

	"zhidian/internal/domain/clearance"
	"zhidian/internal/domain/lesson"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

// Wanted is a leader as the page of a timetable shows her.
type Wanted struct {
	ID   person.ID
	Name string
	Gaps []clearance.Gap // today
}

// Timetable is the lessons of a class, with what is still wanting.
type Timetable struct {
	Class   childcare.Class
	Last    day.Day // of the season
	Lessons []Lesson
	Names   map[person.ID]string  // of leaders
	Lacks   map[timetable.ID]bool // lessons with a leader who is not cleared on that day, or with none
	Missing []Topic               // of the six kinds of care, those that no lesson gives
	Adults  []Wanted              // who can be put before children here
}

// Timetable gives the lessons of a class to whoever may read classes.
func (s *Service) Timetable(ctx context.Context, by authz.Actor, which childcare.ID) (got Timetable, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Class, err = childcare.Find(q, by, childcare.Read, which); err != nil {
			return err
		}
		at, err := org.Find(q, got.Class.Org)
		if err != nil {
			return err
		}
		if got.Last, err = childcare.LastDay(q, got.Class); err != nil {
			return err
		}
		if got.Lessons, err = lessons(q, which, 0, 0); err != nil {
			return err
		}
		got.Missing = missing(got.Lessons)
		got.Names, got.Lacks = map[person.ID]string{}, map[timetable.ID]bool{}
		open := by.Sees(authz.Personal, childcare.Read, at.Path)
		type key struct {
			who person.ID
			on  day.Day
		}
		known := map[key]bool{}
		for _, l := range got.Lessons {
			got.Lacks[l.ID] = len(l.Leaders) == 0
			for _, who := range l.Leaders {
				if got.Names[who], err = name(q, who, open); err != nil {
					return err
				}
				bad, there := known[key{who, l.Day}]
				if !there {
					gaps, err := clearance.On(q, who, l.Day)
					if err != nil {
						return err
					}
					bad = len(gaps) > 0
					known[key{who, l.Day}] = bad
				}
				got.Lacks[l.ID] = got.Lacks[l.ID] || bad
			}
		}
		if !by.Can(Plan, at.Path) {
			return nil
		}
		got.Adults, err = s.adults(q, at.Path, open)
		return err
	})
	return got, err
}

func (s *Service) adults(q sqldb.Q, at authz.Path, open bool) (all []Wanted, err error) {
	people, err := clearance.Around(q, at)
	if err != nil {
		return nil, err
	}
	for _, who := range people {
		p, err := person.Find(q, who)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(all, func(w Wanted) bool { return w.ID == p.ID }) {
			continue
		}
		w := Wanted{ID: p.ID, Name: p.Name}
		if !open {
			w.Name = cn.MaskName(p.Name)
		}
		if w.Gaps, err = clearance.On(q, who, s.today(q)); err != nil && errs.KeyOf(err) != "clearance.no_rules" {
			return nil, err
		}
		all = append(all, w)
	}
	return all, nil
}

func name(q sqldb.Q, who person.ID, open bool) (string, error) {
	p, err := person.Find(q, who)
	if err != nil || open {
		return p.Name, err
	}
	return cn.MaskName(p.Name), nil
}

// lessons gives the lessons of a class between two days; all of them where to is zero.
func lessons(q sqldb.Q, of childcare.ID, from, to day.Day) ([]Lesson, error) {
	if to.IsZero() {
		from, to = day.Must("2000-01-01"), day.Must("2999-12-31")
	}
	sessions, err := timetable.Of(q, of.String(), from, to)
	if err != nil {
		return nil, err
	}
	type line struct {
		of    timetable.ID
		topic Topic
	}
	topics, err := sqldb.All(q, func(f sqldb.Scan) (line, error) {
		var l line
		return l, f(&l.of, &l.topic)
	}, `SELECT session, topic FROM care_topic WHERE city = $1 AND class = $2`, of)
	if err != nil {
		return nil, err
	}
	all := make([]Lesson, len(sessions))
	for i, x := range sessions {
		all[i].Session = x
		for _, t := range Topics {
			if slices.Contains(topics, line{x.ID, t}) {
				all[i].Topics = append(all[i].Topics, t)
			}
		}
	}
	return all, nil
}

// missing gives, of the six kinds of care, those that no lesson gives.
func missing(all []Lesson) (left []Topic) {
	for _, t := range Topics {
		if !slices.ContainsFunc(all, func(l Lesson) bool { return slices.Contains(l.Topics, t) }) {
			left = append(left, t)
		}
	}
	return left
}

func (g Given) check(c childcare.Class, on, last day.Day) error {
	var p errs.Problems
	p.Require(c.State == childcare.Offered, "title", "care.no_more", nil)
	p.Require(len(g.Topics) > 0, "topic", "careterm.topic_wanted", nil)
	for _, t := range g.Topics {
		p.Require(slices.Contains(Topics, t), "topic", "field.choice", nil)
	}
	p.Require(len(g.Leaders) > 0, "leader", "careterm.leader_wanted", nil)
	p.Require(on >= c.First && on <= last, "on", "careterm.outside", errs.Args{"first": c.First, "last": last})
	return p.Err()
}

func (g Given) session(c childcare.Class) timetable.Session {
	return timetable.Session{Series: c.ID.String(), Place: c.Place, Room: g.Room, Starts: g.Starts, Ends: g.Ends, Title: g.Title, Children: true, Leaders: g.Leaders}
}

// AddLesson puts a lesson into the timetable of an offered class. Days count from the one that Given names: it is held again so many
// weeks after, each a session of its own, all of them or none.
func (s *Service) AddLesson(ctx context.Context, by authz.Actor, which childcare.ID, g Given, weeks int) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := childcare.Find(tx, by, Plan, which)
		if err != nil {
			return err
		}
		last, err := childcare.LastDay(tx, c)
		if err != nil {
			return err
		}
		for n := range max(weeks, 0) + 1 {
			if err := g.later(n).check(c, s.zoneDay(g.later(n).Starts), last); err != nil {
				return err
			}
		}
		for n := range max(weeks, 0) + 1 {
			one := g.later(n)
			made, err := timetable.Plan(tx, s.Zone, one.session(c))
			if err != nil {
				return err
			}
			if err := setTopics(tx, c.ID, made.ID, g.Topics); err != nil {
				return err
			}
			if g.Plan != "" {
				if err := lesson.Use(tx, g.Plan, made.ID); err != nil {
					return err
				}
			}
			if err := tx.Record(Plan, made.ID.String(), change(c, made, g.Topics)); err != nil {
				return err
			}
		}
		return nil
	}))
}

const week = int64(7 * 24 * 3600 * 1e6)

// later is the lesson so many weeks after.
func (g Given) later(weeks int) Given {
	g.Starts += int64(weeks) * week
	g.Ends += int64(weeks) * week
	return g
}

func change(c childcare.Class, s timetable.Session, topics []Topic) act.Change {
	return act.Change{"class": c.Serial, "starts": s.Starts, "ends": s.Ends, "leaders": s.Leaders, "topics": topics, "state": string(s.State)}
}

func setTopics(tx *sqldb.Tx, class childcare.ID, of timetable.ID, topics []Topic) error {
	if _, err := tx.Exec(`DELETE FROM care_topic WHERE city = $1 AND session = $2`, of); err != nil {
		return err
	}
	_, err := tx.Bulk(`INSERT INTO care_topic (city, session, topic, class) VALUES ($1, $2, $3, $4)`, len(topics), func(i int) []any { return []any{of, string(topics[i]), class} })
	return err
}

// ChangeLesson holds a lesson that has not begun at another time, in another room, by others or with another content. Version is its
// EditedAt as it was read.
func (s *Service) ChangeLesson(ctx context.Context, by authz.Actor, which childcare.ID, lesson timetable.ID, version int64, g Given) error {
	return s.change(ctx, by, which, lesson, func(tx *sqldb.Tx, c childcare.Class) (timetable.Session, error) {
		last, err := childcare.LastDay(tx, c)
		if err != nil {
			return timetable.Session{}, err
		}
		if err := g.check(c, s.zoneDay(g.Starts), last); err != nil {
			return timetable.Session{}, err
		}
		made, err := timetable.Move(tx, s.Zone, lesson, version, g.session(c))
		if err != nil {
			return made, err
		}
		return made, setTopics(tx, c.ID, lesson, g.Topics)
	}, g.Topics)
}

// DropLesson takes a lesson that has not begun out of the timetable.
func (s *Service) DropLesson(ctx context.Context, by authz.Actor, which childcare.ID, lesson timetable.ID) error {
	return s.change(ctx, by, which, lesson, func(tx *sqldb.Tx, c childcare.Class) (timetable.Session, error) {
		x, err := timetable.Cancel(tx, lesson)
		if err != nil {
			return x, err
		}
		return x, setTopics(tx, c.ID, lesson, nil)
	}, nil)
}

func (s *Service) change(ctx context.Context, by authz.Actor, which childcare.ID, lesson timetable.ID, do func(*sqldb.Tx, childcare.Class) (timetable.Session, error), topics []Topic) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := childcare.Find(tx, by, Plan, which)
		if err != nil {
			return err
		}
		if err := belongs(tx, lesson, which); err != nil {
			return err
		}
		made, err := do(tx, c)
		if err != nil {
			return err
		}
		return tx.Record(Plan, lesson.String(), change(c, made, topics))
	}))
}

// belongs refuses a lesson of another class.
func belongs(q sqldb.Q, lesson timetable.ID, class childcare.ID) error {
	x, err := timetable.Find(q, lesson)
	if err == nil && x.Series != class.String() {
		err = errs.New(errs.Absent, "errs.absent", nil)
	}
	return err
}

// FromLibrary gives an approved lesson plan, to fill in a lesson that is made from it.
func (s *Service) FromLibrary(ctx context.Context, by authz.Actor, which lesson.ID) (p lesson.Plan, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err = lesson.Usable(q, which)
		return err
	})
	return p, err
}
