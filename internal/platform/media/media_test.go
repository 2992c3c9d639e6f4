package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	gojpeg "image/jpeg"
	gopng "image/png"
	"os"
	"path/filepath"
	"testing"

	"zhidian/internal/platform/blob"
)

const secret = "29.8416N114.3225E"

func picture() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for x := range 40 {
		for y := range 30 {
			m.Set(x, y, color.RGBA{uint8(x * 6), uint8(y * 8), 90, 255})
		}
	}
	return m
}

func segment(marker byte, body string) []byte {
	n := len(body) + 2
	return append([]byte{0xff, marker, byte(n >> 8), byte(n)}, body...)
}

// noted is what a camera writes: how the picture lies, and a position.
func noted(little bool, orientation uint16) string {
	var order binary.AppendByteOrder = binary.BigEndian
	mark := "MM"
	if little {
		order, mark = binary.LittleEndian, "II"
	}
	b := append([]byte("Exif\x00\x00"), mark...)
	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	for _, e := range [][2]uint16{{0x010f, 2}, {0x0112, orientation}} {
		b = order.AppendUint16(b, e[0])
		b = order.AppendUint16(b, 3)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, e[1])
		b = order.AppendUint16(b, 0)
	}
	b = order.AppendUint32(b, 0)
	return string(b) + "GPSLatitude " + secret
}

// photo is a JPEG as phones make it, with everything that tells where it was made.
func photo(t testing.TB, little bool, orientation uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gojpeg.Encode(&b, picture(), nil); err != nil {
		t.Fatal(err)
	}
	out := append([]byte{}, b.Bytes()[:2]...)
	out = append(out, segment(app1, noted(little, orientation))...)
	out = append(out, segment(app1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"+secret)...)
	out = append(out, segment(app2, "MPF\x00"+secret)...)
	out = append(out, segment(app2, "ICC_PROFILE\x00\x01\x01colours")...)
	out = append(out, segment(0xed, "Photoshop 3.0\x00"+secret)...)
	out = append(out, segment(com, secret)...)
	out = append(out, b.Bytes()[2:]...)
	return append(out, "PK\x03\x04"+secret+"<script>alert(1)</script>"...)
}

func TestAPhotographTellsNoPlace(t *testing.T) {
	t.Parallel()
	for _, little := range []bool{true, false} {
		for _, o := range []uint16{0, 1, 6, 9} {
			got, err := Strip(blob.JPEG, photo(t, little, o))
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(got, []byte(secret)) || bytes.Contains(got, []byte("script")) || bytes.Contains(got, []byte("PK")) {
				t.Errorf("little %v: what was noted is still there", little)
			}
			if !bytes.Contains(got, profile) {
				t.Error("the form of the colours is gone")
			}
			want := byte(0)
			if o == 6 {
				want = 6
			}
			var lies byte
			if i := bytes.Index(got, exif); i >= 0 {
				lies = orientation(got[i:])
			}
			if lies != want {
				t.Errorf("little %v: the photograph lies %d, want %d", little, lies, want)
			}
			same(t, got, photo(t, little, o))
			again, err := Strip(blob.JPEG, got)
			if err != nil || !bytes.Equal(again, got) {
				t.Errorf("stripped again it is another: %v", err)
			}
		}
	}
}

// same tells whether two files show the same picture.
func same(t *testing.T, a, b []byte) {
	t.Helper()
	x, _, err := image.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(err)
	}
	y, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		for j := range 30 {
			if x.At(i, j) != y.At(i, j) {
				t.Fatal("the picture has changed")
			}
		}
	}
}

func chunk(kind, body string) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func drawing(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gopng.Encode(&b, picture()); err != nil {
		t.Fatal(err)
	}
	out := append([]byte{}, b.Bytes()[:33]...)
	out = append(out, chunk("tEXt", "Comment\x00"+secret)...)
	out = append(out, chunk("eXIf", secret)...)
	out = append(out, b.Bytes()[33:]...)
	return append(out, secret...)
}

func web(chunks ...string) []byte {
	body := "WEBP"
	for i := 0; i+1 < len(chunks); i += 2 {
		body += chunks[i] + string(binary.LittleEndian.AppendUint32(nil, uint32(len(chunks[i+1])))) + chunks[i+1]
		if len(chunks[i+1])%2 == 1 {
			body += "\x00"
		}
	}
	return append([]byte("RIFF"+string(binary.LittleEndian.AppendUint32(nil, uint32(len(body))))), body...)
}

func TestDrawingsAndWebPicturesTellNothing(t *testing.T) {
	t.Parallel()
	got, err := Strip(blob.PNG, drawing(t))
	if err != nil || bytes.Contains(got, []byte(secret)) {
		t.Fatalf("%v", err)
	}
	same(t, got, drawing(t))
	in := append(web("VP8X", "\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00", "VP8 ", "picture", "EXIF", secret, "XMP ", secret), secret...)
	if got, err = Strip(blob.WebP, in); err != nil || !bytes.Equal(got, web("VP8X", "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00", "VP8 ", "picture")) {
		t.Errorf("%q, %v", got, err)
	}
	if got, err = Strip(blob.PDF, []byte("%PDF-"+secret)); err != nil || !bytes.Contains(got, []byte(secret)) {
		t.Errorf("another type is changed: %q, %v", got, err)
	}
}

func TestDamagedPicturesAreRefused(t *testing.T) {
	t.Parallel()
	whole, drawn := photo(t, true, 6), drawing(t)
	end := bytes.LastIndex(whole, []byte{0xff, eoi})
	for name, c := range map[string]struct {
		kind blob.Type
		in   []byte
	}{
		"empty":             {blob.JPEG, nil},
		"head alone":        {blob.JPEG, whole[:4]},
		"cut off":           {blob.JPEG, whole[:end]},
		"without a picture": {blob.JPEG, append([]byte{0xff, soi}, 0xff, eoi)},
		"a text":            {blob.JPEG, []byte("\xff\xd8\xff<html><script>alert(1)</script>")},
		"a scan too early":  {blob.JPEG, append([]byte{0xff, soi}, append(segment(sos, "x"), 0xff, eoi)...)},
		"a length of one":   {blob.JPEG, []byte{0xff, soi, 0xff, com, 0, 1, 0xff, eoi}},
		"png cut off":       {blob.PNG, drawn[:60]},
		"png with an error": {blob.PNG, append(append([]byte{}, drawn[:20]...), append([]byte{drawn[20] ^ 1}, drawn[21:]...)...)},
		"png without end":   {blob.PNG, drawn[:33]},
		"webp cut off":      {blob.WebP, web("VP8 ", "picture")[:24]},
		"webp of nothing":   {blob.WebP, web("EXIF", secret+"  ")},
	} {
		if got, err := Strip(c.kind, c.in); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
}

func atom(kind string, body string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(body)+8))) + kind + body
}

func onDisk(t testing.TB, content string) (*os.File, int64) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "film"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if _, err := f.WriteString(content); err != nil {
		t.Fatal(err)
	}
	return f, int64(len(content))
}

func TestAFilmTellsNoPlace(t *testing.T) {
	t.Parallel()
	track := atom("trak", atom("tkhd", "track")+atom("udta", secret)+atom("meta", secret))
	film := atom("ftyp", "isom0000") + atom("moov", atom("mvhd", "head")+track+atom("udta", atom("\xa9xyz", secret))) + atom("uuid", secret) + "\x00\x00\x00\x01mdat\x00\x00\x00\x00\x00\x00\x00\x17picture" + atom("meta", secret)
	f, size := onDisk(t, film)
	if err := StripFilm(f, size); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(f.Name())
	if err != nil || len(got) != len(film) || bytes.Contains(got, []byte(secret)) {
		t.Errorf("%q, %v", got, err)
	}
	for _, part := range []string{"picture", "track", "mvhd"} {
		if !bytes.Contains(got, []byte(part)) {
			t.Errorf("%s is gone", part)
		}
	}
	deep := "x"
	for range 40 {
		deep = atom("moov", deep)
	}
	for name, bad := range map[string]string{"cut off": film[:len(film)-5], "a length of three": "\x00\x00\x00\x03moov", "endless": deep, "beyond": "\x00\x00\x00\x01moov\xff\xff\xff\xff\xff\xff\xff\xff"} {
		f, size := onDisk(t, bad)
		if err := StripFilm(f, size); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzStrip(f *testing.F) {
	f.Add(uint8(0), photo(f, true, 6))
	f.Add(uint8(1), drawing(f))
	f.Add(uint8(2), web("VP8X", "\x0c\x00\x00\x00\x00\x00\x00\x00\x00\x00", "VP8 ", "picture", "EXIF", secret))
	f.Fuzz(func(t *testing.T, kind uint8, in []byte) {
		of := []blob.Type{blob.JPEG, blob.PNG, blob.WebP}[kind%3]
		got, err := Strip(of, in)
		if err != nil {
			return
		}
		again, err := Strip(of, got)
		if err != nil || !bytes.Equal(again, got) {
			t.Fatalf("stripped again it is another: %v", err)
		}
	})
}

func FuzzStripFilm(f *testing.F) {
	f.Add([]byte(atom("ftyp", "isom0000") + atom("moov", atom("udta", secret)) + atom("mdat", "picture")))
	f.Fuzz(func(t *testing.T, in []byte) {
		m := memory(bytes.Clone(in))
		if err := StripFilm(m, int64(len(m))); err == nil && StripFilm(m, int64(len(m))) != nil {
			t.Fatal("stripped once it is damaged")
		}
	})
}

// memory is a film that lies in no file.
type memory []byte

func (m memory) ReadAt(b []byte, at int64) (int, error) {
	return bytes.NewReader(m).ReadAt(b, at)
}

func (m memory) WriteAt(b []byte, at int64) (int, error) {
	if at < 0 || at+int64(len(b)) > int64(len(m)) {
		return 0, os.ErrInvalid
	}
	return copy(m[at:], b), nil
}
