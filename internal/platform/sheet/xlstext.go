package sheet

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// textParts reads the strings of [MS-XLS] 2.5.293, which may go on in CONTINUE records: there the characters begin anew
// with a byte that says whether they are of one byte or two.
type textParts struct {
	parts [][]byte
	at    int
}

// have moves to the next part at the end of one and tells whether anything is left.
func (r *textParts) have() bool {
	for len(r.parts) > 0 && r.at >= len(r.parts[0]) {
		r.parts, r.at = r.parts[1:], 0
	}
	return len(r.parts) > 0
}

func (r *textParts) byte() (byte, bool) {
	if !r.have() {
		return 0, false
	}
	b := r.parts[0][r.at]
	r.at++
	return b, true
}

func (r *textParts) uint(bytes int) (n uint32, ok bool) {
	for i := range bytes {
		b, ok := r.byte()
		if !ok {
			return 0, false
		}
		n |= uint32(b) << (8 * i)
	}
	return n, true
}

func (r *textParts) skip(n int) bool {
	for n > 0 {
		if !r.have() {
			return false
		}
		step := min(n, len(r.parts[0])-r.at)
		r.at += step
		n -= step
	}
	return true
}

// long reads a string with a length of two bytes, with its formatting runs and phonetic block skipped.
func (r *textParts) long() (string, bool) {
	n, ok := r.uint(2)
	if !ok {
		return "", false
	}
	flags, ok := r.byte()
	if !ok {
		return "", false
	}
	var runs, extra uint32
	if flags&8 != 0 {
		if runs, ok = r.uint(2); !ok {
			return "", false
		}
	}
	if flags&4 != 0 {
		if extra, ok = r.uint(4); !ok || extra > 1<<30 {
			return "", false
		}
	}
	s, ok := r.chars(int(n), int(flags))
	return s, ok && r.skip(int(runs)*4+int(extra))
}

// chars reads n characters; flags below 0 are read first.
func (r *textParts) chars(n, flags int) (string, bool) {
	if flags < 0 {
		b, ok := r.byte()
		if !ok {
			return "", false
		}
		flags = int(b)
	}
	if n == 0 {
		return "", true
	}
	var b strings.Builder
	var high rune
	for n > 0 {
		if len(r.parts) > 0 && r.at >= len(r.parts[0]) {
			if !r.have() {
				return b.String(), false
			}
			flags = int(r.parts[0][0])
			r.at = 1
		}
		if len(r.parts) == 0 {
			return b.String(), false
		}
		rest := r.parts[0][r.at:]
		if flags&1 == 0 {
			step := min(n, len(rest))
			for _, c := range rest[:step] {
				b.WriteRune(rune(c))
			}
			r.at += step
			n -= step
			continue
		}
		if len(rest) == 1 {
			return b.String(), false
		}
		step := min(n, len(rest)/2)
		for i := range step {
			c := rune(binary.LittleEndian.Uint16(rest[2*i:]))
			switch {
			case high != 0:
				b.WriteRune(utf16.DecodeRune(high, c))
				high = 0
			case c >= 0xd800 && c < 0xdc00:
				high = c
			default:
				b.WriteRune(c)
			}
		}
		r.at += 2 * step
		n -= step
	}
	return b.String(), true
}
