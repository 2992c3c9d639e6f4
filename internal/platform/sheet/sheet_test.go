package sheet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"zhidian/internal/platform/errs"
)

func texts(r Row) string {
	var s []string
	for _, c := range r.Cells {
		s = append(s, c.Text)
	}
	return strings.Join(s, "|")
}

func TestXLSGivesEveryKindOfCell(t *testing.T) {
	t.Parallel()
	b := mustOpen(t, sampleXLS())
	if b.Format != XLS || b.Sheets()[0].Name != "名单" {
		t.Fatalf("%v %v", b.Format, b.Sheets())
	}
	rows := all(t, b)
	if got := texts(rows[0]); got != "姓名|42122319911231000X|团支AB" {
		t.Fatal(got)
	}
	if rows[0].Cells[0].Across != 2 || rows[0].Cells[0].Down != 1 {
		t.Fatalf("merged %+v", rows[0].Cells[0])
	}
	if got := texts(rows[1]); got != "4.2120219991231E+17|2000-01-01|7|12.5|#N/A|算出|旧式|TRUE" {
		t.Fatal(got)
	}
	if c := rows[1].Cells[0]; !c.Damaged() || rows[0].Cells[1].Damaged() {
		t.Fatal("a number of 18 digits is damaged, a text is not")
	}
}

func TestCSVInEveryEncodingAndSeparator(t *testing.T) {
	t.Parallel()
	want := []string{"姓名|证件号码|备注", "张三丰|012345|第一行\n第二行", "李四|=1+1|a,b;c"}
	for _, sep := range []string{",", ";", "\t"} {
		text := strings.Join([]string{"姓名", "证件号码", "备注"}, sep) + "\r\n" +
			strings.Join([]string{"张三丰", "012345", "\"第一行\r\n第二行\""}, sep) + "\n" +
			strings.Join([]string{"李四", "=1+1", `"a,b;c"`}, sep) + "\r\n"
		gbk, _ := simplifiedchinese.GBK.NewEncoder().String(text)
		le, _ := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
		be, _ := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
		for name, data := range map[string]string{"utf8": text, "bom": "\ufeff" + text, "gbk": gbk, "le": le, "be": be} {
			rows := all(t, mustOpen(t, []byte(data)))
			if len(rows) != 3 {
				t.Fatalf("%s %q: %d rows", name, sep, len(rows))
			}
			for i, r := range rows {
				if texts(r) != want[i] || r.Number != i+1 {
					t.Fatalf("%s %q row %d: %q", name, sep, r.Number, texts(r))
				}
			}
		}
	}
	rows := all(t, mustOpen(t, []byte("a,b\rc,d\re,f")))
	if len(rows) != 3 || texts(rows[2]) != "e|f" {
		t.Fatalf("lone carriage returns: %v", rows)
	}
}

func TestHTMLTableWithSpans(t *testing.T) {
	t.Parallel()
	page := `<html><meta charset=gb2312><style>td{}</style><table><tr><th rowspan=2>姓名</th><th colspan=2>家长</th></tr>
<tr><th>姓名<th>电 话</tr><tr><td>王小明</td><td>王 大明<br>父亲</td><td style="mso-number-format:'\@'">013800138000</td></tr></table></html>`
	gbk, _ := simplifiedchinese.GBK.NewEncoder().String(page)
	for _, data := range []string{page, gbk} {
		b := mustOpen(t, []byte(data))
		rows := all(t, b)
		if b.Format != HTML || len(rows) != 3 || texts(rows[1]) != "|姓名|电 话" || texts(rows[2]) != "王小明|王 大明\n父亲|013800138000" {
			t.Fatalf("%v %v", b.Format, rows)
		}
		m, problems := FindHeader(rows, []Field{
			{Name: "name", Aliases: []string{"姓名"}, Required: true},
			{Name: "parent", Aliases: []string{"家长姓名"}},
			{Name: "phone", Aliases: []string{"家长电话"}},
		})
		if len(problems) > 0 || m.HeaderRow != 2 || m.Columns["name"] != 0 || m.Columns["parent"] != 1 || m.Columns["phone"] != 2 {
			t.Fatalf("%+v %v", m, problems)
		}
	}
}

func xlsx(t testing.TB, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func TestXLSXGivesKindsDatesMergesAndHiddenSheets(t *testing.T) {
	t.Parallel()
	data := xlsx(t, func(f *excelize.File) {
		style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(err)
		must(f.SetSheetRow("Sheet1", "A3", &[]any{"证件", 421202199912310000.0, 36526.25, true, 0.5}))
		must(f.SetCellStyle("Sheet1", "C3", "C3", style))
		must(f.SetCellFormula("Sheet1", "F3", "1+1"))
		must(f.MergeCell("Sheet1", "A3", "A4"))
		_, err = f.NewSheet("藏")
		must(err)
		must(f.SetSheetVisible("藏", false))
	})
	b := mustOpen(t, data)
	rows := all(t, b)
	if len(rows) != 1 || rows[0].Number != 3 || texts(rows[0]) != "证件|4.2120219991231E+17|2000-01-01T06:00:00|TRUE|0.5|" {
		t.Fatalf("%+v", rows)
	}
	c := rows[0].Cells
	if c[0].Down != 2 || !c[1].Damaged() || c[2].Kind != Date || c[5].Problem != "sheet.formula_no_value" {
		t.Fatalf("%+v", c)
	}
	if !b.Sheets()[1].Hidden || len(b.Notes) != 1 {
		t.Fatalf("%v %v", b.Sheets(), b.Notes)
	}
}

func TestHostileFilesAreNamed(t *testing.T) {
	t.Parallel()
	whole := xlsx(t, func(f *excelize.File) { must(f.SetCellValue("Sheet1", "A1", "x")) })
	gbk, _ := simplifiedchinese.GBK.NewEncoder().String("张三,咸安区\n")
	filepass := biff(rec(recFilePass, make([]byte, 6)), nil)
	long := "a," + strings.Repeat("长", 32768) + "\n"
	for want, data := range map[string][]byte{
		"sheet.empty":          {},
		"sheet.no_rows":        xlsx(t, func(*excelize.File) {}),
		"sheet.password":       ole("EncryptedPackage", nil),
		"sheet.truncated":      whole[:len(whole)/2],
		"sheet.is_pdf":         []byte("%PDF-1.7 ..."),
		"sheet.is_image":       []byte("\x89PNG\r\n\x1a\n...."),
		"sheet.is_word":        zipped(map[string]string{"word/document.xml": "<a/>"}),
		"sheet.is_archive":     zipped(map[string]string{"a.txt": "a"}),
		"sheet.is_unknown":     bytes.Repeat([]byte{1, 2, 3, 200}, 99),
		"sheet.html_no_table":  []byte("<html><p>没有</p></html>"),
		"sheet.encoding_mixed": []byte("姓名,所在县区\n" + gbk),
		"sheet.nul":            []byte("a,b,c,d,e\nx\x00,y,z,z,z\n"),
		"sheet.zip_bomb":       zipped(map[string]string{"xl/workbook.xml": strings.Repeat(" ", 65<<20)}),
		"sheet.line_too_long":  []byte("a," + strings.Repeat("x", 5<<20)),
		"sheet.quote_open":     []byte("a,b\n1,\"2\n3,4\n5,6\n"),
	} {
		b, err := Open(save(t, data), Limits{})
		if err == nil {
			_, err = b.Head(b.Sheets()[0].Name, 100)
			b.Close()
		}
		if errs.KeyOf(err) != want {
			t.Errorf("%s: got %v", want, err)
		}
	}
	if _, err := Open(save(t, ole("Workbook", filepass)), Limits{}); errs.KeyOf(err) != "sheet.password" {
		t.Errorf("xls with password: %v", err)
	}
	torn := sampleXLS()
	if _, err := Open(save(t, torn[:len(torn)-3000]), Limits{}); errs.KeyOf(err) != "sheet.truncated" {
		t.Errorf("torn xls: %v", err)
	}
	if _, err := Open(save(t, whole), Limits{FileBytes: 100}); errs.KeyOf(err) != "sheet.too_big" {
		t.Errorf("too big: %v", err)
	}
	if c := all(t, mustOpen(t, []byte(long)))[0].Cells[1]; c.Problem != "sheet.cell_too_long" {
		t.Errorf("long cell: %+v", c.Kind)
	}
}

func TestWrittenFilesKeepCodesAsText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		id := rapid.SampledFrom([]string{"42122319911231000X", "012345", "=1+1", "+86", "421202199912310009"}).Draw(rt, "id")
		free := rapid.StringMatching(`[a-z=@0-9张三]{1,12}`).Draw(rt, "free")
		var out bytes.Buffer
		w, err := NewWriter(&out, XLSX, "名单/1", []OutColumn{{Title: "证件号码", Text: true}, {Title: "备注"}, {Title: "人数"}})
		must(err)
		must(w.Write(id, free, 7))
		must(w.Close())
		b := mustOpen(t, out.Bytes())
		rows := all(t, b)
		if len(rows) != 2 || texts(rows[1]) != id+"|"+free+"|7" || rows[1].Cells[0].Kind != Text || rows[1].Cells[2].Kind != Number {
			rt.Fatalf("%+v", rows)
		}
	})
	var out bytes.Buffer
	w, err := NewWriter(&out, CSV, "", []OutColumn{{Title: "a"}})
	must(err)
	must(w.Write("=cmd()"))
	must(w.Write("-5"))
	must(w.Close())
	if out.String() != "\ufeffa\r\n'=cmd()\r\n-5\r\n" {
		t.Fatalf("%q", out.String())
	}
}

func TestMarkedUpCopyCanBeReadAgain(t *testing.T) {
	t.Parallel()
	b := mustOpen(t, []byte("姓名,证件\n张三,012345\n李四,4.21202E+17\n"))
	var out bytes.Buffer
	must(MarkUp(&out, "问题", Marked{"csv", 1, b.Rows("csv"), func(r Row) []Mark {
		if r.Cell(1).Damaged() {
			return []Mark{{Column: 1, Text: "证件已损坏"}}
		}
		return nil
	}}, Marked{"二", 0, b.Rows("csv"), func(Row) []Mark { return nil }}))
	if b := mustOpen(t, out.Bytes()); len(b.Sheets()) != 2 || b.Sheets()[1].Name != "二" {
		t.Errorf("sheets are %v", b.Sheets())
	}
	rows := all(t, mustOpen(t, out.Bytes()))
	if len(rows) != 3 || texts(rows[0]) != "问题|姓名|证件" || texts(rows[1]) != "|张三|012345" || texts(rows[2]) != "证件已损坏|李四|4.21202E+17" {
		t.Fatalf("%+v", rows)
	}
}

func TestHeaderFindsAliasesAndNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	rows := all(t, mustOpen(t, []byte("某市团员名册,,\n姓 名（必填）,ＩＤ号,Phone,姓名*,县区\n张三,1,2,3,4\n")))
	m, problems := FindHeader(rows, []Field{
		{Name: "name", Aliases: []string{"姓名"}, Required: true},
		{Name: "id", Aliases: []string{"身份证号", "id号"}, Required: true},
		{Name: "phone", Aliases: []string{"PHONE"}},
		{Name: "branch", Aliases: []string{"所在团支部"}, Required: true},
	})
	if m.HeaderRow != 2 || m.Columns["id"] != 1 || m.Columns["phone"] != 2 || len(m.Unknown) != 1 || m.Unknown[0].Title != "县区" {
		t.Fatalf("%+v", m)
	}
	if len(problems) != 2 || problems[0].Key != "sheet.column_twice" || problems[1].Key != "sheet.column_missing" {
		t.Fatalf("%+v", problems)
	}
	if _, p := FindHeader(rows[2:], []Field{{Name: "name", Aliases: []string{"姓名"}}}); len(p) != 1 || p[0].Key != "sheet.header_missing" {
		t.Fatalf("%+v", p)
	}
}

func TestEveryKeyHasBothLanguagesWithEqualPlaceholders(t *testing.T) {
	t.Parallel()
	load := func(name string) map[string]string {
		b, err := Messages.ReadFile("messages/" + name)
		must(err)
		m := map[string]string{}
		must(json.Unmarshal(b, &m))
		return m
	}
	zh, en := load("zh-CN.json"), load("en.json")
	holes := func(s string) string {
		h := regexp.MustCompile(`\{\w+\}`).FindAllString(s, -1)
		slices.Sort(h)
		return strings.Join(h, "")
	}
	for k := range zh {
		if en[k] == "" || holes(en[k]) != holes(zh[k]) {
			t.Errorf("%s: %q %q", k, zh[k], en[k])
		}
	}
	files, err := os.ReadDir(".")
	must(err)
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		src, err := os.ReadFile(f.Name())
		must(err)
		for _, k := range regexp.MustCompile(`"(sheet\.[a-z_]+)"`).FindAllSubmatch(src, -1) {
			if zh[string(k[1])] == "" {
				t.Errorf("%s: no text for %s", f.Name(), k[1])
			}
		}
	}
}

func drain(t testing.TB, data []byte) {
	b, err := Open(save(t, data), Limits{RecordBytes: 1 << 16, UnzippedBytes: 1 << 24, FileBytes: 1 << 20})
	if err != nil {
		if errs.KindOf(err) != errs.Invalid {
			t.Fatalf("not a clerk's error: %v", err)
		}
		return
	}
	defer b.Close()
	for _, s := range b.Sheets() {
		last := 0
		for r, err := range b.Rows(s.Name) {
			if err != nil {
				break
			}
			if r.Number <= last {
				t.Fatalf("row %d after %d", r.Number, last)
			}
			last = r.Number
		}
	}
}

func FuzzXLS(f *testing.F) {
	f.Add(sampleXLS())
	f.Fuzz(func(t *testing.T, data []byte) { drain(t, data) })
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte("a,b\r\n\"x\ny\",2\r3;\xd5\xc5"))
	f.Fuzz(func(t *testing.T, data []byte) { drain(t, data) })
}

func FuzzHTML(f *testing.F) {
	f.Add("<tr><td rowspan=2 colspan=3>a<td>b<tr><td>c")
	f.Fuzz(func(t *testing.T, s string) { drain(t, []byte("<html><table>"+s)) })
}

func FuzzXLSX(f *testing.F) {
	f.Add(`<row r="2"><c r="B2" t="s"><v>0</v></c><c><f>1</f></c></row>`)
	f.Fuzz(func(t *testing.T, s string) {
		drain(t, zipped(map[string]string{
			"xl/workbook.xml":            `<workbook><sheets><sheet name="a" r:id="1"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels": `<R><Relationship Id="1" Target="s.xml"/></R>`,
			"xl/s.xml":                   "<worksheet><sheetData>" + s + "</sheetData></worksheet>",
			"xl/sharedStrings.xml":       "<sst><si><t>a</t></si></sst>",
		}))
	})
}

func BenchmarkCSV(b *testing.B) {
	var text bytes.Buffer
	for i := range 200_000 {
		fmt.Fprintf(&text, "张三%d,42122319911231000X,13800138000,咸安区,温泉街道,岔路口社区,团支部,2020-05-04,男,汉族,大学,%d\n", i, i)
	}
	book := mustOpen(b, text.Bytes())
	b.ReportAllocs()
	for b.Loop() {
		for _, err := range book.Rows("csv") {
			must(err)
		}
	}
	b.ReportMetric(200_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkXLSX(b *testing.B) {
	var out bytes.Buffer
	w, err := NewWriter(&out, XLSX, "a", []OutColumn{{Title: "a"}})
	must(err)
	for i := range 20_000 {
		must(w.Write("张三", "42122319911231000X", "13800138000", "咸安区", i, i+1, "a", "b", "c", "d", "e", "f"))
	}
	must(w.Close())
	path := save(b, out.Bytes())
	b.Run("sheet", func(b *testing.B) {
		for b.Loop() {
			book, err := Open(path, Limits{})
			must(err)
			for _, err := range book.Rows("a") {
				must(err)
			}
			book.Close()
		}
	})
	b.Run("excelize", func(b *testing.B) {
		for b.Loop() {
			f, err := excelize.OpenFile(path)
			must(err)
			rows, err := f.Rows("a")
			must(err)
			for rows.Next() {
				_, err := rows.Columns()
				must(err)
			}
			rows.Close()
			f.Close()
		}
	})
}
