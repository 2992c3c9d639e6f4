package app

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/domain/form/xlsform"
	"zhidian/internal/platform/i18n"
)

const formHelp = `用法 Usage: zhidian form check FILE [--json]

检查一份 XLSForm 表单（.xlsx、.xls、csv 或 Markdown 表格），不保存任何内容。
Checks a form (XLSForm as .xlsx, .xls, csv or Markdown tables) and keeps nothing.

没有错误：打印概况，退出码 0。有错误：每行一个，写明工作表、行、列，退出码 2。
Without errors it prints a summary and exits 0; with errors, one line for each with sheet, row and column, and exits 2.

  --json    以 JSON 打印 print as JSON
`

// formReport is what `form check` prints as JSON.
type formReport struct {
	File      string      `json:"file"`
	OK        bool        `json:"ok"`
	ID        string      `json:"id"`
	Title     string      `json:"title"`
	Version   string      `json:"version"`
	Questions int         `json:"questions"`
	Groups    int         `json:"groups"`
	Repeats   int         `json:"repeats"`
	Choices   int         `json:"choices"`
	Languages []string    `json:"languages"`
	Errors    []formFault `json:"errors"`
	Warnings  []formFault `json:"warnings"`
}

// formFault is one thing wrong, at its place.
type formFault struct {
	Sheet   string `json:"sheet,omitempty"`
	Row     int    `json:"row,omitempty"`
	Column  string `json:"column,omitempty"`
	Field   string `json:"field,omitempty"`
	Key     string `json:"key"`
	Chinese string `json:"zh"`
	English string `json:"en"`
}

// String is the line that people read.
func (f formFault) String() string {
	var at []string
	if f.Sheet != "" {
		at = append(at, f.Sheet)
	}
	if f.Row > 0 {
		at = append(at, fmt.Sprintf("第 %d 行 row %d", f.Row, f.Row))
	}
	switch {
	case f.Column != "" && f.Field != "":
		at = append(at, fmt.Sprintf("%s 列 column %s (%s)", f.Column, f.Column, f.Field))
	case f.Column != "":
		at = append(at, fmt.Sprintf("%s 列 column %s", f.Column, f.Column))
	case f.Field != "":
		at = append(at, f.Field)
	}
	where := strings.Join(at, ", ")
	if where != "" {
		where += ": "
	}
	return where + f.Chinese + " · " + f.English
}

// formCommand runs `zhidian form check`.
func formCommand(_ context.Context, c *call) int {
	if len(c.args) == 0 || c.args[0] != "check" {
		fmt.Fprint(c.stderr, formHelp)
		if len(c.args) > 0 && (c.args[0] == "--help" || c.args[0] == "-h") {
			return exitOK
		}
		return exitUsage
	}
	fs := flag.NewFlagSet("zhidian form check", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	asJSON := fs.Bool("json", false, "")
	var files []string
	for rest := c.args[1:]; ; { // flags may stand before the file and behind it
		err := fs.Parse(rest)
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(c.stdout, formHelp)
			return exitOK
		}
		if err != nil {
			fmt.Fprintf(c.stderr, "%v\n%s", err, formHelp)
			return exitUsage
		}
		if fs.NArg() == 0 {
			break
		}
		files, rest = append(files, fs.Arg(0)), fs.Args()[1:]
	}
	if len(files) != 1 {
		fmt.Fprint(c.stderr, formHelp)
		return exitUsage
	}
	report, err := checkForm(files[0])
	if err != nil {
		return c.fail(err)
	}
	if *asJSON {
		out := json.NewEncoder(c.stdout)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		if err := out.Encode(report); err != nil {
			return c.fail(err)
		}
	} else {
		report.print(c.stdout)
	}
	if !report.OK {
		return exitUsage
	}
	return exitOK
}

func checkForm(file string) (formReport, error) {
	form, faults, err := xlsform.Read(file, "")
	if err != nil {
		return formReport{}, err
	}
	texts, err := catalog()
	if err != nil {
		return formReport{}, err
	}
	r := formReport{File: file, OK: !survey.Failed(faults), ID: form.ID, Title: form.Title, Version: form.Version, Languages: []string{}, Errors: []formFault{}, Warnings: []formFault{}}
	for _, q := range form.Questions[min(1, len(form.Questions)):] {
		switch {
		case q.Kind == survey.Group:
			r.Groups++
		case q.Kind == survey.Repeat:
			r.Repeats++
		default:
			r.Questions++
		}
	}
	for _, l := range form.Lists {
		r.Choices += len(l.Items)
	}
	for _, l := range form.Languages {
		if l.Name != "" {
			r.Languages = append(r.Languages, l.Name)
		}
	}
	chinese, english := texts.Printer(i18n.ZhCN), texts.Printer(i18n.En)
	for _, f := range faults {
		one := formFault{
			Sheet: f.Sheet, Row: f.Row, Column: f.Column, Field: f.Field, Key: f.Key,
			Chinese: chinese.Problem(f.Problem), English: english.Problem(f.Problem),
		}
		if f.Warning {
			r.Warnings = append(r.Warnings, one)
		} else {
			r.Errors = append(r.Errors, one)
		}
	}
	return r, nil
}

func (r formReport) print(stdout io.Writer) {
	for _, f := range r.Errors {
		fmt.Fprintln(stdout, f)
	}
	if !r.OK {
		fmt.Fprintf(stdout, "%d 处错误，%d 处提醒。 %d errors, %d warnings.\n", len(r.Errors), len(r.Warnings), len(r.Errors), len(r.Warnings))
		return
	}
	fmt.Fprintf(stdout, "%s (%s)\n题目 questions %d · 分组 groups %d · 重复组 repeats %d · 选项 choices %d\n", r.Title, r.ID, r.Questions, r.Groups, r.Repeats, r.Choices)
	if len(r.Languages) > 0 {
		fmt.Fprintf(stdout, "语言 languages: %s\n", strings.Join(r.Languages, ", "))
	}
	for _, f := range r.Warnings {
		fmt.Fprintf(stdout, "提醒 warning: %s\n", f)
	}
}
