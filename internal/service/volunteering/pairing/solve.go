package pairing

import (
	"context"
	"errors"
	"math"
	"slices"

	"zhidian/internal/domain/place"
	"zhidian/internal/platform/geo"
	"zhidian/internal/service/volunteering"
	"zhidian/solver/pairing/groups"
)

// What counts how much, in metres of way. That villages get whom they need comes first, then that nothing changes which was proposed
// before, then that the same faces come again, then the way.
const (
	missing  = 100_000 // for each person whom a village lacks
	idle     = 400_000 // for a group that goes nowhere
	change   = 300_000 // for going elsewhere than proposed before
	stranger = 20_000  // for a village in which the group has never been
)

// situation is all that a proposal follows from.
type situation struct {
	term   Term
	groups []volunteering.Party
	needs  []Need
	sites  map[place.ID]place.Place
	pairs  []Pair // as they stand
	bans   []Ban
	been   map[Ban]bool
}

// problem puts a situation as the solver has it. Where there are pairs already it has two terms, of which the first is what was
// proposed before: going elsewhere in the second is then a change.
func (s situation) problem() groups.Problem {
	p := groups.Problem{Terms: 1, Weights: groups.Weights{Reach: s.term.Reach, Stranger: stranger, Change: change, Missing: missing, Idle: idle}}
	if len(s.pairs) > 0 {
		p.Terms = 2
	}
	last := int32(p.Terms - 1)
	plane, at := s.plane(), map[place.ID]int32{}
	for i, n := range s.needs {
		at[n.Place] = int32(i)
		x, y := metres(plane, s.sites[n.Place].At)
		v := groups.Place{X: x, Y: y, Asks: groups.Skills(n.Asks), Wants: []groups.Want{{Need: int32(n.People), Room: int32(n.Room)}}}
		if last == 1 {
			v.Wants = append([]groups.Want{{Room: groups.MaxPeople}}, v.Wants...)
		}
		p.Places = append(p.Places, v)
	}
	for i, g := range s.groups {
		x, y := metres(plane, *g.From)
		one := groups.Group{X: x, Y: y, Size: int32(g.Members), Skills: groups.Skills(g.Skills)}
		for _, n := range s.needs {
			if s.been[Ban{g.ID, n.Place}] {
				one.Knows = append(one.Knows, at[n.Place])
			}
		}
		k := slices.IndexFunc(s.pairs, func(x Pair) bool { return x.Group == g.ID })
		if k >= 0 && s.pairs[k].Locked {
			p.Locks = append(p.Locks, groups.Stay{Group: int32(i), Place: at[s.pairs[k].Place], Term: last})
		}
		if last == 1 {
			if k >= 0 && s.fits(g, s.pairs[k].Place) == "" {
				p.Locks = append(p.Locks, groups.Stay{Group: int32(i), Place: at[s.pairs[k].Place]})
			} else {
				one.Away = []int32{0}
			}
		}
		p.Groups = append(p.Groups, one)
	}
	for _, b := range s.bans {
		i := slices.IndexFunc(s.groups, func(g volunteering.Party) bool { return g.ID == b.Group })
		if v, there := at[b.Place]; there && i >= 0 {
			p.Bans = append(p.Bans, groups.Visit{Group: int32(i), Place: v})
		}
	}
	return p
}

// solve works a proposal out. Where what was decided by hand cannot be kept it says so, with the group.
func (s situation) solve(ctx context.Context) ([]Pair, error) {
	got, err := groups.Solve(ctx, s.problem(), groups.Options{})
	if err != nil {
		return nil, err
	}
	var all []Pair
	for i, at := range got.At {
		v := at[len(at)-1]
		if v == groups.Nowhere {
			continue
		}
		all = append(all, s.pair(s.groups[i], s.needs[v].Place))
	}
	for i, p := range all {
		all[i].Locked = slices.ContainsFunc(s.pairs, func(x Pair) bool { return x.Group == p.Group && x.Locked })
	}
	return all, nil
}

// trouble tells whether the solver refused what was decided by hand.
func trouble(err error) bool {
	var bad *groups.ProblemError
	return errors.As(err, &bad) && bad.Part == "lock"
}

// pair is a group at a site, with what speaks for it.
func (s situation) pair(g volunteering.Party, at place.ID) Pair {
	return Pair{Group: g.ID, Place: at, Metres: s.way(g, at), Size: g.Members, Known: s.been[Ban{g.ID, at}]}
}

func (s situation) way(g volunteering.Party, at place.ID) int64 {
	plane := s.plane()
	a, b := plane.Forward(*g.From), plane.Forward(s.sites[at].At)
	return int64(math.Round(math.Hypot(a.X-b.X, a.Y-b.Y)))
}

// fits tells why a group must not go to a site, whoever else goes there: as the end of a message key, empty where it may.
func (s situation) fits(g volunteering.Party, at place.ID) string {
	i := slices.IndexFunc(s.needs, func(n Need) bool { return n.Place == at })
	switch {
	case i < 0:
		return "no_need"
	case !g.Skills.Has(s.needs[i].Asks):
		return "skills"
	case s.term.Reach > 0 && s.way(g, at) > s.term.Reach:
		return "far"
	case slices.Contains(s.bans, Ban{g.ID, at}):
		return "banned"
	case g.Members > s.needs[i].Room:
		return "room"
	}
	return ""
}

// why tells why a group goes nowhere: what keeps it from all sites, or that they are full.
func (s situation) why(g volunteering.Party) string {
	found := map[string]int{}
	for _, n := range s.needs {
		found[s.fits(g, n.Place)]++
	}
	for _, key := range []string{"", "room", "banned", "far", "skills"} {
		if found[key] > 0 {
			if key == "" {
				return "full"
			}
			return key
		}
	}
	return "no_need"
}

func (s situation) plane() geo.Plane {
	if len(s.needs) > 0 {
		return geo.NewPlane(s.sites[s.needs[0].Place].At)
	}
	return geo.NewPlane(geo.Point{Lon: 114.3, Lat: 29.8})
}

func metres(p geo.Plane, at geo.Point) (x, y int32) {
	xy := p.Forward(at)
	return int32(math.Round(xy.X)), int32(math.Round(xy.Y))
}
