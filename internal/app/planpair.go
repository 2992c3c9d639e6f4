package app

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"time"

	"zhidian/solver/cpu"
	"zhidian/solver/pairing/assignment"
	"zhidian/solver/pairing/flow"
	"zhidian/solver/pairing/roster"
)

const planPairHelp = `用法 Usage: zhidian plan pair --orlib-assign FILE | --dimacs FILE.min [--flows] | --people P.csv --slots S.csv [--withdraw ID] | --groups G.csv --places V.csv [--check FILE.json]

把两边配成对，使总费用最小；结果附下界，相等即证明最优。
Pairs two sides so that the whole costs least; a bound comes with the answer, and where both are equal it is proved the best.

  --orlib-assign FILE  一对一，方阵费用表 one to one, a square table of costs (OR-Library)
  --dimacs FILE        最小费用流 minimum-cost flow (DIMACS)
  --people P.csv --slots S.csv  排班 rosters: who is where at which session
      人员表的列 columns of people: id 编号, lon,lat 经度,纬度 (or x,y in metres), skills 技能, sex 性别, most 最多次数 (1),
      free 可服务时间 (2026-07-06 08:00/2026-07-06 18:00; …), knows 去过 (sites)
      场次表的列 columns of sessions: id 编号, site 地点, lon,lat 经度,纬度, from 开始, until 结束, count 人数 (1),
      needs 技能 (急救 所有人 all; 急救:1 其中一人 one of them), women 其中女, men 其中男, locked 指定, banned 不排
  --groups G.csv --places V.csv  团队与村结对，几个团队可去同一村 which group goes to which place; several may go to one
      团队表的列 columns of groups: id 编号, lon,lat 经度,纬度, size 人数, skills 技能或语言, away 不去的期次, knows 去过,
      locked 指定 (马桥村 all terms, 马桥村@第一期 one), banned 不去
      地点表的列 columns of places: id 编号, lon,lat 经度,纬度, asks 技能或语言, term 期次 (each its own row), need 需要人数, room 最多人数
  --missing N          村里比需要少一人算多少 points for each person by whom a place has fewer than it needs (2000)
  --change N           下一期换村多算多少 points for going elsewhere than in the term before (5000)
  --reach M            离家最远多少米，0 不限 metres that nobody is sent beyond (0 any)
  --stranger N         没去过的地点多算多少 points for a site where she was never (2000); 1 米算 1 one metre is one point
  --even N             第 n 次任务多算 (2n−1)·N，使任务分得均匀 shares duties out evenly (500)
  --empty N            空缺一人，或一个团队一期没有去处，算多少 points for an empty seat, or a group that goes nowhere for a term (1000000)
  --withdraw ID        排好之后此人退出，看由谁接替 who steps in when this person withdraws afterwards
  --stay N             接替时每多动一人算多少 points for each new duty then (100000)：越大动的人越少 the more, the fewer change，应小于 below --empty
  --flows              同时输出每条弧的流量 print the flow of each arc too
  --check FILE         检查别处得出的结果：本命令输出的 JSON，含 objective 和 assign 或 flow
                       check an answer made elsewhere: JSON as this command prints it, with objective and assign or flow
  --seed N             只记入结果，方法不抽签 is repeated in the answer alone, since no lots are drawn

.gz 文件可直接读 files may be packed (.gz)。输出一个 JSON 对象 prints one JSON object: objective, bound, gap, proved, seconds,
cpu_seconds, seed, duties 和 empty（空缺及原因 and why）, stays 和 idle（去处 where groups go）, assign（每行的列，从 1 起 the column of each row, from 1）或 or flow（按文件中弧的次序 in the file's order of arcs）。
`

// pairReport is what the command prints. Rows, columns, nodes and arcs are counted from 1, as in the files.
type pairReport struct {
	planned
	Assign []int32 `json:"assign,omitempty"`
	Flow   []int64 `json:"flow,omitempty"`
}

type pairRun struct {
	table, network, check string
	people, slots         string
	groups, places        string
	withdraw              string
	change, missing       int64
	weights               roster.Weights
	flows                 bool
	seed                  uint64
}

// planPair runs `zhidian plan pair` and gives the exit code, as planDensity does.
func planPair(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var run pairRun
	return planCommand("pair", planPairHelp, args, stdout, stderr, func(fs *flag.FlagSet) {
		fs.StringVar(&run.table, "orlib-assign", "", "")
		fs.StringVar(&run.network, "dimacs", "", "")
		fs.StringVar(&run.check, "check", "", "")
		fs.StringVar(&run.people, "people", "", "")
		fs.StringVar(&run.slots, "slots", "", "")
		fs.StringVar(&run.groups, "groups", "", "")
		fs.StringVar(&run.places, "places", "", "")
		fs.Int64Var(&run.change, "change", 5000, "")
		fs.Int64Var(&run.missing, "missing", 2000, "")
		fs.StringVar(&run.withdraw, "withdraw", "", "")
		fs.Int64Var(&run.weights.Reach, "reach", 0, "")
		fs.Int64Var(&run.weights.Stranger, "stranger", 2000, "")
		fs.Int64Var(&run.weights.Even, "even", 500, "")
		fs.Int64Var(&run.weights.Empty, "empty", 1_000_000, "")
		fs.Int64Var(&run.weights.Stay, "stay", 100_000, "")
		fs.BoolVar(&run.flows, "flows", false, "")
		fs.Uint64Var(&run.seed, "seed", 0, "")
	}, func() error { return run.do(ctx, stdout) })
}

func (r pairRun) do(ctx context.Context, stdout io.Writer) error {
	switch given := [4]bool{r.table != "", r.network != "", r.people != "" && r.slots != "", r.groups != "" && r.places != ""}; given {
	case [4]bool{true, false, false, false}:
		return r.assign(ctx, stdout)
	case [4]bool{false, true, false, false}:
		return r.send(ctx, stdout)
	case [4]bool{false, false, true, false}:
		return r.roster(ctx, stdout)
	case [4]bool{false, false, false, true}:
		return r.sendGroups(ctx, stdout)
	}
	return said{
		"请给出 --orlib-assign、--dimacs、--people 加 --slots、--groups 加 --places 之一",
		"give one of --orlib-assign, --dimacs, --people with --slots, and --groups with --places",
	}
}

func (r pairRun) assign(ctx context.Context, stdout io.Writer) error {
	p, err := readProblem(r.table, assignment.Read)
	if err != nil {
		return err
	}
	if r.check != "" {
		var given pairReport
		if err := readJSON(r.check, &given); err != nil {
			return err
		}
		cols := slices.Clone(given.Assign)
		for i := range cols {
			cols[i]--
		}
		return checked(stdout, assignment.CheckPairs(p, cols, given.Objective))
	}
	watch := startWatch()
	s, err := assignment.Solve(ctx, p, assignment.Options{Seed: r.seed})
	if err != nil {
		return err
	}
	for i := range s.Col {
		s.Col[i]++
	}
	return json.NewEncoder(stdout).Encode(pairReport{planned: watch.report(s.Objective, s.Bound, r.seed), Assign: s.Col})
}

func (r pairRun) send(ctx context.Context, stdout io.Writer) error {
	p, err := readProblem(r.network, flow.ReadDIMACS)
	if err != nil {
		return err
	}
	if r.check != "" {
		var given pairReport
		if err := readJSON(r.check, &given); err != nil {
			return err
		}
		return checked(stdout, flow.CheckFlow(p, given.Flow, given.Objective))
	}
	watch := startWatch()
	s, err := flow.Solve(ctx, p, flow.Options{Seed: r.seed})
	var none *flow.InfeasibleError
	var earns *flow.UnboundedError
	var node *flow.NodeError
	switch {
	case errors.As(err, &none):
		n := none.Nodes[0] + 1
		return said{
			fmt.Sprintf("%s：无解，第 %d 号等 %d 个节点的供应送不出去或需求得不到满足", r.network, n, len(none.Nodes)),
			fmt.Sprintf("no solution: what %d nodes supply or need finds no way, node %d among them", len(none.Nodes), n),
		}
	case errors.As(err, &earns):
		return said{
			fmt.Sprintf("%s：第 %d 条弧在一个费用为负、没有上限的环上", r.network, earns.Arc+1),
			fmt.Sprintf("arc %d lies on a cycle of negative cost without limits", earns.Arc+1),
		}
	case errors.As(err, &node):
		return said{r.network + "：各节点的供应合计不为 0", "what the nodes supply does not sum to 0"}
	case err != nil:
		return err
	}
	report := pairReport{planned: watch.report(s.Objective, s.Bound, r.seed)}
	if r.flows {
		report.Flow = s.Flow
	}
	return json.NewEncoder(stdout).Encode(report)
}

// checked tells what a check found.
func checked(stdout io.Writer, err error) error {
	if err != nil {
		return said{"结果不成立：" + err.Error(), "the answer does not hold"}
	}
	_, err = fmt.Fprintln(stdout, `{"holds":true}`)
	return err
}

// planned is what every planner prints besides its solution. Gap is (objective − bound) / bound.
type planned struct {
	Objective  int64   `json:"objective"`
	Bound      int64   `json:"bound"`
	Gap        float64 `json:"gap"`
	Proved     bool    `json:"proved"`
	Seconds    float64 `json:"seconds"` // of solving, without reading
	CPUSeconds float64 `json:"cpu_seconds"`
	Seed       uint64  `json:"seed"`
}

type watch struct {
	began time.Time
	spent time.Duration
}

func startWatch() watch { return watch{time.Now(), cpu.Spent()} }

func (w watch) report(objective, bound int64, seed uint64) planned {
	r := planned{Objective: objective, Bound: bound, Proved: objective == bound, Seconds: time.Since(w.began).Seconds(), CPUSeconds: (cpu.Spent() - w.spent).Seconds(), Seed: seed}
	if bound != objective {
		r.Gap = float64(objective-bound) / max(1, float64(max(bound, -bound)))
	}
	return r
}
