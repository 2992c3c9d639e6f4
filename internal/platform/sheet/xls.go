package sheet

import (
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"github.com/richardlehane/mscfb"

	"zhidian/internal/platform/errs"
)

// Record numbers of [MS-XLS] 2.3.
const (
	recFormula    = 0x0006
	recEOF        = 0x000a
	recDateMode   = 0x0022
	recFilePass   = 0x002f
	recContinue   = 0x003c
	recBoundSheet = 0x0085
	recMulRK      = 0x00bd
	recRString    = 0x00d6
	recXF         = 0x00e0
	recMerged     = 0x00e5
	recSST        = 0x00fc
	recLabelSST   = 0x00fd
	recNumber     = 0x0203
	recLabel      = 0x0204
	recBoolErr    = 0x0205
	recString     = 0x0207
	recRK         = 0x027e
	recFormat     = 0x041e
	recBOF        = 0x0809
)

type xlsFile struct {
	stream   []byte
	starts   []int // offset of each sheet's BOF
	strings  []string
	dates    []bool // by XF
	from1904 bool
	limits   Limits
}

var errRecord = errors.New("record torn or out of place")

// openXLS reads the OLE container. The library under it was not written for hostile files: its panics count as damage.
func (b *Book) openXLS(f io.ReaderAt, size int64, limits Limits) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = damaged(errRecord, "sheet.truncated", nil)
		}
	}()
	doc, err := mscfb.New(f)
	if err != nil {
		return damaged(err, "sheet.truncated", nil)
	}
	var book *mscfb.File
	old, macro := false, false
	for _, entry := range doc.File {
		switch entry.Name {
		case "EncryptedPackage":
			return invalid("sheet.password", nil)
		case "WordDocument":
			return invalid("sheet.is_word", nil)
		case "PowerPoint Document":
			return invalid("sheet.is_slides", nil)
		case "Workbook":
			if book == nil {
				book = entry
			}
		case "Book":
			old = true
		case "_VBA_PROJECT_CUR", "_VBA_PROJECT":
			macro = true
		}
	}
	if book == nil {
		if old {
			return invalid("sheet.xls_old", nil)
		}
		return invalid(string(isUnknown), nil)
	}
	if book.Size > size {
		return damaged(errRecord, "sheet.truncated", nil)
	}
	x := &xlsFile{limits: limits, stream: make([]byte, book.Size)}
	if _, err := io.ReadFull(book, x.stream); err != nil {
		return damaged(err, "sheet.truncated", nil)
	}
	if err := x.globals(b); err != nil {
		if errs.KeyOf(err) == "" {
			err = damaged(err, "sheet.truncated", nil)
		}
		return err
	}
	if macro {
		b.note("sheet.macro", nil)
	}
	b.Format, b.source = XLS, x
	return nil
}

// record gives number and body of the record at an offset, and the offset of the next.
func (x *xlsFile) record(at int) (number int, body []byte, next int, err error) {
	if at < 0 || at+4 > len(x.stream) {
		return 0, nil, 0, errRecord
	}
	number = int(binary.LittleEndian.Uint16(x.stream[at:]))
	next = at + 4 + int(binary.LittleEndian.Uint16(x.stream[at+2:]))
	if next > len(x.stream) {
		return 0, nil, 0, errRecord
	}
	return number, x.stream[at+4 : next], next, nil
}

// continued gives the bodies of a record and of the CONTINUE records behind it.
func (x *xlsFile) continued(body []byte, next int) [][]byte {
	parts := [][]byte{body}
	for {
		number, more, after, err := x.record(next)
		if err != nil || number != recContinue {
			return parts
		}
		parts, next = append(parts, more), after
	}
}

func (x *xlsFile) globals(b *Book) error {
	formats := map[int]string{}
	var xfs []int
	for at, first := 0, true; ; first = false {
		number, body, next, err := x.record(at)
		if err != nil {
			return err
		}
		if first {
			if number&0xff != 0x09 || len(body) < 4 {
				return errRecord
			}
			if number != recBOF || binary.LittleEndian.Uint16(body) != 0x0600 {
				return invalid("sheet.xls_old", nil)
			}
		}
		at = next
		switch number {
		case recFilePass:
			return invalid("sheet.password", nil)
		case recDateMode:
			x.from1904 = len(body) >= 2 && body[0] == 1
		case recFormat:
			if len(body) >= 5 {
				r := &textParts{parts: [][]byte{body[2:]}}
				if code, ok := r.long(); ok {
					formats[int(binary.LittleEndian.Uint16(body))] = code
				}
			}
		case recXF:
			if len(body) >= 4 {
				xfs = append(xfs, int(binary.LittleEndian.Uint16(body[2:])))
			}
		case recBoundSheet:
			if len(body) >= 8 && body[5] == 0 {
				name, _ := (&textParts{parts: [][]byte{body[7:]}}).chars(int(body[6]), -1)
				x.starts = append(x.starts, int(binary.LittleEndian.Uint32(body)))
				b.sheets = append(b.sheets, Sheet{Name: sheetName(name), Hidden: body[4]&3 != 0})
			}
		case recSST:
			if err := x.readSST(x.continued(body, next)); err != nil {
				return err
			}
		case recEOF:
			for _, id := range xfs {
				x.dates = append(x.dates, isDateFormat(id, formats[id]))
			}
			if len(x.starts) == 0 {
				return invalid("sheet.no_rows", nil)
			}
			return nil
		}
	}
}

func (x *xlsFile) readSST(parts [][]byte) error {
	if len(parts[0]) < 8 {
		return errRecord
	}
	n := int(binary.LittleEndian.Uint32(parts[0][4:]))
	parts = slices.Clone(parts)
	parts[0] = parts[0][8:]
	r := &textParts{parts: parts}
	held := int64(0)
	for range n {
		s, ok := r.long()
		if !ok {
			return errRecord
		}
		if held += heldBy(s); held > x.limits.StringBytes {
			return damaged(errTooManyStrings, "sheet.strings_too_big", errs.Args{"limit": megabytes(x.limits.StringBytes)})
		}
		x.strings = append(x.strings, s)
	}
	return nil
}
