package day

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"

	"zhidian/internal/platform/errs"
)

//go:embed holidays.csv
var seed []byte

// Holidays gives the tables that Zhidian is delivered with, 2025 and 2026. They are data to be replaced by the notice of each November.
func Holidays() []Exception {
	table, err := ReadTable(bytes.NewReader(seed))
	if err != nil {
		panic("day: the embedded holiday table cannot be read: " + err.Error())
	}
	return table
}

const (
	maxTableRows     = 5000
	maxTableProblems = 100
)

// ReadTable reads a holiday table: csv in UTF-8 with the columns year, date, kind (off or work) and name; lines that begin with # are
// remarks. All that is wrong is told at once, up to a hundred lines, each by its line number.
func ReadTable(r io.Reader) ([]Exception, error) {
	in := csv.NewReader(skipMark(r))
	in.Comment = '#'
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	in.ReuseRecord = true
	var table []Exception
	var problems errs.Problems
	for len(problems.List()) < maxTableProblems {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			problems.Add(strconv.Itoa(bad.Line), "day.table_csv", errs.Args{"line": bad.Line})
			break
		}
		if err != nil {
			return nil, errs.Wrap(err, errs.Invalid, "day.table_unread", nil)
		}
		line, _ := in.FieldPos(0)
		if len(table) == 0 && strings.EqualFold(strings.TrimSpace(row[0]), "year") {
			continue
		}
		if len(table) == maxTableRows {
			problems.Add(strconv.Itoa(line), "day.table_long", errs.Args{"max": maxTableRows})
			break
		}
		if e, ok := readException(row, line, &problems); ok {
			table = append(table, e)
		}
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	return table, nil
}

func readException(row []string, line int, problems *errs.Problems) (Exception, bool) {
	at, args := strconv.Itoa(line), errs.Args{"line": line}
	if !problems.Require(len(row) >= 4, at, "day.table_columns", args) {
		return Exception{}, false
	}
	year, okYear := digits(strings.TrimSpace(row[0]))
	date, err := Parse(row[1])
	kind := strings.TrimSpace(row[2])
	ok := problems.Require(err == nil, at, "day.table_date", args)
	ok = problems.Require(kind == "off" || kind == "work", at, "day.table_kind", args) && ok
	if ok {
		ok = problems.Require(okYear && (date.Year() == year || date.Year() == year-1), at, "day.table_year", args)
	}
	return Exception{Year: year, Day: date, Off: kind == "off", Name: strings.TrimSpace(row[3])}, ok
}

// skipMark drops the byte order mark that spreadsheets write before UTF-8.
func skipMark(r io.Reader) io.Reader {
	mark := make([]byte, 3)
	n, err := io.ReadFull(r, mark)
	head := bytes.TrimPrefix(mark[:n], []byte("\xef\xbb\xbf"))
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return io.MultiReader(bytes.NewReader(head), failing{err})
	}
	return io.MultiReader(bytes.NewReader(head), r)
}

// failing is a reader that gives the error met before.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
