package sheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// OutColumn is one column of a file that goes out. Text columns (ID, telephone, account, code) are formatted as text, so
// that Excel and WPS keep every digit also when somebody types into them.
type OutColumn struct {
	Title string
	Text  bool
	Width float64 // in characters; 0 is chosen by the title
}

// width is in characters, as Excel wants it.
func (c OutColumn) width() float64 {
	w := c.Width
	if w == 0 {
		w = float64(min(max(utf8.RuneCountInString(c.Title)*2+4, 10), 40))
		if c.Text {
			w = max(w, 22)
		}
	}
	return min(w, 255)
}

// Writer writes one table, row by row, in memory that does not grow with the table.
type Writer struct {
	columns []OutColumn
	xlsx    *xlsxWriter
	csv     *csv.Writer
	record  []string
}

// NewWriter begins a table with its header. Format is XLSX or CSV.
func NewWriter(w io.Writer, format Format, sheet string, columns []OutColumn) (*Writer, error) {
	out := &Writer{columns: columns}
	switch format {
	case XLSX:
		out.xlsx = startXLSX(w)
		return out, out.xlsx.next(sheet, columns)
	case CSV:
		b := bufio.NewWriter(w)
		if _, err := b.WriteString("\ufeff"); err != nil {
			return nil, err
		}
		out.csv = csv.NewWriter(b)
		out.csv.UseCRLF = true
		titles := make([]any, len(columns))
		for i, c := range columns {
			titles[i] = c.Title
		}
		return out, out.Write(titles...)
	}
	return nil, fmt.Errorf("sheet: %v is not written", format)
}

// Write adds a row of strings, whole numbers, float64, bool and nil. Strings stay text whatever they begin with: in csv,
// which knows no text, one that Excel would take for a formula gets a leading apostrophe.
func (w *Writer) Write(values ...any) error {
	if w.xlsx != nil {
		return w.xlsx.write(values)
	}
	w.record = w.record[:0]
	for _, v := range values {
		s := ""
		switch v := v.(type) {
		case nil:
		case string:
			s = harmless(v)
		default:
			s = fmt.Sprint(v)
		}
		w.record = append(w.record, s)
	}
	return w.csv.Write(w.record)
}

// Next begins another table in the same workbook, on a sheet of its own; its name must differ from those before it. A csv
// file holds one table only.
func (w *Writer) Next(sheet string, columns []OutColumn) error {
	if w.xlsx == nil {
		return fmt.Errorf("sheet: csv holds one table")
	}
	w.columns = columns
	return w.xlsx.next(sheet, columns)
}

// Close ends the file; without it the file is not whole.
func (w *Writer) Close() error {
	if w.xlsx != nil {
		return w.xlsx.close()
	}
	w.csv.Flush()
	return w.csv.Error()
}

func harmless(s string) string {
	if first, _ := utf8.DecodeRuneInString(s); s == "" || !strings.ContainsRune("=+-@＝＋－＠\t\r\n", first) { // Excel in Chinese takes wide signs too
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}

// outName makes a name that Excel takes: 31 characters, none of :\/?*[].
func outName(s string) string {
	s = strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < 0x20 {
			return ' '
		}
		return r
	}, s), " '")
	if s == "" {
		return "Sheet1"
	}
	if r := []rune(s); len(r) > 26 {
		s = string(r[:26])
	}
	return s
}
