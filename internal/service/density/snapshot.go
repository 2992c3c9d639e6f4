package density

import (
	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
)

// Cell is one stored figure: how many, and why readers without list rights do not see it.
type Cell struct {
	N   int64
	Why Why
}

// Column is the figures of one kind of people at one place: its bands, and their total at the end.
type Column []Cell

// Total gives the sum of all bands.
func (c Column) Total() Cell {
	if len(c) == 0 {
		return Cell{}
	}
	return c[len(c)-1]
}

// Unit is a division with its figures.
type Unit struct {
	org.Node
	Up      int   // index of its parent, -1 for the city
	Below   []int // indexes of the divisions directly below
	Youth   Column
	Members Column
	// OwnYouth and OwnMembers are people known at this division but in none of those below it; nil where there are none.
	OwnYouth, OwnMembers Column
	Orgs                 int64 // organisations of the league here and below
	OwnOrgs              int64 // of them, those in no division below
	Due, Built           int64 // workplaces, schools and villages with at least three members, and those of them with a branch
}

// Snapshot is everything counted after one delivery, for the whole city.
type Snapshot struct {
	Delivery int64
	Made     int64 // microseconds UTC
	Units    []Unit
	at       map[org.ID]int
}

// Find gives the index of a division.
func (s *Snapshot) Find(id org.ID) (int, bool) {
	i, ok := s.at[id]
	return i, ok
}

// Under lists the divisions of a kind at or below one, in order of the tree.
func (s *Snapshot) Under(top int, kind org.Kind) []int {
	var out []int
	for i := range s.Units {
		if s.Units[i].Kind == kind && s.Units[top].Path.Covers(s.Units[i].Path) {
			out = append(out, i)
		}
	}
	return out
}

// skeleton is the tree of divisions without figures; nodes come in order of their paths, so parents come first.
func skeleton(nodes []org.Node) *Snapshot {
	s := &Snapshot{at: make(map[org.ID]int, len(nodes))}
	for _, n := range nodes {
		up, ok := s.at[n.Parent]
		if !ok {
			if len(s.Units) > 0 {
				continue // hangs below something that does not count
			}
			up = -1
		}
		i := len(s.Units)
		s.at[n.ID] = i
		s.Units = append(s.Units, Unit{Node: n, Up: up})
		if up >= 0 {
			s.Units[up].Below = append(s.Units[up].Below, i)
		}
	}
	return s
}

// facts are what is counted anew: people and organisations as they are known now.
type facts struct {
	divisions []org.Node
	league    []org.Node // organisations of the league that work
	hosts     []org.Node // companies and schools
	youth     []youthRow
	members   []person.MemberCount
	units     []person.UnitCount
	on        day.Day
	before    *Snapshot // the one that readers could see last, nil without one
}

type youthRow struct {
	at   org.ID
	band string
	n    int64
}

// compute counts everything and decides what is released.
func compute(f *facts) *Snapshot {
	s := skeleton(f.divisions)
	if len(s.Units) == 0 {
		return s
	}
	place := newPlacer(s, f)
	s.countOrgs(f, place)
	s.countYouth(f)
	s.countMembers(f, place)
	s.countUnits(f, place)
	return s
}

// placer finds the division that an organisation stands in.
type placer struct {
	byPath map[authz.Path]int
	ofOrg  map[org.ID]int
	built  map[authz.Path]bool // has an organisation of the league at it or below
}

func newPlacer(s *Snapshot, f *facts) *placer {
	p := &placer{byPath: make(map[authz.Path]int, len(s.Units)), ofOrg: map[org.ID]int{}, built: map[authz.Path]bool{}}
	for i := range s.Units {
		p.byPath[s.Units[i].Path] = i
		p.ofOrg[s.Units[i].ID] = i
	}
	for _, all := range [][]org.Node{f.league, f.hosts} {
		for _, n := range all {
			p.ofOrg[n.ID] = p.division(n.Path)
		}
	}
	for _, n := range f.league {
		for _, up := range org.Ancestors(n.Path) {
			p.built[up] = true
		}
	}
	return p
}

// division is the lowest division above a path.
func (p *placer) division(at authz.Path) int {
	up := org.Ancestors(at)
	for k := len(up) - 1; k >= 0; k-- {
		if i, ok := p.byPath[up[k]]; ok {
			return i
		}
	}
	return 0
}

func (s *Snapshot) countOrgs(f *facts, p *placer) {
	for _, n := range f.league {
		at := p.ofOrg[n.ID]
		s.Units[at].OwnOrgs++
		for i := at; i >= 0; i = s.Units[i].Up {
			s.Units[i].Orgs++
		}
	}
}

func (s *Snapshot) countYouth(f *facts) {
	own := newOwn(len(s.Units), len(YouthBands))
	for _, r := range f.youth {
		at, ok := s.at[r.at]
		if !ok {
			continue
		}
		for b, key := range YouthBands {
			if key == r.band {
				own.add(at, b, r.n)
			}
		}
	}
	s.decide(own, func(u *Unit) (*Column, *Column) { return &u.Youth, &u.OwnYouth }, f.before)
}

func (s *Snapshot) countMembers(f *facts, p *placer) {
	own := newOwn(len(s.Units), len(MemberBands))
	for i := range s.Units {
		// Whoever knows the tree knows where people may stand in no division below: where an organisation of the league does.
		own.known[i] = s.Units[i].OwnOrgs > 0
	}
	for _, m := range f.members {
		at, ok := s.at[m.Village]
		if !ok {
			at = p.ofOrg[m.Branch] // 0, the city, where nobody knows
		}
		band := len(MemberBands) - 1
		for b, k := range MemberBands {
			if k.Key == m.Band {
				band = b
			}
		}
		own.add(at, band, m.Members)
	}
	s.decide(own, func(u *Unit) (*Column, *Column) { return &u.Members, &u.OwnMembers }, f.before)
}

// owned is people by the division they are known at, before anything is summed.
type owned struct {
	n     [][]int64
	known []bool // an inner division that may have people of its own
}

func newOwn(units, bands int) *owned {
	o := &owned{n: make([][]int64, units), known: make([]bool, units)}
	for i := range o.n {
		o.n[i] = make([]int64, bands)
	}
	return o
}

func (o *owned) add(at, band int, n int64) {
	o.n[at][band] += n
	o.known[at] = o.known[at] || n > 0
}

// decide sums one kind of people up the tree, decides what is released, and writes both into the units. People of an
// inner division that are in none below it stand in a leaf of their own, so that sums add up.
func (s *Snapshot) decide(own *owned, of func(*Unit) (all, apart *Column), before *Snapshot) {
	bands := len(own.n[0])
	f := &Family{Bands: bands}
	for i := range s.Units {
		f.Parent, f.N = append(f.Parent, s.Units[i].Up), append(f.N, make([]int64, bands))
		if len(s.Units[i].Below) == 0 {
			copy(f.N[i], own.n[i])
		}
	}
	apart := map[int]int{}
	for i := range s.Units {
		if len(s.Units[i].Below) > 0 && own.known[i] {
			apart[i] = len(f.Parent)
			f.Parent, f.N = append(f.Parent, i), append(f.N, append([]int64(nil), own.n[i]...))
		}
	}
	f.Sum()
	p := Suppress(f, Threshold)
	for i := range s.Units {
		all, own := of(&s.Units[i])
		*all = columnOf(f, p, i)
		if k, ok := apart[i]; ok {
			*own = columnOf(f, p, k)
		}
		if before == nil {
			continue
		}
		// What was not shown before stays so: two dates laid side by side must not give away what neither does alone.
		if b, ok := before.at[s.Units[i].ID]; ok {
			wasAll, wasOwn := of(&before.Units[b])
			keepHidden(*all, *wasAll)
			keepHidden(*own, *wasOwn)
		}
	}
}

func columnOf(f *Family, p Pattern, node int) Column {
	c := make(Column, f.Bands+1)
	for b := range f.Bands {
		c[b] = Cell{f.N[node][b], p.Of(node, b)}
	}
	c[f.Bands] = Cell{f.At(node, Total), p.Of(node, Total)}
	return c
}

func keepHidden(now, was Column) {
	for b := range min(len(now), len(was)) {
		if was[b].Why != Shown && now[b].Why == Shown {
			now[b].Why = With
		}
	}
}

// enough is how many members a workplace, school or village needs to have a branch of its own (团章 第七章: three).
const enough = 3

func (s *Snapshot) countUnits(f *facts, p *placer) {
	paths := map[org.ID]authz.Path{}
	for _, all := range [][]org.Node{f.divisions, f.hosts} {
		for _, n := range all {
			paths[n.ID] = n.Path
		}
	}
	for _, u := range f.units {
		path, ok := paths[u.Org]
		if !ok || u.Members < enough {
			continue
		}
		built := p.built[path]
		for i := p.ofOrg[u.Org]; i >= 0; i = s.Units[i].Up {
			s.Units[i].Due++
			if built {
				s.Units[i].Built++
			}
		}
	}
}
