package startuploan

import (
	"context"
	"fmt"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/id"
	"zhidian/internal/platform/sqldb"
)

// Load takes applications over from another register. Nobody holds it: it is done once, when a city begins.
var Load = authz.Verb{Key: "loan.load", Writes: "loan_application loan_party loan_desk"}

// Loaded is an application that is older than this register, as far as it has come, and its desks. Their numbers count from 1 as they stand.
type Loaded struct {
	Application
	Lead     string // the applicant's name
	Sittings []Sitting
}

// Load enters many applications in one act and gives their ids in the same order. They keep the numbers that are given to them here.
func (s *Service) Load(ctx context.Context, by authz.Actor, all []Loaded) (made []ID, err error) {
	year := day.Of(s.DB.Now(), s.Zone).Year()
	first, err := s.Serials.Next(ctx, by.City, fmt.Sprintf("loan.%d", year), int64(len(all)))
	if err != nil {
		return nil, err
	}
	err = s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustEverywhere(Load); err != nil {
			return err
		}
		type seat struct {
			of ID
			*Sitting
		}
		var seats []seat
		made = made[:0]
		for i := range all {
			x := &all[i]
			if err := x.sound(); err != nil {
				return err
			}
			x.ID, x.Serial, x.MadeBy, x.Edited = id.New[Application](tx.Now()), fmt.Sprintf("青创-%d-%05d", year, first+int64(i)), by.User, x.MadeAt
			made = append(made, x.ID)
			for k := range x.Sittings {
				x.Sittings[k].No = int64(k + 1)
				seats = append(seats, seat{x.ID, &x.Sittings[k]})
			}
		}
		for _, one := range []struct {
			query string
			n     int
			row   func(i int) []any
		}{
			{insertApplication, len(all), func(i int) []any { return all[i].first() }},
			{putApplication, len(all), func(i int) []any { return all[i].Application.values(tx.Now().UnixMicro()) }},
			{`INSERT INTO loan_party (city, application, no, role, name) VALUES ($1, $2, $3, $4, $5)`, len(all), func(i int) []any { return []any{all[i].ID, 1, string(Applicant), all[i].Lead} }},
			{insertSitting, len(seats), func(i int) []any { return seats[i].first(seats[i].of) }},
			{changeSitting, len(seats), func(i int) []any { return seats[i].Sitting.values(seats[i].of, seats[i].State) }},
		} {
			n, err := tx.Bulk(one.query, one.n, one.row)
			if err == nil && n != int64(one.n) {
				err = errs.New(errs.Conflict, "errs.stale", nil)
			}
			if err != nil {
				return err
			}
		}
		return tx.Record(Load, "", act.Change{"applications": len(all), "desks": len(seats)})
	})
	return made, err
}

// sound says what is wrong with an application that comes from elsewhere: a desk is at work only in one that is under review.
func (x *Loaded) sound() error {
	var p errs.Problems
	p.Require(x.Lead != "", "name", "field.required", nil)
	for _, d := range x.Sittings {
		works := d.State == AtWork || d.State == ToSecond
		p.Require(!works || (x.State == InReview || x.State == Appealed) && !d.Due.IsZero(), "state", "field.choice", nil)
	}
	return p.Err()
}
