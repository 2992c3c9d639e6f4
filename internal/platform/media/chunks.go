package media

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// shown are the chunks of a PNG that a picture is made of; all others say something about it.
var shown = map[string]bool{
	"IHDR": true, "PLTE": true, "IDAT": true, "IEND": true, "tRNS": true, "cHRM": true, "gAMA": true, "iCCP": true, "sBIT": true, "sRGB": true, "bKGD": true, "pHYs": true,
	"acTL": true, "fcTL": true, "fdAT": true,
}

func png(in []byte) ([]byte, error) {
	const head = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(in, []byte(head)) {
		return nil, ErrDamaged
	}
	out := append(make([]byte, 0, len(in)), head...)
	seen := map[string]bool{}
	for rest := in[len(head):]; ; {
		if len(rest) < 12 {
			return nil, ErrDamaged
		}
		size := uint64(binary.BigEndian.Uint32(rest))
		if size+12 > uint64(len(rest)) {
			return nil, ErrDamaged
		}
		chunk := rest[:size+12]
		if crc32.ChecksumIEEE(chunk[4:8+size]) != binary.BigEndian.Uint32(chunk[8+size:]) {
			return nil, ErrDamaged
		}
		kind := string(chunk[4:8])
		if len(seen) == 0 && kind != "IHDR" {
			return nil, ErrDamaged
		}
		seen[kind] = true
		if shown[kind] {
			out = append(out, chunk...)
		}
		if kind == "IEND" {
			if !seen["IDAT"] {
				return nil, ErrDamaged
			}
			return out, nil
		}
		rest = rest[len(chunk):]
	}
}

// What the head of a WebP says of its chunks.
const (
	saysXMP  = 1 << 2
	saysExif = 1 << 3
)

func webp(in []byte) ([]byte, error) {
	if len(in) < 20 || string(in[:4]) != "RIFF" || string(in[8:12]) != "WEBP" {
		return nil, ErrDamaged
	}
	end := uint64(binary.LittleEndian.Uint32(in[4:])) + 8
	if end > uint64(len(in)) {
		return nil, ErrDamaged
	}
	out := append(make([]byte, 0, len(in)), in[:12]...)
	picture := false
	for rest := in[12:end]; len(rest) > 0; {
		if len(rest) < 8 {
			return nil, ErrDamaged
		}
		size := uint64(binary.LittleEndian.Uint32(rest[4:]))
		size += size & 1
		if size+8 > uint64(len(rest)) {
			return nil, ErrDamaged
		}
		chunk := rest[:size+8]
		rest = rest[len(chunk):]
		switch string(chunk[:4]) {
		case "VP8X":
			if size < 10 {
				return nil, ErrDamaged
			}
			out = append(out, chunk...)
			out[len(out)-len(chunk)+8] &^= saysXMP | saysExif
		case "VP8 ", "VP8L", "ANMF":
			picture = true
			out = append(out, chunk...)
		case "ALPH", "ANIM", "ICCP":
			out = append(out, chunk...)
		}
	}
	if !picture {
		return nil, ErrDamaged
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, nil
}
