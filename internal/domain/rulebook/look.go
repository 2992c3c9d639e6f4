package rulebook

import (
	"context"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Shelf is everything that the city's book holds.
type Shelf struct {
	Versions []Kept
	Rates    Quotes
	Settings []Setting // the earliest first
}

// Look gives the whole book to who may read rules anywhere: they are the same for all.
func (s *Service) Look(ctx context.Context, by authz.Actor) (shelf Shelf, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return shelf, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		if shelf.Versions, err = all(q); err != nil {
			return err
		}
		if shelf.Rates, err = rates(q); err != nil {
			return err
		}
		shelf.Settings, err = settings(q)
		return err
	})
	return shelf, err
}

// LookAt gives one version and what its conditions say of its cases.
func (s *Service) LookAt(ctx context.Context, by authz.Actor, which ID) (k Kept, tried []Tried, err error) {
	if err := by.MustSomewhere(Read); err != nil {
		return k, nil, err
	}
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) (err error) {
		if k, err = find(q, which); err != nil {
			return err
		}
		tried, err = s.tried(q, k)
		return err
	})
	return k, tried, err
}
