package sheet

import (
	"cmp"
	"encoding/binary"
	"iter"
	"math"
	"slices"

	"zhidian/internal/platform/errs"
)

// xlsCell says where a cell's record lies; values are read when its row's turn comes.
type xlsCell struct {
	row, col uint16
	at       uint32
}

// index lists the cells of a sheet in order of rows and its merged ranges.
func (x *xlsFile) index(start int) ([]xlsCell, merges, error) {
	var cells []xlsCell
	m := merges{}
	number, _, at, err := x.record(start)
	if err != nil || number != recBOF {
		return nil, nil, errRecord
	}
	for depth := 1; depth > 0; {
		number, body, next, err := x.record(at)
		if err != nil {
			return nil, nil, err
		}
		here := at
		at = next
		switch number {
		case recBOF: // an embedded chart
			depth++
		case recEOF:
			depth--
		case recLabelSST, recLabel, recRString, recNumber, recRK, recFormula, recBoolErr, recMulRK:
			if depth > 1 {
				continue
			}
			if len(body) < 8 {
				return nil, nil, errRecord
			}
			c := xlsCell{row: binary.LittleEndian.Uint16(body), col: binary.LittleEndian.Uint16(body[2:]), at: uint32(here)}
			if c.col > 255 {
				return nil, nil, errRecord
			}
			cells = append(cells, c)
			if number == recMulRK {
				for range (len(body)-6)/6 - 1 {
					c.col++
					cells = append(cells, c)
				}
			}
		case recMerged:
			for i := 2; depth == 1 && i+8 <= len(body); i += 8 {
				word := func(n int) int { return int(binary.LittleEndian.Uint16(body[i+n:])) }
				m.add(word(0)+1, word(4), word(2)+1, word(6))
			}
		}
	}
	slices.SortStableFunc(cells, func(a, b xlsCell) int {
		return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col))
	})
	return cells, m, nil
}

func (x *xlsFile) rows(i int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		list, m, err := x.index(x.starts[i])
		if err != nil {
			yield(Row{}, damaged(err, "sheet.truncated", nil))
			return
		}
		var cells []Cell
		for len(list) > 0 {
			row := list[0].row
			cells = cells[:0]
			for len(list) > 0 && list[0].row == row {
				col := int(list[0].col)
				for len(cells) <= col {
					cells = append(cells, Cell{})
				}
				if cells[col], err = x.cell(list[0]); err != nil {
					yield(Row{}, damaged(err, "sheet.damaged", errs.Args{"row": int(row) + 1}))
					return
				}
				list = list[1:]
			}
			m.mark(int(row)+1, cells)
			if filled := trimmed(cells); filled != nil && !yield(Row{Number: int(row) + 1, Cells: filled}, nil) {
				return
			}
		}
	}
}

func (x *xlsFile) cell(c xlsCell) (Cell, error) {
	number, body, next, err := x.record(int(c.at))
	if err != nil {
		return Cell{}, err
	}
	xf := int(binary.LittleEndian.Uint16(body[4:]))
	value := body[6:]
	switch number {
	case recLabelSST:
		if len(value) >= 4 {
			n := int(binary.LittleEndian.Uint32(value))
			if n >= len(x.strings) {
				return errorCell("#REF!"), nil
			}
			return textCell(x.strings[n], x.limits.CellChars), nil
		}
	case recLabel, recRString:
		r := &textParts{parts: x.continued(value, next)}
		if n, ok := r.uint(2); ok {
			if s, ok := r.chars(int(n), -1); ok {
				return textCell(s, x.limits.CellChars), nil
			}
		}
	case recNumber:
		if len(value) >= 8 {
			return x.number(math.Float64frombits(binary.LittleEndian.Uint64(value)), xf), nil
		}
	case recRK:
		if len(value) >= 4 {
			return x.number(rk(binary.LittleEndian.Uint32(value)), xf), nil
		}
	case recMulRK:
		i := 6 * (int(c.col) - int(binary.LittleEndian.Uint16(body[2:])))
		if i >= 0 && 4+i+6 <= len(body) {
			return x.number(rk(binary.LittleEndian.Uint32(body[4+i+2:])), int(binary.LittleEndian.Uint16(body[4+i:]))), nil
		}
	case recBoolErr:
		if value[1] != 0 {
			return errorCell(xlsError(value[0])), nil
		}
		return boolCell(value[0] != 0), nil
	case recFormula:
		if len(value) >= 8 {
			return x.result(value[:8], xf, next)
		}
	}
	return Cell{}, errRecord
}

func (x *xlsFile) number(v float64, xf int) Cell {
	return numeric(v, xf < len(x.dates) && x.dates[xf], x.from1904)
}

// result is what a formula gave when the file was saved.
func (x *xlsFile) result(v []byte, xf, next int) (Cell, error) {
	if v[6] != 0xff || v[7] != 0xff {
		return x.number(math.Float64frombits(binary.LittleEndian.Uint64(v)), xf), nil
	}
	switch v[0] {
	case 1:
		return boolCell(v[2] != 0), nil
	case 2:
		return errorCell(xlsError(v[2])), nil
	case 3:
		return Cell{}, nil
	}
	for range 4 { // the definition of a shared or array formula may stand between
		number, body, after, err := x.record(next)
		if err != nil {
			return Cell{}, err
		}
		if number == recString {
			if s, ok := (&textParts{parts: x.continued(body, after)}).long(); ok {
				return textCell(s, x.limits.CellChars), nil
			}
			return Cell{}, errRecord
		}
		next = after
	}
	return Cell{Kind: Error, Problem: "sheet.formula_no_value"}, nil
}

// rk unpacks the short form of a number.
func rk(n uint32) float64 {
	var v float64
	if n&2 != 0 {
		v = float64(int32(n) >> 2)
	} else {
		v = math.Float64frombits(uint64(n&^3) << 32)
	}
	if n&1 != 0 {
		v /= 100
	}
	return v
}

func xlsError(code byte) string {
	switch code {
	case 0x00:
		return "#NULL!"
	case 0x07:
		return "#DIV/0!"
	case 0x0f:
		return "#VALUE!"
	case 0x17:
		return "#REF!"
	case 0x1d:
		return "#NAME?"
	case 0x24:
		return "#NUM!"
	}
	return "#N/A"
}
