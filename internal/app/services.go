package app

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
)

// services is everything that runs in an installation, wired once.
type services struct {
	in      *installation
	db      *sqldb.DB
	log     *slog.Logger
	serials *sqldb.Serials
	orgs    *org.Service
}

func newServices(in *installation, log *slog.Logger) (*services, error) {
	s := &services{in: in, db: in.db, log: log, serials: &sqldb.Serials{DB: in.db}}
	s.orgs = &org.Service{DB: in.db, Serials: s.serials}
	return s, nil
}

func (s *services) routes(doors *door.Doors) []web.Route {
	return slices.Concat(ownRoutes(doors))
}

func (s *services) sessions() web.Sessions { return nil }

func (s *services) tokens() web.Sessions { return nil }

func (s *services) waiting(*web.Request) (notices, jobs int) { return 0, 0 }

// loops are what goes on beside the requests.
func (s *services) loops(keeper string) loops {
	return loops{
		{"seal the log of acts", 500 * time.Millisecond, s.sealLog},
		{"hand the log's head to its keeper", 24 * time.Hour, func(ctx context.Context) error { return handOver(ctx, s.in, keeper) }},
	}
}

func (s *services) sealLog(ctx context.Context) error {
	for {
		n, err := actlog.Seal(ctx, s.db, s.in.city.Slug, s.in.keys.Signer())
		if err != nil || n < actlog.Batch {
			return err
		}
	}
}

func menu() []door.Entry { return nil }

// makeDemo fills an empty installation with the demo city, by the same use cases that people use.
func (s *services) makeDemo(ctx context.Context, size demo.Size, step func(string)) error {
	by := authz.System(s.in.city.Slug)
	c, err := demo.Make(size)
	if err != nil {
		return err
	}
	if _, err := s.addDivisions(ctx, by, c.Divisions); err != nil {
		return err
	}
	step("市、县、乡、村 divisions")
	return s.db.Optimize(ctx)
}
