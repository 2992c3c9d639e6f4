package projectlibrary

import (
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/place"
	"zhidian/internal/domain/venture"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// mostSites is how many places a list of them offers.
const mostSites = 200

// Sites gives the places at an organisation and below it where a venture may stand, as far as the viewer may read places.
func (s *Service) Sites(ctx context.Context, by authz.Actor, at org.Node) ([]place.Place, error) {
	if !by.Can(place.Read, at.Path) {
		return nil, nil
	}
	all, err := s.Places.Pins(ctx, by, place.Filter{At: at.Path})
	return all[:min(len(all), mostSites)], err
}

// Areas gives the counties and townships where the viewer holds a verb, in the order of the tree, and below these what she
// holds it in. Founders, who hold none, choose among all of them: see Divisions.
func (s *Service) Areas(ctx context.Context, by authz.Actor, verb authz.Verb) ([]org.Node, error) {
	return s.areas(ctx, by.City, by.Scope(verb))
}

// Divisions gives all counties and townships.
func (s *Service) Divisions(ctx context.Context, city string) ([]org.Node, error) {
	return s.areas(ctx, city, authz.Scope{All: true})
}

func (s *Service) areas(ctx context.Context, city string, in authz.Scope) (all []org.Node, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		all, err = org.Subtree(q, in, org.County, org.Township)
		if err == nil && len(all) == 0 {
			all, err = org.Subtree(q, in, org.Village)
		}
		return err
	})
	return slices.DeleteFunc(all, func(n org.Node) bool { return !n.IsOpen() }), err
}

// Receivers gives to whom a founder may show her dossier.
func (s *Service) Receivers(ctx context.Context, city string) (all []org.Node, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		all, err = venture.Receivers(q)
		return err
	})
	return all, err
}

// Branches gives the codes of industries to anybody.
func (s *Service) Branches(ctx context.Context, city string) (all venture.Industries, err error) {
	err = s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		all, err = venture.LoadIndustries(q)
		return err
	})
	return all, err
}

// Readable gives an organisation where the viewer may read ventures; any other looks absent.
func (s *Service) Readable(ctx context.Context, by authz.Actor, which org.ID) (at org.Node, err error) {
	err = s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		if at, err = org.Find(q, which); err != nil {
			return err
		}
		return by.Must(venture.Read, at.Path)
	})
	return at, err
}
