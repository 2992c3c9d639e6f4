package density

import (
	"context"
	"encoding/json"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/act"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
)

// Fit is an outline of a file with the division that it was found to be.
type Fit struct {
	Code, Name string // as the file gives them
	Node       org.Node
	Found      bool
	Twice      bool // several divisions have the name, or the file has the division twice
	Points     int
}

// Fitting is what a file of outlines would change.
type Fitting struct {
	Fits   []Fit
	Ready  int // outlines that would be set
	Origin string
}

// Outlines reads a file of outlines in a stated coordinate system and matches each to a division by its code, else by its
// name. Nothing is written unless set says so; then those matched are set in one act, the others are left out.
func (s *Service) Outlines(ctx context.Context, by authz.Actor, data []byte, crs geo.CRS, origin string, set bool) (Fitting, error) {
	f := Fitting{Origin: strings.TrimSpace(origin)}
	all, err := geo.ReadBoundaries(data, crs)
	if err != nil {
		return f, err
	}
	match := func(q sqldb.Q) ([]org.Outline, error) {
		f.Fits, f.Ready = nil, 0
		nodes, err := org.Subtree(q, by.Scope(Outline), divisionKinds...)
		if err != nil {
			return nil, err
		}
		return f.match(q, nodes, all, crs)
	}
	if !set {
		return f, s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
			if err := by.MustSomewhere(Outline); err != nil {
				return err
			}
			_, err := match(q)
			return err
		})
	}
	defer s.forgetRead()
	return f, s.DB.Write(ctx, by, func(tx *sqldb.Tx) error {
		if err := by.MustSomewhere(Outline); err != nil {
			return err
		}
		outlines, err := match(tx)
		if err != nil {
			return err
		}
		if len(outlines) == 0 {
			return errs.New(errs.Invalid, "density.outlines_none", nil)
		}
		if err := org.PutBoundaries(tx, outlines); err != nil {
			return err
		}
		return tx.Record(Outline, "", act.Change{"outlines": len(outlines), "origin": f.Origin, "crs": crs})
	})
}

func (f *Fitting) match(q sqldb.Q, nodes []org.Node, all []geo.Boundary, crs geo.CRS) ([]org.Outline, error) {
	byName, byCode := map[string][]org.Node{}, map[string]org.Node{}
	for _, n := range nodes {
		byName[n.Name] = append(byName[n.Name], n)
		codes, err := org.Codes(q, n.ID)
		if err != nil {
			return nil, err
		}
		for _, c := range codes {
			if c.Scheme == "stat" && c.Until.IsZero() {
				byCode[strings.TrimRight(c.Code, "0")] = n
			}
		}
	}
	taken := map[org.ID]bool{}
	var out []org.Outline
	for i := range all {
		b := &all[i]
		fit := Fit{Code: b.Code, Name: b.Name}
		if n, ok := byCode[strings.TrimRight(b.Code, "0")]; ok && b.Code != "" {
			fit.Node, fit.Found = n, true
		} else if same := byName[b.Name]; len(same) == 1 {
			fit.Node, fit.Found = same[0], true
		} else if len(same) > 1 {
			fit.Twice = true
		}
		if fit.Found && taken[fit.Node.ID] {
			fit.Found, fit.Twice = false, true
		}
		if fit.Found {
			taken[fit.Node.ID] = true
			f.Ready++
			text, err := json.Marshal(shapeOf(b, &fit.Points))
			if err != nil {
				return nil, err
			}
			out = append(out, org.Outline{Org: fit.Node.ID, GeoJSON: string(text), CRS: string(crs), Origin: f.Origin})
		}
		f.Fits = append(f.Fits, fit)
	}
	return out, nil
}

// shapeOf is an outline as a GeoJSON geometry in WGS-84, its rings closed.
func shapeOf(b *geo.Boundary, points *int) map[string]any {
	ring := func(r geo.Ring) [][2]float64 {
		line := make([][2]float64, 0, len(r)+1)
		for _, p := range r {
			line = append(line, [2]float64{p.Lon, p.Lat})
		}
		*points += len(r)
		return append(line, line[0])
	}
	var polygons [][][][2]float64
	for _, p := range b.Polygons {
		rings := [][][2]float64{ring(p.Outer)}
		for _, h := range p.Holes {
			rings = append(rings, ring(h))
		}
		polygons = append(polygons, rings)
	}
	return map[string]any{"type": "MultiPolygon", "coordinates": polygons}
}
