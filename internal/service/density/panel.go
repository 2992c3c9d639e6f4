package density

import (
	"cmp"
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sqldb"
)

// Picked is what stands in one hexagon.
type Picked struct {
	View  *View
	Sum   Area
	Rows  []Figures // the places in it, the fullest first
	Towns map[org.ID]string
}

// Pick reads one hexagon of a map.
func (s *Service) Pick(ctx context.Context, by authz.Actor, want Query, cell string) (*Picked, error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	if _, ok := parseCell(cell); !ok || !slices.Contains(Sides, want.Side) {
		return nil, errs.New(errs.Absent, "errs.absent", nil)
	}
	p := &Picked{Towns: map[org.ID]string{}}
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		v, err := s.see(q, by, want)
		if err != nil {
			return err
		}
		if want.Side < Finest(v.Fineness()) {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		p.View = v
		areas, err := v.hexagons(by, want.Side)
		if err != nil {
			return err
		}
		k := slices.IndexFunc(areas, func(a Area) bool { return a.ID == cell })
		if k < 0 {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		p.Sum = areas[k]
		p.Sum.Part = p.Sum.parts[0] || p.Sum.parts[1]
		for _, i := range p.Sum.Places {
			u := &v.snap.Units[i]
			p.Rows = append(p.Rows, figuresOf(u.ofItsOwn(), by.Can(person.Read, u.Path)))
			if u.Up >= 0 {
				p.Towns[u.ID] = v.snap.Units[u.Up].Name
			}
		}
		slices.SortStableFunc(p.Rows, func(a, b Figures) int { return cmp.Compare(b.Youth.N, a.Youth.N) })
		return nil
	})
	return p, err
}

// Sketch is all that a map of a view draws.
type Sketch struct {
	View      *View
	Drawing   Drawing
	Land      []string          // outlines of the place itself, GeoJSON geometries
	Edges     map[org.ID]string // outlines of the divisions that are drawn
	Order     []org.ID
	Seats     []org.Node // names to write
	Schematic bool
}

// Sketch reads a view with its map.
func (s *Service) Sketch(ctx context.Context, by authz.Actor, want Query) (*Sketch, error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	var k *Sketch
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		v, err := s.see(q, by, want)
		if err != nil {
			return err
		}
		k = &Sketch{View: v, Edges: map[org.ID]string{}}
		if want.Side != 0 && want.Side < Finest(v.Fineness()) {
			want.Side = 0
		}
		areas := k.outlines(want)
		k.Drawing, err = v.Draw(by, want.Layer, want.Side, areas)
		return err
	})
	return k, err
}

// outlines gives the outlines to draw, and the areas of the divisions among them.
func (k *Sketch) outlines(want Query) map[org.ID]float64 {
	v := k.View
	place := v.Place()
	areas := map[org.ID]float64{}
	draws := v.Level
	if want.Side != 0 {
		draws = ""
		if next := below[place.Kind]; len(next) > 0 {
			draws = next[0]
		}
	}
	for _, o := range v.snap.outlines {
		i, ok := v.snap.Find(o.Org)
		if !ok || !place.Path.Covers(v.snap.Units[i].Path) {
			continue
		}
		if o.Org == place.ID {
			k.Land, k.Schematic = append(k.Land, o.GeoJSON), k.Schematic || o.Schematic
		} else if v.snap.Units[i].Kind == draws {
			k.Schematic = k.Schematic || o.Schematic
			areas[o.Org] = o.km2
			k.Edges[o.Org] = o.GeoJSON
			k.Order = append(k.Order, o.Org)
		}
	}
	for _, i := range v.snap.Units[v.top].Below {
		if u := v.snap.Units[i]; u.At != nil && place.Kind != org.Township {
			k.Seats = append(k.Seats, u.Node)
		}
	}
	return areas
}

// squareKilometres is the area of an outline, on a plane of equal area.
func squareKilometres(text string) float64 {
	all, err := geo.ReadBoundaries([]byte(`{"type":"Feature","properties":{"name":"x"},"geometry":`+text+`}`), geo.WGS84)
	if err != nil || len(all) == 0 {
		return 0
	}
	box := all[0].Box()
	plane := geo.NewPlane(geo.Point{Lon: (box.West + box.East) / 2, Lat: (box.South + box.North) / 2})
	sum := 0.0
	for _, p := range all[0].Polygons {
		sum += ringArea(plane, p.Outer)
		for _, h := range p.Holes {
			sum -= ringArea(plane, h)
		}
	}
	return sum / 1e6
}

func ringArea(plane geo.Plane, r geo.Ring) float64 {
	sum := 0.0
	for i := range r {
		a, b := plane.Forward(r[i]), plane.Forward(r[(i+1)%len(r)])
		sum += a.X*b.Y - b.X*a.Y
	}
	return max(sum, -sum) / 2
}
