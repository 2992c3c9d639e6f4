package app

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// measured is what one measurement prints: machine and engine beside the figures, so that a figure never travels alone.
type measured struct {
	Bench   string         `json:"bench"`
	Machine string         `json:"machine"`
	Engine  string         `json:"engine,omitempty"`
	Figures map[string]any `json:"figures"`
}

// benchmark measures one thing and prints JSON. It is never part of the tests.
func benchmark(ctx context.Context, c *call) int {
	all := map[string]func(context.Context, *call) (measured, error){"acts": benchActs, "density": benchDensity, "import": benchImport}
	if len(c.args) == 0 || all[c.args[0]] == nil {
		names := make([]string, 0, len(all))
		for n := range all {
			names = append(names, n)
		}
		fmt.Fprintf(c.stdout, "用法 Usage: zhidian bench %s [--help]\n", strings.Join(names, "|"))
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
	m.Bench, m.Machine = c.args[0], machine()
	e := json.NewEncoder(c.stdout)
	e.SetIndent("", "  ")
	return c.exit(e.Encode(m))
}

// usageError is an exit code after the flags have spoken for themselves.
type usageError int

func (usageError) Error() string { return "usage" }

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
