package term

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/service/childcare"
	"zhidian/internal/service/childcare/photo"
	"zhidian/internal/service/childcare/safety"
)

// Closing is what a class has done in its season, in figures (结项报告). It names no child.
type Closing struct {
	Class     childcare.Class
	Site      string
	First     day.Day
	Last      day.Day
	Until     day.Day // what was counted: today, or the last day when that is past
	Children  int64   // who have a place
	Days      int64   // on which somebody came
	ChildDays int64   // for each such day, the children who came
	Lessons   int64   // that were not cancelled, until then
	Minutes   int64   // of them
	Topics    map[Topic]int64
	Leaders   int64
	Refused   int64 // times that somebody came to fetch a child and was refused
	Unlisted  int64 // times that a child went with somebody who was not on her list
	Incidents [3]int64

	Photos  []photo.Photo
	LeftOut int // photographs for which a family has taken its consent back
}

// Share is how many of the children came on a day, in millionths: child-days over children times days.
func (c Closing) Share() int64 {
	if c.Children*c.Days == 0 {
		return 0
	}
	return c.ChildDays * 1e6 / (c.Children * c.Days)
}

// Closing gives the figures of a class to whoever may read classes.
func (s *Service) Closing(ctx context.Context, by authz.Actor, which childcare.ID) (got Closing, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Class, err = childcare.Find(q, by, childcare.Read, which); err != nil {
			return err
		}
		at, err := org.Find(q, got.Class.Org)
		if err != nil {
			return err
		}
		got.Site, got.First = at.Name, got.Class.First
		if got.Last, err = childcare.LastDay(q, got.Class); err != nil {
			return err
		}
		got.Until = min(got.Last, s.today(q))
		children, err := childcare.Placed(q, got.Class)
		if err != nil {
			return err
		}
		got.Children = int64(len(children))
		if err := got.taught(q); err != nil {
			return err
		}
		if err := got.attended(q); err != nil {
			return err
		}
		if got.Incidents, err = safety.Count(q, which, got.First.Start(s.Zone).UnixMicro(), got.Last.AddDays(1).Start(s.Zone).UnixMicro()); err != nil {
			return err
		}
		got.Photos, got.LeftOut, err = photo.Of(q, which)
		return err
	})
	return got, err
}

// taught counts the lessons that were given.
func (c *Closing) taught(q sqldb.Q) error {
	all, err := lessons(q, c.Class.ID, c.First, c.Until)
	if err != nil {
		return err
	}
	c.Topics = map[Topic]int64{}
	led := map[person.ID]bool{}
	for _, l := range all {
		c.Lessons++
		c.Minutes += (l.Ends - l.Starts) / 60e6
		for _, t := range l.Topics {
			c.Topics[t]++
		}
		for _, who := range l.Leaders {
			led[who] = true
		}
	}
	c.Leaders = int64(len(led))
	return nil
}

// attended counts who came.
func (c *Closing) attended(q sqldb.Q) error {
	lines, err := timetable.Lines(q, c.Class.ID.String(), c.First, c.Until)
	if err != nil {
		return err
	}
	type came struct {
		on  day.Day
		who person.ID
	}
	days, present := map[day.Day]bool{}, map[came]bool{}
	for _, l := range lines {
		switch {
		case l.What == timetable.In:
			days[l.Day], present[came{l.Day, l.Person}] = true, true
		case l.What == timetable.Refused:
			c.Refused++
		case l.Unlisted:
			c.Unlisted++
		}
	}
	c.Days, c.ChildDays = int64(len(days)), int64(len(present))
	return nil
}
