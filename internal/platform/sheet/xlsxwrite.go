package sheet

import (
	"archive/zip"
	"compress/flate"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"zhidian/internal/platform/errs"
)

const (
	sheetRows = 1 << 20
	// sheetBytes is how large the XML of a sheet may grow, about: beyond 4 GiB Excel mistakes the file for a broken one.
	sheetBytes = 7 << 29 // 3.5 GiB
	cellUnits  = 32_767  // how many units of UTF-16 Excel takes of a cell's text
	bunch      = 64 << 10
)

// The styles of cells, by their places in styles.xml.
const (
	plainStyle = iota
	headStyle
	textStyle
	badStyle
	noteStyle
)

// styled is a value with a style of its own.
type styled struct {
	style int
	value any
}

// shape is what a sheet says before its rows: the widths of its columns, and what stays in sight.
type shape struct {
	columns        []columnRun
	frozenX, below int // columns and rows that stay
}

// columnRun is some columns alike, counted from 1.
type columnRun struct {
	from, to int
	width    float64
	style    int
}

// xlsxWriter writes a workbook as it comes, sheet after sheet, straight into the archive: nothing waits in memory or on disk.
type xlsxWriter struct {
	zip    *zip.Writer
	sheet  io.Writer
	buf    []byte
	names  []string // of sheets, in their order
	taken  map[string]bool
	name   string // of the table at hand
	shape  shape
	head   []any // the row with which each sheet begins, nil where there is none
	text   []bool
	parts  int // sheets of the table at hand
	row    int
	bytes  int64
	places []string // the names of columns
	cells  []any
}

func startXLSX(w io.Writer) *xlsxWriter {
	x := &xlsxWriter{zip: zip.NewWriter(w), taken: map[string]bool{}}
	x.zip.RegisterCompressor(zip.Deflate, func(to io.Writer) (io.WriteCloser, error) { return flate.NewWriter(to, flate.BestSpeed) })
	return x
}

// next ends the table at hand, if there is one, and begins another in the same file.
func (x *xlsxWriter) next(sheet string, columns []OutColumn) error {
	s := shape{below: min(len(columns), 1)}
	x.head, x.text = nil, make([]bool, len(columns))
	for i, c := range columns {
		style := plainStyle
		if x.text[i] = c.Text; c.Text {
			style = textStyle
		}
		x.head = append(x.head, styled{headStyle, c.Title})
		if last := len(s.columns) - 1; last >= 0 && s.columns[last].width == c.width() && s.columns[last].style == style {
			s.columns[last].to++
			continue
		}
		s.columns = append(s.columns, columnRun{i + 1, i + 1, c.width(), style})
	}
	return x.table(sheet, s)
}

// table begins a table of a shape.
func (x *xlsxWriter) table(name string, s shape) error {
	x.name, x.shape, x.parts = outName(name), s, 0
	return x.begin()
}

// begin opens the next sheet: Excel holds 1,048,576 rows, what is more goes on in another.
func (x *xlsxWriter) begin() (err error) {
	if err := x.end(); err != nil {
		return err
	}
	x.parts++
	name := x.name
	for n := x.parts; x.parts > 1 || x.taken[strings.ToLower(name)]; n++ {
		if name = fmt.Sprintf("%s %d", x.name, n); !x.taken[strings.ToLower(name)] {
			break
		}
	}
	x.taken[strings.ToLower(name)] = true
	x.names = append(x.names, name)
	if x.sheet, err = x.zip.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(x.names))); err != nil {
		return err
	}
	x.row, x.bytes = 0, 0
	x.buf = append(x.buf, xmlHead+`<worksheet xmlns="`+mainNS+`"><sheetViews><sheetView workbookViewId="0"`...)
	if len(x.names) == 1 {
		x.buf = append(x.buf, ` tabSelected="1"`...)
	}
	x.buf = append(x.shape.view(append(x.buf, '>')), `</sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>`...)
	x.buf = append(x.shape.cols(x.buf), `<sheetData>`...)
	if len(x.head) > 0 {
		return x.put(1, x.head)
	}
	return nil
}

func (s shape) view(b []byte) []byte {
	if s.frozenX == 0 && s.below == 0 {
		return b
	}
	pane := "bottomLeft"
	b = append(b, `<pane`...)
	if s.frozenX > 0 {
		b, pane = fmt.Appendf(b, ` xSplit="%d"`, s.frozenX), "bottomRight"
	}
	if s.below > 0 {
		b = fmt.Appendf(b, ` ySplit="%d"`, s.below)
	} else {
		pane = "topRight"
	}
	return fmt.Appendf(b, ` topLeftCell="%s%d" activePane="%s" state="frozen"/><selection pane="%s"/>`, columnName(s.frozenX), s.below+1, pane, pane)
}

func (s shape) cols(b []byte) []byte {
	if len(s.columns) == 0 {
		return b
	}
	b = append(b, `<cols>`...)
	for _, c := range s.columns {
		b = fmt.Appendf(b, `<col min="%d" max="%d" width="%g" customWidth="1"`, c.from, c.to, c.width)
		if c.style != plainStyle {
			b = fmt.Appendf(b, ` style="%d"`, c.style)
		}
		b = append(b, `/>`...)
	}
	return append(b, `</cols>`...)
}

// end closes the sheet at hand.
func (x *xlsxWriter) end() error {
	if x.sheet == nil {
		return nil
	}
	x.buf = append(x.buf, `</sheetData></worksheet>`...)
	return x.flush()
}

func (x *xlsxWriter) flush() error {
	x.bytes += int64(len(x.buf))
	_, err := x.sheet.Write(x.buf)
	x.buf = x.buf[:0]
	return err
}

func (x *xlsxWriter) write(values []any) error {
	x.cells = x.cells[:0]
	for i, v := range values {
		switch s, ok := v.(string); {
		case ok && s == "":
			v = nil
		case ok && i < len(x.text) && x.text[i]:
			v = styled{textStyle, s}
		}
		x.cells = append(x.cells, v)
	}
	return x.put(x.row+1, x.cells)
}

func (x *xlsxWriter) put(row int, cells []any) error {
	if row > sheetRows || x.bytes > sheetBytes {
		if err := x.begin(); err != nil {
			return err
		}
		row = x.row + 1
	}
	x.row = row
	x.buf = append(strconv.AppendInt(append(x.buf, `<row r="`...), int64(row), 10), `">`...)
	for i, c := range cells {
		if c == nil {
			continue
		}
		x.cell(i, c)
	}
	if x.buf = append(x.buf, `</row>`...); len(x.buf) < bunch {
		return nil
	}
	return x.flush()
}

// cell writes one cell. Numbers stay numbers; everything else is the text that it prints as.
func (x *xlsxWriter) cell(at int, value any) {
	for len(x.places) <= at {
		x.places = append(x.places, columnName(len(x.places)))
	}
	b := append(append(x.buf, `<c r="`...), x.places[at]...)
	b = append(strconv.AppendInt(b, int64(x.row), 10), '"')
	if s, ok := value.(styled); ok {
		b = append(strconv.AppendInt(append(b, ` s="`...), int64(s.style), 10), '"')
		value = s.value
	}
	switch v := value.(type) {
	case nil:
		b = append(b, `/>`...)
	case string:
		b = inline(b, v)
	case int:
		b = append(strconv.AppendInt(append(b, `><v>`...), int64(v), 10), `</v></c>`...)
	case int64:
		b = append(strconv.AppendInt(append(b, `><v>`...), v, 10), `</v></c>`...)
	case float64:
		if v-v != 0 { // not a number, or without end
			b = inline(b, fmt.Sprint(v))
			break
		}
		b = append(strconv.AppendFloat(append(b, `><v>`...), v, 'g', -1, 64), `</v></c>`...)
	case bool:
		b = fmt.Appendf(b, ` t="b"><v>%d</v></c>`, map[bool]int{true: 1}[v])
	default:
		b = inline(b, fmt.Sprint(v))
	}
	x.buf = b
}

// inline writes a text: what XML cannot hold becomes a sign that says so, what Excel would read as an escape is escaped, and
// of what is longer than a cell the beginning stays.
func inline(b []byte, s string) []byte {
	b = append(b, ` t="inlineStr"><is><t`...)
	if s != "" && (s[0] <= ' ' || s[len(s)-1] <= ' ') {
		b = append(b, ` xml:space="preserve"`...)
	}
	b = append(b, '>')
	units, done := 0, 0
	for at := 0; at < len(s); {
		c, size := rune(s[at]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(s[at:])
		}
		if units++; c > 0xffff {
			units++
		}
		if units > cellUnits {
			s = s[:at]
			break
		}
		instead := ""
		switch {
		case c == '&':
			instead = "&amp;"
		case c == '<':
			instead = "&lt;"
		case c == '>':
			instead = "&gt;"
		case c == '\r':
			instead = "&#xD;"
		case c == '_' && escapes(s[at:]):
			instead = "_x005F_"
		case c < ' ' && c != '\t' && c != '\n', c == 0xfffe, c == 0xffff, c == utf8.RuneError && size == 1:
			instead = "\ufffd"
		}
		if instead != "" {
			b = append(append(b, s[done:at]...), instead...)
			done = at + size
		}
		at += size
	}
	return append(append(b, s[done:]...), `</t></is></c>`...)
}

// escapes tells whether a text begins with what Excel reads as one character, such as _x000D_.
func escapes(s string) bool {
	if len(s) < 7 || s[1] != 'x' || s[6] != '_' {
		return false
	}
	_, err := strconv.ParseUint(s[2:6], 16, 16)
	return err == nil
}

// columnName is a column's letters, counted from 0.
func columnName(at int) string {
	name := ""
	for at++; at > 0; at = (at - 1) / 26 {
		name = string(rune('A'+(at-1)%26)) + name
	}
	return name
}

// close ends the file: what it is made of is said last, since it is known last.
func (x *xlsxWriter) close() error {
	err := x.end()
	for _, part := range x.book() {
		if err != nil {
			break
		}
		var w io.Writer
		if w, err = x.zip.Create(part.name); err == nil {
			_, err = io.WriteString(w, part.text)
		}
	}
	if err == nil {
		err = x.zip.Close()
	}
	if err != nil {
		return errs.Wrap(err, errs.Internal, "sheet.not_written", nil)
	}
	return nil
}
