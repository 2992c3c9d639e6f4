package term

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
)

const (
	callAfter = int64(30 * 60 * 1e6) // microseconds after the first lesson of a day within which a family is called
	aheadDays = 7                    // for which leaders are looked at again
)

// CatchUp asks for what its time has come for: that families of children who have not come are called, and that somebody else is found
// for a leader who is not cleared on a day to come. Several processes may do it at once.
func (s *Service) CatchUp(ctx context.Context, city string) error {
	by := authz.System(city)
	var due []childcare.Class
	var lacks []timetable.Lacking
	if err := s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		today := s.today(q)
		series, err := timetable.Started(q, today, q.Now().UnixMicro()-callAfter)
		if err != nil {
			return err
		}
		for _, x := range series {
			c, err := s.toCall(q, x, today)
			if err != nil {
				return err
			}
			if c.ID != "" {
				due = append(due, c)
			}
		}
		if lacks, err = timetable.Lacks(q, today, today.AddDays(aheadDays)); errs.KeyOf(err) == "clearance.no_rules" {
			lacks, err = nil, nil
		}
		return err
	}); err != nil {
		return err
	}
	for _, c := range due {
		if err := s.call(ctx, by, c); err != nil && errs.KindOf(err) != errs.Conflict { // another process was first
			return err
		}
	}
	for _, l := range lacks {
		if err := s.substitute(ctx, by, l); err != nil && errs.KindOf(err) != errs.Conflict {
			return err
		}
	}
	if err := s.closeSought(ctx, by); err != nil {
		return err
	}
	return s.closeCalls(ctx, by)
}

// toCall gives the class of a series if nobody was asked yet to call the families of those who have not come; the zero class if so, or
// if all are accounted for.
func (s *Service) toCall(q sqldb.Q, series string, on day.Day) (none childcare.Class, err error) {
	which, err := classOf(series)
	if err != nil {
		return none, nil // of another service
	}
	c, err := childcare.Known(q, which)
	if errs.KindOf(err) == errs.Absent {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	var asked int
	if err := q.Row(`SELECT COUNT(*) FROM care_absence WHERE city = $1 AND class = $2 AND on_day = $3`, which, on).Scan(&asked); err != nil || asked > 0 {
		return none, err
	}
	n, err := unaccounted(q, c, on)
	if err != nil || n == 0 {
		return none, err
	}
	return c, nil
}

// unaccounted counts the children of a class who have not come on a day, and of whom nobody has noted why.
func unaccounted(q sqldb.Q, c childcare.Class, on day.Day) (n int, err error) {
	children, err := childcare.Placed(q, c)
	if err != nil {
		return 0, err
	}
	lines, err := timetable.Lines(q, c.ID.String(), on, on)
	if err != nil {
		return 0, err
	}
	standing := timetable.Fold(lines)
	for _, p := range children {
		if x := standing[p.ID]; x.In == 0 && !x.Absent {
			n++
		}
	}
	return n, nil
}

func (s *Service) call(ctx context.Context, by authz.Actor, c childcare.Class) error {
	serial, err := s.Matters.Number(ctx, by.City, casework.Task)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		on := s.today(tx)
		n, err := unaccounted(tx, c, on)
		if err != nil {
			return err
		}
		m, err := s.ask(tx, serial, c, Attend, s.Say("careterm.call_title", "serial", c.Serial, "n", n), s.Say("careterm.call_says"))
		if err != nil {
			return err
		}
		first, err := tx.Exec(`INSERT INTO care_absence (city, class, on_day, matter) VALUES ($1, $2, $3, $4) ON CONFLICT (city, class, on_day) DO NOTHING`, c.ID, on, m.ID)
		if err != nil {
			return err
		}
		if first == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		return tx.Record(Called, c.ID.String(), act.Change{"serial": m.Serial, "day": on.String(), "children": n})
	})
}

// ask opens a task about a class with the desk nearest to it that holds a right. It names no child.
func (s *Service) ask(tx *sqldb.Tx, serial string, c childcare.Class, v authz.Verb, title, text string) (casework.Matter, error) {
	at, err := org.Find(tx, c.Org)
	if err != nil {
		return casework.Matter{}, err
	}
	desk, err := s.Accounts.Nearest(tx, at.Path, v, casework.Answer)
	if err != nil {
		return casework.Matter{}, err
	}
	return s.Matters.Add(tx, serial, casework.New{Kind: casework.Task, Title: title, Subject: subject(c.ID), Org: c.Org, Desk: desk, Days: 1, Text: text})
}

// substitute asks for somebody else in place of a leader who is not cleared on the day of a lesson.
func (s *Service) substitute(ctx context.Context, by authz.Actor, l timetable.Lacking) error {
	which, err := classOf(l.Session.Series)
	if err != nil {
		return nil // of another service
	}
	serial, err := s.Matters.Number(ctx, by.City, casework.Task)
	if err != nil {
		return err
	}
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := childcare.Known(tx, which)
		if err != nil {
			return err
		}
		m, err := s.ask(tx, serial, c, Plan, s.Say("careterm.substitute_title", "serial", c.Serial, "day", l.Session.Day), s.Say("careterm.substitute_says"))
		if err != nil {
			return err
		}
		if first, err := timetable.Asked(tx, l.Session.ID, l.Person, m.ID.String()); err != nil || !first {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		return tx.Record(Substitute, l.Session.ID.String(), act.Change{"serial": m.Serial, "class": c.Serial})
	})
}

// closeSought closes the tasks of lessons for which somebody was found, and of those that are over.
func (s *Service) closeSought(ctx context.Context, by authz.Actor) error {
	var found []timetable.Sought
	if err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		found, err = timetable.Found(q, s.today(q))
		return err
	}); err != nil {
		return err
	}
	for _, x := range found {
		if _, err := classOf(x.Series); err != nil {
			continue // of another service
		}
		err := s.Matters.Close(ctx, by, casework.ID(x.Matter), s.Say("careterm.substitute_over"))
		if kind := errs.KindOf(err); err != nil && kind != errs.Conflict && kind != errs.Absent { // somebody has closed it
			return err
		}
		if err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
			if _, err := timetable.Settled(tx, x); err != nil {
				return err
			}
			return tx.Record(Substitute, x.Session.String(), act.Change{"over": true})
		}); err != nil {
			return err
		}
	}
	return nil
}

// closeCalls closes the tasks of classes in which everybody is accounted for.
func (s *Service) closeCalls(ctx context.Context, by authz.Actor) error {
	type call struct {
		class  childcare.ID
		on     day.Day
		matter casework.ID
	}
	var over []call
	if err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		all, err := sqldb.All(q, func(f sqldb.Scan) (call, error) {
			var c call
			return c, f(&c.class, &c.on, &c.matter)
		}, `SELECT class, on_day, matter FROM care_absence WHERE city = $1 AND open = 1 ORDER BY on_day, class LIMIT 500`)
		if err != nil {
			return err
		}
		for _, one := range all {
			c, err := childcare.Known(q, one.class)
			if err != nil {
				return err
			}
			if n, err := unaccounted(q, c, one.on); err != nil {
				return err
			} else if n == 0 {
				over = append(over, one)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	for _, one := range over {
		err := s.Matters.Close(ctx, by, one.matter, s.Say("careterm.call_over"))
		if kind := errs.KindOf(err); err != nil && kind != errs.Conflict && kind != errs.Absent { // somebody has closed it
			return err
		}
		if err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
			if _, err := tx.Exec(`UPDATE care_absence SET open = 0 WHERE city = $1 AND class = $2 AND on_day = $3`, one.class, one.on); err != nil {
				return err
			}
			return tx.Record(Called, one.class.String(), act.Change{"over": true})
		}); err != nil {
			return err
		}
	}
	return nil
}

// After does what is to be done about lessons when two persons turn out to be one, in the act that joins them: a lesson that loses its
// leader is seen by CatchUp and on the timetable.
func (s *Service) After(tx *sqldb.Tx, rows []person.ID) error {
	lost, err := timetable.Join(tx, rows)
	if err != nil {
		return err
	}
	for _, x := range lost {
		if err := tx.Record(Parted, x.ID.String(), act.Change{"leaders": "fewer"}); err != nil {
			return err
		}
	}
	return nil
}
