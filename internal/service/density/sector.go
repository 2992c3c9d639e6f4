package density

import (
	"slices"
	"strings"

	"zhidian/internal/domain/org"
	"zhidian/internal/service/density/coverage"
	"zhidian/internal/service/density/figure"
)

// newSectors are words by which the trade of an employer is taken for a new sector (新兴领域): couriers, riders, drivers,
// carriers, platforms and the trades of the net. The first two groups are GB/T 4754 divisions G and I by name.
var newSectors = strings.Fields(`交通运输 仓储 邮政 信息传输 软件 信息技术 快递 外卖 配送 网约车 货运 物流 互联网 平台 电商 电子商务 直播 新媒体`)

// isNewSector tells it by the trade that the register of employers gives.
func isNewSector(trade string) bool {
	return slices.ContainsFunc(newSectors, func(word string) bool { return strings.Contains(trade, word) })
}

// countSector counts who works for employers of new sectors, where these stand: the term of the cluster score for those
// whom no village committee knows. An employer's own number counts; of one that gives none, the members whose own columns
// name it, which is less than all. Where employers stand is public, so a division without any reports nothing, and nobody
// learns anything from it.
func (s *Snapshot) countSector(hosts []org.Node, place *placer, units []judged) []figure.Count {
	var counts []figure.Count
	add := func(at int, n int64) {
		counts = append(counts, figure.Count{Node: s.Units[at].ID.String(), Kind: figure.NewSector, Band: figure.AllAges, N: n})
	}
	for _, h := range hosts {
		if h.Kind == org.Company && h.Staff != nil && isNewSector(h.Industry) {
			s.Employers.Own++
			add(place.ofOrg[h.ID], *h.Staff)
		}
	}
	for _, u := range units {
		if u.Kind == coverage.Workplace && u.node.Staff == nil && isNewSector(u.node.Industry) {
			s.Employers.ByMembers++
			add(u.at, int64(u.Members))
		}
	}
	return counts
}

// Employers says where the number of people who work in new sectors comes from: of how many employers.
type Employers struct {
	Own       int64 // that give it themselves
	ByMembers int64 // that do not, and are counted by the members who name them
}

// Employers says what the term of new sectors was counted from, in the whole city.
func (v *View) Employers() Employers { return v.snap.Employers }
