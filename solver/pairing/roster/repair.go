package roster

import (
	"cmp"
	"context"
	"slices"

	"zhidian/solver/pairing/flow"
)

// Changes are what a repair did to the duties of others.
type Changes struct {
	Taken []Duty // new duties
	Given []Duty // duties given up, those of whoever withdrew among them
}

// Withdraw takes a person out of all duties. Whoever steps in is found so that the whole costs least again, each new duty
// counting Stay more.
func (r *Roster) Withdraw(ctx context.Context, person int32) (Changes, error) {
	if person < 0 || int(person) >= len(r.p.People) {
		return Changes{}, &ProblemError{"person", int(person), -1, NoSuch}
	}
	r.p.People[person].Most = 0
	for _, slot := range r.may.locked[person] {
		r.free(Pair{person, slot})
	}
	r.may.locked[person] = nil
	for _, i := range r.mine[person] {
		r.ban(int(i))
	}
	return r.repair(ctx)
}

// Drop takes a person out of one duty, which she is not given again.
func (r *Roster) Drop(ctx context.Context, d Pair) (Changes, error) {
	if !r.p.has(d) {
		return Changes{}, &ProblemError{"person", int(d.Person), -1, NoSuch}
	}
	r.may.banned[d] = true
	r.free(d)
	r.may.locked[d.Person] = slices.DeleteFunc(r.may.locked[d.Person], func(s int32) bool { return s == d.Slot })
	for _, i := range r.mine[d.Person] {
		switch e := r.all[i]; {
		case e.slot == d.Slot:
			r.ban(int(i))
		case r.banned[i] && r.allowed(e): // what the lock stood against, or another place at once
			r.banned[i] = false
			r.net.Limit(r.arcOf(int(i)), 0, 1)
		}
	}
	return r.repair(ctx)
}

// Arrive takes a person in who was not there, and gives her number.
func (r *Roster) Arrive(ctx context.Context, person Person) (int32, Changes, error) {
	i := len(r.p.People)
	if err := r.p.validPerson(i, &person); err != nil {
		return 0, Changes{}, err
	}
	r.p.People, r.may.locked = append(r.p.People, person), append(r.may.locked, nil)
	own := r.net.Price(r.source) + r.p.Even // as if her first duty were about to come
	node := r.net.AddNode(own)
	r.person, r.mine = append(r.person, node), append(r.mine, nil)
	blocks := make(map[int32]int32)
	r.may.of(int32(i), func(e pair) {
		b := r.may.block[e.slot]
		from, ok := blocks[b]
		if person.Most == 1 {
			from = node
		} else if !ok {
			from = r.net.AddNode(own)
			blocks[b] = from
			r.net.AddArc(flow.Arc{From: node, To: from, Upper: 1})
		}
		r.mine[i] = append(r.mine[i], int32(len(r.all)))
		r.all, r.block = append(r.all, e), append(r.block, from)
		r.on, r.banned = append(r.on, false), append(r.banned, false)
		r.late = append(r.late, r.net.AddArc(flow.Arc{From: from, To: r.seat[e.slot] + e.seat, Upper: 1, Cost: e.cost + r.p.Stay}))
	})
	for n := range min(int64(person.Most), int64(len(r.mine[i]))) {
		r.net.AddArc(flow.Arc{From: r.source, To: node, Upper: 1, Cost: r.p.Even * (2*n + 1)})
	}
	done, err := r.repair(ctx)
	return int32(i), done, err
}

// allowed tells whether a pair may be, but for what else the person does at that time.
func (r *Roster) allowed(e pair) bool {
	return r.p.People[e.person].Most > 0 && !r.may.banned[Pair{e.person, e.slot}] && !r.may.shut(e.person, e.slot)
}

// free lets a locked person's block go without her.
func (r *Roster) free(lock Pair) {
	if arc, ok := r.held[Pair{lock.Person, r.may.block[lock.Slot]}]; ok && slices.Contains(r.may.locked[lock.Person], lock.Slot) {
		r.net.Limit(arc, 0, 1)
	}
}

func (r *Roster) ban(i int) {
	if !r.banned[i] {
		r.banned[i] = true
		r.net.Limit(r.arcOf(i), 0, 0)
	}
}

// repair settles the flow after a change and tells what became of the duties.
func (r *Roster) repair(ctx context.Context) (c Changes, err error) {
	r.stale = true
	if err := r.untangle(ctx); err != nil {
		return c, err
	}
	slices.Sort(r.touched)
	touched := slices.Compact(r.touched)
	r.touched, r.flipped = r.touched[:0], r.flipped[:0]
	for _, i := range touched {
		e, made := r.all[i], r.made(int(i))
		if made == r.on[i] {
			continue
		}
		r.on[i] = made
		r.flipped = append(r.flipped, i)
		if made {
			r.net.Cost(r.arcOf(int(i)), e.cost)
			c.Taken = append(c.Taken, Duty{e.person, e.slot, e.seat})
		} else {
			r.net.Cost(r.arcOf(int(i)), e.cost+r.p.Stay)
			c.Given = append(c.Given, Duty{e.person, e.slot, e.seat})
		}
	}
	return c, nil
}

// untangle settles the flow until nobody whose duties change has two at once.
func (r *Roster) untangle(ctx context.Context) error {
	for {
		if err := r.net.Settle(ctx); err != nil {
			return err
		}
		var people []int32
		for _, arc := range r.net.Changed() {
			if i, ok := r.pairOf(int(arc)); ok {
				r.touched = append(r.touched, i)
				people = append(people, r.all[i].person)
			}
		}
		slices.Sort(people)
		if !r.disentangle(slices.Compact(people)) {
			return nil
		}
	}
}

// disentangle bans duties of people so that none overlap: a person keeps as many as she can, those first that are locked, then
// those that end first. It tells whether there were any.
func (r *Roster) disentangle(people []int32) (tangled bool) {
	var duties, kept []int32
	for _, person := range people {
		duties, kept = duties[:0], kept[:0]
		for _, i := range r.mine[person] {
			if r.made(int(i)) {
				duties = append(duties, i)
			}
		}
		locked := func(i int32) bool { return slices.Contains(r.may.locked[person], r.all[i].slot) }
		slices.SortFunc(duties, func(a, b int32) int {
			if first := locked(a); first != locked(b) {
				if first {
					return -1
				}
				return 1
			}
			return cmp.Or(cmp.Compare(r.p.Slots[r.all[a].slot].Until, r.p.Slots[r.all[b].slot].Until), cmp.Compare(a, b))
		})
		for _, i := range duties {
			if slices.ContainsFunc(kept, func(k int32) bool { return r.p.Slots[r.all[k].slot].overlaps(r.p.Slots[r.all[i].slot].Span) }) {
				tangled = true
				r.ban(int(i))
			} else {
				kept = append(kept, i)
			}
		}
	}
	return tangled
}

// Solution is the roster as it is now, with a bound by the prices.
func (r *Roster) Solution() Solution {
	p := &r.p
	s := Solution{}
	taken := make([][]int32, len(p.Slots)) // per session and seat
	for i, slot := range p.Slots {
		taken[i] = make([]int32, len(slot.Seats))
	}
	count := make([]int64, len(p.People))
	for i, e := range r.all {
		if r.made(i) {
			s.Duties = append(s.Duties, Duty{e.person, e.slot, e.seat})
			s.Objective += e.cost
			count[e.person]++
			taken[e.slot][e.seat]++
		}
	}
	slices.SortFunc(s.Duties, func(a, b Duty) int {
		return cmp.Or(cmp.Compare(a.Slot, b.Slot), cmp.Compare(a.Seat, b.Seat), cmp.Compare(a.Person, b.Person))
	})
	for _, n := range count {
		s.Objective += n * n * p.Even
	}
	for i, slot := range p.Slots {
		for k, seat := range slot.Seats {
			if left := seat.Count - taken[i][k]; left > 0 {
				s.Objective += int64(left) * p.Empty
				s.Empty = append(s.Empty, Vacancy{Slot: int32(i), Seat: int32(k), Count: left})
			}
		}
	}
	r.p.explain(s)
	if r.stale {
		r.low, r.stale = r.bound(), false
	}
	s.Bound = min(r.low, s.Objective)
	s.Proved = s.Bound == s.Objective
	return s
}

// bound is what the prices show where pairs that were banned for being a second place at once are allowed, less what the
// duties that were new in the last repair counted more.
func (r *Roster) bound() int64 {
	f := r.net.Problem()
	price := make([]int64, len(f.Supply))
	for i := range price {
		price[i] = r.net.Price(int32(i))
	}
	flipped := make(map[int32]bool, len(r.flipped))
	for _, i := range r.flipped {
		flipped[i] = true
	}
	more := int64(0)
	for i, e := range r.all {
		a := &f.Arcs[r.arcOf(i)]
		a.Cost = e.cost
		if before := r.on[i] != flipped[int32(i)]; !before {
			a.Cost += r.p.Stay
			if r.on[i] {
				more += r.p.Stay
			}
		}
		if r.allowed(e) {
			a.Upper = 1
		}
	}
	low := flow.Bound(f, price) - more
	if !r.whole {
		_, short := r.worthMore()
		low += short
	}
	return low
}

// explain counts for each empty seat why people are not in it.
func (p *Problem) explain(s Solution) {
	duties := make([][]int32, len(p.People))
	for _, d := range s.Duties {
		duties[d.Person] = append(duties[d.Person], d.Slot)
	}
	banned := make(map[Pair]bool, len(p.Bans))
	for _, b := range p.Bans {
		banned[b] = true
	}
	for k := range s.Empty {
		v := &s.Empty[k]
		slot := &p.Slots[v.Slot]
		for i := range p.People {
			who := &p.People[i]
			_, near := p.cost(who, slot, p.way(who, slot.Site))
			switch {
			case !near || who.Most == 0 || !slot.Seats[v.Seat].takes(who) || banned[Pair{int32(i), v.Slot}]:
				v.Unfit++
			case !who.can(slot.Span):
				v.NotFree++
			case slices.ContainsFunc(duties[i], func(d int32) bool { return p.Slots[d].overlaps(slot.Span) }):
				v.Busy++
			case len(duties[i]) >= int(who.Most):
				v.Booked++
			}
		}
	}
}
