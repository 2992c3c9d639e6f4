package text

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// What may be wrong with a table.
const (
	NoColumn    Trouble = "is no column of the table"
	ColumnTwice Trouble = "is a column of the table twice"
	NotUTF8     Trouble = "is not UTF-8 text"
	BadQuotes   Trouble = "has quotation marks that do not match"
	Empty       Trouble = "is empty"
	TooMany     Trouble = "is one line too many"
)

// Column is a column that a table may have.
type Column struct {
	Name   string   // as rows and errors name it
	Heads  []string // further headings that it goes by, in any case
	Needed bool
}

// Table is a csv table with a heading line, read whole.
type Table struct {
	Rows  []Row
	place map[string]int
}

// Row is a line of a table.
type Row struct {
	Line  int // from 1
	cells []string
	place map[string]int
}

// MostRows bounds a table.
const MostRows = 4_000_000

// ReadTable reads a table. Columns that nobody asks for are passed over, and so are empty lines. Errors are [Error]s.
func ReadTable(r io.Reader, columns []Column) (Table, error) {
	in := csv.NewReader(r)
	in.FieldsPerRecord, in.ReuseRecord, in.LazyQuotes = -1, true, false
	t := Table{place: make(map[string]int)}
	for {
		cells, err := in.Read()
		if err == io.EOF {
			break
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return Table{}, &Error{Line: bad.Line, Trouble: BadQuotes}
		}
		if err != nil {
			return Table{}, err
		}
		line, _ := in.FieldPos(0)
		if i := slices.IndexFunc(cells, func(s string) bool { return !utf8.ValidString(s) }); i >= 0 {
			return Table{}, &Error{Line: line, Trouble: NotUTF8}
		}
		if len(t.place) == 0 {
			if err := t.head(cells, columns, line); err != nil {
				return Table{}, err
			}
			continue
		}
		if len(t.Rows) == MostRows {
			return Table{}, &Error{Line: line, Trouble: TooMany}
		}
		if !slices.ContainsFunc(cells, func(s string) bool { return strings.TrimSpace(s) != "" }) {
			continue
		}
		t.Rows = append(t.Rows, Row{Line: line, cells: slices.Clone(cells), place: t.place})
	}
	if len(t.place) == 0 {
		return Table{}, &Error{Line: 1, Field: columns[0].Name, Trouble: NoColumn}
	}
	return t, nil
}

func (t *Table) head(cells []string, columns []Column, line int) error {
	for i, head := range cells {
		head = strings.TrimSpace(strings.TrimPrefix(head, "\ufeff"))
		for _, c := range columns {
			if !strings.EqualFold(head, c.Name) && !slices.ContainsFunc(c.Heads, func(h string) bool { return strings.EqualFold(head, h) }) {
				continue
			}
			if _, twice := t.place[c.Name]; twice {
				return &Error{Line: line, Field: c.Name, Have: head, Trouble: ColumnTwice}
			}
			t.place[c.Name] = i
		}
	}
	for _, c := range columns {
		if _, ok := t.place[c.Name]; c.Needed && !ok {
			return &Error{Line: line, Field: c.Name, Trouble: NoColumn}
		}
	}
	if len(t.place) == 0 {
		return &Error{Line: line, Field: columns[0].Name, Trouble: NoColumn}
	}
	return nil
}

// Has tells whether a table has a column.
func (t Table) Has(column string) bool {
	_, ok := t.place[column]
	return ok
}

// Text is what stands in a column, without spaces around; "" where there is nothing or no such column.
func (r Row) Text(column string) string {
	if i, ok := r.place[column]; ok && i < len(r.cells) {
		return strings.TrimSpace(r.cells[i])
	}
	return ""
}

// List is what stands in a column between semicolons, bars or their Chinese forms.
func (r Row) List(column string) []string {
	return strings.FieldsFunc(r.Text(column), func(c rune) bool { return strings.ContainsRune(";；|｜、 ", c) })
}

// Fault says what is wrong in a column.
func (r Row) Fault(column string, t Trouble) error {
	return &Error{Line: r.Line, Field: column, Have: r.Text(column), Trouble: t}
}

// Int is the whole number in a column, from least to most.
func (r Row) Int(column string, least, most int64) (int64, error) {
	s := r.Text(column)
	if s == "" {
		return 0, r.Fault(column, Empty)
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if errors.Is(err, strconv.ErrRange) || err == nil && (n < least || n > most) {
		return 0, &Error{Line: r.Line, Field: column, Have: s, Trouble: OutOfRange, Least: float64(least), Most: float64(most)}
	}
	if err != nil {
		return 0, r.Fault(column, NotWhole)
	}
	return n, nil
}

// IntOr is the whole number in a column, or another one where nothing stands there.
func (r Row) IntOr(column string, otherwise, least, most int64) (int64, error) {
	if r.Text(column) == "" {
		return otherwise, nil
	}
	return r.Int(column, least, most)
}

// Float is the number in a column, from least to most.
func (r Row) Float(column string, least, most float64) (float64, error) {
	s := r.Text(column)
	if s == "" {
		return 0, r.Fault(column, Empty)
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n != n {
		return 0, r.Fault(column, NotANumber)
	}
	if n < least || n > most {
		return 0, &Error{Line: r.Line, Field: column, Have: s, Trouble: OutOfRange, Least: least, Most: most}
	}
	return n, nil
}
