// Package groups sends groups to places for one or several terms: which college class goes to which village, so that as
// many as are wanted come, ways are short, and the same faces come again.
package groups

import (
	"context"
	"fmt"
	"math"
)

// Limits of what Solve accepts, so that no sum can overflow.
const (
	MaxGroups = 1 << 16
	MaxPlaces = 1 << 16
	MaxTerms  = 16
	MaxPeople = 1 << 16 // of a group, and wanted at a place
	MaxPoints = 1 << 24 // of one rule, and metres from the origin
)

// Skills are what a group can do and what a place asks for, a bit each; a language or dialect is a skill.
type Skills uint64

// Group is people who go together.
type Group struct {
	X, Y   int32 // metres
	Size   int32 // people
	Skills Skills
	Away   []int32 // terms in which it does not go
	Knows  []int32 // places where it has been
}

// Want is how many people a place wants in a term, and how many it has room for. Room 0: none may come.
type Want struct{ Need, Room int32 }

// Place is where groups go. Several may go to one, as long as there is room.
type Place struct {
	X, Y  int32 // metres
	Asks  Skills
	Wants []Want // per term
}

// Weights say what counts how much, in points. A metre of way is a point.
type Weights struct {
	Reach    int64 // metres that no group is sent beyond; 0 where any way will do
	Stranger int64 // for each term in which a group is at a place where it has never been
	Change   int64 // for going elsewhere than in the term before
	Missing  int64 // for each person by whom a place has fewer than it needs
	Idle     int64 // for each term in which a group goes nowhere though it could
}

// Stay is a group at a place in a term.
type Stay struct{ Group, Place, Term int32 }

// Visit is a group and a place.
type Visit struct{ Group, Place int32 }

// Problem is groups, places and rules.
type Problem struct {
	Terms  int
	Groups []Group
	Places []Place
	Weights
	Locks []Stay  // decided by hand
	Bans  []Visit // decided by hand: this group never goes there
}

// Options are the same for every solver. The method draws no lots; Effort bounds the rounds in which prices are sought, 0
// for the usual number.
type Options struct {
	Seed   uint64
	Effort int64
}

// Nowhere is the place of a group that stays at home.
const Nowhere = -1

// Solution is where each group goes, with a bound.
type Solution struct {
	At        [][]int32 // per group and term: the place, or Nowhere
	Objective int64
	// Bound is what no plan can undercut, as the prices show.
	Bound  int64
	Proved bool
	// Credit is what a person whom a place needs is worth there, per place and term, and Rent what room for one costs. Each
	// group's way, less credit, with rent, is then as cheap as any other way it could go, or nearly so.
	Credit, Rent [][]int64
}

// Solve looks for prices of people at places (Lagrangian relaxation of what places need and have room for, by subgradients
// with Polyak's steps), sends each group its cheapest way by them, and betters the plan: a group goes elsewhere, two change
// places, one goes where another was, who looks anew. Prices give the bound.
//
// When the context ends, the best plan so far is given. The errors are [ProblemError]s.
func Solve(ctx context.Context, p Problem, o Options) (Solution, error) {
	if err := p.validate(); err != nil {
		return Solution{}, err
	}
	s := newState(&p)
	if err := s.lock(); err != nil {
		return Solution{}, err
	}
	s.run(ctx, o.Effort)
	return s.solution(), nil
}

// base is what it costs when a group is at a place for a term, without what depends on others and on other terms; false
// where it must not be.
func (p *Problem) base(g *Group, v *Place, place int32) (int64, bool) {
	if v.Asks&^g.Skills != 0 {
		return 0, false
	}
	way := int64(math.Round(math.Hypot(float64(g.X)-float64(v.X), float64(g.Y)-float64(v.Y))))
	if p.Reach > 0 && way > p.Reach {
		return 0, false
	}
	for _, k := range g.Knows {
		if k == place {
			return way, true
		}
	}
	return way + p.Stranger, true
}

// Trouble is what is wrong with a part of a problem.
type Trouble string

// The troubles.
const (
	OutOfRange Trouble = "out of range"
	NoSuch     Trouble = "no such group, place or term"
	WrongTerms Trouble = "has not a want for each term"
	LockTwice  Trouble = "locked at two places in one term"
	LockUnfit  Trouble = "locked where it must not go: skills, reach, a ban, away or closed"
	LockFull   Trouble = "locked with more people than there is room for"
)

// ProblemError names a part of a problem that cannot be: a group, place, lock, ban or weight, from 0.
type ProblemError struct {
	Part    string
	Index   int
	Trouble Trouble
}

func (e *ProblemError) Error() string {
	return fmt.Sprintf("groups: %s %d: %s", e.Part, e.Index, e.Trouble)
}

func (p *Problem) validate() error {
	inside := func(x, y int32) bool { return max(x, -x, y, -y) <= MaxPoints }
	fault := func(part string, i int, t Trouble) error { return &ProblemError{part, i, t} }
	if p.Terms < 1 || p.Terms > MaxTerms || len(p.Groups) > MaxGroups || len(p.Places) > MaxPlaces {
		return fault("problem", 0, OutOfRange)
	}
	for i, w := range []int64{p.Reach, p.Stranger, p.Change, p.Missing, p.Idle} {
		if w < 0 || w > MaxPoints {
			return fault("weight", i, OutOfRange)
		}
	}
	for i := range p.Groups {
		g := &p.Groups[i]
		if !inside(g.X, g.Y) || g.Size < 1 || g.Size > MaxPeople {
			return fault("group", i, OutOfRange)
		}
		for _, t := range g.Away {
			if t < 0 || int(t) >= p.Terms {
				return fault("group", i, NoSuch)
			}
		}
	}
	for i := range p.Places {
		v := &p.Places[i]
		if !inside(v.X, v.Y) {
			return fault("place", i, OutOfRange)
		}
		if len(v.Wants) != p.Terms {
			return fault("place", i, WrongTerms)
		}
		for _, w := range v.Wants {
			if w.Need < 0 || w.Need > MaxPeople || w.Room < 0 || w.Room > MaxPeople {
				return fault("place", i, OutOfRange)
			}
		}
	}
	for i, b := range p.Bans {
		if b.Group < 0 || int(b.Group) >= len(p.Groups) || b.Place < 0 || int(b.Place) >= len(p.Places) {
			return fault("ban", i, NoSuch)
		}
	}
	for i, l := range p.Locks {
		if l.Group < 0 || int(l.Group) >= len(p.Groups) || l.Place < 0 || int(l.Place) >= len(p.Places) || l.Term < 0 || int(l.Term) >= p.Terms {
			return fault("lock", i, NoSuch)
		}
	}
	return nil
}
