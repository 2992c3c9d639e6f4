package seal

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"golang.org/x/mod/sumdb/note"
	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
)

var (
	day1    = time.Date(2026, 3, 21, 8, 0, 0, 0, time.UTC)
	idPlace = Place{City: "xianning", Table: "person_paper", Column: "number", Row: "01J0000000000000000000000A"}
)

const syntheticID = "421202200002290005"

func TestWhatIsSealedOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	k := Ephemeral("test")
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.StringN(0, 6, 40)
		at := Place{part.Draw(t, "city"), part.Draw(t, "table"), part.Draw(t, "column"), part.Draw(t, "row")}
		plain := rapid.SliceOfN(rapid.Byte(), 0, 300).Draw(t, "plain")
		sealed, err := k.Seal(at, plain)
		if err != nil || len(sealed) != len(plain)+Overhead {
			t.Fatalf("%d bytes sealed to %d: %v", len(plain), len(sealed), err)
		}
		got, err := k.Open(at, sealed)
		if err != nil || !bytes.Equal(got, plain) {
			t.Fatalf("opened %q, %v", got, err)
		}
		other := at
		switch rapid.IntRange(0, 4).Draw(t, "moved") {
		case 0:
			other.City += "x"
		case 1:
			other.Table += "x"
		case 2:
			other.Column += "x"
		case 3:
			other.Row += "x"
		case 4: // the same letters, cut differently
			if at.Table == "" {
				return
			}
			other.City, other.Table = at.City+at.Table[:1], at.Table[1:]
		}
		if _, err := k.Open(other, sealed); errs.KeyOf(err) != "seal.damaged" {
			t.Fatalf("opened in another place: %v", err)
		}
	})
}

func TestEveryFlippedBitIsNoticed(t *testing.T) {
	t.Parallel()
	k := Ephemeral("test")
	sealed, _ := k.Seal(idPlace, []byte(syntheticID))
	for i := range sealed {
		for bit := range 8 {
			bad := bytes.Clone(sealed)
			bad[i] ^= 1 << bit
			if _, err := k.Open(idPlace, bad); errs.KindOf(err) != errs.Internal || errs.KeyOf(err) == "" {
				t.Fatalf("byte %d bit %d: %v", i, bit, err)
			}
		}
	}
	for n := range sealed {
		if _, err := k.Open(idPlace, sealed[:n]); err == nil {
			t.Fatalf("opened after %d bytes", n)
		}
	}
	again, _ := k.Seal(idPlace, []byte(syntheticID))
	if bytes.Equal(sealed, again) {
		t.Fatal("sealed twice alike: the nonce is not drawn anew")
	}
}

func TestLookupIsPlainHMAC(t *testing.T) {
	t.Parallel()
	secret := bytes.Repeat([]byte{0x0b}, 32)
	got := newLookup(secret, 0).mac("id", syntheticID)
	// RFC 2104 written out, apart from the code under test.
	inner, outer := bytes.Repeat([]byte{0x36}, 64), bytes.Repeat([]byte{0x5c}, 64)
	for i, b := range secret {
		inner[i] ^= b
		outer[i] ^= b
	}
	first := sm3.Sum(append(inner, "\x02id"+syntheticID...))
	want := sm3.Sum(append(outer, first[:]...))
	if !bytes.Equal(got, want[:]) {
		t.Fatalf("got %x, want %x", got, want)
	}
}

func TestLookupKeepsKindsApart(t *testing.T) {
	t.Parallel()
	k := Ephemeral("test")
	if !bytes.Equal(k.Lookup("id", "1"), k.Lookup("id", "1")) {
		t.Fatal("the same value has two hashes")
	}
	if bytes.Equal(k.Lookup("id", "1"), k.Lookup("i", "d1")) || bytes.Equal(k.Lookup("id", "1"), k.Lookup("phone", "1")) {
		t.Fatal("unlike kinds share a hash")
	}
	if bytes.Equal(k.Lookup("id", "1"), Ephemeral("test").Lookup("id", "1")) {
		t.Fatal("the hash does not depend on the key")
	}
}

func TestSealingRotatesAlone(t *testing.T) {
	t.Parallel()
	k := Ephemeral("test")
	old := k.CurrentKey()
	sealed, _ := k.Seal(idPlace, []byte(syntheticID))
	hash, sign := k.Lookup("id", syntheticID), k.Verifier()
	if err := k.RotateSealing(day1); err != nil {
		t.Fatal(err)
	}
	if k.CurrentKey() == old || len(k.Fingerprints().Old) != 1 {
		t.Fatal("the key did not change")
	}
	if !bytes.Equal(hash, k.Lookup("id", syntheticID)) || sign != k.Verifier() {
		t.Fatal("rotating the sealing key touched another key")
	}
	if got, err := k.Open(idPlace, sealed); err != nil || string(got) != syntheticID {
		t.Fatalf("the older value does not open: %v", err)
	}
	moved, changed, err := k.Reseal(idPlace, sealed)
	if err != nil || !changed {
		t.Fatalf("not resealed: %v", err)
	}
	if id, _ := KeyOf(moved); id != k.CurrentKey() {
		t.Fatal("resealed under the old key")
	}
	if _, changed, _ = k.Reseal(idPlace, moved); changed {
		t.Fatal("resealed without need")
	}
	if err := k.RetireSealing(k.CurrentKey()); errs.KeyOf(err) != "seal.key_in_use" {
		t.Fatalf("the current key was retired: %v", err)
	}
	if err := k.RetireSealing(old); err != nil {
		t.Fatal(err)
	}
	if _, err := k.Open(idPlace, sealed); errs.KeyOf(err) != "seal.unknown_key" {
		t.Fatalf("a retired key opens: %v", err)
	}
	if _, _, err := k.Reseal(idPlace, sealed); errs.KeyOf(err) != "seal.unknown_key" {
		t.Fatalf("got %v", err)
	}
	if err := k.RetireSealing(old); errs.KindOf(err) != errs.Absent {
		t.Fatalf("retired twice: %v", err)
	}
}

func TestLookupRotatesAlone(t *testing.T) {
	t.Parallel()
	k := Ephemeral("test")
	sealing, before := k.CurrentKey(), k.Lookup("id", syntheticID)
	if _, ok := k.NextLookup("id", syntheticID); ok {
		t.Fatal("a next hash before a change began")
	}
	if err := k.FinishLookup(); errs.KeyOf(err) != "seal.no_lookup_under_way" {
		t.Fatalf("got %v", err)
	}
	if err := k.BeginLookup(day1); err != nil {
		t.Fatal(err)
	}
	if err := k.BeginLookup(day1); errs.KeyOf(err) != "seal.lookup_under_way" {
		t.Fatalf("got %v", err)
	}
	next, ok := k.NextLookup("id", syntheticID)
	if !ok || bytes.Equal(next, before) || !bytes.Equal(before, k.Lookup("id", syntheticID)) {
		t.Fatal("both hashes must be there, and differ")
	}
	if err := k.FinishLookup(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(next, k.Lookup("id", syntheticID)) || k.CurrentKey() != sealing || k.Fingerprints().NextLookup != "" {
		t.Fatal("the swap is not what was announced")
	}
	_ = k.BeginLookup(day1)
	if err := k.DropLookup(); err != nil || !bytes.Equal(next, k.Lookup("id", syntheticID)) {
		t.Fatalf("giving up changed the key: %v", err)
	}
}

func TestHeadsAreSignedAndChecked(t *testing.T) {
	t.Parallel()
	k := Ephemeral("zhidian/xianning")
	signed, err := note.Sign(&note.Note{Text: "head 17\n"}, k.Signer())
	if err != nil {
		t.Fatal(err)
	}
	v, err := note.NewVerifier(k.Verifier())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := note.Open(signed, note.VerifierList(v)); err != nil || n.Text != "head 17\n" {
		t.Fatalf("%v %v", n, err)
	}
	if _, err := note.Open(bytes.Replace(signed, []byte("17"), []byte("18"), 1), note.VerifierList(v)); err == nil {
		t.Fatal("a changed head passes")
	}
}

func TestErrorsAndFingerprintsShowNoKey(t *testing.T) {
	t.Parallel()
	k := Ephemeral("test")
	r := k.ring.Load()
	shown := strings.Join(k.Fingerprints().All(), " ")
	sealed, _ := k.Seal(idPlace, []byte(syntheticID))
	_, err := Ephemeral("other").Open(idPlace, sealed)
	shown += err.Error()
	for _, secret := range [][]byte{r.sealing[0].secret, r.lookup.secret, r.sign.Seed()} {
		if strings.Contains(shown, hex.EncodeToString(secret)[:8]) {
			t.Fatal("a key shows")
		}
	}
	if !errors.Is(err, errs.New(errs.Internal, "seal.unknown_key", nil)) {
		t.Fatalf("got %v", err)
	}
}

func TestManyShareTheKeysDuringRotation(t *testing.T) {
	t.Parallel()
	k := Ephemeral("test")
	want := k.Lookup("id", "7")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 200 {
				sealed, err := k.Seal(idPlace, []byte(syntheticID))
				if err != nil {
					t.Error(err)
				}
				if got, err := k.Open(idPlace, sealed); err != nil || string(got) != syntheticID {
					t.Error(err)
				}
				if !bytes.Equal(want, k.Lookup("id", "7")) {
					t.Error("hash differs")
				}
			}
		})
	}
	for range 10 {
		if err := k.RotateSealing(day1); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}

func FuzzOpen(f *testing.F) {
	k := Ephemeral("test")
	good, _ := k.Seal(idPlace, []byte(syntheticID))
	f.Add(good)
	f.Add([]byte{format, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, sealed []byte) {
		plain, err := k.Open(idPlace, sealed)
		if err == nil && !bytes.Equal(sealed, good) {
			t.Fatalf("forged: %q", plain)
		}
	})
}

func BenchmarkSeal(b *testing.B) {
	k, plain := Ephemeral("bench"), []byte(syntheticID)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Seal(idPlace, plain); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	k := Ephemeral("bench")
	sealed, _ := k.Seal(idPlace, []byte(syntheticID))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Open(idPlace, sealed); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLookup(b *testing.B) {
	k := Ephemeral("bench")
	b.ReportAllocs()
	for b.Loop() {
		k.Lookup("id", syntheticID)
	}
}
