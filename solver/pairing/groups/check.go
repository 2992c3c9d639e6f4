package groups

import (
	"fmt"
	"math"
)

// Check proves a plan and its bound without any of Solve's code.
func Check(p Problem, s Solution) error {
	if err := CheckPlan(p, s.At, s.Objective); err != nil {
		return err
	}
	low, err := shown(p, s)
	if err != nil {
		return err
	}
	if low != s.Bound || low > s.Objective || s.Proved != (low == s.Objective) {
		return fmt.Errorf("groups: the prices show %d, the solution says %d of %d", low, s.Bound, s.Objective)
	}
	return nil
}

// CheckPlan checks a plan made elsewhere: every rule, and what it costs.
func CheckPlan(p Problem, at [][]int32, objective int64) error {
	if len(at) != len(p.Groups) {
		return fmt.Errorf("groups: %d ways for %d groups", len(at), len(p.Groups))
	}
	var cost int64
	load := make(map[[2]int32]int64)
	for i, g := range p.Groups {
		if len(at[i]) != p.Terms {
			return fmt.Errorf("groups: group %d has %d terms of %d", i, len(at[i]), p.Terms)
		}
		for t, v := range at[i] {
			away := has(g.Away, int32(t))
			if v == Nowhere {
				if !away {
					cost += p.Idle
				}
				continue
			}
			if v < 0 || int(v) >= len(p.Places) || away {
				return fmt.Errorf("groups: group %d cannot be at place %d in term %d", i, v, t)
			}
			once, ok := allowed(p, i, v)
			if !ok {
				return fmt.Errorf("groups: group %d must not go to place %d", i, v)
			}
			cost += once
			load[[2]int32{v, int32(t)}] += int64(g.Size)
			if t > 0 && at[i][t-1] != Nowhere && at[i][t-1] != v {
				cost += p.Change
			}
		}
	}
	for v, place := range p.Places {
		for t, w := range place.Wants {
			n := load[[2]int32{int32(v), int32(t)}]
			if n > int64(w.Room) {
				return fmt.Errorf("groups: place %d has %d people in term %d and room for %d", v, n, t, w.Room)
			}
			if n < int64(w.Need) {
				cost += p.Missing * (int64(w.Need) - n)
			}
		}
	}
	for _, l := range p.Locks {
		if at[l.Group][l.Term] != l.Place {
			return fmt.Errorf("groups: group %d is not at place %d in term %d, where it is locked", l.Group, l.Place, l.Term)
		}
	}
	if cost != objective {
		return fmt.Errorf("groups: costs %d, not %d", cost, objective)
	}
	return nil
}

func has(all []int32, one int32) bool {
	for _, x := range all {
		if x == one {
			return true
		}
	}
	return false
}

// allowed is what a term of a group at a place costs by itself.
func allowed(p Problem, i int, v int32) (int64, bool) {
	g, place := p.Groups[i], p.Places[v]
	for _, b := range p.Bans {
		if int(b.Group) == i && b.Place == v {
			return 0, false
		}
	}
	way := int64(math.Floor(math.Hypot(float64(g.X)-float64(place.X), float64(g.Y)-float64(place.Y)) + 0.5))
	if place.Asks&g.Skills != place.Asks || p.Reach > 0 && way > p.Reach {
		return 0, false
	}
	if !has(g.Knows, v) {
		way += p.Stranger
	}
	return way, true
}

// shown is what no plan can undercut by the prices: each place as if credit were paid for all that it needs and rent for
// all its room, each group as cheap as it can by them, term by term over all pairs of places.
func shown(p Problem, s Solution) (low int64, err error) {
	for v, place := range p.Places {
		for t, w := range place.Wants {
			c, r := s.Credit[v][t], s.Rent[v][t]
			if c < 0 || c > p.Missing || r < 0 {
				return 0, fmt.Errorf("groups: place %d has a credit of %d and a rent of %d", v, c, r)
			}
			if w.Room == 0 {
				low += p.Missing * int64(w.Need)
			} else {
				low += c*int64(w.Need) - r*int64(w.Room)
			}
		}
	}
	const never = int64(1) << 60
	for i, g := range p.Groups {
		before := map[int32]int64{Nowhere: 0}
		for t := range p.Terms {
			away := has(g.Away, int32(t))
			cheapest := never
			for _, c := range before {
				cheapest = min(cheapest, c)
			}
			now := make(map[int32]int64)
			if now[Nowhere] = cheapest; !away {
				now[Nowhere] += p.Idle
			}
			for v, place := range p.Places {
				w := place.Wants[t]
				once, ok := allowed(p, i, int32(v))
				if !ok || away || g.Size > w.Room {
					continue
				}
				come := min(cheapest+p.Change, before[Nowhere])
				if t == 0 {
					come = 0
				} else if c, here := before[int32(v)]; here {
					come = min(come, c)
				}
				if b, nowhere := before[Nowhere]; t > 0 && !nowhere && b == 0 {
					come = cheapest + p.Change
					if c, here := before[int32(v)]; here {
						come = min(come, c)
					}
				}
				now[int32(v)] = come + once + int64(g.Size)*s.Rent[v][t] - min(int64(g.Size), int64(w.Need))*s.Credit[v][t]
			}
			for _, l := range p.Locks {
				if int(l.Group) == i && int(l.Term) == t {
					now = map[int32]int64{l.Place: now[l.Place]}
				}
			}
			before = now
		}
		cheapest := never
		for _, c := range before {
			cheapest = min(cheapest, c)
		}
		low += cheapest
	}
	return low, nil
}
