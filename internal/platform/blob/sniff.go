package blob

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/richardlehane/mscfb"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// Type is what a file is by its content, whatever its name says; its value is the media type.
type Type string

// The types that are known. A workbook with macros, an encrypted one and any other file have none.
const (
	PDF  Type = "application/pdf"
	PNG  Type = "image/png"
	JPEG Type = "image/jpeg"
	WebP Type = "image/webp"
	XLSX Type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	XLS  Type = "application/vnd.ms-excel"
	CSV  Type = "text/csv" // any plain text in UTF-8, UTF-16 with mark, or GBK
	JSON Type = "application/json"
	HTML Type = "text/html" // what registries export under the name .xls; never shown by a browser from here
	ZIP  Type = "application/zip"
	DOCX Type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

	MP3  Type = "audio/mpeg"
	M4A  Type = "audio/mp4"
	WAV  Type = "audio/wav"
	Ogg  Type = "audio/ogg"
	AMR  Type = "audio/amr"
	AAC  Type = "audio/aac"
	WebM Type = "video/webm" // also sound alone, as browsers record it
	MP4  Type = "video/mp4"  // and 3GP
	MOV  Type = "video/quicktime"
)

// endings are how names of files end, by type.
var endings = map[Type]string{
	PDF: "pdf", PNG: "png", JPEG: "jpg", WebP: "webp", XLSX: "xlsx", XLS: "xls", CSV: "csv", JSON: "json, geojson", HTML: "html", ZIP: "zip", DOCX: "docx",
	MP3: "mp3", M4A: "m4a", WAV: "wav", Ogg: "ogg", AMR: "amr", AAC: "aac", WebM: "webm", MP4: "mp4", MOV: "mov",
}

// Ending is how the name of a file of the type ends, without the dot.
func (t Type) Ending() string {
	first, _, _ := strings.Cut(endings[t], ",")
	return first
}

// Names is the list of types for a message, by their usual endings.
func Names(types []Type) string {
	var list []string
	for _, t := range types {
		list = append(list, endings[t])
	}
	return strings.Join(list, ", ")
}

// headSize is how much of a text is looked at; the package that reads it looks at the rest.
const headSize = 64 << 10

// Sniff gives the type of a file that is not stored, empty for none.
func Sniff(f io.ReaderAt, size int64) (Type, error) { return sniff(f, size) }

// sniff gives the type, empty for none. An error is one of the disk.
func sniff(f io.ReaderAt, size int64) (Type, error) {
	head := make([]byte, min(size, headSize))
	if _, err := f.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return "", explain(err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return PDF, nil
	case bytes.HasPrefix(head, []byte("\x89PNG\r\n\x1a\n")):
		return PNG, nil
	case bytes.HasPrefix(head, []byte("\xff\xd8\xff")):
		return JPEG, nil
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return WebP, nil
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return sniffZip(f, size), nil
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return sniffOLE(f), nil
	}
	if kind := sniffMedia(head); kind != "" {
		return kind, nil
	}
	return sniffText(head, int64(len(head)) == size), nil
}

// sniffMedia tells sound and film.
func sniffMedia(head []byte) Type {
	begins := func(s string) bool { return bytes.HasPrefix(head, []byte(s)) }
	switch {
	case begins("ID3"), len(head) >= 2 && head[0] == 0xff && (head[1] == 0xfb || head[1] == 0xf3 || head[1] == 0xf2):
		return MP3
	case len(head) >= 2 && head[0] == 0xff && (head[1] == 0xf1 || head[1] == 0xf9):
		return AAC
	case len(head) >= 12 && begins("RIFF") && string(head[8:12]) == "WAVE":
		return WAV
	case begins("OggS"):
		return Ogg
	case begins("#!AMR"):
		return AMR
	case begins("\x1aE\xdf\xa3"):
		return WebM
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		switch string(head[8:11]) {
		case "M4A":
			return M4A
		case "qt ":
			return MOV
		case "iso", "mp4", "3gp", "avc", "MSN", "M4V", "3g2":
			return MP4
		}
	}
	return ""
}

func sniffZip(f io.ReaderAt, size int64) Type {
	z, err := zip.NewReader(f, size)
	if err != nil {
		return ""
	}
	has := func(name string) bool {
		return slices.ContainsFunc(z.File, func(f *zip.File) bool { return strings.EqualFold(f.Name, name) })
	}
	switch {
	case has("xl/vbaProject.bin"), has("xl/workbook.bin"), has("word/vbaProject.bin"), has("ppt/presentation.xml"):
		return ""
	case has("word/document.xml"):
		return DOCX
	case has("xl/workbook.xml") && has("[Content_Types].xml"):
		return XLSX
	}
	return ZIP
}

// sniffOLE tells an old workbook from other files of the same container, such as letters and encrypted workbooks.
func sniffOLE(f io.ReaderAt) (kind Type) {
	defer func() {
		if recover() != nil { // the reader of the container is not ours, the file is a stranger's
			kind = ""
		}
	}()
	doc, err := mscfb.New(f)
	if err != nil {
		return ""
	}
	for _, entry := range doc.File {
		switch entry.Name {
		case "Workbook", "Book":
			kind = XLS
		case "EncryptedPackage", "_VBA_PROJECT_CUR", "_VBA_PROJECT":
			return ""
		}
	}
	return kind
}

func sniffText(head []byte, whole bool) Type {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return CSV
	}
	text := bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for _, c := range text {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' && c != '\f' || c == 0x7f {
			return ""
		}
	}
	if !readable(text, whole) {
		return ""
	}
	start := bytes.ToLower(bytes.TrimSpace(text[:min(len(text), 4096)]))
	switch {
	case len(start) == 0:
		return ""
	case start[0] == '<':
		for _, tag := range []string{"<html", "<!doctype html", "<table", "<meta", "<head", "<style"} {
			if bytes.HasPrefix(start, []byte(tag)) {
				return HTML
			}
		}
		return ""
	case (start[0] == '{' || start[0] == '[') && isJSON(text, whole):
		return JSON
	}
	return CSV
}

// readable tells whether bytes are UTF-8 or GBK (GB 18030); a head may end within a letter.
func readable(text []byte, whole bool) bool {
	cut := text
	for range utf8.UTFMax {
		if utf8.Valid(cut) {
			return true
		}
		if whole || len(cut) == 0 {
			break
		}
		cut = cut[:len(cut)-1]
	}
	decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(text)
	if err != nil {
		return false
	}
	if !whole {
		decoded = bytes.TrimRight(decoded, "\uFFFD")
	}
	return !bytes.ContainsRune(decoded, utf8.RuneError)
}

func isJSON(text []byte, whole bool) bool {
	if whole {
		return json.Valid(text)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	for {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		}
	}
}
