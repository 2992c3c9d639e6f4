package sheet

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// What is written is read as it was by our own reader and by another's.
func TestAWorkbookHoldsWhatWasWritten(t *testing.T) {
	t.Parallel()
	texts := []string{
		"", " ", "张三", "𠮷㛃😀", "<a>&\"'</a>", " vorn", "hinten\n", "zwei\nzeilen", "\ttab", "_x000D_", "__x0041_", "_x00", "_xZZZZ_", "a_x0041_b", "=1+1", "]]>", "&amp;",
		strings.Repeat("长", 32_767), strings.Repeat("𠮷", 16_383),
	}
	var out bytes.Buffer
	w, err := NewWriter(&out, XLSX, "一/二?", []OutColumn{{Title: "码", Text: true}, {Title: "<题&目>"}, {Title: "数", Width: 12.5}})
	must(err)
	for i, text := range texts {
		must(w.Write(text, text, i))
	}
	must(w.Next("一 二", []OutColumn{{Title: "a"}}))
	must(w.Write("x"))
	must(w.Next("其他", nil))
	must(w.Write(nil, true, false, int64(-7), 2.5, 1e21, math.Inf(1), math.NaN(), 1e-9, uint8(3)))
	must(w.Close())

	ours := mustOpen(t, out.Bytes())
	var names []string
	for _, s := range ours.Sheets() {
		names = append(names, s.Name)
	}
	if want := []string{"一 二", "一 二 1", "其他"}; !slices.Equal(names, want) {
		t.Fatalf("sheets are %q, not %q", names, want)
	}
	theirs, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	must(err)
	defer theirs.Close()
	rows := all(t, ours)
	for i, text := range texts {
		for column, letter := range []string{"A", "B"} {
			if got := rows[i+1].Cell(column).Text; got != strings.TrimSpace(text) && got != text {
				t.Errorf("%q is read as %q", head(text), head(got))
			}
			if got, err := theirs.GetCellValue("一 二", fmt.Sprintf("%s%d", letter, i+2)); got != text || err != nil {
				t.Errorf("%q is read by another as %q, %v", head(text), head(got), err)
			}
		}
	}
	for at, want := range map[string]string{"A1": "", "B1": "TRUE", "C1": "FALSE", "D1": "-7", "E1": "2.5", "G1": "+Inf", "H1": "NaN", "J1": "3"} {
		if got, err := theirs.GetCellValue("其他", at); got != want || err != nil {
			t.Errorf("%s is %q, not %q: %v", at, got, want, err)
		}
	}
	if got, _ := theirs.GetCellValue("一 二", "B1"); got != "<题&目>" {
		t.Errorf("the title is %q", got)
	}
	if width, _ := theirs.GetColWidth("一 二", "C"); width != 12.5 {
		t.Errorf("a column is %v wide", width)
	}
	panes, err := theirs.GetPanes("一 二")
	if err != nil || !panes.Freeze || panes.YSplit != 1 || panes.XSplit != 0 {
		t.Errorf("panes are %+v, %v", panes, err)
	}
	style, err := theirs.GetCellStyle("一 二", "A3")
	must(err)
	if s, err := theirs.GetStyle(style); err != nil || s.NumFmt != 49 {
		t.Errorf("a code has the style %+v, %v", s, err)
	}
}

// What no cell can hold is told by a sign, or cut, and spoils nothing.
func TestTextsThatNoCellCanHold(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w, err := NewWriter(&out, XLSX, "a", []OutColumn{{Title: "a"}})
	must(err)
	for _, text := range []string{"a\x00b\x1f", "a\xffb", "\ufffe\uffff", strings.Repeat("长", 40_000), strings.Repeat("𠮷", 20_000)} {
		must(w.Write(text))
	}
	must(w.Close())
	theirs, err := excelize.OpenReader(bytes.NewReader(out.Bytes()))
	must(err)
	defer theirs.Close()
	for at, want := range map[string]string{"A2": "a\ufffdb\ufffd", "A3": "a\ufffdb", "A4": "\ufffd\ufffd", "A5": strings.Repeat("长", 32_767), "A6": strings.Repeat("𠮷", 16_383)} {
		if got, err := theirs.GetCellValue("a", at); got != want || err != nil {
			t.Errorf("%s is %q, not %q: %v", at, head(got), head(want), err)
		}
	}
}

func head(s string) string { return s[:min(len(s), 40)] }

func TestAnyTextIsReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`[_x0-9A-F<&>"a张𠮷]{1,20}`).Draw(rt, "text")
		var out bytes.Buffer
		w, err := NewWriter(&out, XLSX, "a", []OutColumn{{Title: "a"}})
		must(err)
		must(w.Write(text))
		must(w.Close())
		if got := all(t, mustOpen(t, out.Bytes()))[1].Cell(0).Text; got != text {
			rt.Fatalf("%q is read as %q", text, got)
		}
	})
}

func TestColumnNames(t *testing.T) {
	t.Parallel()
	for at, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16_383: "XFD"} {
		if got := columnName(at); got != want {
			t.Errorf("%d is %s, not %s", at, got, want)
		}
	}
}
