package sheet

import (
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"testing"

	"zhidian/internal/platform/sheet/sheettest"
)

// What follows is written in the words of [MS-XLS].
var (
	put16      = sheettest.Put16
	put32      = sheettest.Put32
	rec        = sheettest.Record
	wide       = sheettest.Wide
	longString = sheettest.LongString
	ole        = sheettest.OLE
	biff       = sheettest.BIFF
	zipped     = sheettest.Zip
)

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
