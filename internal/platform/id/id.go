// Package id makes the names by which rows know each other: 26 characters, in order of time, that nobody can guess.
package id

import (
	"crypto/rand"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"zhidian/internal/platform/errs"
)

// alphabet is Crockford's base 32: no I, L, O, U, and byte order is value order.
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// Of is the id of a T. It prints as 26 characters; the zero value is "" and means none.
type Of[T any] string

// New draws an id that begins with its time: the millisecond in the first ten characters, its microsecond in the two that
// follow. The rest, 70 bits, is random. So whatever is listed by id is listed in the order in which it was done.
func New[T any](at time.Time) Of[T] {
	var b [16]byte
	if _, err := rand.Read(b[7:]); err != nil {
		panic("no randomness: " + err.Error()) // crypto/rand does not fail on supported systems
	}
	micro := uint64(at.UnixMicro() % 1000)
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16|micro<<6|uint64(b[7]&63))
	return Of[T](encode(b))
}

// Of80 makes the id of a time and of ten bytes, for rows that must get the same id when they are made again. The bytes
// must be such that nobody can guess them.
func Of80[T any](at time.Time, bits [10]byte) Of[T] {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16)
	copy(b[6:], bits[:])
	return Of[T](encode(b))
}

func encode(b [16]byte) string {
	hi, lo := binary.BigEndian.Uint64(b[:8]), binary.BigEndian.Uint64(b[8:])
	var s [26]byte
	for i := 25; i >= 0; i-- {
		s[i] = alphabet[lo&31]
		lo = lo>>5 | hi<<59
		hi >>= 5
	}
	return string(s[:])
}

// Parse reads an id that came from outside. Lower case is accepted. A malformed id is Absent: it names nothing.
func Parse[T any](s string) (Of[T], error) {
	if len(s) != 26 || s[0] > '7' {
		return "", errs.New(errs.Absent, "errs.absent", nil)
	}
	up := strings.ToUpper(s)
	for i := range len(up) {
		if strings.IndexByte(alphabet, up[i]) < 0 {
			return "", errs.New(errs.Absent, "errs.absent", nil)
		}
	}
	return Of[T](up), nil
}

// Time is the millisecond at which the id was drawn; zero for the zero id.
func (o Of[T]) Time() time.Time {
	if len(o) != 26 {
		return time.Time{}
	}
	var ms int64
	for i := range 10 {
		ms = ms<<5 | int64(strings.IndexByte(alphabet, o[i]))
	}
	return time.UnixMilli(ms).UTC()
}

// String gives the 26 characters.
func (o Of[T]) String() string { return string(o) }

// IsZero tells whether there is no id.
func (o Of[T]) IsZero() bool { return o == "" }

// Value stores "" as NULL.
func (o Of[T]) Value() (driver.Value, error) {
	if o == "" {
		return nil, nil
	}
	return string(o), nil
}

// Scan reads NULL as "".
func (o *Of[T]) Scan(v any) error {
	switch v := v.(type) {
	case nil:
		*o = ""
	case string:
		*o = Of[T](v)
	case []byte:
		*o = Of[T](v)
	default:
		return fmt.Errorf("id: cannot read a %T", v)
	}
	return nil
}
