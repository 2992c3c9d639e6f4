package capacity

import (
	"cmp"
	"math"
	"slices"
)

// state is what branching has decided of a site.
type state int8

const (
	free state = iota
	opened
	closed
)

// Numbers of steps, and the largest capacity whose knapsacks are solved exactly.
const (
	rootSteps  = 600
	nodeSteps  = 60
	waiting    = 15 // steps without a better bound after which steps become shorter
	exactUpTo  = 4096
	mostMatrix = 1 << 26 // words for a knapsack's table
)

// proof is the relaxation: each demand offers a price to whoever serves it, and may be served by several or by nobody. A
// site earns what the best knapsack of demands earns; the K sites that earn most are taken.
type proof struct {
	s     *search
	cost  []int64 // never where branching has ruled the pair out
	price []float64
	worth []float64
	packs [][]int32 // per site, its knapsack
	order []int32   // free sites, the one that earns most first
	taken []int32
	calls []int // per demand
	st    []state

	least    float64 // the bound of the last evaluation
	bound    int64   // of the whole problem
	nodes    int64
	limit    int64
	ended    bool
	complete bool // the whole tree was searched

	items []item
	table []float64
	picks []bool
}

type item struct {
	demand int32
	load   int64
	gain   float64
}

func newProof(s *search) *proof {
	b := &proof{s: s, cost: slices.Clone(s.cost), price: make([]float64, s.p.Demand), worth: make([]float64, s.p.Sites), packs: make([][]int32, s.p.Sites), calls: make([]int, s.p.Demand), st: make([]state, s.p.Sites)}
	for _, j := range s.p.Fixed {
		b.st[j] = opened
	}
	return b
}

// whole is the least whole number that a bound promises, some parts in 10^9 being left to rounding.
func whole(bound float64) int64 {
	bound = min(bound, float64(never))
	return int64(math.Ceil(bound - 1e-6 - 1e-9*math.Abs(bound)))
}

// out says that a bound rules out whatever is better than the best plan. Prices without end say that there is no plan.
func (b *proof) out(bound float64) bool { return whole(bound) >= min(b.s.value, mostSum+1) }

// root finds the first bound.
func (b *proof) root() {
	for i, near := range b.s.near { // what a demand would pay at most: its second choice of a good plan
		first, second := never, never
		for _, j := range b.s.bestOpen {
			switch c := b.s.costOf(int32(i), j); {
			case c < first:
				first, second = c, first
			case c < second:
				second = c
			}
		}
		if second == never {
			second = b.s.costOf(int32(i), near[min(len(near)-1, 2)])
		}
		b.price[i] = float64(min(second, never/4))
	}
	b.bound = max(0, whole(b.ascend(rootSteps, 1.5)))
}

func (b *proof) upper() float64 {
	if b.s.value == math.MaxInt64 {
		return 1.2*math.Abs(b.least) + 1
	}
	return float64(b.s.value)
}

// ascend looks for the prices with the highest bound, keeps them and gives that.
func (b *proof) ascend(steps int, theta float64) float64 {
	best, kept := math.Inf(-1), slices.Clone(b.price)
	since := 0
	for k := range steps {
		b.evaluate()
		if b.least > best {
			if b.least > best+1e-4*math.Abs(best) {
				since = 0
			}
			best = b.least
			copy(kept, b.price)
		}
		if b.out(best) || k&7 == 0 && b.s.ctx.Err() != nil {
			break
		}
		if since++; since > waiting {
			if theta /= 2; theta < 0.01 {
				break
			}
			since = 0
			copy(b.price, kept)
			b.evaluate()
		}
		norm := 0
		for _, n := range b.calls {
			norm += (1 - n) * (1 - n)
		}
		if norm == 0 {
			b.found()
			break
		}
		t := theta * max(b.upper()-b.least, 1e-3*b.upper()+1e-3) / float64(norm)
		for i, n := range b.calls {
			b.price[i] = max(0, b.price[i]+t*float64(1-n))
		}
	}
	copy(b.price, kept)
	b.evaluate()
	return best
}

// found takes over a plan in which everybody is served once: there is nothing better under what branching has decided.
func (b *proof) found() {
	at := make([]int32, len(b.calls))
	total := int64(0)
	for _, j := range b.taken {
		for _, i := range b.packs[j] {
			at[i] = j
			total += b.s.costOf(i, j)
		}
	}
	if total < b.s.value {
		b.s.value, b.s.best, b.s.bestOpen = total, at, slices.Clone(b.taken)
	}
}

// evaluate finds the bound for the prices.
func (b *proof) evaluate() {
	sum := 0.0
	for _, price := range b.price {
		sum += price
	}
	left := b.s.p.K
	b.order, b.taken = b.order[:0], b.taken[:0]
	for j, x := range b.st {
		if x == closed {
			continue
		}
		b.worth[j] = b.pack(int32(j))
		if x == opened {
			sum -= b.worth[j]
			b.taken = append(b.taken, int32(j))
			left--
		} else {
			b.order = append(b.order, int32(j))
		}
	}
	slices.SortFunc(b.order, func(x, y int32) int { return cmp.Or(cmp.Compare(b.worth[y], b.worth[x]), cmp.Compare(x, y)) })
	if left > len(b.order) {
		b.least = math.Inf(1)
		return
	}
	for _, j := range b.order[:left] {
		sum -= b.worth[j]
		b.taken = append(b.taken, j)
	}
	clear(b.calls)
	for _, j := range b.taken {
		for _, i := range b.packs[j] {
			b.calls[i]++
		}
	}
	b.least = sum
}

// pack fills a site with demands, so that it earns most, and says how much.
func (b *proof) pack(j int32) float64 {
	items, m := b.items[:0], b.s.p.Sites
	capacity, load := b.s.p.Capacity[j], int64(0)
	for i, price := range b.price {
		c := b.cost[i*m+int(j)]
		if gain := price - float64(c); gain > 0 && c < never && b.s.p.Load[i] <= capacity {
			items = append(items, item{int32(i), b.s.p.Load[i], gain})
			load += b.s.p.Load[i]
		}
	}
	sum := 0.0
	sum, b.packs[j] = b.knapsack(items, capacity, load, b.packs[j][:0])
	return sum
}

// crowded says that the sites which may still open cannot take all loads, each being filled as far as whole demands go:
// then no plan is left, which prices would show only by growing without end.
func (b *proof) crowded() bool {
	total, room, left := 0.0, 0.0, b.s.p.K
	var free []float64
	for _, l := range b.s.p.Load {
		total += float64(l)
	}
	for j, x := range b.st {
		if x == closed {
			continue
		}
		items, load := b.items[:0], int64(0)
		for i, l := range b.s.p.Load {
			if b.cost[i*b.s.p.Sites+j] < never && l > 0 && l <= b.s.p.Capacity[j] {
				items = append(items, item{int32(i), l, float64(l)})
				load += l
			}
		}
		full, _ := b.knapsack(items, b.s.p.Capacity[j], load, nil)
		if x == opened {
			room += full
			left--
		} else {
			free = append(free, full)
		}
	}
	slices.Sort(free)
	for _, full := range free[max(0, len(free)-left):] {
		room += full
	}
	return room < total-0.5-1e-9*total
}

// knapsack picks what earns most within a capacity, given the load of everything: exactly where the capacity is small, and
// otherwise what it gives is at least as much, the last item being let in by a part. It appends the demands to pack.
func (b *proof) knapsack(items []item, capacity, load int64, pack []int32) (float64, []int32) {
	b.items = items
	sum := 0.0
	switch {
	case load <= capacity:
		for _, x := range items {
			sum += x.gain
			pack = append(pack, x.demand)
		}
	case capacity <= exactUpTo && (capacity+1)*int64(len(items)) <= mostMatrix:
		sum, pack = b.exactly(items, int(capacity), pack)
	default:
		slices.SortFunc(items, func(x, y item) int {
			return cmp.Or(cmp.Compare(y.gain*float64(x.load), x.gain*float64(y.load)), cmp.Compare(x.demand, y.demand))
		})
		for _, x := range items {
			if x.load > capacity {
				sum += x.gain * float64(capacity) / float64(x.load)
				break
			}
			capacity -= x.load
			sum += x.gain
			pack = append(pack, x.demand)
		}
	}
	return sum, pack
}

// exactly solves a knapsack by its table.
func (b *proof) exactly(items []item, capacity int, pack []int32) (float64, []int32) {
	width := capacity + 1
	if len(b.table) < width {
		b.table = make([]float64, width)
	}
	if len(b.picks) < width*len(items) {
		b.picks = make([]bool, width*len(items))
	}
	table, picks := b.table[:width], b.picks[:width*len(items)]
	clear(table)
	clear(picks)
	for k, x := range items {
		load, line := int(x.load), picks[k*width:(k+1)*width]
		for c := capacity; c >= load; c-- {
			if with := table[c-load] + x.gain; with > table[c] {
				table[c], line[c] = with, true
			}
		}
	}
	c := capacity
	for k := len(items) - 1; k >= 0; k-- {
		if picks[k*width+c] {
			pack = append(pack, items[k].demand)
			c -= int(items[k].load)
		}
	}
	return table[capacity], pack
}

// prove searches what the prices cannot rule out.
func (b *proof) prove(nodes int64) {
	b.limit = nodes
	b.branch()
	if !b.ended {
		b.complete = true
		b.bound = b.s.value
	}
}

func (b *proof) stopped() bool {
	b.ended = b.ended || b.s.ctx.Err() != nil || b.nodes >= b.limit
	return b.ended
}

// branch searches below what is decided; the prices are those of the node.
func (b *proof) branch() {
	if b.stopped() {
		return
	}
	b.nodes++
	b.evaluate()
	if b.out(b.least) || b.s.value == math.MaxInt64 && b.crowded() {
		return
	}
	undo := b.fix()
	defer func() {
		for _, j := range undo {
			b.st[j] = free
		}
	}()
	price := slices.Clone(b.price)
	if j := b.undecided(); j >= 0 {
		for _, side := range []state{opened, closed} {
			b.st[j] = side
			copy(b.price, price)
			if !b.out(b.ascend(nodeSteps, 0.7)) {
				b.branch()
			}
			if b.stopped() {
				break
			}
		}
		b.st[j] = free
		return
	}
	i, j := b.quarrel()
	if i < 0 {
		b.leaf()
		return
	}
	// Either j serves i and nobody else does, or j does not.
	row := b.cost[int(i)*b.s.p.Sites : (int(i)+1)*b.s.p.Sites]
	before := slices.Clone(row)
	for _, mine := range []bool{true, false} {
		for k := range row {
			if (int32(k) != j) == mine {
				row[k] = never
			}
		}
		copy(b.price, price)
		if !b.out(b.ascend(nodeSteps, 0.7)) {
			b.branch()
		}
		copy(row, before)
		if b.stopped() {
			return
		}
	}
}

// fix decides free sites whose other choice the bound rules out, and gives them.
func (b *proof) fix() (decided []int32) {
	left := b.s.p.K
	for _, x := range b.st {
		if x == opened {
			left--
		}
	}
	if left == 0 || left >= len(b.order) {
		return nil
	}
	last, after := b.worth[b.order[left-1]], b.worth[b.order[left]]
	for k, j := range b.order {
		switch {
		case k >= left && b.out(b.least+last-b.worth[j]):
			b.st[j] = closed
		case k < left && b.out(b.least+b.worth[j]-after):
			b.st[j] = opened
		default:
			continue
		}
		decided = append(decided, j)
	}
	return decided
}

// undecided is the free site about which the prices are least sure, −1 where all are decided.
func (b *proof) undecided() int32 {
	left := b.s.p.K
	var unsure []int32
	for _, x := range b.st {
		if x == opened {
			left--
		}
	}
	for _, j := range b.order {
		if b.st[j] == free {
			unsure = append(unsure, j)
		}
	}
	if left == 0 || len(unsure) == 0 {
		return -1
	}
	return unsure[min(left, len(unsure))-1]
}

// quarrel is a demand with several sites left, if possible one that the prices serve several times or not at all, and the
// site that would serve it cheapest; −1 where every demand has but one site left.
func (b *proof) quarrel() (demand, site int32) {
	most, m := -1, b.s.p.Sites
	demand = -1
	for i, n := range b.calls {
		if off := (n - 1) * (n - 1); off > most {
			at, least, left := int32(-1), never, 0
			for _, j := range b.taken {
				if c := b.cost[i*m+int(j)]; c < never {
					left++
					if c < least {
						at, least = j, c
					}
				}
			}
			if left > 1 {
				most, demand, site = off, int32(i), at
			}
		}
	}
	return demand, site
}

// leaf serves each demand from the one site it has left, if it has one and all have room.
func (b *proof) leaf() {
	used := make([]int64, b.s.p.Sites)
	at := make([]int32, len(b.calls))
	total := int64(0)
	for i := range at {
		at[i] = -1
		for _, j := range b.taken {
			if c := b.cost[i*b.s.p.Sites+int(j)]; c < never {
				at[i] = j
				total += c
				used[j] += b.s.p.Load[i]
			}
		}
		if at[i] < 0 || used[at[i]] > b.s.p.Capacity[at[i]] {
			return
		}
	}
	if total < b.s.value {
		b.s.value, b.s.best, b.s.bestOpen = total, at, slices.Clone(b.taken)
	}
}
