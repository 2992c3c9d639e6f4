package app

import (
	"context"
	"log/slog"
	"path/filepath"
	"slices"
	"time"

	"zhidian/internal/domain/account"
	"zhidian/internal/domain/casework"
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/source"
	"zhidian/internal/platform/act/actlog"
	"zhidian/internal/platform/blob"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/platform/sqldb"
	"zhidian/internal/platform/web"
	"zhidian/internal/platform/web/door"
	"zhidian/internal/service/density/intake"
)

// smsBudget is how many messages a month may cost money before nobody gets a code any more.
const smsBudget = 20_000

// services is everything that runs in an installation, wired once.
type services struct {
	in      *installation
	db      *sqldb.DB
	log     *slog.Logger
	serials *sqldb.Serials
	orgs    *org.Service
	people  *person.Service
	sources *source.Service
	account *account.Service
	cases   *casework.Service
	intake  *intake.Service
	files   *blob.Store
	cursors *page.Cursors
}

func newServices(in *installation, log *slog.Logger) (*services, error) {
	s := &services{in: in, db: in.db, log: log, serials: &sqldb.Serials{DB: in.db}}
	zone, err := in.city.Location()
	if err != nil {
		return nil, err
	}
	if s.files, err = blob.New(filepath.Join(in.dir, blobDir)); err != nil {
		return nil, err
	}
	s.cursors = page.NewCursors(in.keys.Lookup("cursors", in.city.Slug)) // the same in every process of the installation
	s.orgs = &org.Service{DB: in.db, Serials: s.serials}
	s.people = &person.Service{DB: in.db, Keys: in.keys}
	s.sources = &source.Service{DB: in.db, Serials: s.serials}
	s.account = &account.Service{
		DB: in.db, Keys: in.keys, Zone: zone, Roles: Roles(), Log: log, Budget: smsBudget,
		Issuer: "支点·" + in.city.Name, RequireTOTP: !in.city.Demo,
	}
	s.cases = &casework.Service{DB: in.db, Serials: s.serials, Cursors: s.cursors, Zone: zone}
	s.intake = &intake.Service{DB: in.db, Serials: s.serials, Keys: in.keys, Files: s.files, Sources: s.sources, Limits: sheet.DefaultLimits}
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
