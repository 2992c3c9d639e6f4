package act

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
)

func TestHeadTextIsGolden(t *testing.T) {
	t.Parallel()
	h := Head{City: "xn", Size: 7, Epoch: 1767225600000000, At: 1767225601000001}
	want := "xn.zhidian\n7\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nepoch 1767225600000000\ntime 2026-01-01T00:00:01.000001Z\n"
	if h.Text() != want {
		t.Fatalf("%q", h.Text())
	}
}

func TestHeadsAreReadAsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := Head{
			City: rapid.StringMatching(`[a-z][a-z0-9-]{0,31}`).Draw(t, "city"), Size: rapid.Int64Range(1, maxSize).Draw(t, "size"),
			Epoch: rapid.Int64Range(1, 1<<60).Draw(t, "epoch"), At: rapid.Int64Range(0, 253402300799999999).Draw(t, "at"),
		}
		copy(h.Root[:], rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "root"))
		if back, err := ParseHead(h.Text()); err != nil || back != h {
			t.Fatalf("%+v became %+v, %v", h, back, err)
		}
	})
}

func TestOnlyTheCitysKeySigns(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	if _, err := OpenHead(f.last(), f.keys); err != nil {
		t.Fatal(err)
	}
	other := newFake(t)
	if _, err := OpenHead(other.last(), f.keys); errs.KeyOf(err) != "act.head_forged" {
		t.Fatalf("another key of the same name: %v", err)
	}
	skey, vkey, err := NewKey("twin")
	if err != nil {
		t.Fatal(err)
	}
	signer, _ := note.NewSigner(skey)
	foreign, err := Head{City: "xn", Size: 1, Epoch: 1}.Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	keys, _ := Keys(f.vkey, vkey)
	if _, err := OpenHead(foreign, keys); errs.KeyOf(err) != "act.head_forged" {
		t.Fatalf("the twin city's key signed for this city: %v", err)
	}
	if _, err := Keys("x"); errs.KeyOf(err) != "act.key_malformed" {
		t.Fatal(err)
	}
	if _, _, err := NewKey("X n"); err == nil {
		t.Fatal("a key for no city")
	}
	text, _ := note.Sign(&note.Note{Text: "hello\n"}, f.signer)
	if _, err := OpenHead(string(text), f.keys); errs.KeyOf(err) != "act.head_malformed" {
		t.Fatalf("a signed letter is no head: %v", err)
	}
}

func TestPeekReadsWhatItDoesNotBelieve(t *testing.T) {
	t.Parallel()
	f := newFake(t)
	want, err := OpenHead(f.last(), f.keys)
	if err != nil {
		t.Fatal(err)
	}
	if h, err := PeekHead(f.last()); err != nil || h != want {
		t.Fatal(h, err)
	}
	if _, err := PeekHead("xn.zhidian\n"); errs.KeyOf(err) != "act.head_malformed" {
		t.Fatal(err)
	}
}

func TestHeadsFileIsSplit(t *testing.T) {
	t.Parallel()
	f := small(t)
	got, err := ReadHeads(strings.NewReader(strings.Join(f.heads, "")))
	if err != nil || strings.Join(got, "|") != strings.Join(f.heads, "|") {
		t.Fatalf("%d heads of %d, %v", len(got), len(f.heads), err)
	}
	spaced, err := ReadHeads(strings.NewReader("\n\n" + strings.Join(f.heads, "\n\n\n") + "\n"))
	if err != nil || len(spaced) != len(f.heads) || spaced[1] != f.heads[1] {
		t.Fatal("blank lines between heads", err)
	}
	if none, err := ReadHeads(strings.NewReader(" \n")); err != nil || len(none) != 0 {
		t.Fatal(none, err)
	}
	if _, err := ReadHeads(strings.NewReader(strings.Repeat("x", 5000))); errs.KeyOf(err) != "act.head_malformed" {
		t.Fatal(err)
	}
	if _, err := ReadHeads(failing{}); err == nil {
		t.Fatal("a file that cannot be read")
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("disk") }

func FuzzParseHead(f *testing.F) {
	f.Add(Head{City: "xn", Size: 7, Epoch: 1, At: 1}.Text())
	f.Add("xn.zhidian\n9223372036854775807\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\nepoch 1\ntime 2026-01-01T00:00:00.000000Z\n")
	f.Add("\n\n\n\n\n")
	f.Fuzz(func(t *testing.T, text string) {
		if h, err := ParseHead(text); err == nil && h.Text() != text {
			t.Fatalf("%q is read as %q", text, h.Text())
		}
	})
}

func FuzzReadHeads(f *testing.F) {
	one := newFake(f).last()
	f.Add(one + one)
	f.Add("— \n— \n\nx\n")
	f.Fuzz(func(t *testing.T, text string) {
		heads, err := ReadHeads(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, one := range heads {
			if h, err := PeekHead(one); err == nil && !strings.HasPrefix(one, h.Text()) {
				t.Fatalf("%q is read as %q", one, h.Text())
			}
		}
		again, err := ReadHeads(strings.NewReader(strings.Join(heads, "\n")))
		if err != nil || len(again) > len(heads) {
			t.Fatalf("%d heads, then %d, %v", len(heads), len(again), err)
		}
	})
}
