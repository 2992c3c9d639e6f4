package routing

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"
)

// granular is how many ways into a visit, and as many out of it, are tried by local search.
const granular = 20

// Weights of what makes a way promising beside its length, as published.
const (
	waiting = 0.2
	warping = 1.0
)

// tour is what one shift does while local search works on it.
type tour struct {
	class       int32
	first, last int32 // nodes where it begins and ends
	visits      int32
	load, warp  int64
	costs       int64 // what warp and excess load cost
	changed     int   // when it was changed last
	origin      int8  // of which parent it is, from 1, while nothing about it has changed
}

// descent is a local search over plans that may come late or carry too much, for a price: chains of up to three visits move or
// change places, tails change places, and stretches are turned around. Only ways between visits that suit each other are
// tried (Toth and Vigo, INFORMS Journal on Computing 15, 2003), and a tour's times after a move are known from segments.
//
// Nodes are the visits, by their numbers, and two for each tour.
type descent struct {
	*world
	random     *rand.Rand
	into       [][]int32 // per visit, from where ways into it are tried
	stops      []segment
	late, over penalty

	place      []int32 // by node
	next, prev []int32
	tour       []int32 // −1 for a visit that no tour makes
	pos        []int32
	pre, post  []segment // from the beginning to the node, and from it to the end
	carried    []int64   // from the beginning to the node
	onward     []int64   // length to the next node
	tours      []tour
	spare      []int // per class, shifts that have no tour
	order      []int32
	tested     []int // per visit, when its moves were tried last
	clock      int
	looked     int64 // moves that were weighed
}

// covered says whether the segments tell all that a problem asks.
func (w *world) covered() bool {
	for i := range w.classes {
		if w.classes[i].Lunch.Takes > 0 {
			return false
		}
	}
	for _, v := range w.visits {
		if x := &w.p.Visits[v]; x.Optional || x.Was > 0 || x.Same > 0 {
			return false
		}
	}
	return true
}

func newDescent(w *world, random *rand.Rand) *descent {
	d := &descent{world: w, random: random, stops: make([]segment, w.n), tested: make([]int, w.n), order: slices.Clone(w.visits)}
	for _, v := range w.visits {
		d.stops[v] = w.p.Visits[v].stop()
	}
	d.promising()
	return d
}

// promising lists the ways that are tried: short, with little waiting and little coming late.
func (d *descent) promising() {
	type way struct {
		cost float64
		from int32
	}
	d.into = make([][]int32, d.n)
	ways := make([]way, 0, d.n)
	for _, v := range d.visits {
		ways = ways[:0]
		x := &d.p.Visits[v]
		for _, u := range d.visits {
			if u == v {
				continue
			}
			o := &d.p.Visits[u]
			k := int(u)*d.n + int(v)
			wait := max(0, x.Open-d.time[k]-o.Service-o.Close)
			warp := max(0, o.Open+o.Service+d.time[k]-x.Close)
			ways = append(ways, way{float64(d.length[k]) + float64(waiting*float64(wait)) + float64(warping*float64(warp)), u})
		}
		slices.SortFunc(ways, func(a, b way) int { return cmp.Or(cmp.Compare(a.cost, b.cost), cmp.Compare(a.from, b.from)) })
		for _, x := range ways[:min(granular, len(ways))] {
			d.into[v] = append(d.into[v], x.from)
		}
	}
}

// load begins with a plan; spare are the shifts beside those of the plan, per class.
func (d *descent) load(plan []assigned, spare []int) {
	d.tours = d.tours[:0]
	d.place, d.next, d.prev, d.tour = sized(d.place, d.n), sized(d.next, d.n), sized(d.prev, d.n), sized(d.tour, d.n)
	d.pos, d.pre, d.post = sized(d.pos, d.n), sized(d.pre, d.n), sized(d.post, d.n)
	d.carried, d.onward = sized(d.carried, d.n), sized(d.onward, d.n)
	for i := range d.n {
		d.place[i], d.tour[i] = int32(i), -1
	}
	d.spare = append(d.spare[:0], spare...)
	d.clock = 1
	clear(d.tested)
	for _, a := range plan {
		t := d.begin(a.class)
		at := t.first
		for _, v := range a.visits {
			d.next[at], d.prev[v] = v, at
			at = v
		}
		d.next[at], d.prev[t.last] = t.last, at
		d.update(int32(len(d.tours) - 1))
	}
	for c := range d.spare {
		d.another(int32(c))
	}
}

// another adds a tour that does nothing, if there is a shift for one.
func (d *descent) another(class int32) {
	if d.spare[class] == 0 {
		return
	}
	d.spare[class]--
	d.begin(class)
	d.update(int32(len(d.tours) - 1))
}

func (d *descent) begin(class int32) *tour {
	c := &d.classes[class]
	node := int32(len(d.place))
	d.tours = append(d.tours, tour{class: class, first: node, last: node + 1})
	d.place = append(d.place, c.From, c.To)
	d.next, d.prev = append(d.next, node+1, -1), append(d.prev, -1, node)
	d.tour, d.pos = append(d.tour, 0, 0), append(d.pos, 0, 0)
	d.pre, d.post = append(d.pre, segment{}, segment{}), append(d.post, segment{}, segment{})
	d.carried, d.onward = append(d.carried, 0, 0), append(d.onward, 0, 0)
	return &d.tours[len(d.tours)-1]
}

// update finds everything about a tour anew.
func (d *descent) update(i int32) {
	t := &d.tours[i]
	c := &d.classes[t.class]
	home := segment{early: c.Open, late: c.Close}
	at := t.first
	d.tour[at], d.pos[at], d.carried[at], d.pre[at] = i, 0, 0, home
	for at != t.last {
		to := d.next[at]
		d.tour[to], d.pos[to] = i, d.pos[at]+1
		stop := home
		load := d.carried[at]
		if int(to) < d.n {
			stop = d.stops[to]
			load += d.p.Visits[to].Demand
		}
		d.carried[to] = load
		d.onward[at] = d.way(at, to)
		d.pre[to] = d.pre[at].join(d.span(at, to), stop)
		at = to
	}
	t.visits = d.pos[at] - 1
	d.post[at] = home
	for at != t.first {
		from := d.prev[at]
		stop := home
		if int(from) < d.n {
			stop = d.stops[from]
		}
		d.post[from] = stop.join(d.span(from, at), d.post[at])
		at = from
	}
	t.load, t.warp = d.carried[t.last], d.pre[t.last].warp
	t.costs = d.late.of(t.warp) + d.over.of(t.load-c.Capacity)
	d.clock++
	t.changed, t.origin = d.clock, 0
}

// way is the length between two nodes; a tour that does nothing has none.
func (d *descent) way(a, b int32) int64 {
	if int(a) >= d.n && int(b) >= d.n {
		return 0
	}
	return d.length[int(d.place[a])*d.n+int(d.place[b])]
}

// span is the time between two nodes.
func (d *descent) span(a, b int32) int64 {
	if int(a) >= d.n && int(b) >= d.n {
		return 0
	}
	return d.time[int(d.place[a])*d.n+int(d.place[b])]
}

// run makes moves that cost less until there is none, or until so many were weighed.
func (d *descent) run() {
	for again := true; again; {
		again = false
		d.random.Shuffle(len(d.order), func(i, j int) { d.order[i], d.order[j] = d.order[j], d.order[i] })
		for _, u := range d.order {
			last := d.tested[u]
			d.tested[u] = d.clock
			for _, v := range d.into[u] {
				s, t := &d.tours[d.tour[u]], &d.tours[d.tour[v]]
				if max(s.changed, t.changed) > last && (s.origin == 0 || s.origin != t.origin) && d.improve(v, u) {
					again = true
				}
			}
			if t := &d.tours[d.tour[u]]; t.changed > last && t.origin == 0 && d.alone(u) {
				again = true
			}
		}
	}
}

// price is what a tour would cost beyond its length.
func (d *descent) price(class int32, s segment, load int64) int64 {
	return d.late.of(s.warp) + d.over.of(load-d.classes[class].Capacity)
}

// put places visits that no tour makes where they cost least, penalties included.
func (d *descent) put(missing []int32) {
	for _, u := range missing {
		best, where := int64(math.MaxInt64), int32(-1)
		for i := range d.tours {
			t := &d.tours[i]
			if !d.able[int(t.class)*d.n+int(u)] {
				continue
			}
			load := d.price(t.class, segment{}, t.load+d.p.Visits[u].Demand)
			for at := t.first; at != t.last; at = d.next[at] {
				to := d.next[at]
				more := d.way(at, u) + d.way(u, to) - d.way(at, to) + load - t.costs
				if more >= best {
					continue
				}
				s := d.pre[at].join(d.span(at, u), d.stops[u]).join(d.span(u, to), d.post[to])
				if more += d.late.of(s.warp); more < best {
					best, where = more, at
				}
			}
		}
		i := d.tour[where]
		to := d.next[where]
		d.next[where], d.prev[u], d.next[u], d.prev[to] = u, where, to, u
		idle := d.tours[i].visits == 0
		d.update(i)
		if idle {
			d.another(d.tours[i].class)
		}
	}
}

// plan is what the tours do, what it costs, and whether it is late or carries too much.
func (d *descent) plan() (plan []assigned, ways, warp, over int64) {
	for i := range d.tours {
		t := &d.tours[i]
		if t.visits == 0 {
			continue
		}
		a := assigned{class: t.class, visits: make([]int32, 0, t.visits)}
		at := t.first
		for at != t.last {
			ways += d.way(at, d.next[at])
			if at = d.next[at]; at != t.last {
				a.visits = append(a.visits, at)
			}
		}
		plan = append(plan, a)
		warp, over = warp+t.warp, over+max(0, t.load-d.classes[t.class].Capacity)
	}
	return plan, ways, warp, over
}
