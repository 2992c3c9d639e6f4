package roster

import (
	"fmt"
	"math"
)

// Check proves a solution without any of Solve's code, but for the bound: it must not be above the objective, and equal
// where that is proved.
func Check(p Problem, s Solution) error {
	if err := CheckDuties(p, s.Duties, s.Objective); err != nil {
		return err
	}
	if s.Bound > s.Objective || s.Proved != (s.Bound == s.Objective) {
		return fmt.Errorf("roster: the bound is %d, the objective %d, proved: %v", s.Bound, s.Objective, s.Proved)
	}
	empty := make(map[[2]int32]int32)
	for i, slot := range p.Slots {
		for k, seat := range slot.Seats {
			empty[[2]int32{int32(i), int32(k)}] = seat.Count
		}
	}
	for _, d := range s.Duties {
		empty[[2]int32{d.Slot, d.Seat}]--
	}
	for _, v := range s.Empty {
		if empty[[2]int32{v.Slot, v.Seat}] != v.Count || v.Count < 1 {
			return fmt.Errorf("roster: session %d is said to have %d empty seats of kind %d", v.Slot, v.Count, v.Seat)
		}
		delete(empty, [2]int32{v.Slot, v.Seat})
	}
	for at, n := range empty {
		if n != 0 {
			return fmt.Errorf("roster: %d empty seats of session %d are not named", n, at[0])
		}
	}
	return nil
}

// CheckDuties checks a roster made elsewhere: every rule, and what it costs.
func CheckDuties(p Problem, duties []Duty, objective int64) error {
	var cost int64
	seated := make(map[[2]int32]int32)
	of := make(map[int32][]int32)
	for _, d := range duties {
		if d.Person < 0 || int(d.Person) >= len(p.People) || d.Slot < 0 || int(d.Slot) >= len(p.Slots) || d.Seat < 0 || int(d.Seat) >= len(p.Slots[d.Slot].Seats) {
			return fmt.Errorf("roster: there is no person %d, session %d, seat %d", d.Person, d.Slot, d.Seat)
		}
		who, slot := p.People[d.Person], p.Slots[d.Slot]
		seat := slot.Seats[d.Seat]
		site := p.Sites[slot.Site]
		way := int64(math.Floor(math.Hypot(float64(who.X)-float64(site.X), float64(who.Y)-float64(site.Y)) + 0.5))
		free := len(who.Free) == 0
		for _, f := range who.Free {
			free = free || f.From <= slot.From && f.Until >= slot.Until
		}
		known := false
		for _, k := range who.Knows {
			known = known || k == slot.Site
		}
		switch {
		case seat.Needs&who.Skills != seat.Needs:
			return fmt.Errorf("roster: person %d lacks a skill for session %d", d.Person, d.Slot)
		case seat.For != Anyone && seat.For != who.Sex:
			return fmt.Errorf("roster: person %d may not have seat %d of session %d", d.Person, d.Seat, d.Slot)
		case p.Reach > 0 && way > p.Reach:
			return fmt.Errorf("roster: person %d lives %d metres from session %d", d.Person, way, d.Slot)
		case !free:
			return fmt.Errorf("roster: person %d is not free for session %d", d.Person, d.Slot)
		}
		for _, other := range of[d.Person] {
			if o := p.Slots[other]; o.From < slot.Until && slot.From < o.Until {
				return fmt.Errorf("roster: person %d is at sessions %d and %d at once", d.Person, other, d.Slot)
			}
		}
		of[d.Person] = append(of[d.Person], d.Slot)
		seated[[2]int32{d.Slot, d.Seat}]++
		if cost += way; !known {
			cost += p.Stranger
		}
	}
	for person, mine := range of {
		n := int64(len(mine))
		if n > int64(p.People[person].Most) {
			return fmt.Errorf("roster: person %d has %d duties", person, n)
		}
		cost += n * n * p.Even
	}
	for i, slot := range p.Slots {
		for k, seat := range slot.Seats {
			left := seat.Count - seated[[2]int32{int32(i), int32(k)}]
			if left < 0 {
				return fmt.Errorf("roster: session %d has %d too many in seat %d", i, -left, k)
			}
			cost += int64(left) * p.Empty
		}
	}
	for _, l := range p.Locks {
		here := false
		for _, s := range of[l.Person] {
			here = here || s == l.Slot
		}
		if !here {
			return fmt.Errorf("roster: person %d is locked at session %d and not there", l.Person, l.Slot)
		}
	}
	for _, b := range p.Bans {
		for _, s := range of[b.Person] {
			if s == b.Slot {
				return fmt.Errorf("roster: person %d is banned from session %d", b.Person, b.Slot)
			}
		}
	}
	if cost != objective {
		return fmt.Errorf("roster: costs %d, not %d", cost, objective)
	}
	return nil
}
