package app

import (
	"context"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"zhidian/solver/pairing/assignment"
	"zhidian/solver/pairing/flow"
	"zhidian/solver/routing"
	"zhidian/solver/siting"
)

// solved is one instance: what is published, what was found, and what it cost. Gap is in percent above the published value, or
// above the own bound where none is published; a score below the best known has a gap below 0.
type solved struct {
	Instance   string  `json:"instance"`
	Known      float64 `json:"known"`
	Objective  float64 `json:"objective"`
	Gap        float64 `json:"gap_percent"`
	Proved     bool    `json:"proved"`
	Seconds    float64 `json:"seconds"`
	CPUSeconds float64 `json:"cpu_seconds"`
	Fault      string  `json:"fault,omitempty"` // of a file that is cut short, for instance; it does not count
}

// chaoScores are the best scores known of Chao's sets 4 and 5, all that are above 0. The last column is the list of
// github.com/DarioDaF/ASS_TOP, paramIn/chaoResults.txt, which refers to Archetti, Hertz and Speranza (Journal of Heuristics 13,
// 2007); ten scores are higher, by what is commonly given after Dang, Guibadj and Moukrim (2013), whose tables were not at hand.
//
//go:embed chao.csv
var chaoScores string

// solverFamily is a folder of instances with a list of published values.
type solverFamily struct {
	name, folder, list, column string // list is a file of the folder, or the list itself where it has lines
	file                       func(instance string) string
	solve                      func(ctx context.Context, file string, seconds float64) (planned, float64, error)
}

var solverFamilies = []solverFamily{
	{"assignment", "assignment", "known.csv", "optimal", func(s string) string { return s + ".txt.gz" }, solveTable},
	{"flow", "mcf", "known.csv", "optimal", func(s string) string { return s + ".min.gz" }, solveNetwork},
	{"siting", "pmedian", "known.csv", "optimal", func(s string) string { return s + ".txt" }, solveSites},
	{"capacity", "pmedcap", "known.csv", "best_known", func(s string) string { return s + ".txt" }, solveShared},
	{"plane", "cities", "instance,none\nch71009,0\n", "none", func(s string) string { return s + ".tsp" }, solvePlane(100)},
	{"plane1000", "cities", "instance,none\nch71009,0\n", "none", func(s string) string { return s + ".tsp" }, solvePlane(1000)},
	{"chao", "top", chaoScores, "score", func(s string) string { return "Set" + s[1:2] + "/" + s + ".txt" }, solveScores},
	{"routing", "vrptw", "solomon_bks.csv", "bks_distance_only", func(s string) string { return "solomon/" + s + ".txt" }, solveVisits(routing.Double)},
	{"cut", "vrptw", "solomon_dimacs_hgs5s.csv", "best_found_here_1dec_trunc", func(s string) string { return "solomon/" + s + ".txt" }, solveVisits(routing.Trunc1)},
	{"medium", "vrptw", "gh_bks.csv", "dimacs_distance_1dec", func(s string) string { return "gh/200/" + s + ".txt" }, solveVisits(routing.Trunc1)},
	{"long", "vrptw", "gh_bks.csv", "dimacs_distance_1dec", func(s string) string { return "gh/1000/" + s + ".txt" }, solveVisits(routing.Trunc1)},
}

// benchSolver runs the planners over folders of public instances and holds every answer against its check and against what
// is published.
func benchSolver(ctx context.Context, c *call) (measured, error) {
	fs := c.flags()
	dir := fs.String("instances", "", "公开算例的文件夹，内有 assignment、mcf、pmedian、pmedcap、cities、top、vrptw folder of public instances with these folders")
	only := fs.String("only", "", "只测其中一类 only one family: assignment, flow, siting, capacity, plane (100 sites), plane1000, chao, routing, cut (lengths cut to a decimal), medium (200 visits), long (1000 visits)")
	seconds := fs.Float64("seconds", 5, "每个走访算例的秒数 seconds for each instance of routing")
	skip := fs.String("skip", "goto_8_14a", "不测的算例 an instance to leave out")
	match := fs.String("match", "", "只测以此开头的算例 only instances whose names begin so, as p4. or r1")
	if code, ok := c.parse(fs); !ok {
		return measured{}, usageError(code)
	}
	if *dir == "" {
		return measured{}, said{"缺少 --instances", "--instances is missing"}
	}
	figures := map[string]any{}
	for _, f := range solverFamilies {
		if *only != "" && *only != f.name {
			continue
		}
		all, err := f.run(ctx, *dir, *seconds, func(instance string) bool { return instance != *skip && strings.HasPrefix(instance, *match) })
		if err != nil {
			return measured{}, err
		}
		var gap, took, cpu float64
		proved := 0
		counted := 0
		for _, s := range all {
			if s.Fault != "" {
				continue
			}
			counted++
			gap, took, cpu = gap+s.Gap, took+s.Seconds, cpu+s.CPUSeconds
			if s.Proved {
				proved++
			}
		}
		n := float64(max(1, counted))
		figures[f.name] = map[string]any{
			"instances": all, "count": counted, "proved": proved, "mean_gap_percent": gap / n, "mean_seconds": took / n, "mean_cpu_seconds": cpu / n,
		}
	}
	return measured{Figures: figures}, nil
}

func (f solverFamily) run(ctx context.Context, dir string, seconds float64, wanted func(instance string) bool) ([]solved, error) {
	list := f.list
	if !strings.Contains(list, "\n") {
		raw, err := os.ReadFile(filepath.Join(dir, f.folder, f.list))
		if err != nil {
			return nil, err
		}
		list = string(raw)
	}
	rows, err := csv.NewReader(strings.NewReader(list)).ReadAll()
	if err != nil || len(rows) == 0 {
		return nil, errors.Join(fmt.Errorf("%s: no published values", f.name), err)
	}
	column := slices.Index(rows[0], f.column)
	if column < 0 {
		return nil, fmt.Errorf("%s: no column %s", f.name, f.column)
	}
	var all []solved
	for _, row := range rows[1:] {
		known, err := strconv.ParseFloat(row[column], 64)
		if err != nil || !wanted(row[0]) {
			continue
		}
		file := filepath.Join(dir, f.folder, f.file(row[0]))
		if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
			continue
		}
		p, scale, err := f.solve(ctx, file, seconds)
		var fault said
		if errors.As(err, &fault) {
			all = append(all, solved{Instance: row[0], Known: known, Fault: fault.en})
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		s := solved{Instance: strings.TrimSpace(row[0]), Known: known, Objective: float64(p.Objective) / scale, Proved: p.Proved, Seconds: p.Seconds, CPUSeconds: p.CPUSeconds}
		if known == 0 { // nothing is published: what is proved is measured against
			s.Known = float64(p.Bound) / scale
		}
		s.Gap = 100 * (s.Objective/s.Known - 1)
		all = append(all, s)
	}
	return all, nil
}

func solveTable(ctx context.Context, file string, _ float64) (planned, float64, error) {
	p, err := readProblem(file, assignment.Read)
	if err != nil {
		return planned{}, 1, err
	}
	watch := startWatch()
	s, err := assignment.Solve(ctx, p, assignment.Options{})
	if err != nil {
		return planned{}, 1, err
	}
	return watch.report(s.Objective, s.Bound, 0), 1, assignment.Check(p, s)
}

func solveNetwork(ctx context.Context, file string, _ float64) (planned, float64, error) {
	p, err := readProblem(file, flow.ReadDIMACS)
	if err != nil {
		return planned{}, 1, err
	}
	watch := startWatch()
	s, err := flow.Solve(ctx, p, flow.Options{})
	if err != nil {
		return planned{}, 1, err
	}
	return watch.report(s.Objective, s.Bound, 0), 1, flow.Check(p, s)
}

// solveSites counts the shortest ways in the network as part of the work.
func solveSites(ctx context.Context, file string, _ float64) (planned, float64, error) {
	watch := startWatch()
	p, err := readProblem(file, siting.ReadORLIB)
	if err != nil {
		return planned{}, 1, err
	}
	s, err := siting.Solve(ctx, p, siting.Options{})
	if err != nil {
		return planned{}, 1, err
	}
	return watch.report(s.Objective, s.Bound, 0), 1, siting.Check(p, s)
}

func solveShared(ctx context.Context, file string, seconds float64) (planned, float64, error) {
	t, err := siteRun{capacitated: file}.task(ctx)
	if err != nil {
		return planned{}, 1, err
	}
	report, err := siteRun{seconds: seconds}.run(ctx, t)
	return report.planned, 1, err
}

func solvePlane(sites int) func(ctx context.Context, file string, _ float64) (planned, float64, error) {
	return func(ctx context.Context, file string, _ float64) (planned, float64, error) {
		r := siteRun{plane: file, sites: sites, seconds: -1}
		t, err := r.task(ctx)
		if err != nil {
			return planned{}, 1, err
		}
		report, err := r.run(ctx, t)
		return report.planned, 1, err
	}
}

func solveScores(ctx context.Context, file string, seconds float64) (planned, float64, error) {
	p, err := readProblem(file, routing.ReadChao)
	if err != nil {
		return planned{}, 1, err
	}
	watch := startWatch()
	s, err := routeRun{seconds: seconds}.solve(ctx, p, file, numbered)
	if err != nil {
		return planned{}, 1, err
	}
	score, bound := routing.ChaoScores(p, s)
	return watch.report(score, bound, 0), 1, routing.Check(p, s)
}

func solveVisits(rounding routing.Rounding) func(ctx context.Context, file string, seconds float64) (planned, float64, error) {
	return func(ctx context.Context, file string, seconds float64) (planned, float64, error) {
		scale := float64(rounding.Scale())
		p, err := readProblem(file, func(in io.Reader) (routing.Problem, error) { return routing.ReadSolomon(in, rounding) })
		if err != nil {
			return planned{}, scale, err
		}
		watch := startWatch()
		s, err := routeRun{seconds: seconds}.solve(ctx, p, file, numbered)
		if err != nil {
			return planned{}, scale, err
		}
		return watch.report(s.Objective, s.Bound, 0), scale, routing.Check(p, s)
	}
}
