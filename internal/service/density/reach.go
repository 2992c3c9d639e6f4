package density

import (
	"context"
	"math"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/domain/place"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
	solver "zhidian/solver/density"
)

// Reach is how many young people have a site within a distance, by straight line from the middle of their village.
type Reach struct {
	Node    org.Node
	Youth   int64 // in villages whose figure the reader may see
	Covered int64
	Share   Rate
	Unseen  int // villages whose figure is not shown, left out on both sides
	Built   Rate
	Due     int64
	DueSeen bool
	Far     []FarVillage
}

// FarVillage is a village without a site within reach.
type FarVillage struct {
	Node   org.Node
	Youth  int64
	Metres int64
}

// Coverage is what the page of coverage shows.
type Coverage struct {
	View    *View
	Kinds   []string // of site
	Kind    string
	Within  int
	Sites   int
	Rows    []Reach
	Sum     Reach
	Missing []string // kinds of source that nobody has delivered
}

// Withins are the distances that can be asked for, in metres.
var Withins = []int{500, 1000, 2000, 3000, 5000}

var needed = []string{"youth", "members", "league_orgs", "employers", "schools", "sites"}

// Cover tells the share of young people with a site of a kind within reach, row by row of a view; an empty kind is all.
func (s *Service) Cover(ctx context.Context, by authz.Actor, want Query, kind string, within int) (*Coverage, error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	if !slices.Contains(Withins, within) {
		within = 2000
	}
	c := &Coverage{Kind: kind, Within: within}
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var err error
		if c.View, err = s.see(q, by, want); err != nil {
			return err
		}
		if c.Kinds, err = place.Kinds(q); err != nil {
			return err
		}
		if kind != "" && !slices.Contains(c.Kinds, kind) {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		sites, err := place.All(q)
		if err != nil {
			return err
		}
		if kind != "" {
			sites = slices.DeleteFunc(sites, func(p place.Place) bool { return p.Kind != kind })
		}
		c.Sites = len(sites)
		for _, k := range needed {
			if !slices.ContainsFunc(c.View.Origins, func(o Origin) bool { return o.Kind == k }) {
				c.Missing = append(c.Missing, k)
			}
		}
		return c.measure(ctx, by, sites)
	})
	return c, err
}

func (c *Coverage) measure(ctx context.Context, by authz.Actor, sites []place.Place) error {
	v := c.View
	proj, err := v.projection()
	if err != nil {
		return err
	}
	p := solver.Problem{Grid: solver.Grid{Side: 2000}, Within: solver.Metres(c.Within), Nearest: true}
	var villages []int
	for _, i := range v.snap.Under(v.top, org.Village) {
		u := &v.snap.Units[i]
		if u.At == nil {
			continue
		}
		at := proj.Plane(solver.LonLat{Lon: u.At.Lon, Lat: u.At.Lat})
		p.X, p.Y = append(p.X, at.X), append(p.Y, at.Y)
		villages = append(villages, i)
	}
	for _, s := range sites {
		p.Sites = append(p.Sites, proj.Plane(solver.LonLat{Lon: s.At.Lon, Lat: s.At.Lat}))
	}
	found, err := solver.Solve(ctx, p, solver.Options{Workers: 1})
	if err != nil {
		return err
	}
	rows := v.Rows
	if len(rows) == 0 {
		rows = []Figures{v.Sum}
	}
	for _, f := range rows {
		c.Rows = append(c.Rows, c.reach(by, f, villages, found.Distance))
	}
	c.Sum = c.reach(by, v.Sum, villages, found.Distance)
	return nil
}

func (c *Coverage) reach(by authz.Actor, f Figures, villages []int, distance []solver.Metres) Reach {
	r := Reach{Node: f.Node, Built: f.Built}
	for k, i := range villages {
		u := &c.View.snap.Units[i]
		if !f.Node.Path.Covers(u.Path) {
			continue
		}
		n := see(by.Can(person.Read, u.Path), u.Youth.Total())
		if n.Why != Shown {
			r.Unseen++
			continue
		}
		r.Youth += n.N
		d := float64(distance[k])
		if d <= float64(c.Within) {
			r.Covered += n.N
		} else if n.N > 0 && !math.IsInf(d, 1) {
			r.Far = append(r.Far, FarVillage{Node: u.Node, Youth: n.N, Metres: int64(math.Round(d/100) * 100)})
		}
	}
	slices.SortFunc(r.Far, func(a, b FarVillage) int { return int(b.Youth - a.Youth) })
	r.Share = rate(Value{N: r.Covered}, Value{N: r.Youth}, 1)
	return r
}
