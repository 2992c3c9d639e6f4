package sheet

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"zhidian/internal/platform/errs"
)

// Field is a column that the caller wants, under all the names by which offices call it. The first alias is the one
// shown to people.
type Field struct {
	Name     string
	Aliases  []string
	Required bool
}

// Column is a column of the file, counted from 0.
type Column struct {
	Index int
	Title string
}

// Mapping says where the fields are.
type Mapping struct {
	HeaderRow int            // the last row of the header, as Excel counts; data follow behind it
	Columns   map[string]int // by field name, counted from 0
	Unknown   []Column       // titled columns that no field claims
}

// Text gives a field of a row, trimmed; empty when the file has no such column.
func (m Mapping) Text(r Row, field string) string { return r.Text(m.index(field)) }

// Cell gives a field of a row; empty when the file has no such column.
func (m Mapping) Cell(r Row, field string) Cell { return r.Cell(m.index(field)) }

func (m Mapping) index(field string) int {
	if i, ok := m.Columns[field]; ok {
		return i
	}
	return -1
}

const headerDepth = 20

// FindHeader looks through the first 20 rows for the one that names most fields, alone or together with the row below it
// when the header has two lines with merged cells. Problems name required columns that are missing and fields that
// stand in two columns.
func FindHeader(rows []Row, fields []Field) (Mapping, []errs.Problem) {
	names := map[string]int{}
	for i, f := range fields {
		for _, a := range f.Aliases {
			for _, n := range titleForms(a)[:1] {
				if _, taken := names[n]; !taken && n != "" {
					names[n] = i
				}
			}
		}
	}
	rows = rows[:min(len(rows), headerDepth)]
	var best header
	for i, r := range rows {
		lines := []Row{r}
		if h := match(lines, names); h.score > best.score {
			best = h
		}
		if i+1 < len(rows) && rows[i+1].Number == r.Number+1 && hasMerged(r) {
			if h := match([]Row{r, rows[i+1]}, names); h.score > best.score {
				best = h
			}
		}
	}
	var problems errs.Problems
	if best.score < min(2, len(fields)) {
		first := ""
		if len(fields) > 0 && len(fields[0].Aliases) > 0 {
			first = fields[0].Aliases[0]
		}
		problems.Add("", "sheet.header_missing", errs.Args{"rows": headerDepth, "example": first})
		return Mapping{}, problems.List()
	}
	m := Mapping{HeaderRow: best.row, Columns: map[string]int{}}
	for col, title := range best.titles {
		f, ok := best.fields[col]
		switch {
		case !ok:
			if title != "" {
				m.Unknown = append(m.Unknown, Column{Index: col, Title: title})
			}
		default:
			if first, twice := m.Columns[fields[f].Name]; twice {
				problems.Add(fields[f].Name, "sheet.column_twice",
					errs.Args{"column": title, "first": ColumnName(first), "second": ColumnName(col)})
				continue
			}
			m.Columns[fields[f].Name] = col
		}
	}
	for _, f := range fields {
		if _, ok := m.Columns[f.Name]; f.Required && !ok {
			problems.Add(f.Name, "sheet.column_missing", errs.Args{"column": f.Aliases[0]})
		}
	}
	return m, problems.List()
}

type header struct {
	row, score int
	titles     []string
	fields     map[int]int // column to index of field
}

func match(lines []Row, names map[string]int) header {
	filled := make([][]string, len(lines))
	columns := 0
	for i, r := range lines {
		filled[i] = fillAcross(r)
		columns = max(columns, len(filled[i]))
	}
	h := header{row: lines[len(lines)-1].Number, titles: make([]string, columns), fields: map[int]int{}}
	seen := map[int]bool{}
	for col := range columns {
		upper, lower := at(filled[0], col), ""
		if len(lines) == 2 {
			lower = at(filled[1], col)
		}
		tries := []string{lower, upper + lower, upper}
		h.titles[col] = strings.Join(strings.Fields(strings.TrimSpace(upper+" "+lower)), " ")
		if upper != "" && lower != "" {
			tries = tries[:2]
			if _, both := find(upper+lower, names); both {
				tries = []string{upper + lower} // 家长 + 姓名 is not the 姓名 of the child
			}
		}
		for _, t := range tries {
			if f, ok := find(t, names); ok {
				h.fields[col] = f
				seen[f] = true
				break
			}
		}
	}
	h.score = len(seen)
	return h
}

func at(titles []string, i int) string {
	if i < len(titles) {
		return titles[i]
	}
	return ""
}

func hasMerged(r Row) bool {
	for _, c := range r.Cells {
		if c.Across > 0 || c.Down > 0 {
			return true
		}
	}
	return false
}

// fillAcross repeats the title of a merged cell over the columns that it covers. A title over a whole sheet is none.
func fillAcross(r Row) []string {
	titles := make([]string, 0, len(r.Cells))
	for i, c := range r.Cells {
		for len(titles) <= i {
			titles = append(titles, "")
		}
		text := strings.TrimSpace(c.Text)
		if text == "" {
			continue
		}
		titles[i] = text
		for n := 1; n < min(c.Across, 256); n++ {
			if i+n == len(titles) {
				titles = append(titles, text)
			} else {
				titles[i+n] = text
			}
		}
	}
	return titles
}

func find(title string, names map[string]int) (int, bool) {
	for _, form := range titleForms(title) {
		if f, ok := names[form]; ok && form != "" {
			return f, true
		}
	}
	return 0, false
}

// titleForms gives a title as it is compared: half-width, lower case, without blanks, stars, colons and brackets; and a
// second time without what stands in the brackets, as in 姓名（必填）.
func titleForms(title string) []string {
	var full, outside strings.Builder
	depth := 0
	for _, r := range width.Fold.String(title) {
		r = unicode.ToLower(r)
		switch {
		case strings.ContainsRune("([{【〔「《", r):
			depth++
		case strings.ContainsRune(")]}】〕」》", r):
			depth = max(0, depth-1)
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '/' || r == '%' || r == '#':
			full.WriteRune(r)
			if depth == 0 {
				outside.WriteRune(r)
			}
		}
	}
	return []string{full.String(), outside.String()}
}
