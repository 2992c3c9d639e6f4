package sheet

import (
	"io"
	"iter"
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"zhidian/internal/platform/errs"
)

const maxColumns, maxRows = 16384, 1 << 20

// longestPage is how long a single line of a web page may be, because it is held in memory.
const longestPage = 64 << 20

type htmlFile struct {
	file   io.ReaderAt
	size   int64
	enc    encoding
	limits Limits
}

func (b *Book) openHTML(f io.ReaderAt, size int64, head []byte, limits Limits) error {
	loose := limits
	loose.RecordBytes = int(min(max(size+1, 16), max(int64(limits.RecordBytes), longestPage))) // a web page may well be one line
	enc, err := inspect(io.NewSectionReader(f, 0, size), head, loose)
	if err != nil {
		return err
	}
	h := &htmlFile{file: f, size: size, enc: enc, limits: limits}
	z := h.tokens()
	depth, tables := 0, 0
	for {
		t := z.Next()
		if t == html.ErrorToken {
			break
		}
		name, _ := z.TagName()
		if string(name) != "table" {
			continue
		}
		switch {
		case t == html.StartTagToken:
			if depth++; depth == 1 {
				tables++
				b.sheets = append(b.sheets, Sheet{Name: strconv.Itoa(tables)})
			}
		case t == html.EndTagToken && depth > 0:
			depth--
		}
	}
	if err := h.tokenError(z.Err(), 0); err != nil {
		return err
	}
	if tables == 0 {
		return invalid("sheet.html_no_table", nil)
	}
	b.Format, b.source = HTML, h
	return nil
}

func (h *htmlFile) tokens() *html.Tokenizer {
	z := html.NewTokenizer(h.enc.decode(io.NewSectionReader(h.file, 0, h.size)))
	z.SetMaxBuf(h.limits.RecordBytes)
	return z
}

func (h *htmlFile) tokenError(err error, row int) error {
	switch err {
	case nil, io.EOF:
		return nil
	case html.ErrBufferExceeded:
		return damaged(err, "sheet.line_too_long", errs.Args{"row": row + 1, "limit": megabytes(int64(h.limits.RecordBytes))})
	}
	return damaged(err, "sheet.damaged", errs.Args{"row": row + 1})
}

// tableReader gathers the cells of one table; held[i] counts the rows that a merged cell from above still covers in column i.
type tableReader struct {
	row    Row
	held   []int
	text   strings.Builder
	cell   Cell
	inCell bool
	inRow  bool
	limit  int
}

func (t *tableReader) startRow() {
	t.row.Number++
	t.row.Cells = t.row.Cells[:0]
	t.inRow = true
}

func (t *tableReader) skipHeld() {
	for i := len(t.row.Cells); i < len(t.held) && t.held[i] > 0; i++ {
		t.held[i]--
		t.row.Cells = append(t.row.Cells, Cell{})
	}
}

func (t *tableReader) startCell(across, down int) {
	t.endCell()
	if !t.inRow {
		t.startRow()
	}
	t.text.Reset()
	t.cell = Cell{}
	if across > 1 || down > 1 {
		t.cell.Across, t.cell.Down = across, down
	}
	t.inCell = true
}

func (t *tableReader) endCell() {
	if !t.inCell {
		return
	}
	t.inCell = false
	t.skipHeld()
	c := textCell(strings.Trim(t.text.String(), " \t\n"), t.limit)
	c.Across, c.Down = t.cell.Across, t.cell.Down
	at := len(t.row.Cells)
	for i := range max(c.Across, 1) {
		if at+i >= maxColumns {
			return
		}
		t.row.Cells = append(t.row.Cells, Cell{})
		for len(t.held) <= at+i {
			t.held = append(t.held, 0)
		}
		t.held[at+i] = max(t.held[at+i], max(c.Down, 1)-1)
	}
	t.row.Cells[at] = c
}

// endRow closes the row and tells whether it holds anything.
func (t *tableReader) endRow() bool {
	t.endCell()
	if !t.inRow {
		return false
	}
	t.inRow = false
	for i := len(t.row.Cells); i < len(t.held); i++ {
		if t.held[i] > 0 {
			t.held[i]--
		}
	}
	return trimmed(t.row.Cells) != nil
}

func (h *htmlFile) rows(sheet int) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		z := h.tokens()
		t := &tableReader{limit: h.limits.CellChars}
		table, depth, silent := -1, 0, false
		give := func() bool {
			if !t.endRow() {
				return true
			}
			return yield(Row{Number: t.row.Number, Cells: trimmed(t.row.Cells)}, nil)
		}
		for {
			kind := z.Next()
			if kind == html.ErrorToken {
				if err := h.tokenError(z.Err(), t.row.Number); err != nil {
					yield(Row{}, err)
				} else if table == sheet && t.inRow {
					if give() {
						yield(Row{}, invalid("sheet.truncated", nil))
					}
				}
				return
			}
			if kind == html.TextToken {
				if table == sheet && depth > 0 && t.inCell && !silent && t.text.Len() < h.limits.RecordBytes {
					addText(&t.text, string(z.Text()))
				}
				continue
			}
			if kind == html.CommentToken || kind == html.DoctypeToken {
				continue
			}
			name, attrs := z.TagName()
			tag := atom.Lookup(name)
			start := kind == html.StartTagToken || kind == html.SelfClosingTagToken
			if tag == atom.Script || tag == atom.Style {
				silent = start
				continue
			}
			if tag == atom.Table {
				if kind == html.StartTagToken {
					if depth++; depth == 1 {
						table++
					}
				} else if kind == html.EndTagToken && depth > 0 {
					if depth--; depth == 0 && table == sheet {
						give()
						return
					}
				}
				continue
			}
			if table != sheet || depth != 1 {
				continue
			}
			switch {
			case tag == atom.Tr:
				if !give() {
					return
				}
				if start {
					t.startRow()
				}
			case tag == atom.Td || tag == atom.Th:
				if start {
					across, down := spans(z, attrs)
					t.startCell(across, down)
				} else {
					t.endCell()
				}
			case start && t.inCell && (tag == atom.Br || tag == atom.P && t.text.Len() > 0):
				t.text.WriteByte('\n')
			}
		}
	}
}

func spans(z *html.Tokenizer, more bool) (across, down int) {
	across, down = 1, 1
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		n, err := strconv.Atoi(strings.TrimSpace(string(value)))
		if err != nil || n < 1 {
			continue
		}
		switch string(key) {
		case "colspan":
			across = min(n, 1000)
		case "rowspan":
			down = min(n, 65534)
		}
	}
	return across, down
}

// addText joins runs of blanks as a browser does.
func addText(b *strings.Builder, s string) {
	s = strings.ReplaceAll(s, "\u00a0", " ")
	for i, word := range strings.FieldsFunc(s, isBlank) {
		if b.Len() > 0 && (i > 0 || isBlank(rune(s[0]))) {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
}

func isBlank(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\f' }
