package density

import (
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/domain/person"
	"zhidian/internal/platform/authz"
	"zhidian/internal/platform/day"
	"zhidian/internal/service/density/coverage"
	"zhidian/internal/service/density/figure"
)

// Why says why a figure is not shown.
type Why uint8

// The reasons.
const (
	Shown      Why = iota
	Hidden         // it counts fewer people than the threshold, or would give away one that does: nobody is told which
	Unreported     // the source says nothing of the place
)

// Cell is one stored figure: how many, and why readers without list rights do not see it.
type Cell struct {
	N   int64
	Why Why
}

// Column is the figures of one kind of people at one place: its bands, then its sums, the total at the end.
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
	Sector  Column // people who work in new sectors
	// OwnYouth, OwnMembers and OwnSector are people known at this division but in none of those below it; nil where there are none.
	OwnYouth, OwnMembers, OwnSector Column
	Orgs                            int64 // organisations of the league here and below
	OwnOrgs                         int64 // of them, those in no division below
	Due, Built                      int64 // workplaces, schools and villages with at least three members, and those of them with a branch
}

// Snapshot is everything counted after one delivery, for the whole city.
type Snapshot struct {
	Delivery  int64
	Made      int64 // microseconds UTC
	Units     []Unit
	Employers Employers // of new sectors
	at        map[org.ID]int

	// What pages need beside the figures, read once with them; nil in a snapshot under way.
	hosts    map[org.ID]org.Node // companies and schools
	outlines []outlineRow
	judged   []judged // units, once somebody has asked for them; guarded by the service's lock

	counted []person.UnitCount // the same to be stored; nil in a snapshot that was read
}

// outlineRow is an outline with its area.
type outlineRow struct {
	org.Outline
	km2 float64
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
	rule      coverage.Rule // in force that day
	past      figure.Past   // what readers have been shown before
}

type youthRow struct {
	at   org.ID
	band string
	n    int64
}

// compute counts everything and decides what is released.
func compute(f *facts) (*Snapshot, error) {
	s := skeleton(f.divisions)
	if len(s.Units) == 0 {
		return s, nil
	}
	place := newPlacer(s, f)
	s.countOrgs(f, place)
	units := s.units(f, place)
	if err := s.decide(slices.Concat(s.countYouth(f), s.countMembers(f, place), s.countSector(f.hosts, place, units)), f.past); err != nil {
		return nil, err
	}
	var err error
	if f.rule, err = coverage.RuleOn(coverage.DefaultRules(), f.on); err != nil {
		return nil, err
	}
	s.countUnits(units, f.rule)
	return s, nil
}

// placer finds the division that an organisation stands in.
type placer struct {
	byPath map[authz.Path]int
	ofOrg  map[org.ID]int
	built  map[authz.Path]coverage.Class // the largest organisation of the league at it or below
}

func newPlacer(s *Snapshot, f *facts) *placer {
	p := &placer{byPath: make(map[authz.Path]int, len(s.Units)), ofOrg: map[org.ID]int{}, built: map[authz.Path]coverage.Class{}}
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
			p.built[up] = max(p.built[up], classOf(n.Kind))
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

func (s *Snapshot) countYouth(f *facts) []figure.Count {
	var counts []figure.Count
	for _, r := range f.youth {
		if _, ok := s.at[r.at]; ok {
			counts = append(counts, figure.Count{Node: r.at.String(), Kind: figure.Youth, Band: r.band, N: r.n})
		}
	}
	return counts
}

// countMembers counts every member where she lives, or where her branch stands. A place without any counts nought: the
// register covers the whole city, so nobody learns anything from who is missing in it.
func (s *Snapshot) countMembers(f *facts, p *placer) []figure.Count {
	if len(f.members) == 0 {
		return nil
	}
	own := make([][]int64, len(s.Units))
	for i := range s.Units {
		// Whoever knows the tree knows where people may stand in no division below: where an organisation of the league does.
		if len(s.Units[i].Below) == 0 || s.Units[i].OwnOrgs > 0 {
			own[i] = make([]int64, len(MemberBands))
		}
	}
	for _, m := range f.members {
		at, ok := s.at[m.Village]
		if !ok {
			at = p.ofOrg[m.Branch] // 0, the city, where nobody knows
		}
		if own[at] == nil {
			own[at] = make([]int64, len(MemberBands))
		}
		band := len(MemberBands) - 1
		for b, k := range MemberBands {
			if k.Key == m.Band {
				band = b
			}
		}
		own[at][band] += m.Members
	}
	var counts []figure.Count
	for i, row := range own {
		for b, n := range row {
			counts = append(counts, figure.Count{Node: s.Units[i].ID.String(), Kind: figure.Members, Band: MemberBands[b].Key, N: n})
		}
	}
	return counts
}

// kinds are the people that are counted, with the sums that pages show.
func kinds() []figure.Kind {
	youth := figure.Kind{Key: figure.Youth, People: true, Sums: []figure.Sum{
		{Key: figure.Y14to28, Bands: YouthBands[:3], Worth: 4}, {Key: figure.Y14to35, Bands: YouthBands, Worth: 6},
	}}
	for _, key := range YouthBands {
		youth.Bands = append(youth.Bands, figure.Band{Key: key})
	}
	members := figure.Kind{Key: figure.Members, People: true}
	everybody := figure.Sum{Key: figure.AllAges, Worth: 8}
	for _, b := range MemberBands {
		members.Bands = append(members.Bands, figure.Band{Key: b.Key, From: b.From, To: b.To})
		everybody.Bands = append(everybody.Bands, b.Key)
	}
	members.Sums = []figure.Sum{everybody}
	return []figure.Kind{youth, members, {Key: figure.NewSector, People: true, Bands: []figure.Band{{Key: figure.AllAges}}}}
}

// decide sums people up the tree and decides, once, which figures everybody may read.
func (s *Snapshot) decide(counts []figure.Count, past figure.Past) error {
	nodes := make([]figure.Node, len(s.Units))
	for i := range s.Units {
		nodes[i].ID = s.Units[i].ID.String()
		if up := s.Units[i].Up; up >= 0 {
			nodes[i].Parent = s.Units[up].ID.String()
		}
	}
	tree, err := figure.NewTree(nodes)
	if err != nil {
		return err
	}
	f, err := figure.SumUp(tree, kinds(), counts)
	if err != nil {
		return err
	}
	f, _, err = figure.Suppress(tree, kinds(), f, figure.DefaultRule(), past)
	if err != nil {
		return err
	}
	for i := range s.Units {
		s.Units[i].Youth = columnOf(f, s.Units[i].ID, figure.Youth, youthKeys)
		s.Units[i].Members = columnOf(f, s.Units[i].ID, figure.Members, memberKeys)
		s.Units[i].Sector = columnOf(f, s.Units[i].ID, figure.NewSector, sectorKeys)
	}
	s.setApart()
	return nil
}

func columnOf(f figure.Family, at org.ID, kind string, keys []string) Column {
	c := make(Column, len(keys))
	for k, key := range keys {
		x := f.At(at.String(), kind, key)
		c[k] = Cell{x.N, whyOf(x.State)}
	}
	return c
}

func whyOf(s figure.State) Why {
	switch s {
	case figure.Shown:
		return Shown
	case figure.Hidden:
		return Hidden
	default:
		return Unreported
	}
}

// setApart finds what each inner division has beside those below it. It is shown where a reader finds it by subtraction
// anyway, and nowhere else.
func (s *Snapshot) setApart() {
	for i := range s.Units {
		u := &s.Units[i]
		if len(u.Below) == 0 {
			continue
		}
		u.OwnYouth = s.apart(i, func(u *Unit) Column { return u.Youth })
		u.OwnMembers = s.apart(i, func(u *Unit) Column { return u.Members })
		u.OwnSector = s.apart(i, func(u *Unit) Column { return u.Sector })
	}
}

func (s *Snapshot) apart(i int, of func(*Unit) Column) Column {
	all := of(&s.Units[i])
	own := make(Column, len(all))
	copy(own, all)
	any := false
	for k := range own {
		for _, b := range s.Units[i].Below {
			x := of(&s.Units[b])[k]
			own[k].N -= x.N
			if x.Why != Unreported {
				own[k].Why = max(own[k].Why, x.Why)
			}
		}
		any = any || own[k].N > 0
	}
	if !any && own.Total().Why == Shown || all.Total().Why == Unreported {
		return nil
	}
	return own
}
