// Package xlsform reads and writes forms as XLSForm workbooks, the way in which officers all over the world draw up
// questionnaires, and as the same tables in csv or Markdown.
package xlsform

import (
	"bufio"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sheet"
)

// How large a workbook may be before it is refused. 20,000 choices are common, a hundred times as many are a mistake.
const (
	maxRows    = 300_000
	maxColumns = 500
	maxBytes   = 64 << 20
)

// limits is what a workbook of a form may cost; it is smaller than a register.
var limits = sheet.Limits{FileBytes: maxBytes, UnzippedBytes: 1 << 30, StringBytes: 128 << 20}

// table is one sheet of a form: its filled rows, the header first.
type table struct {
	name string // as the file calls it
	rows []sheet.Row
}

// header gives the first row of a sheet.
func (t *table) header() sheet.Row { return t.rows[0] }

// open reads the tables of a file, by its content: a workbook, or the same tables as Markdown or csv.
func open(path string) (tables []*table, notes []errs.Problem, err error) {
	if text, ok := plain(path); ok {
		if all := markdown(text); len(all) > 0 {
			return all, nil, nil
		}
	}
	book, err := sheet.Open(path, limits)
	if err != nil {
		return nil, nil, err
	}
	defer book.Close()
	sheets := book.Sheets()
	left := maxRows
	for _, s := range sheets {
		t := &table{name: s.Name}
		for row, err := range book.Rows(s.Name) {
			if err != nil {
				return nil, nil, err
			}
			if left--; left < 0 {
				return nil, nil, errs.New(errs.Invalid, "xlsform.many_rows", errs.Args{"max": maxRows})
			}
			if len(row.Cells) > maxColumns {
				row.Cells = row.Cells[:maxColumns]
			}
			t.rows = append(t.rows, row.Clone())
		}
		tables = append(tables, t)
	}
	if book.Format == sheet.CSV && len(tables) == 1 {
		tables = sections(tables[0].rows)
	}
	return tables, book.Notes, nil
}

// plain gives a file's text if it is short enough to be one and looks like a Markdown table.
func plain(path string) (string, bool) {
	f, err := os.Open(path)
	if err != nil {
		return "", false
	}
	defer f.Close()
	in := bufio.NewReader(io.LimitReader(f, maxBytes))
	for {
		c, err := in.Peek(1)
		if err != nil {
			return "", false
		}
		if c[0] == '|' {
			break
		}
		if !strings.ContainsRune(" \t\r\n\xef\xbb\xbf", rune(c[0])) && c[0] != 0xef && c[0] != 0xbb && c[0] != 0xbf {
			return "", false
		}
		in.Discard(1)
	}
	all, err := io.ReadAll(in)
	return string(all), err == nil && utf8.Valid(all)
}

// markdown reads tables of the shape that pyxform reads: the first column names the sheet, and rows below begin empty.
func markdown(text string) []*table {
	var rows []sheet.Row
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") || strings.Trim(line, "|-: ") == "" {
			continue
		}
		rows = append(rows, sheet.Row{Number: number, Cells: cells(line)})
	}
	return sections(rows)
}

// cells cuts a line of a Markdown table; \| is no border.
func cells(line string) (all []sheet.Cell) {
	line = strings.TrimPrefix(line, "|")
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && line[i+1] == '|':
			b.WriteByte('|')
			i++
		case line[i] == '|':
			all = append(all, cell(b.String()))
			b.Reset()
		default:
			b.WriteByte(line[i])
		}
	}
	if strings.TrimSpace(b.String()) != "" {
		all = append(all, cell(b.String()))
	}
	return all
}

func cell(text string) sheet.Cell {
	text = strings.TrimSpace(text)
	if text == "" {
		return sheet.Cell{}
	}
	return sheet.Cell{Kind: sheet.Text, Text: text}
}

// sections cuts rows into tables where the first column names a sheet. Rows without such names are one table, a survey.
func sections(rows []sheet.Row) (tables []*table) {
	named := false
	for _, r := range rows {
		named = named || known(r.Text(0)) != "" && empty(r.Cells[1:])
	}
	if !named {
		return []*table{{name: "survey", rows: rows}}
	}
	for _, r := range rows {
		if name := r.Text(0); name != "" {
			tables = append(tables, &table{name: name})
		}
		if len(tables) == 0 || empty(r.Cells[min(1, len(r.Cells)):]) {
			continue
		}
		r.Cells = r.Cells[1:]
		tables[len(tables)-1].rows = append(tables[len(tables)-1].rows, r)
	}
	return tables
}

func empty(cells []sheet.Cell) bool {
	for _, c := range cells {
		if strings.TrimSpace(c.Text) != "" {
			return false
		}
	}
	return true
}

// known gives the sheet that a name means, or nothing.
func known(name string) string {
	switch name = strings.ToLower(strings.TrimSpace(name)); name {
	case "survey", "choices", "settings", "entities", "external_choices", "osm":
		return name
	case "choices and columns", "columns":
		return "choices"
	}
	return ""
}
