package place

import (
	"context"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/page"
	"zhidian/internal/platform/sqldb"
)

// What people do with places.
var (
	Read   = authz.Verb{Key: "place.read"}
	Create = authz.Verb{Key: "place.create", Writes: "place"}
	Edit   = authz.Verb{Key: "place.edit", Writes: "place"}
	Close  = authz.Verb{Key: "place.close", Writes: "place"}
	Export = authz.Verb{Key: "place.export"}
)

// Verbs lists the verbs of this package.
var Verbs = []authz.Verb{Read, Create, Edit, Close, Export}

// Service is the use cases of places.
type Service struct {
	DB      *sqldb.DB
	Cursors *page.Cursors
}

// Given is what a person says of a place. Its position is in the system that CRS names.
type Given struct {
	Org      org.ID
	Kind     string
	Name     string
	Address  string
	At       geo.Point
	CRS      geo.CRS
	Fineness string
	Capacity int64
}

// MaxCapacity is the most people that a place can be said to hold.
const MaxCapacity = 100_000

// farFrom is how far a place may lie from its organisation, in metres: further off, figures are mixed up. No county of
// China's provinces in the east is wider.
const farFrom = 150_000

// finenesses are the degrees to which a position can be exact.
var finenesses = map[string]bool{"point": true, "village": true, "township": true}

// place checks what was said, all of it at once, and gives the place with its position in WGS-84.
func (g Given) place(at org.Node) (Place, error) {
	var p errs.Problems
	p.Require(g.Kind != "", "kind", "field.required", nil)
	p.Require(g.Name != "", "name", "field.required", nil)
	p.Require(finenesses[g.Fineness], "fineness", "field.choice", nil)
	p.Require(g.Capacity >= 0 && g.Capacity <= MaxCapacity, "capacity", "field.range", errs.Args{"min": 0, "max": MaxCapacity})
	p.Require(at.IsOpen(), "org", "place.org_closed", errs.Args{"name": at.Name})
	crs, err := geo.ParseCRS(string(g.CRS))
	p.Require(err == nil, "crs", "geo.crs", nil)
	where := geo.ToWGS84(g.At, crs)
	if p.Require(g.At.Valid() && where.Valid() && where.InChina(), "lon", "place.off_the_map", nil) && at.At != nil {
		p.Require(geo.Distance(where, *at.At) <= farFrom, "lon", "place.far", errs.Args{"name": at.Name, "km": farFrom / 1000})
	}
	return Place{
		Org: g.Org, Kind: g.Kind, Name: g.Name, Address: g.Address, At: where, CRS: string(crs), Fineness: g.Fineness, Capacity: g.Capacity,
	}, p.Err()
}

// Create puts a place on the map.
func (s *Service) Create(ctx context.Context, by authz.Actor, g Given) (ID, error) {
	var made ID
	err := s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		at, err := org.Find(tx, g.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Create, at.Path); err != nil {
			return err
		}
		p, err := g.place(at)
		if err != nil {
			return err
		}
		all := []Place{p}
		if err := Add(tx, all); err != nil {
			return err
		}
		made = all[0].ID
		if err := tx.Record(Create, made.String(), p.change()); err != nil {
			return err
		}
		return tx.Answer(made)
	})
	if sqldb.Again(err, &made) {
		return made, nil
	}
	return made, err
}

func (p Place) change() act.Change {
	return act.Change{
		"org": p.Org, "kind": p.Kind, "name": p.Name, "address": p.Address, "lon": micro(p.At.Lon), "lat": micro(p.At.Lat),
		"crs": p.CRS, "fineness": p.Fineness, "capacity": p.Capacity,
	}
}

// Edit corrects a place. Version is EditedAt as it was read: of two people who correct it at once, one is told.
func (s *Service) Edit(ctx context.Context, by authz.Actor, which ID, version int64, g Given) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		old, err := Find(tx, which)
		if err != nil {
			return err
		}
		from, err := org.Find(tx, old.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Edit, from.Path); err != nil {
			return err
		}
		to, err := org.Find(tx, g.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Edit, to.Path); err != nil {
			return err
		}
		if !old.IsOpen() {
			return errs.New(errs.Conflict, "place.closed_already", errs.Args{"name": old.Name})
		}
		p, err := g.place(to)
		if err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE place SET org = $3, kind = $4, name = $5, address = $6, lon = $7, lat = $8, crs = $9, fineness = $10, capacity = $11, edited_at = $12
			WHERE city = $1 AND id = $2 AND closed = '' AND edited_at = $13`,
			which, p.Org, p.Kind, p.Name, p.Address, micro(p.At.Lon), micro(p.At.Lat), p.CRS, p.Fineness, p.Capacity, tx.Now().UnixMicro(), version)
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "errs.stale", nil)
		}
		return tx.Record(Edit, which.String(), act.Change{"old": old.change(), "new": p.change()})
	})
}

// Close says that a place serves nobody any more from a day on. It stays to be read.
func (s *Service) Close(ctx context.Context, by authz.Actor, which ID, on day.Day, reason string) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		p, err := Find(tx, which)
		if err != nil {
			return err
		}
		at, err := org.Find(tx, p.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Close, at.Path); err != nil {
			return err
		}
		var wrong errs.Problems
		wrong.Require(!on.IsZero(), "on", "field.required", nil)
		wrong.Require(reason != "", "reason", "field.required", nil)
		if err := wrong.Err(); err != nil {
			return err
		}
		n, err := tx.Exec(`UPDATE place SET closed = $3, edited_at = $4 WHERE city = $1 AND id = $2 AND closed = ''`, which, on, tx.Now().UnixMicro())
		if err != nil {
			return err
		}
		if n == 0 {
			return errs.New(errs.Conflict, "place.closed_already", errs.Args{"name": p.Name})
		}
		return tx.Record(Close, which.String(), act.Change{"on": on, "reason": reason})
	})
}
