package sheet

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"zhidian/internal/platform/errs"
)

// encoding is how a text table writes its characters.
type encoding uint8

const (
	utf8Text encoding = iota
	gb18030Text
	utf16LE
	utf16BE
)

// decode gives the text as UTF-8 without a byte order mark.
func (e encoding) decode(r io.Reader) io.Reader {
	switch e {
	case gb18030Text:
		return transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder())
	case utf16LE:
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case utf16BE:
		return transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	}
	b := bufio.NewReaderSize(r, 64<<10)
	if mark, _ := b.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = b.Discard(3)
	}
	return b
}

// inspect reads a text through once: its encoding, and whether it is one text at all. Lines are judged one by one, so that
// files pasted together from UTF-8 and GBK are named with the line where the second begins.
func inspect(r io.Reader, head []byte, limits Limits) (encoding, error) {
	switch utf16Order(head) {
	case "LE":
		return utf16LE, nil
	case "BE":
		return utf16BE, nil
	}
	end := byte('\n')
	if bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0 {
		end = '\r'
	}
	b := bufio.NewReaderSize(r, limits.RecordBytes)
	var sure, broken, firstSure, firstBroken int
	for line := 1; ; line++ {
		text, err := b.ReadSlice(end)
		if err == bufio.ErrBufferFull {
			return 0, invalid("sheet.line_too_long", errs.Args{"row": line, "limit": megabytes(int64(limits.RecordBytes))})
		}
		if bytes.IndexByte(text, 0) >= 0 {
			return 0, invalid("sheet.nul", errs.Args{"row": line})
		}
		switch {
		case !utf8.Valid(text):
			if broken++; broken == 1 {
				firstBroken = line
			}
		case hanAtLeast(text, 3):
			if sure++; sure == 1 {
				firstSure = line
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return 0, errs.Wrap(err, errs.Internal, "sheet.unreadable", nil)
		}
	}
	switch {
	case broken == 0:
		return utf8Text, nil
	case sure > 0:
		return 0, invalid("sheet.encoding_mixed", errs.Args{"row": max(firstSure, firstBroken)})
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return 0, invalid("sheet.encoding_mixed", errs.Args{"row": firstBroken})
	}
	return gb18030Text, nil
}

// hanAtLeast tells whether valid UTF-8 holds n common Chinese characters; GBK text hardly ever looks like that.
func hanAtLeast(text []byte, n int) bool {
	for i := 0; i < len(text); {
		c := text[i]
		if c < 0xe4 || c > 0xe9 || i+2 >= len(text) {
			i++
			continue
		}
		if n--; n == 0 {
			return true
		}
		i += 3
	}
	return false
}
