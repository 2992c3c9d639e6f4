package density

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Table is a file of points as it was read.
type Table struct {
	Planar bool      // X, Y are metres; otherwise longitude and latitude in degrees, WGS-84
	X, Y   []float64 // parallel
	Whole  []int64   // weights; nil without a weight column, or when a weight has a fraction
	Real   []float64 // weights when one of them has a fraction
}

// FileProblem says what is wrong with a file. It is a fixed word, so that the caller can find a sentence for it.
type FileProblem string

const (
	FileEmpty     FileProblem = "no line of data"
	FileEncoding  FileProblem = "not UTF-8 text"
	FileBinary    FileProblem = "not a text file"
	FileDamaged   FileProblem = "cannot be unpacked"
	FileUnread    FileProblem = "cannot be read"
	HeaderMissing FileProblem = "no columns lon,lat or x,y"
	HeaderBoth    FileProblem = "columns lon,lat and also x,y"
	HeaderTwice   FileProblem = "a column appears twice"
	RowShort      FileProblem = "too few columns"
	RowLong       FileProblem = "a line longer than 64 KiB"
	RowMany       FileProblem = "too many lines"
	ValueEmpty    FileProblem = "empty"
	ValueText     FileProblem = "not a number"
	ValueRange    FileProblem = "out of range"
	ValueNegative FileProblem = "negative"
)

// FileError names the first thing wrong with a file. Row is the line, the header's being 1; 0 is the whole file.
type FileError struct {
	Row     int
	Column  string
	Problem FileProblem
	Value   string // what stood there, shortened
	Cause   error
}

func (e *FileError) Error() string {
	return fmt.Sprintf("density: line %d, column %q: %s: %q", e.Row, e.Column, e.Problem, e.Value)
}

func (e *FileError) Unwrap() error { return e.Cause }

// MaxRows is how many points a file may have, and longestLine how long a line may be.
const (
	MaxRows     = 100_000_000
	longestLine = 64 << 10
	readAhead   = 1 << 20
)

// The columns a file may have, and the names they go by, in any case.
const (
	columnX = iota
	columnY
	columnLon
	columnLat
	columnWeight
	columns
)

var columnNames = map[string]int{
	"x": columnX, "y": columnY,
	"lon": columnLon, "lng": columnLon, "longitude": columnLon, "经度": columnLon,
	"lat": columnLat, "latitude": columnLat, "纬度": columnLat,
	"weight": columnWeight, "权重": columnWeight, "人数": columnWeight,
}

// reader is a file half read.
type reader struct {
	table  Table
	names  []string // header cells
	where  [columns]int
	x, y   int // column numbers
	weight int // or -1
	last   int // the last column needed
	row    int
	limX   float64
	limY   float64
}

// Read reads points from comma-separated text: a header with lon,lat or x,y and perhaps weight, in any order and case,
// then one point per line. A byte order mark, quotes around a cell, spaces around a number and blank lines are
// tolerated; gzip is unpacked. The error is a [FileError] or the context's.
func Read(ctx context.Context, r io.Reader) (Table, error) {
	in := bufio.NewReaderSize(r, readAhead)
	if magic, _ := in.Peek(2); len(magic) == 2 && magic[0] == 0x1f && magic[1] == 0x8b {
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return Table{}, &FileError{Problem: FileDamaged, Cause: err}
		}
		in = bufio.NewReaderSize(unpacked, readAhead)
	}
	t := reader{}
	buffer := make([]byte, 0, readAhead)
	for {
		if err := ctx.Err(); err != nil {
			return Table{}, err
		}
		n, err := in.Read(buffer[len(buffer):cap(buffer)])
		buffer = buffer[:len(buffer)+n]
		if err != nil && err != io.EOF {
			return Table{}, readError(err)
		}
		rest, bad := t.lines(buffer, err == io.EOF)
		if bad != nil {
			return Table{}, bad
		}
		if err == io.EOF {
			break
		}
		if len(rest) > longestLine {
			return Table{}, &FileError{Row: t.row + 1, Problem: RowLong}
		}
		buffer = buffer[:copy(buffer[:cap(buffer)], rest)]
	}
	if len(t.table.X) == 0 {
		if t.names == nil && t.row > 0 {
			return Table{}, &FileError{Row: 1, Problem: HeaderMissing}
		}
		return Table{}, &FileError{Problem: FileEmpty}
	}
	return t.table, nil
}

func readError(err error) error {
	if errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, io.ErrUnexpectedEOF) ||
		strings.HasPrefix(err.Error(), "flate:") {
		return &FileError{Problem: FileDamaged, Cause: err}
	}
	return &FileError{Problem: FileUnread, Cause: err}
}

// lines takes whole lines off the front; end says that the last one needs no line feed.
func (t *reader) lines(text []byte, end bool) (rest []byte, err error) {
	for len(text) > 0 {
		n := bytes.IndexByte(text, '\n')
		line := text
		switch {
		case n >= 0:
			line, text = text[:n], text[n+1:]
		case end:
			text = nil
		default:
			return text, nil
		}
		t.row++
		if len(line) > longestLine {
			return nil, &FileError{Row: t.row, Problem: RowLong}
		}
		if len(line) > 0 && line[len(line)-1] == '\r' {
			line = line[:len(line)-1]
		}
		if t.names == nil {
			err = t.header(line)
		} else {
			err = t.point(line)
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

func (t *reader) header(line []byte) error {
	if bytes.HasPrefix(line, []byte{0xff, 0xfe}) || bytes.HasPrefix(line, []byte{0xfe, 0xff}) {
		return &FileError{Row: 1, Problem: FileEncoding}
	}
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	if bytes.IndexByte(line, 0) >= 0 || bytes.HasPrefix(line, []byte("PK\x03\x04")) {
		return &FileError{Row: 1, Problem: FileBinary}
	}
	if !utf8.Valid(line) {
		return &FileError{Row: 1, Problem: FileEncoding}
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return nil // a blank line before the header
	}
	t.names = strings.Split(string(line), ",")
	for i := range t.where {
		t.where[i] = -1
	}
	for i, name := range t.names {
		name = strings.ToLower(strings.TrimSpace(strings.Trim(strings.TrimSpace(name), `"`)))
		t.names[i] = name
		column, known := columnNames[name]
		if !known {
			continue
		}
		if t.where[column] >= 0 {
			return &FileError{Row: t.row, Column: shorten(name), Problem: HeaderTwice}
		}
		t.where[column] = i
	}
	planar := t.where[columnX] >= 0 && t.where[columnY] >= 0
	earth := t.where[columnLon] >= 0 && t.where[columnLat] >= 0
	switch {
	case planar && earth:
		return &FileError{Row: t.row, Problem: HeaderBoth, Value: shorten(string(line))}
	case planar:
		t.x, t.y, t.table.Planar = t.where[columnX], t.where[columnY], true
		t.limX, t.limY = float64(MaxCoordinate), float64(MaxCoordinate)
	case earth:
		t.x, t.y = t.where[columnLon], t.where[columnLat]
		t.limX, t.limY = 180, 90
	default:
		return &FileError{Row: t.row, Problem: HeaderMissing, Value: shorten(string(line))}
	}
	t.weight = t.where[columnWeight]
	t.last = max(t.x, t.y, t.weight)
	return nil
}

// point reads one line of data. A comma inside quotes is not looked for: no column of numbers has one.
func (t *reader) point(line []byte) error {
	if len(line) == 0 || len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	if len(t.table.X) == MaxRows {
		return &FileError{Row: t.row, Problem: RowMany}
	}
	var x, y, w float64
	var err error
	rest := line
	for i := 0; ; i++ {
		cell := rest
		n := bytes.IndexByte(rest, ',')
		if n >= 0 {
			cell, rest = rest[:n], rest[n+1:]
		}
		switch i {
		case t.x:
			x, err = t.number(cell, i, -t.limX, t.limX)
		case t.y:
			y, err = t.number(cell, i, -t.limY, t.limY)
		case t.weight:
			w, err = t.number(cell, i, 0, 1e15)
		}
		if err != nil {
			return err
		}
		if i == t.last {
			break
		}
		if n < 0 {
			return &FileError{Row: t.row, Problem: RowShort, Value: shorten(string(line))}
		}
	}
	t.table.X, t.table.Y = append(t.table.X, x), append(t.table.Y, y)
	if t.weight >= 0 {
		t.weigh(w)
	}
	return nil
}

// weigh keeps weights whole until the first fraction.
func (t *reader) weigh(w float64) {
	if t.table.Real == nil {
		if w == math.Trunc(w) {
			t.table.Whole = append(t.table.Whole, int64(w))
			return
		}
		t.table.Real = make([]float64, len(t.table.Whole), cap(t.table.X))
		for i, n := range t.table.Whole {
			t.table.Real[i] = float64(n)
		}
		t.table.Whole = nil
	}
	t.table.Real = append(t.table.Real, w)
}

// number reads a cell; the error says where it stands.
func (t *reader) number(cell []byte, column int, low, high float64) (float64, error) {
	v, ok := decimal(cell)
	if !ok {
		cell = bytes.TrimSpace(cell)
		if len(cell) >= 2 && cell[0] == '"' && cell[len(cell)-1] == '"' {
			cell = bytes.TrimSpace(cell[1 : len(cell)-1])
		}
		if len(cell) == 0 {
			return 0, t.wrong(ValueEmpty, column, cell)
		}
		var err error
		if v, err = strconv.ParseFloat(string(cell), 64); err != nil || bytes.IndexByte(cell, '_') >= 0 || math.IsNaN(v) {
			if errors.Is(err, strconv.ErrRange) {
				return 0, t.wrong(ValueRange, column, cell)
			}
			return 0, t.wrong(ValueText, column, cell)
		}
	}
	if v >= low && v <= high {
		return v, nil
	}
	if low == 0 && v < 0 {
		return 0, t.wrong(ValueNegative, column, cell)
	}
	return 0, t.wrong(ValueRange, column, cell)
}

func (t *reader) wrong(problem FileProblem, column int, cell []byte) error {
	return &FileError{Row: t.row, Column: shorten(t.names[column]), Problem: problem, Value: shorten(string(cell))}
}

// shorten makes a value from a file fit for one line on a screen.
func shorten(s string) string {
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s)
	if utf8.RuneCountInString(clean) > 40 {
		return string([]rune(clean)[:40]) + "…"
	}
	return clean
}

// Powers of ten that a float64 holds exactly.
var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// decimal reads a plain decimal number of up to 15 digits. The digits and the power of ten are exact, so their
// quotient is rounded once, as strconv would; all other numbers are left to strconv.
func decimal(s []byte) (float64, bool) {
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		s = s[1:]
	}
	if len(s) == 0 || len(s) > 16 {
		return 0, false
	}
	digits, point := uint64(0), -1
	for i, c := range s {
		if d := c - '0'; d <= 9 {
			digits = digits*10 + uint64(d)
			continue
		}
		if c != '.' || point >= 0 {
			return 0, false
		}
		point = i
	}
	v := float64(digits)
	switch {
	case point >= 0:
		if len(s) == 1 {
			return 0, false
		}
		v /= tens[len(s)-1-point]
	case len(s) == 16: // sixteen digits may not be exact
		return 0, false
	}
	if negative {
		v = -v
	}
	return v, true
}
