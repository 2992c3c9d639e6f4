package sheet

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf16"
)

func put16(b []byte, v ...int) []byte {
	for _, n := range v {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	return b
}

func put32(b []byte, v ...uint32) []byte {
	for _, n := range v {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	return b
}

func rec(number int, body []byte) []byte { return append(put16(nil, number, len(body)), body...) }

func wide(s string) []byte { return put16w(nil, utf16.Encode([]rune(s))) }

func put16w(b []byte, v []uint16) []byte {
	for _, n := range v {
		b = binary.LittleEndian.AppendUint16(b, n)
	}
	return b
}

func longString(s string) []byte {
	u := wide(s)
	return append(append(put16(nil, len(u)/2), 1), u...)
}

// ole puts one stream into a compound file ([MS-CFB]), 512-byte sectors, no short streams.
func ole(name string, stream []byte) []byte {
	stream = append(bytes.Clone(stream), make([]byte, max(0, 4096-len(stream)))...)
	stream = append(stream, make([]byte, (512-len(stream)%512)%512)...)
	n := len(stream) / 512
	fats := 1
	for fats*128 < n+1+fats {
		fats++
	}
	const end, free, isFAT = 0xfffffffe, 0xffffffff, 0xfffffffd
	head := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 16)...)
	head = put16(head, 0x3e, 3, 0xfffe, 9, 6, 0, 0, 0)
	head = put32(head, 0, uint32(fats), uint32(fats), 0, 4096, end, 0, end, 0)
	for i := range 109 {
		if i < fats {
			head = put32(head, uint32(i))
		} else {
			head = put32(head, free)
		}
	}
	var fat []byte
	for range fats {
		fat = put32(fat, isFAT)
	}
	fat = put32(fat, end) // the directory
	for i := range n {
		if i == n-1 {
			fat = put32(fat, end)
		} else {
			fat = put32(fat, uint32(fats+1+i+1))
		}
	}
	for len(fat) < fats*512 {
		fat = put32(fat, free)
	}
	entry := func(name string, kind, child, start, size uint32) []byte {
		b := make([]byte, 64)
		u := wide(name)
		copy(b, u)
		b = put16(b, len(u)+2)
		b = append(b, byte(kind), 1)
		b = put32(b, free, free, child)
		b = append(b, make([]byte, 36)...)
		return put32(b, start, size, 0)
	}
	dir := entry("Root Entry", 5, 1, end, 0)
	dir = append(dir, entry(name, 2, free, uint32(fats+1), uint32(len(stream)))...)
	dir = append(dir, make([]byte, 256)...)
	return bytes.Join([][]byte{head, fat, dir, stream}, nil)
}

// biff makes a workbook with one sheet out of global and sheet records.
func biff(globals, cells []byte) []byte {
	bof := rec(recBOF, put16(nil, 0x0600, 5, 0, 0, 0, 0, 0, 0))
	name := append([]byte{2, 1}, wide("名单")...)
	size := len(bof) + len(globals) + 4 + 6 + len(name) + 4
	out := append(bytes.Clone(bof), globals...)
	out = append(out, rec(recBoundSheet, append(put16(put32(nil, uint32(size)), 0), name...))...)
	out = append(out, rec(recEOF, nil)...)
	out = append(out, bof...)
	out = append(out, cells...)
	return append(out, rec(recEOF, nil)...)
}

func sampleXLS() []byte {
	sst := put32(nil, 3, 3)
	sst = append(sst, longString("姓名")...)
	sst = append(sst, longString("42122319911231000X")...)
	sst = append(put16(sst, 4), 1)
	sst = append(sst, wide("团支")...) // goes on in CONTINUE, in one-byte characters
	more := append([]byte{0}, "AB"...)
	g := rec(recFormat, append(put16(nil, 164), longString(`yyyy"年"m"月"d"日"`)...))
	g = append(g, rec(recXF, put16(nil, 0, 0))...)
	g = append(g, rec(recXF, put16(nil, 0, 164))...)
	g = append(g, rec(recSST, sst)...)
	g = append(g, rec(recContinue, more)...)
	at := func(r, c, xf int) []byte { return put16(nil, r, c, xf) }
	float := func(b []byte, v float64) []byte { return binary.LittleEndian.AppendUint64(b, math.Float64bits(v)) }
	var c []byte
	for i := range 3 {
		c = append(c, rec(recLabelSST, put32(at(0, i, 0), uint32(i)))...)
	}
	c = append(c, rec(recNumber, float(at(1, 0, 0), 421202199912310000))...)
	c = append(c, rec(recNumber, float(at(1, 1, 1), 36526))...)
	mul := put16(at(1, 2, 0)[:4], 0)
	mul = put32(mul, 7<<2|2)
	mul = put32(put16(mul, 0), 1250<<2|3)
	c = append(c, rec(recMulRK, put16(mul, 3))...)
	c = append(c, rec(recBoolErr, append(at(1, 4, 0), 0x2a, 1))...)
	c = append(c, rec(recFormula, append(at(1, 5, 0), 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0))...)
	c = append(c, rec(recString, longString("算出"))...)
	c = append(c, rec(recLabel, append(at(1, 6, 0), longString("旧式")...))...)
	c = append(c, rec(recBoolErr, append(at(1, 7, 0), 1, 0))...)
	c = append(c, rec(recMerged, put16(nil, 1, 0, 0, 0, 1))...)
	return ole("Workbook", biff(g, c))
}

func save(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mustOpen(t testing.TB, data []byte) *Book {
	t.Helper()
	b, err := Open(save(t, data), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

func all(t testing.TB, b *Book) []Row {
	t.Helper()
	rows, err := b.Head(b.Sheets()[0].Name, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
