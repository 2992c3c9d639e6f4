// Package media takes out of photographs and films what tells where, when and with what they were made, and leaves what is seen.
package media

import (
	"bytes"
	"errors"

	"zhidian/internal/platform/blob"
)

// ErrDamaged says that a file is not whole, or is not what its first bytes promise.
var ErrDamaged = errors.New("media: damaged")

// Strip gives an image without its metadata: position, time, camera, comments, thumbnails, and whatever follows its end. The
// picture itself is not computed anew. A photograph that lies on its side keeps the note that says so. Other types come back
// as they are.
func Strip(t blob.Type, in []byte) ([]byte, error) {
	switch t {
	case blob.JPEG:
		return jpeg(in)
	case blob.PNG:
		return png(in)
	case blob.WebP:
		return webp(in)
	}
	return in, nil
}

// The markers of a JPEG that matter here.
const (
	soi  = 0xd8
	eoi  = 0xd9
	sos  = 0xda
	app0 = 0xe0
	app1 = 0xe1
	app2 = 0xe2
	appE = 0xee
	com  = 0xfe
)

var (
	exif    = []byte("Exif\x00\x00")
	profile = []byte("ICC_PROFILE\x00")
)

// jpeg copies the segments that a decoder needs. What applications have added goes, but for the form of the colours.
func jpeg(in []byte) ([]byte, error) {
	if len(in) < 4 || in[0] != 0xff || in[1] != soi {
		return nil, ErrDamaged
	}
	out := append(make([]byte, 0, len(in)), in[:2]...)
	framed, scanned, turned := false, false, false
	for at := 2; ; {
		marker, from, ok := nextMarker(in, at)
		switch {
		case !ok:
			return nil, ErrDamaged
		case marker == eoi:
			if !framed || !scanned {
				return nil, ErrDamaged
			}
			return append(out, 0xff, eoi), nil
		case marker == 0x01 || marker >= 0xd0 && marker <= soi || marker == 0:
			return nil, ErrDamaged
		}
		if from+2 > len(in) {
			return nil, ErrDamaged
		}
		end := from + int(in[from])<<8 + int(in[from+1])
		if end < from+2 || end > len(in) {
			return nil, ErrDamaged
		}
		segment := in[from:end]
		if marker == app1 && !turned {
			if o := orientation(segment[2:]); o > 1 {
				out, turned = append(out, turn(o)...), true
			}
		}
		if kept(marker, segment[2:]) {
			out = append(append(out, 0xff, marker), segment...)
		}
		framed = framed || marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc
		at = end
		if marker == sos {
			if !framed {
				return nil, ErrDamaged
			}
			scanned = true
			at = scan(in, end)
			out = append(out, in[end:at]...)
		}
	}
}

// nextMarker finds the marker at a place, past bytes that only fill.
func nextMarker(in []byte, at int) (marker byte, after int, ok bool) {
	if at >= len(in) || in[at] != 0xff {
		return 0, 0, false
	}
	for at < len(in) && in[at] == 0xff {
		at++
	}
	if at == len(in) {
		return 0, 0, false
	}
	return in[at], at + 1, true
}

// scan finds the end of the picture's data: the next marker that is neither a stuffed byte nor a restart.
func scan(in []byte, at int) int {
	for ; at+1 < len(in); at++ {
		if in[at] == 0xff && in[at+1] != 0 && in[at+1] != 0xff && (in[at+1] < 0xd0 || in[at+1] > 0xd7) {
			return at
		}
	}
	return len(in)
}

// kept tells whether a segment is needed to see the picture as it was.
func kept(marker byte, body []byte) bool {
	switch {
	case marker == com:
		return false
	case marker == app0:
		return bytes.HasPrefix(body, []byte("JFIF\x00")) && len(body) >= 14 && body[12] == 0 && body[13] == 0 // without a thumbnail
	case marker == app2:
		return bytes.HasPrefix(body, profile)
	case marker == appE:
		return bytes.HasPrefix(body, []byte("Adobe"))
	}
	return marker < app0 || marker > 0xef
}

// orientation reads how a photograph lies from what the camera has noted, 0 where it says nothing.
func orientation(body []byte) byte {
	tiff, ok := bytes.CutPrefix(body, exif)
	if !ok || len(tiff) < 8 {
		return 0
	}
	little := tiff[0] == 'I'
	two := func(at int) int {
		if little {
			return int(tiff[at]) | int(tiff[at+1])<<8
		}
		return int(tiff[at])<<8 | int(tiff[at+1])
	}
	first := two(4) | two(6)<<16
	if !little {
		first = two(4)<<16 | two(6)
	}
	if first < 8 || first+2 > len(tiff) {
		return 0
	}
	for i := range two(first) {
		entry := first + 2 + 12*i
		if entry+12 > len(tiff) {
			return 0
		}
		if two(entry) == 0x0112 {
			if o := two(entry + 8); o >= 1 && o <= 8 {
				return byte(o)
			}
			return 0
		}
	}
	return 0
}

// turn is a segment that says how a photograph lies, and nothing else.
func turn(o byte) []byte {
	return append([]byte{0xff, app1, 0, 34}, append(exif[:len(exif):len(exif)], 'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, o, 0, 0, 0, 0, 0, 0)...)
}
