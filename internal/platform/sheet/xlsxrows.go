package sheet

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"

	"zhidian/internal/platform/errs"
)

type position struct{ row, col int }

// merges maps the first cell of each merged range to what it covers.
type merges map[position]position

func (m merges) mark(row int, cells []Cell) {
	if len(m) == 0 {
		return
	}
	for i := range cells {
		if span, ok := m[position{row, i}]; ok {
			cells[i].Across, cells[i].Down = span.col, span.row
		}
	}
}

// add notes a range; beyond the limit merged cells are no header but decoration.
func (m merges) add(firstRow, firstCol, lastRow, lastCol int) {
	if len(m) < 100_000 && lastRow >= firstRow && lastCol >= firstCol {
		m[position{firstRow, firstCol}] = position{lastRow - firstRow + 1, lastCol - firstCol + 1}
	}
}

// cellAt reads a reference such as AB12: row from 1, column from 0.
func cellAt(ref string) (at position, ok bool) {
	i := 0
	for ; i < len(ref) && i < 4; i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' {
			break
		}
		at.col = at.col*26 + int(c-'A') + 1
	}
	row := ref[i:]
	if i == 0 || row == "" || len(row) > 7 {
		return position{}, false
	}
	for _, c := range []byte(row) {
		if c < '0' || c > '9' {
			return position{}, false
		}
		at.row = at.row*10 + int(c-'0')
	}
	at.col--
	return at, at.col < maxColumns && at.row >= 1 && at.row <= maxRows
}

// merged finds the merged ranges. They stand behind the rows, so the part is run through for them beforehand, unparsed.
func (x *xlsxFile) merged(target string) (merges, error) {
	if m, known := x.merges[target]; known {
		return m, nil
	}
	m, err := x.findMerged(target)
	if err == nil {
		x.merges[target] = m
	}
	return m, err
}

func (x *xlsxFile) findMerged(target string) (merges, error) {
	r, err := x.parts[strings.ToLower(target)].Open()
	if err != nil {
		return nil, damaged(err, "sheet.truncated", nil)
	}
	defer r.Close()
	m := merges{}
	buf := make([]byte, 256<<10)
	kept := 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		text := buf[:kept+n]
		for {
			at := bytes.Index(text, []byte("mergeCell "))
			if at < 0 {
				break
			}
			end := bytes.IndexByte(text[at:], '>')
			if end < 0 {
				break
			}
			if _, rest, ok := bytes.Cut(text[at:at+end], []byte(`ref="`)); ok {
				first, last, _ := strings.Cut(strings.TrimRight(string(rest), `"/ `), ":")
				a, ok1 := cellAt(first)
				z, ok2 := cellAt(last)
				if ok1 && ok2 {
					m.add(a.row, a.col, z.row, z.col)
				}
			}
			text = text[at+end:]
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			return m, nil // a torn part is named when its rows are read
		}
		if err != nil {
			return nil, damaged(err, "sheet.truncated", nil)
		}
		kept = copy(buf, text[max(0, len(text)-128):])
	}
}

var errNoEnd = errors.New("sheet data without end")

func (x *xlsxFile) rows(i int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		row := Row{}
		m, err := x.merged(x.targets[i])
		if err == nil {
			err = x.stream(x.targets[i], m, &row, yield)
		}
		if err != nil {
			if errs.KeyOf(err) == "" {
				err = damaged(err, "sheet.damaged", errs.Args{"row": row.Number + 1})
			}
			yield(Row{}, err)
		}
	}
}

func (x *xlsxFile) stream(target string, m merges, row *Row, yield func(Row, error) bool) error {
	r, err := x.parts[strings.ToLower(target)].Open()
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	inData, inRow := false, false
	cells := make([]Cell, 0, 64)
	var scratch []byte
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return errNoEnd
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch {
			case t.Name.Local == "sheetData":
				inData = true
			case !inData:
			case t.Name.Local == "row":
				cells, inRow = cells[:0], true
				row.Number++
				if ref := attr(t, "r"); ref != "" {
					n, err := strconv.Atoi(ref)
					if err != nil || n < row.Number || n > maxRows {
						return errors.New("rows out of order: " + ref)
					}
					row.Number = n
				}
			case t.Name.Local == "c" && inRow:
				col := len(cells)
				if ref := attr(t, "r"); ref != "" {
					at, ok := cellAt(ref)
					if !ok || at.col < col {
						return errors.New("cells out of order: " + ref)
					}
					col = at.col
				}
				if col >= maxColumns {
					return errors.New("too many columns")
				}
				for len(cells) <= col {
					cells = append(cells, Cell{})
				}
				if err := x.cell(d, t, &scratch, &cells[col]); err != nil {
					return err
				}
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "row":
				if !inRow {
					break
				}
				inRow = false
				m.mark(row.Number, cells)
				if row.Cells = trimmed(cells); row.Cells != nil && !yield(*row, nil) {
					return nil
				}
			case "sheetData":
				return nil
			}
		}
	}
}

// cell reads one c element up to its end.
func (x *xlsxFile) cell(d *xml.Decoder, el xml.StartElement, scratch *[]byte, into *Cell) error {
	kind, style := attr(el, "t"), attr(el, "s")
	value := (*scratch)[:0]
	inValue, hasValue, formula := false, false, false
	inline := ""
	for {
		t, err := d.RawToken()
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				inValue, hasValue = true, true
			case "f":
				formula = true
			case "is":
				if inline, err = richText(d, "is"); err != nil {
					return err
				}
				hasValue = true
			}
		case xml.CharData:
			if inValue {
				value = append(value, t...)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v":
				inValue = false
			case "c":
				*scratch = value
				if formula && (!hasValue || len(value) == 0 && kind != "str") {
					*into = Cell{Kind: Error, Problem: "sheet.formula_no_value"}
				} else if hasValue {
					*into = x.value(kind, style, value, inline)
				}
				return nil
			}
		}
	}
}

func (x *xlsxFile) value(kind, style string, value []byte, inline string) Cell {
	switch kind {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(string(value)))
		if err != nil || n < 0 || n >= len(x.shared) {
			return errorCell("#REF!")
		}
		return textCell(x.shared[n], x.limits.CellChars)
	case "inlineStr":
		return textCell(inline, x.limits.CellChars)
	case "str":
		return textCell(unescape(string(value)), x.limits.CellChars)
	case "b":
		return boolCell(string(value) == "1" || string(value) == "true")
	case "e":
		return errorCell(string(value))
	case "d":
		c := textCell(strings.TrimSuffix(string(value), "T00:00:00"), x.limits.CellChars)
		if c.Kind == Text {
			c.Kind = Date
		}
		return c
	}
	if len(value) == 0 {
		return Cell{}
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(string(value)), 64)
	if err != nil {
		return textCell(string(value), x.limits.CellChars)
	}
	date := false
	if style != "" {
		n, err := strconv.Atoi(style)
		date = err == nil && n >= 0 && n < len(x.dates) && x.dates[n]
	}
	return numeric(v, date, x.from1904)
}
