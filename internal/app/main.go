// Package app puts the parts together, runs the commands and the loops; it alone knows everything.
package app

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"zhidian/internal/platform/errs"
)

// Exit codes of every command.
const (
	exitOK     = 0
	exitFailed = 1 // it was tried and did not work
	exitUsage  = 2 // the call or its input is wrong
)

// command is one thing that the program can be told to do.
type command struct {
	name string
	zh   string
	en   string
	run  func(ctx context.Context, c *call) int
}

// call is one invocation of a command.
type call struct {
	name           string
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
}

func commands() []command {
	return []command{
		{"serve", "运行服务", "run the server", serve},
		{"demo", "生成并运行演示城市", "make and run a demo city", runDemo},
		{"migrate", "升级数据库结构", "bring the database to the newest version", migrate},
		{"import", "导入表格", "import a spreadsheet", importFile},
		{"user", "管理员账号", "accounts of administrators", user},
		{"backup", "备份", "back up", backup},
		{"restore", "恢复备份", "restore a backup", restore},
		{"keys", "更换密钥（keys rotate）", "change keys (keys rotate)", keysCommand},
		{"verify", "验证办理记录", "verify the log of acts", verify},
		{"plan", "规划计算（plan density、site、pair、route、lottery）", "planning (plan density, site, pair, route, lottery)", plan},
		{"loan", "创业担保贷款计算和复核（loan schedule、limit、audit）", "start-up loans (loan schedule, limit, audit)", loanCommand},
		{"form", "检查表单（form check）", "check a form (form check)", formCommand},
		{"bench", "测量性能", "measure", benchmark},
		{"version", "版本", "version", version},
	}
}

// Main runs the program and gives its exit code.
func Main(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) == 0 || args[0] == "help" || args[0] == "--help" || args[0] == "-h" {
		usage(stdout)
		if len(args) == 0 {
			return exitUsage
		}
		return exitOK
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(ctx, &call{name: c.name, args: args[1:], stdin: stdin, stdout: stdout, stderr: stderr})
		}
	}
	fmt.Fprintf(stderr, "没有 %q 这个命令；zhidian --help 列出全部。 No such command %q; see zhidian --help.\n", args[0], args[0])
	return exitUsage
}

func usage(w io.Writer) {
	fmt.Fprintln(w, "支点 Zhidian\n\n用法 Usage: zhidian <命令 command> [--help]")
	fmt.Fprintln(w)
	for _, c := range commands() {
		fmt.Fprintf(w, "  %-8s %s · %s\n", c.name, c.zh, c.en)
	}
	fmt.Fprintln(w, "\n每个选项也可用环境变量设置，例如 --data 即 ZHIDIAN_DATA。\nEach flag can also be set by environment: --data is ZHIDIAN_DATA.")
}

// flags starts the command's flag set; parse reads flags over the environment's ZHIDIAN_… settings.
func (c *call) flags() *flag.FlagSet {
	fs := flag.NewFlagSet("zhidian "+c.name, flag.ContinueOnError)
	fs.SetOutput(c.stderr)
	return fs
}

// parse gives false with the exit code when the command is not to run.
func (c *call) parse(fs *flag.FlagSet) (int, bool) {
	var bad error
	fs.VisitAll(func(f *flag.Flag) {
		if v, ok := os.LookupEnv("ZHIDIAN_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))); ok {
			if err := fs.Set(f.Name, v); err != nil {
				bad = fmt.Errorf("ZHIDIAN_%s: %w", strings.ToUpper(f.Name), err)
			}
		}
	})
	if bad != nil {
		fmt.Fprintln(c.stderr, bad)
		return exitUsage, false
	}
	err := fs.Parse(c.args)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK, false
	}
	if err != nil {
		return exitUsage, false
	}
	return exitOK, true
}

// fail tells what went wrong in both languages and gives the exit code.
func (c *call) fail(err error) int {
	fmt.Fprintln(c.stderr, inBoth(err))
	if k := errs.KindOf(err); k == errs.Invalid || k == errs.Absent {
		return exitUsage
	}
	return exitFailed
}
