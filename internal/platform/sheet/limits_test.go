package sheet

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"zhidian/internal/platform/errs"
	"zhidian/internal/platform/sheet/sheettest"
)

func oneCell(t *testing.T) []byte {
	t.Helper()
	return xlsx(t, func(f *excelize.File) { must(f.SetCellValue("Sheet1", "A1", "x")) })
}

func TestAMillionEmptyFormattedRowsCostNothing(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`)
	b.WriteString(`<row r="1"><c r="A1" t="inlineStr"><is><t>姓名</t></is></c></row>`)
	for i := 2; i <= 1<<20; i++ {
		fmt.Fprintf(&b, `<row r="%d" s="1" customFormat="1"><c r="A%d" s="1"/></row>`, i, i)
	}
	b.WriteString(`</sheetData></worksheet>`)
	book, err := Open(save(t, sheettest.Repack(oneCell(t), map[string]string{"xl/worksheets/sheet1.xml": b.String()})), Limits{})
	if err != nil {
		t.Fatalf("a sheet formatted to its end is refused: %v", err)
	}
	defer book.Close()
	n := 0
	for r, err := range book.Rows(book.Sheets()[0].Name) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		if texts(r) != "姓名" {
			t.Fatalf("row %d: %q", r.Number, texts(r))
		}
	}
	if n != 1 {
		t.Fatalf("%d rows", n)
	}
}

func TestMacrosAreLeftAloneAndSaid(t *testing.T) {
	t.Parallel()
	b := mustOpen(t, sheettest.Repack(oneCell(t), map[string]string{"xl/vbaProject.bin": "Attribute VB_Name"}))
	if len(b.Notes) != 1 || b.Notes[0].Key != "sheet.macro" {
		t.Fatalf("notes %v", b.Notes)
	}
	if rows := all(t, b); len(rows) != 1 || texts(rows[0]) != "x" {
		t.Fatalf("rows %v", rows)
	}
}

func TestDatesCountFrom1904WhereTheBookSaysSo(t *testing.T) {
	t.Parallel()
	from1904 := true
	data := xlsx(t, func(f *excelize.File) {
		must(f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}))
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(err)
		must(f.SetCellValue("Sheet1", "A1", 1))
		must(f.SetCellStyle("Sheet1", "A1", "A1", style))
	})
	if rows := all(t, mustOpen(t, data)); texts(rows[0]) != "1904-01-02" {
		t.Fatalf("got %q", texts(rows[0]))
	}
}

func TestAMillionLinesAreReadInConstantMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: takes a second")
	}
	line := "张三,421202199801150009,2005-01-01,汉族,13800001111,桂花镇团委,本科,共青团员,2019-05,咸安区\n"
	b := mustOpen(t, []byte("姓名,证件,出生,民族,手机,组织,学历,面貌,入团,区\n"+strings.Repeat(line, 1_000_000)))
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	most, n := uint64(0), 0
	for r, err := range b.Rows("csv") {
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Cells) != 10 {
			t.Fatalf("row %d has %d cells", r.Number, len(r.Cells))
		}
		if n++; n%100_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			if now.HeapAlloc > before.HeapAlloc {
				most = max(most, now.HeapAlloc-before.HeapAlloc)
			}
		}
	}
	if n != 1_000_001 || most > 16<<20 {
		t.Fatalf("%d rows, %d MB more than at the start", n, most>>20)
	}
}

func TestLongPagesAndRecordsEndInAnAnswer(t *testing.T) {
	t.Parallel()
	page := "<html><table><tr><td>" + strings.Repeat("x", 3<<20) + "</td></tr></table></html>"
	b, err := Open(save(t, []byte(page)), Limits{RecordBytes: 1 << 20})
	if err == nil {
		defer b.Close()
		_, err = b.Head("1", 5)
	}
	if k := errs.KeyOf(err); err != nil && k != "sheet.line_too_long" && k != "sheet.cell_too_long" {
		t.Fatalf("got %v", err)
	}
}

func TestMixedLineEndsAreLines(t *testing.T) {
	t.Parallel()
	rows := all(t, mustOpen(t, []byte("a,b\r\n1,2\n3,4\r\n\r\n5,6")))
	var got []string
	for _, r := range rows {
		got = append(got, texts(r))
	}
	if strings.Join(got, ";") != "a|b;1|2;3|4;5|6" {
		t.Fatalf("%v", got)
	}
}

func TestTwoHeaderLinesUnderAMergedTitle(t *testing.T) {
	t.Parallel()
	data := xlsx(t, func(f *excelize.File) {
		must(f.SetCellValue("Sheet1", "A1", "咸安区团员花名册"))
		must(f.MergeCell("Sheet1", "A1", "C1"))
		must(f.SetSheetRow("Sheet1", "A2", &[]any{"姓 名", "证件号码（必填）", "联系\n电话"}))
		must(f.SetSheetRow("Sheet1", "A3", &[]any{"张三", "421202199801150009", "13800001111"}))
	})
	b := mustOpen(t, data)
	head, err := b.Head(b.Sheets()[0].Name, 20)
	must(err)
	m, problems := FindHeader(head, []Field{
		{Name: "name", Aliases: []string{"姓名"}, Required: true}, {Name: "id", Aliases: []string{"证件号码"}, Required: true}, {Name: "phone", Aliases: []string{"联系电话"}},
	})
	if len(problems) > 0 || m.HeaderRow != 2 || m.Columns["name"] != 0 || m.Columns["id"] != 1 || m.Columns["phone"] != 2 {
		t.Fatalf("%+v %v", m, problems)
	}
}

func TestUnseenCharactersAreDropped(t *testing.T) {
	t.Parallel()
	rows := all(t, mustOpen(t, []byte("\u202d13800001111\u202c,张\u200b三,\u00a0x\u0085y,（一）—二\u2014,👩\u200d🌾\n")))
	if got := texts(rows[0]); got != "13800001111|张三|\u00a0xy|（一）—二\u2014|👩\u200d🌾" {
		t.Errorf("%q", got)
	}
	for s, want := range map[string]string{"=1": "'=1", "＝1": "'＝1", "＠x": "'＠x", "-3": "-3", "+86 138": "'+86 138", "一": "一", "": ""} {
		if got := harmless(s); got != want {
			t.Errorf("%q becomes %q", s, got)
		}
	}
}

func TestManyEmptyStringsAreNotFree(t *testing.T) {
	t.Parallel()
	path := save(t, sheettest.Repack(oneCell(t), map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si/>", 70_000) + "</sst>"}))
	if _, err := Open(path, Limits{StringBytes: 1 << 20}); errs.KeyOf(err) != "sheet.strings_too_big" {
		t.Errorf("xlsx: %v", err)
	}
	sst := put32(nil, 1<<20, 1<<20)
	g := rec(recSST, sst)
	for range 20 {
		g = append(g, rec(recContinue, make([]byte, 8190))...)
	}
	if _, err := Open(save(t, ole("Workbook", biff(g, nil))), Limits{StringBytes: 1 << 18}); errs.KeyOf(err) != "sheet.strings_too_big" {
		t.Errorf("xls: %v", err)
	}
}
