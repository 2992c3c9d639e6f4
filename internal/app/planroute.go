package app

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"time"

	"zhidian/solver/routing"
)

const planRouteHelp = `用法 Usage: zhidian plan route --solomon FILE [--objective distance|vehicles] [--round double|trunc1] [--seconds 5]

排定各队先后走访哪些地方，使路程最短、都在约定时间内到。
Plans in which order teams make their visits, so that ways are short and everybody is met in time.

  --solomon FILE     带时间窗的走访问题 visits with time windows (Solomon; Gehring & Homberger)
  --objective WHICH  distance 只看路程 ways alone；vehicles 先少用队、再看路程 few teams first
  --round WHICH      double 不取整 exact lengths；trunc1 每段截到一位小数 each length cut to one decimal
  --seconds N        约用多少秒，默认 5；轮数按开头的快慢估定 about so many seconds; rounds are reckoned from the first ones
  --effort N         改为给定轮数：同样的种子和轮数得到同样的结果 rounds instead: the same seed and rounds give the same plan
  --seed N           抽签种子 seed of the lots drawn
  --check FILE       检查别处得出的结果：JSON，含 objective 和 routes check an answer made elsewhere

.gz 文件可直接读 files may be packed (.gz)。输出一个 JSON 对象 prints one JSON object: objective, bound, gap, proved, seconds,
cpu_seconds, seed, rounds, vehicles, routes（每队依次走访的编号 numbers of the visits of each team, in order）。
`

// routeReport is what the command prints, lengths in the unit of the file.
type routeReport struct {
	planned
	Objective float64   `json:"objective"`
	Bound     float64   `json:"bound"`
	Rounds    int64     `json:"rounds"`
	Vehicles  int       `json:"vehicles"`
	Routes    [][]int32 `json:"routes"`
}

type routeRun struct {
	file, objective, round, check string
	seconds                       float64
	seed                          uint64
	effort                        int64
}

// planRoute runs `zhidian plan route` and gives the exit code, as planDensity does.
func planRoute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var run routeRun
	return planCommand("route", planRouteHelp, args, stdout, stderr, func(fs *flag.FlagSet) {
		fs.StringVar(&run.file, "solomon", "", "")
		fs.StringVar(&run.objective, "objective", "distance", "")
		fs.StringVar(&run.round, "round", "double", "")
		fs.StringVar(&run.check, "check", "", "")
		fs.Float64Var(&run.seconds, "seconds", 5, "")
		fs.Uint64Var(&run.seed, "seed", 0, "")
		fs.Int64Var(&run.effort, "effort", 0, "")
	}, func() error { return run.do(ctx, stdout) })
}

func (r routeRun) do(ctx context.Context, stdout io.Writer) error {
	rounding, ok := map[string]routing.Rounding{"double": routing.Double, "trunc1": routing.Trunc1}[r.round]
	switch {
	case r.file == "":
		return said{"缺少 --solomon", "--solomon is missing"}
	case !ok:
		return said{"--round 应为 double 或 trunc1", "--round is double or trunc1"}
	case r.objective != "distance" && r.objective != "vehicles":
		return said{"--objective 应为 distance 或 vehicles", "--objective is distance or vehicles"}
	case !(r.seconds > 0 && r.seconds <= 86_400) || r.effort < 0:
		return said{"--seconds 应在 0 至 86400 之间，--effort 不得为负", "--seconds is from 0 to 86400, --effort not negative"}
	}
	p, err := readProblem(r.file, func(in io.Reader) (routing.Problem, error) { return routing.ReadSolomon(in, rounding) })
	if err != nil {
		return err
	}
	p.Fewest = r.objective == "vehicles"
	scale := float64(rounding.Scale())
	if r.check != "" {
		var given routeReport
		if err := readJSON(r.check, &given); err != nil {
			return err
		}
		return checked(stdout, checkRoutes(p, given, scale))
	}
	watch := startWatch()
	s, err := r.solve(ctx, p)
	var none *routing.InfeasibleError
	var bad *routing.ProblemError
	switch {
	case errors.As(err, &none):
		return said{fmt.Sprintf("%s：无解，%d 号%s", r.file, none.Visit, routeReasons[none.Why]), fmt.Sprintf("no plan: visit %d: %s", none.Visit, none.Why)}
	case errors.As(err, &bad):
		return said{fmt.Sprintf("%s：%d 号的时间窗、需求或数目不对", r.file, bad.Visit), bad.Error()}
	case err != nil:
		return err
	}
	report := routeReport{planned: watch.report(s.Objective, s.Bound, r.seed), Objective: float64(s.Objective) / scale, Bound: float64(s.Bound) / scale, Rounds: s.Rounds, Vehicles: len(s.Routes), Routes: s.Routes}
	return json.NewEncoder(stdout).Encode(report)
}

// routeReasons are the sentences for why a visit cannot be made.
var routeReasons = map[routing.Reason]string{
	routing.TooMuch:  "的需求超过一队的容量",
	routing.TooEarly: "即使直接前往也赶不上它的时间窗",
	routing.TooLate:  "即使直接往返也不能在收队前回来",
	routing.NoTeam:   "没有队有时间和容量可以安排",
}

// solve gives the rounds asked for, or as many as the seconds allow at the pace of the first ones.
func (r routeRun) solve(ctx context.Context, p routing.Problem) (routing.Solution, error) {
	if r.effort > 0 {
		return routing.Solve(ctx, p, routing.Options{Seed: r.seed, Effort: r.effort})
	}
	span := time.Duration(r.seconds * float64(time.Second))
	ctx, stop := context.WithTimeout(ctx, span)
	defer stop()
	began := time.Now()
	const first = 500
	s, err := routing.Solve(ctx, p, routing.Options{Seed: r.seed, Effort: first})
	spent := time.Since(began)
	if left := span - spent; err == nil && left > spent {
		rounds := int64(0.97 * first * left.Seconds() / spent.Seconds())
		s, err = routing.Solve(ctx, p, routing.Options{Seed: r.seed, Effort: rounds})
	}
	return s, err
}

// checkRoutes checks an answer whose objective is right to the decimals that are printed.
func checkRoutes(p routing.Problem, given routeReport, scale float64) error {
	s := routing.Solution{Routes: given.Routes}
	n := len(p.Visits)
	for _, route := range given.Routes {
		at := 0
		for _, v := range append(route[:len(route):len(route)], 0) {
			if v < 0 || int(v) >= n {
				return fmt.Errorf("%d is no visit", v)
			}
			s.Objective += p.Length[at*n+int(v)]
			at = int(v)
		}
	}
	if d := math.Abs(float64(s.Objective)/scale - given.Objective); d > 0.01 {
		return fmt.Errorf("the ways are %.2f long, not %.2f", float64(s.Objective)/scale, given.Objective)
	}
	s.Bound, s.Proved = s.Objective, true
	return routing.Check(p, s)
}
