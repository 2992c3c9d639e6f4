package intake

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"zhidian/internal/platform/cn"
	"zhidian/internal/platform/day"
	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/geo"
	"zhidian/internal/platform/sheet"
)

// line is one row under check, with what is wrong with it.
type line struct {
	row      sheet.Row
	mapping  *Mapping
	problems []Problem
	bad      bool
}

func (l *line) set(r sheet.Row) { l.row, l.problems, l.bad = r, l.problems[:0], false }

func (l *line) cell(field string) sheet.Cell { return l.row.Cell(l.mapping.column(field)) }

// text gives a field's text; a cell that holds no usable value is a problem and empty.
func (l *line) text(field string) string {
	c := l.cell(field)
	if c.Problem != "" {
		l.fail(field, c.Problem, errs.Args{"row": l.row.Number, "column": sheet.ColumnName(l.mapping.column(field))})
		return ""
	}
	return strings.TrimSpace(c.Text)
}

// need is text that must be there and not too long.
func (l *line) need(field string, longest int) string {
	s := l.text(field)
	if s == "" && !l.bad {
		l.fail(field, "intake.empty", nil)
	}
	return l.within(field, s, longest)
}

// name is text that can be said: signs and pictures alone are no name.
func (l *line) name(field string, longest int) string {
	s := l.need(field, longest)
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		l.fail(field, "intake.no_name", nil)
	}
	return s
}

// odd tells whether a person's name holds what names do not: signs other than the dots, hyphens and apostrophes in them.
func odd(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("·•．. -'’", r)
	})
}

func (l *line) within(field, s string, longest int) string {
	if len(s) > longest && len([]rune(s)) > longest {
		l.fail(field, "intake.too_long", errs.Args{"max": longest})
	}
	return s
}

func (l *line) fail(field, key string, args errs.Args) { l.note(field, key, args, Bad) }
func (l *line) warn(field, key string, args errs.Args) { l.note(field, key, args, Warn) }

func (l *line) note(field, key string, args errs.Args, level Level) {
	c := l.mapping.column(field)
	l.problems = append(l.problems, Problem{Row: l.row.Number, Column: c, Field: field, Title: l.mapping.title(c), Key: key, Args: args, Level: level})
	if level == Bad {
		l.bad = true
	}
}

// refuse notes the error of a parser.
func (l *line) refuse(field string, err error) { l.because(field, err, Bad) }

func (l *line) because(field string, err error, level Level) {
	var e *errs.Error
	if !errors.As(err, &e) {
		l.note(field, "intake.unreadable", nil, level)
		return
	}
	l.note(field, e.Key, e.Args, level)
}

// damaged refuses a code of which a spreadsheet has lost digits, and says how.
func (l *line) damaged(field string) bool {
	c := l.cell(field)
	if !c.Damaged() {
		return false
	}
	key := "cn.damaged_rounded"
	if cn.Damaged(c.Text) == cn.Scientific {
		key = "cn.damaged_scientific"
	}
	l.fail(field, key, nil)
	return true
}

// day reads a date; month tells that the file gives only year and month, and the day is the first.
func (l *line) day(field string) (d day.Day, month bool) {
	s := l.text(field)
	if s == "" {
		return 0, false
	}
	if d, ok := readMonth(s); ok {
		return d, true
	}
	if c := l.cell(field); c.Kind == sheet.Number && c.Number > 10_000 && c.Number < 100_000 { // a date that has lost its format
		if d, err := day.FromExcel(c.Number, false); err == nil {
			return d, false
		}
	}
	d, err := day.Parse(s)
	if err != nil {
		l.because(field, err, Warn)
	}
	return d, false
}

// readMonth reads 2020-05, 2020/5, 2020.5, 202005 and 2020年5月.
func readMonth(s string) (day.Day, bool) {
	s = strings.TrimSuffix(width.Fold.String(s), "月")
	s = strings.NewReplacer("年", "-", "/", "-", ".", "-").Replace(s)
	y, m, found := strings.Cut(s, "-")
	if !found && len(s) == 6 {
		y, m = s[:4], s[4:]
	}
	if len(y) != 4 || len(m) == 0 || len(m) > 2 {
		return 0, false
	}
	year, err1 := strconv.Atoi(y)
	month, err2 := strconv.Atoi(m)
	if err1 != nil || err2 != nil {
		return 0, false
	}
	d, err := day.New(year, time.Month(month), 1)
	return d, err == nil
}

// count reads a whole number from 0 up.
func (l *line) count(field string, most int64) int64 {
	s := l.text(field)
	if s == "" {
		return 0
	}
	s = strings.ReplaceAll(width.Fold.String(s), ",", "")
	n, err := strconv.ParseInt(strings.TrimSuffix(s, ".0"), 10, 64)
	switch {
	case err != nil:
		l.fail(field, "intake.not_a_count", nil)
	case n < 0:
		l.fail(field, "intake.below_zero", nil)
	case n > most:
		l.fail(field, "intake.too_many", errs.Args{"max": most})
	}
	return n
}

// point reads a position in the stated system, and gives it in WGS-84 and as given; nil where none is given.
func (l *line) point(box geo.Box, crs geo.CRS) (at *geo.Point, given geo.Point) {
	x, y := l.text("lon"), l.text("lat")
	if x == "" && y == "" {
		return nil, given
	}
	lon, ok1 := degreesOf(x)
	lat, ok2 := degreesOf(y)
	if !ok1 {
		l.fail("lon", "intake.not_degrees", nil)
	}
	if !ok2 {
		l.fail("lat", "intake.not_degrees", nil)
	}
	if !ok1 || !ok2 {
		return nil, given
	}
	given = geo.Point{Lon: lon, Lat: lat}
	swapped := geo.Point{Lon: lat, Lat: lon}
	switch {
	case !given.Valid() && !swapped.Valid():
		l.fail("lon", "intake.off_globe", nil)
		return nil, given
	case !box.Has(given) && box.Has(swapped):
		l.fail("lon", "intake.swapped", nil)
		return nil, given
	case !box.Has(given):
		l.fail("lon", "intake.off_map", nil)
		return nil, given
	}
	w := geo.ToWGS84(given, crs)
	return &w, given
}

func degreesOf(s string) (float64, bool) {
	f, err := strconv.ParseFloat(strings.TrimSuffix(width.Fold.String(s), "°"), 64)
	return f, err == nil && !math.IsNaN(f) && !math.IsInf(f, 0)
}

// fold writes a name as it is compared: half-width brackets and letters, no blanks.
func fold(name string) string {
	plain := true
	for i := range len(name) {
		if name[i] == ' ' || name[i] == 0xEF || name[i] == 0xE3 || name[i] == '\t' || name[i] == 0xC2 {
			plain = false
			break
		}
	}
	if plain {
		return name
	}
	return strings.Join(strings.Fields(width.Fold.String(name)), "")
}
