package intake

import (
	"encoding/json"
	"iter"
	"slices"
	"strings"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sheet"
)

// headRows is how many rows are looked at to find the header, and to show samples.
const headRows = 30

// Guess is what a file seems to be.
type Guess struct {
	Kind     Kind
	Mapping  Mapping
	Problems []errs.Problem
	Others   []string // further sheets that look the same and are not read
	score    int
}

// notes tell the clerk of the sheets that are not read.
func (g Guess) notes(b *sheet.Book) []errs.Problem {
	if len(g.Others) == 0 {
		return b.Notes
	}
	return append(slices.Clone(b.Notes), errs.Problem{
		Key: "intake.other_sheets", Args: errs.Args{"sheet": g.Mapping.Sheet, "n": len(g.Others), "others": strings.Join(g.Others[:min(5, len(g.Others))], "、")},
	})
}

// opening is the beginning of a sheet.
type opening struct {
	sheet string
	rows  []sheet.Row
}

// openings reads the beginnings of the sheets that are not hidden and hold anything.
func openings(b *sheet.Book) ([]opening, error) {
	var all []opening
	for _, s := range b.Sheets() {
		if s.Hidden {
			continue
		}
		head, err := b.Head(s.Name, headRows)
		if err != nil {
			return all, err
		}
		if len(head) > 0 {
			all = append(all, opening{s.Name, head})
		}
	}
	return all, nil
}

// Recognise tells what kind of file a book is by its column heads, and where its fields stand.
func Recognise(b *sheet.Book) (Guess, error) {
	var best Guess
	all, err := openings(b)
	if err != nil {
		return best, err
	}
	for _, k := range Kinds {
		if g := locate(all, k, nil); g.score > best.score {
			best = g
		}
	}
	if c := best.Mapping.Columns; best.Kind == Members && c != nil {
		_, duty := c["duty"]
		_, joined := c["joined"]
		_, number := c["number"]
		if duty && !joined && !number { // a register of officers says nothing of when they joined
			best = locate(all, Cadres, nil)
		}
	}
	if best.Kind == "" {
		return best, errs.New(errs.Invalid, "intake.kind_unknown", nil)
	}
	return best, nil
}

// locate finds the fields of a kind in the sheet of a book that fits best. Saved says under which title a field
// stood the last time.
func locate(all []opening, k Kind, saved map[string]string) Guess {
	best := Guess{Kind: k}
	var whole []string
	for i, o := range all {
		g := locateIn(o.sheet, k, o.rows, saved)
		if len(g.Mapping.missing(k)) == 0 {
			whole = append(whole, o.sheet)
		}
		if i == 0 || g.score > best.score {
			best = g
		}
	}
	best.Others = slices.DeleteFunc(whole, func(s string) bool { return s == best.Mapping.Sheet })
	return best
}

func locateIn(name string, k Kind, head []sheet.Row, saved map[string]string) Guess {
	found, problems := sheet.FindHeader(head, fields[k])
	g := Guess{Kind: k, Mapping: Mapping{Sheet: name, HeaderRow: found.HeaderRow, Columns: found.Columns}}
	if found.Columns == nil {
		g.Problems = problems
		g.Mapping.HeaderRow, g.Mapping.Columns = fullRow(head), map[string]int{}
	}
	g.Mapping.Titles = titles(head, g.Mapping.HeaderRow)
	for field, title := range saved {
		i := slices.IndexFunc(g.Mapping.Titles, func(t string) bool { return strings.EqualFold(t, title) })
		if i < 0 {
			continue
		}
		for f, at := range g.Mapping.Columns {
			if at == i {
				delete(g.Mapping.Columns, f)
			}
		}
		g.Mapping.Columns[field] = i
	}
	g.score = len(g.Mapping.Columns) * 4
	for _, p := range problems {
		if p.Key == "sheet.column_twice" {
			g.Problems = append(g.Problems, p)
		}
	}
	for _, p := range g.Mapping.missing(k) {
		g.score -= 9
		g.Problems = append(g.Problems, p)
	}
	return g
}

// fullRow is where the header seems to be though it names nothing known: the first row that is filled as far as others.
func fullRow(head []sheet.Row) int {
	filled := func(r sheet.Row) (n int) {
		for i := range r.Cells {
			if r.Text(i) != "" {
				n++
			}
		}
		return n
	}
	most := 0
	for _, r := range head {
		most = max(most, filled(r))
	}
	for _, r := range head {
		if filled(r)*5 >= most*4 {
			return r.Number
		}
	}
	return 0
}

// missing names the required fields without a column.
func (m Mapping) missing(k Kind) (all []errs.Problem) {
	for _, f := range fields[k] {
		if _, ok := m.Columns[f.Name]; f.Required && !ok {
			all = append(all, errs.Problem{Field: f.Name, Key: "sheet.column_missing", Args: errs.Args{"column": f.Aliases[0]}})
		}
	}
	return all
}

// titles are the heads of all columns; where the header has two lines, the lower one's, else the upper one's.
func titles(head []sheet.Row, header int) []string {
	var all []string
	for _, r := range head {
		if r.Number > header {
			break
		}
		for i := range r.Cells {
			t := strings.TrimSpace(r.Cells[i].Text)
			for len(all) <= i {
				all = append(all, "")
			}
			if t != "" && len([]rune(t)) <= 40 && r.Number >= header-1 {
				all[i] = t
			}
		}
	}
	return all
}

// saved reads the columns that a source's last delivery was confirmed with.
func saved(mapping json.RawMessage) map[string]string {
	var m map[string]string
	if json.Unmarshal(mapping, &m) != nil {
		return nil
	}
	return m
}

// toSave is what a source remembers of a confirmed mapping: the title of each field's column.
func (m Mapping) toSave() json.RawMessage {
	all := make(map[string]string, len(m.Columns))
	for f, i := range m.Columns {
		if t := m.title(i); t != "" {
			all[f] = t
		}
	}
	b, _ := json.Marshal(all) // a map of texts always marshals
	return b
}

// rowsOf runs through the rows behind the header.
func rowsOf(b *sheet.Book, m Mapping) iter.Seq2[sheet.Row, error] {
	return func(yield func(sheet.Row, error) bool) {
		for r, err := range b.Rows(m.Sheet) {
			if err == nil && r.Number <= m.HeaderRow {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
