package capacity

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
)

// never is the cost of what must not be: more than all that may cost.
const never = int64(1) << 41

// Sizes of the neighbourhoods.
const (
	nearSites = 10  // candidates of each demand that may open for it
	nearOpen  = 6   // open sites of each demand that it may shift to
	patience  = 8   // passes of improving a plan
	hot       = 1.6 // how much worse a plan may be at first, in ways of one demand: colder, many small places keep the first ones found
)

// search holds the best plan and looks for better ones. On the way a site may be over its capacity, at a price.
type search struct {
	ctx    context.Context
	p      *Problem
	random *rand.Rand
	cost   []int64 // demand by demand
	near   [][]int32
	fixed  []bool

	at      []int32   // per demand, its site; −1 while it has none
	place   []int32   // per demand, its place among the members
	members [][]int32 // per site
	used    []int64   // per site
	open    []int32
	is      []bool // per site, open
	total   int64
	over    int64 // load above capacities
	fine    int64 // for each unit of it

	best     []int32
	bestOpen []int32
	value    int64
	keptAt   []int32
	keptOpen []int32
	loose    []int32 // demands being moved
}

func newSearch(ctx context.Context, p *Problem, o Options) *search {
	n, m := p.Demand, p.Sites
	s := &search{
		ctx: ctx, p: p, random: rand.New(rand.NewPCG(o.Seed, 0x63617061)), cost: make([]int64, n*m), fixed: make([]bool, m), at: make([]int32, n), place: make([]int32, n),
		members: make([][]int32, m), used: make([]int64, m), is: make([]bool, m), value: math.MaxInt64, near: make([][]int32, n),
	}
	for _, j := range p.Fixed {
		s.fixed[j] = true
	}
	order := make([]int32, m)
	for i := range n {
		w := int64(1)
		if p.Weight != nil {
			w = p.Weight[i]
		}
		row := s.cost[i*m : (i+1)*m]
		for j := range row {
			row[j], order[j] = never, int32(j)
			if d := p.Distance[i*m+j]; d != Never {
				row[j] = w * int64(d)
			}
		}
		slices.SortFunc(order, func(a, b int32) int { return cmp.Or(cmp.Compare(row[a], row[b]), cmp.Compare(a, b)) })
		s.near[i] = slices.Clone(order[:min(nearSites, m)])
		s.at[i] = -1
	}
	return s
}

func (s *search) costOf(i, j int32) int64 { return s.cost[int(i)*s.p.Sites+int(j)] }

// put serves a demand from a site, or from none (−1).
func (s *search) put(i, j int32) {
	if a := s.at[i]; a >= 0 {
		list := s.members[a]
		last := list[len(list)-1]
		list[s.place[i]], s.place[last] = last, s.place[i]
		s.members[a] = list[:len(list)-1]
		s.take(a, -s.p.Load[i])
		s.total -= s.costOf(i, a)
	}
	if s.at[i] = j; j >= 0 {
		s.place[i] = int32(len(s.members[j]))
		s.members[j] = append(s.members[j], i)
		s.take(j, s.p.Load[i])
		s.total += s.costOf(i, j)
	}
}

func (s *search) take(j int32, load int64) {
	s.over += s.excess(j, load) - s.excess(j, 0)
	s.used[j] += load
}

// excess is what a site has above its capacity with more load.
func (s *search) excess(j int32, more int64) int64 { return max(0, s.used[j]+more-s.p.Capacity[j]) }

// fines is what the change of a site's load costs.
func (s *search) fines(j int32, more int64) int64 {
	return s.fine * (s.excess(j, more) - s.excess(j, 0))
}

func (s *search) value0() int64 { return s.total + s.fine*s.over }

func (s *search) openSite(j int32) {
	s.is[j] = true
	s.open = append(s.open, j)
}

func (s *search) closeSite(j int32) {
	s.is[j] = false
	k := slices.Index(s.open, j)
	s.open = slices.Delete(s.open, k, k+1)
}

// keep notes the plan if it is the best that keeps to the capacities.
func (s *search) keep() {
	if s.over == 0 && s.total < s.value && s.total < never {
		s.value, s.best, s.bestOpen = s.total, slices.Clone(s.at), slices.Clone(s.open)
	}
}

// begin opens sites by lot and serves everybody.
func (s *search) begin() {
	for _, j := range s.p.Fixed {
		s.openSite(j)
	}
	for tries := 0; len(s.open) < s.p.K; tries++ {
		j := s.near[s.random.IntN(s.p.Demand)][0]
		if tries > 4*s.p.K {
			j = int32(s.random.IntN(s.p.Sites))
		}
		if !s.is[j] {
			s.openSite(j)
		}
	}
	s.fine = 1
	for i, list := range s.near {
		if s.p.Load[i] > 0 {
			s.fine = max(s.fine, s.cost[i*s.p.Sites+int(list[len(list)-1])]/s.p.Load[i]/4)
		}
	}
	s.fine = min(s.fine, never/(1<<20))
	for i := range int32(s.p.Demand) {
		s.loose = append(s.loose, i)
	}
	s.recreate()
}

// vary ruins and recreates the plan, round after round, and goes on from worse plans less and less often.
func (s *search) vary(rounds int64) {
	if s.open == nil {
		s.begin()
	} else if s.best != nil {
		s.restore(s.best, s.bestOpen)
	}
	s.improve(slices.Clone(s.open))
	s.keep()
	s.keptAt, s.keptOpen = append(s.keptAt[:0], s.at...), append(s.keptOpen[:0], s.open...)
	for round := range rounds {
		if round&15 == 0 && s.ctx.Err() != nil {
			break
		}
		before := s.value0()
		touched := s.ruin()
		s.recreate()
		s.improve(touched)
		s.keep()
		heat := hot * float64(before) / float64(s.p.Demand) * (1 - float64(round)/float64(rounds))
		if float64(s.value0()) < float64(before)-heat*math.Log(1-s.random.Float64()) {
			s.keptAt, s.keptOpen = append(s.keptAt[:0], s.at...), append(s.keptOpen[:0], s.open...)
		} else {
			s.restore(s.keptAt, s.keptOpen)
		}
		if round%100 == 99 { // plans within the capacities and plans beyond them, about as often
			if s.over > 0 {
				s.fine += 1 + s.fine/4
			} else {
				s.fine = max(1, s.fine-s.fine/5)
			}
		}
	}
}

// restore goes back to a plan.
func (s *search) restore(at, open []int32) {
	for i, j := range at {
		if s.at[i] != j {
			s.put(int32(i), j)
		}
	}
	for _, j := range s.open {
		s.is[j] = false
	}
	s.open = append(s.open[:0], open...)
	for _, j := range s.open {
		s.is[j] = true
	}
}

// ruin takes everybody from some neighbouring sites, and opens some others instead of them. It gives the sites around.
func (s *search) ruin() []int32 {
	centre := int32(s.random.IntN(s.p.Demand))
	around := slices.Clone(s.open)
	slices.SortFunc(around, func(a, b int32) int {
		return cmp.Or(cmp.Compare(s.costOf(centre, a), s.costOf(centre, b)), cmp.Compare(a, b))
	})
	around = around[:min(len(around), 2+s.random.IntN(3))]
	for _, j := range around {
		for len(s.members[j]) > 0 {
			i := s.members[j][len(s.members[j])-1]
			s.put(i, -1)
			s.loose = append(s.loose, i)
		}
	}
	if len(s.loose) == 0 {
		return around
	}
	for k, j := range around {
		if s.fixed[j] || s.random.IntN(2) == 0 {
			continue
		}
		list := s.near[s.loose[s.random.IntN(len(s.loose))]]
		if to := list[s.random.IntN(min(4, len(list)))]; !s.is[to] {
			s.closeSite(j)
			s.openSite(to)
			around[k] = to
		}
	}
	return around
}

// recreate serves those without a site, first those that lose most by waiting.
func (s *search) recreate() {
	regret := make(map[int32]int64, len(s.loose))
	for _, i := range s.loose {
		first, second := never, never
		for _, j := range s.open {
			switch c := s.costOf(i, j); {
			case c < first:
				first, second = c, first
			case c < second:
				second = c
			}
		}
		r := second - first
		regret[i] = r + s.random.Int64N(1+r/2+first/8) + s.p.Load[i]*s.random.Int64N(1+s.fine/4)
	}
	slices.SortFunc(s.loose, func(a, b int32) int { return cmp.Or(cmp.Compare(regret[b], regret[a]), cmp.Compare(a, b)) })
	for _, i := range s.loose {
		to, least := int32(-1), int64(math.MaxInt64)
		for _, j := range s.open {
			if c := s.costOf(i, j) + s.fines(j, s.p.Load[i]); c < least {
				to, least = j, c
			}
		}
		s.put(i, to)
	}
	s.loose = s.loose[:0]
}

// improve shifts demands, exchanges them and moves sites to better middles, around the sites given.
func (s *search) improve(around []int32) {
	for range patience {
		better := false
		var who []int32
		for _, j := range around {
			who = append(who, s.members[j]...)
		}
		for _, i := range who {
			better = s.shift(i) || better
		}
		for k, j := range around {
			if to := s.recentre(j); to != j {
				around[k], better = to, true
			}
		}
		if !better {
			return
		}
	}
}

// shift moves a demand to another site, alone or against one from there.
func (s *search) shift(i int32) bool {
	a, load := s.at[i], s.p.Load[i]
	here := s.costOf(i, a)
	var sites [nearOpen]int32
	n := 0
	for _, j := range s.open {
		if c := s.costOf(i, j); j != a && (n < nearOpen || c < s.costOf(i, sites[n-1])) {
			n = min(n+1, nearOpen)
			k := n - 1
			for ; k > 0 && s.costOf(i, sites[k-1]) > c; k-- {
				sites[k] = sites[k-1]
			}
			sites[k] = j
		}
	}
	least, to, against := int64(0), int32(-1), int32(-1)
	left := s.fines(a, -load)
	for _, b := range sites[:n] {
		there := s.costOf(i, b) - here
		if d := there + left + s.fines(b, load); d < least {
			least, to, against = d, b, -1
		}
		for _, k := range s.members[b] {
			d := there + s.costOf(k, a) - s.costOf(k, b)
			if s.over == 0 && d >= least {
				continue
			}
			more := load - s.p.Load[k]
			if d += s.fines(a, -more) + s.fines(b, more); d < least {
				least, to, against = d, b, k
			}
		}
	}
	if to < 0 {
		return false
	}
	s.put(i, to)
	if against >= 0 {
		s.put(against, a)
	}
	return true
}

// recentre moves a site to where its members have the shortest ways, and gives where that is.
func (s *search) recentre(j int32) int32 {
	if s.fixed[j] || len(s.members[j]) == 0 {
		return j
	}
	now := s.fine * s.excess(j, 0)
	for _, i := range s.members[j] {
		now += s.costOf(i, j)
	}
	to := j
	for _, k := range s.around(j) {
		if s.is[k] {
			continue
		}
		c := s.fine * max(0, s.used[j]-s.p.Capacity[k])
		for _, i := range s.members[j] {
			if c += s.costOf(i, k); c >= now {
				break
			}
		}
		if c < now {
			to, now = k, c
		}
	}
	if to != j {
		s.closeSite(j)
		s.openSite(to)
		for len(s.members[j]) > 0 {
			s.put(s.members[j][len(s.members[j])-1], to)
		}
	}
	return to
}

// around lists the candidates next to a site's members.
func (s *search) around(j int32) []int32 {
	var all []int32
	for _, i := range s.members[j] {
		all = append(all, s.near[i]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}
