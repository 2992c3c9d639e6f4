package density

import (
	"slices"
	"strings"

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

// countSector counts the members whose own columns name an employer of a new sector, where it stands: the term of the
// cluster score for those whom no village committee knows. Where employers stand is public, so a division without any
// reports nothing, and nobody learns anything from it.
func (s *Snapshot) countSector(units []judged) []figure.Count {
	var counts []figure.Count
	for _, u := range units {
		if u.Kind == coverage.Workplace && isNewSector(u.node.Industry) {
			counts = append(counts, figure.Count{Node: s.Units[u.at].ID.String(), Kind: figure.NewSector, Band: figure.AllAges, N: int64(u.Members)})
		}
	}
	return counts
}
