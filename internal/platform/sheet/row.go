package sheet

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Kind is what the file says a cell is; text tables and web tables know only Text.
type Kind uint8

const (
	Empty Kind = iota
	Text
	Number
	Date // Text is ISO: 2026-03-01, 2026-03-01T08:30:00 or 08:30:00
	Bool // Text is TRUE or FALSE
	Error
)

// Cell is one value as the file holds it.
type Cell struct {
	Text    string  // numbers in their shortest exact form; from 1e15 on with exponent, as Excel shows them
	Number  float64 // of Number and Date
	Problem string  // message key when the value cannot be used, with arguments row and column; else empty
	Across  int     // columns a merged cell covers, 0 when not merged; covered cells are empty
	Down    int     // rows a merged cell covers, 0 when not merged
	Kind    Kind
}

// Row is one filled row; Number counts from 1 as Excel shows it.
type Row struct {
	Number int
	Cells  []Cell
}

// Clone gives a row that stays valid.
func (r Row) Clone() Row {
	return Row{Number: r.Number, Cells: slices.Clone(r.Cells)}
}

// Text gives the trimmed text of column i, counted from 0; columns beyond the row are empty.
func (r Row) Text(i int) string {
	if i < 0 || i >= len(r.Cells) {
		return ""
	}
	return strings.TrimSpace(r.Cells[i].Text)
}

// Cell gives column i, counted from 0; columns beyond the row are empty.
func (r Row) Cell(i int) Cell {
	if i < 0 || i >= len(r.Cells) {
		return Cell{}
	}
	return r.Cells[i]
}

var scientific = regexp.MustCompile(`^[+-]?\d(\.\d+)?[eE]\+?\d{2,}$`)

// Damaged tells whether a number meant as a code (ID, account, 统一社会信用代码) has lost digits: Excel keeps 15 of them.
func (c Cell) Damaged() bool {
	if c.Kind == Number {
		return math.Abs(c.Number) >= 1e15
	}
	return c.Kind == Text && len(c.Text) < 32 && scientific.MatchString(strings.TrimSpace(c.Text))
}

// ColumnName gives Excel's letters of column i, counted from 0.
func ColumnName(i int) string {
	var b [8]byte
	n := len(b)
	for i++; i > 0 && n > 0; i = (i - 1) / 26 {
		n--
		b[n] = byte('A' + (i-1)%26)
	}
	return string(b[n:])
}

func textCell(s string, limit int) Cell {
	s = clean(s)
	if s == "" {
		return Cell{}
	}
	if len(s) > limit && utf8.RuneCountInString(s) > limit {
		return Cell{Kind: Error, Problem: "sheet.cell_too_long"}
	}
	return Cell{Kind: Text, Text: s}
}

func numberCell(v float64) Cell {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return Cell{Kind: Error, Text: "#NUM!", Problem: "sheet.cell_error"}
	}
	format := byte('f')
	if a := math.Abs(v); a >= 1e15 || a != 0 && a < 1e-7 {
		format = 'E'
	}
	return Cell{Kind: Number, Number: v, Text: strconv.FormatFloat(v, format, -1, 64)}
}

func boolCell(v bool) Cell {
	if v {
		return Cell{Kind: Bool, Text: "TRUE", Number: 1}
	}
	return Cell{Kind: Bool, Text: "FALSE"}
}

func errorCell(text string) Cell {
	return Cell{Kind: Error, Text: clean(text), Problem: "sheet.cell_error"}
}

// clean drops control characters, which no database and no page takes, and those that are not seen but change what is:
// marks of direction, blanks of no width, as numbers copied from chats and web pages carry them. Tabs and line ends stay,
// the latter as \n.
func clean(s string) string {
	for i := 0; i < len(s); i++ {
		if !rare[s[i]] {
			continue
		}
		if r, _ := utf8.DecodeRuneInString(s[i:]); !unseen(r) {
			continue
		}
		return strings.Map(func(r rune) rune {
			if unseen(r) {
				return -1
			}
			return r
		}, strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n"))
	}
	return s
}

// rare are the bytes with which an unseen character begins in UTF-8.
var rare = func() (all [256]bool) {
	for r := range rune(0x10000) {
		if unseen(r) {
			all[utf8.AppendRune(nil, r)[0]] = true
		}
	}
	return all
}()

func unseen(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\t' && r != '\n'
	case r >= 0x7f && r < 0xa0, r == 0x200b, r == 0x200e, r == 0x200f, r >= 0x2028 && r <= 0x202e, r == 0x2060, r >= 0x2066 && r <= 0x2069,
		r == 0xfeff, r == 0xfffe, r == 0xffff:
		return true
	}
	return false
}

// trimmed drops empty cells at the end; a row that is empty altogether gives none.
func trimmed(cells []Cell) []Cell {
	n := len(cells)
	for n > 0 && cells[n-1].Kind == Empty && cells[n-1].Across == 0 {
		n--
	}
	for i := range cells[:n] {
		if cells[i].Kind != Empty {
			return cells[:n]
		}
	}
	return nil
}
