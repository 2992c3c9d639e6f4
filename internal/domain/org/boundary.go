package org

import (
	"context"

	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/sqldb"
)

// Draw is to set an organisation's outline.
var Draw = authz.Verb{Key: "org.draw", Writes: "boundary"}

// Outline is the outline of a division on the map.
type Outline struct {
	Org       ID
	GeoJSON   string // a geometry, Polygon or MultiPolygon, in WGS-84
	CRS       string // the system in which it was given
	Origin    string // who drew it, and when
	Schematic bool   // not surveyed: pages must say so
}

// SetBoundary gives a division its outline, in place of an earlier one.
func (s *Service) SetBoundary(ctx context.Context, by authz.Actor, o Outline) error {
	return s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		n, err := Find(tx, o.Org)
		if err != nil {
			return err
		}
		if err := by.Must(Draw, n.Path); err != nil {
			return err
		}
		if err := PutBoundaries(tx, []Outline{o}); err != nil {
			return err
		}
		return tx.Record(Draw, o.Org.String(), act.Change{"origin": o.Origin, "crs": o.CRS, "schematic": o.Schematic})
	})
}

// PutBoundaries sets outlines within an act of the caller's, who permits and records.
func PutBoundaries(tx *sqldb.Tx, all []Outline) error {
	_, err := tx.Bulk(`INSERT INTO boundary (city, org, geojson, crs, origin, schematic) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (city, org) DO UPDATE SET geojson = EXCLUDED.geojson, crs = EXCLUDED.crs, origin = EXCLUDED.origin, schematic = EXCLUDED.schematic`,
		len(all), func(i int) []any {
			o := all[i]
			schematic := 0
			if o.Schematic {
				schematic = 1
			}
			return []any{o.Org, o.GeoJSON, o.CRS, o.Origin, schematic}
		})
	return err
}

// Boundaries gives the outlines of the divisions in a scope, of some kinds where any are named, in order of the tree.
func Boundaries(q sqldb.Q, in authz.Scope, kinds ...Kind) ([]Outline, error) {
	var w sqldb.Where
	w.And("o.city = $1").Scope(in, "o.path").And(Live)
	ofKinds(&w, kinds)
	return sqldb.All(q, func(s sqldb.Scan) (Outline, error) {
		var o Outline
		var schematic int64
		err := s(&o.Org, &o.GeoJSON, &o.CRS, &o.Origin, &schematic)
		o.Schematic = schematic == 1
		return o, err
	}, `SELECT b.org, b.geojson, b.crs, b.origin, b.schematic FROM boundary b JOIN org o ON o.city = b.city AND o.id = b.org
		WHERE `+w.SQL()+` ORDER BY o.path`, w.Args()...)
}
