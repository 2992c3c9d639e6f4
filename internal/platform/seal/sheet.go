package seal

import (
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"zhidian/internal/platform/errs"
)

// letters are 32 signs that do not look alike on paper: no I, L, O, U.
var letters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

const (
	sheetFormat  = 1
	lineBytes    = 25 // 8 groups of 5 letters
	checkBytes   = 3  // the first 4 letters of their writing: one wrong line in a million passes
	sheetIDBytes = 5  // 8 letters, the same on both halves
	maxLines     = 99
	sumBytes     = 8
)

// Printer writes a message in one language; i18n.Printer is one.
type Printer interface {
	T(key string, args ...any) string
}

// Sheet writes all keys as two halves, plain text for one A4 page each, in the languages of the printers one after the other.
// Either half alone is pure chance and says nothing about any key; both together restore all.
// Two people keep them in two places.
func (k *Keys) Sheet(at time.Time, printers ...Printer) (halfA, halfB string, err error) {
	secret := k.pack()
	if len(secret) > maxLines*lineBytes {
		return "", "", errs.New(errs.Conflict, "seal.sheet_too_long", nil)
	}
	a := random(len(secret))
	b := make([]byte, len(secret))
	for i := range secret {
		b[i] = secret[i] ^ a[i]
	}
	id := letters.EncodeToString(random(sheetIDBytes))
	return k.half('A', id, a, at, printers), k.half('B', id, b, at, printers), nil
}

func (k *Keys) half(half byte, id string, data []byte, at time.Time, printers []Printer) string {
	var t strings.Builder
	f := k.Fingerprints()
	for _, p := range printers {
		for _, key := range []string{"seal.sheet_title", "seal.sheet_about", "seal.sheet_use", "seal.sheet_fingerprints"} {
			t.WriteString(p.T(key, "half", string(half), "name", k.name, "day", at.Format(time.DateOnly)) + "\n")
		}
		fmt.Fprintf(&t, "    sealing %s\n    lookup  %s\n    sign    %s\n\n", f.Sealing, f.Lookup, f.Sign)
	}
	lines := slices.Collect(slices.Chunk(data, lineBytes))
	fmt.Fprintf(&t, "ZHIDIAN %c %s %02d\n\n", half, id, len(lines))
	for i, line := range lines {
		fmt.Fprintf(&t, "%02d ", i+1)
		for group := range slices.Chunk([]byte(letters.EncodeToString(line)), 5) {
			fmt.Fprintf(&t, " %s", group)
		}
		fmt.Fprintf(&t, " = %s\n", lineCheck(half, id, i+1, line))
	}
	return t.String()
}

// lineCheck tells a mistyped line, and a line copied from another place or sheet.
func lineCheck(half byte, id string, number int, line []byte) string {
	sum := sm3.Sum(fmt.Appendf(nil, "zhidian sheet %c %s %d\x00%s", half, id, number, line))
	return letters.EncodeToString(sum[:checkBytes])[:4]
}

// Restore puts two halves of one sheet together, in either order. What was typed may be in small letters, with O for 0 and
// I or L for 1, and with any text around. The keys are in memory; SaveNew writes them.
func Restore(one, other string) (*Keys, error) {
	a, err := readHalf(one)
	if err != nil {
		return nil, err
	}
	b, err := readHalf(other)
	if err != nil {
		return nil, err
	}
	switch {
	case a.letter == b.letter:
		return nil, errs.New(errs.Invalid, "seal.sheet_same_half", errs.Args{"half": string(a.letter)})
	case a.id != b.id || len(a.data) != len(b.data):
		return nil, errs.New(errs.Invalid, "seal.sheet_pair", errs.Args{"one": a.id, "other": b.id})
	}
	secret := make([]byte, len(a.data))
	for i := range secret {
		secret[i] = a.data[i] ^ b.data[i]
	}
	k, err := unpack(secret)
	if err != nil {
		return nil, errs.Wrap(err, errs.Invalid, "seal.sheet_sum", nil)
	}
	return k, nil
}

type sheetHalf struct {
	letter byte
	id     string
	data   []byte
}

func readHalf(text string) (sheetHalf, error) {
	var h sheetHalf
	lines := -1
	rows := map[int]string{}
	for row := range strings.Lines(text) {
		fields := strings.Fields(row)
		if len(fields) == 4 && strings.EqualFold(fields[0], "ZHIDIAN") && len(fields[1]) == 1 {
			n, err := strconv.Atoi(fields[3])
			if err == nil && n >= 1 && n <= maxLines {
				h.letter, h.id, lines = strings.ToUpper(fields[1])[0], plainLetters(fields[2]), n
			}
			continue
		}
		if len(fields) > 1 && len(fields[0]) == 2 {
			if n, err := strconv.Atoi(fields[0]); err == nil {
				rows[n] = strings.Join(fields[1:], "")
			}
		}
	}
	if lines < 0 || (h.letter != 'A' && h.letter != 'B') {
		return h, errs.New(errs.Invalid, "seal.sheet_head", nil)
	}
	for n := 1; n <= lines; n++ {
		at := errs.Args{"half": string(h.letter), "line": n}
		row, ok := rows[n]
		if !ok {
			return h, errs.New(errs.Invalid, "seal.sheet_line_missing", at)
		}
		body, check, _ := strings.Cut(row, "=")
		plain := plainLetters(body)
		line, err := letters.DecodeString(plain)
		// The last letter of a short line has bits that mean nothing; a slip there is a slip as well.
		if err != nil || letters.EncodeToString(line) != plain || len(line) == 0 || (len(line) != lineBytes && n < lines) || len(line) > lineBytes ||
			lineCheck(h.letter, h.id, n, line) != plainLetters(check) {
			return h, errs.New(errs.Invalid, "seal.sheet_line", at)
		}
		h.data = append(h.data, line...)
	}
	return h, nil
}

// plainLetters forgives small letters, dashes and the letters that are not used.
var plainLetters = func() func(string) string {
	r := strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "")
	return func(s string) string { return r.Replace(strings.ToUpper(s)) }
}()

// pack writes all keys as bytes: format, name, signing seed, look-up keys, sealing keys, checksum.
func (k *Keys) pack() []byte {
	r := k.ring.Load()
	b := binary.AppendUvarint([]byte{sheetFormat}, uint64(len(k.name)))
	b = append(append(b, k.name...), r.sign.Seed()...)
	if r.next == nil {
		b = append(b, 1)
	} else {
		b = append(b, 2)
	}
	b = append(binary.AppendVarint(b, r.lookup.made), r.lookup.secret...)
	if r.next != nil {
		b = append(binary.AppendVarint(b, r.next.made), r.next.secret...)
	}
	b = binary.AppendUvarint(b, uint64(len(r.sealing)))
	for _, key := range r.sealing {
		b = append(binary.AppendVarint(b, key.made), key.secret...)
	}
	sum := sm3.Sum(b)
	return append(b, sum[:sumBytes]...)
}

var errPacked = errors.New("the joined halves do not hold keys")

func unpack(b []byte) (*Keys, error) {
	if len(b) < sumBytes+1 {
		return nil, errPacked
	}
	body, sum := b[:len(b)-sumBytes], sm3.Sum(b[:len(b)-sumBytes])
	if string(sum[:sumBytes]) != string(b[len(b)-sumBytes:]) || body[0] != sheetFormat {
		return nil, errPacked
	}
	u := unpacker{rest: body[1:]}
	k, r := &Keys{}, new(ring)
	k.name = string(u.take(u.count()))
	seed := u.take(32)
	for i := range u.count() {
		made := u.number()
		if secret := u.take(32); u.bad || i > 1 {
			return nil, errPacked
		} else if key := newLookup(secret, made); i == 0 {
			r.lookup = key
		} else {
			r.next = &key
		}
	}
	for range u.count() {
		made := u.number()
		secret := u.take(16)
		if u.bad {
			return nil, errPacked
		}
		r.sealing = append(r.sealing, newSealing(secret, made))
	}
	if u.bad || len(u.rest) > 0 || len(r.sealing) == 0 || r.lookup.secret == nil {
		return nil, errPacked
	}
	if err := r.signWith(k.name, seed); err != nil {
		return nil, err
	}
	k.ring.Store(r)
	return k, nil
}

// unpacker takes parts off the front; once a part is missing it stays bad.
type unpacker struct {
	rest []byte
	bad  bool
}

func (u *unpacker) take(n int) []byte {
	if u.bad || n < 0 || n > len(u.rest) {
		u.bad = true
		return nil
	}
	part := slices.Clone(u.rest[:n])
	u.rest = u.rest[n:]
	return part
}

func (u *unpacker) count() int {
	v, n := binary.Uvarint(u.rest)
	if u.bad || n <= 0 || v > maxLines*lineBytes {
		u.bad = true
		return 0
	}
	u.rest = u.rest[n:]
	return int(v)
}

func (u *unpacker) number() int64 {
	v, n := binary.Varint(u.rest)
	if u.bad || n <= 0 {
		u.bad = true
		return 0
	}
	u.rest = u.rest[n:]
	return v
}
