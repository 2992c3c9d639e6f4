// Package sheettest makes spreadsheets for tests: sound ones of each format, and every kind of bad one that an office
// may send.
package sheettest

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"io"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"
)

// Zip puts texts into an archive under their names.
func Zip(parts map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range parts {
		w, err := z.Create(name)
		must(err)
		_, err = io.WriteString(w, text)
		must(err)
	}
	must(z.Close())
	return b.Bytes()
}

// Repack copies a workbook with some parts replaced or added.
func Repack(book []byte, parts map[string]string) []byte {
	r, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	must(err)
	all := map[string]string{}
	for _, f := range r.File {
		in, err := f.Open()
		must(err)
		b, err := io.ReadAll(in)
		must(err)
		all[f.Name] = string(b)
	}
	for name, text := range parts {
		all[name] = text
	}
	return Zip(all)
}

// Liar is an archive with one part that says it is as long as told and unpacks to a hundred megabytes.
func Liar(part string, told uint64) []byte {
	var packed bytes.Buffer
	f, err := flate.NewWriter(&packed, flate.BestSpeed)
	must(err)
	blanks := bytes.Repeat([]byte{' '}, 1<<20)
	for range 100 {
		_, err := f.Write(blanks)
		must(err)
	}
	must(f.Close())
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateRaw(&zip.FileHeader{Name: part, Method: zip.Deflate, CompressedSize64: uint64(packed.Len()), UncompressedSize64: told})
	must(err)
	_, err = w.Write(packed.Bytes())
	must(err)
	must(z.Close())
	return b.Bytes()
}

// XLSX is a workbook as Excel 2007 and later would save what fill puts into it.
func XLSX(fill func(f *excelize.File)) []byte {
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	b, err := f.WriteToBuffer()
	must(err)
	return b.Bytes()
}

// Fill writes rows of texts into a sheet, made where there is none of that name, from row first on.
func Fill(f *excelize.File, sheet string, first int, rows [][]string) {
	_, err := f.NewSheet(sheet)
	must(err)
	for i, r := range rows {
		for j, s := range r {
			at, err := excelize.CoordinatesToCellName(j+1, first+i)
			must(err)
			must(f.SetCellStr(sheet, at, s))
		}
	}
}

// Record numbers of [MS-XLS] 2.3 that the books of this package hold.
const (
	recEOF        = 0x000a
	recFilePass   = 0x002f
	recBoundSheet = 0x0085
	recLabel      = 0x0204
	recBOF        = 0x0809
)

// Put16 and Put32 append numbers as BIFF writes them.
func Put16(b []byte, v ...int) []byte {
	for _, n := range v {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	return b
}

// Put32 appends numbers of four bytes.
func Put32(b []byte, v ...uint32) []byte {
	for _, n := range v {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}

// Record is a BIFF record: number, length, body.
func Record(number int, body []byte) []byte { return append(Put16(nil, number, len(body)), body...) }

// Wide writes a text in characters of two bytes.
func Wide(s string) []byte {
	var b []byte
	for _, n := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, n)
	}
	return b
}

// LongString is a text with its length and its flag before it.
func LongString(s string) []byte {
	u := Wide(s)
	return append(append(Put16(nil, len(u)/2), 1), u...)
}

// OLE puts one stream into a compound file ([MS-CFB]), 512-byte sectors, no short streams.
func OLE(name string, stream []byte) []byte {
	stream = append(bytes.Clone(stream), make([]byte, max(0, 4096-len(stream)))...)
	stream = append(stream, make([]byte, (512-len(stream)%512)%512)...)
	n := len(stream) / 512
	fats := 1
	for fats*128 < n+1+fats {
		fats++
	}
	const end, free, isFAT = 0xfffffffe, 0xffffffff, 0xfffffffd
	head := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 16)...)
	head = Put16(head, 0x3e, 3, 0xfffe, 9, 6, 0, 0, 0)
	head = Put32(head, 0, uint32(fats), uint32(fats), 0, 4096, end, 0, end, 0)
	for i := range 109 {
		if i < fats {
			head = Put32(head, uint32(i))
		} else {
			head = Put32(head, free)
		}
	}
	var fat []byte
	for range fats {
		fat = Put32(fat, isFAT)
	}
	fat = Put32(fat, end) // the directory
	for i := range n {
		if i == n-1 {
			fat = Put32(fat, end)
		} else {
			fat = Put32(fat, uint32(fats+1+i+1))
		}
	}
	for len(fat) < fats*512 {
		fat = Put32(fat, free)
	}
	entry := func(name string, kind, child, start, size uint32) []byte {
		b := make([]byte, 64)
		u := Wide(name)
		copy(b, u)
		b = Put16(b, len(u)+2)
		b = append(b, byte(kind), 1)
		b = Put32(b, free, free, child)
		b = append(b, make([]byte, 36)...)
		return Put32(b, start, size, 0)
	}
	dir := entry("Root Entry", 5, 1, end, 0)
	dir = append(dir, entry(name, 2, free, uint32(fats+1), uint32(len(stream)))...)
	dir = append(dir, make([]byte, 256)...)
	return bytes.Join([][]byte{head, fat, dir, stream}, nil)
}

// BIFF makes a workbook stream with one sheet out of global and sheet records.
func BIFF(globals, cells []byte) []byte {
	bof := Record(recBOF, Put16(nil, 0x0600, 5, 0, 0, 0, 0, 0, 0))
	name := append([]byte{2, 1}, Wide("名单")...)
	size := len(bof) + len(globals) + 4 + 6 + len(name) + 4
	out := append(bytes.Clone(bof), globals...)
	out = append(out, Record(recBoundSheet, append(Put16(Put32(nil, uint32(size)), 0), name...))...)
	out = append(out, Record(recEOF, nil)...)
	out = append(out, bof...)
	out = append(out, cells...)
	return append(out, Record(recEOF, nil)...)
}

// XLS is a workbook as Excel 97 to 2003 would save rows of texts.
func XLS(rows [][]string) []byte {
	var cells []byte
	for i, r := range rows {
		for j, s := range r {
			cells = append(cells, Record(recLabel, append(Put16(nil, i, j, 0), LongString(s)...))...)
		}
	}
	return OLE("Workbook", BIFF(nil, cells))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
