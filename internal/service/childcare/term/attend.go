package term

import (
	"context"
	"slices"
	"strings"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/clearance"
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
	"zhidian/internal/service/childcare/safety"
)

// Room is a class on a day, as whoever stands before it sees it.
type Room struct {
	Class    childcare.Class
	Site     string
	Day      day.Day
	Lessons  []Lesson
	Leaders  map[person.ID]string
	Lacks    map[timetable.ID]bool // lessons whose leader is not cleared today, or that have none
	Children []Child
	Tells    bool // the actor may tell what she sees of them
}

// Rooms gives the offered classes before which the actor stands, as they are today.
func (s *Service) Rooms(ctx context.Context, by authz.Actor) (all []Room, err error) {
	if err := by.MustSomewhere(Attend); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		classes, err := childcare.OnDay(q, by.Scope(Attend), s.today(q), maxRooms)
		if err != nil {
			return err
		}
		for _, c := range classes {
			one, err := s.room(q, by, c)
			if err != nil {
				return err
			}
			all = append(all, one)
		}
		return nil
	})
	return all, err
}

// maxRooms is how many classes one phone takes along.
const maxRooms = 5

func (s *Service) room(q sqldb.Q, by authz.Actor, c childcare.Class) (got Room, err error) {
	got = Room{Class: c, Day: s.today(q), Leaders: map[person.ID]string{}, Lacks: map[timetable.ID]bool{}}
	at, err := org.Find(q, c.Org)
	if err != nil {
		return got, err
	}
	got.Site, got.Tells = at.Name, by.Can(safety.Tell, at.Path)
	if got.Lessons, err = lessons(q, c.ID, got.Day, got.Day); err != nil {
		return got, err
	}
	for _, l := range got.Lessons {
		got.Lacks[l.ID] = len(l.Leaders) == 0
		for _, who := range l.Leaders {
			if got.Leaders[who], err = name(q, who, by.Sees(authz.Personal, Attend, at.Path)); err != nil {
				return got, err
			}
			fit, err := clearance.May(q, who, got.Day)
			if err != nil {
				return got, err
			}
			got.Lacks[l.ID] = got.Lacks[l.ID] || !fit
		}
	}
	children, err := childcare.Placed(q, c)
	if err != nil {
		return got, err
	}
	lines, err := timetable.Lines(q, c.ID.String(), got.Day, got.Day)
	if err != nil {
		return got, err
	}
	standing := timetable.Fold(lines)
	open := by.Sees(authz.Sensitive, Attend, at.Path)
	for _, p := range children {
		one := Child{ID: p.ID, Name: p.Name, Standing: standing[p.ID], Code: p.Receipt}
		if open {
			if one.Health, err = s.Care.HealthOf(q, c.Roll, p.ID); err != nil {
				return got, err
			}
			if one.Collectors, err = childcare.MayCollect(q, p.ID, got.Day); err != nil {
				return got, err
			}
		} else {
			one.Name = cn.MaskName(p.Name)
		}
		got.Children = append(got.Children, one)
	}
	return got, nil
}

// Sent is a line of attendance as a phone sends it. Times are what the phone's clock showed, in milliseconds since 1970.
type Sent struct {
	Protocol int            `json:"protocol"`
	ID       string         `json:"id"` // the phone's own, for ever
	Class    childcare.ID   `json:"class"`
	Child    person.ID      `json:"child"`
	What     timetable.What `json:"what"`
	Other    string         `json:"other"` // who brought or fetched the child, by the id on her list
	Words    string         `json:"words"` // of somebody who was refused, or of who fetched a child without being on the list
	MadeAt   int64          `json:"made_at"`
	SentAt   int64          `json:"sent_at"`
}

// Received is what a phone gets for a line.
type Received struct {
	ID     string `json:"id"`
	Serial string `json:"serial"`
	At     int64  `json:"at"`   // milliseconds
	Skew   int64  `json:"skew"` // milliseconds by which the phone's clock was behind
	Again  bool   `json:"again"`
}

// protocol is the newest way of sending that is understood here.
const protocol = 1

// lateDays is for how many days a phone may keep lines before it sends them.
const lateDays = 14

func (x Sent) check() error {
	var p errs.Problems
	p.Require(x.Protocol == protocol, "protocol", "careterm.shape", nil)
	p.Require(len(x.ID) >= 16 && len(x.ID) <= 40 && strings.Trim(x.ID, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-") == "", "id", "careterm.shape", nil)
	p.Require(slices.Contains([]timetable.What{timetable.In, timetable.Out, timetable.Absent, timetable.Refused}, x.What), "what", "field.choice", nil)
	p.Require(len([]rune(x.Words)) <= 100 && len(x.Other) <= 26, "words", "field.long", errs.Args{"max": 100})
	p.Require(x.What != timetable.Refused || x.Words != "", "words", "field.required", nil)
	p.Require(x.What != timetable.Out || x.Words != "" || x.Other != "", "other", "field.required", nil)
	p.Require(x.MadeAt > -1<<40 && x.MadeAt < 1<<43 && x.SentAt > -1<<40 && x.SentAt < 1<<43, "made_at", "careterm.shape", nil)
	return p.Err()
}

// Receive takes a line of attendance from a phone, once, however often it is sent. What has happened is written down even where it
// ought not to have: a child who was let go with somebody who is not on her list makes a task.
func (s *Service) Receive(ctx context.Context, by authz.Actor, device string, x Sent) (got Received, err error) {
	return s.receive(ctx, by, by.User, device, x)
}

// Bring takes a line of attendance out of the file of a phone without network, for whoever may note attendance there. The line stays that
// of the phone's owner; skew is by how many milliseconds its clock was behind when it was seen last.
func (s *Service) Bring(ctx context.Context, by authz.Actor, owner, device string, skew int64, x Sent) (Received, error) {
	x.SentAt = s.DB.Now().UnixMilli() - skew
	return s.receive(ctx, by, owner, device, x)
}

func (s *Service) receive(ctx context.Context, by authz.Actor, owner, device string, x Sent) (got Received, err error) {
	if err := x.check(); err != nil {
		return got, err
	}
	serial := ""
	if x.What == timetable.Out && x.Other == "" {
		if serial, err = s.Matters.Number(ctx, by.City, casework.Task); err != nil {
			return got, err
		}
	}
	by.Once = ""
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := childcare.Find(tx, by, Attend, x.Class)
		if err != nil {
			return err
		}
		line, err := s.line(tx, owner, c, device, x)
		if err != nil {
			return err
		}
		fresh, err := timetable.Note(tx, []timetable.Presence{line})
		if err != nil {
			return err
		}
		got = Received{ID: x.ID, Serial: c.Serial, At: line.At / 1000, Skew: line.Skew / 1000, Again: len(fresh) == 0}
		change := act.Change{"class": c.Serial, "what": string(x.What), "day": line.Day.String(), "again": got.Again, "brought": owner != by.User}
		if line.Unlisted && !got.Again && serial != "" {
			m, err := s.warn(tx, serial, c)
			if err != nil {
				return err
			}
			change["matter"] = m.Serial
		}
		return tx.Record(Attend, c.ID.String(), change)
	})
	return got, err
}

// line makes a line of attendance of what a phone has sent: its time by the server's clock, and whether whoever fetched the child
// was on her list.
func (s *Service) line(q sqldb.Q, owner string, c childcare.Class, device string, x Sent) (line timetable.Presence, err error) {
	now := q.Now().UnixMicro()
	skew := now - x.SentAt*1000
	line = timetable.Presence{
		Client: x.ID, Series: c.ID.String(), Person: x.Child, What: x.What, At: min(x.MadeAt*1000+skew, now), Skew: skew, Other: x.Other, Words: x.Words, Account: owner, Device: device[:min(len(device), 40)],
	}
	line.Day = s.zoneDay(line.At)
	if line.Day < s.today(q).AddDays(-lateDays) {
		return line, errs.New(errs.Conflict, "careterm.late", errs.Args{"n": lateDays})
	}
	children, err := childcare.Placed(q, c)
	if err != nil {
		return line, err
	}
	if !slices.ContainsFunc(children, func(p childcare.Seated) bool { return p.ID == x.Child }) {
		return line, errs.New(errs.Conflict, "careterm.not_placed", nil)
	}
	if x.What != timetable.Out {
		return line, nil
	}
	list, err := childcare.MayCollect(q, x.Child, line.Day)
	if err != nil {
		return line, err
	}
	line.Unlisted = !slices.ContainsFunc(list, func(k childcare.Collector) bool { return k.ID == x.Other })
	return line, nil
}

// warn opens the task about a child who was let go with somebody who is not on her list. It names nobody.
func (s *Service) warn(tx *sqldb.Tx, serial string, c childcare.Class) (casework.Matter, error) {
	return s.ask(tx, serial, c, childcare.Offer, s.Say("careterm.unlisted_title", "serial", c.Serial), s.Say("careterm.unlisted_says"))
}

// BeginLesson notes that a lesson of today begins. Who leads it must be cleared.
func (s *Service) BeginLesson(ctx context.Context, by authz.Actor, which childcare.ID, lesson timetable.ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		c, err := childcare.Find(tx, by, Attend, which)
		if err != nil {
			return err
		}
		if err := belongs(tx, lesson, which); err != nil {
			return err
		}
		x, err := timetable.Begin(tx, lesson)
		if err != nil {
			return err
		}
		if x.Day != s.today(tx) {
			return errs.New(errs.Conflict, "careterm.not_today", nil)
		}
		return tx.Record(Attend, lesson.String(), act.Change{"class": c.Serial, "state": string(x.State)})
	}))
}

// Book is who was there in a class on a day, for the office.
type Book struct {
	Room
	Lines []timetable.Presence
	Names map[person.ID]string
	Who   map[string]string // whom a family's list names, by id
}

// Book gives the attendance of a class on a day to whoever may see whose children they are, others see masked names.
func (s *Service) Book(ctx context.Context, by authz.Actor, which childcare.ID, on day.Day) (got Book, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		c, err := childcare.Find(q, by, childcare.Read, which)
		if err != nil {
			return err
		}
		at, err := org.Find(q, c.Org)
		if err != nil {
			return err
		}
		got.Class, got.Day, got.Site = c, on, at.Name
		open := by.Sees(authz.Sensitive, childcare.Names, at.Path)
		if got.Lines, err = timetable.Lines(q, which.String(), on, on); err != nil {
			return err
		}
		standing := timetable.Fold(got.Lines)
		children, err := childcare.Placed(q, c)
		if err != nil {
			return err
		}
		got.Names, got.Who = map[person.ID]string{}, map[string]string{}
		for _, p := range children {
			shown := p.Name
			if !open {
				shown = cn.MaskName(p.Name)
			}
			got.Children = append(got.Children, Child{ID: p.ID, Name: shown, Standing: standing[p.ID]})
			got.Names[p.ID] = shown
			if !open {
				continue
			}
			list, err := childcare.MayCollect(q, p.ID, on)
			if err != nil {
				return err
			}
			for _, k := range list {
				got.Who[k.ID] = k.Name
			}
		}
		if !open {
			for i := range got.Lines {
				got.Lines[i].Words = ""
			}
		}
		return nil
	})
	return got, err
}
