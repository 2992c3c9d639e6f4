package research

import (
	"context"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// MeetingID names a seminar or a visit.
type MeetingID = id.Of[Meeting]

// MeetingKind is how people were met.
type MeetingKind string

// The kinds.
const (
	Seminar MeetingKind = "seminar" // 座谈
	Visit   MeetingKind = "visit"   // 走访
)

// What people do with meetings.
var (
	ReadMeetings = authz.Verb{Key: "meeting.read"}
	HoldMeeting  = authz.Verb{Key: "meeting.hold", Writes: "meeting meeting_item"}
)

// Meeting is a seminar or a visit, with its minutes.
type Meeting struct {
	ID       MeetingID
	Org      org.ID
	Kind     MeetingKind
	Title    string
	Place    string
	On       day.Day
	Guests   string // who was there, a line each
	Minutes  string
	EditedAt int64
	MadeBy   string
	MadeAt   int64
}

// Item is one thing that was said at a meeting and may become a voice.
type Item struct {
	ID    string
	Asker string
	Text  string
	Voice *Member // what became of it; nil before
	State casework.State
}

const meetingColumns = `m.id, m.org, m.kind, m.title, m.place, m.held_on, m.guests, m.minutes, m.edited_at, m.made_by, m.made_at`

func scanMeeting(s sqldb.Scan) (Meeting, error) {
	var m Meeting
	return m, s(&m.ID, &m.Org, &m.Kind, &m.Title, &m.Place, &m.On, &m.Guests, &m.Minutes, &m.EditedAt, &m.MadeBy, &m.MadeAt)
}

func (m Meeting) check() error {
	var p errs.Problems
	p.Require(m.Kind == Seminar || m.Kind == Visit, "kind", "field.choice", nil)
	for _, x := range []struct {
		field, text string
		most        int
		needed      bool
	}{{"title", m.Title, 120, true}, {"place", m.Place, 120, true}, {"guests", m.Guests, 4000, false}, {"minutes", m.Minutes, 20000, false}} {
		p.Require(!x.needed || x.text != "", x.field, "field.required", nil)
		p.Require(len([]rune(x.text)) <= x.most, x.field, "field.long", errs.Args{"max": x.most})
	}
	p.Require(!m.On.IsZero(), "on", "field.required", nil)
	return p.Err()
}

// Hold enters a meeting that was held.
func (s *Service) Hold(ctx context.Context, by authz.Actor, m Meeting) (made MeetingID, err error) {
	if err := m.check(); err != nil {
		return "", err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, m.Org)
		if err != nil {
			return err
		}
		if err := by.Must(HoldMeeting, at.Path); err != nil {
			return err
		}
		made = id.New[Meeting](tx.Now())
		if _, err := tx.Exec(`INSERT INTO meeting (city, id, org, kind, title, place, held_on, guests, minutes, edited_at, made_by, made_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10)`,
			made, at.ID, string(m.Kind), m.Title, m.Place, m.On, m.Guests, m.Minutes, tx.Now().UnixMicro(), by.User); err != nil {
			return err
		}
		if err := tx.Record(HoldMeeting, made.String(), act.Change{"org": at.ID, "kind": m.Kind, "on": m.On.String()}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

// Amend corrects a meeting over the version that was seen.
func (s *Service) Amend(ctx context.Context, by authz.Actor, m Meeting) error {
	if err := m.check(); err != nil {
		return err
	}
	return s.at(ctx, by, m.ID, func(tx *sqldb.Tx, _ Meeting) (act.Change, error) {
		n, err := tx.Exec(`UPDATE meeting SET kind = $4, title = $5, place = $6, held_on = $7, guests = $8, minutes = $9, edited_at = $10
			WHERE city = $1 AND id = $2 AND edited_at = $3`, m.ID, m.EditedAt, string(m.Kind), m.Title, m.Place, m.On, m.Guests, m.Minutes, max(tx.Now().UnixMicro(), m.EditedAt+1))
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "errs.stale", nil)
		}
		return act.Change{"amended": true}, err
	})
}

// AddItem writes down one thing that was asked for at a meeting.
func (s *Service) AddItem(ctx context.Context, by authz.Actor, which MeetingID, asker, text string) error {
	var p errs.Problems
	p.Require(text != "", "text", "field.required", nil)
	p.Require(len([]rune(text)) <= 2000, "text", "field.long", errs.Args{"max": 2000})
	p.Require(len([]rune(asker)) <= 60, "asker", "field.long", errs.Args{"max": 60})
	if err := p.Err(); err != nil {
		return err
	}
	return s.at(ctx, by, which, func(tx *sqldb.Tx, _ Meeting) (act.Change, error) {
		item := id.New[Item](tx.Now())
		_, err := tx.Exec(`INSERT INTO meeting_item (city, meeting, id, asker, text, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			which, item, asker, text, by.User, tx.Now().UnixMicro())
		return act.Change{"item": item}, err
	})
}

// at is one act with a meeting by who may hold meetings there.
func (s *Service) at(ctx context.Context, by authz.Actor, which MeetingID, do func(*sqldb.Tx, Meeting) (act.Change, error)) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		m, at, err := findMeeting(tx, which)
		if err != nil {
			return err
		}
		if err := by.Must(HoldMeeting, at.Path); err != nil {
			return err
		}
		change, err := do(tx, m)
		if err != nil {
			return err
		}
		return tx.Record(HoldMeeting, which.String(), change)
	})
	return sqldb.Done(err)
}

func findMeeting(q sqldb.Q, which MeetingID) (m Meeting, at org.Node, err error) {
	if m, err = sqldb.One(q, scanMeeting, `SELECT `+meetingColumns+` FROM meeting m WHERE m.city = $1 AND m.id = $2`, which); err != nil {
		return m, at, err
	}
	at, err = org.Find(q, m.Org)
	return m, at, err
}

// MeetingSeen is a meeting as its page shows it.
type MeetingSeen struct {
	Meeting
	At     org.Node
	Items  []Item
	Masked bool // guests and who asked are not the viewer's to see
	May    bool
	Raise  bool
}

// Met gives one meeting to who may read meetings where it belongs.
func (s *Service) Met(ctx context.Context, by authz.Actor, which MeetingID) (v MeetingSeen, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if v.Meeting, v.At, err = findMeeting(q, which); err != nil {
			return err
		}
		if err := by.Must(ReadMeetings, v.At.Path); err != nil {
			return err
		}
		v.May, v.Raise, v.Masked = by.Can(HoldMeeting, v.At.Path), by.Can(RaiseVoice, v.At.Path), !by.Sees(authz.Personal, ReadMeetings, v.At.Path)
		if v.Masked {
			v.Guests, v.Minutes = "", ""
		}
		if v.Items, err = items(q, which); err != nil {
			return err
		}
		for i := range v.Items {
			if v.Masked {
				v.Items[i].Asker, v.Items[i].Text = "", ""
			}
			voices, err := raisedFrom(q, FromItem, v.Items[i].ID)
			if err != nil {
				return err
			}
			for _, x := range voices {
				m, err := s.headMatter(q, x)
				if err != nil {
					return err
				}
				own, err := casework.Find(q, x.Matter)
				if err != nil {
					return err
				}
				x.Asker = ""
				v.Items[i].Voice, v.Items[i].State = &Member{Voice: x, Serial: own.Serial, Title: own.Title}, m.State
			}
		}
		return nil
	})
	return v, err
}

func items(q sqldb.Q, which MeetingID) ([]Item, error) {
	return sqldb.All(q, func(s sqldb.Scan) (Item, error) {
		var i Item
		return i, s(&i.ID, &i.Asker, &i.Text)
	}, `SELECT id, asker, text FROM meeting_item WHERE city = $1 AND meeting = $2 ORDER BY id`, which)
}

// MeetingListed is a meeting in a list, with how many items it has.
type MeetingListed struct {
	Meeting
	OrgName string
	Items   int
}

// Meetings lists the meetings that the viewer may read, the newest first.
func (s *Service) Meetings(ctx context.Context, by authz.Actor) (all []MeetingListed, err error) {
	if err := by.MustSomewhere(ReadMeetings); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("m.city = $1")
		org.Inside(&w, by.Scope(ReadMeetings), "m.org")
		found, err := sqldb.All(q, scanMeeting, `SELECT `+meetingColumns+` FROM meeting m WHERE `+w.SQL()+` ORDER BY m.held_on DESC, m.id DESC LIMIT 200`, w.Args()...)
		if err != nil {
			return err
		}
		var ids []org.ID
		for _, m := range found {
			ids = append(ids, m.Org)
		}
		named, err := org.Named(q, ids)
		if err != nil {
			return err
		}
		for _, m := range found {
			i, err := items(q, m.ID)
			if err != nil {
				return err
			}
			all = append(all, MeetingListed{m, named[m.Org].Name, len(i)})
		}
		return nil
	})
	return all, err
}

// itemSource finds what a voice is raised from where it is an item.
func (s *Service) itemSource(ctx context.Context, by authz.Actor, which string) (got Source, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var meeting MeetingID
		if err := q.Row(`SELECT meeting, asker, text FROM meeting_item WHERE city = $1 AND id = $2`, which).Scan(&meeting, &got.Asker, &got.Said); err != nil {
			return errs.Wrap(err, errs.Absent, "errs.absent", nil)
		}
		m, at, err := findMeeting(q, meeting)
		if err != nil {
			return err
		}
		got.Org, got.Serial, got.Meeting = at, m.Title, meeting
		if err := by.Must(ReadMeetings, at.Path); err != nil {
			return err
		}
		return by.Must(RaiseVoice, at.Path)
	})
	return got, err
}

// meetingOf gives the meeting of an item and its title to who may read it; nothing to others.
func (s *Service) meetingOf(ctx context.Context, by authz.Actor, item string) (which MeetingID, title string) {
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if err := q.Row(`SELECT meeting FROM meeting_item WHERE city = $1 AND id = $2`, item).Scan(&which); err != nil {
			return err
		}
		m, at, err := findMeeting(q, which)
		if err != nil {
			return err
		}
		title = m.Title
		return by.Must(ReadMeetings, at.Path)
	})
	if err != nil {
		return "", ""
	}
	return which, title
}
