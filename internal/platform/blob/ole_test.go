package blob

import (
	"bytes"
	"encoding/binary"
	"testing"
	"unicode/utf16"
)

// container is the smallest OLE file with one empty stream: header, one FAT sector, one directory sector ([MS-CFB] 2.2, 2.3, 2.6).
func container(stream string) []byte {
	b := bytes.Repeat([]byte{0xff}, 3*512)
	put32 := func(at int, v uint32) { binary.LittleEndian.PutUint32(b[at:], v) }
	put16 := func(at int, v uint16) { binary.LittleEndian.PutUint16(b[at:], v) }
	clear(b[:76])
	copy(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	put16(24, 0x3e)
	put16(26, 3)
	put16(28, 0xfffe)
	put16(30, 9)
	put16(32, 6)
	put32(44, 1)          // FAT sectors
	put32(48, 1)          // first directory sector
	put32(56, 4096)       // small streams below
	put32(60, 0xfffffffe) // no mini FAT
	put32(68, 0xfffffffe) // no list of FAT sectors beyond the header
	put32(76, 0)          // the FAT is sector 0
	put32(512, 0xfffffffd)
	put32(516, 0xfffffffe)
	entry := func(i int, name string, kind byte, child uint32) {
		at := 1024 + 128*i
		clear(b[at : at+128])
		letters := utf16.Encode([]rune(name))
		for j, c := range letters {
			put16(at+2*j, c)
		}
		put16(at+64, uint16(2*len(letters)+2))
		b[at+66], b[at+67] = kind, 1
		put32(at+68, 0xffffffff)
		put32(at+72, 0xffffffff)
		put32(at+76, child)
		put32(at+116, 0xfffffffe)
	}
	entry(0, "Root Entry", 5, 1)
	entry(1, stream, 2, 0xffffffff)
	clear(b[1024+256:])
	return b
}

func TestOldWorkbooksAreToldFromOtherContainers(t *testing.T) {
	t.Parallel()
	for stream, want := range map[string]Type{
		"Workbook": XLS, "Book": XLS, "WordDocument": "", "EncryptedPackage": "", "_VBA_PROJECT_CUR": "",
	} {
		b := container(stream)
		if got, err := sniff(bytes.NewReader(b), int64(len(b))); err != nil || got != want {
			t.Errorf("%s: %q, want %q (%v)", stream, got, want, err)
		}
	}
}

func TestTornContainersEndInAnAnswer(t *testing.T) {
	t.Parallel()
	whole := container("Workbook")
	for at := 24; at+4 <= len(whole); at += 4 {
		for _, v := range []uint32{0, 1, 2, 0xffffff, 0xffffffff} {
			b := bytes.Clone(whole)
			binary.LittleEndian.PutUint32(b[at:], v)
			if got, err := sniff(bytes.NewReader(b), int64(len(b))); err != nil || (got != "" && got != XLS) {
				t.Fatalf("%d at %d: %q %v", v, at, got, err)
			}
		}
	}
	for n := 8; n < len(whole); n += 64 {
		if _, err := sniff(bytes.NewReader(whole[:n]), int64(n)); err != nil {
			t.Fatal(err)
		}
	}
}
