package sheet

import (
	"archive/zip"
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"zhidian/internal/platform/errs"
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
		x, err := newXLSXWriter(w, sheet, columns)
		out.xlsx = x
		return out, err
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

const (
	sheetRows = 1 << 20
	// sheetBytes is how large the XML of a sheet may grow, about: beyond 4 GiB Excel mistakes the file for a broken one.
	sheetBytes = 7 << 29 // 3.5 GiB
	cellBytes  = 50      // what XML adds to the text of a cell
)

type xlsxWriter struct {
	to      io.Writer
	file    *excelize.File
	stream  *excelize.StreamWriter
	name    string
	columns []OutColumn
	sheets  int
	parts   int // sheets of the table at hand
	row     int
	bytes   int64
	head    int
	bad     int
	note    int
	text    int
	cells   []any
}

func newXLSXWriter(w io.Writer, sheet string, columns []OutColumn) (*xlsxWriter, error) {
	x := &xlsxWriter{to: w, file: excelize.NewFile(), name: outName(sheet), columns: columns}
	border := []excelize.Border{{Type: "bottom", Color: "8EA9DB", Style: 1}}
	for into, style := range map[*int]*excelize.Style{
		&x.head: {Font: &excelize.Font{Bold: true}, Fill: fill("DDEBF7"), Border: border, NumFmt: 49, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}},
		&x.text: {NumFmt: 49},
		&x.bad:  {NumFmt: 49, Fill: fill("FFC7CE")},
		&x.note: {NumFmt: 49, Font: &excelize.Font{Color: "9C0006"}, Alignment: &excelize.Alignment{WrapText: true, Vertical: "top"}},
	} {
		id, err := x.file.NewStyle(style)
		if err != nil {
			return nil, err
		}
		*into = id
	}
	return x, x.begin()
}

func fill(colour string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
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

// next ends the table at hand and begins another in the same file.
func (x *xlsxWriter) next(sheet string, columns []OutColumn) error {
	x.name, x.columns, x.parts = outName(sheet), columns, 0
	return x.begin()
}

// begin opens the next sheet: Excel holds 1,048,576 rows, what is more goes on in another.
func (x *xlsxWriter) begin() error {
	x.sheets++
	x.parts++
	name := x.name
	if x.parts > 1 {
		name = fmt.Sprintf("%s %d", x.name, x.parts)
	}
	if x.sheets == 1 {
		if err := x.file.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else {
		if err := x.stream.Flush(); err != nil {
			return err
		}
		if _, err := x.file.NewSheet(name); err != nil {
			return err
		}
	}
	stream, err := x.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	x.stream, x.row, x.bytes = stream, 0, 0
	for from, to := 0, 0; from < len(x.columns); from = to { // alike columns at once: the library looks through them for each cell
		w, text := x.columns[from].width(), x.columns[from].Text
		for to = from; to < len(x.columns) && x.columns[to].width() == w && x.columns[to].Text == text; {
			to++
		}
		if err := stream.SetColWidth(from+1, to, w); err != nil {
			return err
		}
		if text {
			if err := stream.SetColStyle(from+1, to, x.text); err != nil {
				return err
			}
		}
	}
	if len(x.columns) == 0 {
		return nil
	}
	if err := stream.SetPanes(&excelize.Panes{
		Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
	}); err != nil {
		return err
	}
	x.cells = x.cells[:0]
	for _, c := range x.columns {
		x.cells = append(x.cells, excelize.Cell{StyleID: x.head, Value: c.Title})
	}
	x.row = 1
	return stream.SetRow("A1", x.cells)
}

func (x *xlsxWriter) write(values []any) error {
	x.cells = x.cells[:0]
	for i, v := range values {
		if s, ok := v.(string); ok && i < len(x.columns) && x.columns[i].Text {
			v = excelize.Cell{StyleID: x.text, Value: s}
		}
		x.cells = append(x.cells, v)
	}
	return x.put(x.row+1, x.cells)
}

func (x *xlsxWriter) put(row int, cells []any) error {
	for _, c := range cells {
		if cell, ok := c.(excelize.Cell); ok {
			c = cell.Value
		}
		switch c := c.(type) {
		case nil:
		case string:
			x.bytes += int64(cellBytes + len(c))
		default:
			x.bytes += cellBytes
		}
	}
	if row > sheetRows || x.bytes > sheetBytes {
		kept := append([]any(nil), cells...)
		if err := x.begin(); err != nil {
			return err
		}
		row, cells = x.row+1, kept
	}
	x.row = row
	return x.stream.SetRow("A"+strconv.Itoa(row), cells)
}

func (x *xlsxWriter) close() error {
	err := x.stream.Flush()
	if err == nil {
		// the library would gather the whole file in memory before it gives any of it away
		x.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(x.to) })
		_, err = x.file.WriteTo(io.Discard)
	}
	if closing := x.file.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return errs.Wrap(err, errs.Internal, "sheet.not_written", nil)
	}
	return nil
}
