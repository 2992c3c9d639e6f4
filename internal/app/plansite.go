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

	"zhidian/solver/siting"
	"zhidian/solver/text"
)

const planSiteHelp = `用法 Usage: zhidian plan site --orlib FILE [--sites K] [--check FILE.json]
       zhidian plan site --demand D.csv --candidates C.csv --sites K [--fixed F.txt]

从候选地点中选 K 个，使人们到最近一处的路程（按人数加权）合计最短；结果附下界，相等即证明最优。
Chooses K of the candidates, so that people's ways to the nearest, weighted, are shortest together; a bound comes with the
answer, and where both are equal it is proved the best.

  --orlib FILE       路网 p-median a network (OR-Library)；每个节点既是需求也是候选 every node is a demand and a candidate
  --demand FILE      需求点 demands: lon,lat[,weight] (WGS-84) 或 or x,y[,weight] (米 metres)
  --candidates FILE  候选地点 candidates, 同样的列 the same columns；距离为直线 distances are straight lines
  --sites K          开设几处 how many are open；--orlib 时默认用文件里的数 by default the file's own number with --orlib
  --fixed FILE       已开设、必须保留的候选编号，从 1 起 numbers, from 1, of candidates that are open in any case
  --effort N         证明时最多搜索的节点数，默认 10000 nodes of the search for a proof at most
  --seed N           抽签种子 seed of the lots drawn
  --check FILE       检查别处得出的结果：JSON，含 objective 和 open check an answer made elsewhere

.gz 文件可直接读 files may be packed (.gz)。输出一个 JSON 对象 prints one JSON object: objective, bound, gap, proved, seconds,
cpu_seconds, seed, open（开设的编号 numbers of the open ones）, serve（每个需求去哪一处 where each demand goes）, loss（关掉每一处会
多走多少 what closing each would add）。
`

// siteReport is what the command prints. Candidates are counted from 1, as in the files.
type siteReport struct {
	planned
	Open  []int32 `json:"open"`
	Serve []int32 `json:"serve,omitempty"`
	Loss  []int64 `json:"loss,omitempty"`
}

type siteRun struct {
	network, demand, candidates, fixed, check string
	sites                                     int
	seed                                      uint64
	effort                                    int64
}

// planSite runs `zhidian plan site` and gives the exit code, as planDensity does.
func planSite(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var run siteRun
	return planCommand("site", planSiteHelp, args, stdout, stderr, func(fs *flag.FlagSet) {
		fs.StringVar(&run.network, "orlib", "", "")
		fs.StringVar(&run.demand, "demand", "", "")
		fs.StringVar(&run.candidates, "candidates", "", "")
		fs.StringVar(&run.fixed, "fixed", "", "")
		fs.StringVar(&run.check, "check", "", "")
		fs.IntVar(&run.sites, "sites", 0, "")
		fs.Uint64Var(&run.seed, "seed", 0, "")
		fs.Int64Var(&run.effort, "effort", 0, "")
	}, func() error { return run.do(ctx, stdout) })
}

func (r siteRun) do(ctx context.Context, stdout io.Writer) error {
	p, err := r.problem(ctx)
	if err != nil {
		return err
	}
	if r.sites != 0 {
		p.K = r.sites
	}
	if r.fixed != "" {
		if p.Fixed, err = readNumbers(r.fixed, p.Sites); err != nil {
			return err
		}
	}
	if r.check != "" {
		return r.checkAnswer(p, stdout)
	}
	watch := startWatch()
	s, err := siting.Solve(ctx, p, siting.Options{Seed: r.seed, Effort: r.effort})
	var none *siting.InfeasibleError
	var bad *siting.ProblemError
	switch {
	case errors.As(err, &none):
		return said{fmt.Sprintf("无解：第 %d 个需求没有可用的地点", none.Demand+1), fmt.Sprintf("no solution: demand %d is served by nobody", none.Demand+1)}
	case errors.As(err, &bad):
		return said{fmt.Sprintf("--sites 应为 1 至 %d，且不少于 --fixed 的 %d 处；--fixed 不得重复", p.Sites, len(p.Fixed)), bad.Error()}
	case err != nil:
		return err
	}
	for i := range s.Open {
		s.Open[i]++
	}
	for i := range s.Serve {
		s.Serve[i]++
	}
	return json.NewEncoder(stdout).Encode(siteReport{watch.report(s.Objective, s.Bound, r.seed), s.Open, s.Serve, s.Loss})
}

func (r siteRun) problem(ctx context.Context) (p siting.Problem, err error) {
	points := r.demand != "" && r.candidates != ""
	switch {
	case (r.network == "") != points || r.network != "" && (r.demand != "" || r.candidates != ""):
		return p, said{"请给出 --orlib，或同时给出 --demand 和 --candidates", "give --orlib, or both --demand and --candidates"}
	case points && r.sites == 0:
		return p, said{"缺少 --sites", "--sites is missing"}
	case r.network != "":
		return readProblem(r.network, siting.ReadORLIB)
	}
	return r.points(ctx)
}

// mostPairs bounds the table of distances at 400 MB.
const mostPairs = 100_000_000

// points makes a table of straight distances, in whole metres.
func (r siteRun) points(ctx context.Context) (p siting.Problem, err error) {
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
	x, y := plane(demand, projection)
	sx, sy := plane(sites, projection)
	p = siting.Problem{Demand: len(x), Sites: len(sx), Weight: demand.Whole, Distance: make([]int32, len(x)*len(sx))}
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

// readNumbers reads numbers of candidates, from 1, and gives them from 0.
func readNumbers(name string, most int) (all []int32, err error) {
	err = readPlain(name, func(in io.Reader) error {
		words := text.NewReader(in)
		for {
			n, err := words.Int("site", 1, int64(most))
			var end *text.Error
			if errors.As(err, &end) && end.Trouble == text.Missing {
				return nil
			}
			if err != nil {
				return err
			}
			all = append(all, int32(n-1))
		}
	})
	return all, err
}

func (r siteRun) checkAnswer(p siting.Problem, stdout io.Writer) error {
	var given siteReport
	if err := readJSON(r.check, &given); err != nil {
		return err
	}
	s := siting.Solution{Objective: given.Objective, Bound: given.Objective, Proved: true, Serve: make([]int32, p.Demand)}
	for _, j := range given.Open {
		if j < 1 || int(j) > p.Sites {
			return checked(stdout, fmt.Errorf("%d is no candidate", j))
		}
		s.Open = append(s.Open, j-1)
	}
	slices.Sort(s.Open)
	for i := range s.Serve {
		s.Serve[i] = -1
		for _, j := range s.Open {
			if at := s.Serve[i]; at < 0 || p.Distance[i*p.Sites+int(j)] < p.Distance[i*p.Sites+int(at)] {
				s.Serve[i] = j
			}
		}
	}
	return checked(stdout, siting.Check(p, s))
}
