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
	score    int
}

// Recognise tells what kind of file a book is by its column heads, and where its fields stand.
func Recognise(b *sheet.Book) (Guess, error) {
	var best Guess
	for _, k := range Kinds {
		g, err := locate(b, k, nil)
		if err != nil {
			return best, err
		}
		if g.score > best.score {
			best = g
		}
	}
	if best.Kind == "" {
		return best, errs.New(errs.Invalid, "intake.kind_unknown", nil)
	}
	return best, nil
}

// locate finds the fields of a kind in the sheet of a book that fits best. Saved says under which title a field
// stood the last time.
func locate(b *sheet.Book, k Kind, saved map[string]string) (Guess, error) {
	best := Guess{Kind: k, score: -1}
	for _, s := range b.Sheets() {
		if s.Hidden {
			continue
		}
		head, err := b.Head(s.Name, headRows)
		if err != nil {
			return best, err
		}
		if len(head) == 0 {
			continue
		}
		g := locateIn(s.Name, k, head, saved)
		if g.score > best.score {
			best = g
		}
	}
	if best.score < 0 {
		best.score = 0
	}
	return best, nil
}

func locateIn(name string, k Kind, head []sheet.Row, saved map[string]string) Guess {
	found, problems := sheet.FindHeader(head, fields[k])
	g := Guess{Kind: k, Mapping: Mapping{Sheet: name, HeaderRow: found.HeaderRow, Columns: found.Columns}}
	if found.Columns == nil {
		g.Problems = problems
		return g
	}
	g.Mapping.Titles = titles(head, found.HeaderRow)
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
