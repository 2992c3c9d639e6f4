package sheet

import (
	"io"
	"iter"
	"strings"
)

// Mark is one thing wrong in a row, as a sentence in the reader's language.
type Mark struct {
	Column int // counted from 0; below 0 for the row as a whole
	Text   string
}

// Marked is one table that is to be marked up.
type Marked struct {
	Sheet     string
	HeaderRow int // as Excel counts; 0 where there is none
	Rows      iter.Seq2[Row, error]
	Marks     func(Row) []Mark
}

// MarkUp writes a copy of tables as xlsx with one column more, the first, titled 问题 / Problem in the reader's language.
// Cells with a problem are coloured, rows keep their numbers, and the copy can be corrected and uploaded as it is.
func MarkUp(w io.Writer, title string, tables ...Marked) error {
	if len(tables) == 0 {
		return nil
	}
	x := startXLSX(w)
	for _, t := range tables {
		if err := x.mark(title, t); err != nil {
			return err
		}
	}
	return x.close()
}

func (x *xlsxWriter) mark(title string, t Marked) error {
	s := shape{columns: []columnRun{{1, 1, 48, plainStyle}, {2, 64, 20, plainStyle}}}
	if t.HeaderRow > 0 {
		s.frozenX, s.below = 1, t.HeaderRow
	}
	if err := x.table(t.Sheet, s); err != nil {
		return err
	}
	var cells []any
	for r, err := range t.Rows {
		if err != nil {
			return err
		}
		var found []Mark
		if r.Number > t.HeaderRow {
			found = t.Marks(r)
		}
		cells = append(cells[:0], firstCell(r, t.HeaderRow, title, found))
		for _, c := range r.Cells {
			cells = append(cells, copied(c, r.Number <= t.HeaderRow))
		}
		for _, m := range found {
			if m.Column < 0 || m.Column >= maxColumns-1 {
				continue
			}
			for len(cells) <= m.Column+1 {
				cells = append(cells, nil)
			}
			bad, _ := cells[m.Column+1].(styled)
			bad.style = badStyle
			cells[m.Column+1] = bad
		}
		if err := x.put(r.Number, cells); err != nil {
			return err
		}
	}
	return nil
}

func firstCell(r Row, headerRow int, title string, found []Mark) any {
	if r.Number == headerRow {
		return styled{headStyle, title}
	}
	if len(found) == 0 {
		return nil
	}
	texts := make([]string, len(found))
	for i, m := range found {
		texts[i] = m.Text
	}
	return styled{noteStyle, strings.Join(texts, "\n")}
}

// copied keeps numbers as numbers and everything else as the text it is.
func copied(c Cell, head bool) any {
	style := textStyle
	if head {
		style = headStyle
	}
	switch c.Kind {
	case Empty:
		return nil
	case Number:
		if !head {
			return styled{plainStyle, c.Number}
		}
	}
	return styled{style, c.Text}
}
