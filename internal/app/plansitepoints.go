package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"

	"zhidian/solver/density"
	"zhidian/solver/siting"
	"zhidian/solver/siting/budget"
	"zhidian/solver/siting/capacity"
	"zhidian/solver/siting/plane"
	"zhidian/solver/text"
)

// pointColumns are what tables of demands and candidates may have.
var pointColumns = []text.Column{
	{Name: "id", Heads: []string{"编号", "number", "no"}},
	{Name: "lon", Heads: []string{"经度", "lng", "longitude"}},
	{Name: "lat", Heads: []string{"纬度", "latitude"}},
	{Name: "x", Heads: []string{"横坐标"}},
	{Name: "y", Heads: []string{"纵坐标"}},
	{Name: "weight", Heads: []string{"权重", "人数", "demand", "需求"}},
	{Name: "capacity", Heads: []string{"容量", "cap"}},
	{Name: "cost", Heads: []string{"费用", "开办费", "budget", "预算"}},
}

// places is a table of points.
type places struct {
	file                   string
	earth                  bool
	names                  []siteName // nil without a column of them
	x, y                   []float64
	weight, capacity, cost []int64 // nil without the column
}

// readPlaces reads a table of points.
func readPlaces(name string) (p places, err error) {
	err = readPlain(name, func(in io.Reader) (err error) {
		p, err = placesIn(in, name)
		return err
	})
	return p, err
}

// placesIn reads a table of points; name is what it is called when something is wrong.
func placesIn(in io.Reader, name string) (p places, err error) {
	p.file = name
	t, err := text.ReadTable(in, pointColumns)
	if err != nil {
		return places{}, err
	}
	east, north, reachX, reachY := "x", "y", float64(density.MaxCoordinate), float64(density.MaxCoordinate)
	switch planar := t.Has("x") && t.Has("y"); {
	case t.Has("lon") && t.Has("lat") && planar:
		return places{}, said{name + "：表头同时有 lon,lat 和 x,y，只留一种", "has both lon,lat and x,y, keep one pair"}
	case t.Has("lon") && t.Has("lat"):
		p.earth, east, north, reachX, reachY = true, "lon", "lat", 180, 90
	case !planar:
		return places{}, said{name + "：表头没有 lon,lat 或 x,y 两列", "has no columns lon,lat or x,y in its header"}
	}
	if len(t.Rows) == 0 {
		return places{}, said{name + "：没有数据行", "has no line of data"}
	}
	seen := map[siteName]bool{}
	for _, r := range t.Rows {
		x, err := r.Float(east, -reachX, reachX)
		if err != nil {
			return places{}, err
		}
		y, err := r.Float(north, -reachY, reachY)
		if err != nil {
			return places{}, err
		}
		p.x, p.y = append(p.x, x), append(p.y, y)
		for _, c := range []struct {
			column string
			into   *[]int64
			most   int64
		}{{"weight", &p.weight, siting.MaxWeight}, {"capacity", &p.capacity, capacity.MaxLoad}, {"cost", &p.cost, budget.MaxCost}} {
			if !t.Has(c.column) {
				continue
			}
			n, err := r.Int(c.column, 0, c.most)
			if err != nil {
				return places{}, err
			}
			*c.into = append(*c.into, n)
		}
		if t.Has("id") {
			id := siteName(r.Text("id"))
			if id == "" {
				return places{}, r.Fault("id", text.Empty)
			}
			if seen[id] {
				return places{}, r.Fault("id", sameTwice)
			}
			seen[id] = true
			p.names = append(p.names, id)
		}
	}
	return p, nil
}

// mostPairs bounds the table of distances: sorted lists of them take some 20 bytes a pair.
const mostPairs = 30_000_000

// fromTables is a problem of demands and candidates.
func (r siteRun) fromTables(ctx context.Context) (t siteTask, err error) {
	demand, err := readPlaces(r.demand)
	if err != nil {
		return t, err
	}
	sites, err := readPlaces(r.candidates)
	if err != nil {
		return t, err
	}
	if demand.earth != sites.earth {
		return t, said{"两个文件的坐标不同：一个是经纬度，一个是平面米", "the two files differ: one has lon,lat and the other x,y"}
	}
	if err := onMap(demand, sites); err != nil {
		return t, err
	}
	t = siteTask{numbers: sites.names, demand: len(demand.x), sites: len(sites.x)}
	switch {
	case r.budget > 0 && sites.cost == nil:
		return t, said{"--budget 需要候选地点表里有 cost（费用）一列", "--budget needs a column cost among the candidates"}
	case sites.capacity != nil && (r.budget > 0 || r.cover > 0):
		return t, said{"有容量一列时不能再用 --budget 或 --cover", "with a column capacity there is no --budget and no --cover"}
	case r.asks() && (sites.capacity != nil || r.budget > 0 || r.cover > 0):
		return t, said{"--what-if 和 --why 不与容量、--budget、--cover 同用", "--what-if and --why are not for capacities, --budget and --cover"}
	}
	forbidden, err := r.forbiddenPairs(demand, sites)
	if err != nil {
		return t, err
	}
	large := len(demand.x)*len(sites.x) > mostPairs
	special := sites.capacity != nil || r.budget > 0 || r.cover > 0 || r.asks()
	if large && special {
		return t, said{fmt.Sprintf("%d 个需求 × %d 个候选太大，合起来最多 %d 对", len(demand.x), len(sites.x), mostPairs), fmt.Sprintf("%d demands × %d candidates are too many pairs", len(demand.x), len(sites.x))}
	}
	if large {
		return r.points(plane.Problem{X: demand.x, Y: demand.y, Weight: demand.weight, SiteX: sites.x, SiteY: sites.y, Forbidden: forbidden}, t)
	}
	distance := straight(demand, sites)
	forbid(distance, t.sites, forbidden)
	fixed, err := r.fixedSites(t)
	if err != nil {
		return t, err
	}
	p := siting.Problem{Demand: t.demand, Sites: t.sites, Distance: distance, Weight: demand.weight, K: r.sites, Fixed: fixed}
	switch {
	case sites.capacity != nil:
		load := demand.weight
		if load == nil {
			load = ones(t.demand)
		}
		return r.capacities(capacity.Problem{Demand: p.Demand, Sites: p.Sites, Distance: distance, Weight: demand.weight, Load: load, Capacity: sites.capacity, K: r.sites, Fixed: fixed}, t), nil
	case r.cover > 0:
		return r.covering(p, sites.cost, t), nil
	case r.budget > 0:
		return r.budgeted(p, sites.cost, t), nil
	}
	return r.table(p, t), nil
}

func ones(n int) []int64 {
	all := make([]int64, n)
	for i := range all {
		all[i] = 1
	}
	return all
}

// onMap brings positions on the earth to a plane around the demands' middle.
func onMap(demand, sites places) error {
	if !demand.earth {
		return nil
	}
	centre, err := density.MeanCentre(demand.x, demand.y)
	if err != nil {
		return err
	}
	projection, err := density.NewProjection(centre)
	if err != nil {
		return said{demand.file + "：这些点太靠近极点", "these points are too close to a pole"}
	}
	for _, p := range []places{demand, sites} {
		for i := range p.x {
			at := projection.Plane(density.LonLat{Lon: p.x[i], Lat: p.y[i]})
			if p.x[i], p.y[i] = float64(at.X), float64(at.Y); math.IsNaN(p.x[i]) {
				return said{fmt.Sprintf("%s：第 %d 个点不能放到地图上", p.file, i+1), fmt.Sprintf("point %d cannot be placed on the map", i+1)}
			}
		}
	}
	return nil
}

// straight makes a table of straight distances, in whole metres.
func straight(demand, sites places) []int32 {
	m := len(sites.x)
	distance := make([]int32, len(demand.x)*m)
	for i := range demand.x {
		for j := range sites.x {
			distance[i*m+j] = int32(plane.Way(demand.x[i], demand.y[i], sites.x[j], sites.y[j]))
		}
	}
	return distance
}

// budgeted is a problem whose sites have to be paid for; --sites is how many there are at most.
func (r siteRun) budgeted(p siting.Problem, cost []int64, t siteTask) siteTask {
	b := budget.Problem{Demand: p.Demand, Sites: p.Sites, Distance: p.Distance, Weight: p.Weight, Cost: cost, Budget: r.budget, K: r.sites, Fixed: p.Fixed}
	t.solve = func(ctx context.Context) (siteChoice, error) {
		s, err := budget.Solve(ctx, b, budget.Options{Seed: r.seed, Effort: r.effort})
		return siteChoice{objective: s.Objective, bound: s.Bound, open: s.Open, serve: s.Serve, cost: s.Cost}, err
	}
	t.check = func(c siteChoice) error {
		s := budget.Solution{Open: c.open, Serve: nearestOf(p, c.open), Objective: c.objective, Bound: c.objective, Proved: true}
		for _, j := range c.open {
			s.Cost += cost[j]
		}
		return budget.Check(b, s)
	}
	return t
}

// covering is a problem of having as much weight as possible within a distance. The solvers leave as little as possible
// outside, so that objective and bound are turned around.
func (r siteRun) covering(p siting.Problem, cost []int64, t siteTask) siteTask {
	all := int64(p.Demand)
	if p.Weight != nil {
		all = 0
		for _, w := range p.Weight {
			all += w
		}
	}
	distance := p.Distance
	p = siting.Covering(p, r.cover)
	if r.budget > 0 {
		t = r.budgeted(p, cost, t)
	} else {
		t = r.table(p, t)
	}
	solve, check := t.solve, t.check
	t.solve = func(ctx context.Context) (siteChoice, error) {
		c, err := solve(ctx)
		c.objective, c.bound = all-c.objective, all-c.bound
		// Whoever is covered goes to the nearest all the same, and so does whoever is not.
		p.Distance = distance
		c.serve = nearestOf(p, c.open)
		return c, err
	}
	t.check = func(c siteChoice) error {
		c.objective = all - c.objective
		return check(c)
	}
	return t
}

// nearestOf gives each demand the nearest of some candidates, the lowest of equals; −1 without any.
func nearestOf(p siting.Problem, open []int32) []int32 {
	serve := make([]int32, p.Demand)
	for i := range serve {
		serve[i] = -1
		for _, j := range open {
			if at := serve[i]; at < 0 || p.Distance[i*p.Sites+int(j)] < p.Distance[i*p.Sites+int(at)] {
				serve[i] = j
			}
		}
	}
	return serve
}

// change reads --what-if: open=ID, close=ID or move=A:B, several with commas.
func (r siteRun) change(t siteTask) (c siting.Change, err error) {
	place := placesOf(t)
	wrong := said{"--what-if 应写成 open=编号、close=编号 或 move=编号:编号", "--what-if is open=ID, close=ID or move=A:B"}
	for _, part := range strings.Split(r.whatIf, ",") {
		verb, name, _ := strings.Cut(strings.TrimSpace(part), "=")
		from, to, moves := strings.Cut(name, ":")
		if moves != (verb == "move") {
			return c, wrong
		}
		var at [2]int32
		for k, n := range []string{from, to} {
			if k == 1 && !moves {
				continue
			}
			j, known := place[siteName(strings.TrimSpace(n))]
			if !known {
				return c, said{fmt.Sprintf("--what-if：“%s”不是候选地点的编号", oneLine(n)), "--what-if names no candidate"}
			}
			at[k] = j
		}
		switch verb {
		case "open":
			c.Open = append(c.Open, at[0])
		case "close":
			c.Close = append(c.Close, at[0])
		case "move":
			c.Close, c.Open = append(c.Close, at[0]), append(c.Open, at[1])
		default:
			return c, wrong
		}
	}
	return c, nil
}

// answer asks a plan the questions of the call.
func (r siteRun) answer(ctx context.Context, p siting.Problem, t siteTask) (siteChoice, error) {
	plan, err := siting.NewPlan(ctx, p, siting.Options{Seed: r.seed, Effort: r.effort})
	if err != nil {
		return siteChoice{}, err
	}
	s := plan.Solution
	out := siteChoice{}
	if r.why != "" {
		j, known := placesOf(t)[siteName(r.why)]
		if !known {
			return out, said{fmt.Sprintf("--why：“%s”不是候选地点的编号", oneLine(r.why)), "--why names no candidate"}
		}
		out.why = reasonText(plan.Why(j), s.Objective, j, t)
	}
	if r.whatIf != "" {
		c, err := r.change(t)
		if err != nil {
			return out, err
		}
		watch := startWatch()
		a, err := plan.WhatIf(c)
		var bad *siting.ProblemError
		if errors.As(err, &bad) {
			return out, said{"--what-if：" + whatIfFaults[bad.Why], "--what-if needs " + bad.Why}
		}
		if err != nil {
			return out, err
		}
		out.whatIf = &whatIfReport{Before: s.Objective, AtOnce: a.AtOnce, planned: watch.report(a.Solution.Objective, a.Solution.Bound, r.seed)}
		s = a.Solution
	}
	out.objective, out.bound, out.open, out.serve, out.loss = s.Objective, s.Bound, s.Open, s.Serve, s.Loss
	return out, nil
}

// whatIfFaults are the sentences for changes that cannot be.
var whatIfFaults = map[string]string{
	"an open site to close and a closed one to open": "只能关掉开着的，开设没开的",
	"a site that is not fixed":                       "--fixed 的地点不能关",
	"from 1 site up to all candidates":               "至少要留一处",
}

// whyReport is why a candidate is open or not, in both languages.
type whyReport struct {
	Site siteName `json:"site"`
	Zh   string   `json:"zh"`
	En   string   `json:"en"`
}

func reasonText(r siting.Reason, objective int64, j int32, t siteTask) *whyReport {
	share := func(n int64) string { return fmt.Sprintf("%.2f %%", 100*float64(n)/max(1, float64(objective))) }
	name := t.number(j)
	w := &whyReport{Site: name}
	switch {
	case r.Open && r.Loss < 0:
		w.Zh = fmt.Sprintf("开设 %s：服务 %d 个需求点，合计 %d 人；关掉它，有人就没有去处", name, r.Serves, r.Weight)
		w.En = fmt.Sprintf("%s is open: it serves %d demands, %d people together; without it somebody has nowhere to go", name, r.Serves, r.Weight)
	case r.Open:
		w.Zh = fmt.Sprintf("开设 %s：服务 %d 个需求点，合计 %d 人；关掉它，总路程增加 %d（%s）", name, r.Serves, r.Weight, r.Loss, share(r.Loss))
		w.En = fmt.Sprintf("%s is open: it serves %d demands, %d people together; closing it adds %d (%s) to all ways", name, r.Serves, r.Weight, r.Loss, share(r.Loss))
	case r.Instead < 0:
		w.Zh = fmt.Sprintf("未开设 %s：另外加开可省 %d（%s），但开着的都是必须保留的", name, r.Gain, share(r.Gain))
		w.En = fmt.Sprintf("%s is closed: opening it besides would save %d (%s), and all that are open are fixed", name, r.Gain, share(r.Gain))
	default:
		w.Zh = fmt.Sprintf("未开设 %s：另外加开可省 %d（%s）；处数不变时最好替换 %s，总路程变化 %+d", name, r.Gain, share(r.Gain), t.number(r.Instead), r.Adds)
		w.En = fmt.Sprintf("%s is closed: opening it besides would save %d (%s); with as many sites it would best replace %s, which changes all ways by %+d", name, r.Gain, share(r.Gain), t.number(r.Instead), r.Adds)
	}
	return w
}
