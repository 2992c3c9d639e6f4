package density

import (
	"context"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sqldb"
)

// Query says which figures a reader asks for. Zero values ask for the newest delivery, the whole city and the level
// below the place.
type Query struct {
	Delivery int64
	Compare  int64
	Place    org.ID
	Level    org.Kind
	Layer    Layer
	Side     int // edge of a hexagon in metres; 0 draws divisions
}

// Value is a figure as one reader may see it; N is 0 where it is not shown.
type Value struct {
	N   int64
	Why Why
}

// Rate is a share or ratio in millionths as one reader may see it. Known is false where there is nothing to divide by.
type Rate struct {
	Millionths int64
	Known      bool
	Why        Why
}

// Figures are the figures of one place as one reader may see them.
type Figures struct {
	Node       org.Node
	Youth      Value // 14 to 35
	Young      Value // 14 to 28, by which members are divided
	Members    Value
	Sector     Value // people who work in new sectors
	Orgs       int64
	Ratio      Rate // 团青比: members ÷ residents from 14 to 28
	Per1000    Rate // organisations per 1,000 young people
	Built      Rate // 应建已建率
	Change     Rate // young people against the compared delivery
	Lists      bool // the reader may see who they are
	YouthBands []Value
}

// View is what the page shows: one query serves table, map and ranking.
type View struct {
	Stamp    Stamp
	Stamps   []Stamp
	Compared *Stamp
	Origins  []Origin
	Path     []org.Node // from the city down to the place
	Level    org.Kind
	Levels   []org.Kind // that can be chosen here
	Rows     []Figures
	Apart    *Figures // people and organisations of the place that stand in none of the rows
	Sum      Figures  // the place itself
	Reported int      // villages that have told how many young people they have
	Villages int
	snap     *Snapshot
	before   *Snapshot
	top      int
}

// Place is the division that the view is of.
func (v *View) Place() org.Node { return v.Path[len(v.Path)-1] }

// Fineness is how exact the source of youth counts is: point, village or township.
func (v *View) Fineness() string {
	for _, o := range v.Origins {
		if o.Kind == "youth" {
			return string(o.Fineness)
		}
	}
	return "village"
}

// See reads the figures of a place for a reader. Readers with list rights over a division see what was counted there;
// all others see what was released, the same for every one of them.
func (s *Service) See(ctx context.Context, by authz.Actor, want Query) (*View, error) {
	if err := by.MustSomewhere(Read); err != nil {
		return nil, err
	}
	var v *View
	err := s.DB.Read(ctx, by.City, func(q *sqldb.Rx) error {
		var err error
		v, err = s.see(q, by, want)
		return err
	})
	return v, err
}

// Released reads what anybody may know, for the public page.
func (s *Service) Released(ctx context.Context, city string) (*View, error) {
	var v *View
	err := s.DB.Read(ctx, city, func(q *sqldb.Rx) error {
		var err error
		v, err = s.see(q, authz.Actor{City: city}, Query{})
		return err
	})
	return v, err
}

// ErrNothing says that nothing was counted yet.
var ErrNothing = errs.New(errs.Absent, "density.nothing", nil)

func (s *Service) see(q sqldb.Q, by authz.Actor, want Query) (*View, error) {
	v := &View{}
	var err error
	if v.Stamps, err = stamps(q); err != nil {
		return nil, err
	}
	if len(v.Stamps) == 0 {
		return nil, ErrNothing
	}
	v.Stamp = v.Stamps[0]
	if want.Delivery != 0 {
		if v.Stamp, err = stampOf(v.Stamps, want.Delivery); err != nil {
			return nil, err
		}
	}
	if v.snap, err = s.snapshot(q, v.Stamp); err != nil {
		return nil, err
	}
	if want.Compare != 0 && want.Compare != v.Stamp.Delivery {
		c, err := stampOf(v.Stamps, want.Compare)
		if err != nil {
			return nil, err
		}
		v.Compared = &c
		if v.before, err = s.snapshot(q, c); err != nil {
			return nil, err
		}
	}
	if v.Origins, err = origins(q); err != nil {
		return nil, err
	}
	return v, v.fill(by, want)
}

func stampOf(all []Stamp, delivery int64) (Stamp, error) {
	i := slices.IndexFunc(all, func(s Stamp) bool { return s.Delivery == delivery })
	if i < 0 {
		return Stamp{}, errs.New(errs.Absent, "density.no_delivery", nil)
	}
	return all[i], nil
}

var below = map[org.Kind][]org.Kind{
	org.City:     {org.County, org.Township, org.Village},
	org.County:   {org.Township, org.Village},
	org.Township: {org.Village},
	org.Village:  {},
}

func (v *View) fill(by authz.Actor, want Query) error {
	if !want.Place.IsZero() {
		i, ok := v.snap.Find(want.Place)
		if !ok {
			return errs.New(errs.Absent, "errs.absent", nil)
		}
		v.top = i
	}
	for i := v.top; i >= 0; i = v.snap.Units[i].Up {
		v.Path = append([]org.Node{v.snap.Units[i].Node}, v.Path...)
	}
	v.Levels = below[v.Place().Kind]
	v.Level = want.Level
	if !slices.Contains(v.Levels, v.Level) {
		v.Level = ""
		if len(v.Levels) > 0 {
			v.Level = v.Levels[0]
		}
	}
	for _, i := range v.snap.Under(v.top, v.Level) {
		v.Rows = append(v.Rows, v.figures(by, i))
	}
	v.Sum = v.figures(by, v.top)
	v.apart(by)
	for _, i := range v.snap.Under(v.top, org.Village) {
		v.Villages++
		if v.snap.Units[i].Youth.Total().Why != Unreported {
			v.Reported++
		}
	}
	return nil
}

// figures gives the figures of a division as a reader may see them.
func (v *View) figures(by authz.Actor, i int) Figures {
	u := &v.snap.Units[i]
	lists := by.Can(person.Read, u.Path)
	f := figuresOf(u, lists)
	if lists || u.Kind == org.City || u.Kind == org.County {
		f.Built = rate(Value{N: u.Built}, Value{N: u.Due}, 1)
	} else {
		f.Built = Rate{Why: Hidden}
	}
	if v.before != nil {
		if k, ok := v.before.Find(u.ID); ok {
			was := see(lists, v.before.Units[k].Youth.Total())
			f.Change = rate(Value{N: f.Youth.N - was.N, Why: max(f.Youth.Why, was.Why)}, was, 1)
		}
	}
	return f
}

// ofItsOwn is a division with what is known at it and in none of those below it.
func (u *Unit) ofItsOwn() *Unit {
	if len(u.Below) == 0 {
		return u
	}
	return &Unit{Node: u.Node, Youth: u.OwnYouth, Members: u.OwnMembers, Sector: u.OwnSector, Orgs: u.OwnOrgs}
}

func figuresOf(u *Unit, lists bool) Figures {
	youth, members, orgs := u.Youth, u.Members, u.Orgs
	f := Figures{Node: u.Node, Lists: lists, Orgs: orgs, Sector: see(lists, u.Sector.Total()), Youth: see(lists, youth.Total()), Members: see(lists, members.Total()), Young: see(lists, at(youth, len(YouthBands)))}
	for b := range YouthBands {
		if b < len(youth) {
			f.YouthBands = append(f.YouthBands, see(lists, youth[b]))
		}
	}
	f.Ratio = rate(f.Members, f.Young, 1)
	f.Per1000 = rate(Value{N: orgs}, f.Youth, 1000)
	return f
}

func at(c Column, k int) Cell {
	if k < len(c) {
		return c[k]
	}
	return Cell{}
}

// see gives a figure as a reader may see it.
func see(lists bool, c Cell) Value {
	switch {
	case c.Why == Unreported:
		return Value{Why: Unreported}
	case lists || c.Why == Shown:
		return Value{N: c.N}
	}
	return Value{Why: c.Why}
}

// rate divides, in millionths of times. It falls with either part.
func rate(part, whole Value, times int64) Rate {
	switch {
	case part.Why == Unreported || whole.Why == Unreported:
		return Rate{}
	case part.Why != Shown || whole.Why != Shown:
		return Rate{Why: max(part.Why, whole.Why)}
	case whole.N == 0:
		return Rate{}
	}
	return Rate{Millionths: part.N * times * 1_000_000 / whole.N, Known: true}
}

// apart sums what belongs to the place but to none of its rows, so that the table's columns add up.
func (v *View) apart(by authz.Actor) {
	depth := slices.Index(divisionKinds, v.Level)
	if depth < 0 {
		return
	}
	f := Figures{}
	any := false
	for i := range v.snap.Units {
		u := &v.snap.Units[i]
		if !v.snap.Units[v.top].Path.Covers(u.Path) || slices.Index(divisionKinds, u.Kind) >= depth {
			continue
		}
		lists := by.Can(person.Read, u.Path)
		for _, p := range []struct {
			to *Value
			c  Column
		}{{&f.Youth, u.OwnYouth}, {&f.Members, u.OwnMembers}} {
			if p.c != nil {
				x := see(lists, p.c.Total())
				p.to.N, p.to.Why = p.to.N+x.N, max(p.to.Why, x.Why)
				any = true
			}
		}
		f.Orgs += u.OwnOrgs
	}
	for _, x := range []*Value{&f.Youth, &f.Members} {
		if x.Why != Shown {
			x.N = 0
		}
	}
	if any || f.Orgs > 0 {
		v.Apart = &f
	}
}
