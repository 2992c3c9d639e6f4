// Package roster gives people their duties: who is where at which session, so that seats are filled, nobody is in two
// places at once, ways are short, children see the faces they know and duties are shared out evenly.
package roster

import (
	"context"
	"fmt"
	"math"
)

// Limits of what Solve accepts, so that no sum can overflow.
const (
	MaxPeople = 1 << 20
	MaxSlots  = 1 << 20
	MaxSites  = 1 << 20
	MaxDuties = 2000    // of one person
	MaxPoints = 1 << 24 // of one rule, and metres from the origin
	MaxEven   = 1 << 20
)

// Skills are what a person has learnt and what a seat asks for, a bit each; a training passed is a skill.
type Skills uint64

// Sex is what a seat asks for.
type Sex uint8

// The sexes. A person whose sex is not known takes seats for anyone only.
const (
	Anyone Sex = iota
	Woman
	Man
)

// Span is from a minute to another, which is not in it. Minutes count from any moment.
type Span struct{ From, Until int64 }

func (s Span) overlaps(t Span) bool { return s.From < t.Until && t.From < s.Until }

// Person is somebody who takes duties.
type Person struct {
	X, Y   int32 // metres
	Skills Skills
	Sex    Sex
	Free   []Span  // when she can come; at any time where there is none
	Most   int32   // duties at most
	Knows  []int32 // sites where the children know her
}

// Site is where sessions are held.
type Site struct{ X, Y int32 } // metres

// Slot is a session that needs people.
type Slot struct {
	Site int32
	Span
	Seats []Seat
}

// Seat is a number of people of one kind that a session needs.
type Seat struct {
	Count int32
	Needs Skills
	For   Sex
}

// Weights say what counts how much, in points. A metre of way is a point.
type Weights struct {
	Reach    int64 // metres that nobody is sent beyond; 0 where any way will do
	Stranger int64 // for a duty at a site that does not know the person
	Even     int64 // the n-th duty of a person costs 2n−1 times as much, so that n duties cost n² times
	Empty    int64 // for each seat that stays empty
	Stay     int64 // in repairs: for each duty that somebody takes anew; as much as Empty or more and nobody steps in
}

// Pair is a person at a session.
type Pair struct{ Person, Slot int32 }

// Problem is people, sessions and rules.
type Problem struct {
	People []Person
	Sites  []Site
	Slots  []Slot
	Weights
	Locks []Pair // decided by hand: this person has a seat in this session
	Bans  []Pair // decided by hand: not this person at this session
}

// Duty is a person in a seat of a session.
type Duty struct{ Person, Slot, Seat int32 }

// Vacancy is seats of one kind that stay empty, and why: of all people, so many may not sit there (skills, sex, reach,
// bans, no duties at all), so many are not free then, so many are busy elsewhere at that time, and so many have as many duties as they take.
// Whoever is in none of these numbers would cost more than the empty seat.
type Vacancy struct {
	Slot, Seat, Count            int32
	Unfit, NotFree, Busy, Booked int32
}

// Options are the same for every solver. The method draws no lots; Effort bounds the rounds in which pairs are added that
// were left out at first, 0 for as many as it takes.
type Options struct {
	Seed   uint64
	Effort int64
}

// Solution is a roster with a proof of how good it is.
type Solution struct {
	Duties    []Duty // by session, seat, person
	Empty     []Vacancy
	Objective int64
	// Bound is what no roster can undercut, after a repair none with as few new duties. It is below Objective where sessions
	// overlap in more than blocks, see Solve, or where the work was ended early.
	Bound  int64
	Proved bool
}

// Solve finds the best roster as a flow of least cost (see package flow): each person to each block of sessions that
// overlap all with each other, at most one; from there to seats. Where sessions overlap across blocks, a person may come
// out with two duties at once; she keeps as many as she can, the other pairs are banned, and the flow is settled again.
// Where there are very many pairs, it begins with the cheapest of each person and of each seat, and adds those that the
// prices show to be worth it until there are none.
//
// The errors are [ProblemError] and the context's where no roster is at hand yet.
func Solve(ctx context.Context, p Problem, o Options) (Solution, error) {
	r, err := Begin(ctx, p, o)
	if err != nil {
		return Solution{}, err
	}
	return r.Solution(), nil
}

// cost is what a duty costs without what depends on the others, and whether it may be at all, but for the person's time.
func (p *Problem) cost(person *Person, slot *Slot, way int64) (int64, bool) {
	if p.Reach > 0 && way > p.Reach {
		return 0, false
	}
	for _, s := range person.Knows {
		if s == slot.Site {
			return way, true
		}
	}
	return way + p.Stranger, true
}

// way is the straight way in whole metres, half a metre rounded up.
func (p *Problem) way(person *Person, site int32) int64 {
	s := p.Sites[site]
	return int64(math.Round(math.Hypot(float64(person.X)-float64(s.X), float64(person.Y)-float64(s.Y))))
}

func (s Seat) takes(p *Person) bool {
	return s.Needs&^p.Skills == 0 && (s.For == Anyone || s.For == p.Sex)
}

func (p *Person) can(at Span) bool {
	if len(p.Free) == 0 {
		return true
	}
	for _, f := range p.Free {
		if f.From <= at.From && at.Until <= f.Until {
			return true
		}
	}
	return false
}

// Trouble is what is wrong with a part of a problem.
type Trouble string

// The troubles.
const (
	OutOfRange  Trouble = "out of range"
	NoSuch      Trouble = "no such person, session or site"
	Backwards   Trouble = "ends before it begins"
	LockTwice   Trouble = "locked twice"
	LockUnfit   Trouble = "locked, but must not: skill, sex, reach or ban"
	LockNotFree Trouble = "locked, but not free then"
	LockClash   Trouble = "locked at two sessions at once"
	LockFull    Trouble = "locked with more others than there are seats"
	LockBooked  Trouble = "locked at more sessions than duties she takes"
)

// ProblemError names a part of a problem that cannot be: a person, session, site, lock or ban, from 0.
type ProblemError struct {
	Part    string // "person", "slot", "site", "lock", "ban" or "weight"
	Index   int
	Other   int // the other lock of a clash, −1 where there is none
	Trouble Trouble
}

func (e *ProblemError) Error() string {
	return fmt.Sprintf("roster: %s %d: %s", e.Part, e.Index, e.Trouble)
}

func (p *Problem) validate() error {
	fault := func(part string, i int, t Trouble) error { return &ProblemError{part, i, -1, t} }
	inside := func(x, y int32) bool { return max(x, -x, y, -y) <= MaxPoints }
	if len(p.People) > MaxPeople || len(p.Slots) > MaxSlots || len(p.Sites) > MaxSites {
		return fault("slot", min(len(p.Slots), MaxSlots), OutOfRange)
	}
	for i, w := range []int64{p.Reach, p.Stranger, p.Empty, p.Stay, p.Even} {
		if w < 0 || w > MaxPoints || i == 4 && w > MaxEven {
			return fault("weight", i, OutOfRange)
		}
	}
	for i, s := range p.Sites {
		if !inside(s.X, s.Y) {
			return fault("site", i, OutOfRange)
		}
	}
	for i := range p.People {
		if err := p.validPerson(i, &p.People[i]); err != nil {
			return err
		}
	}
	for i, s := range p.Slots {
		switch {
		case s.Site < 0 || int(s.Site) >= len(p.Sites):
			return fault("slot", i, NoSuch)
		case s.From >= s.Until:
			return fault("slot", i, Backwards)
		}
		for _, seat := range s.Seats {
			if seat.Count < 1 || seat.Count > MaxPeople || seat.For > Man {
				return fault("slot", i, OutOfRange)
			}
		}
	}
	for i, b := range p.Bans {
		if !p.has(b) {
			return fault("ban", i, NoSuch)
		}
	}
	return nil
}

func (p *Problem) validPerson(i int, person *Person) error {
	switch {
	case max(person.X, -person.X, person.Y, -person.Y) > MaxPoints, person.Most < 0 || person.Most > MaxDuties, person.Sex > Man:
		return &ProblemError{"person", i, -1, OutOfRange}
	}
	for _, f := range person.Free {
		if f.From >= f.Until {
			return &ProblemError{"person", i, -1, Backwards}
		}
	}
	return nil
}

func (p *Problem) has(a Pair) bool {
	return a.Person >= 0 && int(a.Person) < len(p.People) && a.Slot >= 0 && int(a.Slot) < len(p.Slots)
}
