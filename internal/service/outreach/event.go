package outreach

import (
	"context"
	"fmt"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

const columns = `e.id, e.serial, e.org, e.kind, e.title, e.says, e.place, e.starts_at, e.ends_at, e.closes_at, e.seats, e.taken, e.signed, e.came, e.walked, e.state, e.reason,
	e.made_by, e.made_at, e.edited_at`

func scan(s sqldb.Scan) (e Event, err error) {
	return e, s(&e.ID, &e.Serial, &e.Org, &e.Kind, &e.Title, &e.Says, &e.Place, &e.Starts, &e.Ends, &e.Closes, &e.Seats, &e.Taken, &e.Signed, &e.Came, &e.Walked, &e.State, &e.Reason,
		&e.MadeBy, &e.MadeAt, &e.EditedAt)
}

// Find gives one event.
func Find(q sqldb.Q, which ID) (Event, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM outreach_event e WHERE e.city = $1 AND e.id = $2`, which)
}

// placed finds an event where somebody holds a verb.
func placed(q sqldb.Q, by authz.Actor, v authz.Verb, which ID) (Event, org.Node, error) {
	e, err := Find(q, which)
	if err != nil {
		return e, org.Node{}, err
	}
	at, err := org.Find(q, e.Org)
	if err != nil {
		return e, at, err
	}
	return e, at, by.Must(v, at.Path)
}

// Draw writes the draft of an event.
func (s *Service) Draw(ctx context.Context, by authz.Actor, g Given) (made ID, err error) {
	year := s.DB.Now().In(s.Zone).Year()
	n, err := s.Serials.Next(ctx, by.City, fmt.Sprintf("outreach.%d", year), 1)
	if err != nil {
		return made, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, g.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Hold, at.Path); err != nil {
			return err
		}
		if !at.IsOpen() {
			var p errs.Problems
			p.Add("org", "field.choice", nil)
			return p.Err()
		}
		now := tx.Now().UnixMicro()
		if err := g.check(now); err != nil {
			return err
		}
		made = id.New[Event](tx.Now())
		serial := fmt.Sprintf("宣讲-%d-%05d", year, n)
		if _, err := tx.Exec(`INSERT INTO outreach_event (city, id, serial, org, kind, title, says, place, starts_at, ends_at, closes_at, seats, state, made_by, made_at, edited_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'draft', $13, $14, $14)`,
			made, serial, g.Org, g.Kind, g.Title, g.Says, g.Place, g.Starts, g.Ends, g.Closes, g.Seats, by.User, now); err != nil {
			return err
		}
		if err := tx.Record(Hold, made.String(), act.Change{"serial": serial, "given": g}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

// Edit writes an event anew over the version that was read. Of a published one the places cannot become fewer than are taken, and whoever
// holds it stays.
func (s *Service) Edit(ctx context.Context, by authz.Actor, which ID, version int64, g Given) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		e, _, err := placed(tx, by, Hold, which)
		if err != nil {
			return err
		}
		if e.State == Cancelled {
			return errs.New(errs.Conflict, "outreach.cancelled", nil)
		}
		g.Org = e.Org
		now := tx.Now().UnixMicro()
		if err := g.check(now); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE outreach_event SET kind = $4, title = $5, says = $6, place = $7, starts_at = $8, ends_at = $9, closes_at = $10, seats = $11, edited_at = $12
			WHERE city = $1 AND id = $2 AND edited_at = $3 AND (CAST($11 AS BIGINT) = 0 OR taken <= CAST($11 AS BIGINT))`,
			which, version, g.Kind, g.Title, g.Says, g.Place, g.Starts, g.Ends, g.Closes, g.Seats, now)
		if err != nil {
			return err
		}
		if n == 0 {
			if e, err = Find(tx, which); err == nil && e.EditedAt == version {
				var p errs.Problems
				p.Add("seats", "outreach.seats_taken", errs.Args{"n": e.Taken})
				return p.Err()
			}
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		return tx.Record(Hold, which.String(), act.Change{"given": g})
	}))
}

// Publish lets everybody read a draft and sign up.
func (s *Service) Publish(ctx context.Context, by authz.Actor, which ID) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		e, _, err := placed(tx, by, Hold, which)
		if err != nil {
			return err
		}
		now := tx.Now().UnixMicro()
		if e.Starts <= now {
			return errs.New(errs.Conflict, "outreach.past", nil)
		}
		n, err := tx.Exec(`UPDATE outreach_event SET state = 'published', edited_at = $3 WHERE city = $1 AND id = $2 AND state = 'draft'`, which, now)
		if err == nil && n == 0 {
			err = errs.New(errs.Conflict, "outreach.no_draft", nil)
		}
		if err != nil {
			return err
		}
		return tx.Record(Hold, which.String(), act.Change{"state": Published})
	}))
}

// Cancel calls an event off; those with an account are told, the others can be called.
func (s *Service) Cancel(ctx context.Context, by authz.Actor, which ID, reason string) error {
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		e, _, err := placed(tx, by, Hold, which)
		if err != nil {
			return err
		}
		var p errs.Problems
		p.Require(reason != "", "reason", "field.required", nil)
		p.Require(len([]rune(reason)) <= 200, "reason", "field.long", errs.Args{"max": 200})
		if err := p.Err(); err != nil {
			return err
		}
		now := tx.Now().UnixMicro()
		n, err := tx.Exec(`UPDATE outreach_event SET state = 'cancelled', reason = $3, edited_at = $4 WHERE city = $1 AND id = $2 AND state <> 'cancelled' AND starts_at > $4`, which, reason, now)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "outreach.over_already", nil)
		}
		all, err := guestsOf(tx, which)
		if err != nil {
			return err
		}
		for _, x := range all {
			if x.Account != "" && x.State == Coming && s.Tell != nil {
				if err := s.Tell(tx, x.Account, e); err != nil {
					return err
				}
			}
		}
		return tx.Record(Hold, which.String(), act.Change{"state": Cancelled, "reason": reason})
	}))
}

// Homes gives the organisations for which somebody may hold events.
func (s *Service) Homes(ctx context.Context, by authz.Actor) (all []org.Node, err error) {
	if err := by.MustSomewhere(Hold); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		found, err := org.Subtree(q, by.Scope(Hold), org.City, org.County, org.Township, org.School)
		for _, n := range found {
			if n.IsOpen() {
				all = append(all, n)
			}
		}
		return err
	})
	return all, err
}
