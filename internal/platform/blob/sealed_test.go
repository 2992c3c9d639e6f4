package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/seal"
)

// long is a file of several chunks whose beginning is a PDF's.
func long(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n)})
	r.Read(b)
	copy(b, "%PDF-canary")
	return b
}

func put(t testing.TB, s *Store, content []byte) Hash {
	t.Helper()
	ref, err := s.Put(context.Background(), bytes.NewReader(content), all)
	if err != nil {
		t.Fatal(err)
	}
	if ref.Size != int64(len(content)) {
		t.Fatalf("%d bytes became %d", len(content), ref.Size)
	}
	return ref.Hash
}

func TestNothingIsReadableOnTheDisk(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t)
	h := put(t, s, long(3*chunkSize))
	onDisk, err := os.ReadFile(filepath.Join(dir, h.place()))
	if err != nil || bytes.Contains(onDisk, []byte("canary")) || bytes.Contains(onDisk, []byte("%PDF")) {
		t.Fatalf("the file lies open: %v", err)
	}
	stranger, err := New(dir, seal.Ephemeral("zhidian/stranger"))
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.Close()
	if _, err := stranger.Open(h); errs.KeyOf(err) != "seal.unknown_key" {
		t.Errorf("without the key: %v", err)
	}
}

func TestAnyPlaceInAFileIsReadable(t *testing.T) {
	t.Parallel()
	s, _ := newStore(t)
	for _, n := range []int{12, chunkSize - 1, chunkSize, chunkSize + 1, 2 * chunkSize, 3*chunkSize + 7} {
		content := long(n)
		f, err := s.Open(put(t, s, content))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if whole, err := io.ReadAll(f); err != nil || !bytes.Equal(whole, content) {
			t.Fatalf("%d bytes: other content came back: %v", n, err)
		}
		rapid.Check(t, func(t *rapid.T) {
			from, room := rapid.IntRange(0, n+3).Draw(t, "from"), rapid.IntRange(0, chunkSize+9).Draw(t, "room")
			got := make([]byte, room)
			k, err := f.ReadAt(got, int64(from))
			want, eof := bytes.NewReader(content).ReadAt(make([]byte, room), int64(from))
			if room > 0 && (k != want || !errors.Is(err, eof)) || k > 0 && !bytes.Equal(got[:k], content[from:from+k]) {
				t.Fatalf("%d from %d: %d %v, want %d %v", room, from, k, err, want, eof)
			}
		})
		if at, err := f.Seek(-5, io.SeekEnd); err != nil || at != int64(n-5) {
			t.Fatal(at, err)
		}
		if rest, err := io.ReadAll(f); err != nil || !bytes.Equal(rest, content[n-5:]) {
			t.Errorf("%d bytes: %q %v", n, rest, err)
		}
	}
}

// Whatever is done to a file on the disk is noticed by whoever reads it, and nothing false is read.
func TestEveryChangeOnTheDiskIsNoticed(t *testing.T) {
	t.Parallel()
	s, dir := newStore(t)
	content := long(3*chunkSize + 100)
	h := put(t, s, content)
	other := put(t, s, append(long(3*chunkSize+99), 'x'))
	path := filepath.Join(dir, h.place())
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	others, err := os.ReadFile(filepath.Join(dir, other.place()))
	if err != nil {
		t.Fatal(err)
	}
	chunk := func(b []byte, i int) []byte { return b[headSizeOf+i*sealedChunk : headSizeOf+(i+1)*sealedChunk] }
	changes := map[string]func(b []byte) []byte{
		"cut": func(b []byte) []byte { return b[:len(b)-1] }, "cut to nothing": func([]byte) []byte { return nil },
		"longer": func(b []byte) []byte { return append(b, 0) }, "another's": func([]byte) []byte { return others },
		"last chunk away": func(b []byte) []byte {
			return append(b[:headSizeOf+2*sealedChunk:headSizeOf+2*sealedChunk], b[len(b)-trailerSize:]...)
		},
		"turned round": func(b []byte) []byte {
			x := bytes.Clone(chunk(b, 0))
			copy(chunk(b, 0), chunk(b, 1))
			copy(chunk(b, 1), x)
			return b
		},
		"twice the same": func(b []byte) []byte { copy(chunk(b, 1), chunk(b, 0)); return b },
		"another's part": func(b []byte) []byte { copy(chunk(b, 1), chunk(others, 1)); return b },
	}
	for i := range 60 {
		at := rand.IntN(len(whole))
		changes["bit "+string(rune('A'+i))] = func(b []byte) []byte { b[at] ^= 4; return b }
	}
	for name, change := range changes {
		if err := os.WriteFile(path, change(bytes.Clone(whole)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(h); errs.KindOf(err) != errs.Internal {
			t.Errorf("%s: %v", name, err)
		}
		f, err := s.Open(h)
		if err != nil {
			continue
		}
		got, err := io.ReadAll(f)
		if err == nil || !bytes.HasPrefix(content, got) {
			t.Errorf("%s: %d bytes were read: %v", name, len(got), err)
		}
		f.Close()
	}
}

func TestFilesMoveToANewKey(t *testing.T) {
	t.Parallel()
	k := seal.Ephemeral("zhidian/test")
	s, err := New(t.TempDir(), k)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	content := long(2*chunkSize + 5)
	h := put(t, s, content)
	if done, err := s.Reseal(t.Context(), h); done || err != nil {
		t.Fatalf("under the key in force: %v %v", done, err)
	}
	old := k.CurrentKey()
	if err := k.RotateSealing(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	reading, err := s.Open(h)
	if err != nil {
		t.Fatal(err)
	}
	defer reading.Close()
	for _, want := range []bool{true, false} {
		if done, err := s.Reseal(t.Context(), h); done != want || err != nil {
			t.Fatalf("%v %v", done, err)
		}
	}
	if got, err := io.ReadAll(reading); err != nil || !bytes.Equal(got, content) {
		t.Errorf("a reader under way: %v", err)
	}
	if err := k.RetireSealing(old); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(h); err != nil {
		t.Errorf("without the old key: %v", err)
	}
	if _, err := s.Reseal(t.Context(), Hash("0")); errs.KindOf(err) != errs.Absent {
		t.Error(err)
	}
}

func FuzzOpened(f *testing.F) {
	dir := f.TempDir()
	s, err := New(dir, keys)
	if err != nil {
		f.Fatal(err)
	}
	h := put(f, s, long(200))
	path := filepath.Join(dir, h.place())
	whole, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(h); err == nil && !bytes.Equal(b, whole) {
			t.Fatal("another file passes for this one")
		}
	})
}
