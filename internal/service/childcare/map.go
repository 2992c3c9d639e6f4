package childcare

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Outlines gives the outlines of the city's counties, or of one of them with its townships, for everybody's map of classes.
func (s *Service) Outlines(ctx context.Context, city string, at org.ID) (all []org.Outline, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		if at.IsZero() {
			all, err = org.Boundaries(q, authz.Scope{All: true}, org.County)
			return err
		}
		n, err := org.Find(q, at)
		if err != nil {
			return err
		}
		all, err = org.Boundaries(q, authz.Scope{Paths: []authz.Path{n.Path}}, org.County, org.Township)
		return err
	})
	return all, err
}
