package rulebook

import (
	"context"
	"strconv"

	"zhidian/internal/domain/rulebook/condition"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/money"
	"zhidian/internal/platform/sqldb"
)

// Shelf is everything that the city's book holds.
type Shelf struct {
	Versions []Kept
	Rates    Quotes
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
		shelf.Rates, err = rates(q)
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
		k, err = find(q, which)
		return err
	})
	if err == nil {
		tried, err = s.tried(k)
	}
	return k, tried, err
}

// Numbers gives every field that is a number, by precedence, for conditions: amounts in fen, rates and shares in millionths.
func (t *Terms) Numbers() map[string]condition.Number {
	all := map[string]condition.Number{}
	for _, v := range t.lines {
		for _, f := range v.Fields {
			if _, known := all[f.Name]; known {
				continue
			}
			if u, ok := t.Find(f.Name); ok {
				if n, ok := numeric(u.Value); ok {
					all[f.Name] = condition.Number{Value: n, Version: u.Version}
				}
			}
		}
	}
	return all
}

func numeric(s string) (int, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, true
	}
	if r, err := money.ParseRate(s); err == nil {
		return int(r), true
	}
	a, err := money.Parse(s)
	return int(a), err == nil
}
