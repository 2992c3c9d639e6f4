package routing

import (
	"math"
	"math/rand/v2"
	"slices"
)

// collector anneals a plan whose prizes are to be many: visits are taken out, others put in whose prizes are high for the time
// they take, and ways made shorter, so that more may fit in.
type collector struct {
	*world
	random *rand.Rand
	limit  int32   // of the time of a team, in a unit in which times are small
	ways   []int32 // times in that unit, from each place to each
	stay   []int32 // and what visits take
	wanted []int32 // visits with a prize that a team has time for
	mean   float64 // prize
	weight float64 // of a unit of time beside prizes

	now, was outing
	best     outing
	out      []bool        // visits that are to be taken out
	gone     []int32       // that were, since fill was there
	absent   []int32       // that no trip makes, for fill
	appeal   []float64     // what their time is multiplied by, the less the sooner they are put in
	powers   [16][]float64 // of prizes, by visit
	tail     []int32
}

// outing is a plan.
type outing struct {
	trips []trip
	score int64
	in    []int32 // per visit, its trip; −1 for none
	at    []int32 // and its place in the path
}

func (o *outing) took() (sum int64) {
	for i := range o.trips {
		sum += int64(o.trips[i].took)
	}
	return sum
}

// trip is what one team does.
type trip struct {
	path  []int32 // where it begins, its visits, where it ends
	took  int32
	spots []spot // per visit that no trip makes, where it would cost least
	torn  bool   // changed in this round
	stale bool   // the spots are not those of the path
}

// spot is a place in a path, behind a visit or the beginning, with the time it costs.
type spot struct {
	by    int32
	after int32
}

func (t *trip) become(o *trip) {
	t.path, t.took, t.stale = append(t.path[:0], o.path...), o.took, o.stale
	copy(t.spots, o.spots)
}

func newCollector(w *world, random *rand.Rand) *collector {
	class := &w.classes[0]
	c := &collector{world: w, random: random, out: make([]bool, w.n), appeal: make([]float64, w.n), stay: make([]int32, w.n)}
	limit := class.Close - class.Open
	unit := limit>>29 + 1
	c.limit = int32(limit / unit)
	units := func(t int64) int32 { return int32(min((t+unit-1)/unit, limit/unit+1)) } // rounded up, so that who is in time by them is in time
	c.ways = make([]int32, len(w.time))
	for i, t := range w.time {
		c.ways[i] = units(t)
	}
	for k := range c.powers {
		c.powers[k] = make([]float64, w.n)
	}
	var sum int64
	for _, v := range w.visits {
		if x := &w.p.Visits[v]; x.Prize > 0 && w.able[v] {
			c.wanted = append(c.wanted, v)
			c.stay[v] = units(x.Service)
			sum += x.Prize
			for k := range c.powers {
				c.powers[k][v] = math.Pow(float64(x.Prize), -0.3-float64(k)*0.11)
			}
		}
	}
	c.mean = float64(sum) / float64(max(1, len(c.wanted)))
	for _, o := range []*outing{&c.now, &c.was, &c.best} {
		o.trips = make([]trip, len(class.shifts))
		o.in, o.at = make([]int32, w.n), make([]int32, w.n)
		for i := range o.trips {
			o.trips[i].spots = make([]spot, w.n)
		}
	}
	return c
}

// load begins with a plan, of which it leaves out trips that take too long.
func (c *collector) load(plan []assigned) {
	class := &c.classes[0]
	o := &c.now
	o.score = 0
	for i := range o.in {
		o.in[i] = -1
	}
	for i := range o.trips {
		t := &o.trips[i]
		t.path, t.torn = append(t.path[:0], class.From), true
		if i < len(plan) {
			t.path = append(t.path, plan[i].visits...)
		}
		t.path = append(t.path, class.To)
		if t.took = c.duration(t.path); t.took > c.limit { // where a way round is shorter than the straight one
			t.path, t.took = append(t.path[:0], class.From, class.To), 0
		}
		c.number(int32(i))
		for _, v := range t.path[1 : len(t.path)-1] {
			o.score += c.p.Visits[v].Prize
		}
	}
	c.fill()
	c.shorten()
	c.best.score = -1
	c.settle()
}

// number notes where the visits of a trip are, and that it is another.
func (c *collector) number(i int32) {
	t := &c.now.trips[i]
	t.torn, t.stale = true, true
	for k, v := range t.path[1 : len(t.path)-1] {
		c.now.in[v], c.now.at[v] = i, int32(k+1)
	}
}

// duration is the time a trip takes; a team that makes no visit takes none.
func (c *collector) duration(path []int32) int32 {
	if len(path) == 2 {
		return 0
	}
	return c.reaches(path)
}

// reaches is when a team comes to the last place of a path.
func (c *collector) reaches(path []int32) (sum int32) {
	for k, v := range path[1:] {
		sum += c.stay[path[k]] + c.between(path[k], v)
	}
	return sum
}

func (c *collector) between(u, v int32) int32 { return c.ways[int(u)*c.n+int(v)] }

// settle makes the plan of now the one to go on from.
func (c *collector) settle() {
	for i := range c.now.trips {
		t := &c.now.trips[i]
		if t.torn {
			t.torn = false
			c.was.trips[i].become(t)
		} else {
			copy(c.was.trips[i].spots, t.spots) // of visits that have gone
		}
	}
	c.was.score = c.now.score
	copy(c.was.in, c.now.in)
	copy(c.was.at, c.now.at)
	if c.now.score > c.best.score || c.now.score == c.best.score && c.now.took() < c.best.took() {
		for i := range c.now.trips {
			c.best.trips[i].path, c.best.trips[i].took = append(c.best.trips[i].path[:0], c.now.trips[i].path...), c.now.trips[i].took
		}
		c.best.score = c.now.score
		c.weight = slack * float64(c.best.score) / (float64(max(1, c.limit)) * float64(len(c.now.trips)))
	}
}

// restore undoes a round.
func (c *collector) restore() {
	for i := range c.now.trips {
		if t := &c.now.trips[i]; t.torn {
			t.torn = false
			t.become(&c.was.trips[i])
		}
	}
	c.now.score = c.was.score
	copy(c.now.in, c.was.in)
	copy(c.now.at, c.was.at)
}

// round changes the plan, and takes it back where it has become worse by more than the temperature allows.
func (c *collector) round(temperature float64) {
	c.ruin()
	c.fill()
	c.shorten()
	if c.late() {
		c.restore()
		return
	}
	worse := float64(c.was.score-c.now.score) + c.weight*float64(c.now.took()-c.was.took())
	if worse <= 0 || worse < -temperature*c.mean*math.Log(1-c.random.Float64()) {
		c.settle()
	} else {
		c.restore()
	}
}

// late is true where a team is not home in time, which may be longer without a visit where a way round is shorter.
func (c *collector) late() bool {
	for i := range c.now.trips {
		if c.now.trips[i].took > c.limit {
			return true
		}
	}
	return false
}

// plan is the best one since load.
func (c *collector) plan() (plan []assigned) {
	for i := range c.best.trips {
		if path := c.best.trips[i].path; len(path) > 2 {
			plan = append(plan, assigned{visits: append([]int32(nil), path[1:len(path)-1]...)})
		}
	}
	return plan
}

// seeds is a plan of one visit for each team, drawn by lot: what is filled in around them lies elsewhere each time.
func (c *collector) seeds() (plan []assigned) {
	var had []int32
	for range c.now.trips {
		if len(c.wanted) > len(had) {
			v := c.wanted[c.random.IntN(len(c.wanted))]
			for slices.Contains(had, v) {
				v = c.wanted[c.random.IntN(len(c.wanted))]
			}
			had = append(had, v)
			plan = append(plan, assigned{visits: []int32{v}})
		}
	}
	return plan
}

// ruin takes some visits out: any, those near one, a string of one trip, or strings of several near a place.
func (c *collector) ruin() {
	made := 0
	for i := range c.now.trips {
		made += len(c.now.trips[i].path) - 2
	}
	if made == 0 {
		return
	}
	many := 1 + c.random.IntN(made)
	if c.random.Uint32()&3 != 0 {
		many = 1 + c.random.IntN(min(made, 20))
	}
	seed := c.wanted[c.random.IntN(len(c.wanted))]
	switch c.random.Uint32() & 3 {
	case 0:
		for range many {
			c.out[c.wanted[c.random.IntN(len(c.wanted))]] = true
		}
	case 1:
		for _, v := range c.near[seed] {
			if many == 0 {
				break
			}
			if c.now.in[v] >= 0 && c.random.Uint32()&3 != 0 {
				c.out[v] = true
				many--
			}
		}
	case 2:
		path := c.now.trips[c.random.IntN(len(c.now.trips))].path
		if len(path) > 2 {
			many = min(many, len(path)-2)
			from := 1 + c.random.IntN(len(path)-1-many)
			for _, v := range path[from : from+many] {
				c.out[v] = true
			}
		}
	default:
		c.strings(seed, many)
	}
	c.take()
}

// strings marks strings of several trips that lie near a visit.
func (c *collector) strings(seed int32, many int) {
	for _, v := range c.near[seed] {
		i := c.now.in[v]
		if many <= 0 {
			break
		}
		if i < 0 || c.now.trips[i].torn {
			continue
		}
		t := &c.now.trips[i]
		t.torn = true
		size := min(1+c.random.IntN(10), many, len(t.path)-2)
		from := max(1, int(c.now.at[v])-c.random.IntN(size))
		from = min(from, len(t.path)-1-size)
		for _, v := range t.path[from : from+size] {
			c.out[v] = true
		}
		many -= size
		if c.random.Uint32()%3 == 0 {
			break
		}
	}
}

// take takes the marked visits out of their trips.
func (c *collector) take() {
	c.gone = c.gone[:0]
	for i := range c.now.trips {
		t := &c.now.trips[i]
		kept := t.path[:1]
		for _, v := range t.path[1 : len(t.path)-1] {
			if !c.out[v] {
				kept = append(kept, v)
				continue
			}
			c.now.in[v] = -1
			c.now.score -= c.p.Visits[v].Prize
			c.gone = append(c.gone, v)
		}
		if len(kept)+1 < len(t.path) {
			t.path = append(kept, t.path[len(t.path)-1])
			t.took = c.duration(t.path)
			c.number(int32(i))
		}
	}
	clear(c.out)
}

// fill puts visits in, as long as one fits, those first whose prize is high for the time they take; how much the prize counts
// is drawn by lot. It says whether it has found one.
func (c *collector) fill() bool {
	c.absent = c.absent[:0]
	power, spread := c.powers[c.random.IntN(len(c.powers))], 0.9*c.random.Float64()
	for _, v := range c.wanted {
		if c.now.in[v] < 0 {
			c.absent = append(c.absent, v)
			c.appeal[v] = power[v] * (1 + spread*(2*c.random.Float64()-1))
		}
	}
	for i := range c.now.trips {
		t := &c.now.trips[i]
		which := c.gone
		if t.stale {
			which = c.absent
		}
		for _, v := range which {
			c.look(t, v)
		}
		t.stale = false
	}
	c.gone = c.gone[:0]
	found := false
	for {
		best, in, least := -1, 0, math.Inf(1)
		for i := range c.now.trips {
			t := &c.now.trips[i]
			room := c.limit - t.took
			for k, v := range c.absent {
				if by := t.spots[v].by; by <= room {
					if x := float64(by+1) * c.appeal[v]; x < least {
						best, in, least = k, i, x
					}
				}
			}
		}
		if best < 0 {
			return found
		}
		found = true
		v := c.absent[best]
		c.absent[best] = c.absent[len(c.absent)-1]
		c.absent = c.absent[:len(c.absent)-1]
		c.put(v, int32(in))
	}
}

// look finds the best spot of a visit in a trip.
func (c *collector) look(t *trip, v int32) {
	row := c.ways[int(v)*c.n : (int(v)+1)*c.n]
	best := spot{by: math.MaxInt32}
	u := t.path[0]
	for _, w := range t.path[1:] {
		if by := row[u] + row[w] - c.between(u, w); by < best.by {
			best = spot{by, u}
		}
		u = w
	}
	if len(t.path) == 2 {
		best.by = row[t.path[0]] + row[t.path[1]]
	}
	best.by += c.stay[v]
	t.spots[v] = best
}

// put puts a visit where it costs least in a trip, and finds the spots of the others anew where that changes them.
func (c *collector) put(v, in int32) {
	t := &c.now.trips[in]
	s := t.spots[v]
	k := 1
	if s.after != t.path[0] {
		k = int(c.now.at[s.after]) + 1
	}
	first := len(t.path) == 2
	t.path = append(t.path, 0)
	copy(t.path[k+1:], t.path[k:])
	t.path[k] = v
	t.took += s.by
	t.torn = true
	for j := k; j < len(t.path)-1; j++ {
		c.now.at[t.path[j]] = int32(j)
	}
	c.now.in[v] = in
	c.now.score += c.p.Visits[v].Prize
	before, behind := t.path[k-1], t.path[k+1]
	come, leave := c.between(before, v), c.between(v, behind)
	row := c.ways[int(v)*c.n : (int(v)+1)*c.n]
	for _, u := range c.absent {
		o := &t.spots[u]
		if o.after == before || first {
			c.look(t, u)
			continue
		}
		service := c.stay[u]
		if by := c.between(before, u) + row[u] - come + service; by < o.by {
			*o = spot{by, before}
		}
		if by := row[u] + c.between(behind, u) - leave + service; by < o.by {
			*o = spot{by, v}
		}
	}
}
