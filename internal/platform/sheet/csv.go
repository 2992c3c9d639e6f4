package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strings"

	"zhidian/internal/platform/errs"
)

type csvFile struct {
	file   io.ReaderAt
	size   int64
	enc    encoding
	comma  rune
	told   bool // the first line is Excel's sep=;
	limits Limits
}

func (b *Book) openCSV(f io.ReaderAt, size int64, head []byte, limits Limits) error {
	enc, err := inspect(io.NewSectionReader(f, 0, size), head, limits)
	if err != nil {
		return err
	}
	start, err := io.ReadAll(enc.decode(bytes.NewReader(head)))
	if err != nil {
		return damaged(err, "sheet.is_unknown", nil)
	}
	c := &csvFile{file: f, size: size, enc: enc, limits: limits}
	c.comma, c.told = separator(start)
	b.Format, b.source, b.sheets = CSV, c, []Sheet{{Name: "csv"}}
	return nil
}

// separator takes the sign that divides the first lines most evenly, or the one that Excel's first line sep= names.
func separator(start []byte) (comma rune, told bool) {
	if len(start) > 4 && strings.EqualFold(string(start[:4]), "sep=") && (len(start) == 5 || start[5] == '\r' || start[5] == '\n') {
		if c := rune(start[4]); c == ',' || c == ';' || c == '\t' || c == '|' {
			return c, true
		}
	}
	comma, best := ',', 0
	for _, sign := range []byte{',', '\t', ';', '|'} {
		lines, here, least, quoted := 0, 0, 1<<30, false
		for _, c := range start {
			switch {
			case c == '"':
				quoted = !quoted
			case quoted:
			case c == sign:
				here++
			case c == '\n' || c == '\r':
				if here > 0 {
					lines++
					least = min(least, here)
				}
				here = 0
			}
			if lines >= 50 {
				break
			}
		}
		if here > 0 && lines == 0 {
			lines, least = 1, here
		}
		if lines > 0 && lines*least > best {
			comma, best = rune(sign), lines*least
		}
	}
	return comma, false
}

var errRecordTooLong = errors.New("record over the limit")

// recordGuard hands text on to the csv reader, turns lone carriage returns into line ends, and stops when one record has
// swallowed more than the limit, as after a quotation mark that is never closed.
type recordGuard struct {
	from  *bufio.Reader
	since int
	limit int
	last  byte
}

func (g *recordGuard) Read(p []byte) (int, error) {
	if g.since > g.limit {
		return 0, errRecordTooLong
	}
	n, err := g.from.Read(p)
	g.since += n
	for i := 0; i < n; {
		at := bytes.IndexByte(p[i:n], '\r')
		if at < 0 {
			break
		}
		i += at + 1
		if i < n && p[i] == '\n' {
			continue
		}
		if i == n {
			if next, _ := g.from.Peek(1); len(next) == 1 && next[0] == '\n' {
				break
			}
		}
		p[i-1] = '\n'
	}
	if text := bytes.TrimRight(p[:n], "\r\n\t ,;"); len(text) > 0 {
		g.last = text[len(text)-1]
	}
	return n, err
}

func (c *csvFile) rows(int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		guard := &recordGuard{
			from:  bufio.NewReaderSize(c.enc.decode(io.NewSectionReader(c.file, 0, c.size)), 64<<10),
			limit: c.limits.RecordBytes,
		}
		r := csv.NewReader(guard)
		r.Comma, r.LazyQuotes, r.FieldsPerRecord, r.ReuseRecord = c.comma, true, -1, true
		row := Row{}
		inner := 0 // line ends inside cells so far: Excel counts such a row once
		open := 0  // the row whose last cell has line ends, while it is the last one
		for {
			guard.since = 0
			record, err := r.Read()
			if err == io.EOF {
				if open > 0 && guard.last != '"' {
					yield(Row{}, invalid("sheet.quote_open", errs.Args{"row": open}))
				}
				return
			}
			if err != nil {
				if errors.Is(err, errRecordTooLong) {
					err = damaged(err, "sheet.quote_open", errs.Args{"row": row.Number + 1})
				} else {
					err = damaged(err, "sheet.damaged", errs.Args{"row": row.Number + 1})
				}
				yield(Row{}, err)
				return
			}
			line, _ := r.FieldPos(0)
			row.Number = line - inner
			open = 0
			row.Cells = row.Cells[:0]
			for i, s := range record {
				if n := strings.Count(s, "\n"); n > 0 {
					inner += n
					if i == len(record)-1 {
						open = row.Number
					}
				}
				cell := textCell(s, c.limits.CellChars)
				if c.enc != utf8Text && strings.Contains(s, "\uFFFD") {
					cell.Problem = "sheet.char_unreadable"
				}
				row.Cells = append(row.Cells, cell)
			}
			if c.told && row.Number == 1 {
				continue
			}
			all := row.Cells
			if row.Cells = trimmed(all); row.Cells != nil && !yield(row, nil) {
				return
			}
			row.Cells = all
		}
	}
}
