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

// MarkUp writes a copy of a table as xlsx with one column more, the first, titled 问题 / Problem in the reader's language.
// Cells with a problem are coloured, rows keep their numbers, and the copy can be corrected and uploaded as it is.
func MarkUp(w io.Writer, sheet, title string, headerRow int, rows iter.Seq2[Row, error], marks func(Row) []Mark) error {
	x, err := newXLSXWriter(w, sheet, nil)
	if err != nil {
		return err
	}
	done := false
	defer func() {
		if !done {
			x.file.Close()
		}
	}()
	if err := x.stream.SetColWidth(1, 1, 48); err != nil {
		return err
	}
	if err := x.stream.SetColWidth(2, 64, 20); err != nil {
		return err
	}
	if headerRow > 0 {
		below := "B" + strconv.Itoa(headerRow+1)
		if err := x.stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: headerRow, TopLeftCell: below, ActivePane: "bottomRight"}); err != nil {
			return err
		}
	}
	var cells []any
	for r, err := range rows {
		if err != nil {
			return err
		}
		var found []Mark
		if r.Number > headerRow {
			found = marks(r)
		}
		cells = append(cells[:0], x.first(r, headerRow, title, found))
		for _, c := range r.Cells {
			cells = append(cells, x.copied(c, r.Number <= headerRow))
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
	done = true
	return x.close()
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
