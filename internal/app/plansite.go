package app

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"zhidian/solver/siting"
	"zhidian/solver/siting/capacity"
	"zhidian/solver/siting/plane"
	"zhidian/solver/text"
)

const planSiteHelp = `用法 Usage: zhidian plan site --orlib FILE [--sites K] [--check FILE.json]
       zhidian plan site --orlib-cap FILE [--sites K] [--check FILE.json]
       zhidian plan site --tsp FILE --sites K [--check FILE.json]
       zhidian plan site --demand D.csv --candidates C.csv --sites K [--fixed F.txt]

从候选地点中选 K 个，使人们到最近一处的路程（按人数加权）合计最短；结果附下界，相等即证明最优。
Chooses K of the candidates, so that people's ways to the nearest, weighted, are shortest together; a bound comes with the
answer, and where both are equal it is proved the best.

  --orlib FILE       路网 p-median a network (OR-Library)；每个节点既是需求也是候选 every node is a demand and a candidate
  --orlib-cap FILE   有容量的 p-median with capacities (OR-Library)；距离为直线，舍去小数 straight distances, fractions cut off
  --tsp FILE         平面上的点 points on a plane (TSPLIB)；每点既是需求也是候选，距离四舍五入 every point is a demand and a
                     candidate, distances are rounded
  --demand FILE      需求点 demands: lon,lat[,weight] (WGS-84) 或 or x,y[,weight] (米 metres)
  --candidates FILE  候选地点 candidates, 同样的列 the same columns；距离为直线 distances are straight lines
  --sites K          开设几处 how many are open；--orlib 时默认用文件里的数 by default the file's own number with --orlib
  --fixed FILE       已开设、必须保留的候选编号，从 1 起 numbers, from 1, of candidates that are open in any case
  --effort N         搜索的工作量，见各求解器 work of the search, see the solvers
  --seconds S        最多几秒 at most so many seconds；默认 by default --tsp 55，--orlib-cap 5，其余不限 others without limit
  --seed N           抽签种子 seed of the lots drawn
  --check FILE       检查别处得出的结果：JSON，含 objective 和 open（有容量时还有 serve） check an answer made elsewhere: JSON with
                     objective and open (with capacities serve too)

.gz 文件可直接读 files may be packed (.gz)。输出一个 JSON 对象 prints one JSON object: objective, bound, gap, proved, seconds,
cpu_seconds, seed, open（开设的编号 numbers of the open ones）, serve（每个需求去哪一处 where each demand goes）, loss（关掉每一处会
多走多少 what closing each would add）, used（每一处用去的容量 what each takes of its capacity）。
`

// siteReport is what the command prints. Candidates have the files' own numbers, or are counted from 1.
type siteReport struct {
	planned
	Open  []int64 `json:"open"`
	Serve []int64 `json:"serve,omitempty"`
	Loss  []int64 `json:"loss,omitempty"`
	Used  []int64 `json:"used,omitempty"`
}

type siteRun struct {
	network, capacitated, plane, demand, candidates, fixed, check string
	sites                                                         int
	seed                                                          uint64
	effort                                                        int64
	seconds                                                       float64
}

// siteChoice is an answer by places of candidates, from 0.
type siteChoice struct {
	objective, bound int64
	open, serve      []int32
	loss, used       []int64
	nodes            int64
}

// siteTask is one of the problems that the command solves.
type siteTask struct {
	demand, sites int
	numbers       []int64 // of candidates, in the file; nil counts them from 1
	seconds       float64 // unless the call says otherwise; 0 for no limit
	shares        bool    // who goes where is part of the answer, since the nearest may be full
	solve         func(context.Context) (siteChoice, error)
	check         func(siteChoice) error
}

// number is the file's own number of a candidate.
func (t siteTask) number(j int32) int64 {
	if t.numbers == nil {
		return int64(j) + 1
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
		fs.StringVar(&run.check, "check", "", "")
		fs.IntVar(&run.sites, "sites", 0, "")
		fs.Uint64Var(&run.seed, "seed", 0, "")
		fs.Int64Var(&run.effort, "effort", 0, "")
		fs.Float64Var(&run.seconds, "seconds", -1, "")
	}, func() error { return run.do(ctx, stdout) })
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
	report := siteReport{planned: watch.report(c.objective, c.bound, r.seed), Loss: c.loss, Used: c.used}
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
	switch {
	case errors.As(err, &none):
		return said{fmt.Sprintf("无解：第 %d 个需求没有可用的地点", none.Demand+1), fmt.Sprintf("no solution: demand %d is served by nobody", none.Demand+1)}
	case errors.As(err, &full) && full.Demand >= 0:
		return said{fmt.Sprintf("无解：第 %d 个需求比任何一处的容量都大", full.Demand+1), fmt.Sprintf("no solution: demand %d fits nowhere", full.Demand+1)}
	case errors.As(err, &full) && full.Load > 0:
		return said{fmt.Sprintf("无解：需求合计 %d，超过最大几处的容量之和 %d", full.Load, full.Room), fmt.Sprintf("no solution: demands of %d are above the capacities of %d", full.Load, full.Room)}
	case errors.As(err, &full) && full.Proved:
		return said{"无解：容量够，但分不开", "no solution: the capacities suffice, and the demands cannot be shared out"}
	case errors.As(err, &full):
		return said{"没有找到不超容量的方案，可加大 --effort 再试", "no plan was found that keeps the capacities, a larger --effort may find one"}
	}
	for _, bad := range []any{new(*siting.ProblemError), new(*plane.ProblemError), new(*capacity.ProblemError)} {
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
	case r.sites == 0 && r.network == "" && r.capacitated == "":
		return siteTask{}, said{"缺少 --sites", "--sites is missing"}
	case r.capacitated != "":
		return r.shared()
	case r.plane != "":
		return r.onPlane()
	}
	p, err := r.problem(ctx)
	if err != nil {
		return siteTask{}, err
	}
	return r.table(p)
}

func (r siteRun) table(p siting.Problem) (t siteTask, err error) {
	if p.Fixed, err = r.fixedSites(p.Sites, nil); err != nil {
		return t, err
	}
	t = siteTask{demand: p.Demand, sites: p.Sites}
	t.solve = func(ctx context.Context) (siteChoice, error) {
		s, err := siting.Solve(ctx, p, siting.Options{Seed: r.seed, Effort: r.effort})
		return siteChoice{s.Objective, s.Bound, s.Open, s.Serve, s.Loss, nil, s.Nodes}, err
	}
	t.check = func(c siteChoice) error {
		serve := make([]int32, p.Demand)
		for i := range serve {
			serve[i] = -1
			for _, j := range c.open {
				if at := serve[i]; at < 0 || p.Distance[i*p.Sites+int(j)] < p.Distance[i*p.Sites+int(at)] {
					serve[i] = j
				}
			}
		}
		return siting.Check(p, siting.Solution{Open: c.open, Serve: serve, Objective: c.objective, Bound: c.objective, Proved: true})
	}
	return t, nil
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
	if p.Fixed, err = r.fixedSites(p.Sites, nil); err != nil {
		return t, err
	}
	t = r.capacities(p)
	t.seconds = 5
	return t, nil
}

func (r siteRun) capacities(p capacity.Problem) siteTask {
	return siteTask{
		demand: p.Demand, sites: p.Sites, shares: true,
		solve: func(ctx context.Context) (siteChoice, error) {
			s, err := capacity.Solve(ctx, p, capacity.Options{Seed: r.seed, Effort: r.effort})
			return siteChoice{s.Objective, s.Bound, s.Open, s.Serve, nil, s.Used, s.Nodes}, err
		},
		check: func(c siteChoice) error {
			used := make([]int64, len(c.open))
			for i, j := range c.serve {
				if k, open := slices.BinarySearch(c.open, j); open && i < p.Demand {
					used[k] += p.Load[i]
				}
			}
			return capacity.Check(p, capacity.Solution{Open: c.open, Serve: c.serve, Used: used, Objective: c.objective, Bound: c.objective, Proved: true})
		},
	}
}

// onPlane is a problem of points, each a demand and a candidate.
func (r siteRun) onPlane() (t siteTask, err error) {
	var p plane.Problem
	if err = readPlain(r.plane, func(in io.Reader) (err error) {
		p, t.numbers, err = plane.ReadTSPLIB(in)
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
	if p.Fixed, err = r.fixedSites(p.Sites(), t.numbers); err != nil {
		return t, err
	}
	t.demand, t.sites = len(p.X), p.Sites()
	t.solve = func(ctx context.Context) (siteChoice, error) {
		s, err := plane.Solve(ctx, p, plane.Options{Seed: r.seed, Effort: r.effort})
		return siteChoice{s.Objective, s.Bound, s.Open, s.Serve, s.Loss, nil, 0}, err
	}
	t.check = func(c siteChoice) error {
		if len(c.open) != p.K {
			return fmt.Errorf("%d sites are open, not %d", len(c.open), p.K)
		}
		return plane.Check(p, plane.Solution{Open: c.open, Serve: p.Nearest(c.open), Objective: c.objective, Bound: c.objective, Proved: true})
	}
	return t, nil
}

// fixedSites reads numbers of candidates and gives their places.
func (r siteRun) fixedSites(sites int, numbers []int64) (all []int32, err error) {
	if r.fixed == "" {
		return nil, nil
	}
	place := placesOf(sites, numbers)
	err = readPlain(r.fixed, func(in io.Reader) error {
		words := text.NewReader(in)
		for {
			word, err := words.Word()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			n, err := strconv.ParseInt(string(word), 10, 64)
			j, known := place[n]
			switch {
			case err != nil:
				return words.Fault("site", text.NotWhole)
			case !known && numbers == nil:
				return &text.Error{Line: words.Line(), Field: "site", Have: string(word), Trouble: text.OutOfRange, Least: 1, Most: float64(sites)}
			case !known:
				return words.Fault("site", noCandidate)
			}
			all = append(all, j)
		}
	})
	return all, err
}

// noCandidate is said of a number that no candidate has.
const noCandidate text.Trouble = "is no candidate's number"

// placesOf gives the place of each number.
func placesOf(sites int, numbers []int64) map[int64]int32 {
	place := make(map[int64]int32, sites)
	for j := range sites {
		if numbers == nil {
			place[int64(j)+1] = int32(j)
		} else {
			place[numbers[j]] = int32(j)
		}
	}
	return place
}

func (r siteRun) checkAnswer(t siteTask, stdout io.Writer) error {
	var given siteReport
	if err := readJSON(r.check, &given); err != nil {
		return err
	}
	place := placesOf(t.sites, t.numbers)
	c := siteChoice{objective: given.Objective}
	for _, list := range []struct {
		numbers []int64
		places  *[]int32
	}{{given.Open, &c.open}, {given.Serve, &c.serve}} {
		for _, n := range list.numbers {
			j, known := place[n]
			if !known {
				return checked(stdout, fmt.Errorf("%d is no candidate", n))
			}
			*list.places = append(*list.places, j)
		}
	}
	slices.Sort(c.open)
	if t.shares && len(c.serve) != t.demand {
		return checked(stdout, fmt.Errorf("%d demands are served, not %d", len(c.serve), t.demand))
	}
	return checked(stdout, t.check(c))
}
