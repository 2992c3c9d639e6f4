package outreach

import (
	"context"
	"fmt"
	"time"

	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// Filter chooses events of an office's list.
type Filter struct {
	View string // "ahead", also empty, "past", "draft" or "all"
	Kind string
	At   authz.Path
	Size int // rows on a page, 50 where it is 0
}

// Views lists what can be chosen.
var Views = []string{"ahead", "past", "draft", "all"}

// Row is an event with who holds it.
type Row struct {
	Event
	OrgName string
	Open    int64 // questions that nobody has answered, shown or put aside
}

func (f Filter) where(by authz.Actor, v authz.Verb, now time.Time) *sqldb.Where {
	var w sqldb.Where
	w.And("e.city = $1")
	org.Inside(&w, by.Scope(v), "e.org")
	if f.At != "" {
		org.Inside(&w, authz.Scope{Paths: []authz.Path{f.At}}, "e.org")
	}
	if f.Kind != "" {
		w.And("e.kind = ?", f.Kind)
	}
	switch f.View {
	case "past":
		w.And("e.ends_at < ?", now.UnixMicro()).And("e.state <> 'draft'")
	case "draft":
		w.And("e.state = 'draft'")
	case "all":
	default:
		w.And("e.ends_at >= ?", now.UnixMicro()).And("e.state <> 'draft'")
	}
	return &w
}

// Sums are what a list comes to.
type Sums struct{ Events, Signed, Came, Walked, Asked int64 }

// List gives one page of the events that somebody may read, and what all of them come to. What is ahead begins with the next, all else with
// the latest.
func (s *Service) List(ctx context.Context, by authz.Actor, f Filter, cursor string) (got page.Page[Row], sums Sums, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return got, sums, err
	}
	size := f.Size
	if size <= 0 || size > 200 {
		size = 50
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err := s.Cursors.Read(page.List{
			Name: "outreach.list", Columns: []string{"e.starts_at", "e.id"}, Desc: f.View != "" && f.View != "ahead",
			Filter: fmt.Sprintf("%q %v %q %q %q", q.City(), by.Scope(Read), f.View, f.Kind, f.At),
		}, cursor)
		if err != nil {
			return err
		}
		w := f.where(by, Read, q.Now())
		if sums, err = tally(q, w); err != nil {
			return err
		}
		cond, keys := p.Where(len(w.Args()) + 2)
		for _, k := range keys {
			w.Arg(k)
		}
		w.And(cond)
		all, err := sqldb.All(q, scan, `SELECT `+columns+` FROM outreach_event e WHERE `+w.SQL()+` ORDER BY `+p.Order()+` LIMIT `+w.Arg(page.Limit(size)), w.Args()...)
		if err != nil {
			return err
		}
		rows, err := filled(q, all)
		if err != nil {
			return err
		}
		got = page.Cut(s.Cursors, p, rows, size, func(r Row) []any { return []any{r.Starts, r.ID.String()} })
		return nil
	})
	return got, sums, err
}

func tally(q sqldb.Q, w *sqldb.Where) (x Sums, err error) {
	err = q.Row(`SELECT COUNT(*), COALESCE(SUM(e.signed - e.walked), 0), COALESCE(SUM(e.came), 0), COALESCE(SUM(e.walked), 0) FROM outreach_event e WHERE `+w.SQL(), w.Args()...).
		Scan(&x.Events, &x.Signed, &x.Came, &x.Walked)
	if err != nil {
		return x, err
	}
	return x, q.Row(`SELECT COUNT(*) FROM outreach_question x JOIN outreach_event e ON e.city = x.city AND e.id = x.event WHERE x.city = $1 AND `+w.SQL(), w.Args()...).Scan(&x.Asked)
}

func filled(q sqldb.Q, all []Event) ([]Row, error) {
	var ids []org.ID
	for _, e := range all {
		ids = append(ids, e.Org)
	}
	named, err := org.Named(q, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(all))
	for i, e := range all {
		rows[i] = Row{Event: e, OrgName: named[e.Org].Name}
		if err := q.Row(`SELECT COUNT(*) FROM outreach_question WHERE city = $1 AND event = $2 AND shown_at = 0 AND dropped_at = 0`, e.ID).Scan(&rows[i].Open); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// Sheet gives the events of a filter that somebody may take away, and notes that she does.
func (s *Service) Sheet(ctx context.Context, by authz.Actor, f Filter) (all []Row, err error) {
	if err := by.MustSomewhere(Export); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		w := f.where(by, Export, q.Now())
		events, err := sqldb.All(q, scan, `SELECT `+columns+` FROM outreach_event e WHERE `+w.SQL()+` ORDER BY e.starts_at, e.id`, w.Args()...)
		if err != nil {
			return err
		}
		all, err = filled(q, events)
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, s.DB.Note(ctx, by, Export, "", act.Change{"rows": len(all)})
}

// Asked is a question with the matter that answers it.
type Asked struct {
	Question
	Is   casework.Matter // its ID is zero while there is none
	Desk org.Node
}

// Page is an event as officers see it.
type Page struct {
	Event
	At        org.Node
	Guests    []Guest
	Questions []Asked
	May       map[authz.Verb]bool
	Now       int64
	Left      int64 // who gave a place back
}

// Look gives an event to who may read it there. Whole phone numbers are shown where an event was called off and somebody may call; that
// they were read is noted.
func (s *Service) Look(ctx context.Context, by authz.Actor, which ID) (got Page, err error) {
	calls := false
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		got = Page{May: map[authz.Verb]bool{}, Now: q.Now().UnixMicro()}
		var at org.Node
		if got.Event, at, err = placed(q, by, Read, which); err != nil {
			return err
		}
		got.At = at
		for _, v := range Verbs {
			got.May[v] = by.Can(v, at.Path)
		}
		if got.Guests, err = guestsOf(q, which); err != nil {
			return err
		}
		sees := by.Sees(authz.Personal, Read, at.Path)
		calls = got.State == Cancelled && got.May[Call] && by.Sees(authz.Sensitive, Call, at.Path)
		for i := range got.Guests {
			g := &got.Guests[i]
			if g.State == Withdrawn {
				got.Left++
			}
			if !sees {
				g.Name = ""
			}
			if err := s.phone(q.City(), which, g, sees, calls); err != nil {
				return err
			}
		}
		all, err := questionsOf(q, which)
		if err != nil {
			return err
		}
		for _, x := range all {
			a := Asked{Question: x}
			if !x.Matter.IsZero() {
				if a.Is, err = casework.Find(q, x.Matter); err != nil && errs.KindOf(err) != errs.Absent {
					return err
				}
				if desk, err := org.Named(q, []org.ID{a.Is.Desk}); err == nil {
					a.Desk = desk[a.Is.Desk]
				} else {
					return err
				}
			}
			got.Questions = append(got.Questions, a)
		}
		return nil
	})
	if err == nil && calls && len(got.Guests) > 0 {
		err = s.DB.Note(ctx, by, Call, which.String(), act.Change{"numbers": len(got.Guests)})
	}
	return got, err
}

// phone opens a guest's number as far as it may be known: its end tells two people of one name apart at the door.
func (s *Service) phone(city string, which ID, g *Guest, sees, whole bool) error {
	if g.sealed == nil || !sees {
		return nil
	}
	plain, err := s.Keys.Open(phonePlace(city, which, g.No), g.sealed)
	if err != nil {
		return err
	}
	if g.Phone = string(plain); !whole && len(g.Phone) > 4 {
		g.Phone = g.Phone[len(g.Phone)-4:]
	}
	return nil
}

// Open gives what everybody may read: the events ahead with the next first, and the latest that are over.
func (s *Service) Open(ctx context.Context, city string) (ahead, past []Row, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		now := q.Now().UnixMicro()
		a, err := sqldb.All(q, scan, `SELECT `+columns+` FROM outreach_event e WHERE e.city = $1 AND e.state <> 'draft' AND e.ends_at >= $2 ORDER BY e.starts_at, e.id LIMIT 100`, now)
		if err != nil {
			return err
		}
		p, err := sqldb.All(q, scan, `SELECT `+columns+` FROM outreach_event e WHERE e.city = $1 AND e.state = 'published' AND e.ends_at < $2 ORDER BY e.starts_at DESC, e.id DESC LIMIT 20`, now)
		if err != nil {
			return err
		}
		if ahead, err = filled(q, a); err != nil {
			return err
		}
		past, err = filled(q, p)
		return err
	})
	return ahead, past, err
}

// OpenPage is an event as everybody sees it, with the viewer's own place.
type OpenPage struct {
	Row
	Shown []Question
	Mine  Guest      // its No is 0 where she has none
	Asked []Question // her own
	Now   int64
}

// LookOpen gives a published or cancelled event to anybody; words are those of a ticket, or empty.
func (s *Service) LookOpen(ctx context.Context, by authz.Actor, which ID, words string) (got OpenPage, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		got = OpenPage{Now: q.Now().UnixMicro()}
		e, g, err := mine(q, by, which, words)
		if err != nil && errs.KindOf(err) != errs.Absent || err != nil && words != "" {
			return err
		}
		if err != nil {
			if e, err = Find(q, which); err != nil {
				return err
			}
		}
		got.Mine = g
		if e.State == Draft {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		rows, err := filled(q, []Event{e})
		if err != nil {
			return err
		}
		got.Row = rows[0]
		all, err := questionsOf(q, e.ID)
		for _, x := range all {
			if x.ShownAt > 0 {
				got.Shown = append(got.Shown, x)
			}
			if g.No > 0 && x.Guest == g.No {
				got.Asked = append(got.Asked, x)
			}
		}
		return err
	})
	return got, err
}

// Mine gives the events that the actor has signed up for, the latest first.
func (s *Service) Mine(ctx context.Context, by authz.Actor) (all []Row, err error) {
	if by.User == "" {
		return nil, nil
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		events, err := sqldb.All(q, scan, `SELECT `+columns+` FROM outreach_event e WHERE e.city = $1
			AND e.id IN (SELECT g.event FROM outreach_guest g WHERE g.city = $1 AND g.account = $2 AND g.state = 'coming') ORDER BY e.starts_at DESC LIMIT 100`, by.User)
		if err != nil {
			return err
		}
		all, err = filled(q, events)
		return err
	})
	return all, err
}

// Answers gives the questions that everybody may read, the latest first.
func (s *Service) Answers(ctx context.Context, city string) (all []Question, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		all, err = sqldb.All(q, scanQuestion, `SELECT `+questionColumns+` FROM outreach_question x WHERE x.city = $1 AND x.shown_at > 0 ORDER BY x.shown_at DESC LIMIT 200`)
		return err
	})
	return all, err
}

// Desks finds desks to which a question may be given.
func (s *Service) Desks(ctx context.Context, by authz.Actor, words string) (all []org.Node, err error) {
	if err := by.MustSomewhere(Give); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if words == "" {
			all, err = org.Subtree(q, authz.Scope{All: true}, org.City, org.County, org.Bank, org.Department)
		} else {
			all, err = org.Search(q, authz.Scope{All: true}, words)
		}
		return err
	})
	return all, err
}
