// Package text reads the plain formats in which problems for solvers are exchanged: numbers between spaces, line by line.
package text

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
)

// Trouble says what is wrong with a word. It is a fixed text, so that the caller can find a sentence for it in any language.
type Trouble string

const (
	Missing    Trouble = "is missing, the file ends"
	NotWhole   Trouble = "must be a whole number"
	NotANumber Trouble = "must be a number"
	OutOfRange Trouble = "is too small or too large"
	TooLong    Trouble = "is too long for a number or a name"
	Unexpected Trouble = "stands where nothing is expected any more"
)

// Error says what is wrong in a file, and in which line.
type Error struct {
	Line        int    // from 1
	Field       string // what is expected there, such as "cost"; may be empty
	Have        string // what stands there; empty at the end of the file
	Trouble     Trouble
	Least, Most float64 // of OutOfRange
}

func (e *Error) Error() string {
	s := fmt.Sprintf("line %d: ", e.Line)
	if e.Field != "" {
		s += e.Field + " "
	}
	if e.Have != "" {
		s += strconv.Quote(e.Have) + " "
	}
	s += string(e.Trouble)
	if e.Trouble == OutOfRange {
		s += fmt.Sprintf(", must be from %v to %v", e.Least, e.Most)
	}
	return s
}

// mostWord bounds a word, so that a file without spaces is not read into memory whole.
const mostWord = 200

// Reader reads words, whatever stands between them.
type Reader struct {
	r    *bufio.Reader
	line int
	word []byte
}

// NewReader reads from r.
func NewReader(r io.Reader) *Reader {
	return &Reader{r: bufio.NewReaderSize(r, 1<<16), line: 1, word: make([]byte, 0, mostWord)}
}

// Line is the line in which the last word stood.
func (r *Reader) Line() int { return r.line }

// Fault says what is wrong with the last word.
func (r *Reader) Fault(field string, t Trouble) error {
	return &Error{Line: r.line, Field: field, Have: string(r.word), Trouble: t}
}

// Word gives the next word; io.EOF behind the last. It is valid until the next call.
func (r *Reader) Word() ([]byte, error) {
	r.word = r.word[:0]
	for {
		c, err := r.r.ReadByte()
		if err == io.EOF && len(r.word) > 0 {
			return r.word, nil
		}
		if err != nil {
			return nil, err
		}
		switch {
		case c > ' ' && len(r.word) == mostWord:
			return nil, r.Fault("", TooLong)
		case c > ' ':
			r.word = append(r.word, c)
		case len(r.word) > 0:
			return r.word, r.r.UnreadByte()
		case c == '\n':
			r.line++
		}
	}
}

// Int gives the next word as a whole number from least to most.
func (r *Reader) Int(field string, least, most int64) (int64, error) {
	word, err := r.Word()
	if err == io.EOF {
		return 0, r.Fault(field, Missing)
	}
	if err != nil {
		return 0, err
	}
	n, ok := small(word)
	if !ok {
		if n, err = strconv.ParseInt(string(word), 10, 64); err != nil {
			return 0, r.Fault(field, NotWhole)
		}
	}
	if n < least || n > most {
		return 0, &Error{Line: r.line, Field: field, Have: string(word), Trouble: OutOfRange, Least: float64(least), Most: float64(most)}
	}
	return n, nil
}

// small reads a number of up to 15 digits.
func small(word []byte) (n int64, ok bool) {
	digits, sign := word, int64(1)
	if word[0] == '-' {
		digits, sign = word[1:], -1
	}
	if len(digits) == 0 || len(digits) > 15 {
		return 0, false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int64(c-'0')
	}
	return sign * n, true
}

// Float gives the next word as a number from least to most.
func (r *Reader) Float(field string, least, most float64) (float64, error) {
	word, err := r.Word()
	if err == io.EOF {
		return 0, r.Fault(field, Missing)
	}
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseFloat(string(word), 64)
	if err != nil || n != n {
		return 0, r.Fault(field, NotANumber)
	}
	if n < least || n > most {
		return 0, &Error{Line: r.line, Field: field, Have: string(word), Trouble: OutOfRange, Least: least, Most: most}
	}
	return n, nil
}

// Skip leaves out the rest of the line.
func (r *Reader) Skip() error {
	for {
		_, err := r.r.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			continue
		}
		if err == nil {
			r.line++
		}
		if err == io.EOF {
			err = nil
		}
		return err
	}
}

// End refuses anything behind the last word.
func (r *Reader) End() error {
	_, err := r.Word()
	if err == io.EOF {
		return nil
	}
	if err != nil {
		return err
	}
	return r.Fault("", Unexpected)
}
