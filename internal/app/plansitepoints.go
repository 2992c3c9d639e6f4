package app

import (
	"context"
	"fmt"
	"math"

	"zhidian/solver/siting"
)

// problem reads a network or points.
func (r siteRun) problem(ctx context.Context) (siting.Problem, error) {
	if r.network == "" {
		return r.distances(ctx)
	}
	p, err := readProblem(r.network, siting.ReadORLIB)
	if r.sites != 0 {
		p.K = r.sites
	}
	return p, err
}

// mostPairs bounds the table of distances at 400 MB.
const mostPairs = 100_000_000

// distances makes a table of straight distances, in whole metres.
func (r siteRun) distances(ctx context.Context) (p siting.Problem, err error) {
	demand, err := readPoints(ctx, r.demand)
	if err != nil {
		return p, err
	}
	sites, err := readPoints(ctx, r.candidates)
	if err != nil {
		return p, err
	}
	switch {
	case demand.Planar != sites.Planar:
		return p, said{"两个文件的坐标不同：一个是经纬度，一个是平面米", "the two files differ: one has lon,lat and the other x,y"}
	case demand.Real != nil:
		return p, said{r.demand + "：权重应为整数（人数）", "weights must be whole numbers (people)"}
	case len(demand.X)*len(sites.X) > mostPairs:
		return p, said{fmt.Sprintf("%d 个需求 × %d 个候选太大，合起来最多 %d 对", len(demand.X), len(sites.X), mostPairs), fmt.Sprintf("%d demands × %d candidates are too many pairs", len(demand.X), len(sites.X))}
	}
	projection, err := densityRun{points: r.demand, sites: r.candidates}.projection(demand)
	if err != nil {
		return p, err
	}
	x, y := onPlane(demand, projection)
	sx, sy := onPlane(sites, projection)
	p = siting.Problem{Demand: len(x), Sites: len(sx), Weight: demand.Whole, Distance: make([]int32, len(x)*len(sx)), K: r.sites}
	for i := range x {
		for j := range sx {
			d := math.Hypot(float64(x[i]-sx[j]), float64(y[i]-sy[j]))
			if math.IsNaN(d) || d > siting.MaxWay {
				return p, said{fmt.Sprintf("%s 第 %d 个点不能放到地图上", r.demand, i+1), "a point cannot be placed on the map"}
			}
			p.Distance[i*len(sx)+j] = int32(math.Round(d))
		}
	}
	for i, w := range p.Weight {
		if w < 0 || w > siting.MaxWeight {
			return p, said{fmt.Sprintf("%s：第 %d 个点的权重应为 0 至 %d", r.demand, i+1, siting.MaxWeight), "a weight is out of range"}
		}
	}
	return p, nil
}
