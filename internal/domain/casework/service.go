package casework

import (
	"context"
	"fmt"
	"time"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/workflow"
)

// Service is the use cases of matters.
type Service struct {
	DB      *sqldb.DB
	Serials *sqldb.Serials
	Cursors *page.Cursors
	Zone    *time.Location // of the city: a day ends at its midnight

	// Tell, where it is set, lets those know whom a step concerns, within the act.
	Tell func(tx *sqldb.Tx, m Matter, step authz.Verb) error
}

// Number draws the serial number of a new matter. It is called before the act.
func (s *Service) Number(ctx context.Context, city string, k Kind) (string, error) {
	year := day.Of(s.DB.Now(), s.Zone).Year()
	n, err := s.Serials.Next(ctx, city, fmt.Sprintf("matter.%s.%d", k, year), 1)
	return fmt.Sprintf("%s-%d-%05d", k.prefix(), year, n), err
}

// Add opens a matter within an act of the caller's, whose verb names the tables of Written. The serial comes from Number;
// the caller permits and records.
func (s *Service) Add(tx *sqldb.Tx, serial string, n New) (Matter, error) {
	if err := n.check(); err != nil {
		return Matter{}, err
	}
	if _, err := org.Find(tx, n.Org); err != nil {
		return Matter{}, err
	}
	if err := openDesk(tx, n.Desk); err != nil {
		return Matter{}, err
	}
	if who, err := id.Parse[person.Person](n.Subject); err == nil { // whoever comes to destroy her sees that she is named
		if _, err := person.Hold(tx, who); err != nil {
			return Matter{}, err
		}
	}
	cal, err := Calendar(tx)
	if err != nil {
		return Matter{}, err
	}
	due, _ := cal.AddWorkdays(day.Of(tx.Now(), s.Zone), n.Days)
	m := Matter{
		ID: id.New[Matter](tx.Now()), Serial: serial, Kind: n.Kind, Title: n.Title, Subject: n.Subject, Org: n.Org, Desk: n.Desk, Owner: n.Owner,
		State: Open, Due: due, OpenedAt: tx.Now().UnixMicro(), OpenedBy: tx.By().User,
		Limited: n.Limited,
	}
	if err := insert(tx, m); err != nil {
		return m, err
	}
	for _, account := range n.Readers {
		if err := Admit(tx, m.ID, account); err != nil {
			return m, err
		}
	}
	if err := write(tx, m, Raise, n.Text); err != nil {
		return m, err
	}
	return m, s.tell(tx, m, Raise)
}

func openDesk(q sqldb.Q, desk org.ID) error {
	d, err := org.Find(q, desk)
	if err == nil && !d.IsOpen() {
		err = errs.New(errs.Conflict, "casework.desk_closed", errs.Args{"name": d.Name})
	}
	return err
}

func (s *Service) tell(tx *sqldb.Tx, m Matter, step authz.Verb) error {
	if s.Tell == nil {
		return nil
	}
	return s.Tell(tx, m, step)
}

// Open puts a matter on a desk.
func (s *Service) Open(ctx context.Context, by authz.Actor, n New) (Matter, error) {
	return s.Ask(ctx, by, n, func(tx *sqldb.Tx) (org.ID, error) {
		at, err := org.Find(tx, n.Org)
		if err != nil {
			return "", err
		}
		return n.Desk, by.Must(Raise, at.Path)
	})
}

// Ask opens a matter for somebody who need not hold a right at any desk, such as a resident about what is her own. permit
// says, within the act, whether she may, and which desk answers.
func (s *Service) Ask(ctx context.Context, by authz.Actor, n New, permit func(tx *sqldb.Tx) (desk org.ID, err error)) (Matter, error) {
	if err := n.check(); err != nil {
		return Matter{}, err
	}
	serial, err := s.Number(ctx, by.City, n.Kind)
	if err != nil {
		return Matter{}, err
	}
	var made Matter
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		var err error
		if n.Desk, err = permit(tx); err != nil {
			return err
		}
		if made, err = s.Add(tx, serial, n); err != nil {
			return err
		}
		if err := tx.Record(Raise, made.ID.String(), act.Change{"serial": serial, "kind": n.Kind, "desk": n.Desk, "due": made.Due.String()}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// Answer gives the answer to whoever raised the matter; the clock stops.
func (s *Service) Answer(ctx context.Context, by authz.Actor, m ID, answer string) error {
	return s.Do(ctx, by, m, Answer, Step{Answer: answer})
}

// PassOn makes another desk responsible (转办). The due date stays.
func (s *Service) PassOn(ctx context.Context, by authz.Actor, m ID, desk org.ID, reason string) error {
	return s.Do(ctx, by, m, PassOn, Step{Desk: desk, Reason: reason})
}

// Pause stops the clock, as while an applicant completes papers.
func (s *Service) Pause(ctx context.Context, by authz.Actor, m ID, reason string) error {
	return s.Do(ctx, by, m, Pause, Step{Reason: reason})
}

// Resume lets the clock run on; the working days of the pause are added to the due date.
func (s *Service) Resume(ctx context.Context, by authz.Actor, m ID) error {
	return s.Do(ctx, by, m, Resume, Step{})
}

// Extend gives a later due date.
func (s *Service) Extend(ctx context.Context, by authz.Actor, m ID, due day.Day, reason string) error {
	return s.Do(ctx, by, m, Extend, Step{Due: due, Reason: reason})
}

// Close ends a matter; one without an answer needs a reason.
func (s *Service) Close(ctx context.Context, by authz.Actor, m ID, reason string) error {
	return s.Do(ctx, by, m, Close, Step{Reason: reason})
}

// Reopen takes an answered or closed matter up again, due in so many working days.
func (s *Service) Reopen(ctx context.Context, by authz.Actor, m ID, days int, reason string) error {
	return s.Do(ctx, by, m, Reopen, Step{Days: days, Reason: reason})
}

// Do takes one step of the Process with a matter. The right counts at the responsible desk.
func (s *Service) Do(ctx context.Context, by authz.Actor, target ID, verb authz.Verb, step Step) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		old, err := Find(tx, target)
		if err != nil {
			return err
		}
		if err := mayRead(tx, by, old); err != nil {
			return err
		}
		if old.Limited {
			return errs.New(errs.Conflict, "casework.limited", nil)
		}
		desk, err := org.Named(tx, []org.ID{old.Desk})
		if err != nil {
			return err
		}
		if !by.Can(verb, desk[old.Desk].Path) {
			return errs.New(errs.Denied, "errs.denied", nil)
		}
		m, err := s.Take(tx, old, verb, step)
		if err != nil {
			return err
		}
		return tx.Record(verb, m.ID.String(), act.Change{"state": m.State, "desk": m.Desk, "due": m.Due.String()})
	})
	return sqldb.Done(err)
}

// Take takes a step with a matter within an act of the caller's, whose verb names the tables of Written. The caller permits
// and records.
func (s *Service) Take(tx *sqldb.Tx, old Matter, verb authz.Verb, step Step) (Matter, error) {
	move, ok := Process.Allowed(old.State, verb)
	if !ok {
		return old, errs.New(errs.Conflict, "casework.not_now", nil)
	}
	cal, err := Calendar(tx)
	if err != nil {
		return old, err
	}
	m, err := old.apply(move, step, day.Of(tx.Now(), s.Zone), tx.Now().UnixMicro(), cal)
	if err != nil {
		return old, err
	}
	if move.Needs.Desk {
		if err := openDesk(tx, m.Desk); err != nil {
			return old, err
		}
	}
	if err := change(tx, old, m); err != nil {
		return old, err
	}
	as := step.As
	if as.IsZero() {
		as = verb
	}
	if err := write(tx, m, as, step.Reason+step.Answer); err != nil {
		return old, err
	}
	return m, s.tell(tx, m, verb)
}

// Tell writes into a matter's history what has happened beside it, within an act of the caller's.
func Tell(tx *sqldb.Tx, m Matter, verb authz.Verb, text string) error {
	return write(tx, m, verb, text)
}

// Note adds a remark to a matter, whatever its state.
func (s *Service) Note(ctx context.Context, by authz.Actor, target ID, text string) error {
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		m, err := Find(tx, target)
		if err != nil {
			return err
		}
		if err := mayRead(tx, by, m); err != nil {
			return err
		}
		if m.Limited {
			return errs.New(errs.Conflict, "casework.limited", nil)
		}
		at, err := org.Named(tx, []org.ID{m.Desk, m.Org})
		if err != nil {
			return err
		}
		if !by.Can(Remark, at[m.Desk].Path) && !by.Can(Remark, at[m.Org].Path) {
			return errs.New(errs.Denied, "errs.denied", nil)
		}
		var p errs.Problems
		p.Require(text != "", "text", "field.required", nil)
		p.Require(len([]rune(text)) <= maxText, "text", "field.long", errs.Args{"max": maxText})
		if err := p.Err(); err != nil {
			return err
		}
		if err := write(tx, m, Remark, text); err != nil {
			return err
		}
		return tx.Record(Remark, m.ID.String(), nil)
	})
	return sqldb.Done(err)
}

// View is a matter as its page shows it.
type View struct {
	Matter
	Lines []Line
	Orgs  map[org.ID]org.Node // of the matter and its lines
	Moves []workflow.Move[State]
	Light workflow.Light
	Note  bool // the viewer may add a remark
	Warn  day.Warning
}

// View gives a matter that somebody may see, with the steps that she may take.
func (s *Service) View(ctx context.Context, by authz.Actor, target ID) (v View, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if v.Matter, err = Find(q, target); err != nil {
			return err
		}
		if err := mayRead(q, by, v.Matter); err != nil {
			return err
		}
		if v.Lines, err = Lines(q, target); err != nil {
			return err
		}
		ids := []org.ID{v.Org, v.Desk}
		for _, l := range v.Lines {
			ids = append(ids, l.Desk)
		}
		if v.Orgs, err = org.Named(q, ids); err != nil {
			return err
		}
		cal, err := Calendar(q)
		if err != nil {
			return err
		}
		today := day.Of(q.Now(), s.Zone)
		v.Light = v.Matter.Light(today, cal)
		_, v.Warn = cal.WorkdaysBetween(today, v.Due)
		if v.Limited {
			return nil
		}
		for _, m := range Process.Next(v.State) {
			if by.Can(m.Verb, v.Orgs[v.Desk].Path) {
				v.Moves = append(v.Moves, m)
			}
		}
		v.Note = by.Can(Remark, v.Orgs[v.Desk].Path) || by.Can(Remark, v.Orgs[v.Org].Path)
		return nil
	})
	return v, err
}
