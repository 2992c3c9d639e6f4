package roster

import (
	"cmp"
	"context"
	"slices"

	"zhidian/solver/pairing/flow"
)

// Roster is a solved problem in memory, which can be repaired after a change.
type Roster struct {
	p     Problem
	may   *pairs
	all   []pair // in the flow, by person, session and seat; those of people who came later behind
	whole bool   // all pairs that may be are in the flow
	net   *flow.Network

	source int32
	seat   []int32   // per session: the node of its first seat
	arc    int       // the flow's arc of the first pair; the others follow
	late   []int     // arcs of the pairs of people who came later
	mine   [][]int32 // per person: her pairs in all
	block  []int32   // per pair: the node that it leads from
	person []int32   // per person: her node

	on      []bool       // per pair: whether it was made when the roster was last told
	flipped []int32      // pairs that were made or given up by the last repair
	touched []int32      // pairs that the repair under way may have made or given up
	banned  []bool       // per pair: because it would be a second place at once, or she has withdrawn, or a lock stands against it
	held    map[Pair]int // arcs that let at least one through, by person and block, for locks
	low     int64        // what no roster can undercut
	stale   bool         // low is of before a change
}

// Begin solves a problem and keeps it, see [Solve].
func Begin(ctx context.Context, p Problem, o Options) (*Roster, error) {
	if err := p.validate(); err != nil {
		return nil, err
	}
	r := &Roster{p: p}
	r.p.People = slices.Clone(p.People)
	var err error
	if r.may, err = newPairs(&r.p); err != nil {
		return nil, err
	}
	r.all, r.whole = r.may.first()
	for round := int64(1); ; round++ {
		network := r.network()
		s, err := flow.Solve(ctx, network, flow.Options{})
		if err != nil {
			return nil, err
		}
		if !s.Proved {
			return nil, ctx.Err()
		}
		if r.net, err = flow.Keep(network, s); err != nil {
			return nil, err
		}
		if r.low = s.Objective; r.whole {
			break
		}
		more, short := r.worthMore()
		r.low += short
		if len(more) == 0 || round == o.Effort || ctx.Err() != nil {
			break
		}
		r.all = append(r.all, more...)
		slices.SortFunc(r.all, pair.compare)
	}
	r.on, r.banned = make([]bool, len(r.all)), make([]bool, len(r.all))
	for i, e := range r.all {
		r.banned[i] = r.may.shut(e.person, e.slot)
	}
	everyone := make([]int32, len(p.People))
	for i := range everyone {
		everyone[i] = int32(i)
	}
	r.disentangle(everyone)
	if err := r.untangle(ctx); err != nil {
		return nil, err
	}
	r.touched = r.touched[:0]
	for i := range r.all {
		r.on[i] = r.made(i)
		if !r.on[i] {
			r.net.Cost(r.arcOf(i), r.all[i].cost+r.p.Stay)
		}
	}
	return r, nil
}

func (r *Roster) arcOf(i int) int {
	if first := len(r.all) - len(r.late); i >= first {
		return r.late[i-first]
	}
	return r.arc + i
}

// pairOf is the pair of an arc, false where it is of none.
func (r *Roster) pairOf(arc int) (int32, bool) {
	first := len(r.all) - len(r.late)
	if i := arc - r.arc; i >= 0 && i < first {
		return int32(i), true
	}
	i, ok := slices.BinarySearch(r.late, arc)
	return int32(first + i), ok
}

func (r *Roster) made(i int) bool { return r.net.Flow(r.arcOf(i)) > 0 }

// network draws the flow: everything comes from one source, through people or straight to the seat that stays empty.
func (r *Roster) network() flow.Problem {
	p := &r.p
	f := flow.Problem{Supply: make([]int64, 1+len(p.People))}
	node := func(supply int64) int32 {
		f.Supply = append(f.Supply, supply)
		return int32(len(f.Supply) - 1)
	}
	r.source, r.seat = 0, make([]int32, len(p.Slots))
	for i, s := range p.Slots {
		r.seat[i] = int32(len(f.Supply))
		for _, seat := range s.Seats {
			f.Supply[0] += int64(seat.Count)
			f.Arcs = append(f.Arcs, flow.Arc{From: 0, To: node(-int64(seat.Count)), Upper: int64(seat.Count), Cost: p.Empty})
		}
	}
	r.held = make(map[Pair]int)
	r.person, r.mine = make([]int32, len(p.People)), make([][]int32, len(p.People))
	for i := range p.People {
		r.person[i] = int32(1 + i)
	}
	for i, e := range r.all {
		r.mine[e.person] = append(r.mine[e.person], int32(i))
	}
	for i := range p.People {
		for n := range min(int64(p.People[i].Most), int64(len(r.mine[i]))) {
			f.Arcs = append(f.Arcs, flow.Arc{From: 0, To: r.person[i], Upper: 1, Cost: p.Even * (2*n + 1)})
		}
	}
	// A block of a person's with several pairs has a node of its own, which lets one through, unless she has one session only.
	r.block = make([]int32, len(r.all))
	direct := make([]int64, len(r.all)) // the lower limit of pairs that lead from the person
	for i, mine := range r.mine {
		if p.People[i].Most == 1 && len(r.may.locked[i]) == 0 {
			for _, k := range mine {
				r.block[k] = r.person[i]
			}
			continue
		}
		byBlock := slices.Clone(mine)
		slices.SortFunc(byBlock, func(a, b int32) int {
			return cmp.Or(cmp.Compare(r.may.block[r.all[a].slot], r.may.block[r.all[b].slot]), cmp.Compare(a, b))
		})
		for len(byBlock) > 0 {
			block := r.may.block[r.all[byBlock[0]].slot]
			n := 1
			for n < len(byBlock) && r.may.block[r.all[byBlock[n]].slot] == block {
				n++
			}
			from, must := r.person[i], int64(0)
			if slices.ContainsFunc(byBlock[:n], func(k int32) bool { return slices.Contains(r.may.locked[i], r.all[k].slot) }) {
				must = 1 // the other sessions of the block are shut
			}
			if n > 1 {
				from = node(0)
				if must > 0 {
					r.held[Pair{int32(i), block}] = len(f.Arcs)
				}
				f.Arcs = append(f.Arcs, flow.Arc{From: r.person[i], To: from, Lower: must, Upper: 1})
			} else {
				direct[byBlock[0]] = must
			}
			for _, k := range byBlock[:n] {
				r.block[k] = from
			}
			byBlock = byBlock[n:]
		}
	}
	r.arc = len(f.Arcs)
	for i, e := range r.all {
		upper := int64(1)
		if r.may.shut(e.person, e.slot) {
			upper = 0
		}
		f.Arcs = append(f.Arcs, flow.Arc{From: r.block[i], To: r.seat[e.slot] + e.seat, Lower: direct[i], Upper: upper, Cost: e.cost})
	}
	return f
}

// worthMore gives, of the pairs that are not in the flow, the one of each person and block that the prices show to save
// most, and what all of them together might save at the most.
func (r *Roster) worthMore() (more []pair, short int64) {
	price := make([]int64, r.may.blocks) // of the person's blocks: what a pair must cost less than
	best := make([]pair, r.may.blocks)
	saves := make([]int64, r.may.blocks)
	for i := range r.p.People {
		own := r.net.Price(r.person[i])
		for b := range price {
			price[b], saves[b] = own, 0
		}
		for _, k := range r.mine[i] {
			e := r.all[k]
			if b := r.may.block[e.slot]; r.block[k] == r.person[i] {
				price[b] = max(price[b], r.net.Price(r.seat[e.slot]+e.seat)-e.cost)
			} else {
				price[b] = r.net.Price(r.block[k])
			}
		}
		mine := r.mine[i]
		r.may.of(int32(i), func(e pair) {
			for len(mine) > 0 && r.all[mine[0]].compare(e) < 0 {
				mine = mine[1:]
			}
			if len(mine) > 0 && r.all[mine[0]].compare(e) == 0 {
				return
			}
			b := r.may.block[e.slot]
			if c := e.cost + price[b] - r.net.Price(r.seat[e.slot]+e.seat); c < saves[b] && !r.may.shut(e.person, e.slot) {
				saves[b], best[b] = c, e
			}
		})
		for b, c := range saves {
			if c < 0 {
				more, short = append(more, best[b]), short+c
			}
		}
	}
	return more, short
}
