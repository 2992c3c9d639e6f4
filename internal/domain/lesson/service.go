package lesson

import (
	"context"
	"fmt"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/timetable"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

const columns = `p.id, p.serial, p.account, p.org, p.title, p.kind, p.age_from, p.age_to, p.minutes, p.materials, p.words, p.state, p.reason, p.decided_by, p.made_at, p.edited_at`

func scan(f sqldb.Scan) (Plan, error) {
	var p Plan
	return p, f(&p.ID, &p.Serial, &p.Account, &p.Org, &p.Title, &p.Kind, &p.AgeFrom, &p.AgeTo, &p.Minutes, &p.Materials, &p.Words, &p.State, &p.Reason, &p.DecidedBy, &p.MadeAt, &p.EditedAt)
}

func find(q sqldb.Q, which ID) (Plan, error) {
	return sqldb.One(q, scan, `SELECT `+columns+` FROM lesson_plan p WHERE p.city = $1 AND p.id = $2`, which)
}

func absent() error { return errs.New(errs.Absent, "errs.absent", nil) }

// Send hands a plan in to the desk of whoever writes it.
func (s *Service) Send(ctx context.Context, by authz.Actor, p Plan) (made ID, err error) {
	if err := p.check(); err != nil {
		return made, err
	}
	year := s.DB.Now().In(s.Zone).Year()
	n, err := s.Serials.Next(ctx, by.City, fmt.Sprintf("lesson.%d", year), 1)
	if err != nil {
		return made, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		desk, err := s.author(tx, by)
		if err != nil {
			return err
		}
		made = id.New[Plan](tx.Now())
		if _, err := tx.Exec(`INSERT INTO lesson_plan (city, id, serial, account, org, title, kind, age_from, age_to, minutes, materials, words, state, made_at, edited_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'submitted', $13, $13)`,
			made, fmt.Sprintf("教案-%d-%05d", year, n), by.User, desk, p.Title, p.Kind, p.AgeFrom, p.AgeTo, p.Minutes, p.Materials, p.Words, tx.Now().UnixMicro()); err != nil {
			return err
		}
		if err := tx.Record(Submit, made.String(), act.Change{"kind": p.Kind, "minutes": p.Minutes}); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		err = nil
	}
	return made, err
}

func (s *Service) author(q sqldb.Q, by authz.Actor) (org.ID, error) {
	desk, err := s.Author(q, by)
	if err == nil && desk == "" {
		err = errs.New(errs.Denied, "lesson.not_author", nil)
	}
	return desk, err
}

// SendAgain changes a plan of one's own that is not approved, and hands it in again. Version is EditedAt as it was read.
func (s *Service) SendAgain(ctx context.Context, by authz.Actor, which ID, version int64, p Plan) error {
	if err := p.check(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		was, err := find(tx, which)
		if err != nil {
			return err
		}
		if was.Account != by.User {
			return absent()
		}
		if _, err := s.author(tx, by); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE lesson_plan SET title = $5, kind = $6, age_from = $7, age_to = $8, minutes = $9, materials = $10, words = $11, state = 'submitted', reason = '', edited_at = $12
			WHERE city = $1 AND id = $2 AND account = $3 AND edited_at = $4 AND state <> 'approved'`,
			which, by.User, version, p.Title, p.Kind, p.AgeFrom, p.AgeTo, p.Minutes, p.Materials, p.Words, max(tx.Now().UnixMicro(), version+1))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		return tx.Record(Submit, which.String(), act.Change{"kind": p.Kind, "again": true})
	}))
}

// Decide takes a plan into the library, or returns it with a reason, by its desk and not by whoever wrote it.
func (s *Service) Decide(ctx context.Context, by authz.Actor, which ID, version int64, to State, reason string) error {
	var bad errs.Problems
	bad.Require(to == Approved || to == Returned, "to", "field.choice", nil)
	bad.Require(to != Returned || reason != "", "reason", "field.required", nil)
	bad.Require(len([]rune(reason)) <= 200, "reason", "field.long", errs.Args{"max": 200})
	if err := bad.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		p, err := s.at(tx, by, which)
		if err != nil {
			return err
		}
		if p.Account == by.User {
			return errs.New(errs.Conflict, "lesson.own", nil)
		}
		n, err := tx.Exec(`UPDATE lesson_plan SET state = $4, reason = $5, decided_by = $6, edited_at = $7 WHERE city = $1 AND id = $2 AND edited_at = $3 AND state = 'submitted'`,
			which, version, string(to), reason, by.User, max(tx.Now().UnixMicro(), version+1))
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		return tx.Record(Review, which.String(), act.Change{"to": string(to), "reason": reason})
	}))
}

// at finds a plan that lies before a desk of the actor's.
func (s *Service) at(q sqldb.Q, by authz.Actor, which ID) (Plan, error) {
	p, err := find(q, which)
	if err != nil {
		return p, err
	}
	where, err := org.Find(q, p.Org)
	if err != nil {
		return p, err
	}
	return p, by.Must(Review, where.Path)
}

// Usable gives an approved plan, for whoever makes a session of it.
func Usable(q sqldb.Q, which ID) (Plan, error) {
	p, err := find(q, which)
	if err == nil && p.State != Approved {
		err = absent()
	}
	return p, err
}

// Use notes that a session was made from an approved plan, inside an act of the caller's, who permits and records.
func Use(tx *sqldb.Tx, which ID, session timetable.ID) error {
	if _, err := Usable(tx, which); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO lesson_use (city, session, plan, account, at) VALUES ($1, $2, $3, $4, $5)`, session, which, tx.By().User, tx.Now().UnixMicro())
	return err
}

// Rate says what somebody who has used a plan thinks of it; said again it replaces what she has said.
func (s *Service) Rate(ctx context.Context, by authz.Actor, which ID, stars int64) error {
	var bad errs.Problems
	bad.Require(stars >= 1 && stars <= 5, "stars", "field.range", errs.Args{"min": 1, "max": 5})
	if err := bad.Err(); err != nil {
		return err
	}
	return sqldb.Done(s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		p, err := Usable(tx, which)
		if err != nil {
			return err
		}
		has, err := used(tx, which, by)
		if err != nil {
			return err
		}
		if !has || p.Account == by.User {
			return errs.New(errs.Conflict, "lesson.not_used", nil)
		}
		if _, err := tx.Exec(`INSERT INTO lesson_rating (city, plan, account, stars, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (city, plan, account) DO UPDATE SET stars = EXCLUDED.stars, at = EXCLUDED.at`, which, by.User, stars, tx.Now().UnixMicro()); err != nil {
			return err
		}
		return tx.Record(Rate, which.String(), act.Change{"stars": stars})
	}))
}

// used tells whether somebody has used a plan: she has put it into a timetable, or has given a session that was made from it.
func used(q sqldb.Q, which ID, by authz.Actor) (bool, error) {
	var n int64
	if err := q.Row(`SELECT COUNT(*) FROM lesson_use WHERE city = $1 AND plan = $2 AND account = $3`, which, by.User).Scan(&n); err != nil || n > 0 {
		return n > 0, err
	}
	if by.Person == "" {
		return false, nil
	}
	rows, err := person.Same(q, person.ID(by.Person))
	if err != nil {
		return false, err
	}
	given, err := timetable.LedBy(q, rows, 0, q.Now().UnixMicro())
	if err != nil {
		return false, err
	}
	sessions, err := sqldb.All(q, func(f sqldb.Scan) (timetable.ID, error) {
		var x timetable.ID
		return x, f(&x)
	}, `SELECT session FROM lesson_use WHERE city = $1 AND plan = $2`, which)
	return slices.ContainsFunc(given, func(x timetable.Session) bool { return slices.Contains(sessions, x.ID) }), err
}
