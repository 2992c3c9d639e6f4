package seal

import (
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/i18n"
)

func printers(t testing.TB) []Printer {
	t.Helper()
	c, err := i18n.Load(Messages)
	if err != nil {
		t.Fatal(err)
	}
	return []Printer{c.Printer(i18n.ZhCN), c.Printer(i18n.En)}
}

func rotated(t testing.TB, sealing int, next bool) *Keys {
	t.Helper()
	k := Ephemeral("zhidian/xianning")
	for range sealing {
		if err := k.RotateSealing(day1); err != nil {
			t.Fatal(err)
		}
	}
	if next {
		if err := k.BeginLookup(day1); err != nil {
			t.Fatal(err)
		}
	}
	return k
}

func TestTwoHalvesRestoreAllKeys(t *testing.T) {
	t.Parallel()
	for _, old := range []int{0, 1, 5} {
		for _, next := range []bool{false, true} {
			k := rotated(t, old, next)
			a, b, err := k.Sheet(day1, printers(t)...)
			if err != nil {
				t.Fatal(err)
			}
			for _, order := range [][2]string{{a, b}, {b, a}} {
				got, err := Restore(order[0], order[1])
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(got.Fingerprints(), k.Fingerprints()) || got.Verifier() != k.Verifier() {
					t.Fatal("other keys came back")
				}
			}
		}
	}
}

func TestRestoredKeysGoToANewFile(t *testing.T) {
	t.Parallel()
	k := rotated(t, 1, true)
	a, b, _ := k.Sheet(day1)
	got, err := Restore(a, b)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "keys.json")
	if err := got.SaveNew(path); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, k.Fingerprints().All()...); err != nil {
		t.Fatal(err)
	}
	if err := got.SaveNew(path); errs.KeyOf(err) != "seal.exists" {
		t.Fatalf("got %v", err)
	}
}

func TestSheetFitsOnePageInBothLanguages(t *testing.T) {
	t.Parallel()
	a, _, err := rotated(t, 5, true).Sheet(day1, printers(t)...)
	if err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(a), "\n")
	if len(rows) > 60 {
		t.Fatalf("%d lines are too many for A4", len(rows))
	}
	for _, row := range rows {
		if wide := utf8.RuneCountInString(row) + len(regexp.MustCompile(`\p{Han}|[，。；：（）、]`).FindAllString(row, -1)); wide > 92 {
			t.Fatalf("line of width %d: %s", wide, row)
		}
	}
	for _, want := range []string{"密钥单 第 A 份", "key sheet, half A", "2026-03-21", "zhidian/xianning"} {
		if !strings.Contains(a, want) {
			t.Fatalf("%q is missing in\n%s", want, a)
		}
	}
	if strings.Contains(a, "⟦") {
		t.Fatalf("an unknown message in\n%s", a)
	}
}

// Half B is the keys XOR half A: whatever B shows, every other set of keys of this length has a half A that leads to it.
func TestOneHalfAloneMayBelongToAnyKeys(t *testing.T) {
	t.Parallel()
	k, other := Ephemeral("same"), Ephemeral("othr")
	a, b, _ := k.Sheet(day1)
	secret, hb, ha := k.pack(), mustHalf(t, b), mustHalf(t, a)
	rest := other.pack()
	if len(rest) != len(secret) || slices.Equal(hb.data, secret) || slices.Equal(ha.data, secret) {
		t.Fatal("a half is the secret itself")
	}
	fake := make([]byte, len(rest))
	for i := range rest {
		fake[i] = rest[i] ^ hb.data[i]
	}
	got, err := Restore(other.half('A', hb.id, fake, day1, nil), b)
	if err != nil || !reflect.DeepEqual(got.Fingerprints(), other.Fingerprints()) {
		t.Fatalf("half B ties itself to one set of keys: %v", err)
	}
	a2, _, _ := k.Sheet(day1)
	if slices.Equal(mustHalf(t, a2).data, ha.data) {
		t.Fatal("the pad is used twice")
	}
}

func mustHalf(t *testing.T, text string) sheetHalf {
	t.Helper()
	h, err := readHalf(text)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestSloppyTypingIsForgiven(t *testing.T) {
	t.Parallel()
	k := rotated(t, 1, false)
	a, b, _ := k.Sheet(day1, printers(t)...)
	sloppy := strings.NewReplacer("0", "o", "1", "l").Replace
	var typed strings.Builder
	for row := range strings.Lines(strings.ToLower(b)) {
		if len(row) > 3 && row[0] >= '0' && row[0] <= '9' {
			row = row[:3] + strings.ReplaceAll(sloppy(row[3:]), " ", "-")
		}
		typed.WriteString("  " + strings.TrimSuffix(row, "\n") + "\r\n")
	}
	got, err := Restore(a, typed.String())
	if err != nil || !reflect.DeepEqual(got.Fingerprints(), k.Fingerprints()) {
		t.Fatalf("%v\n%s", err, typed.String())
	}
}

func TestEveryMistypedLetterIsNamedByItsLine(t *testing.T) {
	t.Parallel()
	a, b, _ := Ephemeral("test").Sheet(day1)
	data := regexp.MustCompile(`(?m)^(\d\d)  .*$`)
	spans := data.FindAllStringSubmatchIndex(b, -1)
	rapid.Check(t, func(t *rapid.T) {
		span := rapid.SampledFrom(spans).Draw(t, "line")
		at := rapid.IntRange(span[3]+2, span[1]-1).Draw(t, "at")
		letter := rapid.SampledFrom([]byte("0123456789ABCDEFGHJKMNPQRSTVWXYZ")).Draw(t, "letter")
		if old := b[at]; old == ' ' || old == '=' || old == letter {
			t.Skip()
		}
		_, err := Restore(a, b[:at]+string(letter)+b[at+1:])
		var e *errs.Error
		if errs.KeyOf(err) != "seal.sheet_line" {
			t.Fatalf("got %v", err)
		}
		e = err.(*errs.Error)
		if got, want := fmt.Sprintf("%02d%v", e.Args["line"], e.Args["half"]), b[span[2]:span[3]]+"B"; got != want {
			t.Fatalf("blamed %s, wrong is %s", got, want)
		}
	})
}

func TestWrongHalvesAreRefusedByName(t *testing.T) {
	t.Parallel()
	k := Ephemeral("test")
	a, b, _ := k.Sheet(day1)
	_, b2, _ := k.Sheet(day1)
	lines := strings.SplitAfter(b, "\n")
	withoutLine3 := strings.Join(slices.Delete(slices.Clone(lines), 4, 5), "")
	swapped := strings.NewReplacer("01  ", "02  ", "02  ", "01  ").Replace(b)
	for name, c := range map[string]struct{ one, other, want string }{
		"nothing":       {"", "", "seal.sheet_head"},
		"prose":         {a, "02 people keep this", "seal.sheet_head"},
		"same half":     {a, a, "seal.sheet_same_half"},
		"other print":   {a, b2, "seal.sheet_pair"},
		"line missing":  {a, withoutLine3, "seal.sheet_line_missing"},
		"lines swapped": {a, swapped, "seal.sheet_line"},
		"letter C":      {a, strings.Replace(b, "ZHIDIAN B", "ZHIDIAN C", 1), "seal.sheet_head"},
		"many lines":    {a, regexp.MustCompile(`(ZHIDIAN B \S+) \d\d`).ReplaceAllString(b, "$1 99999"), "seal.sheet_head"},
		"A called B":    {a, strings.Replace(a, "ZHIDIAN A", "ZHIDIAN B", 1), "seal.sheet_line"},
	} {
		if _, err := Restore(c.one, c.other); errs.KeyOf(err) != c.want || errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	h := mustHalf(t, b)
	h.data[0] ^= 1
	if _, err := Restore(a, k.half('B', h.id, h.data, day1, nil)); errs.KeyOf(err) != "seal.sheet_sum" {
		t.Fatalf("got %v", err)
	}
}

func FuzzRestore(f *testing.F) {
	a, b, _ := Ephemeral("test").Sheet(day1)
	f.Add(a, b)
	f.Add(b, "ZHIDIAN A 00000000 01\n01 00000 = 0000\n")
	f.Fuzz(func(t *testing.T, one, other string) {
		k, err := Restore(one, other)
		if (k == nil) == (err == nil) {
			t.Fatal("keys and error, or neither")
		}
		if err != nil && errs.KindOf(err) != errs.Invalid {
			t.Fatalf("kind of %v", err)
		}
	})
}

func FuzzUnpack(f *testing.F) {
	f.Add(rotated(f, 2, true).pack())
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := unpack(b)
		if err == nil && !slices.Equal(k.pack(), b) {
			t.Log("read, but written differently") // an overlong number; the keys are whole
		}
	})
}
