package sheettest

import (
	"bytes"
	"fmt"
	"html"
	"strings"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// File is a file with what a sound reader answers to it.
type File struct {
	What    string
	Name    string
	Data    []byte
	Refused string   // the message key with which it is refused; empty: it is read
	Notes   []string // message keys of what the clerk is told though it is read
	Bad     string   // the message key of what is wrong with some row of it
}

// CSV writes rows as a text table.
func CSV(rows [][]string) string {
	var b strings.Builder
	for _, r := range rows {
		for i, s := range r {
			if i > 0 {
				b.WriteByte(',')
			}
			if strings.ContainsAny(s, "\",\r\n") {
				s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
			}
			b.WriteString(s)
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

// Bad gives a sound table in every disguise in which it may arrive: some are read, the others refused by name. The
// first row is the header.
func Bad(rows [][]string) []File {
	return append(refused(rows), taken(rows)...)
}

func refused(rows [][]string) []File {
	text := CSV(rows)
	gbk := must1(simplifiedchinese.GBK.NewEncoder().String(text))
	book := XLSX(func(f *excelize.File) { Fill(f, "Sheet1", 1, rows) })
	xls := XLS(rows)
	many := map[string]string{}
	for i := range 20_000 {
		many[fmt.Sprintf("xl/media/image%d.png", i)] = ""
	}
	return []File{
		{What: "nothing", Name: "空.xlsx", Refused: "sheet.empty"},
		{What: "line ends", Name: "空行.csv", Data: []byte("\r\n\r\n,,\r\n"), Refused: "sheet.no_rows"},
		{What: "no cell", Name: "空表.xlsx", Data: XLSX(func(*excelize.File) {}), Refused: "sheet.no_rows"},
		{What: "xlsx with password", Name: "加密.xlsx", Data: OLE("EncryptedPackage", book), Refused: "sheet.password"},
		{What: "xls with password", Name: "加密.xls", Data: OLE("Workbook", BIFF(Record(recFilePass, make([]byte, 6)), nil)), Refused: "sheet.password"},
		{What: "half an xlsx", Name: "半个.xlsx", Data: book[:len(book)/2], Refused: "sheet.truncated"},
		{What: "half an xls", Name: "半个.xls", Data: xls[:len(xls)/3], Refused: "sheet.truncated"},
		{What: "a bomb", Name: "炸弹.xlsx", Data: Zip(map[string]string{"xl/workbook.xml": strings.Repeat(" ", 65<<20)}), Refused: "sheet.zip_bomb"},
		{What: "a bomb that lies", Name: "谎报.xlsx", Data: Liar("xl/workbook.xml", 1000), Refused: "sheet.truncated"},
		{What: "too many parts", Name: "零件.xlsx", Data: Repack(book, many), Refused: "sheet.zip_bomb"},
		{What: "a picture", Name: "图片.xlsx", Data: []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), Refused: "sheet.is_image"},
		{What: "a pdf", Name: "花名册.xls", Data: []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), Refused: "sheet.is_pdf"},
		{What: "a document", Name: "说明.xlsx", Data: Zip(map[string]string{"word/document.xml": "<a/>", "_rels/.rels": "<a/>"}), Refused: "sheet.is_word"},
		{What: "an archive", Name: "打包.zip", Data: Zip(map[string]string{"名单.csv": text}), Refused: "sheet.is_archive"},
		{What: "a program", Name: "程序.xlsx", Data: bytes.Repeat([]byte{0x7f, 1, 2, 0x90, 0xc3, 0}, 99), Refused: "sheet.is_unknown"},
		{What: "two encodings", Name: "拼接.csv", Data: []byte(text + gbk), Refused: "sheet.encoding_mixed"},
		{What: "zero bytes", Name: "零.csv", Data: []byte(strings.Replace(text, ",", "\x00,", 1)), Refused: "sheet.nul"},
		{What: "an open quotation mark", Name: "引号.csv", Data: []byte(text + "\"没有收尾,1\n2,3\n"), Refused: "sheet.quote_open"},
		{What: "a page without a table", Name: "网页.xls", Data: []byte("<html><body>请登录</body></html>"), Refused: "sheet.html_no_table"},
	}
}

func taken(rows [][]string) []File {
	text := CSV(rows)
	book := func(fill func(f *excelize.File)) []byte { return XLSX(fill) }
	plain := book(func(f *excelize.File) { Fill(f, "Sheet1", 1, rows) })
	width := len(rows[0])
	var page strings.Builder
	page.WriteString("<html><head><meta charset=utf-8></head><table><tr><td colspan=3>导出</td></tr>")
	for _, r := range rows {
		page.WriteString("<tr>")
		for _, s := range r {
			page.WriteString("<td>" + html.EscapeString(s) + "</td>")
		}
		page.WriteString("</tr>")
	}
	page.WriteString("</table></html>")
	gbk := []byte(must1(simplifiedchinese.GBK.NewEncoder().String(text)))
	broken := append(bytes.TrimRight(bytes.Clone(gbk), "\r\n"), 0xff, '\r', '\n') // in the last cell
	return []File{
		{What: "utf-8", Name: "名单.csv", Data: []byte("\ufeff" + text)},
		{What: "gbk", Name: "名单.csv", Data: gbk},
		{What: "gbk with a broken character", Name: "坏字.csv", Data: broken, Bad: "sheet.char_unreadable"},
		{What: "utf-16", Name: "名单.txt", Data: []byte(must1(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(text, ",", "\t"))))},
		{What: "xlsx", Name: "名单.xlsx", Data: plain},
		{What: "xls", Name: "名单.xls", Data: XLS(rows)},
		{What: "a page named xls", Name: "导出.xls", Data: []byte(page.String())},
		{What: "macros", Name: "带宏.xlsm", Data: Repack(plain, map[string]string{"xl/vbaProject.bin": "Attribute VB_Name"}), Notes: []string{"sheet.macro"}},
		{What: "a header in row 5", Name: "表头靠下.xlsx", Data: book(func(f *excelize.File) {
			Fill(f, "Sheet1", 1, [][]string{{"咸安区团员花名册"}, {"填报单位：（章）"}})
			must(f.MergeCell("Sheet1", "A1", must1(excelize.CoordinatesToCellName(width, 1))))
			Fill(f, "Sheet1", 5, rows)
		})},
		{What: "merged header cells", Name: "合并.xlsx", Data: book(func(f *excelize.File) {
			Fill(f, "Sheet1", 1, [][]string{{"基本情况"}})
			must(f.MergeCell("Sheet1", "A1", must1(excelize.CoordinatesToCellName(width, 1))))
			Fill(f, "Sheet1", 2, rows)
		})},
		{What: "several sheets", Name: "多表.xlsx", Data: book(func(f *excelize.File) {
			Fill(f, "Sheet1", 1, [][]string{{"填表说明"}, {"一、请如实填写"}})
			Fill(f, "咸安区", 1, rows)
			Fill(f, "赤壁市", 1, rows)
		}), Notes: []string{"intake.other_sheets"}},
		{What: "a hidden sheet", Name: "隐藏.xlsx", Data: book(func(f *excelize.File) {
			Fill(f, "Sheet1", 1, rows)
			Fill(f, "字典", 1, [][]string{{"汉族"}})
			must(f.SetSheetVisible("字典", false))
		}), Notes: []string{"sheet.hidden"}},
		{What: "a formula never computed", Name: "公式.xlsx", Data: book(func(f *excelize.File) {
			Fill(f, "Sheet1", 1, rows)
			must(f.SetCellFormula("Sheet1", must1(excelize.CoordinatesToCellName(1, 2)), "B2&C2"))
			must(f.SetCellValue("Sheet1", must1(excelize.CoordinatesToCellName(1, 2)), nil))
			must(f.SetCellFormula("Sheet1", must1(excelize.CoordinatesToCellName(1, 2)), "B2&C2"))
		}), Bad: "sheet.formula_no_value"},
	}
}

func must1[T any](v T, err error) T {
	must(err)
	return v
}
