package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path"
	"strconv"
	"strings"

	"zhidian/internal/platform/errs"
)

// A workbook has some dozens of parts; a table of contents beyond these bounds is there to exhaust whoever reads it.
const (
	maxParts     = 10_000
	maxDirectory = 8 << 20
)

var errDirectory = errors.New("table of contents over the limit")

// frugal reads no more than so many bytes.
type frugal struct {
	from io.ReaderAt
	left int64
}

func (f *frugal) ReadAt(p []byte, at int64) (int, error) {
	if f.left -= int64(len(p)); f.left < 0 {
		return 0, errDirectory
	}
	return f.from.ReadAt(p, at)
}

type xlsxFile struct {
	parts    map[string]*zip.File
	merges   map[string]merges // of the sheets read so far, by part
	targets  []string          // part of each sheet
	shared   []string
	dates    []bool // by cell style
	from1904 bool
	limits   Limits
}

func (b *Book) openXLSX(f io.ReaderAt, size int64, limits Limits) error {
	table := &frugal{from: f, left: maxDirectory}
	z, err := zip.NewReader(table, size)
	switch {
	case errors.Is(err, errDirectory) || err == nil && len(z.File) > maxParts:
		return invalid("sheet.zip_bomb", nil)
	case err != nil:
		return damaged(err, "sheet.truncated", nil)
	}
	table.left = math.MaxInt64
	x := &xlsxFile{parts: map[string]*zip.File{}, limits: limits, merges: map[string]merges{}}
	var total uint64
	for _, part := range z.File {
		name := strings.TrimPrefix(strings.ReplaceAll(part.Name, `\`, "/"), "/")
		x.parts[strings.ToLower(name)] = part
		if part.Flags&1 != 0 {
			return invalid("sheet.password", nil)
		}
		if total += part.UncompressedSize64; total < part.UncompressedSize64 {
			return invalid("sheet.zip_bomb", nil)
		}
	}
	if total > uint64(limits.UnzippedBytes) || total > 64<<20 && total/uint64(size) > uint64(limits.ZipRatio) {
		return invalid("sheet.zip_bomb", nil)
	}
	if err := x.mustBeSheet(); err != nil {
		return err
	}
	if err := x.readWorkbook(b); err != nil {
		return err
	}
	if err := x.readStyles(); err != nil {
		return err
	}
	if err := x.readShared(); err != nil {
		return err
	}
	for name := range x.parts {
		if strings.HasSuffix(name, "vbaproject.bin") {
			b.note("sheet.macro", nil)
		}
	}
	b.Format, b.source = XLSX, x
	return nil
}

func (x *xlsxFile) mustBeSheet() error {
	for _, other := range []struct {
		part string
		is   string
	}{
		{"xl/workbook.bin", "sheet.is_xlsb"},
		{"word/document.xml", "sheet.is_word"},
		{"ppt/presentation.xml", "sheet.is_slides"},
		{"content.xml", "sheet.is_ods"},
	} {
		if x.parts[other.part] != nil {
			return invalid(other.is, nil)
		}
	}
	if x.parts["xl/workbook.xml"] == nil && x.parts["_rels/.rels"] == nil {
		return invalid(string(isArchive), nil)
	}
	return nil
}

// each runs through the elements of a part without building it in memory; see gets start tags and the text directly inside.
func (x *xlsxFile) each(part string, see func(d *xml.Decoder, el xml.StartElement) error) error {
	file := x.parts[strings.ToLower(part)]
	if file == nil {
		return nil
	}
	r, err := file.Open()
	if err != nil {
		return damaged(err, "sheet.truncated", nil)
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	for {
		t, err := d.RawToken()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return damaged(err, "sheet.truncated", nil)
		}
		if el, ok := t.(xml.StartElement); ok {
			if err := see(d, el); err != nil {
				return err
			}
		}
	}
}

func attr(el xml.StartElement, name string) string {
	for i := range el.Attr {
		if el.Attr[i].Name.Local == name {
			return el.Attr[i].Value
		}
	}
	return ""
}

func (x *xlsxFile) relations(of string) (map[string]string, string, error) {
	targets, main := map[string]string{}, ""
	dir := path.Dir(of)
	err := x.each(path.Join(dir, "_rels", path.Base(of)+".rels"), func(_ *xml.Decoder, el xml.StartElement) error {
		if el.Name.Local != "Relationship" {
			return nil
		}
		target := attr(el, "Target")
		if strings.HasPrefix(target, "/") {
			target = strings.TrimPrefix(target, "/")
		} else {
			target = path.Join(dir, target)
		}
		targets[attr(el, "Id")] = target
		if strings.HasSuffix(attr(el, "Type"), "/officeDocument") {
			main = target
		}
		return nil
	})
	return targets, main, err
}

func (x *xlsxFile) readWorkbook(b *Book) error {
	workbook := "xl/workbook.xml"
	if x.parts[workbook] == nil {
		_, main, err := x.relations("")
		if err != nil {
			return err
		}
		workbook = main
	}
	if x.parts[strings.ToLower(workbook)] == nil {
		return invalid(string(isArchive), nil)
	}
	targets, _, err := x.relations(workbook)
	if err != nil {
		return err
	}
	err = x.each(workbook, func(_ *xml.Decoder, el xml.StartElement) error {
		switch el.Name.Local {
		case "workbookPr":
			v := attr(el, "date1904")
			x.from1904 = v == "1" || v == "true"
		case "sheet":
			target := targets[attr(el, "id")]
			if x.parts[strings.ToLower(target)] == nil || strings.Contains(target, "chartsheet") {
				return nil
			}
			x.targets = append(x.targets, target)
			state := attr(el, "state")
			b.sheets = append(b.sheets, Sheet{Name: sheetName(attr(el, "name")), Hidden: state == "hidden" || state == "veryHidden"})
		}
		return nil
	})
	if err == nil && len(x.targets) == 0 {
		err = invalid("sheet.no_rows", nil)
	}
	return err
}

func (x *xlsxFile) readStyles() error {
	codes := map[int]string{}
	inCells := false
	return x.each("xl/styles.xml", func(_ *xml.Decoder, el xml.StartElement) error {
		switch el.Name.Local {
		case "numFmt":
			if id, err := strconv.Atoi(attr(el, "numFmtId")); err == nil {
				codes[id] = attr(el, "formatCode")
			}
		case "cellXfs":
			inCells = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			inCells = false
		case "xf":
			if inCells {
				id, _ := strconv.Atoi(attr(el, "numFmtId"))
				x.dates = append(x.dates, isDateFormat(id, codes[id]))
			}
		}
		return nil
	})
}

var errTooManyStrings = errors.New("shared strings over the limit")

// heldBy is what a text costs while it is kept: an empty one is not free.
func heldBy(s string) int64 { return int64(len(s)) + 16 }

func (x *xlsxFile) readShared() error {
	part := x.parts["xl/sharedstrings.xml"]
	if part != nil && part.UncompressedSize64 > uint64(x.limits.StringBytes) {
		return damaged(errTooManyStrings, "sheet.strings_too_big", errs.Args{"limit": megabytes(x.limits.StringBytes)})
	}
	held := int64(0)
	return x.each("xl/sharedStrings.xml", func(d *xml.Decoder, el xml.StartElement) error {
		if el.Name.Local != "si" {
			return nil
		}
		s, err := richText(d, "si")
		if held += heldBy(s); held > x.limits.StringBytes {
			return damaged(errTooManyStrings, "sheet.strings_too_big", errs.Args{"limit": megabytes(x.limits.StringBytes)})
		}
		x.shared = append(x.shared, s)
		return err
	})
}

// richText reads the text of an element that may be cut into runs; phonetic readings are left out.
func richText(d *xml.Decoder, until string) (string, error) {
	text, phonetic, inText := "", false, false
	for {
		t, err := d.RawToken()
		if err != nil {
			return "", damaged(err, "sheet.truncated", nil)
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "rPh":
				phonetic = true
			case "t":
				inText = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "rPh":
				phonetic = false
			case "t":
				inText = false
			case until:
				return unescape(text), nil
			}
		case xml.CharData:
			if inText && !phonetic {
				text += string(t)
			}
		}
	}
}

// unescape undoes Excel's _x000D_ for characters that XML cannot hold.
func unescape(s string) string {
	at := strings.Index(s, "_x")
	if at < 0 {
		return s
	}
	var b strings.Builder
	for at >= 0 {
		b.WriteString(s[:at])
		s = s[at:]
		if len(s) >= 7 && s[6] == '_' {
			if v, err := strconv.ParseUint(s[2:6], 16, 16); err == nil && (v < 0xd800 || v > 0xdfff) {
				b.WriteRune(rune(v))
				s = s[7:]
				at = strings.Index(s, "_x")
				continue
			}
		}
		b.WriteString(s[:2])
		s = s[2:]
		at = strings.Index(s, "_x")
	}
	b.WriteString(s)
	return b.String()
}
