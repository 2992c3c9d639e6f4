package app

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/sheet"
	"zhidian/internal/service/loanaudit"
	"zhidian/internal/service/startuploan/pack"
)

const loanAuditHelp = `用法 Usage: zhidian loan audit PACK.xlsx [--json]

只凭贴息审计包中的输入逐行复算，不读数据库，也不用申报程序的代码。
Recomputes every line of an audit pack from its inputs alone: no database, none of the claiming program's code.

全部相符：退出码 0。有不符：每行一条，退出码 1。文件看不懂：退出码 2，写明工作表、行、列。
All right: exit code 0. Findings: a line each, exit code 1. A file that cannot be read: exit code 2 with sheet, row and column.

zhidian loan pack --example FILE.xlsx 生成一份示例 makes an example.
`

// auditOut is a report with its findings as sentences.
type auditOut struct {
	*loanaudit.Report
	OK       bool         `json:"ok"`
	Findings []findingOut `json:"findings"`
}

type findingOut struct {
	loanaudit.Finding
	Chinese string `json:"zh"`
	English string `json:"en"`
}

// loanAudit runs `zhidian loan audit` and gives the exit code.
func loanAudit(args []string, stdout, stderr io.Writer) int {
	var files []string
	for len(args) > 0 && len(args[0]) > 0 && args[0][0] != '-' { // the file may stand before the flags
		files, args = append(files, args[0]), args[1:]
	}
	asJSON, right := false, true
	code := textCommand("zhidian loan audit", loanAuditHelp, args, stdout, stderr, func(fs *flag.FlagSet) {
		fs.BoolVar(&asJSON, "json", false, "")
		fs.Func("pack", "", func(s string) error { files = append(files, s); return nil })
	}, func() error {
		if len(files) != 1 {
			return said{"请写明一个审计包文件", "name one pack"}
		}
		report, err := auditFile(files[0])
		if err != nil {
			return err
		}
		right = report.OK()
		return printAudit(stdout, report, asJSON)
	})
	if code == exitOK && !right {
		return exitFailed
	}
	return code
}

func auditFile(name string) (*loanaudit.Report, error) {
	if _, err := os.Stat(name); err != nil {
		return nil, said{"打不开文件 " + name, "cannot open this file"}
	}
	book, err := sheet.Open(name, sheet.Limits{})
	if err != nil {
		return nil, err
	}
	defer book.Close()
	return loanaudit.Audit(book)
}

func printAudit(w io.Writer, r *loanaudit.Report, asJSON bool) error {
	cat, err := catalog()
	if err != nil {
		return err
	}
	out := auditOut{Report: r, OK: r.OK(), Findings: []findingOut{}}
	for _, f := range r.Findings {
		out.Findings = append(out.Findings, findingOut{f, cat.Printer(i18n.ZhCN).Problem(f.Problem()), cat.Printer(i18n.En).Problem(f.Problem())})
	}
	if asJSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(out)
	}
	for _, f := range out.Findings {
		fmt.Fprintf(w, "%s: %s · %s\n", f.Kind, f.Chinese, f.English)
	}
	_, err = fmt.Fprintf(w, "%s: %d 笔 loans, %d 行 lines, 申报 claimed %s, 不符 findings %d\n", r.Batch, r.Loans, r.Lines, r.Claimed, len(r.Findings))
	return err
}

// loanPack writes the example of a pack, never over a file that is there.
func loanPack(args []string, stdout, stderr io.Writer) int {
	file := ""
	return textCommand("zhidian loan pack", "用法 Usage: zhidian loan pack --example FILE.xlsx\n\n生成一份示例审计包 makes an example of an audit pack\n", args, stdout, stderr, func(fs *flag.FlagSet) {
		fs.StringVar(&file, "example", "", "")
	}, func() error {
		if file == "" {
			return said{"请用 --example 写明文件名", "name the file with --example"}
		}
		p, err := pack.Example()
		if err != nil {
			return err
		}
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if err != nil {
			return said{"不能新建 " + file + "（已有的文件不会被覆盖）", "cannot make it (a file that is there is never overwritten)"}
		}
		return errors.Join(p.Write(f), f.Close())
	})
}
