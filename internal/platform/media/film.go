package media

import (
	"encoding/binary"
	"io"
)

// notes are the boxes of a film or a recording in which cameras and phones write position, time and names.
var notes = map[string]bool{"udta": true, "meta": true, "uuid": true}

// most is how many boxes are looked at, and deepest how far down; a film has some dozens.
const (
	most    = 10_000
	deepest = 4
)

// file is what a film is changed in.
type file interface {
	io.ReaderAt
	io.WriterAt
}

// StripFilm empties the boxes of an MP4, MOV or M4A that hold what was noted beside picture and sound. Everything keeps its
// place, so that nothing is copied. Tracks of positions that some cameras record beside the picture are not known here.
func StripFilm(f file, size int64) error {
	left := most
	return strip(f, 0, size, 0, &left)
}

func strip(f file, at, end int64, depth int, left *int) error {
	for at < end {
		if *left--; *left < 0 {
			return ErrDamaged
		}
		kind, head, length, err := box(f, at, end)
		if err != nil {
			return err
		}
		switch {
		case notes[kind]:
			if _, err := f.WriteAt([]byte("free"), at+4); err != nil {
				return err
			}
			if err := empty(f, at+head, at+length); err != nil {
				return err
			}
		case kind == "moov" || kind == "trak":
			if depth == deepest {
				return ErrDamaged
			}
			if err := strip(f, at+head, at+length, depth+1, left); err != nil {
				return err
			}
		}
		at += length
	}
	return nil
}

// box reads the head of a box: its kind, the length of the head, and its own.
func box(f io.ReaderAt, at, end int64) (kind string, head, length int64, err error) {
	var b [16]byte
	if end-at < 8 {
		return "", 0, 0, ErrDamaged
	}
	if _, err := f.ReadAt(b[:min(16, end-at)], at); err != nil && err != io.EOF {
		return "", 0, 0, err
	}
	head, length = 8, int64(binary.BigEndian.Uint32(b[:]))
	switch length {
	case 0: // to the end
		length = end - at
	case 1:
		head = 16
		if end-at < 16 || b[8] >= 0x80 {
			return "", 0, 0, ErrDamaged
		}
		length = int64(binary.BigEndian.Uint64(b[8:]))
	}
	if length < head || length > end-at {
		return "", 0, 0, ErrDamaged
	}
	return string(b[4:8]), head, length, nil
}

func empty(f io.WriterAt, from, to int64) error {
	zeros := make([]byte, min(to-from, 64<<10))
	for from < to {
		n := min(int64(len(zeros)), to-from)
		if _, err := f.WriteAt(zeros[:n], from); err != nil {
			return err
		}
		from += n
	}
	return nil
}
