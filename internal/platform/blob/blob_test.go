package blob

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/iotest"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
	"zhidian/internal/platform/seal"
)

var all = Limits{Size: 1 << 20, Types: []Type{PDF, PNG, JPEG, WebP, XLSX, XLS, CSV, JSON, HTML, ZIP}}

var keys = seal.Ephemeral("zhidian/test")

func newStore(t testing.TB) (*Store, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "blobs")
	s, err := New(dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, dir
}

func files(t testing.TB, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestWhatIsPutComesBackUnderItsHash(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t)
	stored := map[Hash]int64{}
	rapid.Check(t, func(t *rapid.T) {
		content := []byte("%PDF-" + string(rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "content")))
		ref, err := s.Put(context.Background(), iotest.OneByteReader(bytes.NewReader(content)), all)
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		if want := (Ref{Hash(hex.EncodeToString(sum[:])), int64(len(content)), PDF}); ref != want {
			t.Fatalf("got %+v, want %+v", ref, want)
		}
		stored[ref.Hash] = ref.Size
		f, err := s.Open(ref.Hash)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, content) {
			t.Fatal("other content came back")
		}
		if got, err := s.Stat(ref.Hash); err != nil || got != ref {
			t.Fatalf("%+v %v", got, err)
		}
	})
	var order []Hash
	err := s.Walk(context.Background(), func(h Hash, size int64) error {
		order = append(order, h)
		if stored[h] != size {
			t.Errorf("%s: %d bytes", h, size)
		}
		return s.Verify(h)
	})
	if err != nil || len(order) != len(stored) || !slices.IsSorted(order) || files(t, dir) != len(stored) {
		t.Fatalf("walked %d of %d: %v", len(order), len(stored), err)
	}
	for range 2 {
		if _, err := s.DeleteOrphans(context.Background(), time.Now().Add(time.Hour), func(Hash) (bool, error) { return false, nil }); err != nil {
			t.Fatal(err)
		}
	}
	if files(t, dir) != 0 {
		t.Fatal("something is left")
	}
}

func TestRefusedFilesLeaveNothing(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t)
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	full := &Store{root: s.root, keys: keys, wrap: func(io.Writer) io.Writer { return fullDisk{} }}
	for name, c := range map[string]struct {
		store  *Store
		ctx    context.Context
		r      io.Reader
		limits Limits
		kind   errs.Kind
		key    string
	}{
		"empty":      {s, context.Background(), strings.NewReader(""), all, errs.Invalid, "blob.empty"},
		"large":      {s, context.Background(), strings.NewReader("%PDF-123456"), Limits{10, all.Types, ""}, errs.Invalid, "blob.too_large"},
		"type":       {s, context.Background(), strings.NewReader("%PDF-123456"), Limits{100, []Type{PNG}, ""}, errs.Invalid, "blob.type"},
		"no types":   {s, context.Background(), strings.NewReader("\x00\x01"), Limits{100, nil, ""}, errs.Invalid, "blob.type"},
		"caller":     {s, gone, strings.NewReader("%PDF-1"), all, errs.Invalid, "blob.broken_off"},
		"sender":     {s, context.Background(), io.MultiReader(strings.NewReader("%PDF-1"), iotest.ErrReader(io.ErrUnexpectedEOF)), all, errs.Invalid, "blob.broken_off"},
		"disk full":  {full, context.Background(), strings.NewReader("%PDF-1"), all, errs.Busy, "blob.full"},
		"just large": {s, context.Background(), strings.NewReader("%PDF-123456"), Limits{10, nil, ""}, errs.Invalid, "blob.too_large"},
	} {
		if _, err := c.store.Put(c.ctx, c.r, c.limits); errs.KindOf(err) != c.kind || errs.KeyOf(err) != c.key {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := files(t, dir); n != 0 {
		t.Fatalf("%d files left", n)
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
}

func TestHostileHashesNameNothing(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t)
	if err := os.WriteFile(filepath.Join(filepath.Dir(dir), "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, h := range []string{
		"", ".", "../secret", "../../etc/passwd", "tmp", strings.Repeat("A", 64), strings.Repeat("../", 21) + "a",
		strings.Repeat("a", 63) + "\x00", strings.Repeat("a", 63), strings.Repeat("a", 65), strings.Repeat("a", 64),
	} {
		if _, err := s.Open(Hash(h)); errs.KindOf(err) != errs.Absent {
			t.Errorf("%q: %v", h, err)
		}
		if _, err := s.Stat(Hash(h)); errs.KindOf(err) != errs.Absent {
			t.Errorf("%q: %v", h, err)
		}
	}
}

func TestLeftoversOfACrashAreSwept(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t)
	old, young := filepath.Join(dir, temporary, "old"), filepath.Join(dir, temporary, "young")
	for _, p := range []string{old, young} {
		if err := os.WriteFile(p, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	past := time.Now().Add(-2 * leftover)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	again, err := New(dir, keys)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := os.Stat(old); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the leftover stays")
	}
	if _, err := os.Stat(young); err != nil {
		t.Error("a file that another process may be writing was removed")
	}
	if err := s.Walk(context.Background(), func(Hash, int64) error { return errors.New("walked a temporary file") }); err != nil {
		t.Error(err)
	}
}

func TestDamageIsNoticed(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t)
	ref, err := s.Put(context.Background(), strings.NewReader("%PDF-1"), all)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ref.Hash.place()), []byte("%PDF-2"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(ref.Hash); errs.KeyOf(err) != "blob.damaged" {
		t.Fatal(err)
	}
}

func TestManyPutTheSameFile(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := s.Put(context.Background(), strings.NewReader("%PDF-same"), all); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := files(t, dir); n != 1 {
		t.Fatalf("%d files", n)
	}
}

func zipOf(names ...string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, n := range names {
		if _, err := z.Create(n); err != nil {
			panic(err)
		}
	}
	z.Close()
	return b.String()
}

func TestTypeIsReadFromTheContent(t *testing.T) {
	t.Parallel()
	gbk, _ := simplifiedchinese.GBK.NewEncoder().String("姓名,村\n合成甲,四邑村\n")
	book := zipOf("[Content_Types].xml", "xl/workbook.xml")
	for name, c := range map[string]struct {
		content string
		want    Type
	}{
		"pdf": {"%PDF-1.7", PDF}, "png": {"\x89PNG\r\n\x1a\n..", PNG}, "jpeg": {"\xff\xd8\xff\xe0", JPEG},
		"webp": {"RIFF\x00\x00\x00\x00WEBPVP8 ", WebP}, "wav": {"RIFF\x00\x00\x00\x00WAVE", WAV},
		"xlsx": {book, XLSX}, "truncated xlsx": {book[:len(book)/2], ""},
		"macros": {zipOf("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), ""},
		"docx":   {zipOf("[Content_Types].xml", "word/document.xml"), DOCX}, "docm": {zipOf("word/document.xml", "word/vbaProject.bin"), ""}, "zip": {zipOf("a.txt"), ZIP},
		"ole without body": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ""},
		"csv utf-8":        {"姓名,村\n合成甲,四邑村\n", CSV}, "csv mark": {"\xef\xbb\xbf姓名\n", CSV}, "csv gbk": {gbk, CSV},
		"csv utf-16": {"\xff\xfe\xd3Y\x0dT", CSV}, "csv cut": {strings.Repeat("合", headSize), CSV},
		"gbk cut": {"a" + strings.Repeat(gbk[:2], headSize), CSV},
		"json":    {` {"type":"FeatureCollection","features":[]}`, JSON}, "broken json": {`{"a":`, CSV},
		"long json": {`["` + strings.Repeat(`a","`, headSize) + `"]`, JSON},
		"html":      {"\n<HTML><table>", HTML}, "svg": {"<svg onload=x>", ""}, "xml": {"<?xml version='1.0'?>", ""},
		"mp3": {"ID3\x03", MP3}, "bare mp3": {"\xff\xfb\x90", MP3}, "aac": {"\xff\xf1P", AAC}, "ogg": {"OggS\x00", Ogg}, "amr": {"#!AMR\n", AMR}, "webm": {"\x1aE\xdf\xa3", WebM},
		"mp4": {"\x00\x00\x00\x18ftypisom", MP4}, "3gp": {"\x00\x00\x00\x18ftyp3gp5", MP4}, "mov": {"\x00\x00\x00\x14ftypqt  ", MOV}, "m4a": {"\x00\x00\x00\x18ftypM4A ", M4A},
		"heic": {"\x00\x00\x00\x18ftypheic", ""}, "gif": {"GIF89a\x00", ""},
		"program": {"\x7fELF\x02", ""}, "binary": {"abc\x00", ""}, "blank": {" \n", ""}, "latin-1": {"caf\xe9", ""},
	} {
		got, err := sniff(strings.NewReader(c.content), int64(len(c.content)))
		if err != nil || got != c.want {
			t.Errorf("%s: %q, want %q (%v)", name, got, c.want, err)
		}
	}
}

func TestMessagesAgree(t *testing.T) {
	t.Parallel()
	c, err := i18n.Load(Messages)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := newStore(t)
	_, err = s.Put(context.Background(), strings.NewReader("x\x00"), Limits{10, []Type{PDF, JSON}, ""})
	if got := c.Printer(i18n.En).Error(err); !strings.HasSuffix(got, "Accepted are: pdf, json, geojson.") {
		t.Fatal(got)
	}
}

func FuzzSniff(f *testing.F) {
	f.Add([]byte("%PDF-"))
	f.Add([]byte(zipOf("xl/workbook.xml")))
	f.Add(append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 1024)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		kind, err := sniff(bytes.NewReader(b), int64(len(b)))
		if err != nil || (kind != "" && Names([]Type{kind}) == "") {
			t.Fatalf("%q %v", kind, err)
		}
	})
}

// Only what was stored long ago and is named by nothing is deleted; what is stored again, or named while it is looked at, stays.
func TestAFileStoredAgainStays(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t)
	limits := Limits{Size: 100, Types: []Type{CSV}}
	put := func(text string) Hash {
		t.Helper()
		ref, err := s.Put(t.Context(), strings.NewReader(text), limits)
		if err != nil {
			t.Fatal(err)
		}
		return ref.Hash
	}
	orphan, named, again, late, fresh := put("a,1\n"), put("b,1\n"), put("c,1\n"), put("d,1\n"), put("e,1\n")
	old := time.Now().Add(-72 * time.Hour)
	for _, h := range []Hash{orphan, named, again, late} {
		if err := os.Chtimes(filepath.Join(dir, h.place()), old, old); err != nil {
			t.Fatal(err)
		}
	}
	asked := map[Hash]int{}
	n, err := s.DeleteOrphans(t.Context(), time.Now().Add(-48*time.Hour), func(h Hash) (bool, error) {
		asked[h]++
		if h == again && asked[h] == 1 {
			put("c,1\n")
		}
		return h == named || h == late && asked[h] > 1, nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d deleted, %v", n, err)
	}
	for _, h := range []Hash{named, again, late, fresh} {
		if err := s.Verify(h); err != nil {
			t.Errorf("%s: %v", h, err)
		}
	}
	if _, err := s.Stat(orphan); errs.KindOf(err) != errs.Absent {
		t.Errorf("the orphan: %v", err)
	}
}
