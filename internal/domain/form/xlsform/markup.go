package xlsform

import (
	"io"
	"iter"

	"zhidian/internal/domain/form/survey"
	"zhidian/internal/platform/sheet"
)

// problemTitles are the heads of the column that MarkUp adds, so that a copy that was corrected is read without remark.
var problemTitles = set("问题", "problem")

// MarkUp writes a copy of a form's tables with what is wrong beside each row, as xlsx. A copy that was marked before is
// marked anew. It can be corrected and handed in as it is.
func MarkUp(w io.Writer, path, title string, faults []survey.Fault, say func(survey.Fault) string) error {
	tables, _, err := open(path)
	if err != nil {
		return err
	}
	byRow := map[string]map[int][]survey.Fault{}
	for _, f := range faults {
		if byRow[f.Sheet] == nil {
			byRow[f.Sheet] = map[int][]survey.Fault{}
		}
		byRow[f.Sheet][f.Row] = append(byRow[f.Sheet][f.Row], f)
	}
	var all []sheet.Marked
	done := map[string]bool{}
	for _, t := range tables {
		name := known(t.name)
		if name == "" || done[name] || len(t.rows) == 0 {
			continue
		}
		done[name] = true
		marked := problemTitles[plainName(t.header().Text(0))]
		all = append(all, sheet.Marked{Sheet: name, HeaderRow: t.header().Number, Rows: t.each(marked), Marks: func(r sheet.Row) (marks []sheet.Mark) {
			for _, f := range byRow[name][r.Number] {
				at := columnNumber(f.Column)
				if marked {
					at--
				}
				marks = append(marks, sheet.Mark{Column: at, Text: say(f)})
			}
			return marks
		}})
	}
	return sheet.MarkUp(w, title, all...)
}

// each gives the rows of a table, without the first column where that holds earlier marks.
func (t *table) each(marked bool) iter.Seq2[sheet.Row, error] {
	return func(yield func(sheet.Row, error) bool) {
		for _, r := range t.rows {
			if marked && len(r.Cells) > 0 {
				r.Cells = r.Cells[1:]
			}
			if !yield(r, nil) {
				return
			}
		}
	}
}

// columnNumber counts a column's letters from 0; below 0 where there are none.
func columnNumber(letters string) int {
	n := 0
	for _, c := range letters {
		n = n*26 + int(c-'A') + 1
	}
	return n - 1
}
