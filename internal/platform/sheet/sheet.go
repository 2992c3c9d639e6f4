// Package sheet is the one way by which spreadsheets come in and go out: Excel files old and new, web tables saved as Excel, and text tables.
package sheet

import (
	"embed"
	"io"
	"iter"
	"os"
	"strings"

	"zhidian/internal/platform/errs"
)

// Messages holds the texts of this package's problems, one flat file per language.
//
//go:embed messages
var Messages embed.FS

// Format is what a file is by its content. Names of files say nothing.
type Format uint8

const (
	XLSX Format = iota + 1 // Excel 2007 and later, WPS
	XLS                    // Excel 97 to 2003 (BIFF8)
	HTML                   // a web page with tables, as many systems save under the name .xls
	CSV                    // text with separators
)

// String names the format for logs.
func (f Format) String() string {
	return [...]string{"unknown", "xlsx", "xls", "html", "csv"}[f]
}

// Limits bound what a file may cost before it is refused. A zero field takes the value of DefaultLimits.
type Limits struct {
	FileBytes     int64 // the file as it lies on disk
	UnzippedBytes int64 // all parts of an xlsx together
	ZipRatio      int64 // unzipped to zipped, from 64 MB unzipped on
	StringBytes   int64 // shared strings of an xlsx, kept in memory while reading
	RecordBytes   int   // one line or record of a text table
	CellChars     int   // one cell
}

// DefaultLimits takes every file that Excel itself can hold, up to 500 MB.
var DefaultLimits = Limits{
	FileBytes: 500 << 20, UnzippedBytes: 8 << 30, ZipRatio: 300, StringBytes: 512 << 20, RecordBytes: 4 << 20, CellChars: 32767,
}

func (l Limits) filled() Limits {
	d := DefaultLimits
	if l.FileBytes > 0 {
		d.FileBytes = l.FileBytes
	}
	if l.UnzippedBytes > 0 {
		d.UnzippedBytes = l.UnzippedBytes
	}
	if l.ZipRatio > 0 {
		d.ZipRatio = l.ZipRatio
	}
	if l.StringBytes > 0 {
		d.StringBytes = l.StringBytes
	}
	if l.RecordBytes > 0 {
		d.RecordBytes = l.RecordBytes
	}
	if l.CellChars > 0 {
		d.CellChars = l.CellChars
	}
	return d
}

// Sheet is one table of a book.
type Sheet struct {
	Name   string
	Hidden bool
}

// Book is an opened file. It is for one reader at a time and is closed by Close.
type Book struct {
	Format Format
	Notes  []errs.Problem // what the clerk should know though the file is accepted: macros ignored, sheets hidden

	file   File
	sheets []Sheet
	source source
}

// source gives the rows of the i-th sheet; a row's cells are valid until the next row.
type source interface {
	rows(i int) iter.Seq2[Row, error]
}

// Open recognises a file by its content and reads its table of sheets. Files that cannot be read are refused with an
// Invalid error whose key says why; a file without a single filled row is refused as well.
func Open(path string, limits Limits) (*Book, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, errs.Wrap(err, errs.Internal, "sheet.unreadable", nil)
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, errs.Wrap(err, errs.Internal, "sheet.unreadable", nil)
	}
	return OpenFile(sized{f, info.Size()}, limits)
}

// File is what a book is read from, anywhere in it.
type File interface {
	io.ReaderAt
	io.Closer
	Size() int64 // bytes
}

// sized is a file of the disk, as long as it was when it was opened.
type sized struct {
	*os.File
	size int64
}

func (s sized) Size() int64 { return s.size }

// OpenFile is Open for a file that does not lie on the disk as it is, such as a sealed one. The book closes it; where it
// is refused, it is closed already.
func OpenFile(f File, limits Limits) (*Book, error) {
	b, err := open(f, limits.filled())
	if err == nil {
		err = b.mustHaveRows()
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return b, nil
}

func open(f File, limits Limits) (*Book, error) {
	size := f.Size()
	if size == 0 {
		return nil, invalid("sheet.empty", nil)
	}
	if size > limits.FileBytes {
		return nil, invalid("sheet.too_big", errs.Args{"size": megabytes(size), "limit": megabytes(limits.FileBytes)})
	}
	head := make([]byte, min(size, 64<<10))
	if _, err := f.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, errs.Wrap(err, errs.Internal, "sheet.unreadable", nil)
	}
	b := &Book{file: f}
	var err error
	switch kind := sniff(head); kind {
	case isZip:
		err = b.openXLSX(f, size, limits)
	case isOLE:
		err = b.openXLS(f, size, limits)
	case isHTML:
		err = b.openHTML(f, size, head, limits)
	case isText:
		err = b.openCSV(f, size, head, limits)
	default:
		err = invalid(string(kind), nil)
	}
	if err != nil {
		return nil, err
	}
	for _, s := range b.sheets {
		if s.Hidden {
			b.note("sheet.hidden", errs.Args{"sheet": s.Name})
		}
	}
	return b, nil
}

func (b *Book) note(key string, args errs.Args) {
	b.Notes = append(b.Notes, errs.Problem{Key: key, Args: args})
}

func (b *Book) mustHaveRows() error {
	for i := range b.sheets {
		for _, err := range b.source.rows(i) {
			return err
		}
	}
	return invalid("sheet.no_rows", nil)
}

// Sheets lists the tables in the file's order, hidden ones included.
func (b *Book) Sheets() []Sheet { return b.sheets }

// Rows runs through the filled rows of a sheet. After an error there is nothing more. The cells of a row are used again
// for the next one: keep them with Row.Clone.
func (b *Book) Rows(sheet string) iter.Seq2[Row, error] {
	for i, s := range b.sheets {
		if s.Name == sheet {
			return b.source.rows(i)
		}
	}
	return func(yield func(Row, error) bool) {
		yield(Row{}, invalid("sheet.sheet_absent", errs.Args{"sheet": sheet}))
	}
}

// Head gives up to n first filled rows of a sheet, for FindHeader and for a preview.
func (b *Book) Head(sheet string, n int) ([]Row, error) {
	var head []Row
	for r, err := range b.Rows(sheet) {
		if err != nil {
			return head, err
		}
		head = append(head, r.Clone())
		if len(head) >= n {
			break
		}
	}
	return head, nil
}

// Close releases the file.
func (b *Book) Close() error { return b.file.Close() }

func invalid(key string, args errs.Args) error { return errs.New(errs.Invalid, key, args) }

func damaged(cause error, key string, args errs.Args) error {
	return errs.Wrap(cause, errs.Invalid, key, args)
}

func megabytes(n int64) int64 { return (n + 1<<20 - 1) >> 20 }

func sheetName(s string) string { return strings.TrimSpace(clean(s)) }
