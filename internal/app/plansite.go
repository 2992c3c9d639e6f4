package app

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"time"

	"zhidian/solver/siting"
	"zhidian/solver/siting/budget"
	"zhidian/solver/siting/capacity"
	"zhidian/solver/siting/plane"
)

const planSiteHelp = `用法 Usage: zhidian plan site --orlib FILE [--sites K] [--check FILE.json]
       zhidian plan site --orlib-cap FILE [--sites K] [--check FILE.json]
       zhidian plan site --tsp FILE --sites K [--check FILE.json]
       zhidian plan site --demand D.csv --candidates C.csv --sites K [--cover METRES] [--budget B] [--fixed F.csv]
                         [--forbidden P.csv] [--what-if open=ID|close=ID|move=A:B] [--why ID]

从候选地点中选 K 个，使人们到最近一处的路程（按人数加权）合计最短；结果附下界，相等即证明最优。
Chooses K of the candidates, so that people's ways to the nearest, weighted, are shortest together; a bound comes with the
answer, and where both are equal it is proved the best.

  --orlib FILE       路网 p-median a network (OR-Library)；每个节点既是需求也是候选 every node is a demand and a candidate
  --orlib-cap FILE   有容量的 p-median with capacities (OR-Library)；距离为直线，舍去小数 straight distances, fractions cut off
  --tsp FILE         平面上的点 points on a plane (TSPLIB)；每点既是需求也是候选，距离四舍五入 every point is a demand and a
                     candidate, distances are rounded
  --demand FILE      需求点 demands: lon,lat 经度,纬度 (WGS-84) 或 or x,y (米 metres), weight 人数
  --candidates FILE  候选地点 candidates: 同样的坐标 the same coordinates, id 编号, capacity 容量, cost 费用；距离为直线
                     distances are straight lines；有容量一列时按容量分配 with a column of capacities these are kept
  --cover METRES     改为使此距离内的人数最多 as many people as possible within this distance instead
  --budget B         费用合计不超过 B，此时 --sites 为上限，可不写 costs of B at most; --sites is then a limit, or left out
  --what-if CHANGE   如果加开、关掉或移动一处会怎样（其余各处随之调整） what if one more opens, one closes or one moves, and the
                     others follow
  --why ID           为什么选它，或为什么没选它 why this one, or why not
  --sites K          开设几处 how many are open；--orlib 时默认用文件里的数 by default the file's own number with --orlib
  --fixed FILE       已开设、必须保留的候选编号 numbers of candidates that are open in any case；没有编号列时从 1 数起 counted
                     from 1 where the table has none
  --forbidden FILE   不得由某处服务的需求 pairs that must not be: demand 需求编号, site 候选编号
  --effort N         搜索的工作量，见各求解器 work of the search, see the solvers
  --seconds S        最多几秒 at most so many seconds；默认 by default --tsp 55，--orlib-cap 5，其余不限 others without limit
  --seed N           抽签种子 seed of the lots drawn
  --check FILE       检查别处得出的结果：JSON，含 objective 和 open（有容量时还有 serve） check an answer made elsewhere: JSON with
                     objective and open (with capacities serve too)

.gz 文件可直接读 files may be packed (.gz)。输出一个 JSON 对象 prints one JSON object: objective, bound, gap, proved, seconds,
cpu_seconds, seed, open（开设的编号 numbers of the open ones）, serve（每个需求去哪一处 where each demand goes）, loss（关掉每一处会
多走多少 what closing each would add）, used（每一处用去的容量 what each takes of its capacity）,
cost（费用合计 of all that are open）, what_if（before 原来, at_once 其余不动 the others staying）, why。
`

// siteReport is what the command prints. Candidates have the files' own numbers, or are counted from 1.
type siteReport struct {
	planned
	Open   []siteName    `json:"open"`
	Serve  []siteName    `json:"serve,omitempty"`
	Loss   []int64       `json:"loss,omitempty"`
	Used   []int64       `json:"used,omitempty"`
	Cost   int64         `json:"cost,omitempty"`
	WhatIf *whatIfReport `json:"what_if,omitempty"`
	Why    *whyReport    `json:"why,omitempty"`
}

// whatIfReport is what a change comes to: before it, with the others staying, and with the others following, which the
// report around it tells too. Its seconds are those of the question alone.
type whatIfReport struct {
	Before int64 `json:"before"`
	AtOnce int64 `json:"at_once"` // −1 where somebody would be without a site
	planned
}

// siteName is a candidate's number, or whatever else a table calls it.
type siteName string

// MarshalJSON writes numbers as numbers.
func (n siteName) MarshalJSON() ([]byte, error) {
	if v, err := strconv.ParseInt(string(n), 10, 64); err == nil && strconv.FormatInt(v, 10) == string(n) {
		return []byte(n), nil
	}
	return json.Marshal(string(n))
}

// UnmarshalJSON reads numbers and words.
func (n *siteName) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '"' {
		var s string
		err := json.Unmarshal(raw, &s)
		*n = siteName(s)
		return err
	}
	*n = siteName(raw)
	return nil
}

type siteRun struct {
	network, capacitated, plane, demand, candidates, fixed, forbidden, check string
	sites                                                                    int
	seed                                                                     uint64
	effort                                                                   int64
	seconds                                                                  float64
	cover                                                                    int32
	budget                                                                   int64
	whatIf, why                                                              string
}

// asks tells whether a plan is kept to be asked about.
func (r siteRun) asks() bool { return r.whatIf != "" || r.why != "" }

// siteChoice is an answer by places of candidates, from 0.
type siteChoice struct {
	objective, bound int64
	open, serve      []int32
	loss, used       []int64
	cost             int64
	whatIf           *whatIfReport
	why              *whyReport
}

// siteTask is one of the problems that the command solves.
type siteTask struct {
	demand, sites int
	numbers       []siteName // of candidates, in the file; nil counts them from 1
	seconds       float64    // unless the call says otherwise; 0 for no limit
	shares        bool       // who goes where is part of the answer, since the nearest may be full
	solve         func(context.Context) (siteChoice, error)
	check         func(siteChoice) error
}

// number is the file's own number of a candidate.
func (t siteTask) number(j int32) siteName {
	if t.numbers == nil {
		return siteName(strconv.Itoa(int(j) + 1))
	}
	return t.numbers[j]
}

// planSite runs `zhidian plan site` and gives the exit code, as planDensity does.
func planSite(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var run siteRun
	return planCommand("site", planSiteHelp, args, stdout, stderr, func(fs *flag.FlagSet) {
		fs.StringVar(&run.network, "orlib", "", "")
		fs.StringVar(&run.capacitated, "orlib-cap", "", "")
		fs.StringVar(&run.plane, "tsp", "", "")
		fs.StringVar(&run.demand, "demand", "", "")
		fs.StringVar(&run.candidates, "candidates", "", "")
		fs.StringVar(&run.fixed, "fixed", "", "")
		fs.StringVar(&run.forbidden, "forbidden", "", "")
		fs.StringVar(&run.check, "check", "", "")
		fs.IntVar(&run.sites, "sites", 0, "")
		fs.Uint64Var(&run.seed, "seed", 0, "")
		fs.Int64Var(&run.effort, "effort", 0, "")
		fs.Float64Var(&run.seconds, "seconds", -1, "")
		fs.Func("cover", "", func(s string) error {
			n, err := strconv.ParseInt(s, 10, 32)
			run.cover = int32(n)
			return errors.Join(err, positive(n))
		})
		fs.Func("budget", "", func(s string) (err error) {
			run.budget, err = strconv.ParseInt(s, 10, 64)
			return errors.Join(err, positive(run.budget))
		})
		fs.StringVar(&run.whatIf, "what-if", "", "")
		fs.StringVar(&run.why, "why", "", "")
	}, func() error { return run.do(ctx, stdout) })
}

func positive(n int64) error {
	if n < 1 {
		return errors.New("应为正数 must be above 0")
	}
	return nil
}

func (r siteRun) do(ctx context.Context, stdout io.Writer) error {
	t, err := r.task(ctx)
	if err != nil {
		return err
	}
	if r.check != "" {
		return r.checkAnswer(t, stdout)
	}
	report, err := r.run(ctx, t)
	if err != nil {
		return err
	}
	return json.NewEncoder(stdout).Encode(report)
}

// run solves a task within its seconds.
func (r siteRun) run(ctx context.Context, t siteTask) (siteReport, error) {
	seconds := r.seconds
	if seconds < 0 {
		seconds = t.seconds
	}
	if seconds > 0 {
		var stop context.CancelFunc
		ctx, stop = context.WithTimeout(ctx, time.Duration(seconds*float64(time.Second)))
		defer stop()
	}
	watch := startWatch()
	c, err := t.solve(ctx)
	if err != nil {
		return siteReport{}, siteFault(err, t)
	}
	report := siteReport{planned: watch.report(c.objective, c.bound, r.seed), Loss: c.loss, Used: c.used, Cost: c.cost, WhatIf: c.whatIf, Why: c.why}
	report.Gap = math.Abs(report.Gap) // what is covered has its bound above
	for _, j := range c.open {
		report.Open = append(report.Open, t.number(j))
	}
	for _, j := range c.serve {
		report.Serve = append(report.Serve, t.number(j))
	}
	return report, nil
}

// siteFault tells what a solver refuses, in both languages.
func siteFault(err error, t siteTask) error {
	var none *siting.InfeasibleError
	var full *capacity.InfeasibleError
	var dear *budget.InfeasibleError
	var far *plane.InfeasibleError
	switch {
	case errors.As(err, &none):
		return said{fmt.Sprintf("无解：第 %d 个需求没有可用的地点", none.Demand+1), fmt.Sprintf("no solution: demand %d is served by nobody", none.Demand+1)}
	case errors.As(err, &far):
		return said{fmt.Sprintf("没有找到让每个需求都有去处的方案，例如第 %d 个；可增加处数或减少禁止的组合", far.Demand+1), fmt.Sprintf("no choice was found that serves everybody, demand %d for one", far.Demand+1)}
	case errors.As(err, &dear) && dear.Cost > 0:
		return said{fmt.Sprintf("无解：必须保留的几处费用合计 %d，超过预算", dear.Cost), fmt.Sprintf("no solution: the fixed sites cost %d, more than the budget", dear.Cost)}
	case errors.As(err, &dear):
		return said{"无解：预算不够让每个需求都有去处，例如第 " + strconv.Itoa(int(dear.Demand)+1) + " 个", fmt.Sprintf("no solution: the budget leaves demand %d without a site", dear.Demand+1)}
	case errors.As(err, &full) && full.Demand >= 0:
		return said{fmt.Sprintf("无解：第 %d 个需求比任何一处的容量都大", full.Demand+1), fmt.Sprintf("no solution: demand %d fits nowhere", full.Demand+1)}
	case errors.As(err, &full) && full.Load > 0:
		return said{fmt.Sprintf("无解：需求合计 %d，超过最大几处的容量之和 %d", full.Load, full.Room), fmt.Sprintf("no solution: demands of %d are above the capacities of %d", full.Load, full.Room)}
	case errors.As(err, &full) && full.Proved:
		return said{"无解：容量够，但分不开", "no solution: the capacities suffice, and the demands cannot be shared out"}
	case errors.As(err, &full):
		return said{"没有找到不超容量的方案，可加大 --effort 再试", "no plan was found that keeps the capacities, a larger --effort may find one"}
	}
	for _, bad := range []any{new(*siting.ProblemError), new(*plane.ProblemError), new(*capacity.ProblemError), new(*budget.ProblemError)} {
		if errors.As(err, bad) {
			return said{fmt.Sprintf("--sites 应为 1 至 %d，且不少于 --fixed 的处数，--fixed 不得重复；坐标、权重和容量不得过大", t.sites), err.Error()}
		}
	}
	return err
}

// task reads the problem that the flags name.
func (r siteRun) task(ctx context.Context) (siteTask, error) {
	given := 0
	for _, name := range []string{r.network, r.capacitated, r.plane, r.demand + r.candidates} {
		if name != "" {
			given++
		}
	}
	switch {
	case given != 1 || (r.demand == "") != (r.candidates == ""):
		return siteTask{}, said{"请给出 --orlib、--orlib-cap、--tsp 之一，或同时给出 --demand 和 --candidates", "give --orlib, --orlib-cap or --tsp, or both --demand and --candidates"}
	case r.demand == "" && (r.cover > 0 || r.budget > 0 || r.asks() || r.forbidden != ""):
		return siteTask{}, said{"--cover、--budget、--forbidden、--what-if、--why 与 --demand 和 --candidates 同用", "--cover, --budget, --forbidden, --what-if and --why go with --demand and --candidates"}
	case r.sites == 0 && r.network == "" && r.capacitated == "" && r.budget == 0:
		return siteTask{}, said{"缺少 --sites", "--sites is missing"}
	case r.capacitated != "":
		return r.shared()
	case r.plane != "":
		return r.onPlane()
	case r.demand != "":
		return r.fromTables(ctx)
	}
	p, err := readProblem(r.network, siting.ReadORLIB)
	if err != nil {
		return siteTask{}, err
	}
	if r.sites != 0 {
		p.K = r.sites
	}
	t := siteTask{demand: p.Demand, sites: p.Sites}
	if p.Fixed, err = r.fixedSites(t); err != nil {
		return t, err
	}
	return r.table(p, t), nil
}

func (r siteRun) table(p siting.Problem, t siteTask) siteTask {
	t.solve = func(ctx context.Context) (siteChoice, error) {
		if r.asks() {
			return r.answer(ctx, p, t)
		}
		s, err := siting.Solve(ctx, p, siting.Options{Seed: r.seed, Effort: r.effort})
		return siteChoice{objective: s.Objective, bound: s.Bound, open: s.Open, serve: s.Serve, loss: s.Loss}, err
	}
	t.check = func(c siteChoice) error {
		return siting.Check(p, siting.Solution{Open: c.open, Serve: nearestOf(p, c.open), Objective: c.objective, Bound: c.objective, Proved: true})
	}
	return t
}

// shared is a problem with capacities.
func (r siteRun) shared() (t siteTask, err error) {
	p, err := readProblem(r.capacitated, func(in io.Reader) (capacity.Problem, error) {
		p, _, err := capacity.ReadORLIB(in)
		return p, err
	})
	if err != nil {
		return t, err
	}
	if r.sites != 0 {
		p.K = r.sites
	}
	t = siteTask{demand: p.Demand, sites: p.Sites, seconds: 5}
	if p.Fixed, err = r.fixedSites(t); err != nil {
		return t, err
	}
	return r.capacities(p, t), nil
}

func (r siteRun) capacities(p capacity.Problem, t siteTask) siteTask {
	t.shares = true
	t.solve = func(ctx context.Context) (siteChoice, error) {
		s, err := capacity.Solve(ctx, p, capacity.Options{Seed: r.seed, Effort: r.effort})
		return siteChoice{objective: s.Objective, bound: s.Bound, open: s.Open, serve: s.Serve, used: s.Used}, err
	}
	t.check = func(c siteChoice) error {
		used := make([]int64, len(c.open))
		for i, j := range c.serve {
			if k, open := slices.BinarySearch(c.open, j); open && i < p.Demand {
				used[k] += p.Load[i]
			}
		}
		return capacity.Check(p, capacity.Solution{Open: c.open, Serve: c.serve, Used: used, Objective: c.objective, Bound: c.objective, Proved: true})
	}
	return t
}

// onPlane is a problem of points, each a demand and a candidate.
func (r siteRun) onPlane() (t siteTask, err error) {
	var p plane.Problem
	if err = readPlain(r.plane, func(in io.Reader) (err error) {
		var numbers []int64
		p, numbers, err = plane.ReadTSPLIB(in)
		for _, n := range numbers {
			t.numbers = append(t.numbers, siteName(strconv.FormatInt(n, 10)))
		}
		return err
	}); err != nil {
		return t, err
	}
	t.seconds = 55
	return r.points(p, t)
}

func (r siteRun) points(p plane.Problem, t siteTask) (siteTask, error) {
	var err error
	p.K = r.sites
	t.demand, t.sites = len(p.X), p.Sites()
	if p.Fixed, err = r.fixedSites(t); err != nil {
		return t, err
	}
	t.solve = func(ctx context.Context) (siteChoice, error) {
		s, err := plane.Solve(ctx, p, plane.Options{Seed: r.seed, Effort: r.effort})
		return siteChoice{objective: s.Objective, bound: s.Bound, open: s.Open, serve: s.Serve, loss: s.Loss}, err
	}
	t.check = func(c siteChoice) error {
		if len(c.open) != p.K {
			return fmt.Errorf("%d sites are open, not %d", len(c.open), p.K)
		}
		return plane.Check(p, plane.Solution{Open: c.open, Serve: p.Nearest(c.open), Objective: c.objective, Bound: c.objective, Proved: true})
	}
	return t, nil
}
