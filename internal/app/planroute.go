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

	"zhidian/solver/cpu"
	"zhidian/solver/routing"
)

const planRouteHelp = `用法 Usage: zhidian plan route --solomon FILE [--objective distance|vehicles] [--round double|trunc1] [--seconds 5]
       zhidian plan route --chao FILE [--seconds 5]
       zhidian plan route --visits V.csv --teams T.csv [--matrix M.csv|--roads G.csv] [--near YESTERDAY.json]

排定各队先后走访哪些地方，使路程最短、都在约定时间内到。
Plans in which order teams make their visits, so that ways are short and everybody is met in time.

  --solomon FILE     带时间窗的走访问题 visits with time windows (Solomon; Gehring & Homberger)
  --chao FILE        限时内多得分的走访问题 visits with scores, of which teams make the best they have time for (Chao, Golden & Wasil)；
                     点从 0 编号，首点出发、末点收队 points are numbered from 0, teams begin at the first and end at the last
  --visits, --teams  走访表和队伍表，列名见下 tables of visits and teams, columns below；结果分队、分天、带时刻和理由
                     the plan tells teams, days, times and reasons
  --matrix FILE      两地之间的秒数 seconds between places: from,to,seconds（起点,终点,秒）
  --roads FILE       路网，同样的列，按最快的路走 a graph of roads, the same columns; teams take the fastest ways
  --detour F --speed F  都没有时按直线距离乘 F、每小时 F 公里，默认 1.35、30 without these, straight lines times F at F km/h
  --near FILE        以前输出的计划：尽量不换队、不换天 an earlier plan: teams and days change as little as may be
  --keep N           每处不变抵多少分钟路程，默认 30 minutes of way that keeping a visit is worth
  --worth N          优先级每级抵多少分钟路程，默认 60 minutes of way that each point of priority is worth
  --objective WHICH  distance 只看路程 ways alone；vehicles 先少用队、再看路程 few teams first
  --round WHICH      double 不取整 exact lengths；trunc1 每段截到一位小数 each length cut to one decimal
  --seconds N        用多少秒，默认 5：一个核时算处理器时间，两个核时算钟表时间 so many seconds, of the processor with one core, of
                     the clock with several
  --cores N          用几个核，默认 1；400 处以上默认 2 cores, by default 1, or 2 for more than 400 visits
  --effort N         改为给定轮数：同样的种子、核数和轮数得到同样的结果 rounds instead: the same seed, cores and rounds give the same plan
  --seed N           抽签种子 seed of the lots drawn
  --check FILE       检查别处得出的结果：JSON，含 objective 和 routes check an answer made elsewhere

.gz 文件可直接读 files may be packed (.gz)。输出一个 JSON 对象 prints one JSON object: objective, bound, gap, proved, seconds,
cpu_seconds, seed, rounds, vehicles, routes（每队依次走访的编号 numbers of the visits of each team, in order）。--chao 的 objective
是总得分，bound 是上界 with --chao the objective is the score, and the bound is above it。

走访表的列 visits: id 编号, minutes 分钟, lon/lat 经度/纬度 或 or x/y (米 metres) 或 or place 地点；可选 optional: from/until 最早/最晚（几点前
开始 begins by then, 8:30）, skill 技能, persons 人数, day 日子, priority 优先级（1 至 9 可不去，越大越要去；空为必去 may be left out,
blank is a must）, same 同一队（另一处的编号 id of another visit）。
队伍表的列 teams: id 编号, 起点 where it begins（同上 likewise）；可选 optional: from/until 上班/下班（默认 8:00、18:00）, day 日子（几天用
分号隔开 several between semicolons）, skill, persons, lunch minutes 午饭分钟, lunch from/until 午饭最早/最晚（默认 11:30、13:00）, most 每天最多。
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
	solomon, chao, objective, round, check string
	week                                   weekFiles
	rates                                  weekRates
	seconds                                float64
	seed                                   uint64
	effort                                 int64
	cores                                  int
}

// planRoute runs `zhidian plan route` and gives the exit code, as planDensity does.
func planRoute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var run routeRun
	return planCommand("route", planRouteHelp, args, stdout, stderr, func(fs *flag.FlagSet) {
		fs.StringVar(&run.solomon, "solomon", "", "")
		fs.StringVar(&run.chao, "chao", "", "")
		run.week.flags(fs)
		run.rates.flags(fs)
		fs.StringVar(&run.objective, "objective", "distance", "")
		fs.StringVar(&run.round, "round", "double", "")
		fs.StringVar(&run.check, "check", "", "")
		fs.Float64Var(&run.seconds, "seconds", 5, "")
		fs.Uint64Var(&run.seed, "seed", 0, "")
		fs.Int64Var(&run.effort, "effort", 0, "")
		fs.IntVar(&run.cores, "cores", 0, "")
	}, func() error { return run.do(ctx, stdout) })
}

func (r routeRun) do(ctx context.Context, stdout io.Writer) error {
	rounding, ok := map[string]routing.Rounding{"double": routing.Double, "trunc1": routing.Trunc1}[r.round]
	switch {
	case !(r.solomon != "" && r.chao == "" && r.week == weekFiles{} || r.chao != "" && r.solomon == "" && r.week == weekFiles{} || r.solomon == "" && r.chao == "" && r.week.visits != "" && r.week.teams != ""):
		return said{"请给出 --solomon、--chao，或 --visits 和 --teams", "give --solomon, --chao, or --visits and --teams"}
	case !ok:
		return said{"--round 应为 double 或 trunc1", "--round is double or trunc1"}
	case r.objective != "distance" && r.objective != "vehicles":
		return said{"--objective 应为 distance 或 vehicles", "--objective is distance or vehicles"}
	case !(r.seconds > 0 && r.seconds <= 86_400) || r.effort < 0 || r.cores < 0 || r.cores > 64:
		return said{"--seconds 应在 0 至 86400 之间，--effort 不得为负，--cores 应为 1 至 64", "--seconds is from 0 to 86400, --effort not negative, --cores from 1 to 64"}
	}
	switch {
	case r.chao != "":
		return r.scores(ctx, stdout)
	case r.week.visits != "":
		return r.teams(ctx, stdout)
	}
	p, err := readProblem(r.solomon, func(in io.Reader) (routing.Problem, error) { return routing.ReadSolomon(in, rounding) })
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
	s, err := r.solve(ctx, p, r.solomon, numbered)
	if err != nil {
		return err
	}
	report := routeReport{planned: watch.report(s.Objective, s.Bound, r.seed), Objective: float64(s.Objective) / scale, Bound: float64(s.Bound) / scale, Rounds: s.Rounds, Vehicles: len(s.Routes), Routes: s.Routes}
	return json.NewEncoder(stdout).Encode(report)
}

// scores plans visits with scores. Its gap is (bound − objective) / objective.
func (r routeRun) scores(ctx context.Context, stdout io.Writer) error {
	p, err := readProblem(r.chao, routing.ReadChao)
	if err != nil {
		return err
	}
	if r.check != "" {
		var given routeReport
		if err := readJSON(r.check, &given); err != nil {
			return err
		}
		return checked(stdout, checkScores(p, given))
	}
	watch := startWatch()
	s, err := r.solve(ctx, p, r.chao, numbered)
	if err != nil {
		return err
	}
	score, bound := routing.ChaoScores(p, s)
	report := routeReport{planned: watch.report(score, bound, r.seed), Objective: float64(score), Bound: float64(bound), Rounds: s.Rounds, Vehicles: len(s.Routes), Routes: s.Routes}
	report.Gap = float64(bound-score) / max(1, float64(score))
	return json.NewEncoder(stdout).Encode(report)
}

// routeReasons are the sentences for why a visit, or two of them, cannot be made.
var routeReasons = map[routing.Reason]string{
	routing.Unskilled: "要求的技能没有队具备",
	routing.TooFew:    "要求的人数没有队够",
	routing.OtherDay:  "要求的日子没有队出门",
	routing.TooMuch:   "的需求超过一队的容量",
	routing.TooEarly:  "即使直接前往也赶不上它的时间窗",
	routing.TooLate:   "即使直接往返也不能在收队前回来",
	routing.AtLunch:   "去了就没有时间吃午饭",
	routing.NoTeam:    "没有队有时间和容量可以安排",
	routing.Apart:     "都只有同一队能去，但那一队不能两处都去",
	routing.Divided:   "要求同一队去，但没有一队能两处都去",
}

// solve gives the rounds asked for, or as many as the seconds allow.
func (r routeRun) solve(ctx context.Context, p routing.Problem, file string, name func(visit int32) (zh, en string)) (routing.Solution, error) {
	o := routing.Options{Seed: r.seed, Effort: r.effort, Islands: r.cores}
	if r.cores == 0 {
		o.Islands = 1
		if len(p.Visits) > 400 {
			o.Islands = 2
		}
	}
	if r.effort == 0 {
		began, spent := time.Now(), cpu.Spent()
		o.Spent = func() float64 {
			if o.Islands > 1 {
				return time.Since(began).Seconds() / r.seconds
			}
			return (cpu.Spent() - spent).Seconds() / r.seconds
		}
	}
	s, err := routing.Solve(ctx, p, o)
	return s, routeFault(err, file, name)
}

// numbered is what a visit is called in files that only number them.
func numbered(visit int32) (zh, en string) {
	return fmt.Sprintf("%d 号", visit), fmt.Sprintf("visit %d", visit)
}

// routeFault tells which visits cannot be made, by the names that they have in a file.
func routeFault(err error, file string, name func(visit int32) (zh, en string)) error {
	var none *routing.InfeasibleError
	var bad *routing.ProblemError
	switch {
	case errors.As(err, &none) && none.Other >= 0:
		zh, en := name(none.Visit)
		otherZh, otherEn := name(none.Other)
		return said{fmt.Sprintf("%s：无解，%s、%s%s", file, zh, otherZh, routeReasons[none.Why]), fmt.Sprintf("no plan: %s and %s: %s", en, otherEn, none.Why)}
	case errors.As(err, &none):
		zh, en := name(none.Visit)
		return said{fmt.Sprintf("%s：无解，%s%s", file, zh, routeReasons[none.Why]), fmt.Sprintf("no plan: %s: %s", en, none.Why)}
	case errors.As(err, &bad):
		return said{fmt.Sprintf("%s：时间窗、需求或数目不对", file), bad.Error()}
	}
	return err
}

// checkScores checks an answer to a problem with scores.
func checkScores(p routing.Problem, given routeReport) error {
	s, err := routing.Costed(p, given.Routes, nil)
	if err != nil {
		return err
	}
	if score, _ := routing.ChaoScores(p, s); float64(score) != given.Objective {
		return fmt.Errorf("the score is %d, not %v", score, given.Objective)
	}
	return routing.Check(p, s)
}

// checkRoutes checks an answer whose objective is right to the decimals that are printed.
func checkRoutes(p routing.Problem, given routeReport, scale float64) error {
	s, err := routing.Costed(p, given.Routes, nil)
	if err != nil {
		return err
	}
	if d := math.Abs(float64(s.Objective)/scale - given.Objective); d > 0.01 {
		return fmt.Errorf("the ways are %.2f long, not %.2f", float64(s.Objective)/scale, given.Objective)
	}
	return routing.Check(p, s)
}
