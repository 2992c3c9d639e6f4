package siting

import (
	"cmp"
	"math"
	"slices"
)

// never is the cost of what must not be: more than any choice costs that serves everybody, so that a choice which costs
// more leaves somebody unserved.
const never = int64(math.MaxInt64 / (1 << 22))

// cost is what serving a demand from a site costs.
func (p *Problem) cost(demand, site int) int64 {
	d := p.way(demand, site)
	switch {
	case d == Never:
		return never
	case p.Weight == nil:
		return int64(d)
	}
	return p.Weight[demand] * int64(d)
}

// offer is a candidate for one demand, and what serving it from there costs.
type offer struct {
	cost int64
	site int32
}

// offers are the candidates of each demand, the nearest first: as many for each.
type offers struct {
	all  []offer
	each int
}

func newOffers(p *Problem) offers {
	o := offers{all: make([]offer, p.Demand*p.Sites), each: p.Sites}
	for i := range p.Demand {
		row := o.of(i)
		ways := p.Distance[i*p.Sites : (i+1)*p.Sites]
		for j := range row {
			row[j] = offer{p.cost(i, j), int32(j)}
		}
		slices.SortFunc(row, func(a, b offer) int {
			return cmp.Or(cmp.Compare(ways[a.site], ways[b.site]), cmp.Compare(a.site, b.site))
		})
	}
	return o
}

func (o offers) of(demand int) []offer { return o.all[demand*o.each : (demand+1)*o.each] }

// without gives the offers of the sites that are not closed.
func (o offers) without(st []state) offers {
	left := offers{each: 0}
	for _, x := range st {
		if x != closed {
			left.each++
		}
	}
	left.all = make([]offer, 0, len(o.all)/o.each*left.each)
	for _, x := range o.all {
		if st[x.site] != closed {
			left.all = append(left.all, x)
		}
	}
	return left
}
