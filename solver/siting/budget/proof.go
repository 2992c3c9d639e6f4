package budget

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

// Numbers of steps.
const (
	rootSteps = 800
	nodeSteps = 60
	waiting   = 15
)

// proof is the relaxation: each demand offers a price to whoever serves it, and may be served by several or by nobody, and
// the budget has a price for each part of it. Sites that earn more than they cost at that price are taken.
type proof struct {
	s     *search
	price []float64
	rate  float64 // of the whole budget
	part  []float64
	net   []float64 // per site, what it costs at the rate less what it earns
	taken []int32
	order []int32
	calls []int
	st    []state

	least    float64
	bound    int64
	nodes    int64
	limit    int64
	ended    bool
	complete bool
}

func newProof(s *search) *proof {
	b := &proof{s: s, price: make([]float64, s.p.Demand), part: make([]float64, s.p.Sites), net: make([]float64, s.p.Sites), calls: make([]int, s.p.Demand), st: make([]state, s.p.Sites)}
	for j, c := range s.p.Cost {
		b.part[j] = float64(c) / max(1, float64(s.p.Budget))
		if s.fixed[j] {
			b.st[j] = opened
		} else if c > s.p.Budget {
			b.st[j] = closed
		}
	}
	return b
}

func whole(bound float64) int64 {
	bound = min(bound, float64(never))
	return int64(math.Ceil(bound - 1e-6 - 1e-9*math.Abs(bound)))
}

func (b *proof) out(bound float64) bool { return whole(bound) >= min(b.s.value, mostSum+1) }

func (b *proof) root() {
	for i := range b.price {
		b.price[i] = float64(min(b.s.far[i], 2*b.s.near[i]+1))
		if b.s.first[i] < 0 {
			b.price[i] = 1
		}
	}
	b.bound = max(0, whole(b.ascend(rootSteps, 1.5)))
}

// evaluate finds the bound for the prices.
func (b *proof) evaluate() {
	m := b.s.p.Sites
	clear(b.net)
	sum := -b.rate
	for i, price := range b.price {
		sum += price
		for j, c := range b.s.cost[i*m : (i+1)*m] {
			if gain := price - float64(c); gain > 0 && c < never {
				b.net[j] -= gain
			}
		}
	}
	b.taken, b.order = b.taken[:0], b.order[:0]
	left := b.s.p.most()
	for j, x := range b.st {
		b.net[j] += b.rate * b.part[j]
		switch {
		case x == opened:
			sum += b.net[j]
			b.taken = append(b.taken, int32(j))
			left--
		case x == free:
			b.order = append(b.order, int32(j))
		}
	}
	slices.SortFunc(b.order, func(x, y int32) int { return cmp.Or(cmp.Compare(b.net[x], b.net[y]), cmp.Compare(x, y)) })
	for _, j := range b.order[:min(max(left, 0), len(b.order))] {
		if b.net[j] >= 0 {
			break
		}
		sum += b.net[j]
		b.taken = append(b.taken, j)
	}
	clear(b.calls)
	for i, price := range b.price {
		for _, j := range b.taken {
			if c := b.s.cost[i*m+int(j)]; float64(c) < price && c < never {
				b.calls[i]++
			}
		}
	}
	b.least = sum
}

// ascend looks for the prices with the highest bound, keeps them and gives that.
func (b *proof) ascend(steps int, theta float64) float64 {
	best, kept, rate := math.Inf(-1), slices.Clone(b.price), b.rate
	since := 0
	for k := range steps {
		b.evaluate()
		if b.least > best {
			if b.least > best+1e-4*math.Abs(best) {
				since = 0
			}
			best, rate = b.least, b.rate
			copy(kept, b.price)
		}
		if b.out(best) || k&7 == 0 && b.s.ctx.Err() != nil {
			break
		}
		if since++; since > waiting {
			if theta /= 2; theta < 0.005 {
				break
			}
			since = 0
			copy(b.price, kept)
			b.rate = rate
			b.evaluate()
		}
		over, norm := -1.0, 0.0
		for _, j := range b.taken {
			over += b.part[j]
		}
		for _, n := range b.calls {
			norm += float64((1 - n) * (1 - n))
		}
		// The budget's price is that of as many demands as there are.
		weight := float64(len(b.calls))
		if b.rate == 0 && over < 0 {
			over = 0
		}
		norm += weight * over * over
		if norm == 0 {
			break
		}
		upper := float64(b.s.value)
		if b.s.value >= never {
			upper = 1.2*math.Abs(b.least) + 1
		}
		t := theta * max(upper-b.least, 1e-3*upper+1e-3) / norm
		for i, n := range b.calls {
			b.price[i] = max(0, b.price[i]+t*float64(1-n))
		}
		b.rate = max(0, b.rate+t*weight*over)
	}
	copy(b.price, kept)
	b.rate = rate
	b.evaluate()
	return best
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
	if b.out(b.least) {
		return
	}
	undo := b.fix()
	defer func() {
		for _, j := range undo {
			b.st[j] = free
		}
	}()
	j := b.undecided()
	if j < 0 {
		b.leaf()
		return
	}
	price, rate := slices.Clone(b.price), b.rate
	for _, side := range []state{opened, closed} {
		b.st[j] = side
		copy(b.price, price)
		b.rate = rate
		if !b.out(b.ascend(nodeSteps, 0.7)) {
			b.branch()
		}
		if b.stopped() {
			break
		}
	}
	b.st[j] = free
}

// fix closes free sites that cannot be paid or are one too many, and decides those whose other choice the bound rules out.
func (b *proof) fix() (decided []int32) {
	left, paid := b.s.p.most(), int64(0)
	for j, x := range b.st {
		if x == opened {
			left--
			paid += b.s.p.Cost[j]
		}
	}
	taken := make(map[int32]bool, len(b.taken))
	for _, j := range b.taken {
		taken[j] = true
	}
	for j, x := range b.st {
		if x != free {
			continue
		}
		switch {
		case left <= 0 || paid+b.s.p.Cost[j] > b.s.p.Budget:
			b.st[j] = closed
		case !taken[int32(j)] && b.out(b.least+max(0, b.net[j])): // whatever else it pushes out only adds
			b.st[j] = closed
		default:
			continue
		}
		decided = append(decided, int32(j))
	}
	return decided
}

// undecided is a free site that is taken, the dearest of them, or else the free site that comes next; −1 where all are decided.
func (b *proof) undecided() int32 {
	at := int32(-1)
	for _, j := range b.taken {
		if b.st[j] == free && (at < 0 || b.net[j] > b.net[at]) {
			at = j
		}
	}
	if at >= 0 {
		return at
	}
	for _, j := range b.order {
		if b.st[j] == free {
			return j
		}
	}
	return -1
}

// leaf is a choice that is decided.
func (b *proof) leaf() {
	var open []int32
	paid := int64(0)
	for j, x := range b.st {
		if x == opened {
			open = append(open, int32(j))
			paid += b.s.p.Cost[j]
		}
	}
	if paid <= b.s.p.Budget && len(open) <= b.s.p.most() {
		b.s.set(open)
		b.s.keep()
	}
}
