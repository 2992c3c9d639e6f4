package app

import (
	"context"

	"zhidian/internal/app/demo"
	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
)

// codesFrom is the date of the division table.
var codesFrom = day.Must("2023-06-30")

var kindOfLevel = map[string]org.Kind{"city": org.City, "county": org.County, "township": org.Township, "village": org.Village}

// addDivisions founds the tree's trunk, the children of each parent in one act.
func (s *services) addDivisions(ctx context.Context, by authz.Actor, all []demo.Division) (map[string]org.Node, error) {
	made := make(map[string]org.Node, len(all))
	below := map[string][]demo.Division{}
	for _, d := range all {
		below[d.Parent] = append(below[d.Parent], d)
	}
	for level := []string{""}; len(level) > 0; {
		var next []string
		for _, parent := range level {
			children := below[parent]
			if len(children) == 0 {
				continue
			}
			first, err := s.serials.Next(ctx, by.City, "org", int64(len(children)))
			if err != nil {
				return nil, err
			}
			var nodes []org.Node
			err = s.db.Write(ctx, by, func(tx *sqldb.Tx) error {
				if nodes, err = org.Add(tx, made[parent], first, divisions(children)); err != nil {
					return err
				}
				return tx.Record(org.Create, made[parent].ID.String(), act.Change{"divisions": len(nodes)})
			})
			if err != nil {
				return nil, err
			}
			for i, n := range nodes {
				made[children[i].Code] = n
				next = append(next, children[i].Code)
			}
		}
		level = next
	}
	return made, nil
}

func divisions(all []demo.Division) []org.New {
	out := make([]org.New, len(all))
	for i, d := range all {
		out[i] = org.New{
			Kind: kindOfLevel[d.Level], Name: d.Name, At: &geo.Point{Lon: d.At.Lon, Lat: d.At.Lat}, CRS: "wgs84", Fineness: "village",
			Codes: []org.Code{{Scheme: "stat", Code: d.Code, From: codesFrom}},
		}
	}
	return out
}
