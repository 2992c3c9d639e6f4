package density

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"

	"zhidian/internal/domain/org"
	"zhidian/internal/platform/geo"
	"zhidian/internal/service/density/coverage"
)

// SpotKind is what sort of blind spot (盲区) a place is.
type SpotKind string

// The kinds of blind spot.
const (
	NoBranch SpotKind = "no_branch" // a village with young people and no organisation of the league
	UnitDue  SpotKind = "unit_due"  // a workplace or school with members enough and no branch
	Thin     SpotKind = "thin"      // a township with many more young people than its organisations can reach
)

// SpotKinds lists the kinds in the order of pages.
var SpotKinds = []SpotKind{NoBranch, UnitDue, Thin}

// Spot is a blind spot before anybody has looked at it.
type Spot struct {
	At    org.ID
	Kind  SpotKind
	Unit  string // the unit's name where only a source's words name it
	Score int64  // how many young people nobody reaches, as estimated by the rule of the kind
	Why   []Clause
}

// Clause is one part of a reason, put into words by the page.
type Clause struct {
	Key string           `json:"key"`
	N   map[string]int64 `json:"n,omitempty"`
}

// least is the size from which a place is worth a line: fewer young people than this are reached from next door.
const least = 30

// rank finds blind spots and orders them by how many young people each leaves unreached:
// in a village without an organisation, all of its young people;
// in a unit without a branch, its members divided by the city's share of members among the young;
// in a township, the young people beyond those that its organisations reach at the city's average, per village.
func rank(s *Snapshot, f *facts) []Spot {
	p := newPlacer(s, f)
	var spots []Spot
	built := builtPoints(s, f, p)
	for i := range s.Units {
		switch u := &s.Units[i]; u.Kind {
		case org.Village:
			if n := u.Youth.Total().N; u.Orgs == 0 && n >= least {
				spots = append(spots, Spot{At: u.ID, Kind: NoBranch, Score: n, Why: bareVillage(u, built, f.rule)})
			}
		case org.Township:
			if spot, ok := s.thin(i); ok {
				spots = append(spots, spot)
			}
		}
	}
	spots = append(spots, s.dueUnits(f, p)...)
	slices.SortStableFunc(spots, func(a, b Spot) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.At, b.At), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Unit, b.Unit))
	})
	return spots
}

func bareVillage(u *Unit, built []geo.Point, rule coverage.Rule) []Clause {
	why := []Clause{{Key: "density.why.youth", N: map[string]int64{"n": u.Youth.Total().N}}}
	if m := u.Members.Total().N; rule.Due(int(m)) != coverage.None {
		why = append(why, Clause{Key: "density.why.members", N: map[string]int64{"n": m}})
	}
	why = append(why, Clause{Key: "density.why.no_org"})
	if u.At != nil && len(built) > 0 {
		near := math.Inf(1)
		for _, b := range built {
			near = min(near, geo.Distance(*u.At, b))
		}
		why = append(why, Clause{Key: "density.why.nearest", N: map[string]int64{"m": int64(math.Round(near/100) * 100)}})
	}
	return why
}

// builtPoints are the positions of villages and units that have an organisation of the league.
func builtPoints(s *Snapshot, f *facts, p *placer) []geo.Point {
	var at []geo.Point
	for i := range s.Units {
		if u := &s.Units[i]; u.Kind == org.Village && u.Orgs > 0 && u.At != nil {
			at = append(at, *u.At)
		}
	}
	for _, h := range f.hosts {
		if p.built[h.Path] != coverage.None && h.At != nil {
			at = append(at, *h.At)
		}
	}
	return at
}

func (s *Snapshot) thin(i int) (Spot, bool) {
	city, u := &s.Units[0], &s.Units[i]
	if city.Orgs == 0 || len(u.Below) == 0 {
		return Spot{}, false
	}
	reached := u.Orgs * city.Youth.Total().N / city.Orgs
	beyond := u.Youth.Total().N - reached
	if beyond < least*int64(len(u.Below)) {
		return Spot{}, false
	}
	return Spot{At: u.ID, Kind: Thin, Score: beyond / int64(len(u.Below)), Why: []Clause{
		{Key: "density.why.youth", N: map[string]int64{"n": u.Youth.Total().N}},
		{Key: "density.why.orgs", N: map[string]int64{"n": u.Orgs}},
		{Key: "density.why.beyond", N: map[string]int64{"n": beyond}},
	}}, true
}

func (s *Snapshot) dueUnits(f *facts, p *placer) []Spot {
	members, youth := s.Units[0].Members.Total().N, s.Units[0].Youth.Total().N
	var spots []Spot
	for _, u := range s.units(f, p) {
		if u.Kind == coverage.Village || u.Has != coverage.None || f.rule.Due(u.Members) == coverage.None {
			continue
		}
		n := int64(u.Members)
		score := n
		if members > 0 && youth > members {
			score = n * youth / members
		}
		spots = append(spots, Spot{At: u.node.ID, Kind: UnitDue, Unit: u.name, Score: score, Why: []Clause{
			{Key: "density.why.members", N: map[string]int64{"n": n}}, {Key: "density.why.due"},
		}})
	}
	// A workplace and a school that only words name may have the same ones.
	slices.SortFunc(spots, func(a, b Spot) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Unit, b.Unit), cmp.Compare(b.Score, a.Score))
	})
	return slices.CompactFunc(spots, func(a, b Spot) bool { return a.At == b.At && a.Unit == b.Unit })
}

func wordsOf(why []Clause) string {
	b, err := json.Marshal(why)
	if err != nil {
		return "[]" // cannot be: texts and numbers only
	}
	return string(b)
}
