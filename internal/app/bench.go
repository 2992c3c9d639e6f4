package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
)

// measured is what one measurement prints: machine and engine beside the figures, so that a figure never travels alone.
type measured struct {
	Bench   string         `json:"bench"`
	Machine string         `json:"machine"`
	Load    string         `json:"load_average,omitempty"` // of the last minute, when the measurement ended: who else was at work
	Engine  string         `json:"engine,omitempty"`
	Figures map[string]any `json:"figures"`
}

// benchmark measures one thing and prints JSON. It is never part of the tests.
func benchmark(ctx context.Context, c *call) int {
	all := map[string]func(context.Context, *call) (measured, error){
		"acts": benchActs, "attendance": benchAttendance, "density": benchDensity, "field": benchField, "forms": benchForms, "import": benchImport, "loan": benchLoan, "loan-file": benchLoanFile, "loan-queue": benchLoanQueue, "login": benchLogin, "opening": benchOpening, "persons": benchPersons, "solver": benchSolver, "start": benchStart,
		"view": benchView,
	}
	if len(c.args) > 0 && c.args[0] == "server" {
		return benchServer(ctx, &call{name: "bench server", args: c.args[1:], stdin: c.stdin, stdout: c.stdout, stderr: c.stderr})
	}
	if len(c.args) == 0 || all[c.args[0]] == nil {
		fmt.Fprintf(c.stdout, "用法 Usage: zhidian bench %s [--help]\n", strings.Join(slices.Sorted(maps.Keys(all)), "|"))
		if len(c.args) > 0 && (c.args[0] == "--help" || c.args[0] == "-h") {
			return exitOK
		}
		return exitUsage
	}
	run := all[c.args[0]]
	m, err := run(ctx, &call{name: "bench " + c.args[0], args: c.args[1:], stdin: c.stdin, stdout: c.stdout, stderr: c.stderr})
	if err != nil {
		if code, ok := err.(usageError); ok { //nolint:errorlint // made two lines above its return
			return int(code)
		}
		return c.fail(err)
	}
	m.Bench, m.Machine, m.Load = c.args[0], machine(), load()
	e := json.NewEncoder(c.stdout)
	e.SetIndent("", "  ")
	return c.exit(e.Encode(m))
}

// usageError is an exit code after the flags have spoken for themselves.
type usageError int

func (usageError) Error() string { return "usage" }

// load is the machine's load average of the last minute, empty where the system does not tell.
func load() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(b), " ")
	return first
}

func machine() string {
	model := "unknown CPU"
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for l := range strings.Lines(string(b)) {
			if name, ok := strings.CutPrefix(l, "model name"); ok {
				model = strings.TrimSpace(strings.TrimLeft(name, " \t:"))
				break
			}
		}
	}
	return fmt.Sprintf("%d × %s, %s/%s, %s", runtime.NumCPU(), model, runtime.GOOS, runtime.GOARCH, runtime.Version())
}
