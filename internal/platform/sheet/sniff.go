package sheet

import (
	"bytes"
)

// content is what the first bytes tell; for files that are no spreadsheet it is the key of the message that says so.
type content string

const (
	isZip  content = "zip"
	isOLE  content = "ole"
	isHTML content = "html"
	isText content = "text"

	isPDF     content = "sheet.is_pdf"
	isImage   content = "sheet.is_image"
	isArchive content = "sheet.is_archive"
	isXML     content = "sheet.is_xml"
	isUnknown content = "sheet.is_unknown"
)

var magics = []struct {
	start string
	is    content
}{
	{"PK\x03\x04", isZip},
	{"PK\x05\x06", isZip},
	{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", isOLE},
	{"%PDF-", isPDF},
	{"\x89PNG", isImage},
	{"\xff\xd8\xff", isImage},
	{"GIF8", isImage},
	{"BM\x00", isImage},
	{"II*\x00", isImage},
	{"MM\x00*", isImage},
	{"RIFF", isImage},
	{"Rar!", isArchive},
	{"7z\xbc\xaf", isArchive},
	{"\x1f\x8b", isArchive},
	{"{\\rtf", "sheet.is_word"},
	{"MIME-Version:", isXML},
}

func sniff(head []byte) content {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.start)) {
			return m.is
		}
	}
	if utf16Order(head) != "" {
		return isText
	}
	text := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(head[:min(len(head), 16<<10)], []byte("\xef\xbb\xbf")), " \t\r\n"))
	if bytes.HasPrefix(text, []byte("<?xml")) && bytes.Contains(text, []byte("urn:schemas-microsoft-com:office:spreadsheet")) &&
		!bytes.Contains(text, []byte("<html")) {
		return isXML
	}
	if bytes.HasPrefix(text, []byte("<")) {
		for _, tag := range []string{"<html", "<table", "<!doctype html", "<meta", "<style", "<body"} {
			if bytes.Contains(text, []byte(tag)) {
				return isHTML
			}
		}
		if bytes.HasPrefix(text, []byte("<?xml")) {
			return isXML
		}
	}
	nul, control := 0, 0
	for _, b := range head {
		switch {
		case b == 0:
			nul++
		case b < 0x20 && b != '\t' && b != '\n' && b != '\r' && b != 0x0b && b != '\f' && b != 0x1a:
			control++
		}
	}
	if control*100 > len(head) || nul*4 > len(head) {
		return isUnknown
	}
	return isText
}

// utf16Order gives LE or BE for UTF-16, by its mark or, without one, by where the zero bytes of Latin letters lie.
func utf16Order(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		return "LE"
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return "BE"
	}
	var zero [2]int
	sample := head[:min(len(head), 4096)&^1]
	for i, b := range sample {
		if b == 0 {
			if other := sample[i^1]; other < '\t' || other > '~' {
				return "" // a zero beside anything else is no letter
			}
			zero[i%2]++
		}
	}
	switch half := len(sample) / 2; {
	case half < 4:
	case zero[0] == 0 && zero[1]*5 > half:
		return "LE"
	case zero[1] == 0 && zero[0]*5 > half:
		return "BE"
	}
	return ""
}
