package account

import (
	"context"

	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Actor gives an account as it may act now, for work that goes on after its session: with the roles that hold today,
// and Denied once the account is closed or suspended.
func (s *Service) Actor(ctx context.Context, city, owner string) (by authz.Actor, err error) {
	if owner == authz.System(city).User {
		return authz.System(city), nil
	}
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		a, err := Find(q, ID(owner))
		if err != nil {
			return err
		}
		if a.State != Active {
			return errs.New(errs.Denied, "errs.denied", nil)
		}
		by, err = s.actor(q, a)
		return err
	})
	return by, err
}
