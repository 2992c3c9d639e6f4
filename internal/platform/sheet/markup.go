package sheet

import (
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
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
	x, err := newXLSXWriter(w, tables[0].Sheet, nil)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			x.file.Close()
		}
	}()
	for i, t := range tables {
		if i > 0 {
			if err := x.next(t.Sheet, nil); err != nil {
				return err
			}
		}
		if err := x.mark(title, t); err != nil {
			return err
		}
	}
	done = true
	return x.close()
}

func (x *xlsxWriter) mark(title string, t Marked) error {
	if err := x.stream.SetColWidth(1, 1, 48); err != nil {
		return err
	}
	if err := x.stream.SetColWidth(2, 64, 20); err != nil {
		return err
	}
	if t.HeaderRow > 0 {
		below := "B" + strconv.Itoa(t.HeaderRow+1)
		if err := x.stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: t.HeaderRow, TopLeftCell: below, ActivePane: "bottomRight"}); err != nil {
			return err
		}
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
		cells = append(cells[:0], x.first(r, t.HeaderRow, title, found))
		for _, c := range r.Cells {
			cells = append(cells, x.copied(c, r.Number <= t.HeaderRow))
		}
		for _, m := range found {
			if m.Column < 0 || m.Column >= maxColumns-1 {
				continue
			}
			for len(cells) <= m.Column+1 {
				cells = append(cells, nil)
			}
			bad, ok := cells[m.Column+1].(excelize.Cell)
			if !ok {
				bad = excelize.Cell{}
			}
			bad.StyleID = x.bad
			cells[m.Column+1] = bad
		}
		if err := x.put(r.Number, cells); err != nil {
			return err
		}
	}
	return nil
}

func (x *xlsxWriter) first(r Row, headerRow int, title string, found []Mark) any {
	if r.Number == headerRow {
		return excelize.Cell{StyleID: x.head, Value: title}
	}
	if len(found) == 0 {
		return nil
	}
	texts := make([]string, len(found))
	for i, m := range found {
		texts[i] = m.Text
	}
	return excelize.Cell{StyleID: x.note, Value: strings.Join(texts, "\n")}
}

// copied keeps numbers as numbers and everything else as the text it is.
func (x *xlsxWriter) copied(c Cell, head bool) any {
	style := x.text
	if head {
		style = x.head
	}
	switch c.Kind {
	case Empty:
		return nil
	case Number:
		if !head {
			return excelize.Cell{Value: c.Number}
		}
	}
	return excelize.Cell{StyleID: style, Value: c.Text}
}
