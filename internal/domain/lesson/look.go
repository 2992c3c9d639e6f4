package lesson

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Shown is a plan with what is thought of it.
type Shown struct {
	Plan
	Liked
}

// Library is the approved plans that somebody looks for, and her own.
type Library struct {
	Plans  []Shown
	Own    []Plan
	Author bool // she may write plans
}

// Library gives whoever is signed in the approved plans of a kind and for an age, the best liked first; "" and 0 stand for all.
func (s *Service) Library(ctx context.Context, by authz.Actor, kind string, age int64) (got Library, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("p.city = $1").And("p.state = 'approved'")
		if kind != "" {
			w.And("p.kind = ?", kind)
		}
		if age > 0 {
			w.And("p.age_from <= ? AND p.age_to >= ?", age, age)
		}
		if got.Plans, err = sqldb.All(q, func(f sqldb.Scan) (Shown, error) {
			var x Shown
			err := f(&x.ID, &x.Serial, &x.Title, &x.Kind, &x.AgeFrom, &x.AgeTo, &x.Minutes, &x.Uses, &x.Rated, &x.Tenth)
			return x, err
		}, `SELECT p.id, p.serial, p.title, p.kind, p.age_from, p.age_to, p.minutes, `+liked+` FROM lesson_plan p WHERE `+w.SQL()+` ORDER BY 10 DESC, 8 DESC, p.id DESC LIMIT 100`, w.Args()...); err != nil {
			return err
		}
		if got.Own, err = sqldb.All(q, scan, `SELECT `+columns+` FROM lesson_plan p WHERE p.city = $1 AND p.account = $2 ORDER BY p.id DESC LIMIT 100`, by.User); err != nil {
			return err
		}
		desk, err := s.Author(q, by)
		got.Author = desk != ""
		return err
	})
	return got, err
}

// liked is what is thought of plan p, in the order of Liked; the mean is rounded half up.
const liked = `(SELECT COUNT(*) FROM lesson_use u WHERE u.city = p.city AND u.plan = p.id),
	(SELECT COUNT(*) FROM lesson_rating r WHERE r.city = p.city AND r.plan = p.id),
	(SELECT COALESCE((CAST(SUM(r.stars) AS BIGINT) * 20 + COUNT(*)) / NULLIF(COUNT(*) * 2, 0), 0) FROM lesson_rating r WHERE r.city = p.city AND r.plan = p.id)`

// One is a plan as somebody sees it.
type One struct {
	Shown
	Mine  bool  // she wrote it
	Used  bool  // she has used it and may rate it
	Stars int64 // that she has given; 0: none
}

// One gives an approved plan to whoever is signed in, and her own in any state; others are absent.
func (s *Service) One(ctx context.Context, by authz.Actor, which ID) (got One, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if got.Plan, err = find(q, which); err != nil {
			return err
		}
		if got.Mine = by.User != "" && got.Account == by.User; !got.Mine && got.State != Approved {
			return absent()
		}
		if err := q.Row(`SELECT `+liked+` FROM lesson_plan p WHERE p.city = $1 AND p.id = $2`, which).Scan(&got.Uses, &got.Rated, &got.Tenth); err != nil {
			return err
		}
		has, err := used(q, which, by)
		if err != nil {
			return err
		}
		got.Used = has && !got.Mine
		return q.Row(`SELECT COALESCE(MAX(stars), 0) FROM lesson_rating WHERE city = $1 AND plan = $2 AND account = $3`, which, by.User).Scan(&got.Stars)
	})
	return got, err
}

// Waiting gives the plans that lie before the actor's desks, those that wait longest first.
func (s *Service) Waiting(ctx context.Context, by authz.Actor) (all []Plan, err error) {
	if err := by.MustSomewhere(Review); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var w sqldb.Where
		w.And("p.city = $1").And("p.state = 'submitted'")
		org.Inside(&w, by.Scope(Review), "p.org")
		all, err = sqldb.All(q, scan, `SELECT `+columns+` FROM lesson_plan p WHERE `+w.SQL()+` ORDER BY p.edited_at, p.id LIMIT 100`, w.Args()...)
		return err
	})
	return all, err
}

// Before gives one plan to the desk before which it lies.
func (s *Service) Before(ctx context.Context, by authz.Actor, which ID) (p Plan, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		p, err = s.at(q, by, which)
		return err
	})
	return p, err
}
